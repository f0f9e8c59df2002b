"""A municipality as frames, screened from typed rows to flags by all rules: no command, no folder, no store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import polars as pl

from flows.catalogue import all_indicators
from flows.examination import made_up_town
from screening.matching.addresses import AddressIndex, display_addresses
from screening.rules import Activation, Indicator
from screening.rules.examination import Frames, Screened, night
from screening.synthetic import Municipality

AS_OF = date(2026, 11, 1)


def typed(municipality: Municipality) -> Frames:
    """The valid registers as typed frames with resolved addresses: what the matching and the rules begin with."""
    return made_up_town.typed_registers(municipality)


def linked(frames: Frames, as_of: date = AS_OF) -> Frames:
    """The frames, and the tables made of them that rules are handed: parties, names, links, groups."""
    return made_up_town.linked_tables(frames, as_of)


def with_groups(tables: Frames, as_of: date = AS_OF) -> Frames:
    """The tables with the groups of companies that follow from them."""
    return night.with_groups(tables, as_of)


def screened(tables: Frames, rules: Iterable[Indicator] | None = None, as_of: date = AS_OF) -> Screened:
    """Evidence and flags of these rules (default: all) on linked tables."""
    return night.screened(tables, all_indicators() if rules is None else rules, as_of)


def activations(rules: Iterable[Indicator]) -> Mapping[str, Activation]:
    """Every rule is activated, with a word list where it reads terms."""
    return night.all_activated(rules, AS_OF)


def display(frames: Frames) -> pl.DataFrame:
    """`address_id`, `address` of every object."""
    return display_addresses(AddressIndex.build(frames["bag_adressen"]))
