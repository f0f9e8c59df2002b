"""What those do who stand behind tips, wishes and policy: care coordinator, lead, FG, and the deputy in the end."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from screening.base.vocabulary import Role
from tests.browser.desk import Camera, Desk
from tests.browser.journeys import DAAN, GIJS, follow, opens_each_item, press, through_menu, told
from tests.review.conftest import axe_violations, click

HANNA, NOOR, ZOE = "h.controle", "n.vervanger", "z.zorg"


class AxeCamera(Camera):
    """Looks with axe-core where another camera takes a picture, and finds nothing wrong."""

    def __init__(self) -> None:
        super().__init__(None)

    def __call__(self, page: Page, name: str) -> None:
        """Fail where something is wrong with the page under this name."""
        assert axe_violations(page) == [], name


def _to_part(page: Page, name: str) -> None:
    """Go to a page of the item of the menu in which one is."""
    click(page, page.get_by_role("link", name=name, exact=True).first)


def coordinator_calls(desk: Desk, camera: Camera, phone: str) -> None:
    """A wish taken on, a call in vain, contact: and the number is gone."""
    with desk.window(ZOE, Role.CARE_COORDINATOR) as page:
        page.goto(desk.url)
        opens_each_item(page)
        through_menu(page, "Contactwensen")
        card = page.locator(".bs-card", has_text=phone)
        camera(page, "wensen")
        for step, says in (
            ("Ik pak dit op", "Bel nu."),
            ("Gebeld, niet bereikt", "Vastgelegd dat u belde en niemand bereikte."),
            ("Er is contact", "Het nummer is gewist."),
        ):
            click(page, card.get_by_role("button", name=step))
            told(page, says)
            camera(page, step)
        expect(page.locator("main")).not_to_contain_text(phone)


def lead_keeps_policy_and_hours(desk: Desk, camera: Camera) -> None:
    """A question on policy answered, what the year yields, and the hours that it took."""
    with desk.window(DAAN, Role.LEAD) as page:
        page.goto(desk.url)
        through_menu(page, "Beleid")
        camera(page, "beleid")
        click(page, page.locator("main a[href='/beleid/sluiten-damocles']").first)
        page.get_by_label("Ja, dit is vastgesteld").check()
        page.get_by_label("Vastgesteld op").fill("2025-09-01")
        page.get_by_label("Herzien voor").fill("2028-06-01")
        page.get_by_label("Waar staat het besluit?").fill("Gesprek met mevrouw De Vries")
        press(page, "Bewaar het antwoord")
        told(page, "Hier lijkt een naam in te staan.")
        camera(page, "vraag-fout")
        page.get_by_label("Waar staat het besluit?").fill("Besluit Z-2025-00412")
        press(page, "Bewaar het antwoord")
        told(page, "Het antwoord is bewaard.")
        through_menu(page, "Cijfers")
        _to_part(page, "Opbrengst")
        camera(page, "opbrengst")
        page.get_by_label("Hoeveel uren kostte").fill("120")
        press(page, "Leg de schatting vast")
        told(page, "De schatting is vastgelegd.")


def auditor_reads(desk: Desk, camera: Camera) -> None:
    """The FG reads what the year yields, the papers and the ledger, and is asked for nothing."""
    with desk.window(HANNA, Role.AUDITOR) as page:
        page.goto(desk.url)
        through_menu(page, "Cijfers")
        _to_part(page, "Opbrengst")
        told(page, "Wat niet is gevonden en wat wij niet zien")
        assert page.get_by_role("button", name="Leg de schatting vast").count() == 0
        camera(page, "opbrengst-fg")
        for item in ("Papieren", "Logboek"):
            through_menu(page, item)
            camera(page, item)


def contact_person_names_a_deputy(desk: Desk, camera: Camera) -> None:
    """A turn on the rota: who reads, and who does so when nobody did."""
    desk.sign_in(NOOR, Role.CONTACT_PERSON)
    with desk.window(GIJS, Role.CONTACT_PERSON) as page:
        page.goto(desk.url)
        through_menu(page, "Meldingen")
        follow(page, "Rooster")
        page.get_by_label("Vanaf welke dag?").fill(desk.today)
        page.get_by_label("Contactpersoon", exact=True).select_option(label=GIJS)
        page.get_by_label("Vervanger", exact=True).select_option(label=GIJS)
        press(page, "Zet op het rooster")
        camera(page, "rooster-fout")
        page.get_by_label("Vervanger", exact=True).select_option(label=NOOR)
        press(page, "Zet op het rooster")
        told(page, "De beurt staat op het rooster.")
        camera(page, "rooster")


def deputy_takes_over(desk: Desk, camera: Camera) -> None:
    """What nobody read is the deputy's after a working day; days go by, so that who was signed in is no more."""
    with desk.window(NOOR, Role.CONTACT_PERSON) as page:
        page.goto(f"{desk.url}/meldingen/postbak")
        told(page, "Er is geen nieuwe melding.")
        told(page, "Wacht op een collega:")
    desk.served.review.clock.forward(days=4)
    del desk.sessions[NOOR]
    with desk.window(NOOR, Role.CONTACT_PERSON) as page:
        page.goto(desk.url)
        told(page, "melding wacht langer dan een werkdag")
        through_menu(page, "Meldingen")
        told(page, "Wacht langer dan een werkdag")
        camera(page, "postbak-vervanger")
        click(page, page.locator("#wachten ~ .s-list").get_by_role("link").first)
        page.get_by_label("Ik bewaar het, alleen voor contactpersonen").check()
        press(page, "Leg het besluit vast")
        told(page, "Er is geen nieuwe melding.")
        camera(page, "postbak-leeg")
