"""The preview: everything that leaves is in it, and it says why."""

from __future__ import annotations

import json

from screening.partners.signal.canonical import canonical
from screening.partners.signal.minimise import PersonChoice
from screening.partners.signal.preview import preview, preview_of_choices
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
    assert (shown["object.rd_x"], written["object"]["rd_x"]) == ("121500,5", 121500.5)
    assert shown["object.oppervlakte_m2"] == str(written["object"]["oppervlakte_m2"])


def test_days_and_codes_are_in_words_and_what_somebody_wrote_stays_as_it_is():
    rows = preview(example.signal())
    shown = {row.field: row.value for row in rows}
    assert shown["feiten.0.datum"] == "juni 2019"
    assert shown["meta.aanmaakdatum"] == "20 november 2026"
    assert shown["meta.doel"] == "toezicht op vergunningen"
    assert shown["feiten.0.gecontroleerd_door.rol"] == "toezichthouder"
    assert shown["twijfels.koppelingen.0.niveau"] == "zeker"
    assert shown["barrieres_en_vraag.vraag"] == "Kent een partner dit bedrijf, en is samen optreden mogelijk?"
    # nothing that a reader reads is a code: what is one stands apart
    for row in rows:
        assert row.is_key or "_" not in row.value or "@" in row.value, row.field


def test_the_name_of_a_legal_person_is_not_said_to_be_about_a_person():
    rows = {row.field: row for row in preview(example.signal())}
    assert rows["organisaties.0.naam"].value == "Kadebar B.V."
    assert not rows["organisaties.0.naam"].personal
    assert rows["organisaties.1.kvk_nummer"].personal  # of a sole trader


def test_what_is_not_whole_yet_is_previewed_as_far_as_it_is_chosen():
    content = example.content()
    content["barrieres_en_vraag"] = {"barrieres": [], "vraag": "", "voorgestelde_partner": None}
    content["personen"][0]["naam"] = "Jan de Vries"
    rows = preview_of_choices(content, example.choices(explanations={}))
    assert "barrieres_en_vraag.vraag" not in {row.field for row in rows}
    assert not any("Jan de Vries" in row.value for row in rows)
    whole = {row.field: row.value for row in preview(example.signal())}
    assert {row.field: row.value for row in rows}.items() <= whole.items()


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
