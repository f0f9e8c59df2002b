"""Evidence in bits."""

from __future__ import annotations

import polars as pl
import pytest

from screening.matching.parties.compare import (
    GIVEN_WEIGHTS,
    LOOSE_READING,
    PROBABLE_BITS,
    STRONG_BITS,
    below_strong,
    compare_names,
    compare_trade_names,
    probability,
)
from screening.matching.parties.name_readings import name_options


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
        ("vries, jan", "vries, jan piet", "name"),
        ("vries, marija", "vries, marjolijn", "name_near"),
        ("vries, jan piet", "vries, piet jan", "equal_several"),
    ],
)
def test_given_names_are_related(left: str, right: str, relation: str) -> None:
    assert compared(left, right)["given_relation"] == relation
    assert compared(right, left)["given_relation"] == relation
    assert relation in GIVEN_WEIGHTS


def test_more_slips_weigh_less_and_a_short_name_has_room_for_fewer() -> None:
    levels = [compared("hoekstra, a.", f"{name}, a.")["family_level"] for name in ("hoekstra", "hoecstra", "hoecstre")]
    assert levels == ["equal", "slip", "two_slips"]
    assert compared("wang, a.", "wong, a.")["family_level"] == "slip_short"
    assert compared("li, a.", "lu, a.")["family_level"] == "doubtful"
    assert compared("li, a.", "wu, a.")["family_level"] == "differs"


@pytest.mark.parametrize(
    ("left", "right", "level"),
    [
        ("bakker, a.", "dakker, a.", "doubtful"),
        ("akker, h. a.", "bakker, h.", "doubtful"),  # one letter before it makes another name
        ("hofman, f.", "bosman, f.", "differs"),  # two slips and another beginning
        ("soerodimedjo, m.", "soeroddimmedjo, m.", "slip"),  # letters doubled are one slip, however many
        ("bakker, h.", "baker, h.", "slip"),
        ("soerodimedjo, m.", "surodimejo, m.", "slip"),  # and so is a sound in another spelling
        ("chakir, m.", "tjakir, m.", "slip"),
        ("boer, a. de", "deboer, a.", "equal"),
    ],
)
def test_the_first_letter_and_doubled_letters_are_slips_of_their_own(left: str, right: str, level: str) -> None:
    assert compared(left, right)["family_level"] == compared(right, left)["family_level"] == level


@pytest.mark.parametrize(
    ("left", "right", "relation"),
    [
        ("huu, văn lan ngo", "ngo huu, v. l.", "equal_several"),
        ("trong, hoang dung vo", "vo trong, h. d. t. q.", "subset"),
        ("dinh, minh hanh nguyen", "nguyen dinh, m.", "subset"),
        ("nguyen dinh, h. t. ton", "ton nguyen dinh, h. t.", "equal_several"),  # its first word behind the initials
        ("hanh, nguyen dinh minh", "nguyen dinh, m. h.", "equal_several"),  # and with the family name in front
    ],
)
def test_a_word_of_a_name_in_full_can_belong_to_the_family_name(left: str, right: str, relation: str) -> None:
    for found in (compared(left, right), compared(right, left)):
        assert (found["family_level"], found["given_relation"]) == ("equal", relation)
        assert found["reading_weight"] > LOOSE_READING


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("vu cong, t.", "the, thanh phuong vu"),
        ("dang văn, x.", "dinh, xuan lan dang"),
        ("phan the, k. p. n. p.", "the, kim phuong anh nga vo"),
        ("văn, duc hanh nguyen", "văn, duc phuong ngo"),
    ],
)
def test_the_other_word_of_a_family_name_of_two_must_not_contradict(left: str, right: str) -> None:
    assert compared(left, right)["reading_weight"] <= LOOSE_READING
    assert compared(right, left)["reading_weight"] <= LOOSE_READING


@pytest.mark.parametrize(
    ("left", "right"), [("jansen bakker, t.", "bakker, thea"), ("jansen bakker, t. p.", "bakker, thea petra")]
)
def test_a_double_name_still_meets_its_half(left: str, right: str) -> None:
    assert compared(left, right)["reading_weight"] > LOOSE_READING
    assert compared(right, left)["reading_weight"] > LOOSE_READING


def test_a_slip_in_a_first_letter_of_two_words_does_not_change_their_order() -> None:
    assert compared("tran văn, a.", "tran fan, a.")["family_level"] == "slip"


def test_given_names_are_compared_under_another_family_name_only_for_learning() -> None:
    options = name_options(pl.Series(["bakker, anna", "visser, anna"]))
    pair = pl.DataFrame({"left_name": ["bakker, anna"], "right_name": ["visser, anna"]})
    assert compare_names(pair, options)["given_relation"].item() == "absent"
    assert compare_names(pair, options, is_whole=True)["given_relation"].item() == "name"


def test_the_comparison_is_the_same_from_both_sides() -> None:
    for left, right in (("minh, nguyen van", "nguyen, m."), ("boer jansen, a.", "boer, a."), ("dijk, a.", "dyk, a.")):
        assert compared(left, right)["name_weight"] == compared(right, left)["name_weight"]


def test_what_may_not_be_strong_keeps_its_order() -> None:
    frame = pl.DataFrame({"x": [-8.0, 0.0, 3.0, 3.3, 5.0, 9.0, 40.0]})
    held = frame.select(below_strong(pl.col("x"))).to_series()
    assert (held < STRONG_BITS).all()
    assert held.is_sorted()
    assert held.n_unique() == frame.height


def test_the_thresholds_are_those_of_the_domain() -> None:
    scores = pl.DataFrame({"x": [STRONG_BITS, PROBABLE_BITS]}).select(probability(pl.col("x"))).to_series()
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
