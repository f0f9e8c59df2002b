"""Charts: every number is in the text too, labels are whole, and shares never claim more than they are."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.base.typeface.typeface import text_width
from screening.report.charts import bars, percent, shares, thousands

LONG = "HOU-01 Kamerverhuurvergunning en een signaal van overbewoning op één adres"


def title_of(svg: str) -> str:
    return ET.fromstring(svg).find("title").text or ""


def test_bars_say_every_label_and_count_in_words():
    said = title_of(bars([("Werkplek", 1234), ("Vastgoed", 0)], title="Aandachtspunten", unit="adressen"))
    assert said == "Aandachtspunten: Werkplek 1.234 adressen; Vastgoed 0 adressen"


def test_shares_say_every_part_in_words():
    svg = shares([("meldingen", [3, 0, 1])], ["exact", "punt", "niet gevonden"], title="Adressen")
    assert title_of(svg) == "Adressen. meldingen: exact 3, niet gevonden 1"
    assert "exact: 3 (75,0 %)" in svg


@pytest.mark.parametrize(
    "svg",
    [bars([(LONG, 1)], title="t", unit="u"), shares([(LONG, [1, 1])], ["a", "b"], title="t")],
    ids=["bars", "shares"],
)
def test_a_long_label_is_broken_over_lines_and_never_cut(svg: str):
    root = ET.fromstring(svg)
    lines = [text.text for text in root.iter("text") if text.get("class") == "label"]
    assert " ".join(lines) == LONG
    start = float(next(root.iter("rect")).get("x"))
    assert all(text_width(line, 13) < start for line in lines)
    assert float(root.get("height")) > max(float(text.get("y")) for text in root.iter("text"))


def test_rows_do_not_overlap():
    root = ET.fromstring(bars([(LONG, 1), ("kort", 2), (LONG, 3)], title="t", unit="u"))
    labels = [float(text.get("y")) for text in root.iter("text") if text.get("class") == "label"]
    assert all(later - earlier >= 16 for earlier, later in pairwise(labels))


def test_a_small_count_is_seen_and_none_is_not():
    widths = [
        int(w)
        for w in re.findall(
            r'class="bar"[^>]* width="(\d+)"', bars([("veel", 100_000), ("een", 1), ("geen", 0)], title="t", unit="u")
        )
    ]
    assert widths[0] > widths[1] > 0
    assert widths[2] == 0


def test_no_rows_give_no_chart():
    assert bars([], title="t", unit="u") == ""
    assert shares([("leeg", [0, 0])], ["a", "b"], title="t") == ""


def test_hostile_names_are_text():
    hostile = '<script>alert("x")</script>'
    for svg in (bars([(hostile, 1)], title=hostile, unit=hostile), shares([(hostile, [1])], [hostile], title=hostile)):
        assert "<script" not in svg
        assert hostile in title_of(svg)


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0"), (999, "999"), (1000, "1.000"), (1234567, "1.234.567"), (-1000, "-1.000")]
)
def test_thousands_as_dutch_writes_them(count: int, text: str):
    assert thousands(count) == text


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (0, 0, "–"),
        (0, 7, "0,0 %"),
        (7, 7, "100,0 %"),
        (1, 8, "12,5 %"),
        (999_999, 1_000_000, "99,9 %"),
        (1, 1_000_000, "0,1 %"),
    ],
)
def test_percent_as_dutch_writes_it(part: int, whole: int, text: str):
    assert percent(part, whole) == text


@settings(max_examples=100)
@given(st.integers(1, 10**9).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
def test_only_the_whole_is_a_hundred_and_only_nothing_is_zero(pair: tuple[int, int]):
    part, whole = pair
    assert (percent(part, whole) == "100,0 %") == (part == whole)
    assert (percent(part, whole) == "0,0 %") == (part == 0)
