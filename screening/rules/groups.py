"""Companies that belong together: one holds or directs the other, or continues it."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

#: Functions by which a legal person holds or directs another (readings: chain of directors or shareholders).
CONTROL = ("bestuurder", "enig_aandeelhouder", "eigenaar", "vennoot")


def company_groups(
    handelsregister: pl.DataFrame | pl.LazyFrame,
    functionarissen: pl.DataFrame | pl.LazyFrame,
    partijen: pl.DataFrame | pl.LazyFrame,
    as_of: date,
) -> pl.DataFrame:
    """One row per KVK number: `kvk_nummer`, `group_id` (the smallest KVK number of its group), sorted.

    Two numbers are in one group when one continued the other (`voortgezet_door_kvk`) or when one is, on `as_of`,
    director, owner, partner or sole shareholder of the other (`rechtspersoon_kvk`).
    """
    register, functions = handelsregister.lazy(), functionarissen.lazy()
    continued = register.filter(pl.col("voortgezet_door_kvk").is_not_null()).select(
        left="kvk_nummer", right="voortgezet_door_kvk"
    )
    held = functions.filter(
        pl.col("rechtspersoon_kvk").is_not_null(),
        pl.col("functie").is_in(CONTROL),
    ).select(left="kvk_nummer", right="rechtspersoon_kvk")
    edges = pl.concat([continued, held]).unique().collect()
    numbers = (
        pl.concat(
            [
                register.select("kvk_nummer"),
                edges.lazy().select(kvk_nummer="left"),
                edges.lazy().select(kvk_nummer="right"),
            ]
        )
        .drop_nulls()
        .unique()
        .sort("kvk_nummer")
        .collect()
        .with_row_index("node")
    )
    nodes = edges.join(numbers.rename({"node": "a"}), left_on="left", right_on="kvk_nummer").join(
        numbers.rename({"node": "b"}), left_on="right", right_on="kvk_nummer"
    )
    size = numbers.height
    graph = coo_array(
        (np.ones(nodes.height, dtype=np.int8), (nodes["a"].to_numpy(), nodes["b"].to_numpy())), shape=(size, size)
    )
    labels = connected_components(graph, directed=False)[1] if size else np.zeros(0, dtype=np.int32)
    return (
        numbers.with_columns(pl.Series("_group", labels))
        .select("kvk_nummer", group_id=pl.col("kvk_nummer").min().over("_group"))
        .sort("kvk_nummer")
    )
