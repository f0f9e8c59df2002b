"""The generated pages follow the code: they are made into an empty folder, and those that are kept are the same."""

from __future__ import annotations

import re
import subprocess

import pytest

from flows.catalogue import all_indicators
from flows.cli import BarrierCommands
from flows.papers.rule_pages import (
    COMMAND,
    COMMANDS,
    CONFIGURATION,
    DIRECTORY,
    LISTS,
    PAGES,
    page_document,
    write_rule_pages,
)
from screening.report import render_barrier_page
from screening.rules.model import Reach, coverage, models
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("pages")
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in write_rule_pages(folder)}


@pytest.mark.parametrize("name", [COMMANDS, CONFIGURATION])
def test_a_page_in_the_repository_does_not_lag_behind(made, name):
    kept = (DIRECTORY / name).read_text(encoding="utf-8")
    assert kept == made[name], f"docs/reference/{name} lags behind: run `{COMMAND}` and commit it"


def test_the_repository_keeps_the_pages_that_the_readme_opens_and_no_others():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    opened = {f"docs/reference/{name}" for name in re.findall(r"\]\(docs/reference/([^)]+)\)", readme)}
    command = ["git", "ls-files", "docs/reference"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert opened == {f"docs/reference/{name}" for name in (COMMANDS, CONFIGURATION)}
    assert set(listed.stdout.split()) == opened


def test_a_page_that_lags_behind_is_noticed(made):
    document = page_document("nl")
    document["models"][0]["boxes"][3]["indicators"] = ()
    assert render_barrier_page(document) != made["barrieremodel.html"]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_carries_all_it_needs_and_runs_nothing(made, name):
    page = made[name]
    assert page.count("<svg") == len(models())
    assert not re.search(r'<script|<link|<img|\ssrc=|href="http|url\((?!data:font)|@import', page)
    assert "default-src 'none'" in page


@pytest.mark.parametrize(("name", "language"), PAGES.items())
def test_a_page_says_of_each_barrier_what_covers_it_or_why_nothing_can(made, name, language):
    page = re.sub(r"\s+", " ", made[name].replace("&#39;", "'"))
    for row in coverage(all_indicators()):
        for code in row.indicators:
            assert code in page
        if row.reach is Reach.OUT:
            assert getattr(row.step, f"why_out_{language}") in page


@pytest.mark.parametrize(("name", "language"), LISTS.items())
def test_the_list_holds_the_whole_declaration_of_every_indicator(made, name, language):
    page = made[name].replace("\\", "")
    for one in all_indicators():
        wanted = [one.code, getattr(one, f"name_{language}"), getattr(one, f"rationale_{language}")]
        wanted += [*getattr(one, f"innocent_{language}"), *getattr(one, f"ruled_out_{language}")]
        wanted += [getattr(param, f"label_{language}") for param in one.params.values()]
        assert [text for text in wanted if text not in page] == [], one.code


def test_every_indicator_hangs_on_a_barrier_and_every_barrier_in_reach_is_covered():
    rows = coverage(all_indicators())
    assert {one.code for one in all_indicators() if not one.is_finding} == {c for row in rows for c in row.indicators}
    assert [f"{row.model.code} {row.step.barrier}" for row in rows if row.reach is Reach.OPEN] == []


def test_the_commands_are_named_in_the_order_of_the_help(made):
    page = made[COMMANDS]
    heads = re.findall(r"^### `barrier (\S+)`$", page, re.M)
    assert heads == [name for commands in BarrierCommands.panels.values() for name in commands]
    for commands in BarrierCommands.panels.values():
        assert all(line.replace("*", "\\*").replace("_", "\\_") in page for _, line in commands.values())


def test_a_command_of_a_group_tells_what_it_takes_and_what_holds_otherwise(made):
    page = made[COMMANDS]
    part = page.partition("#### `barrier intake seal`")[2].partition("####")[0]
    assert "| `FILE` | The file, or a folder of files, as it will be delivered. | required |" in part
    assert "| `--supplier NAME` | Who delivers it. |  |" in part
    assert "| `--config, -c` | The configuration of the municipality. | `screening.toml` |" in page
    assert "| `--addresses` | How many addresses. | `3000` |" in page


def test_the_commands_end_with_the_exit_codes(made):
    page = made[COMMANDS]
    assert "Exit codes: 0 ok, 1 unexpected" in page.splitlines()[-1]
