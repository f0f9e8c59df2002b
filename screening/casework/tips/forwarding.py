"""Giving a tip to inspectors of the municipality, on its own ground, with a receipt.

What goes is what was seen at the premises, the day and the address; never the text, nor who sent it. A person hands it
over by phone, by secure mail or on paper. No role of this program receives it here: an officer would read it before
the own judgement of a case at that address, or learn that there is one. What a partner outside the municipality gets
is a disclosure: `screening.partners.desk.tip_hand_overs`.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from screening.base.civil_time import day_of
from screening.base.errors import StoreError
from screening.base.word_lists import read_lists
from screening.casework.case_errors import or_conflict
from screening.casework.tips.sightings import TipError
from screening.casework.tips.tips import Tip, get_tip
from screening.casework.viewer import Viewer
from screening.store.engine import guarded, writing
from screening.store.schema.tips import colleague_signal, receivers, tip_forwarded, ways
from screening.store.store import Store

#: Numbers of a receipt, of which one is drawn: they fit a column of 32 bits, and are read out by telephone.
_NUMBERS, _ATTEMPTS = 999_999_999, 5
#: How a tip can be handed over.
WAYS: tuple[str, ...] = ways.info["words"]
#: Inspectors of the municipality.
TOEZICHT: str = receivers.info["words"][0]


@dataclass(frozen=True)
class TipGround:
    """On what a tip goes. `basis`: the ground; `check`: what a lawyer must still look at; `asks`: what they are asked.

    Each text in Dutch and in English. `source`: where the ground stands.
    """

    basis: tuple[str, str]
    check: tuple[str, str]
    asks: tuple[str, str]
    source: str


@dataclass(frozen=True)
class TipReceipt:
    """That a tip was handed over: to whom, on which ground in the words of then, how and when.

    `id`: drawn at random. It says nothing of how many there are, and comes back for no other tip once this one went.
    `receiver`: inspectors; of before version 0.1 also a kind of partner.
    """

    id: int
    signal_id: str
    receiver: str
    basis: str
    way: str
    handed_on: date
    forwarded_by: str
    forwarded_at: datetime

    @property
    def number(self) -> str:
        """The number by which both sides call it."""
        return f"M-{self.forwarded_at:%Y}-{self.id:05d}"


def _ground_of_inspectors() -> TipGround:
    texts = read_lists("screening.casework.tips", "inspectors.yaml")[TOEZICHT]
    pairs = {part: (texts[f"{part}_nl"], texts[f"{part}_en"]) for part in ("basis", "check", "asks")}
    return TipGround(source=texts["source"], **pairs)


INSPECTORS = _ground_of_inspectors()


def forward_tip(
    store: Store, viewer: Viewer, signal_id: str, *, way: str, handed_on: date | None, is_checked: bool, now: datetime
) -> TipReceipt:
    """Register that the contact person gave a tip to inspectors; pressed twice, it counts once. Return the receipt.

    Args:
        store: The store.
        viewer: The contact person.
        signal_id: The tip.
        way: One of WAYS.
        handed_on: The day on which it was handed over, at most as long ago as the tip is there; None: no day was given.
        is_checked: That this person looked whether the ground holds here.
        now: The moment, with a zone.

    Raises:
        TipError: a field is missing or cannot be.
        NotAllowedError: as in `get_tip`.
        ConflictError, StoreError: as in `enter_once`.
    """
    tip = get_tip(store, viewer, signal_id, now=now)
    values = {
        "signal_id": signal_id,
        "receiver": TOEZICHT,
        "basis": INSPECTORS.basis[0],
        "way": way,
        "handed_on": checked_day(tip, way=way, handed_on=handed_on, is_checked=is_checked, now=now),
        "forwarded_by": viewer.account,
        "forwarded_at": now,
    }
    same = (tip_forwarded.c[name] == values[name] for name in ("receiver", "way", "handed_on"))
    number = enter_once(store, tip_forwarded, values, *same)
    return next(receipt for receipt in receipts_of(store, [signal_id], now=now) if receipt.id == number)


def enter_once(store: Store, table: sa.Table, row: Mapping[str, object], *is_same: sa.ColumnElement[bool]) -> int:
    """Write down that a tip was handed over, and return the number; that of before where the same stands there.

    Of two people who hand it over at once the second waits for the first, and then sees what it wrote.

    Args:
        store: The store.
        table: Of receipts, or of what partners got.
        row: What is written, but for its `id`: that is drawn at random.
        is_same: Which rows of this tip say the same.

    Raises:
        ConflictError: the tip went in this very moment, or the agreement on which it goes ended.
        StoreError: each number that was drawn is taken.
    """
    tip = colleague_signal.c.signal_id
    locked = sa.select(tip).where(tip == row["signal_id"]).with_for_update()
    before = sa.select(sa.func.min(table.c.id)).where(table.c.signal_id == row["signal_id"], *is_same)
    changed = or_conflict("This signal changed just now. Nothing of yours was saved. Look again.")
    with guarded("handing a signal over"), changed, writing(store.engine) as connection:
        connection.execute(locked)
        number = connection.scalar(before)
        if number is not None:
            return int(number)
        for _ in range(_ATTEMPTS):
            drawn = secrets.randbelow(_NUMBERS) + 1
            if not connection.scalar(sa.select(sa.exists().where(table.c.id == drawn))):
                connection.execute(table.insert().values(**row, id=drawn))
                return drawn
    raise StoreError("No number of a receipt was free. Try again.")


def checked_day(tip: Tip, *, way: str, handed_on: date | None, is_checked: bool, now: datetime) -> date:
    """The day on which a tip was handed over; TipError where how, when or that the ground was looked at is missing."""
    wrong: dict[str, tuple[str, ...]] = {}
    if way not in WAYS:
        wrong["way"] = ("none",)
    if handed_on is None or not day_of(tip.received_at) <= handed_on <= day_of(now):
        wrong["handed_on"] = ("form",)
    if not is_checked:
        wrong["is_checked"] = ("none",)
    if wrong or handed_on is None:
        raise TipError(wrong)
    return handed_on


def receipts_of(store: Store, signal_ids: list[str], *, now: datetime) -> list[TipReceipt]:
    """Return the receipts of these tips that are within their term, oldest first. Who may read them asks the caller."""
    query = (
        sa.select(tip_forwarded)
        .join(colleague_signal, colleague_signal.c.signal_id == tip_forwarded.c.signal_id)
        .where(tip_forwarded.c.signal_id.in_(signal_ids), colleague_signal.c.delete_after >= day_of(now))
        .order_by(tip_forwarded.c.forwarded_at, tip_forwarded.c.id)
    )
    with guarded("reading receipts"), store.engine.connect() as connection:
        return [TipReceipt(**row._mapping) for row in connection.execute(query)]
