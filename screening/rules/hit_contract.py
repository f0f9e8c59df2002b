"""The contract of a hit: the columns and records that every row of a rule's result must carry, and may not carry."""

from __future__ import annotations

import polars as pl

from screening.base.datasets import datasets
from screening.base.errors import RuleDefinitionError
from screening.rules.declare import Indicator
from screening.rules.schema import NEVER_SHOWN


def check_hit_columns(rule: Indicator, schema: pl.Schema) -> None:
    """Refuse a result without the columns of a hit, with a column that says who, or with nested values."""
    expected = {"address_id": pl.String(), "record_ids": pl.List(pl.String)}
    if rule.is_finding:
        del expected["address_id"]
        if "address_id" in schema:
            raise RuleDefinitionError(f"{rule.code}: a finding on data is about a record and carries no address_id.")
    for name, dtype in expected.items():
        if schema.get(name) != dtype:
            raise RuleDefinitionError(
                f"{rule.code}: a hit needs {name} as {dtype}; it is {schema.get(name, 'absent')}."
            )
    shown = sorted(set(schema) & NEVER_SHOWN)
    if shown:
        raise RuleDefinitionError(f"{rule.code}: a hit may not carry {', '.join(shown)}: it would tell who, not what.")
    nested = [
        name
        for name, dtype in schema.items()
        if isinstance(dtype, pl.Struct) or (isinstance(dtype, pl.List) and dtype.inner.is_nested())
    ]
    if nested:
        raise RuleDefinitionError(f"{rule.code}: the values of a hit are flat; {', '.join(nested)} is not.")
    if rule.leans_on and schema.get(rule.leans_on) != pl.List(pl.String):
        raise RuleDefinitionError(f"{rule.code}: leans_on {rule.leans_on}, which is no list of codes in its result.")


def check_hit_rows(rule: Indicator, hits: pl.DataFrame) -> None:
    """Refuse hits without an address, or without a record of a data set that the rule declares and counts for."""
    if hits.height == 0:
        return
    registers = [table for table in rule.inputs if table in datasets()]
    own = pl.col("dataset") if "dataset" in hits.columns else pl.lit(str(rule.dataset))
    # records of a declared derived table (partijen, treffers) come from data sets the rule need not declare itself
    allowed = registers if len(registers) == len(rule.inputs) else list(datasets())
    pattern = f"^(?:{'|'.join(allowed)}):.+$"
    nowhere = pl.lit(False) if rule.is_finding else pl.col("address_id").is_null() | (pl.col("address_id") == "")
    bad = hits.select(
        nowhere.any().alias("no address_id"),
        (pl.col("record_ids").is_null() | (pl.col("record_ids").list.len() == 0)).any().alias("no record_ids"),
        (~pl.col("record_ids").list.eval(pl.element().fill_null("").str.contains(pattern)).list.all())
        .any()
        .alias("a record of a table that is not declared"),
        (~own.is_in(list(datasets()))).any().alias("a data set that does not exist"),
        # the review rule compares the records of a hit's own data set: without one it would always count
        (~pl.col("record_ids").list.eval(pl.element().str.extract(r"^([^:]+):", 1)).list.contains(own))
        .any()
        .alias("no record of the data set it counts for"),
    ).row(0, named=True)
    wrong = [what for what, is_broken in bad.items() if is_broken]
    if wrong:
        raise RuleDefinitionError(f"{rule.code}: a hit has {', '.join(wrong)}.")
