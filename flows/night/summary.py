"""The document of a run (`run.json`): what came in, what ran, what was counted. Counts and codes, nothing personal."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from flows.catalogue import all_indicators
from flows.night import rule_consent
from flows.night.staging import Night
from screening.base.datasets import datasets
from screening.base.frames import Note, SourceSpec
from screening.base.vocabulary import AddressNote, FlagReason, LinkLevel
from screening.matching.addresses import note_sentence


def content(night: Night, frames: dict[str, pl.DataFrame]) -> dict[str, object]:
    """What `run.json` says beside id, date and version; the same for every rerun."""
    settings = night.settings
    return {
        "municipality_code": settings.municipality.code,
        "synthetic": settings.is_synthetic,
        "inputs": inputs(night),
        "deliveries": night.get("deliveries"),
        "unavailable": [
            {"dataset": name, "kind": why["kind"], "reason_nl": why["reason_nl"], "reason_en": why["reason_en"]}
            for name, why in sorted(night.get("unavailable").items())
        ],
        "governance": rule_consent.consent_document(night),
        "previous_run": night.get("history")["previous_run"],
        "indicators": indicator_results(night, frames["evidence.parquet"]),
        "counts": counts(night, frames),
        "expectations": night.get("contracts")["expectations"],
        "party_model": night.get("party_model"),  # the weights of this night: inspectable, without names or dates
    }


def measured(night: Night) -> dict[str, object]:
    """What `run.json` says that differs from one rerun to the next: seconds, memory, snapshots."""
    return {**night.get("measured"), "snapshots": night.get("snapshots")}


def inputs(night: Night) -> list[dict[str, object]]:
    """One entry a delivered file; the counts of rows are those of its data set as a whole."""
    by_dataset = night.get("contracts")["counts"]
    root = night.settings.file.parent
    return [
        {
            "dataset": name,
            "path": shown_path(file["path"], root),
            "sha256": file["sha256"],
            "rows_in_file": file["rows_read"],
            **by_dataset[name],
            "encoding": file["encoding"],
            "separator": file["separator"],
            "notes": about["notes"],
            **_as_configured(night.settings.source_specs.get(name)),
        }
        for name, about in sorted(night.get("sources").items())
        for file in about["files"]
    ]


def _as_configured(spec: SourceSpec | None) -> dict[str, object]:
    """What the configuration says of a register that the register does not say itself; nothing where there is none."""
    stated = {"constant": dict(spec.constant), "lacks": list(spec.lacks)} if spec else {}
    return {name: value for name, value in stated.items() if value}


def shown_path(path: str, root: Path) -> str:
    """A path as the configuration says it: relative to it where it can be, else the file's name alone."""
    given = Path(path)
    if given.is_absolute():
        try:
            return given.relative_to(root.resolve()).as_posix()
        except ValueError:
            return given.name
    try:
        return given.relative_to(root).as_posix()
    except ValueError:
        return given.as_posix()


def indicator_results(night: Night, evidence: pl.DataFrame) -> dict[str, object]:
    """Which indicators ran, with version, hits and addresses; which did not, and why."""
    evaluation, settings = night.get("evaluation"), night.settings
    per = {
        code: (hits, addresses)
        for code, hits, addresses in evidence.group_by("indicator")
        .agg(pl.len(), pl.col("address_id").n_unique())
        .iter_rows()
    }
    rules = {rule.code: rule for rule in all_indicators()}
    not_run = dict(evaluation["not_run"])
    there = {*settings.sources, *night.get("sources")}  # findings of visits come without a configured register
    for code in settings.indicators:
        if code not in rules:
            not_run[code] = {
                "kind": "unknown",
                "reason_nl": "Ingesteld, maar deze versie kent deze indicator niet.",
                "reason_en": "Configured, but this version does not know this indicator.",
            }
    return {
        "run": [
            {
                "code": code,
                "version": rules[code].version,
                "class": str(rules[code].cls),
                "barrier": str(rules[code].barrier),
                "dataset": str(rules[code].dataset),
                "name_nl": rules[code].name_nl,
                "name_en": rules[code].name_en,
                **settings.indicators[code].grounds,
                "parameters": evaluation["parameters"][code],
                "limits_nl": list(rules[code].limits_nl),
                "limits_en": list(rules[code].limits_en),
                "without": [name for name in rules[code].inputs if name in datasets() and name not in there],
                "hits": per.get(code, (0, 0))[0],
                "addresses": per.get(code, (0, 0))[1],
            }
            for code in evaluation["run"]
        ],
        "not_run": [{"code": code, **not_run[code]} for code in sorted(not_run)],
        "findings": data_findings(night.get_frame("findings")),
    }


def data_findings(hits: pl.DataFrame) -> list[dict[str, object]]:
    """Findings on the quality of data: per code and reason the records concerned, by key.

    The records are those of the register whose owner can mend it. A finding without a reason of its own is told by the
    name of its rule.
    """
    rules = {rule.code: rule for rule in all_indicators()}
    grouped = (
        hits.with_columns(reason=pl.col("values").str.json_path_match("$.reden"))
        .explode("record_ids")
        .filter(pl.col("record_ids").str.starts_with(pl.col("dataset") + ":"))
        .group_by(code="indicator", reason="reason")
        .agg(pl.col("record_ids").unique().sort().alias("records"))
    )
    return [
        {"code": code, "reason_nl": text.nl, "reason_en": text.en, "records": records}
        for code, reason, records in grouped.sort("code", "reason").select("code", "reason", "records").iter_rows()
        for text in [note_sentence(reason) if reason else Note(rules[code].name_nl, rules[code].name_en)]
    ]


def counts(night: Night, frames: dict[str, pl.DataFrame]) -> dict[str, object]:
    """Everything that the report counts."""
    flags, quarantine, links = frames["flags.parquet"], frames["quarantine.parquet"], frames["links.parquet"]
    resolved = night.get_frame("resolved")
    # a row without any address leaves nothing to resolve, and does not lower the rate
    given = resolved.filter(pl.col("address_id").is_not_null() | (pl.col("address_note") != AddressNote.NO_ADDRESS))
    level = dict(links.group_by("level").len().iter_rows())
    reason = dict(flags.group_by("reason").len().iter_rows())
    rows = night.get("contracts")["counts"]
    records = pl.concat([frame.select(pl.len()) for frame in night.scan_frames("accepted").values()])
    mentions = night.scan_frame("parties").select(pl.len(), parties=pl.col("party_id").n_unique()).collect()
    return {
        "records": int(records.sum().collect().item()),
        "rows_quarantined": sum(c["rows_quarantined"] for c in rows.values()),
        "quarantine": quarantine.group_by("dataset", "column", "expectation", "reason")
        .agg(rows=pl.len())
        .sort("rows", "dataset", "column", "expectation", descending=[True, False, False, False])
        .to_dicts(),
        "mended": night.get("mended"),
        "addresses_given": given.height,
        "addresses_resolved": int(resolved["address_id"].is_not_null().sum()),
        "addresses": by_method(resolved),
        "unresolved": unresolved(resolved),
        "mentions": mentions["len"].item(),
        "parties": mentions["parties"].item(),
        "party_notes": night.get("party_notes")["notes"],
        "pairs_compared": night.get("party_notes")["pairs_compared"],
        "links": {str(name): level.get(str(name), 0) for name in LinkLevel},
        "hits": frames["evidence.parquet"].height,
        "flags": flags.height,
        "flags_by_reason": {str(name): reason.get(str(name), 0) for name in FlagReason},
        "flags_by_barrier": {
            name: n for name, n in flags.explode("barriers").group_by("barriers").len().sort("barriers").iter_rows()
        },
        "flags_sensitive": int(flags["sensitive"].sum()),
        "sample": frames["sample.parquet"].height,
    }


def unresolved(resolved: pl.DataFrame) -> list[dict[str, object]]:
    """One entry a data set and kind of reason why an address has no object, most rows first; in both languages.

    `offered`: the rows of it for which an object can be named that a person may look at.
    """
    left_open = resolved.filter(pl.col("address_id").is_null())
    counted = left_open.group_by("dataset", "address_note").agg(
        rows=pl.len(), offered=pl.col("candidate_id").is_not_null().sum()
    )
    ordered = counted.sort("dataset", "rows", "address_note", descending=[False, True, False])
    return [
        {"dataset": dataset, "reason_nl": text.nl, "reason_en": text.en, "rows": rows, "offered": offered}
        for dataset, note, rows, offered in ordered.iter_rows()
        for text in [note_sentence(note)]
    ]


def by_method(resolved: pl.DataFrame) -> dict[str, dict[str, int]]:
    """Data set -> method (or "unresolved") -> rows."""
    table: dict[str, dict[str, int]] = {}
    grouped = resolved.group_by("dataset", pl.col("address_method").fill_null("unresolved")).len()
    for dataset, method, rows in grouped.sort("dataset", "address_method").iter_rows():
        table.setdefault(dataset, {})[method] = rows
    return table
