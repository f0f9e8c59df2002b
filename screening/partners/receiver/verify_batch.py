#!/usr/bin/env python3
"""Check and unpack a batch of signals. One file; needs the program `ssh-keygen`, and `age` or the library `pyrage`.

    python verify_batch.py BATCH --identity KEYFILE --signers allowed_signers --state STATEFILE --into FOLDER

Accepted is only what a person of the municipality signed, for your key, not seen before, not expired, whole and nothing
beside it. `allowed_signers` lists the public keys of these people, as ssh-keygen knows it; its first word is
`gemeente-` with the code of the municipality.
Everything is checked before the first file is written. Answers with one JSON object; exit codes: 0 accepted, 1
unexpected, 2 wrong use or unreadable key, 3 damaged, forged or not whole, 4 seen before, 5 expired, 6 for another key.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

fcntl: Any  # Windows has msvcrt instead: neither is known where the other one is
try:
    import fcntl
except ImportError:
    fcntl = None
    import msvcrt as _msvcrt

    msvcrt: Any = _msvcrt

FORMAT = "barrier-levering/2"
#: `ssh-keygen -Y sign -n NAMESPACE`: what was signed for something else cannot be taken for a batch.
NAMESPACE = "barrier"
MANIFEST, SIGNATURE = "manifest.json", "manifest.json.sig"
#: Each of them is numbered by itself: who may not see the one kind cannot tell from a number that it is there.
CONFIDENTIALITY = ("vertrouwelijk", "zeer_vertrouwelijk")
KINDS = ("signals", "correction", "withdrawal", "reversal")
#: A file's name: up to three parts of plain characters. No dot first, so nothing hidden and no way up.
NAME = re.compile(r"(?:[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}/){0,2}[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}", re.ASCII)
MAX_FILES, MAX_BYTES = 250_000, 8 * 1024**3
_TIME = "%Y-%m-%dT%H:%M:%SZ"
#: Names of the manifest and of each of its parts: these and no others.
_FIELDS = {"format", "batch_id", "sequence", "kind", "confidentiality", "sender", "recipient", "made_at", "expires_at"}
_FIELDS |= {"files"}
_SENDER_FIELDS, _RECIPIENT_FIELDS = {"municipality", "code"}, {"name", "fingerprint"}
_FILE_FIELDS = {"path", "sha256", "bytes"}
_BLOCK = 512
_OTHER_SENDER = "Nobody whom you know signed this batch, or it was changed since. Call the municipality."
#: A signature of an Ed25519 key as ssh-keygen writes it: 177 bytes in base64.
_BODY = rb"(?:[A-Za-z0-9+/]{70}\n){3}[A-Za-z0-9+/]{26}\n"
ARMOUR = re.compile(rb"-----BEGIN SSH SIGNATURE-----\n" + _BODY + rb"-----END SSH SIGNATURE-----\n")
_CANNOT_OPEN = "The batch cannot be opened: it is damaged, cut off, or made for another key. Ask for it again."


class BatchError(Exception):
    """A batch that is not accepted: why, what to do, and the exit code."""

    def __init__(self, code: str, why: str, exit_code: int = 3) -> None:
        super().__init__(why)
        self.code, self.why, self.exit_code = code, why, exit_code


def _wrong_use(why: str) -> BatchError:
    return BatchError("usage", why, 2)


def fingerprint(public_key: bytes) -> str:
    """How your key is known: the SHA-256 of the text of an age recipient or of an OpenPGP certificate."""
    return hashlib.sha256(public_key).hexdigest()


def read_identity(path: Path) -> tuple[str, str]:
    """(secret identity, age recipient) of a key file made by `age-keygen`. Raises BatchError, quoting nothing."""
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        raise _wrong_use("The key file cannot be read. Give the file that age-keygen made.") from None
    secrets = [line.strip() for line in lines if line.startswith("AGE-SECRET-KEY-1")]
    if len(secrets) != 1:
        raise _wrong_use("The key file holds no key of age, or several. Give the file that age-keygen made.")
    return secrets[0], recipient_of(secrets[0])


def recipient_of(identity: str) -> str:
    """The public recipient ("age1…") of a secret identity."""
    try:
        import pyrage  # one of two ways; the other is the age program  # noqa: PLC0415

        return str(pyrage.x25519.Identity.from_str(identity).to_public())
    except ImportError:
        return _run(["age-keygen", "-y", "-"], identity.encode()).decode("ascii").strip()
    except Exception:
        raise _wrong_use("The key in the key file is damaged.") from None


def decrypt(sealed: bytes, identity: str) -> bytes:
    """The tar inside. Raises BatchError when it is not for this key or is damaged: age authenticates every byte."""
    if not sealed.startswith(b"age-encryption.org/v1\n"):
        raise BatchError("damaged", "This is no file of age. Ask the municipality to send the batch again.")
    try:
        import pyrage  # see above  # noqa: PLC0415

        return bytes(pyrage.decrypt(sealed, [pyrage.x25519.Identity.from_str(identity)]))
    except ImportError:
        with tempfile.TemporaryDirectory() as folder:  # made 0700: the key is in it for the length of one command
            key = Path(folder, "key")
            key.touch(mode=0o600)
            key.write_text(f"{identity}\n", encoding="ascii")
            return _run(["age", "--decrypt", "-i", str(key)], sealed)
    except Exception:
        raise BatchError("damaged", _CANNOT_OPEN) from None


def decrypt_openpgp(sealed: bytes) -> bytes:
    """The tar inside a batch for an OpenPGP key, opened by GnuPG with the key in its own ring."""
    return _run(["gpg", "--batch", "--quiet", "--decrypt"], sealed)


def _run(command: list[str], given: bytes, code: str = "damaged", why: str = _CANNOT_OPEN) -> bytes:
    if (program := shutil.which(command[0])) is None:
        raise _wrong_use(f"The program {command[0]} is not installed (or, for age, the library pyrage).")
    done = subprocess.run([program, *command[1:]], input=given, capture_output=True, check=False)  # noqa: S603
    if not done.returncode:
        return done.stdout
    raise BatchError(code, why)


def check_signature(manifest: bytes, signature: bytes, signers: Path, code: str) -> None:
    """Let ssh-keygen check that a person whom `signers` lists for this municipality signed, in its own form alone."""
    if not signers.is_file():
        raise _wrong_use("The file with the municipality's signers cannot be read. Give the file allowed_signers.")
    if not ARMOUR.fullmatch(signature):
        raise BatchError("other_sender", _OTHER_SENDER)
    with tempfile.TemporaryDirectory() as folder:
        (file := Path(folder, SIGNATURE)).write_bytes(signature)
        command = ["ssh-keygen", "-Y", "verify", "-n", NAMESPACE, "-f", str(signers), "-I", f"gemeente-{code}", "-s"]
        _run([*command, str(file)], manifest, "other_sender", _OTHER_SENDER)


def header(name: str, size: int) -> bytes:
    """The one tar header (POSIX ustar) that a file of this name and size can have: mode 0600, owner 0, time 0."""
    block = bytearray(_BLOCK)
    fields = (
        (0, name.encode("ascii")), (100, b"0000600\0"), (108, b"0000000\0"), (116, b"0000000\0"),
        (124, b"%011o\0" % size), (136, b"%011o\0" % 0), (148, b" " * 8), (156, b"0"), (257, b"ustar\x0000"),
        (329, b"0000000\0"), (337, b"0000000\0"),
    )  # fmt: skip
    for place, value in fields:
        block[place : place + len(value)] = value
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def unpacked(tar: bytes) -> dict[str, bytes]:
    """The files of a batch's tar, in order. Every byte must be as the sender writes it: no link, no folder, no time.

    Raises BatchError for anything else, names that point elsewhere or occur twice included.
    """
    files: dict[str, bytes] = {}
    place = 0
    while True:
        block = tar[place : place + _BLOCK]
        if block == bytes(_BLOCK):
            break
        name = block[:100].rstrip(b"\0").decode("ascii", "replace")
        digits = block[124:135]
        if len(block) != _BLOCK or not NAME.fullmatch(name) or not re.fullmatch(rb"[0-7]{11}", digits):
            why = "The batch holds something that is no plain file, or a name that is not allowed."
            raise BatchError("damaged", why)
        size = int(digits, 8)
        if block != header(name, size) or name in files or (files and name <= next(reversed(files))):
            raise BatchError("damaged", "The batch is not packed as the sender packs it: it was changed on the way.")
        start, end = place + _BLOCK, place + _BLOCK + size
        place = end + -size % _BLOCK
        if place > len(tar) or any(tar[end:place]) or len(files) >= MAX_FILES:
            raise BatchError("damaged", "The batch is cut off or holds more than it says.")
        files[name] = tar[start:end]
    if tar[place:] != bytes(2 * _BLOCK):
        raise BatchError("damaged", "Something stands after the end of the batch, or its end is missing.")
    return files


def series(manifest: dict[str, Any]) -> str:
    """What is numbered by itself: the batches of one municipality of one confidentiality."""
    return f"{manifest['sender']['code']}/{manifest['confidentiality']}"


def verify_tar(
    tar: bytes, *, recipient: str, signers: Path, seen: Mapping[str, int], now: datetime
) -> tuple[dict[str, Any], dict[str, bytes]]:
    """(manifest, files by name) of a decrypted batch that may be accepted. Raises BatchError otherwise; writes nothing.

    `recipient`: the fingerprint of your own key, 64 digits. `signers`: the file allowed_signers. `seen`: series -> the
    highest number that was accepted. `now` in UTC, with its zone.
    """
    files = unpacked(tar)
    manifest = _read_manifest(files)
    listed = {file["path"]: file for file in manifest["files"]}
    if len(listed) != len(manifest["files"]) or set(files) - {MANIFEST, SIGNATURE} != set(listed):
        raise BatchError("not_whole", "The batch does not hold exactly the files of its list.")
    for name, file in listed.items():
        data = files[name]
        if len(data) != file["bytes"] or not hmac.compare_digest(hashlib.sha256(data).hexdigest(), file["sha256"]):
            raise BatchError("not_whole", f"A file is not as it was sent: {name}.")
    check_signature(files[MANIFEST], files[SIGNATURE], signers, manifest["sender"]["code"])
    _check_attachments(files, listed)
    if not hmac.compare_digest(manifest["recipient"]["fingerprint"], recipient):
        raise BatchError("other_recipient", "This batch was made for another key than yours. Tell the municipality.", 6)
    if not seen.get(series(manifest), 0) < manifest["sequence"]:
        raise BatchError("replay", "This batch, or a later one, has been accepted before. Nothing is unpacked.", 4)
    # strftime and strptime know no zone in "Z": both sides are UTC
    made_at, expires = (_time(manifest[name]) for name in ("made_at", "expires_at"))
    if now >= expires:
        raise BatchError("expired", "The time in which this batch could be opened has passed. Ask for a new one.", 5)
    if made_at >= expires or (made_at - now).total_seconds() > 86_400:
        raise BatchError("damaged", "The times in the batch cannot be right. Check the clock of this computer.")
    return manifest, files


def _check_attachments(files: dict[str, bytes], listed: dict[str, Any]) -> None:
    """Raise BatchError where the documents in `bijlagen/` are not just those that the signals name, by their hash."""
    signals = [json.loads(files[name].decode("utf-8")) for name in files if re.fullmatch(r"signalen/.+\.json", name)]
    named = {part["bestand"]: part["sha256"] for signal in signals for part in signal.get("bijlagen", [])}
    if named != {name: file["sha256"] for name, file in listed.items() if name.startswith("bijlagen/")}:
        raise BatchError("not_whole", "An attachment is missing, is not as its signal says, or has no signal.")


def _read_manifest(files: dict[str, bytes]) -> dict[str, Any]:
    """The manifest by its form alone: nothing in it is believed before its signature holds."""
    if missing := {MANIFEST, SIGNATURE} - set(files):
        raise BatchError("not_whole", f"The batch lacks {', '.join(sorted(missing))}.")
    try:
        manifest: dict[str, Any] = json.loads(files[MANIFEST].decode("utf-8"))
    except ValueError:
        raise BatchError("damaged", "The list of the batch cannot be read.") from None
    if not _is_manifest(manifest) or not re.fullmatch(r"[0-9]{4}", manifest["sender"]["code"], re.ASCII):
        raise BatchError("damaged", "The list of the batch has another form. Is this script the newest version?")
    return manifest


def _is_manifest(given: Any) -> bool:  # noqa: ANN401 - it has any form until it is checked
    try:
        parts = [(given, _FIELDS), (given["sender"], _SENDER_FIELDS), (given["recipient"], _RECIPIENT_FIELDS)]
        parts += [(file, _FILE_FIELDS) for file in given["files"]]
        words = (given["format"] == FORMAT, given["kind"] in KINDS, given["confidentiality"] in CONFIDENTIALITY)
        texts = [*(given[name] for name in ("batch_id", "made_at", "expires_at")), *given["sender"].values()]
        texts += [*given["recipient"].values()] + [file[name] for file in given["files"] for name in ("path", "sha256")]
        numbers = [given["sequence"], *(file["bytes"] for file in given["files"])]
        is_whole = all(isinstance(part, dict) and set(part) == names for part, names in parts) and all(words)
    except (TypeError, KeyError, AttributeError):
        return False
    is_counted = all(type(number) is int and number >= 0 for number in numbers)
    return is_whole and is_counted and all(isinstance(text, str) for text in texts)


def _time(text: str) -> datetime:
    try:
        return datetime.strptime(text, _TIME).replace(tzinfo=timezone.utc)  # noqa: UP017 - runs on Python 3.9 too
    except ValueError:
        raise BatchError("damaged", "A time in the batch cannot be read.") from None


def read_state(path: Path) -> dict[str, dict[str, Any]]:
    """What was accepted before: series of numbers -> {"last_sequence": n, "last_batch": id}."""
    try:
        state: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
        if all(type(seen["last_sequence"]) is int for seen in state.values()):
            return state
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        pass
    raise _wrong_use("The state file is damaged. Restore it from a backup: without it a replay is not seen.")


def write_state(path: Path, state: dict[str, dict[str, object]]) -> None:
    """The state, durable when this returns and never half-written."""
    with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=".state-", delete=False, encoding="utf-8") as file:
        json.dump(state, file, indent=1, sort_keys=True)
        file.flush()
        os.fsync(file.fileno())
    os.replace(file.name, path)
    if fcntl:  # Windows opens no folder
        folder = os.open(path.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)


@contextmanager
def _alone(state: Path) -> Iterator[None]:
    """Work alone with this state file; another process waits. Raises BatchError where it cannot be written."""
    try:
        lock = os.open(state.parent / f".{state.name}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        raise _wrong_use("The state file cannot be written. Name a file in a folder of your own.") from None
    try:
        if fcntl:
            fcntl.flock(lock, fcntl.LOCK_EX)
        else:
            msvcrt.locking(lock, msvcrt.LK_LOCK, 1)  # gives up after ten seconds
        yield
    finally:
        os.close(lock)


def write_files(files: dict[str, bytes], folder: Path) -> None:
    """The files in a new folder, 0700 and 0600. Names have been checked; nothing that exists is written over."""
    folder.mkdir(mode=0o700)
    for name, data in files.items():
        path = folder / name
        for parent in reversed(Path(name).parents[:-1]):
            (folder / parent).mkdir(mode=0o700, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
    getattr(os, "sync", int)()  # the state says that they are here: after a power cut they must be


def accept(
    batch: Path, *, identity: Path | None = None, certificate: Path | None = None, signers: Path, state: Path,
    into: Path, now: datetime,
) -> dict[str, object]:  # fmt: skip
    """Check the batch and unpack it into the new folder `into`; what the command tells. Raises BatchError.

    Either `identity`, the file of an age key, or `certificate`, the OpenPGP certificate that the sender has of you.
    """
    secret = ""
    if identity is not None:
        secret, public = read_identity(identity)
    elif certificate is not None:
        try:
            public = certificate.read_text(encoding="ascii")
        except (OSError, UnicodeDecodeError):
            raise _wrong_use("The certificate cannot be read. Give the armoured file.") from None
    else:
        raise _wrong_use("Name your key: --identity for age, --certificate for OpenPGP.")
    if into.exists() or not into.parent.is_dir():
        raise _wrong_use("The folder to unpack into exists already, or its parent does not. Name a new one.")
    try:
        if batch.stat().st_size > MAX_BYTES:
            raise BatchError("damaged", "The batch is larger than any batch can be.")
        sealed = batch.read_bytes()
    except OSError:
        raise _wrong_use("The batch cannot be read.") from None
    with _alone(state):  # two at once would both find the same last number
        seen = read_state(state)
        last_numbers = {name: accepted["last_sequence"] for name, accepted in seen.items()}
        tar = decrypt_openpgp(sealed) if identity is None else decrypt(sealed, secret)
        recipient = fingerprint(public.strip().encode())
        manifest, files = verify_tar(tar, recipient=recipient, signers=signers, seen=last_numbers, now=now)
        part = into.with_name(f".{into.name}.part")
        shutil.rmtree(part, ignore_errors=True)
        write_files(files, part)
        last = last_numbers.get(series(manifest), 0)
        seen[series(manifest)] = {"last_sequence": manifest["sequence"], "last_batch": manifest["batch_id"]}
        write_state(state, seen)
        os.rename(part, into)
    answer = {name: manifest[name] for name in sorted(_FIELDS - {"format", "recipient", "files"})}
    # a number that was skipped can be a withdrawal that somebody held back
    skipped = list(range(last + 1, manifest["sequence"]))[:100]
    answer |= {"accepted": True, "files": len(manifest["files"]), "folder": str(into), "missing_sequences": skipped}
    if manifest["kind"] != "signals" and "berichten.json" in files:
        answer["what_to_do"] = json.loads(files["berichten.json"])
    return answer


def run_receiver(arguments: list[str] | None = None) -> int:
    """Run the script; returns its exit code."""
    parser = argparse.ArgumentParser(description="Check and unpack a batch of signals.")
    parser.add_argument("batch", type=Path)
    key = parser.add_mutually_exclusive_group(required=True)
    key.add_argument("--identity", type=Path, help="your key file, made by age-keygen")
    key.add_argument("--certificate", type=Path, help="your OpenPGP certificate, when the batch is for GnuPG")
    parser.add_argument("--signers", type=Path, required=True, help="file allowed_signers of the municipality")
    parser.add_argument("--state", type=Path, required=True, help="file that remembers the last numbers")
    parser.add_argument("--into", type=Path, required=True, help="new folder for the files")
    given = parser.parse_args(arguments)
    os.umask(0o077)
    try:
        answer = accept(
            given.batch, identity=given.identity, certificate=given.certificate, signers=given.signers,
            state=given.state, into=given.into, now=datetime.now(timezone.utc),  # noqa: UP017
        )  # fmt: skip
    except BatchError as refused:
        print(json.dumps({"accepted": False, "code": refused.code, "why": refused.why}))
        return refused.exit_code
    print(json.dumps(answer, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(run_receiver())
