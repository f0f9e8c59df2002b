"""The profile of a linking: what it counts, which clusters it calls odd, and that it holds nobody's data."""

from __future__ import annotations

import json
from datetime import date
from itertools import combinations

import polars as pl
import pytest

from screening.base.frames import LINKS, MENTIONS
from screening.matching.parties.profile import (
    LEAST_JUDGED,
    calibration,
    clusters,
    find_bridges,
    heights,
    key_yields,
    unlinkable,
)

BORN = date(1970, 3, 4)


def _mentions(*rows: dict) -> pl.DataFrame:
    filled = [
        {"dataset": "leidinggevenden", "key": f"r{n}", "role": "beheerder", "kind": "person"} | row
        for n, row in enumerate(rows, 1)
    ]
    for row in filled:
        row["record"] = f"{row['dataset']}:{row['key']}"
        row["mention"] = f"{row['record']}:{row['role']}:{row['kind']}"
    return pl.DataFrame([{name: row.get(name) for name in MENTIONS} for row in filled], schema=MENTIONS)


def _links(mentions: pl.DataFrame, *pairs: tuple, level: str = "strong", bits: float = 10.0) -> pl.DataFrame:
    names = mentions["mention"].to_list()
    rows = [(f"L-{a}-{b}", names[a], names[b], 1 / (1 + 2.0**-bits), bits, level, "{}") for a, b in pairs]
    return pl.DataFrame(rows, schema=LINKS, orient="row")


def _party(mentions: pl.DataFrame) -> pl.DataFrame:
    return mentions.select("mention", "record", "kind", "name_normalised", party_id=pl.lit("P-1"))


def test_a_key_counts_its_groups_pairs_and_links():
    mentions = _mentions(
        {"name_normalised": "a", "birth_date": BORN},
        {"name_normalised": "a", "birth_date": BORN},
        {"name_normalised": "b", "birth_date": BORN},
        {"name_normalised": "b"},
    )
    found = {one["key"]: one for one in key_yields(mentions, _links(mentions, (0, 1), (0, 2)))}
    born = found["birth_date"]
    assert {k: born[k] for k in ("mentions", "blocks", "largest", "pairs", "links", "only")} == {
        "mentions": 3,
        "blocks": 1,
        "largest": 3,
        "pairs": 3,
        "links": 2,
        "only": 1,
    }
    assert (found["name"]["pairs"], found["name"]["links"], found["name"]["only"]) == (2, 1, 0)
    assert found["kvk_nummer"]["mentions"] == 0


def test_what_lacks_a_name_a_key_or_any_link_is_counted_by_register():
    mentions = _mentions(
        {"name_normalised": "a", "birth_date": BORN},
        {"name_normalised": "a"},
        {},
        {"kind": "organisation", "role": "houder", "kvk_nummer": "12345678"},
        {"kind": "organisation", "role": "houder", "name_normalised": "x"},
        {"kind": "organisation", "role": "houder", "name_normalised": "x", "address_id": "0363"},
    )
    people, firms = sorted(unlinkable(mentions, _links(mentions, (0, 1))), key=lambda one: one["role"])
    assert {k: people[k] for k in ("mentions", "nameless", "keyless", "alone")} == {
        "mentions": 3,
        "nameless": 1,
        "keyless": 2,
        "alone": 1,
    }
    assert {k: firms[k] for k in ("mentions", "nameless", "keyless", "alone")} == {
        "mentions": 3,
        "nameless": 0,
        "keyless": 1,
        "alone": 3,
    }


def test_heights_leave_links_by_number_out_and_expect_what_the_weights_say():
    mentions = _mentions({}, {}, {})
    links = pl.concat(
        [
            _links(mentions, (0, 1), level="exact", bits=22.0),
            _links(mentions, (0, 2), bits=5.5),
            _links(mentions, (1, 2), level="probable", bits=3.0),
        ]
    )
    found = heights(links)
    assert found["exact"] == 1
    assert [(one["from_bits"], one["links"]) for one in found["bins"]] == [(3, 1), (5, 1)]
    top, *_, last = found["expected"]
    assert (top["log_odds"], top["pairs"]) == (5.0, 1)
    assert top["expected_precision"] == pytest.approx(1 / (1 + 2**-5.5), abs=1e-6)
    assert last["expected_recall"] == 1.0


def _judged(*heights: tuple[float, int, int]) -> pl.DataFrame:
    """Judged links: (bits, how many, how many of them are one party)."""
    rows = [(bits, 1 / (1 + 2.0**-bits), place < right) for bits, judged, right in heights for place in range(judged)]
    return pl.DataFrame(rows, schema=["log_odds", "score", "is_match"], orient="row")


def test_the_promise_of_the_weights_stands_beside_what_people_judged():
    profile = calibration(_judged((4.5, 100, 90), (2.5, 100, 50)))
    high, low = 1 / (1 + 2**-4.5), 1 / (1 + 2**-2.5)
    assert [(row["log_odds"], row["pairs"]) for row in profile["thresholds"]] == [(4.0, 100), (2.0, 200)]
    top, whole = profile["thresholds"]
    assert (top["expected_precision"], top["precision"]) == (pytest.approx(high, abs=1e-6), 0.9)
    assert (whole["expected_precision"], whole["precision"]) == (pytest.approx((high + low) / 2, abs=1e-6), 0.7)
    assert whole["error"] == pytest.approx((high + low) / 2 - 0.7, abs=1e-6)
    brier = (90 * (1 - high) ** 2 + 10 * high**2 + 50 * (1 - low) ** 2 + 50 * low**2) / 200
    assert (profile["judged"], profile["brier"]) == (200, pytest.approx(brier, abs=1e-6))


@pytest.mark.parametrize("heights", [(), ((5.0, LEAST_JUDGED - 1, 90),)], ids=["none", "one too few"])
def test_where_too_few_are_judged_nothing_is_said_of_the_promise(heights):
    profile = calibration(_judged(*heights) if heights else _judged((5.0, 1, 1)).clear())
    assert (profile["brier"], profile["thresholds"]) == (None, [])
    assert profile["needed"] == LEAST_JUDGED


def test_a_height_that_few_reach_is_left_out_of_the_promise():
    profile = calibration(_judged((9.5, LEAST_JUDGED - 1, 90), (3.5, LEAST_JUDGED, 90)))
    assert [row["log_odds"] for row in profile["thresholds"]] == [3.0]


def test_two_groups_that_one_link_holds_together_are_odd_and_the_link_is_named():
    mentions = _mentions(*({"name_normalised": letter, "birth_date": BORN} for letter in "abcdef"))
    left, right = combinations(range(3), 2), combinations(range(3, 6), 2)
    found = clusters(_party(mentions), _links(mentions, *left, *right, (2, 3)))
    (odd,) = found["odd"]
    assert odd["notations"] == 6
    assert odd["density"] == pytest.approx(7 / 15, abs=1e-3)
    assert odd["why"] == ["loose", "bridge"]
    assert odd["bridges"] == [{"link_id": "L-2-3", "records": ["leidinggevenden:r3", "leidinggevenden:r4"]}]


def test_a_whole_cluster_is_not_odd():
    mentions = _mentions(*({"name_normalised": letter} for letter in "abcde"))
    found = clusters(_party(mentions), _links(mentions, *combinations(range(5), 2)))
    assert found["odd"] == []
    assert found["largest"][0]["density"] == 1.0
    assert found["sizes"] == [{"kind": "person", "mentions": 5, "parties": 1}]


def test_a_large_party_that_is_linked_as_a_star_is_not_odd_when_it_is_written_one_way():
    mentions = _mentions(*({"name_normalised": "a", "birth_date": BORN} for _ in range(30)))
    found = clusters(_party(mentions), _links(mentions, *((0, n) for n in range(1, 30))))
    assert found["odd"] == []
    assert found["largest"][0]["notations"] == 1


def test_what_a_number_joins_is_one_notation():
    mentions = _mentions(*({"name_normalised": letter, "kind": "organisation"} for letter in "abcde"))
    found = clusters(_party(mentions), _links(mentions, *((0, n) for n in range(1, 5)), level="exact"))
    assert found["largest"][0]["notations"] == 1
    assert found["odd_count"] == 0


@pytest.mark.parametrize(
    ("edges", "least", "bridges"),
    [
        ([(0, 1), (1, 2), (2, 3)], 1, [(0, 1), (1, 2), (2, 3)]),
        ([(0, 1), (1, 2), (2, 3)], 2, [(1, 2)]),
        ([(0, 1), (1, 2), (0, 2), (2, 3)], 1, [(2, 3)]),
        ([(0, 1), (1, 2), (2, 3), (0, 3)], 1, []),
        ([(0, 1), (2, 3)], 1, [(0, 1), (2, 3)]),
    ],
    ids=["a path", "a tail of one is no side", "a triangle and a tail", "a ring has none", "two components"],
)
def test_bridges(edges, least, bridges):
    assert find_bridges([0, 1, 2, 3], edges, least) == bridges


def test_names_and_dates_are_in_no_part_of_it():
    mentions = _mentions(
        *({"name_normalised": f"wilde, {letter}", "name": "Wilde", "birth_date": BORN} for letter in "abcde")
    )
    links = _links(mentions, (0, 1), (1, 2), (2, 3), (3, 4))
    said = json.dumps(
        [key_yields(mentions, links), unlinkable(mentions, links), heights(links), clusters(_party(mentions), links)]
    )
    assert "ilde" not in said
    assert "1970" not in said
