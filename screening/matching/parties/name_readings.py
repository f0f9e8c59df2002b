"""The ways in which a person's name can be read: which word is the family name, which letters are the initials."""

from __future__ import annotations

import polars as pl

from screening.matching.parties.names import split_person

#: One part of a double name, and a family name that stands first, agree a little less surely.
PART_OF_NAME = -0.5
ORDER_SWAPPED = -1.0
GLUED_PREFIX = r"^(?:vander|vanden|vande|vant|van|opden|inden|inder|int|den|der|de|ter|ten|te|el|al|ben)([a-z]{3,})$"


def name_options(names: pl.Series) -> pl.DataFrame:
    """The ways in which a normalised person's name can be read: one row per name and reading.

    `family` (also with y for ij), `letters` (distinct initials), `spelled` (all initials, sorted), `first` (given name
    in full, or null), `full` (all of those), `penalty` (bits), `reading` ("given-first"; "part" for one word of a
    family name of several, with the others in `beside`; "two-last" and "family-first" for names in full whose last two
    words, or other words than the last, may be the family name).
    """
    split = split_person(pl.DataFrame({"name": names.unique().drop_nulls()}), "name")
    full = pl.col("given").list.filter(~pl.element().str.ends_with("."))
    split = split.with_columns(full=full, joined=pl.col("family").list.sort().list.join(" "))
    whole = split.select(
        "name", family="joined", initials="initials", full="full", penalty=0.0, reading=pl.lit("given-first")
    )
    parts = (
        split.filter(pl.col("family").list.len() > 1)
        .with_columns(_words="family")
        .explode("family")
        .select(
            "name",
            "family",
            "initials",
            "full",
            penalty=PART_OF_NAME,
            reading=pl.lit("part"),
            beside=pl.col("_words").list.set_difference(pl.concat_list("family")),
        )
    )
    whole = whole.with_columns(beside=pl.lit([], dtype=pl.List(pl.String)))
    # Sorted, the words of one name stand in one order; with a slip in a first letter only the order as written is one.
    as_written = pl.col("family").list.join(" ")
    written = split.filter(as_written != pl.col("joined")).select(
        "name", family=as_written, initials="initials", full="full", penalty=0.0, reading=pl.lit("given-first")
    )
    # "Vandenberg", "Elamrani": the prefix can be written onto the name.
    unglued = pl.concat([whole, parts]).with_columns(
        family=pl.col("family").str.extract(GLUED_PREFIX), penalty=pl.col("penalty") + PART_OF_NAME
    )
    # Names in full carry no sign of their order: any of the words before may be the family name ("Nguyễn Văn Minh",
    # "Maria Garcia Lopez").
    swapped = (
        split.with_columns(at=pl.int_ranges(pl.col("given").list.len()), word="given")
        .explode("at", "word")
        .filter(~pl.col("word").str.ends_with("."))
        .select(
            "name",
            family="word",
            initials=pl.concat_str(
                pl.col("initials").str.slice(0, pl.col("at")),
                pl.col("initials").str.slice(pl.col("at") + 1),
                pl.col("joined").str.head(1),
            ),
            full=pl.concat_list(
                pl.col("given").list.slice(0, pl.col("at")), pl.col("given").list.slice(pl.col("at") + 1), "family"
            ).list.filter(~pl.element().str.ends_with(".")),
            penalty=pl.lit(ORDER_SWAPPED),
            reading=pl.lit("family-first"),
        )
    )
    letters = pl.col("initials").str.extract_all(".")
    readings = pl.concat(
        [whole, written, parts, unglued.drop_nulls("family"), swapped, *_of_two_words(split)], how="diagonal"
    ).with_columns(pl.col("beside").fill_null([]))
    # ij and y are one letter to many who write it, but a slip in either must not cost two edits
    with_y = readings.filter(pl.col("family").str.contains("ij")).with_columns(
        family=pl.col("family").str.replace_all("ij", "y")
    )
    return (
        pl.concat([readings, with_y])
        .with_columns(
            letters=letters.list.unique().list.sort(),
            spelled=letters.list.sort().list.join(""),
            first=pl.col("full").list.first(),
        )
        .unique(["name", "family", "spelled", "first", "reading"], keep="first", maintain_order=True)
        .sort("name", "reading", "family", "spelled", "first", "penalty")
    )


def _of_two_words(split: pl.DataFrame) -> list[pl.DataFrame]:
    """The readings of names in full whose family name has one word more: the last of the given names, or the second."""
    given = pl.col("given")
    # "Văn Lan Ngô Hữu" beside "V.L. Ngô Hữu": only with the comma, or initials before it, is the family name marked off
    several = split.filter(given.list.len() > 1)
    is_one_word = pl.col("family").list.len() == 1
    # after initials it can be a word that belongs in front of any family name: "Nguyễn Đình, H.T. Tôn"
    is_behind = given.list.get(-2).str.ends_with(".")
    last = several.filter(~given.list.last().str.ends_with(".") & (is_one_word | is_behind))
    first = several.filter(is_one_word & ~given.list.get(0).str.ends_with(".") & ~given.list.get(1).str.ends_with("."))
    last_two = pl.concat_list(given.list.last(), "family")
    return [
        last.with_columns(
            family=pl.concat_list(last_two.list.sort().list.join(" "), last_two.list.join(" ")).list.unique()
        )
        .explode("family")
        .select(
            "name",
            "family",
            initials=pl.col("initials").str.head(-1),
            full=given.list.head(given.list.len() - 1).list.filter(~pl.element().str.ends_with(".")),
            penalty=pl.lit(PART_OF_NAME),
            reading=pl.lit("two-last"),
        ),
        first.select(
            "name",
            family=given.list.head(2).list.sort().list.join(" "),
            initials=pl.col("initials").str.slice(2) + pl.col("joined").str.head(1),
            full=pl.concat_list(given.list.slice(2), "family").list.filter(~pl.element().str.ends_with(".")),
            penalty=pl.lit(ORDER_SWAPPED),
            reading=pl.lit("family-first"),
        ),
    ]
