"""A municipality that exists, of which the people who sign have their keys in the store."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from flows.configuration import load_configuration
from flows.desk import Desk
from tests.mandates import bare_configuration, register


@pytest.fixture(scope="session")
def registered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace made once and copied: its tables and the keys of anna and bram take longer than most tests."""
    with Desk(load_configuration(bare_configuration(tmp_path_factory.mktemp("registered")))) as desk:
        register(desk.store, "anna", "bram")
        assert desk.ledger
        return desk.workspace.path


@pytest.fixture
def bare(registered: Path, tmp_path: Path) -> Path:
    """Its configuration, unsigned and without registers."""
    shutil.copytree(registered, tmp_path / "var")
    return bare_configuration(tmp_path)
