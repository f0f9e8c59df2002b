"""The counts of a month that is over: what was flagged, read, decided and left, by indicator and sample; and of tips.

Counted once, when the month is over, and kept: a figure of a closed month neither moves nor falls when cases are
erased, so that two reports cannot be subtracted from each other to find a case.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from screening.base.civil_time import TOWN, day_of, midnight
from screening.base.errors import StoreError
from screening.base.vocabulary import CaseState
from screening.casework.figures.monthly_events import events_since, first_event
from screening.casework.figures.pooled_months import PREFIX, WITH_POOL, pooled_cells
from screening.casework.viewer import Viewer
from screening.store.engine import guarded, writing
from screening.store.schema.cases import case_found, case_reading, review_case
from screening.store.schema.runs import SAMPLED, dossier_record, flag
from screening.store.schema.tips import CLOSED_MONTH, statistics_month
from screening.store.store import Store

#: Cells are "<group>|<what>": the group is an indicator's code, SAMPLE or ALL. Sensitive cases have cells of their own.
SAMPLE, ALL = "sample", "all"
_SENSITIVE = "|sensitive"
#: Days from opening to the decision: upper ends of the buckets, the last one open.
HANDLING_DAYS: tuple[int, ...] = (1, 3, 7, 14, 30, 60)
#: The count of CLOSED_MONTH: in months closed before it was this, not all that follows a judgement was counted.
WITH_EVENTS = 3
#: What tells the cells of a case.
_GROUP = (review_case.c.arm, review_case.c.sensitive, flag.c.indicator_codes)


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

    Called every night before its cases change, and before anything is erased. Doing it twice, or in two processes,
    changes nothing.
    """
    open_months = _uncounted(store, now)
    pooled = _pooled(store, open_months)
    for month, counted in open_months.items():
        cells = counted + pooled[month]
        rows = [{"month": month, "cell": cell, "count": count} for cell, count in sorted(cells.items())]
        rows.append({"month": month, "cell": CLOSED_MONTH, "count": WITH_POOL})
        # a row that is there already: another process counted this month in the same moment
        with guarded("closing a month"), suppress(sa.exc.IntegrityError), writing(store.engine) as connection:
            connection.execute(statistics_month.insert(), rows)
    return list(open_months)


def counts_by_month(store: Store, viewer: Viewer, *, now: datetime) -> dict[str, Counter[str]]:
    """Month -> cell -> count, for every month that is over, oldest first: as kept, or as they will be kept.

    Of the cases that this viewer may see; a month in which there were none but others counts nothing.
    """
    query = sa.select(statistics_month.c.month, statistics_month.c.cell, statistics_month.c.count)
    months: dict[str, Counter[str]] = {}
    with guarded("reading the counts"), store.engine.connect() as connection:
        for month, cell, count in connection.execute(query):
            if not cell.startswith(PREFIX):
                months.setdefault(month, Counter())[cell] = count
    for cells in months.values():
        del cells[CLOSED_MONTH]
    all_months = sorted((months | _uncounted(store, now)).items())
    return {month: _as_seen(cells, viewer) for month, cells in all_months}


def months_without_events(store: Store) -> frozenset[str]:
    """The closed months in which not all that follows a judgement was counted: of before it was."""
    query = sa.select(statistics_month.c.month).where(
        statistics_month.c.cell == CLOSED_MONTH, statistics_month.c.count < WITH_EVENTS
    )
    with guarded("reading the counts"), store.engine.connect() as connection:
        return frozenset(connection.scalars(query))


def _as_seen(cells: Counter[str], viewer: Viewer) -> Counter[str]:
    seen: Counter[str] = Counter()
    for cell, count in cells.items():
        if viewer.may_see_sensitive or not cell.endswith(_SENSITIVE):
            seen[cell.removesuffix(_SENSITIVE)] += count
    return seen


def _uncounted(store: Store, now: datetime) -> dict[str, Counter[str]]:
    """The months that are over and not kept yet, from the first case or tip on, with their counts."""
    this_month = month_of(day_of(now))
    with guarded("counting a month"), store.engine.connect() as connection:
        begins = [connection.scalar(sa.select(sa.func.min(review_case.c.opened_on))), _day(first_event(connection))]
        first = min((day for day in begins if day is not None), default=None)
        closed = sa.select(statistics_month.c.month).where(statistics_month.c.cell == CLOSED_MONTH)
        kept = set(connection.scalars(closed))
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


def _pooled(store: Store, months: Collection[str]) -> dict[str, Counter[str]]:
    """Month -> the cells of what leaves sealed, of these months."""
    cells = {month: Counter[str]() for month in months}
    if months:
        with guarded("counting a month"), store.engine.connect() as connection:
            for day, cell in pooled_cells(connection, date.fromisoformat(f"{min(months)}-01")):
                if month_of(day) in cells:
                    cells[month_of(day)][cell] += 1
    return cells


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else day_of(moment)


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
    opened = sa.select(review_case.c.opened_on, *_GROUP, is_home.label("home"), sa.func.count()).select_from(cases)
    opened = opened.where(review_case.c.opened_on >= since).group_by(*opened.selected_columns[:-2], sa.text("home"))
    for day, arm, is_sensitive, codes, home, count in connection.execute(opened):
        group = arm, is_sensitive, codes
        yield from _cells(month_of(day), group, f"opened|{'home' if home else 'other'}", count, total="opened")
    columns = (review_case.c.opened_on, review_case.c.concluded_on, review_case.c.state, review_case.c.outcome, *_GROUP)
    ended = sa.select(*columns, sa.func.count()).select_from(cases).group_by(*columns)
    for begun, day, state, outcome, arm, is_sensitive, codes, count in connection.execute(
        ended.where(review_case.c.concluded_on >= since)
    ):
        month, group = month_of(day), (arm, is_sensitive, codes)
        if state == CaseState.CLOSED:
            yield from _cells(month, group, f"outcome|{outcome}", count, total=f"outcome|{outcome}")
            yield from _cells(month, group, f"days|{bucket_of((day - begun).days)}", count, total="closed")
        elif state == CaseState.LAPSED:
            yield from _cells(month, group, "lapsed", count, total="lapsed")
    # the own reading of the first officer of a case: one a case, made before anything told the arms apart
    first = sa.select(sa.func.min(case_reading.c.id)).group_by(case_reading.c.case_id)
    read = (
        sa.select(case_reading.c.at, case_reading.c.reading, *_GROUP)
        .select_from(cases.join(case_reading, case_reading.c.case_id == review_case.c.case_id))
        .where(
            case_reading.c.id.in_(first),
            # who searched for this very address did not take what came: left out of what is compared with the sample
            ~sa.exists().where(
                case_found.c.case_id == case_reading.c.case_id,
                case_found.c.account == case_reading.c.account,
                case_found.c.found_at <= case_reading.c.at,
            ),
            case_reading.c.at >= datetime(since.year, since.month, 1, tzinfo=TOWN) - timedelta(days=1),
        )
    )
    for read_at, reading, arm, is_sensitive, codes in connection.execute(read):
        month = month_of(read_at.astimezone(TOWN).date())
        yield from _cells(month, (arm, is_sensitive, codes), f"reading|{reading}", 1)
    for event in events_since(connection, midnight(since)):
        month = month_of(day_of(event.happened_at))
        if event.group is None:
            yield month, f"{ALL}|{event.what}" + (_SENSITIVE if event.is_sensitive else ""), 1
        else:
            yield from _cells(month, event.group, event.what, 1, total=event.what)


def _cells(
    month: str, group: tuple[str, bool, Sequence[str] | None], what: str, count: int, *, total: str | None = None
) -> Iterator[tuple[str, str, int]]:
    """The cells that a number of cases counts in. `group`: their _GROUP. `total`: what they are among all cases."""
    arm, is_sensitive, codes = group
    cells = [f"{code}|{what}" for code in ([SAMPLE] if arm == SAMPLED else sorted(set(codes or ())))]
    for cell in [*cells, *([f"{ALL}|{total}"] if total else [])]:
        yield month, cell + (_SENSITIVE if is_sensitive else ""), count


def cumulative(months: dict[str, Counter[str]]) -> Counter[str]:
    """All months together."""
    total: Counter[str] = Counter()
    for cells in months.values():
        total.update(cells)
    if any(count < 0 for count in total.values()):
        raise StoreError("A count of the months is below 0: the store was changed by hand.")
    return total
