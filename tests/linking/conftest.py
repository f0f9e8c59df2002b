"""Records and a model that the tests of the engine share: Dutch persons who do not exist, from the benchmark's seed."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from benchmarks.linking.dutch import generate
from benchmarks.linking.jobs import dutch, dutch_own
from screening.linking import LinkModel, Settings, Veto, train


@pytest.fixture(scope="session")
def persons() -> pl.DataFrame:
    return generate(3_000, seed=5)


@pytest.fixture(scope="session")
def settings() -> Settings:
    return replace(dutch_own(), vetoes=(Veto("birth_date", ("else",)),), random_pairs=50_000)


@pytest.fixture(scope="session")
def model(persons: pl.DataFrame, settings: Settings) -> LinkModel:
    return train(persons, settings)


@pytest.fixture(scope="session")
def plain_settings() -> Settings:
    return replace(dutch(), random_pairs=50_000)
