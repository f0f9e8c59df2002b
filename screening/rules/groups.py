"""Companies that belong together: one holds or directs the other or continues it, or one person runs both."""

from __future__ import annotations

from datetime import date

import polars as pl

from screening.base.components import connected

#: Functions by which a party holds or directs a company. Curators, liquidators and agents act for others.
CONTROL = ("bestuurder", "enig_aandeelhouder", "eigenaar", "vennoot")


def company_groups(
    handelsregister: pl.DataFrame | pl.LazyFrame,
    functionarissen: pl.DataFrame | pl.LazyFrame,
    partijen: pl.DataFrame | pl.LazyFrame,
    as_of: date,
) -> pl.DataFrame:
    """One row per KVK number: `kvk_nummer`, `group_id`, `related_id`, sorted; an id is the smallest number in it.

    `group_id`: a chain of legal persons, each on `as_of` director, owner, partner or sole shareholder of the next, or
    the company that continued another. `related_id`: the same, and companies run by one natural person (one
    party). The first is a fact of the register and may carry a hit; the second is wider and only rules hits
    out. Typed frames as docs/architecture.md fixes them; without functions or parties each company stands alone.
    """
    register, functions, parties = handelsregister.lazy(), functionarissen.lazy(), partijen.lazy()
    in_force = functions.filter(
        pl.col("functie").is_in(CONTROL),
        pl.col("datum_einde_max").is_null() | (pl.col("datum_einde_max") >= as_of),
        (pl.col("datum_aanvang_min") <= as_of).fill_null(True),
    )
    continued = register.select(left="kvk_nummer", right="voortgezet_door_kvk")
    held = in_force.select(left="kvk_nummer", right="rechtspersoon_kvk")
    run = in_force.join(
        parties.filter(pl.col("dataset") == "functionarissen", pl.col("kind") == "person").select("key", "party_id"),
        on="key",
    ).select(left="kvk_nummer", right=pl.lit("party:") + pl.col("party_id"))
    legal = pl.concat([continued, held]).drop_nulls().unique().collect()
    personal = run.drop_nulls().unique().collect()
    numbers = (
        pl.concat([register.select(node="kvk_nummer"), *(legal.lazy().select(node=end) for end in ("left", "right"))])
        .drop_nulls()
        .unique()
        .sort("node")
        .collect()
    )
    return numbers.select(
        kvk_nummer="node",
        group_id=_smallest_of_component(numbers, legal),
        related_id=_smallest_of_component(numbers, pl.concat([legal, personal])),
    )


def _smallest_of_component(numbers: pl.DataFrame, edges: pl.DataFrame) -> pl.Series:
    """Per row of `numbers` (sorted) the smallest number that `edges` connect it with."""
    nodes = pl.concat([edges.select(node="left"), edges.select(node="right")]).unique().sort("node")
    nodes = nodes.with_row_index("place")
    placed = edges.join(nodes.rename({"place": "a"}), left_on="left", right_on="node").join(
        nodes.rename({"place": "b"}), left_on="right", right_on="node"
    )
    labels = connected(nodes.height, placed["a"].to_numpy(), placed["b"].to_numpy())
    # what is no number, such as a person, ties numbers together and is none of them
    tied = nodes.with_columns(pl.Series("component", labels)).join(numbers, on="node", how="semi")
    smallest = tied.select("node", smallest=pl.col("node").min().over("component"))
    return numbers.join(smallest, on="node", how="left", maintain_order="left").select(
        pl.coalesce("smallest", "node").alias("node")
    )["node"]
