"""Ordinary licences: every holder is there, every renewal is in time, nobody refused comes back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from screening.synthetic import words
from screening.synthetic.background.initial_registers import RATES, InitialRegisters


@dataclass
class _Venues:
    """Licensed addresses: address, company, person in charge, running number of the licence on which managers stand."""

    addresses: np.ndarray
    company: np.ndarray
    person: np.ndarray
    licence: np.ndarray


def _open(
    g: InitialRegisters,
    addresses: np.ndarray,
    company: np.ndarray,
    person: np.ndarray,
    kinds: tuple[tuple[str, float], ...],
) -> _Venues:
    """Valid licences of the holder who is established there, with operator and managers on the first of them."""
    number = len(addresses)
    started = g.days(-1350, -150, number)
    lessor, _ = g.found(None, ["vastgoed"] * max(1, number // 20), forms=["bv"] * max(1, number // 20))
    rented = np.where(g.rng.random(number) < 0.3, lessor[g.rng.integers(0, len(lessor), number)], np.nan)
    first = g.permits(
        addresses,
        company,
        person,
        zaaktype=kinds[0][0],
        status="verleend",
        datum_aanvraag=started - 75,
        datum_besluit=started - 5,
        ingangsdatum=started,
        einddatum=np.where(g.rng.random(number) < 0.4, g.days(30, 900, number), np.nan),
        openingstijden=g.rng.choice(words.HOURS, number),
        bibob_vragenlijst_datum=np.where(g.rng.random(number) < 0.5, started - 60.0, np.nan),
        _lessor=rented,
    )
    for kind, share in kinds[1:]:
        mask = np.flatnonzero(g.rng.random(number) < share)
        if len(mask):
            later = np.minimum(started[mask] + g.days(0, 200, len(mask)), -40)
            g.permits(
                addresses[mask],
                company[mask],
                person[mask],
                zaaktype=kind,
                status="verleend",
                datum_aanvraag=later - 80,
                datum_besluit=later - 6,
                ingangsdatum=later,
                openingstijden=g.rng.choice(words.HOURS, len(mask)),
            )
    g.managers(first, person, "exploitant", started)
    for share in (0.9, 0.7, 0.45):
        mask = np.flatnonzero(g.rng.random(number) < share)
        since = np.minimum(started[mask] + g.days(0, 400, len(mask)), -10)
        left = np.where(g.rng.random(len(mask)) < 0.12, np.minimum(since + 250, -2), np.nan)
        g.managers(first[mask], g.book.people.add(len(mask)), "leidinggevende", since, datum_tot=left)
    mask = np.flatnonzero(g.rng.random(number) < 0.04)
    g.managers(first[mask], g.book.people.add(len(mask)), "gemachtigde", started[mask])
    g.open.append(addresses)
    return _Venues(addresses, company, person, first)


def venues(g: InitialRegisters) -> None:
    """Cafés and the like: holder, operator and establishment are one; every manager works at one venue only."""
    for rate, line, kinds in (
        ("venues", "horeca", (("exploitatie", 1.0), ("alcohol", 0.6), ("terras", 0.35), ("speelautomaten", 0.08))),
        ("coffeeshops", "coffeeshop", (("coffeeshop", 1.0),)),
        ("gaming", "speelhal", (("speelautomaten", 1.0),)),
    ):
        addresses = g.take("venue", g.count(rate))
        company, person = g.found(addresses, [line] * len(addresses))
        _open(g, addresses, company, person, kinds)


def chains(g: InitialRegisters) -> None:
    """A parent company, some venues, one area manager on all: one holder by group, so PER-01 does not hold."""
    chains, size = g.count("chains"), RATES["chain_size"]
    office = g.take("office", chains)
    chains = len(office)
    parent, director = g.found(office, ["holding"] * chains, forms=["bv"] * chains)
    addresses = g.take("venue", chains * size)
    which = np.arange(len(addresses)) // size
    company, person = g.found(
        addresses,
        ["horeca"] * len(addresses),
        forms=["bv"] * len(addresses),
        parent=parent[which],
        owner=director[which],
    )
    g.book.extend(
        "functionarissen",
        _company=company,
        _legal=parent[which],
        functie="enig_aandeelhouder",
        datum_aanvang=g.days(-1400, -1399, len(addresses)),
    )
    venues = _open(g, addresses, company, person, (("exploitatie", 1.0), ("alcohol", 0.7)))
    area_manager = g.book.people.add(chains)[which]
    g.managers(venues.licence, area_manager, "leidinggevende", np.full(len(addresses), -140))
    g.book.innocents.extend(
        {"_address": int(a), "looks_like": "PER-01", "explanation": "rayonmanager van een keten", "planted": False}
        for a in addresses
    )


def lodgings(g: InitialRegisters) -> None:
    """Hotels and boarding houses: at least 16 m² for every permitted person."""
    addresses = g.take("lodging", g.count("lodgings"))
    company, person = g.found(addresses, ["logies"] * len(addresses))
    for a in addresses:
        g.book.areas[int(a)] = int(g.rng.integers(250, 1200))
    area = np.array([g.book.areas[int(a)] for a in addresses])
    started = g.days(-1500, -200, len(addresses))
    g.permits(
        addresses,
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
    g.open.append(addresses)


def refused_and_withdrawn(g: InitialRegisters) -> None:
    """Refusals and withdrawals after which neither the party nor anybody at the address applies again."""
    addresses = g.take("venue", g.count("refused"))
    company, person = g.found(addresses, ["horeca"] * len(addresses))
    decided = g.days(-1700, -60, len(addresses))
    g.permits(
        addresses,
        company,
        person,
        zaaktype="exploitatie",
        status="geweigerd",
        datum_aanvraag=decided - 70,
        datum_besluit=decided,
        weigeringsgrond=g.rng.choice(["inhoudelijk", "bibob", "bestemming", "formeel"], len(addresses)),
        bezwaar_uitkomst=g.rng.choice(["geen", "lopend", "ongegrond"], len(addresses), p=[0.7, 0.1, 0.2]),
    )
    addresses = g.take("venue", g.count("withdrawn"))
    company, person = g.found(addresses, ["horeca"] * len(addresses))
    ended = g.days(-1500, -60, len(addresses))
    by_authority = g.rng.random(len(addresses)) < 0.5
    g.permits(
        addresses,
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
    g.quiet.append(addresses)
    addresses = g.take("venue", g.count("pending"))
    company, person = g.found(addresses, ["horeca"] * len(addresses), start=g.days(-400, -60, len(addresses)))
    g.permits(
        addresses,
        company,
        person,
        zaaktype="exploitatie",
        datum_aanvraag=g.days(-55, -1, len(addresses)),
        bezwaar_uitkomst=None,
        status=g.rng.choice(["aangevraagd", "in_behandeling"], len(addresses)),
    )


def expired(g: InitialRegisters) -> None:
    """Licences that ended: renewed in time, or the establishment closed before the licence did."""
    addresses = g.take("venue", g.count("expired_renewed"))
    company, person = g.found(addresses, ["horeca"] * len(addresses))
    ended = g.days(-600, -40, len(addresses))
    g.permits(
        addresses,
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
    g.permits(
        addresses,
        company,
        person,
        zaaktype="exploitatie",
        status="verleend",
        datum_aanvraag=ended - 80,
        datum_besluit=ended - 10,
        ingangsdatum=ended + 1,
        openingstijden=g.rng.choice(words.HOURS, len(addresses)),
    )
    g.open.append(addresses)
    g.book.innocents.extend(
        {"_address": int(a), "looks_like": "LIC-04", "explanation": "verlenging op tijd verleend", "planted": False}
        for a in addresses
    )
    addresses = g.take("venue", g.count("expired_closed"))
    ended = g.days(-900, -60, len(addresses))
    company, person = g.found(
        addresses,
        ["horeca"] * len(addresses),
        start=ended - 1600,
        end=ended - 20,
        reason=["opgeheven"] * len(addresses),
    )
    g.permits(
        addresses,
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
    g.quiet.append(addresses)


def letting(g: InitialRegisters) -> None:
    """Permits to let: at least 16 m² a person, at most two reports in half a year, nothing found at inspections."""
    addresses = g.take("home", g.count("letting"))
    number = len(addresses)
    for a in addresses:
        g.book.areas[int(a)] = int(g.rng.integers(64, 260))
    area = np.array([g.book.areas[int(a)] for a in addresses])
    kind = g.rng.choice(["kamerverhuur", "omzetting", "verhuur_wgv", "toeristische_verhuur"], number)
    companies = g.rng.random(number) < 0.35
    started = g.days(-1500, -100, number)
    lessor, _ = g.found(None, ["vastgoed"] * int(companies.sum()), forms=["bv"] * int(companies.sum()))
    values = {
        "zaaktype": kind,
        "status": "verleend",
        "datum_aanvraag": started - 90,
        "datum_besluit": started - 10,
        "ingangsdatum": started,
        "max_personen": area // 16,
        "max_kamers": np.maximum(area // 30, 1),
    }
    for mask, company in ((companies, lessor), (~companies, None)):
        part = {k: v[mask] if isinstance(v, np.ndarray) else v for k, v in values.items()}
        person = None if company is not None else g.book.people.add(int(mask.sum()))
        g.permits(addresses[mask], company, person, **part)
    g.let.append(addresses)


def events_and_building(g: InitialRegisters) -> None:
    """Events and building permits, at homes where no holder has an establishment."""
    addresses = g.take("home", g.count("events"))
    company, person = g.found(None, ["stichting"] * len(addresses), forms=["stichting"] * len(addresses))
    day = g.days(-1000, 120, len(addresses))
    over = day < 0
    g.permits(
        addresses,
        company,
        person,
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
        addresses,
        None,
        g.book.people.add(len(addresses)),
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
    kinds = [
        "raamprostitutie",
        "club",
        "prive_huis",
        "massagesalon_erotisch",
        "sekswinkel_cabines",
        "seksbioscoop",
        "escort",
    ]
    addresses = g.take("venue", g.count("sex"))
    number = len(addresses)
    company, person = g.found(addresses, ["seks"] * number, forms=["bv"] * number)
    started = g.days(-1000, -200, number)
    values = {
        "type": g.rng.choice(kinds, number),
        "bezwaar_uitkomst": "geen",
        "_company": company,
        "_address": addresses,
        "aantal_werkruimten": g.rng.integers(2, 9, number),
        "openingstijden": "ma-zo 12:00-02:00",
    }
    licence = g.book.reserve("licence", number)
    g.book.extend(
        "seksinrichtingen",
        _id=licence,
        status="verleend",
        datum_aanvraag=started - 125,
        datum_besluit=started - 5,
        ingangsdatum=started,
        einddatum=np.where(g.rng.random(number) < 0.5, g.days(30, 900, number), np.nan),
        **values,
    )
    g.managers(licence, person, "exploitant", started)
    g.managers(licence, g.book.people.add(number), "beheerder", started)
    before = np.arange(number) < min(g.count("sex_renewed"), number)
    earlier = {k: v[before] if isinstance(v, np.ndarray) else v for k, v in values.items()}
    g.book.extend(
        "seksinrichtingen",
        _id=g.book.reserve("licence", int(before.sum())),
        status="verlopen",
        datum_aanvraag=started[before] - 1300,
        datum_besluit=started[before] - 1150,
        ingangsdatum=started[before] - 1096,
        einddatum=started[before] - 1,
        vervalreden="tijdelijk",
        **earlier,
    )
    g.open.append(addresses)
