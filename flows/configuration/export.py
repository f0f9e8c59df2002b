"""`[export]` of screening.toml: who answers, on what ground, which themes; and the keys, which lie elsewhere."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from flows.configuration import load as settings_module
from flows.configuration.load import Settings
from screening.errors import ConfigurationError, StoreError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from screening.partners.desk.policy import ExportPolicy

SIGNING_KEY, TOKEN_KEY, SENDER = "signing.pem", "tokens.key", "sender.txt"
#: Environment variable with the password of the signing key, where it has one.
PASSWORD = "BARRIER_EXPORT_KEY_PASSWORD"  # noqa: S105 - the name, not the password
_KEYS = {
    "keys", "out", "department", "contact_function", "mailbox", "phone", "oin", "legal_basis", "themes", "dpia", "iama",
    "keep_days", "keep_reason", "valid_days", "tell_bibob", "withdraw_automatically",
}  # fmt: skip
_REQUIRED = ("department", "contact_function", "mailbox", "legal_basis", "themes", "dpia", "keep_days", "keep_reason")
#: How long a batch can be opened where nothing is said, and at most.
_VALID_DAYS, _MOST_VALID_DAYS = 30, 90
#: What a made-up municipality says when it says nothing, so that the whole way can be walked.
_EXAMPLE: Mapping[str, object] = {
    "department": "Toezicht en handhaving (voorbeeld)",
    "contact_function": "Coördinator ondermijning",
    "mailbox": "riec@gemeente.example",
    "legal_basis": ["Wgs art. 2.19 jo. APV art. 2:28 (voorbeeld)"],
    "themes": ["mensenhandel"],
    "dpia": "DPIA-VOORBEELD-01",
    "keep_days": 365,
    "keep_reason": "Een jaar, zoals in dit voorbeeld is afgesproken",
}


@dataclass(frozen=True)
class ExportSettings:
    """Where keys and batches are. `terms`: the rest of `[export]`.

    `withdraw_automatically`: whether the run sends what takes back what left (withdrawals, approved corrections).
    """

    file: Path
    municipality: str
    code: str
    keys: Path
    out: Path
    workspace: Path
    withdraw_automatically: bool
    terms: Mapping[str, object]

    def policy(self) -> ExportPolicy:
        """The terms on which signals leave. ConfigurationError when one is missing, or when there are no keys."""
        from screening.casework.upheld_requests import subject_key
        from screening.partners.desk.policy import ExportPolicy
        from screening.partners.signal import Theme
        from screening.store import Workspace

        absent = [name for name in _REQUIRED if not self.terms.get(name)]
        if absent:
            raise ConfigurationError(f"{self.file}: [export] lacks {', '.join(absent)}. Without it no signal is made.")
        themes = _texts(self.file, "themes", self.terms["themes"])
        odd = [one for one in themes if one not in set(Theme)]
        if odd:
            raise ConfigurationError(f"{self.file}: export.themes: {odd[0]} is no theme. Themes: {', '.join(Theme)}.")
        told = {
            name: _text(self.file, name, self.terms[name]) for name in ("department", "contact_function", "mailbox")
        }
        more = {
            name: _text(self.file, name, self.terms[name]) for name in ("oin", "phone", "iama") if name in self.terms
        }
        try:
            return ExportPolicy(
                municipality=self.municipality,
                code=self.code,
                **told,
                **more,
                legal_bases=tuple(_texts(self.file, "legal_basis", self.terms["legal_basis"])),
                themes=frozenset(Theme(one) for one in themes),
                dpia=_text(self.file, "dpia", self.terms["dpia"]),
                keep_days=_number(self.file, "keep_days", self.terms["keep_days"]),
                keep_reason=_text(self.file, "keep_reason", self.terms["keep_reason"]),
                valid_days=self.valid_days(),
                may_tell_bibob=_switch(self.file, "tell_bibob", self.terms.get("tell_bibob", False)),
                token_key=self.token_key(),
                subject_key=subject_key(Workspace(self.workspace)),
            )
        except StoreError as error:
            raise ConfigurationError(f"{self.file}: [export] {error}") from None

    def valid_days(self) -> int:
        """How long a batch with signals can be opened. ConfigurationError: not a whole number from 1 to 90.

        Asked only where signals leave: a withdrawal goes whatever stands here.
        """
        days = self.terms.get("valid_days", _VALID_DAYS)
        if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= _MOST_VALID_DAYS:
            raise ConfigurationError(
                f"{self.file}: export.valid_days must be a whole number, 1 to {_MOST_VALID_DAYS} days."
            )
        return days

    def token_key(self) -> bytes:
        """The key under which people become tokens. ConfigurationError when there is none, or it is damaged."""
        try:
            return bytes.fromhex(_secret(self.keys / TOKEN_KEY).decode("ascii").strip())
        except (ValueError, UnicodeDecodeError):
            raise ConfigurationError(f"{self.keys / TOKEN_KEY}: damaged. Restore it from its own backup.") from None

    def signing_key(self) -> Ed25519PrivateKey:
        """The key with which this municipality signs. ConfigurationError: none; SealError: odd."""
        from screening.partners.batch.seal import load_signing_key

        password = settings_module.secret(PASSWORD)
        return load_signing_key(_secret(self.keys / SIGNING_KEY), password=password.encode() if password else None)


def export_settings(settings: Settings) -> ExportSettings:
    """What `[export]` says; of a made-up municipality that says nothing, an example. ConfigurationError."""
    table = settings.tables.get("export", {})
    odd = sorted(set(table) - _KEYS)
    if odd:
        known = ", ".join(sorted(_KEYS))
        raise ConfigurationError(f"{settings.file}: [export] holds an unknown key '{odd[0]}'. Known: {known}.")
    terms = {**(_EXAMPLE if settings.is_synthetic else {}), **table}
    folder = settings.file.parent

    def place(name: str, default: Path) -> Path:
        return folder / _text(settings.file, name, table[name]) if name in table else default

    return ExportSettings(
        file=settings.file,
        municipality=settings.municipality_name,
        code=settings.municipality_code,
        keys=place("keys", settings.workspace / "keys" / "export"),
        out=place("out", settings.workspace / "export"),
        workspace=settings.workspace,
        withdraw_automatically=_switch(
            settings.file, "withdraw_automatically", table.get("withdraw_automatically", True)
        ),
        terms=terms,
    )


def served_policy(settings: Settings) -> ExportPolicy | None:
    """The terms on which pages prepare signals; None where `[export]` is not filled in or no keys were made.

    For a made-up municipality the keys are made: there is nobody whom they would protect. ConfigurationError for a
    table that cannot be read as it stands.
    """
    export = export_settings(settings)
    if settings.is_synthetic:
        make_keys(export)
    elif not settings.tables.get("export") or not (export.keys / TOKEN_KEY).exists():
        return None
    return export.policy()


def make_keys(export: ExportSettings) -> dict[str, object]:
    """Make the keys that are not there yet, 0700 and 0600; none is ever written over. What the receiver pins."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from screening.partners.batch.manifest import sender_fingerprint
    from screening.store.files import make_directory, sync_directory, write_file

    make_directory(export.keys)
    made = []
    password = settings_module.secret(PASSWORD)
    locked = serialization.BestAvailableEncryption(password.encode()) if password else serialization.NoEncryption()
    fresh = {
        SIGNING_KEY: lambda: Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked
        ),
        TOKEN_KEY: lambda: secrets.token_hex(32).encode() + b"\n",
    }
    for name, content in fresh.items():
        if not (export.keys / name).exists():
            write_file(export.keys / name, content())
            made.append(name)
    sync_directory(export.keys)
    fingerprint = sender_fingerprint(export.signing_key())
    if not (export.keys / SENDER).exists():
        write_file(export.keys / SENDER, f"{fingerprint}\n".encode())
    return {"folder": str(export.keys), "made": made, "sender": fingerprint, "has_password": bool(password)}


def _secret(file: Path) -> bytes:
    """The content of a key file. ConfigurationError when it is not there, or when others could read it."""
    try:
        with file.open("rb") as opened:
            if os.fstat(opened.fileno()).st_mode & 0o077:
                raise ConfigurationError(
                    f"{file}: others can read this key. Set its mode to 0600, and think of a new one."
                )
            return opened.read()
    except FileNotFoundError:
        raise ConfigurationError(f"{file}: no key there. Make the keys once: barrier export keys") from None
    except OSError as error:
        raise ConfigurationError(f"{file}: the key cannot be read ({error.strerror}).") from None


def _text(file: Path, key: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ConfigurationError(f"{file}: export.{key} must be a text in quotes.")
    return value.strip()


def _texts(file: Path, key: str, value: object) -> list[str]:
    if not isinstance(value, list) or not value:
        raise ConfigurationError(f"{file}: export.{key} must be a list of texts.")
    return [_text(file, key, one) for one in value]


def _number(file: Path, key: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ConfigurationError(f"{file}: export.{key} must be a whole number of days, 1 or more.")
    return value


def _switch(file: Path, key: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise ConfigurationError(f"{file}: export.{key} must be true or false, without quotes.")
    return value
