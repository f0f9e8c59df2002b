"""A reader passes when its sample gives the rows beside it, and when what is damaged gives rows or a reason."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from flows.examination.outcomes import keep_outcome, unexamined_readers
from flows.examination.reader_trials import READER_TRIALS, examine_readers
from flows.extensions.discovery import read_extension
from screening.base.extensions import using_extensions
from tests.flows.extensions.test_external_package import EXAMPLE

SAMPLE = "samples/zom_warmtemeter.sample.dat"
ROWS = "samples/zom_warmtemeter.rows.csv"
READER = "readers/zom_warmtemeter.py"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EXAMPLE, tmp_path / "ZOM"))


def changed(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def test_a_reader_that_passes_is_held_no_longer(folder: Path, tmp_path: Path):
    extension = read_extension("ZOM", "ZOM", folder)
    with using_extensions([extension]):
        assert unexamined_readers(tmp_path)["zom_warmtemeter"].kind == "not_examined"
        trials = examine_readers(extension)
        assert [(trial.name, trial.tried, trial.faults) for trial in trials] == [
            (name, tried, ()) for name, tried in zip(READER_TRIALS, (1, 4), strict=True)
        ]
        keep_outcome(tmp_path, extension, trials, day=date(2026, 11, 1))
        assert unexamined_readers(tmp_path) == {}


def test_what_it_does_not_show_is_said(folder: Path):
    changed(folder / ROWS, "Cafédorp", "Cafestad")
    changed(folder / READER, 'raise UnreadableError(None, "het bestand heeft', '[][0] or ("het bestand heeft')
    sample, damage = examine_readers(read_extension("ZOM", "ZOM", folder))
    assert sample.faults == ("column plaats: 1 of 2 rows are others than beside the sample",)
    assert [fault.partition(", row")[2] for fault in damage.faults] == [
        " 1: it ended (IndexError). Nothing of it is used."
    ] * 2


def test_a_column_that_it_does_not_give_is_named(folder: Path):
    path = folder / ROWS
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(f"{line},{'meterstand' if place == 0 else '1'}" for place, line in enumerate(lines)))
    sample, _ = examine_readers(read_extension("ZOM", "ZOM", folder))
    assert sample.faults == ("the reader gives no column meterstand",)


def test_without_a_sample_nothing_is_tried(folder: Path):
    (folder / SAMPLE).unlink()
    trials = examine_readers(read_extension("ZOM", "ZOM", folder))
    assert {trial.tried for trial in trials} == {0}
    assert all("are not both there" in fault for trial in trials for fault in trial.faults)
