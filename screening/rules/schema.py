"""The tables and columns a rule can be handed: of a data set, the columns that its contract lets rules see.

No rule sees a display name, the birth date of a register row or the free text of a report.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from screening.base.datasets import DataSet, datasets
from screening.base.extensions import cached_in_force
from screening.base.frames import COULD_BE_ONE, LINKS, PARTIES, SIMILAR_NAMES, TRADE_NAMES, schema_of
from screening.rules.lines_of_business import ESTABLISHMENT_COLUMNS
from screening.rules.local_lists import BRANCHES, DUTIES, PERMIT_COLUMNS

_TYPES: dict[str, pl.DataType] = {
    "string": pl.String(),
    "integer": pl.Int64(),
    "number": pl.Float64(),
    "boolean": pl.Boolean(),
    "array": pl.List(pl.String()),
    "timestamp": pl.Datetime("us"),
    "date": pl.Date(),
}

#: Name of the table with the hits of the indicators that a rule is declared `after`.
HITS_TABLE = "treffers"

#: The column with the ids of terms that the text of a report held. A rule that reads it needs a word list.
TERMS_COLUMN = ("meldingen", "termen")


@cached_in_force
def date_columns() -> Mapping[str, tuple[str, ...]]:
    """Date columns a data set carries: each is handed out as `c`, `c_min` and `c_max` (docs/architecture.md)."""
    return {
        name: tuple(
            column.name
            for column in dataset.columns.values()
            if column.rule_visible and column.type_for_rules == "date"
        )
        for name, dataset in datasets().items()
    }


def _dataset_columns(dataset: DataSet) -> dict[str, pl.DataType]:
    dates = date_columns()[dataset.name]
    columns = schema_of("record key") | {
        column.name: _TYPES[column.type_for_rules]
        for column in dataset.columns.values()
        if column.rule_visible and column.name not in dates
    }
    for name in dates:
        columns |= {name: pl.Date(), f"{name}_min": pl.Date(), f"{name}_max": pl.Date()}
    if dataset.addressed:
        columns |= schema_of("address_id address_method address_score address_note candidates candidate_id")
    if dataset.name == "vergunningen":
        columns |= PERMIT_COLUMNS
    if dataset.name == "handelsregister":
        columns |= ESTABLISHMENT_COLUMNS
    if dataset.name == "seksinrichtingen":
        columns |= {"is_location_bound": pl.Boolean()}
    return columns


@cached_in_force
def tables_for_rules() -> Mapping[str, dict[str, pl.DataType]]:
    """Every table a rule can name in `inputs`, with the type of each column."""
    return {
        **{name: _dataset_columns(dataset) for name, dataset in datasets().items()},
        "partijen": dict(PARTIES),
        "handelsnamen": dict(TRADE_NAMES),
        "gelijkende_namen": dict(SIMILAR_NAMES),
        "mogelijk_een_partij": dict(COULD_BE_ONE),
        "groepen": schema_of("kvk_nummer group_id related_id"),
        "branches": dict(BRANCHES),
        "plichten": dict(DUTIES),
        "koppelingen": {name: LINKS[name] for name in ("link_id", "left", "right", "level")},
        HITS_TABLE: schema_of("address_id indicator class barrier dataset record_ids"),
    }


#: Columns that a rule may compare but that never reach `values` or a sentence: they say who, not what.
NEVER_SHOWN = frozenset(
    {
        *("birth_date", "name_normalised", "name_key", "fingerprint", "melder_token", "mention"),
        *("party_id", "left_party_id", "right_party_id"),
    }
)
