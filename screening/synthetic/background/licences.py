"""Ordinary licences: every holder is there, every renewal is in time, nobody refused comes back."""

from __future__ import annotations

import numpy as np

from screening.synthetic import words
from screening.synthetic.background.initial_registers import RATES, Holders, InitialRegisters

_SEX_KINDS = (
    "raamprostitutie",
    "club",
    "prive_huis",
    "massagesalon_erotisch",
    "sekswinkel_cabines",
    "seksbioscoop",
    "escort",
)


def _granted(started: np.ndarray, *, applied: int, decided: int) -> dict[str, np.ndarray]:
    """The days of a licence in force since `started`: filed and decided so many days before."""
    return {"datum_aanvraag": started - applied, "datum_besluit": started - decided, "ingangsdatum": started}


def _open(g: InitialRegisters, holders: Holders, kinds: tuple[tuple[str, float], ...]) -> np.ndarray:
    """Valid licences of holders who are established there, with operator and managers on the first of them.

    Returns the running numbers of these first licences.
    """
    number = len(holders)
    started = g.days(-1350, -150, number)
    lessor, _ = g.found(None, ["vastgoed"] * max(1, number // 20), forms=["bv"] * max(1, number // 20))
    rented = np.where(g.rng.random(number) < 0.3, lessor[g.rng.integers(0, len(lessor), number)], np.nan)
    first = g.permits(
        holders,
        zaaktype=kinds[0][0],
        status="verleend",
        **_granted(started, applied=75, decided=5),
        einddatum=np.where(g.rng.random(number) < 0.4, g.days(30, 900, number), np.nan),
        openingstijden=g.rng.choice(words.HOURS, number),
        bibob_vragenlijst_datum=np.where(g.rng.random(number) < 0.5, started - 60.0, np.nan),
        _lessor=rented,
    )
    for kind, share in kinds[1:]:
        mask = np.flatnonzero(g.rng.random(number) < share)
        if len(mask):
            later = np.minimum(started[mask] + g.days(0, 200, len(mask)), -40)
            days = _granted(later, applied=80, decided=6)
            hours = g.rng.choice(words.HOURS, len(mask))
            g.permits(holders.pick(mask), zaaktype=kind, status="verleend", openingstijden=hours, **days)
    g.managers(first, holders.person, "exploitant", started)
    for share in (0.9, 0.7, 0.45):
        mask = np.flatnonzero(g.rng.random(number) < share)
        since = np.minimum(started[mask] + g.days(0, 400, len(mask)), -10)
        left = np.where(g.rng.random(len(mask)) < 0.12, np.minimum(since + 250, -2), np.nan)
        g.managers(first[mask], g.book.people.add(len(mask)), "leidinggevende", since, datum_tot=left)
    mask = np.flatnonzero(g.rng.random(number) < 0.04)
    g.managers(first[mask], g.book.people.add(len(mask)), "gemachtigde", started[mask])
    g.open.append(holders.addresses)
    return first


def venues(g: InitialRegisters) -> None:
    """Cafés and the like: holder, operator and establishment are one; every manager works at one venue only."""
    for rate, line, kinds in (
        ("venues", "horeca", (("exploitatie", 1.0), ("alcohol", 0.6), ("terras", 0.35), ("speelautomaten", 0.08))),
        ("coffeeshops", "coffeeshop", (("coffeeshop", 1.0),)),
        ("gaming", "speelhal", (("speelautomaten", 1.0),)),
    ):
        _open(g, g.settle("venue", rate, line), kinds)


def chains(g: InitialRegisters) -> None:
    """A parent company, some venues, one area manager on all: one holder by group, so PER-01 does not hold."""
    offices, size = g.settle("office", "chains", "holding", "bv"), RATES["chain_size"]
    addresses = g.take("venue", len(offices) * size)
    number, which = len(addresses), np.arange(len(addresses)) // size
    groups = offices.pick(which)
    parent, forms = groups.company, ["bv"] * number
    company, person = g.found(addresses, ["horeca"] * number, forms=forms, parent=parent, owner=groups.person)
    since = g.days(-1400, -1399, number)
    g.book.extend("functionarissen", _company=company, _legal=parent, functie="enig_aandeelhouder", datum_aanvang=since)
    licences = _open(g, Holders(addresses, company, person), (("exploitatie", 1.0), ("alcohol", 0.7)))
    area_manager = g.book.people.add(len(offices))[which]
    g.managers(licences, area_manager, "leidinggevende", np.full(number, -140))
    g.innocent(addresses, "PER-01", "rayonmanager van een keten")


def lodgings(g: InitialRegisters) -> None:
    """Hotels and boarding houses: at least 16 m² for every permitted person."""
    holders = g.settle("lodging", "lodgings", "logies")
    area = g.areas(holders.addresses, 250, 1200)
    days = _granted(g.days(-1500, -200, len(holders)), applied=90, decided=5)
    g.permits(holders, zaaktype="logies", status="verleend", max_personen=area // 16, max_kamers=area // 32, **days)
    g.open.append(holders.addresses)


def refused_and_withdrawn(g: InitialRegisters) -> None:
    """Refusals and withdrawals after which neither the party nor anybody at the address applies again."""
    holders = g.settle("venue", "refused", "horeca")
    decided = g.days(-1700, -60, len(holders))
    g.permits(
        holders,
        zaaktype="exploitatie",
        status="geweigerd",
        datum_aanvraag=decided - 70,
        datum_besluit=decided,
        weigeringsgrond=g.rng.choice(["inhoudelijk", "bibob", "bestemming", "formeel"], len(holders)),
        bezwaar_uitkomst=g.rng.choice(["geen", "lopend", "ongegrond"], len(holders), p=[0.7, 0.1, 0.2]),
    )
    holders = g.settle("venue", "withdrawn", "horeca")
    ended = g.days(-1500, -60, len(holders))
    by_authority = g.rng.random(len(holders)) < 0.5
    g.permits(
        holders,
        zaaktype="exploitatie",
        status="ingetrokken",
        datum_aanvraag=ended - 600,
        datum_besluit=ended - 10,
        ingangsdatum=np.where(by_authority, ended - 500.0, np.nan),
        einddatum=ended,
        vervalreden=np.where(by_authority, "ingetrokken_overheid", "ingetrokken_belanghebbende"),
    )
    g.quiet.append(holders.addresses)
    addresses = g.take("venue", g.count("pending"))
    number = len(addresses)
    g.permits(
        Holders(addresses, *g.found(addresses, ["horeca"] * number, start=g.days(-400, -60, number))),
        zaaktype="exploitatie",
        datum_aanvraag=g.days(-55, -1, number),
        bezwaar_uitkomst=None,
        status=g.rng.choice(["aangevraagd", "in_behandeling"], number),
    )


def _expired(g: InitialRegisters, holders: Holders, ended: np.ndarray) -> None:
    """Licences of three years."""
    days = _granted(ended - 1095, applied=85, decided=10)
    g.permits(holders, zaaktype="exploitatie", status="verlopen", einddatum=ended, vervalreden="tijdelijk", **days)


def expired(g: InitialRegisters) -> None:
    """Licences that ended: renewed in time, or the establishment closed before the licence did."""
    holders = g.settle("venue", "expired_renewed", "horeca")
    ended = g.days(-600, -40, len(holders))
    _expired(g, holders, ended)
    days, hours = _granted(ended + 1, applied=81, decided=11), g.rng.choice(words.HOURS, len(holders))
    g.permits(holders, zaaktype="exploitatie", status="verleend", openingstijden=hours, **days)
    g.open.append(holders.addresses)
    g.innocent(holders.addresses, "LIC-04", "verlenging op tijd verleend")
    addresses = g.take("venue", g.count("expired_closed"))
    number = len(addresses)
    ended = g.days(-900, -60, number)
    reasons = ["opgeheven"] * number
    holders = Holders(
        addresses, *g.found(addresses, ["horeca"] * number, start=ended - 1600, end=ended - 20, reason=reasons)
    )
    _expired(g, holders, ended)
    g.quiet.append(addresses)


def letting(g: InitialRegisters) -> None:
    """Permits to let: at least 16 m² a person, at most two reports in half a year, nothing found at inspections."""
    addresses = g.take("home", g.count("letting"))
    number = len(addresses)
    area = g.areas(addresses, 64, 260)
    kind = g.rng.choice(["kamerverhuur", "omzetting", "verhuur_wgv", "toeristische_verhuur"], number)
    companies = g.rng.random(number) < 0.35
    days = _granted(g.days(-1500, -100, number), applied=90, decided=10)
    lessor, _ = g.found(None, ["vastgoed"] * int(companies.sum()), forms=["bv"] * int(companies.sum()))
    values = {"zaaktype": kind, "max_personen": area // 16, "max_kamers": np.maximum(area // 30, 1), **days}
    for mask, company in ((companies, lessor), (~companies, None)):
        person = None if company is not None else g.book.people.add(int(mask.sum()))
        part = {name: value[mask] for name, value in values.items()}
        g.permits(Holders(addresses[mask], company, person), status="verleend", **part)
    g.let.append(addresses)


def events_and_building(g: InitialRegisters) -> None:
    """Events and building permits, at homes where no holder has an establishment."""
    addresses = g.take("home", g.count("events"))
    organisers = g.found(None, ["stichting"] * len(addresses), forms=["stichting"] * len(addresses))
    day = g.days(-1000, 120, len(addresses))
    over = day < 0
    g.permits(
        Holders(addresses, *organisers),
        zaaktype="evenement",
        status=np.where(over, "verlopen", "verleend"),
        datum_aanvraag=np.minimum(day - 150, -30),
        datum_besluit=np.minimum(day - 60, -8),
        ingangsdatum=np.minimum(day, -1),
        einddatum=day,
        vervalreden=np.where(over, "tijdelijk", np.array(None)),
        _hodn=False,
    )
    g.quiet.append(addresses)
    addresses = g.take("home", g.count("building"))
    applied = g.days(-1200, -10, len(addresses))
    granted = applied < -100
    g.permits(
        Holders(addresses, None, g.book.people.add(len(addresses))),
        zaaktype="omgeving",
        datum_aanvraag=applied,
        _hodn=False,
        status=np.where(granted, "verleend", "in_behandeling"),
        bezwaar_uitkomst=np.where(granted, "geen", np.array(None)),
        datum_besluit=np.where(granted, applied + 55.0, np.nan),
        ingangsdatum=np.where(granted, applied + 97.0, np.nan),
    )


def sex_establishments(g: InitialRegisters) -> None:
    """Licensed premises with a manager in office; some renewed in time."""
    holders = g.settle("venue", "sex", "seks", "bv")
    number = len(holders)
    started = g.days(-1000, -200, number)
    kind, rooms = g.rng.choice(_SEX_KINDS, number), g.rng.integers(2, 9, number)
    licence = g.book.reserve("licence", number)
    until = np.where(g.rng.random(number) < 0.5, g.days(30, 900, number), np.nan)
    days = _granted(started, applied=125, decided=5)
    _sex_licences(
        g, holders, _id=licence, type=kind, aantal_werkruimten=rooms, status="verleend", einddatum=until, **days
    )
    g.managers(licence, holders.person, "exploitant", started)
    g.managers(licence, g.book.people.add(number), "beheerder", started)
    before = np.arange(number) < min(g.count("sex_renewed"), number)
    _sex_licences(
        g,
        holders.pick(before),
        _id=g.book.reserve("licence", int(before.sum())),
        type=kind[before],
        aantal_werkruimten=rooms[before],
        status="verlopen",
        einddatum=started[before] - 1,
        vervalreden="tijdelijk",
        **_granted(started[before] - 1096, applied=204, decided=54),
    )
    g.open.append(holders.addresses)


def _sex_licences(g: InitialRegisters, holders: Holders, **columns: object) -> None:
    always = {"bezwaar_uitkomst": "geen", "openingstijden": "ma-zo 12:00-02:00"}
    g.book.extend("seksinrichtingen", _company=holders.company, _address=holders.addresses, **always, **columns)
