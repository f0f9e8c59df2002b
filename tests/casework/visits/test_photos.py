"""Photos of visits: where none is made, what they may show, sealed, few, and gone with their case."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from screening.base.vocabulary import Role
from screening.casework.case_errors import ConflictError
from screening.casework.viewer import Viewer
from screening.casework.visits.lists import VisitList, get_visit_list, record_outcome
from screening.casework.visits.photo_intake import MOST_PHOTOS, keep_photo, photo_subjects
from screening.casework.visits.photos import (
    PhotoSubject,
    all_photos,
    case_photos,
    drop_photo,
    forget_photos,
    photo_content,
    refuse_inside,
)
from screening.casework.visits.planning import plan_visits
from screening.casework.visits.words import VisitFormError
from screening.store import Store, Workspace
from screening.store.schema.cases import review_case
from screening.store.schema.runs import dossier_record
from tests.casework.photos import jpeg
from tests.casework.visited import case_id, confirmed_town
from tests.databases import on_sqlite

ANN = Viewer("ann", frozenset({Role.OFFICER, Role.SENSITIVE_REVIEWER}))
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
BOTH = (PhotoSubject.OUTSIDE, PhotoSubject.PREMISES)
GOOD = {"shows": "buiten", "is_checked": True, "allowed": BOTH, "now": NOW}


@pytest.fixture
def town(store: Store, workspace: Workspace) -> Store:
    return confirmed_town(store, workspace)


def walk(town: Store, *numbers: int) -> VisitList:
    return plan_visits(town, ANN, [case_id(n) for n in numbers], for_date=NOW.date(), now=NOW)


def subjects(town: Store, visit_list: VisitList) -> dict[str, tuple[PhotoSubject, ...]]:
    by_visit = photo_subjects(town, visit_list)
    return {stop.address: by_visit[stop.visit_id] for stop in visit_list.stops}


def test_the_inside_is_for_premises_alone_where_nobody_lives_or_sleeps_and_no_known_use_is_none(town: Store) -> None:
    assert (
        subjects(town, walk(town, 3, 9, 12, 15))
        == {
            "Teststraat 03": BOTH[:1],  # a dwelling
            "Teststraat 09": BOTH,
            "Teststraat 12": BOTH[:1],  # a dwelling above a café
            "Teststraat 15": BOTH[:1],
        }
    )


@pytest.mark.parametrize(
    ("uses", "allowed"),
    [
        ("bijeenkomstfunctie|winkelfunctie", BOTH),
        ("logiesfunctie", BOTH[:1]),
        ("winkelfunctie|logiesfunctie", BOTH[:1]),
        ("woonfunctie|winkelfunctie", BOTH[:1]),
        ("", BOTH[:1]),
    ],
)
@on_sqlite
def test_one_use_in_which_somebody_lives_or_sleeps_keeps_the_camera_outside(
    town: Store, uses: str, allowed: tuple[PhotoSubject, ...]
) -> None:
    visit_list = walk(town, 9)
    of_bag = (dossier_record.c.dataset == "bag_adressen", dossier_record.c.key == "N9")
    with town.engine.begin() as connection:
        connection.execute(dossier_record.update().where(*of_bag).values(fields=json.dumps({"gebruiksdoelen": uses})))
    assert subjects(town, visit_list) == {"Teststraat 09": allowed}


def test_on_a_list_with_a_sensitive_case_no_photo_is_made_at_all(town: Store) -> None:
    assert set(subjects(town, walk(town, 6, 9)).values()) == {()}
    visit_list = walk(town, 12)
    with town.engine.begin() as connection:
        connection.execute(review_case.update().where(review_case.c.case_id == case_id(12)).values(sensitive=True))
    assert subjects(town, visit_list) == {"Teststraat 12": ()}


@pytest.mark.parametrize(
    ("dataset", "fields"), [("seksinrichtingen", "{}"), ("handelsregister", '{"afgeschermd": "ja"}')]
)
@on_sqlite
def test_a_record_that_is_sensitive_or_shielded_keeps_the_camera_away(town: Store, dataset: str, fields: str) -> None:
    visit_list = walk(town, 9)
    with town.engine.begin() as connection:
        own = {"run_id": town.last_published().run_id, "address_id": visit_list.stops[0].address_id}
        connection.execute(dossier_record.insert(), own | {"dataset": dataset, "key": "x", "fields": fields})
    assert subjects(town, visit_list) == {"Teststraat 09": ()}


def test_where_nobody_goes_any_more_no_photo_is_made(town: Store) -> None:
    visit_list = walk(town, 9)
    over = replace(visit_list, stops=tuple(replace(stop, is_over=True) for stop in visit_list.stops))
    assert subjects(town, over) == {"Teststraat 09": ()}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"allowed": ()}, "photo_nowhere"),
        ({"shows": "mensen"}, "photo_subject"),
        ({"shows": "bedrijfsruimte", "allowed": BOTH[:1]}, "photo_dwelling"),
        ({"is_checked": False}, "photo_unchecked"),
    ],
)
@on_sqlite
def test_what_may_not_be_is_refused_and_nothing_is_kept(
    town: Store, workspace: Workspace, change: dict, code: str
) -> None:
    (stop,) = walk(town, 9).stops
    with pytest.raises(VisitFormError) as refused:
        keep_photo(workspace, stop, jpeg(), **GOOD | change)
    assert refused.value.code == code
    assert all_photos(workspace) == []


def test_a_photo_is_sealed_bound_to_its_case_kept_once_and_few(town: Store, workspace: Workspace) -> None:
    (stop,) = walk(town, 9).stops
    photo = keep_photo(workspace, stop, jpeg(), **GOOD)
    assert keep_photo(workspace, stop, jpeg(), **GOOD) == photo
    assert case_photos(workspace, stop.case_id) == [photo]
    assert (photo.path.stat().st_mode & 0o777, photo.path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    kept = photo.path.read_bytes()
    assert b"JFIF" not in kept
    assert photo_content(workspace, photo)[:3] == b"\xff\xd8\xff"
    # another case, another name, another key: it opens for nobody
    for changed in (replace(photo, case_id=case_id(3)), replace(photo, path=photo.path.with_name("x"))):
        changed.path.write_bytes(kept)
        assert photo_content(workspace, changed) is None
    photo.path.with_name("x").unlink()
    for colour in range(MOST_PHOTOS - 1):
        keep_photo(workspace, stop, jpeg(colour=colour * 40), **GOOD)
    with pytest.raises(VisitFormError) as refused:
        keep_photo(workspace, stop, jpeg(colour=200), **GOOD)
    assert refused.value.code == "photo_most"
    drop_photo(photo)
    assert photo_content(workspace, photo) is None
    assert len(case_photos(workspace, stop.case_id)) == MOST_PHOTOS - 1


def test_the_inside_waits_until_it_is_recorded_that_somebody_was_let_in(town: Store, workspace: Workspace) -> None:
    visit_list = walk(town, 9)
    (stop,) = visit_list.stops
    inside = GOOD | {"shows": "bedrijfsruimte"}
    with pytest.raises(ConflictError):
        keep_photo(workspace, stop, jpeg(), **inside)
    record_outcome(
        town,
        ANN,
        visit_list.list_id,
        stop.visit_id,
        situatie="toegang_verleend",
        bevindingen=["in_bedrijf"],
        note="",
        visited_on=NOW.date(),
        replaces=None,
        now=NOW,
    )
    (stop,) = get_visit_list(town, ANN, visit_list.list_id).stops
    refuse_inside(workspace, stop, "niemand_aanwezig")
    keep_photo(workspace, stop, jpeg(), **inside)
    refuse_inside(workspace, stop, "toegang_verleend")
    with pytest.raises(VisitFormError) as refused:
        refuse_inside(workspace, stop, "niemand_aanwezig")
    assert refused.value.code == "photo_inside_kept"


def test_photos_go_with_their_case(town: Store, workspace: Workspace) -> None:
    first, second = walk(town, 9, 12).stops
    for stop in (first, second):
        keep_photo(workspace, stop, jpeg(), **GOOD)
    forget_photos(town, workspace)
    assert len(all_photos(workspace)) == 2
    gone = replace(all_photos(workspace)[0], case_id="f" * 16)
    folder = workspace.path / "photos" / gone.case_id
    folder.mkdir()
    gone.path.rename(folder / gone.path.name)
    forget_photos(town, workspace)
    assert [photo.case_id for photo in all_photos(workspace)] == [second.case_id]
    assert not folder.exists()
