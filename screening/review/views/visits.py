"""How a visit is told: in the dossier, on a walking list, and beside a form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from screening.casework.acts.acts import known_decided
from screening.casework.cases.independence import has_judged
from screening.casework.visits.case_visits import CaseVisit, case_visits
from screening.casework.visits.findings import FINDINGS, SITUATIONS, detail_lines
from screening.casework.visits.lists import Stop, VisitOutcome, get_visit_list
from screening.casework.visits.photos import VisitPhoto, case_photos
from screening.review.i18n import in_language
from screening.review.page import Page
from screening.store.access.accounts import names


@dataclass(frozen=True)
class PhotoView:
    """A photo as a page offers it: what it shows, and the address of the picture."""

    photo_id: str
    shows: str
    path: str


@dataclass(frozen=True)
class VisitView:
    """A visit of a case as a page tells it. `by` and `companion` are names; `lines`: (label, value) of what was found.

    `list_id`: of the walking list, for somebody who may open it. `visited_on` is None as long as nothing was recorded.
    """

    for_date: date
    visited_on: date | None
    by: str
    companion: str | None
    situation: str
    findings: tuple[str, ...]
    lines: tuple[tuple[str, str], ...]
    note: str
    list_id: str | None
    photos: tuple[PhotoView, ...]


def visit_views(page: Page, case_id: str) -> list[VisitView]:
    """The visits of a case that this viewer may know of: none before the own reading (`case_visits`).

    Who looked first stays unnamed until the viewer judged, but for a visit where they were: it tells who reads the case
    as well. A list is a link where it opens.
    """
    visits = case_visits(page.store, page.viewer, case_id)
    people = {account for visit in visits for account in _people(visit)}
    by_account = {account: account for account in people} | names(page.store, people)
    unnamed = dict.fromkeys(people, page.t("visits.case.a_colleague"))
    may_know = _may_know_people(page, case_id)
    photos = [
        (photo.visit_id, _photo_view(page, photo, f"/zaken/{case_id}/bezoekfoto/"))
        for photo in case_photos(page.settings.workspace, case_id)
    ]
    return [
        _view(
            page,
            visit,
            by_account if may_know or page.viewer.account in _people(visit) else unnamed,
            tuple(photo for visit_id, photo in photos if visit_id == visit.visit_id),
        )
        for visit in visits
    ]


def _may_know_people(page: Page, case_id: str) -> bool:
    """Whether the viewer may know who was at an address: of a decided case, or after the own judgement."""
    return has_judged(page.store, page.viewer, case_id) or bool(known_decided(page.store, page.viewer, [case_id]))


def photos_of_stop(page: Page, list_id: str, stop: Stop) -> list[PhotoView]:
    """The photos that were sent of a stop, for who was there."""
    return [
        _photo_view(page, photo, f"/bezoeken/{list_id}/halte/{stop.visit_id}/foto/")
        for photo in case_photos(page.settings.workspace, stop.case_id)
        if photo.visit_id == stop.visit_id
    ]


def _photo_view(page: Page, photo: VisitPhoto, folder: str) -> PhotoView:
    return PhotoView(photo.photo_id, page.t(f"visits.photo.shows.{photo.shows}"), folder + photo.photo_id)


def outcome_sentence(outcome: VisitOutcome, language: str) -> str:
    """What was found, in one line: "Toegang gekregen; In bedrijf; Aantal kamers in gebruik: 4"."""
    parts = [in_language(SITUATIONS, language)[outcome.situatie]]
    parts += [in_language(FINDINGS, language)[code] for code in outcome.bevindingen]
    parts += [f"{label}: {value}" for label, value in detail_lines(outcome.details, language)]
    return "; ".join(parts)


def _people(visit: CaseVisit) -> set[str]:
    recorded_by = visit.outcome.recorded_by if visit.outcome else None
    return {account for account in (visit.made_by, visit.companion, recorded_by) if account}


def _view(page: Page, visit: CaseVisit, people: dict[str, str], photos: tuple[PhotoView, ...]) -> VisitView:
    outcome = visit.outcome
    by = people[outcome.recorded_by if outcome else visit.made_by]
    others = {people[account] for account in (visit.made_by, visit.companion) if account} - {by}
    return VisitView(
        for_date=visit.for_date,
        visited_on=outcome.visited_on if outcome else None,
        by=by,
        companion=", ".join(sorted(others)) or None,
        situation=in_language(SITUATIONS, page.lang)[outcome.situatie] if outcome else "",
        findings=tuple(in_language(FINDINGS, page.lang)[code] for code in outcome.bevindingen) if outcome else (),
        lines=tuple(detail_lines(outcome.details, page.lang)) if outcome else (),
        note=outcome.note if outcome else "",
        list_id=visit.list_id if get_visit_list(page.store, page.viewer, visit.list_id) else None,
        photos=photos,
    )
