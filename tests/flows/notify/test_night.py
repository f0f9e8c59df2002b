"""After each night its digest goes once through every channel; quiet hours hold the message, no failure the night."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.configuration import Configuration, load_configuration
from flows.night.attempt import attempt_night
from flows.notify.night import digest_outbox, send_waiting, tell
from screening.base.errors import BarrierError
from screening.base.vocabulary import NightKind
from screening.store import Workspace
from screening.store.night_reports import keep_night_report
from tests.flows.configuration.test_review import HEAD
from tests.flows.notify.nights import FAILED, GAPS, GOOD, STOPPED, on_day

CHANNELS = '[[notify.channels]]\nurl_env = "NIGHT_MAIL"\n[[notify.channels]]\nurl_env = "NIGHT_HOOK"\n'
#: In winter the town is an hour before UTC.
AT_FOUR, AT_SEVEN = datetime(2026, 11, 2, 3, 0, tzinfo=UTC), datetime(2026, 11, 2, 6, 0, tzinfo=UTC)


@pytest.fixture
def addresses(mail, hook, monkeypatch) -> dict[str, str]:
    env = {"NIGHT_MAIL": mail.address, "NIGHT_HOOK": hook.address}
    for name, address in env.items():
        monkeypatch.setenv(name, address)
    return env


def configured(folder: Path, notify: str) -> Configuration:
    file = folder / "screening.toml"
    file.write_text(f"{HEAD}{notify}", encoding="utf-8")
    return load_configuration(file)


def subjects(hook) -> list[str]:
    return [document["title"].partition(": ")[2] for document in hook.documents]


def test_every_night_is_told_once_through_every_channel(tmp_path, mail, hook, addresses):
    settings = configured(tmp_path, CHANNELS)
    nights = [GOOD, on_day(GAPS, 1), on_day(STOPPED, 2), on_day(FAILED, 3), on_day(GOOD, 4)]
    for night in nights:
        keep_night_report(Workspace(settings.workspace), night)
        assert tell(settings, night) == []
    assert subjects(hook) == ["gepubliceerd", "gepubliceerd met gaten", "gestopt", "mislukt", "gepubliceerd"]
    assert [message["Subject"] for message in mail.messages] == [document["title"] for document in hook.documents]
    assert "Hersteld na 3 nachten" in hook.documents[-1]["message"]
    assert [("Hersteld" in document["message"]) for document in hook.documents] == [False] * 4 + [True]
    assert digest_outbox(settings).count() == 0


def test_a_channel_about_work_has_counts_of_cases_alone(tmp_path, mail, hook, addresses):
    settings = configured(tmp_path, CHANNELS + 'about = "work"\n')
    nights = [
        GOOD,
        on_day(STOPPED, 1),
        replace(
            on_day(GAPS, 2),
            cases_overdue=2,
            cases_second=1,
            cases_opened=3,
            care_unanswered=1,
            policy_due=4,
            tips_late=2,
        ),
    ]
    for night in nights:
        keep_night_report(Workspace(settings.workspace), night)
        assert tell(settings, night) == []
    assert [document["title"] for document in hook.documents] == [
        "Zomerwaard, werkvoorraad van 2 november",
        "Zomerwaard, werkvoorraad van 4 november",
    ]
    message = hook.documents[-1]["message"]
    for line in (
        "Er wachten 36 zaken (was 41) op een oordeel.",
        "- 3 nieuw vannacht",
        "- 2 te laat",
        "- 1 wacht op een tweede beoordelaar",
        "- 1 contactwens zonder antwoord",
        "- 4 antwoorden over beleid te herzien (zie Beleid)",
        "Van collega's wachten 2 meldingen langer dan een werkdag",
    ):
        assert line in message
    assert "beleid" not in hook.documents[0]["message"]
    assert [message["Subject"].partition(": ")[2] for message in mail.messages] == [
        "gepubliceerd",
        "gestopt",
        "gepubliceerd met gaten",
    ]


def test_without_a_channel_nothing_is_made(tmp_path):
    settings = configured(tmp_path, "")
    assert tell(settings, GOOD) == []
    assert not settings.workspace.exists()


def test_quiet_hours_hold_the_message_until_something_sends_it_after_them(tmp_path, mail, hook, addresses):
    settings = configured(tmp_path, f'[notify]\nquiet = "22:00-07:00"\n{CHANNELS}')
    assert tell(settings, GOOD, now=AT_FOUR) == []
    assert send_waiting(settings, now=AT_FOUR.replace(hour=5, minute=59)) == []
    assert (hook.documents, mail.messages, digest_outbox(settings).count()) == ([], [], 1)
    assert send_waiting(settings, now=AT_SEVEN) == []
    assert (subjects(hook), len(mail.messages), digest_outbox(settings).count()) == (["gepubliceerd"], 1, 0)
    assert send_waiting(settings, now=AT_SEVEN) == []
    assert len(hook.documents) == 1


def test_a_channel_that_fails_is_a_warning_and_gets_it_with_the_next_night(tmp_path, mail, hook, addresses):
    settings = configured(tmp_path, CHANNELS)
    hook.status = 500
    [warning] = tell(settings, STOPPED)
    assert "NIGHT_HOOK" in warning
    assert "barrier notify send" in warning
    assert hook.address not in warning
    assert (len(mail.messages), digest_outbox(settings).count()) == (1, 1)
    hook.status = 200
    assert tell(settings, on_day(GOOD, 1)) == []
    [document] = hook.documents
    assert document["title"].endswith("nacht van 3 november: gepubliceerd")
    assert "Zomerwaard, nacht van 2 november: gestopt" in document["message"]
    assert (len(mail.messages), "gestopt" in mail.messages[1].get_content()) == (2, False)


def test_what_cannot_be_kept_is_sent_all_the_same(tmp_path, mail, hook, addresses):
    settings = configured(tmp_path, CHANNELS)
    (Workspace(settings.workspace).path / "nights").touch()
    [warning] = tell(settings, GOOD)
    assert "cannot be kept" in warning
    assert (len(hook.documents), len(mail.messages)) == (1, 1)


def test_the_end_of_a_night_is_told_and_a_broken_channel_breaks_none(town, mail, hook, addresses):
    hook.status = 500
    file = town / "screening.toml"
    file.write_text(f"{file.read_text(encoding='utf-8')}\n{CHANNELS}", encoding="utf-8")
    (town / "bag_adressen.csv").unlink()
    assert attempt_night(file).report.kind == NightKind.STOPPED
    [message] = mail.messages
    assert message["Subject"].endswith("nacht van 1 november: gestopt")
    assert "bag_adressen" in message.get_content()
    assert digest_outbox(load_configuration(file)).count() == 1


def called(settings: Configuration, *words: str) -> tuple[int, str]:
    """A command in this process: how it ended, and what it printed."""
    done = CliRunner().invoke(app, ["notify", *words, "--config", str(settings.file)])
    if isinstance(done.exception, BarrierError):
        return done.exception.exit_code, f"{done.output}{done.exception}"
    return done.exit_code, done.output


def test_the_command_tries_the_channels_and_sends_what_waits(tmp_path, mail, hook, addresses):
    settings = configured(tmp_path, CHANNELS)
    hook.status = 500
    code, text = called(settings, "test")
    assert code == 1
    assert "NIGHT_MAIL: arrived" in text
    assert "NIGHT_HOOK: it refused the message" in text
    assert len(mail.messages) == 1
    tell(settings, GOOD)
    code, text = called(settings, "send", "--json")
    assert (code, json.loads(text)["waiting"]) == (1, 1)
    hook.status = 200
    code, text = called(settings, "send", "--json")
    assert (code, json.loads(text)) == (0, {"waiting": 0, "problems": []})
    assert subjects(hook) == ["gepubliceerd"]


def test_the_command_says_that_no_channel_is_named(tmp_path):
    code, text = called(configured(tmp_path, ""), "send")
    assert (code, "nobody is told" in text) == (2, True)
