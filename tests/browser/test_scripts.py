"""Whatever a register or a person writes is shown as text: nothing of it runs, is loaded, or becomes markup."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain
from pathlib import Path
from threading import Thread
from urllib.parse import quote

import pytest

from screening.base.vocabulary import Role
from screening.review.headers import security_headers
from tests.browser.desk import STILL, Desk, Watch
from tests.browser.payloads import MARK, PAYLOADS
from tests.browser.poisoned import poison
from tests.browser.scene import ANNA, BOTH, ROLES, HalfDone, State, scene_on
from tests.review.conftest import Client, copy_workspace, serving
from tests.review.pages import officers
from tests.review.pages.test_partner_signals import filled

#: What stands on a page because a payload became markup.
BECAME_MARKUP = f"""() => [
  ...document.querySelectorAll('[{MARK}], a[href^="javascript:" i], [hx-get^="https://evil"], base, iframe, embed'),
  ...[...document.querySelectorAll('*')].filter(e => [...e.attributes].some(a => /^on/i.test(a.name))),
].map(e => e.outerHTML.slice(0, 120))"""
SHORT = PAYLOADS[:10]
#: Put a text into every field of a form in which one can type; their names.
FILL_IN = """(form, text) => [...form.querySelectorAll('textarea, input')]
  .filter(field => !['hidden', 'checkbox', 'radio', 'submit', 'button'].includes(field.type))
  .map(field => { field.removeAttribute('maxlength'); field.type && field.tagName === 'INPUT' && (field.type = 'text');
    field.value = text; return field.name; })"""


#: The forms in which one can type: the number of each and the names of its fields.
CAN_BE_FILLED_IN = """forms => forms.map((form, number) => [number, [...form.querySelectorAll('textarea, input')]
  .filter(field => !['hidden', 'checkbox', 'radio', 'submit', 'button'].includes(field.type))
  .map(field => field.name)]).filter(([, names]) => names.length)"""


class Reader:
    """Opens pages in a window and gathers what happened that should not."""

    def __init__(self, desk: Desk, page) -> None:
        self.desk, self.page, self.wrong, self.read, self.found = desk, page, [], 0, set()

    def opens(self, path: str) -> None:
        """Open a page and look at what became of the texts in it."""
        answer = self.page.goto(self.desk.url + path)
        assert answer is None or answer.status < 500, path
        self.looks(path)

    def looks(self, where: str) -> None:
        """Look at the page as it is now, after a moment in which what would run could run."""
        self.page.wait_for_load_state("load")
        self.wrong += [f"{where}: {one}" for one in self.page.evaluate(BECAME_MARKUP)]
        self.read += 1
        text = html.unescape(self.page.content())
        self.found |= {one for one in PAYLOADS if _letters(one) in _letters(text)}


def _letters(text: str) -> str:
    """A text without what a page may change of it: blanks and marks of direction."""
    return re.sub(r"[\s\u00a0\u2028\u202c\u202e\ufeff]+", "", text)


@contextmanager
def reading(desk: Desk, account: str, *roles: Role) -> Iterator[Reader]:
    """A window in which somebody reads; leaving it fails when anything became markup or the browser complained."""
    with desk.window(account, *roles) as page:
        reader = Reader(desk, page)
        yield reader
        assert reader.wrong == []
        assert reader.read > 0


@contextmanager
def poisoned_desk(town: Path, folder: Path, browser, payloads: tuple[str, ...], first: int) -> Iterator[Desk]:
    """Desks before a store that holds payloads wherever a delivery has a text."""
    workspace = copy_workspace(town, folder)
    poison(workspace, payloads, first)
    with serving(workspace) as served:
        desk = Desk(served, browser)
        desk.begin_work()
        yield desk


def _reads_everything(desk: Desk, payloads: tuple[str, ...], most_cases: int) -> set[str]:
    """Every page that shows what a run put into the store, before and after the own reading. The payloads seen."""
    review = desk.served.review
    cases = [*officers.cases(review), *officers.cases(review, sensitive=True), *officers.cases(review, arm="sample")]
    with reading(desk, "c.jansen", *BOTH) as reader:
        client = Client(review, desk.sign_in("c.jansen"))
        reader.opens("/zaken")
        for number, case_id in enumerate(cases[:most_cases]):
            payload = payloads[number % len(payloads)]
            officers.read(client, case_id, text=f"{payload} Dat zie ik.")
            officers.open_all(client, case_id)
            reader.opens(f"/zaken/{case_id}")
            why = f"{payload} Daarom vind ik dit een fout in het register van zaak {number}."
            sent = officers.judge(client, case_id, "data_fout", why, bedoeld="ja")
            assert sent.status_code == 303
            reader.opens(f"/zaken/{case_id}?lang={'en' if number % 2 else 'nl'}")
        found = reader.found
    with reading(desk, "e.smit", Role.ANALYST) as reader:
        client = Client(review, desk.sign_in("e.smit"))
        reader.opens("/koppelingen/volgende")
        while "/koppelingen/L-" in reader.page.url or re.search(r"/koppelingen/[\w-]{10,}$", reader.page.url):
            link_id = reader.page.url.rpartition("/")[2]
            client.send_form(f"/koppelingen/{link_id}", {"oordeel": "zelfde"})
            reader.opens(f"/koppelingen/{link_id}/uitkomst")
            reader.opens("/koppelingen/volgende")
        found |= reader.found
    return found


def test_what_a_run_brings_is_text_and_nothing_else(town_workspace: Path, tmp_path: Path, browser) -> None:
    with poisoned_desk(town_workspace, tmp_path / "poisoned", browser, SHORT, 0) as desk:
        assert set(SHORT) <= _reads_everything(desk, SHORT, 3)


@pytest.mark.parametrize("is_every_state", [False, pytest.param(True, marks=pytest.mark.long)])
def test_a_review_in_the_middle_of_its_work_shows_texts_as_texts(
    half_done: HalfDone, tmp_path: Path, browser, is_every_state: bool
) -> None:
    """Signals, notes of visits, readings, motivations, saved choices, links, signals to the RIEC: all pages."""
    with scene_on(half_done, tmp_path, browser) as scene:
        desk, served = scene.desk, scene.desk.served
        # a signal to the RIEC is sealed by its hash: its texts come in by its form
        case_id, told = scene.ids["confirmed"], dict(zip(("interventie", "vraag", "twijfels"), SHORT[:3], strict=True))
        form = filled(served.review, case_id, **told)
        sent = scene.client(ANNA).send_form(f"/riec/{case_id}/voorbereiden", form)
        assert sent.status_code == 303, officers.words(sent.text)
        poison(served.review.workspace, SHORT)
        found: set[str] = set()
        names: set[str] = set()
        sent_already: set[tuple[str, ...]] = set()
        states = [one for one in scene.states() if one.act is None]
        if not is_every_state:  # a case in every state, each other page as it is at first and at last; a form once
            ends = [{one.route: one for one in ordered}.values() for ordered in (states, reversed(states))]
            of_cases = [one for one in states if one.route == "/zaken/{case_id}"]
            states = list({one.name: one for one in chain(*ends, of_cases)}.values())
        for account in dict.fromkeys(one.account for one in states if one.account):
            with reading(desk, account, *ROLES[account]) as reader:
                for state in states:
                    if state.account == account:
                        reader.opens(state.path)
                        if is_every_state:
                            sent_already.clear()
                        names |= _fills_every_field(reader, state, SHORT, sent_already)
                if account == ANNA:
                    names |= _fills_each_step(reader, f"/riec/{case_id}/voorbereiden", SHORT)
                found |= reader.found
        assert set(SHORT) <= found
        # of each form that a person writes in
        assert {
            "gebied",
            "naam",
            "tekst",
            "motivering",
            "opschrift_gevel",
            "notitie",
            "telefoon",
            "reden",
            "vraag",
            "interventie",
            "twijfels",
            "wie",
            "van",
        } <= names


def _fills_every_field(
    reader: Reader, state: State, payloads: Sequence[str], sent_already: set[tuple[str, ...]]
) -> set[str]:
    """Send every form of the open page with payloads in all that can be typed; look at what comes back. The fields.

    `sent_already`: forms of another state of the page, by its route and their fields; those of this one are added.
    """
    forms = reader.page.locator("main form")
    to_send = [
        (number, (state.route, *names))
        for number, names in forms.evaluate_all(CAN_BE_FILLED_IN)
        if (state.route, *names) not in sent_already
    ]
    filled: set[str] = set()
    for number, form in to_send:
        if filled:
            reader.page.goto(reader.desk.url + state.path)
        if number >= forms.count():  # an earlier form was taken, and this one went with it
            break
        sent_already.add(form)
        filled |= set(forms.nth(number).evaluate(FILL_IN, " ".join(payloads)))
        with reader.page.expect_navigation():
            forms.nth(number).evaluate("form => form.submit()")
        reader.looks(f"{state.path}, form {number}")
    return filled


def _fills_each_step(reader: Reader, path: str, payloads: Sequence[str]) -> set[str]:
    """The same of the form in five steps: fill in what stands in each on the way to the next. The fields."""
    filled: set[str] = set()
    reader.page.goto(reader.desk.url + path)
    for step in range(2, 6):
        form = reader.page.locator("main form.e-form")
        filled |= set(form.evaluate(FILL_IN, " ".join(payloads)))
        with reader.page.expect_navigation():
            form.locator(f".e-steps__button[value='{step}']").click()
        reader.looks(f"{path}, step {step}")
    return filled


@pytest.mark.goal("S7", reached="60 texts in every field of a run")
@pytest.mark.long
@pytest.mark.parametrize("first", [0, 17, 41])
def test_sixty_payloads_in_every_field_of_a_run_are_text(
    town_workspace: Path, tmp_path: Path, browser, first: int
) -> None:
    with poisoned_desk(town_workspace, tmp_path / "poisoned", browser, PAYLOADS, first) as desk:
        assert set(PAYLOADS) <= _reads_everything(desk, PAYLOADS, 40)


def _fills_in(desk: Desk, payload: str) -> set[str]:
    """Send a payload in every field of every form, and look at the page that comes back. The payloads seen."""
    seen: set[str] = set()
    review = desk.served.review
    anna = Client(review, desk.sign_in("a.bakker", Role.OFFICER))
    case_id = officers.cases(review)[0]
    with reading(desk, "a.bakker", Role.OFFICER) as reader:
        fill = partial(_fill, reader, payload)
        for path in ("/zaken?voor={0}&gebied={0}", "/aanmelden?naar={0}", "/bezoeken?x={0}", "/zaken?na={0}&staat={0}"):
            reader.opens(path.format(quote(payload)))
        reader.opens(f"/{quote(payload, safe='')}")
        fill("/meldingen/nieuw", "/meldingen/nieuw", "tekst", "plaats", "postcode", "huisnummer", "toevoeging")
        fill("/zaken", "/zaken/keuzes", "naam")
        anna.state_purpose(case_id)
        reader.opens(f"/zaken/{case_id}")
        fill(f"/zaken/{case_id}", f"/zaken/{case_id}/lezing", "tekst")
        if reader.page.locator("form[action$='/lezing']").count():
            officers.read(anna, case_id, text=payload)
        officers.open_all(anna, case_id)
        fill(f"/zaken/{case_id}", f"/zaken/{case_id}/oordeel", "motivering")
        reader.page.goto(f"{desk.url}/zaken/{case_id}")
        reader.page.locator("[value=verklaard]").check()
        fill("", f"/zaken/{case_id}/oordeel", "tot", "motivering")
        fill("/bezoeken/nieuw", "/bezoeken/nieuw", "collega")
        seen |= reader.found
    with reading(desk, "h.controle", Role.AUDITOR) as reader:
        reader.opens(f"/logboek?van={quote(payload)}&tot={quote(payload)}&wie={quote(payload)}")
        seen |= reader.found
    return seen


def _fill(reader: Reader, payload: str, path: str, action: str, *names: str) -> None:
    """Fill the payload into these fields of a form, send it and look. No path: the page that is open."""
    page = reader.page
    if path:
        page.goto(reader.desk.url + path)
    form = page.locator(f"form[action='{action}']").first
    if not form.count():
        return
    for name in names:
        field = form.locator(f"[name='{name}']")
        if field.count():
            field.first.evaluate(
                "(field, text) => { field.removeAttribute('maxlength'); field.value = text; }", payload
            )
    with page.expect_navigation():
        form.evaluate("form => form.submit()")
    reader.looks(action)


def test_what_a_person_fills_in_is_text_and_nothing_else(desk: Desk) -> None:
    for some in (SHORT[:3], SHORT[3:6], SHORT[6:]):  # together, as long as a field takes them whole
        assert set(some) <= _fills_in(desk, " ".join(some))


@pytest.mark.goal("S7", reached="60 texts in every form")
@pytest.mark.long
@pytest.mark.parametrize("first", range(0, len(PAYLOADS), 10))
def test_sixty_payloads_in_every_form_are_text(desk: Desk, first: int) -> None:
    for payload in PAYLOADS[first : first + 10]:
        assert payload in _fills_in(desk, payload)


# the harness


class _Careless(BaseHTTPRequestHandler):
    """A server that puts what it is asked into the page as it is: in the text, in an attribute, in a field."""

    headers_sent: dict[str, str]

    def do_GET(self) -> None:
        """The page of one payload, by its number."""
        number = self.path.strip("/")
        text = PAYLOADS[int(number)] if number.isdigit() and int(number) < len(PAYLOADS) else ""
        body = f"""<!doctype html><title>x</title><p>{text}</p><input value="{text}"><input value='{text}'>"""
        self.send_response(200)
        for name, value in self.headers_sent.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _caught(browser, headers: dict[str, str], count: int) -> tuple[set[int], Watch]:
    """Which of the first payloads the watch or the look at the page catches on a careless server; the whole watch."""
    handler = type("Careless", (_Careless,), {"headers_sent": headers})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, daemon=True).start()
    origin = f"http://127.0.0.1:{server.server_port}"
    caught: set[int] = set()
    watch = Watch(origin)
    context = browser.new_context(**STILL)
    try:
        watch.over(context)
        context.route("https://evil.example/**", lambda route: route.abort())
        for number in range(count):
            before = len(watch.complaints())
            page = context.new_page()
            page.goto(f"{origin}/{number}", wait_until="load")
            if page.evaluate(BECAME_MARKUP) or len(watch.complaints()) > before:
                caught.add(number)
            page.close()
    finally:
        context.close()
        server.shutdown()
        server.server_close()
    return caught, watch


#: How many payloads, and at least so many dialogs, requests elsewhere and refusals among them.
COUNTS = [(len(SHORT), 5, 1, 5), pytest.param(len(PAYLOADS), 20, 5, 20, marks=pytest.mark.long)]


@pytest.mark.parametrize(("count", "dialogs", "elsewhere", "refused"), COUNTS)
def test_a_careless_page_is_caught_and_the_policy_lets_nothing_of_it_run(
    browser, count: int, dialogs: int, elsewhere: int, refused: int
) -> None:
    caught, watch = _caught(browser, {}, count)
    assert caught == set(range(count))
    assert len(watch.dialogs) >= dialogs
    assert len(watch.elsewhere) >= elsewhere
    _, watch = _caught(browser, security_headers(is_https=False), count)
    assert watch.dialogs == []
    assert len(watch.refused) >= refused
