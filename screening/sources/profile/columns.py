"""What a column of a foreign file holds, without a value of anybody: fill, shapes, kinds, forms of dates, codes.

Of its values are told spellings of codes (`spellings`) and the words of closed lists of ours, such as those for empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from screening.sources.bsn import passing_values
from screening.sources.dates import SERIAL_FIRST, SERIAL_LAST, read_dates, read_timestamps
from screening.sources.profile.date_shapes import see_forms
from screening.sources.profile.spellings import MOST_VALUES, known_codes_of, shown_spellings
from screening.sources.profile.words import is_of_somebody
from screening.sources.values import LATITUDE, LONGITUDE

#: So many different values say what a column holds; of more, every so many-th is looked at.
_LOOKED_AT = 5_000
_MOST_PATTERNS = 3
#: What registers write for empty.
NULL_WORDS = (
    "null",
    "n.v.t.",
    "nvt",
    "n.v.t",
    "n/a",
    "na",
    "nan",
    "none",
    "-",
    "--",
    "---",
    "?",
    ".",
    "x",
    "xxx",
    "leeg",
    "geen",
    "onbekend",
    "niet bekend",
    "niet van toepassing",
    "unknown",
    "#n/b",
    "#n/a",
    "(leeg)",
    "<null>",
    "nihil",
    "0",
)
_OPEN_WORDS = ("onbepaald", "onbepaalde tijd", "voor onbepaalde tijd", "heden", "onbeperkt")
_OPEN = r"(?i)^(?:(?:31[-/. ]?12[-/. ]?(?:9999|2999|2099))|(?:(?:9999|2999|2099)[-/.]?12[-/.]?31(?:[T ]00:00:00)?))$"
_YES_NO = {"j", "n", "ja", "nee", "true", "false", "0", "1", "waar", "onwaar", "y", "yes", "no"}

#: Kinds of text by the shape of it: 0 for a digit, A and a for letters.
_BY_SHAPE = {
    "kvk": r"^0{8}$",
    "kvk_cut": r"^0{7}$",
    "vestiging": r"^0{12}$",
    "nine": r"^0{9}$",
    "postcode": r"^0000 ?[Aa]{2}$",
    "integer": r"^-?0{1,9}(?:[.,]0{1,2})?$",
    "number": r"^-?0+(?:[.,]0+)?$",
    "house_number": r"^0{1,5}(?:[ -]?[Aa0]{1,4})?$",
    "letter": r"^[Aa]$",
    "hours": r"00?[:.]00 ?- ?00?[:.]00",
    "time": r"^00?:00(?::00)?$",
    "words": r"^[Aa][Aa '’.\-]*$",
    "address": r"[Aa]{3}.*[ ,]0",
    "pair": r"^-?0{1,2}\.0+ ?[,;] ?-?0{1,2}\.0+$",
    "long": r"^.{60,}$|(?:[Aa]+[ ,.]+){8}",
    "list": r"\|",
}
#: Kinds of text by what is in it.
_BY_VALUE = {
    "bag_number": r"^[0-9]{4}20[0-9]{10}$",
    "bag_object": r"^[0-9]{4}0[123][0-9]{10}$",
    "bag_building": r"^[0-9]{4}10[0-9]{10}(?:\|[0-9]{4}10[0-9]{10})*$",
}
_OBJECT_ID = r"^([0-9]{4})(?:20|10|0[123])[0-9]{10}"


@dataclass(frozen=True)
class ColumnProfile:
    """One column. `name`: "" where it may not be shown. `category`: why it may never be read; then nothing was.

    `shares`: kind of text -> share of the filled rows, and `forms` the same of forms of dates beyond those that are
    always read; `unsure_forms`: those of which day and month cannot be told apart. `spellings`: values that may be
    shown, with their rows; `known_codes`: the same of those that spell a code that is known, however seldom; `others`:
    how many different values there are beside both, where there are few, and `others_rows` their rows. `nulls`,
    `open_ends`: words for empty and for no end, with their rows.
    `municipalities`: first four digits of ids of the BAG -> share.
    """

    place: int
    name: str
    category: str = ""
    is_of_somebody: bool = False
    rows: int = 0
    filled: int = 0
    distinct: int = 0
    patterns: dict[str, float] = field(default_factory=dict)
    shares: dict[str, float] = field(default_factory=dict)
    forms: dict[str, float] = field(default_factory=dict)
    unsure_forms: tuple[str, ...] = ()
    spellings: dict[str, int] = field(default_factory=dict)
    known_codes: dict[str, int] = field(default_factory=dict)
    others: int = 0
    others_rows: int = 0
    nulls: dict[str, int] = field(default_factory=dict)
    open_ends: dict[str, int] = field(default_factory=dict)
    municipalities: dict[str, float] = field(default_factory=dict)

    @property
    def telling(self) -> int:
        """The rows that hold something else than a word for empty or for no end."""
        return self.filled - sum(self.nulls.values()) - sum(self.open_ends.values())

    def share(self, *kinds: str) -> float:
        """The share of the filled rows of these kinds together."""
        return sum(self.shares.get(kind, 0.0) for kind in kinds)


def measure_column(texts: pl.Series, *, place: int, name: str, is_name_shown: bool = True) -> ColumnProfile:
    """Measure a column of tidy text. `name`: what the file calls it; `is_name_shown`: whether that may be told."""
    counts = texts.drop_nulls().value_counts(sort=False, name="rows").rename({texts.name: "text"})
    is_few = counts.height <= MOST_VALUES
    if is_few:
        counts = counts.sort("rows", "text", descending=[True, False])
    of_somebody = is_of_somebody(name)
    nulls = _words_among(counts, NULL_WORDS)
    known_codes = known_codes_of(counts) if counts.height <= 10 * MOST_VALUES else {}
    open_ends = _words_among(counts, _OPEN_WORDS) | dict(counts.filter(pl.col("text").str.contains(_OPEN)).iter_rows())
    filled = int(counts["rows"].sum())
    looked_at = _sample(counts.filter(~pl.col("text").is_in([*nulls, *open_ends])))
    shapes = _shapes(looked_at)
    shares = _shares(looked_at, shapes)
    forms, unsure = see_forms(shapes)
    spellings = {} if of_somebody else shown_spellings(counts, shares, name, filled, known_codes)
    shown = {*spellings, *known_codes}
    untold = [rows for text, rows in counts.iter_rows() if not shown.issuperset(text.split("|"))] if is_few else []
    return ColumnProfile(
        place=place,
        name=name if is_name_shown else "",
        is_of_somebody=of_somebody,
        rows=len(texts),
        filled=filled,
        distinct=counts.height,
        patterns=_patterns(shapes, shares),
        shares=shares,
        forms=forms,
        unsure_forms=unsure,
        spellings=spellings,
        known_codes=known_codes,
        others=len(untold),
        others_rows=sum(untold),
        nulls=nulls,
        open_ends=open_ends,
        municipalities=_municipalities(looked_at),
    )


def _sample(counts: pl.DataFrame) -> pl.DataFrame:
    """One of so many values, so that a column of many is measured in time; their hash says which, not their order."""
    step = -(-counts.height // _LOOKED_AT)
    return counts.filter(pl.col("text").hash() % step == 0) if step > 1 else counts


def _shapes(counts: pl.DataFrame) -> pl.DataFrame:
    """`text`, `rows` and `shape`: digits as 0, letters as A and a, signs that no register needs as ?."""
    shape = (
        pl.col("text")
        .str.replace_all(r"[0-9]", "0")
        .str.replace_all(r"\p{Lu}", "A")
        .str.replace_all(r"[\p{Ll}\p{Lt}\p{Lm}\p{Lo}\p{M}]", "a")
        .str.replace_all(r"[^0Aa \-/.,:;()\[\]&+'’\"@_|#*]", "?")
    )
    return counts.with_columns(shape=shape)


def _shares(counts: pl.DataFrame, shapes: pl.DataFrame) -> dict[str, float]:
    total = int(counts["rows"].sum())
    if not total:
        return {}
    masks = {kind: pl.col("shape").str.contains(pattern) for kind, pattern in _BY_SHAPE.items()}
    masks |= {kind: pl.col("text").str.contains(pattern) for kind, pattern in _BY_VALUE.items()}
    number = pl.col("text").str.replace(",", ".", literal=True).cast(pl.Float64, strict=False)
    masks["lat"] = number.is_between(*LATITUDE)
    masks["lon"] = number.is_between(*LONGITUDE)
    masks["rd_x"] = number.is_between(7_000, 300_000)
    masks["rd_y"] = number.is_between(289_000, 629_000)
    masks["yes_no"] = pl.col("text").str.to_lowercase().is_in(list(_YES_NO))
    sums = shapes.select(pl.col("rows").filter(mask).sum().alias(kind) for kind, mask in masks.items()).row(
        0, named=True
    )
    rows = {kind: int(count or 0) for kind, count in sums.items()} | _moments(counts)
    if rows["nine"]:
        passing = passing_values(counts["text"])
        rows["bsn"] = int(counts.filter(pl.col("text").is_in(passing))["rows"].sum()) if passing else 0
    return {kind: round(count / total, 4) for kind, count in rows.items() if count}


def _moments(counts: pl.DataFrame) -> dict[str, int]:
    """How many rows hold a date or a moment in the forms that are always read; day numbers and bare years apart."""
    texts = counts["text"]
    serial = texts.cast(pl.Int64, strict=False).is_between(SERIAL_FIRST, SERIAL_LAST) & (texts.str.len_chars() == 5)
    read = read_dates(texts)
    is_date = read.str.contains(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$") & ~serial.fill_null(False)
    is_compact = is_date & texts.str.contains(r"^[0-9]{8}$")
    is_partial = read.str.contains(r"^[0-9]{4}(?:-[0-9]{2})?$")
    is_moment = read_timestamps(texts, bare_dates=False).str.contains("T") & texts.str.contains(":") & ~is_date
    masks = {
        "date": is_date & ~is_compact,
        "compact_date": is_compact,
        "serial": serial,
        "partial": is_partial,
        "moment": is_moment,
    }
    return {kind: int(counts.filter(mask.fill_null(False))["rows"].sum()) for kind, mask in masks.items()}


def _patterns(shapes: pl.DataFrame, shares: Mapping[str, float]) -> dict[str, float]:
    """The commonest shapes, letters drawn together so that no length tells a name; of long text nothing but that."""
    if shares.get("long", 0.0) >= 0.3:
        return {"text": 1.0}
    total = int(shapes["rows"].sum())
    drawn = (
        pl.col("shape")
        .str.replace_all(r"a+", "a")
        .str.replace_all(r"A{4,}", "AAA")
        .str.replace_all(r" +", " ")
        .str.slice(0, 24)
    )
    commonest = (
        shapes.group_by(drawn.alias("pattern"))
        .agg(pl.col("rows").sum())
        .sort("rows", "pattern", descending=[True, False])
        .head(_MOST_PATTERNS)
    )
    return {pattern: round(rows / total, 4) for pattern, rows in commonest.iter_rows()}


def _words_among(counts: pl.DataFrame, words: tuple[str, ...]) -> dict[str, int]:
    """The texts that are one of these words, with their rows; the commonest first."""
    among = counts.filter(pl.col("text").str.to_lowercase().is_in(words))
    return dict(among.sort("rows", "text", descending=[True, False]).iter_rows())


def _municipalities(counts: pl.DataFrame) -> dict[str, float]:
    ids = counts.select("rows", code=pl.col("text").str.extract(_OBJECT_ID)).drop_nulls()
    total = int(counts["rows"].sum())
    if 2 * int(ids["rows"].sum()) < total or not total:
        return {}
    first = ids.group_by("code").agg(pl.col("rows").sum()).sort("rows", "code", descending=[True, False]).head(3)
    return {code: round(rows / total, 4) for code, rows in first.iter_rows()}
