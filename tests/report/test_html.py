"""`run.html` stands alone, says in Dutch what `run.json` counts, and renders a night in which little came in."""

from __future__ import annotations

import re
from copy import deepcopy
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from screening.report import render_run

HOSTILE = "<img src=x onerror=alert(1)>\"'</style><script>x</script>"


class _Page(HTMLParser):
    """What a browser sees: elements with their attributes, headings, and text outside style and svg titles."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict]] = []
        self.headings: list[int] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self._open.append(tag)
        if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
            self.headings.append(int(tag[1]))

    def handle_endtag(self, tag):
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data):
        if "style" not in self._open and data.strip():
            self.texts.append(" ".join(data.split()))

    @property
    def text(self) -> str:
        return " ".join(self.texts)


def test_the_page_needs_nothing_but_itself(document):
    html = render_run(document)
    page = _Page(html)
    assert not {"script", "link", "iframe", "object", "img", "form"} & {tag for tag, _ in page.elements}
    assert all(not {"src", "href", "style-src", "onclick", "onload"} & set(attrs) for _, attrs in page.elements)
    assert "http:" not in html
    assert "https:" not in html
    assert set(re.findall(r"url\((.{11})", html)) <= {"data:font/w"}
    assert "default-src 'none'" in html


def test_hostile_names_are_text(document):
    document["municipality"] = HOSTILE
    document["inputs"][0]["notes"] = [{"nl": HOSTILE, "en": ""}]
    document["unavailable"] = [{"dataset": HOSTILE, "kind": "missing", "reason_nl": HOSTILE, "reason_en": ""}]
    document["counts"]["quarantine"][0] |= {"column": HOSTILE, "reason": HOSTILE}
    document["counts"]["unresolved"][0]["reason_nl"] = HOSTILE
    document["counts"]["addresses"] = {HOSTILE: {"exact": 1}}
    document["indicators"]["run"][0] |= {"name_nl": HOSTILE, "legal_basis": HOSTILE, "without": [HOSTILE]}
    document["timings"] = {HOSTILE: 1.0}
    page = _Page(render_run(document))
    assert not {"script", "img"} & {tag for tag, _ in page.elements}
    assert page.text.count("onerror") >= 10


def test_every_chart_has_its_text_and_every_scrolling_box_a_name(document):
    page = _Page(render_run(document))
    drawings = [place for place, (tag, attrs) in enumerate(page.elements) if tag == "svg" and "role" in attrs]
    assert len(drawings) == 4
    assert all(page.elements[place + 1][0] == "title" for place in drawings)
    assert all(attrs.get("aria-hidden") for tag, attrs in page.elements if tag == "svg" and "role" not in attrs)
    boxes = [attrs for _, attrs in page.elements if attrs.get("class") == "scroll"]
    assert all(box.get("tabindex") == "0" and box.get("role") == "region" and box.get("aria-label") for box in boxes)
    assert len({box["aria-label"] for box in boxes}) == len(boxes)


def test_headings_go_down_one_step_at_a_time_and_sections_are_named(document):
    page = _Page(render_run(document))
    assert page.headings[0] == 1
    assert page.headings.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(page.headings))
    ids = {attrs["id"] for _, attrs in page.elements if "id" in attrs}
    assert {attrs["aria-labelledby"] for tag, attrs in page.elements if tag == "section"} <= ids


def test_it_says_in_dutch_what_was_counted(document):
    text = _Page(render_run(document)).text
    for said in (
        "peildatum 1 november 2026",
        "1.197 rijen goedgekeurd",
        "99,9 % van de adressen gevonden",  # 1196 of 1197
        "gelezen als Windows-1252, niet als UTF-8",
        "1 dag",
        "Meldingen: hele rij",
        "het huisnummer ontbreekt",
        "2 koppelingen weggelaten.",
        "1 koppeling is waarschijnlijk",
        "1 indicator is niet uitgevoerd",
        "Niet ingesteld.",
        "de plaats ontbreekt 2",
        "Werkplek en vergunning",
        "Inlezen 1,2 s Adressen zoeken 0,7 s",
        "1.500 MB",
    ):
        assert said in text
    assert "None" not in text
    for english in ("read as", "links left out", "no number", "no town", "Not configured", "intake", "unresolved"):
        assert english not in text


def test_many_notes_fold_away_and_none_is_lost(document):
    document["inputs"][0]["notes"] = [{"nl": f"levering {n}.", "en": ""} for n in range(20)]
    text = _Page(render_run(document)).text
    assert "20 opmerkingen" in text
    assert all(f"levering {n}." in text for n in range(20))


def test_files_of_one_register_are_one_row(document):
    document["inputs"].append({**document["inputs"][0], "path": "n.csv"})
    text = _Page(render_run(document)).text
    assert "2 leveringen." in text
    assert text.count("gelezen als Windows-1252") == 1


def test_a_register_without_a_date_has_an_unknown_age(document):
    document["deliveries"] = {"meldingen": {"age_days": None}}
    assert "onbekend" in _Page(render_run(document)).text


def test_a_missing_register_is_said_at_the_top(document):
    late = {"dataset": "controles", "kind": "missing", "reason_nl": "de levering is er niet.", "reason_en": "absent"}
    document["unavailable"] = [late]
    text = _Page(render_run(document)).text
    assert "Let op Controles: de levering is er niet." in text
    assert text.index("Let op") < text.index("Registers")


@pytest.mark.parametrize("synthetic", [True, False])
def test_a_night_in_which_nothing_came_in_renders(document, synthetic):
    counts = document["counts"]
    for name, value in counts.items():
        counts[name] = 0 if isinstance(value, int) else type(value)()
    counts["links"] = dict.fromkeys(("exact", "strong", "probable"), 0)
    counts["flags_by_reason"] = dict.fromkeys(("A", "BB", "BBC"), 0)
    document |= {"inputs": [], "deliveries": {}, "timings": {}, "synthetic": synthetic}
    document["indicators"] = {"run": [], "not_run": [], "findings": []}
    page = _Page(render_run(document))
    assert ("Dit is een verzonnen gemeente." in page.text) == synthetic
    assert "Geen enkele rij is afgekeurd." in page.text
    assert "– van de adressen gevonden" in page.text
    assert not [attrs for tag, attrs in page.elements if tag == "svg" and "role" in attrs]


def test_rendering_leaves_the_document_as_it_was(document):
    document["inputs"].append({**document["inputs"][0], "notes": [{"nl": "nog iets.", "en": ""}]})
    before = deepcopy(document)
    render_run(document)
    assert document == before


def test_what_a_rule_cannot_see_is_told_and_an_older_run_says_nothing_of_it(document):
    assert "niet kunnen zien" not in _Page(render_run(document)).text
    document["indicators"]["run"][0]["limits_nl"] = ["Er is geen lijst van verzameladressen."]
    assert "Wat indicatoren niet kunnen zien" in _Page(render_run(document)).text
    assert "LIC-04 Er is geen lijst van verzameladressen." in _Page(render_run(document)).text


def test_a_rule_that_only_warns_is_counted_apart(document):
    rule = {"column": "datum", "description_nl": "datum ligt na de oprichting", "severity": "warning", "rows_failed": 7}
    page = render_run({**document, "expectations": {"controles": [rule, {**rule, "severity": "error", "column": "x"}]}})
    assert 'datum ligt na de oprichting</td><td class="n">7</td>' in page
    assert page.count("datum ligt na de oprichting") == 1
    assert "Waarschuwingen" not in render_run(document)
