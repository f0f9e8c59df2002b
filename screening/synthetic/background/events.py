"""The rest of ordinary life: companies without a licence, reports, measures and inspections that mean nothing."""

from __future__ import annotations

import numpy as np

from screening.synthetic import words
from screening.synthetic.background.initial_registers import BUSINESS_LINES, InitialRegisters
from screening.synthetic.records import CATEGORIES


def companies(g: InitialRegisters) -> None:
    """Shops, offices and the self-employed at home; companies that ended, converted, or are out of town."""
    number = g.count("businesses")
    shops = g.take("shop", number // 6)
    offices = g.take("office", number // 8)
    homes = g.homes[g.rng.permutation(len(g.homes))[: number - len(shops) - len(offices)]]
    addresses = np.concatenate([shops, offices, homes])
    g.found(addresses, list(g.rng.choice(BUSINESS_LINES, len(addresses))), shielded=0.02, insolvent=0.01)

    homes = g.homes[g.rng.integers(0, len(g.homes), g.count("holdings"))]
    parent, owner = g.found(homes, ["holding"] * len(homes), forms=["bv"] * len(homes))
    subsidiary = g.homes[g.rng.integers(0, len(g.homes), len(homes))]
    g.found(
        subsidiary,
        list(g.rng.choice(BUSINESS_LINES, len(homes))),
        forms=["bv"] * len(homes),
        parent=parent,
        owner=owner,
    )

    # Whoever ended here never had a licence or a measure: no phoenix and no dissolved holder among them.
    homes = g.homes[g.rng.integers(0, len(g.homes), g.count("closed"))]
    ended = g.days(-2000, -5, len(homes))
    reasons = g.rng.choice(["opgeheven", "ontbonden", "faillissement"], len(homes), p=[0.7, 0.2, 0.1])
    lines = list(g.rng.choice(BUSINESS_LINES, len(homes)))
    company, _ = g.found(homes, lines, start=ended - 900, end=ended, reason=list(reasons))
    for reason, function in (("faillissement", "curator"), ("ontbonden", "vereffenaar")):
        picked = reasons == reason
        people, day = g.book.people.add(int(picked.sum())), ended[picked]
        until = np.minimum(day + 200, -1)
        g.officers(company[picked], people, function, day - 20, datum_einde=until, _undated=False)

    homes = g.homes[g.rng.permutation(len(g.homes))[: g.count("converted")]]
    changed = g.days(-1500, -20, len(homes))
    lines = list(g.rng.choice(BUSINESS_LINES, len(homes)))
    successor, owner = g.found(homes, lines, forms=["bv"] * len(homes), start=changed)
    g.found(
        homes,
        lines,
        forms=["eenmanszaak"] * len(homes),
        start=changed - 1200,
        end=changed,
        owner=owner,
        reason=list(g.rng.choice(["omgezet", "voortgezet"], len(homes), p=[0.7, 0.3])),
        continued_by=successor,
    )
    g.innocent(homes, "ORG-03", "eenmanszaak omgezet in bv")
    number = g.count("elsewhere")
    g.found(None, list(g.rng.choice(BUSINESS_LINES, number)))


def reports(g: InitialRegisters) -> None:
    """Noise everywhere, with caps: see `_innocent`."""
    number = g.count("reports")
    venues = np.concatenate([*g.open, *g.let])
    quiet = np.concatenate(g.quiet)
    share = g.rng.random(number)
    addresses = np.where(
        share < 0.32,
        venues[g.rng.integers(0, len(venues), number)],
        np.where(
            share < 0.34, quiet[g.rng.integers(0, len(quiet), number)], g.homes[g.rng.integers(0, len(g.homes), number)]
        ),
    )
    day = -g.rng.integers(1, 731, number)
    names = np.array(sorted(CATEGORIES))
    business = np.array([CATEGORIES[n] == "overlast-bedrijven-en-horeca" for n in names])
    category = np.where(
        share < 0.32,
        g.rng.choice(names[business], number),
        g.rng.choice(names, number, p=np.where(business, 0.4, 1.0) / np.where(business, 0.4, 1.0).sum()),
    )
    keep = _innocent(g, addresses, day, category)
    addresses, day, category = addresses[keep], day[keep], category[keep]
    number = len(addresses)
    chance = g.rng.random(number)
    status = np.where(chance < 0.05, "geannuleerd", np.where(day > -20, "in_behandeling", "afgehandeld"))
    finding = np.where(
        status == "afgehandeld",
        g.rng.choice(["gegrond", "ongegrond", "onbekend"], number, p=[0.3, 0.15, 0.55]),
        "onbekend",
    )
    token = g.book.reserve("token", number).astype(float)
    again = np.flatnonzero(g.rng.random(number) < 0.05)
    token[again] = token[np.maximum(again - 1, 0)]
    token[g.rng.random(number) < 0.25] = np.nan
    ids = g.book.reserve("report", number)
    g.book.extend(
        "meldingen",
        _id=ids,
        _day=day,
        _second=_seconds(g, number),
        subcategorie=category,
        status=status,
        bevinding=finding,
        _token=token,
        _address=addresses,
    )
    # Children repeat their parent, at its address, a day later: they count once with it.
    parents = np.flatnonzero((g.rng.random(number) < 0.03) & (day < -3))
    g.book.extend(
        "meldingen",
        _id=g.book.reserve("report", len(parents)),
        _day=day[parents] + 1,
        _second=_seconds(g, len(parents)),
        subcategorie=category[parents],
        status=status[parents],
        bevinding=finding[parents],
        _token=g.book.reserve("token", len(parents)).astype(float),
        _parent=ids[parents],
        _address=addresses[parents],
    )


def _seconds(g: InitialRegisters, number: int) -> np.ndarray:
    """Time of day; never between two and three, an hour that one night a year lacks."""
    second = g.rng.integers(0, 86_400, number)
    return np.where((second >= 7_200) & (second < 10_800), second + 43_200, second)


def _innocent(g: InitialRegisters, addresses: np.ndarray, day: np.ndarray, category: np.ndarray) -> np.ndarray:
    """Which reports may stay.

    None of business type at quiet addresses, one in 190 days where rooms are let, three in the last 90 days anywhere. A
    child counts once with its parent and changes none of this.
    """
    business = np.isin(category, [n for n, main in CATEGORIES.items() if main == "overlast-bedrijven-en-horeca"])
    keep = ~(business & np.isin(addresses, np.concatenate(g.quiet)))
    let = np.isin(addresses, np.concatenate(g.let))
    for mask, allowed in (((day >= -92), 3), (let & (day >= -190), 1)):
        picked = np.flatnonzero(mask & keep)
        order = picked[np.argsort(addresses[picked], kind="stable")]
        rank = np.arange(len(order)) - np.searchsorted(addresses[order], addresses[order], side="left")
        keep[order[rank >= allowed]] = False
    return keep


def measures_and_inspections(g: InitialRegisters) -> None:
    """Measures against companies that never held a licence and have not ended; inspections that found nothing."""
    number = g.count("measures")
    addresses = g.homes[g.rng.integers(0, len(g.homes), number)]
    day = g.days(-1400, -10, number)
    kinds = ["sluiting", "last_onder_dwangsom", "gedragsaanwijzing_151d", "bestuurlijke_boete", "waarschuwing"]
    company, _ = g.found(None, ["vastgoed"] * (number // 2), forms=["bv"] * (number // 2))
    people = g.book.people.add(number - len(company))
    g.book.extend(
        "maatregelen",
        _id=g.book.reserve("measure", number),
        type=g.rng.choice(kinds, number),
        grondslag=g.rng.choice(words.GROUNDS, number),
        datum=day,
        datum_einde=np.minimum(day + 60, -1),
        status=g.rng.choice(["onherroepelijk", "in_bezwaar", "vernietigd"], number, p=[0.75, 0.15, 0.1]),
        _company=np.concatenate([company.astype(float), np.full(len(people), np.nan)]),
        _person=np.concatenate([np.full(len(company), np.nan), people.astype(float)]),
        _address=addresses,
        _undated=False,
    )
    number = g.count("inspections")
    open_ = np.concatenate(g.open)
    let = np.concatenate(g.let)
    addresses = np.where(
        g.rng.random(number) < 0.7,
        open_[g.rng.integers(0, len(open_), number)],
        let[g.rng.integers(0, len(let), number)],
    )
    situation = g.rng.choice(["toegang_verleend", "niemand_aanwezig", "geen_medewerking"], number, p=[0.85, 0.12, 0.03])
    # "in_bedrijf" only where the holder has a licence in force for as long as the register goes back.
    usual = np.where(np.isin(addresses, g.open[0]) & (g.rng.random(number) < 0.4), "in_bedrijf", "geen_bijzonderheden")
    g.book.extend(
        "controles",
        _id=g.book.reserve("inspection", number),
        datum=g.days(-700, -5, number),
        situatie=situation,
        bevinding=np.where(situation == "toegang_verleend", usual, np.array(None)),
        _address=addresses,
    )
