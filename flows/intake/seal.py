"""`barrier intake seal`: write the manifest of a file or of a folder of files, beside it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

from screening.base.errors import SourceMissingError
from screening.contracts.manifest import SUFFIX, DeliveredFile, Manifest, together
from screening.sources.outline import outline


def write_manifest(path: Path, *, as_of: date, supplier: str | None = None, rows: int | None = None) -> Path:
    """Write `<name>.manifest.json` beside a file, or beside a folder for all its files together; return its path.

    Args:
        path: The file or folder, as it will be delivered.
        as_of: The date for which the content holds.
        supplier: Who delivers it.
        rows: How many rows the supplier counted; counted here where that is left out.

    Raises:
        BarrierError: there is no such file, or its rows cannot be counted.
    """
    delivered = _folder(path) if path.is_dir() else _file(path)
    manifest = Manifest.model_validate(
        {
            "version": 1,
            "file": delivered.name,
            "sha256": delivered.sha256,
            "bytes": delivered.bytes,
            "rows": (delivered.rows or 0) if rows is None else rows,
            "as_of": as_of,
            "supplier": supplier,
            "made_at": datetime.now(UTC).replace(microsecond=0),
            "columns": delivered.columns or None,
        }
    )
    place = path.with_name(path.name + SUFFIX)
    place.write_text(json.dumps(manifest.document(), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return place


def _file(path: Path) -> DeliveredFile:
    content, table, header = outline(path)
    return DeliveredFile(path.name, content.sha256, len(content.data), table.rows_read, header)


def _folder(path: Path) -> DeliveredFile:
    files = [file for file in sorted(path.iterdir()) if file.is_file() and not file.name.endswith(SUFFIX)]
    if not files:
        raise SourceMissingError(f"{path.name}: the folder holds no file. Seal what will be delivered.")
    return together(path.name, {file.name: _file(file) for file in files})
