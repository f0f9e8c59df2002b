"""The counts of a month that is over: of what was flagged, read, decided and left, by indicator and for the sample.

Counted once, when the month is over, and kept: a figure of a closed month neither moves nor falls when cases are
erased, so that two reports cannot be subtracted from each other to find a case.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from screening.civil_time import TOWN, day_of
from screening.errors import StoreError
from screening.store.engine import guarded, writing
from screening.store.schema.cases import case_reading, review_case
from screening.store.schema.runs import SAMPLED, dossier_record, flag
from screening.store.schema.tips import statistics_month
from screening.store.store import Store
from screening.vocabulary import CaseState

#: Cells are "<group>|<what>": the group is an indicator's code, SAMPLE or ALL.
SAMPLE, ALL = "sample", "all"
#: Days from opening to the decision: upper ends of the buckets, the last one open.
HANDLING_DAYS: tuple[int, ...] = (1, 3, 7, 14, 30, 60)
#: Says that a month was closed, also when nothing happened in it.
_CLOSED = "all|closed_month"


def month_of(day: date) -> str:
    """`2026-11`."""
    return f"{day:%Y-%m}"


def next_month(month: str) -> str:
    """The month after."""
    year, number = (int(part) for part in month.split("-"))
    return f"{year + number // 12:04d}-{number % 12 + 1:02d}"


def bucket_of(days: int) -> int:
    """In which of HANDLING_DAYS a number of days falls."""
    return next((index for index, end in enumerate(HANDLING_DAYS) if days <= end), len(HANDLING_DAYS))


def close_months(store: Store, *, now: datetime) -> list[str]:
    """Keep the counts of every month that is over and was not counted yet, oldest first; those months.

    To be called before anything is erased, and each day besides. Doing it twice, or in two processes, changes nothing.
    """
    open_months = _uncounted(store, now)
    for month, cells in open_months.items():
        rows = [{"month": month, "cell": cell, "count": count} for cell, count in sorted(cells.items())]
        rows.append({"month": month, "cell": _CLOSED, "count": 1})
        # a row that is there already: another process counted this month in the same moment
        with guarded("closing a month"), suppress(sa.exc.IntegrityError), writing(store.engine) as connection:
            connection.execute(statistics_month.insert(), rows)
    return list(open_months)


def counts_by_month(store: Store, *, now: datetime) -> dict[str, Counter[str]]:
    """Month -> cell -> count, for every month that is over, oldest first: as kept, or as they will be kept."""
    query = sa.select(statistics_month.c.month, statistics_month.c.cell, statistics_month.c.count)
    months: dict[str, Counter[str]] = {}
    with guarded("reading the counts"), store.engine.connect() as connection:
        for month, cell, count in connection.execute(query):
            months.setdefault(month, Counter())[cell] = count
    for cells in months.values():
        del cells[_CLOSED]
    return dict(sorted((months | _uncounted(store, now)).items()))


def _uncounted(store: Store, now: datetime) -> dict[str, Counter[str]]:
    """The months that are over and not kept yet, from the first case on, with their counts."""
    this_month = month_of(day_of(now))
    with guarded("counting a month"), store.engine.connect() as connection:
        first = connection.scalar(sa.select(sa.func.min(review_case.c.opened_on)))
        kept = set(connection.scalars(sa.select(statistics_month.c.month).where(statistics_month.c.cell == _CLOSED)))
        if first is None:
            return {}
        months: dict[str, Counter[str]] = {}
        month = max([month_of(first), *([next_month(max(kept))] if kept else [])])
        while month < this_month:
            months[month] = Counter()
            month = next_month(month)
        if months:
            since = date.fromisoformat(f"{min(months)}-01")
            for counted, cell, count in _events(connection, since):
                if counted in months:
                    months[counted][cell] += count
    return months


def _events(connection: sa.Connection, since: date) -> Iterator[tuple[str, str, int]]:
    """(month, cell, count) of everything that happened from a day on."""
    is_home = sa.exists().where(
        dossier_record.c.run_id == review_case.c.run_id,
        dossier_record.c.address_id == review_case.c.address_id,
        dossier_record.c.dataset == "bag_adressen",
        dossier_record.c.fields.like("%woonfunctie%"),
    )
    cited = (flag.c.run_id == review_case.c.run_id) & (flag.c.address_id == review_case.c.address_id)
    cases = review_case.outerjoin(flag, cited)
    opened = sa.select(
        review_case.c.opened_on, review_case.c.arm, flag.c.indicator_codes, is_home.label("home"), sa.func.count()
    ).select_from(cases)
    opened = opened.where(review_case.c.opened_on >= since).group_by(*opened.selected_columns[:3], sa.text("home"))
    for day, arm, codes, home, count in connection.execute(opened):
        yield from _cells(month_of(day), arm, codes, f"opened|{'home' if home else 'other'}", count)
        yield month_of(day), f"{ALL}|opened", count
    columns = (
        review_case.c.opened_on, review_case.c.concluded_on, review_case.c.state, review_case.c.outcome,
        review_case.c.arm, flag.c.indicator_codes,
    )  # fmt: skip
    ended = sa.select(*columns, sa.func.count()).select_from(cases).group_by(*columns)
    for begun, day, state, outcome, arm, codes, count in connection.execute(
        ended.where(review_case.c.concluded_on >= since)
    ):
        month = month_of(day)
        if state == CaseState.CLOSED:
            yield from _cells(month, arm, codes, f"outcome|{outcome}", count)
            yield from _cells(month, arm, codes, f"days|{bucket_of((day - begun).days)}", count)
            yield month, f"{ALL}|closed", count
        elif state == CaseState.LAPSED:
            yield from _cells(month, arm, codes, "lapsed", count)
            yield month, f"{ALL}|lapsed", count
    # the own reading of the first officer of a case: one a case, made before anything told the arms apart
    first = sa.select(sa.func.min(case_reading.c.id)).group_by(case_reading.c.case_id)
    read = (
        sa.select(case_reading.c.at, case_reading.c.reading, review_case.c.arm, flag.c.indicator_codes)
        .select_from(cases.join(case_reading, case_reading.c.case_id == review_case.c.case_id))
        .where(
            case_reading.c.id.in_(first),
            case_reading.c.at >= datetime(since.year, since.month, 1, tzinfo=TOWN) - timedelta(days=1),
        )
    )
    for read_at, reading, arm, codes in connection.execute(read):
        yield from _cells(month_of(read_at.astimezone(TOWN).date()), arm, codes, f"reading|{reading}", 1)


def _cells(month: str, arm: str, codes: Iterable[str] | None, what: str, count: int) -> Iterator[tuple[str, str, int]]:
    if arm == SAMPLED:
        yield month, f"{SAMPLE}|{what}", count
        return
    for code in sorted(set(codes or ())):
        yield month, f"{code}|{what}", count


def cumulative(months: dict[str, Counter[str]], until: str | None = None) -> Counter[str]:
    """All months together, or those up to and including one."""
    total: Counter[str] = Counter()
    for month, cells in months.items():
        if until is None or month <= until:
            total.update(cells)
    if any(count < 0 for count in total.values()):
        raise StoreError("A count of the months is below 0: the store was changed by hand.")
    return total
