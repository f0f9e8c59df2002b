"""The keys of a register beyond names and codes: what each does to a delivery, and what it refuses."""

from __future__ import annotations

import polars as pl
import pytest

from screening.base.datasets import datasets
from screening.base.errors import ConfigurationError, ContractStopError
from screening.base.frames import DateForms, JoinSpec, SourceSpec, SplitSpec
from screening.contracts.model import fields_of
from screening.sources import read_source
from tests.sources.conftest import KEY


def texts(table, column):
    return table.frame[column].to_list()


def said(table):
    return " ".join(note.en for note in table.notes)


def test_rows_that_do_not_belong_are_left_out_and_counted(permits):
    table = permits(
        "zaaknummer;status;soort\nZ1;verleend; Horeca \nZ2;verleend;kapvergunning\nZ3;verleend;\n",
        belonging={"soort": ("horeca",)},
    )
    assert texts(table, "zaaknummer") == ["Z1"]
    assert table.frame.columns == ["key", "row_number", "source_file_sha256", "zaaknummer", "status"]
    assert "2 rows left out, as not of this data set" in said(table)
    assert table.files[0].rows_read == 3


OWNERS = "recht_id;soort_gerechtigde;aard_recht;rechtsvorm;datum_van;kvk_nummer\n"
#: A citizen's number, which would refuse the row and five of which the file, if anybody looked.
CITIZENS = "".join(f"R{n};NP;eigendom;;2020-01-01;123456782\n" for n in range(2, 9))


def owners(tmp_path, text, **keys):
    (tmp_path / "eigendom.csv").write_text(text, encoding="utf-8")
    keys = {"codes": {"soort_gerechtigde": {"rechtspersoon": ["NNP"], "natuurlijk_persoon": ["NP"]}}} | keys
    spec = SourceSpec("eigendom", path=str(tmp_path / "eigendom.csv"), **keys)
    return read_source(spec, fields_of(datasets()["eigendom"]), reporter_key=KEY)


def test_a_row_that_the_contract_leaves_unread_is_dropped_before_anything_in_it_is_looked_at(tmp_path):
    table = owners(tmp_path, f"{OWNERS}R1;NNP;eigendom;bv;2020-01-01;\n{CITIZENS}R9;;eigendom;;2020-01-01;123456782\n")
    assert texts(table, "recht_id") == ["R1"]
    assert table.rejected.is_empty()
    assert "8 rows dropped unread" in said(table)
    assert table.files[0].rows_read == 9
    with pytest.raises(ContractStopError, match="column kvk_nummer: 7 of 7 values can be BSNs"):  # had they been read
        owners(tmp_path, OWNERS + CITIZENS.replace(";NP;", ";NNP;"))


@pytest.mark.parametrize(
    "keys",
    [
        {"constant": {"soort_gerechtigde": "rechtspersoon"}},
        {"otherwise": {"soort_gerechtigde": "rechtspersoon"}},
        {"lacks": ("soort_gerechtigde",)},
    ],
)
def test_no_configuration_decides_which_rows_may_be_read(tmp_path, keys):
    with pytest.raises(ConfigurationError, match="soort_gerechtigde tells which rows may be read"):
        owners(tmp_path, OWNERS, **keys)


def test_several_columns_are_joined_and_stay_what_they_are(permits):
    table = permits(
        "zaaknummer;voornaam;tussen;achternaam\nZ1;Piet;van;Dam\nZ2;Jan;;Smit\nZ3;;;\n",
        join={"houder_naam": JoinSpec(("voornaam", "tussen", "achternaam"))},
    )
    assert texts(table, "houder_naam") == ["Piet van Dam", "Jan Smit", None]


def test_a_column_is_split_and_its_parts_are_columns_of_the_source(permits):
    table = permits(
        "zaaknummer;status_en_naam\nZ1;verleend, De Hoek, bv\nZ2;verleend\n",
        split={"status_en_naam": SplitSpec(",", ("status", "naam"))},
        columns={"houder_naam": "naam"},
    )
    assert texts(table, "status") == ["verleend", "verleend"]
    assert texts(table, "houder_naam") == ["De Hoek, bv", None]


def test_a_part_can_be_split_again_in_whatever_order_that_is_written(permits):
    table = permits(
        "zaaknummer;naam\nZ1;Dam, Piet Jan\n",
        split={"voornamen": SplitSpec(" ", ("eerste", "rest")), "naam": SplitSpec(",", ("achternaam", "voornamen"))},
        columns={"houder_naam": "eerste"},
    )
    assert texts(table, "houder_naam") == ["Piet"]


@pytest.mark.parametrize(
    ("split", "why"),
    [
        ({"naam": SplitSpec(",", ("naam", "voornaam"))}, "naam is cut out of itself"),
        ({"a": SplitSpec(",", ("b", "c")), "b": SplitSpec(",", ("a", "d"))}, "a is cut out of itself"),
        ({"naam": SplitSpec(",", ("x", "x"))}, "x is the name of two parts"),
    ],
)
def test_a_split_that_cannot_be_made_is_said(permits, split, why):
    with pytest.raises(ConfigurationError, match=why):
        permits("zaaknummer;naam\nZ1;Dam, Piet\n", split=split)


def test_what_was_split_can_be_joined_the_other_way_round(permits):
    table = permits(
        "zaaknummer;naam\nZ1;Dam, Piet\n",
        split={"naam": SplitSpec(",", ("achternaam", "voornaam"))},
        join={"houder_naam": JoinSpec(("voornaam", "achternaam"))},
    )
    assert texts(table, "houder_naam") == ["Piet Dam"]


def test_several_columns_of_ours_come_from_one_of_theirs(permits):
    table = permits("nr;stand\nZ1;verleend\n", columns={"zaaknummer": "nr", "status": "stand", "houder_naam": "stand"})
    assert texts(table, "status") == texts(table, "houder_naam") == ["verleend"]


def test_words_for_empty_are_empty_in_every_column(permits):
    table = permits("zaaknummer;kvk_nummer;einddatum\nZ1;NVT;-\nZ2; n.v.t. ;2026-05-01\n", null=("nvt", "n.v.t.", "-"))
    assert texts(table, "kvk_nummer") == [None, None]
    assert texts(table, "einddatum") == [None, "2026-05-01"]


def test_words_for_no_end_are_empty_in_dates_that_may_be(permits):
    table = permits("zaaknummer;einddatum;houder_naam\nZ1;31-12-9999;31-12-9999\n", open_end=("31-12-9999",))
    assert texts(table, "einddatum") == [None]
    assert texts(table, "houder_naam") == ["31-12-9999"]
    assert "einddatum says in 1 row that there is no end" in said(table)


@pytest.mark.parametrize("text", ["31-12-9999", "9999-12-31", "9999-12-31T00:00:00", "31-12-9999 0:00:00"])
def test_a_date_without_end_is_known_however_the_medium_writes_it(permits, text):
    table = permits(f"zaaknummer;einddatum\nZ1;{text}\n", open_end=("31-12-9999",))
    assert texts(table, "einddatum") == [None]


def test_dates_are_read_in_the_forms_that_are_named(permits, reports):
    table = permits(
        "zaaknummer;datum_aanvraag;einddatum\nZ1;01/05/26 09:30;1 mei 2027\nZ2;2026-01-02;13/13/26 10:00\n",
        dates=DateForms(("%d/%m/%y %H:%M", "%d %B %Y"), 50),
    )
    assert texts(table, "datum_aanvraag") == ["2026-05-01", "2026-01-02"]
    assert texts(table, "einddatum") == ["2027-05-01", "13/13/26 10:00 ?"]
    moments = reports("melding_id;incident_van\nM1;01/05/2026 09:30\n", dates=DateForms(("%d/%m/%Y %H:%M",)))
    assert texts(moments, "incident_van") == ["2026-05-01T09:30:00"]


def test_unknown_codes_are_the_one_that_is_named_and_empty_stays_empty(permits):
    table = permits(
        "zaaknummer;status\nZ1;Vergund\nZ2;ingetrokken\nZ3;\n",
        codes={"status": {"verleend": ["vergund"]}},
        otherwise={"status": "in_behandeling"},
    )
    assert texts(table, "status") == ["verleend", "in_behandeling", None]
    assert "the code of status was not known in 1 row; it is in_behandeling" in said(table)


def test_a_constant_code_stands_in_every_row_and_is_said(permits):
    table = permits("zaaknummer;status\nZ1;iets anders\nZ2;\n", constant={"status": "verleend"})
    assert texts(table, "status") == ["verleend", "verleend"]
    assert "the configuration sets it to verleend in every row" in said(table)


def test_a_required_column_that_the_register_lacks_is_not_asked_for(traders):
    table = traders("rsin;rechtsvorm\n001234567;bv\n", lacks=("kvk_nummer",))
    assert "kvk_nummer" not in table.frame.columns


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"constant": {"houder_naam": "Jansen"}}, "constant: houder_naam is no column of codes"),
        ({"constant": {"datum_aanvraag": "2026-01-01"}}, "constant: datum_aanvraag is no column of codes"),
        ({"constant": {"zaaknummer": "Z1"}}, "constant: zaaknummer is no column of codes"),
        ({"constant": {"status": "geweigerd"}}, "constant.status: geweigerd is no code of this column"),
        ({"constant": {"stand": "verleend"}}, "constant: stand is no column of this data set"),
        ({"otherwise": {"houder_naam": "x"}}, "otherwise: houder_naam is no column of codes"),
        ({"join": {"adres": JoinSpec(("a", "b"))}}, "join: adres is no column of this data set"),
        ({"lacks": ("zaaknummer",)}, "lacks: zaaknummer tells its rows apart"),
        ({"lacks": ("status",)}, "lacks: status may be absent anyway"),
        ({"constant": {"status": "verleend"}, "columns": {"status": "stand"}}, "status stands under columns and const"),
        ({"belonging": {"soort": ("horeca",)}}, "has no column soort, which [sources.vergunningen] reads"),
        ({"belonging": {"soort": ("horeca",)}, "drop": ("zaaknummer", "soort")}, "has no column soort"),
        ({"belonging": {"status": ("x",)}, "drop": ("status",)}, "drops status, which it reads"),
    ],
)
def test_what_does_not_fit_the_register_is_refused(permits, options, why):
    with pytest.raises(ConfigurationError) as refused:
        permits("zaaknummer;status\nZ1;verleend\n", **options)
    assert why in str(refused.value)


def test_typed_columns_are_mapped_too(tmp_path, permit_fields):
    path = tmp_path / "permits.parquet"
    pl.DataFrame(
        {"zaaknummer": ["Z1", "Z2"], "kvk": [1234567, 12345678], "soort": ["a", "b"], "nr": [1, 2]}
    ).write_parquet(path)
    spec = SourceSpec(
        "vergunningen",
        path=str(path),
        columns={"kvk_nummer": "kvk"},
        belonging={"soort": ("a",)},
        join={"houder_naam": JoinSpec(("soort", "nr"), "-")},
    )
    table = read_source(spec, permit_fields, reporter_key=KEY)
    assert table.frame.select("zaaknummer", "kvk_nummer", "houder_naam").rows() == [("Z1", "01234567", "a-1")]
