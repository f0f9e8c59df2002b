"""Counts of reports and inspections: the same whether a rule looks at all objects or at the few that matter."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.rules import Tables, readings

AS_OF = date(2026, 11, 1)
D = date.fromisoformat
_DAYS = st.integers(0, 120)


def _reports(*rows: dict) -> pl.LazyFrame:
    usual = {"hoofdcategorie": "overlast-bedrijven-en-horeca", "status": "afgehandeld", "bevinding": "gegrond"}
    full = [
        {**usual, "key": f"M-{n}", "melding_id": f"M-{n}", "hoofdmelding_id": None, "melder_token": None, **row}
        for n, row in enumerate(rows)
    ]
    types = {"datum_melding": pl.Date, "melder_token": pl.String, "hoofdmelding_id": pl.String, "address_id": pl.String}
    return Tables({"meldingen": pl.DataFrame(full, schema_overrides=types)}).meldingen


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("ab"),
            _DAYS,
            st.sampled_from(["x", "y", None]),
            st.sampled_from([None, "M-0", "M-1", "elders"]),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_narrowing_down_to_some_objects_changes_no_count_there(given_rows):
    rows = [
        {
            "address_id": place,
            "datum_melding": AS_OF - timedelta(days=ago),
            "melder_token": token,
            "hoofdmelding_id": parent,
        }
        for place, ago, token, parent in given_rows
    ]
    everywhere = readings.counting_reports(_reports(*rows)).collect()
    there = readings.counting_reports(_reports(*rows), objects=pl.LazyFrame({"address_id": ["a"]})).collect()
    assert everywhere.filter(pl.col("address_id") == "a").equals(there)


def test_a_tally_counts_reports_and_reporters_from_the_first_day_to_the_last():
    start = D("2026-10-01")
    days = ["2026-09-30", "2026-10-01", "2026-11-01", "2026-11-02"]
    reports = _reports(*({"address_id": "a", "datum_melding": D(day)} for day in days))
    told = readings.tally(
        readings.counting_reports(reports), start, AS_OF, laatste=pl.col("datum_melding").max()
    ).collect()
    assert told.to_dicts() == [
        {
            "address_id": "a",
            "meldingen": 2,
            "melders": 2,
            "report_records": ["meldingen:M-1", "meldingen:M-2"],
            "laatste": AS_OF,
        }
    ]


def _ends() -> pl.LazyFrame:
    row = {"record": "vergunningen:Z-1", "address_id": "a", "ended": D("2026-08-01"), "last_day": D("2026-10-30")}
    return pl.LazyFrame([row])


def test_reports_and_inspections_after_an_end_lie_past_that_day_and_up_to_the_last():
    days = ["2026-08-01", "2026-08-02", "2026-10-30", "2026-10-31"]
    reports = _reports(*({"address_id": "a", "datum_melding": D(day)} for day in days))
    assert readings.business_reports_after(reports, _ends()).collect().rows() == [
        ("vergunningen:Z-1", 2, 0, ["meldingen:M-1", "meldingen:M-2"])
    ]
    of_one_reporter = reports.with_columns(melder_token=pl.lit("t1"))
    assert readings.business_reports_after(of_one_reporter, _ends()).collect().row(0)[1:3] == (1, 1)
    visits = [
        {"key": f"C-{n}", "address_id": "a", "bevinding": "in_bedrijf", "datum": D(day)} for n, day in enumerate(days)
    ]
    visits += [{**visits[1], "key": "C-9", "bevinding": "gesloten"}]
    inspections = Tables({"controles": pl.DataFrame(visits)}).controles
    assert readings.in_operation_after(inspections, _ends()).collect().rows() == [
        ("vergunningen:Z-1", 2, ["controles:C-1", "controles:C-2"])
    ]


def test_more_let_than_permitted_counts_where_the_whole_date_lies_in_the_window():
    visit = {"address_id": "a", "bevinding": "meer_kamers_dan_vergund"}
    visits = pl.DataFrame(
        [
            {**visit, "key": "C-1", "datum_min": D("2026-10-01"), "datum_max": D("2026-10-31")},
            {**visit, "key": "C-2", "datum_min": D("2026-09-30"), "datum_max": D("2026-10-31")},
            {
                **visit,
                "key": "C-3",
                "datum_min": D("2026-10-05"),
                "datum_max": D("2026-10-05"),
                "bevinding": "gesloten",
            },
            {**visit, "key": "C-4", "datum_min": AS_OF, "datum_max": AS_OF, "address_id": None},
        ]
    )
    found = readings.over_permit_inspections(Tables({"controles": visits}).controles, D("2026-10-01"), AS_OF)
    assert found.collect().rows() == [("a", 1, ["controles:C-1"])]
