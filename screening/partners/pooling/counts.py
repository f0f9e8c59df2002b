"""The exact counts that a municipality sends to the processor: cumulative, by version and parameters of a rule."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StrictInt, StringConstraints, ValidationError, model_validator

from screening.base.errors import BarrierError
from screening.base.extensions import NAMESPACE
from screening.base.vocabulary import ExitCode, ReviewOutcome
from screening.partners.signal.canonical import canonical

#: The series of the cases that were drawn at random.
SAMPLE = "sample"
#: A quarter as "2026-Q4"; in this form quarters stand in order.
QUARTER = r"[0-9]{4}-Q[1-4]"
#: What a file holds at most: thousands of versions of rules.
MAX_BYTES = 4_000_000

Count = Annotated[StrictInt, Field(ge=0, le=10_000_000)]
_Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class PoolError(BarrierError):
    """Counts or a result that cannot be taken, or cannot be made yet (exit code 3)."""

    exit_code = ExitCode.CONTRACT_STOP


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CaseCounts(_Frozen):
    """Counts of cases that were decided.

    `outcomes`: every case once, by what people decided. `read`: those whose first reader read the records before any
    rule was shown, and had not searched for the address. `deviating`: those that this reader called a deviation.
    """

    outcomes: Mapping[ReviewOutcome, Count]
    read: Count
    deviating: Count

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if not self.deviating <= self.read <= self.decided:
            raise ValueError("more was read than decided, or more called a deviation than read")
        return self

    @property
    def decided(self) -> int:
        """All cases."""
        return sum(self.outcomes.values())

    def of(self, outcome: ReviewOutcome) -> int:
        """The cases with this outcome."""
        return self.outcomes.get(outcome, 0)

    def plus(self, other: CaseCounts) -> CaseCounts:
        """Both together."""
        return case_counts(
            {outcome: self.of(outcome) + other.of(outcome) for outcome in ReviewOutcome},
            self.read + other.read,
            self.deviating + other.deviating,
        )

    def since(self, earlier: CaseCounts) -> CaseCounts:
        """What came after `earlier`. PoolError: a count fell, or what came does not add up."""
        counts = {outcome: self.of(outcome) - earlier.of(outcome) for outcome in ReviewOutcome}
        try:
            return case_counts(counts, self.read - earlier.read, self.deviating - earlier.deviating)
        except ValidationError:
            raise PoolError("A count is lower than it was. Cumulative counts only grow.") from None


def case_counts(outcomes: Mapping[ReviewOutcome, int], read: int, deviating: int) -> CaseCounts:
    """Make such counts. ValidationError: the counts do not add up."""
    return CaseCounts(
        outcomes={name: count for name, count in outcomes.items() if count}, read=read, deviating=deviating
    )


NOTHING = case_counts({}, 0, 0)


class RuleCounts(_Frozen):
    """The counts of one version of a rule under the parameters that were in force. `parameters`: their hash."""

    code: Annotated[str, Field(pattern=rf"^({NAMESPACE}\.)?[A-Z]{{3}}-[0-9]{{2}}$")]
    version: Annotated[StrictInt, Field(ge=1, le=9_999)]
    parameters: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
    counts: CaseCounts

    @property
    def series(self) -> str:
        """The name of what is counted together over municipalities, such as "LIC-02|2|0123456789abcdef"."""
        return f"{self.code}|{self.version}|{self.parameters}"


class TownCounts(_Frozen):
    """The file of a municipality: everything from the first month that was counted up to the end of a quarter.

    `processor`: the sha256 of its public age key, so that a copy for somebody else is refused there.
    """

    format: Literal["barrier-pool-counts/1"] = "barrier-pool-counts/1"
    municipality: _Name
    code: Annotated[str, Field(pattern=r"^[0-9]{4}$")]
    agreement: _Name
    processor: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    quarter: Annotated[str, Field(pattern=rf"^{QUARTER}$")]
    sample: CaseCounts
    rules: tuple[RuleCounts, ...]

    @model_validator(mode="after")
    def _names_each_once(self) -> Self:
        if len(self.by_series()) != len(self.rules) + 1:
            raise ValueError("a version of a rule stands in it twice")
        return self

    def by_series(self) -> dict[str, CaseCounts]:
        """Series -> counts, SAMPLE included."""
        return {SAMPLE: self.sample} | {rule.series: rule.counts for rule in self.rules}

    def content(self) -> bytes:
        """The bytes that a person signs: the same counts give the same bytes."""
        return canonical(self)


def read_counts(content: bytes) -> TownCounts:
    """Read the file of a municipality. PoolError: it is none, or not written as this programme writes it."""
    try:
        if len(content) > MAX_BYTES:
            raise ValueError
        counts = TownCounts.model_validate(json.loads(content))
    except ValueError:  # what is no JSON and what is no such file
        raise PoolError("This is no file of counts, or its counts do not add up.") from None
    if counts.content() != content:
        raise PoolError("The file is not written as this programme writes it. Have it made again.")
    return counts


def require_growth(earlier: TownCounts, later: TownCounts) -> None:
    """PoolError where a count of a municipality fell or a rule went missing: cumulative counts only grow."""
    now = later.by_series()
    for series, counts in earlier.by_series().items():
        now.get(series, NOTHING).since(counts)


def checked_quarter(text: str) -> str:
    """A quarter as it is written. PoolError: it is none."""
    if not re.fullmatch(QUARTER, text):
        raise PoolError(f"{text!r} is no quarter: write it as 2026-Q4.")
    return text


def last_month(quarter: str) -> str:
    """The month that ends a quarter: "2026-12" of "2026-Q4"."""
    return f"{quarter[:4]}-{3 * int(quarter[-1]):02d}"


def months_until(months: Iterable[str], quarter: str) -> list[str]:
    """Those of these months that are over when the quarter is, in order."""
    return sorted(month for month in months if month <= last_month(quarter))
