"""The index of a batch as CSV that Excel opens: semicolons, a byte-order mark, and no cell that calculates."""

from __future__ import annotations

import csv
import io

from screening.base.workbook import SheetTable
from screening.partners.signal.text import defused


def csv_bytes(table: SheetTable) -> bytes:
    """UTF-8 with a byte-order mark, `;` between cells, each quoted; a cell that would calculate begins with '."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(table.header)
    writer.writerows([defused(cell.replace("\n", " ")) for cell in row] for row in table.rows)
    return text.getvalue().encode("utf-8-sig")
