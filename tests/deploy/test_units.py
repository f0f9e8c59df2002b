"""The units of systemd by systemd's own tools, and what the compose file promises of each container."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.deploy.containers import COMPOSE, image, networks, services
from tests.deploy.units import DROP_INS, UNITS, Machine, settings, starts

SERVICES = sorted(file.stem for file in UNITS.glob("*.service"))
#: systemd calls everything below 2 "OK"; a unit without a word about it has 9.
MOST_EXPOSED = 1.5
OURS = ("review", "worker", "prefect")
NIGHT_DIED = "barrier-night.service failed (oom-kill). Look with: journalctl -u barrier-night.service"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A machine on which the units are installed, as far as systemd-analyze looks."""
    root = tmp_path_factory.mktemp("root")
    shutil.copytree(UNITS, root / "etc" / "systemd" / "system")
    for file in ("opt/barrier/bin/barrier", "opt/barrier/bin/barrier-with-secrets", "bin/sh"):
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).touch(0o755)
    for target in ("timers", "multi-user", "network-online", "sysinit", "basic", "shutdown"):
        (root / "etc" / "systemd" / "system" / f"{target}.target").write_text("[Unit]\n")
    return root


def analyzed(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = ["systemd-analyze", "--no-pager", f"--root={root}", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def exposure(root: Path, unit: str) -> float:
    said = analyzed(root, "security", "--offline=true", f"{unit}.service").stdout
    return float(re.search(r"exposure level for \S+: ([\d.]+)", said)[1])  # type: ignore[index]


def test_systemd_finds_no_fault_in_the_units(root: Path) -> None:
    units = [file.name for file in UNITS.iterdir() if file.suffix in {".service", ".timer"}]
    assert len(units) == 9
    done = analyzed(root, "verify", *units)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_account_of_the_services_can_be_made(root: Path) -> None:
    made = subprocess.run(
        ["systemd-sysusers", f"--root={root}", "--dry-run", UNITS / "barrier.sysusers.conf"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (made.returncode, "Creating user 'barrier'" in made.stderr) == (0, True), made


def test_a_fault_in_a_unit_is_found(root: Path, tmp_path: Path) -> None:
    other = tmp_path / "root"
    shutil.copytree(root, other)
    unit = other / "etc" / "systemd" / "system" / "barrier-night.service"
    unit.write_text(unit.read_text().replace("StateDirectory=", "StatDirectory="))
    assert "Unknown key" in analyzed(other, "verify", "barrier-night.service").stderr
    shutil.rmtree(unit.with_name("barrier-.service.d"))
    assert exposure(other, "barrier-night") > 8


@pytest.mark.parametrize("unit", SERVICES)
def test_a_service_is_closed_off_from_the_machine(root: Path, unit: str) -> None:
    assert exposure(root, unit) <= MOST_EXPOSED
    values = settings(UNITS / f"{unit}.service", DROP_INS / "hardening.conf")
    assert values["ProtectSystem"] == ["strict"]
    assert values["NoNewPrivileges"] == ["yes"]
    assert values.get("User", values.get("DynamicUser")) in (["barrier"], ["yes"])
    for line in values.get("LoadCredential", []):  # a secret is in no environment and no argument of a unit
        name, _, file = line.partition(":")
        assert file.startswith("/etc/barrier/secrets/"), name
    assert not re.search(r"PASSWORD|SECRET|AUTH_STRING|_URL=postgres", " ".join(values.get("Environment", [])))


def test_one_part_of_the_upkeep_that_fails_stops_no_other(tmp_path: Path) -> None:
    machine = Machine(tmp_path, tmp_path / "venv")
    for folder in ("venv/bin", "etc"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "etc" / "backup.env").write_text("BACKUP_TO=age1a\nBACKUP_KEYS_TO=age1b\n")
    barrier = tmp_path / "venv" / "bin" / "barrier"
    barrier.write_text('#!/bin/sh\necho "$@"\n[ "$1" != backup ] || exit 6\n')
    barrier.chmod(0o755)
    (started,) = starts(machine, "barrier-upkeep")
    ran = subprocess.run(started.command, env=started.environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 6, ran.stderr
    config = tmp_path / "etc" / "screening.toml"
    assert ran.stdout.splitlines() == [
        f"backup --config {config} --to age1a --keys-to age1b",
        f"audit head --config {config} --anchor",
        f"retention apply --config {config}",
        f"verify --config {config}",
        f"audit verify --config {config}",
    ]


def test_a_unit_that_failed_is_told_of(tmp_path: Path) -> None:
    for unit in set(SERVICES) - {"barrier-notify"}:
        assert "\nOnFailure=barrier-notify.service\n" in (UNITS / f"{unit}.service").read_text(), unit
    machine = Machine(tmp_path, tmp_path / "venv")
    (tmp_path / "venv" / "bin").mkdir(parents=True)
    barrier = tmp_path / "venv" / "bin" / "barrier"
    barrier.write_text('#!/bin/sh\necho "$@"\n')
    barrier.chmod(0o755)
    (started,) = starts(machine, "barrier-notify")
    sends = f"notify send --config {tmp_path}/etc/screening.toml"
    failed = {"MONITOR_UNIT": "barrier-night.service", "MONITOR_SERVICE_RESULT": "oom-kill"}
    for more, expected in (({}, [sends]), (failed, [f"<2>{NIGHT_DIED}", sends])):
        environment = {**started.environment, **more}
        ran = subprocess.run(started.command, env=environment, capture_output=True, text=True, check=True)
        assert ran.stdout.splitlines() == expected


def test_each_container_of_ours_writes_nothing_but_its_state_and_gains_no_right() -> None:
    for name in OURS:
        service = services()[name]
        assert (service["read_only"], service["cap_drop"], service["user"]) == (True, ["ALL"], "10001:10001"), name
        assert service["security_opt"] == ["no-new-privileges:true"]
        writable = [volume for volume in service["volumes"] if not volume.endswith(":ro")]
        assert [volume.partition(":")[2] for volume in writable] == ["/var/lib/barrier"], name
    assert "USER 10001:10001" in image().steps


def test_people_reach_the_proxy_and_the_operator_alone_reaches_prefect() -> None:
    ports = {name: service["ports"] for name, service in services().items() if "ports" in service}
    assert ports == {"proxy": ["443:443"], "prefect": ["127.0.0.1:4200:4200"]}
    networks = {name: sorted(service["networks"]) for name, service in services().items()}
    assert networks == {
        "proxy": ["front"],
        "review": ["back", "front"],
        "worker": ["back", "out"],
        "prefect": ["back", "desk"],
        "database": ["back"],
    }


def test_the_database_alone_has_no_way_out_and_nobody_shares_that_of_the_worker() -> None:
    inside = {name for name, network in networks().items() if network.get("internal")}
    assert inside == {"back"}
    assert {name for name, service in services().items() if set(service["networks"]) <= inside} == {"database"}
    assert {name for name, service in services().items() if "out" in service["networks"]} == {"worker"}


def test_a_secret_is_a_file_in_every_container() -> None:
    text = COMPOSE.read_text(encoding="utf-8")
    assert "external" not in text
    for name, service in services().items():
        for variable, value in service.get("environment", {}).items():
            if re.search(r"PASSWORD|SECRET|AUTH_STRING|STORE_URL|LEDGER_URL", variable):
                assert variable.endswith("_FILE"), name
                assert value.removeprefix("/run/secrets/") in service["secrets"], (name, variable)


def test_the_image_installs_what_is_locked_and_the_wheel_alone() -> None:
    steps = [step for step in image().steps if "pip install" in step]
    assert len(steps) == 2
    assert "--require-hashes -r requirements.lock" in steps[0]
    assert "--no-deps --no-index /wheel/" in steps[1]
