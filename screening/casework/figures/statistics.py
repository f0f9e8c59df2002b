"""Figures for the team lead: whether an indicator finds more than chance, and whether reviewers still read.

Figures about addresses come from closed months only and in tens (`small_counts.py`, `monthly_counts.py`). Figures about
the reading of colleagues are of today, since an alarm that is a month late is useless; they are coarse, and describe
work and no address.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from statistics import median

import sqlalchemy as sa

from screening.base.errors import StoreError
from screening.base.vocabulary import OwnReading, ReviewOutcome
from screening.casework.figures.month_totals import Month, month_totals
from screening.casework.figures.monthly_counts import (
    ALL,
    HANDLING_DAYS,
    SAMPLE,
    counts_by_month,
    cumulative,
    months_without_events,
)
from screening.casework.figures.small_counts import (
    FEW_PARTS,
    TOO_FEW_CASES,
    Share,
    TensRange,
    kappa,
    middle_bucket,
    needed_cases,
    rounded_to_tens,
    share,
)
from screening.casework.viewer import Viewer
from screening.store.engine import guarded
from screening.store.schema.cases import FIRST, SECOND, case_judgement, case_reading, review_case
from screening.store.schema.runs import SAMPLED
from screening.store.store import Store

HIGHER, NOT_HIGHER, UNKNOWN = "higher", "not_higher", "unknown"

#: Upper ends of the bands in which the share of judgements that follow the rule is told, per cents.
FOLLOWED_BANDS: tuple[int, ...] = (50, 75, 90, 95, 100)
#: Upper ends of the bands in which a reading time is told, seconds; the last one is open.
READING_BANDS: tuple[int, ...] = (60, 120, 300, 600)


@dataclass(frozen=True)
class StatisticsPolicy:
    """From when a figure says something. `expected` within `half_width`: what the needed number of cases follows from.

    `least`: cases for a share that is compared with nothing. The alarm (SCHUFA, C-634/21: nobody decides where the
    outcome is practically always the machine's): `alarm_share` of the last `alarm_last` judgements as the rule said, or
    a median reading time under `alarm_seconds` over the last `alarm_last` readings, of at least `alarm_readings`.
    """

    expected: float = 0.05
    half_width: float = 0.02
    least: int = 100
    alarm_share: float = 0.95
    alarm_last: int = 100
    alarm_seconds: int = 60
    alarm_readings: int = 20
    pairs: int = 50

    def __post_init__(self) -> None:
        """StoreError for terms that switch an alarm off or show a figure of nobody."""
        if not 0 < self.expected < 1 or not 0 < self.half_width < self.expected:
            raise StoreError("expected and half_width are shares, half_width the smaller one.")
        if not 0.5 <= self.alarm_share <= 1 or min(self.alarm_last, self.alarm_seconds, self.alarm_readings) < 1:
            raise StoreError("The alarm needs a share of 0.5 to 1 and whole numbers of judgements and seconds.")
        if min(self.least, self.pairs) < 10:
            raise StoreError("No figure is shown of fewer than 10 cases.")

    @property
    def needed(self) -> int:
        """Cases without which a share is not compared."""
        return needed_cases(self.expected, self.half_width)


DEFAULT_POLICY = StatisticsPolicy()


@dataclass(frozen=True)
class Group:
    """The cases of one indicator, or of the random sample (`code` "sample"), over closed months of five years.

    `reading`: the share that its first reader called a deviation before seeing any rule. `handling`: index into
    HANDLING_DAYS in which the median number of days lies. `versus_sample`: higher, not_higher or unknown.
    """

    code: str
    name_nl: str
    name_en: str
    flagged: TensRange
    homes: Share
    lapsed: TensRange
    reviewed: TensRange
    outcomes: dict[str, TensRange]
    confirmed: Share
    wrong_links: Share
    read: TensRange
    reading: Share
    handling: int | None
    versus_sample: str


@dataclass(frozen=True)
class Reviewer:
    """One reviewer. `followed`: upper end of the band of FOLLOWED_BANDS, None below `alarm_last` judgements.

    `reading`: index into READING_BANDS of the median time, None below `alarm_readings`. Two alarms, and no grade.
    """

    account: str
    judgements: TensRange
    followed: int | None
    follows_always: bool
    reading: int | None
    reads_too_fast: bool


@dataclass(frozen=True)
class Dashboard:
    """All of it. `until`: the last closed month, None before the first.

    `agreement`: kappa of the own readings of first and second readers, one decimal; None below `policy.pairs` pairs or
    where it cannot be computed. Second readers only see what a first one confirmed, so it speaks of those cases alone.
    """

    until: str | None
    policy: StatisticsPolicy
    indicators: list[Group]
    sample: Group
    months: list[Month]
    reviewers: list[Reviewer]
    agreement: float | None
    pairs: TensRange


def dashboard(store: Store, viewer: Viewer, *, now: datetime, policy: StatisticsPolicy = DEFAULT_POLICY) -> Dashboard:
    """The figures of the closed months, and of the reviewers up to now, of the cases that the viewer may see.

    StoreError on database errors.
    """
    months = counts_by_month(store, viewer, now=now)
    until = max(months, default=None)
    sample, indicators = groups_of(last_years(months, until), _names(store), policy)
    pairs = _pairs(store, viewer)
    agreement = kappa(pairs) if len(pairs) >= policy.pairs else None
    return Dashboard(
        until=until,
        policy=policy,
        indicators=indicators,
        sample=sample,
        months=month_totals(months, months_without_events(store))[-12:],
        reviewers=_reviewers(store, viewer, policy),
        agreement=None if agreement is None else round(agreement, 1),
        pairs=rounded_to_tens(len(pairs)),
    )


def last_years(months: Mapping[str, Counter[str]], until: str | None) -> Counter[str]:
    """The counts of the months up to `until`, of its year and the four before it, together; of None no month.

    Not of all years: each is told by itself too, in tens, and a sum beside many of them would say much of each.
    """
    first = f"{int(until[:4]) - FEW_PARTS + 1}-01" if until else ""
    return cumulative({month: cells for month, cells in months.items() if until and first <= month <= until})


def groups_of(
    total: Counter[str], names: Mapping[str, tuple[str, str]], policy: StatisticsPolicy = DEFAULT_POLICY
) -> tuple[Group, list[Group]]:
    """The random sample, and each indicator that has a count, by code. `names`: code -> its names, nl and en."""
    sample = _group(SAMPLE, ("", ""), total, policy, None)
    codes = sorted({cell.split("|")[0] for cell in total} - {SAMPLE, ALL})
    return sample, [_group(code, names.get(code, (code, code)), total, policy, sample) for code in codes]


def _group(
    code: str, names: tuple[str, str], total: Counter[str], policy: StatisticsPolicy, sample: Group | None
) -> Group:
    outcomes = {str(outcome): total[f"{code}|outcome|{outcome}"] for outcome in ReviewOutcome}
    readings = {str(reading): total[f"{code}|reading|{reading}"] for reading in OwnReading}
    homes, others = total[f"{code}|opened|home"], total[f"{code}|opened|other"]
    reviewed, read = sum(outcomes.values()), sum(readings.values())
    reading = share(readings[OwnReading.AFWIJKING], read, needed=policy.needed)
    return Group(
        code=code,
        name_nl=names[0],
        name_en=names[1],
        flagged=rounded_to_tens(homes + others),
        homes=share(homes, homes + others, needed=policy.least),
        lapsed=rounded_to_tens(total[f"{code}|lapsed"]),
        reviewed=rounded_to_tens(reviewed),
        outcomes={outcome: rounded_to_tens(count) for outcome, count in outcomes.items()},
        confirmed=share(outcomes[ReviewOutcome.BEVESTIGD_AFWIJKING], reviewed, needed=policy.needed),
        wrong_links=share(outcomes[ReviewOutcome.ONJUISTE_KOPPELING], reviewed, needed=policy.least),
        read=rounded_to_tens(read),
        reading=reading,
        handling=middle_bucket([total[f"{code}|days|{index}"] for index in range(len(HANDLING_DAYS) + 1)]),
        versus_sample=_versus(reading, sample),
    )


def _versus(reading: Share, sample: Group | None) -> str:
    """Whether the own readings call more of these addresses a deviation than of the sample's, intervals apart."""
    if sample is None or TOO_FEW_CASES in (reading.state, sample.reading.state):
        return UNKNOWN
    return HIGHER if (reading.low or 0) > (sample.reading.high or 0) else NOT_HIGHER


def _names(store: Store) -> dict[str, tuple[str, str]]:
    """Indicator code -> its names in the last published run."""
    last = store.last_published()
    if last is None:
        return {}
    declared = store.declarations(last.run_id)
    return {
        code: (str(declaration.get("name_nl", code)), str(declaration.get("name_en", code)))
        for code, declaration in declared.items()
    }


def _pairs(store: Store, viewer: Viewer) -> list[tuple[str, str]]:
    """The own readings of the first and the second officer of a round, made without knowing of each other."""
    first_judgement, second_judgement = case_judgement.alias(), case_judgement.alias()
    first, second = case_reading.alias(), case_reading.alias()
    query = (
        sa.select(first.c.reading, second.c.reading)
        .select_from(first_judgement)
        .join(
            second_judgement,
            sa.and_(
                second_judgement.c.case_id == first_judgement.c.case_id,
                second_judgement.c.round == first_judgement.c.round,
                second_judgement.c.role == SECOND,
            ),
        )
        .join(
            first, sa.and_(first.c.case_id == first_judgement.c.case_id, first.c.account == first_judgement.c.judged_by)
        )
        .join(
            second,
            sa.and_(second.c.case_id == second_judgement.c.case_id, second.c.account == second_judgement.c.judged_by),
        )
        .join(review_case, review_case.c.case_id == first_judgement.c.case_id)
        .where(first_judgement.c.role == FIRST, viewer.may_see(review_case.c.sensitive))
        .order_by(second_judgement.c.id)
    )
    with guarded("reading pairs of readings"), store.engine.connect() as connection:
        return [(left, right) for left, right in connection.execute(query)]


def _reviewers(store: Store, viewer: Viewer, policy: StatisticsPolicy) -> list[Reviewer]:
    """By account name: an order that says nothing of anybody's work."""
    judged = (
        sa.select(case_judgement.c.judged_by, case_judgement.c.outcome, review_case.c.arm)
        .join(review_case, review_case.c.case_id == case_judgement.c.case_id)
        .where(viewer.may_see(review_case.c.sensitive))
        .order_by(case_judgement.c.id)
    )
    read = (
        sa.select(case_reading.c.account, case_reading.c.opened_at, case_reading.c.at)
        .join(review_case, review_case.c.case_id == case_reading.c.case_id)
        .where(viewer.may_see(review_case.c.sensitive))
        .order_by(case_reading.c.id)
    )
    follows: dict[str, list[bool]] = {}
    seconds: dict[str, list[float]] = {}
    with guarded("reading the work of reviewers"), store.engine.connect() as connection:
        for account, outcome, arm in connection.execute(judged):
            # the rule said "look" of a flagged address and nothing of a drawn one
            confirms = outcome == ReviewOutcome.BEVESTIGD_AFWIJKING
            follows.setdefault(account, []).append(confirms != (arm == SAMPLED))
        for account, opened_at, read_at in connection.execute(read):
            seconds.setdefault(account, []).append((read_at - opened_at).total_seconds())
    return [
        _reviewer(account, follows.get(account, []), seconds.get(account, []), policy)
        for account in sorted(follows.keys() | seconds.keys())
    ]


def _reviewer(account: str, follows: list[bool], seconds: list[float], policy: StatisticsPolicy) -> Reviewer:
    last, times = follows[-policy.alarm_last :], seconds[-policy.alarm_last :]
    part = sum(last) / len(last) if len(last) == policy.alarm_last else None
    time = median(times) if len(times) >= policy.alarm_readings else None
    return Reviewer(
        account=account,
        judgements=rounded_to_tens(len(follows)),
        followed=None if part is None else next(end for end in FOLLOWED_BANDS if 100 * part < end or end == 100),
        follows_always=part is not None and part >= policy.alarm_share,
        reading=None
        if time is None
        else next((index for index, end in enumerate(READING_BANDS) if time < end), len(READING_BANDS)),
        reads_too_fast=time is not None and time < policy.alarm_seconds,
    )
