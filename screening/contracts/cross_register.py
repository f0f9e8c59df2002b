"""Rules that hold one register against others, on accepted rows: they only warn, for either side can be behind."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from screening.contracts.entries import QualityEntry, descriptions
from screening.contracts.model import CrossRegisterRule

_EXISTS, _BEGUN = "exists_in", "begun_on"


def is_cross_register(given: object) -> bool:
    """Whether a quality entry of a column is a rule of this kind."""
    implementation = given.get("implementation") if isinstance(given, dict) else None
    # a tuple: a list may stand there, of which no set could be asked
    return isinstance(implementation, dict) and implementation.get("type") in (_EXISTS, _BEGUN)


def cross_register_rule(entry: QualityEntry) -> CrossRegisterRule:
    """The rule of an entry. ContractDefinitionError: it has not exactly one of the two forms, or does not only warn."""
    description_nl, description_en = descriptions(entry)
    kind = entry.given["implementation"]["type"]
    given = entry.arguments({"registers"} if kind == _EXISTS else {"registers", "begin", "date"})
    registers = given["registers"]
    is_named = isinstance(registers, dict) and all(isinstance(name, str) for pair in registers.items() for name in pair)
    if not registers or not is_named or (kind == _BEGUN and len(registers) != 1):
        raise entry.refusal("registers holds the column of each other register (of one, for begun_on)")
    if entry.given["severity"] != "warning" or entry.given.get("engine") != "barrier":
        raise entry.refusal("a rule about other registers is of engine barrier and severity warning", "severity")
    if kind == _BEGUN and entry.field(given["date"]).logical_type != "date":
        raise entry.refusal("date is a column of dates")
    return CrossRegisterRule(
        f"{entry.dataset}.{entry.given['name']}",
        str(entry.column),
        kind,
        registers,
        description_nl,
        description_en,
        begin=given.get("begin", ""),
        date=given.get("date", ""),
    )


def judge_across_registers(
    dataset: str, rules: tuple[CrossRegisterRule, ...], accepted: Mapping[str, pl.LazyFrame]
) -> list[dict[str, object]]:
    """One entry a rule of a register whose other registers are all there: how many rows it tested and how many fail.

    Args:
        dataset: The register.
        rules: Its rules.
        accepted: Register -> its accepted rows, as typed frames, of which only what a rule compares is read.
    """
    judged: list[dict[str, object]] = []
    for rule in rules:
        if rule.registers.keys() <= accepted.keys():
            tested, failed = _counts(accepted[dataset], rule, accepted)
            judged.append(
                {
                    "rule_id": rule.rule_id,
                    "column": rule.column,
                    "expectation": rule.expectation,
                    "severity": "warning",
                    "description_nl": rule.description_nl,
                    "description_en": rule.description_en,
                    "rows_tested": tested,
                    "rows_failed": failed,
                }
            )
    return judged


def _counts(rows: pl.LazyFrame, rule: CrossRegisterRule, accepted: Mapping[str, pl.LazyFrame]) -> tuple[int, int]:
    if rule.expectation == _EXISTS:
        columns = [accepted[name].select(pl.col(column).alias(rule.column)) for name, column in rule.registers.items()]
        tested = rows.select(rule.column).drop_nulls()
        failing = tested.join(pl.concat(columns), on=rule.column, how="anti")
    else:
        [(name, column)] = rule.registers.items()
        # of partial dates only the impossible fails; a company begins with its first establishment
        begun = accepted[name].group_by(pl.col(column).alias(rule.column)).agg(begun=pl.col(f"{rule.begin}_min").min())
        dated = rows.select(rule.column, date=f"{rule.date}_max").join(begun, on=rule.column)
        tested = dated.drop_nulls(["begun", "date"])
        failing = tested.filter(pl.col("begun") > pl.col("date"))
    counts = pl.collect_all([tested.select(pl.len()), failing.select(pl.len())])
    return counts[0].item(), counts[1].item()
