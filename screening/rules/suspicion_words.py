"""Which words no text for a reviewer uses: a flag is a deviation between registers, not a suspicion of a person."""

from __future__ import annotations

import re

_TERMS = re.compile(
    r"\b(?:verdacht|slachtoffer|crimin|fraud|dader|misdad|schuldige|boef|boeven|malafide"
    r"|suspect|victim|offender|perpetrat|culprit|guilty)\w*"
    # "dat is geen verdenking" says what a flag is not
    r"|(?<!geen )\bverdenk\w*|(?<!no )\bsuspicion\w*",
    re.IGNORECASE,
)


def suspicion_word(text: str) -> str | None:
    """The first term in `text` that would suspect someone, or None."""
    match = _TERMS.search(text)
    return match.group() if match else None
