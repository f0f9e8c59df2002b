"""The stores of the tests of faults, the process whose children fail, and the one oracle of what may be seen."""

from __future__ import annotations

from functools import partial

import pytest

from screening.store import Workspace
from tests.faults.oracle import PublishedState, published_runs
from tests.store.conftest import (  # noqa: F401 - fixtures
    driver,
    empty_url,
    postgres,
    postgresql_template,
    sqlite_store,
    sqlite_template,
    store,
    url,
    workspace,
)


@pytest.fixture
def published_state(workspace: Workspace) -> PublishedState:  # noqa: F811 - the fixture
    """`published_state(store)`: the runs that can be seen, each of them whole."""
    return partial(published_runs, workspace=workspace)
