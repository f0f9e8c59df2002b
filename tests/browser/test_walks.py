"""Each role once, in Dutch: every item of its menu, and what it is there for, done to its end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from screening.base.vocabulary import Role
from tests.browser import journeys, tip_journeys
from tests.browser.desk import Camera, Desk
from tests.browser.journeys import follow, opens_each_item, press, state_purpose, through_menu, told
from tests.browser.scene import (
    ANNA,
    BRAM,
    CARLA,
    DAAN,
    ESRA,
    FLEUR,
    GIJS,
    HANNA,
    IVO,
    ROLES,
    ZOE,
    HalfDone,
    Scene,
    scene_on,
)
from tests.browser.tip_journeys import AxeCamera
from tests.review.conftest import axe_violations, click, overflows


@pytest.fixture(scope="module")
def scene(half_done: HalfDone, tmp_path_factory: pytest.TempPathFactory, browser) -> Iterator[Scene]:
    """A review in the middle of its work."""
    with scene_on(half_done, tmp_path_factory.mktemp("walks"), browser) as opened:
        yield opened


def follow_row(page: Page, text: str) -> None:
    """Follow the link in the row that says this."""
    click(page, page.get_by_role("row").filter(has_text=text).get_by_role("link").last)


def first_choice(page: Page, label: str) -> None:
    """Choose the first that a list offers under this label."""
    page.get_by_label(label, exact=True).select_option(index=1)


def test_an_officer_judges_a_colleague_confirms_they_visit_and_close_the_case(shared_desk: Desk) -> None:
    desk = shared_desk
    desk.sign_in(ANNA, Role.OFFICER, purpose=None)
    with desk.window(ANNA, Role.OFFICER) as page:
        page.goto(desk.url)
        opens_each_item(page)
    address = journeys.officers_judge(desk, Camera(None))
    journeys.officer_visits(desk, Camera(None), [address])
    journeys.officer_follows_up(desk, Camera(None), address)


def test_counter_staff_tips_and_the_contact_person_handles_it(shared_desk: Desk) -> None:
    for account, *roles in ((FLEUR,), (GIJS, Role.CONTACT_PERSON), (ZOE, Role.CARE_COORDINATOR)):
        with shared_desk.window(account, *roles) as page:
            page.goto(shared_desk.url)
            opens_each_item(page)
    _, address = journeys.chosen_cases(shared_desk)[2]
    journeys.staff_sends_a_signal(shared_desk, AxeCamera(), journeys.place_of(address))


def test_counter_staff_thinks_of_a_person_and_reads_whom_to_call(shared_desk: Desk) -> None:
    journeys.staff_thinks_of_a_person(shared_desk, AxeCamera())


def test_an_officer_of_sensitive_cases_reads_one_and_decides_a_request(scene: Scene) -> None:
    with scene.desk.window(CARLA, *ROLES[CARLA]) as page:
        page.goto(scene.desk.url)
        opens_each_item(page)
        page.goto(f"{scene.desk.url}/zaken/{scene.ids['sensitive']}")
        state_purpose(page)
        told(page, "Praat er met niemand anders over.")
        journeys.judge(page, "Er staat een fout in een register", journeys.WHY_ERROR)
        told(page, "Uw oordeel ligt vast.")
        through_menu(page, "Rechten")
        follow(page, "Bezwaar Z-2026-00123")
        press(page, "Toewijzen")
        told(page, "toegewezen")


def test_the_lead_divides_the_work_and_approves_what_waits(scene: Scene) -> None:
    with scene.desk.window(DAAN, *ROLES[DAAN]) as page:
        page.goto(scene.desk.url)
        opens_each_item(page)
        through_menu(page, "Werk")
        first_choice(page, "Aan wie")
        page.get_by_label("Hoeveel").fill("2")
        press(page, "Verdeel")
        told(page, "De zaken staan op naam van uw collega.")
        first_choice(page, "Van wie")
        page.get_by_label("Naar wie").select_option(label="niemand: de volgende die vraagt")
        press(page, "Draag over")
        told(page, "De zaken zijn overgedragen.")
        through_menu(page, "Goedkeuren")
        follow(page, "1 signaal om goed te keuren")
        click(page, page.get_by_role("link", name="Bekijken").first)
        state_purpose(page)
        page.locator("input[name=gezien]").check()
        press(page, "Akkoord: dit mag worden verstuurd")
        page.goto(f"{scene.desk.url}/niet-gezien")
        click(page, page.get_by_role("button", name="Weer openen").first)
        told(page, "De zaak staat weer in de werkvoorraad.")
        page.goto(f"{scene.desk.url}/regels/versie/{scene.ids['version']}")
        last = scene.review.clock.now.date() + timedelta(days=100)
        page.locator("[name=tot]").fill(f"{last:%d-%m-%Y}")
        page.locator("main [name=reden]").fill("De regel is nagelezen en past bij de APV.")
        press(page, "Goedkeuren")
        told(page, "Goedgekeurd. De versie kan in gebruik worden genomen.")


def test_an_officer_gives_a_sheet_out_and_calls_it_back(scene: Scene) -> None:
    place = f"{scene.desk.url}/zaken/{scene.ids['confirmed']}/overdracht"
    with scene.desk.window(BRAM, *ROLES[BRAM]) as page:
        page.goto(scene.desk.url)
        follow(page, "1 blad om uit te geven")
        follow_row(page, "Een collega geeft het uit.")
        state_purpose(page)
        assert page.url == place
        with page.expect_download() as download:
            page.get_by_role("button", name="Blad downloaden en uitgeven").click()
        text = " ".join(PdfReader(download.value.path()).pages[0].extract_text().split())
        assert "Op dit blad staat geen mens" in text
        page.goto(place)
        for width in (1280, 360):
            page.set_viewport_size({"width": width, "height": 900})
            assert (axe_violations(page), overflows(page)) == ([], False)
        page.locator("summary", has_text="Terughalen").click()
        page.get_by_label("Waarom haalt u het terug?").select_option(index=1)
        click(page, page.locator("details[open]").get_by_role("button", name="Terughalen"))
        told(page, "Het gaat naar niemand meer.")
        page.locator("summary", has_text="De partner liet weten dat het is vernietigd").click()
        page.get_by_label("Hoe liet de partner dat weten?").select_option(index=1)
        click(page, page.get_by_role("button", name="Vastleggen"))
        told(page, "Vastgelegd dat de partner het vernietigde.")
        assert axe_violations(page) == []


def test_an_analyst_reads_nights_rules_and_registers_and_judges_a_link(scene: Scene) -> None:
    with scene.desk.window(ESRA, *ROLES[ESRA]) as page:
        page.goto(scene.desk.url)
        opens_each_item(page)
        through_menu(page, "Nachten")
        told(page, "Hier staan alleen aantallen.")
        through_menu(page, "Regels")
        click(page, page.get_by_role("link", name="LIC-04").first)
        page.locator("main [name=reden]").fill("Versie met een langere termijn, zoals besproken.")
        press(page, "Voorstellen")
        told(page, "Voorgesteld. Een collega keurt goed.")
        through_menu(page, "Registers")
        told(page, "Over deze leveringen is twijfel")
        through_menu(page, "Koppelingen")
        follow(page, "Ga verder")
        click(page, page.get_by_role("button", name="Weet ik niet"))
        told(page, "Bewaard: weet ik niet.")


def test_the_auditor_reads_the_ledger_and_checks_that_it_is_whole(scene: Scene) -> None:
    with scene.desk.window(HANNA, *ROLES[HANNA]) as page:
        page.goto(scene.desk.url)
        opens_each_item(page)
        through_menu(page, "Logboek")
        page.locator("main [name=wie]").fill(ANNA)
        click(page, page.get_by_role("main").locator("form button[type=submit]").first)
        expect(page.get_by_role("cell", name="dossier bekeken").first).to_be_visible()
        follow(page, "Controleer of het logboek ongeschonden is")
        told(page, "De keten is ongeschonden")


def test_the_admin_switches_an_account_off_and_on_and_confirms_a_key(scene: Scene) -> None:
    with scene.desk.window(IVO, *ROLES[IVO]) as page:
        page.goto(scene.desk.url)
        opens_each_item(page)
        through_menu(page, "Accounts")
        press(page, f"Zet uit {FLEUR}")
        told(page, "Het account staat uit. De persoon is afgemeld.")
        press(page, f"Zet aan {FLEUR}")
        told(page, "Het account staat weer aan.")
        page.goto(f"{scene.desk.url}/sleutels")
        click(page, page.get_by_role("button", name="Bevestig").first)
        expect(page.get_by_role("main")).not_to_contain_text("Wacht op bevestiging")


def test_the_care_coordinator_the_lead_and_the_fg_do_what_is_theirs(scene: Scene) -> None:
    tip_journeys.coordinator_calls(scene.desk, AxeCamera(), "0301234567")
    tip_journeys.lead_keeps_policy_and_hours(scene.desk, AxeCamera())
    tip_journeys.auditor_reads(scene.desk, AxeCamera())


def test_the_deputy_reads_what_the_contact_person_left(scene: Scene) -> None:
    """The last one: days go by."""
    tip_journeys.contact_person_names_a_deputy(scene.desk, AxeCamera())
    tip_journeys.deputy_takes_over(scene.desk, AxeCamera())
