"""The data of Herkennen: whole in both languages, with a law or a source, and never about who somebody is."""

from __future__ import annotations

import pytest

from screening.base.word_lists import read_lists
from screening.casework.tips.signs import drawing_texts, signs
from screening.review.desks.desk_pages import STORY_ROUTES, desk_pages
from screening.review.rendering import TEMPLATES

LISTS = {name: read_lists("screening.review.desks", f"{name}.yaml") for name in ("stories", "desks")}


def leaves(document: object) -> list[dict[str, str]]:
    """Every text in both languages of a file."""
    if isinstance(document, dict):
        if {"nl", "en"} & set(document):
            return [document]
        return [leaf for value in document.values() for leaf in leaves(value)]
    return [leaf for value in document for leaf in leaves(value)] if isinstance(document, list) else []


@pytest.mark.parametrize("name", LISTS)
def test_every_text_is_there_in_both_languages(name: str) -> None:
    texts = leaves(LISTS[name])
    assert len(texts) > 20
    assert [one for one in texts if not str(one.get("nl", "")).strip() or not str(one.get("en", "")).strip()] == []


def test_each_desk_has_its_own_duty_the_code_signs_and_three_stories() -> None:
    assert len(desk_pages()) >= 7
    for desk in desk_pages().values():
        assert len(desk.duties) >= 3
        assert len(desk.counter) >= 4
        assert len(desk.address) >= 2
        assert len(desk.stories) == 3
        assert all(story.route in STORY_ROUTES for story in desk.stories)
        assert desk.drawings
        for duty in (*desk.duties, desk.code):
            assert duty.law.source.startswith("https://")
            assert duty.law.checked or duty.law.to_check


def test_nothing_stands_in_the_files_that_no_desk_shows() -> None:
    desks = LISTS["desks"]["desks"].values()
    assert {code for desk in desks for code in desk["stories"]} == set(LISTS["stories"])
    at_desks = {code for desk in desks for code in (*desk["counter"], *desk["address"])}
    assert [code for code, sign in signs().items() if code not in at_desks and not sign.group] == []
    assert {sign.drawing for desk in desk_pages().values() for sign in desk.signs if sign.drawing} == set(
        drawing_texts()
    )


def test_each_drawing_is_lines_and_classes_with_a_text_beside_it() -> None:
    for name, text in drawing_texts().items():
        svg = (TEMPLATES / "recognise" / "drawings" / f"{name}.svg").read_text("utf-8")
        assert 'viewBox="0 0 240 150"' in svg
        assert 'aria-hidden="true"' in svg
        assert "<text" not in svg
        assert "currentColor" in svg
        assert text.nl.startswith("Tekening: ")
