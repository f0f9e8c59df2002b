"""BSNs by value. The numbers are from the range that is never given out (99999....)."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest
from stdnum.nl import bsn

from screening.base.errors import ContractStopError
from screening.base.frames import SourceTable
from screening.sources.bsn import count_texts_with_bsn, passing_values

PASSING = [str(number) for number in range(999_990_000, 999_991_000) if bsn.is_valid(str(number))]
FAILING = [str(number) for number in range(999_990_000, 999_990_100) if not bsn.is_valid(str(number))]


def test_only_whole_bare_values_of_nine_digits_that_pass() -> None:
    number = PASSING[0]
    others = [f"Z-{number}", f"{number}0", number[:8], f"{number[:4]}.{number[4:]}", "000000000", FAILING[0], None]
    assert passing_values(pl.Series("v", [number, *others])) == [number]


def test_a_single_one_costs_its_row_and_is_told_nowhere(permits: Callable[..., SourceTable]) -> None:
    rows = "".join(f"Z{i};Naam {i}\n" for i in range(4))
    table = permits(f"zaaknummer;houder_naam\n{rows}Z9;{PASSING[0]}\n")
    assert table.frame["key"].to_list() == ["Z0", "Z1", "Z2", "Z3"]
    [refused] = table.rejected.to_dicts()
    assert (refused["key"], refused["column"], refused["expectation"], refused["row_number"]) == (
        "Z9",
        "houder_naam",
        "no_bsn",
        5,
    )
    assert PASSING[0] not in f"{table}"


def test_a_key_that_is_one_is_not_written_as_key(permits: Callable[..., SourceTable]) -> None:
    table = permits(f"zaaknummer;houder_naam\nZ1;a\n{PASSING[0]};b\n")
    assert table.rejected["key"].to_list() == [None]
    assert table.rejected["row_number"].to_list() == [2]


@pytest.mark.parametrize(("passing", "others", "stops"), [(5, 5, True), (5, 6, False), (4, 0, False)])
def test_a_column_of_them_stops_the_file(
    permits: Callable[..., SourceTable], passing: int, others: int, stops: bool
) -> None:
    values = PASSING[:passing] + [f"Naam {i}" for i in range(others)] + [""]
    text = "zaaknummer;houder_naam\n" + "".join(f"Z{i};{value}\n" for i, value in enumerate(values))
    if not stops:
        assert permits(text).rejected.height == passing
        return
    with pytest.raises(ContractStopError, match=r"delivery\.csv, column houder_naam") as stop:
        permits(text)
    assert not any(number in str(stop.value) for number in PASSING)
    assert stop.value.exit_code == 3


def test_the_rsin_of_a_legal_person_may_look_like_one(traders: Callable[..., SourceTable]) -> None:
    rows = "".join(f"{10000000 + i};{number};BV\n" for i, number in enumerate(PASSING[:20]))
    table = traders("kvk_nummer;rsin;rechtsvorm\n" + rows)
    assert table.frame.height == 20
    assert table.rejected.height == 0


def test_the_rsin_of_a_sole_trader_is_the_traders_bsn(traders: Callable[..., SourceTable]) -> None:
    rows = "".join(f"{10000000 + i};{number};bv\n" for i, number in enumerate(PASSING[:20]))
    table = traders(f"kvk_nummer;rsin;rechtsvorm\n{rows}20000000;{PASSING[30]};Eenmanszaak\n")
    assert table.rejected.select("column", "key").rows() == [("rsin", "r21")]
    with pytest.raises(ContractStopError):
        traders("kvk_nummer;rsin;rechtsvorm\n" + rows.replace(";bv", ";eenmanszaak"))


def test_in_free_text_the_text_goes_and_the_row_stays(reports: Callable[..., SourceTable]) -> None:
    text = f"melding_id;omschrijving\nM1;ik ben {PASSING[0]}.\nM2;niets\nM3;{PASSING[1]}\nM4;\n"
    table = reports(text)
    assert table.frame["key"].to_list() == ["M1", "M2", "M3", "M4"]
    assert "omschrijving" not in table.frame.columns
    english = [note.en for note in table.notes]
    assert "delivery.csv: 3 rows with text in omschrijving; that text was dropped." in english
    assert any("2 texts in omschrijving with a number" in note for note in english)


def test_count_of_texts() -> None:
    number = PASSING[0]
    texts = pl.Series([None, "", f"{number} en {number}", f"x{number}", f"{number}1"], dtype=pl.String)
    assert count_texts_with_bsn(texts) == 1


def test_a_reporters_token_that_is_one_is_caught_before_it_is_hashed(reports: Callable[..., SourceTable]) -> None:
    table = reports(f"melding_id;melder_token\nM1;abc\nM2;{PASSING[0]}\n")
    assert table.frame["key"].to_list() == ["M1"]
    assert table.rejected["column"].to_list() == ["melder_token"]
