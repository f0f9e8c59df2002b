"""A full disk and a read-only one are told as such, whoever says it and without what it says."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

import polars as pl
import pytest

from flows.night.guard import fenced
from screening.base.errors import BarrierError, DiskError, SourceError
from screening.base.frames import QUARANTINE, FieldSpec, SourceSpec, SourceTable, empty
from screening.base.machine import begin_peak_anew, disk_fault, disk_faults_told, peak_memory_bytes
from screening.base.vocabulary import ExitCode
from screening.sources import ReadLimits, SourceRequest, hand_over, read_sources_isolated
from screening.store import Workspace


def of_sqlite(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("Waterval")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(errno.ENOSPC, "Waterval"), "the disk is full"),
        (OSError(errno.EDQUOT, "Waterval"), "the disk is full"),
        (pl.exceptions.ComputeError("Waterval (os error 28)"), "the disk is full"),
        (of_sqlite(sqlite3.SQLITE_FULL), "the disk is full"),
        (of_sqlite(sqlite3.SQLITE_IOERR_SHMSIZE), "the disk is full"),
        (OSError(errno.EROFS, "Waterval"), "read-only"),
        (of_sqlite(sqlite3.SQLITE_READONLY_DIRECTORY), "read-only"),
        (OSError(errno.EIO, "Waterval"), "the disk fails"),
        (of_sqlite(sqlite3.SQLITE_IOERR_WRITE), "the disk fails"),
    ],
)
def test_the_disk_is_told_by_its_number(error: Exception, told: str) -> None:
    fault = disk_fault(error, "The rows")
    assert fault is not None
    assert fault.exit_code == ExitCode.CANNOT_WRITE
    assert str(fault).startswith("The rows: ")
    assert told in str(fault)
    assert "Waterval" not in str(fault)


def test_another_error_is_none_of_the_disk() -> None:
    others = (OSError(errno.EACCES, "x"), OSError("x"), ValueError(errno.ENOSPC), of_sqlite(sqlite3.SQLITE_BUSY))
    for error in (*others, pl.exceptions.ComputeError("28")):
        assert disk_fault(error, "x") is None


def test_what_cannot_be_written_for_another_reason_is_told_with_its_kind() -> None:
    with (
        pytest.raises(DiskError, match=r"The rows: cannot be written \(Permission denied\)"),
        disk_faults_told("The rows"),
    ):
        raise PermissionError(errno.EACCES, "Permission denied", "Waterval")


def test_a_stage_that_fills_the_disk_is_no_unexpected_failure() -> None:
    def full(_folder: str) -> None:
        raise OSError(errno.ENOSPC, "Waterval")

    with pytest.raises(DiskError, match="stage linking leaves: the disk is full"):
        fenced("linking", full)("folder")


def test_a_full_disk_is_not_blamed_on_the_supplier(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("zaaknummer\nZ1\n", encoding="utf-8")
    out = tmp_path / "out"
    (out / "text").mkdir(parents=True)
    (out / "text" / "vergunningen.parquet").symlink_to("/dev/full")
    fields = {"zaaknummer": FieldSpec("zaaknummer", "string", unique=True)}
    asked = SourceRequest(SourceSpec("vergunningen", path=str(tmp_path / "p.csv")), fields)
    reading = read_sources_isolated([asked], reporter_key=bytes(32), out_dir=out, limits=ReadLimits())
    error = reading.errors["vergunningen"]
    assert type(error) is DiskError
    assert not isinstance(error, SourceError)
    assert "the disk is full" in str(error)


def test_rows_that_find_no_room_are_not_quoted(tmp_path: Path) -> None:
    (tmp_path / "text").mkdir()
    (tmp_path / "text" / "vergunningen.parquet").symlink_to("/dev/full")
    frame = pl.DataFrame({"houder_naam": ["Waterval"] * 1000})
    with pytest.raises(BarrierError, match="the disk is full") as error:
        hand_over(SourceTable("vergunningen", frame, [], empty(QUARANTINE)), tmp_path)
    assert "Waterval" not in str(error.value)


def test_a_workspace_that_may_not_be_written_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = Workspace(tmp_path / "var")

    def read_only(*_arguments: object) -> int:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr("screening.store.workspace.os.open", read_only)
    with pytest.raises(DiskError, match="the workspace: the disk or folder is read-only"), workspace.lock():
        pass


def test_the_peak_is_that_since_it_began_anew() -> None:
    begin_peak_anew()
    before = peak_memory_bytes()
    held = b"x" * (64 << 20)
    assert peak_memory_bytes() - before > 48 << 20
    del held
    begin_peak_anew()
    assert peak_memory_bytes() - before < 48 << 20
