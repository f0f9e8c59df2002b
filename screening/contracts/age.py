"""How old a delivery is: what a supplier or the register says, never the date of a file. A copy is young."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import polars as pl

from screening.base.datasets import DataSet


class AgeBasis(StrEnum):
    """What tells the age of a delivery, the surest first."""

    MANIFEST = "manifest"
    SOURCE = "source"  # the register's own reference date
    ACCEPTANCE = "acceptance"  # the date that a person gave
    NEWEST_DATE = "newest_date"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Reference:
    """The date for which a delivery holds, and what tells it."""

    day: date | None
    basis: AgeBasis

    def age_days(self, as_of: date) -> int | None:
        """Days until `as_of`, 0 where it holds for a later date; None where nothing tells it."""
        return None if self.day is None else max(0, (as_of - self.day).days)


def reference_date(
    *,
    manifests: Iterable[date] = (),
    source: Iterable[date] = (),
    accepted_for: date | None = None,
    newest: date | None = None,
) -> Reference:
    """The date for which a delivery holds; of several files the newest, since later rows replace earlier ones.

    Args:
        manifests: `as_of` of the manifests that decide about the delivery.
        source: The reference dates that its files hold.
        accepted_for: The date that a person gave who accepted it.
        newest: See `newest_date`.
    """
    candidates = (
        (max(manifests, default=None), AgeBasis.MANIFEST),
        (max(source, default=None), AgeBasis.SOURCE),
        (accepted_for, AgeBasis.ACCEPTANCE),
        (newest, AgeBasis.NEWEST_DATE),
    )
    return next((Reference(day, basis) for day, basis in candidates if day), Reference(None, AgeBasis.UNKNOWN))


def newest_date(accepted: pl.DataFrame, about: DataSet, as_of: date) -> date | None:
    """The newest date not after `as_of` in the columns of `freshness`; None where the contract marks none."""
    days = [
        accepted.select(day.filter(day <= as_of).max()).item()
        for day in (pl.col(name).cast(pl.Date) for name in about.freshness)
    ]
    return max((day for day in days if day is not None), default=None)
