"""What the matching of parties reads of the registers: of a large municipality the other columns are half of them."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from screening.base.datasets import datasets

#: Columns that are read beside those that the contracts say name a party or make up a fingerprint.
_BESIDE = {
    "bag_adressen": ("adresseerbaar_object_id", "pand_id"),
    "handelsregister": (
        "kvk_nummer",
        "vestigingsnummer",
        "rechtsvorm",
        "statutaire_naam",
        "handelsnamen",
        "datum_aanvang",
        "datum_einde",
    ),
    "functionarissen": ("kvk_nummer", "naam"),
    "leidinggevenden": ("zaaknummer",),
}


def read_party_tables(registers: Mapping[str, pl.LazyFrame]) -> dict[str, pl.DataFrame]:
    """The typed frames that `link_parties` is handed, with the columns alone that it reads.

    Args:
        registers: Data set -> its accepted rows, with `address_id` where the set has addresses.
    """
    return {name: _read(name, register) for name, register in registers.items()}


def _read(name: str, register: pl.LazyFrame) -> pl.DataFrame:
    about = datasets()[name]
    named = {"key", "address_id", *about.fingerprint, *_BESIDE.get(name, ())}
    named |= {column for party in about.parties for column in party.columns()}
    if about.shielded_by:
        named.add(about.shielded_by)
    # of a date there are the first and the last day that it can be
    named |= {f"{column}_{end}" for column in named for end in ("min", "max")}
    return register.select(column for column in register.collect_schema().names() if column in named).collect()
