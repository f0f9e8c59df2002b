"""What was found on a visit is an inspection of the next night: placed, in the dossier, seen by the rules."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl

from flows.configuration import load_configuration
from flows.desk import Desk
from flows.night.run import NightOutcome, night
from flows.night.visit_findings import with_findings
from screening.base.frames import PROVENANCE, QUARANTINE, SourceFile, SourceTable, empty
from screening.base.vocabulary import Role
from screening.casework.viewer import Viewer
from screening.casework.visits.inspections import findings_as_controles
from screening.casework.visits.lists import record_outcome
from screening.casework.visits.planning import plan_visits
from screening.store import read_run_file
from screening.store.schema.cases import review_case
from screening.store.workspace import Workspace
from tests.casework.visited import without_judgements
from tests.conftest import AS_OF

NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)
ANN = Viewer("ann", frozenset({Role.OFFICER, Role.SENSITIVE_REVIEWER}))
COLUMNS = ("controle_id", "datum", "adresseerbaar_object_id", "situatie", "bevinding")


def rows(*given: tuple[str, ...]) -> pl.DataFrame:
    return pl.DataFrame(list(given), schema=dict.fromkeys(COLUMNS, pl.String), orient="row")


FOUND = rows(
    ("bezoek-0a", "2026-11-01", "9999010000000001", "toegang_verleend", "in_bedrijf"),
    ("bezoek-0a-2", "2026-11-01", "9999010000000001", "toegang_verleend", "meer_kamers_dan_vergund"),
)


def delivered() -> SourceTable:
    schema = {
        "controle_id": pl.String,
        "datum": pl.String,
        "straatnaam": pl.String,
        "situatie": pl.String,
        **PROVENANCE,
    }
    row = ("C1", "2026-10-01", "Dorpsstraat", "niemand_aanwezig", "C1", 1, "ab" * 32)
    frame = pl.DataFrame([row], schema=schema, orient="row")
    file = SourceFile("controles.csv", "ab" * 32, 1, as_of="2026-10-02")
    return SourceTable("controles", frame, [file], empty(QUARANTINE))


def test_findings_are_a_delivery_of_their_own_after_that_of_the_register():
    table = with_findings(delivered(), FOUND)
    assert table.frame["key"].to_list() == ["C1", "bezoek-0a", "bezoek-0a-2"]
    assert table.frame["row_number"].to_list() == [1, 1, 2]
    assert table.frame["straatnaam"].to_list() == ["Dorpsstraat", None, None]
    assert [(file.path, file.rows_read, file.as_of) for file in table.files] == [
        ("controles.csv", 1, "2026-10-02"),
        ("review", 2, None),
    ]
    assert table.frame["source_file_sha256"].to_list() == ["ab" * 32, *[table.files[1].sha256] * 2]
    assert "2 bevindingen van bezoeken" in table.notes[-1].nl


def test_findings_stand_alone_where_the_register_is_not_configured():
    table = with_findings(None, FOUND)
    assert set(table.frame.columns) == {*COLUMNS, *PROVENANCE}
    assert table.frame.height == 2


def test_another_finding_is_another_delivery():
    other = FOUND.with_columns(bevinding=pl.lit("gesloten"))
    assert with_findings(None, FOUND).files[0].sha256 != with_findings(None, other).files[0].sha256


def visit(config: Path, run_id: str) -> str:
    """A confirmed case of the run is visited; the object of its address."""
    with Desk(load_configuration(config)).store as store:
        address_id = store.flags(run_id)["address_id"][0]
        its = review_case.c.address_id == address_id
        with store.engine.begin() as connection:
            without_judgements(connection)
            connection.execute(
                review_case.update()
                .where(its)
                .values(
                    state="closed",
                    outcome="bevestigd_afwijking",
                    concluded_on=AS_OF,
                    assignee=None,
                    locked_by=None,
                    locked_until=None,
                )
            )
            case_id = connection.execute(review_case.select().where(its)).first().case_id
        made = plan_visits(store, ANN, [case_id], for_date=AS_OF, now=NOW)
        record_outcome(
            store,
            ANN,
            made.list_id,
            made.stops[0].visit_id,
            situatie="toegang_verleend",
            bevindingen=["in_bedrijf"],
            details={"aantal_kamers": "4", "opschrift_gevel": "Café De Kroon", "vervolg": "hercontrole"},
            note="",
            visited_on=AS_OF,
            replaces=None,
            now=NOW,
        )
        assert findings_as_controles(store).height == 1
    return address_id


def paths_of_inspections(outcome: NightOutcome) -> list[str]:
    return [file["path"] for file in outcome.document["inputs"] if file["dataset"] == "controles"]


def assert_findings_were_read(config: Path, later: NightOutcome, address_id: str) -> None:
    assert "review" in paths_of_inspections(later)
    settings = load_configuration(config)
    with Desk(settings).store as store:
        records = read_run_file(store, Workspace(settings.workspace), later.run_id, "records.parquet")
        mine = records.filter(pl.col("key").str.starts_with("bezoek-"))
        assert mine.select("dataset", "address_id", "address_method").rows() == [("controles", address_id, "id")]
        dossier = store.dossier(later.run_id, address_id)
        (fields,) = [record["fields"] for record in dossier.records if record["key"] == mine["key"][0]]
        assert (fields["bevinding"], fields["aantal_kamers"], fields["vervolg"]) == ("in_bedrijf", "4", "hercontrole")
        assert fields["opschrift_gevel"] == "Café De Kroon"
        assert "review" in store.sources(later.run_id)["file_name"]


def test_the_next_night_reads_what_was_found_and_a_night_before_it_does_not(screened_town, clean_run):
    config = screened_town / "screening.toml"
    address_id = visit(config, clean_run["run_id"])
    assert_findings_were_read(config, night(config, as_of=date(2026, 11, 2)), address_id)
    assert "review" not in paths_of_inspections(night(config, as_of=date(2026, 10, 31)))
    assert night(config).run_id != clean_run["run_id"], "a finding is an input: it takes part in the run id"


def test_findings_are_read_where_no_register_of_inspections_is_configured(town):
    config = town / "screening.toml"
    before, rest = config.read_text(encoding="utf-8").split("[sources.controles]\n", 1)
    text = before + rest[rest.index("[") :]
    assert "controles" not in text
    config.write_text(text, encoding="utf-8")
    address_id = visit(config, night(config).run_id)
    assert_findings_were_read(config, night(config, as_of=date(2026, 11, 2)), address_id)
