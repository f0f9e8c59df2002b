"""Herkennen: a page for each desk that begins with its duties of secrecy, and its card and poster as PDF/UA."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from screening.base.vocabulary import Role
from screening.casework.tips.signs import drawing_texts
from screening.review.desks.desk_pages import desk_pages
from screening.store import Workspace
from tests.plain_dutch import hard_to_read, main_of
from tests.review.conftest import Client, review_on
from tests.review.pages.officers import words

SHEETS = {
    "kaart.pdf?formaat=a5": (148, 210),
    "kaart.pdf?formaat=a6": (105, 148),
    "poster.pdf?formaat=a3": (297, 420),
    "poster.pdf?formaat=a4": (210, 297),
}


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A colleague of a municipality with a contact person: nothing here is changed by reading."""
    with review_on(Workspace(tmp_path_factory.mktemp("reader") / "w")) as review:
        review.sign_in(Role.CONTACT_PERSON, account="c.contact")
        yield review.client()


def test_the_index_leads_to_every_desk(reader: Client) -> None:
    page = reader.get("/herkennen").text
    for key, desk in desk_pages().items():
        assert f'href="/herkennen/{key}"' in page
        assert desk.name.nl in page
    assert reader.get("/herkennen/kantine").status_code == 404


@pytest.mark.parametrize("key", desk_pages())
def test_a_desk_begins_with_its_duties_and_reads_as_b1(reader: Client, key: str) -> None:
    main = main_of(reader.get(f"/herkennen/{key}").text)
    desk = desk_pages()[key]
    first = main.index("<h2")
    assert "Eerst: wat mag u vertellen?" in main[first : first + 120]
    parts = ("Eerst: wat mag u vertellen?", "De meldcode", "Wat u aan de balie", "Wat u bij een adres", "Drie verhalen")
    assert [main.index(part) for part in parts] == sorted(main.index(part) for part in parts)
    text = words(main)
    for duty in desk.duties:
        assert duty.law.name in text
        assert ("te controleren" in text) or not duty.law.to_check
    assert main.count("<details>") == 3
    assert "c.contact" in text
    for drawing in desk.drawings:
        assert drawing_texts()[drawing].nl in main
    assert hard_to_read(main) == []


@pytest.mark.parametrize("key", desk_pages())
def test_a_desk_is_there_in_english(reader: Client, key: str) -> None:
    page = reader.get(f"/herkennen/{key}?lang=en").text
    reader.get("/herkennen?lang=nl")  # the choice is kept in a cookie
    desk = desk_pages()[key]
    for text in (desk.duties[0].text, desk.stories[0].question, desk.signs[0].text):
        assert text.en in words(page)
        assert text.nl not in words(page)


@pytest.mark.parametrize("key", desk_pages())
def test_its_card_and_poster_are_one_accessible_page(reader: Client, key: str, tmp_path: Path) -> None:
    desk = desk_pages()[key]
    for sheet, (width, height) in SHEETS.items() if key == "burgerzaken" else [("kaart.pdf?formaat=a6", (105, 148))]:
        answer = reader.get(f"/herkennen/{key}/{sheet}")
        assert answer.headers["content-type"] == "application/pdf"
        path = tmp_path / "sheet.pdf"
        path.write_bytes(answer.content)
        told = subprocess.run(["pdfinfo", "-struct", path], capture_output=True, check=True).stdout.decode()
        info = subprocess.run(["pdfinfo", path], capture_output=True, text=True, check=True).stdout
        meta = subprocess.run(["pdfinfo", "-meta", path], capture_output=True, text=True, check=True).stdout
        assert re.search(r"^Tagged:\s+yes$", info, re.MULTILINE)
        assert re.search(r"^Pages:\s+1$", info, re.MULTILINE), sheet
        size = re.search(r"^Page size:\s+([\d.]+) x ([\d.]+)", info, re.MULTILINE)
        assert [round(float(points) / 72 * 25.4) for points in size.groups()] == [width, height]
        assert re.search(r"pdfuaid:part>\s*1\s*<", meta)
        kinds = {line.split()[0].rstrip(":") for line in told.splitlines() if line.strip()}
        assert {"H1", "H2", "L", "LI", "Figure"} <= kinds
    text = subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True).stdout
    flat = " ".join(text.split())
    for sign in desk.card_signs:
        assert sign.text.nl in flat
    assert "112" in flat
    assert desk.duties[0].text.nl in flat


@pytest.mark.parametrize("sheet", ["kaart.pdf?formaat=a3", "poster.pdf?formaat=a5", "kaart.pdf?formaat=../a5"])
def test_a_size_that_is_not_offered_is_not_there(reader: Client, sheet: str) -> None:
    assert reader.get(f"/herkennen/burgerzaken/{sheet}").status_code == 404
