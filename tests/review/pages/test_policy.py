"""The policy checklist on its pages: what is open, a question that is answered, and the note in which nobody is."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from screening.base.powers import PolicyRule, PolicyTopic
from screening.base.vocabulary import LedgerAction, PolicyAnswerKind, Role
from screening.casework.policy.answers import policy_answers
from screening.policy.questions import policy_questions
from screening.store import Workspace
from tests.casework.policy.made_up import DAY, SEVEN_GAPS, fill_in
from tests.review.conftest import Review, axe_violations, looking, overflows, review_on, serving

RULES = {
    PolicyTopic.BIBOB: PolicyRule("Beleidsregel <b>Bibob</b>", "art. 2", "Landelijk Bureau Bibob", date(2023, 6, 1))
}
DAMOCLES = "/beleid/sluiten-damocles"
ANSWER = {
    "antwoord": "in_force",
    "functie": "jurist_ov",
    "vastgesteld": "1-6-2025",
    "herzien": "2028-06-01",
    "bewijs": "Besluit Z-2025-00412",
}


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Review]:
    """The review of the municipality with seven gaps, on the day on which they are those; no test changes them."""
    with review_on(Workspace(tmp_path_factory.mktemp("policy") / "w"), local_rules=RULES) as review:
        review.clock.now = datetime(DAY.year, DAY.month, DAY.day, 9, tzinfo=UTC)
        fill_in(review.store)
        yield review


def test_the_page_counts_and_names_the_seven_gaps(made_up: Review) -> None:
    client = made_up.client(Role.LEAD)
    page = client.get("/beleid").text
    good = len(policy_questions()) - len(SEVEN_GAPS) - 2
    assert f"7 open, 1 te herzien, {good} op orde, 1 niet van toepassing." in page
    rows = re.findall(r'href="/beleid/([a-z0-9-]+)">(?:(?!href=).)*?"p-state( p-state--gap)?"', page, re.DOTALL)
    assert len(rows) == len(policy_questions())
    assert {question for question, gap in rows if gap} == set(SEVEN_GAPS)
    assert "Recreatie" in page
    # of a barrier: what does not apply is not in order, in table and picture
    assert re.search(r"1 niet van toepassing(?!\.)", page)
    assert "0 van 0 op orde" not in page
    assert "hypotheken" in page.lower()
    start = client.get("/").text
    assert ">4</strong>" in start
    assert "antwoorden over beleid te herzien" in start
    english = client.get("/beleid?lang=en").text
    assert "7 open, 1 to review" in english


def test_a_lead_answers_and_the_last_answer_counts(made_up: Review) -> None:
    lead, auditor = made_up.client(Role.LEAD), made_up.client(Role.AUDITOR)
    lead.send_form(DAMOCLES, {"antwoord": "missing", "functie": "jurist_ov"})
    sent = lead.send_form(DAMOCLES, ANSWER | {"reden": "hoort er niet bij"})
    assert sent.headers["location"] == "/beleid"
    answer = policy_answers(made_up.store)["sluiten-damocles"]
    assert (answer.kind, answer.adopted_on, answer.reason) == (PolicyAnswerKind.IN_FORCE, date(2025, 6, 1), "")
    read = auditor.get(DAMOCLES).text
    assert "Besluit Z-2025-00412" in read
    assert "Eerdere antwoorden" in read
    assert "<form" not in read.split("</header>")[-1].split("<footer")[0]
    entries = [one.entry for one in made_up.ledger.entries() if one.entry.action is LedgerAction.POLICY]
    told = [(entry.actor, entry.object, bool(entry.content)) for entry in entries[-2:]]
    assert told == [(lead.account, "list:policy", True)] * 2


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"antwoord": ""}, "Kies een antwoord."),
        ({"functie": "Jan Jansen"}, "Kies een functie uit de lijst."),
        ({"vastgesteld": "ooit"}, "Vul een datum in, zoals 1-6-2025."),
        ({"vastgesteld": "1-6-2031"}, "Deze datum komt nog."),
        ({"herzien": "1-1-2025"}, "Herzien komt na vaststellen."),
        ({"bewijs": "Nota van mevrouw De Vries"}, "Hier lijkt een naam in te staan."),
    ],
)
def test_what_will_not_do_stays_in_the_form(made_up: Review, changes: dict[str, str], told: str) -> None:
    before = policy_answers(made_up.store)
    answer = made_up.client(Role.CONTACT_PERSON).send_form(DAMOCLES, ANSWER | changes)
    assert answer.status_code == 422
    assert told in answer.text
    assert policy_answers(made_up.store) == before


@pytest.mark.parametrize("by", ["the button", "sending"])
def test_a_text_that_names_somebody_is_kept_in_no_draft(made_up: Review, by: str) -> None:
    client = made_up.client(Role.CONTACT_PERSON)
    texts = {"bewijs": "Nota van mevrouw De Vries", "reden": "Bel 06-12345678", "functie": "jurist_ov"}
    client.send_form(DAMOCLES, ANSWER | {"antwoord": "", "bewijs": "Besluit Z-2026-00777", "concept": "ja"})
    assert "Besluit Z-2026-00777" in client.get(DAMOCLES).text
    client.send_form(DAMOCLES, ANSWER | texts | ({"concept": "ja"} if by == "the button" else {}))
    shown = client.get(DAMOCLES).text
    assert "Concept van" in shown
    assert "De Vries" not in shown
    assert "06-12345678" not in shown
    assert 'value="2028-06-01"' in shown


def test_a_question_tells_its_law_source_and_local_rule(made_up: Review) -> None:
    client = made_up.client(Role.LEAD)
    page = client.get("/beleid/bibob-vergunningen").text
    assert "Wet Bibob art. 3, 4 en 7a" in page
    assert 'href="https://lokaleregelgeving.overheid.nl/CVDR742884/1"' in page
    assert "29 november 2026" in page
    assert "Te controleren" in page
    assert "&lt;b&gt;Bibob&lt;/b&gt;, art. 2, sinds 1 juni 2023" in page
    assert client.get("/beleid/niets").status_code == 404


def test_the_note_names_law_and_barrier_of_each_gap_and_nobody(made_up: Review) -> None:
    client = made_up.client(Role.LEAD)
    answer = client.get("/beleid/nota")
    assert answer.headers["content-type"] == "application/pdf"
    document = PdfReader(io.BytesIO(answer.content))
    assert document.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert len(document.pages) <= 5
    told = " ".join(" ".join(page.extract_text() for page in document.pages).split())
    text = client.get("/beleid/nota-tekst").text
    missing = text.split("## Wat ontbreekt")[1].split("## Waarop nog niemand antwoord gaf")[0]
    for question_id in SEVEN_GAPS:
        question = policy_questions()[question_id]
        assert question.question_nl in text
        assert all(law.marked in text for law in question.laws)
        assert question.question_nl.split(",")[0].split(" of ")[0][:30] in told
    assert missing.count("### ") == 2
    assert "- Bibob: 1 van 2. De eerste herziening is voor 1 juni 2028." in text
    assert "- Huisvesting: 5 van 7 op orde, 2 open" in text
    for account in (client.account, "daan", "gijs"):
        assert account not in told
        assert account not in text


def test_who_reads_and_who_does_not(made_up: Review) -> None:
    for role in (Role.LEAD, Role.CONTACT_PERSON, Role.AUDITOR):
        assert made_up.client(role).get("/beleid").status_code == 200
    for role in (Role.OFFICER, Role.ANALYST, Role.ADMIN, Role.COLLEAGUE):
        assert made_up.client(role).get("/beleid").status_code == 403
    assert made_up.client(Role.AUDITOR).send_form(DAMOCLES, ANSWER).status_code == 403


def test_a_lead_answers_and_takes_the_note_in_a_browser(browser, tmp_path: Path) -> None:
    with serving(Workspace(tmp_path / "w"), local_rules=RULES) as served, looking(browser, served, Role.LEAD) as page:
        for width in (1280, 360):
            page.set_viewport_size({"width": width, "height": 900})
            for path in ("/beleid", DAMOCLES):
                page.goto(f"{served.url}{path}")
                assert axe_violations(page) == []
                assert not overflows(page)
        page.get_by_label("Ja, dit is vastgesteld").check()
        page.emulate_media(color_scheme="dark", forced_colors="active")
        style = "choice => getComputedStyle(choice).appearance"
        assert page.get_by_label("Ja, dit is vastgesteld").evaluate(style) == "auto", "the choice can be seen"
        ink = "() => getComputedStyle(document.documentElement).getPropertyValue('--pic-ink')"
        assert page.evaluate(ink).strip() == "CanvasText"
        page.emulate_media(color_scheme="light", forced_colors="none")
        page.get_by_label("Vastgesteld op").fill("2025-06-01")
        page.get_by_label("Herzien voor").fill("2028-06-01")
        page.get_by_label("Waar staat het besluit?").fill("Besluit Z-2025-00412")
        page.get_by_role("button", name="Bewaar het antwoord").click()
        expect(page.get_by_text("Het antwoord is bewaard.")).to_be_visible()
        with page.expect_download() as download:
            page.get_by_role("link", name="Nota als PDF").click()
        assert download.value.suggested_filename == "beleidsnota.pdf"
