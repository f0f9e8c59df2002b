"""A sentence reads as Dutch or English does: dates in words, a decimal comma, and "onbekend" for what is empty."""

from __future__ import annotations

import json
from datetime import date, datetime

import polars as pl
import pytest

from screening.base.errors import RuleDefinitionError
from screening.base.local_formats import date_text, number_text
from screening.wording.sentence import is_bound, parts, placeholders, sentence, shown, values_json

AS_OF = date(2026, 11, 1)
BOUNDED = ("x", "x_min", "x_max")


def say(template: str, language: str = "nl", **columns) -> list[str]:
    frame = pl.DataFrame(columns)
    expression = sentence(
        "TST-01", template, language=language, schema=frame.schema, parameters={"min_m2": 12.5}, as_of=AS_OF
    )
    return frame.select(expression).to_series().to_list()


@pytest.mark.parametrize(
    ("value", "nl", "en"),
    [
        (date(2026, 11, 1), "1 november 2026", "1 November 2026"),
        (date(2026, 3, 31), "31 maart 2026", "31 March 2026"),
        (datetime.fromisoformat("2026-03-31T23:05"), "31 maart 2026 23:05", "31 March 2026 23:05"),
        (12, "12", "12"),
        (0.9, "0,9", "0.9"),
        (12.0, "12", "12"),
        (12.346, "12,35", "12.35"),
        (100.0, "100", "100"),
        (True, "ja", "yes"),
        (False, "nee", "no"),
        (["a", "b", "c"], "a, b en c", "a, b and c"),
        (1234, "1.234", "1,234"),
        ([], "onbekend", "unknown"),
        ("Z-1", "Z-1", "Z-1"),
        (None, "onbekend", "unknown"),
    ],
)
def test_a_value_in_words(value, nl, en):
    column = pl.Series("x", [value], dtype=pl.List(pl.String) if isinstance(value, list) else None, strict=False)
    for language, expected in (("nl", nl), ("en", en)):
        assert column.to_frame().select(shown("x", column.to_frame().schema, language)).item() == expected


@pytest.mark.parametrize(
    ("first", "last", "nl", "en", "value"),
    [
        (date(2026, 5, 12), date(2026, 5, 12), "op 12 mei 2026", "on 12 May 2026", "2026-05-12"),
        (date(2026, 5, 1), date(2026, 5, 31), "in mei 2026", "in May 2026", "2026-05"),
        (date(2024, 2, 1), date(2024, 2, 29), "in februari 2024", "in February 2024", "2024-02"),
        (date(2024, 1, 1), date(2024, 12, 31), "in 2024", "in 2024", "2024"),
        (date(2025, 1, 1), date(2025, 12, 31), "in 2025", "in 2025", "2025"),
        (date(2026, 5, 3), date(2026, 5, 4), "op 3 mei 2026 tot en met 4 mei 2026", "on 3 May 2026 to 4 May 2026", ""),
        (None, None, "op onbekend", "on unknown", None),
    ],
)
def test_a_partial_date_is_told_as_precisely_as_it_is_known(first, last, nl, en, value):
    known = first if first == last else None
    frame = pl.DataFrame({"x": [known], "x_min": [first], "x_max": [last]}, schema=dict.fromkeys(BOUNDED, pl.Date))
    for language, on, expected in (("nl", "op", nl), ("en", "on", en)):
        template = f"Dat was {on} {{x}}.[ En {on} {{x}}.]"
        told = frame.select(sentence("T", template, language=language, schema=frame.schema, parameters={}, as_of=AS_OF))
        assert told.item() == f"Dat was {expected}." + ("" if last is None else f" En {expected}.")
    assert json.loads(frame.select(values_json(frame.schema, ["x"])).item()) == {"x": value or None}


def test_a_sentence_that_begins_with_a_partial_date_begins_with_a_capital():
    month = {"x": [None], "x_min": [date(2026, 5, 1)], "x_max": [date(2026, 5, 31)]}
    frame = pl.DataFrame(month, schema=dict.fromkeys(BOUNDED, pl.Date))
    for template, expected in (("Op {x} was het.", "In mei 2026 was het."), ("Stop {x}.", "Stop mei 2026.")):
        told = frame.select(sentence("T", template, language="nl", schema=frame.schema, parameters={}, as_of=AS_OF))
        assert told.item() == expected


def test_bounds_are_no_values_of_their_own():
    schema = pl.Schema(dict.fromkeys(BOUNDED, pl.Date))
    assert [name for name in schema if is_bound(name, schema)] == ["x_min", "x_max"]
    assert not is_bound("x_min", pl.Schema({"x_min": pl.Date}))
    assert not is_bound("x_max", pl.Schema({"x": pl.Int64, "x_min": pl.Date, "x_max": pl.Date}))


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_month_has_its_name_in_both_ways_of_writing(language):
    days = [date(2026, month, 2) for month in range(1, 13)]
    frame = pl.DataFrame({"x": days})
    written = frame.select(shown("x", frame.schema, language)).to_series().to_list()
    assert written == [date_text(day, language) for day in days]


def test_a_number_has_a_decimal_comma_in_dutch():
    assert (number_text(2.5, "nl"), number_text(2.5, "en"), number_text(2.0, "nl"), number_text(3, "en")) == (
        "2,5",
        "2.5",
        "2",
        "3",
    )


def test_columns_parameters_and_the_day_of_the_run_are_filled_in():
    assert say("Op {as_of}: {x} bij {min_m2}.", x=[1, 2]) == [
        "Op 1 november 2026: 1 bij 12,5.",
        "Op 1 november 2026: 2 bij 12,5.",
    ]


def test_a_column_goes_before_a_parameter_of_the_same_name():
    assert say("{min_m2}", min_m2=[3]) == ["3"]


def test_a_sentence_without_values_is_itself():
    assert say("Zo is het.", x=[1]) == ["Zo is het."]


def test_what_stands_between_brackets_goes_where_a_value_is_empty():
    template = "Er is iets.[ Het waren er {x}.][ De naam was {y}.]"
    assert say(template, x=[1, None], y=[None, "b"]) == ["Er is iets. Het waren er 1.", "Er is iets. De naam was b."]


def test_a_part_of_which_a_value_is_nothing_goes_and_one_of_its_absence_comes():
    template = "Zo.[ Er {x:=is|zijn} {x:melding|meldingen}.][{x:!} Er is niets.][{y:?} Dat is zeker.][ Van {z:word}.]"
    columns = {"x": [0, 1, 3], "y": [True, False, None], "z": [["persoon"], [], ["houder", "verhuur_wgv"]]}
    assert say(template, **columns) == [
        "Zo. Er is niets. Dat is zeker. Van de persoon.",
        "Zo. Er is 1 melding.",
        "Zo. Er zijn 3 meldingen. Van houder en verhuur (Wet goed verhuurderschap).",
    ]
    assert say("{x:melding|meldingen}", x=[0, 1200]) == ["geen meldingen", "1.200 meldingen"]


def test_spans_and_distances_are_told_as_people_do():
    assert say("al {x:span}, {y:distance}", x=[1300], y=[11915]) == ["al ruim 3,5 jaar, 11,9 kilometer"]
    assert say("{x:span}, {y:distance}", "en", x=[1300], y=[900]) == ["more than 3.5 years, 900 metres"]


def test_a_business_code_is_told_with_what_it_is_about():
    assert say("{x:sbi}", x=[["96021", "00"]]) == ["96021 (kapper) en 00"]
    assert say("{x:sbi_or}", "en", x=[["55", "56"]]) == ["55 (accommodation) or 56 (food and drink)"]


def test_outside_brackets_an_empty_value_is_said_to_be_unknown():
    assert say("Het is {x}.", x=pl.Series([None], dtype=pl.String)) == ["Het is onbekend."]


def test_a_value_that_looks_like_a_placeholder_is_left_as_it_is():
    assert say("{x}!", x=["{as_of} [x] {}"]) == ["{as_of} [x] {}!"]


def test_a_name_that_nothing_has_is_refused():
    with pytest.raises(RuleDefinitionError, match=r"TST-01: a sentence names \{z\}"):
        say("{z}", x=[1])


def test_a_template_is_cut_at_its_brackets():
    assert parts("a[b {x}]c") == (("a", False), ("b {x}", True), ("c", False))
    assert placeholders("{x} en {y} en {x}") == ("x", "y", "x")


def test_values_are_one_json_object_a_row():
    frame = pl.DataFrame({"b": [1, None], "a": [["x", "y"], None]})
    assert frame.select(values_json(frame.schema, ["b", "a"])).to_series().to_list() == [
        '{"a":"x|y","b":1}',
        '{"a":null,"b":null}',
    ]


def test_without_values_the_object_is_empty():
    frame = pl.DataFrame({"b": [1, 2]})
    assert frame.select("b", v=values_json(frame.schema, []))["v"].to_list() == ["{}", "{}"]
