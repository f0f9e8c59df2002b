"""The lists in words: what ships and what a municipality added, in both languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from screening.rules.describe_lists import AreaDecision, lists_part
from screening.rules.local_lists import Line, PermitType, shipped_lists
from screening.wording.hit import as_lines

AREA = AreaDecision("nagelstudio", "Besluit 2024-12", "https://example.nl/b", date(2024, 1, 1), date(2027, 12, 31))
SHIPPED = shipped_lists()
NAILS = Line(("96022",), ("9622",), ("exploitatie", "pitch"), ("winkelfunctie",), since=date(2024, 1, 1))
LISTS = replace(
    SHIPPED,
    lines={**SHIPPED.lines, "nagelstudio": NAILS, "logies": replace(SHIPPED.lines["logies"], needs_licence=False)},
    permit_types={
        **SHIPPED.permit_types,
        "pitch": PermitType(location_bound=True, related=("exploitatie",), name_nl="standplaats", name_en="pitch"),
    },
)


def test_every_list_is_shown_with_the_names_of_the_municipality():
    text = "\n".join(as_lines(lists_part(LISTS, [AREA], "nl"), "nl"))
    assert (
        "nagelstudio: SBI 2008 96022 (schoonheidsverzorging); SBI 2025 9622 (schoonheidsverzorging); vergunning "
        "exploitatie of standplaats; nodig sinds 1 januari 2024; gebruiksdoel winkel"
    ) in text
    assert "logies: SBI 2008 55 (logies); SBI 2025 55 (logies); geen vergunning nodig; gebruiksdoel logies" in text
    assert "standplaats: hoort bij een plek; verwant met exploitatie" in text
    assert "exploitatie: hoort bij een plek; verwant met alcohol, coffeeshop, speelautomaten, standplaats of" in text
    assert (
        "nagelstudio geldt alleen in een gebied: Besluit 2024-12 (https://example.nl/b), van 1 januari 2024 tot en met "
        "31 december 2027"
    ) in text


def test_without_areas_there_is_no_word_of_them():
    assert "Gebieden:" not in "\n".join(as_lines(lists_part(SHIPPED, (), "nl"), "nl"))
    english = "\n".join(as_lines(lists_part(SHIPPED, (), "en"), "en"))
    assert "letting (Wet goed verhuurderschap): is for letting" in english
