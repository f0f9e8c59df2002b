"""The night and the review where there is no network but the machine itself: they work, and try nothing beyond it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.flows import empty_network

pytestmark = pytest.mark.skipif(
    not empty_network.is_possible(), reason="this account may make no network namespace (unshare -n)"
)
NIGHT = "import sys; from flows.cli import app; app(sys.argv[1:])"
#: Serve a demonstration and go from its link to a dossier.
REVIEW = """
import re, sys
from pathlib import Path
import httpx
from tests.flows.review.test_serve import choose, serving

with serving(Path(sys.argv[1])) as served, httpx.Client(base_url=served.url, trust_env=False) as client:
    assert choose(client, client.get(served.told), "demo.anna", served.url).status_code == 303
    token = re.search(r'name="csrf_token" value="([0-9a-f]{64})"', client.get("/").text).group(1)
    purpose = {"csrf_token": token, "doel": "P-VERG", "naar": "/zaken"}
    client.post("/doel", data=purpose, headers={"Origin": served.url})
    taken = client.post("/zaken/volgende", data={"csrf_token": token}, headers={"Origin": served.url})
    for page in ("/", "/zaken", taken.headers["location"]):
        answer = client.get(page)
        assert answer.status_code == 200, (page, answer.status_code)
print("reviewed")
"""


def tried(folder: Path, *program: str) -> tuple[subprocess.CompletedProcess[str], dict[str, int]]:
    counts = folder / "counts.json"
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "BARRIER_"))}
    ran = subprocess.run(
        empty_network.command(counts, sys.executable, "-c", *program),
        cwd=ROOT,
        env=kept | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    return ran, json.loads(counts.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("family", "kind", "address"),
    [
        ("AF_INET", "SOCK_STREAM", ("192.0.2.1", 443)),
        ("AF_INET", "SOCK_DGRAM", ("192.0.2.1", 53)),
        ("AF_INET6", "SOCK_STREAM", ("2001:db8::1", 443)),
        ("AF_INET", "SOCK_DGRAM", ("127.0.0.53", 53)),
    ],
)
def test_an_attempt_to_leave_is_noticed(tmp_path, family, kind, address):
    """The harness bites, also for a child that hides its failure: the system counts, not the program."""
    program = (
        "import subprocess, sys\n"
        f"code = '''import socket as of; s = of.socket(of.{family}, of.{kind}); s.connect({address}); s.send(b'x')'''\n"
        "subprocess.run([sys.executable, '-c', code], stderr=subprocess.DEVNULL)\n"
    )
    ran, counts = tried(tmp_path, program)
    assert ran.returncode == 0
    assert sum(counts.values()) > 0


def test_the_review_asks_nothing_beyond_this_machine(clean_town, clean_run, town, tmp_path):
    (town / "var").mkdir(mode=0o700, exist_ok=True)
    for file in (clean_town / "var").glob("store.sqlite*"):
        (town / "var" / file.name).write_bytes(file.read_bytes())
    ran, counts = tried(tmp_path, REVIEW, str(town / "screening.toml"))
    assert "reviewed" in ran.stdout, ran.stderr
    assert set(counts.values()) == {0}


@pytest.mark.long
@pytest.mark.goal("S3", reached="a night, plain and on Prefect, and the review in an empty network: 0 outside connects")
@pytest.mark.parametrize("how", [(), ("--prefect",)], ids=["plain", "prefect"])
def test_the_night_asks_nothing_beyond_this_machine(town, tmp_path, how):
    ran, counts = tried(tmp_path, NIGHT, "run", "--config", str(town / "screening.toml"), "--json", *how)
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout)["run_id"]
    assert set(counts.values()) == {0}
