"""`barrier explain`: an address that was flagged, one that was hit but not flagged, one where nothing was seen."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from flows.night.explain import explain
from screening.base.local_formats import date_text
from screening.casework.links.explain_dossier import explain_dossier
from screening.store import Workspace, open_store
from screening.store.rules.governance import resume_rule
from tests.conftest import barrier


@pytest.fixture(scope="module")
def files(clean_run) -> dict[str, pl.DataFrame]:
    return {p.stem: pl.read_parquet(p) for p in Path(clean_run["folder"]).glob("*.parquet")}


def _explain(town: Path, asked: str, *more: str):
    return barrier("explain", asked, "--config", town / "screening.toml", *more)


def test_a_flagged_address_tells_what_was_seen_and_what_it_can_also_mean(clean_town, files):
    flag = files["flags"].row(0, named=True)
    told = _explain(clean_town, flag["address_id"]).out
    assert flag["address"] in told
    assert f"reden {flag['reason']}" in told
    assert "Dit kan ook betekenen" in told
    for code in flag["indicator_codes"]:
        assert code in told
    for record in files["evidence"].filter(pl.col("address_id") == flag["address_id"])["record_ids"].explode():
        assert record in told


def test_the_same_in_english_and_as_json(clean_town, files):
    flag = files["flags"].row(0, named=True)
    assert "It can also mean" in _explain(clean_town, flag["address_id"], "--english").out
    document = _explain(clean_town, flag["address_id"], "--json").json
    assert document["flag"]["reason"] == flag["reason"]
    assert {hit["indicator"] for hit in document["hits"]} == set(flag["indicator_codes"])


def test_an_address_is_found_as_a_person_writes_it(clean_town, files):
    flag = files["flags"].row(0, named=True)
    assert flag["address_id"] in _explain(clean_town, flag["address"].lower()).out


def test_an_address_with_too_little_says_what_it_would_take(clean_town, files):
    flagged = files["flags"]["address_id"].implode()
    hit = files["evidence"].filter(~pl.col("address_id").is_in(flagged))["address_id"][0]
    told = _explain(clean_town, hit).out
    assert "Geen aandachtspunt" in told
    assert "samen zijn ze niet genoeg" in told


def test_an_address_where_nothing_was_seen_says_so_and_lists_its_records(clean_town, files):
    quiet = files["records"].filter(
        (pl.col("dataset") == "meldingen")
        & pl.col("address_id").is_not_null()
        & ~pl.col("address_id").is_in(files["evidence"]["address_id"].implode())
    )
    row = quiet.row(0, named=True)
    told = _explain(clean_town, row["address_id"]).out
    assert "sloeg hier aan" in told
    assert f"meldingen:{row['key']}: meldingen.csv, rij {row['row_number']}" in told
    assert "Niet uitgevoerd, dus zonder betekenis voor dit adres: " in told


def test_days_read_as_words_in_both_languages(clean_town, files):
    flag = files["flags"].row(0, named=True)
    dutch, english = (_explain(clean_town, flag["address_id"], *more).out.splitlines() for more in ((), ("--english",)))
    assert "peildatum 1 november 2026" in dutch[0]
    assert "sinds 1 november 2026" in dutch[1]
    assert "as of 1 November 2026" in english[0]
    assert "since 1 November 2026" in english[1]


def test_each_record_of_a_hit_is_told_with_its_file_and_row_also_from_another_address(clean_town, files):
    rows = {f"{row['dataset']}:{row['key']}": row for row in files["records"].iter_rows(named=True)}
    flagged = files["flags"]["address_id"].implode()
    for hit in files["evidence"].filter(pl.col("address_id").is_in(flagged)).iter_rows(named=True):
        if any(rows[record]["address_id"] not in (None, hit["address_id"]) for record in hit["record_ids"]):
            break
    else:
        pytest.fail("no hit cites a record of another address")
    told = _explain(clean_town, hit["address_id"]).out
    for record in hit["record_ids"]:
        row = rows[record]
        assert f"    - {record}: {row['dataset']}.csv, rij {row['row_number']}" in told


def test_a_record_of_a_flagged_address_is_told_with_its_date(clean_town, files):
    of_report = (
        files["records"]
        .filter(pl.col("dataset") == "meldingen", pl.col("address_id").is_in(files["flags"]["address_id"].implode()))
        .row(0, named=True)
    )
    given = pl.read_csv(clean_town / "meldingen.csv", infer_schema_length=0)["datum_melding"]
    day = date_text(date.fromisoformat(given[of_report["row_number"] - 1][:10]), "nl")
    said = f"rij {of_report['row_number']}, datum_melding {day} (adres gevonden: "
    assert said in _explain(clean_town, of_report["address_id"]).out


def test_registers_that_the_run_did_not_have_are_named(town):
    settings = town / "screening.toml"
    before, rest = settings.read_text(encoding="utf-8").split("[sources.controles]\n", 1)
    settings.write_text(before + rest[rest.index("[") :], encoding="utf-8")
    (town / "maatregelen.csv").unlink()
    run = barrier("run", "--config", settings, "--json").json
    hits = pl.read_parquet(Path(run["folder"]) / "evidence.parquet")
    without = [one["code"] for one in run["indicators"]["run"] if "controles" in one["without"]]
    hit = hits.filter(pl.col("indicator").is_in(without)).row(0, named=True)
    told = _explain(town, hit["address_id"]).out
    blocks = {block.split(" ", 1)[0]: block for block in told.split("\n\n")}
    assert "    - Wat er in het register Controles staat.\n" in blocks[hit["indicator"]]
    end = told.split("Niet bekend bij deze run:\n")[1]
    assert end.startswith("  - Wat er in het register Besluiten en maatregelen staat: de levering is er niet.\n")
    assert "\n  - Wat er in het register Controles staat: " in end
    document = _explain(town, hit["address_id"], "--json").json
    kinds = {one["dataset"]: one["kind"] for one in document["unavailable"]}
    assert kinds.pop("maatregelen") == "missing"
    assert "controles" in kinds
    assert set(kinds.values()) == {"not_configured"}


def test_a_probable_link_is_unknown_until_a_person_judged_it(messy_town, messy_run, tmp_path):
    town = shutil.copytree(messy_town, tmp_path / "town")
    links, evidence = (pl.read_parquet(Path(messy_run["folder"]) / f"{n}.parquet") for n in ("links", "evidence"))
    probable = links.filter(pl.col("level") == "probable").sort("link_id")
    cited = evidence.explode("record_ids").rename({"record_ids": "record"})
    link = (
        probable.with_columns(record=pl.col("left").str.replace(r":[^:]*:[^:]*$", ""))
        .join(cited, on="record")
        .sort("link_id", "address_id")
        .row(0, named=True)
    )
    asked, said = link["address_id"], link["link_id"]
    assert said in {one for hit in _explain(town, asked, "--json").json["hits"] for one in hit["unjudged"]}
    assert "niemand heeft dat beoordeeld" in _explain(town, asked).out
    judged = barrier(
        "links", "judge", said, "negative", "--by", "n.nacht", "--reason", "proef", "--config", town / "screening.toml"
    )
    assert judged.code == 0, judged.err
    document = _explain(town, asked, "--json").json
    assert said not in {one for hit in document["hits"] for one in hit["unjudged"]} | set(document["unjudged"])


def test_a_shielded_establishment_is_named_nowhere(clean_town, files):
    register = pl.read_csv(clean_town / "handelsregister.csv", infer_schema_length=0).with_row_index("n", offset=1)
    rows = register.filter(pl.col("afgeschermd") == "ja")["n"].cast(pl.Int64).implode()
    shielded = files["records"].filter(
        (pl.col("dataset") == "handelsregister") & pl.col("row_number").is_in(rows) & pl.col("address_id").is_not_null()
    )
    assert shielded.height > 0
    for row in shielded.head(3).iter_rows(named=True):
        told = _explain(clean_town, row["address_id"]).out
        assert f"handelsregister:{row['key']}:" not in told
    cited = set(files["evidence"]["record_ids"].explode())
    assert not cited & {f"handelsregister:{key}" for key in shielded["key"]}


def test_an_unknown_address_or_run_is_refused_with_what_to_do(clean_town, clean_run):
    ran = _explain(clean_town, "Nergensstraat 1")
    assert ran.code == 2
    assert "16 digits" in ran.err
    assert _explain(clean_town, "x", "--run", "0" * 24).code == 2


def test_what_was_stopped_since_the_run_is_named_until_it_is_resumed(clean_town, files, tmp_path):
    town = shutil.copytree(clean_town, tmp_path / "town")
    hit = files["evidence"].row(0, named=True)
    hits = files["evidence"].filter(pl.col("address_id") == hit["address_id"])["indicator"].unique().sort().to_list()
    why = ("--reason", "proef", "--config", town / "screening.toml")
    refused = barrier("rules", "stop", hit["indicator"], *why, "--reason", "Zegt mevrouw Jansen.")
    assert (refused.code, "leave names" in refused.err) == (2, True)
    barrier("rules", "stop", hit["indicator"], *why)
    assert f"Let op: stopgezet na deze run is {hit['indicator']}." in _explain(town, hit["address_id"]).out
    with open_store(Workspace(town / "var")) as store:
        resume_rule(store, hit["indicator"], by="n.nacht", now=datetime.now(UTC), reason="proef")
    assert "stopgezet" not in _explain(town, hit["address_id"]).out
    barrier("rules", "stop", "all", *why)
    assert _explain(town, hit["address_id"], "--json").json["stopped"] == hits


@pytest.mark.parametrize(
    ("reason", "english", "said"), [("A", (), "klasse A"), ("BB", ("--english",), "two registers")]
)
def test_the_reason_of_a_flag_is_told_in_words(clean_town, files, reason, english, said):
    flag = files["flags"].filter(pl.col("reason") == reason).row(0, named=True)
    assert said in _explain(clean_town, flag["address_id"], *english).out.splitlines()[1]


@pytest.mark.parametrize("town_name", ["clean", "messy"])
def test_the_store_tells_a_flagged_address_of_every_rule_in_the_very_same_lines(request, town_name):
    """What the review shows comes from the store alone; `barrier explain` reads the files of the run."""
    town, run = (request.getfixturevalue(f"{town_name}_{what}") for what in ("town", "run"))
    with open_store(Workspace(town / "var")) as store:
        by_rule = store.flags(run["run_id"]).explode("indicator_codes").unique("indicator_codes", maintain_order=True)
        assert len(by_rule) > 5
        for address_id in by_rule["address_id"].unique(maintain_order=True):
            dossier = store.dossier(run["run_id"], address_id)
            mine, by_explain = (
                explain_dossier(store, dossier),
                explain(town / "screening.toml", address_id, run_id=run["run_id"]),
            )
            for language in ("nl", "en"):
                assert mine.lines(language) == by_explain.lines(language)
            assert mine.document() == by_explain.document()


def test_a_dossier_holds_who_manages_the_licences_and_who_runs_the_companies(clean_town, clean_run, files):
    """Of both arms alike, and of nobody in a company that has a shielded establishment."""
    registers = {
        name: pl.read_csv(clean_town / f"{name}.csv", infer_schema_length=0).with_row_index("n", offset=1)
        for name in ("leidinggevenden", "functionarissen", "handelsregister")
    }
    hidden = set(registers["handelsregister"].filter(pl.col("afgeschermd") == "ja")["kvk_nummer"])
    passed = {f"{dataset}:{key}" for dataset, key in files["records"].select("dataset", "key").rows()}
    addresses = {*files["flags"]["address_id"], *files["sample"]["address_id"]}
    seen = set()
    with open_store(Workspace(clean_town / "var")) as store:
        for address_id in addresses:
            dossier = store.dossier(clean_run["run_id"], address_id)
            told = {f"{row['dataset']}:{row['key']}": row["fields"] for row in dossier.records}
            licences = {one.get("zaaknummer") or one.get("vergunning_id") for one in told.values()} - {None}
            companies = {one.get("kvk_nummer") for one in told.values()} - {None} - hidden
            manages = registers["leidinggevenden"].filter(pl.col("zaaknummer").is_in(licences))
            runs = registers["functionarissen"].filter(pl.col("kvk_nummer").is_in(companies))
            wanted = {f"leidinggevenden:r{n}" for n in manages["n"]} | {f"functionarissen:r{n}" for n in runs["n"]}
            held = {one for one in told if one.startswith(("leidinggevenden", "functionarissen"))}
            assert held <= wanted & passed
            ended = {one for one in (wanted & passed) - held if one.startswith("functionarissen")}
            assert held | ended == wanted & passed
            for one in ended:  # out of office for longer than rules look back
                row = runs.filter(pl.col("n") == int(one.rpartition("r")[2])).row(0, named=True)
                assert row["datum_einde"] < "2021-11-02"
            seen |= {one.split(":")[0] for one in held}
            mentions = set(dossier.parties.select(pl.concat_str("dataset", "key", separator=":")).to_series())
            assert {one for one in held if not told[one].get("rechtspersoon_kvk")} <= mentions
            assert not held & {f"{row['dataset']}:{row['key']}" for row in dossier.cited_records}
    assert seen == {"leidinggevenden", "functionarissen"}
