"""A machine may ask whether the application lives, and with a token for counts; neither says anything of anybody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from prometheus_client.parser import text_string_to_metric_families

from screening.base.errors import ConfigurationError
from screening.base.vocabulary import Role
from screening.review import ReviewSettings
from screening.store import Workspace
from screening.store.night_reports import keep_night_report
from screening.store.schema.cases import review_case
from tests.flows.notify.nights import GAPS, GOOD, STOPPED, on_day
from tests.review.conftest import Review, copy_workspace, oidc_settings, review_on
from tests.review.pages.officers import cases, open_dossier
from tests.review.test_headers import assert_marked

TOKEN = "q8Zr-reads-the-counts-41"
AUTHORIZATION = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(scope="module")
def watched(town_workspace: Path, tmp_path_factory) -> Iterator[Review]:
    """An application with a token, after a night with gaps and one that stopped."""
    with review_on(
        copy_workspace(town_workspace, tmp_path_factory.mktemp("watched") / "w"), metrics_token=TOKEN
    ) as review:
        for report in (GOOD, on_day(GAPS, 1), on_day(STOPPED, 2)):
            keep_night_report(review.workspace, report)
        review.clock.now = GOOD.ended + timedelta(days=2, hours=1)
        yield review


def samples(review: Review) -> dict[str, float]:
    """What Prometheus would read: name and labels -> value."""
    answer = review.stranger().get("/metrics", headers=AUTHORIZATION)
    assert answer.status_code == 200
    return {
        sample.name + "".join(f" {value}" for value in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_the_application_says_that_it_lives_to_nobody_in_particular(bare_review: Review):
    answer = bare_review.stranger().get("/health", headers={"Host": "10.88.0.4:8410"})
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "store": True, "ledger": True})
    assert "set-cookie" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"
    assert_marked(answer, "/health")


def test_the_version_is_told_on_the_machine_itself_alone(bare_review: Review):
    told = {
        host: "version" in bare_review.stranger().get("/health", headers={"Host": host}).json()
        for host in ("127.0.0.1:8410", "localhost", "[::1]:8410", "toetsing.example.nl", "10.88.0.4", "", "[")
    }
    assert [host for host, is_told in told.items() if is_told] == ["127.0.0.1:8410", "localhost", "[::1]:8410"]


@pytest.mark.parametrize("which", ["store", "ledger"])
def test_a_database_that_does_not_answer_is_told_with_503_and_no_word_of_its_own(tmp_path: Path, which: str):
    with review_on(Workspace(tmp_path / "w"), metrics_token=TOKEN) as review:
        table = {"store": "alembic_version", "ledger": "ledger_identity"}[which]
        engine = {"store": review.store.engine, "ledger": review.ledger.engine}[which]
        with engine.begin() as connection:
            connection.exec_driver_sql(f"ALTER TABLE {table} RENAME TO gone")
        answer = review.stranger().get("/health")
        other = {"store": "ledger", "ledger": "store"}[which]
        assert (answer.status_code, answer.json()) == (503, {"status": "unavailable", which: False, other: True})
        assert samples(review)[f"barrier_database_up {which}"] == 0


@pytest.mark.parametrize("path", ["/health", "/metrics"])
def test_machines_read_and_do_nothing(watched: Review, path: str):
    assert watched.stranger().post(path).status_code == 405
    assert_marked(watched.stranger().get(path), path)


def test_counts_are_there_for_who_knows_the_token_alone(watched: Review, bare_review: Review):
    for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": TOKEN}, {"Authorization": f"bearer {TOKEN}"}):
        answer = watched.stranger().get("/metrics", headers=headers)
        assert (answer.status_code, answer.text) == (401, "")
        assert answer.headers["www-authenticate"] == "Bearer"
    assert watched.client(Role.ADMIN).get("/metrics").status_code == 401, "signing in gives no counts"
    assert bare_review.stranger().get("/metrics", headers=AUTHORIZATION).status_code == 404, "no token is configured"


def test_counts_say_how_nights_went_and_what_waits(watched: Review):
    found = samples(watched)
    assert found["barrier_nights_not_good"] == 2
    assert found["barrier_night_good_timestamp_seconds"] == GOOD.ended.timestamp()
    assert found["barrier_night_good_age_seconds"] == timedelta(days=2, hours=1).total_seconds()
    kinds = [name for name, value in found.items() if name.startswith("barrier_night_last_kind") and value]
    assert kinds == ["barrier_night_last_kind stopped by a contract"]
    assert (found["barrier_night_last_exit_code"], found["barrier_night_last_duration_seconds"]) == (3, 61)
    assert (found["barrier_flags"], found["barrier_flags_new"], found["barrier_flags_lapsed"]) == (57, 2, 7)
    assert (found["barrier_register_good handelsregister"], found["barrier_register_rows_rejected meldingen"]) == (0, 3)
    assert found["barrier_register_age_days meldingen"] == 4
    assert "barrier_register_age_days handelsregister" not in found
    with watched.store.engine.connect() as connection:
        waiting = connection.scalar(sa.select(sa.func.count()).select_from(review_case))
    assert found["barrier_cases_waiting"] == waiting > 0
    assert found["barrier_links_to_judge"] > 0
    assert found["barrier_database_up store"] == found["barrier_database_up ledger"] == 1


def test_before_the_first_night_there_are_counts_without_a_night(tmp_path: Path):
    with review_on(Workspace(tmp_path / "w"), metrics_token=TOKEN) as review:
        found = samples(review)
    assert (found["barrier_nights_not_good"], found["barrier_cases_waiting"]) == (0, 0)
    assert not [name for name in found if name.startswith(("barrier_night_", "barrier_flags", "barrier_case_"))]


def test_requests_are_timed_by_the_path_of_their_route_and_by_nothing_of_anybody(watched: Review):
    officer = watched.client(Role.OFFICER, account="kanarie.van.dam")
    case_id = cases(watched)[0]
    open_dossier(officer, case_id)
    officer.get("/zaken/ffffffffffffffff?zoek=kanarievraag")
    officer.get("/kanariepad/niet-hier")
    officer.request("KANARIE", "/zaken")
    officer.get("/static/app.css")
    text = watched.stranger().get("/metrics", headers=AUTHORIZATION).text
    found = samples(watched)
    assert found["barrier_request_duration_seconds_count GET /zaken/{case_id} 200"] >= 1
    assert found["barrier_request_duration_seconds_count GET other 404"] >= 1
    assert found["barrier_request_duration_seconds_count other /zaken 405"] >= 1
    assert found["barrier_request_duration_seconds_count GET other 200"] >= 1, "files are no routes"
    assert "kanarie" not in text.lower()
    labels = set(re.findall(r'="([^"]*)"', text))
    assert not [label for label in labels if re.search(r"[0-9a-f]{12}|\d{6}", label)], "no id of a case or an address"
    assert "Zomerwaard" not in text
    assert "Voorbeeldstad" not in text


def test_a_token_that_is_none_stops_the_start():
    good = {"municipality": "V", "base_url": "https://a.example", "mode": "oidc", "oidc": oidc_settings()}
    settings = ReviewSettings(**good, metrics_token=TOKEN)
    assert TOKEN not in repr(settings)
    for weak in ("", "kort", "changeme-123456"):
        with pytest.raises(ConfigurationError, match="metrics_token_env"):
            replace(settings, metrics_token=weak)
