"""The dossier of a rule: six steps, each written down as a text of its own before it may look at real addresses."""

from __future__ import annotations

from collections.abc import Mapping

from screening.base.errors import StoreError
from screening.base.frames import Row
from screening.wording.odd_text import Oddity, oddities

#: The steps, in their order (domain reference 2.1).
DOSSIER_STEPS = (
    "legal_basis",
    "allowed_by_law",
    "proxy_test",
    "data_quality_test",
    "statistical_link",
    "substantive_link",
)
#: Different words of a step at least: what was looked at, and what came of it.
_LEAST_WORDS = 8
_REASONS = {
    Oddity.TOO_FEW_WORDS: f"it has fewer than {_LEAST_WORDS} different words",
    Oddity.NO_WORDS: "its letters make no words",
    Oddity.REPEATS: "it repeats itself",
    Oddity.COPY: "it is the text of another step",
    Oddity.GIVEN: "it says what the rule says of itself, and nothing more",
}

#: Key of a step whose text is the one that the programme wrote: whoever approves is told.
AS_SHIPPED = "as_shipped"

#: A dossier: step -> {"text", "date"}, and AS_SHIPPED where nobody changed the text.
Dossier = Mapping[str, Mapping[str, object]]


def missing_steps(dossier: Dossier) -> tuple[str, ...]:
    """The steps that are not written down."""
    return tuple(step for step in DOSSIER_STEPS if not dossier.get(step))


def steps_as_shipped(dossier: Dossier) -> tuple[str, ...]:
    """The steps whose text the programme wrote and nobody changed."""
    return tuple(step for step in DOSSIER_STEPS if dossier.get(step, {}).get(AS_SHIPPED))


def check_dossier(dossier: Dossier, declaration: Row) -> None:
    """Refuse a dossier of which a step is no text of its own: gibberish, repetition, one text for all, the rule's own.

    A text that the programme wrote may say what the rule says of itself: it is marked as such.

    Raises:
        StoreError: it names each such step and the reason, and never what stands there.
    """
    texts = {step: str(dossier[step]["text"]) for step in DOSSIER_STEPS if dossier.get(step)}
    own = [text for text in _texts(declaration) if " " in text.strip()]
    faults = []
    for step, text in texts.items():
        others = [other for name, other in texts.items() if name != step]
        faults += [
            f"[{step}] {_REASONS[oddity]}"
            for oddity in oddities(
                text, least_words=_LEAST_WORDS, others=others, given=() if dossier[step].get(AS_SHIPPED) else own
            )
        ]
    if faults:
        raise StoreError(f"The dossier is refused: {'; '.join(faults)}. Write down what was examined at each step.")


def _texts(value: object) -> list[str]:
    """Every text in a declaration, however deep."""
    if isinstance(value, str):
        return [value]
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
    return [text for part in parts for text in _texts(part)]
