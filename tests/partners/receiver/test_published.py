"""The receiver's page as it is published: built from its own parts, with libraries that are known, and no way out."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from types import ModuleType

import pytest
import textstat

from screening.partners.receiver.published import PAGE_NAME, page_content, published_page
from tests.conftest import ROOT, script_module
from tests.test_supply_chain import FITTING

PARTS = ROOT / "scripts" / "receiver_page"
#: What bundle.sh made of the locked packages. Another bundle is another version of the page.
LIBRARIES = "f08ed56724cfbbaa8600d8c179f07cd9d38f98a114a56acc80bfbc687c0fc169"


@pytest.fixture(scope="module")
def building() -> ModuleType:
    return script_module("build_receiver_page")


def test_the_page_is_what_its_parts_make_and_stands_in_the_list_of_versions(building: ModuleType) -> None:
    page = page_content()
    assert page == building.receiver_page(), "a part changed: give the page another version, and make receiver-page"
    shown = published_page()
    assert (shown.version, shown.sha256) == (building.VERSION, hashlib.sha256(page).hexdigest())
    assert building.published()[shown.version] == shown.sha256
    assert len(page) < 500_000


def test_the_list_of_versions_is_told_on_the_page_for_receivers(building: ModuleType) -> None:
    text = (ROOT / "docs" / "ontvangen.md").read_text(encoding="utf-8")
    assert dict(re.findall(r"^\| ([0-9]+) \| `([0-9a-f]{64})` \|$", text, re.MULTILINE)) == building.published()
    assert f"receiver/{PAGE_NAME}" in text


def test_no_script_or_style_but_its_own_runs_and_nothing_is_fetched() -> None:
    page = page_content().decode()
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    (script,), (style,) = (re.findall(rf"<{name}>(.*?)</{name}>", page, re.DOTALL) for name in ("script", "style"))
    for name, text in (("script-src", script), ("style-src", style)):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert rules.pop(name) == f"'sha256-{digest}'"
    assert rules == dict.fromkeys(("default-src", "connect-src", "form-action", "base-uri"), "'none'")
    own = script[script.index('"use strict";\n// The batch') :]
    assert not re.search(r"localStorage|sessionStorage|indexedDB|cookie|fetch\(|innerHTML|eval\(|https?:", own)
    assert not re.search(r"<(?:link|img|iframe|object|embed)\b|\son[a-z]+=", page.split("<script>")[0])


def test_the_page_reads_as_b1_and_accuses_no_one() -> None:
    """Flesch-Douma of 55 and up reads as level B1: what stands on the page and what it tells."""
    textstat.set_lang("nl")
    script = "".join(path.read_text(encoding="utf-8") for path in sorted((PARTS / "script").glob("*.js")))
    told = re.findall(r'"([A-Z][^"\n]+[.?])"', re.sub(r'"\s*\+\s*"', "", script))
    assert len(told) > 20
    shown = re.sub(r"<[^>]+>", " ", re.sub(r"</(?:p|li|h\d|label|summary|button)>", ". ", page_text()))
    for text in (" ".join(told), shown):
        assert textstat.flesch_reading_ease(text) >= 55
        assert not re.search(r"verdachte|slachtoffer|dader", text)


def page_text() -> str:
    return (PARTS / "page.html").read_text(encoding="utf-8").split("<body>")[1].split("<script>")[0]


def test_the_libraries_are_those_of_the_lock_under_licences_that_go_with_ours() -> None:
    libraries = (PARTS / "libraries.js").read_bytes()
    assert hashlib.sha256(libraries).hexdigest() == LIBRARIES
    lock = json.loads((PARTS / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    locked = {path.removeprefix("node_modules/"): part for path, part in lock.items() if path and not part.get("dev")}
    licences = (PARTS / "LICENSES.md").read_text(encoding="utf-8")
    heads = re.findall(r"^## (\S+) (\S+) \((.+)\)$", licences, re.MULTILINE)
    told = {name: (version, licence) for name, version, licence in heads}
    own = {name: part for name, part in locked.items() if "/node_modules/" not in name}
    assert told == {name: (part["version"], part["license"]) for name, part in own.items()}
    assert {part["license"] for part in locked.values()} <= FITTING
    assert all(part["integrity"].startswith("sha512-") for part in locked.values())
    assert "://" not in re.sub(r'"(?:url|funding)": "[^"]+"', "", json.dumps(lock))
    # every package that the bundle names is one of them, and its licence goes with the page
    bundled = {name for name in re.findall(r"node_modules/((?:@[\w-]+/)?[\w-]+)/", libraries.decode())}
    assert bundled == set(told)
    assert licences.replace("*/", "* /") in page_content().decode()
