"""Whether data are made up (municipality code 9999): no object of a real municipality, and no real place.

Sign-in without an identity provider, a run without a mandate and acts at the terminal hang on that code, so it is held
against what was read, after queries and mapping. KVK numbers and names of persons decide nothing: made-up ones can
exist. Why these two, and what is left: docs/decisions/0032.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import polars as pl

from screening.base.errors import ConfigurationError
from screening.base.frames import SourceTable
from screening.base.word_lists import read_lists

#: Ids of the BAG: their first four digits are the municipality in which the object was made.
OBJECT_IDS = ("adresseerbaar_object_id", "nummeraanduiding_id", "pand_id")
_REGISTER_OF_PLACES, _PLACE = "bag_adressen", "woonplaats"

#: What the BAG and other registers add to the name of a place that stands more than once on the map.
_ADDITION = re.compile(r"\(.*?\)|\bgem\b.*$|\b(?:ca|gld|gr|lb|l|nb|nh|o|ov|zh|z)\b\.?$")
_AT_THE = re.compile(r"\baan den\b|\ba[/.]\s?d\b\.?")  # "a/d IJssel", "a.d. Lek"
_NO_LETTER = re.compile(r"[^a-z]+")
_DIGIT_WITHIN = re.compile(r"[a-z][0-9]+[a-z]|\b[0-9]+[a-z]{2}")
#: A place may be named within other words ("Weesp, Nederland"); a shorter name is too often part of an invented one.
_LETTERS_WITHIN = 5


def require_made_up(table: SourceTable, prefix: str) -> None:
    """Refuse a delivery that holds real data.

    Args:
        table: What was read, as text.
        prefix: The four digits that every id of the BAG must begin with.

    Raises:
        ConfigurationError: an object id of another municipality; a place that exists in the BAG, or one in letters that
            no list tells; more rows there without the name of a place than with one.
    """
    for column in OBJECT_IDS:
        if column in table.frame.columns and (count := _foreign_ids(table.frame[column], prefix)):
            raise _refusal(table, column, f"{count} row(s) hold an object id that does not begin with {prefix}", prefix)
    if table.dataset != _REGISTER_OF_PLACES or table.frame.is_empty():
        return
    places = table.frame[_PLACE].drop_nulls() if _PLACE in table.frame else pl.Series(dtype=pl.String)
    places = places.filter(places.str.contains(r"\pL"))  # the number of a place is no name
    if 2 * places.len() <= table.frame.height:
        why = (
            f"{places.len()} of {table.frame.height} rows name a place, so nothing tells that this town does not exist"
        )
        raise _refusal(table, _PLACE, why, prefix)
    if count := int(places.is_in(real_places(places.unique())).sum()):
        raise _refusal(table, _PLACE, f"{count} row(s) name a place that exists", prefix)
    if count := int(places.is_in(disguised(places.unique())).sum()):
        why = f"{count} row(s) hold a character that no place is written with, or a digit within a word"
        raise _refusal(table, _PLACE, why, prefix)


def real_places(names: Iterable[str]) -> list[str]:
    """Those of `names` that are a place on the map, or name one among other words."""
    return [name for name in names if not _known().isdisjoint(_readings(name))]


def disguised(names: Iterable[str]) -> list[str]:
    """Those of `names` in letters that only look like a to z ("Wееsp" in Cyrillic, "Gr0ningen"): no list tells them."""
    return [name for name in names if any(_is_odd(c) for c in _plain(name)) or _DIGIT_WITHIN.search(_plain(name))]


def _is_odd(character: str) -> bool:
    return not character.isascii() and unicodedata.category(character)[0] in "LNS"


def _foreign_ids(ids: pl.Series, prefix: str) -> int:
    # digits only: an id that is malformed in another way is the contract's to judge, and no sign of real data
    # where an id begins as it should and stands alone, nothing is foreign
    ids = ids.filter(~ids.str.starts_with(prefix) | ids.str.contains("|", literal=True))
    lists = ids.str.split("|").list.eval(pl.element().str.strip_chars())
    foreign = pl.element().str.contains("^[0-9]{4}") & ~pl.element().str.starts_with(prefix)
    return int(lists.list.eval(foreign).list.any().sum())


@cache
def _known() -> frozenset[str]:
    lists: dict[str, list[str]] = read_lists(__package__, "places.yaml")
    return frozenset(_letters(_plain(name)) for names in lists.values() for name in names)


def _readings(name: str) -> set[str]:
    """The name without its additions, and each run of its words that is long enough, as plain letters."""
    plain = _plain(name)
    words = [word for word in _NO_LETTER.split(plain) if word]
    runs = {"".join(words[start:end]) for start in range(len(words)) for end in range(start + 1, len(words) + 1)}
    return {_letters(_ADDITION.sub("", plain)), _letters(plain)} | {run for run in runs if len(run) >= _LETTERS_WITHIN}


def _plain(name: str) -> str:
    """Small letters without marks: "Súdwest" and "SUDWEST" are one, and so are "a/d Rijn" and "aan den Rijn"."""
    small = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c)).casefold()
    return _AT_THE.sub("aan de", small)


def _letters(plain: str) -> str:
    return _NO_LETTER.sub("", plain)


def _refusal(table: SourceTable, column: str, why: str, prefix: str) -> ConfigurationError:
    files = ", ".join(sorted({Path(file.path).name for file in table.files})) or table.dataset
    return ConfigurationError(
        f"{files}, column {column}: {why}. municipality.code = {prefix} marks a made-up municipality, in which nothing "
        "real may appear: set the municipality's own code, or deliver made-up data."
    )
