"""People who asked about their data, known by a keyed hash of name and birth date alone."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from datetime import date

import polars as pl

from screening.base.vocabulary import PartyKind
from screening.matching.parties.names import normalise_names
from screening.store.workspace import Workspace


def subject_key(workspace: Workspace) -> bytes:
    """Derive the key that hides the people who made a request from the key of the workspace."""
    return hashlib.blake2b(b"people who ask about their data", key=workspace.reporter_key(), digest_size=32).digest()


def person_hash(key: bytes, name_normalised: str, birth_date: date) -> str:
    """Return the keyed hash (64 hexadecimal digits) of a name, as the matching writes it, and a full birth date."""
    return hmac.new(key, f"{name_normalised}\x1f{birth_date.isoformat()}".encode(), hashlib.sha256).hexdigest()


def without_persons(parties: pl.DataFrame, persons: frozenset[str], key: bytes) -> pl.DataFrame:
    """Remove the people who are kept out from `parties` (`name_normalised`, `birth_date`).

    A mention without a birth date stays: nobody can tell whether it is one of them, and alone it causes no hit.
    """
    if not persons:
        return parties
    persons_named = parties.select("name_normalised", "birth_date").drop_nulls().unique()
    hidden = [person_hash(key, name, born) in persons for name, born in persons_named.iter_rows()]
    return parties.join(
        persons_named.filter(pl.Series(hidden, dtype=pl.Boolean)), on=["name_normalised", "birth_date"], how="anti"
    )


def person_hashes(people: Iterable[tuple[str | None, date | None]], key: bytes) -> frozenset[str]:
    """Return the `person_hash` of every person with a name, as a register writes it, and a full birth date."""
    identified = [(name, born) for name, born in people if name and born]
    frame = pl.DataFrame({"name": [name for name, _ in identified]}, schema={"name": pl.String()})
    names = normalise_names(frame.with_columns(kind=pl.lit(str(PartyKind.PERSON))))["name_normalised"]
    return frozenset(
        person_hash(key, name, born) for name, (_, born) in zip(names, identified, strict=True) if name is not None
    )
