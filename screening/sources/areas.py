"""An area of a municipality: surfaces of a GeoPackage in RD, or a list of postcodes. Names in the file are not read."""

from __future__ import annotations

import csv
import io
import re
import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from screening.base.errors import SourceError

#: A ring of a surface: one row a corner, x and y in metres (EPSG:28992).
Ring = NDArray[np.float64]
#: A surface: its outer ring and those of its holes.
Surface = tuple[Ring, ...]

_RD = "EPSG:28992"
#: How every GeoPackage begins (SQLite database file format, 1.3). GDAL would follow other files to what they name.
_GEOPACKAGE = b"SQLite format 3\0"
_NO_GEOPACKAGE = "is no GeoPackage. Name a GeoPackage of surfaces, or a CSV of postcodes."
_POSTCODE = re.compile(r"[1-9][0-9]{3}(?:[A-Z]{2})?")
_POLYGON, _MULTIPOLYGON = 3, 6
#: Added to a kind of shape for each way in which its corners have more than x and y.
_DIMENSIONS = 1000


def read_area(path: Path) -> tuple[frozenset[str], tuple[Surface, ...]]:
    """The postcodes of an area (whole, or four digits for all that begin so), and its surfaces.

    Raises:
        SourceError: the file is not there or is neither; a surface is not in RD; a postcode is none. It names the file
            and the row.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SourceError(f"{path.name}: the area cannot be read ({error.strerror}).") from None
    if path.suffix.lower() == ".csv":
        return _postcodes(content, path.name), ()
    if not content.startswith(_GEOPACKAGE):
        raise SourceError(f"{path.name}: {_NO_GEOPACKAGE}")
    return frozenset(), _surfaces(path)


def _postcodes(content: bytes, name: str) -> frozenset[str]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SourceError(f"{name}: not UTF-8. Save the list of postcodes as UTF-8.") from None
    rows = list(csv.reader(io.StringIO(text), delimiter=";" if ";" in text.partition("\n")[0] else ","))
    header = [cell.strip().lower() for cell in rows[0]] if rows else []
    if "postcode" not in header:
        raise SourceError(f"{name}: a list of postcodes has a column postcode.")
    column = header.index("postcode")
    postcodes = set()
    for number, row in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in row):
            continue
        postcode = row[column].replace(" ", "").upper() if len(row) > column else ""
        if not _POSTCODE.fullmatch(postcode):
            raise SourceError(f"{name}, row {number}: no postcode (1234AB, or 1234 for all that begin so).")
        postcodes.add(postcode)
    if not postcodes:
        raise SourceError(f"{name}: holds no postcode.")
    return frozenset(postcodes)


def _surfaces(path: Path) -> tuple[Surface, ...]:
    import pyogrio  # brings pandas: a second that only an area pays  # noqa: PLC0415

    name = path.name
    try:
        layers = pyogrio.list_layers(path)
        meta, table = pyogrio.read_arrow(path, layer=0, columns=[])
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.FeatureError, ValueError):
        raise SourceError(f"{name}: {_NO_GEOPACKAGE}") from None
    if len(layers) != 1:
        raise SourceError(f"{name}: holds {len(layers)} layers. Save the layer of the area in a file of its own.")
    if meta["crs"] != _RD:
        raise SourceError(f"{name}: its coordinates are not in RD ({_RD}). Save it in RD.")
    shapes = table[meta["geometry_name"] or "wkb_geometry"].to_pylist()
    # an empty shape has no ring
    surfaces = tuple(surface for shape in shapes if shape for surface in _surfaces_of(shape, name) if surface)
    if not surfaces:
        raise SourceError(f"{name}: holds no surface.")
    return surfaces


def _surfaces_of(shape: bytes, name: str) -> list[Surface]:
    """The surfaces of a shape in well-known binary (OGC 06-103r4, 8.2), as GDAL writes it."""
    (kind,) = struct.unpack_from(_order(shape, 0) + "I", shape, 1)
    if kind % _DIMENSIONS == _POLYGON:
        return [_polygon(shape, 0)[0]]
    if kind % _DIMENSIONS != _MULTIPOLYGON:
        raise SourceError(f"{name}: holds a shape that is no surface.")
    (count,) = struct.unpack_from(_order(shape, 0) + "I", shape, 5)
    surfaces, place = [], 9
    for _ in range(count):
        surface, place = _polygon(shape, place)
        surfaces.append(surface)
    return surfaces


def _polygon(shape: bytes, place: int) -> tuple[Surface, int]:
    """The polygon that begins at a byte, in x and y alone, and where it ends."""
    order = _order(shape, place)
    kind, count = struct.unpack_from(order + "II", shape, place + 1)
    width = {0: 2, 1: 3, 2: 3, 3: 4}[kind // _DIMENSIONS]  # heights and measures stand beside x and y
    rings, place = [], place + 9
    for _ in range(count):
        (corners,) = struct.unpack_from(order + "I", shape, place)
        ring = np.frombuffer(shape, order + "f8", width * corners, place + 4).reshape(-1, width)[:, :2]
        rings.append(ring.astype(np.float64))
        place += 4 + 8 * width * corners
    return tuple(rings), place


def _order(shape: bytes, place: int) -> str:
    return "<" if shape[place] == 1 else ">"
