"""The attachments of signals: taken in from an officer, written anew without metadata, and kept until they are erased.

They lie in the workspace (`attachments/`, 0700, a folder a case, files 0600), named by their hash and number of pages,
sealed under a key of the workspace and bound to their case and name. The hash stands in the content of the signal: so
an approval of the signal is one of its attachments. No backup has them: where one is gone, its signal does not leave
until it is prepared again. They go with every erasure, once no content names them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from screening.partners.signal.signal import Signal
from screening.store import Workspace
from screening.store.engine import guarded
from screening.store.files import sha256_of
from screening.store.schema.cases import review_case
from screening.store.schema.partners import ERASED, riec_content, riec_event, riec_signal
from screening.store.sealing import unsealed
from screening.store.store import Store

#: An attachment that no signal names yet stays so long: whoever prepares it goes on tomorrow.
_UNNAMED = timedelta(days=14)


@dataclass(frozen=True)
class KeptAttachment:
    """A document that is kept for a case, as it would leave."""

    sha256: str
    bytes: int
    pages: int
    path: Path


def kept_attachments(workspace: Workspace | None, case_id: str) -> dict[str, KeptAttachment]:
    """By its hash: each attachment that is kept for a case, and whole."""
    if workspace is None:
        return {}
    return {kept.sha256: kept for path in _paths(workspace, case_id) if (kept := _whole(workspace, path)) is not None}


def attachment_content(workspace: Workspace, case_id: str, digest: str) -> bytes | None:
    """The document with this hash; None where it is gone or is another one by now."""
    for path in (attachment_folder(workspace) / case_id).glob(f"{digest}-*"):
        content = _opened(workspace, path)
        if content is not None and sha256_of(content) == digest:
            return content
    return None


def attachments_of(workspace: Workspace, case_id: str, signal: Signal) -> dict[str, bytes] | None:
    """By its name in a batch: each attachment of a signal; None where one is gone."""
    files = {
        attachment.bestand: attachment_content(workspace, case_id, attachment.sha256)
        for attachment in signal.bijlagen or ()
    }
    whole = {name: content for name, content in files.items() if content is not None}
    return whole if len(whole) == len(files) else None


def forget_attachments(store: Store, workspace: Workspace, *, now: datetime) -> None:
    """Take away every attachment that no content of a signal names.

    One that was brought in lately stays, for who prepares the signal goes on tomorrow; not where its case is gone or a
    content of the case was erased.
    """
    erased = sa.select(riec_signal.c.case_id).join(riec_event, riec_event.c.riec_id == riec_signal.c.id)
    erased = erased.where(riec_event.c.kind == ERASED)
    query = sa.select(riec_signal.c.case_id, riec_content.c.content).join(
        riec_signal, riec_signal.c.id == riec_content.c.riec_id
    )
    with guarded("reading the signals"), store.engine.connect() as connection:
        named = {
            (row.case_id, attachment["sha256"])
            for row in connection.execute(query)
            for attachment in json.loads(row.content).get("bijlagen") or ()
        }
        open_cases = set(connection.scalars(sa.select(review_case.c.case_id))) - set(connection.scalars(erased))
    for folder in attachment_folder(workspace).iterdir() if attachment_folder(workspace).is_dir() else ():
        for path in list(folder.iterdir()):
            is_new = folder.name in open_cases and path.stat().st_mtime > (now - _UNNAMED).timestamp()
            if (folder.name, _digest_of(path)) not in named and not is_new:
                path.unlink(missing_ok=True)
        with suppress(OSError):  # the last one is gone
            folder.rmdir()


def _paths(workspace: Workspace, case_id: str) -> Iterator[Path]:
    with suppress(FileNotFoundError):
        yield from sorted((attachment_folder(workspace) / case_id).iterdir())


def _whole(workspace: Workspace, path: Path) -> KeptAttachment | None:
    content = _opened(workspace, path)
    digest, _, pages = path.stem.partition("-")
    is_whole = content is not None and sha256_of(content) == digest
    return KeptAttachment(digest, len(content or b""), int(pages), path) if is_whole else None


def _opened(workspace: Workspace, path: Path) -> bytes | None:
    """The document of a file; None where it is gone, or was sealed under another key or for another place."""
    with suppress(OSError):
        return unsealed(workspace.attachment_key(), path.read_bytes(), attachment_place(path))
    return None


def attachment_place(path: Path) -> str:
    """What the document of a file is bound to: its case and its name."""
    return f"{path.parent.name}/{path.name}"


def _digest_of(path: Path) -> str:
    return path.stem.partition("-")[0]


def attachment_folder(workspace: Workspace) -> Path:
    """The folder of the attachments of all cases."""
    return workspace.path / "attachments"
