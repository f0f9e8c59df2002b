"""Facts about the distinct values of a column, one entry a code: lengths, letters, parts of dates."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from screening.base.errors import ConfigurationError
from screening.linking.key_parts import DATE_PARTS, pieces_of
from screening.linking.measures import MEASURES
from screening.linking.tokens import Tokens

_LETTERS = 26
_OTHERS = 12
#: Values whose letters are counted at one time: 38 counts of 8 bytes each.
_SLAB = 100_000


class Texts:
    """Facts about distinct texts, one entry a code (entry 0 is "missing"): length, letter mask, first bytes."""

    def __init__(self, values: pl.Series) -> None:
        self.values = pl.concat([pl.Series([""], dtype=pl.String), values.cast(pl.String)]).alias("v")

    @cached_property
    def length(self) -> np.ndarray:
        """Characters (int16)."""
        return self.values.str.len_chars().clip(0, 32_000).cast(pl.Int16).to_numpy()

    @cached_property
    def _bits(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Three facts a text, by code.

        The mask (u64): which letters occur, which occur twice, which other bytes occur (in 12 classes). How many bytes
        the mask leaves out (u8, 255 = that or more). The first four bytes (u32, little end first).
        """
        masks, beyond, heads = [], [], []
        for start in range(0, len(self.values), _SLAB):
            slab = self.values.slice(start, _SLAB)
            size = slab.str.len_bytes().to_numpy().astype(np.int64)
            data = np.frombuffer("".join(slab.to_list()).encode(), dtype=np.uint8)
            mask = _mask(data, size)
            masks.append(mask)
            beyond.append(np.clip(size - np.bitwise_count(mask), 0, 255).astype(np.uint8))
            heads.append(_head(data, size))
        return np.concatenate(masks), np.concatenate(beyond), np.concatenate(heads)

    @property
    def letter_set(self) -> np.ndarray:
        """Which letters occur (u64: a bit a letter; other bytes in 12 classes)."""
        letters: np.ndarray = self._bits[0] & np.uint64((1 << (_LETTERS + _OTHERS)) - 1)
        return letters

    @cached_property
    def letters(self) -> np.ndarray:
        """The first four characters as numbers (u32, four columns; 0 where the text is shorter)."""
        padded = self.values.str.slice(0, 4).str.pad_end(4, "\0")
        return np.frombuffer("".join(padded.to_list()).encode("utf-32-le"), dtype="<u4").reshape(-1, 4)

    def facts(self, left: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Of pairs of codes: letters in common at most, both lengths, characters that both begin with (at most 4)."""
        mask, beyond, head = self._bits
        common = np.bitwise_count(mask.take(left) & mask.take(right)).astype(np.int16)
        rest = np.minimum(beyond.take(left), beyond.take(right))
        # a text so long that its count ran over is bounded by nothing
        common += np.where(rest == np.uint8(255), np.int16(32_000), rest.astype(np.int16))
        differ = head.take(left) ^ head.take(right)
        start = (differ & np.uint32(0xFF) == 0).astype(np.uint8)
        reach = start.copy()
        for byte in (0xFFFF, 0xFFFFFF, 0xFFFFFFFF):
            reach = (differ & np.uint32(byte)) == 0
            start += reach.astype(np.uint8)
        lengths_left, lengths_right = self.length.take(left), self.length.take(right)
        return common, lengths_left, lengths_right, np.minimum(start, np.minimum(lengths_left, lengths_right))


def _mask(data: np.ndarray, size: np.ndarray) -> np.ndarray:
    low = data | np.uint8(0x20)
    is_letter = (low >= ord("a")) & (low <= ord("z"))
    bucket = np.where(is_letter, low - np.uint8(ord("a")), np.uint8(_LETTERS) + data % np.uint8(_OTHERS))
    width = _LETTERS + _OTHERS
    cell = np.repeat(np.arange(len(size), dtype=np.int64) * width, size) + bucket
    counts = np.bincount(cell, minlength=len(size) * width).reshape(len(size), width)
    once = np.packbits(np.pad(counts > 0, ((0, 0), (0, 2))), axis=1, bitorder="little")
    twice = np.packbits(np.pad(counts[:, :_LETTERS] > 1, ((0, 0), (0, 6))), axis=1, bitorder="little")
    mask = np.zeros(len(size), dtype=np.uint64)
    for byte in range(once.shape[1]):
        mask |= once[:, byte].astype(np.uint64) << np.uint64(8 * byte)
    for byte in range(twice.shape[1]):
        mask |= twice[:, byte].astype(np.uint64) << np.uint64(width + 8 * byte)
    return mask


def _head(data: np.ndarray, size: np.ndarray) -> np.ndarray:
    starts = np.cumsum(size) - size
    head = np.zeros(len(size), dtype=np.uint32)
    for byte in range(4):
        has = size > byte
        head[has] |= data[starts[has] + byte].astype(np.uint32) << np.uint32(8 * byte)
    return head


class Pool:
    """The distinct values of a column (or of columns that are compared with each other); code = position + 1."""

    def __init__(self, values: pl.Series) -> None:
        self.values = values
        self._texts: dict[str, Texts] = {}
        self._pieces: dict[tuple[str, ...], Pieces] = {}

    def __len__(self) -> int:
        return len(self.values)

    @property
    def is_date(self) -> bool:
        """Whether the values are dates."""
        return self.values.dtype == pl.Date

    def texts(self, measure: str = "") -> Texts:
        """Facts about the values as this measure reads them ("": as they are)."""
        prepare = MEASURES[measure].prepare if measure else None
        key = measure if prepare else ""
        if key not in self._texts:
            plain = self.values.cast(pl.String)
            self._texts[key] = Texts(prepare(plain) if prepare else plain)
        return self._texts[key]

    @cached_property
    def dates(self) -> dict[str, np.ndarray]:
        """Year, month and day as written, the eight digits (one in four bits, u32), days since 1970, by code.

        A text of the form YYYY-MM-DD is read as it stands, so that a date that cannot be (a thirteenth month) can still
        be compared; it has no `days`, which `is_day` says. Other texts have year 0. `ConfigurationError` where no value
        at all is a date.
        """
        values = pl.concat([pl.Series([None], dtype=self.values.dtype), self.values]).cast(pl.String)
        number = (
            values.str.extract(r"^(\d{4}-\d{2}-\d{2})$").str.replace_all("-", "").cast(pl.Int64).fill_null(0).to_numpy()
        )
        if len(number) > 1 and not number.any():
            raise ConfigurationError(f"column {self.values.name!r} is no date: give dates, or texts as YYYY-MM-DD")
        days = values.str.to_date("%Y-%m-%d", strict=False).to_physical()
        digits = np.zeros(len(number), dtype=np.uint32)
        for place in range(8):
            digits |= (number // 10**place % 10).astype(np.uint32) << np.uint32(4 * place)
        return {
            "year": (number // 10_000).astype(np.int32),
            "month": (number // 100 % 100).astype(np.int32),
            "day": (number % 100).astype(np.int32),
            "days": days.fill_null(0).to_numpy(),
            "is_day": days.is_not_null().to_numpy() & (number > 0),
            "digits": digits,
        }

    @cached_property
    def numbers(self) -> np.ndarray:
        """The values as numbers (float64, by code; not a number where they are none)."""
        values = self.values.cast(pl.String).cast(pl.Float64, strict=False).to_numpy()
        return np.concatenate([[np.nan], values])

    @cached_property
    def tokens(self) -> Tokens:
        """The words of the values."""
        return Tokens(self.texts().values)

    def derived(self, parts: tuple[str, ...]) -> np.ndarray:
        """A number (unsigned) per code for what is taken of each value, 0 = nothing (see `key_parts`)."""
        if len(parts) == 1 and parts[0] in DATE_PARTS:
            return self.dates[parts[0]].astype(np.uint32)
        pieces = pieces_of(self.texts().values, parts)
        packed = _packed(pieces["text"])
        numbers = np.zeros(len(self) + 1, dtype=np.uint32)
        # numbered densely, so that keys of several parts fit side by side
        numbers[pieces["value"].to_numpy()] = np.unique(packed, return_inverse=True)[1] + 1
        return numbers

    def pieces(self, parts: tuple[str, ...]) -> Pieces:
        """What is taken of each value where that can be several pieces (see `key_parts`)."""
        if parts not in self._pieces:
            rows = pieces_of(self.texts().values, parts)
            distinct = rows["text"].unique().sort()
            numbers = rows.join(
                pl.DataFrame({"text": distinct}).with_row_index("number", offset=1),
                on="text",
                how="left",
                maintain_order="left",
            )["number"]
            counts = np.bincount(rows["value"].to_numpy(), minlength=len(self) + 1)
            self._pieces[parts] = Pieces(counts, numbers.to_numpy(), distinct)
        return self._pieces[parts]


@dataclass(frozen=True)
class Pieces:
    """Pieces of distinct values: `counts` by code of the value, `numbers` side by side, `texts` by number from 1."""

    counts: np.ndarray
    numbers: np.ndarray
    texts: pl.Series

    @cached_property
    def starts(self) -> np.ndarray:
        """The first piece of every value."""
        return np.asarray(np.cumsum(self.counts) - self.counts)


def _packed(texts: pl.Series) -> np.ndarray:
    size = texts.str.len_bytes().to_numpy().astype(np.int64)
    data = np.frombuffer("".join(texts.to_list()).encode(), dtype=np.uint8)
    starts = np.cumsum(size) - size
    number = np.zeros(len(size), dtype=np.uint64)
    longest = int(size.max(initial=0))
    # seven bytes fit side by side; longer ones are spread over 64 bits (Fowler, Noll and Vo's prime)
    factor = np.uint64(257 if longest <= 7 else 0x100000001B3)
    for byte in range(longest):
        has = size > byte
        number[has] = number[has] * factor + data[starts[has] + byte].astype(np.uint64) + np.uint64(1)
    return number
