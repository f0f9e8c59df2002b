"""What the processor gives back: for each version of a rule its sums in tens, and how it compares with the draw."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictInt, StringConstraints

from screening.base.vocabulary import ReviewOutcome
from screening.casework.figures.small_counts import rounded_to_tens
from screening.partners.pooling.blocks import CountBlock, blocks_by_series, total_of
from screening.partners.pooling.comparison import difference
from screening.partners.pooling.counts import QUARTER, SAMPLE, PoolError, TownCounts
from screening.partners.signal.canonical import canonical

HIGHER, LOWER, UNKNOWN = "higher", "lower", "unknown"

_Tens = Annotated[StrictInt, Field(ge=0, multiple_of=10)]
_Percent = Annotated[StrictInt, Field(ge=-100, le=100)]


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PooledDifference(_Frozen):
    """How much more often a first reader called a flagged case a deviation than a drawn one: per cents of the cases.

    `low`, `high`: the interval that may be looked at each quarter, rounded outwards.
    """

    low: _Percent
    high: _Percent

    @property
    def verdict(self) -> str:
        """Higher, lower, or unknown as long as nothing can be said."""
        if self.low > 0:
            return HIGHER
        return LOWER if self.high < 0 else UNKNOWN


class PooledRule(_Frozen):
    """A version of a rule in all municipalities that sent it. Counts are tens: 30 is 30 to 39, 0 is fewer than ten.

    `difference`: None for the draw itself, and where no municipality had both kinds of cases.
    """

    series: Annotated[str, Field(pattern=r"^[A-Z0-9.a-z|-]{1,60}$")]
    decided: _Tens
    outcomes: Mapping[ReviewOutcome, _Tens]
    read: _Tens
    deviating: _Tens
    difference: PooledDifference | None = None

    @property
    def code(self) -> str:
        """The code of the rule, or "sample"."""
        return self.series.partition("|")[0]

    @property
    def version(self) -> str:
        """The version of the rule; empty for the draw."""
        return self.series.partition("|")[2].partition("|")[0]


class PooledResult(_Frozen):
    """The result of a quarter. `rules`: by series; one that has no block yet is not in it."""

    format: Literal["barrier-pool-result/1"] = "barrier-pool-result/1"
    processor: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    quarter: Annotated[str, Field(pattern=rf"^{QUARTER}$")]
    rules: tuple[PooledRule, ...]

    def content(self) -> bytes:
        """The bytes that the processor signs."""
        return canonical(self)


def make_result(quarters: Mapping[str, Sequence[TownCounts]], quarter: str, processor: str) -> PooledResult:
    """Return the result of a quarter from the files of it and all before it. The same files give the same bytes."""
    until = {name: files for name, files in quarters.items() if name <= quarter}
    rules = [_rule(series, blocks) for series, blocks in sorted(blocks_by_series(until).items())]
    return PooledResult(processor=processor, quarter=quarter, rules=tuple(rules))


def read_result(content: bytes) -> PooledResult:
    """Read a result. PoolError: it is none, or not written as this programme writes it."""
    try:
        result = PooledResult.model_validate(json.loads(content))
    except ValueError:
        raise PoolError("This is no result of the processor.") from None
    if result.content() != content:
        raise PoolError("The result is not written as this programme writes it. Ask for it again.")
    return result


def _rule(series: str, blocks: Sequence[CountBlock]) -> PooledRule:
    total = total_of(blocks)
    compared = None if series == SAMPLE else difference(blocks)
    interval = None
    if compared is not None:
        interval = PooledDifference(low=math.floor(100 * compared.low), high=math.ceil(100 * compared.high))
    return PooledRule(
        series=series,
        decided=rounded_to_tens(total.decided).low,
        outcomes={outcome: rounded_to_tens(total.of(outcome)).low for outcome in ReviewOutcome},
        read=rounded_to_tens(total.read).low,
        deviating=rounded_to_tens(total.deviating).low,
        difference=interval,
    )
