"""Every page, at length every state in both languages: nothing that axe-core finds, too small, or beside the screen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Error

from screening.store import Workspace
from screening.vocabulary import Role
from tests.browser.desk import LARGEST, NARROW, SCREENS, WIDE, Desk
from tests.browser.scene import NO_PAGE, ROLES, WITHOUT_PURPOSE, HalfDone, Scene, State, scene_on
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
    "queue, wrong choice", "dossier, refused", "dossier, busy", "dossier, ready", "dossier, second", "dossier, differs",
    "judgement, refused", "judgement, explained", "judgement, much alike", "judgement, conflict",
}  # fmt: skip


@pytest.fixture(scope="module")
def scene(half_done: HalfDone, tmp_path_factory: pytest.TempPathFactory, browser) -> Iterator[Scene]:
    """A review in the middle of its work."""
    with scene_on(half_done, tmp_path_factory.mktemp("states"), browser) as made:
        yield made


def looked_at(desk: Desk, states: list[State], language: str, *widths: int, **look: str) -> list[str]:
    """What is wrong with these states: one window a person, each width without loading again.

    `look`: how the system of the reader shows pages, `color_scheme` or `forced_colors`.
    """
    wrong: list[str] = []
    for account in dict.fromkeys(one.account for one in states):
        roles = ROLES.get(account or "", ())
        if account:
            desk.sign_in(account, *roles, **({"purpose": None} if account in WITHOUT_PURPOSE else {}))
        with desk.window(account, *roles, **look) as page:
            page.goto(f"{desk.url}/toegankelijkheid?lang={language}")
            for state in states:
                if state.account != account:
                    continue
                answer = page.goto(desk.url + state.path)
                wrong += [f"{state.name}: a page that failed (500)"] if answer and answer.status == 500 else []
                where = f"{state.name} ({language})"
                try:
                    if state.act:
                        state.act(page)
                except Error as error:  # the other states are looked at all the same
                    wrong.append(f"{where}: cannot be reached: {str(error)[:300]}")
                    continue
                for width in widths:
                    page.set_viewport_size({"width": width, "height": 900})
                    wrong += [f"{where} at {width}: {one}" for one in axe_violations(page)]
                page.set_viewport_size({"width": LARGEST, "height": 900})
                wrong += [f"{where}: too small: {one}" for one in page.evaluate(TOO_SMALL)]
                wrong += [f"{where}: wider than {LARGEST} pixels"] if overflows(page) else []
                wrong += [f"{where}: no heading of its own"] if page.locator("h1").count() != 1 else []
                wrong += (
                    [f"{where}: another language"] if page.locator("html").get_attribute("lang") != language else []
                )
                page.set_viewport_size({"width": WIDE, "height": 900})
    return wrong


def test_every_page_has_a_state_to_look_at(scene: Scene) -> None:
    routes = {one.path for one in scene.review.app.state.application.routes if one.method == "GET"}
    seen = {one.route for one in scene.states()}
    assert routes - seen - set(NO_PAGE) == set(), "a new page: give it a state in tests/browser/scene.py"
    assert set(NO_PAGE) - routes == set()


def test_nothing_is_wrong_with_any_page(scene: Scene) -> None:
    """Each page once and where most is done, in Dutch; every state in both languages and on every screen at length."""
    first = {state.route: state.name for state in reversed(scene.states())}
    states = [state for state in scene.states() if state.name in {*first.values(), *MOST_DONE}]
    assert {state.name for state in states} >= MOST_DONE
    assert looked_at(scene.desk, states, "nl", WIDE) == []


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_nothing_is_wrong_with_any_state_on_any_screen(scene: Scene, language: str) -> None:
    assert looked_at(scene.desk, scene.states(), language, *SCREENS) == []


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize(
    "look", [{"color_scheme": "dark"}, {"forced_colors": "active"}], ids=lambda look: next(iter(look))
)
def test_nothing_is_wrong_with_any_state_in_other_colours(scene: Scene, look: dict[str, str]) -> None:
    assert looked_at(scene.desk, scene.states(), "nl", WIDE, **look) == []


def test_nothing_is_wrong_before_the_first_run(tmp_path: Path, browser) -> None:
    people = {"a.bakker": "/zaken /bezoeken /bezoeken/nieuw", "e.smit": "/koppelingen", "d.mulder": "/overzicht /riec"}
    people |= {"f.vos": "/meldingen", "g.meijer": "/meldingen/postbak", "h.controle": "/logboek /logboek/controle"}
    with serving(Workspace(tmp_path / "empty")) as served:
        states = [
            State(f"empty {path}", path, account, path) for account, paths in people.items() for path in paths.split()
        ]
        assert looked_at(Desk(served, browser), states, "nl", WIDE) == []


def test_nothing_is_wrong_with_a_dashboard_that_has_figures(busy_desk: Desk) -> None:
    states = [State("dashboard", "/overzicht", "d.mulder", "/overzicht")]
    assert [one for language in ("nl", "en") for one in looked_at(busy_desk, states, language, WIDE, NARROW)] == []


def test_nothing_is_wrong_with_the_page_that_says_that_nothing_can_be_shown(desk: Desk) -> None:
    desk.sign_in("a.bakker", Role.OFFICER)
    holder = stop_ledger(desk.served.review)
    try:
        states = [State("503", "/zaken", "a.bakker", "/zaken")]
        with desk.window("a.bakker") as page:
            assert page.goto(f"{desk.url}/zaken").status == 503
        assert looked_at(desk, states, "nl", WIDE, NARROW) == []
        assert looked_at(desk, states, "en", WIDE) == []
    finally:
        holder.execute("ROLLBACK")
        holder.close()


def test_nothing_is_wrong_with_the_door_of_the_demonstration(tmp_path: Path, browser) -> None:
    with serving(Workspace(tmp_path / "demo"), mode="demo", oidc=None) as served:
        key = served.review.app.state.application.demo.make_key()
        desk = Desk(served, browser)
        states = [State("door", "/demo", None, f"/demo?sleutel={key}"), State("used", "/aanmelden", None, "/aanmelden")]
        assert looked_at(desk, states, "nl", WIDE, NARROW) == []
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

    found = looked_at(scene.desk, [State("spoilt", "/beleid", "a.bakker", "/beleid", spoil)], "nl", WIDE)
    assert any("image-alt" in one for one in found)
    assert any("too small" in one for one in found)
    assert any("wider than" in one for one in found)
