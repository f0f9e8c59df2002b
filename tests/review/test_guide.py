"""The guide as a page: each part to which a page leads is there, and its pictures are."""

from __future__ import annotations

import re

from screening.review.guide import guide, guide_picture, part_anchor
from screening.review.menu import GUIDE, guide_part
from screening.review.pages import all_routes


def test_every_page_has_a_part_of_the_guide_of_its_own_or_of_what_it_belongs_to() -> None:
    general = {route.path for route in all_routes() if guide_part(route.path) == guide_part("/")}
    begins = ("/aanmelden", "/af", "/demo", "/nog-hier", "/toegankelijkheid")
    assert {path for path in general if not path.startswith(begins)} == {"/", "/concepten"}


def test_the_guide_has_each_part_to_which_a_page_leads() -> None:
    _, text = guide()
    anchors = set(re.findall(r'id="([^"]+)"', text))
    assert set(GUIDE.values()) - {""} <= anchors
    assert guide_part("/zaken/{case_id}/afdruk") == "het-dossier-lezen"
    assert part_anchor("Eerst dit: is er nu gevaar?") == "eerst-dit-is-er-nu-gevaar"
    for name in re.findall(r'src="/hulp/handleiding/([^"]+)"', text):
        assert guide_picture(name)
    assert guide_picture("../handleiding.md") is None
