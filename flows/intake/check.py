"""`barrier check`: would a night run? Configuration, rules, contracts, deliveries; nothing is kept."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from flows import mandate
from flows.catalogue import all_contracts, all_indicators
from flows.configuration import load as settings_module
from flows.configuration.export import TOKEN_KEY, ExportSettings
from flows.desk import open_configured_store
from flows.night.row_counts import LastRun, delivered_rows, rows_of_last_run
from flows.night.rule_consent import allowed_purposes
from flows.night.stages import activations, source_age_days
from screening.errors import BarrierError, SourceMissingError
from screening.vocabulary import ExitCode


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    subject: str
    ok: bool
    text: str
    exit_code: int = ExitCode.OK


@dataclass
class Findings:
    """Everything that was looked at; the exit code is that of the gravest finding."""

    findings: list[Finding] = field(default_factory=list)

    def add(self, subject: str, text: str, exit_code: int = ExitCode.OK) -> None:
        self.findings.append(Finding(subject, exit_code == ExitCode.OK, text, exit_code))

    @property
    def exit_code(self) -> int:
        codes = {f.exit_code for f in self.findings} - {ExitCode.OK}
        grave = (ExitCode.CONFIGURATION, ExitCode.UNEXPECTED, ExitCode.CONTRACT_STOP, ExitCode.STALE_OR_MISSING)
        return next((code for code in grave if code in codes), ExitCode.OK)

    def document(self) -> dict:
        return {"exit_code": int(self.exit_code), "findings": [vars(f) for f in self.findings]}


def check(configuration: Path, *, as_of: date | None = None) -> Findings:
    """Look at everything a run needs and go on after a finding, so that one call tells them all."""
    found = Findings()
    try:
        settings = settings_module.load(configuration, as_of=as_of)
    except BarrierError as error:
        found.add("configuration", str(error), error.exit_code)
        return found
    found.add("configuration", f"{configuration}: {settings.municipality_name}, as of {settings.as_of}.")
    if not _mandate(found, settings):
        return found
    _workspace(found, settings.workspace)
    _export(found, settings)
    _indicators(found, settings)
    _sources(found, settings)
    return found


def _mandate(found: Findings, settings: settings_module.Settings) -> bool:
    """Whether a real municipality may start; without, its registers are not even looked at."""
    missing, fine = mandate.examine(settings)
    for text in missing:
        found.add("mandate", text, ExitCode.CONFIGURATION)
    if fine:
        found.add("mandate", " ".join(fine))
    return not missing


def _workspace(found: Findings, workspace: Path) -> None:
    """Whether a night could write its results, without making anything."""
    there = workspace.absolute()
    while not there.exists() and there != there.parent:
        there = there.parent
    if there.is_dir() and os.access(there, os.W_OK | os.X_OK):
        found.add("workspace", f"{workspace} can be written.")
    else:
        text = f"{workspace} cannot be made or written. Name a folder that you own under [run] workspace."
        found.add("workspace", text, ExitCode.CONFIGURATION)


def _export(found: Findings, settings: settings_module.Settings) -> None:
    """Whether `[export]`, where there is one, can be meant; without keys, what can be seen without them."""
    if not settings.has_export:
        return
    try:
        export = ExportSettings(settings)
        if (export.keys / TOKEN_KEY).exists():
            export.policy()
    except BarrierError as error:
        found.add("export", str(error), error.exit_code)
    else:
        found.add("export", "The terms of [export] can be meant.")


def _indicators(found: Findings, settings: settings_module.Settings) -> None:
    known = {one.code: one for one in all_indicators()}
    will, incomplete = [], []
    for code, chosen in settings.indicators.items():
        if code not in known:
            continue
        missing = [*chosen.missing, *(["word_list"] if known[code].reads_terms and not chosen.word_list else [])]
        if missing:
            incomplete.append(f"{code} (lacks {', '.join(missing)})")
            continue
        try:
            known[code].parameters(chosen.parameters)
        except BarrierError as error:
            found.add(f"indicator {code}", str(error), error.exit_code)
            continue
        lacking = [name for name in known[code].needs if name not in settings.sources]
        if lacking:
            incomplete.append(f"{code} (no source for {', '.join(lacking)})")
        else:
            will.append(code)
    waiting = _waiting(settings)
    why: dict[str, list[str]] = {}
    for code in will:
        if code in waiting:
            why.setdefault(waiting[code].reason_en.rstrip("."), []).append(code)
    incomplete += [f"{', '.join(codes)} ({reason})" for reason, codes in why.items()]
    will = [code for code in will if code not in waiting]
    unknown = sorted(set(settings.indicators) - set(known))
    text = f"{len(will)} of {len(known)} will run: {', '.join(will) or 'none'}."
    if incomplete:
        text += f" Will not run: {', '.join(incomplete)}."
    if waiting:
        text += " What was decided about each: barrier rules list."
    if unknown:
        text += f" Not in this version: {', '.join(unknown)}."
    found.add("indicators", text)


def _last_run(found: Findings, settings: settings_module.Settings) -> LastRun:
    """How many rows the last run read, without making a store where there is none."""
    from screening.store.workspace import DATABASE

    if not settings_module.store_url() and not (settings.workspace / DATABASE).exists():
        return LastRun()
    try:
        with open_configured_store(settings) as store:
            return rows_of_last_run(store, before=settings.as_of)
    except BarrierError as error:
        found.add("store", str(error), error.exit_code)
        return LastRun()


def _waiting(settings: settings_module.Settings) -> dict:
    """Code -> why a rule that is configured may not run tonight: stopped, or without the consent of two people."""
    from screening.store import governance
    from screening.store.rules.consent import held
    from screening.store.rules.governance import Governance
    from screening.store.workspace import DATABASE

    state = Governance({}, {})
    if settings_module.store_url() or (settings.workspace / DATABASE).exists():  # looking makes none
        with suppress(BarrierError), open_configured_store(settings) as store:  # `_last_run` tells what is wrong
            state = governance(store)
    return held(
        all_indicators(), activations(settings), state, allowed=allowed_purposes(all_contracts()),
        day=mandate.day_of_approval(settings), is_synthetic=settings.is_synthetic,
    )  # fmt: skip


def _sources(found: Findings, settings: settings_module.Settings) -> None:
    from screening.contracts import check_threshold, check_volume
    from screening.contracts import validate as hold_against
    from screening.sources import read_source

    contracts, last = all_contracts(), _last_run(found, settings)
    for dataset, spec in settings.source_specs.items():
        try:
            # a passing key: reporters are counted tonight, not here
            table = read_source(spec, contracts[dataset].fields, reporter_key=b"check".ljust(32, b"\0"))
            prefix = settings.municipality_code if settings.is_synthetic else None
            result = hold_against(table, contracts[dataset], code_allowed_prefix=prefix)
            name = Path(table.files[0].path).name
            check_threshold(result, spec.max_quarantine, name)
            if dataset in last.rows:
                rows = delivered_rows([(file.path, file.rows_read) for file in table.files], table.rows_superseded)
                check_volume(rows, last.rows[dataset], spec, since=last.as_of, source_name=name)
        except SourceMissingError as error:
            found.add(str(dataset), str(error), error.exit_code)
            continue
        except BarrierError as error:
            found.add(str(dataset), str(error), error.exit_code)
            continue
        age = source_age_days(table.files, settings.as_of)
        text = f"{result.rows_read:,} rows read, {result.accepted.height:,} accepted"
        text += f", {result.rows_quarantined:,} rejected"
        text += f", {table.rows_superseded:,} superseded" if table.rows_superseded else ""
        text += "." if age is None else f"; {age} days old."
        if age is not None and age > settings.max_age_days[dataset]:
            late = f" At most {settings.max_age_days[dataset]} days was agreed: it is stale."
            found.add(str(dataset), text + late, ExitCode.STALE_OR_MISSING)
        else:
            found.add(str(dataset), " ".join([text, *(note.en for note in table.notes)]))
