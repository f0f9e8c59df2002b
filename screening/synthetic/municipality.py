"""One synthetic municipality: registers and truth, the same for the same seed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import polars as pl

from screening.base.datasets import datasets
from screening.base.errors import ConfigurationError
from screening.synthetic.areas import DesignatedArea, designated_areas
from screening.synthetic.background import fill
from screening.synthetic.background.later_registers import fill_later_registers
from screening.synthetic.cases import CASES, CASES_OF_NEW_RULES, admissions
from screening.synthetic.cases.agencies import ordinary_agencies
from screening.synthetic.later_registers import AllRegisters
from screening.synthetic.planted_patterns import PlantedPatterns
from screening.synthetic.records import SyntheticRecords
from screening.synthetic.registers import Registers
from screening.synthetic.spoiling import spoil
from screening.synthetic.town import build_town
from screening.synthetic.truth import truth_tables

Regime = Literal["clean", "messy"]
#: One full set of planted cases for so many addresses; fewer addresses than the minimum hold no set.
ADDRESSES_PER_SET = 3_000
MINIMUM_ADDRESSES = 2_500
#: Parts of the work that draw from a generator of their own, so that a change in one leaves the others as they were.
_STREAMS = ("town", "cases", "background", "spelling", "spoiling", "delivery", "later")


@dataclass(frozen=True)
class Municipality:
    """A municipality that exists nowhere.

    `tables`: canonical columns as text, in the order of delivery. `truth`: what is so (hits,
    hard_negatives, flags, tolerated, parties, addresses, invalid_rows). `with_new_rules`: whether
    the rules that the two example towns do not know are planted too, with the registers that only these read.
    `areas`: where the municipality designated that a legal duty holds.
    """

    seed: int
    addresses: int
    regime: Regime
    as_of: date
    tables: dict[str, pl.DataFrame]
    truth: dict[str, pl.DataFrame]
    areas: tuple[DesignatedArea, ...] = ()
    with_new_rules: bool = False

    @property
    def rows(self) -> dict[str, int]:
        """Rows of each data set as delivered."""
        return {str(dataset): frame.height for dataset, frame in self.tables.items()}


def stream(seed: int, name: str) -> np.random.Generator:
    """The generator of one part of the work."""
    return np.random.default_rng([seed, _STREAMS.index(name)])


def generate(
    seed: int, addresses: int = 3000, *, regime: Regime = "clean", as_of: date, with_new_rules: bool = False
) -> Municipality:
    """A municipality of so many addresses on `as_of`, with one full set of planted cases for every 3,000 of them.

    `with_new_rules`: with the rules that came later planted too, and their registers. It is another municipality then.

    Raises ConfigurationError for an unknown regime or fewer addresses than one set of cases needs.
    """
    if regime not in ("clean", "messy"):
        raise ConfigurationError(f"regime {regime!r} is not known: choose clean or messy")
    if addresses < MINIMUM_ADDRESSES:
        raise ConfigurationError(
            f"{addresses} addresses cannot hold one set of planted cases: ask for at least {MINIMUM_ADDRESSES}"
        )
    messy = regime == "messy"
    book = SyntheticRecords(build_town(stream(seed, "town"), addresses))
    scene = PlantedPatterns(book, stream(seed, "cases"), as_of)
    for _ in range(max(1, addresses // ADDRESSES_PER_SET)):
        for case in (*CASES, *_new_cases(as_of)) if with_new_rules else CASES:
            case(scene)
    fill(book, scene, stream(seed, "background"), addresses)
    if with_new_rules:
        ordinary_agencies(scene)
        fill_later_registers(book, scene, stream(seed, "later"))
    spelled = (AllRegisters if with_new_rules else Registers)(book, stream(seed, "spelling"), as_of, messy=messy)
    registers = spelled.tables()
    spoiling = stream(seed, "spoiling")
    spoiled = {dataset: spoil(dataset, frame, spoiling, messy=messy) for dataset, frame in registers.items()}
    return Municipality(
        seed=seed,
        addresses=addresses,
        regime=regime,
        as_of=as_of,
        tables={dataset: _delivered(dataset, frame) for dataset, frame in spoiled.items()},
        truth=truth_tables(book, spoiled),
        areas=designated_areas(book, as_of),
        with_new_rules=with_new_rules,
    )


def _new_cases(as_of: date) -> tuple[Callable[[PlantedPatterns], None], ...]:
    """The cases of the new rules that can hold on this day."""
    return CASES_OF_NEW_RULES + (admissions.CASES if as_of >= admissions.COUNTS_FROM else ())


def _delivered(dataset: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The columns of the contract; one that the town knows nothing of is empty."""
    empty = pl.lit(None, dtype=pl.String)
    columns = datasets()[dataset].delivered_columns
    return frame.select((pl.col(name) if name in frame.columns else empty).alias(name) for name in columns)
