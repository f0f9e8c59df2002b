"""Suspect deliveries in the review: two of lead and analyst accept each, or one rejects it, once with a reason."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from flows.configuration import load_configuration
from flows.night.run import night
from screening.base.errors import StoreError, SuspectDeliveryError
from screening.base.vocabulary import LedgerAction, Role
from screening.store import Workspace
from screening.store.deliveries import decide, decision_about, last_confirmation, note_delivery, pending_deliveries
from screening.store.schema.deliveries import ACCEPTED, PROPOSED, REJECTED
from tests.mandates import make_real, sign
from tests.review.conftest import Review, review_on
from tests.review.judged_deliveries import AS_OF, FIRST, judged, judged_deliveries


@pytest.fixture
def waiting(bare_review: Review) -> Review:
    """Permits that are suspect after a good night, reports that came first, a trade register of unknown age."""
    store, now = bare_review.store, bare_review.clock.now
    for register, delivery in judged_deliveries():
        note_delivery(store, register, delivery, now)
    return bare_review


def listed(text: str) -> list[str]:
    return re.findall(r'name="levering" value="([a-z_]+-[a-z0-9]{16})"', text)


#: What the start page says of deliveries that wait; the number goes in.
WAITING = "<strong>{}</strong> <span>leveringen om over te beslissen</span>"
PERMITS, REPORTS = f"vergunningen-{'b' * 16}", f"meldingen-{'c' * 16}"


@pytest.mark.parametrize("role", [Role.OFFICER, Role.SENSITIVE_REVIEWER, Role.AUDITOR, Role.ADMIN])
def test_who_answers_for_no_delivery_does_not_see_it(waiting: Review, role: Role) -> None:
    client = waiting.client(role)
    assert client.get("/leveringen").status_code == 403
    assert WAITING.partition(">")[2] not in client.get("/").text
    assert client.send_form("/leveringen", {"besluit": "aanvaarden", "levering": REPORTS}).status_code == 403


def test_the_page_tells_why_and_what_was_before(waiting: Review) -> None:
    analyst = waiting.client(Role.ANALYST)
    assert WAITING.format(3) in analyst.get("/").text
    text = analyst.get("/leveringen").text
    assert listed(text) == [REPORTS, PERMITS]
    assert "659 rijen; de laatste goede levering had er 759." in text
    assert "Kolom einddatum is er niet meer." in text
    words = " ".join(re.sub(r"<[^>]+>", " ", text).split())
    assert "Rijen 759 659" in words
    assert "Einddatum 50 % leeg deze kolom is er niet" in words
    assert "0 % leeg; verleend 80 %, geweigerd 20 %" in words
    assert "1 % leeg; jaren 2019 tot en met 2026" in words
    assert "Laatste goede levering (er is er geen)" in words
    english = analyst.get("/leveringen?lang=en", follow_redirects=True).text
    assert "659 rows; the last good delivery had 759." in english


def test_two_people_accept_each_once_with_its_own_reason_or_that_of_all(waiting: Review) -> None:
    lead, analyst = waiting.client(Role.LEAD), waiting.client(Role.ANALYST)
    form = {
        "levering": [PERMITS, REPORTS],
        "besluit": "aanvaarden",
        "reden": "Gebeld met de leverancier.",
        f"reden-{REPORTS}": "Eerste levering, nagekeken.",
        f"datum-{REPORTS}": "31-10-2026",
    }
    assert analyst.send_form("/leveringen", form).status_code == 303
    assert [decision_about(waiting.store, *of) for of in (("vergunningen", "b" * 64), ("meldingen", "c" * 64))] == [
        None,
        None,
    ]
    assert "Een collega bevestigt uw voorstel." in analyst.get("/leveringen").text
    own = analyst.send_form("/leveringen", form)
    assert own.status_code == 422
    assert "U hebt al voorgesteld" in own.text
    shown = " ".join(lead.get("/leveringen").text.split())
    assert "voor om te aanvaarden: Eerste levering, nagekeken." in shown
    assert "Datum waarvoor de inhoud geldt: 31 oktober 2026." in shown
    assert 'value="31-10-2026"' in shown
    assert "U bevestigt dit door ook te aanvaarden." in shown
    assert lead.send_form("/leveringen", form).status_code == 303
    permits, reports = (
        decision_about(waiting.store, name, digest * 64) for name, digest in (("vergunningen", "b"), ("meldingen", "c"))
    )
    assert permits
    assert reports
    assert (permits.decision, permits.reason, permits.holds_for) == (ACCEPTED, "Gebeld met de leverancier.", None)
    assert (reports.reason, reports.holds_for) == ("Eerste levering, nagekeken.", date(2026, 10, 31))
    assert permits.decided_by == lead.account
    assert pending_deliveries(waiting.store) == []
    written = [entry.entry.object for entry in waiting.ledger.entries(action=LedgerAction.DELIVERY)]
    decided = [name for name in written if name.count("-") == 2]  # without what was judged of them
    assert sorted(decided) == [f"delivery:{key}-{step}" for key in (REPORTS, PERMITS) for step in (ACCEPTED, PROPOSED)]
    assert "Gebeld" not in str(written)
    again = lead.send_form("/leveringen", form | {"besluit": "afwijzen"})
    assert again.status_code == 303  # told on the page that it was decided before
    decided = decision_about(waiting.store, "vergunningen", "b" * 64)
    assert decided == permits


def test_an_acceptance_for_another_date_is_a_proposal_anew_and_a_proposal_can_be_rejected(waiting: Review) -> None:
    lead, analyst = waiting.client(Role.LEAD), waiting.client(Role.ANALYST)
    form = {"levering": PERMITS, "besluit": "aanvaarden", "reden": "Nagekeken.", f"datum-{PERMITS}": "31-10-2026"}
    for client in (lead, analyst, lead):  # each with another date than the colleague's
        day = "30-10-2026" if client is analyst else "31-10-2026"
        assert client.send_form("/leveringen", form | {f"datum-{PERMITS}": day}).status_code == 303
        assert "Wat u als eerste aanvaardt, wacht op een collega." in client.get("/leveringen").text
    assert decision_about(waiting.store, "vergunningen", "b" * 64) is None
    lead.send_form("/leveringen", form | {"besluit": "afwijzen"})
    decided = decision_about(waiting.store, "vergunningen", "b" * 64)
    assert decided
    assert (decided.decision, decided.holds_for) == (REJECTED, None)
    analyst.send_form("/leveringen", form)
    assert decision_about(waiting.store, "vergunningen", "b" * 64) == decided


@pytest.mark.parametrize("path", ["/leveringen", "/leveringen/bevestigen"])
def test_who_did_not_sign_in_just_now_decides_nothing(waiting: Review, path: str) -> None:
    lead = waiting.client(Role.LEAD)
    waiting.clock.forward(minutes=6)
    form = {"levering": PERMITS, "besluit": "aanvaarden", "reden": "Gezien.", "register": "handelsregister"}
    answer = lead.send_form(path, form | {"waaruit": "Gebeld."})
    assert answer.status_code == 403
    assert "Meld u nog een keer aan" in answer.text
    assert len(pending_deliveries(waiting.store)) == 2
    assert last_confirmation(waiting.store, "handelsregister") is None
    assert "659 rijen" in lead.get("/leveringen").text


def test_a_delivery_is_rejected_and_the_other_waits(waiting: Review) -> None:
    analyst = waiting.client(Role.ANALYST)
    analyst.send_form("/leveringen", {"levering": PERMITS, "besluit": "afwijzen", "reden": "Afgekapt."})
    decided = decision_about(waiting.store, "vergunningen", "b" * 64)
    assert decided
    assert decided.decision == REJECTED
    assert listed(analyst.get("/leveringen").text) == [REPORTS]


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"reden": "Gezien."}, "Vink aan"),
        ({"levering": PERMITS, "reden": "  "}, "Schrijf een reden op voor"),
        ({"levering": PERMITS, "reden": "Gezien.", f"datum-{PERMITS}": "gisteren"}, "geen dag"),
        ({"levering": PERMITS, "reden": "Gezien.", f"datum-{PERMITS}": "2027-01-01"}, "geen dag"),
    ],
)
def test_what_is_missing_is_said_and_what_was_written_is_kept(waiting: Review, form: dict[str, str], said: str) -> None:
    answer = waiting.client(Role.LEAD).send_form("/leveringen", {"besluit": "aanvaarden", **form})
    assert answer.status_code == 422
    assert said in answer.text
    assert all(value.strip() in answer.text for value in form.values())
    assert len(pending_deliveries(waiting.store)) == 2


def test_a_colleague_who_was_first_is_told_of(waiting: Review) -> None:
    lead = waiting.client(Role.LEAD)
    permits = dict(pending_deliveries(waiting.store))["vergunningen"]
    decide(waiting.store, "vergunningen", permits, REJECTED, reason="x", by="esra", now=waiting.clock.now)
    form = {"levering": [PERMITS, REPORTS], "besluit": "aanvaarden", "reden": "Gezien."}
    assert lead.send_form("/leveringen", form).headers["location"] == "/leveringen"
    assert "Een collega heeft hierover net beslist" in lead.get("/leveringen").text
    assert decision_about(waiting.store, "meldingen", "c" * 64) is None


def test_a_register_of_unknown_age_is_confirmed_with_a_reason(waiting: Review) -> None:
    lead, path = waiting.client(Role.LEAD), "/leveringen/bevestigen"
    assert "Nog nooit bevestigd" in lead.get("/leveringen").text
    for form in ({"register": "handelsregister", "waaruit": " "}, {"waaruit": "Brief."}):
        assert lead.send_form(path, form).status_code == 422
    for _ in range(2):  # it can be said again and again
        assert lead.send_form(path, {"register": "handelsregister", "waaruit": "Brief."}).status_code == 303
    assert last_confirmation(waiting.store, "handelsregister") == waiting.clock.now.date()
    assert "Dat telt tot en met 17 december 2026" in lead.get("/leveringen").text
    for register in ("vergunningen", "meldingen", "onbekend"):  # one that waits is accepted or rejected
        lead.send_form(path, {"register": register, "waaruit": "Brief."})
        assert "Kijk opnieuw" in lead.get("/leveringen").text
        assert last_confirmation(waiting.store, register) is None


def test_the_start_page_counts_what_waits_and_what_must_be_confirmed(waiting: Review) -> None:
    lead = waiting.client(Role.LEAD)
    assert WAITING.format(3) in lead.get("/goedkeuren").text
    lead.send_form("/leveringen/bevestigen", {"register": "handelsregister", "waaruit": "Brief."})
    assert WAITING.format(2) in lead.get("/goedkeuren").text
    waiting.clock.forward(days=46)
    assert WAITING.format(3) in waiting.client(Role.ANALYST).get("/").text


def test_a_date_given_at_acceptance_is_the_age_and_what_was_rejected_has_none(waiting: Review) -> None:
    lead, analyst = waiting.client(Role.LEAD), waiting.client(Role.ANALYST)
    for register, digest, form in (
        ("handelsregister", "e", {"besluit": "aanvaarden", "datum-{}": "31-10-2026"}),
        ("controles", "f", {"besluit": "afwijzen"}),
    ):
        note_delivery(waiting.store, register, judged(digest, AS_OF, 9, *FIRST), waiting.clock.now)
        key = f"{register}-{digest * 16}"
        fields = {name.format(key): value for name, value in form.items()}
        for client in (lead, analyst) if register == "handelsregister" else (lead,):
            client.send_form("/leveringen", {"levering": key, "reden": "Gezien.", **fields})
    assert "Leeftijd onbekend" not in lead.get("/leveringen").text


def test_a_real_municipality_begins_with_the_first_deliveries_accepted_by_two(town: Path) -> None:
    config = sign(make_real(town / "screening.toml"))
    with pytest.raises(SuspectDeliveryError):
        night(config)
    every = dict.fromkeys(load_configuration(config).sources, 45)
    with review_on(Workspace(town / "var"), confirmed_every=every) as served:
        lead = served.client(Role.LEAD)
        keys = listed(lead.get("/leveringen").text)
        assert [key.rpartition("-")[0] for key in keys] == sorted(every)
        form = {"levering": keys, "besluit": "aanvaarden", "reden": "Eerste leveringen."}
        lead.send_form("/leveringen", form)
        for register, delivery in pending_deliveries(served.store):
            # neither page nor ledger: who signed a mandate has no way past the second person
            with pytest.raises(StoreError):
                decide(served.store, register, delivery, ACCEPTED, reason="x", by=lead.account, now=served.clock.now)
        served.client(Role.ANALYST).send_form("/leveringen", form)
        assert "Er wacht geen levering" in lead.get("/leveringen").text
    deliveries = night(config).document["deliveries"]
    assert {delivery["verdict"] for delivery in deliveries.values()} == {"good"}
