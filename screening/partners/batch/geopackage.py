"""The objects of a batch on the map: one layer of points in EPSG:28992."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from screening.base.geopackage import layer_of_shapes
from screening.partners.batch.tables import index
from screening.partners.signal.signal import Signal
from screening.partners.signal.text import defused

LAYER = "signalen"
_COLUMNS = ("signaal_id", "versie", "adres", "adresseerbaar_object_id", "thema", "barrieres", "afwijkingen")


def geopackage(signals: Sequence[Signal]) -> bytes | None:
    """A GeoPackage with one point a signal that has coordinates; None when none has.

    Texts are defused as in the CSV: a map program exports its table to a spreadsheet with one click.
    """
    placed = [signal for signal in signals if signal.object.rd_x is not None and signal.object.rd_y is not None]
    if not placed:
        return None
    listed = index(placed)
    columns = {name: [defused(row[listed.header.index(name)]) for row in listed.rows] for name in _COLUMNS}
    points = [struct.pack("<BIdd", 1, 1, signal.object.rd_x, signal.object.rd_y) for signal in placed]
    return layer_of_shapes(LAYER, points, "Point", columns)
