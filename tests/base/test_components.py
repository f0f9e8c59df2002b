"""Connected components."""

from __future__ import annotations

import numpy as np

from screening.base.components import connected


def test_what_is_tied_through_others_is_one_component() -> None:
    labels = connected(5, np.array([0, 3]), np.array([4, 4]))
    assert labels[0] == labels[3] == labels[4]
    assert len({labels[0], labels[1], labels[2]}) == 3


def test_nothing_has_no_components() -> None:
    nobody = np.empty(0, dtype=np.int64)
    assert not len(connected(0, nobody, nobody))


def test_components_are_numbered_by_their_first_node_whatever_the_pairs_and_their_order() -> None:
    shuffled = np.random.default_rng(1).permutation(1_000)
    labels = connected(1_001, shuffled[:-1], shuffled[1:])
    assert not labels[:1_000].any()
    assert labels[1_000] == 1
    assert connected(5, np.array([4, 2]), np.array([2, 1])).tolist() == [0, 1, 1, 2, 1]
