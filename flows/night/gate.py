"""What is judged of each delivery before anything uses it: how old it is, and with that whether its rules run."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from flows.configuration import Configuration
from screening.contracts.age import Reference, newest_date, reference_date
from screening.contracts.manifest import Manifest
from screening.datasets import datasets
from screening.frames import Row, SourceFile


def reference_of(
    dataset: str, files: Sequence[SourceFile], manifests: Sequence[Manifest], accepted: pl.DataFrame, as_of: date
) -> Reference:
    """The date for which the delivery of a register holds. `accepted`: its typed rows."""
    return reference_date(
        manifests=[manifest.as_of for manifest in manifests],
        source=[date.fromisoformat(file.as_of) for file in files if file.as_of],
        newest=newest_date(accepted, datasets()[dataset], as_of),
    )


def stale(settings: Configuration, dataset: str, reference: Reference) -> Row | None:
    """Why a register is too old to be used, as `unavailable` in run.json; None where it is not, or nothing tells."""
    age, most = reference.age_days(settings.as_of), settings.max_age_days.get(dataset)
    if age is None or most is None or age <= most:
        return None
    return {
        "kind": "stale",
        "reason_nl": f"de levering is {age} dagen oud; afgesproken is hooguit {most}.",
        "reason_en": f"the delivery is {age} days old; at most {most} was agreed.",
    }


def delivery_document(reference: Reference, as_of: date) -> Row:
    """What run.json says of a delivery."""
    return {
        "age_days": reference.age_days(as_of),
        "reference_date": None if reference.day is None else reference.day.isoformat(),
        "age_from": str(reference.basis),
    }
