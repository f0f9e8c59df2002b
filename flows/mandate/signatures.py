"""`screening.toml.sig`: two people's Ed25519 signatures over a configuration, and who was allowed to give them.

Who may sign stands in the signed file itself, so whoever replaces the file could replace the signers too. Therefore
the ledger keeps the keys that are in force, and two of *these* must sign a change of them.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from flows.audit.ledger import terminal_origin
from flows.configuration import load as settings_module
from flows.configuration.environment import ledger_url
from flows.configuration.load import Settings
from flows.desk import open_configured_ledger
from flows.mandate.governance import LEAST_SIGNERS, Mandate, read_mandate, today
from flows.mandate.signing_keys import fingerprint, public_text, read_public
from screening.errors import ConfigurationError, StoreError

KIND = "barrier-configuration-signatures"
FORM = 1
#: A signature that stands beside the configuration.
SUFFIX = ".sig"
_MAX_BYTES = 64 * 1024

#: The ledger keeps entries for five years; the keys in force are written again long before.
RENEWED_AFTER = timedelta(days=365)
#: Who writes what is in force into the ledger: the programme, at its start.
ACTOR = "system:mandate"


@dataclass(frozen=True)
class Signature:
    """A signature that holds: by whom, with which key, when."""

    account: str
    key: str
    on: date


@dataclass(frozen=True)
class Signed:
    """The signatures under a configuration. `listed`: by people whom it names; `others`: by keys it does not name."""

    listed: tuple[Signature, ...] = ()
    others: tuple[Signature, ...] = ()
    missing: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class InForce:
    """What the ledger knows: the sha256 of the last configuration, the keys of its signers, and since when."""

    sha256: str
    keys: frozenset[str]
    at: datetime


def signature_file(settings: Settings) -> Path:
    """`screening.toml.sig`, beside the configuration."""
    return settings.file.with_name(settings.file.name + SUFFIX)


def sign(settings: Settings, key: Ed25519PrivateKey, who: str, *, on: date) -> list[str]:
    """Add this person's signature to the file; signatures over another content go. The accounts under it now."""
    from screening.store import account

    who = account(who)
    content, public = _content(settings), key.public_key()
    kept = [one for one in _read(settings, []) if one.get("account") != who and _holds(settings, one)]
    entry = {
        "account": who,
        "key": fingerprint(public),
        "public_key": public_text(public),
        "date": on.isoformat(),
    }
    entry["signature"] = base64.b64encode(key.sign(_statement(content, entry))).decode()
    document = {**content, "signatures": sorted([*kept, entry], key=lambda one: one["account"])}
    _write(signature_file(settings), json.dumps(document, indent=2, ensure_ascii=False).encode() + b"\n")
    return [one["account"] for one in document["signatures"]]


def sign_as_listed(settings: Settings, key: Ed25519PrivateKey, by: str | None, *, on: date) -> dict[str, object]:
    """Sign with a key that the configuration names, or that the ledger knows (then `by` says whose it is).

    ConfigurationError: what would be signed cannot start anyway, or this key may sign nothing here.
    """
    if settings.is_synthetic:
        raise ConfigurationError(f"{settings.file}: a made-up municipality (9999) needs no signatures.")
    mandate, missing = read_mandate(settings, day=today(settings))
    if mandate is None:
        listed = "\n".join(f"  - {one}" for one in missing)
        raise ConfigurationError(f"{settings.file}: nothing to sign yet. First:\n{listed}")
    mine, before = fingerprint(key.public_key()), known(settings)
    names = [who for who, one in mandate.signers.items() if fingerprint(one) == mine]
    if not names and not (by and before and mine in before.keys):
        raise ConfigurationError(
            f"{settings.file}: this key ({mine[:16]}…) is not in [governance.signers]. If you were a signer until now "
            "and sign the change, say who you are with --by."
        )
    done = sign(settings, key, names[0] if names else str(by), on=on)
    return {
        "file": str(signature_file(settings)),
        "signed": done,
        "sha256": hashlib.sha256(settings.content).hexdigest(),
        "fingerprint": mine,
    }


def no_place_for_keys(config: Path) -> list[Path]:
    """Folders in which a private key may not lie: that of the configuration, and its workspace."""
    if not config.exists():
        return []
    try:
        return [config.parent, settings_module.load(config).workspace]
    except ConfigurationError:  # not finished yet; it will be before anyone can sign
        return [config.parent]


def signatures(settings: Settings, mandate: Mandate) -> Signed:
    """The signatures that hold, and what is missing for the configuration to be signed by two people whom it names."""
    missing: list[str] = []
    entries = _read(settings, missing)
    name = signature_file(settings).name
    keys = {fingerprint(key): who for who, key in mandate.signers.items()}
    listed: dict[str, Signature] = {}
    others: dict[str, Signature] = {}
    broken: list[str] = []
    for entry in entries:
        found = _holds(settings, entry)
        if found is None:  # a name that the configuration does not know could be anything: it is not repeated
            broken.append(next((who for who in mandate.signers if who == entry.get("account")), "somebody else"))
        elif keys.get(found.key) == found.account:
            listed[found.key] = found
        else:
            others[found.key] = found
    if broken:
        missing.append(
            f"{name}: what was signed by {', '.join(broken)} does not hold: the configuration or a word list was "
            "changed after it was signed, or the file was. Sign again."
        )
    if len(listed) < LEAST_SIGNERS:
        missing.append(
            f"{name}: {len(listed)} of the people in [governance.signers] signed this configuration; "
            f"{LEAST_SIGNERS} must."
        )
    return Signed(tuple(listed.values()), tuple(others.values()), missing if len(listed) < LEAST_SIGNERS else [])


def refusals(before: InForce | None, mandate: Mandate, signed: Signed) -> list[str]:
    """Why the signers may not change to these; empty when they do not change, or two of those in force agreed."""
    now = {fingerprint(key) for key in mandate.signers.values()}
    if before is None or now == before.keys:
        return []
    agreed = {one.key: one.account for one in (*signed.listed, *signed.others) if one.key in before.keys}
    if len(agreed) >= LEAST_SIGNERS and len(set(agreed.values())) >= LEAST_SIGNERS:
        return []
    return [
        f"[governance.signers] is not what the ledger knows since {before.at:%Y-%m-%d}. Two of the signers until now "
        f"must sign the change; {len(agreed)} did."
    ]


def in_force(ledger) -> InForce | None:
    """The last configuration that the ledger knows, and the keys that were written in the same breath."""
    from screening.vocabulary import LedgerAction

    group: dict[datetime, set[str]] = {}
    for one in ledger.entries(action=LedgerAction.CONFIGURATION, actor=ACTOR, is_newest_first=True):
        kind, _, name = one.entry.object.partition(":")
        if kind == "key":
            group.setdefault(one.entry.at, set()).add(name)
        elif kind == "configuration" and one.entry.at in group:
            return InForce(name, frozenset(group[one.entry.at]), one.entry.at)
    return None


def known(settings: Settings) -> InForce | None:
    """What the ledger knows, without making one where there is none."""
    from screening.ledger.open import DATABASE

    if not ledger_url() and not (settings.workspace / DATABASE).exists():
        return None
    with open_configured_ledger(settings) as ledger:
        return in_force(ledger)


def record(ledger, settings: Settings, mandate: Mandate, before: InForce | None, *, now: datetime) -> list[str]:
    """Write what is in force when it changed, all or nothing. What a person should know, a line each."""
    from screening.ledger import Entry
    from screening.vocabulary import LedgerAction

    sha256 = hashlib.sha256(settings.content).hexdigest()
    keys = {fingerprint(key) for key in mandate.signers.values()}
    if before and (before.sha256, before.keys) == (sha256, keys) and now - before.at < RENEWED_AFTER:
        return []
    names = [f"configuration:{sha256}", *(f"key:{one}" for one in sorted(keys))]
    ledger.write_all(
        [Entry(now, ACTOR, LedgerAction.CONFIGURATION, name, origin=terminal_origin()) for name in names]
    )  # fmt: skip
    if before is None:
        shown = ", ".join(f"{who} {fingerprint(key)[:16]}" for who, key in sorted(mandate.signers.items()))
        return [f"The ledger knows the signers from now on: {shown}. Compare these with what they have on paper."]
    return []


def _content(settings: Settings) -> dict[str, object]:
    """What is signed: the very bytes of the file, and the word lists that it names."""
    lists = {code: one.word_list for code, one in settings.indicators.items() if one.word_list is not None}
    return {
        "kind": KIND,
        "form": FORM,
        "file": settings.file.name,
        "sha256": hashlib.sha256(settings.content).hexdigest(),
        "word_lists": {code: hashlib.sha256(rfc8785.dumps(dict(words))).hexdigest() for code, words in lists.items()},
    }


def _statement(content: dict[str, object], entry: dict) -> bytes:
    """The bytes under a signature: content, account, key and date, as canonical JSON (RFC 8785)."""
    return rfc8785.dumps({**content, **{name: entry[name] for name in ("account", "key", "date")}})


def _holds(settings: Settings, entry: dict) -> Signature | None:
    """The signature when it is over exactly this configuration, with the key that it names."""
    from screening.store import account

    try:
        public = read_public(entry["public_key"])
        on = date.fromisoformat(entry["date"])
        if entry["key"] != fingerprint(public) or entry["account"] != account(entry["account"]):
            return None
        public.verify(base64.b64decode(entry["signature"], validate=True), _statement(_content(settings), entry))
        return Signature(entry["account"], entry["key"], on)
    except (
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        InvalidSignature,
        StoreError,
        rfc8785.CanonicalizationError,
    ):
        return None


def _read(settings: Settings, missing: list[str]) -> list[dict]:
    """The entries of the file, unchecked; says in `missing` why there are none."""
    file = signature_file(settings)
    try:
        text = file.read_bytes()[: _MAX_BYTES + 1]
    except FileNotFoundError:
        missing.append(f"{file.name} is not there: nobody signed this configuration.")
        return []
    except OSError as error:
        missing.append(f"{file.name} cannot be read ({error.strerror}).")
        return []
    try:
        document = json.loads(text) if len(text) <= _MAX_BYTES else None
        entries = document["signatures"] if (document["kind"], document["form"]) == (KIND, FORM) else None
    except (ValueError, KeyError, TypeError, RecursionError):
        entries = None
    if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
        missing.append(f"{file.name} is no file of signatures in a form that this version knows.")
        return []
    return entries


def _write(file: Path, content: bytes) -> None:
    """The file, whole or as it was."""
    partial = file.with_name(f".{file.name}-{secrets.token_hex(6)}")
    try:
        partial.write_bytes(content)
        partial.replace(file)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise ConfigurationError(f"{file}: the signature cannot be written ({error.strerror}).") from None
