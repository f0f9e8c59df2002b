"""Columns of a network: which column a node stands in, and how high in it, so that few lines cross."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def layers_of(nodes: Sequence[str], targets: Mapping[str, Sequence[str]], bottom: Mapping[str, int]) -> dict[str, int]:
    """Node -> its layer: one more than the highest of its targets. `bottom`: nodes whose layer is known.

    A circle is cut at the node of it that comes first. A node without a target is in layer 1.
    """
    layers = dict(bottom)
    open_nodes: set[str] = set()

    def layer(node: str) -> int:
        if node in layers:
            return layers[node]
        open_nodes.add(node)
        below = [layer(target) for target in targets.get(node, ()) if target not in open_nodes]
        open_nodes.discard(node)
        layers[node] = 1 + max(below, default=0)
        return layers[node]

    for node in nodes:
        layer(node)
    return layers


def stacked(heights: Sequence[float], middles: Sequence[float], gap: float) -> list[float]:
    """The top of each of these: under each other in the order of the middles they wish, as near to them as can be."""
    # blocks of neighbours that touch, as [places, top that they wish, height]: two that meet become one
    blocks: list[tuple[list[int], float, float]] = []
    for place in sorted(range(len(heights)), key=lambda place: (middles[place], place)):
        block = ([place], middles[place] - heights[place] / 2, heights[place])
        while blocks and blocks[-1][1] + blocks[-1][2] + gap > block[1]:
            above = blocks.pop()
            share = len(above[0]) / (len(above[0]) + len(block[0]))
            wish = share * above[1] + (1 - share) * (block[1] - above[2] - gap)
            block = (above[0] + block[0], wish, above[2] + gap + block[2])
        blocks.append(block)
    tops = [0.0] * len(heights)
    for places, first_top, _ in blocks:
        top = first_top
        for place in places:
            tops[place], top = top, top + heights[place] + gap
    return tops
