"""The lock file: pinned and hashed, and silent about where it was made."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parent.parent
LOCKS = sorted(path.relative_to(_ROOT) for path in [*_ROOT.glob("*.lock"), *_ROOT.glob("benchmarks/**/*.lock")])


@pytest.mark.parametrize("lock", LOCKS, ids=str)
def test_a_lock_names_versions_and_hashes_and_no_place(lock):
    lines = (_ROOT / lock).read_text(encoding="utf-8").splitlines()
    for line in lines:
        assert "://" not in line, f"{lock} names a host"
        assert not re.search(r"(^|[\s(])(/|[A-Za-z]:\\)", line), f"{lock} names a folder of the machine it was made on"
        assert not line.startswith("-"), f"{lock} carries an option of the installer"
    text = "\n".join(lines)
    names = [line for line in lines if re.match(r"[a-z0-9]", line, re.IGNORECASE)]
    assert names
    for entry in re.split(r"\n(?=[A-Za-z0-9])", text):
        if re.match(r"[A-Za-z0-9]", entry):
            assert re.match(r"[\w.\[\],-]+==[\w.+!]+", entry), entry.splitlines()[0]
            assert "--hash=sha256:" in entry, entry.splitlines()[0]
