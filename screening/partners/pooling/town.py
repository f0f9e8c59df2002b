"""The file of this municipality: what its closed months hold, summed since the first that was counted for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from screening.base.vocabulary import ReviewOutcome
from screening.casework.figures.pooled_months import DEVIATING, READ
from screening.partners.pooling.counts import (
    SAMPLE,
    CaseCounts,
    PoolError,
    RuleCounts,
    TownCounts,
    case_counts,
    last_month,
    months_until,
)


def counts_of_months(
    months: Mapping[str, Mapping[str, Counter[str]]],
    quarter: str,
    *,
    municipality: str,
    code: str,
    agreement: str,
    processor: str,
) -> TownCounts:
    """Return the cumulative counts at the end of a quarter.

    Args:
        months: Month -> series -> what -> count, of `pooled_months`.
        quarter: Such as "2026-Q4".
        municipality: The name of this municipality.
        code: Its CBS code.
        agreement: The number of the agreement with the processor.
        processor: The sha256 of its public age key.

    Raises:
        PoolError: a month of the quarter was not closed yet.
    """
    if last_month(quarter) not in months:
        raise PoolError(f"{quarter} cannot be counted: a night after its last month closes that month. Run one first.")
    totals: dict[str, Counter[str]] = {SAMPLE: Counter()}
    for month in months_until(months, quarter):
        for series, counts in months[month].items():
            totals.setdefault(series, Counter()).update(counts)
    rules = []
    for series, counts in sorted(totals.items()):
        if series != SAMPLE:
            rule, version, parameters = series.split("|")
            rules.append(RuleCounts(code=rule, version=int(version), parameters=parameters, counts=_counts_of(counts)))
    return TownCounts(
        municipality=municipality,
        code=code,
        agreement=agreement,
        processor=processor,
        quarter=quarter,
        sample=_counts_of(totals[SAMPLE]),
        rules=tuple(rules),
    )


def _counts_of(counts: Counter[str]) -> CaseCounts:
    return case_counts({outcome: counts[outcome] for outcome in ReviewOutcome}, counts[READ], counts[DEVIATING])
