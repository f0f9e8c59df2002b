"""`barrier retention`: a plan that erases nothing, a receipt for what went, killed anywhere and carried on."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
import sqlalchemy as sa

from flows.audit.heads import anchor_head, audit_settings
from flows.configuration import load_configuration
from flows.configuration.retention_terms import TERMS
from flows.desk import open_desk
from flows.rights.erase import CRASHPOINTS, erase_approved
from screening.base.errors import ConfigurationError, StoreError
from screening.base.vocabulary import LedgerAction
from screening.casework.case_errors import ConflictError
from screening.casework.links.judgements import POSITIVE, record_judgement
from screening.casework.visits.photos import all_photos
from screening.ledger import Entry, open_ledger, public_key, verify_ledger
from screening.partners.desk.kept_files import keep_files
from screening.rights.erasure import receipts
from screening.rights.erasure_plan import decide_plan, plans, put_plan_forward, waiting_plan
from screening.rights.terms import Terms
from screening.store import Workspace, open_store, publish
from screening.store.schema.cases import review_case
from screening.store.schema.retention import APPROVED, TURNED_DOWN
from tests.casework.caseload import night
from tests.casework.photos import kept_photo
from tests.conftest import barrier
from tests.flows.rights.at_desk import erase, plan
from tests.partners.desk.disclosed import HOLDER, confirmed_town
from tests.rights.approved import approve_plan

PAST = datetime.now(UTC) + timedelta(days=1830)

CONFIGURATION = """
[municipality]
name = "Voorbeeldstad"
code = "9999"
[run]
as_of = 2026-11-01
workspace = "var"
[sources]
vergunningen = { path = "v.csv" }
seksinrichtingen = { path = "s.csv" }
meldingen = { path = "m.csv" }
bag_adressen = { path = "b.csv" }
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A municipality with a confirmed case, a rejected one and three runs."""
    file = tmp_path / "screening.toml"
    file.write_text(CONFIGURATION)
    workspace = Workspace(tmp_path / "var")
    with open_store(workspace) as store:
        confirmed_town(store, workspace, (1, 2))
        for n in (3, 4):
            publish(store, workspace, night(date(2026, 11, n)))
    return file


def store_of(config: Path):
    return open_store(Workspace(config.parent / "var"))


def all_bytes(config: Path) -> bytes:
    return b"".join(path.read_bytes() for path in (config.parent / "var").rglob("*") if path.is_file())


def test_a_plan_tells_kinds_terms_and_ids_without_a_name_and_erases_nothing(config: Path) -> None:
    before = all_bytes(config)
    told = plan(config, now=PAST)
    counts = {one["kind"]: one["count"] for one in told["kinds"]}
    assert (counts["run_data"], counts["cases"]) == (1, 2)
    assert told["total"] == 3
    assert HOLDER not in json.dumps(told)
    assert "Teststraat" not in json.dumps(told)
    assert len(all_bytes(config)) >= len(before)
    assert plan(config, now=PAST)["total"] == 3


@pytest.mark.goal("G3", reached="0 past their term")
def test_apply_leaves_nothing_past_its_term_a_receipt_a_list_and_entries(config: Path) -> None:
    assert HOLDER.encode() in all_bytes(config)
    [made] = erase(config, by="Rita", now=PAST)["receipts"]
    assert made["counts"] == {"run_data": 1, "cases": 2}
    assert HOLDER.encode() not in all_bytes(config)
    assert plan(config, now=PAST)["total"] == 0
    assert erase(config, by="rita", now=PAST)["receipts"] == []
    listed = json.loads(Path(made["list"]).read_text())
    assert {one["soort"] for one in listed} == {"run_data", "cases"}
    assert all(one["vernietigd_door"] == "rita" and one["selectielijst"] == "nog te bepalen" for one in listed)
    assert Path(made["list"]).with_suffix(".csv").read_text().count("case:") == 2
    with store_of(config) as store, open_ledger(Workspace(config.parent / "var")) as ledger:
        [receipt] = receipts(store)
        assert (receipt.done_at, receipt.counts) == (PAST, made["counts"])
        entries = ledger.entries(action=LedgerAction.ERASURE)
        [plan_id] = [kept.plan_id for kept in plans(store)]
    assert {one.entry.object for one in entries} == {
        f"plan:{plan_id}",
        f"receipt:{made['receipt']}",
        "term:cases",
        "term:run_data",
    }


def test_photos_of_visits_go_after_a_term_of_their_own_and_before_their_case(config: Path) -> None:
    # at noon: late in the evening of a winter's day, 183 times 24 hours end a day later by the summer's clock
    workspace, made_at = Workspace(config.parent / "var"), datetime.now(UTC).replace(hour=11)
    with store_of(config) as store, store.engine.connect() as connection:
        case_id = connection.scalars(sa.select(review_case.c.case_id)).first()
    photo = kept_photo(workspace, case_id, now=made_at)
    kinds = plan(config, now=made_at + timedelta(days=183))["kinds"]
    assert [kind["count"] for kind in kinds if kind["kind"] == "visit_photos"] == [0]
    assert all_photos(workspace) == [photo]
    [receipt] = erase(config, by="rita", now=made_at + timedelta(days=184))["receipts"]
    assert receipt["counts"]["visit_photos"] == 1
    assert f"visit_photo:{photo.photo_id}" in Path(receipt["list"]).with_suffix(".csv").read_text()
    assert all_photos(workspace) == []


def test_the_terminal_prepares_and_erases_nothing_until_two_people_approved_that_very_plan(config: Path) -> None:
    apply = ("retention", "apply", "--config", config, "--json")
    with open_desk(config, now=PAST) as desk:
        keep_files(desk.workspace, "L-0123456789abcdef", {"signalen/S.json": b"{}"})
        first = erase_approved(desk)
        assert list((desk.workspace.path / "prepared").iterdir()) == []  # with every erasure, whatever is erased
        assert (first["receipts"], first["plan"]["state"]) == ([], "prepared")
        assert erase_approved(desk)["plan"]["plan_id"] == first["plan"]["plan_id"]
    assert HOLDER.encode() in all_bytes(config)
    assert barrier("retention", "apply", "--by", "anna", "--config", config).code == 2
    with store_of(config) as store:
        plan = waiting_plan(store)
        put_plan_forward(store, plan.plan_id, digest=plan.digest, by="anna", now=PAST)
    with open_desk(config, now=PAST) as desk:
        assert erase_approved(desk)["plan"]["state"] == "put_forward"
    with store_of(config) as store:
        with pytest.raises(ConflictError):
            decide_plan(store, plan.plan_id, APPROVED, digest="0" * 64, by="bram", now=PAST)
        decide_plan(store, plan.plan_id, TURNED_DOWN, digest=plan.digest, by="bram", now=PAST)
    with open_desk(config, now=PAST + timedelta(minutes=1)) as desk:
        anew = erase_approved(desk)["plan"]
    assert anew["plan_id"] != plan.plan_id
    assert (anew["digest"], anew["state"]) == (plan.digest, "prepared")
    assert barrier(*apply).code == 0
    assert HOLDER.encode() in all_bytes(config)


def test_what_is_not_past_its_term_any_more_stays_though_two_people_approved(config: Path) -> None:
    with open_desk(config, now=PAST) as desk:
        erase_approved(desk)
        approve_plan(desk.store, now=PAST)
    before = datetime.now(UTC) + timedelta(days=300)  # a confirmed case has its term again
    with open_desk(config, now=before) as desk:
        [made] = erase_approved(desk)["receipts"]
    assert made["counts"] == {"run_data": 1}
    assert HOLDER.encode() in all_bytes(config)


KILLED = """
import sys
from datetime import datetime
from pathlib import Path
from screening.store import crashpoints
from tests.flows.rights.at_desk import erase
crashpoints.CRASHPOINT = sys.argv[2]
erase(Path(sys.argv[1]), by="rita", now=datetime.fromisoformat(sys.argv[3]))
"""


@pytest.mark.parametrize("point", CRASHPOINTS)
def test_killed_anywhere_the_next_call_finishes_it_with_the_same_receipt(config: Path, point: str) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(config), point, PAST.isoformat()], check=False)
    assert done.returncode == -9, "the process was not killed there"
    with store_of(config) as store:
        [begun] = receipts(store, unfinished_only=True)
    told = erase(config, by="otto", now=PAST)["receipts"]
    assert [one["receipt"] for one in told] == [begun.receipt_id]
    assert told[0]["counts"] == {"run_data": 1, "cases": 2}
    assert HOLDER.encode() not in all_bytes(config)
    with store_of(config) as store:
        [receipt] = receipts(store)
        assert receipt.begun_by == "rita"
        assert Counter(one.kind for one in receipt.items) == {"case": 2, "run": 1}


def test_a_folder_that_nobody_assigned_stops_the_erasure(config: Path) -> None:
    (config.parent / "var" / "export-van-jan").mkdir()
    assert plan(config, now=PAST)["unassigned"] == ["export-van-jan"]
    with pytest.raises(StoreError, match="export-van-jan"):
        erase(config, by="rita", now=PAST)
    with store_of(config) as store:
        assert receipts(store) == []


def test_the_home_of_the_scheduler_stops_no_erasure(config: Path) -> None:
    """A run as the Prefect flow leaves it in the workspace; it knows the path of the configuration and no person."""
    made = (
        "import sys; from pathlib import Path; from flows.night.command import settle_prefect; "
        "settle_prefect(Path(sys.argv[1]), None)"
    )
    subprocess.run([sys.executable, "-c", made, str(config)], check=True)
    assert (config.parent / "var" / "prefect").is_dir()
    assert plan(config, now=PAST)["unassigned"] == []
    [receipt] = erase(config, by="rita", now=PAST)["receipts"]
    assert receipt["counts"] == {"run_data": 1, "cases": 2}


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ("cases_days = 3", "unknown key"),
        ("runs_kept = 1", "runs_kept"),
        ("access_log_days = 90", "access_log_days"),
        ('unconfirmed_days = "x"', "unconfirmed_days"),
        ('[retention.selectielijst]\ncases = ""', "selectielijst"),
        ('[retention.selectielijst]\nzaken = "1"', "unknown kind"),
    ],
)
def test_a_wrong_term_is_refused_by_its_key(config: Path, table: str, says: str) -> None:
    config.write_text(CONFIGURATION + f"[retention]\n{table}\n")
    with pytest.raises(ConfigurationError, match=says):
        plan(config)


def test_a_backup_goes_at_midnight_of_the_town_hall(config: Path) -> None:
    folder = config.parent / "var" / "backups"
    folder.mkdir()
    # made on 1 November, when it was still October in Greenwich; to be kept for 30 days
    (folder / "barrier-data-20261031T233000Z.tar.age").write_bytes(b"sealed")
    config.write_text(CONFIGURATION + "[retention]\nbackup_days = 30\n")

    def due(*at: int) -> list[int]:
        told = plan(config, now=datetime(*at, tzinfo=UTC))["kinds"]
        return [one["count"] for one in told if one["kind"] == "backups"]

    assert due(2026, 12, 1, 22, 59) == [0]
    assert due(2026, 12, 1, 23, 0) == [1]


def test_terms_and_classes_are_those_of_the_configuration(config: Path) -> None:
    config.write_text(CONFIGURATION + '[retention]\nconfirmed_days = 9000\n[retention.selectielijst]\ncases = "11.2"\n')
    told = {one["kind"]: one for one in plan(config, now=PAST)["kinds"]}
    assert (told["cases"]["count"], told["cases"]["class"]) == (0, "11.2")
    assert load_configuration(config).terms.confirmed_days == 9000


def test_the_terms_that_a_mandate_asks_for_are_terms_here_with_the_same_defaults() -> None:
    assert {name: one.default for name, one in TERMS.items()} == {name: getattr(Terms(), name) for name in TERMS}


def test_entries_of_the_ledger_go_after_their_term_and_it_still_verifies(config: Path) -> None:
    long_ago = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
    read = load_configuration(config)
    with open_ledger(Workspace(config.parent / "var")) as ledger:
        for minute in range(3):
            at = long_ago + timedelta(minutes=minute)
            ledger.write(Entry(at, "anna", LedgerAction.READ_QUEUE, "list:queue", origin="host:balie"))
        (head,) = anchor_head(ledger, audit_settings(read), now=long_ago + timedelta(hours=1))
        assert head.problem is None
    late = long_ago + timedelta(days=1827)
    counts = [
        next(one["count"] for one in plan(config, now=when)["kinds"] if one["kind"] == "access_logs")
        for when in (long_ago + timedelta(days=1825), late)
    ]
    assert counts == [0, 3]
    [made] = erase(config, by="rita", now=late)["receipts"]
    assert made["counts"]["access_logs"] == 3
    with open_ledger(Workspace(config.parent / "var")) as ledger:
        actions = {written.entry.action for written in ledger.entries()}
        assert LedgerAction.READ_QUEUE not in actions
        assert LedgerAction.JUDGEMENT in actions  # of what is kept longer, its entry is written again
        heads = [one.read_bytes() for one in (config.parent / "var" / "heads").glob("*.json")]
        key = public_key(audit_settings(read).signing_key.with_suffix(".pub"))
        assert verify_ledger(ledger, heads, [key], now=late).is_whole


@pytest.mark.parametrize(
    ("gone", "doubted", "is_due"), [((4,), (), False), ((3, 4), (), True), ((3, 4), (3,), False), ((3, 4), (4,), False)]
)
def test_a_confirmed_link_goes_when_two_good_nights_lack_an_end_of_it(
    tmp_path: Path, gone: tuple[int, ...], doubted: tuple[int, ...], is_due: bool
) -> None:
    file = tmp_path / "screening.toml"
    file.write_text(CONFIGURATION)
    workspace = Workspace(tmp_path / "var")
    with open_store(workspace) as store:
        for n in (2, 3, 4):
            bundle = night(date(2026, 11, n))
            ends = pl.DataFrame({"fingerprint": ["aa", *([] if n in gone else ["bb"])]}).with_columns(
                party_id=pl.lit("p")
            )
            deliveries = {"vergunningen": {"verdict": "suspect" if n in doubted else "good"}}
            frames = bundle.frames | {"identities.parquet": ends}
            publish(store, workspace, replace(bundle, frames=frames, meta=bundle.meta | {"deliveries": deliveries}))
        record_judgement(store, "aa", "bb", POSITIVE, by="anna", judged_at=datetime.now(UTC), reason="Zelfde.")
    due = {one["kind"] for one in plan(file, now=PAST)["kinds"] if one["count"]}
    assert ("link_judgements" in due) is is_due
