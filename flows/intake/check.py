"""Would a night run? Mandate, workspace, settings, rules, deliveries; nothing is kept."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import polars as pl

from flows import mandate
from flows.activations import activations
from flows.catalogue import all_contracts, all_indicators, contracts_in_force
from flows.configuration import Configuration
from flows.configuration.export import ExportSettings
from flows.configuration.review import review_settings
from flows.configuration.source_specs import read_limits
from flows.desk import Desk
from flows.environment import secret, store_url
from flows.examination.outcomes import unexamined_rules
from flows.extensions import installed_packages
from flows.intake.findings import Findings
from flows.night.gate import Delivered, give_verdict, reference_of, stale
from flows.night.held_registers import held_registers
from flows.night.manifests import check_manifests
from flows.night.rule_consent import allowed_purposes
from screening.base.datasets import addressed_datasets
from screening.base.errors import BarrierError
from screening.base.extensions import KINDS, extensions_in_force
from screening.base.frames import SourceSpec, SourceTable
from screening.base.vocabulary import ExitCode
from screening.contracts import check_threshold, validate
from screening.contracts.model import Contract
from screening.matching.addresses import AddressIndex, address_mentions, resolve
from screening.rules import NotRun
from screening.rules.areas import is_read
from screening.sources import SourceRequest, reading_apart
from screening.store.rules.consent import held
from screening.store.rules.governance import RuleGovernance, rule_governance
from screening.store.workspace import DATABASE

#: A register of which fewer addresses are found is told so.
_FEW_ADDRESSES = 0.5
#: The secret of the identity provider is in the environment of the service, which this need not be.
_ANY_SECRET = "in-the-environment-of-the-service"  # noqa: S105 - no secret, and never used as one


def check(configuration: Configuration, findings: Findings) -> None:
    """Look at everything a run needs and go on after a finding, so that one call shows them all."""
    findings.add(
        "configuration", f"{configuration.file}: {configuration.municipality.name}, as of {configuration.as_of}."
    )
    _check_mandate(configuration, findings)
    _check_workspace(configuration.workspace, findings)
    _check_export(configuration, findings)
    _check_review(configuration, findings)
    check_extensions(findings)
    _check_areas(configuration, findings)
    _check_indicators(configuration, findings)
    _check_sources(configuration, findings)


def _check_mandate(configuration: Configuration, findings: Findings) -> None:
    """Whether a night of a real municipality may start. Registers are looked at without: a check keeps nothing."""
    missing, fine = mandate.examine(configuration)
    for text in missing:
        findings.add("mandate", text, ExitCode.CONFIGURATION)
    if fine:
        findings.add("mandate", " ".join(fine))


def _check_workspace(workspace: Path, findings: Findings) -> None:
    """Whether a night could write its results, without making anything."""
    folder = workspace.absolute()
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    if folder.is_dir() and os.access(folder, os.W_OK | os.X_OK):
        findings.add("workspace", f"{workspace} can be written.")
    else:
        text = f"{workspace} cannot be made or written. Name a folder that you own under [run] workspace."
        findings.add("workspace", text, ExitCode.CONFIGURATION)


def _check_export(configuration: Configuration, findings: Findings) -> None:
    """Whether the terms of `[export]`, where there are any, are whole; that is not known without keys."""
    if not configuration.has_export:
        return
    try:
        export = ExportSettings(configuration)
        if export.has_keys:
            export.policy()
        findings.add("export", "The terms of [export] can be meant.")
    except BarrierError as error:
        findings.refuse("export", error)


def _check_review(configuration: Configuration, findings: Findings) -> None:
    """Whether the review could be served as `[review]` says, where it says how people sign in."""
    if not configuration.review.oidc:
        return
    try:
        review_settings(configuration, secret=lambda name: secret(name) or _ANY_SECRET)
        findings.add("review", "The settings of [review] can be meant.")
    except BarrierError as error:
        findings.refuse("review", error)


def check_extensions(findings: Findings) -> None:
    """What each extension brings, the hash that is written down where two people sign, and what else is installed."""
    for extension in extensions_in_force():
        brings = [f"{len(files)} {kind}" for kind in KINDS if (files := extension.files_of(kind))]
        findings.add(
            f"extension {extension.namespace}",
            f"{', '.join(brings) or 'nothing'} of {extension.name}, in {extension.origin}. "
            f'[extensions.hashes] {extension.namespace} = "{extension.digest}"',
        )
    in_force = {extension.namespace for extension in extensions_in_force()}
    for namespace, package in installed_packages().items():
        if namespace not in in_force:
            findings.add(
                f"extension {namespace}",
                f"Not in force here: {package} is installed, and [extensions] packages does not name {namespace}.",
            )


def _check_areas(configuration: Configuration, findings: Findings) -> None:
    """Which areas do nothing, because no indicator of this version asks where their duty holds."""
    if not configuration.areas:
        return
    lists = configuration.local_lists
    idle = [f"{name} ({area.duty})" for name, area in configuration.areas.items() if not is_read(area.duty, lists)]
    if idle:
        text = f"No indicator of this version reads the duty of {', '.join(idle)}: only one of an extension can."
        findings.add("areas", text)


def _check_indicators(configuration: Configuration, findings: Findings) -> None:
    rules = {rule.code: rule for rule in all_indicators()}
    will, incomplete, chosen = [], [], activations(configuration)
    for code, table in configuration.indicators.items():
        if code not in rules:
            continue
        rule = rules[code]
        missing = chosen[code].missing(rule)
        if missing:
            incomplete.append(f"{code} (lacks {', '.join(missing)})")
            continue
        try:
            rule.parameters(table.parameters)
        except BarrierError as error:
            findings.refuse(f"indicator {code}", error)
            continue
        lacking = [name for name in rule.needs if name not in configuration.sources]
        if lacking:
            incomplete.append(f"{code} (no source for {', '.join(lacking)})")
        else:
            will.append(code)
    waiting = _waiting(configuration)
    why: dict[str, list[str]] = {}
    for code in will:
        if code in waiting:
            why.setdefault(waiting[code].reason_en.rstrip("."), []).append(code)
    incomplete += [f"{', '.join(codes)} ({reason})" for reason, codes in why.items()]
    will = [code for code in will if code not in waiting]
    unknown = sorted(set(configuration.indicators) - set(rules))
    text = f"{len(will)} of {len(rules)} will run: {', '.join(will) or 'none'}."
    if incomplete:
        text += f" Will not run: {', '.join(incomplete)}."
    if waiting:
        text += " What was decided about each: barrier rules list."
    if unknown:
        text += f" Not in this version: {', '.join(unknown)}."
    findings.add("indicators", text)


def _has_store(configuration: Configuration) -> bool:
    """Whether there is a store already: looking makes none."""
    return bool(store_url()) or (configuration.workspace / DATABASE).exists()


def _check_store(configuration: Configuration, findings: Findings) -> None:
    """Whether the store, where there is one, can be read and is that of this municipality."""
    if _has_store(configuration):
        try:
            with Desk(configuration, reads_only=True) as desk:
                desk.store.last_published()
        except BarrierError as error:
            findings.refuse("store", error)


def _waiting(configuration: Configuration) -> dict[str, NotRun]:
    """Code -> why a rule that is configured may not run tonight: stopped, or without the consent of two people."""
    state = RuleGovernance({}, {})
    if _has_store(configuration):
        with suppress(BarrierError), Desk(configuration, reads_only=True) as desk:  # `_check_store` says what is wrong
            state = rule_governance(desk.store)
    return held(
        all_indicators(),
        activations(configuration),
        state,
        allowed=allowed_purposes(all_contracts()),
        day=mandate.day_of_approval(configuration),
        is_synthetic=configuration.is_synthetic,
        unexamined=unexamined_rules(configuration.workspace),
    )


def _check_sources(configuration: Configuration, findings: Findings) -> None:
    contracts, specs = contracts_in_force(configuration), configuration.source_specs
    _check_store(configuration, findings)
    held_back = held_registers(configuration)
    for dataset, why in held_back.items():
        findings.add(dataset, why.reason_en, ExitCode.STALE_OR_MISSING)
    specs = {dataset: spec for dataset, spec in specs.items() if dataset not in held_back}
    requests = [SourceRequest(spec, contracts[dataset].fields) for dataset, spec in specs.items()]
    # a passing key: reporters are counted tonight, not here
    key = b"check".ljust(32, b"\0")
    try:
        with reading_apart(requests, reporter_key=key, limits=read_limits(configuration.run)) as reading:
            accepted: dict[str, pl.DataFrame] = {}
            for dataset, spec in specs.items():
                try:
                    table = reading.table(dataset)
                    text, code, rows = _check_delivery(configuration, spec, table, contracts[dataset])
                    findings.add(dataset, text, code)
                    accepted[dataset] = rows
                except BarrierError as error:
                    findings.refuse(dataset, error)
            _check_addresses(accepted, findings)
    except BarrierError as error:
        findings.refuse("sources", error)


def _check_delivery(
    configuration: Configuration, spec: SourceSpec, table: SourceTable, contract: Contract
) -> tuple[str, int, pl.DataFrame]:
    """Hold a delivery against its contract.

    Returns:
        What it is like, whether it is stale, and its rows that were accepted.

    Raises:
        BarrierError: it is not what was agreed.
    """
    manifests = check_manifests(spec.dataset, table.files, configuration.sources[spec.dataset].manifest)
    prefix = configuration.municipality.code if configuration.is_synthetic else None
    result = validate(table, contract.lacking(spec.lacks), code_allowed_prefix=prefix, is_checked=True)
    name = Path(table.files[0].path).name
    check_threshold(result, spec.max_quarantine, name)
    delivered = Delivered(table, result.accepted, manifests)
    reference = reference_of(delivered, configuration.as_of)
    age = reference.age_days(configuration.as_of)
    text = f"{result.rows_read:,} rows read, {result.accepted.height:,} accepted, {result.rows_quarantined:,} rejected"
    text += f", {table.rows_superseded:,} superseded" if table.rows_superseded else ""
    text += "; how old it is, nothing tells." if age is None else f"; {age} days old."
    if doubts := _doubts(configuration, delivered):
        return f"{text} A night would find it doubtful: {doubts}", ExitCode.STALE_OR_MISSING, result.accepted
    if age is not None and stale(configuration, spec.dataset, reference):
        most = configuration.max_age_days[spec.dataset]
        return f"{text} At most {most} days was agreed: it is stale.", ExitCode.STALE_OR_MISSING, result.accepted
    return " ".join([text, *(note.en for note in [*table.notes, *result.hints])]), ExitCode.OK, result.accepted


def _check_addresses(accepted: Mapping[str, pl.DataFrame], findings: Findings) -> None:
    """Say by register for how many of its records an object of the BAG would be found.

    Few of them are a sign of columns that were mapped wrongly: the night would be green, and say little.
    """
    addresses = {dataset: accepted[dataset] for dataset in addressed_datasets() if dataset in accepted}
    if "bag_adressen" not in accepted or not any(frame.height for frame in addresses.values()):
        return
    resolved = resolve(address_mentions(addresses), AddressIndex.build(accepted["bag_adressen"]))
    counts = {
        dataset: (int(resolved.filter(pl.col("dataset") == dataset)["address_id"].count()), frame.height)
        for dataset, frame in addresses.items()
        if frame.height
    }
    shares = ", ".join(
        f"{dataset} {placed:,} of {rows:,} ({placed / rows:.1%})" for dataset, (placed, rows) in counts.items()
    )
    few = [dataset for dataset, (placed, rows) in counts.items() if placed < _FEW_ADDRESSES * rows]
    text = f"An object of the BAG is found for {shares}."
    if few:
        text += f" Few in {', '.join(few)}: look at the columns of the address there."
    findings.add("addresses", text)


def _doubts(configuration: Configuration, delivered: Delivered) -> str:
    """Why a night would hold a delivery as suspect, beside the last good one; empty where it would not."""
    if not _has_store(configuration):
        return ""
    with suppress(BarrierError), Desk(configuration, reads_only=True) as desk:  # `_check_store` says what is wrong
        verdict = give_verdict(desk, delivered)
        return "" if verdict.is_good else " ".join(reason["en"] for reason in verdict.reasons)
    return ""
