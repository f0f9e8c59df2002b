"""Municipalities that several tests look at, made once."""

from __future__ import annotations

from datetime import date

import pytest

from screening.synthetic import Municipality, generate

AS_OF = date(2026, 11, 1)


@pytest.fixture(scope="session")
def clean() -> Municipality:
    return generate(11, 3000, regime="clean", as_of=AS_OF)


@pytest.fixture(scope="session")
def messy() -> Municipality:
    return generate(12, 3000, regime="messy", as_of=AS_OF)


@pytest.fixture(params=["clean", "messy"])
def municipality(request: pytest.FixtureRequest) -> Municipality:
    return request.getfixturevalue(request.param)
