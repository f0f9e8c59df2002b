"""Average linkage: vetoes hold through any chain, a hub joins no strangers, and both forms give the same clusters."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from screening.linking.linkage import average_linkages, sparse_linkage

STRANGER = -12.0


def drawn(seed: int) -> tuple[int, dict[tuple[int, int], float]]:
    """So many members, and the bits of some of their pairs, no two alike."""
    random = np.random.default_rng(seed)
    n = int(random.integers(2, 13))
    pairs = [pair for pair in combinations(range(n), 2) if random.random() < 0.7]
    return n, {pair: -np.inf if random.random() < 0.1 else float(random.uniform(-8, 12)) for pair in pairs}


def linked(n: int, bits: dict[tuple[int, int], float], rest: float = STRANGER, least: float = 0.0) -> list[int]:
    full = np.full((1, n, n), rest)
    for (a, b), value in bits.items():
        full[0, a, b] = full[0, b, a] = value
    return average_linkages(full, least)[0].tolist()


def linked_by_pairs(n: int, bits: dict[tuple[int, int], float], least: float = 0.0) -> list[int]:
    left, right = np.array(list(bits), dtype=np.int64).reshape(-1, 2).T
    return sparse_linkage(n, left, right, np.array(list(bits.values())), least, STRANGER).tolist()


def test_a_hub_joins_no_strangers() -> None:
    # 0 resembles all others; 1-2 and 3-4 are pairs; strangers are far apart
    hub = {(0, k): 3.0 for k in range(1, 5)} | {(1, 2): 9.0, (3, 4): 8.0}
    assert linked(5, hub) == linked_by_pairs(5, hub) == [0, 0, 0, 3, 3]


def test_a_veto_between_two_members_holds_for_their_clusters() -> None:
    label = linked(4, {(0, 1): 9.0, (1, 2): 9.0, (2, 3): 8.0, (0, 3): -np.inf}, rest=6.0)
    assert label[0] != label[3]


def test_of_equals_the_first_in_order_are_joined() -> None:
    path = {(0, 1): 9.0, (1, 2): 9.0, (2, 3): 9.0}
    assert linked(4, path) == linked_by_pairs(4, path) == [0, 0, 2, 2]


def test_an_average_that_is_rounded_up_changes_nobody_s_place() -> None:
    # (0.1 + 0.1 * 2) / 3 is more than 0.1
    assert linked(4, {(1, 3): 1.1, (2, 3): 0.7}, rest=0.1) == [0, 0, 0, 0]


def test_many_components_are_joined_each_by_itself() -> None:
    bits = np.full((2, 3, 3), STRANGER)
    bits[0, 0, 2] = bits[0, 2, 0] = bits[1, 1, 2] = bits[1, 2, 1] = 5.0
    assert average_linkages(bits, 0.0).tolist() == [[0, 1, 0], [0, 1, 1]]


@limits(max_examples=200, deadline=None)
@given(st.integers(0, 2**32))
def test_both_forms_join_whom_a_search_of_all_averages_joins_and_no_vetoed_pair(seed: int) -> None:
    n, bits = drawn(seed)
    label = linked(n, bits)
    assert all(label[a] != label[b] for (a, b), value in bits.items() if value == -np.inf)
    assert linked_by_pairs(n, bits) == label
    groups = [[member] for member in range(n)]

    def average(a: list[int], b: list[int]) -> float:
        return float(np.mean([bits.get((min(i, j), max(i, j)), STRANGER) for i in a for j in b]))

    while len(groups) > 1:
        highest, a, b = max((average(a, b), a, b) for a, b in combinations(groups, 2))
        if highest < 0:
            break
        groups = [group for group in groups if group not in (a, b)] + [a + b]
    assert label == [min(group) for member in range(n) for group in groups if member in group]
