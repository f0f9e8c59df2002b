"""Parameters of a rule as the terminal gives them: `name=value`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from screening.errors import ConfigurationError

_CODES = re.compile(r"\[(.+)\]")


def given_parameters(texts: Iterable[str]) -> dict[str, object]:
    """Parameters given as "name=value", or "name=[55,56]" for codes. ConfigurationError where the value is neither."""
    given: dict[str, object] = {}
    for text in texts:
        name, _, value = text.partition("=")
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
