"""Running rules again on the tables of an earlier night: reproducing it, or asking what another threshold would do."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from screening.base.errors import RuleDefinitionError
from screening.base.frames import EVIDENCE, RUN_FILES, conform, schema_of
from screening.rules.declare import Indicator, Setting
from screening.rules.evaluate import Activation, Evaluation, NotRun, evaluate
from screening.rules.lines_of_business import follows_from_others
from screening.rules.purposes import Allowed
from screening.rules.registry import earlier_codes, evaluation_order
from screening.rules.review import review
from screening.rules.schema import HITS_TABLE, tables_for_rules
from screening.rules.sensitive import Sensitive
from screening.rules.tables import Tables

ADDED, DROPPED = "added", "dropped"

#: One row an address whose flag a proposal would change on one night. `change`: added or dropped.
CHANGES = schema_of("address_id change indicator_codes sensitive")


@dataclass(frozen=True)
class Replay:
    """A night with a proposed version of one rule in it.

    `evidence`, `flags`: as that night would have left them. `replayed`: the codes that were run again (the proposed
    rule and those declared after it). `not_run`: why the proposed rule did not run, or None.
    """

    evidence: pl.DataFrame
    flags: pl.DataFrame
    replayed: tuple[str, ...]
    not_run: NotRun | None


def reproduce(
    rules: Iterable[Indicator],
    tables: Tables,
    *,
    as_of: date,
    parameters: Mapping[str, Mapping[str, Setting]],
    display: pl.DataFrame,
    earlier: pl.DataFrame,
    allowed: Allowed | None = None,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Evidence and flags of a night from its tables. `parameters`: code -> those in force, of the rules that ran.

    `display`, `earlier`: as `rules.review` takes them; `allowed`: as `rules.evaluate`.
    """
    chosen = [rule for rule in rules if rule.code in parameters]
    result = _evaluate(chosen, tables, as_of, parameters, allowed=allowed)
    flags = review(
        result.evidence, chosen, sensitive=Sensitive.of(tables), display=display, as_of=as_of, earlier=earlier
    )
    return result.evidence, flags


def replay(
    rules: Iterable[Indicator],
    tables: Tables,
    published: pl.DataFrame,
    *,
    code: str,
    parameters: Mapping[str, Setting],
    ran: Mapping[str, Mapping[str, Setting]],
    as_of: date,
    display: pl.DataFrame,
    stale: Iterable[str] = (),
    lacks: Mapping[str, Collection[str]] | None = None,
    allowed: Allowed | None = None,
) -> Replay:
    """The night as it would have been with rule `code` under these `parameters`; all else as it was published.

    `published`: EVIDENCE of that night. `ran`: code -> parameters in force of the rules that ran then. What the other
    rules found is taken as it stands; only rules declared after this one are run again, since they look at its hits.
    RuleDefinitionError when no rule has this code.
    """
    rule_of = {rule.code: rule for rule in evaluation_order(rules)}
    if code not in rule_of:
        raise RuleDefinitionError(f"{code}: no such rule to try.")
    again = _depending(code, rule_of.values(), ran)
    evidence = published.filter(~pl.col("indicator").is_in(again))
    not_run: NotRun | None = None
    for again_code in again:
        handed = tables
        if HITS_TABLE in rule_of[again_code].inputs:
            seen = evidence.filter(pl.col("indicator").is_in(earlier_codes(rule_of[again_code], rule_of.values())))
            handed = tables.with_table(HITS_TABLE, conform(seen, tables_for_rules()[HITS_TABLE]))
        in_force = {again_code: parameters if again_code == code else ran[again_code]}
        result = _evaluate([rule_of[again_code]], handed, as_of, in_force, stale=stale, lacks=lacks, allowed=allowed)
        evidence = pl.concat([evidence, result.evidence])
        if again_code == code:
            not_run = result.not_run.get(code)
    evidence = conform(evidence, EVIDENCE).sort(RUN_FILES["evidence.parquet"][1])
    flags = review(evidence, rule_of.values(), sensitive=Sensitive.of(tables), display=display, as_of=as_of)
    return Replay(evidence=evidence, flags=flags, replayed=tuple(again), not_run=not_run)


def flag_changes(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """CHANGES, sorted: the addresses that are flagged in one of two FLAGS frames and not in the other.

    `indicator_codes`: those of the flag that comes or goes.
    """
    parts = [
        flags.join(other, on="address_id", how="anti").with_columns(change=pl.lit(change))
        for flags, other, change in ((after, before, ADDED), (before, after, DROPPED))
    ]
    return pl.concat([conform(part, CHANGES) for part in parts]).sort("address_id", "change")


def hit_changes(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """`address_id`, `change`: the addresses with a hit of a rule in one of two EVIDENCE frames and not in the other."""
    parts = [
        hits.join(other, on="address_id", how="anti").select("address_id").unique().with_columns(change=pl.lit(change))
        for hits, other, change in ((after, before, ADDED), (before, after, DROPPED))
    ]
    return pl.concat(parts).sort("address_id", "change")


def unreadable(rule: Indicator, tables: Iterable[str], kept: Mapping[str, Iterable[str]]) -> list[str]:
    """What a rule reads and a snapshot did not keep ("table.column"): then its result would be silently wrong.

    `tables`: those that are there; a data set that was not delivered is empty and no obstacle.
    """
    present = set(tables)
    return sorted(
        f"{name}.{column}"
        for name, columns in rule.inputs.items()
        if name in present and name in kept
        for column in columns
        if column not in set(kept[name]) and not follows_from_others(name, column)
    )


def _depending(code: str, in_order: Iterable[Indicator], ran: Mapping[str, object]) -> list[str]:
    """The rule and, in the order of evaluation, those that ran and look at its hits, directly or by another."""
    again = [code]
    rules = tuple(in_order)
    for rule in rules:
        if rule.code != code and rule.code in ran and not set(again).isdisjoint(earlier_codes(rule, rules)):
            again.append(rule.code)
    return again


def _evaluate(
    rules: list[Indicator],
    tables: Tables,
    as_of: date,
    parameters: Mapping[str, Mapping[str, Setting]],
    *,
    stale: Iterable[str] = (),
    lacks: Mapping[str, Collection[str]] | None = None,
    allowed: Allowed | None = None,
) -> Evaluation:
    activations = {
        rule.code: Activation(
            legal_basis="replay",  # consent was asked when the night ran; nothing of a replay is published
            dpia="replay",
            fg_advice=as_of,
            parameters=parameters[rule.code],
            has_word_list=rule.reads_terms,
        )
        for rule in rules
    }
    return evaluate(rules, tables, as_of=as_of, activations=activations, stale=stale, lacks=lacks, allowed=allowed)
