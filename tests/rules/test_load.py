"""What a rule would newly bring, on nights of a few addresses: nothing counts twice, nor what had a flag before."""

from __future__ import annotations

from datetime import date

import polars as pl

from screening.rules.load import ReplayedNight, count_load, dwellings_of_night

HOMES = frozenset("abc")


def addresses(names: str) -> pl.DataFrame:
    """One row a letter."""
    return pl.DataFrame({"address_id": list(names)}, schema={"address_id": pl.String()})


def night(day: int, before: str, added: str, *, has_bag: bool = True) -> ReplayedNight:
    """A night of November: what was flagged, and what the rule adds."""
    homes = addresses("".join(sorted(HOMES))) if has_bag else None
    return ReplayedNight(date(2026, 11, day), addresses(before), addresses(added), homes)


def test_an_address_counts_on_its_first_night_and_not_where_it_was_flagged_before() -> None:
    nights = [
        night(1, "x", "ab"),
        night(8, "xy", "abd"),  # d is new; y is new without the rule
        night(15, "yd", "abxc", has_bag=False),  # x was flagged before; c is new, and this night kept no BAG
        night(22, "de", "b"),
    ]
    counts = count_load(nights, left_out=3)
    assert (counts.nights, counts.first, counts.last, counts.left_out) == (4, date(2026, 11, 1), date(2026, 11, 22), 3)
    assert (counts.at_once, counts.later) == (2, 2)  # a and b; d and c
    assert counts.now == 3  # y, d and e
    assert (counts.dwellings, counts.of) == (2, 3)  # a and b of a, b and d


def test_without_a_night_nothing_is_counted() -> None:
    counts = count_load([], left_out=2)
    assert (counts.nights, counts.first, counts.at_once, counts.later, counts.now, counts.of) == (0, None, 0, 0, 0, 0)


def test_dwellings_are_told_only_where_the_night_kept_what_the_bag_says() -> None:
    bag = pl.DataFrame({"adresseerbaar_object_id": ["a", "b", "b"], "gebruiksdoelen": [["woonfunctie"], None, []]})
    found = dwellings_of_night({"bag_adressen": bag})
    assert found is not None
    assert found["address_id"].to_list() == ["a"]
    assert dwellings_of_night({"bag_adressen": bag.drop("gebruiksdoelen")}) is None
    assert dwellings_of_night({}) is None
