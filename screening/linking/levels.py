"""Levels: the ways in which two values agree, declared as data; what each means in code stands in `kinds`.

Dates are Date columns, or texts as YYYY-MM-DD where some cannot be dates; numbers are read from what is written.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from screening.base.errors import ConfigurationError
from screening.linking.measures import MEASURES

KINDS = (
    "equal",
    "similar",
    "edits",
    "initial",
    "prefix",
    "swapped_date",
    "date_slip",
    "same_year",
    "within_days",
    "crossed",
    "letters_within",
    "letters_shared",
    "known",
    "tokens",
    "within_number",
    "within_percent",
    "within_km",
    "within_metres",
)


@dataclass(frozen=True)
class Level:
    """One way in which two values agree. The first level of a comparison that holds is the pair's level.

    `kind`: see the functions below, each of which declares one. `columns`: what it reads (default: the column of the
    comparison). `frequency`: the column whose frequency of the shared value replaces the level's u (a rare name says
    more than a common one). `within`: columns that must be equal too: a name that two share at one address may be a
    family's, and is then weighed as such. `from_length`: characters that the longer value must have. `bits`: a weight
    set by hand, which is never learned. `label`: a name of its own.
    """

    kind: str
    columns: tuple[str, ...] = ()
    measure: str | None = None
    at_least: float = 0.0
    at_most: float = 0
    frequency: str | None = None
    within: tuple[str, ...] = ()
    from_length: int = 0
    bits: float | None = None
    label: str | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ConfigurationError(f"level kind {self.kind!r} is not known: use one of {', '.join(KINDS)}")
        if self.kind == "similar" and self.measure not in MEASURES:
            raise ConfigurationError(
                f"measure {self.measure!r} is not known: register it (register_measure) before settings or a stored"
                f" model name it, or use one of {', '.join(sorted(MEASURES))}"
            )

    @property
    def name(self) -> str:
        """What the level is called in tables and explanations."""
        if self.label:
            return self.label
        text = " ".join((self.kind, *self.columns))
        if self.kind == "similar":
            text = f"{self.measure}>={self.at_least:g}"
        if self.kind == "tokens":
            text = f"{self.kind}>={self.at_least:g}"
        if self.kind in ("edits", "within_days", "within_number", "within_percent", "within_km", "within_metres"):
            text = f"{self.kind}<={self.at_most:g}"
        return f"{text} within {' '.join(self.within)}" if self.within else text

    def having(
        self,
        *,
        within: tuple[str, ...] = (),
        from_length: int = 0,
        bits: float | None = None,
        frequency: str | None = None,
        label: str | None = None,
    ) -> Level:
        """This level with conditions, a weight set by hand or a name of its own (see the class)."""
        return replace(
            self,
            within=within or self.within,
            from_length=from_length or self.from_length,
            bits=self.bits if bits is None else bits,
            frequency=frequency or self.frequency,
            label=label or self.label,
        )


def equal(*columns: str, frequency: str | None = None) -> Level:
    """The values of all these columns are equal (default: of the comparison's first column)."""
    return Level("equal", columns, frequency=frequency)


def similar(
    measure: str, at_least: float, column: str | None = None, within: tuple[str, ...] = (), frequency: str | None = None
) -> Level:
    """A similarity of at least so much (0-1); the measures are listed in `measures.MEASURES`.

    `frequency`: a rare value says more; of two values that are alike the commoner counts.
    """
    columns = (column,) if column else ()
    return Level("similar", columns, measure=measure, at_least=at_least, within=within, frequency=frequency)


def similar_tokens(at_least: float, column: str | None = None) -> Level:
    """The same words, of which rare ones count for more: a cosine of at least so much (0-1) between words by TF-IDF.

    How many records have a word is frozen in the model.
    """
    return Level("tokens", (column,) if column else (), at_least=at_least)


def within_number(at_most: float, column: str | None = None) -> Level:
    """Two numbers at most so far apart."""
    return Level("within_number", (column,) if column else (), at_most=at_most)


def within_percent(at_most: float, column: str | None = None) -> Level:
    """Two numbers at most so many percent of the larger one apart."""
    return Level("within_percent", (column,) if column else (), at_most=at_most)


def within_km(at_most: float, latitude: str, longitude: str) -> Level:
    """Two places (columns in degrees) at most so many kilometres apart."""
    return Level("within_km", (latitude, longitude), at_most=at_most)


def within_metres(at_most: float, x: str, y: str) -> Level:
    """Two places on a map in metres (the columns of the Dutch RD grid) at most so far apart."""
    return Level("within_metres", (x, y), at_most=at_most)


def edits(at_most: int, column: str | None = None) -> Level:
    """At most so many edits (optimal string alignment: a swap of neighbours is one)."""
    return Level("edits", (column,) if column else (), at_most=at_most)


def initial(column: str | None = None, frequency: str | None = None) -> Level:
    """One side writes a single letter, the first of what the other side writes (`frequency`: a column of initials)."""
    return Level("initial", (column,) if column else (), frequency=frequency)


def prefix(column: str | None = None) -> Level:
    """The shorter value, of two letters at least, begins the longer one."""
    return Level("prefix", (column,) if column else ())


def swapped_date(column: str | None = None) -> Level:
    """The same year, day and month exchanged; also of texts as YYYY-MM-DD that cannot be dates ("1971-21-01").

    Give such a column as text: cast to dates, the impossible ones would be missing.
    """
    return Level("swapped_date", (column,) if column else ())


def date_slip(column: str | None = None) -> Level:
    """One digit of the date (YYYY-MM-DD) is another, or two neighbouring digits are exchanged."""
    return Level("date_slip", (column,) if column else ())


def same_year(column: str | None = None) -> Level:
    """Two dates in one year."""
    return Level("same_year", (column,) if column else ())


def within_days(at_most: int, column: str | None = None) -> Level:
    """Two dates at most so many days apart; a date that cannot be is no days from any."""
    return Level("within_days", (column,) if column else (), at_most=at_most)


def letters_within(column: str | None = None) -> Level:
    """Two columns of initials: all letters of the one are among those of the other, in any order."""
    return Level("letters_within", (column,) if column else ())


def letters_shared(column: str | None = None) -> Level:
    """Two columns of initials: one letter at least is in both."""
    return Level("letters_shared", (column,) if column else ())


def known(column: str | None = None) -> Level:
    """Both sides have a value: after the levels of equal and similar values it says that two known values differ."""
    return Level("known", (column,) if column else ())


def crossed(first: str, second: str) -> Level:
    """The first column of one side equals the second of the other, and the reverse (names written in swapped boxes)."""
    return Level("crossed", (first, second))
