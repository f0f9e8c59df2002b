"""Desks at which people work in Chromium: their windows, and a watch on everything that a browser should not do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import sqlalchemy as sa
from playwright.sync_api import expect

from screening.base.vocabulary import Purpose, Role
from screening.review import cookies as jar
from screening.store.schema.cases import review_case
from tests.review.conftest import Served

WIDE, NARROW = 1280, 360
#: The screen on which 1280 pixels are shown four times as large (WCAG 1.4.10).
LARGEST = 320
#: From the narrowest to a wide desk, with the widths at which pages are laid out otherwise (48, 60 and 64 rem).
SCREENS = (LARGEST, NARROW, 480, 641, 768, 961, 1024, WIDE, 1440, 1920)
#: No animation, so that two pictures of one page are one picture.
STILL = {"reduced_motion": "reduce", "locale": "nl-NL", "timezone_id": "Europe/Amsterdam"}


#: How long a person waits for a page (milliseconds), so that a busy machine fails no test.
PATIENCE = 20_000
expect.set_options(timeout=PATIENCE)


@dataclass
class Watch:
    """What a browser did since the watch began. `origin`: the one place that it may ask."""

    origin: str
    asked: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def over(self, context) -> Watch:
        """Watch every page of a context, those that are opened later too."""
        context.on("request", lambda one: self.asked.append(one.url))
        context.on("dialog", self._close)
        context.on("weberror", lambda one: self.failed.append(str(one.error)))
        context.on("console", self._hear)
        return self

    def _close(self, dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def _hear(self, message) -> None:
        if "Content Security Policy" in message.text:
            self.refused.append(message.text)

    @property
    def elsewhere(self) -> list[str]:
        """Requests to anything but the server. Pictures within a style sheet (data:) are no request."""
        return [one for one in self.asked if not one.startswith((f"{self.origin}/", "data:"))]

    def complaints(self) -> list[str]:
        """Everything that is wrong, in one list."""
        return [
            *(f"dialog: {one}" for one in self.dialogs),
            *(f"refused by the policy: {one}" for one in self.refused),
            *(f"script failed: {one}" for one in self.failed),
            *(f"asked elsewhere: {one}" for one in self.elsewhere),
        ]


class Desk:
    """A served application and the people who sit at it. A person is known by an account and keeps their session."""

    def __init__(self, served: Served, browser, sessions: dict[str, str] | None = None) -> None:
        self.served, self.browser = served, browser
        self.sessions = sessions or {}

    def begin_work(self) -> None:
        """Set the clock on the morning after the newest case was opened, whenever that was."""
        with self.served.review.store.engine.connect() as connection:
            opened = connection.scalar(sa.select(sa.func.max(review_case.c.opened_on)))
        self.served.review.clock.now = datetime.combine(opened + timedelta(days=1), time(8), UTC)

    @property
    def today(self) -> str:
        """The day, as a field for a day takes it."""
        return self.served.review.clock.now.date().isoformat()

    @property
    def yesterday(self) -> str:
        """The day before, likewise."""
        return (self.served.review.clock.now - timedelta(days=1)).date().isoformat()

    @property
    def url(self) -> str:
        """Where the application is served."""
        return self.served.url

    def sign_in(self, account: str, *roles: Role, purpose: Purpose | None = Purpose.VERG) -> str:
        """The session of this person; the first call decides on roles."""
        if account not in self.sessions:
            self.sessions[account] = self.served.review.sign_in(*roles, account=account, purpose=purpose)
        return self.sessions[account]

    @contextmanager
    def window(
        self, account: str | None = None, *roles: Role, width: int = WIDE, height: int = 900, **more: object
    ) -> Iterator:
        """A page of a window in which this person is signed in; without an account, nobody is.

        Closing it fails when the browser did what no page of ours may make it do.
        """
        context = self.browser.new_context(viewport={"width": width, "height": height}, **(STILL | more))
        try:
            if account:
                name = self.served.review.app.state.application.cookies.name(jar.SESSION)
                context.add_cookies([{"name": name, "value": self.sign_in(account, *roles), "url": self.url}])
            watch = Watch(self.url).over(context)
            page = context.new_page()
            page.set_default_timeout(PATIENCE)
            yield page
            assert watch.complaints() == []
        finally:
            context.close()


class Camera:
    """Takes pictures of pages, whole, into a folder. Without a folder it takes none."""

    def __init__(self, folder: Path | None, suffix: str = "") -> None:
        self.folder, self.suffix = folder, suffix
        self.taken: dict[str, Path] = {}

    def __call__(self, page, name: str) -> None:
        """A picture under this name."""
        if self.folder is None:
            return
        self.taken[name] = self.folder / f"{name}{self.suffix}.png"
        page.evaluate("window.scrollTo(0, 0)")  # else what waits above the window hangs in the middle of the picture
        page.screenshot(path=self.taken[name], full_page=True, animations="disabled")
