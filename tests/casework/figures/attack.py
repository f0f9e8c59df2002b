"""An attack by integer programme: between which numbers whoever adds and subtracts can place a count."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from screening.casework.figures.small_counts import STEP, TensRange

#: The place of a count that nobody is told: in a table of months × groups, for one.
Cell = tuple[int, ...]


class Attack:
    """What is told of the cells of a table, as constraints on them. `shape`: of the table."""

    def __init__(self, *shape: int) -> None:
        self.shape = shape
        self._rows: list[np.ndarray] = []
        self._lows: list[float] = []
        self._highs: list[float] = []

    def told(self, cells: Iterable[Cell], count: TensRange) -> None:
        """A sum of cells is told in tens."""
        self.bounded(cells, count.low, count.low + STEP - 1)

    def bounded(self, cells: Iterable[Cell], low: float = 0, high: float = math.inf) -> None:
        """A sum of cells is known to lie between two numbers."""
        self._rows.append(self._row(cells))
        self._lows.append(low)
        self._highs.append(high)

    def range_of(self, cells: Iterable[Cell]) -> tuple[int, int]:
        """The least and the most that a sum of cells can be."""
        aim = self._row(cells)
        constraint = LinearConstraint(np.array(self._rows), self._lows, self._highs)
        ends = []
        for sign in (1, -1):
            solved = milp(sign * aim, integrality=np.ones(aim.size), bounds=Bounds(0, np.inf), constraints=constraint)
            assert solved.success
            ends.append(round(sign * solved.fun))
        return ends[0], ends[1]

    def _row(self, cells: Iterable[Cell]) -> np.ndarray:
        row = np.zeros(self.shape)
        for cell in cells:
            row[cell] = 1
        return row.ravel()
