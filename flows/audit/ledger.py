"""The ledger around a night and for an auditor: what a run adds, heads to places outside, checking, reviewing."""

from __future__ import annotations

import os
import re
import shlex
import socket
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from flows.configuration import Configuration, load_configuration
from flows.configuration.tables import HeadPlace
from flows.desk import open_configured_ledger
from screening.errors import ConfigurationError

if TYPE_CHECKING:
    from screening.ledger import Norms, Subject

#: Who acts where no person does: the run of a night.
RUN_ACTOR = "system:run"

#: Seconds for a command that takes a head to a printer or a mailbox. A run does not wait longer for it.
COMMAND_TIMEOUT_S = 30

HEADS = "heads"
_UNTIL = "Until one is kept outside, its end can be cut off unseen."
_TTY = re.compile(r"[a-z]{1,8}[0-9/]{0,8}")
_HOST = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,62}")


@dataclass(frozen=True)
class Anchored:
    """What became of a head at one place. `problem`: why it is not there; None when it is."""

    place: HeadPlace
    problem: str | None

    def text(self) -> str:
        """One line for a person."""
        return f"The head of the ledger is at {self.place}." if self.problem is None else self.problem


@dataclass(frozen=True)
class AuditSettings:
    """`[audit]`: where heads go, the key that signs them, and from when on a reading stands out."""

    places: tuple[HeadPlace, ...]
    signing_key: Path
    norms: Norms
    is_beside_the_ledger: bool


def audit_settings(settings: Configuration) -> AuditSettings:
    """What `[audit]` says. ConfigurationError with file and key."""
    from screening.ledger import SIGNING_KEY, Norms

    workspace = settings.workspace.absolute()  # of its own beginning, unlike what the file names
    places, hours = settings.audit.anchor, settings.audit.working_hours
    if places is None:
        places = (HeadPlace("file", str(workspace / HEADS)),)
    key = settings.audit.signing_key or workspace / "keys" / SIGNING_KEY
    inside = workspace.resolve()
    beside = all(one.kind == "file" and Path(one.target).resolve().is_relative_to(inside) for one in places)
    return AuditSettings(places, key, Norms(day_starts=hours[0], day_ends=hours[1]), beside)


def anchor(head: bytes, places: tuple[HeadPlace, ...]) -> list[Anchored]:
    """Bring a signed head to every place. A place that fails is told and stops nothing: the others still get it.

    Reading goes on as well: the ledger itself holds, and the next head vouches for what this one would have.
    """
    return [Anchored(one, _to_folder(head, one) if one.kind == "file" else _to_command(head, one)) for one in places]


def _to_folder(head: bytes, place: HeadPlace) -> str | None:
    import json

    from screening.store.files import make_directory, sync_directory, write_file

    content = json.loads(head)
    moment = re.sub(r"\D", "", content["at"])
    file = Path(place.target) / f"head-{content['ledger'][:8]}-{content['seq']:010d}-{moment}.json"
    try:
        if not file.parent.exists():
            make_directory(file.parent)
        write_file(file, head)
        sync_directory(file.parent)
    except FileExistsError:
        return None if file.read_bytes() == head else f"Another head is at {file} already: look into who put it there."
    except OSError as error:
        return f"The head of the ledger could NOT be written to {place} ({error.strerror}). {_UNTIL}"
    return None


def _to_command(head: bytes, place: HeadPlace) -> str | None:
    try:
        done = subprocess.run(  # noqa: S603 - no shell; the configuration names the program
            shlex.split(place.target), input=head, capture_output=True, timeout=COMMAND_TIMEOUT_S, check=False
        )
        why = f"exit code {done.returncode}" if done.returncode else None
    except subprocess.TimeoutExpired:
        why = f"no answer within {COMMAND_TIMEOUT_S} s"
    except OSError as error:
        why = str(error.strerror)
    return why and f"The head of the ledger could NOT be handed to {place} ({why}). {_UNTIL}"


def run_published(settings: Configuration, run_id: str, *, now: datetime | None = None) -> list[str]:
    """Write that a run was published and bring the head outside. What a person must know, a line each; empty: all well.

    Before it go the lines of the Logboek Dataverwerkingen: one for each person in a role whom the run knows and each
    address that it flagged. A run that was written down before is not written again. Raises LedgerError when the ledger
    cannot be written.
    """
    from screening.casework.data_subjects import note_subjects
    from screening.ledger import Entry
    from screening.vocabulary import LedgerAction

    chosen, at = audit_settings(settings), now or datetime.now(UTC)
    name = f"run:{run_id}"
    with open_configured_ledger(settings) as ledger:
        if not ledger.entries(action=LedgerAction.RUN_PUBLISHED, object=name, limit=1):
            entry = Entry(at, RUN_ACTOR, LedgerAction.RUN_PUBLISHED, name, origin=terminal_origin())
            # first the lines: cut off between the two, it is done again
            note_subjects(ledger, entry, _subjects(settings.workspace / "runs" / run_id))
            ledger.write(entry)
        done = _anchored(ledger, chosen, at)
    return [one.problem for one in done if one.problem] + _advice(chosen)


def _subjects(run: Path) -> list[Subject]:
    import polars as pl

    from screening.casework.data_subjects import of_addresses, of_people
    from screening.vocabulary import PartyKind

    parties = pl.scan_parquet(run / "parties.parquet").filter(pl.col("kind") == PartyKind.PERSON.value)
    people = parties.select(pl.col("party_id").unique()).collect()["party_id"]
    flags = pl.read_parquet(run / "flags.parquet", columns=["address_id"])["address_id"]
    return [*of_addresses(flags.sort()), *of_people(people)]


def anchor_head(settings: Configuration, ledger, *, now: datetime) -> list[str]:
    """Bring the head of an open ledger outside: for a server, once a day. What went wrong, a line each; else empty.

    LedgerError when the head cannot be read or signed.
    """
    return [one.problem for one in _anchored(ledger, audit_settings(settings), now) if one.problem]


def _anchored(ledger, chosen: AuditSettings, at: datetime) -> list[Anchored]:
    from screening.ledger import sign_head, signing_key

    return anchor(sign_head(ledger, signing_key(chosen.signing_key), now=at), chosen.places)


def _advice(chosen: AuditSettings) -> list[str]:
    if not chosen.places:
        return ["[audit] anchor is empty: no head goes anywhere, so a ledger that was cut or rewritten looks whole."]
    if chosen.is_beside_the_ledger:
        return [
            "Heads of the ledger are kept in the workspace only, beside the ledger: whoever owns the one owns the "
            "other. Name a place that another person keeps under [audit] anchor."
        ]
    return []


def head(configuration: Path, *, is_sent: bool) -> dict[str, object]:
    """The signed head as text, and (`is_sent`) what became of it at each place."""
    from screening.ledger import sign_head, signing_key

    settings = load_configuration(configuration)
    chosen = audit_settings(settings)
    with open_configured_ledger(settings) as ledger:
        signed = sign_head(ledger, signing_key(chosen.signing_key), now=datetime.now(UTC))
    done = anchor(signed, chosen.places) if is_sent else []
    return {
        "head": signed.decode().strip(),
        "places": [{"place": str(one.place), "problem": one.problem} for one in done],
        "advice": _advice(chosen),
        "ok": all(one.problem is None for one in done),
    }


def verify(
    configuration: Path, *, heads: Path | None = None, public_keys: tuple[Path, ...] = (), is_chain_only: bool = False
) -> dict[str, object]:
    """Check the ledger against the heads in a folder or file (default: the folders of `[audit] anchor`).

    `public_keys`: of all keys that signed; default the one beside the signing key. `ok` is false without a head that
    vouches for the ledger, unless only the chain is asked for: a cut or rewritten ledger is a faultless chain.
    """
    from screening.ledger import public_key
    from screening.ledger import verify as check

    settings = load_configuration(configuration)
    chosen = audit_settings(settings)
    places = [heads] if heads else [Path(one.target) for one in chosen.places if one.kind == "file"]
    kept = [] if is_chain_only else [text for place in places for text in _kept(place, must_exist=bool(heads))]
    named = public_keys or tuple(path for path in [chosen.signing_key.with_suffix(".pub")] if kept or path.exists())
    with open_configured_ledger(settings) as ledger:
        found = check(ledger, kept, [public_key(path) for path in named], now=datetime.now(UTC))
    missing = not found.is_anchored and not is_chain_only
    notes = list(found.notes)
    if missing:
        notes.append("No head vouches for this ledger: a cut tail or a full rewrite would not be seen. Name --heads.")
    if not heads and not is_chain_only:
        notes += _advice(chosen)
    return {
        "ledger": found.ledger_id,
        "entries": found.entries,
        "heads": found.heads,
        "anchored": found.anchored,
        "findings": [{"kind": one.kind, "entry": one.seq, "what": one.what} for one in found.findings],
        "notes": notes,
        "ok": found.is_whole and not missing,
    }


def _kept(place: Path, *, must_exist: bool) -> list[bytes]:
    """The heads in a folder, or in one file, one a line."""
    from screening.ledger.head import MAX_BYTES

    if not place.exists():
        if must_exist:
            raise ConfigurationError(f"{place}: no heads there. Name the folder or file in which they were kept.")
        return []
    try:
        files = sorted(one for one in place.iterdir() if one.suffix == ".json") if place.is_dir() else [place]
        texts = [file.read_bytes() for file in files]
    except OSError as error:
        raise ConfigurationError(f"{place}: the heads cannot be read ({error.strerror}).") from None
    return [line[: MAX_BYTES + 1] for text in texts for line in text.splitlines() or [b""]]


def listing(
    configuration: Path,
    *,
    by: str,
    account: str | None = None,
    action: str | None = None,
    object: str | None = None,
    case: str | None = None,
    limit: int = 50,
) -> list[dict[str, object]]:
    """Entries, newest first. That somebody looked is an entry itself, written before anything is shown."""
    from screening.vocabulary import LedgerAction

    if action is not None and action not in set(LedgerAction):
        raise ConfigurationError(f"--action must be one of {', '.join(LedgerAction)}.")
    with open_configured_ledger(load_configuration(configuration)) as ledger:
        _note_reading(ledger, by)
        found = ledger.entries(
            actor=account, action=action, object=object, case=case, limit=limit, is_newest_first=True
        )
    return [{"seq": one.seq, **one.entry.fields()} for one in found]


def review(configuration: Path, month: str, *, by: str, is_signed: bool = False) -> dict[str, object]:
    """The monthly review of who read what; `is_signed`: `by` read it and signs it off (LedgerError: not by oneself)."""
    from screening.ledger import review_month, sign_off, signed_off

    settings = load_configuration(configuration)
    norms = audit_settings(settings).norms
    with open_configured_ledger(settings) as ledger:
        found = review_month(ledger, month, norms)
        _note_reading(ledger, by)
        if is_signed:
            sign_off(ledger, found, by=_account(by), now=datetime.now(UTC), origin=terminal_origin())
        signature = signed_off(ledger, month)
    texts = [{"text_nl": one.text("nl"), "text_en": one.text("en")} for one in found.findings]
    document = found.document()
    document["findings"] = [one | text for one, text in zip(document["findings"], texts, strict=True)]
    return {
        **document,
        "review": found.object,
        "signed_off_by": signature and signature.entry.actor,
        "signed_off_at": signature and signature.entry.done_at.isoformat(),
        "is_as_signed": signature and signature.entry.object == found.object,
    }


def _note_reading(ledger, by: str) -> None:
    from screening.ledger import Entry
    from screening.vocabulary import LedgerAction

    who = _account(by)
    ledger.write(Entry(datetime.now(UTC), who, LedgerAction.READ_AUDIT, "list:audit", origin=terminal_origin()))


def _account(name: str) -> str:
    from screening.store import account

    return account(name)


def terminal_origin() -> str:
    """The machine and the terminal that this command runs on, as an entry names its origin."""
    host = socket.gethostname()
    host = host if _HOST.fullmatch(host) else "unnamed"
    try:
        terminal = os.ttyname(sys.stdin.fileno()).removeprefix("/dev/")
    except (OSError, ValueError, AttributeError):
        terminal = ""  # a scheduler has none
    return f"host:{host}/{terminal}" if _TTY.fullmatch(terminal) else f"host:{host}"
