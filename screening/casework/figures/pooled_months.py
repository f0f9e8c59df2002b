"""Decided cases of a month by version and parameters of the rules that pointed at them: for counts that leave sealed.

Exact, and sensitive cases among them: nothing else may read these cells. A rule that reads of Bibob is in none of them.
They are kept when a month is over, as the other counts of it, so that a total since the beginning never falls when
cases are erased.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa

from screening.base.powers import declared_on_bibob
from screening.base.vocabulary import CaseState, OwnReading
from screening.store.engine import guarded
from screening.store.schema.cases import case_found, case_reading, review_case
from screening.store.schema.runs import SAMPLED, flag, indicator_declaration
from screening.store.schema.tips import CLOSED_MONTH, statistics_month
from screening.store.store import Store

#: Cells are "pool|<series>|<what>": the series is "sample", or code, version and hash of the parameters with | between.
PREFIX = "pool|"
SAMPLE = "sample"
READ, DEVIATING = "read", "deviating"
#: The count of CLOSED_MONTH from which on these cells were kept with a month.
WITH_POOL = 4


def pooled_cells(connection: sa.Connection, since: date) -> Iterator[tuple[date, str]]:
    """(day, cell) of every case that was closed from a day on: one for its outcome, and those of its first reading."""
    cited = (flag.c.run_id == review_case.c.run_id) & (flag.c.address_id == review_case.c.address_id)
    columns = (
        review_case.c.concluded_on,
        review_case.c.arm,
        review_case.c.outcome,
        review_case.c.run_id,
        flag.c.indicator_codes,
        _first_reading().label("reading"),
    )
    closed = sa.select(*columns).select_from(review_case.outerjoin(flag, cited))
    closed = closed.where(review_case.c.state == CaseState.CLOSED, review_case.c.concluded_on >= since)
    cases = list(connection.execute(closed))
    series = _series(connection, {case.run_id for case in cases if case.arm != SAMPLED})
    for case in cases:
        codes = sorted(set(case.indicator_codes or ()))
        # a night may not break on a figure: what no declaration of its run names is in no series
        of_rules = [series[case.run_id, code] for code in codes if (case.run_id, code) in series]
        for name in [SAMPLE] if case.arm == SAMPLED else of_rules:
            whats = [str(case.outcome)]
            if case.reading is not None:
                whats += [READ, *([DEVIATING] if case.reading == OwnReading.AFWIJKING else [])]
            yield from ((case.concluded_on, f"{PREFIX}{name}|{what}") for what in whats)


def pooled_months(store: Store) -> dict[str, dict[str, Counter[str]]]:
    """Month -> series -> what -> count, of every month that was closed with these cells, oldest first."""
    query = sa.select(statistics_month.c.month, statistics_month.c.cell, statistics_month.c.count)
    is_ours = statistics_month.c.cell.startswith(PREFIX, autoescape=True) | (statistics_month.c.cell == CLOSED_MONTH)
    months: dict[str, dict[str, Counter[str]]] = {}
    closed: set[str] = set()
    with guarded("reading the counts"), store.engine.connect() as connection:
        for month, cell, count in connection.execute(query.where(is_ours).order_by(statistics_month.c.month)):
            if cell == CLOSED_MONTH:
                closed |= {month} if count >= WITH_POOL else set()
                continue
            name, _, what = cell.removeprefix(PREFIX).rpartition("|")
            months.setdefault(month, {}).setdefault(name, Counter())[what] = count
    return {month: months.get(month, {}) for month in sorted(closed)}


def series_of(declaration: Mapping[str, Any]) -> str:
    """The series of a rule as it was declared: its code, its version and 16 digits that name its values in force."""
    values = {name: param.get("value") for name, param in (declaration.get("params") or {}).items()}
    digest = hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
    return f"{declaration['code']}|{declaration['version']}|{digest[:16]}"


def series_in_force(store: Store) -> frozenset[str]:
    """The series of the rules of the last published run."""
    last = store.last_published()
    declared = store.declarations(last.run_id) if last else {}
    return frozenset(series_of(declaration) for declaration in declared.values() if not declared_on_bibob(declaration))


def _first_reading() -> sa.ScalarSelect[str]:
    """What the first reader of a case called it, who had not searched for this very address before."""
    first, own = case_reading.alias(), case_reading.alias()
    of_case = sa.select(sa.func.min(first.c.id)).where(first.c.case_id == review_case.c.case_id)
    earliest = of_case.correlate(review_case).scalar_subquery()
    has_searched = sa.exists().where(
        case_found.c.case_id == own.c.case_id, case_found.c.account == own.c.account, case_found.c.found_at <= own.c.at
    )
    return sa.select(own.c.reading).where(own.c.id == earliest, ~has_searched).correlate(review_case).scalar_subquery()


def _series(connection: sa.Connection, run_ids: Collection[str]) -> Mapping[tuple[str, str], str]:
    """(run, code) -> the name of its series, of every rule that may leave."""
    columns = [indicator_declaration.c[name] for name in ("run_id", "code", "declaration")]
    series: dict[tuple[str, str], str] = {}
    for run_id in sorted(run_ids):
        for row in connection.execute(sa.select(*columns).where(indicator_declaration.c.run_id == run_id)):
            declaration = json.loads(row.declaration)
            if not declared_on_bibob(declaration):
                series[row.run_id, row.code] = series_of(declaration)
    return series
