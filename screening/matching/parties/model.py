"""What the linking of persons has learned: chances of every level of agreement, as data that goes to JSON and back.

No name, date or number of anybody is in a model, so one that was learned in a large municipality may be kept, shown and
used in a small one, where there are too few pairs to learn from.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files

from screening.errors import ConfigurationError

FORMAT = "partymodel/1"
#: Levels of the family name, nearest first. A slip is one edit that keeps the first letter;
#: one that does not, or in a name of two letters, is doubtful.
FAMILY_LEVELS: tuple[str, ...] = ("equal", "slip", "slip_short", "doubtful", "two_slips", "three_slips", "differs")
#: Relations of the given names: alike in full, then by initials (see `compare.compare_names`).
GIVEN_LEVELS: tuple[str, ...] = (
    "name", "name_near", "equal_several", "equal", "subset", "overlap", "differs", "disjoint",
)  # fmt: skip
#: How the birth dates of a pair relate, of those that say something.
BIRTH_LEVELS: tuple[str, ...] = ("equal", "swapped")
_LEVELS = {"family": FAMILY_LEVELS, "given": GIVEN_LEVELS, "birth": BIRTH_LEVELS}

#: Days on which the people of a register are born, about: fifty years.
BIRTH_DAYS = 18_262
#: A delivery of fewer names is weighed as if it stood in one of so many: that a register is small proves nothing.
LEAST_NAMES = 20_000
#: Of all slips in a name, the share that gives one certain misspelling; learned from the file where it has enough.
ONE_MISSPELLING = {"slip": 0.1, "slip_short": 0.1, "doubtful": 0.1, "two_slips": 0.02, "three_slips": 0.002}
#: The most bits that a rare family name can bring.
MOST_RARITY = 13.0


@dataclass(frozen=True)
class PartyModel:
    """Fellegi–Sunter (1969) for persons.

    `m[field][level]`: the chance of the level between two different notations of one person; `u[field][level]`: between
    two people. The u of an equal family name or birth date is not here: it is how often that value occurs.
    `matches_per_name`: pairs of notations that are one person, per notation. `pairs`: of one birth date, that it was
    learned from; `matches`: how many of them it takes for one person.
    """

    m: dict[str, dict[str, float]]
    u: dict[str, dict[str, float]]
    matches_per_name: float
    pairs: int = 0
    matches: float = 0.0

    def weight(self, field: str, level: str) -> float:
        """log2(m / u) of a level."""
        return math.log2(self.m[field][level] / self.u[field][level])

    def to_json(self) -> str:
        """As JSON; the same model gives the same text."""
        return (
            json.dumps(
                {"format": FORMAT, **{name: _rounded(value) for name, value in asdict(self).items()}},
                indent=1,
                sort_keys=True,
            )
            + "\n"
        )

    @staticmethod
    def from_json(text: str) -> PartyModel:
        """The model that `to_json` wrote; `ConfigurationError` where the text is of another form."""
        try:
            plain = json.loads(text)
            plain.pop("judgements", None)  # a run's document tells here what judgements taught beside it
            if plain.pop("format") != FORMAT:
                raise ConfigurationError(f"a stored party model has another form than {FORMAT}: learn it anew")
            model = PartyModel(**plain)
            for field, levels in _LEVELS.items():
                for table in (model.m, model.u):
                    if not all(0 < float(table[field][level]) <= 1 for level in levels):
                        raise ValueError(field)
            if not 0 < float(model.matches_per_name) <= 100:
                raise ValueError("matches_per_name")
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ConfigurationError(
                f"a stored party model cannot be read ({type(error).__name__}): learn it anew"
            ) from None
        return model


@cache
def default_model() -> PartyModel:
    """The model that is shipped, for municipalities that are too small to learn their own.

    `estimate.learn_from_names` made it: from a synthetic municipality, so that it holds nothing of a real one.
    """
    return PartyModel.from_json(
        files("screening.matching.parties").joinpath("party_model.json").read_text(encoding="utf-8")
    )


def _rounded(value: object) -> object:
    """Six significant digits: what lies beyond is noise of the estimate, and of the order of sums."""
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    return float(f"{value:.6g}") if isinstance(value, float) else value
