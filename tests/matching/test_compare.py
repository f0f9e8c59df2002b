"""Evidence in bits."""

from __future__ import annotations

import polars as pl
import pytest

from screening.matching.compare import (
    GIVEN_WEIGHTS,
    PRIOR,
    PROBABLE_BITS,
    STRONG_BITS,
    below_strong,
    compare_names,
    compare_trade_names,
    name_options,
    score,
)


def compared(left: str, right: str) -> dict[str, object]:
    options = name_options(pl.Series([left, right], dtype=pl.String))
    return compare_names(pl.DataFrame({"left_name": [left], "right_name": [right]}), options).row(0, named=True)


@pytest.mark.parametrize(
    ("left", "right", "relation"),
    [
        ("vries, j.", "vries, j.", "equal"),
        ("vries, j. p.", "vries, p. j.", "equal_several"),
        ("vries, j.", "vries, jan piet", "subset"),
        ("vries, j. p.", "vries, j. k.", "overlap"),
        ("vries, j.", "vries", "absent"),
        ("vries, j.", "vries, p.", "disjoint"),
        ("vries, jan", "vries, joris", "differs"),
        ("vries, jan piet", "vries, piet jan", "equal_several"),
    ],
)
def test_given_names_are_related(left: str, right: str, relation: str) -> None:
    assert compared(left, right)["given_relation"] == relation
    assert compared(right, left)["given_relation"] == relation
    assert relation in GIVEN_WEIGHTS


def test_more_slips_weigh_less_and_a_short_name_has_room_for_fewer() -> None:
    weights = [
        compared("hoekstra, a.", f"{name}, a.")["family_weight"] for name in ("hoekstra", "hoecstra", "hoecstre")
    ]
    assert weights == sorted(weights, reverse=True)
    assert weights[-1] > 0
    assert compared("wang, a.", "wong, a.")["family_weight"] > 0
    assert compared("wang, a.", "wung, l.")["family_weight"] > compared("li, a.", "lu, a.")["family_weight"]
    assert compared("li, a.", "lu, a.")["family_weight"] < 0


def test_the_comparison_is_the_same_from_both_sides() -> None:
    for left, right in (("minh, nguyen van", "nguyen, m."), ("boer jansen, a.", "boer, a."), ("dijk, a.", "dyk, a.")):
        assert compared(left, right)["name_weight"] == compared(right, left)["name_weight"]


def test_a_name_alone_never_reaches_strong() -> None:
    assert PRIOR + compared("kartodikromo, jan piet", "kartodikromo, jan piet")["name_weight"] > PROBABLE_BITS
    frame = pl.DataFrame({"x": [-8.0, 0.0, 3.0, 3.3, 5.0, 9.0, 40.0]})
    held = frame.select(below_strong(pl.col("x"))).to_series()
    assert (held < STRONG_BITS).all()
    assert held.is_sorted()
    assert held.n_unique() == frame.height


def test_the_thresholds_are_those_of_the_domain() -> None:
    scores = pl.DataFrame({"x": [STRONG_BITS, PROBABLE_BITS]}).select(score(pl.col("x"))).to_series()
    assert scores.to_list() == pytest.approx([0.95, 0.85])


def test_trade_names_are_compared_in_any_order_of_words() -> None:
    pairs = pl.DataFrame(
        {
            "left_key": ["cafe proef", "cafe proef", "proef beheer", "cafe proef"],
            "right_key": ["proef cafe", "cafe proefs", "proef", "hotel iets"],
            "left_core": ["cafe proef", "cafe proef", "proef", "cafe proef"],
            "right_core": ["proef cafe", "cafe proefs", "proef", "hotel iets"],
        }
    )
    weights = dict(compare_trade_names(pairs).select("right_key", "name_weight").iter_rows())
    assert weights["proef cafe"] > weights["cafe proefs"] > weights["proef"] > 0 > weights["hotel iets"]
