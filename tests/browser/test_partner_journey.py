"""From a confirmed case to an opened batch, over the pages in Chromium, without JavaScript: people and the receiver."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, Page

from screening.partners.desk.drafts import batch_drafts
from screening.partners.receiver import verify_batch
from screening.store import Workspace
from screening.vocabulary import Role
from tests.partners.desk.disclosed import NOW, RIEC, made_town, policy
from tests.partners.pdfs import HIDDEN, document
from tests.partners.signing import Signer
from tests.review.conftest import Served, click, looking, overflows, serving
from tests.review.pages.test_partner_batches import receiver_key
from tests.review.pages.test_partner_recipients import key_confirmed

WHY = "In het archief en in de post is niets gevonden dat dit verklaart."


def press(page: Page, name: str) -> None:
    """Press the button of this name in the page itself."""
    assert not overflows(page), page.url
    click(page, page.locator("main").get_by_role("button", name=name).last)


def to(page: Page, served: Served, path: str) -> None:
    """Go to a page, and state the purpose where it is asked."""
    page.goto(f"{served.url}{path}")
    if page.locator("input[name=doel]").count():
        page.locator("input[name=doel]").first.check()
        click(page, page.locator("main button[type=submit]"))


def prepare(page: Page, served: Served, case_id: str, report: Path) -> None:
    """Fill in the five steps, go back once, and put the signal before a colleague."""
    to(page, served, f"/riec/{case_id}/voorbereiden")
    page.select_option("select[name=ontvanger]", RIEC)
    page.select_option("select[name=thema]", "misbruik_van_bedrijven")
    press(page, "Volgende stap")
    page.locator(".e-fact", has_text="Sterk feit.").first.locator("select").select_option("ik")
    page.set_input_files("#f-document", str(report))
    press(page, "Bijlage toevoegen")
    page.select_option("select[name^=bijlage-soort]", "controlerapport")
    page.fill("input[name^=bijlage-datum]", "2026-11-01")
    page.fill("textarea[name^=bijlage-nodig]", WHY)
    press(page, "Volgende stap")
    page.locator("input[name=organisatie]").first.check()
    page.check("input[name=kennisgeving][value=geinformeerd]")
    press(page, "Volgende stap")
    press(page, "Vorige stap")
    assert page.locator("input[name=organisatie]").first.is_checked()
    press(page, "Volgende stap")
    page.fill("textarea[name=vraag]", "Kent een partner dit bedrijf?")
    page.select_option("select[name=partner]", "belastingdienst")
    page.fill("textarea[name=interventie]", "Samen controleren op een avond.")
    page.check("input[name=urgentie][value=gewoon]")
    page.fill("textarea[name^=verklaring-]", WHY)
    page.fill("textarea[name=twijfels]", "Het register kan achterlopen.")
    press(page, "Volgende stap")
    assert "Kent een partner dit bedrijf?" in page.locator(".e-read").all_inner_texts()[-4]
    press(page, "Voorleggen aan een collega")
    assert page.url.endswith(f"/riec/{case_id}")


def test_a_signal_goes_from_a_case_to_an_opened_batch(browser: Browser, tmp_path: Path) -> None:
    case_id = made_town(tmp_path / "var")[1]
    report = tmp_path / "rapport.pdf"
    report.write_bytes(document())
    with serving(Workspace(tmp_path / "var"), export=policy(out=tmp_path / "uit")) as served:
        review = served.review
        review.clock.now = NOW
        receiver_key(review, tmp_path)
        signer = Signer(tmp_path / "lea", "lea")
        key_confirmed(review, review.client(Role.OFFICER, account="lea"), signer)
        plain = {"java_script_enabled": False, "width": 360}
        with looking(browser, served, Role.OFFICER, **plain) as page:
            prepare(page, served, case_id, report)
        with looking(browser, served, Role.LEAD, **plain) as page:
            to(page, served, f"/riec/{case_id}")
            page.check("input[name=gezien]")
            press(page, "Akkoord: dit mag worden verstuurd")
            to(page, served, "/riec-leveringen")
            press(page, "Leveringen klaarmaken")
        [draft] = batch_drafts(review.store, is_open=True)
        path = f"/riec-leveringen/{draft.batch_id}"
        lea = review.client(Role.OFFICER, account="lea")
        signature = signer.sign(lea.get(f"{path}/manifest").content).decode()
        assert lea.send_form(f"{path}/handtekening", {"handtekening": signature}).status_code == 303
        with looking(browser, served, Role.OFFICER, **plain) as page:
            to(page, served, path)
            page.check("input[name=gezien]")
            press(page, "Akkoord")
        (tmp_path / "levering.age").write_bytes(lea.get(f"{path}/bestand").content)
        (tmp_path / "allowed_signers").write_text(lea.get("/ontvangers/allowed_signers").text)
    answer = verify_batch.accept(
        tmp_path / "levering.age", identity=tmp_path / "riec.key", signers=tmp_path / "allowed_signers",
        state=tmp_path / "received.json", into=tmp_path / "open", now=NOW,
    )  # fmt: skip
    assert answer["accepted"]
    [attachment] = (tmp_path / "open" / "bijlagen").iterdir()
    assert not any(word.encode() in attachment.read_bytes() for word in HIDDEN)
