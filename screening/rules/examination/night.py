"""Rules on linked tables, to evidence and flags, by plain calls: no command, no folder, no store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from screening.rules.declare import Indicator
from screening.rules.evaluate import Activation, evaluate
from screening.rules.groups import company_groups
from screening.rules.review import review
from screening.rules.sensitive import Sensitive
from screening.rules.tables import Tables

#: Name -> table, as rules are handed them (docs/architecture.md).
Frames = dict[str, pl.DataFrame]


@dataclass(frozen=True)
class Screened:
    """What came of it: evidence and flags as a run leaves them."""

    evidence: pl.DataFrame
    flags: pl.DataFrame


def with_groups(tables: Frames, as_of: date) -> Frames:
    """The tables with the groups of companies that follow from them."""
    groups = company_groups(tables["handelsregister"], tables["functionarissen"], tables["partijen"], as_of)
    return tables | {"groepen": groups}


def screened(tables: Mapping[str, pl.DataFrame], rules: Iterable[Indicator], as_of: date) -> Screened:
    """Evidence and flags of these rules on linked tables."""
    chosen = tuple(rules)
    result = evaluate(chosen, Tables(tables), as_of=as_of, activations=all_activated(chosen, as_of))
    shown = pl.DataFrame(schema={"address_id": pl.String, "address": pl.String})
    sensitive = Sensitive.of(Tables(tables))
    flags = review(result.evidence, chosen, sensitive=sensitive, display=shown, as_of=as_of)
    return Screened(result.evidence, flags)


def all_activated(rules: Iterable[Indicator], day: date) -> Mapping[str, Activation]:
    """Every rule is activated, with a word list where it reads terms."""
    return {rule.code: Activation("APV", "DPIA-1", day, has_word_list=rule.reads_terms) for rule in rules}


def rows_as_set(frame: pl.DataFrame) -> set[tuple[object, ...]]:
    """The rows of evidence or flags as a set."""
    listed = [name for name, dtype in frame.schema.items() if isinstance(dtype, pl.List)]
    return set(frame.with_columns(pl.col(name).list.join("|") for name in listed).iter_rows())
