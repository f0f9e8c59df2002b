"""The powers of the municipality that an answer to the flags of a rule can lead to.

A rule without a power looks at an address for nothing, and so does not run (see `store.rules.consent`). The powers are
those of `screening.base.powers`, one list for rules and for measures in a case; each names its law.
"""

from __future__ import annotations

from screening.base.errors import RuleDefinitionError
from screening.base.powers import POWERS


def checked_powers(code: str, declared: tuple[str, ...]) -> tuple[str, ...]:
    """The codes of the powers that a rule declares, lightest first.

    Raises RuleDefinitionError for a power that does not exist.
    """
    if isinstance(declared, str) or set(declared) - set(POWERS):
        raise RuleDefinitionError(f"{code}: powers must be of {', '.join(POWERS)}.")
    return tuple(power for power in POWERS if power in declared)
