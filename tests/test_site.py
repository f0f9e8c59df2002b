"""The documentation site builds without a warning and is whole: links, search and pictures, from a disk alone."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from contextlib import chdir
from functools import cache
from pathlib import Path
from posixpath import join, normpath
from urllib.parse import unquote

import pytest

from tests.conftest import ROOT, script_module
from tests.review.conftest import axe_violations, overflows

build = script_module("build_site")
#: What a page fetches by itself, as against what it leads to.
FETCHED = re.compile(r"""<(?:script|img|iframe|source)\b[^>]*?\bsrc="([^"]+)"|<link\b[^>]*?\bhref="([^"]+)\"""")
LED = re.compile(r"""<a\b[^>]*?\bhref="([^"]+)\"""")
#: What a browser knows a page by, which is no file: the address under which it may be published.
KNOWN_BY = re.compile(r'<link rel="canonical"[^>]*>')

#: A page of each kind, with the width at which it is looked at: how-to, tutorial, decision, generated, notebook.
KINDS = {
    "quality": 1280,
    "handleiding": 360,
    "decisions/0084-noise-is-no-deviation": 360,
    "reference/registers/toegelaten_uitleners": 360,
    "linking": 1280,
}


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    empty = tmp_path_factory.mktemp("empty")
    with chdir(empty):
        built = build.build_site(tmp_path_factory.mktemp("documentation"))
    assert not list(empty.iterdir())  # the cells of the notebook write nothing
    return built


@pytest.fixture(scope="module")
def pages(site) -> dict[str, str]:
    """Path -> content of every page."""
    found = {path.relative_to(site).as_posix(): path.read_text(encoding="utf-8") for path in site.rglob("*.html")}
    return {name: KNOWN_BY.sub("", text) for name, text in found.items()}


def led_to(page: str, links: list[str]) -> set[tuple[str, str]]:
    """(file, anchor) of each link that stays within the site."""
    inside = (link.partition("#") for link in links if not re.match(r"[a-z]+:", link))
    return {
        (normpath(join(page, "..", unquote(file))) if file else page, unquote(anchor)) for file, _, anchor in inside
    }


def test_every_link_leads_to_a_page_and_to_a_place_on_it(site, pages):
    @cache
    def places(name: str) -> frozenset[str]:
        return frozenset(re.findall(r'\b(?:id|name)="([^"]+)"', pages[name]))

    dead = []
    for name, text in pages.items():
        for file, anchor in led_to(name, LED.findall(text)):
            if not (site / file).is_file() or (anchor and file in pages and anchor not in places(file)):
                dead.append(f"{name}: {file}#{anchor}")
    assert dead == []


def test_every_page_is_reached_from_the_first(pages):
    seen, coming = set(), {"index.html"}
    while coming:
        seen |= coming
        coming = {file for name in coming for file, _ in led_to(name, LED.findall(pages[name])) if file in pages} - seen
    assert pages.keys() - seen == set()


def test_each_page_of_docs_is_in_a_part_of_the_menu_or_in_a_list_that_is():
    menu = tomllib.loads((build.PARTS / "zensical.toml").read_text(encoding="utf-8"))["project"]["nav"]
    parts = {title: set(leaves(part)) for entry in menu for title, part in entry.items()}
    assert [*parts] == ["Home", "Tutorials", "How to", "Reference", "Explanation", "Project"]
    in_menu = set().union(*parts.values())
    assert sum(map(len, parts.values())) == len(in_menu)  # in one part each
    listed = {folder for folder in build.LISTED if f"{folder}/index.md" in in_menu}
    docs = {page.relative_to(build.DOCS).as_posix() for page in build.DOCS.rglob("*.md")}
    assert {name for name in docs - in_menu if name.rpartition("/")[0] not in listed} == set()


def leaves(part: object) -> Iterator[str]:
    """The pages of a part of the menu, whatever they are called."""
    if isinstance(part, str):
        yield part
    else:
        for inner in part.values() if isinstance(part, dict) else part:
            yield from leaves(inner)


def test_nothing_is_fetched_from_another_host(site, pages):
    for name, text in pages.items():
        fetched = [script or link for script, link in FETCHED.findall(text)]
        assert [address for address in fetched if re.match(r"(?:[a-z]+:)?//", address)] == [], name
        assert {file for file, _ in led_to(name, fetched) if not (site / file).exists()} == set(), name


def test_the_notebook_is_shown_with_what_its_cells_print(pages):
    page = re.sub(r"<[^>]+>", "", pages["linking.html"])
    cells = json.loads((ROOT / "docs" / "linking.ipynb").read_text(encoding="utf-8"))["cells"]
    assert page.count("This gives:") == sum(cell["cell_type"] == "code" for cell in cells)
    assert "before anything is compared" in page


def test_a_page_in_dutch_says_so(pages):
    dutch = {name for name, text in pages.items() if '<article class="md-content__inner md-typeset" lang="nl"' in text}
    assert {"handleiding.html", "reference/registers/meldingen.html", "reference/papers/dpia.html"} <= dutch
    assert not {"index.html", "reference/registers/index.html", "reference/indicators.html"} & dutch


def test_a_link_that_leads_nowhere_ends_the_build(tmp_path):
    with pytest.raises(ValueError, match=r"README\.md leads to nowhere\.md, which is not there"):
        build.write_page(tmp_path, ROOT / "README.md", "[text](nowhere.md)")


def test_it_is_read_and_searched_from_a_disk(site, browser):
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    requests, errors = [], []
    page.on("request", lambda request: requests.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{site.as_uri()}/index.html")
    assert axe_violations(page) == []
    page.get_by_role("button", name="Search").first.click()
    page.get_by_role("combobox", name="Search").press_sequentially("quarantine")
    result = page.get_by_role("option", name="A night")
    result.wait_for()
    assert page.get_by_role("combobox", name="Search").input_value() == "quarantine"
    result.click()
    page.wait_for_url("**/architecture.html*")
    for name, width in KINDS.items():
        page.set_viewport_size({"width": width, "height": 740})
        page.goto(f"{site.as_uri()}/{name}.html")
        assert not overflows(page), name
        assert axe_violations(page) == [], name
    page.goto(f"{site.as_uri()}/reference/lineage.html")
    assert not overflows(page)
    scrolled = page.locator("p[tabindex='0']:has(> img)").count()  # by keys, where the screen is narrow
    assert scrolled == len(list((site / "reference" / "lineage").glob("*.svg"))) > 0
    assert page.locator("img[src$='.svg']").evaluate_all("all => all.filter(one => !one.naturalWidth)") == []
    assert errors == []
    assert {address.partition(":")[0] for address in requests} <= {"file", "data", "about", "blob"}
    page.close()
