"""Two names of persons at the engine's settings: at which level each comparison stands."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from screening.linking.compare import MISSING
from screening.linking.encode import encode
from screening.linking.scorer import Scorer
from screening.matching.parties.party_model import default_model
from screening.matching.parties.persons import PERSONS, person_records

_BORN = date(1980, 5, 17)


def level_of_names(left: str, right: str, *dates: date | None) -> dict[str, str]:
    """Comparison -> level of two normalised names of one birth date (or of these two)."""
    births = list(dates) or [_BORN, _BORN]
    groups = pl.DataFrame(
        {"group": [0, 1], "name_normalised": [left, right], "birth_date": births},
        schema_overrides={"birth_date": pl.Date},
    )
    records = encode(person_records(groups, pl.DataFrame(schema={"group": pl.Int64, "kvk_nummer": pl.String})), PERSONS)
    scorer = Scorer(default_model().persons.link_model(PERSONS, records), records)
    levels = scorer.compare(np.array([0], dtype=np.int32), np.array([1], dtype=np.int32)).levels
    return {
        c.name: "missing" if number == MISSING else c.level_names[number]
        for c, (number,) in zip(PERSONS.comparisons, levels, strict=True)
    }
