"""Planted cases: what makes an indicator hold, and what only looks like it."""

from __future__ import annotations

from collections.abc import Callable

from screening.synthetic.cases import housing, licences, networks, nuisance, organisations, sex_establishments
from screening.synthetic.planted_patterns import PlantedPatterns

#: One full set of cases: every function once.
CASES: tuple[Callable[[PlantedPatterns], None], ...] = (
    *licences.CASES,
    *sex_establishments.CASES,
    *networks.CASES,
    *organisations.CASES,
    *nuisance.CASES,
    *housing.CASES,
)
