"""How long each kind of data stays, and within which bounds a municipality may choose."""

from __future__ import annotations

from dataclasses import dataclass, fields

from screening.base.errors import StoreError

#: Half a year and five years (domain reference 3.6).
HALF_YEAR, FIVE_YEARS = 183, 1826


@dataclass(frozen=True)
class Terms:
    """How long each kind of data stays. Days, and for run data the number of full loads.

    Defaults: domain reference 3.6. A municipality that keeps less says so; that it keeps more needs a reason.
    """

    runs_kept: int = 2
    unconfirmed_days: int = HALF_YEAR
    confirmed_days: int = FIVE_YEARS
    visit_photos_days: int = HALF_YEAR
    links_days: int = HALF_YEAR
    colleague_signals_days: int = HALF_YEAR
    batch_files_days: int = 30
    disclosures_days: int = FIVE_YEARS
    objections_days: int = FIVE_YEARS
    sessions_days: int = 30
    accounts_days: int = FIVE_YEARS
    access_log_days: int = FIVE_YEARS
    logboek_days: int = FIVE_YEARS
    snapshot_days: int = 90
    backup_days: int = 35
    deliveries_days: int = 7

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            least = {"runs_kept": 2, "snapshot_days": 0}.get(field.name, 1)
            if not isinstance(value, int) or isinstance(value, bool) or value < least:
                raise StoreError(f"{field.name} must be a whole number, {least} or more.")
        if self.deliveries_days > Terms.deliveries_days:
            raise StoreError(
                f"deliveries_days is {Terms.deliveries_days} at most: a raw delivery holds what no run needs."
            )
        if self.access_log_days < FIVE_YEARS:
            raise StoreError(f"access_log_days is {FIVE_YEARS} at least: until then somebody may ask who looked.")
