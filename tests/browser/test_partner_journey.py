"""From a confirmed case to an opened batch, over the pages in Chromium, without JavaScript: people and the receiver.

The date of birth of a director goes along, for a reason, to be looked up: in the batch, and nowhere else.
"""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pypdf
import pytest
from playwright.sync_api import Browser, Page

from screening.base.vocabulary import Role
from screening.partners.desk.drafts import batch_drafts
from screening.partners.desk.sheets import release_sheet
from screening.partners.desk.signal_versions import signals
from screening.partners.receiver import verify_batch
from screening.store import Workspace
from tests.browser.test_receiver_page import choose, open_batch, opened_page
from tests.casework.caseload import BRAM
from tests.partners.desk.disclosed import NOW, RIEC, agreed, policy
from tests.partners.desk.test_moved_on import office, town_of, with_offices
from tests.partners.desk.test_sheets import made as made_sheet
from tests.partners.pdfs import HIDDEN, document
from tests.partners.signing import Signer
from tests.review.conftest import Served, click, looking, overflows, serving
from tests.review.pages.test_partner_batches import receiver_key
from tests.review.pages.test_partner_recipients import key_confirmed

DIRECTOR = "Xaveria"
WHY_PERSON = "Bestuurder van het bedrijf met de vergunning."
WHY_BORN = "De partner moet deze bestuurder kunnen opzoeken."
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
    director = page.locator("details.e-person", has_text=DIRECTOR)
    director.locator("summary").click()
    director.get_by_label("Waarom is deze persoon nodig?").fill(WHY_PERSON)
    director.get_by_label("Waarom is de hele geboortedatum nodig?").fill(WHY_BORN)
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


def texts_of(folder: Path) -> tuple[str, str]:
    """What a batch says that was opened: in its JSON and workbooks, and in its documents on paper."""
    data, paper = [], []
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        if file.suffix == ".pdf":
            paper += [page.extract_text() for page in pypdf.PdfReader(file).pages]
        elif file.suffix == ".xlsx":
            data += [part.decode() for part in map(zipfile.ZipFile(file).read, zipfile.ZipFile(file).namelist())]
        else:
            data.append(file.read_text(encoding="utf-8"))
    return "\n".join(data), "\n".join(paper)


def says_born(text: str) -> list[str]:
    """The ways in which a text says when the director was born; drawn numbers and hashes hold any digits by chance."""
    read = re.sub(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[0-9a-f]{16,}\b", "", text)
    return re.findall(r"1970-01-01|01-01-1970|1 januari 1970|\b1970\b", read)


def test_a_signal_goes_from_a_case_to_an_opened_batch(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = town_of(tmp_path / "var", monkeypatch, with_offices(office("f1", DIRECTOR, datum_aanvang="2019-06-01")))
    town.store.close()
    case_id = town.case_id
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
            press(page, "Akkoord: dit mag worden verstuurd")  # the person was not agreed to
            assert signals(review.store, case_id=case_id)[0].state == "draft"
            page.check("input[name=geboortedatum]")
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
        # a sheet about the same case, and what was logged, say nothing of it
        agreed(review.store, "politie-oost", "politie")
        sheet = made_sheet(review.store, case_id)
        given_out = pypdf.PdfReader(io.BytesIO(release_sheet(review.store, BRAM, case_id, sheet.id, now=NOW)))
        assert [says_born(text) for text in (str(sheet.content), given_out.pages[0].extract_text())] == [[], []]
        assert DIRECTOR not in str(sheet.content)
        assert says_born(str(review.ledger.entries())) == []
    answer = verify_batch.accept(
        tmp_path / "levering.age",
        identity=tmp_path / "riec.key",
        signers=tmp_path / "allowed_signers",
        state=tmp_path / "received.json",
        into=tmp_path / "open",
        now=NOW,
    )
    assert answer["accepted"]
    data, paper = texts_of(tmp_path / "open")
    assert "1970-01-01" in data
    assert WHY_BORN in data
    assert (says_born(paper), DIRECTOR in data + paper) == ([], False)
    with opened_page(browser, viewport={"width": 1280, "height": 900}) as page:
        choose(page, "key-file", (tmp_path / "riec.key").read_bytes(), "key-told")
        page.click("text=Mijn eerste levering")
        choose(page, "signers-file", (tmp_path / "allowed_signers").read_bytes(), "sender-told")
        page.check("#compared")
        assert "Alles klopt" in open_batch(page, (tmp_path / "levering.age").read_bytes())
        assert page.get_by_text("1 januari 1970").is_visible()
        assert DIRECTOR not in page.content()
    [attachment] = (tmp_path / "open" / "bijlagen").iterdir()
    assert not any(word.encode() in attachment.read_bytes() for word in HIDDEN)
