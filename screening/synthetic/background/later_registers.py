"""The ordinary rows of the registers that came later: owners, changes in the trade register, offices of care providers.

They are written when all else is: owners of homes that no permit is about, so that nobody is a contradiction by chance.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from screening.synthetic.planted_patterns import PlantedPatterns
from screening.synthetic.records import SyntheticRecords

#: Companies that own homes, of two each at most; and homes that are of people, whose rows nobody reads.
_OWNERS, _PEOPLE = 60, 150
_CHANGES, _OFFICES, _DWELLINGS = 120, 8, 6


def fill_later_registers(book: SyntheticRecords, scene: PlantedPatterns, rng: np.random.Generator) -> None:
    """Write the ordinary rows of these registers into the book."""
    free = _homes_without_permit(book, scene, rng)
    _owners(book, rng, free)
    _changes(book, rng)
    _care_offices(book, scene, rng, free)


def _homes_without_permit(book: SyntheticRecords, scene: PlantedPatterns, rng: np.random.Generator) -> np.ndarray:
    named = [book.frame(dataset)["_address"] for dataset in ("vergunningen", "seksinrichtingen", "eigendom")]
    taken = pl.concat(named).drop_nulls().to_numpy()
    return rng.permutation(np.setdiff1d(scene.remaining("home"), taken))


def _owners(book: SyntheticRecords, rng: np.random.Generator, free: np.ndarray) -> None:
    companies = book.companies.add(["vastgoed"] * _OWNERS, ["bv"] * _OWNERS)
    owned = free[: 2 * _OWNERS]
    book.extend(
        "eigendom",
        _id=book.reserve("right", len(owned)),
        soort_gerechtigde="rechtspersoon",
        aard_recht="eigendom",
        belast=rng.random(len(owned)) < 0.05,
        aandeel_teller=1,
        aandeel_noemer=np.where(rng.random(len(owned)) < 0.1, 2, 1),
        rechtsvorm="bv",
        datum_van=-rng.integers(200, 6000, len(owned)),
        _company=np.repeat(companies, 2)[: len(owned)],
        _address=owned,
    )
    of_people = free[2 * _OWNERS : 2 * _OWNERS + _PEOPLE]
    book.extend(
        "eigendom",
        _id=book.reserve("right", len(of_people)),
        soort_gerechtigde="natuurlijk_persoon",
        aard_recht="eigendom",
        belast=False,
        aandeel_teller=1,
        aandeel_noemer=1,
        datum_van=-rng.integers(200, 6000, len(of_people)),
        _address=of_people,
    )


def _changes(book: SyntheticRecords, rng: np.random.Generator) -> None:
    """Of some establishments the day on which they began here, as the register of changes tells it too.

    And of one a name that changed this week: a register of which nothing is new for weeks was not delivered anew.
    """
    register = book.frame("handelsregister").filter(pl.col("_address").is_not_null() & ~pl.col("afgeschermd"))
    chosen = register[np.sort(rng.choice(register.height, size=min(_CHANGES, register.height), replace=False))]
    moved = rng.random(chosen.height) < 0.2
    book.extend(
        "handelsregister_mutaties",
        _company=chosen["_company"],
        _branch=chosen["_branch"],
        soort_mutatie=np.where(moved, "aangekomen", "begonnen").tolist(),
        datum=chosen["datum_aanvang"],
        afgeschermd=False,
        _address=chosen["_address"],
    )
    renamed = chosen.filter(pl.col("datum_einde").is_null()).head(1)
    book.extend(
        "handelsregister_mutaties",
        _company=renamed["_company"],
        _branch=renamed["_branch"],
        soort_mutatie="naamswijziging",
        datum=-3,
        afgeschermd=False,
        _address=renamed["_address"],
    )


def _care_offices(book: SyntheticRecords, scene: PlantedPatterns, rng: np.random.Generator, free: np.ndarray) -> None:
    """Offices, and places where people live, which nobody reads."""
    number = _OFFICES + _DWELLINGS
    companies = book.companies.add(["stichting"] * number, ["stichting"] * number)
    places = np.concatenate([rng.permutation(scene.remaining("office"))[:_OFFICES], free[-_DWELLINGS:]])
    book.extend(
        "zorgaanbieders",
        _id=book.reserve("office", number),
        soort_locatie=["kantoor"] * _OFFICES + ["woonplek"] * _DWELLINGS,
        wet=np.where(rng.random(number) < 0.6, "wmo", "jeugdwet").tolist(),
        datum_van=-rng.integers(200, 1500, number),
        _company=companies,
        _address=places,
    )
