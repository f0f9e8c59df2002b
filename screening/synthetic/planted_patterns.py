"""What a planted case says: draw an address, let a company be there, let it hold a licence, let something happen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypedDict

import numpy as np

from screening.synthetic.records import SyntheticRecords


class LicenceValues(TypedDict, total=False):
    """What a case can say of a licence."""

    kind: str
    status: str
    applied: int
    decided: int
    end: int
    reason: str


class PermitValues(LicenceValues, total=False):
    """What a case can say of a permit."""

    start: int
    ground: str
    objection: str


#: Rows that a case plants otherwise, each for a reason: explanation, and columns of the row.
Otherwise = Sequence[tuple[str, Mapping[str, object]]]

#: Addresses a case may ask for -> BAG function.
KINDS = {
    "venue": "bijeenkomstfunctie",
    "lodging": "logiesfunctie",
    "office": "kantoorfunctie",
    "shop": "winkelfunctie",
    "home": "woonfunctie",
}
LICENCE_HOURS = "ma-do 10:00-01:00; vr-za 10:00-03:00"


@dataclass(frozen=True)
class Holder:
    """Who holds a licence: a company, a person, or a person who trades under a company (both)."""

    company: int | None = None
    person: int | None = None


class PlantedPatterns:
    """Writes the records of planted cases into the book, and what is true of them beside it."""

    def __init__(self, book: SyntheticRecords, rng: np.random.Generator, as_of: date) -> None:
        self.book = book
        self.rng = rng
        self.as_of = as_of
        self._pools = {kind: list(rng.permutation(book.town.indices(name))) for kind, name in KINDS.items()}
        # in the order of the town: another draw would make every town another
        self._pools["home_with_shop"] = list(book.town.indices("woonfunctie|winkelfunctie"))

    def remaining(self, kind: str) -> np.ndarray:
        """Addresses of this kind that no case has taken."""
        return np.array(self._pools[kind], dtype=np.int64)

    def address(self, kind: str = "venue", area: int | None = None) -> int:
        """An address of its own for a case; `area` sets its square metres."""
        if not self._pools[kind]:
            raise ValueError(
                f"no {kind} address is left for the planted cases: ask for at least 2,500 addresses in all"
            )
        index = int(self._pools[kind].pop())
        if area is not None:
            self.book.areas[index] = area
        elif kind in {"home", "lodging"}:
            self.book.areas[index] = 480 if kind == "lodging" else 140
        return index

    def person(self, *, namesake_of: int | None = None, relative_of: int | None = None) -> int:
        """A person; a namesake has another birth date, a relative also shares initials and family name."""
        index = int(self.book.people.add(1)[0])
        if namesake_of is not None:
            self.book.people.same_name[index] = namesake_of
        if relative_of is not None:
            self.book.people.same_family[index] = relative_of
        return index

    def company(
        self,
        address: int | None,
        *,
        line: str = "horeca",
        form: str = "bv",
        start: int = -1500,
        end: int | None = None,
        reason: str | None = None,
        director: int | None = None,
        parent: int | None = None,
        continued_by: int | None = None,
        name_of: int | None = None,
        name_form: str = "gelijk",
        bankrupt: bool = False,
        registered: bool = True,
        directed: bool = True,
    ) -> int:
        """A company with one establishment (`at` None: out of town) and one director, owner or parent company."""
        index = int(self.book.companies.add([line], [form])[0])
        if name_of is not None:
            self.book.companies.same_name[index] = (name_of, name_form)
        if registered:
            self.establishment(
                index, address, start=start, end=end, reason=reason, continued_by=continued_by, bankrupt=bankrupt
            )
            if parent is not None:
                self.book.add(
                    "functionarissen", _company=index, _legal=parent, functie="bestuurder", datum_aanvang=start
                )
            elif directed:
                who = director if director is not None else self.person()
                self.officer(index, who, "eigenaar" if form == "eenmanszaak" else "bestuurder", start=start, end=end)
        return index

    def establishment(
        self,
        company: int,
        address: int | None,
        *,
        start: int = -1500,
        end: int | None = None,
        reason: str | None = None,
        continued_by: int | None = None,
        bankrupt: bool = False,
        branch: int = 0,
        sbi: int = 0,
    ) -> None:
        """One row in the trade register."""
        self.book.add(
            "handelsregister",
            _company=company,
            _branch=branch,
            _address=address,
            datum_aanvang=start,
            datum_einde=end,
            reden_einde=reason,
            _continued_by=continued_by,
            faillissement=bankrupt,
            surseance=False,
            afgeschermd=False,
            _sbi=sbi,
        )

    def officer(
        self,
        company: int,
        person: int,
        function: str = "bestuurder",
        *,
        start: int = -1500,
        end: int | None = None,
        undated: bool = False,
    ) -> None:
        """A person in a function at a company."""
        self.book.add(
            "functionarissen",
            _company=company,
            _person=person,
            functie=function,
            datum_aanvang=start,
            datum_einde=end,
            _undated=undated,
        )

    def permit(
        self,
        address: int,
        holder: Holder,
        kind: str = "exploitatie",
        status: str = "verleend",
        *,
        applied: int = -800,
        decided: int | None = None,
        start: int | None = None,
        end: int | None = None,
        reason: str | None = None,
        ground: str | None = None,
        objection: str | None = None,
        persons: int | None = None,
        rooms: int | None = None,
        lessor: int | None = None,
        undated: bool = False,
        hodn: bool = False,
    ) -> int:
        """A permit case; its running number. Decided 70 days and in force 75 days after filing unless said."""
        pending = status in {"aangevraagd", "in_behandeling"}
        in_force = status in {"verleend", "verlopen"} or (status == "ingetrokken" and reason == "ingetrokken_overheid")
        decided = decided if decided is not None or pending else applied + 70
        start = start if start is not None or not in_force else min(applied + 75, (end or 0))
        number = int(self.book.reserve("licence")[0])
        self.book.add(
            "vergunningen",
            _id=number,
            zaaktype=kind,
            status=status,
            datum_aanvraag=applied,
            datum_besluit=decided,
            ingangsdatum=start,
            einddatum=end,
            vervalreden=reason or ("tijdelijk" if status == "verlopen" else None),
            weigeringsgrond=ground,
            bezwaar_uitkomst=objection or (None if pending else "geen"),
            _person=holder.person,
            _company=holder.company,
            _lessor=lessor,
            _address=address,
            _undated=undated,
            _hodn=hodn,
            max_personen=persons,
            max_kamers=rooms,
            openingstijden=LICENCE_HOURS if kind in {"exploitatie", "alcohol", "terras"} else None,
        )
        return number

    def sex_licence(
        self,
        address: int,
        holder: Holder,
        kind: str = "club",
        status: str = "verleend",
        *,
        applied: int = -800,
        decided: int | None = None,
        end: int | None = None,
        reason: str | None = None,
        objection: str = "geen",
    ) -> int:
        """A sex-establishment licence; its running number."""
        number = int(self.book.reserve("licence")[0])
        self.book.add(
            "seksinrichtingen",
            _id=number,
            type=kind,
            status=status,
            datum_aanvraag=applied,
            datum_besluit=decided if decided is not None else applied + 120,
            ingangsdatum=applied + 125,
            einddatum=end,
            vervalreden=reason or ("tijdelijk" if status == "verlopen" else None),
            bezwaar_uitkomst=objection,
            _person=holder.person,
            _company=holder.company,
            _address=address,
            aantal_werkruimten=int(self.rng.integers(3, 9)),
            openingstijden="ma-zo 12:00-02:00",
        )
        return number

    def manager(
        self,
        licence: int,
        person: int | None = None,
        role: str = "leidinggevende",
        *,
        start: int = -700,
        end: int | None = None,
        undated: bool = False,
    ) -> int:
        """A person named on a licence; the person."""
        who = person if person is not None else self.person()
        self.book.add(
            "leidinggevenden", _licence=licence, _person=who, rol=role, datum_van=start, datum_tot=end, _undated=undated
        )
        return who

    def token(self) -> int:
        """A reporter of their own."""
        return int(self.book.reserve("token")[0])

    def report(
        self,
        address: int,
        day: int,
        category: str = "geluidsoverlast-muziek",
        *,
        token: int | None = None,
        status: str = "afgehandeld",
        finding: str = "onbekend",
        parent: int | None = None,
    ) -> int:
        """A nuisance report in the afternoon; its running number. No token: a reporter unknown to the source."""
        number = int(self.book.reserve("report")[0])
        self.book.add(
            "meldingen",
            _id=number,
            _day=day,
            _second=int(self.rng.integers(13 * 3600, 21 * 3600)),
            subcategorie=category,
            status=status,
            bevinding=finding,
            _token=token,
            _parent=parent,
            _address=address,
        )
        return number

    def reports(
        self,
        address: int,
        days: Sequence[int],
        category: str = "geluidsoverlast-muziek",
        *,
        status: str = "afgehandeld",
        finding: str = "onbekend",
    ) -> list[int]:
        """Reports on these days, each by a reporter of their own."""
        return [self.report(address, day, category, token=self.token(), status=status, finding=finding) for day in days]

    def inspection(self, address: int, day: int, finding: str | None = "in_bedrijf") -> None:
        """An inspection."""
        self.book.add(
            "controles",
            _id=int(self.book.reserve("inspection")[0]),
            datum=day,
            situatie="toegang_verleend",
            bevinding=finding,
            _address=address,
        )

    def measure(
        self,
        address: int,
        day: int,
        company: int,
        kind: str = "last_onder_dwangsom",
        status: str = "in_bezwaar",
        *,
        end: int | None = None,
    ) -> None:
        """A decision about a company at an address."""
        self.book.add(
            "maatregelen",
            _id=int(self.book.reserve("measure")[0]),
            type=kind,
            grondslag="APV art. 2:28",
            datum=day,
            datum_einde=end,
            status=status,
            _company=company,
            _address=address,
        )

    def park_object(self, address: int, residence: str = "niet_toegestaan", *, end: int | None = None) -> None:
        """An object of a holiday park; `residence`: whether the plan allows permanent residence."""
        self.book.add(
            "recreatieparken", _park=0, permanente_bewoning=residence, datum_van=-3000, datum_tot=end, _address=address
        )

    def restate(self, dataset: str, **values: object) -> None:
        """Say of the row of this data set that was planted last what no argument says."""
        self.book.rows[dataset][-1].update(values)

    def hit(self, address: int, indicator: str, variant: str) -> None:
        """The indicator holds at this address."""
        self.book.hits.append({"_address": address, "indicator": indicator, "variant": variant})

    def innocent(self, address: int, indicator: str, explanation: str) -> None:
        """The address looks like a hit of the indicator and is none, for this reason."""
        self.book.innocents.append(
            {"_address": address, "looks_like": indicator, "explanation": explanation, "planted": True}
        )

    def duty(self, address: int, duty: str, since: int | None) -> None:
        """A legal duty that areas of the municipality say holds at this address since this day; None: it does not."""
        self.book.duties.append({"_address": address, "duty": duty, "_since": since})

    def is_planted(self, address: int, indicator: str) -> bool:
        """Whether a case planted a hit of this indicator here, or what only looks like it."""
        codes = {row["indicator"] for row in self.book.hits if row["_address"] == address}
        return indicator in codes | {row["looks_like"] for row in self.book.innocents if row["_address"] == address}

    def tolerate(self, address: int, indicator: str) -> None:
        """The definitions leave room here: neither right nor wrong."""
        self.book.tolerated.append({"_address": address, "indicator": indicator})
