"""The ordinary life of a municipality, made so that none of the planted indicators holds anywhere in it.

Each block says in a comment what keeps it innocent. Rates are per 8,000 addresses.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from screening.synthetic import words
from screening.synthetic.book import CATEGORIES, Book
from screening.synthetic.scene import Scene
from screening.vocabulary import Dataset

PER = 8_000
#: How many of each, per 8,000 addresses.
RATES: dict[str, int] = {
    "venues": 265,
    "chains": 8,
    "chain_size": 4,
    "coffeeshops": 3,
    "gaming": 6,
    "lodgings": 22,
    "refused": 22,
    "withdrawn": 14,
    "expired_renewed": 32,
    "expired_closed": 16,
    "pending": 20,
    "events": 46,
    "building": 60,
    "letting": 70,
    "sex": 34,
    "sex_renewed": 6,
    "businesses": 830,
    "holdings": 60,
    "closed": 95,
    "converted": 24,
    "elsewhere": 190,
    "reports": 1330,
    "measures": 70,
    "inspections": 150,
}
BUSINESS_LINES = ("winkel", "kapper", "bouw", "advies", "vervoer", "vastgoed", "uitzend")


@dataclass
class _Venues:
    """Licensed addresses: address, company, person in charge, running number of the licence on which managers stand."""

    at: np.ndarray
    company: np.ndarray
    person: np.ndarray
    licence: np.ndarray


class Background:
    """Fills the book with ordinary records at the addresses that the planted cases left."""

    def __init__(self, book: Book, scene: Scene, rng: np.random.Generator, addresses: int) -> None:
        self.book = book
        self.rng = rng
        self.scale = addresses / PER
        self._pools = {kind: scene.remaining(kind) for kind in ("venue", "lodging", "office", "shop", "home")}
        town = book.town
        self._flats = rng.permutation(np.flatnonzero(town.usable & ~town.single & (town.function == "woonfunctie")))
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
        pool = self._pools[kind]
        number = min(number, len(pool))
        self._pools[kind] = pool[number:]
        return pool[:number]

    def days(self, low: int, high: int, number: int) -> np.ndarray:
        """Days drawn between two offsets."""
        return self.rng.integers(low, high, number)

    def fill(self) -> None:
        """All background, in an order that uses each address once."""
        self.venues()
        self.chains()
        self.lodgings()
        self.refused_and_withdrawn()
        self.expired()
        self.letting()
        self.events_and_building()
        self.sex_establishments()
        self.companies()
        self.reports()
        self.measures_and_inspections()

    # ------------------------------------------------------------------ companies

    def found(
        self,
        at: np.ndarray | None,
        lines: list[str],
        *,
        forms: list[str] | None = None,
        start: np.ndarray | None = None,
        end: np.ndarray | None = None,
        reason: list[str | None] | None = None,
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
            Dataset.HANDELSREGISTER,
            _company=companies,
            _branch=0,
            _address=at if at is not None else np.full(number, np.nan),
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
            self.book.extend(
                Dataset.FUNCTIONARISSEN,
                _company=companies,
                _person=people,
                functie=function,
                datum_aanvang=start,
                datum_einde=end,
                _undated=undated,
            )
            self._second_officers(companies, form, start)
        else:
            self.book.extend(
                Dataset.FUNCTIONARISSEN, _company=companies, _legal=parent, functie="bestuurder", datum_aanvang=start
            )
        return companies, people

    def _second_officers(self, companies: np.ndarray, form: np.ndarray, start: np.ndarray) -> None:
        """A partnership has two partners; some companies a second director or a proxy."""
        chance = self.rng.random(len(companies))
        second = (form == "vof") | ((form == "bv") & (chance < 0.25))
        if not second.any():
            return
        function = np.where(form == "vof", "vennoot", np.where(chance < 0.2, "bestuurder", "gevolmachtigde"))
        self.book.extend(
            Dataset.FUNCTIONARISSEN,
            _company=companies[second],
            _person=self.book.people.add(int(second.sum())),
            functie=function[second],
            datum_aanvang=start[second],
            _undated=False,
        )

    def permits(
        self, at: np.ndarray, company: np.ndarray | None, person: np.ndarray | None, **columns: object
    ) -> np.ndarray:
        """Permit cases; their running numbers. A sole trader is named as a person, with the company's number."""
        number = self.book.reserve("licence", len(at))
        values: dict[str, object] = {"bezwaar_uitkomst": "geen", "_hodn": self.rng.random(len(at)) < 0.3, **columns}
        if company is not None:
            sole = np.isin(np.array(self.book.companies.form)[company], ["eenmanszaak"])
            values["_person"] = np.where(sole, person.astype(float), np.nan) if person is not None else None
            values["_company"] = company
        else:
            values["_person"] = person
        self.book.extend(Dataset.VERGUNNINGEN, _id=number, _address=at, _undated=False, **values)
        return number

    def managers(self, licence: np.ndarray, person: np.ndarray, role: str, start: np.ndarray, **more: object) -> None:
        """People named on licences; a few without a birth date."""
        undated = self.rng.random(len(licence)) < (0.02 if role == "leidinggevende" else 0.0)
        self.book.extend(
            Dataset.LEIDINGGEVENDEN,
            _licence=licence,
            _person=person,
            rol=role,
            datum_van=start,
            _undated=undated,
            **more,
        )

    # ------------------------------------------------------------------ licences

    def _open(
        self, at: np.ndarray, company: np.ndarray, person: np.ndarray, kinds: tuple[tuple[str, float], ...]
    ) -> _Venues:
        """Valid licences of the holder who is established there, with operator and managers on the first of them."""
        number = len(at)
        started = self.days(-1350, -150, number)
        first = self.permits(
            at,
            company,
            person,
            zaaktype=kinds[0][0],
            status="verleend",
            datum_aanvraag=started - 75,
            datum_besluit=started - 5,
            ingangsdatum=started,
            einddatum=np.where(self.rng.random(number) < 0.4, self.days(30, 900, number), np.nan),
            openingstijden=self.rng.choice(words.HOURS, number),
            bibob_vragenlijst_datum=np.where(self.rng.random(number) < 0.5, started - 60.0, np.nan),
        )
        for kind, share in kinds[1:]:
            some = np.flatnonzero(self.rng.random(number) < share)
            if len(some):
                later = np.minimum(started[some] + self.days(0, 200, len(some)), -40)
                self.permits(
                    at[some],
                    company[some],
                    person[some],
                    zaaktype=kind,
                    status="verleend",
                    datum_aanvraag=later - 80,
                    datum_besluit=later - 6,
                    ingangsdatum=later,
                    openingstijden=self.rng.choice(words.HOURS, len(some)),
                )
        self.managers(first, person, "exploitant", started)
        for share in (0.9, 0.7, 0.45):
            some = np.flatnonzero(self.rng.random(number) < share)
            since = np.minimum(started[some] + self.days(0, 400, len(some)), -10)
            left = np.where(self.rng.random(len(some)) < 0.12, np.minimum(since + 250, -2), np.nan)
            self.managers(first[some], self.book.people.add(len(some)), "leidinggevende", since, datum_tot=left)
        self.open.append(at)
        return _Venues(at, company, person, first)

    def venues(self) -> None:
        """Cafés and the like: holder, operator and establishment are one; every manager works at one venue only."""
        for rate, line, kinds in (
            ("venues", "horeca", (("exploitatie", 1.0), ("alcohol", 0.6), ("terras", 0.35), ("speelautomaten", 0.08))),
            ("coffeeshops", "coffeeshop", (("coffeeshop", 1.0),)),
            ("gaming", "speelhal", (("speelautomaten", 1.0),)),
        ):
            at = self.take("venue", self.count(rate))
            company, person = self.found(at, [line] * len(at))
            self._open(at, company, person, kinds)

    def chains(self) -> None:
        """A parent company, some venues, one area manager on all: one holder by group, so PER-01 does not hold."""
        chains, size = self.count("chains"), RATES["chain_size"]
        office = self.take("office", chains)
        chains = len(office)
        parent, director = self.found(office, ["holding"] * chains, forms=["bv"] * chains)
        at = self.take("venue", chains * size)
        which = np.arange(len(at)) // size
        company, person = self.found(
            at, ["horeca"] * len(at), forms=["bv"] * len(at), parent=parent[which], owner=director[which]
        )
        venues = self._open(at, company, person, (("exploitatie", 1.0), ("alcohol", 0.7)))
        area_manager = self.book.people.add(chains)[which]
        self.managers(venues.licence, area_manager, "leidinggevende", np.full(len(at), -140))
        self.book.innocents.extend(
            {"_address": int(a), "looks_like": "PER-01", "explanation": "rayonmanager van een keten", "planted": False}
            for a in at
        )

    def lodgings(self) -> None:
        """Hotels and boarding houses: at least 16 m² for every permitted person."""
        at = self.take("lodging", self.count("lodgings"))
        company, person = self.found(at, ["logies"] * len(at))
        for a in at:
            self.book.areas[int(a)] = int(self.rng.integers(250, 1200))
        area = np.array([self.book.areas[int(a)] for a in at])
        started = self.days(-1500, -200, len(at))
        self.permits(
            at,
            company,
            person,
            zaaktype="logies",
            status="verleend",
            datum_aanvraag=started - 90,
            datum_besluit=started - 5,
            ingangsdatum=started,
            max_personen=area // 16,
            max_kamers=area // 32,
        )
        self.open.append(at)

    def refused_and_withdrawn(self) -> None:
        """Refusals and withdrawals after which neither the party nor anybody at the address applies again."""
        at = self.take("venue", self.count("refused"))
        company, person = self.found(at, ["horeca"] * len(at))
        decided = self.days(-1700, -60, len(at))
        self.permits(
            at,
            company,
            person,
            zaaktype="exploitatie",
            status="geweigerd",
            datum_aanvraag=decided - 70,
            datum_besluit=decided,
            weigeringsgrond=self.rng.choice(["inhoudelijk", "bibob", "bestemming", "formeel"], len(at)),
            bezwaar_uitkomst=self.rng.choice(["geen", "lopend", "ongegrond"], len(at), p=[0.7, 0.1, 0.2]),
        )
        at = self.take("venue", self.count("withdrawn"))
        company, person = self.found(at, ["horeca"] * len(at))
        ended = self.days(-1500, -60, len(at))
        by_authority = self.rng.random(len(at)) < 0.5
        self.permits(
            at,
            company,
            person,
            zaaktype="exploitatie",
            status="ingetrokken",
            datum_aanvraag=ended - 600,
            datum_besluit=ended - 10,
            ingangsdatum=np.where(by_authority, ended - 500.0, np.nan),
            einddatum=ended,
            vervalreden=np.where(by_authority, "ingetrokken_overheid", "ingetrokken_belanghebbende"),
        )
        self.quiet.append(at)
        at = self.take("venue", self.count("pending"))
        company, person = self.found(at, ["horeca"] * len(at), start=self.days(-400, -60, len(at)))
        self.permits(
            at,
            company,
            person,
            zaaktype="exploitatie",
            datum_aanvraag=self.days(-55, -1, len(at)),
            bezwaar_uitkomst=None,
            status=self.rng.choice(["aangevraagd", "in_behandeling"], len(at)),
        )

    def expired(self) -> None:
        """Licences that ended: renewed in time, or the establishment closed before the licence did."""
        at = self.take("venue", self.count("expired_renewed"))
        company, person = self.found(at, ["horeca"] * len(at))
        ended = self.days(-600, -40, len(at))
        self.permits(
            at,
            company,
            person,
            zaaktype="exploitatie",
            status="verlopen",
            datum_aanvraag=ended - 1180,
            datum_besluit=ended - 1105,
            ingangsdatum=ended - 1095,
            einddatum=ended,
            vervalreden="tijdelijk",
        )
        self.permits(
            at,
            company,
            person,
            zaaktype="exploitatie",
            status="verleend",
            datum_aanvraag=ended - 80,
            datum_besluit=ended - 10,
            ingangsdatum=ended + 1,
            openingstijden=self.rng.choice(words.HOURS, len(at)),
        )
        self.open.append(at)
        self.book.innocents.extend(
            {"_address": int(a), "looks_like": "LIC-04", "explanation": "verlenging op tijd verleend", "planted": False}
            for a in at
        )
        at = self.take("venue", self.count("expired_closed"))
        ended = self.days(-900, -60, len(at))
        company, person = self.found(
            at, ["horeca"] * len(at), start=ended - 1600, end=ended - 20, reason=["opgeheven"] * len(at)
        )
        self.permits(
            at,
            company,
            person,
            zaaktype="exploitatie",
            status="verlopen",
            datum_aanvraag=ended - 1180,
            datum_besluit=ended - 1105,
            ingangsdatum=ended - 1095,
            einddatum=ended,
            vervalreden="tijdelijk",
        )
        self.quiet.append(at)

    def letting(self) -> None:
        """Permits to let: at least 16 m² a person, at most two reports in half a year, nothing found at inspections."""
        at = self.take("home", self.count("letting"))
        number = len(at)
        for a in at:
            self.book.areas[int(a)] = int(self.rng.integers(64, 260))
        area = np.array([self.book.areas[int(a)] for a in at])
        kind = self.rng.choice(["kamerverhuur", "omzetting", "verhuur_wgv", "toeristische_verhuur"], number)
        companies = self.rng.random(number) < 0.35
        started = self.days(-1500, -100, number)
        lessor, _ = self.found(None, ["vastgoed"] * int(companies.sum()), forms=["bv"] * int(companies.sum()))
        values = {
            "zaaktype": kind,
            "status": "verleend",
            "datum_aanvraag": started - 90,
            "datum_besluit": started - 10,
            "ingangsdatum": started,
            "max_personen": area // 16,
            "max_kamers": np.maximum(area // 30, 1),
        }
        for some, company in ((companies, lessor), (~companies, None)):
            part = {k: v[some] if isinstance(v, np.ndarray) else v for k, v in values.items()}
            person = None if company is not None else self.book.people.add(int(some.sum()))
            self.permits(at[some], company, person, **part)
        self.let.append(at)

    def events_and_building(self) -> None:
        """Events and building permits, at homes where no holder has an establishment."""
        at = self.take("home", self.count("events"))
        company, person = self.found(None, ["stichting"] * len(at), forms=["stichting"] * len(at))
        day = self.days(-1000, 120, len(at))
        over = day < 0
        self.permits(
            at,
            company,
            person,
            zaaktype="evenement",
            status=np.where(over, "verlopen", "verleend"),
            datum_aanvraag=np.minimum(day - 150, -30),
            datum_besluit=np.minimum(day - 60, -8),
            ingangsdatum=np.minimum(day, -1),
            einddatum=day,
            vervalreden=np.where(over, "tijdelijk", None),
            _hodn=False,
        )
        self.quiet.append(at)
        at = self.take("home", self.count("building"))
        applied = self.days(-1200, -10, len(at))
        granted = applied < -100
        self.permits(
            at,
            None,
            self.book.people.add(len(at)),
            zaaktype="omgeving",
            datum_aanvraag=applied,
            _hodn=False,
            status=np.where(granted, "verleend", "in_behandeling"),
            bezwaar_uitkomst=np.where(granted, "geen", None),
            datum_besluit=np.where(granted, applied + 55.0, np.nan),
            ingangsdatum=np.where(granted, applied + 97.0, np.nan),
        )

    def sex_establishments(self) -> None:
        """Licensed premises with a manager in office; some renewed in time."""
        kinds = [
            "raamprostitutie",
            "club",
            "prive_huis",
            "massagesalon_erotisch",
            "sekswinkel_cabines",
            "seksbioscoop",
            "escort",
        ]
        at = self.take("venue", self.count("sex"))
        number = len(at)
        company, person = self.found(at, ["seks"] * number, forms=["bv"] * number)
        started = self.days(-1000, -200, number)
        values = {
            "type": self.rng.choice(kinds, number),
            "bezwaar_uitkomst": "geen",
            "_company": company,
            "_address": at,
            "aantal_werkruimten": self.rng.integers(2, 9, number),
            "openingstijden": "ma-zo 12:00-02:00",
        }
        licence = self.book.reserve("licence", number)
        self.book.extend(
            Dataset.SEKSINRICHTINGEN,
            _id=licence,
            status="verleend",
            datum_aanvraag=started - 125,
            datum_besluit=started - 5,
            ingangsdatum=started,
            einddatum=np.where(self.rng.random(number) < 0.5, self.days(30, 900, number), np.nan),
            **values,
        )
        self.managers(licence, person, "exploitant", started)
        self.managers(licence, self.book.people.add(number), "beheerder", started)
        before = np.arange(number) < min(self.count("sex_renewed"), number)
        earlier = {k: v[before] if isinstance(v, np.ndarray) else v for k, v in values.items()}
        self.book.extend(
            Dataset.SEKSINRICHTINGEN,
            _id=self.book.reserve("licence", int(before.sum())),
            status="verlopen",
            datum_aanvraag=started[before] - 1300,
            datum_besluit=started[before] - 1150,
            ingangsdatum=started[before] - 1096,
            einddatum=started[before] - 1,
            vervalreden="tijdelijk",
            **earlier,
        )
        self.open.append(at)

    # ------------------------------------------------------------------ the rest of the trade register

    def companies(self) -> None:
        """Shops, offices and the self-employed at home; companies that ended, converted, or are out of town."""
        number = self.count("businesses")
        self.free_homes = np.concatenate([self._pools["home"], self._flats])
        shops = self.take("shop", number // 6)
        offices = self.take("office", number // 8)
        homes = self.free_homes[self.rng.permutation(len(self.free_homes))[: number - len(shops) - len(offices)]]
        at = np.concatenate([shops, offices, homes])
        self.found(at, list(self.rng.choice(BUSINESS_LINES, len(at))), shielded=0.02, insolvent=0.01)

        homes = self.free_homes[self.rng.integers(0, len(self.free_homes), self.count("holdings"))]
        parent, owner = self.found(homes, ["holding"] * len(homes), forms=["bv"] * len(homes))
        subsidiary = self.free_homes[self.rng.integers(0, len(self.free_homes), len(homes))]
        self.found(
            subsidiary,
            list(self.rng.choice(BUSINESS_LINES, len(homes))),
            forms=["bv"] * len(homes),
            parent=parent,
            owner=owner,
        )

        # Whoever ended here never had a licence or a measure: no phoenix and no dissolved holder among them.
        homes = self.free_homes[self.rng.integers(0, len(self.free_homes), self.count("closed"))]
        ended = self.days(-2000, -5, len(homes))
        reasons = self.rng.choice(["opgeheven", "ontbonden", "faillissement"], len(homes), p=[0.7, 0.2, 0.1])
        self.found(
            homes, list(self.rng.choice(BUSINESS_LINES, len(homes))), start=ended - 900, end=ended, reason=list(reasons)
        )

        homes = self.free_homes[self.rng.permutation(len(self.free_homes))[: self.count("converted")]]
        changed = self.days(-1500, -20, len(homes))
        lines = list(self.rng.choice(BUSINESS_LINES, len(homes)))
        successor, owner = self.found(homes, lines, forms=["bv"] * len(homes), start=changed)
        self.found(
            homes,
            lines,
            forms=["eenmanszaak"] * len(homes),
            start=changed - 1200,
            end=changed,
            owner=owner,
            reason=["omgezet"] * len(homes),
            continued_by=successor,
        )
        self.book.innocents.extend(
            {"_address": int(a), "looks_like": "ORG-03", "explanation": "eenmanszaak omgezet in bv", "planted": False}
            for a in homes
        )
        number = self.count("elsewhere")
        self.found(None, list(self.rng.choice(BUSINESS_LINES, number)))

    # ------------------------------------------------------------------ reports, measures, inspections

    def reports(self) -> None:
        """Noise everywhere, with caps: see `_innocent`."""
        number = self.count("reports")
        where = np.concatenate([*self.open, *self.let])
        quiet = np.concatenate(self.quiet)
        share = self.rng.random(number)
        at = np.where(
            share < 0.32,
            where[self.rng.integers(0, len(where), number)],
            np.where(
                share < 0.34,
                quiet[self.rng.integers(0, len(quiet), number)],
                self.free_homes[self.rng.integers(0, len(self.free_homes), number)],
            ),
        )
        day = -self.rng.integers(1, 731, number)
        names = np.array(sorted(CATEGORIES))
        business = np.array([CATEGORIES[n] == "overlast-bedrijven-en-horeca" for n in names])
        category = np.where(
            share < 0.32,
            self.rng.choice(names[business], number),
            self.rng.choice(names, number, p=np.where(business, 0.4, 1.0) / np.where(business, 0.4, 1.0).sum()),
        )
        keep = self._innocent(at, day, category)
        at, day, category = at[keep], day[keep], category[keep]
        number = len(at)
        chance = self.rng.random(number)
        status = np.where(chance < 0.05, "geannuleerd", np.where(day > -20, "in_behandeling", "afgehandeld"))
        finding = np.where(
            status == "afgehandeld",
            self.rng.choice(["gegrond", "ongegrond", "onbekend"], number, p=[0.3, 0.15, 0.55]),
            "onbekend",
        )
        token = self.book.reserve("token", number).astype(float)
        again = np.flatnonzero(self.rng.random(number) < 0.05)
        token[again] = token[np.maximum(again - 1, 0)]
        token[self.rng.random(number) < 0.25] = np.nan
        ids = self.book.reserve("report", number)
        self.book.extend(
            Dataset.MELDINGEN,
            _id=ids,
            _day=day,
            _second=self._seconds(number),
            subcategorie=category,
            status=status,
            bevinding=finding,
            _token=token,
            _address=at,
        )
        # Children repeat their parent, at its address, a day later: they count once with it.
        parents = np.flatnonzero((self.rng.random(number) < 0.03) & (day < -3))
        self.book.extend(
            Dataset.MELDINGEN,
            _id=self.book.reserve("report", len(parents)),
            _day=day[parents] + 1,
            _second=self._seconds(len(parents)),
            subcategorie=category[parents],
            status=status[parents],
            bevinding=finding[parents],
            _token=self.book.reserve("token", len(parents)).astype(float),
            _parent=ids[parents],
            _address=at[parents],
        )

    def _seconds(self, number: int) -> np.ndarray:
        """Time of day; never between two and three, an hour that one night a year lacks."""
        second = self.rng.integers(0, 86_400, number)
        return np.where((second >= 7_200) & (second < 10_800), second + 43_200, second)

    def _innocent(self, at: np.ndarray, day: np.ndarray, category: np.ndarray) -> np.ndarray:
        """Which reports may stay: none of business type at quiet addresses, one in 190 days where rooms are let,
        three in the last 90 days anywhere. (A child counts once with its parent and changes none of this.)"""
        business = np.isin(category, [n for n, main in CATEGORIES.items() if main == "overlast-bedrijven-en-horeca"])
        keep = ~(business & np.isin(at, np.concatenate(self.quiet)))
        let = np.isin(at, np.concatenate(self.let))
        for mask, allowed in (((day >= -92), 3), (let & (day >= -190), 1)):
            some = np.flatnonzero(mask & keep)
            order = some[np.argsort(at[some], kind="stable")]
            rank = np.arange(len(order)) - np.searchsorted(at[order], at[order], side="left")
            keep[order[rank >= allowed]] = False
        return keep

    def measures_and_inspections(self) -> None:
        """Measures against companies that never held a licence and have not ended; inspections that found nothing."""
        number = self.count("measures")
        at = self.free_homes[self.rng.integers(0, len(self.free_homes), number)]
        day = self.days(-1400, -10, number)
        kinds = ["sluiting", "last_onder_dwangsom", "gedragsaanwijzing_151d", "bestuurlijke_boete", "waarschuwing"]
        company, _ = self.found(None, ["vastgoed"] * (number // 2), forms=["bv"] * (number // 2))
        people = self.book.people.add(number - len(company))
        self.book.extend(
            Dataset.MAATREGELEN,
            _id=self.book.reserve("measure", number),
            type=self.rng.choice(kinds, number),
            grondslag=self.rng.choice(words.GROUNDS, number),
            datum=day,
            datum_einde=np.minimum(day + 60, -1),
            status=self.rng.choice(["onherroepelijk", "in_bezwaar", "vernietigd"], number, p=[0.75, 0.15, 0.1]),
            _company=np.concatenate([company.astype(float), np.full(len(people), np.nan)]),
            _person=np.concatenate([np.full(len(company), np.nan), people.astype(float)]),
            _address=at,
            _undated=False,
        )
        number = self.count("inspections")
        open_ = np.concatenate(self.open)
        let = np.concatenate(self.let)
        at = np.where(
            self.rng.random(number) < 0.7,
            open_[self.rng.integers(0, len(open_), number)],
            let[self.rng.integers(0, len(let), number)],
        )
        situation = self.rng.choice(
            ["toegang_verleend", "niemand_aanwezig", "geen_medewerking"], number, p=[0.85, 0.12, 0.03]
        )
        # "in_bedrijf" only where the holder has a licence in force for as long as the register goes back.
        usual = np.where(
            np.isin(at, self.open[0]) & (self.rng.random(number) < 0.4), "in_bedrijf", "geen_bijzonderheden"
        )
        self.book.extend(
            Dataset.CONTROLES,
            _id=self.book.reserve("inspection", number),
            datum=self.days(-700, -5, number),
            situatie=situation,
            bevinding=np.where(situation == "toegang_verleend", usual, None),
            _address=at,
        )
