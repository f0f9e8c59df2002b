"""The design system as it is served: cut to what the templates use, and the pictures in every scheme."""

from __future__ import annotations

import hashlib
import re
from types import ModuleType

from screening.base.typeface.typeface import FAMILY
from screening.pictures.canvas import STYLES
from screening.review.rendering import STATIC_FILES, static_files
from tests.conftest import ROOT, script_module


def cutting() -> ModuleType:
    return script_module("cut_styles")


def test_what_is_served_was_cut_from_the_design_system_as_it_is() -> None:
    for name, text in cutting().cut().items():
        served = (STATIC_FILES / "vendor" / name).read_text("utf-8")
        assert served == text, f"{name}: a template uses another class now. Make it again: make styles"


def test_the_design_system_is_the_one_of_the_list() -> None:
    folder = ROOT / "scripts" / "design_system"
    for row in (folder / "VERSIONS").read_text().splitlines()[1:]:
        *_, name, digest = row.split()
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest, name


def test_a_rule_is_kept_for_its_classes_and_a_token_for_its_rule() -> None:
    cut = cutting()
    used = cut.Used(['class="utrecht-link utrecht-alert--{{ kind }}"'])
    css = (
        ".utrecht-link,.utrecht-badge{color:var(--a)}.utrecht-badge{color:var(--c)}.utrecht-alert--ok{top:0}"
        "@media print{.utrecht-badge{top:0}}@media (min-width:1px){.utrecht-link:not(.utrecht-x){content:'}'}}"
        ".utrecht-link:is(.utrecht-x){top:0}"
    )
    rules = cut.cut_rules(css, used)
    assert rules == (
        ".utrecht-link{color:var(--a)}\n.utrecht-alert--ok{top:0}\n"
        "@media (min-width:1px){\n.utrecht-link:not(.utrecht-x){content:'}'}\n}\n"
    )
    assert cut.cut_tokens(".t{--a:var(--b);--b:1px;--c:2px}", [rules]) == ".t{\n--a:var(--b);\n--b:1px;\n}\n"


def test_every_shape_of_a_picture_has_its_colours_in_the_style_sheet() -> None:
    css = (STATIC_FILES / "pictures.css").read_text("utf-8")
    ruled = set(re.findall(r"\.pic-([a-z-]+)[ ,{]", css))
    assert set(STYLES) - ruled == set()
    tokens = set(re.findall(r"var\((--pic-[a-z-]+)\)", css))
    schemes = re.findall(r":root[^{]*\{([^}]*)\}", css)
    assert len(schemes) == 3, "light, dark, forced colours"
    for scheme in schemes:
        assert tokens <= set(re.findall(r"(--pic-[a-z-]+):", scheme)), scheme[:40]


def test_the_fonts_that_a_page_names_are_served() -> None:
    css = (STATIC_FILES / "app.css").read_text("utf-8")
    page = (STATIC_FILES.parent / "templates" / "base.html.j2").read_text("utf-8")
    named = set(re.findall(r"fonts/[\w.-]+\.woff2", css))
    assert named == {name for name in static_files() if name.startswith("fonts/")}
    assert set(re.findall(r"fonts/[\w.-]+\.woff2", page)) <= named
    assert len(re.findall(rf'@font-face \{{ font-family: "{FAMILY}"', css)) == 4
