"""`barrier intake rejects`: the rejected rows and the findings of a run, a spreadsheet a register for its owner."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from flows.catalogue import all_indicators
from flows.desk import Desk
from screening.bibob import rests_on_bibob
from screening.contracts.rejects import HEADER, reject_list
from screening.datasets import DataSet, datasets
from screening.errors import ConfigurationError
from screening.frames import Row
from screening.partners.batch.tables import SheetTable
from screening.partners.batch.workbook import workbook
from screening.store.files import remove, write_file
from screening.wording.quality import mended_sentence

_NOTES = (
    "Deze rijen doen niet mee, omdat ze niet aan de afspraken over dit register voldoen.",
    "Herstel ze in het register zelf en lever opnieuw. Een rij die meer dan één regel breekt, staat er meer keren in.",
    "Rij 1 is de eerste rij onder de kop. De waarden zelf staan hier niet in: kijk daarvoor in het register.",
)
_NOTE_OF_FINDINGS = (
    "Op het blad ‘na te gaan’ staat wat wel meedoet, maar wat u beter nagaat. Er volgt geen aandachtspunt uit."
)
#: The sheet of what takes part and is to be looked into.
_FINDINGS = ("na te gaan", ("Kenmerk", "Regel", "Na te gaan"))


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
    """
    run = desk.run()
    document = desk.store.summary(run.run_id)
    now = _rejected(desk, run.run_id)
    summary: list[dict[str, object]] = []
    for name, about in datasets().items():
        inputs = [entry for entry in document["inputs"] if entry["dataset"] == name]
        if (registers and name not in registers) or not inputs:
            continue
        rejected = now.filter(pl.col("dataset") == name)
        rows = rejected.select("source_file_sha256", "row_number").unique().height
        findings = _findings(document, name)
        file = None
        if rejected.height or findings:
            file = folder / f"{name}_{run.as_of.isoformat()}.xlsx"
            _write(file, _workbook(rejected, findings, about, inputs))
        counts = document["counts"].get("mended", {}).get(name)
        summary.append(
            {
                "register": name,
                "rows": rows,
                "findings": len(findings),
                "file": str(file) if file else None,
                "since_last_run": counts,
                "text": " ".join(
                    [
                        f"{rows:,} rows rejected." if rows else "no row rejected.",
                        *([f"{len(findings):,} findings to look into."] if findings else []),
                        *([f"For its owner: {file}."] if file else []),
                        *([mended_sentence(counts, "en")] if counts else []),
                    ]
                ),
            }
        )
    return summary


def _rejected(desk: Desk, run_id: str) -> pl.DataFrame:
    path = desk.workspace.runs / run_id / "quarantine.parquet"
    try:
        return pl.read_parquet(path)
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read ({error.strerror}). Check the run: barrier verify") from None


def _findings(document: Row, name: str) -> list[tuple[str, ...]]:
    """The findings about records of one register, by key: as cells of that sheet; none that rests on Bibob."""
    kept = {rule.code for rule in all_indicators() if rests_on_bibob(rule.inputs)}
    return sorted(
        (record.removeprefix(f"{name}:"), finding["code"], finding["reason_nl"])
        for finding in document["indicators"]["findings"]
        if finding["code"] not in kept
        for record in finding["records"]
        if record.startswith(f"{name}:")
    )


def _workbook(rejected: pl.DataFrame, findings: list[tuple[str, ...]], about: DataSet, inputs: list[Row]) -> bytes:
    names = {entry["sha256"]: Path(entry["path"]).name for entry in inputs}
    tables = [SheetTable(about.name, HEADER, reject_list(rejected, about, names)), SheetTable(*_FINDINGS, findings)]
    filled = [table for table in tables if table.rows]
    notes = (*(_NOTES if rejected.height else ()), *((_NOTE_OF_FINDINGS,) if findings else ()))
    return workbook(filled, title=f"Na te kijken rijen: {about.business_name_nl}", notes=notes)


def _write(file: Path, content: bytes) -> None:
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        remove(file)
        write_file(file, content)
    except OSError as error:
        raise ConfigurationError(f"{file}: cannot be written ({error.strerror}).") from None
