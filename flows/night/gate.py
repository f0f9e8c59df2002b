"""What is judged of each delivery before anything uses it: how old it is, and with that whether its rules run."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from flows.configuration import Configuration
from flows.desk import Desk
from flows.night.visit_findings import REVIEW
from screening.contracts.age import AgeBasis, Reference, newest_date, reference_date
from screening.contracts.fingerprint import Reason, changed_rows, differences, fingerprint, row_hashes
from screening.contracts.manifest import Manifest
from screening.datasets import DataSet, datasets
from screening.frames import Row, SourceFile, SourceTable
from screening.store.deliveries import (
    JudgedDelivery,
    decision_about,
    delivery_digest,
    judged_delivery,
    keep_row_hashes,
    last_good_delivery,
    note_delivery,
    read_row_hashes,
)
from screening.store.schema.deliveries import ACCEPTED, GOOD, REJECTED, SUSPECT


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


def suspect(reasons: Sequence[Row]) -> Row:
    """Why a register is not used, as `unavailable` in run.json."""
    return {
        "kind": "suspect",
        "reason_nl": f"de levering is verdacht: {' '.join(reason['nl'] for reason in reasons)}",
        "reason_en": f"the delivery is suspect: {' '.join(reason['en'] for reason in reasons)}",
    }


def judge_delivery(
    desk: Desk, table: SourceTable, reference: Reference, manifests: Sequence[Manifest], *, is_delivered: bool
) -> Row:
    """Give a delivery its verdict: held against the last good delivery of its register, unless a manifest decides.

    Args:
        desk: Where verdicts are written down, and the hashes of rows kept.
        table: The register as text.
        reference: The date for which it holds.
        manifests: Those that decide about all its files.
        is_delivered: False for findings of visits alone, which nobody delivers.

    Returns:
        What run.json says of it.
    """
    as_of, register, about = desk.configuration.as_of, table.dataset, datasets()[table.dataset]
    document: Row = {
        "verdict": GOOD,
        "reasons": [],
        "age_days": reference.age_days(as_of),
        "reference_date": None if reference.day is None else reference.day.isoformat(),
        "age_from": str(reference.basis),
    }
    if not is_delivered:
        return document
    digest = delivery_digest([file.sha256 for file in table.files if file.path != REVIEW])
    text = table.frame.filter(pl.col("source_file_sha256").is_in([f.sha256 for f in table.files if f.path != REVIEW]))
    judged = judged_delivery(desk.store, register, digest, as_of)
    if judged is None:
        judged = _judge(desk, text, about, digest, is_sealed=bool(manifests))
        note_delivery(desk.store, register, judged, desk.now)
    decision = decision_about(desk.store, register, digest)
    reasons = judged.reasons + ([Reason(decision).document()] if decision else [])
    is_good = decision == ACCEPTED or (judged.verdict == GOOD and decision != REJECTED)
    if is_good:
        hashes = row_hashes(text, about, desk.workspace.reporter_key())
        keep_row_hashes(desk.workspace, register, digest, hashes)
    return document | {
        "verdict": GOOD if is_good else SUSPECT, "reasons": reasons, "fingerprint": judged.fingerprint,
        "newest_date": document["reference_date"] if reference.basis == AgeBasis.NEWEST_DATE else None,
    }  # fmt: skip


def _judge(desk: Desk, text: pl.DataFrame, about: DataSet, digest: str, *, is_sealed: bool) -> JudgedDelivery:
    as_of, taken = desk.configuration.as_of, fingerprint(text, about)
    last = last_good_delivery(desk.store, about.name, digest, as_of)
    reasons: list[Reason] = []
    if last and last.delivery_sha256 != digest and not is_sealed:
        most = desk.configuration.source_specs[about.name].max_row_change
        reasons += differences(taken, last.fingerprint, most)
        before = read_row_hashes(desk.workspace, about.name, last.delivery_sha256)
        if before is not None:
            hashes = row_hashes(text, about, desk.workspace.reporter_key())
            reasons += changed_rows(hashes, before, about, most)
    verdict = SUSPECT if reasons else GOOD
    return JudgedDelivery(digest, as_of, verdict, [reason.document() for reason in reasons], taken)
