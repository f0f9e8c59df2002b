"""A GeoPackage of one layer in EPSG:28992, the same bytes for the same shapes."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import pyarrow as pa

#: GDAL writes the time of a change into the file; this keeps the same shapes the same bytes.
_FIXED = {"OGR_CURRENT_DATE": "1980-01-01T00:00:00.000Z"}


def layer_of_shapes(
    layer: str, shapes: Sequence[bytes], geometry_type: str, columns: Mapping[str, Sequence[str]]
) -> bytes:
    """The file of a layer.

    Args:
        layer: its name.
        shapes: each in well-known binary, corners in metres.
        geometry_type: of all of them, such as Point or Polygon.
        columns: what stands beside each shape.
    """
    import pyogrio  # brings pandas: a second that only a map pays  # noqa: PLC0415

    table = pa.table({**columns, "geometry": pa.array(list(shapes), pa.binary())})
    buffer = io.BytesIO()
    before = {name: pyogrio.get_gdal_config_option(name) for name in _FIXED}
    pyogrio.set_gdal_config_options(_FIXED)
    try:
        pyogrio.write_arrow(
            table,
            buffer,
            layer=layer,
            driver="GPKG",
            geometry_name="geometry",
            geometry_type=geometry_type,
            crs="EPSG:28992",
        )
    finally:
        pyogrio.set_gdal_config_options(before)
    return buffer.getvalue()
