"""What a record elsewhere may be called in a dossier; which may be named at all: tests/matching/test_network.py."""

from __future__ import annotations

import polars as pl
import pytest

from screening.matching.business_places import with_holders_names

_SCHEMA = {"dataset": pl.String, "key": pl.String, "kind": pl.String, "name": pl.String}


@pytest.mark.parametrize(
    ("trade_name", "holders", "expected"),
    [
        pytest.param("Café Zon", [("organisation", "Zon B.V.")], "Café Zon", id="the trade name on the licence"),
        pytest.param(None, [("organisation", "Zon B.V.")], "Zon B.V.", id="the organisation that holds it"),
        pytest.param(None, [("person", "J. Bos")], None, id="a person alone"),
        pytest.param(None, [("person", "J. Bos"), ("organisation", "J. Bos")], None, id="a person with a number"),
        pytest.param(
            None,
            [("person", "J. Bos"), ("organisation", "Café Zon")],
            "Café Zon",
            id="a person who trades under a name",
        ),
    ],
)
def test_a_business_is_named_and_a_person_is_not(
    trade_name: str | None, holders: list[tuple[str, str]], expected: str | None
) -> None:
    named = pl.DataFrame(
        {"dataset": ["vergunningen"], "key": ["Z"], "name": [trade_name]}, schema_overrides={"name": pl.String}
    )
    parties = pl.DataFrame([("vergunningen", "Z", *holder) for holder in holders], schema=_SCHEMA, orient="row")
    assert with_holders_names(named, parties)["name"].to_list() == [expected]
