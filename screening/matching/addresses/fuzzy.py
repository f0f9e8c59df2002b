"""Misspelt street and town names: RapidFuzz on distinct names within a block, never across a house number."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from rapidfuzz.distance import OSA, Levenshtein
from rapidfuzz.process import cdist, cpdist

from screening.matching.addresses import spelling


@dataclass(frozen=True)
class StreetLimits:
    """How far a misspelt street may be from its name.

    `in_postcode`, `in_town`: the least similarity of a street that shares the written postcode (it holds one street,
    seldom two), and within a town, where some hundred streets compete. `margin`: how much better than the runner-up a
    street of a town must be. `edits`: the most edits it may be away.
    """

    in_postcode: float
    in_town: float
    margin: float
    edits: int


#: For an answer: three edits make another street (Fort Diemerdamstraat, Fort Hinderdamstraat).
FOR_ANSWER = StreetLimits(in_postcode=0.70, in_town=0.85, margin=0.12, edits=2)
#: For a question to a person.
FOR_OFFER = StreetLimits(in_postcode=0.45, in_town=0.65, margin=0.05, edits=3)

#: The least letters of the end of a street name that stands for the whole beside its postcode.
END_MIN = 7

_CHUNK = 1000  # rows of a similarity matrix at a time: 1,000 x 5,000 streets x 4 bytes = 20 MB


def within_postcodes(
    names: pl.DataFrame, postcodes: pl.DataFrame, streets: pl.DataFrame, limits: StreetLimits = FOR_ANSWER
) -> pl.DataFrame:
    """Streets that resemble a written name and share its postcode.

    `names`: distinct (name, postcode), name a variant key. Returns name, postcode, street_id, similarity (0-1).
    """
    pairs = names.join(postcodes, on="postcode").join(streets.select("street_id", "street_variant"), on="street_id")
    # A slip within an abbreviation ("Flevonl") is nearer to the street as abbreviated.
    short = pairs.join(spelling.abbreviated_ends(pairs["street_variant"]), on="street_variant")
    pairs = pl.concat([pairs.with_columns(spelling="street_variant"), short])
    scores = cpdist(pairs["name"].to_list(), pairs["spelling"].to_list(), scorer=OSA.normalized_similarity)
    pairs = pairs.with_columns(pl.Series("similarity", scores, dtype=pl.Float64))
    pairs = pairs.group_by("name", "postcode", "street_id", "street_variant").agg(pl.col("similarity").max())
    # "Irenelaan" for Prinses Irenelaan: beside the right postcode the end of a name is enough.
    is_end = pl.col("street_variant").str.ends_with(pl.col("name")) & (pl.col("name").str.len_chars() >= END_MIN)
    pairs = pairs.with_columns(
        pl.when(is_end).then(pl.max_horizontal("similarity", pl.lit(0.9))).otherwise("similarity").alias("similarity")
    )
    pairs = pairs.filter(pl.col("similarity") >= limits.in_postcode)
    best = pl.col("similarity") == pl.col("similarity").max().over("name", "postcode")
    return (
        pairs.filter(best).select("name", "postcode", "street_id", "similarity").sort("name", "postcode", "street_id")
    )


def within_towns(names: pl.DataFrame, streets: pl.DataFrame, limits: StreetLimits = FOR_ANSWER) -> pl.DataFrame:
    """The one street of a town that resembles a written name, where one does and the next is clearly further.

    `names`: distinct (name, town); a null town means all towns. Returns name, town, street_id, similarity (0-1).
    """
    matches = [_best_of(names, town, streets, limits) for town in names["town"].unique().sort().to_list()]
    schema = {"name": pl.String, "town": pl.String, "street_id": pl.UInt32, "similarity": pl.Float64}
    return pl.concat([pl.DataFrame(schema=schema), *matches]).sort("town", "name", "street_id")


def _best_of(names: pl.DataFrame, town: str | None, streets: pl.DataFrame, limits: StreetLimits) -> pl.DataFrame:
    written = names.filter(pl.col("town").eq_missing(pl.lit(town)))["name"].drop_nulls().unique().sort()
    block = streets if town is None else streets.filter(pl.col("town") == town)
    # Two towns may share a street name: it competes once, and the name leads to both.
    spellings = block["street_variant"].drop_nulls().unique().sort()
    rows = []
    for start in range(0, len(written) if len(spellings) else 0, _CHUNK):
        chunk = written[start : start + _CHUNK]
        scores = np.maximum(_similarities(chunk, spellings), _similarities(_short_y(chunk), _short_y(spellings)))
        best = scores.argmax(axis=1)
        top = scores[np.arange(len(chunk)), best]
        scores[np.arange(len(chunk)), best] = 0.0
        longest = np.maximum(chunk.str.len_chars().to_numpy(), spellings.gather(best).str.len_chars().to_numpy())
        edits = np.rint((1 - top) * longest)
        keep = (top >= limits.in_town) & (edits <= limits.edits) & (top - scores.max(axis=1) >= limits.margin)
        rows.append(
            pl.DataFrame(
                {"name": chunk, "street_variant": spellings.gather(best), "similarity": top.astype(float)}
            ).filter(pl.Series(keep))
        )
    if not rows:
        return pl.DataFrame(
            schema={"name": pl.String, "town": pl.String, "street_id": pl.UInt32, "similarity": pl.Float64}
        )
    hits = pl.concat(rows).join(block.select("street_variant", "street_id"), on="street_variant")
    return hits.select("name", pl.lit(town, pl.String).alias("town"), "street_id", "similarity")


def _similarities(left: pl.Series, right: pl.Series) -> np.ndarray:
    return cdist(left.to_list(), right.to_list(), scorer=OSA.normalized_similarity, score_cutoff=0.5, dtype=np.float32)


def _short_y(names: pl.Series) -> pl.Series:
    """Variant keys read y as ij, which makes one slip beside it two: the other way round it is one."""
    return names.str.replace_all("ij", "y", literal=True)


def misspelt_towns(written: pl.Series, towns: pl.Series) -> pl.DataFrame:
    """Which town of the BAG an unknown town is a slip of: town, slip_of, near_town; what resembles none is left out.

    A letter that is another letter makes another town (Hoorn and Doorn, Ede and Epe) unless the name is long; a
    doubled, dropped or swapped letter in a name of five letters or more is a slip. `near_town`: no slip for certain,
    but one letter away, the first letter the same: never an answer, a question to a person.
    """
    names, town_names = written.drop_nulls().unique().sort().to_list(), towns.drop_nulls().unique().sort().to_list()
    if not names or not town_names:
        return pl.DataFrame(schema={"town": pl.String, "slip_of": pl.String, "near_town": pl.String})
    left, right = [name for name in names for _ in town_names], town_names * len(names)
    pairs = pl.DataFrame({"town": left, "slip_of": right}).with_columns(
        pl.Series("edits", cpdist(left, right, scorer=OSA.distance), dtype=pl.Int64),
        pl.Series("steps", cpdist(left, right, scorer=Levenshtein.distance), dtype=pl.Int64),
        pl.col("slip_of").str.len_chars().alias("length"),
    )
    is_other_letter = (pl.col("steps") == 1) & (pl.col("town").str.len_chars() == pl.col("length"))
    is_slip = (pl.col("edits") == 1) & (pl.col("length") >= pl.when(is_other_letter).then(8).otherwise(5))
    is_slip = is_slip | ((pl.col("edits") == 2) & (pl.col("length") >= 12))
    is_near = (pl.col("edits") == 1) & (pl.col("length") >= 4)
    pairs = pairs.filter(pl.col("town").str.slice(0, 1) == pl.col("slip_of").str.slice(0, 1)).with_columns(
        is_slip=is_slip
    )
    pairs = pairs.filter(is_slip | is_near).filter(pl.col("edits") == pl.col("edits").min().over("town"))
    near = pairs.filter(pl.len().over("town") == 1)
    return near.select(
        "town", slip_of=pl.when("is_slip").then("slip_of"), near_town=pl.when(~pl.col("is_slip")).then("slip_of")
    ).sort("town")
