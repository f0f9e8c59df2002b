"""What a linking job compares, declared as data: fields with levels, blocking rules, training blocks, vetoes.

Everything here is a frozen value that goes to JSON and back; nothing is evaluated as code.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any

from screening.errors import ConfigurationError
from screening.linking.measures import MEASURES

KINDS = (
    "equal", "similar", "edits", "initial", "prefix", "swapped_date", "date_slip", "same_year", "within_days",
    "crossed", "letters_within", "letters_shared", "known",
)  # fmt: skip
PARTS = ("year", "month", "day")


@dataclass(frozen=True)
class Level:
    """One way in which two values agree. The first level of a comparison that holds is the pair's level.

    `kind`: equal (all `columns`), similar (`measure` ≥ `at_least`), edits (at most `at_most` insertions, deletions,
    substitutions or adjacent transpositions), initial (one is a single letter, the first of the other), prefix (the
    shorter, of two letters or more, begins the longer), swapped_date (day and month), date_slip (one digit, or two
    neighbours), same_year, within_days (`at_most`), crossed (two columns exchanged), letters_within (a column of
    initials: all letters of one side are among those of the other), letters_shared (one letter in common), known (both
    sides have a value, and no level before this one held: they differ). `frequency`: the column whose
    frequency of the shared value replaces the level's u (a rare name says more than a common one). `within`: columns
    that must be equal too: a name that two share at one address may be a family's, and is then weighed as such.
    `from_length`: characters that the longer value must have. `bits`: a weight set by hand, which is never learned.
    `label`: a name of its own.
    """

    kind: str
    columns: tuple[str, ...] = ()
    measure: str | None = None
    at_least: float = 0.0
    at_most: int = 0
    frequency: str | None = None
    within: tuple[str, ...] = ()
    from_length: int = 0
    bits: float | None = None
    label: str | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ConfigurationError(f"level kind {self.kind!r} is not known: use one of {', '.join(KINDS)}")
        if self.kind == "similar" and self.measure not in MEASURES:
            raise ConfigurationError(f"measure {self.measure!r} is not known: use one of {', '.join(sorted(MEASURES))}")

    @property
    def name(self) -> str:
        """What the level is called in tables and explanations."""
        if self.label:
            return self.label
        text = " ".join((self.kind, *self.columns))
        if self.kind == "similar":
            text = f"{self.measure}>={self.at_least:g}"
        if self.kind in ("edits", "within_days"):
            text = f"{self.kind}<={self.at_most}"
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


def similar(measure: str, at_least: float, column: str | None = None, within: tuple[str, ...] = ()) -> Level:
    """A similarity of at least so much (0-1); the measures are listed in `measures.MEASURES`."""
    return Level("similar", (column,) if column else (), measure=measure, at_least=at_least, within=within)


def edits(at_most: int, column: str | None = None) -> Level:
    """At most so many edits (optimal string alignment: a swap of neighbours is one)."""
    return Level("edits", (column,) if column else (), at_most=at_most)


def initial(column: str | None = None, frequency: str | None = None) -> Level:
    """One side writes a single letter, the first of what the other side writes (`frequency`: a column of initials)."""
    return Level("initial", (column,) if column else (), frequency=frequency)


def prefix(column: str | None = None) -> Level:
    """The shorter value, of two letters at least, begins the longer one (at most four letters are looked at)."""
    return Level("prefix", (column,) if column else ())


def swapped_date(column: str | None = None) -> Level:
    """The same year, day and month exchanged."""
    return Level("swapped_date", (column,) if column else ())


def date_slip(column: str | None = None) -> Level:
    """One digit of the date (YYYY-MM-DD) is another, or two neighbouring digits are exchanged."""
    return Level("date_slip", (column,) if column else ())


def same_year(column: str | None = None) -> Level:
    """Two dates in one year."""
    return Level("same_year", (column,) if column else ())


def within_days(at_most: int, column: str | None = None) -> Level:
    """Two dates at most so many days apart."""
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


@dataclass(frozen=True)
class Comparison:
    """A field with its levels, strongest first; what fits none is the level "else". `columns`: what the levels read.

    A comparison is missing (weight 0) where no level has all of its columns on both sides. `otherwise`: the weight of
    "else" in bits, where it is set by hand.
    """

    name: str
    levels: tuple[Level, ...]
    column: str | None = None
    otherwise: float | None = None

    def __post_init__(self) -> None:
        if not self.levels:
            raise ConfigurationError(f"comparison {self.name!r} has no levels: name one at least")
        own = self.column or self.name
        filled = tuple(level if level.columns else replace(level, columns=(own,)) for level in self.levels)
        object.__setattr__(self, "levels", filled)
        object.__setattr__(self, "column", own)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that its levels read, in order of first use."""
        return tuple(dict.fromkeys(column for level in self.levels for column in (*level.columns, *level.within)))

    @property
    def level_names(self) -> tuple[str, ...]:
        """Names of the levels, with "else" at the end."""
        return (*(level.name for level in self.levels), "else")

    @property
    def by_hand(self) -> tuple[float | None, ...]:
        """By level, else last: the weight in bits that is set by hand, or None where it is learned."""
        return (*(level.bits for level in self.levels), self.otherwise)


@dataclass(frozen=True)
class Veto:
    """Negative evidence: a pair whose comparison stands at one of `levels` (names) is never one party.

    `overlapping`: two date columns (first and last day, null = open); the veto then bites only where both were alive at
    one time.
    """

    comparison: str
    levels: tuple[str, ...] = ("else",)
    overlapping: tuple[str, str] | None = None


@dataclass(frozen=True)
class Gate:
    """A pair whose comparison stands at one of `levels` (names, "missing" among them) is never sure by itself.

    Its log-odds are held below `Settings.sure` and keep their order there. `unless`: a comparison and its levels that
    make up for it.
    """

    comparison: str
    levels: tuple[str, ...]
    unless: tuple[str, tuple[str, ...]] | None = None


@dataclass(frozen=True)
class Settings:
    """A linking job.

    `blocking`: rules; a rule is a tuple of keys that must all agree. A key is a column, or "column:n" (its first n
    letters), "column:year", "column:month", "column:day", or "column:missing": one side at least has no value there.
    A list column agrees where any of its values does. A pair belongs to the first rule that finds it. `readings`: list
    columns whose k-th values belong together (given name and surname of one reading of a name); other list columns
    stand alone. Comparisons that read one list column, or columns of one reading, are made between every reading of one
    record and every one of the other, and the pair of readings that weighs most counts. `training`: the rules whose
    pairs teach m; they should not be those of prediction where these find households (a postcode). `gates`, `sure`:
    what keeps a pair below so many bits.
    `max_block`: records; larger blocks are cut and reported. `random_pairs`: for u. `training_pairs`: the most that one
    training rule teaches from. `prior`: the chance that two records at random are one party (None: learned).
    `expected_recall`: the share of all matches that the blocking rules find together, as a guess; the learned prior is
    the matches that they find, divided by it. `floor`: pairs of fewer log-odds (base 2) are not kept. `links_only`:
    `source` names a column, and only pairs of different sources are made.
    """

    comparisons: tuple[Comparison, ...]
    blocking: tuple[tuple[str, ...], ...]
    training: tuple[tuple[str, ...], ...] = ()
    vetoes: tuple[Veto, ...] = ()
    readings: tuple[tuple[str, ...], ...] = ()
    gates: tuple[Gate, ...] = ()
    sure: float = 4.25
    id_column: str = "id"
    source: str | None = None
    max_block: int = 1_000
    floor: float = -10.0
    random_pairs: int = 250_000
    training_pairs: int = 400_000
    prior: float | None = None
    expected_recall: float = 0.9
    seed: int = 1
    version: int = field(default=1)

    def __post_init__(self) -> None:
        names = [comparison.name for comparison in self.comparisons]
        if len(set(names)) != len(names):
            raise ConfigurationError("two comparisons have one name: name each once")
        if not self.blocking:
            raise ConfigurationError("no blocking rule: name one at least, or all pairs would be compared")
        read = [column for reading in self.readings for column in reading]
        if len(set(read)) != len(read):
            raise ConfigurationError("a column is in two readings: name it in one")
        for veto in self.vetoes:
            level_names = {c.name: c.level_names for c in self.comparisons}
            if veto.comparison not in level_names or not set(veto.levels) <= set(level_names[veto.comparison]):
                raise ConfigurationError(f"veto on {veto.comparison!r}: no comparison with levels {veto.levels}")
        for gate in self.gates:
            for comparison, levels in ((gate.comparison, gate.levels), *((gate.unless,) if gate.unless else ())):
                held = next((c.level_names for c in self.comparisons if c.name == comparison), ())
                if not held or not set(levels) <= {*held, "missing"}:
                    raise ConfigurationError(f"gate on {comparison!r}: no comparison with levels {levels}")

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that is compared or blocked on, in order of first use (without id, source and veto dates)."""
        compared = [column for comparison in self.comparisons for column in comparison.columns]
        keyed = [key.split(":")[0] for rule in (*self.blocking, *self.training) for key in rule]
        counted = [level.frequency for c in self.comparisons for level in c.levels if level.frequency]
        return tuple(dict.fromkeys([*compared, *counted, *keyed]))

    def to_dict(self) -> dict[str, object]:
        """As plain values for JSON."""
        return asdict(self)

    @staticmethod
    def from_dict(values: dict[str, Any]) -> Settings:
        """The settings that `to_dict` wrote; an unknown key or kind is refused with `ConfigurationError`."""
        try:
            plain = dict(values)
            comparisons = tuple(
                Comparison(
                    name=c["name"],
                    column=c["column"],
                    otherwise=c["otherwise"],
                    levels=tuple(
                        Level(**{**level, "columns": tuple(level["columns"]), "within": tuple(level["within"])})
                        for level in c["levels"]
                    ),
                )
                for c in plain.pop("comparisons")
            )
            vetoes = tuple(
                Veto(v["comparison"], tuple(v["levels"]), tuple(v["overlapping"]) if v["overlapping"] else None)
                for v in plain.pop("vetoes")
            )
            gates = tuple(
                Gate(
                    g["comparison"],
                    tuple(g["levels"]),
                    (g["unless"][0], tuple(g["unless"][1])) if g["unless"] else None,
                )
                for g in plain.pop("gates")
            )
            blocking = tuple(tuple(rule) for rule in plain.pop("blocking"))
            training = tuple(tuple(rule) for rule in plain.pop("training"))
            readings = tuple(tuple(reading) for reading in plain.pop("readings", ()))
            return Settings(
                comparisons=comparisons,
                vetoes=vetoes,
                gates=gates,
                blocking=blocking,
                training=training,
                readings=readings,
                **plain,
            )
        except (KeyError, TypeError) as error:
            raise ConfigurationError(f"stored settings cannot be read ({error}): train the model anew") from None
