"""What each kind of level means for pairs of codes, as far as facts about each value tell; texts stand in `similarity`.

A new kind is a function here, its name in `levels.KINDS` and a function there that declares it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import polars as pl

from screening.linking.encode import Records
from screening.linking.levels import Level
from screening.linking.values import Pool

#: Mean radius of the earth (IUGG).
EARTH_KM = 6371.0088
#: Numbers that differ by as much as the limit may lie a rounding above it.
ROUNDING = 1e-9


class InOrder(dict[str, np.ndarray]):
    """Codes by column at some rows, each column gathered when it is asked for."""

    def __init__(self, codes: Mapping[str, np.ndarray], rows: np.ndarray) -> None:
        super().__init__()
        self._codes, self._rows = codes, rows

    def __missing__(self, column: str) -> np.ndarray:
        """The codes of a column that was not asked for before."""
        self[column] = self._codes[column].take(self._rows)
        return self[column]


class Codes:
    """The codes of two sides of pairs, each column gathered once when it is asked for (`take`: twice as fast as [])."""

    def __init__(self, codes: Mapping[str, np.ndarray], left: np.ndarray, right: np.ndarray) -> None:
        self.codes, self.left, self.right = codes, left, right
        self._held: dict[tuple[str, ...], tuple[np.ndarray, np.ndarray]] = {}
        self._known: dict[tuple[str, ...], np.ndarray] = {}

    def __call__(self, column: str) -> tuple[np.ndarray, np.ndarray]:
        """The codes of a column, left and right."""
        if (column,) not in self._held:
            codes = self.codes[column]
            self._held[column,] = (codes.take(self.left), codes.take(self.right))
        return self._held[column,]

    def facts(self, column: str, name: str, facts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What a table by code of a column says, left and right; it is read once under this name."""
        if (column, name) not in self._held:
            left, right = self(column)
            self._held[column, name] = (facts.take(left), facts.take(right))
        return self._held[column, name]

    def known(self, columns: Sequence[str]) -> np.ndarray:
        """Which pairs have all of these columns on both sides."""
        key = tuple(columns)
        if key not in self._known:
            self._known[key] = np.minimum(*self(key[-1])) != 0
            if len(key) > 1:
                self._known[key] &= self.known(key[:-1])
        return self._known[key]

    def take(self, kept: np.ndarray) -> Codes:
        """These pairs only."""
        return Codes(self.codes, self.left.take(kept), self.right.take(kept))


def meets_conditions(level: Level, records: Records, codes: Codes) -> np.ndarray | bool:
    """Whether the columns that a level must lie within are equal, and its values long enough."""
    result: np.ndarray | bool = True
    if level.from_length:
        length = records.pools[level.columns[0]].texts().length
        result = np.maximum(*codes.facts(level.columns[0], "length", length)) >= level.from_length
    for column in level.within:
        result = result & np.equal(*codes(column)) & codes.known([column])
    return result


def holds(level: Level, records: Records, codes: Codes) -> np.ndarray:
    """Whether a level that needs no texts holds under its conditions (missing values: it does not)."""
    pool = records.pools[level.columns[0]]
    if level.kind in _BY_COLUMNS:
        result = _BY_COLUMNS[level.kind](level, codes)
    elif level.kind in _BY_PLACE:
        result = _near(level, records, codes)
    elif level.kind in _BY_DIGITS:
        result = _BY_DIGITS[level.kind](*codes.facts(level.columns[0], "digits", pool.dates["digits"]))
    else:
        result = _BY_VALUE[level.kind](level, pool, *codes(level.columns[0]))
    result &= codes.known(level.columns)
    if level.from_length or level.within:
        # most pairs differ, and are spared the conditions
        hit = np.flatnonzero(result)
        result[hit] = meets_conditions(level, records, codes.take(hit))
    return result


def _equal(level: Level, codes: Codes) -> np.ndarray:
    result: np.ndarray = np.equal(*codes(level.columns[0]))
    for column in level.columns[1:]:
        result &= np.equal(*codes(column))
    return result


def _crossed(level: Level, codes: Codes) -> np.ndarray:
    (a_left, a_right), (b_left, b_right) = codes(level.columns[0]), codes(level.columns[1])
    result: np.ndarray = (a_left == b_right) & (b_left == a_right)
    return result


def _known(level: Level, codes: Codes) -> np.ndarray:
    return np.ones(len(codes(level.columns[0])[0]), dtype=bool)


_BY_COLUMNS: dict[str, Callable[[Level, Codes], np.ndarray]] = {"equal": _equal, "crossed": _crossed, "known": _known}


def _initial(level: Level, pool: Pool, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    texts = pool.texts()
    letter = texts.letters[:, 0]
    result: np.ndarray = (np.minimum(texts.length[left], texts.length[right]) == 1) & (letter[left] == letter[right])
    return result


def _prefix(level: Level, pool: Pool, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    texts = pool.texts()
    shorter = np.minimum(texts.length[left], texts.length[right])
    result: np.ndarray = shorter >= 2
    for place in range(4):
        letter = texts.letters[:, place]
        result &= (letter[left] == letter[right]) | (place >= shorter)
    # what agrees in the four letters that are kept as numbers is read in full, where it has more
    rest = np.flatnonzero(result & (shorter > 4))
    a, b = left[rest], right[rest]
    is_left_shorter = texts.length[a] <= texts.length[b]
    ends = pl.DataFrame(
        {
            "short": texts.values.gather(np.where(is_left_shorter, a, b)),
            "long": texts.values.gather(np.where(is_left_shorter, b, a)),
        }
    )
    result[rest] = ends.select(pl.col("long").str.starts_with(pl.col("short"))).to_series().to_numpy()
    return result


def _letters_within(level: Level, pool: Pool, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    a, b = pool.texts().letter_set.take(left), pool.texts().letter_set.take(right)
    result: np.ndarray = ((a & b) == a) | ((a & b) == b)
    return result


def _letters_shared(level: Level, pool: Pool, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    letters = pool.texts().letter_set
    result: np.ndarray = (letters.take(left) & letters.take(right)) != 0
    return result


def _within_days(level: Level, pool: Pool, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    days, is_day = pool.dates["days"], pool.dates["is_day"]
    result: np.ndarray = (np.abs(days[left] - days[right]) <= level.at_most) & is_day[left] & is_day[right]
    return result


def _same_year(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    result: np.ndarray = ((left ^ right) < _YEAR) & (left >= _YEAR)
    return result


def _swapped_date(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    month, day = (right >> np.uint32(8)) & np.uint32(0xFF), right & np.uint32(0xFF)
    crosswise = (right & np.uint32(0xFFFF0000)) | (day << np.uint32(8)) | month
    result: np.ndarray = (left == crosswise) & (left >= _YEAR)
    return result


#: The eight digits of a date from here up have a year (four bits a digit).
_YEAR = np.uint32(0x10000)
#: Neighbouring digits of YYYYMMDD that no hyphen parts, by place from the right: (0, 1) is the day, (2, 3) the month.
_NEIGHBOURS = (0, 2, 4, 5, 6)


def _date_slip(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    return np.asarray(_slipped(left, right) & (left >= _YEAR) & (right >= _YEAR))


def _slipped(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    differ = left ^ right
    folded = differ | (differ >> np.uint32(1))
    folded |= folded >> np.uint32(2)
    places = np.bitwise_count(folded & np.uint32(0x11111111))
    result: np.ndarray = places == 1
    two = np.flatnonzero(places == 2)
    if len(two):
        a, b = left[two], right[two]
        exchanged = np.zeros(len(two), dtype=bool)
        for place in _NEIGHBOURS:
            shift = np.uint32(4 * place)
            low_a, high_a = (a >> shift) & np.uint32(15), (a >> (shift + np.uint32(4))) & np.uint32(15)
            low_b, high_b = (b >> shift) & np.uint32(15), (b >> (shift + np.uint32(4))) & np.uint32(15)
            exchanged |= (low_a == high_b) & (high_a == low_b) & (low_a != high_a)
        result[two] = exchanged
    return result


def _within_number(level: Level, pool: Pool, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    a, b = pool.numbers[left], pool.numbers[right]
    result: np.ndarray = np.abs(a - b) <= level.at_most + ROUNDING * np.maximum(np.abs(a), np.abs(b))
    return result


def _within_percent(level: Level, pool: Pool, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    a, b = pool.numbers[left], pool.numbers[right]
    largest = np.maximum(np.abs(a), np.abs(b))
    result: np.ndarray = np.abs(a - b) <= (level.at_most / 100 + ROUNDING) * largest
    return result


#: By the eight digits of both dates, as `Pool.dates` has them.
_BY_DIGITS: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "same_year": _same_year,
    "swapped_date": _swapped_date,
    "date_slip": _date_slip,
}
_BY_VALUE: dict[str, Callable[[Level, Pool, np.ndarray, np.ndarray], np.ndarray]] = {
    "initial": _initial,
    "prefix": _prefix,
    "letters_within": _letters_within,
    "letters_shared": _letters_shared,
    "within_days": _within_days,
    "within_number": _within_number,
    "within_percent": _within_percent,
}


def _near(level: Level, records: Records, codes: Codes) -> np.ndarray:
    (a, b), (c, d) = (
        (records.pools[column].numbers[left], records.pools[column].numbers[right])
        for column, (left, right) in ((column, codes(column)) for column in level.columns)
    )
    distance = _BY_PLACE[level.kind](a, b, c, d)
    result: np.ndarray = distance <= level.at_most * (1 + ROUNDING)
    return result


def _metres(x_left: np.ndarray, x_right: np.ndarray, y_left: np.ndarray, y_right: np.ndarray) -> np.ndarray:
    return np.asarray(np.hypot(x_left - x_right, y_left - y_right))


def _kilometres(
    north_left: np.ndarray, north_right: np.ndarray, east_left: np.ndarray, east_right: np.ndarray
) -> np.ndarray:
    """Along a great circle, by the haversine formula (Sinnott, 1984)."""
    north = np.radians(north_left), np.radians(north_right)
    half_north, half_east = (north[0] - north[1]) / 2, np.radians(east_left - east_right) / 2
    half = np.sin(half_north) ** 2 + np.cos(north[0]) * np.cos(north[1]) * np.sin(half_east) ** 2
    distance: np.ndarray = 2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(half, 1.0)))
    return distance


_BY_PLACE: dict[str, Callable[[np.ndarray, np.ndarray, np.ndarray, np.ndarray], np.ndarray]] = {
    "within_metres": _metres,
    "within_km": _kilometres,
}
