"""A night of several municipalities: one that fails or is killed stops no other, and each keeps what is its own."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest

from flows.environment import LEDGER_URL, STORE_URL, ledger_url, store_url
from flows.fleet import night_process
from flows.fleet.fleet_file import load_fleet
from flows.fleet.pool import NightPool
from flows.fleet.run import run_fleet
from screening.base.errors import ConfigurationError
from screening.base.vocabulary import NightKind
from screening.store import Workspace
from screening.store.night_reports import night_reports
from screening.synthetic import generate, write_municipality
from tests.conftest import AS_OF, barrier

FLEET = """
[fleet]
name = "RIEC Oost"
folder = "fleet"
at_once = 2

[[notify.channels]]
folder = "told"
"""


@pytest.fixture(scope="module")
def fleet(tmp_path_factory) -> Path:
    """Two small municipalities, each in a folder of its own, one without its trade register; their first night."""
    folder = tmp_path_factory.mktemp("fleet")
    made = generate(11, 2500, regime="clean", as_of=AS_OF)
    members = ""
    for name in ("noord", "oost"):
        write_municipality(made, folder / name)
        file = folder / name / "screening.toml"
        file.write_text(file.read_text().replace("Zomerwaard", name.capitalize()))
        members += f'[[municipality]]\nconfiguration = "{name}/screening.toml"\n'
    (folder / "oost" / "handelsregister.csv").unlink()
    (folder / "fleet.toml").write_text(FLEET + members)
    return folder


@pytest.fixture(scope="module")
def first(fleet) -> dict:
    done = barrier("fleet", "run", "--fleet", fleet / "fleet.toml", "--json")
    assert done.code == 4, done.err
    return done.json


def test_each_night_is_told_and_one_with_gaps_makes_the_whole_no_good_one(fleet, first):
    kinds = {night["municipality"]: night["kind"] for night in first["nights"]}
    assert kinds == {"Noord": "published", "Oost": "published with gaps"}
    for name in ("noord", "oost"):
        [report] = night_reports(Workspace(fleet / name / "var"))
        assert report.municipality == name.capitalize()
        assert len(list((fleet / name / "var" / "runs").glob("[0-9a-f]*"))) == 1
    [message] = [path.read_text() for path in (fleet / "told").glob("*.txt")]
    assert message.startswith("RIEC Oost, nacht van 1 november 2026: 1 van 2 goed")
    assert "- Oost: gepubliceerd met gaten: handelsregister missing" in message


def test_the_overview_counts_and_names_no_address(fleet, first):
    page = Path(first["overview"])
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    text = page.read_text()
    assert "1 van 2 gemeenten" in text
    rows = (fleet / "noord" / "bag_adressen.csv").read_text(encoding="utf-8").splitlines()[1:400]
    streets = {field for row in rows for field in row.split(",")[3:5] if len(field) > 9}
    assert streets
    assert [street for street in streets if street in text] == []


def test_a_killed_process_is_one_failed_night_and_a_new_process_runs_the_next(fleet, first):
    tables = load_fleet(fleet / "fleet.toml")
    noord, oost = tables.municipality
    day = AS_OF + timedelta(days=1)
    with NightPool(1, 60) as pool:
        before = children()
        nights = []
        asking = threading.Thread(target=lambda: nights.append(pool.night(noord, day)))
        asking.start()
        staging = fleet / "noord" / "var" / "staging"
        until = time.monotonic() + 60
        while not any(staging.iterdir()):
            assert time.monotonic() < until
            time.sleep(0.02)
        [victim] = children() - before
        os.kill(victim, signal.SIGKILL)
        asking.join(60)
        [killed] = nights
        assert killed.report.kind == NightKind.FAILED
        assert "signal SIGKILL" in killed.report.reason
        assert night_reports(Workspace(fleet / "noord" / "var"))[-1] == killed.report
        after = pool.night(oost, day)
        [idle] = children() - before
        os.kill(idle, signal.SIGKILL)
        os.waitid(os.P_PID, idle, os.WEXITED | os.WNOWAIT)
        # the next night does not pay for a process that died between two: this one is refused for its own reason
        refused = pool.night(oost.model_copy(update={"configuration": fleet / "nowhere.toml"}), day)
    assert refused.report.kind == NightKind.REFUSED
    assert after.report.kind == NightKind.WITH_GAPS
    assert after.processor_seconds > 0
    assert children() == before


def children() -> set[int]:
    """The processes of nights that this process began."""
    listed = subprocess.run(
        ["pgrep", "-P", str(os.getpid()), "-f", "flows.fleet.night_process"],
        capture_output=True,
        text=True,
        check=False,
    )
    return set(map(int, listed.stdout.split()))


def test_two_municipalities_never_share_a_workspace(fleet):
    folder = fleet / "twice"
    folder.mkdir()
    text = (fleet / "noord" / "screening.toml").read_text()
    (folder / "screening.toml").write_text(text.replace('workspace = "var"', 'workspace = "../noord/var"'))
    file = fleet / "shared.toml"
    members = '[[municipality]]\nconfiguration = "noord/screening.toml"\n'
    file.write_text(FLEET + members + '[[municipality]]\nconfiguration = "twice/screening.toml"\n')
    with pytest.raises(ConfigurationError, match="name one workspace"):
        run_fleet(load_fleet(file))
    file.write_text(FLEET + members + members)
    with pytest.raises(ConfigurationError, match="twice"):
        load_fleet(file)


def test_a_municipality_whose_configuration_is_broken_or_whose_database_nobody_names_is_refused_alone(fleet, first):
    broken = fleet / "broken"
    broken.mkdir()
    (broken / "screening.toml").write_text("[municipality\n")
    file = fleet / "some.toml"
    file.write_text(
        FLEET + '[[municipality]]\nconfiguration = "broken/screening.toml"\n'
        '[[municipality]]\nconfiguration = "oost/screening.toml"\nstore_url_env = "NOBODY_NAMES_IT"\n'
    )
    outcome = run_fleet(load_fleet(file), as_of=AS_OF + timedelta(days=1))
    assert [night.report.kind for night in outcome.nights] == [NightKind.REFUSED] * 2
    assert "NOBODY_NAMES_IT" in outcome.nights[1].report.reason
    states = barrier("fleet", "status", "--fleet", file, "--json").json["municipalities"]
    assert [state["last"] for state in states] == [None, "refused"]


def test_a_database_of_a_municipality_may_stand_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "store"
    file.write_text("postgresql+psycopg://assen@/store\n")
    file.chmod(0o400)
    monkeypatch.setenv("ASSEN_STORE_URL_FILE", str(file))
    with night_process._databases({STORE_URL: "ASSEN_STORE_URL", LEDGER_URL: None}):
        assert (store_url(), ledger_url()) == ("postgresql+psycopg://assen@/store", None)
    assert store_url() is None
