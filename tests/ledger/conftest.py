"""A ledger for each test, of each kind in turn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from screening.ledger import Ledger, open_ledger


@pytest.fixture
def url(empty_url: str) -> str:
    """URL of a database without a table: a ledger makes its own, a store beside it too."""
    return empty_url


@pytest.fixture
def ledger(url: str, tmp_path: Path) -> Iterator[Ledger]:
    """An empty ledger, of each kind in turn."""
    with open_ledger(url, keys=tmp_path / "keys") as opened:
        yield opened


@pytest.fixture
def sqlite_ledger(tmp_path: Path) -> Iterator[Ledger]:
    """An empty SQLite ledger, where the kind of database makes no difference."""
    with open_ledger(tmp_path) as opened:
        yield opened
