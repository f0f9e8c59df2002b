"""`barrier intake rejects`: the quality list of each register in the last run, a spreadsheet for its owner."""

from __future__ import annotations

from pathlib import Path

from flows.desk import Desk
from screening.base.datasets import datasets
from screening.base.errors import ConfigurationError
from screening.store.files import remove, write_file
from screening.store.runs.quality_list import quality_lists
from screening.wording.quality import mended_sentence


def write_rejects(desk: Desk, registers: list[str], folder: Path) -> list[dict[str, object]]:
    """Write a workbook for each register with rejected rows or findings in the last run.

    Args:
        desk: Whose workspace.
        registers: Only these; empty: all.
        folder: Where they go; made where absent, and readable by its owner alone.

    Returns:
        Per register: how many rows were rejected and how many findings there are, the file (None where there is nothing
        to mend), what became of the rows that the run before rejected (None where it rejected none), and a line that
        says it.

    Raises:
        ConfigurationError: No run has been published, or the folder cannot be written.
        StoreError: A file of the run is damaged.
    """
    run = desk.run()
    mended = desk.store.summary(run.run_id)["counts"].get("mended", {})
    summary: list[dict[str, object]] = []
    for quality in quality_lists(desk.store, desk.workspace, run, registers or datasets()):
        file = None
        if not quality.is_empty:
            file = folder / quality.file_name
            _write(file, quality.workbook())
        counts, findings = mended.get(quality.about.name), len(quality.findings)
        summary.append(
            {
                "register": quality.about.name,
                "rows": quality.rows,
                "findings": findings,
                "file": str(file) if file else None,
                "since_last_run": counts,
                "text": " ".join(
                    [
                        f"{quality.rows:,} rows rejected." if quality.rows else "no row rejected.",
                        *([f"{findings:,} findings to look into."] if findings else []),
                        *([f"For its owner: {file}."] if file else []),
                        *([mended_sentence(counts, "en")] if counts else []),
                    ]
                ),
            }
        )
    return summary


def _write(file: Path, content: bytes) -> None:
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        remove(file)
        write_file(file, content)
    except OSError as error:
        raise ConfigurationError(f"{file}: cannot be written ({error.strerror}).") from None
