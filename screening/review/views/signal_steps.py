"""The steps of the form of a signal: each field stands in one of them, and the others carry it along unseen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from screening.review.views.signal_form import LISTS, SignalForm

FIRST, FACTS, PARTIES, QUESTION, WHOLE = 1, 2, 3, 4, 5
STEPS = (FIRST, FACTS, PARTIES, QUESTION, WHOLE)
#: The button that goes on to the next step, and those that look at this one again, or take or drop an attachment.
ON, AGAIN, ATTACH, DETACH = "verder", "bekijk", "bijlage", "los-"
#: Which step a field is in, by the first part of its name: `door-3` and `verklaring-LIC-04-…` begin alike.
_STEP_OF = {
    **dict.fromkeys(("ontvanger", "thema", "contact", "reden", "herstel", "toch"), FIRST),
    **dict.fromkeys(("afwijking", "feit", "door", "op", "procedure", "bijlage"), FACTS),
    **dict.fromkeys(("organisatie", "persoon", "kennisgeving", "informeren_vanaf"), PARTIES),
    **dict.fromkeys(("partner", "interventie", "vraag", "urgentie", "urgentie_reden"), QUESTION),
    **dict.fromkeys(("verklaring", "twijfels"), QUESTION),
}


def form_step_of(name: str) -> int:
    """The step in which a field stands; 0 for what is none of its fields."""
    return _STEP_OF.get(name.partition("-")[0], 0)


@dataclass(frozen=True)
class Asked:
    """What a button of the form asks for. `step`: the one to show. `is_sent`: put the signal before a colleague.

    `must_hold`: the step that must be right before the next one is shown. `attaches`, `detaches`: an attachment.
    """

    step: int
    is_sent: bool = False
    must_hold: int = 0
    attaches: bool = False
    detaches: str = ""


def asked_of(form: Mapping[str, str]) -> Asked:
    """What was asked for. A form without a step of its own is sent whole."""
    current, button = _step(form.get("van", "")), form.get("naar", "")
    if button == ON:
        return Asked(min(current + 1, WHOLE), must_hold=current)
    if button == ATTACH:
        return Asked(FACTS, attaches=True)
    if button.startswith(DETACH):
        return Asked(FACTS, detaches=button.removeprefix(DETACH))
    if button == AGAIN:
        return Asked(current)
    if button:
        return Asked(_step(button))
    return Asked(WHOLE, is_sent=True)


def carried(filled: SignalForm, step: int) -> Iterator[tuple[str, str]]:
    """(name, value) of every field of the other steps: it goes along unseen."""
    for name, value in filled.values.items():
        if name not in LISTS and value and form_step_of(name) not in {0, step}:
            yield name, value
    for name in LISTS:
        if form_step_of(name) != step:
            for value in filled.chosen(name):
                yield name, value


def _step(text: str) -> int:
    return int(text) if text.isdigit() and int(text) in STEPS else FIRST
