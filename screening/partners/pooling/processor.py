"""The folder of the processor: which municipalities take part, what they sent, and what was published of it.

`pool.toml` names the processor and the municipalities, each with the public key of who signs for it. Below it stand
`counts/<quarter>/<code>.json` with its signature, and `results/<quarter>.json`. What was published follows from the
counts: a result is made anew from all of them, and a folder in which an earlier one would differ is refused.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from screening.partners.pooling.counts import PoolError, TownCounts, checked_quarter, read_counts, require_growth
from screening.partners.pooling.envelope import opened_counts, require_signed
from screening.partners.pooling.result import PooledResult, make_result, read_result
from screening.signing.public_keys import read_public

FILE = "pool.toml"
_SIGNED = ".sig"


class _Town(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    agreement: str
    signer: str


class _PoolFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    processor: str
    towns: Mapping[Annotated[str, Field(pattern=r"^[0-9]{4}$")], _Town]


@dataclass(frozen=True)
class CountPool:
    """The folder of the processor. PoolError: `pool.toml` is not there or says something else than it should."""

    folder: Path

    @cached_property
    def settings(self) -> _PoolFile:
        """What `pool.toml` says."""
        file = self.folder / FILE
        try:
            settings = _PoolFile.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            raise PoolError(
                f"{file}: a file is expected with processor and a table [towns.CODE] of each municipality: name, "
                "agreement, signer."
            ) from None
        for town in settings.towns.values():
            read_public(town.signer)
        return settings

    def quarters(self) -> dict[str, list[TownCounts]]:
        """Quarter -> the files that came, each checked against the key of its municipality again."""
        kept: dict[str, list[TownCounts]] = {}
        for path in sorted((self.folder / "counts").glob("*/*.json")):
            content = path.read_bytes()
            counts = read_counts(content)
            self._require_of_town(counts, path.with_name(path.name + _SIGNED).read_text(encoding="ascii"))
            if path != self._place(counts):
                raise PoolError(f"{path}: these counts are of another quarter or municipality.")
            kept.setdefault(counts.quarter, []).append(counts)
        return kept

    def published(self) -> list[str]:
        """The quarters of which a result was made, oldest first."""
        return sorted(path.stem for path in (self.folder / "results").glob("*.json"))

    def add(self, sealed: bytes, identity: Path) -> TownCounts:
        """Open, verify and keep the counts of a municipality.

        Raises:
            PoolError: they are of nobody who takes part, not signed, of a quarter that has a result or that the
                municipality sent already, or lower than they were.
        """
        counts, signature = opened_counts(sealed, identity)
        self._require_of_town(counts, signature)
        published = self.published()
        if published and counts.quarter <= published[-1]:
            raise PoolError(f"{published[-1]} has a result. Ask the municipality for the counts of a later quarter.")
        for quarter, files in sorted(self.quarters().items()):
            for earlier in (file for file in files if file.code == counts.code):
                if quarter >= counts.quarter:
                    raise PoolError(f"Counts of {quarter} of this municipality are here already.")
                require_growth(earlier, counts)
        place = self._place(counts)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.with_name(place.name + _SIGNED).write_text(signature, encoding="ascii")
        place.write_bytes(counts.content())
        return counts

    def publish(self, quarter: str) -> tuple[PooledResult, Path]:
        """Make the result of a quarter and keep it: what was made once is the same each time.

        Raises:
            PoolError: a later one was published, or an earlier one does not follow from the counts any more.
        """
        checked_quarter(quarter)
        quarters = self.quarters()
        for earlier in self.published():
            kept = read_result(self._result(earlier).read_bytes())
            if earlier > quarter or make_result(quarters, earlier, self.settings.processor) != kept:
                raise PoolError(
                    f"The result of {earlier} is later, or does not follow from the counts in this folder any more. "
                    "Nothing is made: somebody could subtract the two."
                )
        result = make_result(quarters, quarter, self.settings.processor)
        path = self._result(quarter)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(result.content())
        return result, path

    def _result(self, quarter: str) -> Path:
        return self.folder / "results" / f"{quarter}.json"

    def _place(self, counts: TownCounts) -> Path:
        return self.folder / "counts" / counts.quarter / f"{counts.code}.json"

    def _require_of_town(self, counts: TownCounts, signature: str) -> None:
        town = self.settings.towns.get(counts.code)
        if town is None or (counts.municipality, counts.agreement) != (town.name, town.agreement):
            raise PoolError(f"Municipality {counts.code} does not take part under this name and agreement.")
        require_signed(counts.content(), signature, town.signer, town.name)
