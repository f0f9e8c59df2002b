"""The document of a signal: accessible by the machine's checks, marked on every page, and the same every time."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.partners.batch.document import fact_timeline, signal_pdf, signal_pdfs
from screening.partners.signal.errors import ExportError
from screening.partners.signal.minimise import minimise
from tests.partners import example


@pytest.fixture(scope="module")
def pdf(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("pdf") / "signaal.pdf"
    path.write_bytes(signal_pdf(example.signal()))
    return path


def text(path: Path) -> str:
    return subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True).stdout


def test_it_is_tagged_and_says_that_it_is_pdf_ua(pdf: Path):
    told = subprocess.run(["pdfinfo", pdf], capture_output=True, text=True, check=True).stdout
    assert re.search(r"^Tagged:\s+yes$", told, re.MULTILINE)
    assert re.search(r"^JavaScript:\s+no$", told, re.MULTILINE)
    meta = subprocess.run(["pdfinfo", "-meta", pdf], capture_output=True, text=True, check=True).stdout
    assert re.search(r"pdfuaid:part>\s*1\s*<", meta)
    assert re.search(r"<dc:language>(.|\n)*?nl-NL", meta)
    assert "Signaal S-" in meta


def test_structure_has_headings_lists_with_labels_and_a_figure_with_a_text(pdf: Path):
    told = subprocess.run(["pdfinfo", "-struct", pdf], capture_output=True, check=True).stdout.decode(errors="replace")
    kinds = {line.strip().split()[0].rstrip(":") for line in told.splitlines() if line.strip()}
    assert {"H1", "H2", "H3", "L", "LI", "Lbl", "LBody", "Figure", "Caption"} <= kinds
    assert told.count("\n  H1 ") == 1
    assert b"/Alt" in pdf.read_bytes()


def test_no_date_of_production_is_in_it_and_the_bytes_are_the_same(pdf: Path):
    told = subprocess.run(["pdfinfo", pdf], capture_output=True, text=True, check=True).stdout
    assert "CreationDate" not in told
    assert signal_pdf(example.signal()) == pdf.read_bytes()
    assert signal_pdfs([example.signal()]) == [pdf.read_bytes()]


def test_every_page_is_marked_and_numbered(pdf: Path):
    pages = text(pdf).split("\f")[:-1]
    for number, page in enumerate(pages, start=1):
        assert "VERTROUWELIJK" in page
        assert f"Pagina {number} van {len(pages)}" in page
        assert f"S-{1:032x}" in page


def test_it_says_what_the_signal_says(pdf: Path):
    said = " ".join(text(pdf).split())
    for one in (
        "Kade 12, 1234 AB Voorbeeldstad",
        "beschuldigt niemand",
        "met vaste regels",
        "LIC-04",
        "Klopt hier niet:",
        "Kadebar B.V.",
        "naam niet verstrekt",
        "Kent een partner dit bedrijf",
        "hetzelfde officiële nummer",
        "Bewaren tot: 20 november 2027",
        "juni 2019: De vestiging",
        "Dagen na het einde: 90",
        "dagen: 599",
        "naam gelijk: ja",
        "Bestuurder T-",
        "Nagekeken: handelsregister rij 14: T-",
        "Het handelsregister kan achterlopen.",
    ):
        assert one in said, one
    assert "Vries" not in said
    body = said.partition("Kenmerken en codes")[0]
    for key in ("LIC-04", "dagen: 599", "9999010000000012", "r14", "9f1c2ab4"):
        assert key not in body
    assert not re.search(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[a-z]_[a-z]", said.replace("grace_days", ""))


def test_pages_hold_ink_and_leave_their_margins_white(pdf: Path, tmp_path: Path):
    """Looked at as a picture: nothing runs off the page."""
    subprocess.run(["pdftoppm", "-r", "50", "-gray", pdf, tmp_path / "page"], check=True)
    found = sorted(tmp_path.glob("page*.pgm"))
    assert found
    for one in found:
        _, size, _, pixels = one.read_bytes().split(b"\n", 3)
        width, height = (int(part) for part in size.split())
        rows = [pixels[start : start + width] for start in range(0, width * height, width)]
        assert min(min(row) for row in rows) < 100
        edge = width // 12
        assert all(min(row[:edge]) > 200 and min(row[-edge:]) > 200 for row in rows)


def test_long_words_and_many_facts_stay_on_the_page(tmp_path: Path):
    content = example.content()
    content["barrieres_en_vraag"]["vraag"] = "Lange vraag. " * 150
    content["feiten"] += [
        content["feiten"][0] | {"record_id": f"vergunningen:Z-{number}", "omschrijving": "Een feit. " * 20}
        for number in range(60)
    ]
    (tmp_path / "x.pdf").write_bytes(signal_pdf(minimise(content, example.choices())))
    said = text(tmp_path / "x.pdf")
    assert "Z-59" in said
    test_pages_hold_ink_and_leave_their_margins_white(tmp_path / "x.pdf", tmp_path)


@given(st.text(min_size=1, max_size=60))
@settings(max_examples=60, deadline=None)
def test_any_text_can_be_set(words: str):
    """R15: whatever a register holds, there is a document: what the fonts lack is a box, and the JSON has it whole."""
    content = example.content()
    content["object"]["adres"] = f"Kade 12 {words}"
    content["organisaties"][0]["naam"] = f"B.V. {words}"
    try:
        signal = minimise(content, example.choices())
    except ExportError:
        return
    assert signal_pdf(signal).startswith(b"%PDF-1.7")


def fact(datum: str, record_id: str) -> dict[str, str]:
    return {"datum": datum, "record_id": record_id, "peildatum": "2026-11-19"}


def test_an_axis_of_time_names_each_fact_and_says_in_words_what_it_draws():
    facts = [
        fact("2019-06", "handelsregister:r14"),
        fact("2026-10-07", "meldingen:ML-1"),
        fact("2025-03-31", "vergunningen:Z-17"),
    ]
    drawn = fact_timeline(facts)
    assert drawn["alt"] == (
        "Tijdlijn van 2019 tot 2026: 3 gebeurtenissen. "
        "31 maart 2025: vergunning Z-17, juni 2019: vestiging, 7 oktober 2026: melding ML-1."
    )
    for label in ("31 maart 2025: vergunning Z-17", "juni 2019: vestiging", "19 november 2026"):
        assert label in drawn["svg"]
    assert fact_timeline(facts[:1]) is None
    assert fact_timeline([facts[0], fact("2019-06-01", "vergunningen:Z-17")]) is None


def test_an_error_of_the_setter_quotes_nothing(monkeypatch: pytest.MonkeyPatch):
    from screening.base.typeset import TypesetError
    from screening.partners.batch import document as module

    monkeypatch.setattr(module, "document_words", lambda: {"misbruik_van_bedrijven": 3})
    with pytest.raises(TypesetError) as refused:
        signal_pdf(example.signal())
    assert "Kade" not in str(refused.value)
    assert refused.value.__cause__ is None
