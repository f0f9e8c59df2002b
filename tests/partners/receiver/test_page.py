"""The receiver's page: put together of its own parts, with libraries that are known, and no way out."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

import textstat

from screening.partners.receiver.page import receiver_page
from tests.conftest import ROOT
from tests.plain_dutch import B1
from tests.test_supply_chain import FITTING

PARTS = ROOT / "screening" / "partners" / "receiver" / "parts"
LOCK = ROOT / "scripts" / "receiver_page" / "package-lock.json"
#: What bundle.sh made of the locked packages. Another bundle is another version of the page.
LIBRARIES = "f08ed56724cfbbaa8600d8c179f07cd9d38f98a114a56acc80bfbc687c0fc169"


def test_the_page_stands_in_the_list_of_versions_that_receivers_read() -> None:
    page, again = receiver_page(), receiver_page.__wrapped__()
    assert page == again
    text = (ROOT / "docs" / "ontvangen.md").read_text(encoding="utf-8")
    versions = re.findall(r"^\| ([0-9]+) \| `([0-9a-f]{64})` \|$", text, re.MULTILINE)
    assert versions[-1] == (page.version, page.sha256), "a part changed: raise VERSION, and add it to docs/ontvangen.md"
    assert [version for version, _ in versions] == [str(number + 1) for number in range(len(versions))]
    assert f"`{page.name}`" in text
    assert len(page.content) < 500_000


def test_it_is_written_from_the_source_as_the_application_gives_it(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "screening.partners.receiver.page", str(tmp_path)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout
    assert printed.startswith(receiver_page().sha256)
    assert (tmp_path / receiver_page().name).read_bytes() == receiver_page().content


def test_no_script_or_style_but_its_own_runs_and_nothing_is_fetched() -> None:
    page = receiver_page().content.decode()
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
        assert textstat.flesch_reading_ease(text) >= B1
        assert not re.search(r"verdachte|slachtoffer|dader", text)


def page_text() -> str:
    return (PARTS / "page.html").read_text(encoding="utf-8").split("<body>")[1].split("<script>")[0]


def test_the_libraries_are_those_of_the_lock_under_licences_that_go_with_ours() -> None:
    libraries = (PARTS / "libraries.js").read_bytes()
    assert hashlib.sha256(libraries).hexdigest() == LIBRARIES
    lock = json.loads(LOCK.read_text(encoding="utf-8"))["packages"]
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
    assert licences.replace("*/", "* /") in receiver_page().content.decode()
