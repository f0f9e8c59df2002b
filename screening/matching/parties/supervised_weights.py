"""Weights of levels learned from what people judged, and whether they are used tonight.

A logistic regression on the levels that were compared, drawn to EM: the corrected log-odds of a pair are `bias + slope
× log-odds + Σ weight[field][level]`, still a sum over fields, so that a pair is still explained field by field. It
changes weights and nothing else: what makes a link strong and what vetoes a link are levels, and a judgement stands
above both. It is off unless it is switched on, and even then used only where cross-validation says that it beats EM
(docs/decisions, "Weights from judgements").
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

import numpy as np
import polars as pl

from screening.errors import ConfigurationError
from screening.linking import Settings
from screening.local_formats import count_en, count_nl

FORMAT = "correction/1"
#: Judgements (positive and negative together) below which nothing is learned, and of the rarer kind.
LEAST_JUDGED = 200
LEAST_OF_EACH = 20
FOLDS = 10
#: How a level is called where a side had no value: 255 in the engine's frames, null elsewhere.
MISSING = "missing"

#: L2 on the weights of levels, on the slope (towards 1: EM as it is) and on the bias, in nats.
_PENALTY, _SLOPE_PENALTY, _BIAS_PENALTY = 1.0, 4.0, 0.01
_NATS = float(np.log(2.0))
_MOST_STEPS, _LEAST_SHARE, _CONVERGED = 100, 1e-6, 1e-9

#: What is compared of a pair of persons, as levels: the family name, the given names, the birth dates.
PERSON_LEVELS: tuple[str, ...] = ("level_family_name", "level_given_names", "level_birth_date")


@dataclass(frozen=True)
class CrossValidation:
    """Out of fold, on the judged pairs: mean log loss (nats, less is better) and F1 at 0 bits.

    `em`: the log-odds as they were. `calibrated`: only bias and slope learned, which moves the threshold and no weight.
    `corrected`: the levels learned too. `gain`: how much less the loss of `corrected` is than the better of the other
    two, and `error` its standard error.
    """

    em_loss: float
    calibrated_loss: float
    corrected_loss: float
    em_f1: float
    corrected_f1: float
    gain: float
    error: float

    @property
    def is_better(self) -> bool:
        """Whether the corrected weights win by more than one standard error, and find no less."""
        return self.gain > self.error and self.corrected_f1 >= self.em_f1


@dataclass(frozen=True)
class WeightCorrection:
    """What judged pairs teach. `bias` in bits; `weights[column][level]` in bits, added to `slope` × log-odds.

    A level that nobody judged weighs 0: there EM stays in force. There is no name, date or number of anybody in it.
    """

    bias: float
    slope: float
    weights: dict[str, dict[str, float]]
    judged: int
    positive: int
    validation: CrossValidation = field(repr=False)

    @property
    def is_better(self) -> bool:
        """Whether cross-validation lets it be used."""
        return self.validation.is_better

    def log_odds(self, log_odds: str = "log_odds") -> pl.Expr:
        """The corrected log-odds (bits) of a frame with that column and the columns of the levels."""
        total = pl.lit(self.bias) + pl.col(log_odds) * self.slope
        for column in self.weights:
            total = total + self.level_bits(column)
        return total

    def level_bits(self, column: str) -> pl.Expr:
        """The part of one column of levels in the corrected log-odds (bits)."""
        return _named(column).replace_strict(self.weights.get(column, {}), default=0.0, return_dtype=pl.Float64)

    def to_json(self) -> str:
        """As JSON; the same correction gives the same text."""
        return json.dumps({"format": FORMAT, **asdict(self)}, indent=1, sort_keys=True) + "\n"

    @staticmethod
    def from_json(text: str) -> WeightCorrection:
        """The correction that `to_json` wrote; `ConfigurationError` where the text is of another form."""
        try:
            plain = json.loads(text)
            if plain.pop("format") != FORMAT:
                raise ValueError(FORMAT)
            validation = CrossValidation(**plain.pop("validation"))
            return WeightCorrection(**plain, validation=validation)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ConfigurationError(
                f"stored weights from judgements cannot be read ({type(error).__name__}): learn them anew"
            ) from None


@dataclass(frozen=True)
class SupervisedWeights:
    """`judged`: pairs of persons compared tonight that people judged, `positive` of them. `is_on`: the setting.

    `correction`: what they teach, None where they are too few.
    """

    judged: int
    positive: int
    correction: WeightCorrection | None
    is_on: bool

    @property
    def used(self) -> WeightCorrection | None:
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

    def document(self) -> dict[str, object]:
        """As plain data: counts, bits and sentences (`reason_nl`, `reason_en`), nothing of anybody."""
        nl, en = self._reason()
        correction, used = self.correction, self.used
        return {
            "setting": self.is_on,
            "used": used is not None,
            "would_win": None if correction is None else correction.is_better,
            "kind": self.kind,
            "reason_nl": nl,
            "reason_en": en,
            "judged": self.judged,
            "positive": self.positive,
            "validation": asdict(correction.validation) if correction else None,
            "correction": {"bias": used.bias, "slope": used.slope, "weights": used.weights} if used else None,
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


def judged_levels(pairs: pl.DataFrame, grouped: pl.DataFrame, judged: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """One row a judged pair of persons that was compared: `log_odds` (bits), PERSON_LEVELS by name and `is_match`.

    `pairs`: what the engine kept. `grouped`: mentions with `group`, where a judged mention is a group of its own.
    `judged`: `left`, `right` (fingerprints), `judgement`.
    """
    groups = grouped.select("fingerprint", "group").unique()
    ends = judged.join(groups, left_on="left", right_on="fingerprint").join(
        groups, left_on="right", right_on="fingerprint", suffix="_right"
    )
    on_both = ends.select(
        left=pl.min_horizontal("group", "group_right"),
        right=pl.max_horizontal("group", "group_right"),
        is_match=pl.col("judgement") == "positive",
    ).filter(pl.col("left") != pl.col("right"))
    judged_pairs = pairs.join(on_both.unique(), on=["left", "right"]).sort("left", "right")
    return judged_pairs.select("log_odds", *_level_names(settings), "is_match")


def learn_person_weights(
    levels: pl.DataFrame, *, is_on: bool, given: WeightCorrection | None = None
) -> SupervisedWeights:
    """What the judged pairs (`judged_levels`) teach. `given`: a correction of an earlier night, which holds instead."""
    correction = given or learn_correction(levels, columns=PERSON_LEVELS)
    return SupervisedWeights(levels.height, int(levels["is_match"].sum()), correction, is_on)


def corrected_pairs(pairs: pl.DataFrame, correction: WeightCorrection, settings: Settings) -> pl.DataFrame:
    """The engine's pairs with corrected log-odds."""
    named = pairs.select("log_odds", *_level_names(settings))
    return pairs.with_columns(named.select(correction.log_odds()).to_series().alias("log_odds"))


def corrected_weights(parts: pl.DataFrame, correction: WeightCorrection | None, settings: Settings) -> pl.DataFrame:
    """The weights of fields (`weight_…`, beside `level_…`), corrected: they still add up to the log-odds."""
    if correction is None:
        return parts
    named = parts.select(*_level_names(settings))
    return parts.with_columns(
        (pl.col(level.replace("level_", "weight_")) * correction.slope)
        + named.select(correction.level_bits(level)).to_series()
        for level in PERSON_LEVELS
    )


def _level_names(settings: Settings) -> list[pl.Expr]:
    """The columns of PERSON_LEVELS, numbers put into names."""
    names = {f"level_{c.name}": dict(enumerate(c.level_names)) | {255: MISSING} for c in settings.comparisons}
    return [
        pl.col(level).cast(pl.Int64).replace_strict(names[level], return_dtype=pl.String).alias(level)
        for level in PERSON_LEVELS
    ]


def level_columns(pairs: pl.DataFrame) -> tuple[str, ...]:
    """The columns that hold levels, as the engine names them."""
    return tuple(name for name in pairs.columns if name.startswith("level_"))


def learn_correction(
    judged: pl.DataFrame, *, columns: Sequence[str] | None = None, log_odds: str = "log_odds", least: int = LEAST_JUDGED
) -> WeightCorrection | None:
    """A correction from judged pairs, or None where there are fewer than `least`, or fewer than 20 of one kind.

    `judged`: one row a pair with `log_odds` (bits), the level columns (default: those called level_…) and `is_match`
    (Boolean: positive or negative; unsure ones are left out before). Deterministic, and the order of rows is no matter.
    """
    columns = tuple(columns or level_columns(judged))
    if not columns:
        raise ConfigurationError("judged pairs without level columns teach nothing: name them")
    decided = judged.filter(pl.col("is_match").is_not_null())
    positive = int(decided["is_match"].sum())
    if decided.height < least or min(positive, decided.height - positive) < LEAST_OF_EACH:
        return None
    named = decided.select(pl.col(log_odds).alias("_bits"), "is_match", *(_named(c).alias(c) for c in columns))
    named = named.sort(["_bits", "is_match", *columns])
    levels = {column: sorted(named[column].unique().to_list()) for column in columns}
    design = np.column_stack([(named[c] == level).to_numpy().astype(float) for c in columns for level in levels[c]])
    bits, target = named["_bits"].to_numpy() * _NATS, named["is_match"].to_numpy().astype(float)
    bias, slope, *weights = _fit(design, bits, target)
    places = iter(weights)
    return WeightCorrection(
        bias=_rounded(bias),
        slope=float(f"{slope:.6g}"),
        weights={c: {level: _rounded(next(places)) for level in levels[c]} for c in columns},
        judged=decided.height,
        positive=positive,
        validation=_cross_validate(design, bits, target),
    )


def _named(column: str) -> pl.Expr:
    text = pl.col(column).cast(pl.String).fill_null(MISSING)
    return pl.when(text == "255").then(pl.lit(MISSING)).otherwise(text)


def _rounded(nats: float) -> float:
    return float(f"{nats / _NATS:.6g}")


def _fit(design: np.ndarray, bits: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Bias, slope and a weight a column (nats) that make the penalised likelihood largest: one maximum, any start."""
    columns = np.column_stack([np.ones(len(target)), bits, design])
    penalty = np.full(columns.shape[1], _PENALTY)
    penalty[:2] = _BIAS_PENALTY, _SLOPE_PENALTY
    middle = np.zeros(columns.shape[1])
    middle[1] = 1.0

    def value(parameters: np.ndarray) -> float:
        return float(_loss(columns @ parameters, target).sum() + 0.5 * (penalty * (parameters - middle) ** 2).sum())

    estimate = middle.copy()
    for _ in range(_MOST_STEPS):
        chance = _chance(columns @ estimate)
        gradient = columns.T @ (chance - target) + penalty * (estimate - middle)
        curvature = (columns * (chance * (1 - chance))[:, None]).T @ columns + np.diag(penalty)
        step, loss, share = np.linalg.solve(curvature, gradient), value(estimate), 1.0
        # Newton may leap too far from a start at which all chances are near 0 or 1
        while share > _LEAST_SHARE and value(estimate - share * step) > loss:
            share /= 2
        estimate = estimate - share * step
        if float(np.abs(share * step).max()) < _CONVERGED:
            break
    return estimate


def _chance(z: np.ndarray) -> np.ndarray:
    chance: np.ndarray = 1 / (1 + np.exp(-np.clip(z, -700, 700)))
    return chance


def _loss(z: np.ndarray, target: np.ndarray) -> np.ndarray:
    loss: np.ndarray = np.logaddexp(0, z) - target * z
    return loss


def _f1(z: np.ndarray, target: np.ndarray) -> float:
    is_predicted = z >= 0
    return float(2 * target[is_predicted].sum() / max(is_predicted.sum() + target.sum(), 1.0))


def _cross_validate(design: np.ndarray, bits: np.ndarray, target: np.ndarray) -> CrossValidation:
    # rows stand in order of log-odds: dealt out in turn, every fold has its share of every height
    fold = np.arange(len(target)) % FOLDS
    alone = np.zeros((len(target), 0))
    learned, calibrated = np.zeros(len(target)), np.zeros(len(target))
    for number in range(FOLDS):
        rest, held = fold != number, fold == number
        bias, slope, *weights = _fit(design[rest], bits[rest], target[rest])
        learned[held] = bias + slope * bits[held] + design[held] @ np.array(weights)
        bias, slope = _fit(alone[rest], bits[rest], target[rest])
        calibrated[held] = bias + slope * bits[held]
    losses = {"em": _loss(bits, target), "calibrated": _loss(calibrated, target)}
    best = min(losses.values(), key=lambda values: float(values.mean()))
    mine = _loss(learned, target)
    gain = best - mine
    return CrossValidation(
        em_loss=round(float(losses["em"].mean()), 6),
        calibrated_loss=round(float(losses["calibrated"].mean()), 6),
        corrected_loss=round(float(mine.mean()), 6),
        em_f1=round(_f1(bits, target), 6),
        corrected_f1=round(_f1(learned, target), 6),
        gain=round(float(gain.mean()), 6),
        error=round(float(gain.std(ddof=1) / np.sqrt(len(gain))), 6),
    )
