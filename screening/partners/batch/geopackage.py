"""The objects of a batch on the map: one layer of points in EPSG:28992."""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence

import pyarrow as pa

from screening.partners.batch.tables import index
from screening.partners.signal.signal import Signal
from screening.partners.signal.text import defused

LAYER = "signalen"
#: GDAL writes the time of a change into the file; this keeps the same signals the same bytes.
_FIXED = {"OGR_CURRENT_DATE": "1980-01-01T00:00:00.000Z"}
_COLUMNS = ("signaal_id", "versie", "adres", "adresseerbaar_object_id", "thema", "barrieres", "afwijkingen")


def geopackage(signals: Sequence[Signal]) -> bytes | None:
    """A GeoPackage with one point a signal that has coordinates; None when none has.

    Texts are defused as in the CSV: a map program exports its table to a spreadsheet with one click.
    """
    import pyogrio  # brings pandas: a second that only a batch pays  # noqa: PLC0415

    placed = [signal for signal in signals if signal.object.rd_x is not None and signal.object.rd_y is not None]
    if not placed:
        return None
    listed = index(placed)
    columns = {name: [defused(row[listed.header.index(name)]) for row in listed.rows] for name in _COLUMNS}
    points = [struct.pack("<BIdd", 1, 1, signal.object.rd_x, signal.object.rd_y) for signal in placed]
    table = pa.table({**columns, "geometry": pa.array(points, pa.binary())})
    buffer = io.BytesIO()
    before = {name: pyogrio.get_gdal_config_option(name) for name in _FIXED}
    pyogrio.set_gdal_config_options(_FIXED)
    try:
        pyogrio.write_arrow(
            table, buffer, layer=LAYER, driver="GPKG", geometry_name="geometry", geometry_type="Point", crs="EPSG:28992"
        )
    finally:
        pyogrio.set_gdal_config_options(before)
    return buffer.getvalue()
