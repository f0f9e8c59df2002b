"""A night ends with cases for officers; when that fails the run stays published, and a person is told."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from flows.configuration import Configuration, load_configuration
from flows.desk import Desk
from flows.night.open_cases import open_cases_of_run
from flows.night.run import night
from screening.base.errors import ConfigurationError
from screening.base.vocabulary import ExitCode
from screening.casework.case_policy import DEFAULT_POLICY
from screening.casework.cases.sync import sync_cases
from screening.casework.figures.monthly_counts import counts_by_month
from screening.casework.viewer import Viewer
from screening.store.schema.cases import case_sync, review_case
from tests.flows.configuration.test_read import GOOD


class LosingTheTable:
    """Takes the table away that says up to which run the cases are, right before publishing."""

    def __init__(self, config: Path) -> None:
        self.settings = load_configuration(config)

    def __call__(self, stage: str, seconds: float | None) -> None:
        if stage == "publish" and seconds is None:
            with Desk(self.settings).store as store:
                case_sync.drop(store.engine)


def test_a_night_opens_a_case_for_each_new_flag_and_each_address_drawn(screened_town, clean_run):
    config = screened_town / "screening.toml"
    with Desk(load_configuration(config)).store as store, store.engine.connect() as connection:
        arms = sorted(row.arm for row in connection.execute(review_case.select()))
    assert arms == ["flag"] * clean_run["counts"]["flags"] + ["sample"] * clean_run["counts"]["sample"]
    again = night(config)
    assert again.already
    assert again.warnings == again.losses == []
    assert (again.cases["opened"], again.cases["sampled"]) == (0, 0), "the same night again opens nothing"


def test_a_failure_to_open_cases_leaves_the_run_published_and_is_told(town):
    config = town / "screening.toml"
    done = night(config, on_stage=LosingTheTable(config))
    assert done.cases == {}
    assert len(done.losses) == 1
    assert done.losses[0].startswith("The run is published; its cases are not opened yet: The store failed")
    assert done.exit_code == ExitCode.STALE_OR_MISSING
    with Desk(load_configuration(config)).store as store:
        assert store.last_published().run_id == done.run_id
        case_sync.create(store.engine)
        report = sync_cases(store, now=store.last_published().published_at)
        assert report.opened == done.document["counts"]["flags"], "the review opens them at its start"
        with store.engine.begin() as connection:
            connection.execute(review_case.update().values(opened_on=date(2026, 10, 5)))
        assert open_cases_of_run(store, load_configuration(config))[1] is None
        with store.engine.begin() as connection:
            connection.execute(review_case.update().values(sensitive=True))
        october = counts_by_month(store, Viewer("lead", frozenset()), now=datetime.now(UTC))["2026-10"]
        assert october["all|opened"] > 0, "the night counted the month before a case became sensitive"


@pytest.fixture(autouse=True)
def bag(monkeypatch):
    monkeypatch.setenv("BAG_DB", "postgresql://nobody@127.0.0.1/bag")


def load(tmp_path: Path, review: str) -> Configuration:
    file = tmp_path / "screening.toml"
    file.write_text(f"{GOOD}\n[review]\n{review}\n", encoding="utf-8")
    return load_configuration(file)


def test_the_terms_of_case_work_are_those_of_the_configuration(tmp_path):
    assert load(tmp_path, "port = 8000").case_policy == DEFAULT_POLICY
    chosen = load(tmp_path, "expiry_days = 90\ncapacity_per_day = 5\nsample_share = 0.2").case_policy
    assert (chosen.expiry_days, chosen.capacity_per_day, chosen.sample_share) == (90, 5, 0.2)
    assert chosen.due_days == DEFAULT_POLICY.due_days


@pytest.mark.parametrize(
    ("review", "complaint"),
    [
        ("expiry_days = 0", "review.expiry_days"),
        ("due_days = 1.5", "review.due_days"),
        ("lock_minutes = true", "review.lock_minutes"),
        ("expiry_days = 10\ndue_days = 20", "due_days cannot be more than expiry_days"),
    ],
)
def test_terms_that_are_none_are_refused_before_a_register_is_read(tmp_path, review, complaint):
    with pytest.raises(ConfigurationError, match=complaint):
        load(tmp_path, review)
