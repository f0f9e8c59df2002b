"""What is true of a synthetic municipality, in the tables that a run is judged by."""

from __future__ import annotations

import polars as pl

from screening.base.datasets import addressed_datasets, datasets, sensitive_datasets
from screening.base.vocabulary import PartyKind
from screening.synthetic.records import SyntheticRecords

#: Indicator -> class and the data set it counts for.
INDICATORS: dict[str, tuple[str, str]] = {
    "LIC-01": ("B", "vergunningen"),
    "LIC-02": ("B", "vergunningen"),
    "LIC-04": ("A", "vergunningen"),
    "LIC-06": ("B", "vergunningen"),
    "SEX-01": ("A", "seksinrichtingen"),
    "SEX-04": ("A", "seksinrichtingen"),
    "PER-01": ("B", "leidinggevenden"),
    "ORG-01": ("A", "handelsregister"),
    "ORG-03": ("B", "handelsregister"),
    "NUI-01": ("B", "meldingen"),
    "HOU-01": ("B", "vergunningen"),
    "HOU-03": ("B", "vergunningen"),
}
#: The same of the rules that are planted only where they are asked for: the two example towns do not know them.
NEW_INDICATORS: dict[str, tuple[str, str]] = {
    "HOU-07": ("B", "meldingen"),
    "HOU-08": ("C", "handelsregister"),
    "HOU-09": ("C", "recreatieparken"),
    "ORG-09": ("B", "handelsregister"),
    "PRC-03": ("A", "controles"),
    "ADR-06": ("C", "eigendom"),
    "ADR-07": ("C", "eigendom"),
    "HOU-10": ("B", "meldingen"),
}
#: Of these one that counts from a later day (`cases.admissions.COUNTS_FROM`).
LATER_INDICATORS: dict[str, tuple[str, str]] = {"ORG-10": ("C", "handelsregister")}
_ALL = INDICATORS | NEW_INDICATORS | LATER_INDICATORS


def rows_that_are_read(dataset: str, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows of a data set but for those that its contract leaves unread."""
    kinds = {name: column.rows_read for name, column in datasets()[dataset].columns.items() if column.rows_read}
    return rows.filter(pl.col(name).is_in(codes) for name, codes in kinds.items()) if kinds else rows


def key_expression(dataset: str) -> pl.Expr:
    """The key of a row as a run names it: the data set's own, or `r` and the row number."""
    key = datasets()[dataset].key
    if key:
        return pl.col(key).alias("key")
    return (pl.lit("r") + pl.col("row_number").cast(pl.String)).alias("key")


def truth_tables(book: SyntheticRecords, tables: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """All truth tables by name; `tables` are the spoiled frames with their hidden columns."""
    tables = {dataset: rows_that_are_read(dataset, frame) for dataset, frame in tables.items()}
    objects = book.town.bag["adresseerbaar_object_id"]
    hits = _placed(book.hits, objects, {"indicator": pl.String(), "variant": pl.String()})
    classes = pl.col("indicator").replace_strict({code: cls for code, (cls, _) in _ALL.items()})
    hits = hits.with_columns(classes.alias("class")).sort("address_id", "indicator")
    tolerated = _placed(book.tolerated, objects, {"indicator": pl.String()}).sort("address_id", "indicator")
    innocents = _placed(
        book.innocents, objects, {"looks_like": pl.String(), "explanation": pl.String(), "planted": pl.Boolean()}
    )
    return {
        "hits": hits.select("address_id", "indicator", "variant", "class"),
        "hard_negatives": innocents.sort("address_id", "looks_like"),
        "tolerated": tolerated,
        "flags": _flags(hits, _sensitive_addresses(tables)),
        "parties": _parties(tables),
        "addresses": _addresses(tables),
        "invalid_rows": _invalid_rows(tables),
    }


def _placed(rows: list[dict[str, object]], objects: pl.Series, schema: dict[str, pl.DataType]) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema={"_address": pl.Int64(), **schema})
    return frame.select(objects.gather(frame["_address"]).alias("address_id"), *schema)


def _sensitive_addresses(tables: dict[str, pl.DataFrame]) -> pl.Series:
    """The objects at which a register that its contract calls sensitive has a valid row: its record is cited there."""
    rows = [
        tables[name].filter(pl.col("_reason").is_null())["_object"] for name in sensitive_datasets() if name in tables
    ]
    return pl.concat(rows).drop_nulls().unique() if rows else pl.Series(dtype=pl.String)


def _flags(hits: pl.DataFrame, sensitive: pl.Series) -> pl.DataFrame:
    """The review rule: one A, or two B from two data sets. Two B from one data set stay unflagged.

    A company that comes back and asks a licence again is one event, of which two rules tell: the permits count once.
    """
    registers = pl.col("indicator").replace_strict({code: dataset for code, (_, dataset) in _ALL.items()})
    asks_again = pl.col("indicator").is_in(["LIC-01", "LIC-02", "LIC-03"]).any().over("address_id", "variant")
    registers = pl.when(pl.col("indicator") == "ORG-03", asks_again).then(pl.lit("vergunningen")).otherwise(registers)
    by_address = (
        hits.with_columns(dataset=registers)
        .group_by("address_id")
        .agg(
            has_a=(pl.col("class") == "A").any(),
            sources=pl.col("dataset").filter(pl.col("class") == "B").n_unique(),
            sensitive=pl.col("indicator").str.starts_with("SEX").any(),
        )
        .with_columns(sensitive=pl.col("sensitive") | pl.col("address_id").is_in(sensitive.implode()))
    )
    return (
        by_address.filter(pl.col("has_a") | (pl.col("sources") >= 2))
        .select(
            "address_id",
            expect=pl.lit("must"),
            reason=pl.when("has_a").then(pl.lit("A")).otherwise(pl.lit("BB")),
            sensitive="sensitive",
        )
        .sort("address_id")
    )


def _parties(tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """One row a mention of a party in a valid row."""
    parts = []
    parties = [(name, party) for name in tables for party in datasets()[name].parties]
    for dataset, party in parties:
        if party.role == "verhuurder":  # planted in one register, see below
            continue
        frame = tables[dataset].filter(pl.col("_reason").is_null())
        role = pl.lit(party.role) if party.role else pl.col(str(party.role_column))
        common = [pl.lit(dataset).alias("dataset"), key_expression(dataset), role.alias("role")]
        if party.birth_date and party.kind != PartyKind.ORGANISATION:
            parts.append(
                frame.filter(pl.col("_person").is_not_null()).select(
                    *common,
                    entity_id=pl.format("P{}", "_person"),
                    kind=pl.lit("person"),
                    anchored=pl.col(party.birth_date).is_not_null(),
                    required=pl.lit(True),
                    row_number="row_number",
                )
            )
        if party.kvk_nummer and party.kind != PartyKind.PERSON:
            alone = pl.lit(True) if dataset == "handelsregister" else pl.col("_person").is_null()
            parts.append(
                frame.filter(pl.col(party.kvk_nummer).is_not_null()).select(
                    *common,
                    entity_id=pl.lit("O") + pl.col(party.kvk_nummer),
                    kind=pl.lit("organisation"),
                    anchored=pl.lit(True),
                    required=alone & pl.lit(dataset != "functionarissen"),
                    row_number="row_number",
                )
            )
    parts.append(
        tables["vergunningen"]
        .filter(pl.col("_reason").is_null() & pl.col("verhuurder_kvk").is_not_null())
        .select(
            pl.lit("vergunningen").alias("dataset"),
            key_expression("vergunningen"),
            role=pl.lit("verhuurder"),
            entity_id=pl.lit("O") + pl.col("verhuurder_kvk"),
            kind=pl.lit("organisation"),
            anchored=pl.lit(True),
            required=pl.lit(False),
            row_number="row_number",
        )
    )
    whole = pl.concat(parts).with_columns(origin_group=pl.lit(None, dtype=pl.String))
    return whole.select(
        "dataset", "key", "role", "entity_id", "kind", "origin_group", "anchored", "required", "row_number"
    ).sort("dataset", "row_number", "kind", "role")


def _addresses(tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """One row a valid row with an address, and the object that it means."""
    parts = [
        tables[dataset]
        .filter(pl.col("_reason").is_null())
        .select(
            pl.lit(str(dataset)).alias("dataset"),
            key_expression(dataset),
            adresseerbaar_object_id="_object",
            form="_form",
            accept="_object",
            row_number="row_number",
        )
        for dataset in addressed_datasets()
        if dataset in tables
    ]
    return pl.concat(parts).sort("dataset", "row_number")


def _invalid_rows(tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """One row an invalid row; a row delivered twice may be refused or cleaned."""
    parts = [
        frame.filter(pl.col("_reason").is_not_null()).select(
            pl.lit(str(dataset)).alias("dataset"),
            key_expression(dataset),
            column="_column",
            reason="_reason",
            expect=pl.when(pl.col("_reason") == "dubbel_geleverd").then(pl.lit("may")).otherwise(pl.lit("must")),
            row_number="row_number",
        )
        for dataset, frame in tables.items()
    ]
    return pl.concat(parts).sort("dataset", "row_number")
