"""The indicators of this version and the contracts of its data sets, loaded once and handed to the core."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from screening.contracts import Contract, load_contracts
from screening.rules import Indicator, load_indicators

if TYPE_CHECKING:
    from flows.configuration import Configuration


@cache
def all_indicators() -> tuple[Indicator, ...]:
    """Every indicator of this version, sorted by code."""
    return load_indicators("indicators")


@cache
def all_contracts() -> dict[str, Contract]:
    """The contract of each data set."""
    return load_contracts(Path(str(resources.files("data_contracts"))))


def contracts_in_force(configuration: Configuration) -> dict[str, Contract]:
    """The contract of each data set, with the kinds of permit that the municipality adds."""
    contracts = all_contracts()
    permits = contracts["vergunningen"].accepting("zaaktype", configuration.permit_types)
    return {**contracts, permits.dataset: permits}


@cache
def code_version() -> str:
    """Version of the program and a digest of its code: other code may give another run, so it has another run id."""
    root = Path(__file__).resolve().parent.parent
    digest = hashlib.sha256()
    for package in ("data_contracts", "flows", "indicators", "screening"):
        for path in sorted((root / package).rglob("*")):
            if path.suffix in {".py", ".yaml", ".j2"}:
                digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return f"{version('barrier-screening')}+{digest.hexdigest()[:12]}"
