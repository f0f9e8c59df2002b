"""Heads of the ledger go to places outside, with every run that is published and by hand."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import polars as pl

from flows.audit.time_stamps import STAMP, TimeStampError, time_stamp
from flows.configuration import Configuration
from flows.configuration.audit import HeadPlace
from flows.desk import Desk
from screening.base.vocabulary import LedgerAction, PartyKind
from screening.casework.data_subjects import note_many_subjects
from screening.ledger import SIGNING_KEY, Entry, Ledger, Norms, SubjectKind, sign_head, signing_key, terminal_origin
from screening.ledger.open import HEADS_FOLDER
from screening.store.files import make_directory, sync_directory, write_file

#: Who acts where no person does: the run of a night.
RUN_ACTOR = "system:run"

#: Seconds for a command that takes a head to a printer or a mailbox. A run does not wait longer for it.
COMMAND_TIMEOUT_S = 30

_UNTIL = "Until one is kept outside, its end can be cut off unseen."


@dataclass(frozen=True)
class Anchored:
    """What became of a head at one place. `problem`: why it is not there; None when it is."""

    place: HeadPlace
    problem: str | None


@dataclass(frozen=True)
class AuditSettings:
    """`[audit]` with its defaults: where heads go, the key that signs them, from when on a reading stands out."""

    places: tuple[HeadPlace, ...]
    signing_key: Path
    norms: Norms
    workspace: Path
    max_age: timedelta
    tsa_certificate: Path | None

    def folders(self) -> list[Path]:
        """The places that are folders: time stamps are kept there too, in the workspace where none is named."""
        named = [Path(place.target) for place in self.places if place.kind == "file"]
        return named or ([self.workspace / HEADS_FOLDER] if self.has_authority else [])

    @property
    def has_authority(self) -> bool:
        """Whether an authority is asked for time stamps."""
        return any(place.kind == "tsa" for place in self.places)

    @property
    def is_beside_the_ledger(self) -> bool:
        """Whether heads are kept in the workspace only."""
        return not any(place.kind != "file" or self.is_outside(Path(place.target)) for place in self.places)

    def is_outside(self, place: Path) -> bool:
        """Whether a folder or file of heads is not in the workspace."""
        return not place.resolve().is_relative_to(self.workspace.resolve())

    def advice(self) -> list[str]:
        """What an administrator should know of these places; empty: all well."""
        if not self.places:
            return [
                "[audit] anchor is empty: no head goes anywhere, so a ledger that was cut or rewritten looks whole."
            ]
        if self.is_beside_the_ledger:
            return [
                "Heads of the ledger are kept in the workspace only, beside the ledger: whoever owns the one owns the "
                "other. Name a place that another person keeps under [audit] anchor."
            ]
        return []


def audit_settings(configuration: Configuration) -> AuditSettings:
    """Fill in what `[audit]` leaves out."""
    workspace = configuration.workspace.absolute()  # of its own beginning, unlike what the file names
    places, hours = configuration.audit.anchor, configuration.audit.working_hours
    if places is None:
        places = (HeadPlace("file", str(workspace / HEADS_FOLDER)),)
    key = configuration.audit.signing_key or workspace / "keys" / SIGNING_KEY
    return AuditSettings(
        places,
        key,
        Norms(day_starts=hours[0], day_ends=hours[1]),
        workspace=workspace,
        max_age=timedelta(days=configuration.audit.head_max_age_days),
        tsa_certificate=configuration.audit.tsa_certificate,
    )


def head_advice(configuration: Configuration) -> list[str]:
    """What an administrator should know of the places of heads; empty: all well."""
    return audit_settings(configuration).advice()


def anchor(
    head: bytes, places: Iterable[HeadPlace], stamp_folders: Sequence[Path] = (), certificate: Path | None = None
) -> list[Anchored]:
    """Bring a signed head to every place. A place that fails stops nothing: the others still get it.

    Reading goes on as well: the ledger itself holds, and the next head vouches for what this one would have.
    `stamp_folders`: where the time stamp of an authority is kept; `certificate`: what it rests on.
    """
    bring: dict[str, Callable[[bytes, HeadPlace], str | None]] = {
        "file": _to_folder,
        "command": _to_command,
        "tsa": partial(_to_authority, folders=stamp_folders, certificate=certificate),
    }
    return [Anchored(place, bring[place.kind](head, place)) for place in places]


def _file_name(head: bytes) -> str:
    content = json.loads(head)
    moment = re.sub(r"\D", "", content["at"])
    return f"head-{content['ledger'][:8]}-{content['seq']:010d}-{moment}.json"


def _to_folder(head: bytes, place: HeadPlace) -> str | None:
    return _written(Path(place.target) / _file_name(head), head, place)


def _to_authority(head: bytes, place: HeadPlace, *, folders: Sequence[Path], certificate: Path | None) -> str | None:
    """Ask for a time stamp, and keep it beside the head, which a folder may have already."""
    try:
        stamp = time_stamp(head, place.target, certificate)
    except TimeStampError as error:
        return f"The head of the ledger got NO time stamp of {place} ({error}). {_UNTIL}"
    problems = []
    for folder in folders:
        file = folder / _file_name(head)
        problems += [_written(file, head, place), _written(file.with_suffix(STAMP), stamp, place)]
    return next((problem for problem in problems if problem), None)


def _written(file: Path, content: bytes, place: HeadPlace) -> str | None:
    """Why a file is not there as it should; None when it is. Another time stamp of the same head is as good."""
    try:
        if not file.parent.exists():
            make_directory(file.parent)
        write_file(file, content)
        sync_directory(file.parent)
    except FileExistsError:
        is_same = file.suffix == STAMP or file.read_bytes() == content
        return None if is_same else f"Another head is at {file} already: look into who put it there."
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


def run_published(configuration: Configuration, run_id: str) -> list[str]:
    """Write in the ledger that a run was published, once, and bring the head outside.

    Before the entry go the lines of the Logboek Dataverwerkingen: one for each person in a role whom the run knows and
    each address that it flagged.

    Returns:
        What a person must know, a line each; empty: all well.

    Raises:
        LedgerError: the ledger cannot be written.
    """
    name = f"run:{run_id}"
    settings = audit_settings(configuration)
    with Desk(configuration) as desk:
        written = desk.ledger.entries(action=LedgerAction.RUN_PUBLISHED, object=name)
        # that of the store, with the hash of the run, came before its people could be named
        if all(line.entry.content for line in written):
            entry = Entry(desk.now, RUN_ACTOR, LedgerAction.RUN_PUBLISHED, name, origin=terminal_origin())
            # first the lines: cut off between the two, it is done again
            note_many_subjects(desk.ledger, entry, _subjects(configuration.workspace / "runs" / run_id))
            desk.ledger.write(entry)
        anchored = anchor_head(desk.ledger, settings, now=desk.now)
    return [place.problem for place in anchored if place.problem] + settings.advice()


def _subjects(run: Path) -> dict[SubjectKind, pl.Series]:
    """The ids of the people in a role whom a run knows, and of the addresses that it flagged."""
    parties = pl.scan_parquet(run / "parties.parquet").filter(pl.col("kind") == PartyKind.PERSON.value)
    people = parties.select(pl.col("party_id").unique()).collect()["party_id"]
    flagged = pl.read_parquet(run / "flags.parquet", columns=["address_id"])["address_id"]
    return {SubjectKind.PARTY: people, SubjectKind.ADDRESS: flagged}


def anchor_head(ledger: Ledger, settings: AuditSettings, *, now: datetime) -> list[Anchored]:
    """Sign the head of the ledger and bring it to every place. LedgerError when it cannot be read or signed."""
    head = sign_head(ledger, signing_key(settings.signing_key), now=now)
    return anchor(head, settings.places, settings.folders(), settings.tsa_certificate)
