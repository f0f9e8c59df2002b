"""Case work in Chromium: every state without a fault of axe-core, on a desk and at 360 px, and by keyboard alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from screening.vocabulary import Purpose, Role
from tests.review.conftest import Client, axe_violations, click, copy_workspace, jar, overflows, serving
from tests.review.pages.officers import WHY, cases, judge, open_all, open_dossier, read, ready

OFFICER = Role.OFFICER
BOTH = (Role.OFFICER, Role.SENSITIVE_REVIEWER)


@pytest.fixture(scope="module")
def desk(town_workspace: Path, tmp_path_factory: pytest.TempPathFactory, browser):
    """A served review, and `look(session, path, act)` which checks what is shown then."""
    with serving(copy_workspace(town_workspace, tmp_path_factory.mktemp("desk"))) as served:
        yield Desk(served, browser)


@pytest.fixture
def quiet_desk(town_workspace: Path, tmp_path: Path, browser):
    """The same, where nobody judged anything: the next case is nobody's second look, whichever its id puts first."""
    with serving(copy_workspace(town_workspace, tmp_path / "desk")) as served:
        yield Desk(served, browser)


class Desk:
    """Officers at work in windows of one browser."""

    def __init__(self, served, browser) -> None:
        self.served, self.browser = served, browser

    def officer(self, *roles: Role) -> tuple[str, Client]:
        session_id = self.served.review.sign_in(*(roles or (OFFICER,)))
        return session_id, Client(self.served.review, session_id)

    def window(self, session_id: str, width: int = 1280):
        context = self.browser.new_context(viewport={"width": width, "height": 900}, locale="nl-NL")
        name = self.served.review.app.state.application.cookies.name(jar.SESSION)
        context.add_cookies([{"name": name, "value": session_id, "url": self.served.url}])
        return context

    def look(self, session_id: str, path: str, act=None) -> None:
        """Nothing wrong in the state that `act` leads to, on a desk and on a phone."""
        context = self.window(session_id)
        try:
            page = context.new_page()
            page.goto(self.served.url + path)
            if act:
                act(page)
            assert axe_violations(page) == []
            page.set_viewport_size({"width": 360, "height": 800})
            assert not overflows(page)
            small = page.evaluate(
                """[...document.querySelectorAll('main a, main button, main input:not([type=hidden]), main summary')]
                   .filter(e => e.getClientRects().length && !e.closest('p, li, td, th, figcaption, dd'))
                   .map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
                   .filter(([, box]) => box.height < 24 || box.width < 24).map(([text]) => text)"""
            )
            assert small == []
        finally:
            context.close()


def press(name: str):
    """Press the button of this name, which sends a form."""
    return lambda page: click(page, page.get_by_role("button", name=name))


def fill(outcome: str, why: str, *, versie: str | None = None):
    """Fill the form of the judgement in and send it."""

    def act(page) -> None:
        page.get_by_label(outcome, exact=True).check()
        page.get_by_label("Waarom vindt u dit?").fill(why)
        if versie:
            page.evaluate(f"document.querySelector('[name=versie]').value = '{versie}'")
        press("Leg mijn oordeel vast")(page)

    return act


def choose(outcome: str, shown: str):
    """Choose an outcome; what belongs to it appears."""

    def act(page) -> None:
        assert not page.get_by_text(shown, exact=True).is_visible()
        page.get_by_label(outcome, exact=True).check()
        assert page.get_by_text(shown, exact=True).is_visible()

    return act


def test_the_queue_in_every_state(desk: Desk) -> None:
    session, _ = desk.officer()
    desk.look(session, "/zaken")
    desk.look(session, "/zaken?voor=gisteren&gebied=12")
    desk.look(session, "/zaken?wie=mij&lang=en")


def test_the_dossier_in_every_state(desk: Desk) -> None:
    review = desk.served.review
    (one, first), (two, second), (three, third) = desk.officer(), desk.officer(), desk.officer(*BOTH)
    case_id = cases(review)[0]
    open_dossier(first, case_id)
    desk.look(one, f"/zaken/{case_id}")
    desk.look(one, f"/zaken/{case_id}", press("Leg mijn lezing vast"))
    second.state_purpose(case_id)
    desk.look(two, f"/zaken/{case_id}")  # a colleague has it open
    read(first, case_id)
    desk.look(one, f"/zaken/{case_id}")
    open_all(first, case_id)
    desk.look(one, f"/zaken/{case_id}?lang=en")
    assert judge(first, case_id).status_code == 303
    desk.look(one, f"/zaken/{case_id}")
    ready(second, case_id)
    desk.look(two, f"/zaken/{case_id}")
    judge(second, case_id, "data_fout", "Het register loopt achter: de brief van vorige week noemt een andere datum.")
    desk.look(one, f"/zaken/{case_id}")
    sample = [*cases(review, arm="sample"), *cases(review, arm="sample", sensitive=True)][0]
    read(third, sample)
    desk.look(three, f"/zaken/{sample}")
    sensitive = cases(review, sensitive=True)[0]
    ready(third, sensitive)
    desk.look(three, f"/zaken/{sensitive}")


def test_the_judgement_in_every_state(desk: Desk) -> None:
    session, client = desk.officer()
    one, two = cases(desk.served.review)[1:3]
    ready(client, one)
    path = f"/zaken/{one}"
    desk.look(session, path)
    desk.look(session, path, press("Leg mijn oordeel vast"))
    desk.look(session, path, choose("Er is een gewone verklaring", "Welke verklaring is het?"))
    desk.look(session, path, choose("Dit hoort bij iemand anders", "Bij wie hoort het?"))
    desk.look(session, path, fill("Ja, dit is een afwijking", WHY, versie="1"))  # a conflict
    judge(client, one)
    ready(client, two)
    desk.look(session, f"/zaken/{two}", fill("Ja, dit is een afwijking", f"{WHY} Echt."))  # much like the other


def tab_to(page, selector: str, most: int = 250) -> None:
    """Go on with the Tab key until the focus is there."""
    for _ in range(most):
        if page.evaluate("s => document.activeElement && document.activeElement.matches(s)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} cannot be reached by keyboard")


def test_an_officer_takes_reads_and_judges_a_case_by_keyboard_alone(quiet_desk: Desk) -> None:
    session, _ = quiet_desk.officer()
    context = quiet_desk.window(session)
    page = context.new_page()
    page.goto(f"{quiet_desk.served.url}/zaken")
    tab_to(page, "form[action='/zaken/volgende'] button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/zaken/*")
    tab_to(page, "[name=lezing]")
    page.keyboard.press("Space")
    tab_to(page, "[name=tekst]")
    page.keyboard.type("De registers zijn het hier niet eens.")
    tab_to(page, "form[action$='/lezing'] button")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.get_by_role("heading", name="Waarom dit adres in de lijst staat").wait_for()
    while page.locator("form[action*='/aandachtspunt/']").count():
        before = page.locator("form[action*='/aandachtspunt/']").count()
        tab_to(page, "form[action*='/aandachtspunt/'] button")
        page.keyboard.press("Enter")
        page.wait_for_selector(f".d-hit >> nth={before - 1}")
        page.locator("form[action*='/aandachtspunt/']").nth(before - 1).wait_for(state="detached")
        # the focus is where the text came, so that a screen reader goes on from there
        assert page.evaluate("document.activeElement.closest('.d-hit') !== null")
    tab_to(page, "[name=oordeel]")
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    assert page.get_by_label("Er staat een fout in een register", exact=True).is_checked()
    tab_to(page, "[name=motivering]")
    page.keyboard.type("De datum van het einde staat verkeerd in het register, zie de brief van de ondernemer.")
    tab_to(page, "form[action$='/oordeel'] button")
    page.keyboard.press("Enter")
    page.get_by_text("Uw oordeel ligt vast. De zaak is afgesloten.").wait_for()
    context.close()


def test_without_javascript_the_evidence_opens_all_the_same(desk: Desk) -> None:
    session, client = desk.officer()
    case_id = cases(desk.served.review)[-1]
    client.state_purpose(case_id, Purpose.VERG)
    read(client, case_id)
    context = desk.browser.new_context(java_script_enabled=False)
    name = desk.served.review.app.state.application.cookies.name(jar.SESSION)
    context.add_cookies([{"name": name, "value": session, "url": desk.served.url}])
    page = context.new_page()
    page.goto(f"{desk.served.url}/zaken/{case_id}")
    count = page.get_by_text("nog niet gelezen").count()
    click(page, page.get_by_role("button", name=re.compile("^Open en lees")).first)
    assert page.get_by_text("nog niet gelezen").count() == count - 1
    assert page.get_by_text("Dit kan ook betekenen", exact=True).count() == 1
    context.close()
