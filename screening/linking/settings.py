"""What a linking job compares, declared as data: fields with levels, blocking rules, training blocks, vetoes.

Everything here is a frozen value that goes to JSON and back; nothing is evaluated as code.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any

from screening.base.errors import ConfigurationError
from screening.linking.key_parts import Key, parse_key
from screening.linking.levels import Level


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
    def token_columns(self) -> tuple[str, ...]:
        """The columns whose words are weighed by their frequency."""
        return tuple(dict.fromkeys(level.columns[0] for level in self.levels if level.kind == "tokens"))

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

    `blocking`: rules; a rule is a tuple of keys that must all agree: a column, or a part of it such as "name:2",
    "born:year", "name:tokens", "given|surname" (see `key_parts`), or "born:missing": one side has no value there.
    A list column agrees where any of its values does. A pair belongs to the first rule that finds it. `readings`: list
    columns whose k-th values belong together (given name and surname of one reading of a name); other list columns
    stand alone. Comparisons that read one list column, or columns of one reading, are made between every reading of one
    record and every one of the other, and the pair of readings that weighs most counts. `training`: the rules whose
    pairs teach m; they should not be those of prediction where these find households (a postcode). `gates`, `sure`:
    what keeps a pair below so many bits. `max_block`: records; larger blocks are cut, with a warning. `random_pairs`:
    for u. `training_pairs`: the most that one training rule teaches from. `prior`: the chance that two records at
    random are one party (None: learned).
    `expected_recall`: the share of all matches that the blocking rules find together, as a guess; the learned prior is
    the matches that they find, divided by it. `floor`: pairs of fewer log-odds (base 2) are not kept. `source`: the
    column that names the file of a record; only pairs of different files are made, of two files or more.
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
    random_pairs: int = 150_000
    training_pairs: int = 100_000
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
        for rule in (*self.blocking, *self.training):
            if all(parse_key(key).is_condition for key in rule):
                raise ConfigurationError(f"rule {rule!r} has no key that must agree: name one")
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
    def keys(self) -> list[Key]:
        """The keys of all rules."""
        return [parse_key(key) for rule in (*self.blocking, *self.training) for key in rule]

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that is compared or blocked on, in order of first use (without id, source and veto dates)."""
        compared = [column for comparison in self.comparisons for column in comparison.columns]
        keyed = [column for key in self.keys for column in key.columns]
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
