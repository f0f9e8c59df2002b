"""The picture of a barrier model says in words what its colours say, shows every indicator, and escapes its words."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from screening.pictures.chain import WIDTH, chain

WORDS = {"indicators": "Indicatoren", "policy": "Beleid", "sources": "Registers"}
SVG = "{http://www.w3.org/2000/svg}"


def box(name: str, reach: str, indicators=(), sources=(), steps=("Een stap",)) -> dict:
    state = {"covered": "In beeld", "open": "Nog niet", "out": "Buiten bereik"}[reach]
    lists = {"steps": steps, "indicators": indicators, "policy": ["2 vragen"], "sources": sources}
    return {"name": name, "reach": reach, "state": state, **lists}


def drawn(*boxes: dict) -> ET.Element:
    return ET.fromstring(chain(boxes, title="Model", words=WORDS))


def words_of(group: ET.Element) -> str:
    return " ".join(text.text or "" for text in group.iter(f"{SVG}text"))


def test_each_barrier_is_a_box_of_its_reach_with_its_words_and_codes():
    codes = tuple(f"LIC-{n:02}" for n in range(1, 15))
    covered = box("Rechtsvorm", "covered", codes, ("vergunningen",))
    picture = drawn(covered, box("Entree", "out"), box("Vastgoed", "open"))
    groups = picture.findall(f"{SVG}g")
    assert [group.get("class") for group in groups] == ["covered", "out", "open"]
    assert all(code in words_of(groups[0]) for code in codes)
    assert "vergunningen" in words_of(groups[0])
    assert "Beleid 2 vragen" in words_of(groups[1])
    assert "Buiten bereik" in words_of(groups[1])
    assert "Nog niet" in words_of(groups[2])
    assert len(picture.findall(f"{SVG}path")) == 2


def test_the_boxes_and_their_lines_stay_within_the_picture():
    picture = drawn(box("A", "covered", tuple(f"LIC-{n:02}" for n in range(1, 30))), box("B", "out"))
    width, height = (float(n) for n in picture.get("viewBox").split()[2:])
    assert max(float(box.get("x")) + WIDTH for box in picture.iter(f"{SVG}rect")) <= width
    assert max(float(text.get("y")) for text in picture.iter(f"{SVG}text")) <= height


def test_the_picture_has_a_title_for_who_cannot_see_it():
    assert drawn(box("A", "out")).find(f"{SVG}title").text == "Model"


def test_what_is_shown_is_escaped():
    picture = chain([box("<script>&", "out", steps=("<b>x</b>",))], title="<i>", words=WORDS)
    assert "<script>" not in picture
    assert "<b>" not in picture
    assert "&lt;script&gt;&amp;" in picture
