"""What surrounds the address of a case: other business addresses of its parties, and the map around it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import polars as pl

from screening.base.frames import PLACES, Row, Schema, empty
from screening.casework.data_subject_requests import load_excluded_subjects
from screening.store.runs.places import places_near
from screening.store.schema.runs import network_tie
from screening.store.store import Store
from screening.store.workspace import Workspace

#: So far around the address the map shows what stands there, in metres.
RADIUS_M = 75.0

#: Corners (x, y) of an outline in metres RD.
Ring = list[list[float]]

#: One row a point on the map: the address itself (`is_own`) and the objects of the BAG around it.
SURROUNDINGS: Schema = {
    "is_own": pl.Boolean(),
    "place": pl.String(),
    "house_number": pl.String(),
    "uses": pl.List(pl.String()),
    "status": pl.String(),
    "rd_x": pl.Float64(),
    "rd_y": pl.Float64(),
    "outline": pl.List(pl.List(pl.Float64())),
}


def network_of(store: Store, run_id: str, address_id: str) -> pl.DataFrame:
    """NETWORK of a dossier, `address_id` aside, by place: an order that says nothing of urgency.

    An address that an upheld request keeps out since the run is left out of it at once.
    """
    rows = store.rows(network_tie, run_id, network_tie.c.address_id == address_id).drop("address_id")
    if rows.height and (hidden := load_excluded_subjects(store).addresses):
        rows = rows.filter(~pl.col("place_id").is_in(list(hidden)))
    return rows.sort("place", "place_id", "dataset", "key", "mention")


def surroundings(
    store: Store, workspace: Workspace | None, address_id: str, records: Sequence[Mapping[str, object]]
) -> pl.DataFrame:
    """SURROUNDINGS of an address: its own row, if the BAG has a point of it, and its neighbours, nearest first.

    Args:
        store: the store of the municipality.
        workspace: where the files of the runs are; None: the map has no neighbours.
        address_id: the address.
        records: the records of its dossier.
    """
    own = next((place for row in records if row["dataset"] == "bag_adressen" and (place := _own(row["fields"]))), None)
    if own is None:
        return empty(SURROUNDINGS)
    x, y = own["rd_x"], own["rd_y"]
    # the outline of a long building stands on an address that can lie outside of the map
    near = places_near(store, workspace, x, y, 2 * RADIUS_M) if workspace else empty(PLACES)
    distance_m = ((pl.col("rd_x") - x).pow(2) + (pl.col("rd_y") - y).pow(2)).sqrt()
    near = near.with_columns(distance_m=distance_m).filter(
        (pl.col("distance_m") <= RADIUS_M) | pl.col("outline").is_not_null()
    )
    rows = near.sort(pl.col("distance_m").round(1), "place", "address_id").to_dicts()
    for row in rows:
        row["outline"] = ring_of(row["outline"])
    rows = [row for row in rows if row["distance_m"] <= RADIUS_M or _reaches(row["outline"], x, y)]
    around = next((row for row in rows if lies_within(row["outline"], x, y)), None)
    if around:
        own["outline"], around["outline"] = around["outline"], []
    points: dict[tuple[float, float], Row] = {}
    for row in rows:
        if row["address_id"] == address_id:
            continue
        point = points.setdefault((round(row["rd_x"], 1), round(row["rd_y"], 1)), {**row, "is_own": False})
        point["outline"] = point["outline"] or row["outline"]
        first = str(point["house_number"]).split(" – ", 1)[0]
        if row["house_number"] != first:
            point["house_number"] = f"{first} – {row['house_number']}"
    return pl.DataFrame([own, *points.values()], schema=SURROUNDINGS)


def _own(fields: object) -> Row | None:
    """The row of the address itself, of its record in the BAG; None where that has no point."""
    if not isinstance(fields, Mapping) or not fields.get("rd_x") or not fields.get("rd_y"):
        return None
    letters = f"{fields.get('huisnummer') or ''}{fields.get('huisletter') or ''}"
    number = "-".join(part for part in (letters, fields.get("huisnummertoevoeging")) if part)
    return {
        "is_own": True,
        "place": f"{fields.get('straatnaam') or ''} {number}".strip(),
        "house_number": number,
        "uses": [use for use in str(fields.get("gebruiksdoelen") or "").split("|") if use],
        "status": fields.get("status"),
        "rd_x": float(fields["rd_x"]),
        "rd_y": float(fields["rd_y"]),
        "outline": [],
    }


def ring_of(text: str | None) -> Ring:
    """The corners that a file writes as "x y,x y"; none where there is no outline."""
    return [[float(part) for part in corner.split()] for corner in text.split(",")] if text else []


def _reaches(ring: Ring, x: float, y: float) -> bool:
    """Whether a corner of an outline is on the map around a point, or the point is inside of it."""
    return any(math.dist(corner, (x, y)) <= RADIUS_M for corner in ring) or lies_within(ring, x, y)


def lies_within(ring: Ring, x: float, y: float) -> bool:
    """Whether a point is inside an outline: a line from it to the east crosses the sides an odd number of times."""
    is_inside = False
    for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], *ring[:1]], strict=True):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1):
            is_inside = not is_inside
    return is_inside
