"""ODS: the spreadsheet of LibreOffice and OpenOffice, read as the other spreadsheet is."""

from __future__ import annotations

from screening.base.errors import SourceError
from screening.base.spreadsheet import check_ods
from screening.sources.raw import RawTable, Target
from screening.sources.xlsx import read_workbook

#: The first part of the file, stored without compression, says what it is.
_MARK = b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"


def is_ods(data: bytes) -> bool:
    """Whether the file calls itself a spreadsheet of OpenDocument."""
    return data.startswith(b"PK\x03\x04") and _MARK in data[:200]


def read_ods(data: bytes, target: Target) -> RawTable:
    """As `read_xlsx`. Raises SourceError for a file that is damaged, hostile or has a password."""
    workbook = check_ods(data, target.name)
    if workbook.has_errors:
        raise SourceError(
            f"{target.name}: a cell shows an error (such as #N/A) and no value. Correct it and deliver it again."
        )
    if workbook.has_merged_rows:
        raise SourceError(
            f"{target.name}: a cell spans several rows, of which the format gives only the first a value. Split it and "
            "deliver it again."
        )
    return read_workbook(workbook, target)
