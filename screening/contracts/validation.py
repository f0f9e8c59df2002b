"""A delivered table against its contract: typed rows, and a quarantine that says why and never what stood there."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from screening.base.errors import ContractDefinitionError, ContractStopError
from screening.base.frames import PROVENANCE, QUARANTINE, ContractResult, SourceTable, conform, empty
from screening.contracts import reading
from screening.contracts.execution import RuleOutcome, execute
from screening.contracts.hints import unread_hints
from screening.contracts.made_up import require_made_up
from screening.contracts.model import Contract
from screening.contracts.oracle import disagreements

_POSITION = "row:id"
_OF_THE_PROGRAM = "This is a fault of the program or its packages, not of the data; no row of this source is used."


def validate(
    table: SourceTable, contract: Contract, *, code_allowed_prefix: str | None = None, is_checked: bool = False
) -> ContractResult:
    """Judge every row of a text frame by every rule of the contract.

    `accepted`: the rows that pass all, in their order, as a typed frame (docs/architecture.md). `quarantined`: one row
    a failed error of a row, together with the rows that were rejected on the way in. `rows_read` counts both.
    `code_allowed_prefix`: four digits that every id of the BAG must begin with (a synthetic municipality).
    `is_checked`: Great Expectations judges by the suite of the contract as well (`oracle`).

    Raises ContractStopError: a required column is absent, a table that may not be empty is, a rule did not run, or
    Great Expectations finds otherwise;
    ConfigurationError: something real where a prefix is asked for.
    """
    if table.dataset != contract.dataset:
        raise ContractDefinitionError(f"{contract.file} is not the contract of {table.dataset}")
    _check_columns(table, contract)
    if code_allowed_prefix is not None:
        require_made_up(table, code_allowed_prefix)
    frame = _text(table, contract)
    outcomes = execute(frame, contract)
    if is_checked and (rule_ids := disagreements(frame, contract, outcomes)):
        raise ContractStopError(
            f"{_files(table)}: Great Expectations finds otherwise by the rule(s) {', '.join(rule_ids)} than the pass "
            f"that every night makes. {_OF_THE_PROGRAM}"
        )
    _check_outcomes(table, outcomes)
    failing = _failing(frame, outcomes)
    quarantined = pl.concat(
        [conform(table.rejected, QUARANTINE), conform(failing.with_columns(dataset=pl.lit(table.dataset)), QUARANTINE)]
    ).sort("source_file_sha256", "row_number", "column", "expectation", "key", nulls_last=True)
    passes = pl.Series([True]).new_from_index(0, frame.height).scatter(failing[_POSITION].unique(), False)
    accepted = frame.filter(passes)
    rejected_before = table.rejected.select("source_file_sha256", "row_number").unique().height
    return ContractResult(
        dataset=table.dataset,
        accepted=_typed(accepted, contract),
        quarantined=quarantined,
        rows_read=frame.height + rejected_before,
        rows_quarantined=frame.height - accepted.height + rejected_before,
        expectations=[
            {
                "rule_id": outcome.rule.rule_id,
                "column": outcome.rule.column,
                "expectation": outcome.rule.expectation,
                "severity": outcome.rule.severity,
                "description_nl": outcome.rule.description_nl,
                "description_en": outcome.rule.description_en,
                "rows_tested": outcome.tested,
                "rows_failed": outcome.failed,
            }
            for outcome in outcomes
        ],
        hints=unread_hints(frame, outcomes, {name: spec.codes for name, spec in contract.fields.items()}),
    )


def typed_rows(table: SourceTable, contract: Contract) -> pl.DataFrame:
    """Every row of a text frame as a typed frame, judged by no rule: what cannot be read is null.

    For looking something up in a register; a run takes the rows that `validate` accepts.
    """
    return _typed(_text(table, contract), contract)


def _text(table: SourceTable, contract: Contract) -> pl.DataFrame:
    return table.frame.select(
        *(
            pl.col(name).cast(pl.String) if name in table.frame.columns else pl.lit(None, pl.String).alias(name)
            for name in contract.kept_fields
        ),
        *(pl.col(name).cast(dtype) for name, dtype in PROVENANCE.items()),
    )


def _typed(text: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    columns = [reading.typed(name, spec.logical_type) for name, spec in contract.kept_fields.items()]
    return text.select(*(expression for column in columns for expression in column), *PROVENANCE)


def check_threshold(result: ContractResult, max_quarantine: float, source_name: str) -> None:
    """Stop the run when more than `max_quarantine` (a share, 0-1) of the rows of a source was rejected.

    Raises ContractStopError with the counts by column and expectation.
    """
    if result.rows_quarantined <= max_quarantine * result.rows_read:
        return
    counts = (
        result.quarantined.group_by("column", "expectation")
        .agg(pl.struct("source_file_sha256", "row_number").n_unique().alias("rows"))
        .sort("rows", "column", "expectation", descending=[True, False, False])
    )
    reasons = "; ".join(f"{column or 'row'} {expectation} {rows}" for column, expectation, rows in counts.iter_rows())
    share = result.rows_quarantined / result.rows_read
    raise ContractStopError(
        f"{source_name}: {result.rows_quarantined} of {result.rows_read} rows rejected ({share:.1%}, at most "
        f"{max_quarantine:.1%} allowed); rows by column and expectation: {reasons}. Correct them at the source, map "
        f"columns and codes under [sources.{result.dataset}], or raise max_quarantine there if this is accepted."
        + "".join(f" {hint.en}" for hint in result.hints)
    )


def _files(table: SourceTable) -> str:
    return ", ".join(sorted({Path(file.path).name for file in table.files})) or table.dataset


def _check_columns(table: SourceTable, contract: Contract) -> None:
    required = [name for name, spec in contract.fields.items() if spec.required]
    missing = [name for name in required if name not in table.frame.columns]
    if missing:
        raise ContractStopError(
            f"{_files(table)}: required column(s) {', '.join(missing)} absent. Deliver them, or name the source's own "
            f"column under columns in [sources.{table.dataset}]."
        )


def _check_outcomes(table: SourceTable, outcomes: list[RuleOutcome]) -> None:
    broken = [outcome.rule.rule_id for outcome in outcomes if outcome.has_error]
    if broken:
        raise ContractStopError(
            f"{_files(table)}: the rule(s) {', '.join(broken)} did not run, so nothing is known about the rows. "
            f"{_OF_THE_PROGRAM}"
        )
    for outcome in outcomes:
        rule = outcome.rule
        if outcome.failed and not outcome.rows and rule.severity == "error":
            raise ContractStopError(
                f"{_files(table)}: {rule.description_en} ({rule.rule_id} fails). Deliver the table again."
            )


def _failing(frame: pl.DataFrame, outcomes: list[RuleOutcome]) -> pl.DataFrame:
    """One row a failed rule (of severity error) of a row: position, key, provenance, column, expectation, reason."""
    parts = [
        pl.DataFrame(
            {
                _POSITION: pl.Series(outcome.rows, dtype=pl.Int64),
                "column": outcome.rule.column,
                "expectation": outcome.rule.expectation,
                "reason": outcome.rule.reason_nl,
            }
        )
        for outcome in outcomes
        if outcome.rows and outcome.rule.severity == "error"
    ]
    schema = {_POSITION: pl.Int64(), "column": pl.String(), "expectation": pl.String(), "reason": pl.String()}
    failing = pl.concat([empty(schema), *parts])
    return failing.hstack(frame.select(*PROVENANCE)[failing[_POSITION]])
