"""What people do from the first page to the last, as they would: by what the pages say, with and without JavaScript."""

from __future__ import annotations

import re
from datetime import timedelta

import sqlalchemy as sa
from playwright.sync_api import Page, expect

from screening.base.vocabulary import Role
from screening.casework.viewer import Viewer
from screening.store.schema.cases import review_case
from screening.store.schema.runs import FLAGGED, dossier_link, evidence
from tests.browser.desk import Camera, Desk
from tests.casework.caseload import given
from tests.partners.desk.disclosed import RIEC, agreed
from tests.review.conftest import click

ANNA, BRAM, DAAN, ESRA, FEMKE, FLEUR, GIJS = (
    "a.bakker",
    "b.visser",
    "d.mulder",
    "e.smit",
    "f.bos",
    "f.vos",
    "g.meijer",
)
READING = "De meldingen en de vergunning passen op dit adres niet goed bij elkaar."
WHY_FIRST = (
    "De registers zeggen iets anders over dit adres dan de vergunning. Ik zocht naar een evenement, een overname of "
    "werk aan de weg, en vond niets dat dit verklaart."
)
WHY_SECOND = (
    "Ook ik zie dat het gebruik en de vergunning verschillen. Een gewone verklaring vond ik niet: de houder bleef "
    "dezelfde en er loopt geen aanvraag."
)
WHY_ERROR = "De datum in het register is verkeerd overgenomen: de brief aan de ondernemer noemt een jaar later."


def chosen_cases(desk: Desk) -> list[tuple[str, str]]:
    """(case id, address) of flagged cases that every officer may see: those that rest on a link first, most hits first.

    Which arm a case is of, only the database tells.
    """
    alike = sa.select(dossier_link.c.link_id).where(dossier_link.c.level != "exact")
    with desk.served.review.store.engine.connect() as connection:
        doubtful = set(connection.scalars(alike))
        cases = connection.execute(
            review_case.select()
            .where(review_case.c.arm == FLAGGED, ~review_case.c.sensitive, review_case.c.concluded_on.is_(None))
            .order_by(review_case.c.address_id)
        ).all()
        hits = {
            case.case_id: connection.execute(
                evidence.select().where(evidence.c.run_id == case.run_id, evidence.c.address_id == case.address_id)
            ).all()
            for case in cases
        }
    order = sorted(
        cases,
        key=lambda case: (
            not any(set(hit.links) & doubtful for hit in hits[case.case_id]),
            -len(hits[case.case_id]),
            case.address_id,
        ),
    )
    return [(case.case_id, case.address) for case in order]


def place_of(address: str) -> tuple[str, str, str]:
    """Postcode, house number and addition of an address as the pages show it."""
    found = re.fullmatch(r".*? (\d+)\s?-?(\w*),? (\d{4} [A-Z]{2}) .*", address)
    assert found, "an address is written in a way that the journeys do not know"
    return found[3], found[1], found[2]


def press(page: Page, name: str) -> None:
    """Press the button of this name, which sends a form."""
    click(page, page.get_by_role("button", name=name, exact=True))


def follow(page: Page, name: str) -> None:
    """Follow the link of this name in the page itself."""
    click(page, page.get_by_role("main").get_by_role("link", name=name, exact=True).first)


def through_menu(page: Page, name: str) -> None:
    """Go to a part of the application by the menu."""
    click(page, page.get_by_role("navigation", name="Hoofdmenu").get_by_role("link", name=name, exact=True))


def opens_each_item(page: Page) -> None:
    """Open each item of one's own menu: a page of its own, which the menu then shows as the current one."""
    menu = page.get_by_role("navigation", name="Hoofdmenu").get_by_role("link")
    for name in [name.strip() for name in menu.all_inner_texts()]:
        through_menu(page, name)
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        expect(menu.and_(page.locator("[aria-current]"))).to_have_text([re.compile(name)])


def told(page: Page, text: str) -> None:
    """Something that the page says, and that can be seen."""
    expect(page.get_by_text(text).first).to_be_visible()


def state_purpose(page: Page) -> None:
    """Where it is asked, say for which task: the first that the page offers, since those of a case are of its law."""
    if page.get_by_role("heading", name="Waarvoor hebt u dit nodig?").count():
        page.get_by_role("radio").first.check()
        press(page, "Verder")


def give(desk: Desk, account: str, address: str) -> None:
    """Put the case of an address on the name of an officer, as dividing the work does."""
    store = desk.served.review.store
    with store.engine.connect() as connection:
        is_of_address = (review_case.c.address == address, review_case.c.concluded_on.is_(None))
        case_id = connection.scalars(sa.select(review_case.c.case_id).where(*is_of_address)).one()
    given(store, Viewer(account, frozenset({Role.OFFICER})), case_id)


def to_dossier(page: Page, address: str) -> None:
    """From one's own list into a dossier, saying for which task when that is asked."""
    follow(page, address)
    state_purpose(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(address)


def write_reading(page: Page, text: str = READING) -> None:
    """One's own reading, before anything is told."""
    assert page.get_by_role("heading", name="Waarom dit adres in de lijst staat").count() == 0
    page.get_by_label("Ja, ik zie een afwijking").check()
    page.get_by_label("Wat ziet u?").fill(text)
    press(page, "Leg mijn lezing vast")
    expect(page.get_by_role("heading", name="Waarom dit adres in de lijst staat")).to_be_visible()


def open_evidence(page: Page, camera: Camera | None = None) -> int:
    """Open every piece of evidence, one by one; how many there were."""
    closed = page.get_by_role("button", name=re.compile(r"^Lees \d"))
    count = closed.count()
    for left in range(count, 0, -1):
        assert page.get_by_role("button", name="Leg mijn oordeel vast").count() == 0
        closed.first.click()
        expect(closed).to_have_count(left - 1)
        if camera and left == count:
            camera(page, "aandachtspunt")
    return count


def judge(page: Page, outcome: str, why: str) -> None:
    """Fill in the form and send it."""
    page.get_by_label(outcome, exact=True).check()
    page.get_by_label("Waarom vindt u dit?").fill(why)
    press(page, "Leg mijn oordeel vast")


# officer judges, colleague confirms


def officers_judge(desk: Desk, camera: Camera, **window: object) -> str:
    """The journey of two officers on one case, with the page that a third one meets; the address of the case."""
    _, address = chosen_cases(desk)[0]
    desk.sign_in(ANNA, Role.OFFICER, purpose=None)
    with desk.window(ANNA, Role.OFFICER, **window) as anna, desk.window(BRAM, Role.OFFICER, **window) as bram:
        anna.goto(desk.url)
        camera(anna, "begin")
        give(desk, ANNA, address)
        through_menu(anna, "Zaken")
        _say_for_which_task(anna, camera)
        camera(anna, "zaken")
        _first_reads(anna, address, camera)
        to_dossier_of_colleague(bram, anna.url, camera)
        camera(anna, "oordeel")
        press(anna, "Leg mijn oordeel vast")
        told(anna, "Kies een oordeel.")
        camera(anna, "oordeel-fout")
        judge(anna, "Ja, dit is een afwijking", WHY_FIRST)
        told(anna, "Een tweede collega kijkt nu, zonder uw tekst te zien.")
        camera(anna, "wacht")
        _second_confirms(bram, desk, address, camera)
        anna.reload()
        told(anna, WHY_SECOND)
        camera(anna, "bevestigd")
    return address


def _say_for_which_task(page: Page, camera: Camera) -> None:
    """It is asked once, and not again for a case whose law the task covers."""
    expect(page.get_by_role("heading", level=1)).to_have_text("Waarvoor hebt u dit nodig?")
    camera(page, "waarvoor")
    page.get_by_label("Toezicht op vergunningen").check()
    press(page, "Verder")
    expect(page.get_by_role("heading", level=1)).to_have_text("Zaken om te toetsen")


def _first_reads(page: Page, address: str, camera: Camera) -> None:
    follow(page, address)
    state_purpose(page)  # of a case of another law
    expect(page.get_by_role("heading", level=1)).to_have_text(address)
    camera(page, "dossier")
    press(page, "Leg mijn lezing vast")
    told(page, "Schrijf op wat u ziet.")
    camera(page, "lezing-fout")
    write_reading(page)
    camera(page, "waarom")
    assert open_evidence(page, camera) >= 1
    camera(page, "gelezen")


def to_dossier_of_colleague(page: Page, url: str, camera: Camera) -> None:
    """Somebody else who wants the same dossier is told that it is not theirs now."""
    page.goto(url.partition("#")[0])
    state_purpose(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Deze zaak is nu niet voor u")
    camera(page, "bezig")


def _second_confirms(page: Page, desk: Desk, address: str, camera: Camera) -> None:
    page.goto(f"{desk.url}/zaken")
    assert address not in page.get_by_role("main").inner_text()
    give(desk, BRAM, address)
    page.reload()
    to_dossier(page, address)
    assert WHY_FIRST not in page.content()
    write_reading(page, "Wat gemeld is, past niet bij wat de vergunning toestaat.")
    open_evidence(page)
    assert WHY_FIRST not in page.content()
    camera(page, "tweede")
    assert ANNA not in page.content()
    judge(page, "Ja, dit is een afwijking", WHY_SECOND)
    told(page, "Uw oordeel ligt vast. De zaak is afgesloten.")


def officers_collide(desk: Desk, camera: Camera, **window: object) -> None:
    """One officer leaves a form open until the lead moves the case; a colleague judges; the form then saves nothing."""
    _, address = chosen_cases(desk)[1]
    clock = desk.served.review.clock
    with desk.window(ANNA, Role.OFFICER, **window) as anna, desk.window(BRAM, Role.OFFICER, **window) as bram:
        give(desk, ANNA, address)
        anna.goto(f"{desk.url}/zaken")
        to_dossier(anna, address)
        write_reading(anna, "Er wordt vaker geklaagd dan bij de buren, en een beheerder staat nergens.")  # not a copy
        open_evidence(anna)
        elsewhere = anna.context.new_page()
        for _ in range(3):  # the lock of the case ends; the sessions of both are kept alive in another window
            clock.forward(minutes=12)
            elsewhere.goto(desk.url)
            bram.goto(desk.url)
        give(desk, BRAM, address)
        bram.goto(f"{desk.url}/zaken")
        to_dossier(bram, address)
        write_reading(bram)
        open_evidence(bram)
        judge(bram, "Er staat een fout in een register", WHY_ERROR)
        told(bram, "De zaak is afgesloten.")
        judge(anna, "Ja, dit is een afwijking", WHY_FIRST)
        expect(anna.get_by_role("heading", level=1)).to_have_text("Een collega was u voor")
        told(anna, WHY_FIRST)  # what was written is not lost
        camera(anna, "conflict")
        follow(anna, "Of ga naar de andere zaken")
        expect(anna.get_by_role("heading", level=1)).to_have_text("Zaken om te toetsen")


def officer_takes_the_next(desk: Desk, camera: Camera, **window: object) -> None:
    """The oldest case by one press of a button, explained in the end."""
    with desk.window(FEMKE, Role.OFFICER, **window) as page:
        page.goto(f"{desk.url}/zaken")
        press(page, "Geef mij de volgende zaak")
        expect(page.get_by_role("link", name="Uw lezing")).to_be_visible()
        write_reading(page)
        open_evidence(page)
        page.get_by_label("Er is een gewone verklaring", exact=True).check()
        page.get_by_label("Een aanvraag, verlenging of bezwaar loopt nog").check()
        camera(page, "oordeel-verklaard")
        judge(page, "Er is een gewone verklaring", "De verlenging is op tijd gevraagd en er is nog niet over besloten.")
        told(page, "Uw oordeel ligt vast. De zaak is afgesloten.")


def officer_follows_up(desk: Desk, camera: Camera, address: str, **window: object) -> None:
    """After the judgement: documents asked for and received, and the case closed with a result."""
    with desk.window(ANNA, Role.OFFICER, **window) as page:
        page.goto(f"{desk.url}/na-het-oordeel")
        follow(page, address)
        told(page, "Bevestigd")
        camera(page, "vervolg")
        page.locator("summary", has_text="Stukken opvragen").click()
        page.get_by_role("checkbox").first.check()
        in_two_weeks = desk.served.review.clock.now.date() + timedelta(days=14)
        page.get_by_label("Wanneer moeten ze er zijn?").fill(in_two_weeks.isoformat())
        press(page, "Leg vast")
        told(page, "Bevestigd, wacht op stukken tot")
        press(page, "De stukken zijn binnen")
        page.locator("summary", has_text="Afronden met een resultaat").click()
        page.get_by_role("group", name="Wat is het resultaat?").get_by_role("radio").first.check()
        press(page, "Rond deze zaak af")
        told(page, "Afgerond:")
        page.goto(f"{desk.url}/na-het-oordeel")
        assert page.get_by_role("main").get_by_role("link", name=address, exact=True).count() == 0


# analyst judges links

#: "Zelfde", or "Voortzetting of groep" of two companies, with the letter of its key.
_POSITIVE = re.compile(r"^(Zelfde|Voortzetting of groep) x$")


def analysts_judge_links(desk: Desk, camera: Camera, first: str = ESRA, second: str = FEMKE, **window: object) -> None:
    """Two analysts read every pair with keys alone: same, different, not sure, taken back; then see what came of it."""
    with desk.window(first, Role.ANALYST, **window) as page:
        page.goto(desk.url)
        through_menu(page, "Koppelingen")
        camera(page, "koppelingen")
        follow(page, "Ga verder")
        expect(page.get_by_role("button", name=_POSITIVE)).to_be_visible()
        assert "gelijk in cijfers" not in page.content()
        camera(page, "koppeling")
        began = page.url
        _key(page, "x", "Bewaard: zelfde.")
        _key(page, "z", "Uw oordeel is teruggenomen.")
        assert page.url == began
        _key(page, "n", "Bewaard: verschillend.")
        _key(page, "u", "Bewaard: weet ik niet.")
        while page.get_by_role("button", name=_POSITIVE).count():
            _key(page, "x", "Bewaard")
        camera(page, "koppelingen-klaar")
        page.goto(f"{desk.url}/koppelingen")
        assert page.get_by_role("link", name="Ga verder").count() == 0
    with desk.window(second, Role.ANALYST, **window) as page:
        page.goto(f"{desk.url}/koppelingen")
        follow(page, "Ga verder")
        while page.get_by_role("button", name=_POSITIVE).count():
            _key(page, "x", "Bewaard")
        page.goto(f"{desk.url}/koppelingen")
        click(page, page.get_by_role("link", name="Bekijk de uitkomst").first)
        told(page, "Hoe de computer het woog")
        camera(page, "koppeling-uitkomst")


def _key(page: Page, key: str, says: str) -> None:
    """Press a key and wait for what the next page says of it."""
    with page.expect_navigation():
        page.keyboard.press(key)
    told(page, says)


# lead reads the dashboard


def lead_reads(desk: Desk, camera: Camera, **window: object) -> None:
    """What the figures can say, and what they cannot."""
    with desk.window(DAAN, Role.LEAD, **window) as page:
        page.goto(desk.url)
        through_menu(page, "Cijfers")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        told(page, "onvoldoende gegevens")
        camera(page, "overzicht")
        through_menu(page, "Beleid")
        camera(page, "beleid")


# a colleague passes on what was seen


def staff_sends_a_signal(desk: Desk, camera: Camera, address: tuple[str, str, str], **window: object) -> None:
    """From whom to call first, over a form that refuses names, to what became of it.

    `address`: postcode, house number, addition of an open case.
    """
    with desk.window(FLEUR, **window) as page, desk.window(GIJS, Role.CONTACT_PERSON, **window) as contact:
        page.goto(desk.url)
        through_menu(page, "Melden")
        camera(page, "melden")
        follow(page, "Een plek")
        camera(page, "melding")
        page.get_by_label("Er is nu geen gevaar, en ik denk niet").check()
        page.get_by_label("Ramen zijn langdurig afgeplakt").check()
        page.get_by_label("Op welke dag zag u het?").fill(desk.yesterday)
        page.get_by_label("Postcode", exact=True).fill(address[0])
        page.get_by_label("Huisnummer", exact=True).fill(address[1])
        page.get_by_label("Letter of toevoeging").fill(address[2])
        page.get_by_label("Wilt u er iets bij schrijven?").fill("Ik sprak met Sjaak Qwertzuiop bij de deur.")
        press(page, "Geef door aan de contactpersoon")
        told(page, "dit kan een naam zijn")
        camera(page, "signaal-fout")
        page.get_by_label("Wilt u er iets bij schrijven?").fill("Het licht brandde de hele nacht.")
        press(page, "Geef door aan de contactpersoon")
        told(page, "Uw melding is ontvangen.")
        camera(page, "signaal-verstuurd")
        contact.goto(desk.url)
        through_menu(contact, "Meldingen")
        camera(contact, "postbak")
        click(contact, contact.locator(".s-list").get_by_role("link").first)
        camera(contact, "brief")
        press(contact, "Leg het besluit vast")
        told(contact, "Kies wat u met de melding doet.")
        camera(contact, "brief-fout")
        contact.get_by_label("Ik bewaar het bij het adres").check()
        press(contact, "Leg het besluit vast")
        told(contact, "De melding is bewaard bij het adres.")
        click(contact, contact.locator("#klaar ~ .s-list").get_by_role("link").first)
        press(contact, "Wis de tekst")
        told(contact, "De tekst is gewist op")
        agreed(desk.served.review.store)
        contact.reload()
        follow(contact, f"Doorgeven aan: RIEC ({RIEC})")
        camera(contact, "doorgeven")
        contact.get_by_label("Aan de telefoon voorgelezen").check()
        contact.get_by_label("Op welke dag?").fill(desk.today)
        contact.get_by_label("Ik heb nagekeken dat deze grond hier geldt.").check()
        press(contact, "Leg vast")
        told(contact, "Het bewijs met zijn nummer is vastgelegd.")
        follow(contact, "Meldingen bij partners")
        contact.locator("summary").first.click()
        contact.get_by_label("Waarom haalt u het terug?").first.select_option("gegevens_onjuist")
        click(contact, contact.get_by_role("button", name="Terughalen").first)
        told(contact, "Teruggehaald. Laat het de partner nu weten.")
        camera(contact, "bij-partners")
        page.reload()
        told(page, "Uw melding is ontvangen.")
        camera(page, "signaal-gelezen")


def staff_thinks_of_a_person(desk: Desk, camera: Camera, **window: object) -> None:
    """From the choice over the ticks to whom to call; back in the form nothing stands ticked."""
    with desk.window(FLEUR, **window) as page:
        page.goto(desk.url)
        through_menu(page, "Melden")
        follow(page, "Een persoon die misschien slachtoffer is")
        camera(page, "persoon")
        page.get_by_label("Een ander houdt het paspoort").check()
        page.get_by_label("Een ander geeft steeds antwoord").check()
        press(page, "Laat zien wie ik bel")
        expect(page.get_by_role("heading", level=1)).to_have_text("Wie u nu belt")
        told(page, "112")
        camera(page, "persoon-bellen")
        with page.expect_navigation():
            page.go_back()
        expect(page.locator("main input:checked")).to_have_count(0)
        press(page, "Laat zien wie ik bel")
        told(page, "Kruis ten minste één ding aan")


# walking


def officer_visits(desk: Desk, camera: Camera, addresses: list[str], **window: object) -> None:
    """A list of confirmed addresses, in another order, on the phone, and what was seen at the first."""
    with desk.window(ANNA, Role.OFFICER, **window) as page:
        page.goto(desk.url)
        through_menu(page, "Bezoeken")
        follow(page, "Nieuwe bezoeklijst")
        camera(page, "bezoek-nieuw")
        for address in addresses:
            page.get_by_label(address, exact=True).check()
        press(page, "Maak de lijst")
        told(page, "De lijst is gemaakt, in de kortste volgorde.")
        camera(page, "bezoeklijst")
        if len(addresses) > 1:
            click(page, page.get_by_role("button", name=re.compile("^Later: ")).first)
            told(page, "De volgorde is veranderd.")
        click(page, page.get_by_role("link", name=re.compile("^Leg vast wat u zag")).first)
        camera(page, "bezoek-vastleggen")
        press(page, "Leg vast")
        told(page, "Kies hoe het bezoek verliep.")
        camera(page, "bezoek-fout")
        page.get_by_label("Toegang gekregen").check()
        page.get_by_label("In bedrijf").check()
        page.get_by_label("Aantal kamers in gebruik").fill("4")
        press(page, "Leg vast")
        told(page, "De volgende nacht telt het mee als controle.")
        click(page, page.get_by_role("link", name="Op uw telefoon"))
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        camera(page, "telefoon")
