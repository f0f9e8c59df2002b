"""Columns are found, dropped, refused or left unread."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from screening.base.errors import ConfigurationError, ForbiddenColumnError, SourceError
from screening.base.frames import Note, SourceTable

Read = Callable[..., SourceTable]


def test_exact_name_first_then_case_and_space(permits: Read) -> None:
    table = permits("Status ;ZAAKNUMMER;STATUS;status\na;Z1;b;verleend\n")
    assert table.frame.select("key", "status").rows() == [("Z1", "verleend")]


def test_mapped_names_and_a_claimed_column_feeds_nothing_else(permits: Read) -> None:
    table = permits(
        "zaaknr;datum_aanvraag\nZ1;06-05-2024\n", columns={"zaaknummer": "Zaaknr", "einddatum": "datum_aanvraag"}
    )
    assert table.frame["einddatum"].to_list() == ["2024-05-06"]
    assert "datum_aanvraag" not in table.frame.columns


def test_one_column_may_feed_two(permits: Read) -> None:
    table = permits("zaaknummer;d\nZ1;2024\n", columns={"einddatum": "d", "datum_aanvraag": "d"})
    assert table.frame.select("einddatum", "datum_aanvraag").rows() == [("2024", "2024")]


@pytest.mark.parametrize(
    ("header", "options", "why"),
    [
        ("zaaknummer;x", {"columns": {"status": "toestand"}}, "has no column toestand, which .* maps to status"),
        ("zaaknummer;x", {"columns": {"statuss": "x"}}, "statuss is no column of this data set"),
        ("nummer;x", {}, "lacks the required column zaaknummer and has no name that is known"),
        ("nummer;status", {}, r"lacks the required column zaaknummer \(1 column left unread\)"),
        ("zaaknummer;x", {"drop": ("zaaknummer",)}, "zaaknummer is there, but .* drops it or maps it to another"),
        ("zaaknummer;x", {"columns": {"status": "zaaknummer"}}, "zaaknummer is there, but .* drops it or maps it"),
        ("Zaaknummer;ZAAKNUMMER", {}, "can be any of Zaaknummer, ZAAKNUMMER"),
        ("zaaknummer;x", {"columns": {"status": "x"}, "drop": ("X",)}, "drops x, which it maps to status"),
    ],
)
def test_a_mapping_that_does_not_fit(permits: Read, header: str, options: dict, why: str) -> None:
    with pytest.raises(ConfigurationError, match=why):
        permits(f"{header}\n1;2\n", **options)


def test_a_file_without_a_header_shows_nobody_of_its_first_row(permits: Read) -> None:
    with pytest.raises(ConfigurationError, match="delivered with its header") as refused:
        permits("Z1;Willemina Waterval;1961-02-03\nZ2;Joost Waterval;1960-01-01\n")
    assert "Waterval" not in str(refused.value)
    assert "1961" not in str(refused.value)


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ("zaaknummer;status;status", "the header has status more than once"),
        ("zaaknummer;notitie;notitie", r"the header has a value twice \(columns 2 and 3\)"),
        ("Z1;Waterval;Waterval;1961;1961", r"the header has a value twice \(columns 2 and 3\)"),
        ("status;Waterval;status;Waterval", r"the header has status more than once \(columns 1 and 3\)"),
        ("zaaknummer;Water\x01val", "the name of column 2 holds control characters"),
    ],
)
def test_a_repeated_name_is_shown_only_where_it_is_the_name_of_a_column(permits: Read, header: str, why: str) -> None:
    with pytest.raises(SourceError, match=why) as refused:
        permits(f"{header}\n1;2;3;4;5\n")
    assert "Waterval" not in str(refused.value)
    assert "notitie" not in str(refused.value)


def test_a_first_row_with_a_forbidden_word_and_no_name_of_a_column_is_not_shown(permits: Read) -> None:
    with pytest.raises(ForbiddenColumnError, match=r"delivery\.csv, column 2: may never be read") as refused:
        permits("Z1;Waterval BSN 1234;1961\nZ2;x;1960\n")
    assert "Waterval" not in str(refused.value)


def test_a_forbidden_column_stops_the_run_unless_it_is_dropped(permits: Read) -> None:
    text = "zaaknummer;BSN ;status\nZ1;geheim;verleend\n"
    with pytest.raises(ForbiddenColumnError, match=r"delivery\.csv, column BSN"):
        permits(text)
    table = permits(text, drop=("bsn",))
    assert "geheim" not in f"{table}"
    assert table.frame.columns == ["key", "row_number", "source_file_sha256", "zaaknummer", "status"]
    assert table.notes == [
        Note(
            nl="delivery.csv: 1 kolom ongelezen weggelaten, zoals ingesteld.",
            en="delivery.csv: 1 column dropped unread, as configured.",
        )
    ]


def test_a_forbidden_column_cannot_be_mapped_in(permits: Read) -> None:
    with pytest.raises(ForbiddenColumnError):
        permits("zaaknummer;geslacht\nZ1;x\n", columns={"houder_naam": "geslacht"})


def test_what_is_left_out_is_said_by_name_and_cut(permits: Read) -> None:
    table = permits(f"zaaknummer;leges;{'x' * 90};\nZ1;1;2;3\n", drop=("niet_daar",))
    assert [note.en for note in table.notes] == [
        "delivery.csv: column niet_daar is to be dropped and is not there.",
        f"delivery.csv: 2 columns not in the contract and left unread: leges, {'x' * 39}….",
        "delivery.csv: 1 column without a name and left unread.",
    ]
    assert [note.nl for note in table.notes] == [
        "delivery.csv: kolom niet_daar moet worden weggelaten en is er niet.",
        f"delivery.csv: 2 kolommen buiten het contract en niet gelezen: leges, {'x' * 39}….",
        "delivery.csv: 1 kolom zonder naam en niet gelezen.",
    ]
