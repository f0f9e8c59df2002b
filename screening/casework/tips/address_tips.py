"""Tips that are kept for their address: what an officer reads there after the own judgement, whoever opens the case.

The contact person keeps a tip for its address without knowing whether there is a case. It is read in the case of that
house, if there is one or comes one, within the term of the tip. Nothing of it is an indicator.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from screening.casework.tips.sightings import OBSERVATIONS, House, Sighting, houses_in
from screening.casework.tips.tips import Tip, tips_where
from screening.store.schema.tips import colleague_signal
from screening.store.store import Store


@dataclass(frozen=True)
class DossierTip:
    """A tip as the officer of a dossier sees it: the sighting, its day and the address as typed, without the sender.

    `number_only`: the house number where no addition was typed: the tip is read at every address with that number.
    """

    signal_id: str
    seen_on: date
    address: str
    number_only: int | None
    observations: tuple[str, ...]
    text: str

    def words(self, language: str) -> list[str]:
        """The observations as a reader reads them, `nl` or `en`."""
        return [OBSERVATIONS[code][1 if language == "en" else 0] for code in self.observations]


def dossier_tips(store: Store, address: str, *, now: datetime, until: datetime | None = None) -> list[DossierTip]:
    """The tips that are kept for an address, oldest sighting first: context, in both arms and in each of its cases.

    Args:
        store: The store.
        address: The line of the register.
        now: The moment, with a zone.
        until: The moment at which the case ended that is read. What was kept later is of a later case, which may wait
            for a judgement.
    """
    tips = [tip for tip in tips_about(store, houses_in(address), now=now) if is_at(tip.seen, address)]
    return [
        DossierTip(
            tip.signal_id,
            tip.seen.seen_on,
            tip.seen.address,
            None if tip.seen.addition else tip.seen.house_number,
            tip.seen.observations,
            tip.seen.text,
        )
        for tip in sorted(tips, key=lambda tip: (tip.seen.seen_on, tip.received_at))
        if tip.is_at_address and (until is None or (tip.decided_at is not None and tip.decided_at <= until))
    ]


def tips_about(store: Store, houses: Collection[House], *, now: datetime) -> list[Tip]:
    """Every tip that names one of these houses, oldest first.

    For whoever asks what is known of an address: a tip that is kept for nothing is known as well.
    """
    if not houses:
        return []
    named = colleague_signal.c.postcode, colleague_signal.c.house_number
    at_house = [sa.and_(*(column == value for column, value in zip(named, house, strict=True))) for house in houses]
    return tips_where(store, sa.or_(*at_house), now=now)


def is_at(seen: Sighting, address: str) -> bool:
    """Whether a sighting can be of an address of a register, in one line.

    Postcode and number are the same; and a letter or addition that was typed is the one of the line. A colleague seldom
    writes one, so without it every object with this number fits: the officer reads that it was left out.
    """
    if seen.house not in houses_in(address):
        return False
    typed = _letters_and_digits(seen.addition)
    street = address.rpartition(",")[0]
    additions = re.findall(rf"(?<!\d){seen.house_number}(?!\d)([^,]*)", street)
    return not typed or typed in {_letters_and_digits(addition) for addition in additions}


def _letters_and_digits(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())
