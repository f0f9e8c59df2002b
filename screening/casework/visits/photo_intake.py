"""Take a photo of a visit in: what it may show where, written anew, and sealed.

Apart from what shows and erases photos: a night needs no decoder of pictures.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

import sqlalchemy as sa

from screening.base.civil_time import day_of
from screening.base.datasets import datasets
from screening.base.frames import Row
from screening.casework.case_errors import ConflictError
from screening.casework.cases.sensitive import is_sensitive
from screening.casework.visits.findings import LET_IN
from screening.casework.visits.lists import Stop, VisitList
from screening.casework.visits.photos import FOLDER, PhotoSubject, VisitPhoto, case_photos
from screening.casework.visits.picture import cleaned_photo
from screening.casework.visits.words import VisitFormError
from screening.store.engine import guarded
from screening.store.files import make_directory, sha256_of, sync_directory, write_file
from screening.store.schema.cases import review_case
from screening.store.schema.runs import dossier_record
from screening.store.sealing import sealed
from screening.store.store import Store
from screening.store.workspace import Workspace

#: So many of one visit: enough for a front and a room, too few for a survey of what somebody does.
MOST_PHOTOS = 3
#: Uses of the BAG in which somebody lives or sleeps, also beside another use.
_LIVED_IN = frozenset({"woonfunctie", "logiesfunctie"})


def photo_subjects(store: Store, visit_list: VisitList) -> Mapping[str, tuple[PhotoSubject, ...]]:
    """Return by visit what may be on a photo of it; empty: no photo is made there.

    None on a list that holds a sensitive case: a stop without photos among others with them would tell which it is.
    The inside only where the BAG has a use, and none in which somebody lives or sleeps: a register does not say which
    room of a mixed building is whose.
    """
    addresses = [stop.address_id for stop in visit_list.stops]
    of_list = review_case.c.case_id.in_([stop.case_id for stop in visit_list.stops])
    last = store.last_published()
    with guarded("reading the cases of a list"), store.engine.connect() as connection:
        rows = connection.execute(sa.select(review_case.c.run_id, review_case.c.sensitive).where(of_list)).all()
        run_ids = {row.run_id for row in rows} | ({last.run_id} if last else set())
        sensitive = sa.select(sa.literal(1)).where(of_list)
        by_now = [
            connection.scalar(sensitive.where(is_sensitive(run_id, review_case.c.address_id)).limit(1))
            for run_id in run_ids
        ]
    if visit_list.sensitive or any(row.sensitive for row in rows) or any(by_now):
        return {stop.visit_id: () for stop in visit_list.stops}
    records: dict[str, list[Row]] = {address_id: [] for address_id in addresses}
    for run_id in run_ids:
        for record in store.dossier_rows(dossier_record, run_id, addresses):
            records[str(record["address_id"])].append(record)
    return {stop.visit_id: _subjects(records[stop.address_id]) if stop.is_walked else () for stop in visit_list.stops}


def _subjects(records: Collection[Row]) -> tuple[PhotoSubject, ...]:
    if any(datasets()[row["dataset"]].is_shielded(row["fields"]) for row in records):
        return ()
    of_bag = [str(row["fields"].get("gebruiksdoelen") or "") for row in records if row["dataset"] == "bag_adressen"]
    # by every run that is asked: one that lacks the use, or has dwelling or lodging in it, keeps the camera outside
    is_business = bool(of_bag) and all(uses and _LIVED_IN.isdisjoint(uses.split("|")) for uses in of_bag)
    return (PhotoSubject.OUTSIDE, PhotoSubject.PREMISES) if is_business else (PhotoSubject.OUTSIDE,)


def keep_photo(
    workspace: Workspace,
    stop: Stop,
    data: bytes,
    *,
    shows: str,
    is_checked: bool,
    allowed: Collection[PhotoSubject],
    now: datetime,
) -> VisitPhoto:
    """Keep a photo of a stop, written anew. The same photo once more is no second one: a phone sends again.

    Args:
        workspace: where it is kept, and whose key seals it.
        stop: of which visit.
        data: the picture as it was sent, cropped and blurred.
        shows: a word of PhotoSubject.
        is_checked: whether its maker ticked that no people, plates, papers or bell names are on it.
        allowed: what may be on a photo of this visit (`photo_subjects`).
        now: the moment.

    Raises:
        VisitFormError: no photo may be made here of this, the box is not ticked, it cannot be read, or there are
            MOST_PHOTOS already.
        ConflictError: a photo of the inside before it was recorded that the visitor was let in.
    """
    if not allowed:
        raise VisitFormError("photo_nowhere", "photo", "No photos are made at this address.")
    if shows not in set(PhotoSubject):
        raise VisitFormError("photo_subject", "photo", "Choose what the photo shows.")
    if shows not in allowed:
        raise VisitFormError("photo_dwelling", "photo", "No photo is made inside where somebody lives or sleeps.")
    if not is_checked:
        raise VisitFormError("photo_unchecked", "photo", "Tick that the photo shows nobody.")
    if shows == PhotoSubject.PREMISES and (stop.outcome is None or stop.outcome.situatie != LET_IN):
        raise ConflictError("First record that you were let in.")
    clean = cleaned_photo(data)
    photo_id = sha256_of(f"{stop.case_id}/{stop.visit_id}/".encode() + clean)[:16]
    folder = workspace.path / FOLDER / stop.case_id
    kept = [photo for photo in case_photos(workspace, stop.case_id) if photo.visit_id == stop.visit_id]
    for photo in kept:
        if photo.photo_id == photo_id:
            return photo
    if len(kept) >= MOST_PHOTOS:
        raise VisitFormError("photo_most", "photo", "There are as many photos as may be.", str(MOST_PHOTOS))
    name = f"{stop.visit_id}-{photo_id}-{shows}-{day_of(now):%Y%m%d}.sealed"
    make_directory(folder.parent)
    make_directory(folder)
    write_file(folder / name, sealed(workspace.photo_key(), clean, f"{stop.case_id}/{name}"))
    sync_directory(folder)
    return VisitPhoto(stop.case_id, stop.visit_id, photo_id, PhotoSubject(shows), day_of(now), folder / name)
