"""Channels that are there: mail, a web address, a folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.flows.notify.receivers import MailServer, WebHook, listening


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with listening(MailServer()) as server:
        yield server


@pytest.fixture
def hook() -> Iterator[WebHook]:
    with listening(WebHook()) as server:
        yield server
