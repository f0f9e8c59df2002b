"""The last two nights: what is seen otherwise in both of them, on good deliveries, is no accident of one delivery.

A case ends, a signal is called back and what follows from it is erased only when two nights agree. Two runs for one
date are one night.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import polars as pl
import sqlalchemy as sa

from screening.base.frames import Row
from screening.store.engine import guarded
from screening.store.runs.erased import erased_says
from screening.store.runs.verify import read_identities
from screening.store.schema.runs import flag
from screening.store.store import PublishedRun, Store
from screening.store.workspace import Workspace

#: Kinds of "not run" (of a run's summary) that say nothing of an address: the register was not there, or in doubt. A
#: rule that was stopped or is not configured any more takes its flags with it.
_NOTHING_SEEN = frozenset({"no_source", "stale_source", "lacks_column", "suspect_source"})

#: The register of addresses: every flag rests on it, whatever its rule reads.
_PLACES = "bag_adressen"

#: So many nights back it is looked what a register said that was missing or in doubt since.
_NIGHTS_BACK = 31


@dataclass(frozen=True)
class PublishedNight:
    """What one published run can say.

    `good`: the registers that came in and were not doubted. `doubted`: those that were missing, old or suspect. `ran`:
    codes of the rules that ran. `unseen`: codes of the rules of which it says nothing. `is_placed`: whether the
    register of addresses was good; without it no flag that is gone says anything.
    """

    run: PublishedRun
    good: frozenset[str]
    doubted: frozenset[str]
    ran: frozenset[str]
    unseen: frozenset[str]

    @property
    def is_placed(self) -> bool:
        """Whether the register of addresses, on which every flag rests, was good."""
        return _PLACES not in self.doubted


def last_two_nights(store: Store) -> tuple[PublishedNight, PublishedNight] | tuple[PublishedNight] | tuple[()]:
    """Return the last night and the night before it, as far as they were published. Raises StoreError."""
    last = store.last_published()
    if last is None:
        return ()
    before = store.last_published(before=last.as_of)
    return (_night(store, last),) if before is None else (_night(store, last), _night(store, before))


def flagged_since(store: Store, run_id: str | None) -> pl.DataFrame:
    """Say since when each address is flagged without a gap, up to a run (FIRST_FLAGGED); None: there is no run.

    A night that says nothing of the rules that flagged an address is no gap: their register was missing, old or
    suspect. More than a month of such nights is one.
    """
    dates = store.first_flagged(run_id)
    if run_id is None:
        return dates
    return _with_unseen(store, store.require(run_id), _NIGHTS_BACK).select(dates.columns)


def _with_unseen(store: Store, run: PublishedRun, nights_back: int) -> pl.DataFrame:
    columns = ["address_id", "first_flagged", "sensitive", "indicator_codes"]
    flags, night = store.flags(run.run_id).select(columns), _night(store, run)
    before = store.last_published(before=run.as_of) if night.doubted and nights_back else None
    if before is None:
        return flags
    is_unseen = pl.col("indicator_codes").list.eval(pl.element().is_in(sorted(night.unseen))).list.any()
    earlier = _with_unseen(store, before, nights_back - 1).filter(is_unseen | pl.lit(not night.is_placed))
    return pl.concat([flags, earlier.join(flags, on="address_id", how="anti")])


def identities_since(store: Store, workspace: Workspace, run_id: str | None) -> pl.DataFrame:
    """Say which party id each fingerprint had last (IDENTITIES), up to a run; empty for None (there is no run).

    Of a register that was missing, old or suspect in that run the ids are those of the last night that saw it.
    """
    carried = read_identities(store, workspace, run_id)
    run = None if run_id is None else store.require(run_id)
    unseen = frozenset() if run is None else _doubted(store.summary(run.run_id))
    for _ in range(_NIGHTS_BACK):
        run = store.last_published(before=run.as_of) if run and unseen else None
        if run is None or erased_says(store, run.run_id):
            break
        doubted = _doubted(store.summary(run.run_id))
        if not unseen <= doubted:
            earlier = read_identities(store, workspace, run.run_id)
            carried = pl.concat([carried, earlier.join(carried, on="fingerprint", how="anti")])
            unseen &= doubted
    return carried


def last_run_with(store: Store, register: str, run_id: str | None) -> str | None:
    """Find the last run, up to this one, that used a delivery of a register; None: none of the last month did."""
    run = None if run_id is None else store.require(run_id)
    for _ in range(_NIGHTS_BACK):
        if run is None or erased_says(store, run.run_id):
            return None
        summary = store.summary(run.run_id)
        is_there = any(source["dataset"] == register for source in _rows(summary.get("inputs")))
        if is_there and register not in _suspect(summary, or_replaced=False):
            return run.run_id
        run = store.last_published(before=run.as_of)
    return None


def count_flag_changes(store: Store, run_id: str, previous: str | None) -> tuple[int, int]:
    """Count the addresses that a run flags and the run before it does not, and the reverse."""
    with guarded("counting flags"), store.engine.connect() as connection:

        def count_without(of_run: str, other: str | None) -> int:
            both = flag.alias()
            is_in_other = sa.exists().where(both.c.run_id == other, both.c.address_id == flag.c.address_id)
            query = sa.select(sa.func.count()).select_from(flag).where(flag.c.run_id == of_run, ~is_in_other)
            return connection.execute(query).scalar_one()

        return count_without(run_id, previous), count_without(previous, run_id) if previous else 0


def last_summaries(store: Store, nights: int) -> list[Row]:
    """Return the documents of the last nights, oldest first; of two runs for one date that which was published last."""
    of_night = {run.as_of: run.run_id for run in store.runs()}
    return [store.summary(of_night[as_of]) for as_of in sorted(of_night)[-nights:]]


def _night(store: Store, run: PublishedRun) -> PublishedNight:
    summary = store.summary(run.run_id)
    inputs = {str(source["dataset"]) for source in _rows(summary.get("inputs"))}
    doubted = _doubted(summary)
    rules = summary.get("indicators")
    rules = rules if isinstance(rules, Mapping) else {}
    not_run = {str(rule["code"]) for rule in _rows(rules.get("not_run")) if rule.get("kind") in _NOTHING_SEEN}
    on_doubted = {
        code
        for code, declaration in store.declarations(run.run_id).items()
        if doubted & _tables(declaration.get("inputs"))
    }
    return PublishedNight(
        run=run,
        good=frozenset(inputs - doubted),
        doubted=doubted,
        ran=frozenset(str(rule["code"] if isinstance(rule, Mapping) else rule) for rule in _listed(rules.get("run"))),
        unseen=frozenset(not_run | on_doubted),
    )


def _doubted(summary: Mapping[str, object]) -> frozenset[str]:
    """Registers that were not there, and those whose delivery got another verdict than good."""
    absent = {str(source["dataset"]) for source in _rows(summary.get("unavailable"))}
    return _suspect(summary) | absent


def _suspect(summary: Mapping[str, object], *, or_replaced: bool = True) -> frozenset[str]:
    """Registers whose delivery was suspect. `or_replaced`: also where the last good one was used in its place."""
    deliveries = summary.get("deliveries")
    deliveries = deliveries if isinstance(deliveries, Mapping) else {}
    return frozenset(
        str(register)
        for register, delivery in deliveries.items()
        if isinstance(delivery, Mapping) and delivery.get("verdict", "good") != "good"
        if or_replaced or "used" not in delivery
    )


def _listed(value: object) -> Collection[object]:
    return value if isinstance(value, list) else []


def _rows(value: object) -> Iterable[Mapping[str, object]]:
    return [row for row in _listed(value) if isinstance(row, Mapping)]


def _tables(inputs: object) -> frozenset[str]:
    return frozenset(map(str, inputs)) if isinstance(inputs, Mapping | list) else frozenset()
