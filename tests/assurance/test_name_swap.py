"""Other names, the same flags: what a name sounds like changes nothing."""

from __future__ import annotations

import polars as pl
import pytest

from screening.synthetic.name_pools import POOLS, NamePool
from tests.assurance.pipeline import linked, screened, typed
from tests.assurance.swapped import municipality

NAMED = {"vergunningen": "houder_naam", "leidinggevenden": "naam", "functionarissen": "naam"}


def flags(pool: NamePool | None, *, seed: int, addresses: int) -> set[tuple]:
    found = screened(linked(typed(municipality(pool, seed=seed, addresses=addresses))))
    listed = pl.col("indicator_codes").list.join("|")
    return set(found.flags.select("address_id", "reason", listed).iter_rows())


@pytest.fixture(scope="module")
def own() -> set[tuple]:
    found = flags(None, seed=21, addresses=3000)
    assert len(found) > 20
    return found


@pytest.mark.parametrize("name", list(POOLS)[::4])  # of each of them among 10,000 addresses below
def test_names_of_another_origin_change_no_flag(name, own):
    assert flags(POOLS[name], seed=21, addresses=3000) ^ own == set()


@pytest.mark.goal("F4", reached="10,000 addresses x 7 swaps, 0 flags changed")
@pytest.mark.long
@pytest.mark.parametrize("name", POOLS)
def test_names_of_another_origin_change_no_flag_among_10000_addresses(name):
    assert flags(POOLS[name], seed=22, addresses=10_000) ^ flags(None, seed=22, addresses=10_000) == set()


@pytest.mark.parametrize("name", ["polish", "vietnamese"])
def test_a_swap_replaces_every_name_of_a_person_and_nothing_else(name):
    before = municipality(None, seed=21, addresses=2500).tables
    after = municipality(POOLS[name], seed=21, addresses=2500).tables
    for dataset, frame in before.items():
        column = NAMED.get(dataset)
        same = [one for one in frame.columns if not one.endswith("naam")]
        if dataset != "meldingen":  # the text of a report may quote a name
            assert frame.select(same).equals(after[dataset].select(same)), dataset
        if column:
            people = frame[column].is_not_null() & (frame[column] != after[dataset][column])
            assert people.mean() > 0.4, dataset


def test_names_that_do_not_stay_with_their_bearers_are_noticed(own):
    """The harness bites: where the names of holders change places, what rests on a person falls."""
    frames = typed(municipality(None, seed=21, addresses=3000))
    permits = frames["vergunningen"]
    frames["vergunningen"] = permits.with_columns(pl.col("houder_naam").shuffle(seed=1))
    found = screened(linked(frames)).flags
    assert set(found.select("address_id", "reason", pl.col("indicator_codes").list.join("|")).iter_rows()) != own
