"""What the pages for engineers say of the tree is there: a page that lags behind sends a newcomer to nothing."""

from __future__ import annotations

import re

import pytest

from tests.house.modules import ROOT

PAGES = ("docs/architecture.md", "docs/matching.md", "docs/where-to-change.md", "README.md", "CONTRIBUTING.md")
DOTTED = re.compile(r"`((?:screening|flows)(?!\.toml)(?:\.\w+)+)")
PATH = re.compile(r"`((?:screening|flows|indicators|data_contracts|tests|docs|scripts)/[\w./-]+)`")


def is_there(name: str) -> bool:
    """Whether a dotted name is a package, a module, or a name that stands in one."""
    module, _, last = name.rpartition(".")
    for path in (name.replace(".", "/"), name.replace(".", "/") + ".py"):
        if (ROOT / path).exists():
            return True
    homes = (ROOT / (module.replace(".", "/") + ".py"), ROOT / module.replace(".", "/") / "__init__.py")
    return any(home.exists() and re.search(rf"\b{last}\b", home.read_text(encoding="utf-8")) for home in homes)


def absent(text: str) -> list[str]:
    """The names and paths of a page that lead nowhere."""
    paths = [path for path in PATH.findall(text) if not (ROOT / path).exists()]
    return paths + [name for name in DOTTED.findall(text) if not is_there(name)]


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_names_is_there(page):
    assert absent((ROOT / page).read_text(encoding="utf-8")) == []


def test_a_name_that_leads_nowhere_is_found():
    text = "`screening.nowhere.at_all` and `flows/nowhere.py`, but `flows/cli.py` and `screening.store.engine`"
    assert absent(text) == ["flows/nowhere.py", "screening.nowhere.at_all"]


def test_the_page_for_newcomers_answers_ten_questions():
    rows = re.findall(r"^\| \d+ \|", (ROOT / "docs/where-to-change.md").read_text(encoding="utf-8"), re.M)
    assert len(rows) == 10


def test_a_decision_record_has_a_number_of_its_own_which_its_title_says():
    records = sorted((ROOT / "docs/decisions").glob("*.md"))
    assert [int(record.name[:4]) for record in records] == list(range(1, len(records) + 1))
    for record in records:
        assert re.match(rf"# 0*{int(record.name[:4])}\b", record.read_text(encoding="utf-8")), record.name
