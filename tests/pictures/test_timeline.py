"""The time line of a case."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from screening.pictures.picture import PartialDate
from screening.pictures.timeline import Bar, LaneKind, Mark, TimeLine
from screening.pictures.timeline_drawing import draw_timeline
from tests.pictures.boxes import assert_legible, assert_told, words
from tests.pictures.names import DAYS, NAMES

AS_OF = date(2026, 11, 1)
BAR_KINDS = [LaneKind.LICENCE, LaneKind.ESTABLISHMENT, LaneKind.OFFICE, LaneKind.OTHER]
MARK_KINDS = [LaneKind.DECISION, LaneKind.INSPECTION, LaneKind.REPORT, LaneKind.EVENT]
LICENCE = Bar(LaneKind.LICENCE, "Exploitatievergunning", PartialDate(2023, 9, 22), PartialDate(2026, 10, 20), "De Zon")


def reports(count: int) -> tuple[Mark, ...]:
    names = ("geluid", "afval")
    return tuple(
        Mark(LaneKind.REPORT, names[place % 2], PartialDate(2026, 1 + place % 10, 1 + place)) for place in range(count)
    )


def test_nothing_dated_is_no_picture() -> None:
    assert draw_timeline(TimeLine(AS_OF), "nl") is None
    assert draw_timeline(TimeLine(AS_OF, (Bar(LaneKind.OFFICE, "Bestuurder", None, None),)), "nl") is None


def test_a_bar_has_its_name_its_period_and_a_row() -> None:
    picture = draw_timeline(TimeLine(AS_OF, (LICENCE,)), "nl")
    assert picture is not None
    assert_legible(picture)
    assert {"Exploitatievergunning, De Zon", "september 2023 – oktober 2026"} <= {
        text.text for text in words(picture.svg)
    }
    assert picture.rows == (("Vergunningen", "Exploitatievergunning, De Zon", "22 september 2023", "20 oktober 2026"),)


def test_what_goes_on_has_an_arrow_and_not_an_end() -> None:
    ended, open_ended = (
        draw_timeline(TimeLine(AS_OF, (Bar(LaneKind.OFFICE, "Bestuurder", PartialDate(2021, 3), end),)), "nl")
        for end in (PartialDate(2024, 1), None)
    )
    assert ended is not None
    assert open_ended is not None
    assert "pic-office-ahead" not in ended.svg
    assert open_ended.svg.count("pic-office-ahead") == 1
    assert open_ended.rows[0][2:] == ("maart 2021", "loopt door")


def test_a_few_reports_are_told_one_by_one_and_many_of_one_kind_together() -> None:
    few, many, same_month = (
        draw_timeline(TimeLine(AS_OF, (), marks), "nl")
        for marks in (
            reports(3),
            reports(24),
            tuple(Mark(LaneKind.REPORT, "geluid", PartialDate(2026, 3, day)) for day in range(1, 25)),
        )
    )
    assert few is not None
    assert many is not None
    assert same_month is not None
    assert "1 januari 2026: geluid" in {text.text for text in words(few.svg)}
    drawn = [text.text for text in words(many.svg)]
    assert {"12 × afval", "12 × geluid"} <= set(drawn)
    assert many.svg.count('"pic-report"') == 24
    assert len(many.rows) == 24
    # signs that would stand on each other are counted
    assert sum(int(text.text) for text in words(same_month.svg) if text.text.isdigit() and len(text.text) < 3) == 24


def test_bars_that_say_the_same_share_their_words() -> None:
    def office(name: str, year: int) -> Bar:
        return Bar(LaneKind.OFFICE, "Bestuurder", PartialDate(year, 1), None, name)

    same = draw_timeline(TimeLine(AS_OF, tuple(office("T. Vos", year) for year in (2022, 2023, 2024))), "nl")
    assert same is not None
    drawn = [text.text for text in words(same.svg)]
    assert drawn.count("Bestuurder, T. Vos") == drawn.count("3 ×") == 1
    assert same.svg.count("pic-office-ahead") == len(same.rows) == 3
    at_once = draw_timeline(TimeLine(AS_OF, (office("T. Vos", 2022), office("A. Mol", 2022))), "nl")
    assert at_once is not None
    assert "Bestuurder, A. Mol; T. Vos" in {text.text for text in words(at_once.svg)}
    assert len(at_once.rows) == 2


def test_kinds_stand_under_their_heads_in_one_order() -> None:
    marks = tuple(Mark(kind, "x", PartialDate(2026, 3, 3)) for kind in MARK_KINDS)
    bars = tuple(Bar(kind, "y", PartialDate(2020), None) for kind in BAR_KINDS)
    picture = draw_timeline(TimeLine(AS_OF, tuple(reversed(bars)), tuple(reversed(marks))), "nl")
    assert picture is not None
    heads = [
        "Vergunningen",
        "Vestigingen",
        "Functies",
        "Andere perioden",
        "Besluiten",
        "Controles",
        "Meldingen",
        "Andere gebeurtenissen",
    ]
    assert [row[0] for row in picture.rows] == heads
    assert [text.text for text in words(picture.svg) if text.text in heads] == heads


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.builds(Bar, st.sampled_from(BAR_KINDS), NAMES, st.none() | DAYS, st.none() | DAYS, NAMES), max_size=12),
    st.lists(st.builds(Mark, st.sampled_from(MARK_KINDS), NAMES, DAYS), max_size=25),
)
def test_whatever_it_shows_is_legible_and_told(bars: list, marks: list) -> None:
    line = TimeLine(AS_OF, tuple(bars), tuple(marks))
    picture = draw_timeline(line, "nl")
    if picture is None:
        return
    assert picture == draw_timeline(line, "nl")
    assert_legible(picture)
    assert_told(picture, [*(text for bar in bars for text in (bar.name, bar.note)), *(mark.name for mark in marks)])
