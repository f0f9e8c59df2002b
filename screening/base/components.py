"""Connected components: what is tied together, directly or through others."""

from __future__ import annotations

import numpy as np


def connected(n: int, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """The number of the component of each of `n` nodes, which the pairs `left`, `right` (numbers of nodes) tie."""
    # a tree per component, whose root is its smallest node: roots that a pair ties are hung under the smaller one
    root = np.arange(n)
    while len(left):
        left, right = root.take(left), root.take(right)
        is_apart = left != right
        left, right = left[is_apart], right[is_apart]
        np.minimum.at(root, np.maximum(left, right), np.minimum(left, right))
        while np.any(root != (above := root.take(root))):
            root = above
    labels: np.ndarray = (np.cumsum(root == np.arange(n), dtype=np.int32) - np.int32(1)).take(root)
    return labels
