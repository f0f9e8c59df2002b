"""The same municipality with other people's names: who is who, and how each row misspells it, stays as it was."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from contextlib import contextmanager
from unittest.mock import patch

import polars as pl

from screening.synthetic import Municipality, generate, words
from screening.synthetic.name_pools import NamePool
from screening.synthetic.people import People
from tests.assurance.pipeline import AS_OF


@contextmanager
def names_of(pool: NamePool | None) -> Iterator[None]:
    """Within it a generated municipality bears the names of this pool, one new name for each old one.

    Birth dates, and how each row is misspelt, are drawn before the names are chosen, so they stay the same.
    """
    if pool is None:
        yield
        return
    given = _one_to_one(words.GIVEN_NAMES, pool.given)
    family = {
        (infix, old): (pool.particle if infix else "", new)
        for (infix, old), new in _one_to_one(words.FAMILY_NAMES, pool.family).items()
    }
    drawn = People.finish

    def finish(self: People, rng, as_of) -> pl.DataFrame:
        people = drawn(self, rng, as_of)
        names = [family[infix, name] for infix, name in people.select("infix", "family").iter_rows()]
        middle = [given.get(name, "") for name in people["middle"]]
        people = people.with_columns(
            given=pl.Series([given[name] for name in people["given"]]),
            middle=pl.Series(middle),
            infix=pl.Series([particle for particle, _ in names]),
            family=pl.Series([name for _, name in names]),
        )
        words.GIVEN_NAMES = tuple(given[name] for name in words.GIVEN_NAMES)
        words.FAMILY_NAMES = tuple(family[name] for name in words.FAMILY_NAMES)
        # a given name of two words has an initial for each, as its bearer would write it
        return people.with_columns(initials=pl.concat_str(_initials("given"), _initials("middle")))

    before = words.GIVEN_NAMES, words.FAMILY_NAMES
    with patch.object(People, "finish", finish):
        try:
            yield
        finally:
            words.GIVEN_NAMES, words.FAMILY_NAMES = before


def _initials(column: str) -> pl.Expr:
    """ "Thu Hạnh" is "T.H."; nothing is nothing."""
    letters = pl.col(column).str.split(" ").list.eval(pl.element().str.slice(0, 1) + pl.lit("."))
    return pl.when(pl.col(column) != "").then(letters.list.join("")).otherwise(pl.lit(""))


def _one_to_one(old: Iterable[Hashable], new: tuple[str, ...]) -> dict:
    """Each old name with a new one of its own."""
    distinct = list(dict.fromkeys(old))
    swap = dict(zip(distinct, new, strict=False))
    assert len(set(swap.values())) == len(swap) == len(distinct), "the pool is too small for a swap one to one"
    return swap


def municipality(pool: NamePool | None, *, seed: int, addresses: int) -> Municipality:
    """A messy municipality with the names of this pool (None: its own)."""
    with names_of(pool):
        return generate(seed, addresses, regime="messy", as_of=AS_OF)
