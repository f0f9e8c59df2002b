"""What is kept of a night so that its rules can be run again: the columns that rules read, without names or births.

Kept are the accepted rows, never a raw delivery. Names become keyed hashes, dates of birth are permuted under the same
key, and reporters are numbered within an address: rules ask of these whether two are the same, and nothing else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from datetime import date, timedelta

import polars as pl

from screening.base.datasets import addressed_datasets
from screening.base.keyed_hash import KeyedHasher
from screening.rules.declare import Indicator
from screening.rules.lines_of_business import follows_from_others
from screening.rules.schema import HITS_TABLE, tables_for_rules
from screening.rules.tables import Tables

#: Made again from the other tables when a night is replayed.
DERIVED = ("groepen", HITS_TABLE)

_NAMES = {
    "partijen": ("name_normalised",),
    "handelsnamen": ("name_key",),
    "gelijkende_namen": ("left_name_key", "right_name_key"),
}

#: Columns that the engine itself reads: groups of companies, links of a hit, pins, the address as it is shown.
_ENGINE = {
    "koppelingen": ("link_id", "left", "right", "level"),
    "partijen": ("mention", "record", "dataset", "key", "kind", "party_id", "birth_date"),
    "handelsregister": ("record", "kvk_nummer", "voortgezet_door_kvk"),
    "functionarissen": ("key", "kvk_nummer", "rechtspersoon_kvk", "functie", "datum_aanvang_min", "datum_einde_max"),
    "bag_adressen": (
        "nummeraanduiding_id",
        "adresseerbaar_object_id",
        "straatnaam",
        "huisnummer",
        "huisletter",
        "huisnummertoevoeging",
        "postcode",
        "woonplaats",
        "is_nevenadres",
    ),
}


def columns_to_keep(rules: Iterable[Indicator], configured: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Table -> the columns that a replay can ask for, in the order of the schema; no table or column beside.

    Of every rule, so that a rule that is not configured yet can be tried; of a sensitive one only when it is
    configured (`configured`: codes).
    """
    chosen = frozenset(configured)
    kept: dict[str, set[str]] = {name: set(columns) for name, columns in _ENGINE.items()}
    for name in addressed_datasets():
        kept.setdefault(name, set()).update(("record", "address_id", "address_method"))
    for rule in rules:
        if rule.sensitive and rule.code not in chosen:
            continue
        for table, columns in rule.inputs.items():
            kept.setdefault(table, set()).update(columns)
    return {
        name: tuple(
            column
            for column in tables_for_rules()[name]
            if column in kept[name] and not follows_from_others(name, column)
        )
        for name in tables_for_rules()
        if name in kept and name not in DERIVED
    }


def redact(name: str, frame: pl.DataFrame | pl.LazyFrame, columns: Iterable[str], key: bytes) -> pl.DataFrame:
    """The rows of a table as a snapshot keeps them: these columns, in the order in which the rows came.

    `frame`: as it is handed to the rules. `key`: of the workspace; the same value gives the same hash on every night.
    """
    kept = Tables({name: frame})[name].select([*columns, *_beside(name, columns)]).collect()
    hasher = KeyedHasher(hashlib.blake2b(b"names, by CMAC", key=key, digest_size=32).digest())
    hashed = [kept[column] for column in _NAMES.get(name, ()) if column in kept.columns]
    kept = kept.with_columns(hasher.in_hexadecimals(names) for names in hashed)
    if name == "partijen" and "birth_date" in kept.columns:
        kept = _mapped(kept, "birth_date", pl.Date(), lambda value: permuted(value, key))
    if name == "meldingen" and "melder_token" in kept.columns:
        kept = _numbered(kept)
    return kept.select(list(columns))


def _beside(name: str, columns: Iterable[str]) -> list[str]:
    """What the numbering of reporters needs beside the kept columns."""
    if name != "meldingen":
        return []
    present = set(columns)
    return [column for column in ("address_id", "datum_melding", "record") if column not in present]


def _numbered(reports: pl.DataFrame) -> pl.DataFrame:
    """Reporters as "1", "2", … within each address, in the order of their first report: no one is followed elsewhere.

    A report without an address counts for no rule: its reporter is left out.
    """
    token, address = pl.col("melder_token"), pl.col("address_id")
    first = (
        reports.filter(token.is_not_null(), address.is_not_null())
        .sort("datum_melding", "record", nulls_last=True)
        .unique(["address_id", "melder_token"], keep="first", maintain_order=True)
        .select("address_id", "melder_token", number=pl.int_range(1, pl.len() + 1).over("address_id").cast(pl.String))
    )
    numbered = reports.join(first, on=["address_id", "melder_token"], how="left", maintain_order="left")
    return numbered.with_columns(pl.col("number").alias("melder_token"))


def _mapped(frame: pl.DataFrame, column: str, dtype: pl.DataType, change: Callable[..., object]) -> pl.DataFrame:
    """A column with each different value changed once; null stays null."""
    values = frame[column].drop_nulls().unique()
    changed = pl.Series([change(value) for value in values.to_list()], dtype=dtype)
    if values.is_empty():
        return frame
    return frame.with_columns(pl.col(column).replace_strict(values, changed, default=None, return_dtype=dtype))


_FIRST_DAY = date(1, 1, 1)
_HALF_BITS = 10
_HALF = (1 << _HALF_BITS) - 1
_ROUNDS = 6


def permuted(day: date, key: bytes) -> date:
    """Another day for each day, under the key: two are equal when the days were, and say nothing else.

    A Feistel network on the 2^20 days from year 1 on: a permutation by construction, so that no two people become one.
    """
    number = (day - _FIRST_DAY).days & ((1 << 2 * _HALF_BITS) - 1)
    left, right = number >> _HALF_BITS, number & _HALF
    for turn in range(_ROUNDS):
        mixed = hashlib.blake2b(bytes([turn]) + right.to_bytes(2, "big"), key=key, digest_size=4).digest()
        left, right = right, left ^ (int.from_bytes(mixed, "big") & _HALF)
    return _FIRST_DAY + timedelta(days=left << _HALF_BITS | right)
