"""What all ordinary records need: free addresses, rates, companies with their people, permits, managers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from screening.base.word_lists import read_lists
from screening.synthetic.planted_patterns import PlantedPatterns
from screening.synthetic.records import SyntheticRecords

PER = 8_000
#: How many of each, per 8,000 addresses.
RATES: dict[str, int] = read_lists("screening.synthetic.background", "rates.yaml")
BUSINESS_LINES = ("winkel", "kapper", "bouw", "advies", "vervoer", "vastgoed", "uitzend")


@dataclass
class Holders:
    """Who holds licences, and where: by address a company and the person in charge, or one of both."""

    addresses: np.ndarray
    company: np.ndarray | None
    person: np.ndarray | None

    def __len__(self) -> int:
        return len(self.addresses)

    def pick(self, chosen: np.ndarray) -> Holders:
        """Those at these places in the order, or under this mask."""
        parts = (None if part is None else part[chosen] for part in (self.company, self.person))
        return Holders(self.addresses[chosen], *parts)


class InitialRegisters:
    """The book, and the addresses that the planted cases left."""

    def __init__(
        self, book: SyntheticRecords, scene: PlantedPatterns, rng: np.random.Generator, addresses: int
    ) -> None:
        self.book = book
        self.rng = rng
        self.scale = addresses / PER
        self.pools = {kind: scene.remaining(kind) for kind in ("venue", "lodging", "office", "shop", "home")}
        #: Homes in buildings of several.
        town = book.town
        self.flats = rng.permutation(np.flatnonzero(town.usable & ~town.single & (town.function == "woonfunctie")))
        #: No report of business type and no inspection "in bedrijf" may fall here.
        self.quiet: list[np.ndarray] = []
        #: Where a permit to let by the room is held: few reports only.
        self.let: list[np.ndarray] = []
        #: Licensed and in use.
        self.open: list[np.ndarray] = []

    def count(self, rate: str) -> int:
        """How many of this rate for this size; at least one."""
        return max(1, round(RATES[rate] * self.scale))

    def take(self, kind: str, number: int) -> np.ndarray:
        """So many addresses of this kind, used by nothing else in the background."""
        pool = self.pools[kind]
        number = min(number, len(pool))
        self.pools[kind] = pool[number:]
        return pool[:number]

    @property
    def homes(self) -> np.ndarray:
        """Homes that no licence has taken, flats among them: many things may happen at one."""
        return np.concatenate([self.pools["home"], self.flats])

    def days(self, low: int, high: int, number: int) -> np.ndarray:
        """Days drawn between two offsets."""
        return self.rng.integers(low, high, number)

    def areas(self, addresses: np.ndarray, low: int, high: int) -> np.ndarray:
        """Square metres of these addresses, drawn between two bounds."""
        areas = [int(self.rng.integers(low, high)) for _ in addresses]
        self.book.areas.update(zip(addresses.tolist(), areas, strict=True))
        return np.array(areas)

    def innocent(self, addresses: np.ndarray, looks_like: str, explanation: str) -> None:
        """Addresses that look like hits of an indicator and are none, for this reason."""
        why = {"looks_like": looks_like, "explanation": explanation, "planted": False}
        self.book.innocents.extend({"_address": int(address), **why} for address in addresses)

    def found(
        self,
        addresses: np.ndarray | None,
        lines: list[str],
        *,
        forms: list[str] | None = None,
        start: np.ndarray | None = None,
        end: np.ndarray | None = None,
        reason: Sequence[str | None] | None = None,
        owner: np.ndarray | None = None,
        parent: np.ndarray | None = None,
        continued_by: np.ndarray | None = None,
        shielded: float = 0.0,
        insolvent: float = 0.0,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Companies with one establishment and the person (or parent company) who runs them: (companies, people)."""
        number = len(lines)
        if forms is None:
            forms = list(self.rng.choice(["eenmanszaak", "vof", "bv", "nv"], size=number, p=[0.5, 0.1, 0.395, 0.005]))
        companies = self.book.companies.add(lines, forms)
        people = owner if owner is not None else self.book.people.add(number)
        start = start if start is not None else self.days(-7000, -1400, number)
        chance = self.rng.random(number)
        form = np.array(forms)
        self.book.extend(
            "handelsregister",
            _company=companies,
            _branch=0,
            _address=addresses if addresses is not None else np.full(number, np.nan),
            datum_aanvang=start,
            datum_einde=end,
            reden_einde=reason,
            _continued_by=continued_by,
            faillissement=(chance < insolvent) & (form == "bv"),
            surseance=(chance > 1 - insolvent / 2) & (form == "bv"),
            afgeschermd=self.rng.random(number) < shielded,
            _sbi=self.rng.integers(0, 6, number),
        )
        function = np.where(form == "eenmanszaak", "eigenaar", np.where(form == "vof", "vennoot", "bestuurder"))
        undated = self.rng.random(number) < 0.008
        if parent is None:
            self.officers(companies, people, function, start, datum_einde=end, _undated=undated)
            self._second_officers(companies, form, start)
        else:
            self.book.extend(
                "functionarissen", _company=companies, _legal=parent, functie="bestuurder", datum_aanvang=start
            )
        return companies, people

    def _second_officers(self, companies: np.ndarray, form: np.ndarray, start: np.ndarray) -> None:
        """A partnership has two partners; some companies a second director or a proxy."""
        chance = self.rng.random(len(companies))
        second = (form == "vof") | ((form == "bv") & (chance < 0.25))
        if not second.any():
            return
        function = np.where(form == "vof", "vennoot", np.where(chance < 0.2, "bestuurder", "gevolmachtigde"))
        people = self.book.people.add(int(second.sum()))
        self.officers(companies[second], people, function[second], start[second], _undated=False)

    def officers(
        self, company: np.ndarray, person: np.ndarray, function: np.ndarray | str, start: np.ndarray, **more: object
    ) -> None:
        """People in functions at companies."""
        self.book.extend(
            "functionarissen", _company=company, _person=person, functie=function, datum_aanvang=start, **more
        )

    def settle(self, kind: str, rate: str, line: str, form: str | None = None) -> Holders:
        """As many companies of a line as the rate says, each at an address of this kind that nothing else uses."""
        addresses = self.take(kind, self.count(rate))
        lines, forms = [line] * len(addresses), None if form is None else [form] * len(addresses)
        return Holders(addresses, *self.found(addresses, lines, forms=forms))

    def permits(self, holders: Holders, **columns: object) -> np.ndarray:
        """Permit cases; their running numbers. A sole trader is named as a person, with the company's number."""
        number = self.book.reserve("licence", len(holders))
        values: dict[str, object] = {
            "bezwaar_uitkomst": "geen",
            "_hodn": self.rng.random(len(holders)) < 0.3,
            **columns,
        }
        company, person = holders.company, holders.person
        if company is not None:
            sole = np.isin(np.array(self.book.companies.form)[company], ["eenmanszaak"])
            values["_person"] = np.where(sole, person.astype(float), np.nan) if person is not None else None
            values["_company"] = company
        else:
            values["_person"] = person
        self.book.extend("vergunningen", _id=number, _address=holders.addresses, _undated=False, **values)
        return number

    def managers(
        self, licence: np.ndarray, person: np.ndarray | None, role: str, start: np.ndarray, **more: object
    ) -> None:
        """People named on licences; a few without a birth date."""
        undated = self.rng.random(len(licence)) < (0.02 if role == "leidinggevende" else 0.0)
        self.book.extend(
            "leidinggevenden", _licence=licence, _person=person, rol=role, datum_van=start, _undated=undated, **more
        )
