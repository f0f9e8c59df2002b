"""The temporary files of `make test` lie in memory while it runs; a folder that somebody names is used as it is."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT

MEMORY = Path("/dev/shm")
SCRIPT = ROOT / "scripts" / "in_memory.sh"


def folder_of(command: str, **environment: str) -> tuple[int, Path]:
    """Exit code of a command under the script, and the folder for temporary files of which it tells."""
    kept = {name: value for name, value in os.environ.items() if name != "TMPDIR"}
    done = subprocess.run(
        ["bash", SCRIPT, "bash", "-c", f'echo "${{TMPDIR:-/tmp}}"; {command}'],
        env=kept | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, Path(done.stdout.strip())


@pytest.mark.parametrize("code", [0, 5])
def test_the_folder_goes_with_the_command_whose_exit_code_stays(code: int):
    ended, folder = folder_of(f'[ -z "${{TMPDIR:-}}" ] || touch "$TMPDIR/left-in-memory"; exit {code}')
    assert ended == code
    assert folder == Path("/tmp") or (folder.parent == MEMORY and not folder.exists()), "without room: as it was"


def test_a_folder_that_somebody_names_is_used(tmp_path: Path):
    assert folder_of("true", TMPDIR=str(tmp_path)) == (0, tmp_path)
