"""Whatever becomes of a night, its report says so and stays: published, with gaps, stopped, refused, busy or failed."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from flows.night.attempt import Attempt, attempt_night
from flows.night.stages import STAGES
from screening.base.errors import BarrierError
from screening.base.vocabulary import ExitCode, NightKind
from screening.store import Workspace, open_store
from screening.store.night_reports import NightReport, night_reports
from screening.store.schema.cases import review_case
from tests.conftest import AS_OF, barrier


def kept(town: Path) -> list[NightReport]:
    return night_reports(Workspace(town / "var"))


def test_a_good_night_counts_what_it_left(screened_town, clean_run):
    before, file = len(kept(screened_town)), screened_town / "screening.toml"
    channels = '[[notify.channels]]\nfolder = "told"\n[[notify.channels]]\nurl_env = "NOT_SET"\n'
    file.write_text(f"{file.read_text(encoding='utf-8')}\n{channels}", encoding="utf-8")
    attempt = attempt_night(file)
    report = attempt.report
    assert (report.kind, report.exit_code, report.is_repeated) == (NightKind.PUBLISHED, 0, True)
    assert kept(screened_town)[before:] == [report]
    assert report.run_id == attempt.published().run_id == clean_run["run_id"]
    assert report.flags == report.flags_new == clean_run["counts"]["flags"]
    assert report.flags_lapsed == 0
    with open_store(Workspace(screened_town / "var")) as store, store.engine.connect() as connection:
        counted = sa.select(sa.func.count()).where(review_case.c.sensitive)
        sensitive = connection.execute(counted).scalar_one()
    assert sensitive > 0, "a message counts none of them"
    assert report.cases_waiting + sensitive == clean_run["counts"]["flags"] + clean_run["counts"]["sample"]
    assert report.links_to_judge > 0
    assert report.rules_ran == len(clean_run["indicators"]["run"])
    assert {register.dataset: register.verdict for register in report.registers} == dict.fromkeys(
        clean_run["deliveries"], "good"
    )
    assert all(register.rows_read for register in report.registers)
    assert list(report.stage_seconds) == [name for name, _ in STAGES]
    [digest] = (screened_town / "told").iterdir()
    assert "nacht van 1 november: gepubliceerd\n" in digest.read_text(encoding="utf-8")
    assert [
        warning for warning in attempt.published().warnings if "through NOT_SET: nothing gives this secret" in warning
    ]


def test_a_night_without_a_register_is_published_with_gaps_and_tells_what_is_missing(screened_town):
    (screened_town / "handelsregister.csv").unlink()
    report = attempt_night(screened_town / "screening.toml", as_of=AS_OF + timedelta(days=1)).report
    assert (report.kind, report.exit_code) == (NightKind.WITH_GAPS, ExitCode.STALE_OR_MISSING)
    assert [r.dataset for r in report.registers if r.verdict == "missing"] == ["handelsregister"]
    assert "stale_source" in report.rules_off.values()
    assert report.flags_lapsed > 0
    assert report.has_published
    assert not report.is_good


def stopped(town: Path) -> Attempt:
    file = town / "meldingen.csv"
    os.truncate(file, file.stat().st_size - 7)
    return attempt_night(town / "screening.toml")


def refused(town: Path) -> Attempt:
    file = town / "screening.toml"
    file.write_text(file.read_text().replace('code = "9999"', 'code = "0457"'))
    return attempt_night(file)


def busy(town: Path) -> Attempt:
    with Workspace(town / "var").lock():
        return attempt_night(town / "screening.toml")


def failed(town: Path) -> Attempt:
    def broken(_name, _stage, _folder) -> None:
        raise ValueError("Jansen")

    return attempt_night(town / "screening.toml", call=broken)


@pytest.mark.parametrize(
    ("end", "kind", "exit_code"),
    [
        (stopped, NightKind.STOPPED, ExitCode.CONTRACT_STOP),
        (refused, NightKind.REFUSED, ExitCode.CONFIGURATION),
        (busy, NightKind.BUSY, ExitCode.ALREADY_RUNNING),
        (failed, NightKind.FAILED, ExitCode.UNEXPECTED),
    ],
)
def test_a_night_that_is_not_published_says_why_and_is_never_good(town, end, kind, exit_code):
    attempt = end(town)
    assert (attempt.report.kind, attempt.report.exit_code) == (kind, exit_code)
    assert attempt.report.reason == str(attempt.error) != ""
    assert "Jansen" not in attempt.report.reason
    assert not attempt.report.has_published
    assert kept(town) == [attempt.report]
    with pytest.raises(BarrierError):
        attempt.published()


def test_a_stopped_night_names_the_stage_at_which_it_ended(town):
    assert stopped(town).report.stage == "intake"


def test_a_configuration_that_cannot_be_read_is_refused_without_a_workspace(tmp_path):
    file = tmp_path / "screening.toml"
    file.write_text("[municipality\n")
    attempt = attempt_night(file, as_of=date(2026, 11, 1))
    assert attempt.report.kind == NightKind.REFUSED
    assert list(tmp_path.iterdir()) == [file]


def test_the_command_keeps_the_report_of_a_night_that_it_refuses(town):
    (town / "bag_adressen.csv").unlink()
    done = barrier("run", "--config", town / "screening.toml")
    assert done.code == ExitCode.STALE_OR_MISSING
    [report] = kept(town)
    assert report.kind == NightKind.STOPPED
    assert report.reason in done.err
