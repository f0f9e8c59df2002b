"""A town in which officers confirmed two cases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from screening.store import Store
from tests.partners.desk.disclosed import agreed, copied_town, made_town


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[int, str]]:
    """A town of which two officers confirmed a plain case and a sensitive one."""
    folder = tmp_path_factory.mktemp("confirmed") / "var"
    return folder, made_town(folder)


@pytest.fixture
def town(made: tuple[Path, dict[int, str]], tmp_path: Path) -> Iterator[Store]:
    """A copy of it, for what is the same on each kind of database."""
    with copied_town(made[0], tmp_path / "copy") as copied:
        yield copied


@pytest.fixture
def police_town(town: Store) -> Store:
    """The copy with an agreement with the police beside."""
    agreed(town, "politie-oost", "politie")
    return town


@pytest.fixture
def case_id(made: tuple[Path, dict[int, str]]) -> str:
    """Its plain case."""
    return made[1][1]
