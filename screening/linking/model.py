"""A learned model: m, u and the prior, the frequencies it froze, and the blocks it cut. JSON and Parquet, no pickle."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from screening.base.errors import ConfigurationError
from screening.base.frames import Row
from screening.linking.dependence import Dependence
from screening.linking.settings import Settings

#: One row a value of a column: how many records carry it.
FREQUENCIES: dict[str, pl.DataType] = {"column": pl.String(), "value": pl.String(), "count": pl.UInt32()}
#: One row a comparison and level: probabilities and the weight in bits; `pairs`: the matches that m was learned from.
PARAMETERS: dict[str, pl.DataType] = {
    "comparison": pl.String(),
    "level": pl.String(),
    "m": pl.Float64(),
    "u": pl.Float64(),
    "weight": pl.Float64(),
}


@dataclass(frozen=True)
class LinkModel:
    """Fellegi–Sunter (1969): `prior` is the chance that two records at random are one party.

    `m[comparison]`, `u[comparison]`: the chance of each level (last: else) among matches and among other pairs, given
    that the field is known on both sides. `frequencies`: FREQUENCIES of the columns whose values weigh by rarity.
    `hot`: key texts per blocking rule that are never blocked on. Frequencies and hot keys hold names: keep them where
    the records may be kept. `together`: comparisons that say less together. `trained_on`: records; `taught`: matches
    that a training rule is expected to hold.
    """

    settings: Settings
    prior: float
    m: dict[str, tuple[float, ...]]
    u: dict[str, tuple[float, ...]]
    frequencies: pl.DataFrame
    hot: dict[str, tuple[str, ...]] = field(default_factory=dict)
    together: tuple[Dependence, ...] = ()
    trained_on: int = 0
    taught: float = 0.0

    @property
    def prior_bits(self) -> float:
        """The prior as log-odds (base 2)."""
        return math.log2(self.prior / (1 - self.prior))

    def weights(self, comparison: str) -> tuple[float, ...]:
        """Bits by level, before frequencies: log2(m / u), or what the settings say by hand."""
        by_hand = next(c.by_hand for c in self.settings.comparisons if c.name == comparison)
        return tuple(
            math.log2(m / u) if bits is None else bits
            for m, u, bits in zip(self.m[comparison], self.u[comparison], by_hand, strict=True)
        )

    def counts_of(self, column: str) -> pl.DataFrame:
        """The frozen frequencies (`value`, `count`) of a column."""
        return self.frequencies.filter(pl.col("column") == column).select("value", "count")

    def parameters(self) -> pl.DataFrame:
        """PARAMETERS: every level with its m, u and weight."""
        rows = [
            (c.name, level, m, u, weight)
            for c in self.settings.comparisons
            for level, m, u, weight in zip(
                c.level_names, self.m[c.name], self.u[c.name], self.weights(c.name), strict=True
            )
        ]
        return pl.DataFrame(rows, schema=PARAMETERS, orient="row")

    def learned(self) -> Row:
        """What was learned, as JSON that gives the same numbers back. No value of a record is in it."""
        return {
            "prior": self.prior,
            "m": {name: list(values) for name, values in self.m.items()},
            "u": {name: list(values) for name, values in self.u.items()},
            "together": [[pair.first, pair.second, pair.bits] for pair in self.together],
            "trained_on": self.trained_on,
            "taught": self.taught,
        }

    def plain(self) -> Row:
        """What was learned and the settings, as JSON. No value of a record is in it."""
        return {"format": "linkmodel/1", **self.learned(), "settings": self.settings.to_dict()}

    @staticmethod
    def of_learned(
        settings: Settings, learned: Row, frequencies: pl.DataFrame, hot: Mapping[str, tuple[str, ...]]
    ) -> LinkModel:
        """The model that was learned; `ConfigurationError` where it does not fit these settings."""
        for c in settings.comparisons:
            for table in (learned["m"], learned["u"]):
                values = table.get(c.name, [])
                if len(values) != len(c.level_names) or not all(0 < value <= 1 for value in values):
                    raise ConfigurationError(f"m or u of {c.name} do not fit its levels: train the model anew")
        return LinkModel(
            settings=settings,
            prior=float(learned["prior"]),
            m={name: tuple(values) for name, values in learned["m"].items()},
            u={name: tuple(values) for name, values in learned["u"].items()},
            frequencies=frequencies,
            hot=dict(hot),
            together=tuple(
                Dependence(first, second, tuple(tuple(row) for row in bits))
                for first, second, bits in learned.get("together", ())
            ),
            trained_on=int(learned["trained_on"]),
            taught=float(learned.get("taught", 0.0)),
        )

    def save(self, folder: Path) -> None:
        """Write model.json (no personal data) and frequencies.parquet, cut_keys.json (both with values) to a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "model.json").write_text(
            json.dumps(self.plain(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
        )
        (folder / "cut_keys.json").write_text(
            json.dumps({rule: list(texts) for rule, texts in sorted(self.hot.items())}, ensure_ascii=False) + "\n",
            encoding="utf-8",
        )
        self.frequencies.sort("column", "value").write_parquet(folder / "frequencies.parquet")

    @staticmethod
    def load(folder: Path) -> LinkModel:
        """The model that `save` wrote; `ConfigurationError` where a file is absent or of another form."""
        try:
            plain = json.loads((folder / "model.json").read_text(encoding="utf-8"))
            hot = json.loads((folder / "cut_keys.json").read_text(encoding="utf-8"))
            frequencies = pl.read_parquet(folder / "frequencies.parquet")
        except (OSError, ValueError, pl.exceptions.ComputeError) as error:
            raise ConfigurationError(f"{folder}: no stored model can be read here ({type(error).__name__})") from None
        if not isinstance(plain, dict) or plain.get("format") != "linkmodel/1":
            raise ConfigurationError(f"{folder / 'model.json'}: another form than linkmodel/1; train the model anew")
        if dict(frequencies.schema) != FREQUENCIES:
            raise ConfigurationError(f"{folder / 'frequencies.parquet'}: other columns than expected; train anew")
        cut = {rule: tuple(texts) for rule, texts in hot.items()}
        return LinkModel.of_learned(Settings.from_dict(plain["settings"]), plain, frequencies, cut)
