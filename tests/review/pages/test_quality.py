"""The quality page in the review: for those who look after registers, and the list of each register for its owner."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from screening.base.frames import QUARANTINE
from screening.base.vocabulary import LedgerAction, Purpose, Role
from screening.review.pages.quality import NIGHTS
from screening.store import publish
from screening.store.night_reports import keep_night_report
from tests.flows.notify.nights import GAPS
from tests.review.conftest import Review, axe_violations, looking, overflows, serving
from tests.store.bundles import make_bundle

RULE = {
    "rule_id": "meldingen.status.in_code_list",
    "column": "status",
    "expectation": "in_code_list",
    "severity": "error",
    "description_nl": "Status: is een code uit de lijst",
    "description_en": "status: is a code of the list",
    "rows_tested": 200,
    "rows_failed": 3,
}
#: Register -> rows that were rejected. Of the sex establishments and of who manages one few may read.
REJECTED = {"meldingen": 3, "vergunningen": 0, "seksinrichtingen": 1}
#: Code -> what it reads, the sentence, and how many records it is about.
FINDINGS = {
    "ORG-01": ("kvk_nummer", "Ontbonden onderneming is houder", 2),
    "GEM-01": ("bibob_vragenlijst_datum", "Vergunning verleend zonder vragenlijst", 5),
}
META = {
    "inputs": [
        {
            "dataset": name,
            "path": f"/in/{name}.csv",
            "sha256": f"{place}" * 64,
            "rows_read": 200,
            "rows_accepted": 200 - rows,
            "rows_quarantined": rows,
        }
        for place, (name, rows) in enumerate(REJECTED.items())
    ],
    "deliveries": {name: {"verdict": "good", "age_days": 1, "reasons": []} for name in REJECTED},
    "expectations": {"meldingen": [RULE], "vergunningen": [], "seksinrichtingen": []},
    "counts": {"quarantine": [], "mended": {"meldingen": {"mended": 7, "rejected": 1, "gone": 0, "untold": 0}}},
    "indicators": {
        "run": [{"code": code} for code in FINDINGS],
        "findings": [
            {
                "code": code,
                "reason_nl": reason,
                "reason_en": "The holder was dissolved",
                "records": [f"{name}:Z-{n}" for name in ("vergunningen", "seksinrichtingen") for n in range(count)],
            }
            for code, (_, reason, count) in FINDINGS.items()
        ],
    },
}
ROWS = [
    (name, f"{place}" * 64, n + 1, f"M-{n}", "status", "in_code_list", "is geen code uit de lijst")
    for place, (name, rows) in enumerate(REJECTED.items())
    for n in range(rows)
]


@pytest.fixture
def with_a_night(bare_review: Review) -> Review:
    plain = make_bundle(3)
    rejected = pl.DataFrame(ROWS, schema=QUARANTINE, orient="row")
    declared = [
        {"code": code, "version": 1, "sensitive": False, "inputs": {"vergunningen": [column]}}
        for code, (column, _, _) in FINDINGS.items()
    ]
    bundle = make_bundle(3, meta=META, frames={**plain.frames, "quarantine.parquet": rejected}, declarations=declared)
    publish(bare_review.store, bare_review.workspace, bundle)
    return bare_review


def sheets(content: bytes) -> dict[str, list[tuple[str, ...]]]:
    """The rows of each sheet of a workbook, under its header."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {sheet.title: [*sheet.iter_rows(min_row=2, values_only=True)] for sheet in book.worksheets}


@pytest.mark.parametrize(
    ("role", "status"),
    [(role, 200) for role in (Role.ANALYST, Role.LEAD, Role.AUDITOR)]
    + [(role, 403) for role in (Role.OFFICER, Role.SENSITIVE_REVIEWER, Role.CONTACT_PERSON, Role.ADMIN)],
)
def test_those_who_look_after_registers_see_it(bare_review: Review, role: Role, status: int) -> None:
    assert bare_review.client(role).get("/kwaliteit").status_code == status


def test_it_says_what_came_in_and_which_rule_broke_rows(with_a_night: Review) -> None:
    client = with_a_night.client(Role.ANALYST)
    page = client.get("/kwaliteit").text
    assert "Status: is een code uit de lijst" in page
    assert "3 (1,5 %)" in page
    assert "Status: is" not in client.get("/kwaliteit?lang=en").text
    assert "status: is a code of the list" in client.get("/kwaliteit?lang=en").text
    assert "Ontbonden onderneming is houder" in page
    assert "zonder vragenlijst" not in page  # rests on Bibob: a count on the page of policy alone
    assert "kwamen er 7 hersteld terug" in page
    assert 'style="' not in page
    assert NIGHTS >= 14


def test_the_analyst_downloads_the_list_of_a_register_and_the_ledger_says_so(with_a_night: Review) -> None:
    client = with_a_night.client(Role.ANALYST)
    page = client.get("/kwaliteit").text
    assert page.count("/kwaliteit/lijst?register=") == 2
    got = client.get("/kwaliteit/lijst?register=vergunningen")
    assert got.headers["content-disposition"] == 'attachment; filename="vergunningen_2026-11-01.xlsx"'
    assert sheets(got.content)["na te gaan"] == [
        (f"Z-{n}", "ORG-01", "Ontbonden onderneming is houder") for n in range(2)
    ]
    rows = sheets(client.get("/kwaliteit/lijst?register=meldingen").content)["meldingen"]
    assert [row[:3] for row in rows] == [("meldingen.csv", str(n + 1), f"M-{n}") for n in range(3)]
    assert (
        client.get("/kwaliteit/lijst?register=meldingen").content
        == client.get("/kwaliteit/lijst?register=meldingen").content
    )
    reads = [row.entry for row in with_a_night.ledger.entries(action=LedgerAction.READ_QUALITY)]
    assert {(entry.object, entry.purpose) for entry in reads} == {
        ("register:vergunningen", Purpose.REG),
        ("register:meldingen", Purpose.REG),
    }
    for other in ("handelsregister", "../keys", ""):  # not delivered, or no register
        assert client.get(f"/kwaliteit/lijst?register={other}").status_code == 404


def test_what_is_for_few_is_no_list_for_others_and_who_enforces_gets_none(with_a_night: Review) -> None:
    plain, of_both = with_a_night.client(Role.ANALYST), with_a_night.client(Role.ANALYST, Role.SENSITIVE_REVIEWER)
    path = "/kwaliteit/lijst?register=seksinrichtingen"
    assert (plain.get(path).status_code, of_both.get(path).status_code) == (404, 200)
    findings = "Na te gaan: Vergunningen seksinrichtingen"
    assert (findings in plain.get("/kwaliteit").text, findings in of_both.get("/kwaliteit").text) == (False, True)
    lead = with_a_night.client(Role.LEAD)
    assert lead.get("/kwaliteit/lijst?register=meldingen").status_code == 403
    assert "/kwaliteit/lijst" not in lead.get("/kwaliteit").text


def test_in_a_browser_nothing_is_wrong_here_nor_on_the_page_of_nights(
    browser, with_a_night: Review, tmp_path: Path
) -> None:
    keep_night_report(with_a_night.workspace, GAPS)
    with serving(with_a_night.workspace) as served:
        for width in (1280, 360):
            with looking(browser, served, Role.ANALYST, width=width) as page:
                for name, heading in (("kwaliteit", "Meldingen"), ("nachten", "Registers van de laatste")):
                    page.goto(f"{served.url}/{name}")
                    assert page.locator("h2", has_text=heading).count() == 1
                    assert axe_violations(page) == []
                    assert not overflows(page)
                    page.screenshot(path=tmp_path / f"{name}_{width}.png")
