"""JSON in the forms in which registers deliver it, and what is no JSON."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from screening.base.errors import ConfigurationError, ForbiddenColumnError, SourceError
from screening.base.frames import SourceTable

Read = Callable[..., SourceTable]
RECORDS = [
    {"zaaknummer": "Z1", "status": "Verleend", "max_personen": 12, "houder": {"naam": "De Kroon B.V."}},
    {"zaaknummer": "Z2", "status": "verleend", "max_personen": None, "houder": {"naam": "Het Anker"}, "vlag": True},
]
COLUMNS = {"houder_naam": "houder.naam"}
EXPECTED = [("Z1", "verleend", "12", "De Kroon B.V."), ("Z2", "verleend", None, "Het Anker")]
LINES = "\n".join(json.dumps(record) for record in RECORDS)


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(RECORDS),
        "\ufeff" + json.dumps(RECORDS, indent=1),
        LINES,
        json.dumps({"count": 2, "next": None, "results": RECORDS}),
        "\n".join(json.dumps({"count": 2, "results": [record]}) for record in RECORDS),
        json.dumps([{"_links": {"self": "x"}, "results": [record]} for record in RECORDS]),
    ],
    ids=["a list", "with a mark, over lines", "JSON Lines", "a page", "pages after each other", "a list of pages"],
)
def test_records_in_every_form(permits: Read, content: str) -> None:
    table = permits(content, name="vergunningen.json", columns=COLUMNS)
    assert table.frame.select("zaaknummer", "status", "max_personen", "houder_naam").rows() == EXPECTED
    assert [file.rows_read for file in table.files] == [2]


def test_lists_are_joined_and_objects_in_them_by_their_keys(traders: Read) -> None:
    record = {"kvk": "12345678", "sbi": [{"code": "5610"}, {"code": "5630", "hoofd": "Ja"}], "leeg": [], "weg": {}}
    table = traders(json.dumps([record]), columns={"kvk_nummer": "kvk", "sbi_codes": "sbi.code"})
    assert table.frame.select("kvk_nummer", "sbi_codes").rows() == [("12345678", "5610|5630")]


def test_numbers_keep_their_digits(reports: Read) -> None:
    text = '[{"melding_id": 90071992547409931, "lat": 52.0100000000000001, "lon": 5e0, "status": "gemeld"}]'
    table = reports(text)
    assert table.frame.select("melding_id", "lat", "lon").rows() == [("90071992547409931", "52.0100000000000001", "5")]


def test_a_forbidden_key_is_refused_however_deep(permits: Read) -> None:
    record = RECORDS[0] | {"aanvrager": {"persoon": {"bsn": "no number"}}}
    with pytest.raises(ForbiddenColumnError, match=r"aanvrager\.persoon\.bsn"):
        permits(json.dumps([RECORDS[1], record]), columns=COLUMNS)
    dropped = permits(json.dumps([record]), columns=COLUMNS, drop=("aanvrager.persoon.bsn",))
    assert dropped.frame["zaaknummer"].to_list() == ["Z1"]


def test_no_record_is_an_empty_set(permits: Read) -> None:
    for content in ("[]", '{"count": 0, "results": []}'):
        table = permits(content, name="vergunningen.json")
        assert table.frame.height == 0
        assert "zaaknummer" in table.frame.columns
        assert any("holds no records" in note.en for note in table.notes)


def test_an_unknown_mapping_is_told(permits: Read) -> None:
    with pytest.raises(ConfigurationError, match=r"houder\.name"):
        permits(json.dumps(RECORDS), columns={"houder_naam": "houder.name"})


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(RECORDS)[:-1],
        json.dumps(RECORDS)[:-30],
        LINES[:-1],
        json.dumps(RECORDS) + "]",
        json.dumps(RECORDS).replace("Het Anker", "Caf\u00e9").encode("cp1252").replace(b"\\u00e9", b"\xe9"),
        "[" * 100_000,
        '[{"a":' * 2_000 + "1",
        json.dumps([RECORDS[0], "Z3"]),
        "[" + ",".join(json.dumps({f"key{i}": i}) for i in range(2_100)) + "]",
        json.dumps(RECORDS).replace('"vlag": true', '"status": "geweigerd"'),
        json.dumps(RECORDS).replace('{"naam": "Het Anker"}', '{"naam": "Het Anker", "naam": "De Boei"}'),
        json.dumps([{"houder.naam": "Het Anker"} | record for record in RECORDS]),
    ],
    ids=[
        "the last bracket lacks",
        "cut in a record",
        "cut in the last line",
        "a bracket too many",
        "no UTF-8",
        "brackets only",
        "too deep",
        "no object",
        "keys that hold data",
        "a key twice",
        "a key twice in a key",
        "two ways to one key",
    ],
)
def test_what_is_no_whole_json_is_refused(permits: Read, content: str | bytes) -> None:
    with pytest.raises((SourceError, ConfigurationError)) as refusal:
        permits(content, name="vergunningen.json", columns=COLUMNS)
    assert "Anker" not in str(refusal.value)


@pytest.mark.parametrize(
    "content",
    [
        json.dumps({"results": RECORDS}) + json.dumps({"detail": "Request was throttled."}),
        json.dumps([{"results": RECORDS}, {"detail": "Not found."}]),
        json.dumps([{"results": RECORDS}, {"results": None}]),
        json.dumps(RECORDS) + json.dumps(RECORDS[0]),
    ],
    ids=["a page that failed", "a page in a list that failed", "a page of nothing", "a record behind a list"],
)
def test_a_page_without_records_is_not_passed_over(permits: Read, content: str) -> None:
    with pytest.raises(SourceError, match="holds no records where the others do"):
        permits(content, name="vergunningen.json", columns=COLUMNS)


def test_every_cut_of_a_list_or_page_is_refused(permits: Read) -> None:
    for content in (json.dumps(RECORDS), json.dumps({"count": 2, "results": RECORDS})):
        for length in range(2, len(content)):
            with pytest.raises((SourceError, ConfigurationError)):
                permits(content[:length], name="vergunningen.json", columns=COLUMNS)
