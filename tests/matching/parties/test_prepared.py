"""Nights on a town: what did not change is carried over, and nothing comes out otherwise than when all is compared."""

from __future__ import annotations

import json
from dataclasses import replace

import polars as pl
import pytest

from screening.base.errors import ContractStopError
from screening.base.frames import PREPARED_FILES
from screening.linking.prepared import decoded
from screening.matching.parties.link import PartyResult, link_parties
from screening.matching.parties.persons import PERSONS
from screening.matching.parties.prepared import PreparedParties
from screening.matching.parties.tables import read_party_tables
from screening.synthetic import generate
from tests.assurance.pipeline import AS_OF, Frames, typed

_RESULT = ("parties", "links", "trade_names", "similar_names", "could_be_one", "identities", "mentions")


@pytest.fixture(scope="module")
def town() -> Frames:
    frames = typed(generate(11, 3000, regime="messy", as_of=AS_OF))
    return {name: frame for name, frame in frames.items() if name != "bag_adressen"}


@pytest.fixture(scope="module")
def first(town: Frames) -> PartyResult:
    return link_parties(town)


def changed(town: Frames, night: int) -> Frames:
    """Another night: managers come and go, one is spelt otherwise, a company moves and a director leaves."""
    managers = town["leidinggevenden"]
    some = pl.int_range(pl.len())
    managers = managers.filter(some % 40 != night).with_columns(
        naam=pl.when(some % 25 == night).then(pl.col("naam") + "s").otherwise("naam")
    )
    companies = town["handelsregister"].with_columns(
        address_id=pl.when(some % 50 == night).then(pl.col("address_id").shift(1)).otherwise("address_id")
    )
    return town | {
        "leidinggevenden": managers,
        "handelsregister": companies,
        "functionarissen": town["functionarissen"].filter(some % 30 != night),
        "vergunningen": town["vergunningen"].head(town["vergunningen"].height - 3 * night),
    }


def kept(result: PartyResult) -> PreparedParties:
    """What the next night reads of it."""
    frames = result.prepared.to_frames()
    assert set(frames) == set(PREPARED_FILES)
    return PreparedParties.from_frames(frames, json.loads(json.dumps(result.prepared.plain_models())), result.model)


def same(result: PartyResult, other: PartyResult) -> None:
    for name in _RESULT:
        assert getattr(result, name).equals(getattr(other, name)), name
    result.prepared.require_equal(other.prepared)
    assert result.model == other.model
    assert result.notes == other.notes


def comparing_all(prepared: PreparedParties) -> PreparedParties:
    """The model alone: nothing is carried over."""
    nobody = pl.Series([], dtype=pl.Int64)
    organisations, persons = prepared.organisations, prepared.persons
    return PreparedParties(
        replace(organisations.only(nobody), model=organisations.model),
        replace(persons.only(nobody), model=persons.model),
        prepared.model,
    )


def test_no_column_that_is_left_out_tells_anything_of_a_party(town: Frames, first: PartyResult) -> None:
    tables = read_party_tables({name: frame.lazy() for name, frame in town.items()})
    assert sum(table.width for table in tables.values()) < sum(frame.width for frame in town.values()) / 2
    same(link_parties(tables), first)


def test_three_nights_are_what_comparing_all_gives(town: Frames, first: PartyResult) -> None:
    before = first
    for night in (1, 2, 3):
        frames = changed(town, night)
        prepared = kept(before)
        tonight = link_parties(frames, previous=before.identities, prepared=prepared, is_checked=True)
        same(tonight, link_parties(frames, previous=before.identities, prepared=comparing_all(prepared)))
        ids = prepared.persons.records.ids
        stayed = tonight.prepared.persons.records.ids.is_in(ids.implode()).sum()
        assert 0 < len(tonight.prepared.persons.records) - stayed < 0.2 * len(ids)
        before = tonight


def test_a_night_on_which_nothing_changed_gives_the_same_again(town: Frames, first: PartyResult) -> None:
    same(link_parties(town, prepared=kept(first), is_checked=True), first)


def test_the_order_of_rows_changes_nothing(town: Frames, first: PartyResult) -> None:
    frames = changed(town, 1)
    turned = {name: frame.reverse() for name, frame in frames.items()}
    same(link_parties(turned, prepared=kept(first)), link_parties(frames, prepared=kept(first)))


def test_a_pair_that_does_not_hold_stops_the_night_on_which_all_is_compared(town: Frames, first: PartyResult) -> None:
    prepared = kept(first)
    pairs = prepared.persons.pairs
    wrong = replace(
        prepared.persons,
        pairs=pairs.with_columns(
            log_odds=pl.when(pl.int_range(pl.len()) == 0).then(pl.col("log_odds") - 1).otherwise("log_odds")
        ),
    )
    planted = replace(prepared, persons=wrong)
    link_parties(town, prepared=planted)
    with pytest.raises(ContractStopError, match=r"persons \(pairs\)\. Nothing was published"):
        link_parties(town, prepared=planted, is_checked=True)


@pytest.mark.parametrize("judgement", ["positive", "negative"])
def test_a_judgement_works_in_the_night_that_carries_over(town: Frames, first: PartyResult, judgement: str) -> None:
    level = "probable" if judgement == "positive" else "strong"
    link = first.links.filter(pl.col("level") == level, pl.col("left").str.ends_with(":person")).row(0, named=True)
    prints = dict(first.mentions.select("mention", "fingerprint").iter_rows())
    judged = pl.DataFrame(
        {
            "left_fingerprint": [prints[link["left"]]],
            "right_fingerprint": [prints[link["right"]]],
            "judgement": [judgement],
        }
    )
    tonight = link_parties(town, judgements=judged, prepared=kept(first), is_checked=True)
    party = dict(tonight.parties.select("mention", "party_id").iter_rows())
    assert (party[link["left"]] == party[link["right"]]) == (judgement == "positive")
    same(tonight, link_parties(town, judgements=judged, prepared=comparing_all(kept(first))))
    # and taken back it is as before
    same(link_parties(town, prepared=kept(tonight), is_checked=True), link_parties(town, prepared=kept(first)))


def test_who_is_left_out_is_in_no_frame(town: Frames, first: PartyResult) -> None:
    person = first.mentions.filter(pl.col("kind") == "person", pl.col("birth_date").is_not_null()).row(0, named=True)
    named = pl.DataFrame(first.mentions).filter(pl.col("name_normalised") == person["name_normalised"])
    group = first.groups.join(named, on="mention", how="semi")["group"].unique()
    families = decoded(first.prepared.persons.records, PERSONS).filter(pl.col("id").is_in(group.implode()))
    assert families.height
    left = first.prepared.only(first.groups.filter(~pl.col("group").is_in(group.implode()))["group"].unique())
    frames = left.to_frames()
    assert not set(group) & set(frames["linking_persons_codes.parquet"]["id"])
    rest = decoded(left.persons.records, PERSONS)
    gone = set(families["family"].explode()) - set(rest["family"].explode())
    texts = pl.concat(
        [
            frame.select(pl.col(pl.String)).transpose().unpivot()["value"].cast(pl.String)
            for name, frame in frames.items()
            if pl.String in frame.dtypes
        ]
    )
    assert not gone & set(texts)
