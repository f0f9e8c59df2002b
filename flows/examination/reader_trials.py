"""The trials of the readers of an extension, on the samples that lie beside them: read as a night reads a delivery."""

from __future__ import annotations

import tempfile
from pathlib import Path, PurePosixPath

from screening.base.errors import BarrierError, ReaderError
from screening.base.extensions import Extension, ExtensionFile
from screening.base.frames import PROVENANCE, FieldSpec, ReaderCode, SourceSpec
from screening.rules.examination import Trial
from screening.rules.examination.trial import TrialQuestion
from screening.sources import Reading, SourceRequest, reading_apart

#: Every trial, in the order in which a reader undergoes them.
READER_TRIALS: dict[str, TrialQuestion] = {
    "sample": TrialQuestion(
        "voorbeeld",
        "Het voorbeeldbestand geeft precies de rijen die ernaast staan.",
        "The sample file gives exactly the rows that stand beside it.",
    ),
    "damage": TrialQuestion(
        "beschadigd bestand",
        "Een afgebroken of leeg bestand geeft rijen of een reden.",
        "A file that breaks off, or is empty, gives rows or a reason.",
    ),
}
#: After so many of its ten parts a sample breaks off; after none it is empty.
_TENTHS = (0, 3, 6, 9)
_KEY = b"samples".ljust(32, b"\0")


def examine_readers(extension: Extension) -> tuple[Trial, ...]:
    """The trials of every reader of an extension."""
    return tuple(trial for name, file in extension.readers.items() for trial in _examined(name, file, extension))


def _examined(name: str, source: ExtensionFile, extension: Extension) -> tuple[Trial, ...]:
    """`samples/zom_meterstand.sample.dat` as the reader gives it, against `samples/zom_meterstand.rows.csv`."""
    samples = [file for file in extension.files if file.path.startswith("samples/")]
    given = next((sample for sample in samples if sample.name.startswith(f"{name}.sample.")), None)
    expected = next((sample for sample in samples if sample.name == f"{name}.rows.csv"), None)
    if given is None or expected is None:
        lacking = f"samples/{name}.sample.* and samples/{name}.rows.csv are not both there"
        return tuple(Trial(name, trial, 0, (lacking,)) for trial in READER_TRIALS)
    ending = PurePosixPath(given.name).suffix
    cut = {f"{name}_{tenths}": given.content[: len(given.content) * tenths // 10] for tenths in _TENTHS}
    with tempfile.TemporaryDirectory(prefix="barrier-") as folder:
        code = ReaderCode(name, source.place, source.utf8())
        fields = {column: FieldSpec(column, "string") for column in _columns(expected)}
        requests = [SourceRequest(SourceSpec(f"{name}_rows", _written(folder, "rows.csv", expected.content)), fields)]
        requests += [
            SourceRequest(SourceSpec(called, _written(folder, f"{called}{ending}", content), reader=code), fields)
            for called, content in {name: given.content, **cut}.items()
        ]
        with reading_apart(requests, reporter_key=_KEY) as reading:
            return (
                Trial(name, "sample", 1, tuple(_unlike(reading, name))),
                Trial(name, "damage", len(cut), tuple(_failed(reading, cut))),
            )


def _columns(rows: ExtensionFile) -> list[str]:
    return rows.utf8().partition("\n")[0].strip().split(",")


def _written(folder: str, name: str, content: bytes) -> str:
    path = Path(folder) / name
    path.write_bytes(content)
    return str(path)


def _unlike(reading: Reading, name: str) -> list[str]:
    """In what the rows of the sample are others than those beside it."""
    try:
        given, expected = (reading.table(called).frame.drop(PROVENANCE) for called in (name, f"{name}_rows"))
    except BarrierError as error:
        return [str(error)]
    if lacking := sorted(set(expected.columns) - set(given.columns)):
        return [f"the reader gives no column {', '.join(lacking)}"]
    if given.height != expected.height:
        return [f"the reader gives {given.height} rows, and {expected.height} stand beside the sample"]
    return [
        f"column {column}: {count} of {expected.height} rows are others than beside the sample"
        for column in expected.columns
        if (count := int((~given[column].eq_missing(expected[column])).sum()))
    ]


def _failed(reading: Reading, cut: dict[str, bytes]) -> list[str]:
    """What became of the samples that broke off and were neither read nor refused with a reason."""
    return [str(error) for name in cut if isinstance(error := reading.errors.get(name), ReaderError)]
