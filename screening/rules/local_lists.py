"""What a municipality decides itself, as lists: lines of business that need a licence, and kinds of permit.

They ship with what holds everywhere and are extended by the configuration. A rule never reads a list of its own: it is
handed the table `branches`, and the columns that `with_permit_types` adds to the permits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from functools import cache
from typing import Any

import polars as pl

from screening.base.datasets import datasets
from screening.base.frames import Schema, schema_of
from screening.base.word_lists import read_lists

_WORDS = pl.List(pl.String())

#: One row a line of business. `sbi_2008`, `sbi_2025`: first digits or whole codes. `permit_types`: under which a
#: business of the line can hold a licence. `functions`: of the BAG, of which one must be there (none: not judged).
#: `also_fits`: other lines under which a holder may be registered. `needs_licence`: whether one is needed here, and
#: `since` when (null: always).
BRANCHES: Schema = {
    "branche": pl.String(),
    **dict.fromkeys(("sbi_2008", "sbi_2025", "permit_types", "functions", "also_fits"), _WORDS),
    "needs_licence": pl.Boolean(),
    "since": pl.Date(),
}

#: What a permit is by its kind, beside the columns of its register.
PERMIT_COLUMNS: Schema = {
    **dict.fromkeys(("is_location_bound", "is_letting", "is_room_letting", "is_one_off"), pl.Boolean()),
    **dict.fromkeys(("related_types", "fitting_functions"), _WORDS),
}

#: One row an object and legal duty that holds in areas only: whether it holds at this object, and since when.
#: `duty`: a kind of permit, a line of business, or a duty of letting. A duty that no area names has no rows.
DUTIES: Schema = schema_of("address_id duty applies since", applies=pl.Boolean(), since=pl.Date())


#: The tables that hold what a municipality decides: of lines of business, and of duties in areas.
LISTS = ("branches", "plichten")


@dataclass(frozen=True)
class Line:
    """A line of business: its codes, under which permit it is licensed, and what fits it."""

    sbi_2008: tuple[str, ...] = ()
    sbi_2025: tuple[str, ...] = ()
    permit_types: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    also_fits: tuple[str, ...] = ()
    needs_licence: bool = True
    since: date | None = None


@dataclass(frozen=True)
class PermitType:
    """A kind of permit: what it binds, what it lets, and which kinds it is related to."""

    location_bound: bool = False
    letting: bool = False
    room_letting: bool = False
    one_off: bool = False
    related: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    #: What it is called; of a kind that ships, the contract of the permits says so.
    name_nl: str = ""
    name_en: str = ""


@dataclass(frozen=True)
class LocalLists:
    """The lists in force."""

    lines: Mapping[str, Line] = field(default_factory=dict)
    permit_types: Mapping[str, PermitType] = field(default_factory=dict)

    def faults(self) -> list[str]:
        """What names a line, kind of permit or use that is not there, or asks a licence that is bound to no place."""
        types, faults = self.permit_types, list[str]()
        uses = datasets()["bag_adressen"].columns["gebruiksdoelen"].codes
        listed = {f"lines.{name}": line.functions for name, line in self.lines.items()}
        listed |= {f"permit_types.{name}": kind.functions for name, kind in types.items()}
        # a use that no object has would fit none, and every permit of the list would be a hit
        faults += [
            f"{name}: functions names {odd!r}, which is no use of the BAG ({', '.join(uses)})"
            for name, functions in listed.items()
            for odd in functions
            if odd not in uses
        ]
        for name, line in self.lines.items():
            faults += [
                f"lines.{name}: also_fits names {odd!r}, which is no line"
                for odd in line.also_fits
                if odd not in self.lines
            ]
            for kind in line.permit_types:
                if kind not in types:
                    faults.append(f"lines.{name}: permit_types names {kind!r}, which is no kind of permit")
                elif not types[kind].location_bound:
                    faults.append(f"lines.{name}: permit type {kind!r} is not bound to a place (location_bound)")
            if not line.sbi_2008 and not line.sbi_2025:
                faults.append(f"lines.{name}: needs sbi_2008 or sbi_2025")
        for name, permit_type in types.items():
            faults += [
                f"permit_types.{name}: related names {odd!r}, which is no kind of permit"
                for odd in permit_type.related
                if odd not in types
            ]
        return faults

    def branches(self) -> pl.DataFrame:
        """BRANCHES rows, in the order of their names."""
        rows = [
            {"branche": name, **{f.name: _plain(getattr(line, f.name)) for f in fields(line)}}
            for name, line in sorted(self.lines.items())
        ]
        return pl.DataFrame(rows, schema=BRANCHES)

    def related(self) -> dict[str, set[str]]:
        """Kind of permit -> those that it is related to, itself among them: related goes both ways."""
        related = {name: {name, *kind.related} for name, kind in self.permit_types.items()}
        for name, kind in self.permit_types.items():
            for other in kind.related:
                related[other].add(name)
        return related

    def kinds(self) -> pl.DataFrame:
        """One row a kind of permit: `zaaktype` and PERMIT_COLUMNS."""
        related = self.related()
        rows = [
            {
                "zaaktype": name,
                "is_location_bound": kind.location_bound,
                "is_letting": kind.letting,
                "is_room_letting": kind.room_letting,
                "is_one_off": kind.one_off,
                "related_types": sorted(related[name]),
                "fitting_functions": list(kind.functions),
            }
            for name, kind in sorted(self.permit_types.items())
        ]
        return pl.DataFrame(rows, schema={"zaaktype": pl.String(), **PERMIT_COLUMNS})

    def with_permit_types(self, permits: pl.LazyFrame) -> pl.LazyFrame:
        """The permits with PERMIT_COLUMNS by their `zaaktype`; a column that is there and filled stays as it is."""
        present = set(permits.collect_schema().names())
        kinds = self.kinds().lazy().rename({name: f"{name}_of_kind" for name in PERMIT_COLUMNS})
        return (
            permits.join(kinds, on="zaaktype", how="left", maintain_order="left")
            .with_columns(
                pl.coalesce(*([name] if name in present else []), f"{name}_of_kind").alias(name)
                for name in PERMIT_COLUMNS
            )
            .drop(f"{name}_of_kind" for name in PERMIT_COLUMNS)
        )


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


@cache
def shipped_lists() -> LocalLists:
    """The lists as they ship."""
    document = read_lists("screening.rules", "local_lists.yaml")
    return LocalLists(
        {name: Line(**_as_tuples(keys)) for name, keys in document["lines"].items()},
        {name: PermitType(**_as_tuples(keys)) for name, keys in document["permit_types"].items()},
    )


def _as_tuples(keys: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in keys.items()}
