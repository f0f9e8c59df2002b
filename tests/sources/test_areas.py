"""Areas: surfaces of a GeoPackage in RD, or postcodes."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyogrio
import pytest

from screening.base.errors import SourceError
from screening.sources import read_area


def ring(*corners: tuple[float, ...], width: int = 2) -> bytes:
    return struct.pack(f"<I{width * len(corners)}d", len(corners), *(value for corner in corners for value in corner))


def polygon(*rings: bytes, kind: int = 3) -> bytes:
    return struct.pack("<BII", 1, kind, len(rings)) + b"".join(rings)


SQUARE = ring((0, 0), (4, 0), (4, 4), (0, 4), (0, 0))
HOLE = ring((1, 1), (2, 1), (2, 2), (1, 2), (1, 1))


def write(file: Path, *shapes: bytes, geometry_type: str = "Polygon", crs: str = "EPSG:28992", **more: object) -> Path:
    names = pa.array(["x"] * len(shapes), pa.string())
    table = pa.table({"wijk": names, "geometry": pa.array(list(shapes), pa.binary())})
    pyogrio.write_arrow(
        table, file, driver="GPKG", geometry_name="geometry", geometry_type=geometry_type, crs=crs, **more
    )
    return file


def test_surfaces_of_a_geopackage_with_their_holes_and_without_heights(tmp_path):
    postcodes, surfaces = read_area(write(tmp_path / "a.gpkg", polygon(SQUARE, HOLE)))
    assert postcodes == frozenset()
    assert [[len(part) for part in surface] for surface in surfaces] == [[5, 5]]
    assert np.array_equal(surfaces[0][1][2], [2, 2])
    high = polygon(ring((0, 0, 9), (4, 0, 9), (4, 4, 9), (0, 0, 9), width=3), kind=1003)
    several = struct.pack("<BII", 1, 1006, 1) + high
    (surface,) = read_area(write(tmp_path / "b.gpkg", several, geometry_type="MultiPolygon Z"))[1]
    assert np.array_equal(surface[0], [[0, 0], [4, 0], [4, 4], [0, 0]])


def test_postcodes_are_whole_or_four_digits_and_other_columns_are_not_read(tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("wijk;Postcode\nNoord;1234 ab\n;5678\n\n", encoding="utf-8-sig")
    assert read_area(file) == (frozenset({"1234AB", "5678"}), ())


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("postcode\n1234A\n", r"a\.csv, row 2: no postcode"),
        ("wijk\nNoord\n", r"a\.csv: a list of postcodes has a column postcode"),
        ("postcode\n", r"a\.csv: holds no postcode"),
    ],
)
def test_a_list_that_is_none_is_refused_without_its_values(tmp_path, content, reason):
    (tmp_path / "a.csv").write_text(content, encoding="utf-8")
    with pytest.raises(SourceError, match=reason):
        read_area(tmp_path / "a.csv")


def test_a_file_that_is_no_area_is_refused(tmp_path):
    (tmp_path / "no.gpkg").write_text("nothing", encoding="utf-8")
    # what GDAL would follow to another file
    follows = f'<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>{tmp_path}/one.gpkg</SrcDataSource>'
    (tmp_path / "vrt.gpkg").write_text(f"{follows}</OGRVRTLayer></OGRVRTDataSource>", encoding="utf-8")
    write(tmp_path / "one.gpkg", polygon(SQUARE))
    write(tmp_path / "hollow.gpkg", polygon())
    (tmp_path / "latin.csv").write_bytes("postcodé\n1234\n".encode("latin-1"))
    point = struct.pack("<BIdd", 1, 1, 0.0, 0.0)
    write(tmp_path / "point.gpkg", point, geometry_type="Point")
    write(tmp_path / "wgs.gpkg", polygon(SQUARE), crs="EPSG:4326")
    write(tmp_path / "empty.gpkg")
    write(write(tmp_path / "two.gpkg", polygon(SQUARE), layer="a"), polygon(SQUARE), layer="b", append=True)
    for name, reason in {
        "absent.gpkg": "cannot be read",
        "no.gpkg": "is no GeoPackage",
        "vrt.gpkg": "is no GeoPackage",
        "hollow.gpkg": "holds no surface",
        "latin.csv": "not UTF-8",
        "point.gpkg": "no surface",
        "wgs.gpkg": "not in RD",
        "empty.gpkg": "holds no surface",
        "two.gpkg": "holds 2 layers",
    }.items():
        with pytest.raises(SourceError, match=reason):
            read_area(tmp_path / name)
