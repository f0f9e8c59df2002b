"""The tests of a package of rules and registers: its examination, and the samples of its registers."""

from __future__ import annotations

from pathlib import Path

from flows.catalogue import all_contracts
from flows.examination.case_items import extension_in
from flows.examination.trials import examine_extension
from screening.base.extensions import using_extensions
from screening.base.frames import SourceSpec
from screening.contracts import validate
from screening.sources import SourceRequest, reading_apart


def faults_of_rules(folder: Path) -> list[str]:
    """What the rules of the extension in a folder do not show in their examination, on a made-up town."""
    extension = extension_in(folder)
    with using_extensions([extension]):
        trials = examine_extension(extension)
    return [f"{trial.code} {trial.name}: {fault}" for trial in trials for fault in trial.faults]


def faults_of_samples(folder: Path) -> list[str]:
    """Rows of the good sample of a register that its contract refuses, and rows of the bad one that it accepts."""
    faults = []
    extension = extension_in(folder)
    with using_extensions([extension]):
        for file in extension.files_of("contracts"):
            dataset = file.name.removesuffix(".odcs.yaml")
            for kind in ("good", "bad"):
                path = folder / "samples" / f"{dataset}.{kind}.csv"
                if not path.is_file():
                    faults.append(f"{path.name} is not there")
                    continue
                read, refused, why = _judged(dataset, path)
                if not read:
                    faults.append(f"{path.name} has no row")
                elif kind == "good" and refused:
                    faults.append(f"{path.name}: {refused} of {read} rows are refused: {why}")
                elif kind == "bad" and refused < read:
                    faults.append(f"{path.name}: {read - refused} of {read} rows are accepted")
    return faults


def _judged(dataset: str, path: Path) -> tuple[int, int, str]:
    """Rows read, rows refused, and by which rules."""
    contract = all_contracts()[dataset]
    requests = [SourceRequest(SourceSpec(dataset, str(path)), contract.fields)]
    with reading_apart(requests, reporter_key=b"samples".ljust(32, b"\0")) as reading:
        result = validate(reading.table(dataset), contract)
    rules = sorted({f"{row['column']} {row['expectation']}" for row in result.quarantined.to_dicts()})
    return result.rows_read, result.rows_quarantined, ", ".join(rules)
