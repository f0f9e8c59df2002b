"""Municipalities that several tests of assurance look at, made once."""

from __future__ import annotations

import pytest

from screening.synthetic import generate
from tests.assurance.pipeline import AS_OF, Frames, Screened, linked, screened, typed


@pytest.fixture(scope="session")
def town() -> Frames:
    """A municipality as real exports look, linked."""
    return linked(typed(generate(7, 3000, regime="messy", as_of=AS_OF)))


@pytest.fixture(scope="session")
def night(town) -> Screened:
    """What all rules find there."""
    found = screened(town)
    assert found.flags.height > 20
    return found
