"""A municipality as frames, screened from typed rows to flags by plain calls: no command, no folder, no store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from flows.catalogue import all_contracts, all_indicators
from screening.contracts import typed_rows
from screening.datasets import addressed_datasets, datasets
from screening.frames import SourceTable, empty
from screening.matching.addresses import AddressIndex, display_addresses, resolve
from screening.matching.parties.link import link_parties
from screening.rules import Activation, Indicator, Sensitive, Tables, company_groups, evaluate, review
from screening.rules.schema import TERMS_COLUMN
from screening.synthetic import Municipality
from screening.vocabulary import ADDRESS_COLUMNS

AS_OF = date(2026, 11, 1)
Frames = dict[str, pl.DataFrame]


@dataclass(frozen=True)
class Screened:
    """What came of it: evidence and flags as a run leaves them."""

    evidence: pl.DataFrame
    flags: pl.DataFrame


def typed(municipality: Municipality) -> Frames:
    """The valid registers as typed frames with resolved addresses: what the matching and the rules begin with."""
    contracts = all_contracts()
    frames: Frames = {}
    for dataset, text in municipality.tables.items():
        rows = text.with_row_index("row_number", offset=1)
        key = pl.col(datasets()[dataset].key) if datasets()[dataset].key else pl.format("r{}", pl.col("row_number"))
        rows = rows.with_columns(
            key=key.fill_null(pl.format("r{}", pl.col("row_number"))), source_file_sha256=pl.lit("0" * 64)
        )
        broken = municipality.truth["invalid_rows"].filter(pl.col("dataset") == str(dataset))
        broken = broken.select(pl.col("row_number").cast(rows.schema["row_number"]))
        rows = rows.join(broken, on="row_number", how="anti")
        rows = rows.with_columns(pl.col("row_number").cast(pl.Int64)).unique("key", keep="last", maintain_order=True)
        frames[str(dataset)] = typed_rows(SourceTable(dataset, rows, [], empty({})), contracts[dataset])
    return with_addresses(frames)


def with_addresses(frames: Frames) -> Frames:
    """The same frames, each address resolved to its object."""
    index = AddressIndex.build(frames["bag_adressen"])
    placed = dict(frames)
    for name in addressed_datasets():
        if name not in frames:
            continue
        frame = frames[name]
        wanted = ["dataset", "key", *ADDRESS_COLUMNS, "lat", "lon"]
        asked = frame.with_columns(dataset=pl.lit(str(name))).select(
            (pl.col(c) if c in frame.columns or c == "dataset" else pl.lit(None))
            .cast(pl.Float64 if c in ("lat", "lon") else pl.String)
            .alias(c)
            for c in wanted
        )
        found = resolve(asked, index).drop("dataset")
        placed[name] = frame.join(found, on="key", how="left", maintain_order="left")
    return placed


def linked(frames: Frames, as_of: date = AS_OF) -> Frames:
    """The frames, and the tables made of them that rules are handed: parties, names, links, groups."""
    registers = {name: frame for name, frame in frames.items() if name in datasets()}
    result = link_parties(registers)
    made = {
        "partijen": result.parties,
        "handelsnamen": result.trade_names,
        "gelijkende_namen": result.similar_names,
        "mogelijk_een_partij": result.could_be_one,
        "koppelingen": result.links.filter(pl.col("level").is_in(["exact", "strong"])),
    }
    return with_groups(frames | made, as_of)


def with_groups(tables: Frames, as_of: date = AS_OF) -> Frames:
    """The tables with the groups of companies that follow from them."""
    groups = company_groups(tables["handelsregister"], tables["functionarissen"], tables["partijen"], as_of)
    return tables | {"groepen": groups}


def screened(tables: Frames, rules: Iterable[Indicator] | None = None, as_of: date = AS_OF) -> Screened:
    """Evidence and flags of these rules (default: all) on linked tables."""
    chosen = all_indicators() if rules is None else tuple(rules)
    found = evaluate(chosen, Tables(tables), as_of=as_of, activations=activations(chosen))
    shown = pl.DataFrame(schema={"address_id": pl.String, "address": pl.String})
    sensitive = Sensitive.of(Tables(tables))
    flags = review(found.evidence, chosen, sensitive=sensitive, display=shown, as_of=as_of)
    return Screened(found.evidence, flags)


def activations(rules: Iterable[Indicator]) -> Mapping[str, Activation]:
    """Every rule is activated, with a word list where it reads terms."""
    table, column = TERMS_COLUMN
    return {
        one.code: Activation("APV", "DPIA-1", AS_OF, has_word_list=column in one.inputs.get(table, ())) for one in rules
    }


def display(frames: Frames) -> pl.DataFrame:
    """`address_id`, `address` of every object."""
    return display_addresses(AddressIndex.build(frames["bag_adressen"]))
