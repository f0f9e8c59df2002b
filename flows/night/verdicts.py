"""The stage in which every delivery is held against its contract and given its verdict, before anything uses it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import polars as pl

from flows.catalogue import contracts_in_force
from flows.configuration import Configuration
from flows.desk import Desk
from flows.night.contract_checks import plan_contract_check
from flows.night.gate import Delivered, aged, judge_delivery, reference_of, stale, suspect
from flows.night.last_good import keep_if_used, use_last_good, used
from flows.night.staging import Night
from screening.base.errors import SuspectDeliveryError
from screening.base.frames import QUARANTINE, ContractResult, Row, SourceSpec, SourceTable, conform, empty
from screening.contracts import check_threshold, judge_across_registers, validate
from screening.contracts.age import Reference
from screening.contracts.fingerprint import KnownPlaces
from screening.contracts.manifest import Manifest
from screening.sources import HandedOver
from screening.store.deliveries import last_confirmation
from screening.store.schema.deliveries import GOOD, SUSPECT

#: Without addresses nothing can be placed, so a night without this register publishes nothing.
INDISPENSABLE = "bag_adressen"


def hold_against_contracts(folder: str) -> None:
    """Hold every delivery against its contract and against the last good one of its register.

    Above `max_quarantine` the night stops and publishes nothing, as it does where the addresses are suspect. Of another
    register that is suspect no row is handed on, unless the last good delivery is used in its place.
    """
    night = Night(Path(folder))
    contracts, sources = contracts_in_force(night.settings), night.get("sources")
    rejected, counts, expectations = [empty(QUARANTINE)], {}, {}
    deliveries, unavailable = {}, night.get("unavailable")
    places = None
    writing: Future[None] = Future()
    writing.set_result(None)
    with night.desk() as desk, ThreadPoolExecutor(1) as writer:
        is_checked = plan_contract_check(night, desk)
        names = sorted(sources, key=lambda name: name != INDISPENSABLE)  # the others are held against these
        each = _validated(night, desk.configuration, [sources[name] for name in names], is_checked=is_checked)
        for name, validated in zip(names, each, strict=True):
            table, result = validated
            deliveries[name], why, instead = _judged(night, desk, sources[name], (table, result), places)
            if instead is not None:
                sources[name] = instead
                table, result = _read_and_validated(night, desk.configuration, instead, is_checked=is_checked)
            if why:
                unavailable[name] = why
            if why is None or why["kind"] != SUSPECT:
                writing.result()  # of the one before: no more than two are in memory
                writing = writer.submit(night.put_frame, f"accepted/{name}", result.accepted)
            if name == INDISPENSABLE and deliveries[name]["verdict"] == GOOD:
                places = KnownPlaces.of(result.accepted)
            rejected.append(conform(result.quarantined, QUARANTINE))
            expectations[name] = result.expectations
            counts[name] = {
                "rows_read": result.rows_read + table.rows_superseded,
                "rows_accepted": result.accepted.height,
                "rows_quarantined": result.rows_quarantined,
                "rows_superseded": table.rows_superseded,
            }
            (Path(folder) / f"text/{name}.parquet").unlink()  # text of refused rows goes as soon as it can
    writing.result()
    if unavailable.get(INDISPENSABLE, {}).get("kind") == SUSPECT:
        raise SuspectDeliveryError(
            f"{INDISPENSABLE}: {unavailable[INDISPENSABLE]['reason_en']} Without addresses nothing can be placed, so "
            "nothing is published. A person looks at the delivery and accepts or rejects it (docs/deliveries.md)."
        )
    accepted = night.scan_frames("accepted")
    for name in accepted:
        expectations[name] += judge_across_registers(name, contracts[name].cross_register_rules, accepted)
    night.put("sources", sources)
    night.put_frame("quarantine", pl.concat(rejected))
    night.put("contracts", {"counts": counts, "expectations": expectations})
    night.put("deliveries", deliveries)
    night.put("unavailable", unavailable)


def _validated(
    night: Night, settings: Configuration, sources: Sequence[Row], *, is_checked: bool
) -> Iterator[tuple[SourceTable, ContractResult]]:
    """Each of these, read and validated while the one before it is judged."""
    with ThreadPoolExecutor(1) as ahead:
        begun = [ahead.submit(_read_and_validated, night, settings, sources[0], is_checked=is_checked)]
        for about in [*sources[1:], None]:
            validated = begun.pop().result()
            if about is not None:
                begun.append(ahead.submit(_read_and_validated, night, settings, about, is_checked=is_checked))
            yield validated


def _read_and_validated(
    night: Night, settings: Configuration, about: Row, *, is_checked: bool
) -> tuple[SourceTable, ContractResult]:
    table = HandedOver.of(about, night.folder).load()
    # findings of visits need no configured register
    spec = settings.source_specs.get(table.dataset) or SourceSpec(table.dataset)
    result = validate(
        table,
        contracts_in_force(settings)[table.dataset].lacking(spec.lacks),
        code_allowed_prefix=settings.municipality.code if settings.is_synthetic else None,
        is_checked=is_checked,
    )
    check_threshold(result, spec.max_quarantine, source_name(about))
    return table, result


def _judged(
    night: Night, desk: Desk, about: Row, read: tuple[SourceTable, ContractResult], places: KnownPlaces | None
) -> tuple[Row, Row | None, Row | None]:
    """Give a delivery its verdict.

    Returns:
        What run.json says of it, why it is not used if so, and what is used in its place if anything.
    """
    settings, (table, result) = desk.configuration, read
    manifests = [Manifest.model_validate(manifest) for manifest in about.get("manifests", ())]
    delivered = Delivered(table, result.accepted, manifests)
    if table.dataset not in settings.sources:  # findings of visits alone, which nobody delivers
        reference = reference_of(delivered, settings.as_of)
        return aged({"verdict": GOOD, "reasons": []}, reference, settings.as_of), None, None
    delivery, reference = judge_delivery(desk, delivered, places, is_kept=not night.is_dry_run)
    confirmed = last_confirmation(desk.store, table.dataset)
    if delivery["verdict"] == GOOD:
        if not night.is_dry_run:
            keep_if_used(night, desk, about, delivered)
        return delivery, stale(settings, table.dataset, reference, confirmed), None
    instead = use_last_good(night, desk, delivered)
    if instead is None:
        return delivery, suspect(delivery["reasons"]), None
    kept, last = instead
    holds_for = Reference(last.reference_date, reference.basis)
    delivery = aged(delivery | {"used": used(last, settings.as_of)}, holds_for, settings.as_of)
    return delivery, stale(settings, table.dataset, holds_for, confirmed), kept


def source_name(about: Row) -> str:
    """How messages name a delivery: its file, or the first of several."""
    return Path(about["files"][0]["path"]).name if about["files"] else "?"
