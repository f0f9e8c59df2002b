"""The way of a signal over the pages: prepared by one, seen field by field, approved by another, and called back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from screening.base.vocabulary import LedgerAction, NoticeReason, Purpose, Role
from screening.casework.viewer import Viewer
from screening.ledger import Ledger
from screening.partners.desk.attachments import forget_attachments
from screening.partners.desk.disclosures import Repeat
from screening.partners.desk.preparable import signal_source_of_case
from screening.partners.desk.signal_versions import signal_of, signals
from screening.review.pages import partner_signals
from screening.review.views.signal_form import questions
from screening.store import RunBundle, Workspace, publish
from screening.store.rules.governance import stop_rule
from screening.store.schema.rules import ALL_RULES
from tests.partners.desk.disclosed import DAY, batch_of, commit_batch, made_town, policy, recipient, whole_night
from tests.partners.pdfs import HIDDEN, document
from tests.review.conftest import (
    Client,
    Review,
    axe_violations,
    click,
    copy_workspace,
    looking,
    overflows,
    review_on,
    serving,
)
from tests.review.pages.officers import cases, judge, ready, words

WHY = "In het archief en in de post is niets gevonden dat dit verklaart."
EVERYONE = Viewer("looker", frozenset({Role.OFFICER, Role.SENSITIVE_REVIEWER}))


@pytest.fixture(scope="module")
def judged_town(town_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, dict]:
    """The town, a plain case of it that two officers confirmed, and who was there: made once, to be copied."""
    folder = tmp_path_factory.mktemp("judged") / "review"
    with review_on(copy_workspace(town_workspace, folder)) as made:
        recipient(made.store)
        return folder, confirmed_case(made), made.people


@pytest.fixture
def review(judged_town: tuple[Path, str, dict], tmp_path: Path) -> Iterator[Review]:
    """The application of a municipality that sends signals, with a recipient and a confirmed case."""
    folder, _, people = judged_town
    with review_on(copy_workspace(folder, tmp_path / "review"), export=policy()) as made:
        made.people.update(people)
        yield made


@pytest.fixture
def case_id(judged_town: tuple[Path, str, dict]) -> str:
    """The case that two officers confirmed."""
    return judged_town[1]


def confirmed_case(review: Review, *, sensitive: bool = False) -> str:
    """A case that two officers confirmed."""
    case_id = cases(review, sensitive=sensitive)[0]
    for number in (1, 2):
        client = review.client(Role.OFFICER, Role.SENSITIVE_REVIEWER)
        ready(client, case_id)
        done = judge(client, case_id, why=f"Beoordelaar {number} ziet dat de vergunning en de vestiging niet kloppen.")
        assert done.status_code == 303, words(done.text)
    return case_id


def officer(review: Review, case_id: str, *roles: Role) -> Client:
    """Somebody with these roles (an officer of sensitive dossiers by default) who stated a purpose for the case."""
    client = review.client(*(roles or (Role.OFFICER, Role.SENSITIVE_REVIEWER)))
    client.state_purpose(case_id, Purpose.VERG)
    return client


def filled(review: Review, case_id: str, **changed: object) -> dict[str, object]:
    """The form, filled in well: the cited facts, one of them verified, nobody named."""
    material = signal_source_of_case(review.store, EVERYONE, case_id)
    assert material is not None
    place, carrying = next((n, one) for n, one in enumerate(material.facts, start=1) if one.can_carry)
    given: dict[str, object] = {
        "run": material.dossier.run.run_id,
        "ontvanger": "riec-oost",
        "thema": "misbruik_van_bedrijven",
        "afwijking": sorted({one["code"] for one in material.deviations}),
        "feit": [*(one.record_id for one in material.facts if one.is_cited), carrying.record_id],
        f"door-{place}": "ik",
        f"op-{place}": "2026-11-01",
        **{name: WHY for name, _, _ in questions(material)},
        "partner": "nederlandse_arbeidsinspectie",
        "interventie": "Samen controleren op een avond.",
        "organisatie": [one["partij"] for one in material.organisations][:1],
        "urgentie": "gewoon",
        "vraag": "Kent een partner dit bedrijf?",
        "twijfels": "Het register kan achterlopen.\nEr kan bezwaar lopen.",
        "kennisgeving": "niet_van_toepassing",
        "bedoeld": "ja",
    }
    return given | changed


def prepared(review: Review, case_id: str, **changed: object) -> Client:
    """A signal that waits for approval; the client of who prepared it."""
    client = officer(review, case_id)
    done = client.send_form(f"/riec/{case_id}/voorbereiden", filled(review, case_id, **changed))
    assert done.status_code == 303, words(done.text)
    return client


def agreed(client: Client, case_id: str):
    """The answer to an approval of what the page shows."""
    found = signals(client.review.store, case_id=case_id)[-1]
    return client.send_form(f"/riec/{case_id}/akkoord", {"gezien": "ja", "inhoud": found.content_sha256})


def state(review: Review, case_id: str) -> str:
    return signals(review.store, case_id=case_id)[-1].state


def actions(ledger: Ledger, case_id: str) -> list[tuple[str, str, str]]:
    """(action, actor, result) of the entries of a case, without readings of the dossier."""
    found = [(one.entry.action, one.entry.actor, one.entry.result) for one in ledger.entries(case=case_id)]
    return [one for one in found if one[0].startswith("export")]


def test_one_prepares_another_sees_field_by_field_and_approves(review: Review, case_id: str) -> None:
    assert "Nog voor te bereiden" in officer(review, case_id).get("/riec").text
    preparer, approver = prepared(review, case_id), officer(review, case_id, Role.LEAD)
    page = words(approver.get(f"/riec/{case_id}").text)
    for said in ("Wat wij versturen, en waarom", "Kent een partner dit bedrijf?", "T-"):
        assert said in page
    # every value that leaves is on the page
    for row in signal_of(review.store, EVERYONE, case_id).preview():
        assert words(row.value) in page
    own = agreed(preparer, case_id)
    assert (own.status_code, state(review, case_id)) == (303, "draft")
    assert "een collega geeft akkoord" in preparer.get(f"/riec/{case_id}").text
    assert agreed(approver, case_id).status_code == 303
    assert state(review, case_id) == "approved"
    assert actions(review.ledger, case_id) == [
        ("export_preparation", preparer.account, "done"),  # the signal
        ("export_preparation", preparer.account, "done"),  # and its content
        ("export_approval", preparer.account, "refused"),
        ("export_approval", approver.account, "done"),
    ]


def test_nothing_is_proposed_but_the_rules_and_the_records_that_they_cite(review: Review, case_id: str) -> None:
    page = officer(review, case_id).get(f"/riec/{case_id}/voorbereiden").text
    material = signal_source_of_case(review.store, EVERYONE, case_id)
    carried = re.findall(r'<input type="hidden" name="([a-z-]+)" value="([^"]+)">', page)
    chosen = [value for name, value in carried if name not in {"csrf_token", "run", "van"}]
    assert chosen == [
        *sorted({one["code"] for one in material.deviations}),
        *(one.record_id for one in material.facts if one.is_cited),
    ]
    assert " checked" not in page


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("ontvanger", "riec-west", "Kies iets uit de lijst"),
        ("feit", [], "Kies minstens één feit"),
        ("vraag", " ", "Vul dit in"),
        ("partner", "de buurman", "Kies iets uit de lijst"),
        ("kennisgeving", "uitgesteld", "Vul een dag na vandaag in"),
        ("vraag", "n.v.t.", "Een signaal zonder vraag nemen wij niet aan."),
        ("organisatie", [], "Zonder organisatie weet de partner niet over wie het gaat."),
        ("urgentie", "morgen", "Kies iets uit de lijst"),
        ("urgentie", "spoed", "Geef een reden van minstens 20 tekens."),
        (
            "vraag",
            "Het BSN is 111222333, kent u dat?",
            "8. Barrières en vraag, Vraag aan de ontvanger: Hier staat iets wat nooit naar buiten mag (BSN).",
        ),
        ("vraag", "Wanneer pakken we deze verdachte?", "wat nooit naar buiten mag (een beschuldiging)"),
        (
            "twijfels",
            "Zo is het.\n" * 31,
            "9. Wat ertegen spreekt, Wat ertegen spreekt of onzeker is: Dit zijn er meer dan er in een signaal passen.",
        ),
    ],
)
def test_what_is_missing_or_may_never_leave_is_told_and_what_was_filled_in_stays(
    review: Review, case_id: str, field: str, value: object, says: str
) -> None:
    given = filled(review, case_id, **{field: value}, interventie="Dit blijft staan.")
    answer = officer(review, case_id).send_form(f"/riec/{case_id}/voorbereiden", given)
    assert answer.status_code == 422
    assert says in words(answer.text)
    assert "Dit blijft staan." in answer.text
    assert signals(review.store) == []


def test_a_form_that_was_refused_is_there_again_for_its_writer_alone(review: Review, case_id: str) -> None:
    lea, other = officer(review, case_id, Role.OFFICER), officer(review, case_id, Role.OFFICER)
    path, why = f"/riec/{case_id}/voorbereiden", "Dit schreef ik gisteren en het is nog niet af."
    assert lea.send_form(path, filled(review, case_id, interventie=why, vraag=" ")).status_code == 422
    assert why in lea.get(path).text
    assert why not in other.get(path).text


def test_without_a_verified_fact_it_is_no_signal(review: Review, case_id: str) -> None:
    given = {name: one for name, one in filled(review, case_id).items() if not name.startswith("door-")}
    answer = officer(review, case_id).send_form(f"/riec/{case_id}/voorbereiden", given)
    assert answer.status_code == 422
    assert "Minstens één feit uit de BAG, het handelsregister of een eigen controle" in answer.text


def test_that_a_judge_verified_a_fact_is_offered_and_taken_only_where_they_opened_it(
    review: Review, case_id: str
) -> None:
    facts = signal_source_of_case(review.store, EVERYONE, case_id).facts
    cited = next(n for n, one in enumerate(facts, start=1) if one.is_cited)
    other = next(n for n, one in enumerate(facts, start=1) if not one.is_cited)
    client = officer(review, case_id)
    form = filled(review, case_id) | {"van": "1", "naar": "2"}
    page = client.send_form(f"/riec/{case_id}/voorbereiden", form).text

    def offered(place: int) -> set[str]:
        choice = page.partition(f'name="door-{place}"')[2].partition("</select>")[0]
        return {one for one in ("ik", "eerste", "tweede") if f'value="{one}"' in choice}

    assert (offered(cited), offered(other)) == ({"ik", "eerste", "tweede"}, {"ik"})
    assert "de eerste beoordelaar (opende dit op 2 november 2026)" in words(page)
    given = filled(review, case_id, feit=[one.record_id for one in facts])
    for place, on, says in (
        (other, "2026-11-02", "Deze beoordelaar opende dit niet in het dossier."),
        (cited, "2026-11-01", "Deze beoordelaar opende dit pas later."),
    ):
        sent = given | {f"door-{place}": "eerste", f"op-{place}": on}
        answer = client.send_form(f"/riec/{case_id}/voorbereiden", sent)
        assert (answer.status_code, signals(review.store)) == (422, [])
        assert says in words(answer.text)
    sent = given | {f"door-{cited}": "eerste", f"op-{cited}": "2026-11-02"}
    assert client.send_form(f"/riec/{case_id}/voorbereiden", sent).status_code == 303


def test_an_approval_needs_the_tick_and_the_content_that_was_read(review: Review, case_id: str) -> None:
    prepared(review, case_id)
    lead = officer(review, case_id, Role.LEAD)
    sha = signals(review.store, case_id=case_id)[-1].content_sha256
    assert lead.send_form(f"/riec/{case_id}/akkoord", {"inhoud": sha}).status_code == 422
    prepared(review, case_id, vraag="Wat is er bekend?")
    lead.send_form(f"/riec/{case_id}/akkoord", {"gezien": "ja", "inhoud": sha})
    assert state(review, case_id) == "draft"
    review.clock.forward(minutes=6)
    assert agreed(lead, case_id).status_code == 403
    assert state(review, case_id) == "draft"


def _no_auditor_sees_how_often_it_was_approved(review: Review, case_id: str) -> None:
    """Of an approval the page names neither signal nor dossier: a sensitive one takes one more than others."""
    approvals = [written.entry for written in review.ledger.entries(action=LedgerAction.EXPORT_APPROVAL)]
    auditor, objects = review.client(Role.AUDITOR), {entry.object for entry in approvals}
    assert len(objects) == 1
    shown = auditor.get("/logboek?wat=export_approval").text
    assert shown.count("een RIEC-signaal") == len(approvals)
    assert case_id not in shown
    for name in objects:
        assert name not in shown
        assert "een RIEC-signaal" not in auditor.get(f"/logboek?object={name}").text


def test_a_sensitive_signal_takes_a_third_person_and_is_there_for_nobody_else(review: Review) -> None:
    case_id = confirmed_case(review, sensitive=True)
    prepared(review, case_id)
    for roles in ((Role.OFFICER,), (Role.LEAD,)):
        other = officer(review, case_id, *roles)
        assert other.get(f"/riec/{case_id}").status_code == 404
        assert agreed(other, case_id).status_code == 404
        assert "Wacht op akkoord" not in words(other.get("/riec").text)
    first, third = officer(review, case_id), officer(review, case_id)
    agreed(first, case_id)
    assert state(review, case_id) == "awaits_extra"
    agreed(first, case_id)
    assert state(review, case_id) == "awaits_extra"
    waits = "signaal om goed te keuren"
    assert (waits in first.get("/").text, waits in third.get("/").text) == (False, True)
    agreed(third, case_id)
    assert state(review, case_id) == "approved"
    _no_auditor_sees_how_often_it_was_approved(review, case_id)


def test_sent_back_with_a_reason_it_is_prepared_again(review: Review, case_id: str) -> None:
    prepared(review, case_id)
    lead = officer(review, case_id, Role.LEAD)
    assert lead.send_form(f"/riec/{case_id}/terug", {"reden": " "}).status_code == 422
    lead.send_form(f"/riec/{case_id}/terug", {"reden": "De vraag is te breed."})
    assert state(review, case_id) == "returned"
    assert "De vraag is te breed." in officer(review, case_id).get(f"/riec/{case_id}").text
    prepared(review, case_id)
    assert state(review, case_id) == "draft"


def test_what_left_can_be_called_back_from_the_page_and_is_told_to_be_pending(
    review: Review, case_id: str, tmp_path: Path
) -> None:
    prepared(review, case_id)
    lead = officer(review, case_id, Role.LEAD)
    agreed(lead, case_id)
    found = signals(review.store, case_id=case_id)[-1]
    first = batch_of(review.store, tmp_path)
    commit_batch(review.store, first, [(found, None)], now=review.clock())
    second = batch_of(review.store, tmp_path)
    commit_batch(review.store, second, [(found, None)], now=review.clock(), repeat=Repeat(first.batch_id, "expired"))
    # who received it is told with why it left twice
    assert f"opnieuw, levering {first.batch_id} was verlopen" in lead.get(f"/riec/{case_id}").text
    assert "Wie het kreeg" in lead.get(f"/riec/{case_id}").text
    assert lead.send_form(f"/riec/{case_id}/terughalen", {"waarom": "zomaar"}).status_code == 422
    assert lead.send_form(f"/riec/{case_id}/terughalen", {"waarom": "bezwaar_gegrond"}).status_code == 303
    assert "een bezwaar is gegrond" in lead.get(f"/riec/{case_id}").text
    assert "moet worden teruggehaald" in lead.get("/riec").text


def test_a_municipality_that_sends_nothing_says_so(town_workspace: Path, tmp_path: Path) -> None:
    with review_on(copy_workspace(town_workspace, tmp_path / "other")) as review:
        case_id = confirmed_case(review)
        client = officer(review, case_id)
        assert "stuurt nog geen signalen" in client.get("/riec").text
        assert client.get(f"/riec/{case_id}/voorbereiden").headers["location"] == "/riec"
        assert client.send_form(f"/riec/{case_id}/voorbereiden", {}).headers["location"] == "/riec"


def test_what_a_register_says_otherwise_since_the_judgement_is_told_and_told_of(tmp_path: Path) -> None:
    case_id = made_town(tmp_path / "var")[1]
    with review_on(Workspace(tmp_path / "var"), export=policy()) as review:

        def night(days: int, **changed: object) -> None:
            bundle = whole_night((1, 2), DAY + timedelta(days=days), sensitive=(2,), **changed)
            publish(review.store, review.workspace, bundle)

        def form() -> str:
            return words(officer(review, case_id).get(f"/riec/{case_id}/voorbereiden").text)

        night(1)
        assert "Een bronregister zegt nu iets anders" not in form()
        prepared(review, case_id)
        approver = officer(review, case_id, Role.LEAD)
        assert agreed(approver, case_id).status_code == 303
        night(2, says={"vergunningen:Z1": {"einddatum": "2027-06-30"}})
        assert "Een bronregister zegt nu iets anders dan dit signaal." in words(approver.get(f"/riec/{case_id}").text)
        assert f"U ziet hier wat het programma zag op {DAY.day + 2} november 2026." in form()
        prepared(review, case_id)
        page = words(approver.get(f"/riec/{case_id}").text)
        assert "30 juni 2027" in page
        assert "Een bronregister zegt nu iets anders dan dit signaal." not in page


def with_partner(bundle: RunBundle) -> RunBundle:
    """The night with a second person at address 1, on the same permit."""
    second = bundle.dossier_parties.filter(pl.col("party_id") == "p1").with_columns(
        mention=pl.lit("vergunningen:Z1:beheerder:person"),
        party_id=pl.lit("p9"),
        role=pl.lit("beheerder"),
        name=pl.lit("Yolanda Laatst"),
    )
    return replace(bundle, dossier_parties=pl.concat([bundle.dossier_parties, second]))


def test_a_form_of_an_earlier_night_prepares_nothing_and_is_chosen_anew(tmp_path: Path) -> None:
    case_id = made_town(tmp_path / "var")[1]
    with review_on(Workspace(tmp_path / "var"), export=policy()) as review:
        path = f"/riec/{case_id}/voorbereiden"

        def night(days: int, **changed: object) -> None:
            changed["says"] = {"vergunningen:Z1": {"einddatum": "2027-06-30"}}
            bundle = whole_night((1, 2), DAY + timedelta(days=days), sensitive=(2,), **changed)
            publish(review.store, review.workspace, with_partner(bundle))

        def at(name: str) -> int:
            options = signal_source_of_case(review.store, EVERYONE, case_id).options
            return next(n for n, one in enumerate(options, start=1) if one.name == name)

        def choosing() -> dict[str, object]:
            place = at("Yolanda Laatst")
            persons = {f"persoon-{place}": f"Persoon: {WHY}", f"persoon-naam-{place}": f"Naam: {WHY}"}
            return filled(review, case_id, kennisgeving="geinformeerd", organisatie=["o1"], **persons)

        night(1)
        client = officer(review, case_id)
        run = re.search(r'name="run" value="([0-9a-f]+)"', client.get(path).text)
        old = choosing()
        assert run is not None
        assert run[1] == old["run"]
        was = at("Yolanda Laatst")
        night(2, named={"p1": "Zacharias Qwertzuiop"})
        # where the chosen person stood, there is another one now
        assert at("Zacharias Qwertzuiop") == was
        for sent in (old, {name: one for name, one in old.items() if name != "run"}):
            answer = client.send_form(path, sent)
            assert (answer.status_code, signals(review.store)) == (409, [])
            page = words(answer.text)
            assert "Wat u koos, kan nu iets anders betekenen." in page
            # what was written of the case stays; what names a fact or a party is gone
            assert "Samen controleren op een avond." in answer.text
            assert answer.text.count(f'value="{WHY}"') == len(
                questions(signal_source_of_case(review.store, EVERYONE, case_id))
            )
            assert not re.search(r'name="(feit|organisatie)"[^>]* checked', answer.text)
            assert re.search(r'name="afwijking"[^>]* checked', answer.text)
            assert 'value="ik" selected' not in answer.text
            assert not re.search(r'name="op-\d+"[^>]* value="\d', answer.text)
        assert "What you chose may mean something else now." in client.send_form(f"{path}?lang=en", old).text
        new = choosing()
        assert client.send_form(path, new).status_code == 303
        told = signals(review.store, case_id=case_id)[-1]
        assert told.run_id == new["run"] != old["run"]
        assert [one.naam.waarde for one in told.content.personen] == ["Yolanda Laatst"]


def test_the_overview_says_of_what_waits_that_it_may_not_leave_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = made_town(tmp_path / "var")
    held = "Mag nu niet worden verstuurd. Open het signaal en zie waarom."
    with review_on(Workspace(tmp_path / "var"), export=policy()) as review:
        for case_id in of.values():
            prepared(review, case_id)
        assert agreed(officer(review, of[1], Role.LEAD), of[1]).status_code == 303
        looker = review.client(Role.OFFICER, Role.SENSITIVE_REVIEWER)

        def rows() -> list[bool]:
            """Of the approved signal, and of the draft of a sensitive case: whether it says so there."""
            page = words(looker.get("/riec").text)
            draft, approved = page.partition("Akkoord, gaat mee met de volgende levering")[::2]
            return [held in approved, held in draft]

        assert rows() == [False, False]
        bundle = whole_night(
            (1, 2), DAY + timedelta(days=1), sensitive=(2,), says={"vergunningen:Z1": {"einddatum": "2027-06-30"}}
        )
        publish(review.store, review.workspace, bundle)
        assert rows() == [True, False]
        assert "Niet elk signaal hieronder mag nu worden verstuurd." in words(looker.get("/riec").text)
        assert "May not leave now." in words(looker.get("/riec?lang=en").text)
        looker.get("/riec?lang=nl")
        stop_rule(review.store, ALL_RULES, by="lea", now=review.clock(), reason="De regels geven fouten")
        assert rows() == [True, True]
        # of more than it can ask it says so, and asks those that would leave first
        monkeypatch.setattr(partner_signals, "_MOST_ASKED", 1)
        assert rows() == [True, False]
        assert "Er wachten meer dan 1 signalen." in words(looker.get("/riec").text)


def opened_and_looked_at(page, address: str, path: str) -> list[str]:
    """What axe-core finds on a page, and whether it scrolls sideways; the purpose is stated where it is asked."""
    page.goto(f"{address}{path}")
    if page.locator("input[name=doel]").count():
        page.check("input[name=doel][value=P-VERG]")
        click(page, page.locator("main button[type=submit]"))
    return [f"{path}: {violation}" for violation in axe_violations(page)] + [f"{path}: sideways"] * overflows(page)


def sent_from(review: Review, case_id: str, folder: Path) -> Client:
    """A signal of a confirmed case that left; the client of the lead who approved it."""
    prepared(review, case_id)
    lead = officer(review, case_id, Role.LEAD)
    assert agreed(lead, case_id).status_code == 303
    [signal] = signals(review.store, case_id=case_id)
    commit_batch(review.store, batch_of(review.store, folder), [(signal, None)], now=review.clock())
    return lead


def withdrawn_from(review: Review, case_id: str, folder: Path) -> None:
    """The same, called back."""
    lead = sent_from(review, case_id, folder)
    assert lead.send_form(f"/riec/{case_id}/terughalen", {"waarom": "gegevens_onjuist"}).status_code == 303
    [signal] = signals(review.store, case_id=case_id)
    batch = batch_of(review.store, folder, kind="withdrawal")
    commit_batch(review.store, batch, [(signal, NoticeReason.GEGEVENS_ONJUIST)], now=review.clock())


def test_between_two_nights_a_signal_is_in_controle_wherever_it_is_shown(
    review: Review, case_id: str, tmp_path: Path
) -> None:
    lead = sent_from(review, case_id, tmp_path)
    [signal] = signals(review.store, case_id=case_id)
    reader = review.client(Role.OFFICER, Role.SENSITIVE_REVIEWER, account=signal.first_by)
    reader.state_purpose(case_id, Purpose.VERG)

    def said() -> list[str]:
        pages = [lead.get("/riec"), lead.get(f"/riec/{case_id}"), reader.get(f"/zaken/{case_id}")]
        return [words(page.text) for page in pages]

    assert "Van deze zaak is een signaal gemaakt. Stand: Verstuurd." in said()[2]
    assert not any("In controle" in page for page in said())
    rules = {"run": [{"code": code} for code in signal.basis["indicators"]], "not_run": []}
    summary = review.store.summary(signal.run_id)
    told = {name: summary[name] for name in ("municipality", "municipality_code")} | {"indicators": rules}
    for days in (1, 2):  # nights that lack every record of this address
        bundle = whole_night((2,), DAY + timedelta(days=days))
        publish(review.store, review.workspace, replace(bundle, meta=bundle.meta | told))
        is_held = days == 1
        assert ["In controle" in page for page in said()] == [is_held] * 3
        asks = ("moet worden teruggehaald", "Haal het terug of", "moet worden teruggehaald")
        assert [text in page for text, page in zip(asks, said(), strict=True)] == [not is_held] * 3
    assert "must be called back or corrected" in lead.get("/riec?lang=en").text


def test_an_erroneous_withdrawal_is_undone_on_the_pages(tmp_path: Path) -> None:
    case_id = made_town(tmp_path / "var")[1]
    with review_on(Workspace(tmp_path / "var"), export=policy()) as review:
        withdrawn_from(review, case_id, tmp_path)
        client = officer(review, case_id)
        assert "Intrekking herstellen" in words(client.get(f"/riec/{case_id}").text)
        form = client.get(f"/riec/{case_id}/voorbereiden").text
        assert "Waarom was de intrekking een fout?" in words(form)
        assert 'name="toch"' not in form
        assert 'name="reden"' not in form
        path = f"/riec/{case_id}/voorbereiden"
        refused = client.send_form(path, filled(review, case_id, herstel="Foutje."))
        assert refused.status_code == 422
        assert "Geef een reden van minstens 20 tekens." in words(refused.text)
        assert client.send_form(path, filled(review, case_id, herstel=WHY)).status_code == 303
        lead = officer(review, case_id, Role.LEAD)
        page = words(lead.get(f"/riec/{case_id}").text)
        assert "Deze versie maakt dat ongedaan" in page
        assert WHY in page
        assert agreed(lead, case_id).status_code == 303
        assert state(review, case_id) == "approved"
        # without a flag in the last night somebody says why it holds all the same
        publish(review.store, review.workspace, whole_night((2,), DAY + timedelta(days=1), sensitive=(2,)))
        assert 'name="toch"' in client.get(path).text
        assert client.send_form(path, filled(review, case_id, herstel=WHY)).status_code == 422
        assert client.send_form(path, filled(review, case_id, herstel=WHY, toch=WHY)).status_code == 303


def test_the_pages_of_a_withdrawal_are_accessible_and_fit_a_telephone(tmp_path: Path, browser) -> None:
    case_id = made_town(tmp_path / "var")[1]
    found = []
    with serving(Workspace(tmp_path / "var"), export=policy()) as served:
        review = served.review
        withdrawn_from(review, case_id, tmp_path)
        publish(review.store, review.workspace, whole_night((2,), DAY + timedelta(days=1), sensitive=(2,)))
        with looking(browser, served, Role.OFFICER, Role.SENSITIVE_REVIEWER, width=360) as page:
            for path in (f"/riec/{case_id}", f"/riec/{case_id}/voorbereiden", "/riec"):
                found += opened_and_looked_at(page, served.url, path)
    assert found == []


def test_explanations_that_are_gibberish_or_copies_of_each_other_are_asked_about_once(
    review: Review, case_id: str
) -> None:
    client = officer(review, case_id)
    form = filled(review, case_id) | {"bedoeld": ""}
    names = [name for name in form if name.startswith("verklaring-")]
    path = f"/riec/{case_id}/voorbereiden"

    def despite() -> list[str]:
        return [line.entry.actor for line in review.ledger.entries(action=LedgerAction.DESPITE_WARNING, case=case_id)]

    before = despite()
    warned = client.send_form(path, form | dict.fromkeys(names, "asdf qwer zxcv hjkl poiu lkjh mnbv"))
    assert warned.status_code == 422
    assert "De letters vormen geen woorden" in words(warned.text)
    assert despite() == before
    sent = client.send_form(path, form | dict.fromkeys(names, "asdf qwer zxcv hjkl poiu lkjh mnbv") | {"bedoeld": "ja"})
    assert (sent.status_code, despite()) == (303, [*before, client.account])


def step(client: Client, case_id: str, form: dict[str, object], at: int, button: str) -> str:
    """The page that a button of a step leads to."""
    answer = client.send_form(f"/riec/{case_id}/voorbereiden", form | {"van": str(at), "naar": button})
    assert answer.status_code in {200, 422}, answer.status_code
    return answer.text


def test_back_and_forth_through_the_steps_loses_nothing_and_prepares_nothing(review: Review, case_id: str) -> None:
    client, form = officer(review, case_id), filled(review, case_id)
    shown: dict[int, str] = {at: step(client, case_id, form, 1, str(at)) for at in (1, 2, 3, 4, 5)}
    for at, page in shown.items():
        assert f"Stap {at} van 5" in words(page)
        for name, value in form.items():
            for one in [value] if isinstance(value, str) else value:
                assert not one or name == "bedoeld" or str(one).split("\n", 1)[0] in page, (at, name)
        assert "Dit ziet de partner" in page or at == 5
        assert "Kent een partner dit bedrijf?" in words(page)  # beside the form, as the partner will see it
    # what the whole misses is said on its page, with the way to its step
    assert "Dit mist nog" in words(step(client, case_id, form | {"vraag": ""}, 1, "5"))
    assert "Stap 4 van 5" in words(step(client, case_id, form | {"vraag": ""}, 4, "verder"))
    assert "Stap 5 van 5" in words(step(client, case_id, form, 4, "verder"))
    assert signals(review.store) == []
    # left there, the form is as it was left, on another day too
    assert "Stap 5 van 5" in words(client.get(f"/riec/{case_id}/voorbereiden").text)


def test_no_code_and_no_account_stands_where_a_person_reads(review: Review, case_id: str) -> None:
    client, form = officer(review, case_id), filled(review, case_id)
    for at in (1, 2, 3, 4, 5):
        page = words(re.sub(r"<details.*?</details>", "", step(client, case_id, form, 1, str(at)), flags=re.DOTALL))
        for code in ("P-VERG", "RECHTSVORM", " strong", " officer", "LIC-0", "; 20"):
            assert code not in page, (at, code)


def test_what_was_chosen_before_is_filled_in_again_after_it_was_sent_back(review: Review, case_id: str) -> None:
    chosen = filled(review, case_id, urgentie="voorrang", urgentie_reden=WHY, procedure=["bezwaar"])
    client = officer(review, case_id)
    assert client.send_form(f"/riec/{case_id}/voorbereiden", chosen).status_code == 303
    first = signals(review.store, case_id=case_id)[-1].content
    lead = officer(review, case_id, Role.LEAD)
    assert lead.send_form(f"/riec/{case_id}/terug", {"reden": "De vraag is te breed."}).status_code == 303
    page = client.get(f"/riec/{case_id}/voorbereiden").text
    assert "De vraag is te breed." in words(page)
    assert "is weggelaten" not in words(page)
    kept = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    again = dict.fromkeys(name for name, _ in kept) | {name: value for name, value in kept}
    for name, value in chosen.items():
        if name in {"bedoeld", "run", "ontvanger", "thema"}:  # of the step that is shown
            continue
        values = [value] if isinstance(value, str) else value
        assert set(values) <= {found for key, found in kept if key == name} or again.get(name) == value, name
    for shown in ("riec-oost", "misbruik_van_bedrijven"):
        assert f'value="{shown}" selected' in page
    # and so it can go as it is
    sent = {**{name: [v for key, v in kept if key == name] for name in again}, "bedoeld": "ja"}
    sent |= {name: chosen[name] for name in ("ontvanger", "thema")}
    assert client.send_form(f"/riec/{case_id}/voorbereiden", sent | {"van": "5"}).status_code == 303
    assert signals(review.store, case_id=case_id)[-1].content == first


def test_an_attachment_goes_along_without_what_was_hidden_in_it(review: Review, case_id: str) -> None:
    client, form = officer(review, case_id), filled(review, case_id)
    path = f"/riec/{case_id}/voorbereiden"

    def attach(content: bytes, **more: object) -> str:
        files = {"document": ("rapport.pdf", content, "application/pdf")}
        return client.send_form(path, form | more | {"van": "2", "naar": "bijlage"}, files=files).text

    assert "Dit is geen PDF die wij kunnen lezen." in words(attach(b"hallo"))
    assert "staat een BSN" in words(attach(document(text="BSN 111222333")))
    page = attach(document())
    [digest] = set(re.findall(r'name="bijlage" value="([0-9a-f]{64})"', page))
    told = {
        "bijlage": [digest],
        f"bijlage-soort-{digest}": "besluit",
        f"bijlage-datum-{digest}": "2026-11-01",
        f"bijlage-nodig-{digest}": WHY,
    }
    assert "Waarom kan het signaal niet zonder?" in words(
        step(client, case_id, form | {"bijlage": [digest]}, 2, "verder")
    )
    assert client.send_form(path, form | told).status_code == 303
    [attachment] = signals(review.store, case_id=case_id)[-1].content.bijlagen
    assert attachment.sha256 == digest
    lead = officer(review, case_id, Role.LEAD)
    assert "Rapport van een controle" not in words(lead.get(f"/riec/{case_id}").text)
    assert f"/riec/{case_id}/bijlagen/{digest}" in lead.get(f"/riec/{case_id}").text
    document_read = lead.get(f"/riec/{case_id}/bijlagen/{digest}")
    assert document_read.headers["content-type"] == "application/pdf"
    assert not any(word.encode() in document_read.content for word in HIDDEN)
    kept = next((review.settings.workspace.path / "attachments" / case_id).iterdir())
    assert (kept.stat().st_mode & 0o777, kept.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    # once no content names it and its term is over, it goes
    forget_attachments(review.store, review.settings.workspace, now=review.clock() + timedelta(days=20))
    assert kept.exists()
