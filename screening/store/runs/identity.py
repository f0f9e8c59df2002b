"""The run id: what a run is made from, as 24 hexadecimal digits."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date

from screening.store.bundle import canonical_json
from screening.store.schema.runs import RUN_ID_DIGITS


def run_id(
    *,
    inputs: Mapping[str, Iterable[str]],
    configuration: str,
    as_of: date,
    code_version: str,
    indicator_versions: Mapping[str, int],
    judgements_hash: str,
    previous_run_id: str | None,
) -> str:
    """24 hexadecimal digits that follow from everything that a run's content follows from (formats: "Run id").

    `inputs`: data set -> sha256 of its deliveries, in the order in which they replace each other. `configuration`: its
    canonical text, secrets left out. `previous_run_id`: the last published run with an earlier `as_of`, from which
    party ids and first flagged dates are carried on.
    """
    content = {
        "inputs": {str(dataset): list(hashes) for dataset, hashes in inputs.items()},
        "configuration": configuration,
        "as_of": as_of,
        "code_version": code_version,
        "indicator_versions": dict(indicator_versions),
        "judgements": judgements_hash,
        "previous_run_id": previous_run_id,
    }
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()[:RUN_ID_DIGITS]
