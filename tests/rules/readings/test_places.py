"""Where a record without an object could stand, and where it stands for sure not."""

from __future__ import annotations

import polars as pl
import pytest

from screening.base.vocabulary import AddressNote
from screening.rules import Tables, readings


def _places(permit: dict, register: list[dict] | None = None) -> set[tuple[str | None, bool]]:
    """The objects of one permit, each with whether it stands there for sure."""
    schema = {"address_id": pl.String, "candidates": pl.List(pl.String), "candidate_id": pl.String}
    frame = pl.DataFrame([{"key": "Z-1", **permit}], schema_overrides=schema)
    frames = {"vergunningen": frame}
    if register is not None:
        frames["handelsregister"] = pl.DataFrame(register)
    rows = readings.wherever_it_could_stand(Tables(frames), "vergunningen").collect()
    return set(rows.select("address_id", "is_placed").iter_rows())


REGISTER = [
    {"key": "r1", "kvk_nummer": "11", "vestigingsnummer": "101", "address_id": "o1"},
    {"key": "r2", "kvk_nummer": "11", "vestigingsnummer": "102", "address_id": "o2"},
    {"key": "r3", "kvk_nummer": "33", "vestigingsnummer": "303", "address_id": "o3"},
]


def test_a_resolved_record_stands_at_its_object_and_nowhere_else():
    assert _places({"address_id": "o9", "candidates": ["o1"], "kvk_nummer": "11"}, REGISTER) == {("o9", True)}


def test_an_unresolved_one_could_stand_wherever_its_address_may_mean():
    permit = {"address_id": None, "candidates": ["o1", "o2"], "candidate_id": "o4"}
    assert _places(permit) == {(None, False), ("o1", False), ("o2", False), ("o4", False)}


@pytest.mark.parametrize(
    ("numbers", "objects"),
    [
        ({"kvk_nummer": "11"}, {"o1", "o2"}),
        ({"vestigingsnummer": "102"}, {"o2"}),
        ({"kvk_nummer": "44"}, set()),
        ({"kvk_nummer": None}, set()),
    ],
)
def test_an_unresolved_one_could_stand_where_the_company_of_its_number_is(numbers, objects):
    permit = {"address_id": None, "address_note": AddressNote.NO_ADDRESS, **numbers}
    assert _places(permit, REGISTER) == {(None, False), *((place, False) for place in objects)}


@pytest.mark.parametrize(
    "note", [AddressNote.OTHER_TOWN, AddressNote.OTHER_POSTCODE_AREA, AddressNote.POST_BOX, AddressNote.PIN_ABROAD]
)
def test_one_that_lies_elsewhere_for_sure_stands_at_no_object(note):
    assert _places({"address_id": None, "address_note": note, "kvk_nummer": "11"}, REGISTER) == {(None, False)}


def test_one_whose_address_is_offered_here_could_stand_there_whatever_is_wrong_with_it():
    permit = {"address_id": None, "address_note": AddressNote.OTHER_POSTCODE_AREA, "candidate_id": "o4"}
    assert _places(permit) == {(None, False), ("o4", False)}


def test_another_permit_of_the_number_says_where_the_company_is_too():
    permits = pl.DataFrame(
        [{"key": "Z-1", "address_id": "o1", "kvk_nummer": "11"}, {"key": "Z-2", "address_id": None, "kvk_nummer": "11"}]
    )
    rows = readings.wherever_it_could_stand(Tables({"vergunningen": permits}), "vergunningen").collect()
    possible = rows.filter(~pl.col("is_placed"), pl.col("address_id").is_not_null())
    assert possible.select("key", "address_id").rows() == [("Z-2", "o1")]
