"""Connected components: what is tied together, directly or through others."""

from __future__ import annotations

import numpy as np


def connected(n: int, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """The number of the component of each of `n` nodes, which the pairs `left`, `right` (numbers of nodes) tie."""
    from scipy.sparse import coo_array  # noqa: PLC0415  # a quarter of a second, which not everybody need pay
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415  # as above

    graph = coo_array((np.ones(len(left), dtype=np.int8), (left, right)), shape=(n, n))
    labels: np.ndarray = connected_components(graph, directed=False)[1]
    return labels
