"""What became of each night stays in the workspace: counts only, a year of them, and nothing that is no report."""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from screening.base.vocabulary import NightKind
from screening.store import Workspace
from screening.store import night_reports as kept
from screening.store.night_reports import (
    NightReport,
    RegisterOfNight,
    keep_night_report,
    night_reports,
    night_under_way,
    take_dead_nights,
)

FOUR = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)
GOOD = NightReport(
    municipality="Zomerwaard",
    municipality_code="9999",
    kind=NightKind.PUBLISHED,
    exit_code=0,
    as_of=date(2026, 11, 2),
    began=FOUR,
    ended=FOUR + timedelta(seconds=61),
    run_id="a" * 24,
    registers=(RegisterOfNight("meldingen", "good", 3, 120, 1),),
    rules_ran=12,
    rules_off={"NUI-06": "not_configured"},
    flags=31,
    warnings=("One thing.",),
    stage_seconds={"intake": 1.5},
)


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    return Workspace(tmp_path / "var")


def test_a_report_comes_back_as_it_was_kept_and_only_its_owner_reads_it(workspace):
    file = keep_night_report(workspace, GOOD)
    assert night_reports(workspace) == [GOOD]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert GOOD.has_published
    assert GOOD.seconds == 61


def test_reports_come_oldest_first_and_the_last_ones_are_asked_for(workspace):
    for day in (3, 1, 2):
        keep_night_report(workspace, replace(GOOD, began=FOUR + timedelta(days=day)))
    assert [report.began.day for report in night_reports(workspace)] == [3, 4, 5]
    assert [report.began.day for report in night_reports(workspace, nights=1)] == [5]


def test_beyond_a_year_the_oldest_go(workspace, monkeypatch):
    monkeypatch.setattr(kept, "_KEPT", 3)
    for day in range(5):
        keep_night_report(workspace, replace(GOOD, began=FOUR + timedelta(days=day)))
    assert [report.began.day for report in night_reports(workspace)] == [4, 5, 6]


@pytest.mark.parametrize("content", [b"", b"[]", b'{"kind": "published"}', b"\xff\x00"])
def test_a_file_that_is_no_report_hides_no_other(workspace, content):
    keep_night_report(workspace, GOOD).with_name("20261103T000000000000Z-abcdef.json").write_bytes(content)
    assert night_reports(workspace) == [GOOD]


def test_a_workspace_without_nights_has_none(workspace):
    assert night_reports(workspace) == []


def test_what_a_night_held_ready_is_taken_once_when_its_process_died_and_never_while_it_runs(workspace):
    folder = workspace.path / kept.FOLDER
    with night_under_way(workspace, GOOD):
        [held] = folder.iterdir()
        assert stat.S_IMODE(held.stat().st_mode) == 0o600
        assert take_dead_nights(workspace) == night_reports(workspace) == []
    assert list(folder.iterdir()) == []
    child = os.fork()
    if not child:
        with night_under_way(workspace, GOOD):
            os._exit(9)
    os.waitpid(child, 0)
    assert take_dead_nights(workspace) == [GOOD]
    assert take_dead_nights(workspace) == list(folder.iterdir()) == []
