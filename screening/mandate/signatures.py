"""`screening.toml.sig`: two people's Ed25519 signatures over a configuration, and the people who may give them.

A signature is over a statement of the whole file, which names beside it what the file says without the keys of mapping
(`unmapped`). Two signers must have signed the whole file as it stands. Where only keys of mapping changed since, what
they signed still holds, and the change is signed by two people who may be analysts: its author and one other. It is
made on the machine of the person, as a bare signature or by `ssh-keygen -Y sign -n barrier`, and counts when its person
sent it in signed in, with a key that is registered as theirs.

The signed file itself names the signers, so somebody who replaces the file could replace the signers too. Therefore
the ledger keeps the keys that are in force, and two of *these* must sign a change of them.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from screening.base.errors import ConfigurationError, StoreError
from screening.base.vocabulary import LedgerAction
from screening.ledger import Entry, Ledger
from screening.mandate.approval import LEAST_SIGNERS, ToApprove
from screening.signing.public_keys import PublicKeyError, key_fingerprint, public_text, read_public
from screening.signing.signature import SignatureError, verify_signature
from screening.store import account

KIND = "barrier-configuration-signatures"
FORM = 3
#: A signature beside the configuration.
SUFFIX = ".sig"
_MAX_BYTES = 64 * 1024

#: The ledger keeps entries for five years; the keys in force are written again long before.
RENEWED_AFTER = timedelta(days=365)
#: Who writes what is in force into the ledger: the programme, at its start.
ACTOR = "system:mandate"


@dataclass(frozen=True)
class Signature:
    """A valid signature: its signer and key, and the sha256 of the file that was signed.

    `is_whole`: that is the file as it stands, mapping included.
    """

    account: str
    key: str
    sha256: str
    is_whole: bool


class Approval(NamedTuple):
    """A person who was signed in sent in a signature: the sha256 of the statement, the account and the key."""

    statement: str
    account: str
    key: str


@dataclass(frozen=True)
class Signed:
    """The signatures under a configuration.

    `listed`: by its signers; `mapping`: by whoever may sign a change of mapping, over the file as it stands; `others`:
    by keys that are none of its signers'.
    """

    listed: tuple[Signature, ...] = ()
    mapping: tuple[Signature, ...] = ()
    others: tuple[Signature, ...] = ()
    missing: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class InForce:
    """The state in the ledger: the sha256 of the last configuration, the keys of its signers, and since when."""

    sha256: str
    keys: frozenset[str]
    since: datetime


def signature_file(configuration: Path) -> Path:
    """`screening.toml.sig`, beside the configuration."""
    return configuration.with_name(configuration.name + SUFFIX)


def statement(plan: ToApprove, sha256: str | None = None) -> bytes:
    """Return the bytes that each signer signs: what the configuration is, as canonical JSON (RFC 8785).

    It is the same for everybody, so that two people can compare its sha256. `sha256`: of the whole file as it was,
    where only keys of mapping changed since; None: as it stands.
    """
    return rfc8785.dumps({**_content(plan), "sha256": sha256 or configuration_digest(plan)})


def statement_digest(plan: ToApprove, sha256: str | None = None) -> str:
    """The sha256 of the statement."""
    return hashlib.sha256(statement(plan, sha256)).hexdigest()


def add_signature(plan: ToApprove, who: str, key: Ed25519PublicKey, text: str, *, in_force: str | None) -> list[str]:
    """Put a person's signature into the file beside the configuration, and name the accounts that signed it.

    Signatures that hold no more go, but for those of the configuration in force (`in_force`: its sha256), under which
    the work goes on until the new one is complete.

    Raises:
        SignatureError: this key did not sign the statement.
        ConfigurationError: the file cannot be written.
    """
    verify_signature(key, statement(plan), text)
    sha256 = configuration_digest(plan)
    kept = [
        entry
        for entry in _read(plan, [])
        if (entry.get("account"), entry.get("sha256")) != (who, sha256)
        and (_holds(plan, entry) or entry.get("sha256") == in_force)
    ]
    entry = {
        "account": who,
        "key": key_fingerprint(key),
        "public_key": public_text(key),
        "sha256": sha256,
        "signature": text.strip(),
    }
    signed: list[Mapping[str, object]] = [*kept, entry]
    entries = sorted(signed, key=lambda each: (str(each.get("account")), str(each.get("sha256"))))
    document = {**_content(plan), "sha256": sha256, "signatures": entries}
    _write(signature_file(plan.file), json.dumps(document, indent=2, ensure_ascii=False).encode() + b"\n")
    return [str(each["account"]) for each in entries if _holds(plan, each)]


def signatures(plan: ToApprove, approvals: Collection[Approval]) -> Signed:
    """The signatures that count, and what is missing: two signers, and two people under the mapping as it stands.

    `approvals`: what people signed and sent in while they were signed in. What anybody else put into the file is not
    counted, whatever key it is of.
    """
    missing: list[str] = []
    entries = _read(plan, missing)
    name = signature_file(plan.file).name
    signers, mappers = _owners(plan.signers), _owners(plan.mappers)
    valid: dict[str, Signature] = {}
    broken: list[str] = []
    unknown = False
    for entry in entries:
        signature = _holds(plan, entry)
        if signature is None:  # a name that the configuration does not know could be anything: it is not repeated
            broken.append(next((who for who in plan.mappers if who == entry.get("account")), "somebody else"))
        elif _approval(plan, signature) not in approvals:
            unknown = True
        elif signature.key not in valid or signature.is_whole:
            valid[signature.key] = signature
    listed = tuple(each for each in valid.values() if signers.get(each.key) == each.account)
    mapping = tuple(each for each in valid.values() if each.is_whole and mappers.get(each.key) == each.account)
    others = tuple(each for each in valid.values() if each.key not in signers)
    if broken:
        missing.append(
            f"{name}: what was signed by {', '.join(broken)} does not hold: the configuration, a word list or an area "
            "was changed after it was signed, or the file was. Sign again."
        )
    if unknown:
        missing.append(
            f"{name}: holds a signature that nobody sent in signed in, on the page /mandaat of the review. It is not "
            "counted."
        )
    if len(listed) < LEAST_SIGNERS:
        missing.append(
            f"{name}: {len(listed)} of the people in [governance.signers] signed this configuration; "
            f"{LEAST_SIGNERS} must."
        )
    elif len(mapping) < LEAST_SIGNERS:
        missing = [
            f"{name}: how registers are mapped was changed after it was signed, and {len(mapping)} of the people in "
            f"[governance.signers] and [governance.analysts] signed that; {LEAST_SIGNERS} must: its author and one "
            "other."
        ]
    else:
        missing = []
    return Signed(listed, mapping, others, missing)


def change_refusals(before: InForce | None, plan: ToApprove, signed: Signed) -> list[str]:
    """Why the signers may not change to these; empty when they do not change, or two of those in force agreed."""
    if before is None or _keys(plan) == before.keys:
        return []
    agreed = {each.key: each.account for each in (*signed.listed, *signed.others) if each.key in before.keys}
    if len(agreed) >= LEAST_SIGNERS and len(set(agreed.values())) >= LEAST_SIGNERS:
        return []
    return [
        f"[governance.signers] is not what the ledger knows since {before.since:%Y-%m-%d}. Two of the signers until "
        f"now must sign the change; {len(agreed)} did."
    ]


def in_force(ledger: Ledger) -> InForce | None:
    """The last configuration that the ledger knows, and the keys that were written in the same breath."""
    group: dict[datetime, set[str]] = {}
    for written in ledger.entries(action=LedgerAction.CONFIGURATION, actor=ACTOR, is_newest_first=True):
        kind, _, name = written.entry.object.partition(":")
        if kind == "key":
            group.setdefault(written.entry.done_at, set()).add(name)
        elif kind == "configuration" and written.entry.done_at in group:
            return InForce(name, frozenset(group[written.entry.done_at]), written.entry.done_at)
    return None


def record_in_force(
    ledger: Ledger, plan: ToApprove, before: InForce | None, *, now: datetime, origin: str
) -> list[str]:
    """Write what is in force when it changed, all or nothing. Returns what a person should know, a line each."""
    sha256, keys = configuration_digest(plan), _keys(plan)
    if before and (before.sha256, before.keys) == (sha256, keys) and now - before.since < RENEWED_AFTER:
        return []
    names = [f"configuration:{sha256}", *(f"key:{key}" for key in sorted(keys))]
    ledger.write_all([Entry(now, ACTOR, LedgerAction.CONFIGURATION, name, origin=origin) for name in names])
    if before is None:
        shown = ", ".join(f"{who} {key_fingerprint(key)[:16]}" for who, key in sorted(plan.signers.items()))
        return [f"The ledger knows the signers from now on: {shown}. Compare these with what they have on paper."]
    return []


def _approval(plan: ToApprove, signature: Signature) -> Approval:
    return Approval(statement_digest(plan, signature.sha256), signature.account, signature.key)


def _owners(keys: Mapping[str, Ed25519PublicKey]) -> dict[str, str]:
    return {key_fingerprint(key): who for who, key in keys.items()}


def _keys(plan: ToApprove) -> frozenset[str]:
    return frozenset(key_fingerprint(key) for key in plan.signers.values())


def configuration_digest(plan: ToApprove) -> str:
    """The sha256 of the configuration, byte for byte."""
    return hashlib.sha256(plan.content).hexdigest()


def _content(plan: ToApprove) -> dict[str, str | int | dict[str, str]]:
    """Return what two signers approve beside the mapping: the content without it, and the files that it names."""
    lists = {code: hashlib.sha256(rfc8785.dumps(dict(words))).hexdigest() for code, words in plan.word_lists.items()}
    unmapped = hashlib.sha256(plan.unmapped.encode()).hexdigest()
    content: dict[str, str | int | dict[str, str]] = {
        "kind": KIND,
        "form": FORM,
        "file": plan.file.name,
        "unmapped": unmapped,
        "word_lists": lists,
    }
    # left out where there are none: what was signed before there were areas holds
    return {**content, "areas": dict(plan.areas)} if plan.areas else content


def _holds(plan: ToApprove, entry: Mapping[str, object]) -> Signature | None:
    """The signature when it is over this configuration, but perhaps for its mapping, with the key that it names."""
    texts = {name: value for name, value in entry.items() if isinstance(value, str)}
    try:
        public, who, key, sha256 = read_public(texts["public_key"]), texts["account"], texts["key"], texts["sha256"]
        if key != key_fingerprint(public) or who != account(who):
            return None
        verify_signature(public, statement(plan, sha256), texts["signature"])
        return Signature(who, key, sha256, is_whole=sha256 == configuration_digest(plan))
    except (KeyError, PublicKeyError, SignatureError, StoreError, rfc8785.CanonicalizationError):
        return None


def _read(plan: ToApprove, missing: list[str]) -> list[dict[str, object]]:
    """The entries of the file, unchecked; says in `missing` why there are none."""
    file = signature_file(plan.file)
    try:
        text = file.read_bytes()[: _MAX_BYTES + 1]
    except FileNotFoundError:
        missing.append(f"{file.name} is not there: nobody signed this configuration.")
        return []
    except OSError as error:
        missing.append(f"{file.name} cannot be read ({error.strerror}).")
        return []
    try:
        document = json.loads(text) if len(text) <= _MAX_BYTES else {}
        entries = document["signatures"] if (document["kind"], document["form"]) == (KIND, FORM) else None
    except (ValueError, KeyError, TypeError, RecursionError):
        entries = None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
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
