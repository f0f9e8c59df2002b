"""The one oracle of what may be seen."""

from __future__ import annotations

from functools import partial

import pytest

from screening.store import Workspace
from tests.faults.oracle import PublishedState, published_runs


@pytest.fixture
def published_state(workspace: Workspace) -> PublishedState:
    """`published_state(store)`: the runs that can be seen, each of them whole."""
    return partial(published_runs, workspace=workspace)
