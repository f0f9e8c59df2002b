"""Connected components."""

from __future__ import annotations

import numpy as np

from screening.components import connected


def test_what_is_tied_through_others_is_one_component() -> None:
    labels = connected(5, np.array([0, 3]), np.array([4, 4]))
    assert labels[0] == labels[3] == labels[4]
    assert len({labels[0], labels[1], labels[2]}) == 3


def test_nothing_has_no_components() -> None:
    nobody = np.empty(0, dtype=np.int64)
    assert not len(connected(0, nobody, nobody))
