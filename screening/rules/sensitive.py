"""What is sensitive in a night: records, hits that rest on them, addresses where they stand. Decided here alone.

Sensitive is a property of a record: of a register that its contract calls sensitive, and of another register where its
row names a record of such a one. Whatever rests on it is sensitive too, wherever it stands.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from screening.base.datasets import datasets, sensitive_datasets
from screening.base.frames import Schema
from screening.rules.declare import Indicator
from screening.rules.registry import earlier_codes
from screening.rules.schema import HITS_TABLE
from screening.rules.tables import Tables

#: One row a sensitive record.
SENSITIVE_RECORDS: Schema = {"dataset": pl.String(), "key": pl.String()}

#: The record of a mention "dataset:key:role:kind"; the key may hold a colon.
_RECORD = r"^(.*):[^:]*:[^:]*$"


@dataclass(frozen=True)
class Sensitive:
    """The sensitive records of a night.

    `records`: SENSITIVE_RECORDS. `addresses`: ids of the addresses where one stands or is named. `links`: ids of the
    links with an end on one.
    """

    records: pl.DataFrame
    addresses: pl.Series
    links: pl.Series

    @classmethod
    def of(cls, tables: Tables) -> Sensitive:
        """Decide it from the tables that rules are handed.

        A row that names a record which no register holds tonight is taken for sensitive: nobody knows what it names,
        and a delivery of the sensitive register that is missing or old must open nothing.
        """
        records = [pl.LazyFrame(schema={"record": pl.String(), **SENSITIVE_RECORDS})]
        addresses = [pl.LazyFrame(schema={"address_id": pl.String()})]
        for name, dataset in datasets().items():
            if name in tables and dataset.sensitive:
                records.append(_records(name, tables[name]))
                if dataset.addressed:
                    addresses.append(tables[name].select("address_id"))
        for name, column, registers in _naming(tables):
            keys = {register: tables[register].select("key") for register in registers if register in tables}
            ordinary = pl.concat(
                [pl.LazyFrame(schema={"key": pl.String()})]
                + [frame for register, frame in keys.items() if register not in sensitive_datasets()]
            )
            is_ordinary = pl.col(column).is_in(ordinary.collect()["key"].implode())
            for register in keys.keys() & set(sensitive_datasets()):
                is_ordinary &= ~pl.col(column).is_in(keys[register].collect()["key"].implode())
            naming = tables[name].filter(~is_ordinary.fill_null(False))
            records.append(_records(name, naming))
            addresses += [
                tables[register].join(naming, left_on="key", right_on=column, how="semi").select("address_id")
                for register in keys
                if datasets()[register].addressed
            ]
        listed = pl.concat(records).unique().sort("record").collect()
        return cls(
            records=listed.select(list(SENSITIVE_RECORDS)),
            addresses=pl.concat(addresses).drop_nulls().unique().sort("address_id").collect()["address_id"],
            links=_links(tables, listed["record"]),
        )

    def hits(self, evidence: pl.DataFrame, indicators: Iterable[Indicator]) -> pl.Series:
        """Whether each hit (EVIDENCE) is of a sensitive rule, rests on a sensitive record or link, or on such a hit."""
        rules = {rule.code: rule for rule in indicators}
        by_rule = pl.col("indicator").is_in([code for code, rule in rules.items() if rule.sensitive])
        records = self.records.select(pl.concat_str("dataset", "key", separator=":")).to_series()
        cites = pl.col("record_ids").list.eval(pl.element().is_in(records.implode())).list.any()
        links = pl.col("links").list.eval(pl.element().is_in(self.links.implode())).list.any()
        rests = evidence.select(
            "indicator", "record_ids", sensitive=by_rule | cites.fill_null(False) | links.fill_null(False)
        ).with_row_index("hit")
        return rests.select(pl.col("sensitive") | pl.col("hit").is_in(_resting_on_hits(rests, rules).implode()))[
            "sensitive"
        ]


def _records(name: str, rows: pl.LazyFrame) -> pl.LazyFrame:
    return rows.select("record", dataset=pl.lit(name), key=pl.col("record").str.strip_prefix(f"{name}:"))


def _naming(tables: Tables) -> list[tuple[str, str, list[str]]]:
    """(register, column, registers) of each column that may name a record of a sensitive register."""
    return [
        (name, column.name, list(column.exists_in))
        for name, dataset in datasets().items()
        if name in tables and not dataset.sensitive
        for column in dataset.columns.values()
        if not column.exists_in.keys().isdisjoint(sensitive_datasets())
    ]


def _links(tables: Tables, records: pl.Series) -> pl.Series:
    if "koppelingen" not in tables:
        return pl.Series("link_id", [], dtype=pl.String)
    registers = records.str.extract(r"^([^:]*:)").unique()
    is_of_register = pl.any_horizontal(
        pl.lit(False), *(pl.col(end).str.starts_with(name) for end in ("left", "right") for name in registers)
    )
    # few links are of these registers: the others need not be taken apart
    links = tables["koppelingen"].select("link_id", "left", "right").filter(is_of_register).collect()
    has_end = pl.any_horizontal(pl.col("left", "right").str.extract(_RECORD).is_in(records.implode()))
    return links.filter(has_end)["link_id"].sort()


def _resting_on_hits(rests: pl.DataFrame, rules: dict[str, Indicator]) -> pl.Series:
    """The hits of rules that look at other hits (`after`) and hold every record of a sensitive one among these."""
    looks_at = {code: earlier_codes(rule, rules.values()) for code, rule in rules.items() if HITS_TABLE in rule.inputs}
    pairs = pl.DataFrame(
        [(code, other) for code, others in looks_at.items() for other in others],
        schema={"indicator": pl.String, "other": pl.String},
        orient="row",
    )
    others = rests.filter("sensitive").select(
        "record_ids", other_hit="hit", other="indicator", records=pl.col("record_ids").list.len()
    )
    held = (
        rests.select("hit", "indicator", "record_ids")
        .join(pairs, on="indicator")
        .explode("record_ids")
        .join(others.explode("record_ids"), on=["other", "record_ids"])
        .group_by("hit", "other_hit")
        .agg(pl.len(), pl.col("records").first())
    )
    return held.filter(pl.col("len") == pl.col("records"))["hit"].unique()
