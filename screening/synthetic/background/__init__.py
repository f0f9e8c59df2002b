"""The ordinary life of a municipality, made so that none of the planted indicators holds anywhere in it.

Each function says what keeps its records innocent; the tests look at all of them through the definitions themselves.
"""

from __future__ import annotations

import numpy as np

from screening.synthetic.background import events, licences
from screening.synthetic.background.initial_registers import InitialRegisters
from screening.synthetic.planted_patterns import PlantedPatterns
from screening.synthetic.records import SyntheticRecords


def fill(book: SyntheticRecords, scene: PlantedPatterns, rng: np.random.Generator, addresses: int) -> InitialRegisters:
    """Write all background into the book, in an order that uses each address once."""
    ground = InitialRegisters(book, scene, rng, addresses)
    for part in (
        licences.venues,
        licences.chains,
        licences.lodgings,
        licences.refused_and_withdrawn,
        licences.expired,
        licences.letting,
        licences.events_and_building,
        licences.sex_establishments,
        events.companies,
        events.reports,
        events.measures_and_inspections,
    ):
        part(ground)
    return ground
