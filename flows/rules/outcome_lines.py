"""What the terminal says of known outcomes beside a back-test."""

from __future__ import annotations

from screening.base.frames import Row
from screening.casework.figures.known_outcomes import ONLY_FLAGGED_EN

_CHANGES = {"added": "Hits that would come", "dropped": "Hits that would go"}


def outcome_lines(document: Row) -> list[str]:
    """The lines of a back-test about what people made of its addresses before; every count in tens."""
    lines = [
        f"{_CHANGES[changed['change']]}, at {changed['addresses']} addresses: "
        + ", ".join(f"{outcome} {count}" for outcome, count in changed["outcomes"].items())
        + f", not judged {changed['not_judged']}; "
        + _ticked(changed)
        for changed in document["outcomes"]
    ]
    return [*lines, ONLY_FLAGGED_EN]


def _ticked(changed: Row) -> str:
    texts = [f'"{text["en"]}" {text["addresses"]}' for text in changed["explanations"]]
    return f"explanations ticked: {', '.join(texts)}." if texts else "the rule lists no explanation."
