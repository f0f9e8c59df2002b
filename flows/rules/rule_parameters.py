"""Parameters of a rule as the terminal gives them: `name=value`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from screening.base.errors import ConfigurationError

_CODES = re.compile(r"\[(.+)\]")
#: Two values in one, outside brackets: 1..5, 1:5, 1-5, or 1,2.
_RANGE = re.compile(r"^[^\[]*\d\s*(\.\.|[:;,-])")


def given_parameters(texts: Iterable[str]) -> dict[str, object]:
    """Parameters given as "name=value", or "name=[55,56]" for codes. ConfigurationError where the value is neither.

    A range, or a parameter twice, is refused: a person proposes a threshold, and none is looked for by its outcomes.
    """
    given: dict[str, object] = {}
    for text in texts:
        name, _, value = text.partition("=")
        if name.strip() in given or _RANGE.search(value):
            raise ConfigurationError(
                f"--parameter {text}: one value a parameter, as name=value, or codes as name=[55,56]. A person "
                "proposes a threshold; the programme does not look for the one that fits the outcomes best."
            )
        if codes := _CODES.fullmatch(value.strip()):
            given[name.strip()] = tuple(code.strip() for code in codes[1].split(","))
            continue
        try:
            given[name.strip()] = int(value) if value.strip().lstrip("-").isdigit() else float(value)
        except ValueError:
            raise ConfigurationError(
                f"--parameter {text}: write name=value, with a number, or codes as name=[55,56]."
            ) from None
    return given
