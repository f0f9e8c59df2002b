"""The pictures and tables from contract to flag follow the declarations; test_rule_pages holds that they do not lag."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from flows.catalogue import all_contracts, all_indicators
from flows.papers.lineage_pages import PAGE, lineage_pages
from screening.rules.model import BARRIER_NAMES
from screening.wording.register_names import register_name

SVG = "{http://www.w3.org/2000/svg}"
RULES = all_indicators()


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return lineage_pages()


@pytest.mark.parametrize("barrier", sorted({rule.barrier for rule in RULES}))
def test_a_picture_draws_every_reading_of_a_register_and_what_follows(barrier, pages):
    rules = [rule for rule in RULES if rule.barrier is barrier]
    picture = ElementTree.fromstring(pages[f"lineage/{barrier.lower()}.svg"])
    texts = [text.text for text in picture.iter(f"{SVG}text")]
    assert [text for text in texts if " · " in text] == [f"{rule.code} · {rule.cls}" for rule in rules]
    read = [(name, rule.code) for rule in rules for name in rule.inputs if name in all_contracts()]
    assert {re.sub(r" \(\d+\)$", "", text) for text in texts} >= {register_name(name, "en") for name, _ in read}
    lines = list(picture.iter(f"{SVG}path"))
    assert len(lines) == len(read) + len(rules) + any(not rule.is_finding for rule in rules)
    assert sum("stroke-dasharray" in line.attrib for line in lines) == sum(rule.is_finding for rule in rules)
    assert all(text in " ".join(texts) for text in BARRIER_NAMES["en"][barrier].split())


def test_a_picture_holds_its_boxes_apart_and_within_its_edge(pages):
    for name in pages.keys() - {PAGE}:
        picture = ElementTree.fromstring(pages[name])
        *_, width, height = map(float, picture.attrib["viewBox"].split())
        boxes = [box.attrib for box in picture.iter(f"{SVG}rect") if "rx" in box.attrib]
        places = [(float(box["x"]), float(box["y"]), float(box["width"]), float(box["height"])) for box in boxes]
        assert all(x > 0 and x + wide < width and y > 0 and y + high < height for x, y, wide, high in places), name
        for place, (x, y, _, high) in enumerate(places):
            assert not [other for other in places[place + 1 :] if other[0] == x and abs(other[1] - y) < high], name


def test_the_table_names_each_column_that_a_rule_reads(pages):
    rows = {row[1:].split("]")[0].strip(" [|"): row for row in pages[PAGE].splitlines() if row.startswith("| [")}
    assert rows.keys() == {rule.code for rule in RULES}
    for rule in RULES:
        for name, columns in rule.inputs.items():
            listed = ", ".join(f"`{column}`" for column in columns)
            assert (f"{name}.md): {listed}" if name in all_contracts() else f"{name} (derived): {listed}") in rows[
                rule.code
            ]
        assert rows[rule.code].endswith("| a list for the owner |" if rule.is_finding else "| flag |")


def test_each_picture_says_in_words_that_the_table_follows(pages):
    pictures = re.findall(r"!\[([^]]+)\]\((lineage/\w+\.svg)\)", pages[PAGE])
    assert {file for _, file in pictures} == pages.keys() - {PAGE}
    assert all(
        re.search(r"\d+ rules? reads? \d+ registers?\. The table below says the same\.", text) for text, _ in pictures
    )
