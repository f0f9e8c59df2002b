"""Names as keys."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from screening.matching.parties.names import (
    distinctive_part,
    fold_name,
    has_certain_legal_form,
    has_company_suffix,
    has_initials,
    normalise_names,
    organisation_core,
    organisation_key,
    organisation_text,
    person_key,
    person_keys,
    split_person,
    trade_name_after,
    without_trade_name,
)


def of(expression: pl.Expr, text: str | None) -> object:
    return pl.DataFrame({"x": [text]}, schema={"x": pl.String}).select(expression).item()


def person(name: str | None) -> str | None:
    frame = pl.DataFrame({"name": [name], "kind": ["person"]}, schema={"name": pl.String, "kind": pl.String})
    key: str | None = normalise_names(frame)["name_normalised"].item()
    return key


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("J. de Vries", "vries, j."),
        ("de Vries, J.", "vries, j."),
        ("Vries, J. de", "vries, j."),
        ("Vries, de, Jan", "vries, jan"),
        ("J de Vries", "vries, j."),
        ("Dhr. Joh. van 't Hof", "hof, j."),
        ("Heuvel, F. van den", "heuvel, f."),
        ("Bakker M.B.", "bakker, m. b."),
        ("J.P. Jansen-de Vries", "jansen vries, j. p."),
        ("Jan P. Bakker", "bakker, jan p."),
        ("E. VAN DER LINDEN", "linden, e."),
        ("Jan Willem Bakker", "bakker, jan willem"),
        ("van den Heuvel Bart", "heuvel, bart"),
        ("Jansen-de Vries,", "jansen vries,"),
        ("Lê-Bakker, M.", "le bakker, m."),
        ("Van Nguyễn", "nguyen"),
        ("el Idrissi", "idrissi"),
        ("Văn Lan Ngô Hữu", "huu, văn lan ngo"),  # only a plain "van" is a prefix
        ("Đặng Văn, X.", "dang văn, x."),
        ("Nguyễn Văn Minh", "minh, nguyen văn"),
        ("VĂN LAN NGÔ", "ngo, văn lan"),
        ("Vũ Văn", "van, vu"),
        ("te s, A.", "te s, a."),
        ("Va\u0306n Minh", "minh, văn"),
        ("Ș. Popescu", "popescu, s."),  # a letter with a mark is still an initial
        ("Ben de Vries", "vries, ben"),
        ("Lê", "le"),
        ("O'Brien, P.", "obrien, p."),
        ("Chr. d'Hondt", "dhondt, c."),
        ("A. Voorbeeld h.o.d.n. Café De Test", "voorbeeld, a."),
    ],
)
def test_spellings_of_one_person_meet_in_one_key(name: str, key: str) -> None:
    assert person(name) == key


def test_a_word_that_its_marks_tell_from_a_prefix_is_spelled_as_without() -> None:
    split = split_person(pl.DataFrame({"x": ["Văn Lan Ngô Hữu", "Vũ Tế, T."]}), "x")
    assert split["given"].to_list() == [["van", "lan", "ngo"], ["t."]]
    assert split["family"].to_list() == [["huu"], ["vu", "te"]]
    assert split["initials"].to_list() == ["vln", "t"]


@pytest.mark.parametrize("name", [None, "", "  ", ".", ",", " , . "])
def test_no_name_gives_no_key(name: str | None) -> None:
    assert person(name) is None


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Łódź", "lodz"),
        ("Straße", "strasse"),
        ("Đặng", "dang"),
        ("IŞIK", "isik"),
        ("İpek", "ipek"),
        ("Ağaoğlu", "agaoglu"),
        ("Țară", "tara"),
        ("Sørensen", "sorensen"),
        ("IJssel", "ijssel"),
    ],
)
def test_letters_of_every_alphabet_fold_to_their_plain_form(text: str, plain: str) -> None:
    assert of(fold_name(pl.col("x")), text) == plain


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        ("J. Test h.o.d.n. Café De Proef", "J. Test", "Café De Proef"),
        ("J. Test hodn Café De Proef", "J. Test", "Café De Proef"),
        ("J. Test, t.h.o.d.n. Café De Proef", "J. Test", "Café De Proef"),
        ("J. Test H.O.D.N. Café De Proef", "J. Test", "Café De Proef"),
        ("Test B.V. handelend onder de naam Proef", "Test B.V.", "Proef"),
        ("J. Test", "J. Test", None),
        ("Thodney Test", "Thodney Test", None),
    ],
)
def test_trading_as_parts_the_person_from_the_trade_name(text: str, before: str, after: str | None) -> None:
    assert of(without_trade_name(pl.col("x")), text) == before
    assert of(trade_name_after(pl.col("x")), text) == after


@pytest.mark.parametrize(
    "text",
    [
        "Proef B.V.",
        "Proef BV",
        "Proef b.v",
        "PROEF B. V.",
        "Proef B.V. i.o.",
        "Stichting Proef",
        "proef vof",
        "Coöperatie Proef U.A.",
        "V.O.F. Proef",
        "Maatschap Proef",
        "Proef E.E.S.V.",
        "OWM Proef",
        "VvE Proef",
    ],
)
def test_legal_forms_leave_the_key(text: str) -> None:
    assert of(organisation_key(pl.col("x")), text) == "proef"


def test_a_name_of_nothing_but_a_legal_form_stays() -> None:
    assert of(organisation_key(pl.col("x")), "B.V.") == "bv"


def test_secondary_words_leave_the_weaker_key_only() -> None:
    key = organisation_key(pl.col("x"))
    assert of(key, "Proef Beheer Holding B.V.") == "proef beheer holding"
    assert of(organisation_core(key), "Proef Beheer Holding B.V.") == "proef"
    assert of(organisation_core(key), "Holding B.V.") == "holding"


def test_the_trade_does_not_distinguish() -> None:
    assert of(distinctive_part(pl.col("x")), "grand cafe de proef") == "proef"
    assert of(distinctive_part(pl.col("x")), "grand cafe") == "grand cafe"


def test_initials_are_not_a_legal_form() -> None:
    for name in ("B.V. Voorbeeld", "N.V. Voorbeeld", "C.V. Voorbeeld"):
        assert of(has_company_suffix(organisation_text(pl.col("x"))), name) is False
        assert of(has_certain_legal_form(organisation_text(pl.col("x"))), name) is False
        assert of(has_initials(pl.col("x")), name) is True


names = st.one_of(
    st.text(max_size=30),
    st.lists(
        st.sampled_from(
            [
                "Jan",
                "de",
                "van",
                "den",
                "'t",
                "Vries",
                "J.",
                "A.B.",
                ",",
                "-",
                "mr.",
                "Dr",
                "B.V.",
                "b v",
                "bv",
                "Lê",
                "Văn",
                "ʹ",
                "Şen",
                "h.o.d.n.",
                "V.O.F.",
                "O'",
                "&",
                "(",
                ")",
                "x",
                "Café",
                "B",
                "V",
            ]
        ),
        max_size=7,
    ).map(" ".join),
)


@settings(max_examples=50, deadline=None)
@given(st.lists(names, min_size=1, max_size=25))
@example(["dr. . Jansen ,"])
def test_a_normalised_name_normalises_to_itself(texts: list[str]) -> None:
    frame = pl.DataFrame({"x": texts}, schema={"x": pl.String})
    once = split_person(frame, "x").select(x=person_key())
    assert split_person(once, "x").select(x=person_key()).equals(once)
    key = frame.select(x=organisation_key(pl.col("x")))
    assert key.select(x=organisation_key(pl.col("x"))).equals(key)


@settings(max_examples=50, deadline=None)
@given(st.lists(names, min_size=1, max_size=25))
def test_what_is_written_plainly_has_the_key_of_what_is_read(texts: list[str]) -> None:
    frame = pl.DataFrame(
        {"name": [*texts, "Dr Jan Vries", "Jan Vries Hodn", "H.O.D.N. Vries", "Ben al Vries"]}
    ).unique()
    read = split_person(frame, "name").select("name", name_normalised=person_key())
    assert person_keys(frame["name"]).sort("name").equals(read.sort("name"))
