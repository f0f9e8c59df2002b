"""Organisations as settings of the linking engine: names and the objects they stand at, for those without a number."""

from __future__ import annotations

import polars as pl

from screening.linking import Comparison, Gate, Settings, Veto, equal, similar
from screening.matching.parties.names import organisation_core, squashed_key

#: The list columns of one reading: a name and the object at which it is named.
NAMED: tuple[str, ...] = ("squashed", "words", "core", "address_id")

#: Two numbers that lived on one day are two companies, and no question to anybody.
OVERLAPPING_LIVES = Veto("kvk_nummer", ("else",), overlapping=("alive_from", "alive_to"))

ORGANISATIONS = Settings(
    comparisons=(
        Comparison(
            "trade_name",
            (
                equal("squashed", frequency="squashed").having(label="equal"),
                # a company seldom writes its own number beside a slip in its name: too few to learn from
                similar("damerau", 0.95, "words").having(bits=12.5, label="near"),
                similar("damerau", 0.9, "words").having(bits=11.5, label="alike"),
                similar("damerau", 0.85, "words").having(bits=10.0, label="somewhat_alike"),
                # equal but for Holding, Beheer and the like: companies of one group
                equal("core").having(bits=10.5, label="core"),
            ),
            column="words",
            otherwise=-12.0,
        ),
        Comparison("address", (equal("address_id").having(label="equal"),), otherwise=0.0),
        # a number proves identity before anything is compared; two that were alive together are two
        Comparison("kvk_nummer", (equal("register_kvk").having(bits=0.0, label="equal"),), otherwise=0.0),
    ),
    readings=(NAMED,),
    blocking=(
        ("address_id", "register_kvk:missing"),
        ("squashed", "register_kvk:missing"),
        ("core", "register_kvk:missing"),
        ("address_id", "core"),
    ),
    training=(("register_kvk",),),
    vetoes=(Veto("kvk_nummer", ("else",)), OVERLAPPING_LIVES),
    gates=(
        Gate("address", ("else", "missing")),
        Gate("kvk_nummer", ("else",)),
        Gate("trade_name", ("somewhat_alike", "core", "else", "missing")),
    ),
    max_block=2_000,
    floor=-8.0,
    random_pairs=100_000,
    training_pairs=20_000,
)


def organisation_records(names: pl.DataFrame, numbers: pl.DataFrame) -> pl.DataFrame:
    """One row a group with a name, as ORGANISATIONS reads it.

    Args:
        names: `group`, `name_key`, `address_id`: a row a name and object.
        numbers: `group`, `register_kvk`, `alive_from`, `alive_to`, `is_registered`.
    """
    keys = names.select("name_key").drop_nulls().unique()
    parts = pl.col("name_key").str.splitn(" ", 2)
    first, rest = parts.struct[0], parts.struct[1].fill_null("")
    is_pair = ~rest.str.contains(" ", literal=True)
    # most names are two words, and to sort a list of two is dear
    pairs = keys.filter(is_pair).with_columns(
        words=pl.concat_str(
            pl.min_horizontal(first, rest), pl.max_horizontal(first, rest), separator=" "
        ).str.strip_chars()
    )
    longer = keys.filter(~is_pair).with_columns(words=pl.col("name_key").str.split(" ").list.sort().list.join(" "))
    keys = pl.concat([pairs, longer]).with_columns(
        squashed=squashed_key(pl.col("name_key")), core=organisation_core(pl.col("name_key"))
    )
    keys = keys.with_columns(core=squashed_key(pl.col("core")))
    # as categories the texts are told apart here, once a name, and take four bytes in every record
    keys = keys.with_columns(pl.exclude("name_key").cast(pl.Categorical(pl.Categories.random())))
    named = names.join(keys, on="name_key").group_by(id="group").agg(NAMED)
    # an unknown number lives always
    lives = numbers.select(
        "register_kvk",
        id="group",
        alive_from=pl.when("is_registered").then("alive_from"),
        alive_to=pl.when("is_registered").then("alive_to"),
    )
    return named.join(lives, on="id").sort("id")
