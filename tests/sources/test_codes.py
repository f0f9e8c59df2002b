"""Codes and yes/no."""

from __future__ import annotations

import polars as pl
import pytest

from screening.base.errors import ConfigurationError
from screening.base.frames import FieldSpec, SourceSpec
from screening.sources.codes import check_code_columns, code_table, map_codes, read_booleans

STATUS = FieldSpec("status", "string", form="code", codes=("verleend", "geweigerd"))


def spec(**codes: dict[str, list[str]]) -> SourceSpec:
    return SourceSpec("vergunningen", codes=codes)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Toegekend", "verleend"),
        (" TOEGEKEND  door  college", "verleend"),
        ("Verleend", "verleend"),
        ("Geweigerd", "verleend"),  # the configuration says so, whatever the word means to us
        ("onbekend", "onbekend"),
    ],
)
def test_mapping_goes_before_the_canonical_spelling(text: str, code: str) -> None:
    table = code_table(spec(status={"verleend": ["Toegekend", "toegekend door College", "geweigerd"]}), STATUS)
    assert map_codes(pl.Series("status", [text, None]), table, is_list=False).to_list() == [code, None]


def test_each_part_of_a_list_is_mapped() -> None:
    column = FieldSpec("gebruiksdoelen", "array", codes=("woonfunctie", "winkelfunctie"))
    table = code_table(spec(gebruiksdoelen={"winkelfunctie": ["winkel"]}), column)
    assert map_codes(pl.Series(["Woonfunctie | Winkel|x"]), table, is_list=True).to_list() == [
        "woonfunctie|winkelfunctie|x"
    ]


@pytest.mark.parametrize(
    ("codes", "why"),
    [
        ({"status": {"toegekend": ["x"]}}, "toegekend is no code"),
        ({"status": {"verleend": ["x"], "geweigerd": [" X"]}}, "given to two codes"),
    ],
)
def test_a_mapping_that_cannot_be_meant(codes: dict[str, dict[str, list[str]]], why: str) -> None:
    with pytest.raises(ConfigurationError, match=why):
        code_table(spec(**codes), STATUS)


def test_codes_of_a_column_that_is_not_there() -> None:
    with pytest.raises(ConfigurationError, match="statuss is no column"):
        check_code_columns(spec(statuss={"verleend": ["x"]}), {"status": STATUS})


def test_yes_and_no() -> None:
    texts = ["J", "ja", "TRUE", "1", "WAAR", "n", "Nee", "false", "0", "Onwaar", "misschien", "2", None]
    assert read_booleans(pl.Series("b", texts)).to_list() == ["ja"] * 5 + ["nee"] * 5 + ["misschien", "2", None]
