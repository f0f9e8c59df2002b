"""The links that people judge: every probable one of the run, with what comparing takes and no more."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from flows.night.links_to_judge import links_to_judge
from flows.night.run import night
from flows.night.staging import Night
from screening.base.frames import LINKS, MENTIONS, conform
from screening.base.vocabulary import Role
from screening.casework.links.judgements import JUDGEMENTS, judgements
from screening.casework.links.link_readings import record_link_reading
from screening.casework.viewer import Viewer
from screening.rules import Sensitive, Tables
from screening.store import Store, Workspace, open_store, read_run_file
from screening.store.schema.runs import link_to_judge

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
READERS = [Viewer(name, frozenset({Role.ANALYST, Role.SENSITIVE_REVIEWER})) for name in ("ana", "bea")]
SIDE = {
    "dataset",
    "key",
    "role",
    "name",
    "trade_names",
    "birth_year",
    "kvk_nummer",
    "address",
    "active_from",
    "active_to",
}


def to_judge(store: Store, run_id: str) -> pl.DataFrame:
    return store.rows(link_to_judge, run_id)


def test_every_probable_link_is_there_with_what_comparing_takes(clean_town: Path, clean_run: dict) -> None:
    workspace = Workspace(clean_town / "var")
    with open_store(workspace) as store:
        run_id = clean_run["run_id"]
        rows = to_judge(store, run_id)
        links = read_run_file(store, workspace, run_id, "links.parquet").filter(pl.col("level") == "probable")
    assert rows.height == links.height > 0
    assert set(rows["link_id"]) == set(links["link_id"])
    by_id = {row["link_id"]: row for row in links.to_dicts()}
    for row in rows.to_dicts():
        sides = [json.loads(row[side]) for side in ("left_side", "right_side")]
        mentions = {tuple(by_id[row["link_id"]][end].split(":")[:2]) for end in ("left", "right")}
        assert {(side["dataset"], side["key"]) for side in sides} == mentions
        for side in sides:
            assert set(side) == SIDE
            assert side["name"]
            assert side["birth_year"] is None or len(side["birth_year"]) == 4
        assert row["left_fingerprint"] < row["right_fingerprint"]
        is_sex_licence = any(side["dataset"] == "seksinrichtingen" for side in sides)
        assert row["sensitive"] or not is_sex_licence


@pytest.mark.long
def test_what_two_readers_say_holds_in_the_next_run(messy_town: Path, tmp_path: Path) -> None:
    shutil.copytree(messy_town, tmp_path / "town", ignore=shutil.ignore_patterns("var", "truth"))
    configuration = tmp_path / "town" / "screening.toml"
    workspace = Workspace(tmp_path / "town" / "var")
    first = night(configuration)
    with open_store(workspace) as store:
        rows = to_judge(store, first.run_id)
        party_of = parties(store, workspace, first.run_id)
        apart = [row for row in rows.to_dicts() if len({party_of[one] for one in mentions(row)}) == 2]
        joined, parted = apart[0], apart[1]
        for reader in READERS:
            record_link_reading(store, reader, joined["link_id"], "positive", now=NOW)
            record_link_reading(store, reader, parted["link_id"], "negative", now=NOW)
        record_link_reading(
            store, READERS[0], apart[2]["link_id"], "positive", now=NOW
        )  # one reader alone counts for nothing
        assert judgements(store).height == 2
    second = night(configuration)
    assert second.run_id != first.run_id
    with open_store(workspace) as store:
        party_of = parties(store, workspace, second.run_id)
        still = to_judge(store, second.run_id)
        left = set(still["link_id"])
    assert len({party_of[one] for one in mentions(joined)}) == 1
    assert len({party_of[one] for one in mentions(parted)}) == 2
    assert parted["link_id"] not in left
    # and nobody is asked the same of another pair of mentions of these parties
    others = [row for row in still.to_dicts() if row["link_id"] != joined["link_id"]]
    asked = [{party_of[one] for one in mentions(row)} for row in others]
    assert {party_of[one] for one in mentions(parted)} not in asked
    assert {party_of[one] for one in mentions(joined)} not in asked
    assert len({party_of[one] for one in mentions(apart[2])}) == 2


def mentions(row: dict) -> list[tuple[str, str, str, str]]:
    sides = [json.loads(row[side]) for side in ("left_side", "right_side")]
    return [(side["dataset"], side["key"], side["role"], row["kind"]) for side in sides]


def parties(store: Store, workspace: Workspace, run_id: str) -> dict[tuple, str]:
    frame = read_run_file(store, workspace, run_id, "parties.parquet")
    return {tuple(row[:4]): row[4] for row in frame.select("dataset", "key", "role", "kind", "party_id").rows()}


@pytest.fixture
def made(tmp_path: Path) -> Night:
    """A night with five probable links and a strong one, of which one is between rows delivered twice."""
    made = Night(tmp_path / "night")
    made.folder.mkdir()
    made.put_frame("display", pl.DataFrame({"address_id": ["9999010000000001"], "address": ["Teststraat 1"]}))
    made.put_frame(
        "parties",
        conform(
            pl.DataFrame(
                [
                    mention("vergunningen", "Z1", "b1", birth_date=date(1970, 2, 3)),
                    mention("leidinggevenden", "r1", "a1"),  # on a sex licence
                    mention("leidinggevenden", "r2", "c1"),  # on another licence
                    mention("seksinrichtingen", "S1", "d1"),
                    mention("handelsregister", "r3", "e1"),  # shielded
                    mention("handelsregister", "r4", "f1"),
                    mention("vergunningen", "Z2", "b1"),  # Z1 delivered twice
                ]
            ),
            MENTIONS,
        ),
    )
    pairs = [("Z1", "r1"), ("Z1", "r2"), ("Z1", "S1"), ("r3", "r4"), ("Z1", "Z2")]
    names = {row["key"]: row["mention"] for row in made.get_frame("parties").to_dicts()}
    made.put_frame(
        "links",
        conform(
            pl.DataFrame(
                [
                    {
                        "link_id": f"L-{n}",
                        "left": names[left],
                        "right": names[right],
                        "score": 0.9,
                        "log_odds": 3.0,
                        "level": "probable",
                        "comparisons": "{}",
                    }
                    for n, (left, right) in enumerate(pairs)
                ]
                + [
                    {
                        "link_id": "L-9",
                        "left": names["r2"],
                        "right": names["r4"],
                        "score": 1.0,
                        "log_odds": 30.0,
                        "level": "strong",
                        "comparisons": "{}",
                    }
                ]
            ),
            LINKS,
        ),
    )
    made.put_frame("accepted/seksinrichtingen", pl.DataFrame({"key": ["S1"], "vergunning_id": ["S1"]}))
    made.put_frame("accepted/leidinggevenden", pl.DataFrame({"key": ["r1", "r2"], "zaaknummer": ["S1", "Z9"]}))
    made.put_frame("accepted/vergunningen", pl.DataFrame({"key": ["Z1", "Z2", "Z9"]}))
    made.put_frame("accepted/handelsregister", pl.DataFrame({"key": ["r3", "r4"], "afgeschermd": [True, None]}))
    registers = {name: frame for name, frame in made.scan_frames("accepted").items() if name != "handelsregister"}
    made.put_frame("sensitive_records", Sensitive.of(Tables(registers)).records)
    return made


def mention(dataset: str, key: str, fingerprint: str, **more: object) -> dict:
    row = {"mention": f"{dataset}:{key}:x:person", "dataset": dataset, "key": key, "role": "x", "kind": "person"}
    row |= {"name": f"Naam {key}", "fingerprint": fingerprint, "address_id": "9999010000000001", "birth_date": None}
    return row | more


def test_only_probable_pairs_of_two_contents_are_there_each_side_with_its_own_text(made: Night) -> None:
    rows = links_to_judge(made)
    assert rows["link_id"].to_list() == ["L-0", "L-1", "L-2", "L-3"]
    first = rows.row(0, named=True)
    assert (first["left_fingerprint"], first["right_fingerprint"]) == ("a1", "b1")
    assert json.loads(first["left_side"])["key"] == "r1"
    assert json.loads(first["right_side"])["key"] == "Z1"


def test_a_birth_year_is_kept_and_no_birth_date(made: Night) -> None:
    text = links_to_judge(made).row(0, named=True)["right_side"]
    assert json.loads(text)["birth_year"] == "1970"
    assert set(json.loads(text)) == SIDE
    assert "1970-02-03" not in text


def test_a_link_to_a_sex_licence_or_its_managers_is_sensitive(made: Night) -> None:
    rows = links_to_judge(made)
    assert dict(zip(rows["link_id"], rows["sensitive"], strict=True)) == {
        "L-0": True,
        "L-1": False,
        "L-2": True,
        "L-3": False,
    }


def test_a_shielded_establishment_is_named_at_no_address(made: Night) -> None:
    shielded = links_to_judge(made).row(3, named=True)
    sides = {json.loads(shielded[side])["key"]: json.loads(shielded[side]) for side in ("left_side", "right_side")}
    assert (sides["r3"]["address"], sides["r4"]["address"]) == (None, "Teststraat 1")


def test_registers_that_were_not_delivered_are_no_trouble(made: Night) -> None:
    for name in ("seksinrichtingen", "leidinggevenden", "handelsregister"):
        (made.folder / f"accepted/{name}.parquet").unlink()
    assert links_to_judge(made).height == 4


def judged(made: Night, parties: dict[str, str], *pairs: tuple[str, str]) -> list[str]:
    """The links left to judge when these keys are of these parties and these pairs of contents were judged."""
    party_id = pl.col("key").replace_strict(parties, default=pl.col("key"))
    made.put_frame("parties", made.get_frame("parties").with_columns(party_id=party_id))
    rows = [{"left_fingerprint": left, "right_fingerprint": right, "judgement": "positive"} for left, right in pairs]
    made.put_frame("judgements", pl.DataFrame(rows, schema=JUDGEMENTS))
    return links_to_judge(made)["link_id"].to_list()


def test_two_parties_about_which_people_judged_are_not_asked_again_by_another_pair(made: Night) -> None:
    # L-0 is Z1 and r1, L-1 is Z1 and r2, L-2 is Z1 and S1; one content of Z1 is b1, of r1 a1, of r2 c1
    of_one = {"Z1": "P", "Z2": "P", "r1": "Q", "r2": "Q"}
    assert judged(made, of_one) == ["L-0", "L-1", "L-2", "L-3"]
    assert judged(made, of_one, ("a1", "b1")) == ["L-0", "L-2", "L-3"]
    assert judged(made, of_one, ("b1", "c1")) == ["L-1", "L-2", "L-3"]


def test_a_pair_that_a_judgement_has_joined_already_is_not_asked(made: Night) -> None:
    assert judged(made, {"Z1": "P", "Z2": "P", "r1": "P", "r2": "P"}, ("a1", "c1")) == ["L-2", "L-3"]


def test_a_judgement_about_others_settles_nothing(made: Night) -> None:
    assert judged(made, {"Z1": "P", "Z2": "P", "r1": "Q", "r2": "R"}, ("a1", "b1")) == ["L-0", "L-1", "L-2", "L-3"]
    assert judged(made, {"Z1": "P", "Z2": "P"}, ("zz", "b1")) == ["L-0", "L-1", "L-2", "L-3"]


def test_trade_names_are_told_of_organisations(made: Night) -> None:
    mentions = made.get_frame("parties")
    of_register = pl.when(pl.col("dataset") == "handelsregister")
    made.put_frame("parties", mentions.with_columns(kind=of_register.then(pl.lit("organisation")).otherwise("kind")))
    made.put_frame(
        "accepted/handelsregister",
        pl.DataFrame(
            {"key": ["r3", "r4"], "afgeschermd": [True, None], "handelsnamen": [["De Bron", None, "De Wel"], []]}
        ),
    )
    made.put_frame("accepted/vergunningen", pl.DataFrame({"key": ["Z1", "Z2"], "handelsnaam": ["De Put", None]}))
    rows = {row["link_id"]: row for row in links_to_judge(made).to_dicts()}
    sides = {
        side["key"]: side["trade_names"]
        for row in rows.values()
        for side in (json.loads(row["left_side"]), json.loads(row["right_side"]))
    }
    assert sides == {"Z1": None, "r1": None, "r2": None, "S1": None, "r3": "De Bron, De Wel", "r4": None}
