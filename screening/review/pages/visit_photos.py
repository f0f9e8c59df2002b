"""Photos of a visit: sent in by the page or phone of who was there, shown to who may read what was found, taken away.

The picture was cropped and blurred in the browser before it came here: there is no form without the script for it.
"""

from __future__ import annotations

from starlette.responses import Response

from screening.base.vocabulary import LedgerAction
from screening.casework.case_errors import ConflictError
from screening.casework.viewer import CASE_ROLES
from screening.casework.visits.case_visits import case_visits
from screening.casework.visits.photo_intake import keep_photo, photo_subjects
from screening.casework.visits.photos import VisitPhoto, case_photos, drop_photo, photo_content
from screening.casework.visits.picture import MOST_PHOTO_BYTES
from screening.casework.visits.words import VisitFormError
from screening.review.page import Page
from screening.review.pages.visits import HOME, form_errors, require_stop
from screening.review.pages_registry import Pages

router = Pages()

_OF_STOP = f"{HOME}/{{list_id}}/halte/{{visit_id}}/foto"


@router.page("POST", _OF_STOP, may=CASE_ROLES, reads="visit", most_document_bytes=MOST_PHOTO_BYTES)
def send_photo(page: Page, list_id: str, visit_id: str) -> Response:
    """Keep a photo. The answer is a status: what is not taken stays where it was made."""
    visit_list, stop = require_stop(page, list_id, visit_id)
    workspace = page.require(page.settings.workspace)
    try:
        with page.logged(LedgerAction.VISIT, f"visit:{visit_id}", case=stop.case_id, purpose=page.purpose()):
            keep_photo(
                workspace,
                stop,
                page.form.document,
                shows=page.form.get("toont", ""),
                is_checked=page.form.get("gezien") == "ja",
                allowed=photo_subjects(page.store, visit_list)[visit_id],
                now=page.now,
            )
    except VisitFormError as error:
        return Response("".join(form_errors(page, error).values()), 422, media_type="text/plain")
    except ConflictError:
        return Response(page.t("visits.photo.later"), 409, media_type="text/plain")
    return Response(status_code=204)


@router.page("GET", f"{_OF_STOP}/{{photo_id}}", may=CASE_ROLES, reads="visit")
def show_own_photo(page: Page, list_id: str, visit_id: str, photo_id: str) -> Response:
    """Show a photo to who was there."""
    _, stop = require_stop(page, list_id, visit_id)
    photo = _photo(page, stop.case_id, {visit_id}, photo_id)
    page.log(LedgerAction.READ_VISIT, f"photo:{photo_id}", case=stop.case_id, purpose=page.purpose())
    return _picture(page, photo)


@router.page("POST", f"{_OF_STOP}/{{photo_id}}/weg", may=CASE_ROLES, reads="visit")
def remove_photo(page: Page, list_id: str, visit_id: str, photo_id: str) -> Response:
    """Take a photo away that shows what it should not."""
    _, stop = require_stop(page, list_id, visit_id)
    photo = _photo(page, stop.case_id, {visit_id}, photo_id)
    with page.logged(LedgerAction.VISIT, f"photo:{photo_id}", case=stop.case_id, purpose=page.purpose()):
        drop_photo(photo)
    return page.redirect(f"{HOME}/{list_id}/halte/{visit_id}", flash="visits.photo.removed")


@router.page("GET", "/zaken/{case_id}/bezoekfoto/{photo_id}", may=CASE_ROLES, reads="visit", case="case_id")
def show_photo_of_case(page: Page, case_id: str, photo_id: str) -> Response:
    """Show a photo to who may read what was found at the visits of a case: after the own reading."""
    page.require_case(case_id)
    visits = {visit.visit_id for visit in case_visits(page.store, page.viewer, case_id)}
    photo = _photo(page, case_id, visits, photo_id)
    page.read_object = f"photo:{photo_id}"
    return _picture(page, photo)


def _photo(page: Page, case_id: str, visits: set[str], photo_id: str) -> VisitPhoto:
    photos = {
        photo.photo_id: photo for photo in case_photos(page.settings.workspace, case_id) if photo.visit_id in visits
    }
    return page.require(photos.get(photo_id))


def _picture(page: Page, photo: VisitPhoto) -> Response:
    content = page.require(photo_content(page.require(page.settings.workspace), photo))
    return page.file(content, "image/jpeg", "foto.jpg", inline=True)
