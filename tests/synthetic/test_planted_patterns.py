"""The book refuses what would be written wrong, and a case never gets an address that another has."""

from __future__ import annotations

import numpy as np
import pytest

from screening.synthetic.planted_patterns import PlantedPatterns
from screening.synthetic.records import SyntheticRecords
from screening.synthetic.town import build_town


@pytest.fixture
def scene() -> PlantedPatterns:
    return PlantedPatterns(SyntheticRecords(build_town(np.random.default_rng(1), 400)), np.random.default_rng(2))


def test_addresses_are_given_out_once_and_then_refused_with_a_reason(scene: PlantedPatterns) -> None:
    number = len(scene.remaining("venue"))
    taken = [scene.address() for _ in range(number)]
    assert len(set(taken)) == number
    with pytest.raises(ValueError, match="at least 2,500 addresses"):
        scene.address()


def test_an_unknown_column_is_refused(scene: PlantedPatterns) -> None:
    with pytest.raises(ValueError, match="has no column"):
        scene.book.extend("controles", datum=np.array([-1]), inspecteur=np.array([1]))


def test_what_is_not_said_is_empty(scene: PlantedPatterns) -> None:
    scene.book.extend("controles", datum=np.array([-1, -2]), bevinding=np.array(["gesloten", None], dtype=object))
    scene.inspection(scene.address(), -3)
    frame = scene.book.frame("controles")
    assert frame["datum"].to_list() == [-1, -2, -3]
    assert frame["bevinding"].to_list() == ["gesloten", None, "in_bedrijf"]
    assert frame["_address"].null_count() == 2
    assert frame["_planted"].to_list() == [False, False, True]
