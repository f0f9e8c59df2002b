"""When weights, frequencies and blocks are estimated anew, and when a night is held against one that compares all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from screening.base.datasets import datasets
from screening.base.frames import Row
from screening.matching.parties.licence_holders import holder_columns

#: On so manieth night all records are compared, and the night is held against that.
CHECKED_EVERY = 10


class WhyEstimated(StrEnum):
    """Why a night estimates the weights and compares all records."""

    FIRST = "first"  # no night before it kept what it takes
    VERSION = "version"  # another version of the program may compare otherwise
    ASKED = "asked"  # the configuration wants none from before a date
    TERM = "term"
    DRIFT = "drift"


@dataclass(frozen=True)
class EstimationRule:
    """`every_days`, `drift` (share of rows) and `anew_from`, as `[matching]` of the configuration gives them."""

    every_days: int
    drift: float
    anew_from: date | None = None


@dataclass(frozen=True)
class NightFacts:
    """What the rule asks of a night: its date, the version of the program, accepted rows by data set."""

    as_of: date
    code_version: str
    rows: Mapping[str, int]

    @property
    def party_rows(self) -> dict[str, int]:
        """The rows of the registers that name parties."""
        naming = {name for name, register in datasets().items() if register.parties} | set(holder_columns())
        return {name: count for name, count in sorted(self.rows.items()) if name in naming}


def plan_night(last: Row | None, tonight: NightFacts, rule: EstimationRule) -> Row:
    """What the run's document says of its linking, `linking` there.

    `why`: WhyEstimated, None where the model stays. `estimated_in` (run, None = this one), `estimated_on`,
    `code_version`, `rows`: of the estimation that holds. `registers`: that name parties, of this night. `nights`: since
    all were compared. `is_checked`: this night compares all as well.

    Args:
        last: the same of the last night; None where it kept nothing.
        tonight: facts of this night.
        rule: what the configuration says.
    """
    why = _why_estimate(last, tonight, rule)
    if last is None or why:
        return {
            "why": str(why),
            "estimated_in": None,
            "estimated_on": tonight.as_of.isoformat(),
            "code_version": tonight.code_version,
            "rows": tonight.party_rows,
            "registers": list(tonight.party_rows),
            "nights": 0,
            "is_checked": False,
        }
    is_checked = last["nights"] + 1 >= CHECKED_EVERY
    nights = 0 if is_checked else last["nights"] + 1
    kept = ("estimated_in", "estimated_on", "code_version", "rows")
    return {
        **{name: last[name] for name in kept},
        "why": None,
        "registers": list(tonight.party_rows),
        "nights": nights,
        "is_checked": is_checked,
    }


def _why_estimate(last: Row | None, tonight: NightFacts, rule: EstimationRule) -> WhyEstimated | None:
    if last is None:
        return WhyEstimated.FIRST
    if last["code_version"] != tonight.code_version:
        return WhyEstimated.VERSION
    estimated_on = date.fromisoformat(last["estimated_on"])
    if rule.anew_from and estimated_on < rule.anew_from <= tonight.as_of:
        return WhyEstimated.ASKED
    if tonight.as_of >= estimated_on + timedelta(days=rule.every_days):
        return WhyEstimated.TERM
    now, then = tonight.party_rows, last["rows"]
    # names that no register of the last night held were not kept, so how often they occur must be counted again
    returned = not set(now) <= set(last.get("registers", ()))
    # a register that is missing tonight teaches nothing better; one that was not there then does
    if returned or any(name not in then or abs(now[name] - then[name]) > rule.drift * then[name] for name in now):
        return WhyEstimated.DRIFT
    return None
