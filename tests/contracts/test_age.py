"""What tells the age of a delivery, the surest first; a date that is still to come tells none."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from screening.base.datasets import datasets
from screening.contracts.age import AgeBasis, newest_date, reference_date

MANIFEST, SOURCE, ACCEPTED, NEWEST = (date(2026, 10, day) for day in (1, 2, 3, 4))
AS_OF = date(2026, 11, 1)


@pytest.mark.parametrize(
    ("known", "day", "basis"),
    [
        ({"manifests": [MANIFEST, SOURCE], "source": [ACCEPTED], "newest": NEWEST}, SOURCE, AgeBasis.MANIFEST),
        ({"source": [SOURCE], "accepted_for": ACCEPTED, "newest": NEWEST}, SOURCE, AgeBasis.SOURCE),
        ({"accepted_for": ACCEPTED, "newest": NEWEST}, ACCEPTED, AgeBasis.ACCEPTANCE),
        ({"newest": NEWEST}, NEWEST, AgeBasis.NEWEST_DATE),
        ({}, None, AgeBasis.UNKNOWN),
    ],
)
def test_the_surest_tells_the_age(known, day, basis):
    reference = reference_date(**known)
    assert (reference.day, reference.basis) == (day, basis)


def test_age_is_counted_to_the_night_and_unknown_where_nothing_tells():
    assert reference_date(newest=NEWEST).age_days(AS_OF) == 28
    assert reference_date(manifests=[date(2026, 11, 5)]).age_days(AS_OF) == 0
    assert reference_date().age_days(AS_OF) is None


def test_the_newest_date_is_of_the_marked_columns_and_not_after_the_night():
    rows = pl.DataFrame(
        {
            "datum_aanvang": [date(2026, 9, 1), date(2027, 1, 1), None],
            "datum_einde": [None, date(2026, 10, 20), date(2026, 11, 2)],
        }
    )
    assert newest_date(rows, datasets()["handelsregister"], AS_OF) == date(2026, 10, 20)
    assert newest_date(rows.clear(), datasets()["handelsregister"], AS_OF) is None
    assert newest_date(rows, datasets()["controles"], AS_OF) is None
