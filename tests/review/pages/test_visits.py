"""Visits, as an officer makes them: from confirmed cases to a walk, a phone without a network, and what was seen."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from screening.base.vocabulary import LedgerAction, Purpose, Role
from screening.casework.viewer import Viewer
from screening.casework.visits.inspections import findings_as_controles
from screening.casework.visits.lists import get_visit_list, record_outcome
from screening.casework.visits.photos import all_photos
from screening.casework.visits.planning import plan_visits
from screening.rights.objections import decide_request, register_request
from screening.store import Workspace, open_store
from screening.store.access.form_drafts import drafts_of_cases
from screening.store.schema.visits import visit_list
from tests.casework.photos import jpeg
from tests.casework.visited import add_case, case_id, confirmed_town
from tests.review.conftest import (
    MORNING,
    Client,
    Review,
    axe_violations,
    click,
    enter,
    looking,
    overflows,
    review_on,
    serving,
)
from tests.review.pages import officers
from tests.review.pages.photos_sent import sent_photo
from tests.store.bundles import NAME, address


def fill(workspace: Workspace) -> Workspace:
    with open_store(workspace) as store:
        confirmed_town(store, workspace)
    return workspace


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Review]:
    """The application on confirmed cases along a street."""
    with review_on(fill(Workspace(tmp_path / "street"))) as made:
        yield made


def make(client: Client, *numbers: int, **fields: object) -> str:
    """A list of the cases at these numbers; its id."""
    chosen = {"zaak": [case_id(n) for n in numbers], "dag": "2026-11-02", "kijk": ["gebruik", "kamers"], **fields}
    sent = client.send_form("/bezoeken/nieuw", chosen)
    assert sent.status_code == 303, sent.text
    return sent.headers["location"].rpartition("/")[2]


def stops(client: Client, list_id: str) -> list[str]:
    """Visit ids in the order of the page."""
    return re.findall(r'id="halte-([0-9a-f]{16})"', client.get(f"/bezoeken/{list_id}").text)


def addresses(text: str) -> list[str]:
    return re.findall(r"Teststraat \d\d", text)


def test_an_address_where_an_objection_holds_cannot_be_chosen_and_the_page_says_why(street: Review) -> None:
    client = street.client(Role.OFFICER)
    list_id = make(client, 9, 12)
    when = {"now": street.clock.now, "by": "rita"}
    asked = register_request(
        street.store, "objection", address_id=address(9), case_file="Z-2026-1", received_on=MORNING.date(), **when
    )
    decide_request(street.store, asked.objection_id, "upheld", **when | {"by": "otto"})
    page = client.get("/bezoeken/nieuw").text
    assert page.count("Een bezwaar over dit adres is gegrond. Hier gaat niemand langs.") == 1
    assert re.search(rf'value="{case_id(9)}" disabled', page)
    sent = client.send_form("/bezoeken/nieuw", {"zaak": [case_id(3), case_id(9)], "dag": "2026-11-02"})
    assert sent.headers["location"] == "/bezoeken/nieuw"
    assert "Over een van deze adressen is een bezwaar gegrond" in client.get("/bezoeken/nieuw").text
    # a list of before says it on the page, and does not take it outside
    assert "Hier gaat niemand langs." in client.get(f"/bezoeken/{list_id}").text
    assert set(addresses(client.get(f"/bezoeken/onderweg/{list_id}").text)) == {"Teststraat 12"}
    assert set(addresses(pdf_text(client.get(f"/bezoeken/{list_id}/afdruk").content))) == {"Teststraat 12"}


def test_a_walk_from_choosing_to_what_was_seen(street: Review) -> None:
    client = street.client(Role.OFFICER)
    offered = client.get("/bezoeken/nieuw").text
    assert {"Teststraat 03", "Teststraat 09", "Teststraat 12", "Teststraat 15"} == set(addresses(offered))
    list_id = make(client, 3, 12, 9)
    shown = client.get(f"/bezoeken/{list_id}").text
    assert "Hoeveel kamers zijn er in gebruik?" in shown
    order = stops(client, list_id)
    assert len(order) == 3
    client.send_form(f"/bezoeken/{list_id}/volgorde", {"halte": order[2], "richting": "omhoog"})
    assert stops(client, list_id) == [order[0], order[2], order[1]]
    client.send_form(f"/bezoeken/{list_id}/volgorde", {"richting": "kortste"})
    assert stops(client, list_id) in (order, order[::-1])
    at = f"/bezoeken/{list_id}/halte/{order[0]}"
    seen = {"situatie": "toegang_verleend", "bevinding": ["in_bedrijf"], "dag": "2-11-2026", "aantal_kamers": "4"}
    seen |= {"vergunning_getoond": "niet_getoond", "vervolg": "hercontrole", "notitie": "4 kamers met een los slot."}
    sent = client.send_form(at, seen)
    assert sent.headers["location"] == f"/bezoeken/{list_id}"
    shown = client.get(f"/bezoeken/{list_id}").text
    assert "telt het mee als controle" in shown
    assert "In bedrijf; Aantal kamers in gebruik: 4; Vergunning getoond: Nee; Vervolg: Hercontrole" in shown
    (row,) = findings_as_controles(street.store).to_dicts()
    assert (row["bevinding"], row["aantal_kamers"], row["aantal_personen"]) == ("in_bedrijf", "4", None)
    client.send_form(f"/bezoeken/{list_id}/klaar")
    assert "De lijst is afgerond." in client.get("/bezoeken").text


def test_a_case_of_the_random_sample_or_one_officer_is_neither_offered_nor_taken(street: Review) -> None:
    add_case(street.store, 18, arm="sample")
    add_case(street.store, 21, state="first_judged", outcome=None, concluded_on=None)
    client = street.client(Role.OFFICER)
    offered = client.get("/bezoeken/nieuw").text
    for number in (18, 21, 6):
        assert f"Teststraat {number:02d}" not in offered
        refused = client.send_form("/bezoeken/nieuw", {"zaak": case_id(number), "dag": "2026-11-02"})
        assert refused.status_code == 404
    assert "nog geen bezoeklijst" in client.get("/bezoeken").text


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"zaak": []}, "zaken"),
        ({"dag": "gisteren"}, "f-dag"),
        ({"dag": "2026-11-01"}, "f-dag"),
        ({"collega": "?!"}, "f-collega"),
    ],
)
def test_a_form_that_is_not_right_comes_back_as_it_was_filled_in(street: Review, change: dict, field: str) -> None:
    client = street.client(Role.OFFICER)
    sent = {"zaak": [case_id(3)], "dag": "2026-11-03", "kijk": ["personen"]} | change
    back = client.send_form("/bezoeken/nieuw", sent)
    assert back.status_code == 422
    assert f'href="#{field}"' in back.text
    assert f'id="{field}"' in back.text
    assert re.search(r'value="personen" checked', back.text)


def test_a_colleague_who_comes_along_is_an_account_that_is_known(street: Review) -> None:
    ann, _ = street.client(Role.OFFICER, account="ann"), street.client(Role.OFFICER, account="b.visser")
    street.client(Role.LEAD, account="lou")
    offered = ann.get("/bezoeken/nieuw").text
    assert re.findall(r'<option value="([^"]*)"', offered) == ["", "b.visser"]
    for name in ("Bram", "lou"):
        back = ann.send_form("/bezoeken/nieuw", {"zaak": [case_id(3)], "dag": "2026-11-03", "collega": name})
        assert back.status_code == 422
        assert "Kies een collega uit de lijst." in back.text
    assert get_visit_list(street.store, _viewer("b.visser"), make(ann, 3, collega=" B.Visser ")) is not None


def test_in_a_demonstration_its_people_are_known_before_they_sign_in(tmp_path: Path) -> None:
    workspace = fill(Workspace(tmp_path / "demo"))
    with review_on(workspace, mode="demo", base_url="http://127.0.0.1:8400", oidc=None) as review:
        anna = review.client(Role.OFFICER, account="demo.anna")
        offered = re.findall(r'<option value="([^"]*)"', anna.get("/bezoeken/nieuw").text)
        assert offered == ["", "demo.bram", "demo.carla", "demo.joost", "demo.mila"]
        list_id = make(anna, 3, collega="demo.bram")
        bram = review.client(Role.OFFICER, account="demo.bram")
        assert bram.get(f"/bezoeken/{list_id}").status_code == 200


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"situatie": ""}, "Kies hoe het bezoek verliep."),
        ({"situatie": "niemand_aanwezig", "bevinding": "meer_kamers_dan_vergund"}, "Zonder toegang"),
        ({"notitie": f"Sprak met {NAME.split()[0]}"}, "niet wie"),
        ({"dag": "2026-12-31"}, "tot en met vandaag"),
        ({"dag": ""}, "Vul een dag in"),
        ({"aantal_kamers": "veel"}, "van 0 tot 500"),
        ({"situatie": "geen_medewerking", "aantal_personen": "3"}, "alleen vast wat u van buiten zag"),
    ],
)
def test_an_outcome_that_is_not_right_is_told_and_kept_in_the_form(street: Review, change: dict, said: str) -> None:
    client = street.client(Role.OFFICER)
    list_id = make(client, 3)
    at = f"/bezoeken/{list_id}/halte/{stops(client, list_id)[0]}"
    sent = {"situatie": "toegang_verleend", "bevinding": "gesloten", "notitie": "Luiken dicht.", "dag": "2026-11-02"}
    back = client.send_form(at, sent | change)
    assert back.status_code == 422
    assert said in back.text
    assert (sent | change)["notitie"] in back.text
    assert all(f'value="{text}"' in back.text for name, text in change.items() if name.startswith("aantal"))
    assert findings_as_controles(street.store).is_empty()


def test_what_is_written_of_a_visit_and_not_sent_stays_for_its_writer_until_it_is(street: Review) -> None:
    ann, ben = street.client(Role.OFFICER, account="ann"), street.client(Role.OFFICER, account="ben")
    list_id = make(ann, 3, collega="ben")
    at = f"/bezoeken/{list_id}/halte/{stops(ann, list_id)[0]}"
    seen = {"situatie": "toegang_verleend", "bevinding": "gesloten", "opschrift_gevel": "De Kroon", "notitie": "Dicht."}
    assert ann.send_form(at, seen | {"dag": "2026-11-02", "concept": "ja"}).headers["location"] == at
    assert findings_as_controles(street.store).is_empty()
    back = ann.get(at).text
    assert "Dicht.</textarea>" in back
    assert 'value="De Kroon"' in back
    assert len(re.findall(r'value="(?:toegang_verleend|gesloten)" checked', back)) == 2
    assert "Verslag van een bezoek" in ann.get("/concepten").text
    assert "Dicht." not in ben.get(at).text
    (draft,) = drafts_of_cases(street.store, street.settings.workspace, [case_id(3)], now=street.clock.now)
    assert dict(draft.fields)["notitie"] == "Dicht."
    ann.send_form(f"{at}/telefoon", seen | {"dag": "2026-11-02"})
    assert drafts_of_cases(street.store, street.settings.workspace, [case_id(3)], now=street.clock.now) == []


def test_words_on_a_visit_that_are_refused_are_in_no_draft_and_the_rest_is(street: Review) -> None:
    client = street.client(Role.OFFICER)
    list_id = make(client, 3)
    at = f"/bezoeken/{list_id}/halte/{stops(client, list_id)[0]}"
    seen = {"situatie": "toegang_verleend", "opschrift_gevel": "De Kroon", "dag": "2026-11-02"}

    def kept(**change: str) -> dict[str, str]:
        assert client.send_form(at, seen | change).status_code in {303, 422}
        (draft,) = drafts_of_cases(street.store, street.settings.workspace, [case_id(3)], now=street.clock.now)
        return dict(draft.fields)

    for refused in (f"Sprak met {NAME.split()[0]}.", "Bel 06 12 34 56 78.", "Kees Jansen deed open."):
        assert kept(notitie=refused) == seen
        assert kept(notitie=refused, concept="ja") == seen
    long = "Luiken dicht. " * 40
    assert kept(notitie=long) == seen | {"notitie": long}, "too long is no reason to lose it"
    assert kept(opschrift_gevel="Bel 06 12 34 56 78", notitie="Dicht.") == {
        "situatie": "toegang_verleend",
        "notitie": "Dicht.",
        "dag": "2026-11-02",
    }


def test_the_second_of_two_who_record_sees_both_and_loses_nothing(street: Review) -> None:
    ann, ben = street.client(Role.OFFICER, account="ann"), street.client(Role.OFFICER, account="ben")
    list_id = make(ann, 3, collega="ben")
    at = f"/bezoeken/{list_id}/halte/{stops(ben, list_id)[0]}"
    said = {"situatie": "niemand_aanwezig", "dag": "2026-11-02"}
    assert ann.send_form(at, said).headers["location"] == f"/bezoeken/{list_id}"
    late = ben.send_form(at, said | {"situatie": "geen_medewerking", "notitie": "Luiken dicht."})
    assert late.status_code == 409
    assert "Een collega was net eerder" in late.text
    assert "Niemand aanwezig" in late.text
    assert "Luiken dicht." in late.text
    assert re.search(r'value="geen_medewerking" checked', late.text)
    replaces = re.search(r'name="vervangt" value="(\d+)"', late.text)
    ben.send_form(at, said | {"situatie": "geen_medewerking", "vervangt": replaces[1]})
    assert findings_as_controles(street.store)["situatie"].to_list() == ["geen_medewerking"]


def test_a_phone_is_told_by_status_what_became_of_what_it_kept(street: Review) -> None:
    ann, ben = street.client(Role.OFFICER, account="ann"), street.client(Role.OFFICER, account="ben")
    list_id = make(ann, 3, collega="ben")
    at = f"/bezoeken/{list_id}/halte/{stops(ben, list_id)[0]}/telefoon"
    kept = {"situatie": "niemand_aanwezig", "dag": "2026-11-02"}
    assert ann.send_form(at, kept | {"situatie": ""}).status_code == 422
    assert ann.send_form(at, kept).status_code == 204
    assert ann.send_form(at, kept).status_code == 204, "an answer that was lost is no conflict"
    assert ben.send_form(at, kept).status_code == 409
    assert street.client(Role.OFFICER, account="carl").send_form(at, kept).status_code == 404
    assert findings_as_controles(street.store).height == 1


def test_a_list_is_there_for_two_and_looks_absent_to_everybody_else(street: Review) -> None:
    ann, ben = (street.client(Role.OFFICER, account=name) for name in ("ann", "ben"))
    list_id = make(ann, 3, collega="ben")
    visit = stops(ann, list_id)[0]
    assert ben.get(f"/bezoeken/{list_id}").status_code == 200
    other = street.client(Role.OFFICER, Role.SENSITIVE_REVIEWER)
    for path in ("", "/afdruk", f"/halte/{visit}"):
        assert other.get(f"/bezoeken/{list_id}{path}").status_code == 404
        assert other.get(f"/bezoeken/{'0' * 16}{path}").status_code == 404
    assert other.get(f"/bezoeken/onderweg/{list_id}").status_code == 404
    for path, data in (
        ("volgorde", {"halte": visit}),
        ("klaar", {}),
        (f"halte/{visit}", {"situatie": "geen_medewerking"}),
    ):
        assert other.send_form(f"/bezoeken/{list_id}/{path}", data).status_code == 404
    for role in (Role.ANALYST, Role.LEAD, Role.AUDITOR, Role.ADMIN, Role.COLLEAGUE):
        assert street.client(role).get(f"/bezoeken/{list_id}").status_code == 403


def test_every_address_that_was_shown_is_in_the_ledger_under_its_case(street: Review) -> None:
    client = street.client(Role.OFFICER)
    list_id = make(client, 3, 9)
    before = street.ledger.entries()[-1].seq
    client.get(f"/bezoeken/{list_id}")
    client.get(f"/bezoeken/onderweg/{list_id}?bewaar=ja")
    written = [one.entry for one in street.ledger.entries(after=before)]
    read = [one.case for one in written if one.action == LedgerAction.READ_VISIT and one.case]
    assert sorted(read) == sorted([case_id(3), case_id(9)] * 2)
    assert [one.object for one in written if one.action == LedgerAction.PRINT] == [f"visit:{list_id}"]
    assert all(one.purpose for one in written)


def test_without_a_purpose_no_address_is_shown(street: Review) -> None:
    client = street.client(Role.OFFICER, purpose=None)
    assert addresses(client.get("/bezoeken/nieuw").text) == []
    client.state_purpose(None, Purpose.OO)
    assert addresses(client.get("/bezoeken/nieuw").text)


def test_what_leaves_the_building_holds_addresses_and_no_name_no_reason_no_case(street: Review) -> None:
    client = street.client(Role.OFFICER, Role.SENSITIVE_REVIEWER)
    list_id = make(client, 3, 6)
    visit = stops(client, list_id)[0]
    client.send_form(
        f"/bezoeken/{list_id}/halte/{visit}",
        {"situatie": "toegang_verleend", "bevinding": "gesloten", "notitie": "Luiken dicht.", "dag": "2026-11-02"},
    )
    for text in (
        client.get(f"/bezoeken/onderweg/{list_id}").text,
        pdf_text(client.get(f"/bezoeken/{list_id}/afdruk").content),
    ):
        assert set(addresses(text)) == {"Teststraat 03", "Teststraat 06"}
        for secret in (
            NAME.split()[0],
            "LIC-04",
            "afwijking",
            "bevestigd",
            case_id(3),
            "Luiken",
            "seks",
            client.account,
        ):
            assert secret not in text, secret


def pdf_text(content: bytes) -> str:
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True)
    return done.stdout.decode()


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_list_is_printed_in_large_type_and_tagged(street: Review, language: str, tmp_path: Path) -> None:
    client = street.client(Role.OFFICER)
    list_id = make(client, 3, 9, 12, 15)
    answer = client.get(f"/bezoeken/{list_id}/afdruk?lang={language}")
    assert answer.headers["content-type"] == "application/pdf"
    file = tmp_path / "list.pdf"
    file.write_bytes(answer.content)
    about = subprocess.run(["pdfinfo", file], capture_output=True, text=True, check=True).stdout
    assert re.search(r"Tagged:\s+yes", about)
    title = "Bezoeklijst voor 2 november 2026" if language == "nl" else "Walking list for 2 November 2026"
    assert title in about
    assert title in pdf_text(answer.content)
    boxes = subprocess.run(["pdftotext", "-bbox", file, "-"], capture_output=True, text=True, check=True).stdout
    heights = [
        float(bottom) - float(top)
        for top, bottom in re.findall(r'yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)">Teststraat', boxes)
    ]
    assert heights
    assert min(heights) >= 18


# a first look


def plan_first_look(client: Client, case_id: str):
    """Send the form for a list of this case alone."""
    return client.send_form("/bezoeken/nieuw", {"zaak": case_id, "dag": client.review.clock.now.date().isoformat()})


def record_first_look(client: Client, list_id: str) -> str:
    """Record what was found at the only stop of this list; the page of the stop."""
    at = f"/bezoeken/{list_id}/halte/{stops(client, list_id)[0]}"
    seen = {"situatie": "toegang_verleend", "aantal_kamers": "4", "notitie": "4 kamers met een los slot."}
    assert client.send_form(at, seen | {"dag": client.review.clock.now.date().isoformat()}).status_code == 303
    return at


def test_a_first_look_is_offered_when_everything_was_read_and_a_second_reader_learns_of_it_afterwards(
    review: Review,
) -> None:
    ann, ben = review.client(Role.OFFICER, account="ann"), review.client(Role.OFFICER, account="ben")
    case_id = officers.cases(review)[0]
    offer = "Plan een eerste blik"
    assert offer not in officers.read(ann, case_id).text
    assert offer in officers.open_all(ann, case_id).text
    assert re.search(rf'value="{case_id}" checked', ann.get(f"/bezoeken/nieuw?zaak={case_id}").text)
    planned = plan_first_look(ann, case_id)
    assert planned.status_code == 303, planned.text
    officers.judge(ann, case_id)
    assert plan_first_look(ann, case_id).status_code == 404, "the second reader has it now"
    assert f'value="{case_id}"' not in ann.get(f"/bezoeken/nieuw?zaak={case_id}").text
    before = officers.open_dossier(ben, case_id).text
    assert 'id="bezoeken"' not in before
    assert f'value="{case_id}"' not in ben.get(f"/bezoeken/nieuw?zaak={case_id}").text
    at = record_first_look(ann, planned.headers["location"].rpartition("/")[2])
    assert sent_photo(ann, at, jpeg()) == 204
    own = officers.shown(ann, case_id).text
    photo = re.search(rf'src="(/zaken/{case_id}/bezoekfoto/[0-9a-f]{{16}})"', own)[1]
    assert ann.get(photo).status_code == 200
    assert ben.get(photo).status_code == 404
    assert "4 kamers met een los slot." in own
    assert offer not in own
    # not a letter of the page tells the second reader, who then sees it with everything else
    assert without_tokens(officers.shown(ben, case_id).text) == without_tokens(before)
    assert "Aantal kamers in gebruik" in officers.read(ben, case_id).text
    assert ben.get(photo).headers["content-type"] == "image/jpeg"
    last = review.ledger.entries()[-1].entry
    assert (last.action, last.object, last.case) == (LedgerAction.READ_VISIT, f"photo:{photo[-16:]}", case_id)
    # a visit of one's own tells nobody's name at that of others, and only a list that opens is a link
    ann.send_form(f"{at.partition('/halte/')[0]}/klaar")
    officers.open_all(ben, case_id)
    own_list = plan_first_look(ben, case_id).headers["location"]
    visits = officers.shown(ben, case_id).text.partition('id="bezoeken"')[2].partition("</section>")[0]
    assert visits.count("een collega") == 1
    assert re.findall(r'href="(/bezoeken/\w+)"', visits) == [own_list]
    with review.store.engine.begin() as connection:
        of_ben = visit_list.c.list_id == own_list.rpartition("/")[2]
        connection.execute(visit_list.update().where(of_ben).values(sensitive=True))
    assert ben.get(own_list).status_code == 404
    assert own_list not in officers.shown(ben, case_id).text


def test_a_case_of_the_random_sample_offers_no_first_look_when_it_was_read(review: Review) -> None:
    ann = review.client(Role.OFFICER, account="ann")
    case_id = officers.cases(review, arm="sample")[0]
    assert "eerste blik" not in officers.ready(ann, case_id).text
    assert plan_first_look(ann, case_id).status_code == 404


def without_tokens(text: str) -> str:
    """A page without what is another on every request."""
    return re.sub(r'(csrf[-_]token" (?:content|value)=")[^"]*', r"\1", text)


# in a browser


def walk(review: Review, *numbers: int, account: str) -> str:
    """A list that is there already; its id."""
    return plan_visits(
        review.store, _viewer(account), [case_id(n) for n in numbers], for_date=MORNING.date(), now=MORNING
    ).list_id


def signed_in(served, page, *roles: Role) -> str:
    """The account of a person who signs in in this window."""
    page.context.add_cookies(served.cookies(*roles, account="walker"))
    return "walker"


def keep(page, url: str) -> None:
    """Keep a list on the phone, and wait until it is there."""
    page.goto(url)
    page.wait_for_selector('[data-kept="no"]')
    page.get_by_role("button", name="Bewaar 24 uur op deze telefoon").click()
    page.wait_for_selector('[data-kept="yes"]')


EXPIRE = """async ([list, header, value]) => {
  const shelf = await caches.open("bezoek-" + list), kept = await shelf.match("/bezoeken/onderweg/" + list);
  const headers = new Headers(kept.headers);
  headers.set(header, String(value));
  await shelf.put("/bezoeken/onderweg/" + list, new Response(await kept.text(), {headers}));
}"""
KEPT = """async () => {
  const found = [];
  for (const name of await caches.keys())
    for (const one of await (await caches.open(name)).keys()) found.push(new URL(one.url).pathname);
  return [found.sort(), (await navigator.serviceWorker.getRegistrations()).length];
}"""


def test_a_phone_without_a_network_shows_the_kept_list_and_nothing_else(browser, tmp_path: Path) -> None:
    with serving(fill(Workspace(tmp_path / "away"))) as served, looking(browser, served, width=360, height=740) as page:
        list_id = walk(served.review, 3, 9, 12, account=signed_in(served, page, Role.OFFICER))
        url = f"{served.url}/bezoeken/onderweg/{list_id}"
        keep(page, url)
        assert page.evaluate(KEPT) == [
            [
                f"/bezoeken/onderweg/{list_id}",
                "/static/visits-photo.js",
                "/static/visits-record.js",
                "/static/visits-store.js",
                "/static/visits.css",
                "/static/visits.js",
            ],
            1,
        ]
        page.context.set_offline(True)
        page.goto(url)
        page.wait_for_selector('[data-kept="yes"]')
        assert "Bewaard op deze telefoon tot 3 november 2026" in page.inner_text("main")
        assert len(set(addresses(page.inner_text("#v-content")))) == 3
        assert page.evaluate("getComputedStyle(document.body).maxWidth") != "none"  # with its style
        assert axe_violations(page) == []
        page.screenshot(path=tmp_path / "visits-offline-360.png", full_page=True)
        for path in (f"/bezoeken/{list_id}", "/bezoeken", "/bezoeken/onderweg/" + "0" * 16):
            with pytest.raises(Exception, match="ERR_INTERNET_DISCONNECTED"):
                page.goto(served.url + path)


@pytest.mark.parametrize(
    ("header", "value"),
    [("x-bewaard-tot", 1), ("x-bewaard-op", 9_999_999_999_999)],
    ids=["24 hours are over", "the clock was put back"],
)
def test_a_kept_list_is_gone_when_its_time_is_over(browser, tmp_path: Path, header: str, value: int) -> None:
    with serving(fill(Workspace(tmp_path / "late"))) as served, looking(browser, served) as page:
        list_id = walk(served.review, 3, 9, account=signed_in(served, page, Role.OFFICER))
        url = f"{served.url}/bezoeken/onderweg/{list_id}"
        keep(page, url)
        page.context.set_offline(True)
        # an open page loses its content
        page.goto(url)
        page.wait_for_selector('[data-kept="yes"]')
        page.evaluate(EXPIRE, [list_id, header, value])
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        page.wait_for_selector('[data-kept="expired"]')
        assert addresses(page.content()) == []
        assert "De lijst is van deze telefoon gewist" in page.inner_text("main")
        assert page.evaluate(KEPT) == [[], 0]
        # and one that is opened again is not given out
        page.context.set_offline(False)
        keep(page, url)
        page.context.set_offline(True)
        page.evaluate(EXPIRE, [list_id, header, value])
        with pytest.raises(Exception, match=r"ERR_(INTERNET_DISCONNECTED|FAILED)"):
            page.goto(url)
        page.context.set_offline(False)
        page.goto(f"{served.url}/bezoeken")
        page.wait_for_selector('[data-ready="yes"]')
        assert page.evaluate(KEPT) == [[], 0]


def test_a_list_can_be_removed_and_goes_with_the_end_of_the_walk(browser, tmp_path: Path) -> None:
    with serving(fill(Workspace(tmp_path / "drop"))) as served, looking(browser, served) as page:
        list_id = walk(served.review, 3, 9, account=signed_in(served, page, Role.OFFICER))
        url = f"{served.url}/bezoeken/onderweg/{list_id}"
        keep(page, url)
        page.get_by_role("button", name="Wis van deze telefoon").click()
        page.wait_for_selector('[data-kept="no"]')
        assert page.evaluate(KEPT) == [[], 0]
        keep(page, url)
        page.goto(f"{served.url}/bezoeken/{list_id}")
        click(page, page.get_by_role("button", name="Rond de lijst af"))
        page.wait_for_url(f"{served.url}/bezoeken")
        for _ in range(50):
            if page.evaluate(KEPT) == [[], 0]:
                break
            page.wait_for_timeout(100)
        assert page.evaluate(KEPT) == [[], 0]


def test_signing_out_takes_the_kept_list_away(browser, tmp_path: Path) -> None:
    with serving(fill(Workspace(tmp_path / "out"))) as served, looking(browser, served) as page:
        list_id = walk(served.review, 3, account=signed_in(served, page, Role.OFFICER))
        keep(page, f"{served.url}/bezoeken/onderweg/{list_id}")
        page.goto(f"{served.url}/bezoeken")
        assert page.evaluate(KEPT)[1] == 1
        click(page, page.get_by_role("button", name="Afmelden"))
        page.wait_for_url(f"{served.url}/afgemeld*")
        assert page.evaluate(KEPT) == [[], 0]


def test_a_failed_keeping_leaves_nothing_and_says_so(browser, tmp_path: Path) -> None:
    with serving(fill(Workspace(tmp_path / "fail"))) as served, looking(browser, served) as page:
        list_id = walk(served.review, 3, account=signed_in(served, page, Role.OFFICER))
        page.goto(f"{served.url}/bezoeken/onderweg/{list_id}")
        page.wait_for_selector('[data-kept="no"]')
        served.review.clock.now += timedelta(hours=9)  # the session is over
        page.get_by_role("button", name="Bewaar 24 uur op deze telefoon").click()
        page.get_by_text("Bewaren lukte niet").wait_for()
        assert page.evaluate(KEPT) == [[], 0]


def press_enter(page, button) -> None:
    """Keep what is in a form."""
    del page
    button.press("Enter")


def press_while_full(page, button) -> None:
    """Keep it on a phone that has no room: a warning comes, and nothing is gone; then on one that has.

    As the first that is kept: for half a minute after that Chromium asks nobody for room.
    """
    phone, origin = page.context.new_cdp_session(page), page.evaluate("location.origin")
    phone.send("Storage.overrideQuotaForOrigin", {"origin": origin, "quotaSize": 1})
    before = page.evaluate(WAITING)
    button.press("Enter")
    page.get_by_text("Misschien is de telefoon vol").first.wait_for()
    assert page.evaluate(WAITING)["states"] == before["states"]
    assert button.is_visible()
    phone.send("Storage.overrideQuotaForOrigin", {"origin": origin})
    button.press("Enter")


def photograph(page, address: str, shows: str, press: Callable = press_enter) -> None:
    """Take a photo of a stop with the camera of the browser, crop and blur it by the keyboard, and keep it."""
    page.locator("[data-v-photo]").filter(has_text=address).press("Enter")
    page.locator('[data-v-part="shoot"]:enabled').press("Enter")
    frame = page.get_by_label("De foto met het kader")
    frame.press("ArrowLeft")
    frame.press("Shift+ArrowDown")
    page.get_by_text("Kader: 23 % van links, 25 % van boven, 50 % breed, 52 % hoog.").wait_for()
    assert page.get_by_label("Van links").get_attribute("aria-valuetext") == "23 %"
    for name in ("Snijd bij tot het kader", "Vervaag in het kader"):
        page.get_by_role("button", name=name).press("Enter")
    page.get_by_label(shows, exact=True).press("Space")
    page.get_by_label("Ik keek het na").press("Space")
    press(page, page.get_by_role("button", name="Bewaar de foto"))
    page.locator("#v-camera").wait_for(state="hidden")


WAITING = """async () => {
  const asked = (request) => new Promise((resolve) => { request.onsuccess = () => resolve(request.result); });
  const opening = indexedDB.open("bezoeken", 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore("keys"); opening.result.createObjectStore("waiting", { keyPath: "visit" });
  };
  const database = await asked(opening);
  const all = (name) => asked(database.transaction(name).objectStore(name).getAll());
  const [records, [key]] = [await all("waiting"), await all("keys")];
  database.close();
  return {
    states: records.map((record) => record.state), hours: records.map((record) => (record.until - record.saved) / 36e5),
    text: records.map((record) => new TextDecoder().decode(record.data) + JSON.stringify(record)).join(""),
    key: key ? [key.extractable, key.algorithm.name] : null,
  };
}"""
#: Make what waits older, or its clock later, by so many hours.
AGE = """async (hours) => {
  const asked = (request) => new Promise((resolve) => { request.onsuccess = () => resolve(request.result); });
  const database = await asked(indexedDB.open("bezoeken", 1));
  const waiting = database.transaction("waiting", "readwrite").objectStore("waiting");
  for (const record of await asked(waiting.getAll()))
    await asked(waiting.put({ ...record, saved: record.saved - hours * 36e5, until: record.until - hours * 36e5 }));
  database.close();
}"""


def record_away(page, address: str, press: Callable = press_enter, **fields: str) -> None:
    """Fill the form of a stop on the kept page, with the keyboard, and keep it."""
    summary = page.locator("summary").filter(has_text=address)
    summary.press("Enter")
    form = page.locator("details[open] form")
    form.get_by_label(fields.pop("situation")).press("Space")
    for label, text in fields.items():
        form.get_by_label(label.replace("_", " ")).fill(text)
    press(page, form.get_by_role("button", name="Bewaar en verstuur"))
    form.wait_for(state="hidden")


def test_a_visit_without_a_line_is_kept_encrypted_sent_later_and_warned_of_before_it_goes(browser, tmp_path) -> None:
    phone = {"width": 360, "height": 740, "color_scheme": "dark"}
    with serving(fill(Workspace(tmp_path / "line"))) as served, looking(browser, served, **phone) as page:
        account = signed_in(served, page, Role.OFFICER)
        list_id = walk(served.review, 3, 9, account=account)
        store = served.review.store
        keep(page, f"{served.url}/bezoeken/onderweg/{list_id}")
        page.context.set_offline(True)
        page.goto(f"{served.url}/bezoeken/onderweg/{list_id}")
        page.wait_for_selector('[data-record="yes"]')
        page.locator("summary").first.press("Enter")
        assert axe_violations(page) == []
        assert not overflows(page)
        page.screenshot(path=tmp_path / "visits-record-360.png", full_page=True)
        page.locator("summary").first.press("Enter")
        # a photo is cropped and blurred, and kept beside the note, both not to be read
        photograph(page, "Teststraat 03", "Buitenkant", press=press_while_full)
        page.wait_for_selector("[data-v-photos] .v-state")
        day = MORNING.date().isoformat()
        record_away(
            page,
            "Teststraat 03",
            situation="Toegang gekregen",
            Aantal_kamers="4",
            Notitie="Los slot.",
            Op_welke_dag=day,
        )
        page.locator('[data-v-is="waiting"]').nth(1).wait_for()
        assert "Versleuteld bewaard op deze telefoon" in page.inner_text('[data-v-is="waiting"]')
        kept = page.evaluate(WAITING)
        assert (kept["states"], kept["hours"], kept["key"]) == (["waiting"] * 2, [72] * 2, [False, "AES-GCM"])
        assert [text for text in ("Los slot", "situatie", "buiten", "JFIF") if text in kept["text"]] == []
        # who was not let in records the outside alone, and has not to wait for the server to be told so
        record_away(page, "Teststraat 09", situation="Niemand aanwezig", Op_welke_dag=day)
        assert page.evaluate(WAITING)["states"] == ["waiting"] * 3
        assert findings_as_controles(store).is_empty()
        # a warning before the 72 hours are over
        page.evaluate(AGE, 61)
        page.reload()
        page.wait_for_selector('[data-v-is="soon"]')
        assert "Zorg voor internet" in page.inner_text('[data-v-is="soon"] >> nth=0')
        # a colleague was first at one of the two
        at = {stop.address: stop for stop in get_visit_list(store, _viewer(account), list_id).stops}
        other = at["Teststraat 09"]
        record_outcome(
            store,
            _viewer(account),
            list_id,
            other.visit_id,
            situatie="geen_medewerking",
            bevindingen=[],
            note="",
            visited_on=MORNING.date(),
            replaces=None,
            now=MORNING,
        )
        page.context.set_offline(False)
        page.evaluate("window.dispatchEvent(new Event('online'))")
        page.wait_for_selector('[data-v-is="conflict"]')
        assert page.evaluate(WAITING)["states"] == ["conflict"]
        (photo,) = all_photos(served.review.settings.workspace)
        assert (photo.case_id, photo.shows) == (case_id(3), "buiten")
        rows = {row["adresseerbaar_object_id"]: row for row in findings_as_controles(store).to_dicts()}
        assert rows[at["Teststraat 03"].address_id]["aantal_kamers"] == "4"
        assert rows[other.address_id]["situatie"] == "geen_medewerking"
        # signing out warns first; nothing of the conflict is lost: both are on the form
        page.goto(f"{served.url}/bezoeken")
        page.wait_for_selector('[data-unsent="1"]')
        page.get_by_role("button", name="Afmelden").first.click()
        page.get_by_text("Meldt u zich nu af, dan verdwijnen ze").wait_for()
        assert axe_violations(page) == []
        click(page, page.get_by_role("link", name="Kijk het na"))
        page.wait_for_selector('[data-record="yes"]')
        assert "Geen medewerking" in page.inner_text("main .utrecht-alert >> nth=0")
        assert page.get_by_label("Niemand aanwezig").is_checked()
        page.screenshot(path=tmp_path / "visits-conflict-360.png", full_page=True)
        # what the server did not answer stays on the phone, and goes when the server has it
        page.route("**/halte/*", lambda route: route.fulfill(status=502, body="Bad gateway"))
        click(page, page.get_by_role("button", name="Leg vast"))
        page.unroute("**/halte/*")
        page.goto(f"{served.url}/bezoeken/{list_id}")
        click(page, page.get_by_role("link", name="Kijk het na"))
        page.wait_for_selector('[data-unsent="1"]')
        click(page, page.get_by_role("button", name="Leg vast"))
        page.wait_for_url(f"**/bezoeken/{list_id}")
        page.wait_for_selector('[data-unsent="0"]')
        assert page.evaluate(WAITING) == {"states": [], "hours": [], "text": "", "key": None}
        assert set(findings_as_controles(store)["situatie"]) == {"toegang_verleend", "niemand_aanwezig"}


def test_what_was_not_sent_goes_after_72_hours_and_that_is_said(browser, tmp_path: Path) -> None:
    with serving(fill(Workspace(tmp_path / "gone"))) as served, looking(browser, served, width=360) as page:
        list_id = walk(served.review, 3, account=signed_in(served, page, Role.OFFICER))
        url = f"{served.url}/bezoeken/onderweg/{list_id}"
        page.goto(url)
        page.wait_for_selector('[data-record="yes"]')
        page.context.set_offline(True)
        record_away(page, "Teststraat 03", situation="Niemand aanwezig", press=press_while_full)
        page.wait_for_selector('[data-v-is="waiting"]')
        page.evaluate(AGE, 61)
        page.goto("about:blank")  # nothing sends it
        page.context.set_offline(False)
        # whatever page comes first
        page.goto(f"{served.url}/hulp")
        page.wait_for_selector("#v-soon:visible")
        page.evaluate(AGE, 12)
        page.goto(f"{served.url}/hulp")
        page.wait_for_selector('[data-visits="looked"]')
        lost = page.evaluate(WAITING)
        assert (lost["states"], lost["key"]) == (["lost"], None)
        assert set(json.loads(lost["text"])) == {"visit", "list", "saved", "until", "state"}
        page.goto(url)
        page.wait_for_selector('[data-v-is="lost"]')
        assert findings_as_controles(served.review.store).is_empty()
        # and with the session, at signing out
        page.context.set_offline(True)
        record_away(page, "Teststraat 03", situation="Niemand aanwezig")
        page.wait_for_selector('[data-v-is="waiting"]')
        page.context.set_offline(False)
        page.route("**/telefoon", lambda route: route.abort())
        page.goto(f"{served.url}/bezoeken?afmelden=ja")
        click(page, page.get_by_role("button", name="Toch afmelden"))
        page.wait_for_url(f"{served.url}/afgemeld*")
        assert page.evaluate(WAITING)["states"] == []


def test_the_keyboard_makes_a_list_orders_it_and_records(browser, tmp_path: Path) -> None:
    with serving(fill(Workspace(tmp_path / "keys"))) as served, looking(browser, served) as page:
        signed_in(served, page, Role.OFFICER)
        page.goto(f"{served.url}/bezoeken/nieuw")
        for address in ("Teststraat 03", "Teststraat 09", "Teststraat 12"):
            page.get_by_label(address).press("Space")
        enter(page, page.get_by_role("button", name="Maak de lijst"))
        page.wait_for_selector(".v-stops")
        before = [addresses(one)[0] for one in page.locator(".v-stops h3").all_inner_texts()]
        enter(page, page.get_by_role("button", name=f"Later: {before[0]}"))
        page.get_by_text("De volgorde is veranderd.").wait_for()
        assert [addresses(one)[0] for one in page.locator(".v-stops h3").all_inner_texts()] == [
            before[1],
            before[0],
            before[2],
        ]
        assert page.evaluate("document.querySelector(':target').id").startswith("halte-")
        enter(page, page.get_by_role("link", name=re.compile(f"^Leg vast wat u zag.*{before[0]}")))
        page.get_by_label("Niemand aanwezig").press("Space")
        enter(page, page.get_by_role("button", name="Leg vast"))
        page.get_by_text("telt het mee als controle").first.wait_for()
        assert findings_as_controles(served.review.store)["situatie"].to_list() == ["niemand_aanwezig"]


def test_nothing_is_wrong_with_any_page_or_state(browser, tmp_path: Path) -> None:
    def look(name: str) -> None:
        page.screenshot(path=tmp_path / "shots" / f"visits-{name}.png", full_page=True)
        assert axe_violations(page) == [], name
        assert not overflows(page), name

    with serving(fill(Workspace(tmp_path / "axe"))) as served, looking(browser, served, width=360) as page:
        account = signed_in(served, page, Role.OFFICER)
        page.goto(f"{served.url}/bezoeken")
        look("none")
        page.goto(f"{served.url}/bezoeken/nieuw")
        look("new")
        click(page, page.get_by_role("button", name="Maak de lijst"))
        page.get_by_role("alert").wait_for()
        look("new-error")
        list_id = walk(served.review, 3, 9, 15, account=account)
        page.goto(f"{served.url}/bezoeken/{list_id}")
        look("list")
        visit = get_visit_list(served.review.store, _viewer(account), list_id).stops[0].visit_id
        assert not page.locator("#v-unsent").is_visible()
        page.goto(f"{served.url}/bezoeken/{list_id}/halte/{visit}")
        assert not page.locator("#v-from-phone, .v-state").first.is_visible()
        look("stop")
        click(page, page.get_by_role("button", name="Leg vast"))
        page.get_by_role("alert").wait_for()
        look("stop-error")
        page.get_by_label("Geen medewerking").check()
        click(page, page.get_by_role("button", name="Leg vast"))
        page.wait_for_url(f"**/{list_id}")
        look("list-recorded")
        page.goto(f"{served.url}/bezoeken/{list_id}/halte/{visit}?lang=en")
        look("stop-again-en")
        page.goto(f"{served.url}/bezoeken/onderweg/{list_id}?lang=nl")
        page.wait_for_selector('[data-kept="no"]')
        look("away")
        page.goto(f"{served.url}/bezoeken")
        look("overview")


def _viewer(account: str) -> Viewer:
    return Viewer(account, frozenset({Role.OFFICER}))
