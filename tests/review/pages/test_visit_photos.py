"""Photos of visits: kept for who was there, refused where none may be, each look in the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from screening.base.vocabulary import LedgerAction, Role
from screening.casework.viewer import Viewer
from screening.casework.visits.lists import get_visit_list
from screening.casework.visits.photos import all_photos, case_photos, photo_content
from screening.store import Workspace
from tests.casework.photos import jpeg
from tests.casework.visited import case_id
from tests.review.conftest import Review, review_on
from tests.review.pages.officers import words
from tests.review.pages.photos_sent import sent_photo
from tests.review.pages.test_visits import fill, make, stops


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Review]:
    """The application on confirmed cases along a street."""
    with review_on(fill(Workspace(tmp_path / "street"))) as made:
        yield made


def test_a_photo_is_kept_shown_to_who_was_there_and_taken_away_each_in_the_ledger(street: Review) -> None:
    ann, ben = street.client(Role.OFFICER, account="ann"), street.client(Role.OFFICER, account="ben")
    list_id = make(ann, 9, collega="ben")
    at = f"/bezoeken/{list_id}/halte/{stops(ann, list_id)[0]}"
    assert sent_photo(ann, at, jpeg((2000, 1000))) == 204
    assert sent_photo(ann, at, jpeg((2000, 1000))) == 204, "an answer that was lost is no second photo"
    (photo,) = case_photos(street.settings.workspace, case_id(9))
    path = f"{at}/foto/{photo.photo_id}"
    assert f'src="{path}"' in ben.get(at).text
    before = street.ledger.entries()[-1].seq
    assert "Verwijder deze foto (1 van 1)" in words(ben.get(at).text)
    shown = ben.get(path)
    assert shown.content == photo_content(street.settings.workspace, photo)
    assert shown.headers["content-type"] == "image/jpeg"
    assert shown.headers["cache-control"] == "no-store"
    assert shown.headers["x-content-type-options"] == "nosniff"
    read = {(one.entry.action, one.entry.object, one.entry.case) for one in street.ledger.entries(after=before)}
    assert (LedgerAction.READ_VISIT, f"photo:{photo.photo_id}", case_id(9)) in read
    assert street.client(Role.OFFICER, account="carl").get(path).status_code == 404
    assert ann.send_form(f"{path}/weg").headers["location"] == at
    assert ben.get(path).status_code == 404
    assert case_photos(street.settings.workspace, case_id(9)) == []
    done = [one.entry.object for one in street.ledger.entries() if one.entry.action == LedgerAction.VISIT]
    assert done[-1] == f"photo:{photo.photo_id}"


def test_a_photo_that_may_not_be_is_refused_and_kept_nowhere(street: Review) -> None:
    client = street.client(Role.OFFICER, Role.SENSITIVE_REVIEWER)
    list_id, sensitive = make(client, 3, 9), make(client, 6, 12)
    walks = get_visit_list(
        street.store, Viewer(client.account, frozenset({Role.OFFICER, Role.SENSITIVE_REVIEWER})), list_id
    ).stops
    at = {stop.address: f"/bezoeken/{list_id}/halte/{stop.visit_id}" for stop in walks}
    assert sent_photo(client, at["Teststraat 03"], jpeg(), toont="bedrijfsruimte") == 422, "a dwelling"
    assert sent_photo(client, at["Teststraat 09"], jpeg(), toont="bedrijfsruimte") == 409, "nobody was let in yet"
    assert sent_photo(client, at["Teststraat 09"], jpeg(), gezien="") == 422
    assert sent_photo(client, at["Teststraat 09"], b"<svg/>") == 422
    assert sent_photo(client, at["Teststraat 09"], bytes(3 * 1024 * 1024)) in {413, 422}
    for visit in stops(client, sensitive):
        assert sent_photo(client, f"/bezoeken/{sensitive}/halte/{visit}", jpeg()) == 422
        assert "data-v-photo=" not in client.get(f"/bezoeken/{sensitive}/halte/{visit}").text
    assert "data-v-photo=" not in client.get(f"/bezoeken/onderweg/{sensitive}").text
    assert all_photos(street.settings.workspace) == []
    assert 'data-v-may="buiten"' in client.get(at["Teststraat 03"]).text
    assert 'data-v-may="buiten bedrijfsruimte"' in client.get(at["Teststraat 09"]).text
    # a visit from outside goes with no photo of the inside
    day = {"dag": "2026-11-02"}
    client.send_form(at["Teststraat 09"], day | {"situatie": "toegang_verleend", "bevinding": "in_bedrijf"})
    assert sent_photo(client, at["Teststraat 09"], jpeg(), toont="bedrijfsruimte") == 204
    back = client.send_form(at["Teststraat 09"], day | {"situatie": "niemand_aanwezig", "vervangt": "1"})
    assert "Er zijn foto's van binnen." in unescape(back.text)


def test_the_camera_is_for_the_pages_of_a_visit_alone(street: Review) -> None:
    client = street.client(Role.OFFICER)
    list_id = make(client, 9)
    for path, allowed in (
        (f"/bezoeken/{list_id}/halte/{stops(client, list_id)[0]}", "camera=(self)"),
        (f"/bezoeken/onderweg/{list_id}", "camera=(self)"),
        (f"/bezoeken/{list_id}", "camera=()"),
        ("/bezoeken", "camera=()"),
    ):
        assert allowed in client.get(path).headers["permissions-policy"], path
