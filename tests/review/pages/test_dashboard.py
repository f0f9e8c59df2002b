"""The overview of the team lead: no address, no person, nothing of few, no order that ranks, and an alarm in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from screening.base.civil_time import day_of
from screening.base.vocabulary import LedgerAction, ReviewOutcome, Role
from screening.casework.figures.pooled_months import series_in_force
from screening.partners.pooling.kept_result import FOLDER
from screening.partners.pooling.result import PooledDifference, PooledResult, PooledRule
from screening.review.i18n import long_date
from screening.store import Workspace, open_store, publish
from tests.casework.figures.test_statistics import Office, Officer
from tests.review.conftest import Review, review_on
from tests.store.bundles import make_bundle

LATER = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace in which officers did a season's work: many cases of two indicators, few of the sample."""
    workspace = Workspace(tmp_path_factory.mktemp("dashboard") / "w")
    with open_store(workspace) as store:
        office = Office(store, publish(store, workspace, make_bundle(6)).run_id)
        with office.in_one_go():
            Officer("a.aandachtig", 0.3, 400, 1).works(office, 480, second="afwijking")
            Officer("s.stempelaar", 1.0, 20, 3).works(office, 130)
            for _ in range(3):
                office.case("a.aandachtig", "geen_afwijking", "onjuiste_koppeling")
    return workspace


@pytest.fixture
def dashboard(worked: Workspace) -> Iterator[Review]:
    """The application on it, weeks later."""
    with review_on(worked) as review:
        review.clock.now = LATER
        yield review


def _main(page: str) -> str:
    return page[page.index("<main") : page.index("</main>")]


@pytest.mark.parametrize(
    "role", [None, Role.OFFICER, Role.SENSITIVE_REVIEWER, Role.ANALYST, Role.CONTACT_PERSON, Role.AUDITOR, Role.ADMIN]
)
def test_only_the_lead_sees_it(bare_review: Review, role: Role | None) -> None:
    assert bare_review.client(*([role] if role else [])).get("/overzicht").status_code == 403


def test_before_the_first_month_it_says_so(bare_review: Review) -> None:
    page = bare_review.client(Role.LEAD).get("/overzicht")
    assert page.status_code == 200
    assert "Er is nog geen hele maand voorbij" in page.text
    today = day_of(bare_review.clock.now)
    first = long_date(date(today.year + today.month // 12, today.month % 12 + 1, 1), "nl")
    assert f"op zijn vroegst op {first}" in page.text
    assert "onvoldoende gegevens (nodig: 457)" in page.text


def test_what_is_enough_is_told_with_its_interval_and_what_is_not_is_not(dashboard: Review) -> None:
    main = _main(dashboard.client(Role.LEAD).get("/overzicht").text)
    assert re.search(r"\d+\u00a0% \(\d+–\d+\u00a0%\)", main)
    assert "onvoldoende gegevens (nodig: 457)" in main
    assert "De steekproef is klein" in main
    assert "minder dan 10, dus hooguit" in main


def test_no_count_under_ten_and_no_exact_count_is_shown(dashboard: Review) -> None:
    main = _main(dashboard.client(Role.LEAD).get("/overzicht").text)
    counts = r'(?:s-count|data-head="(?:Nieuw|Getoetst|Vervallen|Oordelen)")'
    cells = re.findall(counts + r'"?>\s*([^<]*?)\s*</td>', main)
    assert len(cells) > 20
    assert {one for one in cells if not re.fullmatch(r"&lt; 10|\d+0–\d+9", one)} == set()


def test_no_address_and_no_case_is_named(dashboard: Review) -> None:
    main = _main(dashboard.client(Role.LEAD).get("/overzicht").text)
    assert "Teststraat" not in main
    assert not re.search(r"\b[0-9a-f]{16}\b", main)
    for word in ("verdacht", "risico", "score", "slachtoffer"):
        assert word not in main.lower()


@pytest.mark.goal("H1", reached="nothing is ordered by a figure")
def test_nothing_is_ordered_by_a_figure(dashboard: Review) -> None:
    main = _main(dashboard.client(Role.LEAD).get("/overzicht").text)
    codes = re.findall(r'scope="row">([A-Z]{3}-\d\d) ', main)
    assert codes == sorted(codes)
    accounts = re.findall(r'scope="row">([a-z]\.[a-z]+)<', main)
    assert accounts == sorted(accounts)


def test_the_alarm_names_who_to_talk_with_and_nobody_else(dashboard: Review) -> None:
    main = _main(dashboard.client(Role.LEAD).get("/overzicht").text)
    alarm = main[main.index("utrecht-alert--warning") : main.index("utrecht-alert--info")]
    assert "s.stempelaar besloot in minstens 95\u00a0%" in alarm
    assert "s.stempelaar leest een dossier meestal korter dan 60 seconden" in alarm
    assert "a.aandachtig" not in alarm


def test_reading_it_is_in_the_ledger(dashboard: Review) -> None:
    lead = dashboard.client(Role.LEAD, account="l.lezer")
    lead.get("/overzicht")
    entries = list(dashboard.ledger.entries(action=LedgerAction.READ_STATISTICS, actor=lead.account))
    assert [one.entry.object for one in entries] == ["list:statistics"]


def test_it_is_there_in_english(dashboard: Review) -> None:
    main = _main(dashboard.client(Role.LEAD).get("/overzicht?lang=en").text)
    assert "Overview for the team lead" in main
    assert "insufficient data (needed: 457)" in main


def test_what_several_municipalities_found_together_is_said_in_sentences(dashboard: Review) -> None:
    """Of a rule as it runs here, and of another version; nothing of the draw by itself."""
    lead = dashboard.client(Role.LEAD)
    assert "Samen met andere gemeenten" not in lead.get("/overzicht").text
    own = next(series for series in series_in_force(dashboard.store) if series.startswith("LIC-04"))
    counts = {"decided": 130, "read": 120, "deviating": 40, "outcomes": {name: 10 for name in ReviewOutcome}}
    interval = PooledDifference(low=4, high=31)
    rules = [
        PooledRule(series=own, difference=interval, **counts),
        PooledRule(series=f"NUI-01|9|{'0' * 16}", **counts),
        PooledRule(series="sample", **counts),
    ]
    folder = dashboard.workspace.path / FOLDER
    folder.mkdir()
    result = PooledResult(processor="De Verwerker", quarter="2026-Q3", rules=tuple(rules))
    (folder / "result.json").write_bytes(result.content())
    main = _main(lead.get("/overzicht").text)
    assert "tot en met kwartaal 3 van 2026" in main
    assert re.findall(r"(\w+-\d+): (versie \d, met \w+ instellingen)", main) == [
        ("LIC-04", "versie 1, met uw instellingen"),
        ("NUI-01", "versie 9, met andere instellingen"),
    ]
    assert "4 tot 31 procentpunt vaker een afwijking" in main
    assert main.count("Mensen beoordeelden 130 tot 139 adressen") == 2
    (folder / "result.json").unlink()
    folder.rmdir()
