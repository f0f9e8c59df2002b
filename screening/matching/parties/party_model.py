"""What the linking of parties has learned: chances of every level of agreement, as data that goes to JSON and back.

No name, date or number of anybody is in a model, so one that was learned in a large municipality may be kept, shown and
used in a small one, where there are too few pairs to learn from.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache
from importlib.resources import files

import polars as pl

from screening.base.errors import ConfigurationError
from screening.base.vocabulary import PartyKind
from screening.linking import LinkModel, Settings
from screening.linking.encode import Records, encode
from screening.linking.estimate import estimate_model, find_hot
from screening.linking.nightly import Changes
from screening.linking.nonmatches import blocks_of, count_agreement, count_frequencies
from screening.matching.parties.names import normalise_names, organisation_key
from screening.matching.parties.organisations import ORGANISATIONS, organisation_records
from screening.matching.parties.persons import PERSONS, person_records

FORMAT = "partymodel/2"
#: A delivery of fewer groups is weighed as if it stood among so many: that a register is small proves nothing.
LEAST_RECORDS = 20_000
#: Pairs of groups that are one party, per group: what two taken at random are worth before anything is compared. Of
#: persons it is learned within these bounds. That of organisations is by hand, and large on purpose: an equal name
#: elsewhere is to be probable, so that a person looks at it.
PERSON_MATCHES = (0.15, 2.0)
ORGANISATION_MATCHES = 7.0
#: Fewer matches than this among the pairs teach too little: then the given model stays in force.
LEAST_MATCHES = 500
#: What is learned is drawn to the given model as if it had been seen in so many matches, or other pairs, more.
_DOUBT_M, _DOUBT_U = 100.0, 20_000.0

_SETTINGS: dict[str, Settings] = {"persons": PERSONS, "organisations": ORGANISATIONS}

#: By comparison and level.
Chances = dict[str, dict[str, float]]


@dataclass(frozen=True)
class KindModel:
    """Fellegi–Sunter (1969) for one kind of party.

    `m[comparison][level]`: the chance of the level between two notations of one party; `u`: between two parties.
    `records`: groups it was learned from; `matches`: pairs among them that it takes for one party.
    """

    m: Chances
    u: Chances
    records: int = 0
    matches: float = 0.0

    def link_model(self, settings: Settings, records: Records) -> LinkModel:
        """As a model of the engine, with the frequencies and the large blocks of these records."""
        m, u = (
            {c.name: tuple(table[c.name][level] for level in c.level_names) for c in settings.comparisons}
            for table in (self.m, self.u)
        )
        counts = count_frequencies(records, settings)
        comparisons = []
        for c in settings.comparisons:
            chances, levels = list(u[c.name]), list(c.levels)
            for rung, level in enumerate(levels):
                if level.frequency:
                    chances[rung] = _mean_count(counts, level.frequency) / max(len(records), LEAST_RECORDS)
                    if level.bits is not None:
                        levels[rung] = replace(level, bits=-math.log2(chances[rung]))
            u[c.name] = tuple(chances)
            comparisons.append(replace(c, levels=tuple(levels)))
        settings = replace(settings, comparisons=tuple(comparisons))
        return LinkModel(
            settings, self.prior(records, settings), m, u, counts, find_hot(records, settings), trained_on=self.records
        )

    def prior(self, records: Records, settings: Settings) -> float:
        """The chance that two of these groups are one party."""
        matches = ORGANISATION_MATCHES
        if settings.readings == PERSONS.readings:
            low, high = PERSON_MATCHES
            matches = min(max(self.matches / max(self.records, 1), low), high)
        return 2 * matches / max(len(records), LEAST_RECORDS)


def _mean_count(counts: pl.DataFrame, column: str) -> float:
    """How many records carry the value of a record, on average: what the rarity of a value is measured against."""
    own = counts.filter(pl.col("column") == column)["count"].cast(pl.Float64)
    return max(float((own * own).sum()) / max(float(own.sum()), 1.0), 1.0)


@dataclass(frozen=True)
class PartyModel:
    """The models of both kinds."""

    persons: KindModel
    organisations: KindModel

    def link_models(self, changes: Mapping[str, Changes]) -> dict[str, LinkModel]:
        """Models of the engine by kind, with the frequencies and the large blocks of these records."""
        return {
            kind: getattr(self, kind).link_model(settings, changes[kind].records)
            for kind, settings in _SETTINGS.items()
        }

    def to_json(self) -> str:
        """As JSON; the same model gives the same text."""
        plain = {"format": FORMAT} | {kind: _rounded(asdict(getattr(self, kind))) for kind in _SETTINGS}
        return json.dumps(plain, indent=1, sort_keys=True) + "\n"

    @staticmethod
    def from_json(text: str) -> PartyModel:
        """The model that `to_json` wrote; `ConfigurationError` where the text is of another form."""
        try:
            plain = json.loads(text)
            if plain["format"] != FORMAT:
                raise ConfigurationError(f"a stored party model has another form than {FORMAT}: learn it anew")
            # a run's document tells beside it what judgements taught
            model = PartyModel(**{kind: KindModel(**plain[kind]) for kind in _SETTINGS})
            for kind, settings in _SETTINGS.items():
                learned: KindModel = getattr(model, kind)
                for table in (learned.m, learned.u):
                    for c in settings.comparisons:
                        if not all(0 < float(table[c.name][level]) <= 1 for level in c.level_names):
                            raise ValueError(c.name)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ConfigurationError(
                f"a stored party model cannot be read ({type(error).__name__}): learn it anew"
            ) from None
        return model


@cache
def default_model() -> PartyModel:
    """The model that is shipped, for municipalities that are too small to learn their own.

    Learned from a synthetic municipality, so that it holds nothing of a real one; its test makes it again.
    """
    return PartyModel.from_json(
        files("screening.matching.parties").joinpath("party_model.json").read_text(encoding="utf-8")
    )


def learn(records: Records, settings: Settings, given: KindModel) -> KindModel:
    """A model of these records, drawn to the given one; `given` where they teach too little."""
    if len(records) < LEAST_MATCHES or all(
        blocks_of(records, rule).pairs < LEAST_MATCHES for rule in settings.training
    ):
        return given
    learned = _learned(records, settings)
    if learned.matches < LEAST_MATCHES:
        return given
    return replace(
        learned,
        m=_drawn(learned.m, given.m, _DOUBT_M / (_DOUBT_M + learned.matches)),
        u=_drawn(learned.u, given.u, _DOUBT_U / (_DOUBT_U + settings.random_pairs)),
    )


def _learned(records: Records, settings: Settings) -> KindModel:
    settings = replace(settings, prior=KindModel({}, {}).prior(records, settings))
    trained = estimate_model(records, settings, count_agreement(records, settings))
    m, u = (
        {c.name: dict(zip(c.level_names, table[c.name], strict=True)) for c in settings.comparisons}
        for table in (trained.m, trained.u)
    )
    return KindModel(m, u, len(records), round(trained.taught, 1))


def learn_from_names(persons: pl.DataFrame, companies: pl.DataFrame) -> PartyModel:
    """A model of notations, starting from nothing: so the shipped `party_model.json` was made.

    Args:
        persons: `name`, `birth_date`; one row a mention.
        companies: `name`, `register_kvk`, `address_id`; one row a mention.
    """
    keyed = normalise_names(persons.with_columns(kind=pl.lit(str(PartyKind.PERSON)))).select(
        "name_normalised", "birth_date"
    )
    groups = _numbered(keyed.drop_nulls().unique().sort("name_normalised", "birth_date"))
    nothing = pl.DataFrame(schema={"group": pl.Int64, "kvk_nummer": pl.String})
    named = companies.select("register_kvk", "address_id", name_key=organisation_key(pl.col("name")))
    named = _numbered(named.sort("register_kvk", "name_key", "address_id", nulls_last=True)).with_columns(
        alive_from=pl.lit(None, dtype=pl.Date), alive_to=pl.lit(None, dtype=pl.Date), is_registered=False
    )
    records = {
        "persons": encode(person_records(groups, nothing), PERSONS),
        "organisations": encode(organisation_records(named.drop_nulls("name_key"), named), ORGANISATIONS),
    }
    return PartyModel(**{kind: _learned(records[kind], settings) for kind, settings in _SETTINGS.items()})


def _numbered(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_row_index("group").with_columns(pl.col("group").cast(pl.Int64))


def _drawn(learned: Chances, given: Chances, share: float) -> Chances:
    """The learned chances with this share of the given ones in them."""
    return {
        name: {level: (1 - share) * chance + share * given[name][level] for level, chance in levels.items()}
        for name, levels in learned.items()
    }


def _rounded(value: object) -> object:
    """Six significant digits: what lies beyond is noise of the estimate, and of the order of sums."""
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    return float(f"{value:.6g}") if isinstance(value, float) else value
