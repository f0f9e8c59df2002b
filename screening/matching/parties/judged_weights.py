"""What judgements on pairs of persons teach about the weights, whether that is used tonight, and why or why not.

The correction of `regression` on the levels of persons (docs/decisions, "Weights from judgements"). It changes weights
and nothing else: what makes a link strong and what vetoes it are levels, and people's judgements stand above both.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import polars as pl

from screening.frames import count_en, count_nl
from screening.matching.parties.regression import LEAST_JUDGED, LEAST_OF_EACH, Correction, learn

#: What is compared of a pair of persons, as levels: the family name, the given names, the birth dates.
PERSON_LEVELS: tuple[str, ...] = ("family_level", "given_relation", "relation")
#: The column of bits that belongs to each.
_WEIGHTS = dict(zip(PERSON_LEVELS, ("family_weight", "given_weight", "birth_weight"), strict=True))


@dataclass(frozen=True)
class JudgedWeights:
    """`judged`: pairs of persons compared tonight that people judged, `positive` of them. `is_on`: the setting.

    `correction`: what they teach, None where they are too few.
    """

    judged: int
    positive: int
    correction: Correction | None
    is_on: bool

    @property
    def used(self) -> Correction | None:
        """The correction, where it is switched on and cross-validation lets it be used."""
        return self.correction if self.kind == "used" else None

    @property
    def kind(self) -> str:
        """too_few, not_better, off or used."""
        if self.correction is None:
            return "too_few"
        if not self.correction.is_better:
            return "not_better"
        return "used" if self.is_on else "off"

    def document(self) -> dict:
        """As plain data: counts, bits and sentences (`reason_nl`, `reason_en`), nothing of anybody."""
        nl, en = self._reason()
        correction = self.correction
        return {
            "setting": self.is_on,
            "used": self.used is not None,
            "would_win": None if correction is None else correction.is_better,
            "kind": self.kind,
            "reason_nl": nl,
            "reason_en": en,
            "judged": self.judged,
            "positive": self.positive,
            "validation": asdict(correction.validation) if correction else None,
            "correction": {"bias": correction.bias, "slope": correction.slope, "weights": correction.weights}
            if self.used
            else None,
        }

    def _reason(self) -> tuple[str, str]:
        nl = count_nl(self.judged, "beoordeeld paar personen", "beoordeelde paren personen")
        en = count_en(self.judged, "judged pair of persons", "judged pairs of persons")
        match self.kind:
            case "too_few":
                return (
                    f"{nl}, waarvan {self.positive} positief. Gewichten uit oordelen vragen er {LEAST_JUDGED}, van "
                    f"elke soort minstens {LEAST_OF_EACH}.",
                    f"{en}, {self.positive} of them positive. Weights from judgements ask for {LEAST_JUDGED}, at least "
                    f"{LEAST_OF_EACH} of each kind.",
                )
            case "not_better":
                return (
                    f"{nl}: in kruisvalidatie wint wat zij leren het niet van de gewichten die er zijn. Die gelden.",
                    f"{en}: in cross-validation what they teach does not beat the weights that are there. Those hold.",
                )
            case "off":
                return (
                    f"{nl}: wat zij leren wint het in kruisvalidatie, maar weights_from_judgements staat uit.",
                    f"{en}: what they teach wins in cross-validation, but weights_from_judgements is off.",
                )
            case _:
                return (
                    f"{nl}: wat zij leren wint het in kruisvalidatie, en de gewichten zijn ermee gecorrigeerd.",
                    f"{en}: what they teach wins in cross-validation, and the weights are corrected by it.",
                )


def judged_levels(paired: pl.DataFrame, grouped: pl.DataFrame, judged: pl.DataFrame) -> pl.DataFrame:
    """One row a judged pair of persons that was compared: `evidence` (bits), PERSON_LEVELS and `is_match`.

    `paired`: what `decide.weigh_pairs` gives. `grouped`: mentions with `group`, where a judged mention is a group of
    its own. `judged`: `left`, `right` (fingerprints), `judgement`.
    """
    groups = grouped.select("fingerprint", "group").unique()
    ends = judged.join(groups, left_on="left", right_on="fingerprint").join(
        groups, left_on="right", right_on="fingerprint", suffix="_right"
    )
    pairs = ends.select(
        left=pl.min_horizontal("group", "group_right"),
        right=pl.max_horizontal("group", "group_right"),
        is_match=pl.col("judgement") == "positive",
    ).filter(pl.col("left") != pl.col("right"))
    columns = ["evidence", *PERSON_LEVELS, "is_match"]
    return paired.join(pairs.unique(), on=["left", "right"]).sort("left", "right", "relation").select(columns)


def weights_of(levels: pl.DataFrame, *, is_on: bool, given: Correction | None = None) -> JudgedWeights:
    """What the judged pairs (`judged_levels`) teach. `given`: a correction of an earlier night, which holds instead."""
    correction = given or learn(levels, columns=PERSON_LEVELS, log_odds="evidence")
    return JudgedWeights(levels.height, int(levels["is_match"].sum()), correction, is_on)


def corrected_persons(paired: pl.DataFrame, correction: Correction | None) -> pl.DataFrame:
    """The pairs with corrected `evidence` and weights of fields, which still add up to it; as they were with None."""
    if correction is None:
        return paired
    fields = {
        weight: pl.col(weight) * correction.slope + correction.level_bits(level) for level, weight in _WEIGHTS.items()
    }
    return paired.with_columns(evidence=correction.log_odds("evidence"), **fields)
