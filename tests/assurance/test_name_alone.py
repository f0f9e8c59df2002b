"""A name alone makes nothing: people and companies that share a name and nothing else give no evidence and no flag."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.base.datasets import datasets
from screening.rules.schema import tables_for_rules
from screening.synthetic.name_pools import POOLS
from tests.assurance.pipeline import Frames, linked, screened

#: Situations in which a rule would see something if the two were one party.
SITUATIONS = ("refused", "withdrawn", "integrity", "role", "venues", "straw", "phoenix", "measure")
NAMES = [(given, family) for pool in POOLS.values() for given, family in zip(pool.given, pool.family, strict=False)]
THEN, NOW = date(2025, 6, 2), date(2026, 9, 1)
#: Columns that the matching reads and the rules never see.
TEXT = {
    "vergunningen": ("houder_naam", "houder_geboortedatum", "handelsnaam", "vestigingsnummer"),
    "seksinrichtingen": ("exploitant_naam", "exploitant_geboortedatum", "handelsnaam", "vestigingsnummer"),
    "handelsregister": ("statutaire_naam", "handelsnamen"),
    "functionarissen": ("naam", "geboortedatum"),
    "leidinggevenden": ("naam", "geboortedatum"),
    "maatregelen": ("betrokkene_naam", "betrokkene_geboortedatum"),
}


@dataclass
class Pairs:
    """Rows by table for pairs of parties that share a name, and a birth date only where a test needs it."""

    rows: dict[str, list[dict]]
    dice: np.random.Generator
    share_birth_date: bool = False
    used: set = field(default_factory=set)

    def day(self) -> date:
        """A birth date that no one else has: two of like name and one date share more than a name."""
        while True:
            day = date(1930, 1, 1) + timedelta(days=int(self.dice.integers(0, 27_000)))
            if day not in self.used:
                self.used.add(day)
                return day

    def born(self) -> tuple[date | None, date | None]:
        """Two birth dates that say nothing of who is who: different, or one or both unknown."""
        day, other = self.day(), self.day()
        if self.share_birth_date:
            return day, day
        return [(day, other), (day, None), (None, other), (None, None)][int(self.dice.integers(0, 4))]

    def number(self) -> str:
        """A KVK number that no other company has."""
        self.used.add(len(self.used))
        return f"{10_000_000 + len(self.used)}"

    def name(self) -> tuple[str, str, str]:
        """A family name, and one name with it, written in two of the ways in which it is written."""
        first, last = NAMES[int(self.dice.integers(0, len(NAMES)))]
        ways = [f"{first} {last}", f"{first[0]}. {last}", f"{last}, {first[0]}.", f"{first} {last}".upper()]
        one, two = self.dice.integers(0, len(ways), 2)
        return last, ways[one], ways[two]

    def add(self, table: str, **row: object) -> str:
        key = f"{table[:2].upper()}{len(self.rows[table])}"
        self.rows[table].append({"key": key, **row})
        return key

    def address(self) -> str:
        n = len(self.rows["bag_adressen"])
        object_id = f"9999010{n:09d}"
        self.add(
            "bag_adressen",
            nummeraanduiding_id=f"n{n}",
            adresseerbaar_object_id=object_id,
            pand_id=[f"p{n}"],
            gebruiksdoelen=["bijeenkomstfunctie"],
            oppervlakte=200.0,
            status="Verblijfsobject in gebruik",
            pand_status="Pand in gebruik",
            rd_x=float(n % 300) * 3000,
            rd_y=float(n // 300) * 3000,
            is_nevenadres=False,
        )
        return object_id

    def permit(
        self, name: str | None, born: date | None, at: date, *, address: str | None = None, **row: object
    ) -> tuple[str, str]:
        address = address or self.address()
        key = f"Z-{len(self.rows['vergunningen'])}"
        self.rows["vergunningen"].append(
            {
                "key": key,
                "zaaknummer": key,
                "zaaktype": "exploitatie",
                "status": "verleend",
                "bezwaar_uitkomst": "geen",
                "houder_naam": name,
                "houder_geboortedatum": born,
                "address_id": address,
                "datum_aanvraag": at,
                "datum_besluit": at + timedelta(days=30),
                "ingangsdatum": at + timedelta(days=30),
                "openingstijden": "ma-zo 11:00-23:00",
                **row,
            }
        )
        return key, address

    def pair(self, situation: str) -> None:
        family, one, two = self.name()
        then, now = self.born()
        refused = {"status": "geweigerd", "weigeringsgrond": "bibob", "ingangsdatum": None}
        withdrawn = {"status": "ingetrokken", "vervalreden": "ingetrokken_overheid", "einddatum": THEN}
        kvk = [self.number(), self.number()]
        pending = {"status": "in_behandeling", "datum_besluit": None, "ingangsdatum": None}
        if situation == "refused":
            _, address = self.permit(one, then, THEN, **refused)
            # one person at another address is no evidence either: of person, name and address two are needed
            self.permit(two, now, NOW, address=address if self.share_birth_date else None, **pending)
        elif situation == "withdrawn":
            # one name at one address, as in a family: that is still a name alone
            _, address = self.permit(one, then, THEN - timedelta(days=300), **withdrawn)
            self.permit(two, now, NOW - timedelta(days=400), address=address, **pending)
        elif situation == "integrity":
            self.permit(
                one,
                then,
                THEN,
                status="ingetrokken",
                vervalreden="ingetrokken_belanghebbende",
                einddatum=THEN,
                bibob_vragenlijst_datum=THEN,
                ingangsdatum=None,
                datum_besluit=None,
            )
            self.permit(two, now, NOW, **pending)
        elif situation == "role":
            key, _ = self.permit(None, None, THEN - timedelta(days=300), kvk_nummer=kvk[0], **withdrawn)
            self.add(
                "leidinggevenden",
                zaaknummer=key,
                naam=one,
                geboortedatum=then,
                rol="exploitant",
                datum_van=THEN - timedelta(days=250),
                datum_tot=None,
            )
            key, _ = self.permit(None, None, THEN, kvk_nummer=kvk[1])
            self.add(
                "leidinggevenden",
                zaaknummer=key,
                naam=two,
                geboortedatum=now,
                rol="leidinggevende",
                datum_van=NOW,
                datum_tot=None,
            )
        elif situation == "venues":
            # a register without birth dates, or two namesakes: four venues far apart that open at the same time
            for number in range(4):
                key, _ = self.permit(None, None, THEN, kvk_nummer=self.number())
                born = then if self.share_birth_date else None if number % 2 else self.day()
                self.add(
                    "leidinggevenden",
                    zaaknummer=key,
                    naam=(one, two)[number % 2],
                    geboortedatum=born,
                    rol="leidinggevende",
                    datum_van=THEN,
                    datum_tot=None,
                )
        elif situation == "straw":
            for number in range(3):
                company = self.number()
                self.company(company, self.address(), begin=date(2024, 3, 1), end=date(2024, 12, 1), why="ontbonden")
                born = then if self.share_birth_date else None if number % 2 else self.day()
                self.add(
                    "functionarissen",
                    kvk_nummer=company,
                    naam=(one, two)[number % 2],
                    geboortedatum=born,
                    functie="bestuurder",
                    datum_aanvang=date(2024, 3, 1),
                    datum_einde=date(2024, 12, 1),
                )
            self.permit(two, now, THEN)
        elif situation == "phoenix":
            trade = f"Café {family}"
            self.company(kvk[0], self.address(), begin=date(2023, 1, 1), end=THEN, why="faillissement", name=trade)
            self.permit(None, None, THEN - timedelta(days=300), kvk_nummer=kvk[0], handelsnaam=trade, **withdrawn)
            self.permit(None, None, NOW, kvk_nummer=kvk[1], handelsnaam=trade, **pending)
        else:
            address = self.address()
            self.add(
                "maatregelen",
                maatregel_id=f"M{len(self.rows['maatregelen'])}",
                type="sluiting",
                status="actief",
                address_id=address,
                datum=THEN,
                betrokkene_naam=one,
                betrokkene_geboortedatum=then,
            )
            self.permit(two, now, THEN, address=address)

    def company(
        self, kvk: str, address: str, *, begin: date, end: date | None, why: str | None, name: str = ""
    ) -> None:
        self.add(
            "handelsregister",
            kvk_nummer=kvk,
            vestigingsnummer=f"{len(self.rows['handelsregister']):012d}",
            rechtsvorm="bv",
            sbi_codes=["70200"],
            sbi_versie="2025",
            address_id=address,
            datum_aanvang=begin,
            datum_einde=end,
            reden_einde=why,
            afgeschermd=False,
            handelsnamen=[name] if name else None,
            faillissement=False,
            surseance=False,
        )


def tables(number: int, seed: int) -> Frames:
    """So many pairs, each in a situation of its own, as linked tables."""
    pairs = Pairs({str(dataset): [] for dataset in datasets()}, np.random.default_rng(seed))
    for place in range(number):
        pairs.pair(SITUATIONS[place % len(SITUATIONS)])
    return linked({name: frame(name, rows) for name, rows in pairs.rows.items()})


def frame(name: str, rows: list[dict]) -> pl.DataFrame:
    """Typed rows: every column that matching or rules read, dates with their bounds."""
    schema = dict(tables_for_rules()[name])
    for column in TEXT.get(name, ()):
        born = column.endswith("geboortedatum")
        schema |= {f"{column}{b}": pl.Date() for b in ("", "_min", "_max")} if born else {column: pl.String()}
    if name == "handelsregister":
        schema["handelsnamen"] = pl.List(pl.String)
    columns = {}
    for column, dtype in schema.items():
        stem = column.removesuffix("_min").removesuffix("_max")
        source = stem if dtype == pl.Date else column
        value = [row.get(source) for row in rows]
        columns[column] = pl.Series(column, value, dtype=dtype)
    columns["record"] = pl.Series("record", [f"{name}:{row['key']}" for row in rows], dtype=pl.String)
    columns["row_number"] = pl.Series(range(1, len(rows) + 1), dtype=pl.Int64)
    columns["source_file_sha256"] = pl.Series(["0" * 64] * len(rows), dtype=pl.String)
    return pl.DataFrame(columns)


def told(found) -> list[tuple]:
    return found.evidence.select("indicator", "address_id", "explanation_nl").rows()


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=4, deadline=None)
def test_who_shares_a_name_and_nothing_else_gives_no_evidence(seed):
    found = screened(tables(400, seed))
    assert told(found) == []
    assert found.flags.is_empty()


@pytest.mark.goal("F2", reached="0 in 104,000")
@pytest.mark.long
@pytest.mark.parametrize("seed", range(13))
def test_who_shares_a_name_and_nothing_else_gives_no_evidence_in_100000_tries(seed):
    assert told(screened(tables(8_000, seed))) == []


def test_the_same_pair_with_one_birth_date_gives_evidence():
    """The harness bites: in each situation the name counts once something else says that it is one person."""
    pairs = Pairs({str(dataset): [] for dataset in datasets()}, np.random.default_rng(5), share_birth_date=True)
    situation_at: dict[str, str] = {}
    for situation in sorted({*SITUATIONS} - {"phoenix"}) * 20:
        pairs.pair(situation)
        new = pairs.rows["bag_adressen"][len(situation_at) :]
        situation_at |= {row["adresseerbaar_object_id"]: situation for row in new}
    found = screened(linked({name: frame(name, rows) for name, rows in pairs.rows.items()}))
    hits = Counter(situation_at[address] for address in found.evidence["address_id"])
    assert {situation for situation, count in hits.items() if count >= 10} == {*SITUATIONS} - {"phoenix"}


def test_the_same_pair_of_companies_at_one_address_gives_evidence():
    """The harness bites for trade names too: one name is evidence once the new company sits where the old one did."""
    pairs = Pairs({str(dataset): [] for dataset in datasets()}, np.random.default_rng(3))
    pairs.pair("phoenix")
    old = pairs.rows["handelsregister"][0]
    pairs.company(
        "22222222", old["address_id"], begin=THEN + timedelta(days=60), end=None, why=None, name=old["handelsnamen"][0]
    )
    found = screened(linked({name: frame(name, rows) for name, rows in pairs.rows.items()}))
    assert "ORG-03" in set(found.evidence["indicator"])
