"""`[audit]`: where heads of the ledger go, and from when on a reading stands out."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo

from flows.configuration.fields import FilePath, Integer, Must, TomlTable, key, reason


@dataclass(frozen=True)
class HeadPlace:
    """Where heads are kept: a folder (`file:`), a command that gets the head on its standard input (`command:`).

    Or an authority that puts a time stamp on it (`tsa:`, RFC 3161), which is kept beside the head.
    """

    kind: str
    target: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.target}"


def _head_place(value: object, info: ValidationInfo) -> HeadPlace:
    kind, _, target = value.partition(":") if isinstance(value, str) else ("", "", "")
    folder: Path = info.context or Path()
    if kind == "file" and target.strip():
        return HeadPlace(kind, str(folder / target))
    if kind == "tsa" and re.fullmatch(r"https?://\S+", target):
        return HeadPlace(kind, target)
    try:
        if kind == "command" and shlex.split(target):
            return HeadPlace(kind, target)
    except ValueError:
        pass
    raise reason(
        'must be a list of file:FOLDER, command:PROGRAM and tsa:URL, such as ["file:/mnt/elsewhere", "command:lp"].'
    )


def _hours_of_a_day(hours: tuple[int, int]) -> tuple[int, int]:
    if not 0 <= hours[0] < hours[1] <= 24:
        raise reason("must be two hours of a day, such as [7, 20].")
    return hours


class AuditTable(TomlTable):
    """Where heads of the ledger go, and what stands out in the monthly review."""

    anchor: Annotated[
        tuple[Annotated[HeadPlace, BeforeValidator(_head_place, json_schema_input_type=str)], ...] | None,
        Must('be a list such as ["file:/mnt/elsewhere", "command:lp"]'),
    ] = key(None, "Places of the heads: file:FOLDER, command:PROGRAM, or tsa:URL of a time-stamp authority.")
    tsa_certificate: FilePath | None = key(None, "The certificate (PEM) that the time-stamp authority rests on.")
    head_max_age_days: Annotated[Integer, Field(ge=1)] = key(
        7, "So old the last head outside may be before `audit verify` fails."
    )
    signing_key: FilePath | None = key(None, "The key that signs heads; keys/ in the workspace.")
    working_hours: Annotated[
        tuple[Integer, Integer], AfterValidator(_hours_of_a_day), Must("be two hours of a day, such as [7, 20]")
    ] = key((7, 20), "The hours outside which a reading stands out.")
