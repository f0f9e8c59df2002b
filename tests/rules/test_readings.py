"""The words of the field, each with the case that would be read otherwise."""

from __future__ import annotations

import random
from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.rules import Tables, readings
from screening.rules.lines_of_business import with_lines

AS_OF = date(2026, 11, 1)
D = date.fromisoformat

LICENCE = {
    "status": pl.String,
    "vervalreden": pl.String,
    "weigeringsgrond": pl.String,
    "bezwaar_uitkomst": pl.String,
    **{f"{c}{b}": pl.Date for c in ("datum_besluit", "ingangsdatum", "einddatum") for b in ("", "_min", "_max")},
}


def licence(**columns) -> pl.DataFrame:
    """One licence, granted in 2024 without an end; a date fills its bounds."""
    row = {"status": "verleend", "ingangsdatum": D("2024-05-01"), **columns}
    for name in ("datum_besluit", "ingangsdatum", "einddatum"):
        if row.get(name):
            row |= {f"{name}_min": row[name], f"{name}_max": row[name]}
    return pl.DataFrame([row | {c: row.get(c) for c in LICENCE}], schema=LICENCE)


def holds(expression: pl.Expr, **columns) -> bool:
    return licence(**columns).select(expression).item()


@pytest.mark.parametrize(
    ("columns", "valid"),
    [
        ({}, True),
        ({"ingangsdatum": AS_OF}, True),
        ({"ingangsdatum": D("2026-11-02")}, False),
        ({"ingangsdatum": None}, False),
        ({"einddatum": AS_OF}, True),
        ({"einddatum": D("2026-10-31")}, False),
        ({"status": "aangevraagd"}, False),
        ({"status": "geschorst"}, False),
        ({"status": None}, False),
        ({"bezwaar_uitkomst": "gegrond"}, False),
        ({"bezwaar_uitkomst": "lopend"}, True),
    ],
)
def test_a_valid_licence_is_granted_in_force_and_not_annulled(columns, valid):
    assert holds(readings.valid_licence(AS_OF), **columns) is valid
    assert holds(readings.possibly_valid_licence(AS_OF), **columns) is valid


@pytest.mark.parametrize(
    "bounds",
    [
        {"einddatum_min": D("2026-10-01"), "einddatum_max": D("2026-12-31")},
        {"ingangsdatum": None, "ingangsdatum_min": D("2026-01-01"), "ingangsdatum_max": D("2026-12-31")},
    ],
)
def test_of_a_partial_date_a_licence_is_possibly_but_not_surely_valid(bounds):
    assert not holds(readings.valid_licence(AS_OF), **bounds)
    assert holds(readings.possibly_valid_licence(AS_OF), **bounds)


@pytest.mark.parametrize(
    ("columns", "withdrawn"),
    [
        ({"status": "ingetrokken", "vervalreden": "ingetrokken_overheid"}, True),
        ({"status": "ingetrokken", "vervalreden": "ingetrokken_belanghebbende"}, False),
        ({"status": "ingetrokken"}, False),
        ({"status": "verlopen", "vervalreden": "ingetrokken_overheid"}, False),
        ({"status": "ingetrokken", "vervalreden": "ingetrokken_overheid", "bezwaar_uitkomst": "gegrond"}, False),
    ],
)
def test_withdrawn_by_the_authority(columns, withdrawn):
    assert holds(readings.withdrawn_by_authority(), **columns) is withdrawn


@pytest.mark.parametrize(
    ("ground", "counts"),
    [("inhoudelijk", True), ("bibob", True), (None, True), ("formeel", False), ("bestemming", False)],
)
def test_a_refusal_on_form_or_zoning_does_not_count(ground, counts):
    assert holds(readings.refused(), status="geweigerd", weigeringsgrond=ground) is counts
    assert not holds(readings.refused(), status="geweigerd", weigeringsgrond=ground, bezwaar_uitkomst="gegrond")
    assert not holds(readings.refused(), status="verleend", weigeringsgrond=ground)


@pytest.mark.parametrize(
    ("status", "einddatum", "expected"),
    [
        ("geweigerd", D("2026-03-01"), D("2026-01-01")),
        ("geschorst", D("2026-03-01"), D("2026-01-01")),
        ("ingetrokken", D("2026-03-01"), D("2026-03-01")),
        ("ingetrokken", None, D("2026-01-01")),
        ("verleend", D("2026-03-01"), None),
    ],
)
def test_the_date_of_a_decision_follows_its_kind(status, einddatum, expected):
    columns = {"status": status, "datum_besluit": D("2026-01-01"), "einddatum": einddatum}
    for bound in ("", "_min", "_max"):
        assert licence(**columns).select(readings.decision_date(bound)).item() == expected


def test_pending_is_applied_for_or_under_consideration():
    assert [holds(readings.pending(), status=s) for s in ("aangevraagd", "in_behandeling", "verleend", None)] == [
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("left", "right", "related"),
    [
        ("exploitatie", "terras", True),
        ("coffeeshop", "alcohol", True),
        ("kamerverhuur", "logies", True),
        ("evenement", "evenement", True),
        ("evenement", "omgeving", False),
        ("exploitatie", "kamerverhuur", False),
        (None, "terras", False),
        (None, None, False),
    ],
)
def test_related_types(left, right, related):
    tables = Tables({"vergunningen": pl.DataFrame({"zaaktype": [left]}, schema={"zaaktype": pl.String})})
    frame = tables.vergunningen.with_columns(other=pl.lit(right, dtype=pl.String))
    assert frame.select(readings.is_related("other")).collect().item() is related


@pytest.mark.parametrize(
    ("codes", "line", "has"),
    [
        (["56300"], "horeca", True),
        (["5630"], "horeca", True),
        (["70200", "56111"], "horeca", True),
        (["45630"], "horeca", False),
        (["55101"], "logies", True),
        (["92009"], "speelautomaten", True),
        ([], "horeca", False),
        (None, "horeca", False),
    ],
)
def test_any_code_of_the_establishment_suffices_in_both_versions(codes, line, has):
    rows = {"record": ["r1"], "sbi_codes": [codes], "sbi_versie": [None]}
    schema = {"record": pl.String, "sbi_codes": pl.List(pl.String), "sbi_versie": pl.String}
    establishments = with_lines(pl.LazyFrame(rows, schema=schema), Tables({}).branches)
    lines = readings.lines_of_establishments(establishments).collect()
    assert lines["branche"].to_list() == ([line] if has else [])


def test_a_type_has_a_line_or_is_not_judged():
    lines = readings.lines_of_permit_types(Tables({}).branches).select("zaaktype", "branche").collect()
    assert sorted(lines.rows()) == [
        ("alcohol", "horeca"),
        ("exploitatie", "horeca"),
        ("logies", "logies"),
        ("speelautomaten", "speelautomaten"),
        ("terras", "horeca"),
    ]


def test_permits_and_sex_establishment_licences_stand_in_one_frame():
    tables = Tables(
        {
            "vergunningen": pl.DataFrame({"key": ["Z-1", "Z-2"], "zaaktype": ["terras", "evenement"]}),
            "seksinrichtingen": pl.DataFrame({"key": ["SX-1", "SX-2"], "type": ["club", "escort"]}),
        }
    )
    found = readings.licences(tables, "is_location_bound").collect().to_dicts()
    assert [(row["record"], row["zaaktype"], row["is_location_bound"]) for row in found] == [
        ("vergunningen:Z-1", "terras", True),
        ("vergunningen:Z-2", "evenement", False),
        ("seksinrichtingen:SX-1", "seksinrichting", True),
        ("seksinrichtingen:SX-2", "seksinrichting", False),
    ]


def test_an_establishment_is_active_from_its_first_to_before_its_last_day():
    frame = pl.DataFrame(
        {
            "datum_aanvang_max": [AS_OF, D("2026-11-02"), D("2020-01-01"), D("2020-01-01"), None],
            "datum_einde_min": [None, None, AS_OF, D("2026-11-02"), None],
        },
        schema={"datum_aanvang_max": pl.Date, "datum_einde_min": pl.Date},
    )
    assert frame.select(readings.active(AS_OF)).to_series().to_list() == [True, False, False, True, False]


def test_a_measure_counts_unless_it_was_annulled_or_is_suspended():
    frame = pl.DataFrame({"status": ["in_bezwaar", "onherroepelijk", "geschorst", "vernietigd", None]})
    assert frame.select(readings.counting_measure()).to_series().to_list() == [True, True, False, False, True]


# ------------------------------------------------------------------ reports

REPORT = {
    "record": pl.String,
    "melding_id": pl.String,
    "hoofdmelding_id": pl.String,
    "datum_melding": pl.Date,
    "address_id": pl.String,
    "status": pl.String,
    "bevinding": pl.String,
    "melder_token": pl.String,
    "hoofdcategorie": pl.String,
    "subcategorie": pl.String,
}


def reports(*rows: dict) -> pl.LazyFrame:
    usual = {"datum_melding": AS_OF, "address_id": "a", "status": "afgehandeld", "bevinding": "onbekend"}
    full = [{**dict.fromkeys(REPORT), **usual, "melding_id": f"M{n}", **row} for n, row in enumerate(rows, 1)]
    full = [row | {"record": f"meldingen:{row['melding_id']}"} for row in full]
    return pl.LazyFrame(full, schema=REPORT)


def counted(frame: pl.LazyFrame, where: pl.Expr | None = None) -> list[str]:
    return sorted(readings.counting_reports(frame, where).collect()["melding_id"].to_list())


@pytest.mark.parametrize(
    ("row", "counts"),
    [
        ({}, True),
        ({"status": "geannuleerd"}, False),
        ({"bevinding": "ongegrond"}, False),
        ({"bevinding": "gegrond"}, True),
        ({"status": None, "bevinding": None}, True),
        ({"address_id": None}, False),
        ({"datum_melding": None}, False),
    ],
)
def test_a_report_counts_unless_cancelled_or_unfounded(row, counts):
    assert counted(reports(row)) == (["M1"] if counts else [])


def test_a_child_counts_with_its_parent_and_not_when_the_parent_does_not():
    assert counted(reports({}, {"hoofdmelding_id": "M1"})) == ["M1"]
    assert counted(reports({"status": "geannuleerd"}, {"hoofdmelding_id": "M1"})) == []


def test_children_of_a_parent_that_is_not_there_count_once():
    frame = reports(
        {"hoofdmelding_id": "M9", "datum_melding": D("2026-10-02")},
        {"hoofdmelding_id": "M9", "datum_melding": D("2026-10-01")},
    )
    assert counted(frame) == ["M2"]


def test_one_reporter_counts_once_in_thirty_days_at_an_address():
    days = ["2026-09-01", "2026-09-30", "2026-10-01", "2026-10-30", "2026-10-31"]
    frame = reports(*({"melder_token": "t", "datum_melding": D(day)} for day in days))
    assert counted(frame) == ["M1", "M3", "M5"]
    two = reports({"melder_token": "t"}, {"melder_token": "t", "address_id": "b"})
    assert counted(two) == ["M1", "M2"]


def test_an_empty_token_is_a_reporter_of_its_own():
    assert counted(reports({}, {})) == ["M1", "M2"]


def test_a_report_of_another_kind_does_not_stand_in_the_way():
    """The category is looked at before the reporter: else a report on waste would silence one on noise."""
    frame = reports(
        {"melder_token": "t", "subcategorie": "afval", "datum_melding": D("2026-10-01")},
        {"melder_token": "t", "subcategorie": "geluidsoverlast-muziek", "datum_melding": D("2026-10-05")},
    )
    assert counted(frame, readings.is_relevant_report()) == ["M2"]


@pytest.mark.parametrize(
    ("main", "sub", "relevant", "business", "visitor"),
    [
        ("wonen", "woonfraude", True, False, False),
        ("overlast-bedrijven-en-horeca", "geluidsoverlast-muziek", True, True, False),
        ("overlast-bedrijven-en-horeca", "overlast-door-bezoekers-niet-op-terras", True, True, True),
        ("overlast-bedrijven-en-horeca", "overig-horecabedrijven", True, True, False),
        ("overlast-bedrijven-en-horeca", "stank-horecabedrijven", False, True, False),
        ("afval", "afval", False, False, False),
        (None, None, False, False, False),
    ],
)
def test_kinds_of_reports(main, sub, relevant, business, visitor):
    frame = reports({"hoofdcategorie": main, "subcategorie": sub})
    kinds = (readings.is_relevant_report(), readings.is_business_report(), readings.is_visitor_report())
    assert [frame.select(kind).collect().item() for kind in kinds] == [relevant, business, visitor]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(["s", "t", None]), st.integers(0, 120)), max_size=14),
    st.integers(0, 5),
)
def test_the_reporter_rule_is_its_definition_in_any_order_of_rows(made, seed):
    rows = [
        {"address_id": address, "melder_token": token, "datum_melding": AS_OF - timedelta(days=age)}
        for address, token, age in made
    ]
    frame = reports(*rows).collect()
    kept, last = [], {}
    for row in frame.sort("datum_melding", "melding_id").to_dicts():
        who = (row["address_id"], row["melder_token"] or row["melding_id"])
        if who not in last or (row["datum_melding"] - last[who]).days >= 30:
            kept.append(row["melding_id"])
            last[who] = row["datum_melding"]
    order = list(range(frame.height))
    random.Random(seed).shuffle(order)
    assert counted(frame[order].lazy()) == sorted(kept)


def test_a_window_has_both_its_ends_in():
    assert readings.window_start(AS_OF, 90) == D("2026-08-03")
