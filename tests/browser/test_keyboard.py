"""The keyboard alone: it comes everywhere in the order of the page, is seen where it is, and never gets stuck."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from screening.base.vocabulary import Role
from tests.browser.desk import Desk
from tests.browser.scene import ROLES, WITHOUT_PURPOSE, HalfDone, Scene, State, scene_on

#: Everything that a Tab should reach: of a group of radio buttons one, in a closed <details> its summary alone, and not
#: the button that the Enter key presses in a form of several buttons.
MARK_STOPS = """() => {
  const shown = e => e.getClientRects().length && e.checkVisibility({visibilityProperty: true})
    && !e.matches(':disabled');
  const all = [...(document.querySelector('dialog[open]') || document).querySelectorAll(
    'a[href], button:not([tabindex="-1"]), input:not([type=hidden]), select,'
    + ' textarea, summary, [tabindex="0"]')].filter(shown);
  const groups = new Map();
  let stops = 0;
  for (const e of all) {
    if (e.type === 'radio') {
      const key = (e.form ? [...document.forms].indexOf(e.form) : '') + '/' + e.name;
      if (!groups.has(key)) groups.set(key, ++stops);
      e.dataset.stop = groups.get(key);
    } else {
      e.dataset.stop = ++stops;
    }
  }
  return stops;
}"""
#: A page may put the focus where something went wrong; here the way begins at its top.
FROM_THE_TOP = """() => {
  const top = document.querySelector('dialog[open]') || document.body;
  top.tabIndex = -1;
  top.focus();
  top.removeAttribute('tabindex');
}"""
WHERE = """() => {
  const e = document.activeElement, s = getComputedStyle(e), box = e.getBoundingClientRect();
  if (e.matches('body, html, dialog')) return null;
  return {
    stop: Number(e.dataset.stop || 0), what: e.outerHTML.slice(0, 100),
    seen: (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2) || s.boxShadow !== 'none',
    inside: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  };
}"""


@pytest.fixture(scope="module")
def scene(half_done: HalfDone, tmp_path_factory: pytest.TempPathFactory, browser) -> Iterator[Scene]:
    """A review in the middle of its work."""
    with scene_on(half_done, tmp_path_factory.mktemp("keys"), browser) as made:
        yield made


def tabbed_through(page, where: str) -> list[str]:
    """What is wrong when one goes through a whole page with the Tab key."""
    wrong: list[str] = []
    wanted = page.evaluate(MARK_STOPS)
    page.evaluate(FROM_THE_TOP)
    reached: list[int] = []
    parts = 4 * page.locator("[type=date]").count()  # day, month, year and the calendar are stops of one field
    for _ in range(wanted + parts + 3):
        page.keyboard.press("Tab")
        at = page.evaluate(WHERE)
        if at is None or (reached and at["stop"] == reached[0] and len(reached) > 1):
            break
        is_part = reached[-1:] == [at["stop"]]  # of a field for a day: the browser itself shows which part
        reached.append(at["stop"])
        wrong += [] if at["seen"] or is_part else [f"{where}: the focus cannot be seen on {at['what']}"]
        wrong += [] if at["inside"] else [f"{where}: the focus is beside the screen on {at['what']}"]
        if page.url.endswith("#main"):
            break
    else:
        wrong.append(f"{where}: the Tab key does not come to the end")
    missed = sorted(set(range(1, wanted + 1)) - set(reached))
    if missed:
        said = page.evaluate("n => document.querySelector(`[data-stop='${n}']`).outerHTML.slice(0, 100)", missed[0])
        wrong.append(f"{where}: {len(missed)} places cannot be reached, the first is {said}")
    wrong += [] if reached == sorted(reached) else [f"{where}: the order of the focus is not that of the page"]
    return wrong


def gone_through(desk: Desk, states: list[State]) -> list[str]:
    """The same for several pages."""
    wrong: list[str] = []
    for account in dict.fromkeys(one.account for one in states):
        if account in WITHOUT_PURPOSE:
            desk.sign_in(account, *ROLES[account], purpose=None)
        with desk.window(account, *ROLES.get(account or "", ())) as page:
            for state in states:
                if state.account == account:
                    page.goto(desk.url + state.path)
                    wrong += tabbed_through(page, state.name)
    return wrong


def test_tab_comes_everywhere_in_order_and_out_again(scene: Scene) -> None:
    """On the pages on which most is done; `test_every_state.py` does so in every state at length."""
    first = {state.route: state for state in reversed(scene.states()) if state.act is None}
    busiest = [first[route] for route in ("/", "/zaken", "/zaken/{case_id}", "/bezoeken/{list_id}")]
    assert gone_through(scene.desk, busiest) == []


def test_the_first_tab_offers_to_skip_to_the_content(scene: Scene) -> None:
    with scene.desk.window("a.bakker", *ROLES["a.bakker"]) as page:
        for path in ("/", "/zaken", f"/zaken/{scene.ids['linked']}"):
            page.goto(scene.desk.url + path)
            page.keyboard.press("Tab")
            assert page.locator(":focus").inner_text() == "Naar de inhoud"
            page.keyboard.press("Enter")
            assert page.evaluate("document.activeElement.id") == "main"
            page.keyboard.press("Tab")
            assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_a_form_that_was_refused_takes_the_focus_to_what_was_wrong(scene: Scene) -> None:
    with scene.desk.window("a.bakker", *ROLES["a.bakker"]) as page:
        page.goto(f"{scene.desk.url}/zaken/{scene.ids['linked']}")
        tab_to(page, "form[action$='/oordeel'] button")
        page.keyboard.press("Enter")
        page.wait_for_selector(".bs-errors:focus")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.name") == "oordeel"


def tab_to(page, selector: str, most: int = 250) -> None:
    """Go on with the Tab key until the focus is there."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"{selector} cannot be reached by keyboard")


def test_a_signal_is_sent_by_keyboard_alone(desk: Desk) -> None:
    with desk.window("f.vos") as page:
        page.goto(desk.url)
        tab_to(page, "nav a[href='/meldingen']")
        page.keyboard.press("Enter")
        page.wait_for_url("**/meldingen")
        tab_to(page, "main a[href='/meldingen/nieuw']")
        page.keyboard.press("Enter")
        page.wait_for_url("**/meldingen/nieuw")
        tab_to(page, "[name=geen_gevaar]")
        page.keyboard.press("Space")
        tab_to(page, "[value=much_waste]")
        page.keyboard.press("Space")
        tab_to(page, "[name=datum]")
        type_day(page, desk.yesterday)
        for name, text in (("postcode", "9999 AA"), ("huisnummer", "3"), ("tekst", "Het licht brandde de hele nacht.")):
            tab_to(page, f"[name={name}]")
            page.keyboard.type(text)
        tab_to(page, "form[action='/meldingen/nieuw'] button")
        page.keyboard.press("Enter")
        page.get_by_text("Uw melding is bij de contactpersoon mensenhandel.").wait_for()


def test_an_officer_takes_reads_and_judges_a_case_by_keyboard_alone(desk: Desk) -> None:
    with desk.window("a.bakker", Role.OFFICER) as page:
        page.goto(f"{desk.url}/zaken")
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


def type_day(page, day: str) -> None:
    """Type a day (ISO) into the field that has the focus, whichever order of parts the language of the system gives."""
    year, month, number = day.split("-")
    for typed in (f"{number}{month}{year}", f"{month}{number}{year}"):
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("ArrowLeft")
        page.keyboard.type(typed)
        if page.evaluate("document.activeElement.value") == day:
            return
    raise AssertionError("the day cannot be typed")


def test_a_link_is_judged_and_taken_back_by_keyboard(scene: Scene) -> None:
    with scene.desk.window("e.smit", Role.ANALYST) as page:
        page.goto(f"{scene.desk.url}/koppelingen/{scene.ids['link']}")
        tab_to(page, "button[value=zelfde]")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        with page.expect_navigation():
            page.keyboard.press("z")
        assert page.url.endswith(scene.ids["link"])


def test_the_harness_finds_a_trap_and_a_focus_that_nobody_sees(scene: Scene) -> None:
    with scene.desk.window("a.bakker", *ROLES["a.bakker"]) as page:
        page.goto(f"{scene.desk.url}/mandaat")
        page.evaluate(
            """() => {
              const sheet = new CSSStyleSheet();
              sheet.replaceSync('main :focus { outline: none !important; box-shadow: none !important }');
              document.adoptedStyleSheets = [sheet];
              const button = document.createElement('button');
              button.append('x');
              button.addEventListener('keydown', e => { if (e.key === 'Tab') e.preventDefault(); });
              document.querySelector('main').append(button);
            }"""
        )
        found = tabbed_through(page, "spoilt")
        assert any("cannot be seen" in one for one in found)
        assert any("does not come to the end" in one or "cannot be reached" in one for one in found)
