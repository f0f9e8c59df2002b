"""Photos of visits: of an outside or of business premises, sealed in the workspace, with a term of their own.

They lie in `photos/`, a folder a case (0700, files 0600), each sealed under a key of the workspace and bound to its
case and name; the name says of which visit, of what and since when. No backup has them: what was seen stands in words
too. None is of the inside where somebody lives or lodges, and none is made at a sensitive or shielded address.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

import sqlalchemy as sa

from screening.casework.visits.findings import LET_IN
from screening.casework.visits.lists import Stop
from screening.casework.visits.words import VisitFormError
from screening.store.engine import guarded
from screening.store.files import remove
from screening.store.schema.cases import review_case
from screening.store.sealing import unsealed
from screening.store.store import Store
from screening.store.workspace import Workspace

FOLDER = "photos"
_NAME = re.compile(
    r"(?P<visit_id>[0-9a-f]{16})-(?P<photo_id>[0-9a-f]{16})-(?P<shows>buiten|bedrijfsruimte)-(?P<day>\d{8})\.sealed"
)


class PhotoSubject(StrEnum):
    """What a photo shows."""

    OUTSIDE = "buiten"
    PREMISES = "bedrijfsruimte"


@dataclass(frozen=True)
class VisitPhoto:
    """A photo that is kept. `photo_id`: of the picture at this visit; `kept_on`: the day on which it came in."""

    case_id: str
    visit_id: str
    photo_id: str
    shows: PhotoSubject
    kept_on: date
    path: Path


def refuse_inside(workspace: Workspace | None, stop: Stop, situatie: str) -> None:
    """Raise VisitFormError where photos of the inside are kept and it is recorded that nobody was let in."""
    inside = [photo for photo in case_photos(workspace, stop.case_id) if photo.shows == PhotoSubject.PREMISES]
    if situatie != LET_IN and any(photo.visit_id == stop.visit_id for photo in inside):
        raise VisitFormError("photo_inside_kept", "situatie", "Remove the photos of the inside first.")


def case_photos(workspace: Workspace | None, case_id: str) -> list[VisitPhoto]:
    """Return the photos of the visits of a case, by visit and day."""
    return [] if workspace is None else sorted(_photos_in(workspace.path / FOLDER / case_id), key=_order)


def all_photos(workspace: Workspace) -> list[VisitPhoto]:
    """Return the photos of every case."""
    folder = workspace.path / FOLDER
    folders = sorted(folder.iterdir()) if folder.is_dir() else []
    return [photo for of_case in folders for photo in sorted(_photos_in(of_case), key=_order)]


def photo_content(workspace: Workspace, photo: VisitPhoto) -> bytes | None:
    """Return the picture; None where it is gone, or was sealed under another key or name."""
    with suppress(OSError):
        return unsealed(workspace.photo_key(), photo.path.read_bytes(), f"{photo.case_id}/{photo.path.name}")
    return None


def drop_photo(photo: VisitPhoto) -> None:
    """Take a photo away; the folder of its case too when it was the last one."""
    remove(photo.path)
    with suppress(OSError):  # others are there
        photo.path.parent.rmdir()


def forget_photos(store: Store, workspace: Workspace) -> None:
    """Take away the photos of cases that are gone."""
    with guarded("reading cases"), store.engine.connect() as connection:
        case_ids = set(connection.scalars(sa.select(review_case.c.case_id)))
    for photo in all_photos(workspace):
        if photo.case_id not in case_ids:
            drop_photo(photo)


def _photos_in(folder: Path) -> Iterator[VisitPhoto]:
    with suppress(FileNotFoundError):
        for path in folder.iterdir():
            if parts := _NAME.fullmatch(path.name):
                day = datetime.strptime(parts["day"], "%Y%m%d").date()  # noqa: DTZ007 - a day has no zone
                shows = PhotoSubject(parts["shows"])
                yield VisitPhoto(folder.name, parts["visit_id"], parts["photo_id"], shows, day, path)


def _order(photo: VisitPhoto) -> tuple[str, date, str]:
    return photo.visit_id, photo.kept_on, photo.photo_id
