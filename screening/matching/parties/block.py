"""Candidate pairs: which groups of mentions are compared at all. Bounds keep a hot block from growing squared."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from screening.frames import Note
from screening.notes import note

#: More names than this on one birth date: only those that share a family name are compared.
HOT_BIRTH_DATE = 600
#: More candidate pairs than this on one family name, or one trade name, without a second key: left out, and counted.
HOT_NAME_PAIRS = 20_000
#: A business that more names than this stand beside is no key for persons without a birth date.
MOST_BESIDE = 50

_PAIRS = {"left": pl.Int64, "right": pl.Int64, "relation": pl.String}


@dataclass
class CandidatePairs:
    """Candidate pairs of groups (`left` < `right`, `relation`) and what the bounds left out."""

    pairs: pl.DataFrame
    notes: list[Note] = field(default_factory=list)


def block_persons(
    groups: pl.DataFrame, options: pl.DataFrame, businesses: pl.DataFrame | None = None
) -> CandidatePairs:
    """Pairs of person groups (`group`, `name_normalised`, `birth_date`), with how their birth dates relate.

    "equal": the same full date, every name with every other. "swapped": day and month changed places and a family name
    in common. "absent": one side has no full date, and a family name in common, or the business that is named beside
    both (`businesses`: `group`, `kvk_nummer`).
    """
    notes: list[Note] = []
    persons = groups.filter(pl.col("name_normalised").is_not_null()).select(
        "group", "birth_date", name="name_normalised"
    )
    dated = persons.filter(pl.col("birth_date").is_not_null()).with_columns(on_date=pl.len().over("birth_date"))
    families = options.filter(pl.col("reading") != "family-first").select("name", "family").unique()
    usual = dated.filter(pl.col("on_date") <= HOT_BIRTH_DATE)
    hot = dated.filter(pl.col("on_date") > HOT_BIRTH_DATE)
    parts = [_ordered(usual, usual, ["birth_date"], "equal")]
    if not hot.is_empty():
        named = hot.join(families, on="name")
        parts.append(_ordered(named, named, ["birth_date", "family"], "equal"))
        dates = hot["birth_date"].n_unique()
        notes.append(note("hot_birth_dates", date=dates, bound=HOT_BIRTH_DATE))
    named = dated.join(families, on="name")
    day, month = pl.col("birth_date").dt.day(), pl.col("birth_date").dt.month()
    swapped = named.filter((day <= 12) & (day != month)).with_columns(
        birth_date=pl.date(pl.col("birth_date").dt.year(), day, month)
    )
    parts.append(_ordered(named, swapped, ["birth_date", "family"], "swapped"))
    undated = persons.filter(pl.col("birth_date").is_null()).join(families, on="name")
    everyone = persons.join(families, on="name")
    weight = everyone.group_by("family").len("_all").join(undated.group_by("family").len("_undated"), on="family")
    too_many = weight.filter(pl.col("_all").cast(pl.Int64) * pl.col("_undated") > HOT_NAME_PAIRS)
    if not too_many.is_empty():
        left_out = int(too_many["_undated"].sum())
        notes.append(note("common_family_names", family_name=too_many.height, name=left_out))
        undated = undated.join(too_many, on="family", how="anti")
    parts.append(_unordered(undated, everyone, ["family"], "absent"))
    if businesses is not None:
        # a business that names a crowd says of nobody who is meant
        few = businesses.filter(pl.len().over("kvk_nummer") <= MOST_BESIDE).join(persons, on="group")
        parts.append(_unordered(few.filter(pl.col("birth_date").is_null()), few, ["kvk_nummer"], "absent"))
    return CandidatePairs(_distinct(parts, groups), notes)


def block_organisations(names: pl.DataFrame, numbers: pl.DataFrame) -> CandidatePairs:
    """Pairs of organisation groups, of which at least one has no KVK number, or whose numbers never lived together.

    `names`: `group`, `name_key`, `name_core`, `address_id`; `numbers`: `group`, `register_kvk`, `alive_from`,
    `alive_to`, `is_registered`. Relation "address": one object; "name": only the name without its secondary words.
    """
    notes: list[Note] = []
    organisations = names.filter(pl.col("name_key").is_not_null()).join(numbers, on="group")
    placed = organisations.filter(pl.col("address_id").is_not_null())
    bare = organisations.filter(pl.col("register_kvk").is_null())
    parts = [_unordered(bare.filter(pl.col("address_id").is_not_null()), placed, ["address_id"], "address")]
    weight = organisations.select("group", "name_core").unique().group_by("name_core").len("_all")
    weight = weight.join(bare.select("group", "name_core").unique().group_by("name_core").len("_bare"), on="name_core")
    too_many = weight.filter(pl.col("_all").cast(pl.Int64) * pl.col("_bare") > HOT_NAME_PAIRS)
    if not too_many.is_empty():
        notes.append(note("common_trade_names", trade_name=too_many.height))
    parts.append(_unordered(bare.join(too_many, on="name_core", how="anti"), organisations, ["name_core"], "name"))
    numbered = placed.filter(pl.col("register_kvk").is_not_null())
    both = numbered.join(numbered, on=["address_id", "name_core"], suffix="_right").filter(
        (pl.col("group") < pl.col("group_right"))
        & ~lives_overlap()
        & (pl.col("register_kvk") != pl.col("register_kvk_right"))
    )
    parts.append(both.select(left="group", right="group_right", relation=pl.lit("address")))
    return CandidatePairs(_distinct(parts, numbers), notes)


def lives_overlap() -> pl.Expr:
    """Whether two numbers (columns and their `_right`) can have lived on one day. An unknown number lives always."""
    begins = pl.col("alive_from").is_null() | pl.col("alive_to_right").is_null()
    ends = pl.col("alive_to").is_null() | pl.col("alive_from_right").is_null()
    return ~(pl.col("is_registered") & pl.col("is_registered_right")) | (
        (begins | (pl.col("alive_from") <= pl.col("alive_to_right")))
        & (ends | (pl.col("alive_from_right") <= pl.col("alive_to")))
    )


def _ordered(left: pl.DataFrame, right: pl.DataFrame, on: list[str], relation: str) -> pl.DataFrame:
    pairs = left.join(right, on=on, suffix="_right").filter(pl.col("group") < pl.col("group_right"))
    return pairs.select(left="group", right="group_right", relation=pl.lit(relation))


def _unordered(sources: pl.DataFrame, targets: pl.DataFrame, on: list[str], relation: str) -> pl.DataFrame:
    pairs = sources.join(targets, on=on, suffix="_right").filter(pl.col("group") != pl.col("group_right"))
    return pairs.select(
        left=pl.min_horizontal("group", "group_right"),
        right=pl.max_horizontal("group", "group_right"),
        relation=pl.lit(relation),
    )


def _distinct(parts: list[pl.DataFrame], groups: pl.DataFrame) -> pl.DataFrame:
    typed = [part.select(pl.col(c).cast(t) for c, t in _PAIRS.items()) for part in parts]
    # "address" sorts before "name", "absent" before "equal" before "swapped": no pair has two of the latter three.
    pairs = pl.concat(typed).unique().sort("left", "right", "relation")
    return pairs.unique(["left", "right"], keep="first", maintain_order=True)
