"""Pairs of records at all comparisons: plain values first, then readings, of which the pair that weighs most counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from screening.linking.compare import BITS_SLACK, Comparer, Stage
from screening.linking.encode import Records
from screening.linking.kinds import Codes, InOrder
from screening.linking.readings import Crossed, Readings, best_readings, cross

Rows = np.ndarray

#: Pairs whose readings are compared at one time where all levels are asked: so many fit the cache.
_AT_ONCE = 20_000


@dataclass(frozen=True)
class ComparedPairs:
    """Pairs of rows with their levels (u8, a row a comparison) and, per comparison, the sides that counted."""

    left: Rows
    right: Rows
    levels: np.ndarray
    sides: tuple[Codes, ...]

    def take(self, kept: np.ndarray) -> ComparedPairs:
        """These pairs only."""
        taken = {id(sides): sides.take(kept) for sides in self.sides}
        return ComparedPairs(
            self.left.take(kept),
            self.right.take(kept),
            self.levels.take(kept, 1),
            tuple(taken[id(sides)] for sides in self.sides),
        )


def joined(parts: Sequence[ComparedPairs]) -> ComparedPairs:
    """Pairs of the same records, compared in parts."""
    sides: list[Codes] = []
    shared: dict[int, Codes] = {}
    for number, first in enumerate(parts[0].sides):
        if id(first) not in shared:
            left = np.concatenate([part.sides[number].left for part in parts])
            right = np.concatenate([part.sides[number].right for part in parts])
            shared[id(first)] = Codes(first.codes, left, right)
        sides.append(shared[id(first)])
    left, right = (np.concatenate([getattr(part, side) for part in parts]) for side in ("left", "right"))
    return ComparedPairs(left, right, np.concatenate([part.levels for part in parts], axis=1), tuple(sides))


class ComparerGroup:
    """Comparisons that are made at the same readings; None: each record has one value of all."""

    def __init__(self, numbers: Sequence[int], comparers: Sequence[Comparer], readings: Readings | None) -> None:
        """`numbers`: which of all comparisons these are."""
        self.numbers, self.comparers, self.readings = list(numbers), list(comparers), readings
        self._near = np.nan, np.empty(0, dtype=np.int64), Readings(np.empty(0, dtype=np.int64), {})

    @cached_property
    def lack(self) -> np.ndarray:
        """By reading what any pair with it lies below the most that a pair can weigh here."""
        assert self.readings is not None  # noqa: S101 - single values have no readings
        lack: np.ndarray = np.sum([c.most - c.most_of(self.readings) for c in self.comparers], axis=0)
        return lack

    def promising(self, left: Rows, right: Rows, spare: np.ndarray) -> Crossed:
        """The pairs of readings that can lie within what each pair of records has to spare of its bound."""
        assert self.readings is not None  # noqa: S101 - as above
        most = float(spare.max(initial=0))
        if most != self._near[0]:
            # chunks of one rule have the same to spare, mostly
            near = np.flatnonzero(self.lack <= most)
            counts = np.bincount(self.readings.owner.take(near), minlength=len(self.readings.counts))
            self._near = most, near, Readings(counts, {})
        _, near, readings = self._near
        crossed = cross(readings, left, right)
        a, b = near.take(crossed.left), near.take(crossed.right)
        if most == spare.min(initial=most):
            return Crossed(crossed.owner, a, b)
        kept = np.flatnonzero(np.maximum(self.lack.take(a), self.lack.take(b)) <= spare.take(crossed.owner))
        return Crossed(crossed.owner.take(kept), a.take(kept), b.take(kept))


def comparer_groups(
    comparers: Sequence[Comparer], records: Records, sequence: Sequence[int] | None = None
) -> list[ComparerGroup]:
    """Comparisons of single values first, then those that read one list, together; in a group in this sequence."""
    order = range(len(comparers)) if sequence is None else sequence
    single: list[int] = []
    groups: list[tuple[set[int], list[int]]] = []
    for number in order:
        lists = set(records.lists_of(comparers[number].columns))
        if not lists:
            single.append(number)
            continue
        touched = [group for group in groups if group[0] & lists]
        groups = [group for group in groups if not group[0] & lists]
        groups.append((lists.union(*(g[0] for g in touched)), [*(n for g in touched for n in g[1]), number]))
    result = [ComparerGroup(single, [comparers[number] for number in single], None)] if single else []
    for numbers in sorted((sorted(numbers, key=order.index) for _, numbers in groups), key=lambda n: order.index(n[0])):
        own = [comparers[number] for number in numbers]
        result.append(
            ComparerGroup(numbers, own, records.view(column for comparer in own for column in comparer.columns))
        )
    return result


def compare_all(comparers: Sequence[Comparer], records: Records, left: Rows, right: Rows) -> ComparedPairs:
    """These pairs at all comparisons, no floor."""
    levels = np.empty((len(comparers), len(left)), dtype=np.uint8)
    sides: list[Codes | None] = [None] * len(comparers)
    for group in comparer_groups(comparers, records):
        own = group.comparers
        if group.readings is None:
            settled = Codes(records.codes, left, right)
            levels[group.numbers] = np.stack([stage.level for stage in _settled(own, settled)])
        else:
            crossed = cross(group.readings, *_in_order(records, left, right))
            every = Codes(group.readings.codes, crossed.left, crossed.right)
            stages = _settled(own, every)
            best = _best(own, crossed.owner, stages)
            levels[group.numbers] = np.stack([stage.level[best] for stage in stages])
            settled = every.take(best)
        for number in group.numbers:
            sides[number] = settled
    return ComparedPairs(left, right, levels, tuple(side for side in sides if side is not None))


def gammas(comparers: Sequence[Comparer], records: Records, left: Rows, right: Rows) -> np.ndarray:
    """All levels of these pairs, no floor: one row a comparison (u8, MISSING = 255)."""
    starts = range(0, max(len(left), 1), _AT_ONCE)
    parts = [compare_all(comparers, records, left[s : s + _AT_ONCE], right[s : s + _AT_ONCE]).levels for s in starts]
    return np.concatenate(parts, axis=1)


def above_floor(
    groups: Sequence[ComparerGroup],
    records: Records,
    left: Rows,
    right: Rows,
    near: Rows | None = None,
    *,
    prior: float,
    floor: float,
) -> ComparedPairs:
    """The pairs of these whose log-odds can be `floor` at least, by all comparisons (`groups`: see `comparer_groups`).

    `near`: rows among which `left` and `right` are places (None: they are rows). What is gathered there first and then
    pair by pair stays in the cache. Lossless: a pair is dropped only when even the best that it can still become lies
    below the floor.
    """
    limit = np.float32(floor - prior - BITS_SLACK)
    comparers = [comparer for group in groups for comparer in group.comparers]
    bound = np.full(len(left), np.float32(sum(c.most for c in comparers)), dtype=np.float32)
    whole = ComparedPairs(left, right, np.empty((len(comparers), len(left)), dtype=np.uint8), ())
    sides: dict[int, Codes] = {}
    if near is not None and groups[0].readings is not None:
        whole, near = replace(whole, left=near[left], right=near[right]), None
    for group in groups:
        own = group.comparers
        if group.readings is None:
            codes = records.codes if near is None else InOrder(records.codes, near)
            kept, stages, bound = _reaching(own, Codes(codes, whole.left, whole.right), bound, limit)
            whole = whole.take(kept)
            if near is not None:
                whole = replace(whole, left=near[whole.left], right=near[whole.right])
            counted = Codes(records.codes, whole.left, whole.right)
        else:
            crossed = group.promising(*_in_order(records, whole.left, whole.right), bound - limit)
            every = Codes(group.readings.codes, crossed.left, crossed.right)
            reached, stages, bound = _reaching(own, every, bound[crossed.owner], limit)
            best = _best(own, crossed.owner[reached], stages)
            kept, bound, counted = crossed.owner[reached[best]], bound[best], every.take(reached[best])
            for stage in stages:
                stage.take(best)
            whole = whole.take(kept)
            sides = {number: side.take(kept) for number, side in sides.items()}
        for number, stage in zip(group.numbers, stages, strict=True):
            whole.levels[number] = stage.level
            sides[number] = counted
    return ComparedPairs(
        whole.left, whole.right, whole.levels, tuple(sides[number] for number in range(len(comparers)))
    )


def _in_order(records: Records, left: Rows, right: Rows) -> tuple[Rows, Rows]:
    """The pairs with the smaller id on the left, so that of equal readings the same pair counts in either order."""
    swapped = records.rank.take(left) > records.rank.take(right)
    return np.where(swapped, right, left), np.where(swapped, left, right)


def _best(comparers: Sequence[Comparer], owner: np.ndarray, stages: Sequence[Stage]) -> np.ndarray:
    """Positions of the readings that count for each pair."""
    # summed in one order, whatever order the comparisons came in: a last bit must not choose another reading
    order = sorted(range(len(comparers)), key=lambda number: comparers[number].comparison.name)
    bits = np.zeros(len(owner))
    for number in order:
        bits += stages[number].own
    return best_readings(owner, bits, np.stack([stages[number].level for number in order]))


def _settled(comparers: Sequence[Comparer], sides: Codes) -> list[Stage]:
    """Every comparison's final level of these pairs."""
    stages = []
    for comparer in comparers:
        stage = comparer.whole(sides)
        is_open = np.flatnonzero(comparer.bounded(stage, sides))
        if len(is_open):
            comparer.textual_levels(stage, sides, is_open)
        stages.append(stage)
    return stages


def _reaching(
    comparers: Sequence[Comparer], sides: Codes, bound: np.ndarray, limit: np.float32
) -> tuple[np.ndarray, list[Stage], np.ndarray]:
    """Positions of the pairs that can reach the limit, their final stages and bounds.

    `bound`: the most that each pair can weigh as long as nothing is known of these comparisons.
    """
    open_pairs = _Open(sides, bound, limit)
    for comparer in comparers:
        stage = comparer.whole(open_pairs.sides)
        open_pairs.bound += stage.best - np.float32(comparer.most)
        open_pairs.stages.append(stage)
        open_pairs.narrow()
    for comparer, stage in zip(comparers, open_pairs.stages, strict=True):
        if not comparer.textual:
            open_pairs.is_open.append(np.zeros(len(open_pairs.bound), dtype=bool))
            continue
        before = stage.best.copy()
        is_open = comparer.bounded(stage, open_pairs.sides)
        open_pairs.bound += stage.best - before
        open_pairs.is_open.append(is_open)
        open_pairs.narrow()
    for index, comparer in enumerate(comparers):
        todo = np.flatnonzero(open_pairs.is_open[index])
        if len(todo):
            stage = open_pairs.stages[index]
            before = stage.best[todo].copy()
            comparer.textual_levels(stage, open_pairs.sides, todo)
            open_pairs.bound[todo] += stage.best[todo] - before
            open_pairs.narrow()
    return open_pairs.kept, open_pairs.stages, open_pairs.bound


class _Open:
    """Pairs that can still reach the limit, and all that shrinks with them."""

    def __init__(self, sides: Codes, bound: np.ndarray, limit: np.float32) -> None:
        self.sides, self.bound, self.limit = sides, bound, limit
        self.kept = np.arange(len(bound))
        self.stages: list[Stage] = []
        self.is_open: list[np.ndarray] = []

    def narrow(self) -> None:
        """Drop the pairs whose bound lies below the limit."""
        alive = self.bound >= self.limit
        if alive.all():
            return
        kept = np.flatnonzero(alive)
        for stage in self.stages:
            stage.take(kept)
        self.is_open = [is_open[kept] for is_open in self.is_open]
        self.sides, self.bound, self.kept = self.sides.take(kept), self.bound.take(kept), self.kept.take(kept)
