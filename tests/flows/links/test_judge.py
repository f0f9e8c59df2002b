"""`barrier links`: what a person decides about two mentions holds in the next run, until it is undone."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest

from flows.configuration import load_configuration
from flows.desk import Desk
from screening.base.vocabulary import LedgerAction
from screening.casework.data_subjects import of_link
from screening.matching.parties.link_ids import fingerprints_of
from tests.conftest import barrier

MENTION = pl.concat_str("dataset", "key", "role", "kind", separator=":")


class Town:
    """A copy of a municipality that was screened once, driven by the real command."""

    def __init__(self, town: Path, folder: Path) -> None:
        shutil.copytree(town, folder, ignore=shutil.ignore_patterns("truth"))
        self.config = folder / "screening.toml"

    def run(self) -> dict[str, pl.DataFrame]:
        ran = barrier("run", "--config", self.config, "--json")
        assert ran.code == 0, ran.out + ran.err
        return self.files(ran.json)

    def files(self, run: dict) -> dict[str, pl.DataFrame]:
        files = {p.stem: pl.read_parquet(p) for p in Path(run["folder"]).glob("*.parquet")}
        parties = files["parties"].with_columns(mention=MENTION)
        files["party_of"] = dict(parties.select("mention", "party_id").iter_rows())
        return files

    def links(self, *arguments: str):
        return barrier("links", *arguments, "--config", self.config)


@pytest.fixture(scope="module")
def story(messy_town, messy_run, tmp_path_factory) -> dict:
    """Three nights: without judgements, with one of each kind, and after both were undone."""
    town = Town(messy_town, tmp_path_factory.mktemp("links") / "town")
    first = town.files(messy_run)
    persons = first["links"].filter(pl.col("left").str.ends_with(":person"))
    party_of = first["party_of"]
    strong = persons.filter(pl.col("level") == "strong").sort("link_id").row(0, named=True)
    apart = persons.filter(pl.col("level") == "probable").with_columns(
        joined=pl.col("left").replace_strict(party_of) == pl.col("right").replace_strict(party_of)
    )
    probable = apart.filter(~pl.col("joined")).sort("link_id").row(0, named=True)
    picture = tmp_path_factory.mktemp("picture") / "link.svg"
    shown = town.links("show", strong["link_id"], "--output", str(picture), "--json").json
    said = [
        town.links("judge", strong["link_id"], "negative", "--by", "officer-1", "--reason", "two brothers"),
        town.links("judge", probable["link_id"], "positive", "--by", "officer-2", "--reason", "same signature"),
    ]
    assert [one.code for one in said] == [0, 0], said
    second = town.run()
    judged = town.links("list", "--level", "probable", "--limit", "500", "--json").json
    after = town.links("show", strong["link_id"], "--json").json
    table = town.links("precision", "--json").json
    for one in (strong, probable):
        assert town.links("undo", one["link_id"], "--by", "officer-3").code == 0
    return {
        "town": town,
        "first": first,
        "second": second,
        "third": town.run(),
        "strong": strong,
        "probable": probable,
        "shown": shown,
        "judged": judged,
        "after": after,
        "table": table,
        "picture": picture.read_text(encoding="utf-8"),
    }


def test_a_negative_judgement_parts_two_mentions_that_were_one_party(story):
    left, right = story["strong"]["left"], story["strong"]["right"]
    assert story["first"]["party_of"][left] == story["first"]["party_of"][right]
    assert story["second"]["party_of"][left] != story["second"]["party_of"][right]
    assert story["strong"]["link_id"] not in story["second"]["links"]["link_id"].to_list()


def test_a_positive_judgement_joins_two_parties(story):
    left, right = story["probable"]["left"], story["probable"]["right"]
    assert story["first"]["party_of"][left] != story["first"]["party_of"][right]
    assert story["second"]["party_of"][left] == story["second"]["party_of"][right]


def test_undoing_both_gives_the_parties_of_before(story):
    assert story["third"]["parties"].equals(story["first"]["parties"])
    assert story["third"]["links"].equals(story["first"]["links"])


def test_every_judgement_is_in_the_ledger(story):
    strong, probable = (f"link:{story[name]['link_id']}" for name in ("strong", "probable"))
    with Desk(load_configuration(story["town"].config)).ledger as ledger:
        found = [one.entry for one in ledger.entries(action=LedgerAction.LINK_JUDGEMENT)]
        # whom each is about: the two mentions of the link, a line of the Logboek each
        with Desk(load_configuration(story["town"].config)).store as store:
            ends = of_link(store, story["probable"]["link_id"])
        lines = [[line["name"] for line in ledger.logboek.of_subject(one)] for one in ends]
    assert lines == [[str(LedgerAction.LINK_JUDGEMENT)] * 2] * 2
    assert [(one.actor, one.object) for one in found[:4]] == [
        ("officer-1", strong),
        ("officer-2", probable),
        ("officer-3", strong),
        ("officer-3", probable),
    ]


def test_a_link_that_was_judged_away_can_still_be_shown_with_its_history(story):
    assert story["after"]["judgement"] == "negative"
    assert story["after"]["history"][0]["reason"] == "two brothers"
    assert story["after"]["run_id"] == story["shown"]["run_id"]
    steps = story["town"].links("history", story["strong"]["link_id"], "--json").json
    assert [(one["judgement"], one["judged_by"]) for one in steps] == [
        ("negative", "officer-1"),
        ("undone", "officer-3"),
    ]


def test_the_list_tells_what_was_judged_and_no_number(story):
    assert all(set(one) == {"link_id", "level", "left", "right", "judgement"} for one in story["judged"]["shown"])
    rows = {one["link_id"]: one["judgement"] for one in story["judged"]["shown"]}
    assert rows.get(story["probable"]["link_id"], "positive") == "positive"


def test_showing_a_link_tells_both_sides_and_every_field(story):
    shown = story["shown"]
    assert {shown["left"]["mention"], shown["right"]["mention"]} == {story["strong"]["left"], story["strong"]["right"]}
    assert shown["left"]["name_normalised"]
    assert shown["left"]["row_number"] >= 1
    fields = shown["waterfall"]["steps"]
    assert {"family_name", "given_names", "birth_date"} <= {one["field"] for one in fields}
    total = shown["waterfall"]["start"] + sum(one["weight"] for one in fields)
    assert total == pytest.approx(story["strong"]["log_odds"], abs=0.05)
    assert "achternaam" in shown["sentence_nl"]
    assert "family name" in shown["sentence_en"]
    assert story["picture"].startswith("<svg")
    assert "de achternaam" in story["picture"]
    assert shown["left"]["name_normalised"] not in story["picture"]


def test_precision_counts_the_judged_links_at_their_own_height(story):
    assert (story["table"]["judged"], story["table"]["positive"]) == (2, 1)
    last = story["table"]["thresholds"][-1]
    assert (last["judged"], last["right"]) == (2, 1)


def test_every_link_of_a_run_leads_back_to_its_two_contents(story):
    files = story["first"]
    links = files["links"].sample(60, seed=1, shuffle=True) if files["links"].height > 60 else files["links"]
    for link_id, left, right in links.select("link_id", "left", "right").iter_rows():
        assert fingerprints_of(link_id, left, right, files["parties"], files["identities"]), link_id


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("undo", "L-none", "--by", "a"), "No published run has the link"),
        (("list", "--level", "sure"), "--level must be one of exact, strong, probable"),
    ],
    ids=["a link that never was", "a level that is none"],
)
def test_what_cannot_be_is_said_and_changes_nothing(story, arguments, said):
    refused = story["town"].links(*arguments)
    assert refused.code == 2
    assert said in refused.err
