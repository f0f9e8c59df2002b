"""Findings of visits as inspections: rows of the register *controles*."""

from __future__ import annotations

import polars as pl

from screening.casework.visits.findings import DETAILS
from screening.casework.visits.lists import outcomes_in_force
from screening.store.engine import guarded
from screening.store.store import Store

#: Begins the key of what was found on a visit.
OF_VISIT = "bezoek-"

#: One row a finding of a visit, in the columns of the data set controles and as text, as a delivery is read.
VISIT_CONTROLES: dict[str, pl.DataType] = {
    "controle_id": pl.String(),
    "datum": pl.String(),
    "adresseerbaar_object_id": pl.String(),
    "situatie": pl.String(),
    "bevinding": pl.String(),
    **dict.fromkeys(DETAILS, pl.String()),
}


def findings_as_controles(store: Store) -> pl.DataFrame:
    """Return VISIT_CONTROLES of every visit after corrections; the next run reads them with the register.

    It has one row for each finding: "bezoek-<visit>", "bezoek-<visit>-2" …; a visit without a finding has one
    row. The details stand in the first row. It leaves out the note: no rule reads free text. Sorted by controle_id.
    """
    with guarded("reading the findings of visits"), store.engine.connect() as connection:
        visits = connection.execute(outcomes_in_force()).all()
    rows = []
    for visit in visits:
        for number, finding in enumerate(visit.bevindingen or [None], start=1):
            key = f"{OF_VISIT}{visit.visit_id}" + (f"-{number}" if number > 1 else "")
            details = visit.details if number == 1 else {}
            texts = (None if name not in details else str(details[name]) for name in DETAILS)
            rows.append((key, visit.visited_on.isoformat(), visit.address_id, visit.situatie, finding, *texts))
    return pl.DataFrame(rows, schema=VISIT_CONTROLES, orient="row").sort("controle_id")
