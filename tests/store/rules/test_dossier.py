"""A dossier is refused where a step is no text of its own; the step and the reason are named, never the text."""

from __future__ import annotations

from datetime import date

import pytest

from screening.base.errors import StoreError
from screening.store.rules.dossier import DOSSIER_STEPS, check_dossier, missing_steps
from tests.rule_dossiers import DOSSIER, TEXTS

#: What a rule says of itself.
DECLARATION = {
    "code": "LIC-04",
    "version": 1,
    "name_nl": "Vergunning verlopen, activiteit loopt door",
    "rationale_nl": "Een vergunning loopt af. Wie doorgaat zonder verlenging, werkt zonder toets van de leiding.",
    "innocent_nl": ["Het register loopt achter.", "Een verlenging is op tijd aangevraagd en nog in behandeling."],
    "params": {"grace_days": {"label_nl": "Dagen na het einde van de vergunning"}},
}


def dossier(**texts: str) -> dict:
    return DOSSIER | {step: {"text": text, "date": date(2026, 5, 1)} for step, text in texts.items()}


def refusal(**texts: str) -> str:
    with pytest.raises(StoreError) as refused:
        check_dossier(dossier(**texts), DECLARATION)
    assert not any(text in str(refused.value) for text in texts.values() if len(text) > 2)
    return str(refused.value)


def test_a_dossier_as_people_write_it_is_accepted_and_so_is_none() -> None:
    check_dossier(DOSSIER, DECLARATION)
    check_dossier({}, DECLARATION)
    assert missing_steps(DOSSIER) == ()
    assert missing_steps({}) == DOSSIER_STEPS


def test_six_times_x_is_refused_at_each_step() -> None:
    said = refusal(**dict.fromkeys(DOSSIER_STEPS, "x"))
    for step in DOSSIER_STEPS:
        assert f"[{step}] it has fewer than 8 different words" in said
        assert f"[{step}] it is the text of another step" in said


def test_one_text_for_all_is_refused() -> None:
    said = refusal(**dict.fromkeys(DOSSIER_STEPS, TEXTS["proxy_test"]))
    assert said.count("text of another step") == 6
    assert refusal(legal_basis=TEXTS["proxy_test"]).count("text of another step") == 2


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("asdf asdf qwer zxcv hjkl poiu lkjh mnbv vcxz", "its letters make no words"),
        ("onderzocht en akkoord bevonden " * 8, "it repeats itself"),
        ("Akkoord.", "fewer than 8 different words"),
        (DECLARATION["rationale_nl"], "what the rule says of itself"),
        (" ".join(DECLARATION["innocent_nl"]), "what the rule says of itself"),
        (f"{DECLARATION['name_nl']}. {DECLARATION['innocent_nl'][0]}", "what the rule says of itself"),
    ],
)
def test_what_is_no_text_of_its_own_is_refused_with_its_reason(text: str, reason: str) -> None:
    said = refusal(substantive_link=text)
    assert f"[substantive_link] {reason}" in said or reason in said
    assert not any(f"[{step}]" in said for step in DOSSIER_STEPS if step != "substantive_link")


def test_the_rules_own_words_with_what_was_examined_are_accepted() -> None:
    check_dossier(dossier(substantive_link=f"{DECLARATION['rationale_nl']} {TEXTS['substantive_link']}"), DECLARATION)
