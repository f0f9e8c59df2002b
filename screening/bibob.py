"""What rests on Bibob: a dossier tells it on the screen, and nothing that leaves does (Bibob Act, article 28)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

#: The code of the power in `screening.powers`: that it was used stands on the screen alone.
BIBOB_POWER = "bibob"


def rests_on_bibob(inputs: Mapping[str, Iterable[str]]) -> bool:
    """Whether a rule with these inputs (table -> columns) reads anything of Bibob: what it finds never leaves."""
    return any(column.startswith("bibob_") for columns in inputs.values() for column in columns)


def declared_on_bibob(declaration: Mapping[str, Any] | None) -> bool:
    """`rests_on_bibob` of a rule by its stored declaration; one that is not there reads nothing."""
    return rests_on_bibob((declaration or {}).get("inputs", {}))
