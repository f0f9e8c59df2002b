"""No request leaves the machine: what pages ask for, by the log that the browser itself keeps of the network."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.browser import journeys
from tests.browser.desk import Camera, Desk
from tests.conftest import CHROMIUM, CHROMIUM_ARGS
from tests.review.conftest import copy_workspace, serving

#: What Chromium asks for itself, page or no page (signing in to it, updates). No page may: the watch on a window sees
#: everything that pages ask for. No name is resolved here, so that these do not leave the machine either.
OF_THE_BROWSER = (".google.com", ".googleapis.com", ".gvt1.com")
NOTHING_RESOLVES = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.*"


@pytest.fixture
def logged(town_workspace: Path, tmp_path: Path, browser) -> Iterator[tuple[Desk, Path, object]]:
    """Desks before a Chromium of its own that writes down everything it does on the network."""
    log = tmp_path / "net.json"
    own = browser.browser_type.launch(
        executable_path=CHROMIUM, args=[*CHROMIUM_ARGS, NOTHING_RESOLVES, f"--log-net-log={log}"]
    )
    with serving(copy_workspace(town_workspace, tmp_path / "net")) as served:
        desk = Desk(served, own)
        desk.begin_work()
        yield desk, log, own
        if own.is_connected():
            own.close()


def asked(log: Path) -> tuple[set[str], set[str]]:
    """Hosts that pages asked for something, and addresses that anything connected to."""
    told = json.loads(log.read_text(encoding="utf-8"))
    kinds = {number: name for name, number in told["constants"]["logEventTypes"].items()}
    hosts, addresses = set(), set()
    for event in told["events"]:
        given = event.get("params") or {}
        url = given.get("url", "data:")  # what ends an event has no address of its own
        if kinds[event["type"]] == "URL_REQUEST_START_JOB" and not url.startswith(("data:", "blob:")):
            host = urlsplit(url).hostname or url
            hosts |= set() if host.endswith(OF_THE_BROWSER) else {host}
        if kinds[event["type"]] == "TCP_CONNECT_ATTEMPT" and given.get("address"):
            addresses.add(given["address"].rpartition(":")[0])
    return hosts, addresses


def test_nothing_is_asked_but_the_server(logged: tuple[Desk, Path, object]) -> None:
    desk, log, own = logged
    address = journeys.officers_judge(desk, Camera(None))
    journeys.officer_visits(desk, Camera(None), [address])
    own.close()
    hosts, addresses = asked(log)
    assert hosts == {"127.0.0.1"}
    assert addresses == {"127.0.0.1"}


def test_the_log_tells_of_a_request_elsewhere(logged: tuple[Desk, Path, object]) -> None:
    desk, log, own = logged
    context = own.new_context()
    page = context.new_page()
    page.goto(f"{desk.url}/aanmelden")
    page.goto("about:blank")
    page.evaluate("fetch('http://127.0.0.2:9/').catch(() => {})")
    page.wait_for_timeout(300)
    context.close()
    own.close()
    hosts, _ = asked(log)
    assert hosts == {"127.0.0.1", "127.0.0.2"}
