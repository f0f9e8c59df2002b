"""The preview: everything that leaves is in it, and it says why."""

from __future__ import annotations

import json

from screening.partners.signal.canonical import canonical
from screening.partners.signal.minimise import PersonChoice
from screening.partners.signal.preview import preview
from tests.partners import example

WHY = "Zonder deze naam weet het RIEC niet welke bestuurder bedoeld is."


def paths(part: object, at: str = "") -> list[str]:
    if isinstance(part, dict):
        return [found for name, inner in part.items() for found in paths(inner, f"{at}{name}.")]
    if isinstance(part, list):
        return [found for place, inner in enumerate(part) for found in paths(inner, f"{at}{place}.")]
    return [at.rstrip(".")]


def test_the_preview_shows_every_value_of_the_file_and_nothing_else():
    signal = example.signal()
    assert sorted(row.field for row in preview(signal)) == sorted(paths(json.loads(canonical(signal))))


def test_a_number_is_shown_as_it_leaves():
    signal = example.signal()
    shown = {row.field: row.value for row in preview(signal)}
    written = json.loads(canonical(signal))
    assert float(shown["object.rd_x"]) == written["object"]["rd_x"] == 121500.5
    assert shown["object.oppervlakte_m2"] == str(written["object"]["oppervlakte_m2"])


def test_each_row_says_in_both_languages_what_leaves_and_why():
    for row in preview(example.signal()):
        assert row.title_nl
        assert row.title_en
        assert row.value
        assert row.why_nl.strip()
        assert row.why_en.strip()


def test_what_is_about_a_person_is_marked_and_carries_the_officers_own_reason():
    chosen = {"p1": PersonChoice("Bestuurder van de bv die na de einddatum doorgaat.", why_name=WHY)}
    rows = {row.field: row for row in preview(example.signal(persons=chosen))}
    named = rows["personen.0.naam.waarde"]
    assert (named.value, named.personal) == ("Jan de Vries", True)
    assert WHY in named.why_nl
    assert WHY in named.why_en
    assert "na de einddatum" in rows["personen.0.rol"].why_nl
    assert not rows["object.adres"].personal
