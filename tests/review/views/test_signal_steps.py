"""The steps of the form of a signal: what a button asks for, and what goes along unseen."""

from __future__ import annotations

import pytest

from screening.review.views.signal_form import SignalForm
from screening.review.views.signal_steps import FACTS, PARTIES, QUESTION, WHOLE, Asked, asked_of, carried, form_step_of


@pytest.mark.parametrize(
    ("form", "asked"),
    [
        ({}, Asked(WHOLE, is_sent=True)),
        ({"van": "2", "naar": "verder"}, Asked(PARTIES, must_hold=FACTS)),
        ({"van": "5", "naar": "verder"}, Asked(WHOLE, must_hold=WHOLE)),
        ({"van": "5", "naar": "4"}, Asked(QUESTION)),
        ({"van": "4", "naar": "bekijk"}, Asked(QUESTION)),
        ({"van": "2", "naar": "bijlage"}, Asked(FACTS, attaches=True)),
        ({"van": "2", "naar": "los-ab"}, Asked(FACTS, detaches="ab")),
        ({"van": "9", "naar": "zes"}, Asked(1)),
    ],
    ids=str,
)
def test_a_button_leads_to_its_step(form: dict[str, str], asked: Asked) -> None:
    assert asked_of(form) == asked


def test_every_field_of_the_other_steps_goes_along_and_none_of_this_one() -> None:
    filled = SignalForm(
        {"ontvanger": "riec-oost", "door-3": "ik", "vraag": "Wat weet u?", "csrf_token": "x", "feit": "b", "toch": ""},
        {"feit": ("a", "b"), "organisatie": ("o1",)},
    )
    assert sorted(carried(filled, FACTS)) == [
        ("ontvanger", "riec-oost"),
        ("organisatie", "o1"),
        ("vraag", "Wat weet u?"),
    ]
    assert sorted(carried(filled, PARTIES)) == [
        ("door-3", "ik"),
        ("feit", "a"),
        ("feit", "b"),
        ("ontvanger", "riec-oost"),
        ("vraag", "Wat weet u?"),
    ]


def test_a_field_is_in_the_step_of_the_first_part_of_its_name() -> None:
    names = ("verklaring-LIC-04-abc", "bijlage-soort-abc", "persoon-naam-2", "csrf_token")
    assert [form_step_of(name) for name in names] == [QUESTION, FACTS, PARTIES, 0]
