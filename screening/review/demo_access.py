"""Looking around with made-up data: a link that works once, and accounts of people who do not exist."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from screening.base.vocabulary import Role

ISSUER = "demo"
LINK_LASTS = timedelta(minutes=30)


@dataclass(frozen=True)
class DemoAccount:
    """A person of the demonstration. Whatever needs two pairs of eyes has two people for it, or three for three."""

    account: str
    name: str
    roles: frozenset[Role]


DEMO_ACCOUNTS = (
    DemoAccount("demo.anna", "Anna Toezicht", frozenset({Role.OFFICER})),
    DemoAccount("demo.bram", "Bram Toezicht", frozenset({Role.OFFICER})),
    DemoAccount("demo.carla", "Carla Bijzonder", frozenset({Role.OFFICER, Role.SENSITIVE_REVIEWER})),
    DemoAccount("demo.joost", "Joost Bijzonder", frozenset({Role.OFFICER, Role.SENSITIVE_REVIEWER})),
    # a sensitive signal: two judged it, and a third gives the extra approval
    DemoAccount("demo.mila", "Mila Bijzonder", frozenset({Role.OFFICER, Role.SENSITIVE_REVIEWER})),
    DemoAccount("demo.daan", "Daan Teamleider", frozenset({Role.LEAD})),
    DemoAccount("demo.esra", "Esra Data", frozenset({Role.ANALYST})),
    DemoAccount("demo.karim", "Karim Data", frozenset({Role.ANALYST})),
    DemoAccount("demo.fleur", "Fleur Balie", frozenset({Role.COLLEAGUE})),
    DemoAccount("demo.gijs", "Gijs Aandacht", frozenset({Role.CONTACT_PERSON})),
    DemoAccount("demo.noor", "Noor Aandacht", frozenset({Role.CONTACT_PERSON})),
    DemoAccount("demo.zoe", "Zoë Zorg", frozenset({Role.CARE_COORDINATOR})),
    DemoAccount("demo.hanna", "Hanna Controle", frozenset({Role.AUDITOR})),
    DemoAccount("demo.ivo", "Ivo Beheer", frozenset({Role.ADMIN})),
)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


class DemoDoor:
    """The link of this process: the first browser that uses it may choose accounts, later ones are refused."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._turn = threading.Lock()
        self._device: bytes | None = None
        self._key, self._until = b"", clock()

    def make_key(self) -> str:
        """A new key for the link in the terminal; the one before no longer works."""
        key = secrets.token_urlsafe(32)
        with self._turn:
            self._key, self._until = _digest(key), self._clock() + LINK_LASTS
        return key

    def use(self, key: str) -> str | None:
        """Spend the key: an id for this browser to keep, or None when it is wrong, spent or too old."""
        with self._turn:
            fits = bool(self._key) and hmac.compare_digest(self._key, _digest(key)) and self._clock() < self._until
            if not fits:
                return None
            device = secrets.token_urlsafe(32)
            self._key, self._device = b"", _digest(device)
            return device

    def knows(self, device: str) -> bool:
        """Whether this browser spent the key."""
        with self._turn:
            return self._device is not None and hmac.compare_digest(self._device, _digest(device))


def demo_account(name: str) -> DemoAccount | None:
    """The account of this name."""
    return next((account for account in DEMO_ACCOUNTS if account.account == name), None)
