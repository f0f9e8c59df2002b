"""A made-up municipality as frames, from typed rows to linked tables by plain calls: no folder, no store, no run."""

from __future__ import annotations

from datetime import date

import polars as pl

from flows.catalogue import all_contracts
from screening.base.datasets import addressed_datasets, datasets
from screening.base.frames import SourceTable, empty
from screening.base.vocabulary import ADDRESS_COLUMNS
from screening.contracts import typed_rows
from screening.matching.addresses import AddressIndex, resolve
from screening.matching.parties.link import link_parties
from screening.rules.examination.night import Frames, with_groups
from screening.synthetic import Municipality
from screening.synthetic.truth import rows_that_are_read


def typed_registers(municipality: Municipality) -> Frames:
    """The valid registers as typed frames with resolved addresses: what the matching and the rules begin with."""
    contracts = all_contracts()
    frames: Frames = {}
    for dataset, text in municipality.tables.items():
        rows = rows_that_are_read(dataset, text.with_row_index("row_number", offset=1))
        column = datasets()[dataset].key
        key = pl.col(column) if column else pl.format("r{}", pl.col("row_number"))
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
        columns = ["dataset", "key", *ADDRESS_COLUMNS, "lat", "lon"]
        asked = frame.with_columns(dataset=pl.lit(str(name))).select(
            (pl.col(c) if c in frame.columns or c == "dataset" else pl.lit(None))
            .cast(pl.Float64 if c in ("lat", "lon") else pl.String)
            .alias(c)
            for c in columns
        )
        places = resolve(asked, index).drop("dataset")
        placed[name] = frame.join(places, on="key", how="left", maintain_order="left")
    return placed


def linked_tables(frames: Frames, as_of: date) -> Frames:
    """The frames, and the tables made of them that rules are handed: parties, names, links, groups."""
    registers = {name: frame for name, frame in frames.items() if name in datasets()}
    result = link_parties(registers)
    tables = {
        "partijen": result.parties,
        "handelsnamen": result.trade_names,
        "gelijkende_namen": result.similar_names,
        "mogelijk_een_partij": result.could_be_one,
        "koppelingen": result.links.filter(pl.col("level").is_in(["exact", "strong"])),
    }
    return with_groups(frames | tables, as_of)
