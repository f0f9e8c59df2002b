"""The indicators of this version and the contracts of its data sets, loaded once and handed to the core.

Those of the extensions in force come after ours: they never replace one.
"""

from __future__ import annotations

import hashlib
from importlib import resources
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from screening.base.extensions import cached_in_force, extensions_in_force
from screening.contracts import Contract, load_contract, load_contracts
from screening.rules import Indicator, load_extension, load_indicators
from screening.rules.registry import ordered

if TYPE_CHECKING:
    from flows.configuration import Configuration


@cached_in_force
def all_indicators() -> tuple[Indicator, ...]:
    """Every indicator of this version and of the extensions in force, sorted by code."""
    others = [rule for extension in extensions_in_force() for rule in load_extension(extension)]
    return ordered([*load_indicators("indicators"), *others])


@cached_in_force
def all_contracts() -> dict[str, Contract]:
    """The contract of each data set, in the order of the data sets."""
    files = [file for extension in extensions_in_force() for file in extension.files_of("contracts")]
    others = sorted(map(load_contract, files), key=lambda contract: (contract.about.order, contract.dataset))
    ours = load_contracts(Path(str(resources.files("data_contracts"))))
    return ours | {contract.dataset: contract for contract in others}


def contracts_in_force(configuration: Configuration) -> dict[str, Contract]:
    """The contract of each data set, with the kinds of permit that the municipality adds."""
    contracts = all_contracts()
    permits = contracts["vergunningen"].accepting("zaaktype", configuration.permit_types)
    return {**contracts, permits.dataset: permits}


@cached_in_force
def code_version() -> str:
    """Version of the program and a digest of its code: other code may give another run, so it has another run id."""
    root = Path(__file__).resolve().parent.parent
    digest = hashlib.sha256()
    for package in ("data_contracts", "flows", "indicators", "screening"):
        for path in sorted((root / package).rglob("*")):
            if path.suffix in {".py", ".yaml", ".j2"}:
                digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    for extension in extensions_in_force():
        digest.update(f"{extension.namespace} {extension.digest}".encode())
    return f"{version('barrier-screening')}+{digest.hexdigest()[:12]}"
