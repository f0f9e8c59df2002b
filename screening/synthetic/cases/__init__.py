"""Planted cases: what makes an indicator hold, and what only looks like it."""

from __future__ import annotations

from collections.abc import Callable

from screening.synthetic.cases import (
    agencies,
    closures,
    dissolved_holders,
    holiday_parks,
    housing,
    letting,
    licences,
    networks,
    nuisance,
    organisations,
    ownership,
    sex_establishments,
    tourist_letting,
)
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
#: The same of what the two example towns do not know, rules and kinds of case: only where it is asked for.
CASES_OF_NEW_RULES: tuple[Callable[[PlantedPatterns], None], ...] = (
    *holiday_parks.CASES,
    *ownership.CASES,
    *closures.CASES,
    *letting.CASES,
    *agencies.CASES,
    *tourist_letting.CASES,
    *dissolved_holders.CASES,
)
