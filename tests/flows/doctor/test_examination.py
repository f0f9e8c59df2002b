"""The doctor finds each thing that can be wrong with an installation, and names a command; a sound one has none."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.audit.heads import anchor_head, audit_settings
from flows.cli import app
from flows.configuration import load_configuration
from flows.desk import Desk
from flows.doctor import machine
from flows.doctor.command import _exit_code, _lines
from flows.doctor.examination import CHECKS, examine_site
from flows.notify.digest import digest_of
from flows.notify.night import digest_outbox
from screening.base.vocabulary import Role
from screening.rights.erasure_plan import prepare_plan
from screening.rights.terms import Terms
from screening.store import Workspace, open_store, publish
from screening.store.access.accounts import admit
from screening.store.access.sessions import begin_session
from screening.store.backups import backup_name
from screening.store.engine import writing
from screening.store.night_reports import keep_night_report
from tests.casework.caseload import night
from tests.flows.configuration.test_review import HEAD
from tests.flows.notify.nights import BUSY, FAILED, GAPS, GOOD, REFUSED, STOPPED, on_day
from tests.flows.notify.receivers import WebHook, listening

#: The afternoon after the good night.
NOW = datetime(2026, 11, 2, 13, 0, tzinfo=UTC)
TABLES = """
[audit]
anchor = ["file:../outside"]
[[notify.channels]]
folder = "messages"
"""


@pytest.fixture(scope="module")
def sound(tmp_path_factory) -> Path:
    """A made-up municipality after a good night, with a backup and a head outside."""
    folder = tmp_path_factory.mktemp("sound") / "town"
    folder.mkdir()
    file = folder / "screening.toml"
    file.write_text(HEAD.replace("0457", "9999") + TABLES)
    settings = load_configuration(file)
    with Desk(settings, now=NOW) as desk:
        publish(desk.store, desk.workspace, night())
        desk.workspace.reporter_key()
        anchor_head(desk.ledger, audit_settings(settings), now=NOW)
        keep_night_report(desk.workspace, GOOD)
    backups = settings.workspace / "backups"
    backups.mkdir(mode=0o700)
    backup = backups / backup_name("data", NOW - timedelta(days=1))
    backup.touch(0o600)
    return file


@pytest.fixture
def town(sound, tmp_path) -> Path:
    """A copy to spoil."""
    shutil.copytree(sound.parents[1], tmp_path / "copy")
    return tmp_path / "copy" / "town"


def found(town: Path, now: datetime = NOW, **env: str) -> list[tuple[str, str]]:
    """What the doctor says is wrong and advises: the part, and the command without the configuration."""
    findings = examine_site(town / "screening.toml", now=now, secret=env.get)
    return [(finding.about, finding.command.partition(" --config ")[0]) for finding in findings]


def changed(town: Path, old: str, new: str) -> None:
    file = town / "screening.toml"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def reported(*reports) -> Callable[[Path], None]:
    def report(town: Path) -> None:
        for each in reports:
            keep_night_report(Workspace(town / "var"), each)

    return report


def test_of_a_sound_installation_nothing_is_said_and_nothing_is_changed(town):
    before = {path: path.stat().st_mtime_ns for path in town.rglob("*")}
    assert found(town) == []
    assert {path: path.stat().st_mtime_ns for path in town.rglob("*") if "-shm" not in path.name} == {
        path: moment for path, moment in before.items() if "-shm" not in path.name
    }


def without_channels(town: Path) -> None:
    changed(town, '[[notify.channels]]\nfolder = "messages"\n', "")


def channel_not_set(town: Path) -> None:
    changed(town, 'folder = "messages"', 'url_env = "NIGHT_MAIL"')


def message_waits(town: Path) -> None:
    settings = load_configuration(town / "screening.toml")
    digest_outbox(settings).put(digest_of(GOOD), [])


def damaged(town: Path) -> None:
    with (town / "var" / "store.sqlite").open("r+b") as file:
        file.seek(40_000)
        byte = file.read(1)
        file.seek(40_000)
        file.write(bytes([byte[0] ^ 1]))


def ledger_damaged(town: Path) -> None:
    (town / "var" / "ledger.sqlite").write_bytes(b"no database at all" * 100)


def of_another_version(town: Path) -> None:
    with Desk(load_configuration(town / "screening.toml")) as desk, writing(desk.store.engine) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")


def left_in_staging(town: Path) -> None:
    left = town / "var" / "staging" / "night-2026-10-30"
    left.mkdir(mode=0o700)
    os.utime(left, (0, 0))


def readable(town: Path) -> None:
    (town / "var" / "keys" / "reporter.key").chmod(0o640)


def key_gone(town: Path) -> None:
    (town / "var" / "keys" / "reporter.key").unlink()


def no_export_key(town: Path) -> None:
    changed(town, "[audit]", "[export]\nkeep_days = 30\n[audit]")


def backup_gone(town: Path) -> None:
    shutil.rmtree(town / "var" / "backups")


def heads_gone(town: Path) -> None:
    shutil.rmtree(town.parent / "outside")


def heads_inside(town: Path) -> None:
    changed(town, "file:../outside", "file:var/heads")


def folder_of_nobody(town: Path) -> None:
    (town / "var" / "jan").mkdir(mode=0o700)


def erasure_waits(town: Path) -> None:
    with Desk(load_configuration(town / "screening.toml")) as desk:
        prepare_plan(desk.store, [], {"sessions": 3}, Terms(), by="rita", now=NOW - timedelta(days=30))


def real_without_mandate(town: Path) -> None:
    changed(town, "9999", "0457")
    shutil.rmtree(town / "var")
    reported(GOOD)(town)
    Workspace(town / "var").reporter_key()


def signed_in_on_both_sides(town: Path) -> None:
    with open_store(Workspace(town / "var")) as store:
        account = admit(store, account="a.bakker", issuer="https://i", subject="1", name="A", now=NOW).account
        roles = {Role.COLLEAGUE, Role.OFFICER, Role.CARE_COORDINATOR}
        begin_session(store, account, roles, now=NOW, absolute=timedelta(hours=8))


FAULTS = [
    (lambda town: changed(town, "[audit]", "[audit"), ("configuration", "barrier check")),
    (real_without_mandate, ("mandate", "barrier mandate check")),
    (lambda town: shutil.rmtree(town / "var" / "nights"), ("nights", "barrier run")),
    (reported(on_day(STOPPED, 1)), ("nights", "barrier check")),
    (reported(on_day(GAPS, 1)), ("nights", "barrier status")),
    (reported(on_day(REFUSED, 1)), ("nights", "barrier check")),
    (reported(on_day(FAILED, 1)), ("nights", "barrier run")),
    (reported(on_day(BUSY, 1)), ("nights", "barrier run")),
    (without_channels, ("notify", "barrier notify test")),
    (channel_not_set, ("notify", "export NIGHT_MAIL=…")),
    (message_waits, ("notify", "barrier notify send")),
    (damaged, ("store", "barrier restore")),
    (ledger_damaged, ("ledger", "barrier restore")),
    (of_another_version, ("store", "barrier runs")),
    (left_in_staging, ("staging", "barrier run")),
    (readable, ("modes", "chmod -R go=")),
    (key_gone, ("keys", "barrier restore")),
    (no_export_key, ("keys", "barrier export keys")),
    (backup_gone, ("backup", "barrier backup")),
    (heads_gone, ("ledger", "barrier audit head --anchor")),
    (heads_inside, ("ledger", "barrier audit head --anchor")),
    (folder_of_nobody, ("retention", "mv")),
    (erasure_waits, ("retention", "barrier retention plan")),
    (signed_in_on_both_sides, ("roles", "barrier check")),
]


@pytest.mark.parametrize(("spoil", "expected"), FAULTS)
def test_each_thing_that_is_wrong_is_found_with_a_command_and_nothing_else_is(town, spoil, expected):
    spoil(town)
    findings = found(town)
    if spoil is real_without_mandate:  # it has no backup either
        findings.remove(("backup", "barrier backup --to age1… --keys-to age1…"))
    [(about, command)] = findings
    assert about == expected[0]
    assert command.startswith(expected[1])


def test_a_night_that_never_came_is_found_from_the_second_day(town):
    assert found(town, NOW + timedelta(days=1)) == []
    assert ("nights", "barrier run") in found(town, NOW + timedelta(days=2))
    assert ("nights", "barrier deploy") in found(
        town, NOW + timedelta(days=2), PREFECT_API_URL="http://127.0.0.1:1/api"
    )
    later = found(town, NOW + timedelta(days=8))
    assert {"nights", "backup", "ledger"} == {about for about, _ in later}


def test_what_is_said_of_bad_nights_counts_them_and_gives_the_reason(town):
    reported(on_day(GAPS, 1), on_day(STOPPED, 2), on_day(STOPPED, 3))(town)
    [finding] = examine_site(town / "screening.toml", now=NOW + timedelta(days=3), secret={}.get)
    assert "that of 2 November 2026; 3 nights since: 1 published with gaps, 2 stopped by a contract." in finding.problem
    assert "its end is missing" in finding.problem


def test_an_address_that_is_none_is_found_and_not_shown(town):
    channel_not_set(town)
    [finding] = examine_site(town / "screening.toml", now=NOW, secret={"NIGHT_MAIL": "maillto://geheim@x"}.get)
    assert (finding.about, "geheim" in finding.problem) == ("notify", False)
    assert found(town, NIGHT_MAIL="json://host.example") == []


def test_what_waits_in_quiet_hours_is_well(town):
    changed(town, "[[notify.channels]]", '[notify]\nquiet = "13:00-15:00"\n[[notify.channels]]')
    message_waits(town)
    assert found(town) == []
    assert found(town, NOW + timedelta(hours=2)) == [("notify", "barrier notify send")]


def test_a_database_that_does_not_answer_is_found(town, monkeypatch):
    monkeypatch.setenv("BARRIER_STORE_URL", "postgresql+psycopg://barrier:geheim@127.0.0.1:1/x")
    [finding] = examine_site(town / "screening.toml", now=NOW, secret={}.get)
    assert (finding.about, finding.command) == ("store", "systemctl status postgresql")
    assert "geheim" not in finding.problem


def test_a_process_that_holds_the_workspace_for_hours_is_found(town):
    code = (
        "import sys; from screening.store import Workspace\n"
        f"with Workspace({str(town / 'var')!r}).lock(): print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        now = datetime.now(UTC)
        keep_night_report(Workspace(town / "var", read_only=True), replace(GOOD, began=now, ended=now))
        assert not [each for each in found(town, now + timedelta(hours=5)) if each[0] == "lock"]
        assert ("lock", f"kill {process.pid}") in found(town, now + timedelta(hours=7))
        process.communicate()
    assert not [each for each in found(town, now + timedelta(hours=7)) if each[0] == "lock"]


def test_a_disk_that_is_nearly_full_is_found(town, monkeypatch):
    monkeypatch.setattr(machine, "_LEAST_FREE_BYTES", 1 << 60)
    [(about, command)] = found(town)
    assert (about, command.startswith("du -sh ")) == ("disk", True)


def test_a_scheduler_that_answers_everybody_is_found(town):
    with listening(WebHook()) as server:
        url = f"http://127.0.0.1:{server.server_address[1]}/api"
        [(about, command)] = found(town, PREFECT_API_URL=url)
    assert (about, command.startswith("prefect server start")) == ("prefect", True)


def test_a_check_that_fails_is_told_by_its_place_and_hides_no_other(town):
    shutil.rmtree(town / "var" / "nights")
    (town / "var" / "lock").unlink()
    (town / "var" / "lock").mkdir(mode=0o700)
    findings = {
        finding.about: finding.problem for finding in examine_site(town / "screening.toml", now=NOW, secret={}.get)
    }
    assert findings.keys() == {"nights", "lock"}
    assert findings["lock"].startswith("This could not be looked at: IsADirectoryError at ")


def told(town: Path, *options: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["doctor", "--config", str(town / "screening.toml"), *options])
    return done.exit_code, done.output


def test_the_command_says_all_in_lines_or_as_json_and_ends_with_its_code(town):
    code, text = told(town)
    assert code == 4, "by the clock of the command the night is long ago"
    assert "wrong  nights: The last good night was that of 2 November 2026" in text
    code, text = told(town, "--json")
    document = json.loads(text)
    assert code == document["exit_code"] == 4
    backup = next(finding for finding in document["findings"] if finding["about"] == "backup")
    assert (backup["is_advice"], backup["command"].startswith("barrier backup")) == (True, True), "made-up data"
    now = datetime.now(UTC)
    reported(replace(GOOD, began=now, ended=now))(town)
    code, text = told(town)
    assert "wrong  nights" not in text
    changed(town, "[audit]", "[audit")
    code, text = told(town)
    assert (code, text.startswith("wrong  configuration: ")) == (2, True)


def test_of_a_sound_installation_the_command_says_that_all_is_well():
    assert [*_lines([])] == ["All is well."]
    assert _exit_code([]) == 0


def test_every_check_is_of_a_part():
    assert len(CHECKS) == len(set(CHECKS.values())) == 13
