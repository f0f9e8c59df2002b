"""An svg element: text never becomes markup, colours can be told apart, long words are broken."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from screening.base.typeface.typeface import text_width
from screening.pictures.canvas import STYLES, Canvas, Frame, decimal, wrapped
from screening.pictures.picture import PictureKind
from tests.pictures.names import HOSTILE

#: Lines that only divide: what they say is said by place and words too.
DECORATION = {"grid", "land"}


def luminance(colour: str) -> float:
    shares = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [share / 12.92 if share <= 0.03928 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(colour: str, paper: str) -> float:
    high, low = sorted((luminance(colour), luminance(paper)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("words", HOSTILE)
def test_no_text_becomes_markup(words: str) -> None:
    canvas = Canvas(PictureKind.MAP, "map", 100)
    canvas.text("text", 0, 12, words, 12)
    root = ET.fromstring(canvas.svg(words, words, 20))
    assert [element.tag.rpartition("}")[2] for element in root.iter()] == ["svg", "title", "desc", "g", "text"]
    assert not {"onload", "style", "href"} & {name for element in root.iter() for name in element.attrib}


def test_an_element_says_what_it_shows_to_who_does_not_see_it() -> None:
    root = ET.fromstring(Canvas(PictureKind.MAP, "map", 100).svg("Kaart", "Van de buurt", 20))
    assert (root.get("role"), root.get("data-kind")) == ("img", "map")
    ids = [root.get("aria-labelledby"), root.get("aria-describedby")]
    assert [(element.get("id"), element.text) for element in root][:2] == list(
        zip(ids, ("Kaart", "Van de buurt"), strict=True)
    )


@pytest.mark.parametrize("style", sorted(set(STYLES) - DECORATION))
def test_colours_are_dark_enough_on_paper(style: str) -> None:
    colours = STYLES[style]
    if style in {"text", "muted", "own-text"}:
        assert contrast(colours["fill"], "#f4f6f8") >= 4.5
    elif style.startswith("on-"):
        assert all(
            contrast(colours["fill"], STYLES[ground]["fill"]) >= 4.5
            for ground in ("number-sign", "report", "inspection")
        )
    else:
        seen = [colours[name] for name in ("fill", "stroke") if colours.get(name, "none") != "none"]
        assert max(contrast(colour, "#ffffff") for colour in seen) >= 3


def test_words_are_wrapped_whole_and_a_long_word_is_broken() -> None:
    assert wrapped("Café De Zon", 500, 13) == ("Café De Zon",)
    lines = wrapped("Eetcafé " + "W" * 40, 80, 13)
    assert "".join(lines) == "Eetcafé" + "W" * 40
    assert all(text_width(line, 13) <= 80 for line in lines)
    assert wrapped("", 80, 13) == ("",)


def test_a_number_has_one_decimal_at_most() -> None:
    assert [decimal(value) for value in (1, 1.25, -0.01, 100.04)] == ["1", "1.2", "0", "100"]


def test_frames_that_touch_do_not_meet() -> None:
    frame = Frame(0, 0, 10, 10)
    assert not frame.meets(Frame(10, 0, 5, 5))
    assert frame.meets(Frame(10, 0, 5, 5), margin=1)
    assert frame.holds(Frame(2, 2, 8, 8))
    assert not frame.holds(Frame(2, 2, 9, 8))
