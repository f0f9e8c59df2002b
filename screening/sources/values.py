"""Values of a text frame: white space, numbers, lost zeros, coordinates, tokens of reporters."""

from __future__ import annotations

import hmac

import polars as pl

#: WGS84 bounds of the Netherlands (domain reference 4.5).
LATITUDE = (50.7, 53.7)
LONGITUDE = (3.2, 7.3)
_TOKEN_CHARACTERS = 24


def tidy_cells(frame: pl.DataFrame, *, is_composed: bool = False) -> pl.DataFrame:
    """Text in NFC without surrounding white space; a blank cell is null. Other columns are left alone.

    `is_composed`: it is in NFC already.
    """
    texts = pl.col(pl.String)
    if not is_composed:
        frame = frame.with_columns(_composed(column) for column in frame.select(texts))
    # two steps: in one each text would be stripped twice
    return frame.with_columns(texts.str.strip_chars()).with_columns(pl.when(texts.str.len_bytes() > 0).then(texts))


def _composed(texts: pl.Series) -> pl.Series:
    """Texts in NFC. Few have a letter that is no ASCII, and of these hardly one is not in NFC."""
    foreign = texts.filter(texts.str.len_bytes() > texts.str.len_chars()).unique()
    composed = foreign.str.normalize("NFC")
    is_other = foreign != composed
    return texts.replace(foreign.filter(is_other), composed.filter(is_other)) if is_other.any() else texts


def read_numbers(column: pl.Series, *, whole: bool) -> pl.Series:
    """Numbers with a point; `12.0` in a column of whole numbers is 12. Other text as it was.

    A comma is a decimal comma but for the form 1,234, which can be a thousand and is left to the contract to refuse.
    """
    mark = "[.,]" if whole else ","
    if not column.str.contains(mark).any():
        return column
    text = pl.lit(column)
    if whole:
        read = text.str.replace(r"^(-?[0-9]+)[.,]0+$", "${1}")
    else:
        is_decimal = text.str.contains(r"^-?[0-9]+,[0-9]+$") & ~text.str.contains(r"^-?[0-9]{1,3},[0-9]{3}$")
        read = pl.when(is_decimal).then(text.str.replace(",", ".", literal=True)).otherwise(text)
    return pl.select(read).to_series().alias(column.name)


#: Form of a number -> its length, and how many zeros at most it can have lost: an establishment begins with four.
LOST_ZEROS = {"kvk_nummer": (8, 1), "vestigingsnummer": (12, 4)}


def restore_zeros(column: pl.Series, numeric: pl.Series, form: str) -> tuple[pl.Series, int]:
    """Numbers of a form of LOST_ZEROS from numeric cells, with their leading zeros; and how many lacked them.

    Only where the medium held a number: text of seven digits is an error of the source and stays one (readings page).
    """
    length, most = LOST_ZEROS[form]
    lost = numeric & column.str.contains(rf"^[1-9][0-9]{{{length - most - 1},{length - 2}}}$").fill_null(False)
    restored = pl.when(pl.lit(lost)).then(pl.lit(column).str.zfill(length)).otherwise(pl.lit(column))
    return pl.select(restored).to_series().alias(column.name), int(lost.sum())


def swap_axes(frame: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """`lat` and `lon` exchanged where both lie outside the Netherlands and lie in it the other way round."""
    # In coordinates a comma never separates thousands.
    frame = frame.with_columns(pl.col("lat", "lon").str.replace(r"^(-?[0-9]{1,3}),([0-9]+)$", "${1}.${2}"))
    latitude = pl.col("lat").cast(pl.Float64, strict=False)
    longitude = pl.col("lon").cast(pl.Float64, strict=False)
    is_swapped = (
        ~latitude.is_between(*LATITUDE)
        & ~longitude.is_between(*LONGITUDE)
        & longitude.is_between(*LATITUDE)
        & latitude.is_between(*LONGITUDE)
    ).fill_null(False)
    swapped = frame.with_columns(
        pl.when(is_swapped).then(pl.col("lon")).otherwise(pl.col("lat")).alias("lat"),
        pl.when(is_swapped).then(pl.col("lat")).otherwise(pl.col("lon")).alias("lon"),
    )
    return swapped, int(frame.select(is_swapped.sum()).item())


def pseudonymise(column: pl.Series, key: bytes) -> pl.Series:
    """HMAC-SHA256 of each text under `key`, 24 hexadecimal characters; null stays null."""
    texts = column.unique().drop_nulls()
    digests = (hmac.digest(key, text.encode(), "sha256").hex() for text in texts)
    tokens = pl.Series([digest[:_TOKEN_CHARACTERS] for digest in digests], dtype=pl.String)
    return column.replace_strict(texts, tokens, default=None, return_dtype=pl.String).alias(column.name)
