"""Every page, at length every state in every setting: nothing that axe-core finds, too small, or beside the screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from inspect import signature
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Error, Page

from screening.base.vocabulary import Role
from screening.store import Workspace
from tests.browser.desk import LARGEST, NARROW, SCREENS, WIDE, Desk
from tests.browser.scene import NEED_SCRIPT, NO_PAGE, ROLES, WITHOUT_PURPOSE, HalfDone, Scene, State, scene_on
from tests.browser.test_keyboard import tabbed_through
from tests.review.conftest import axe_violations, click, overflows, serving
from tests.review.test_sessions import stop_ledger

#: What can be pressed and is not within a sentence (WCAG 2.5.8), smaller than 24 by 24 pixels.
TOO_SMALL = """
[...document.querySelectorAll('a, button, input:not([type=hidden]), select, textarea, summary')]
  .filter(e => e.getClientRects().length && !e.closest('p, li, td, th, dd, figcaption, .bs-visually-hidden'))
  .filter(e => !e.classList.contains('utrecht-skip-link'))
  .map(e => [e.outerHTML.slice(0, 90), e.getBoundingClientRect()])
  .filter(([, box]) => box.height < 24 || box.width < 24).map(([text]) => text)
"""

#: The states of a case in which an officer does something.
MOST_DONE = {
    "queue, wrong choice",
    "dossier, refused",
    "dossier, busy",
    "dossier, ready",
    "dossier, second",
    "dossier, differs",
    "judgement, refused",
    "judgement, explained",
    "judgement, much alike",
    "judgement, conflict",
}


#: 1024 pixels of height, enlarged four times as well.
ENLARGED = 256


@pytest.fixture(scope="module")
def scene(half_done: HalfDone, tmp_path_factory: pytest.TempPathFactory, browser) -> Iterator[Scene]:
    """A review in the middle of its work."""
    with scene_on(half_done, tmp_path_factory.mktemp("states"), browser) as made:
        yield made


def looked_at(
    desk: Desk,
    states: list[State],
    language: str,
    look: Callable[[Page], list[str]] | None = None,
    *,
    scripts: bool = True,
) -> list[str]:
    """What is wrong with these states: one window a person, each page opened once.

    `look`: `faults` by default. `scripts`: whether those of a page run; axe-core does afterwards.
    """
    wrong: list[str] = []
    for account in dict.fromkeys(one.account for one in states):
        roles = ROLES.get(account or "", ())
        if account:
            desk.sign_in(account, *roles, **({"purpose": None} if account in WITHOUT_PURPOSE else {}))
        with desk.window(account, *roles) as page:
            page.goto(f"{desk.url}/toegankelijkheid?lang={language}")
            browser = page.context.new_cdp_session(page)
            for state in states:
                if state.account != account:
                    continue
                where = f"{state.name} ({language})"
                browser.send("Emulation.setScriptExecutionDisabled", {"value": not scripts})
                try:
                    answer = page.goto(desk.url + state.path)
                    wrong += [f"{where}: a page that failed (500)"] if answer and answer.status == 500 else []
                    if state.act:
                        state.act(page)
                except Error as error:  # the other states are looked at all the same
                    wrong.append(f"{where}: cannot be reached: {str(error)[:300]}")
                    continue
                browser.send("Emulation.setScriptExecutionDisabled", {"value": False})
                wrong += [f"{where}: no heading of its own"] if page.locator("h1").count() != 1 else []
                if page.locator("html").get_attribute("lang") != language:
                    wrong.append(f"{where}: another language")
                wrong += [f"{where}: {fault}" for fault in (look or faults)(page)]
                page.set_viewport_size({"width": WIDE, "height": 900})
    return wrong


def faults(page: Page, widths: Sequence[int] = (WIDE,), height: int = 900) -> list[str]:
    """What axe-core finds at each width, and what is too small or beside the smallest screen, of this height."""
    wrong: list[str] = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        wrong += [f"at {width}: {fault}" for fault in axe_violations(page)]
    page.set_viewport_size({"width": LARGEST, "height": height})
    wrong += [f"too small: {target}" for target in page.evaluate(TOO_SMALL)]
    return wrong + (["wider than the smallest screen"] if overflows(page) else [])


def faults_in_every_setting(page: Page) -> list[str]:
    """On every screen, in dark and forced colours, and with the Tab key."""
    wrong = faults_on_every_screen(page)
    page.set_viewport_size({"width": WIDE, "height": 900})
    for setting in ({"color_scheme": "dark"}, {"color_scheme": "light", "forced_colors": "active"}):
        page.emulate_media(**setting)
        wrong += [f"{setting}: {fault}" for fault in axe_violations(page)]
    page.emulate_media(forced_colors="none")
    return wrong + tabbed_through(page, f"at {WIDE}")


def faults_enlarged_by_keyboard(page: Page) -> list[str]:
    """On every screen, and with the Tab key where all is four times as large."""
    return faults_on_every_screen(page) + tabbed_through(page, "enlarged")


def faults_on_every_screen(page: Page) -> list[str]:
    """What is beside a screen of any width, and what axe-core finds on three of them: the last one enlarged."""
    wrong: list[str] = []
    for width in SCREENS:
        page.set_viewport_size({"width": width, "height": 900})
        wrong += [f"wider than {width} pixels"] if overflows(page) else []
    wrong += faults(page, (768, WIDE), ENLARGED)
    return wrong + [f"enlarged: {fault}" for fault in axe_violations(page)]


#: On a desk and on a phone.
ON_BOTH = partial(faults, widths=(WIDE, NARROW))


def test_every_page_and_every_filter_has_a_state_to_look_at(scene: Scene) -> None:
    routes = {one.path: one for one in scene.review.app.state.application.routes if one.method == "GET"}
    assert set(NO_PAGE) - set(routes) == set()
    states = scene.every_state()
    pages = {path: route for path, route in routes.items() if path not in NO_PAGE}
    assert set(pages) == {state.route for state in states} & set(routes), "give a page its state in scene.py"
    assert {state.route for state in scene.states()} >= set(pages), "and not as a filter alone"
    chosen = {
        (path, name)
        for path, route in pages.items()
        for name in signature(route.handler).parameters
        if name != "page" and f"{{{name}" not in path
    }
    asked = {
        (state.route, name) for state in states for name in dict(parse_qsl(urlsplit(state.path).query)) if state.route
    }
    assert chosen - asked == set(), "and a filter or a page of a list its own"


def test_nothing_is_wrong_with_any_page(scene: Scene) -> None:
    """Each page once and where most is done, in Dutch; every state in every setting at length."""
    first = {state.route: state.name for state in reversed(scene.states())}
    states = [state for state in scene.states() if state.name in {*first.values(), *MOST_DONE}]
    assert {state.name for state in states} >= MOST_DONE
    assert looked_at(scene.desk, states, "nl") == []


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_nothing_is_wrong_with_any_state_in_any_setting(half_done: HalfDone, tmp_path: Path, browser) -> None:
    """In Dutch and English, with and without scripts, on every screen, enlarged, in other colours, by keyboard."""
    wrong: list[str] = []
    for language, look in (("nl", faults_in_every_setting), ("en", faults_enlarged_by_keyboard), ("nl", None)):
        # each on work of its own: what was written in a form and not taken stands in it the next time
        with scene_on(half_done, tmp_path / (look or faults).__name__, browser) as own:
            states = [state for state in own.every_state() if look or state.name not in NEED_SCRIPT]
            wrong += looked_at(own.desk, states, language, look, scripts=look is not None)
    assert wrong == []


def test_nothing_is_wrong_before_the_first_run(tmp_path: Path, browser) -> None:
    people = {"a.bakker": "/zaken /bezoeken /bezoeken/nieuw", "e.smit": "/koppelingen", "d.mulder": "/overzicht /riec"}
    people |= {"f.vos": "/meldingen", "g.meijer": "/meldingen/postbak", "h.controle": "/logboek /logboek/controle"}
    with serving(Workspace(tmp_path / "empty")) as served:
        states = [
            State(f"empty {path}", path, account, path) for account, paths in people.items() for path in paths.split()
        ]
        assert looked_at(Desk(served, browser), states, "nl") == []


def test_nothing_is_wrong_with_a_dashboard_that_has_figures(busy_desk: Desk) -> None:
    states = [State("dashboard", "/overzicht", "d.mulder", "/overzicht")]
    assert [one for language in ("nl", "en") for one in looked_at(busy_desk, states, language, ON_BOTH)] == []


def test_nothing_is_wrong_with_the_page_that_says_that_nothing_can_be_shown(desk: Desk) -> None:
    desk.sign_in("a.bakker", Role.OFFICER)
    holder = stop_ledger(desk.served.review)
    try:
        states = [State("503", "/zaken", "a.bakker", "/zaken")]
        with desk.window("a.bakker") as page:
            assert page.goto(f"{desk.url}/zaken").status == 503
        assert looked_at(desk, states, "nl", ON_BOTH) == []
        assert looked_at(desk, states, "en") == []
    finally:
        holder.execute("ROLLBACK")
        holder.close()


def test_nothing_is_wrong_with_the_door_of_the_demonstration(tmp_path: Path, browser) -> None:
    with serving(Workspace(tmp_path / "demo"), mode="demo", oidc=None) as served:
        key = served.review.app.state.application.demo.make_key()
        desk = Desk(served, browser)
        states = [State("door", "/demo", None, f"/demo?sleutel={key}"), State("used", "/aanmelden", None, "/aanmelden")]
        assert looked_at(desk, states, "nl", ON_BOTH) == []
        with desk.window() as page:
            page.goto(f"{desk.url}/demo?sleutel={key}")
            click(page, page.get_by_role("button", name="Anna Toezicht"))
            page.get_by_role("heading", name="Welkom, Anna Toezicht").wait_for()
            assert axe_violations(page) == []


def test_the_harness_finds_what_is_wrong(scene: Scene) -> None:
    """A picture without words, a target of ten pixels and a row that is too wide are found."""

    def spoil(page) -> None:
        page.evaluate(
            """() => {
              const main = document.querySelector('main');
              main.append(document.createElement('img'));
              const small = document.createElement('button');
              small.className = 'klein';
              small.append('x');
              main.append(small);
              const sheet = new CSSStyleSheet();
              sheet.replaceSync('.klein { inline-size: 10px; block-size: 10px; padding: 0; min-block-size: 0 }'
                + '.breed { inline-size: 900px }');
              document.adoptedStyleSheets = [sheet];
              const wide = document.createElement('div');
              wide.className = 'breed';
              wide.append('breed');
              main.append(wide);
            }"""
        )

    found = looked_at(scene.desk, [State("spoilt", "/mandaat", "a.bakker", "/mandaat", spoil)], "nl")
    assert any("image-alt" in one for one in found)
    assert any("too small" in one for one in found)
    assert any("wider than" in one for one in found)
