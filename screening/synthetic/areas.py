"""The areas of a synthetic municipality: where a legal duty holds for its planted cases, by decision."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from screening.base.geopackage import layer_of_shapes
from screening.synthetic.records import SyntheticRecords

#: What a decision is called: duty -> title.
_DECISIONS = {
    "verhuur_wgv": "Verordening verhuurvergunning",
    "toeristische_verhuur": "Verordening registratie toeristische verhuur",
}
_YEARS_IN_FORCE = 10
#: From an object to the sides of the square around it, in metres: houses stand 9 m apart.
_HALF_SIDE = 2.0
_CORNERS = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]) * _HALF_SIDE


@dataclass(frozen=True)
class DesignatedArea:
    """Where one duty holds since one day. `points`: the objects in it, one row each, x and y in metres (EPSG:28992)."""

    name: str
    duty: str
    since: date
    points: np.ndarray

    @property
    def file(self) -> str:
        """The name of its file."""
        return f"gebied_{self.name}.gpkg"

    def table(self) -> dict[str, str | date]:
        """What the configuration says of it: `[areas]`."""
        number = self.name.rpartition("_")[2]
        return {
            "duty": self.duty,
            "path": self.file,
            "decision": f"{_DECISIONS[self.duty]}, {self.since.year}-{number} (voorbeeld)",
            "publication": f"https://bekendmakingen.voorbeeldstad.example/{self.name}",
            "since": self.since,
            "until": self.since.replace(year=self.since.year + _YEARS_IN_FORCE, day=1),
        }

    def write(self, folder: Path) -> None:
        """Write the file of the area: a square around each object, so that the duty holds nowhere else."""
        rings = (self.points[:, np.newaxis] + _CORNERS).astype("<f8")
        squares = [struct.pack("<BIII", 1, 3, 1, len(_CORNERS)) + ring.tobytes() for ring in rings]
        (folder / self.file).write_bytes(layer_of_shapes(self.name, squares, "Polygon", {}))


def designated_areas(book: SyntheticRecords, as_of: date) -> tuple[DesignatedArea, ...]:
    """An area for each duty and day since which planted cases say that it holds; where it does not is no area."""
    rows = pl.DataFrame(book.duties, schema={"_address": pl.Int64, "duty": pl.String, "_since": pl.Int32})
    areas, serials = [], dict.fromkeys(_DECISIONS, 0)
    for (duty, since), held in (
        rows.drop_nulls().sort("duty", "_since", "_address").group_by("duty", "_since", maintain_order=True)
    ):
        serials[str(duty)] += 1
        points = book.town.bag.select("rd_x", "rd_y")[held["_address"]].to_numpy()
        name = f"{duty}_{serials[str(duty)]}"
        areas.append(DesignatedArea(name, str(duty), as_of + timedelta(days=int(str(since))), points))
    return tuple(areas)
