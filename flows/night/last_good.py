"""The last good delivery of a register as it was read, for a night in which the delivery that came is suspect."""

from __future__ import annotations

from datetime import date

from flows.configuration import Configuration
from flows.desk import Desk
from flows.night.gate import Delivered
from flows.night.staging import Night
from screening.base.frames import Row
from screening.sources import HandedOver
from screening.store.deliveries import JudgedDelivery, baselines
from screening.store.kept_deliveries import erase_old_deliveries, keep_delivery, kept_delivery


def kept_days(settings: Configuration) -> dict[str, int]:
    """Register -> days for which its last good delivery is kept, of those that use it."""
    tables = settings.sources.items()
    return {name: table.last_good_days for name, table in tables if table.when_suspect == "last_good"}


def keep_if_used(night: Night, desk: Desk, about: Row, delivered: Delivered) -> None:
    """Keep a good delivery as it was read, encrypted, where the configuration uses it in place of a suspect one."""
    register = delivered.table.dataset
    if register in kept_days(desk.configuration):
        paths = HandedOver.paths_of(register, night.folder)
        keep_delivery(desk.workspace, register, delivered.digest, paths, about)


def use_last_good(night: Night, desk: Desk, delivered: Delivered) -> tuple[Row, JudgedDelivery] | None:
    """Take the last good delivery in place of one that is suspect.

    Returns:
        What was read of it, as a stage hands it over, and how it was judged; None where it is not kept (any more).
    """
    register, days = delivered.table.dataset, kept_days(desk.configuration)
    if register not in days:
        return None
    last = baselines(desk.store, register, delivered.digest, desk.configuration.as_of).last
    if last is None:
        return None
    paths = HandedOver.paths_of(register, night.folder)
    about = kept_delivery(desk.workspace, register, last.delivery_sha256, paths, days[register])
    return None if about is None else (about, last)


def erase_past_term(desk: Desk) -> int:
    """Erase what is kept of deliveries past its term; how many."""
    settings = desk.configuration
    return erase_old_deliveries(desk.workspace, kept_days(settings), settings.terms.deliveries_days)


def used(last: JudgedDelivery, as_of: date) -> Row:
    """What run.json says of the delivery that was used in place of a suspect one."""
    return {"delivery_sha256": last.delivery_sha256, "as_of": last.as_of.isoformat(), "days": (as_of - last.as_of).days}
