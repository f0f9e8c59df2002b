"""Term ids in free text: whole words and nothing else, and a list that speaks of nobody."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.base.errors import ConfigurationError
from screening.base.frames import FieldSpec, SourceSpec, SourceTable
from screening.sources import SourceRequest, read_source, read_sources_isolated, read_word_list
from screening.sources.terms import find_terms

KEY = b"key-of-a-workspace-in-a-test"
TERMS = {"sleutelkastje": "sleutelkast", "gasten per uur": "uurgasten", "matras op de gang": "slaapplaats"}
CANARY = "kanariezin over mevrouw Kanarievogel van nummer 12"


def found(*texts: str | None) -> list[str | None]:
    return find_terms(pl.Series("text", texts, dtype=pl.String), TERMS).to_list()


# ------------------------------------------------------------------ finding


@pytest.mark.parametrize(
    "text",
    [
        "Er hangt een sleutelkastje.",
        "SLEUTELKASTJE",
        "sleutelkastje,bij de deur",
        "(sleutelkastje)",
        "'Sleutelkastje!'",
        "sléutelkästje",
        "sle\u0301utelkastje",
        "sleutel\u00adkastje",
        "een\nsleutelkastje\tdus",
        "x/sleutelkastje/y",
    ],
)
def test_a_whole_word_is_found_whatever_its_case_marks_and_surroundings(text):
    assert found(text) == ["sleutelkast"]


@pytest.mark.parametrize("text", ["sleutelkastjes", "hetsleutelkastje", "sleutel kastje", "sleutelkast", "", None])
def test_a_part_of_a_word_or_another_word_is_not_found(text):
    assert found(text) == [None]


def test_a_term_of_several_words_is_found_across_any_white_space_and_punctuation():
    assert found("wisselende gasten,  per\nUUR", "gasten per uurtje", "gasten die per uur") == ["uurgasten", None, None]


def test_ids_are_sorted_and_each_stands_once():
    text = "sleutelkastje en nog een sleutelkastje, gasten per uur, matras op de gang"
    assert found(text) == ["slaapplaats|sleutelkast|uurgasten"]


def test_several_terms_can_share_an_id():
    both = {"sleutelkastje": "sleutelkast", "sleutelkluis": "sleutelkast"}
    texts = pl.Series(["een sleutelkluis", "een sleutelkastje"])
    assert find_terms(texts, both).to_list() == ["sleutelkast", "sleutelkast"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.none(), st.text(max_size=40)), max_size=5))
def test_of_any_text_nothing_comes_out_but_ids_of_the_list(texts):
    for cell in found(*texts):
        assert cell is None or set(cell.split("|")) <= set(TERMS.values())


# ------------------------------------------------------------------ the list


@pytest.fixture
def word_list(tmp_path: Path) -> Callable[[str], dict[str, str]]:
    def read(content: str | bytes) -> dict[str, str]:
        path = tmp_path / "terms.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_word_list(path)

    return read


def test_a_list_is_read_term_by_term(word_list):
    rows = ["\ufeffterm_id,term", "sleutelkast, sleutelkastje ", "sleutelkast,sleutelkluis", "", "uur,gasten per uur"]
    assert word_list("\n".join(rows)) == {
        "sleutelkastje": "sleutelkast",
        "sleutelkluis": "sleutelkast",
        "gasten per uur": "uur",
    }
    assert word_list("term_id;term\na;rolluiken dicht\n") == {"rolluiken dicht": "a"}


@pytest.mark.parametrize(
    "term",
    [
        "sleutelkastje",
        "wisselende gasten per uur",
        "matrassen",
        "stapelbedden",
        "rolluiken altijd dicht",
        "camera bij de deur",
        "korte bezoeken",
        "personeelsbusjes",
        "auto's van buiten de stad",
        "servieskast",
        "turkoois",
        "kamers per nacht",
        "dakkapel zonder raam",
    ],
)
def test_words_about_the_use_of_premises_are_taken(word_list, term):
    assert word_list(f"term_id,term\nx,{term}\n") == {term: "x"}


@pytest.mark.parametrize(
    ("term", "of"),
    [
        ("Poolse auto's", "origin"),
        ("aziatisch", "origin"),
        ("Oosterse massage", "origin"),
        ("Thaise massage", "origin"),
        ("buitenlanders", "origin"),
        ("Roemenen", "origin"),
        ("marokkaanse", "origin"),
        ("herkomst", "origin"),
        ("etnisch", "origin"),
        ("jonge vrouwen", "people"),
        ("steeds andere mannen", "people"),
        ("meisjes", "people"),
        ("klanten", "people"),
        ("huurders", "resident"),
        ("bewoners", "resident"),
        ("donkere types", "looks"),
        ("hoofddoekjes", "looks"),
        ("huidskleur", "looks"),
        ("spreekt Engels", "language"),
        ("andere taal", "language"),
        ("kinderen", "family"),
        ("prostituees", "sex workers"),
        ("verslaafd", "health"),
        ("uitkering", "benefits"),
        ("moskee", "religion"),
        ("zigeuners", "origin"),
        ("OOSTBLÓK", "origin"),
        ("zwart-Afrikaanse", "origin"),
    ],
)
def test_a_list_that_speaks_of_people_origin_language_or_looks_is_refused(word_list, term, of):
    with pytest.raises(ConfigurationError, match=f"terms.csv, row 2: speaks of .*{of}") as refusal:
        word_list(f"term_id,term\na,sleutelkastje\nb,{term}\n")
    assert term not in str(refusal.value)


def test_an_id_that_speaks_of_people_is_refused_too(word_list):
    with pytest.raises(ConfigurationError, match="row 1: speaks of"):
        word_list("term_id,term\npoolse-vrouwen,gasten per uur\n")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "columns term_id,term"),
        ("id,word\na,sleutelkastje\n", "columns term_id,term"),
        ("term_id,term,note\na,sleutelkastje,x\n", "columns term_id,term"),
        ("term_id,term\n", "1 to 500 terms"),
        ("term_id,term\na,sleutelkastje,x\n", "row 1: a row has two"),
        ("term_id,term\na\n", "a row has two cells"),
        ("term_id,term\nA B,sleutelkastje\n", "row 1: a term_id is"),
        ("term_id,term\na|b,kastje\n", "a term_id is"),
        ("term_id,term\na,12\n", "row 1: a term is words of letters"),
        ("term_id,term\na,a 12\n", "words of letters"),
        ("term_id,term\na,\n", "words of letters"),
        ("term_id,term\na,ab\n", "words of letters"),
        (f"term_id,term\na,{'x' * 61}\n", "words of letters"),
        ("term_id,term\na,.*\n", "words of letters"),
        ("term_id,term\na,Rolluik\nb,rólluik\n", "row 2: the same term stands under another"),
        (b"term_id,term\na,caf\xe9deur\n", "not UTF-8"),
    ],
)
def test_a_list_that_is_not_so_formed_is_refused_with_its_row(word_list, content, why):
    with pytest.raises(ConfigurationError, match=why):
        word_list(content)


def test_a_list_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ConfigurationError, match=r"terms\.csv: the word list is not there"):
        read_word_list(tmp_path / "terms.csv")


def test_a_list_without_end_is_refused(word_list):
    letters = "abcdefghijklmnopqrstuvwxyz"
    rows = "\n".join(f"t,kast {a}{b}q" for a in letters for b in letters)
    with pytest.raises(ConfigurationError, match="1 to 500 terms; this one has 676"):
        word_list(f"term_id,term\n{rows}\n")


# ------------------------------------------------------------------ in a delivery


@pytest.fixture(scope="session")
def fields() -> dict[str, FieldSpec]:
    listed = (
        FieldSpec("melding_id", "string", required=True, unique=True),
        FieldSpec("omschrijving", "string", form="free_text"),
        FieldSpec("termen", "array", form="term_ids"),
    )
    return {one.name: one for one in listed}


@pytest.fixture
def deliver(tmp_path, fields) -> Callable[..., SourceTable]:
    def read(text: str, **options: object) -> SourceTable:
        path = tmp_path / "m.csv"
        path.write_text(text, encoding="utf-8")
        return read_source(SourceSpec("meldingen", path=str(path), **options), fields, reporter_key=KEY)

    return read


DELIVERY = f"melding_id;omschrijving\nM1;{CANARY} en een sleutelkastje\nM2;{CANARY}\nM3;\n"


def test_the_ids_stay_and_the_text_goes(deliver):
    table = deliver(DELIVERY, terms=TERMS)
    assert table.frame["termen"].to_list() == ["sleutelkast", None, None]
    assert "omschrijving" not in table.frame.columns
    assert "anarie" not in f"{table.frame.rows()} {table.notes} {table.rejected.rows()}"
    assert any("term of the word list" in f"{note}" for note in table.notes)


def test_without_a_word_list_no_text_is_looked_at(deliver):
    table = deliver(DELIVERY)
    assert "termen" not in table.frame.columns
    assert "anarie" not in f"{table.frame.rows()} {table.notes}"


def test_a_delivery_without_text_says_that_no_term_can_be_found(deliver):
    for text, options in (("melding_id\nM1\n", {}), (DELIVERY, {"drop": ("omschrijving",)})):
        table = deliver(text, terms=TERMS, **options)
        assert "termen" not in table.frame.columns
        assert any("no free text" in f"{note}" for note in table.notes)


@pytest.mark.parametrize("terms", [{}, TERMS], ids=["without a list", "with a list"])
def test_a_column_that_a_delivery_calls_termen_is_left_unread(deliver, terms):
    table = deliver(f"melding_id;termen;omschrijving\nM1;{CANARY};een sleutelkastje\n", terms=terms)
    made = table.frame["termen"].to_list() if "termen" in table.frame.columns else []
    assert made == (["sleutelkast"] if terms else [])
    assert "anarie" not in f"{table.frame.rows()} {table.notes}"


def test_a_column_that_is_mapped_to_termen_is_refused(deliver):
    with pytest.raises(ConfigurationError, match="termen is made of free text and is never delivered"):
        deliver("melding_id;tekst\nM1;x\n", columns={"termen": "tekst"}, terms=TERMS)


def test_the_reading_process_takes_the_list_and_hands_over_ids_only(tmp_path, fields):
    (tmp_path / "m.csv").write_text(DELIVERY, encoding="utf-8")
    spec = SourceSpec("meldingen", path=str(tmp_path / "m.csv"), terms=TERMS)
    out = tmp_path / "out"
    reading = read_sources_isolated([SourceRequest(spec, fields)], reporter_key=KEY, out_dir=out)
    assert reading.errors == {}
    assert reading.tables["meldingen"].load().frame["termen"].to_list() == ["sleutelkast", None, None]
    for path in out.rglob("*.parquet"):
        assert "anarie" not in str(pl.read_parquet(path).rows())
