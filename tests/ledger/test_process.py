"""The account and the machine of an entry are those of the process, whatever the environment says."""

from __future__ import annotations

import os
import pwd
import socket
from collections.abc import Iterator

import pytest

from screening.ledger.process import host, of_process, os_user


@pytest.fixture(autouse=True)
def unknown_process() -> Iterator[None]:
    """Nothing remembered before and after."""
    for remembered in (os_user, host):
        remembered.cache_clear()
    yield
    for remembered in (os_user, host):
        remembered.cache_clear()


def test_the_account_is_that_of_the_process_and_not_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("USER", "LOGNAME", "USERNAME"):
        monkeypatch.setenv(name, "somebody-else")
    assert os_user() == pwd.getpwuid(os.getuid()).pw_name


def test_a_number_without_a_name_is_the_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 4_242_424)
    assert os_user() == "4242424"


def test_a_machine_whose_name_the_ledger_does_not_take_is_unnamed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "de pc van Jan")
    assert host() == "unnamed"


def test_the_session_is_that_of_the_review_or_of_the_terminal() -> None:
    assert of_process("session:0123456789ab")["session"] == "0123456789ab"
    assert of_process("host:server/pts/1")["session"] == str(os.getsid(0))
