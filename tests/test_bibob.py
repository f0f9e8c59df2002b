"""What rests on Bibob is known by the columns that a rule reads."""

from __future__ import annotations

from screening.bibob import declared_on_bibob, rests_on_bibob


def test_what_reads_of_bibob_is_known_by_its_columns() -> None:
    assert rests_on_bibob({"vergunningen": ("status", "bibob_vragenlijst_datum_max")})
    assert not rests_on_bibob({"vergunningen": ("status",), "controles": ("bevinding",)})


def test_a_stored_declaration_says_so_too() -> None:
    assert declared_on_bibob({"inputs": {"vergunningen": ["bibob_vragenlijst_datum_max"]}})
    assert not declared_on_bibob({"inputs": {"vergunningen": ["status"]}})
    assert not declared_on_bibob(None)
