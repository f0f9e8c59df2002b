"""The ways by which a message reaches people: an address of apprise (mail, webhook, Teams, …), or a folder.

A channel knows no municipality: a fleet sends its own digest by the same ones.
"""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import apprise

from flows import environment
from flows.configuration.notify import ChannelTable, NotifyTable
from screening.base.civil_time import TOWN
from screening.base.errors import ConfigurationError
from screening.store.files import make_directory, sync_directory, write_file

#: A channel that does not answer holds a night up no longer than this.
_SECONDS = 60
#: Nothing but the message to the address: no redirect, no picture from elsewhere, no file of apprise's own.
_ASSET = apprise.AppriseAsset(
    app_id="barrier",
    app_desc="barrier-screening",
    app_url="",
    image_url_mask="",
    image_url_logo="",
    http_redirects=False,
    pgp_autogen=False,
    pem_autogen=False,
    storage_mode="memory",
    timezone=TOWN,
    allow_templates=False,
    service_timeout=_SECONDS,
)
# what apprise says of a failure can hold a part of the address; the `apprise` command shows it to who asks
logging.getLogger("apprise").propagate = False


@dataclass(frozen=True)
class Digest:
    """One message: a short subject, plain text, whether all is well, and when it was made (UTC)."""

    subject: str
    text: str
    is_good: bool
    made_at: datetime


@dataclass(frozen=True)
class Channel:
    """A way to people. `name`: what the configuration calls it. Either `url` or `folder`, or `fault`: why neither.

    `is_about_work`: it brings how many cases wait, and not what became of a night.
    """

    name: str
    url: str | None = field(default=None, repr=False)
    folder: Path | None = None
    fault: str | None = None
    is_about_work: bool = False

    def send(self, digest: Digest) -> str | None:
        """Send a message. Returns why it did not arrive; None when it did, as far as the other side tells."""
        if self.folder is not None:
            return _to_folder(digest, self.folder)
        if self.url is None:
            return self.fault
        return _to_address(digest, self.url)


def channels_of(table: NotifyTable, secret: Callable[[str], str | None] = environment.secret) -> tuple[Channel, ...]:
    """The channels of `[notify]`, with their addresses from the environment."""
    return tuple(_channel(channel, secret) for channel in table.channels)


def _channel(table: ChannelTable, secret: Callable[[str], str | None]) -> Channel:
    is_about_work = table.about == "work"
    if table.folder is not None:
        return Channel(str(table.folder), folder=table.folder, is_about_work=is_about_work)
    name = str(table.url_env)
    try:
        url = secret(name)
    except ConfigurationError as error:  # one channel that is not in order silences no other
        return Channel(name, fault=str(error), is_about_work=is_about_work)
    fault = None if url else "nothing gives this secret here"
    return Channel(name, url=url, fault=fault, is_about_work=is_about_work)


def send(digest: Digest, channels: Iterable[Channel]) -> dict[str, str]:
    """Send a message through every channel. Returns name -> why it did not arrive; empty: all well."""
    tried = {channel.name: channel.send(digest) for channel in channels}
    return {name: problem for name, problem in tried.items() if problem}


def is_address(url: str) -> bool:
    """Whether apprise understands an address."""
    return apprise.Apprise.instantiate(url, asset=_ASSET, suppress_exceptions=True) is not None


def _to_address(digest: Digest, url: str) -> str | None:
    ways = apprise.Apprise(asset=_ASSET)
    if not ways.add(url):
        return "its address is none that apprise knows"
    kind = apprise.NotifyType.SUCCESS if digest.is_good else apprise.NotifyType.WARNING
    has_arrived = ways.notify(
        body=digest.text, title=digest.subject, notify_type=kind, body_format=apprise.NotifyFormat.TEXT
    )
    return None if has_arrived else "it refused the message or could not be reached"


def _to_folder(digest: Digest, folder: Path) -> str | None:
    name = f"{re.sub(r'[^0-9T]', '', digest.made_at.isoformat(timespec='seconds')[:19])}Z-{secrets.token_hex(3)}.txt"
    try:
        if not folder.exists():
            make_directory(folder)
        partial = folder / f".{name}"
        write_file(partial, f"{digest.subject}\n\n{digest.text}".encode())
        partial.rename(folder / name)
        sync_directory(folder)
    except OSError as error:
        return f"it could not be written ({error.strerror})"
    return None
