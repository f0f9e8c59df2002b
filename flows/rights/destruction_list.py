"""The *verklaring van vernietiging* of a receipt, as JSON and as CSV in the workspace."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import UTC
from pathlib import Path

from screening.base.frames import Row
from screening.rights.due import DATA_OF, count_by_kind, ids_by_kind
from screening.rights.erasure import Receipt
from screening.rights.kinds import KINDS
from screening.store import Workspace
from screening.store.files import make_directory, remove, sha256_of, sync_directory, write_file

#: Folder of the workspace in which destruction lists stay.
RECEIPTS = "receipts"
NO_CLASS = "nog te bepalen"


def destruction_lines(receipt: Receipt, classes: Mapping[str, str], counted: Mapping[str, int]) -> list[Row]:
    """Return a line for each kind of data: class of the selection list, term, number, ids, first and last due day.

    Args:
        receipt: The receipt of the erasure.
        classes: kind of data -> class of the selection list of the municipality (Archiefwet).
        counted: kind of data -> number, for kinds that are not listed by id.

    """
    ids, counts, lines = ids_by_kind(receipt.items), count_by_kind(receipt.items, counted), []
    for kind in KINDS:
        if not counts.get(kind.name):
            continue
        days = sorted(due.due for due in receipt.items if DATA_OF[due.kind] == kind.name)
        lines.append(
            {
                "soort": kind.name,
                "omschrijving": kind.what_nl,
                "selectielijst": classes.get(kind.name, NO_CLASS),
                "termijn": {name: receipt.terms[name] for name in kind.terms},
                "aantal": counts[kind.name],
                "vervallen_van": days[0].isoformat() if days else None,
                "vervallen_tot": days[-1].isoformat() if days else None,
                "ids": ids.get(kind.name, []),
                "vernietigd_door": receipt.begun_by,
                "vernietigd_op": receipt.begun_at.astimezone(UTC).isoformat(timespec="seconds"),
                "verklaring": receipt.receipt_id,
            }
        )
    return lines


def write_destruction_list(workspace: Workspace, receipt: Receipt, lines: Sequence[Row]) -> tuple[Path, str]:
    """Write the list as JSON and CSV, flushed to the disk; return its digest. It replaces files of a killed call."""
    file = workspace.path / RECEIPTS / f"vernietiging-{receipt.begun_at:%Y%m%d}-{receipt.receipt_id}.json"
    make_directory(file.parent)
    content = (json.dumps(lines, ensure_ascii=False, indent=2) + "\n").encode()
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(["soort", "selectielijst", "termijn", "aantal", "id", "door", "op", "verklaring"])
    for line in lines:
        term = " ".join(f"{name}={value}" for name, value in line["termijn"].items())
        tail = [line["vernietigd_door"], line["vernietigd_op"], line["verklaring"]]
        for name in line["ids"] or [""]:
            writer.writerow([line["soort"], line["selectielijst"], term, line["aantal"], name, *tail])
    for path, data in ((file, content), (file.with_suffix(".csv"), table.getvalue().encode())):
        remove(path)
        write_file(path, data)
    sync_directory(file.parent)
    return file, sha256_of(content)
