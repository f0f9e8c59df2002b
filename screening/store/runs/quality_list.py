"""The quality list of a register: what its owner looks up and mends. Made of a published run when somebody asks.

Rows that its contract rejected, and findings of rules: what takes part, flags no address and seems not to hold any
more. Never a value, nothing that rests on Bibob, and nothing of a rule on what is sensitive.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from screening.base.datasets import DataSet, datasets
from screening.base.frames import Row
from screening.base.powers import declared_on_bibob
from screening.base.workbook import SheetTable, workbook
from screening.contracts.rejects import HEADER, reject_list
from screening.store.runs.verify import read_run_file
from screening.store.store import PublishedRun, Store
from screening.store.workspace import Workspace
from screening.wording.quality import findings_of

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


@dataclass(frozen=True)
class QualityList:
    """What the owner of one register has to look at, of one run.

    `rejected`: cells under the header of `reject_list`, one a rule that a row broke. `rows`: how many rows these are.
    `findings`: key of the record, code of the rule and sentence.
    """

    about: DataSet
    as_of: date
    rejected: list[tuple[str, ...]]
    rows: int
    findings: list[tuple[str, ...]]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to look at."""
        return not (self.rejected or self.findings)

    @property
    def file_name(self) -> str:
        """What its file is called: the register and the night."""
        return f"{self.about.name}_{self.as_of.isoformat()}.xlsx"

    def workbook(self) -> bytes:
        """The list as XLSX: a sheet of rejected rows and one of findings, as far as there are any."""
        sheets = [SheetTable(self.about.name, HEADER, self.rejected), SheetTable(*_FINDINGS, self.findings)]
        notes = (*(_NOTES if self.rejected else ()), *((_NOTE_OF_FINDINGS,) if self.findings else ()))
        title = f"Na te kijken rijen: {self.about.business_name_nl}"
        return workbook([sheet for sheet in sheets if sheet.rows], title=title, notes=notes)


def quality_lists(
    store: Store, workspace: Workspace, run: PublishedRun, registers: Collection[str]
) -> Iterator[QualityList]:
    """Make the list of each of these registers of which the run used a delivery, in the order of the registers.

    StoreError: a file of the run is damaged, or was erased after its term.
    """
    document = store.summary(run.run_id)
    rejected = read_run_file(store, workspace, run.run_id, "quarantine.parquet")
    codes = codes_for_owners(store, [document])
    for name, about in datasets().items():
        names = {entry["sha256"]: Path(entry["path"]).name for entry in document["inputs"] if entry["dataset"] == name}
        if name in registers and names:
            of_register = rejected.filter(pl.col("dataset") == name)
            yield QualityList(
                about,
                run.as_of,
                reject_list(of_register, about, names),
                of_register.select("source_file_sha256", "row_number").unique().height,
                sorted(
                    (key, kind["code"], kind["nl"])
                    for kind in findings_of(document, name, codes)
                    for key in kind["keys"]
                ),
            )


def codes_for_owners(store: Store, runs: Sequence[Row]) -> frozenset[str]:
    """The rules with findings that the owner of a register may read: none on Bibob, and none on what is sensitive.

    Args:
        store: What holds the declarations of the rules of each run.
        runs: The documents of runs, oldest first. Each rule is judged by its declaration in the last one that has it.
    """
    declared: dict[str, dict[str, object]] = {}
    for run in reversed(runs):
        codes = {finding["code"] for finding in run.get("indicators", {}).get("findings", [])}
        if codes - declared.keys():
            declared = store.declarations(run["run_id"]) | declared
    return frozenset(
        code
        for code, declaration in declared.items()
        if not (declared_on_bibob(declaration) or declaration.get("sensitive"))
    )
