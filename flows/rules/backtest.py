"""Looking back with other eyes: replay a version of a rule on stored nights, and reproduce a night exactly."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from flows import mandate
from flows.catalogue import all_contracts, all_indicators, code_version
from flows.desk import Desk, open_desk
from flows.night.rule_consent import allowed_purposes
from flows.night.snapshots import addresses_in_snapshot, tables_of
from flows.rules.configured import configured_rules
from flows.rules.rule_parameters import given_parameters
from screening.base.errors import ConfigurationError, StoreError
from screening.base.frames import Row
from screening.casework.cases.history import judged_outcomes
from screening.casework.figures.known_outcomes import ONLY_FLAGGED_NL, outcomes_at
from screening.casework.figures.rule_load import kept_load
from screening.report.backtest import render_backtest
from screening.rules import Indicator, NotRun, Tables
from screening.rules.backtest import ADDED, DROPPED, flag_changes, hit_changes, replay, reproduce, unreadable
from screening.rules.examination.ablation import declared_after
from screening.rules.load import ReplayedNight, count_load, dwellings_of_night
from screening.store import PublishedRun, Store, read_run_file, verify_run
from screening.store.rules.consent import version_of
from screening.store.rules.drafts import drafts
from screening.store.rules.governance import rule_governance
from screening.store.runs.nights import flagged_since
from screening.wording.hit import quantity

_SENSITIVE = "beoordeeld; de uitkomst is voor wie gevoelige dossiers ziet"
_NOT_JUDGED = "nog niet beoordeeld"


def backtest(
    configuration: Path,
    code: str,
    *,
    parameters: Iterable[str] = (),
    version_id: str | None = None,
    first: date | None = None,
    last: date | None = None,
) -> Row:
    """Replay a version of a rule on the stored nights from `first` to `last`: what it would have added and dropped.

    The configured parameters, replaced by those of a proposed version (`version_id`) and by "name=value" texts. Of
    several runs of one date the last published counts. A night without its snapshots is named under `skipped`.
    """
    with open_desk(configuration, reads_only=True) as desk:
        settings = desk.configuration
        rules = configured_rules(settings)
        rule, unexamined = rules.rule_to_run(code), rules.unexamined
        mandate.require_mandate(settings)
        configured = settings.indicators[code].parameters if code in settings.indicators else {}
        proposed = _proposed(desk.store, code, version_id) if version_id else {}
        chosen = {**configured, **proposed, **given_parameters(parameters)}
        in_force, usual = rule.parameters(chosen), rule.parameters(configured)
        replayed, skipped = [], []
        for run in _nights(desk.store, first, last):
            try:
                replayed.append(_night(desk, run, rule, in_force, unexamined))
            except StoreError as error:
                skipped.append(
                    {
                        "run_id": run.run_id,
                        "as_of": run.as_of.isoformat(),
                        "reason_nl": "de gegevens van deze run zijn er niet meer of zijn onvolledig.",
                        "reason_en": str(error),
                    }
                )
        judged = _judgements(desk.store)
        outcomes = [_outcomes(desk, rule, change, replayed) for change in (ADDED, DROPPED)]
    flag_changes = pl.concat(night.flags for night in replayed) if replayed else None
    nights, of_load = [night.line for night in replayed], [night.load for night in replayed if night.ran]
    return {
        "code": code,
        "name_nl": rule.name_nl,
        "name_en": rule.name_en,
        "municipality": settings.municipality.name,
        "synthetic": settings.is_synthetic,
        "version": rule.version,
        "version_id": version_of(rule, chosen),
        "code_version": code_version(),
        "parameters": [
            {
                "name": name,
                "label_nl": param.label_nl or name,
                "proposed": in_force[name],
                "proposed_nl": quantity(in_force[name], param.unit, "nl"),
                "configured": usual[name],
                "configured_nl": quantity(usual[name], param.unit, "nl"),
                "unit": param.unit,
            }
            for name, param in rule.params.items()
        ],
        "also": sorted({replayed for night in nights for replayed in night["replayed"]} - {code}),
        "runs": nights,
        "skipped": skipped,
        "totals": _totals(flag_changes),
        "load": kept_load(count_load(of_load, left_out=len(skipped) + len(replayed) - len(of_load))),
        "outcomes": outcomes,
        "months": _months(flag_changes, [night["as_of"] for night in nights]),
        "addresses": _addresses(flag_changes, judged),
    }


def write_backtest_page(document: dict[str, object], file: Path) -> None:
    """Write the page of a back-test, readable by its owner alone."""
    page = render_backtest(document, ONLY_FLAGGED_NL).encode()
    try:
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as handle:
            os.fchmod(handle.fileno(), 0o600)
            handle.write(page)
    except OSError as error:
        raise ConfigurationError(f"{file}: cannot be written ({error.strerror}).") from None


def reproduce_night(configuration: Path, run_id: str) -> dict[str, object]:
    """Run a night's rules again on its snapshots and compare evidence and flags with what was published.

    StoreError when its snapshots are past their term or damaged. `equal`: whether all is the same; `same_code`: whether
    this very version of the programme made it.
    """
    with open_desk(configuration, reads_only=True) as desk:
        mandate.require_mandate(desk.configuration)
        run = desk.run(run_id)
        verify_run(desk.store, desk.workspace, run.run_id)
        unexamined = configured_rules(desk.configuration).unexamined
        document = desk.store.summary(run.run_id)
        frames = tables_of(desk.workspace, document, run.as_of)
        earlier = flagged_since(desk.store, document.get("previous_run"))
        published = {
            name: read_run_file(desk.store, desk.workspace, run.run_id, f"{name}.parquet")
            for name in ("evidence", "flags")
        }
    ran = {rule_run["code"]: rule_run["parameters"] for rule_run in document["indicators"]["run"]}
    unknown = sorted(set(ran) - {rule.code for rule in all_indicators()})
    if unknown:
        raise StoreError(f"Run {run.run_id} used {unknown[0]}, which this version of the programme does not have.")
    if held := sorted(set(ran) & set(unexamined)):
        raise StoreError(f"{held[0]}: {unexamined[held[0]].reason_en}")
    evidence, flags = reproduce(
        all_indicators(),
        Tables(frames),
        as_of=run.as_of,
        parameters=ran,
        display=addresses_in_snapshot(frames),
        earlier=earlier,
        allowed=allowed_purposes(all_contracts()),
    )
    equal = {"evidence": evidence.equals(published["evidence"]), "flags": flags.equals(published["flags"])}
    return {
        "run_id": run.run_id,
        "as_of": run.as_of.isoformat(),
        "code_version": run.code_version,
        "same_code": run.code_version == code_version(),
        "equal": all(equal.values()),
        **{f"{name}_equal": value for name, value in equal.items()},
        "evidence": evidence.height,
        "flags": flags.height,
    }


def _proposed(store: Store, code: str, version_id: str) -> Mapping[str, object]:
    parameters: dict[tuple[str, str], Mapping[str, object]] = {
        **{(draft.version_id, draft.code): draft.parameters for draft in drafts(store)},
        **{(version.version_id, version.code): version.parameters for version in rule_governance(store).of(code)},
    }
    if (version_id, code) not in parameters:
        raise ConfigurationError(f"{version_id} is no version of {code}. `barrier rules list` shows those.")
    return parameters[version_id, code]


def _nights(store: Store, first: date | None, last: date | None) -> list[PublishedRun]:
    """One run a date, the last published, in the order of their dates."""
    by_day = {
        run.as_of: run
        for run in store.runs()
        if (first is None or run.as_of >= first) and (last is None or run.as_of <= last)
    }
    return [by_day[day] for day in sorted(by_day)]


@dataclass(frozen=True)
class _Replayed:
    """A night run again. `line`: what is told of it. `flags`, `hits`: what would change, of addresses and of the rule.

    `load`: what the load of the rule rests on. `ran`: whether the rule could run on that night.
    """

    line: Row
    flags: pl.DataFrame
    hits: pl.DataFrame
    load: ReplayedNight
    ran: bool


def _night(
    desk: Desk, run: PublishedRun, rule: Indicator, in_force: Row, unexamined: Mapping[str, NotRun]
) -> _Replayed:
    document = desk.store.summary(run.run_id)
    frames = tables_of(desk.workspace, document, run.as_of)
    odd = unreadable(rule, frames, {name: frame.columns for name, frame in frames.items()})
    if odd:
        raise StoreError(f"Run {run.run_id} kept no {', '.join(odd)}, which {rule.code} reads.")
    evidence = read_run_file(desk.store, desk.workspace, run.run_id, "evidence.parquet")
    flags = read_run_file(desk.store, desk.workspace, run.run_id, "flags.parquet")
    rules = {indicator.code: indicator for indicator in all_indicators()}
    ran = {
        indicator["code"]: indicator["parameters"]
        for indicator in document["indicators"]["run"]
        if indicator["code"] in rules
    }
    if held := sorted(declared_after(rule.code, rules) & ran.keys() & unexamined.keys()):
        raise ConfigurationError(f"{held[0]}, which looks at the hits of {rule.code}: {unexamined[held[0]].reason_en}")
    result = replay(
        all_indicators(),
        Tables(frames),
        evidence,
        code=rule.code,
        parameters=in_force,
        ran=ran,
        as_of=run.as_of,
        display=flags.select("address_id", "address"),
        stale=[source["dataset"] for source in document["unavailable"]],
        lacks={source["dataset"]: source.get("lacks", ()) for source in document["inputs"]},
        allowed=allowed_purposes(all_contracts()),
    )
    changed = flag_changes(flags, result.flags)
    own = pl.col("indicator") == rule.code
    return _Replayed(
        line={
            "run_id": run.run_id,
            "as_of": run.as_of.isoformat(),
            "replayed": list(result.replayed),
            "note_nl": result.not_run.reason_nl if result.not_run else "",
            "note_en": result.not_run.reason_en if result.not_run else "",
            "hits_before": evidence.filter(own).height,
            "hits_after": result.evidence.filter(own).height,
            "flags_before": flags.height,
            "flags_after": result.flags.height,
            "added": changed.filter(pl.col("change") == "added").height,
            "dropped": changed.filter(pl.col("change") == "dropped").height,
        },
        flags=changed.with_columns(as_of=pl.lit(run.as_of)),
        hits=hit_changes(evidence.filter(own), result.evidence.filter(own)),
        load=ReplayedNight(
            as_of=run.as_of,
            before=flags.select("address_id"),
            added=changed.filter(pl.col("change") == ADDED).select("address_id"),
            dwellings=dwellings_of_night(frames),
        ),
        ran=result.not_run is None,
    )


def _totals(flag_changes: pl.DataFrame | None) -> dict[str, int]:
    if flag_changes is None:
        return {"added": 0, "dropped": 0}
    return {
        change: flag_changes.filter(pl.col("change") == change)["address_id"].n_unique()
        for change in ("added", "dropped")
    }


def _months(flag_changes: pl.DataFrame | None, nights: list[str]) -> list[dict[str, object]]:
    """One entry a month with a night in it: distinct addresses added and dropped."""
    months = sorted({night[:7] for night in nights})
    counted: dict[tuple[str, str], int] = {}
    if flag_changes is not None:
        grouped = flag_changes.group_by(pl.col("as_of").dt.strftime("%Y-%m"), "change").agg(
            pl.col("address_id").n_unique()
        )
        counted = {(month, change): n for month, change, n in grouped.iter_rows()}
    return [
        {"month": month, **{change: counted.get((month, change), 0) for change in ("added", "dropped")}}
        for month in months
    ]


def _addresses(flag_changes: pl.DataFrame | None, judged: dict[str, tuple[str | None, str]]) -> list[dict[str, object]]:
    """One entry an address and direction, sorted: when, how often, and what a person said of the address."""
    if flag_changes is None:
        return []
    grouped = (
        flag_changes.group_by("address_id", "change")
        .agg(
            pl.col("indicator_codes").explode().unique().sort(),
            pl.col("as_of").min().alias("first"),
            pl.col("as_of").max().alias("last"),
            pl.len().alias("runs"),
        )
        .sort("address_id", "change")
    )
    return [
        {
            **row,
            "first": row["first"].isoformat(),
            "last": row["last"].isoformat(),
            **dict(zip(("judged", "judged_nl"), judged.get(row["address_id"], (None, _NOT_JUDGED)), strict=True)),
        }
        for row in grouped.iter_rows(named=True)
    ]


def _outcomes(desk: Desk, rule: Indicator, change: str, nights: list[_Replayed]) -> Row:
    """What people made of the addresses at which a hit of the rule would come or go."""
    moved = [night.hits.filter(pl.col("change") == change)["address_id"] for night in nights]
    addresses = {address for column in moved for address in column}
    outcomes = outcomes_at(desk.store, addresses, code=rule.code, version=rule.version, now=desk.now)
    return {"change": change, **outcomes.document(rule.innocent_nl, rule.innocent_en)}


def _judgements(store: Store) -> dict[str, tuple[str | None, str]]:
    """Address -> how its last case ended, as code and in words; of a sensitive one only that it did."""
    rows = judged_outcomes(store).select("address_id", "outcome", "sensitive").rows()  # by time: the last one stays
    return {
        address: (None, _SENSITIVE) if is_sensitive else (outcome, outcome.replace("_", " "))
        for address, outcome, is_sensitive in rows
    }
