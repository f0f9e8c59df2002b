"""A duty that finds the workspace at work waits for it, and fails where it stays so: nothing is left out in silence."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from flows.night.schedule import duties
from screening.base.vocabulary import ExitCode


@pytest.mark.parametrize(
    ("tries", "expected"), [(3, (0, "")), (2, (ExitCode.ALREADY_RUNNING, "busy"))], ids=["free again", "busy for hours"]
)
def test_a_duty_waits_for_the_run_that_holds_the_workspace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tries: int, expected: tuple[int, str]
) -> None:
    barrier = tmp_path / "barrier"
    barrier.write_text(
        f"#!/bin/sh\ncd {tmp_path}\necho $3 >> tries\n"
        '[ $(wc -l < tries) -gt 2 ] || { echo "{\\"error\\": \\"busy\\"}"; exit 5; }\n'
    )
    barrier.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(barrier))
    monkeypatch.setattr(duties, "_BUSY_SECONDS", 0.0)
    monkeypatch.setattr(duties, "_BUSY_TRIES", tries)
    assert duties._run_when_free(["backup"]) == expected
    assert (tmp_path / "tries").read_text().split() == ["backup"] * tries
