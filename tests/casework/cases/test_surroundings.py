"""What surrounds the address of a case: the network as the run stored it, and the map around it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from screening.base.frames import PLACES, PLACES_FILE
from screening.casework.cases.case import material
from screening.casework.cases.surroundings import SURROUNDINGS, lies_within, ring_of, surroundings
from screening.matching.addresses.places import cells_around
from screening.rights.objections import decide_request, register_request
from screening.store import Store, Workspace, publish
from screening.store.bundle import NETWORK
from tests.casework.caseload import ELSEWHERE, NOW, case_of, night, published
from tests.store.bundles import address

X, Y = 181_653.0, 449_755.0
SQUARE = "181650 449750,181660 449750,181660 449760,181650 449760"
BAG = {
    "dataset": "bag_adressen",
    "fields": {
        "straatnaam": "Kamillehof",
        "huisnummer": "66",
        "huisletter": "a",
        "huisnummertoevoeging": "2",
        "gebruiksdoelen": "winkelfunctie|woonfunctie",
        "status": "in gebruik",
        "rd_x": str(X),
        "rd_y": str(Y),
    },
}


def test_a_dossier_has_the_network_that_its_run_found(sqlite_store: Store, workspace: Workspace) -> None:
    published(sqlite_store, workspace, flags=[1], drawn=[7])
    networks = [material(sqlite_store, case_of(sqlite_store, n)).network for n in (1, 7)]
    assert set(networks[0].columns) == set(NETWORK) - {"address_id"}
    flagged, drawn = (network.drop("mention").write_json() for network in networks)
    assert flagged == drawn
    assert networks[0]["name"].to_list() == ["Café Elders"]


def test_an_address_that_an_objection_keeps_out_leaves_the_networks_of_others_at_once(
    sqlite_store: Store, workspace: Workspace
) -> None:
    published(sqlite_store, workspace, flags=[1])
    request = register_request(
        sqlite_store,
        "objection",
        address_id=address(ELSEWHERE),
        by="rita",
        now=NOW,
        case_file="Z-2026-00123",
        received_on=date(2026, 11, 1),
    )
    assert material(sqlite_store, case_of(sqlite_store, 1)).network.height == 1
    decide_request(sqlite_store, request.objection_id, "upheld", by="otto", now=NOW)
    assert material(sqlite_store, case_of(sqlite_store, 1)).network.is_empty()


def mapped(store: Store, workspace: Workspace, *places: tuple[str, str, float, float, str | None]) -> pl.DataFrame:
    """SURROUNDINGS of the object "own" in a town of these: id, number, metres east and north of it, outline."""
    rows = [
        {
            "address_id": name,
            "place": f"Kamillehof {number}",
            "house_number": number,
            "rd_x": X + east,
            "rd_y": Y + north,
            "outline": outline,
            "cell": cells_around(X + east, Y + north, 0)[0][0],
        }
        for name, number, east, north, outline in places
    ]
    run = night(flags=[1])
    publish(store, workspace, replace(run, frames={**run.frames, PLACES_FILE: pl.DataFrame(rows, schema=PLACES)}))
    return surroundings(store, workspace, "own", [BAG])


def test_the_map_has_the_address_first_and_its_neighbours_by_distance(
    sqlite_store: Store, workspace: Workspace
) -> None:
    frame = mapped(
        sqlite_store,
        workspace,
        ("own", "66a-2", 0, 0, None),
        ("far", "90", 76, 0, None),
        ("b", "70", 40, 0, None),
        ("c", "68", 12, 9, None),
    )
    assert dict(frame.schema) == SURROUNDINGS
    assert frame["house_number"].to_list() == ["66a-2", "68", "70"]
    assert frame.row(0, named=True) == {
        "is_own": True,
        "place": "Kamillehof 66a-2",
        "house_number": "66a-2",
        "uses": ["winkelfunctie", "woonfunctie"],
        "status": "in gebruik",
        "rd_x": X,
        "rd_y": Y,
        "outline": [],
    }


def test_flats_on_one_point_are_one_place(sqlite_store: Store, workspace: Workspace) -> None:
    flats = [(f"f{n}", f"7{n}", 20.0, 0.0, None) for n in range(4)]
    frame = mapped(sqlite_store, workspace, *flats)
    assert frame["house_number"].to_list() == ["66a-2", "70 – 73"]


def test_the_building_around_the_address_is_drawn_once_as_its_own(sqlite_store: Store, workspace: Workspace) -> None:
    other = "181700 449750,181710 449750,181710 449760"
    frame = mapped(
        sqlite_store,
        workspace,
        ("upstairs", "66b", 1, 1, SQUARE),
        ("own", "66a-2", 0, 0, None),
        ("b", "70", 52, 2, other),
    )
    assert [len(outline) for outline in frame["outline"]] == [4, 0, 3]


def test_a_long_building_is_drawn_although_its_outline_stands_on_an_address_farther_on(
    sqlite_store: Store, workspace: Workspace
) -> None:
    around = "181640 449740,181800 449740,181800 449770,181640 449770"
    beside = "181700 449780,181800 449780,181800 449790"
    away = "181790 449700,181800 449700,181800 449710"
    frame = mapped(
        sqlite_store, workspace, ("a", "1", 140, 0, around), ("b", "3", 140, 30, beside), ("c", "5", 140, -50, away)
    )
    assert [len(outline) for outline in frame["outline"]] == [4, 0, 3]
    assert frame["house_number"].to_list() == ["66a-2", "1", "3"]


def test_without_a_workspace_or_a_point_the_map_is_what_is_known(sqlite_store: Store, workspace: Workspace) -> None:
    assert surroundings(sqlite_store, None, "own", [BAG])["is_own"].to_list() == [True]
    pointless = {"dataset": "bag_adressen", "fields": {**BAG["fields"], "rd_x": None}}
    assert surroundings(sqlite_store, workspace, "own", [pointless]).is_empty()


@pytest.mark.parametrize(
    ("x", "y", "is_inside"),
    [(5.0, 1.0, True), (5.0, 6.0, False), (1.0, 6.0, True), (-1.0, 1.0, False), (11.0, 1.0, False)],
)
def test_a_point_lies_within_an_outline_with_a_notch(x: float, y: float, is_inside: bool) -> None:
    assert lies_within(ring_of("0 0,10 0,10 8,8 8,8 2,3 2,3 8,0 8"), x, y) == is_inside
