"""Refusals: each ground bites alone, all are told at once, and none quotes what it found."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.base.vocabulary import CaseState, Purpose, ReviewOutcome
from screening.base.word_lists import read_word_lists
from screening.partners.signal.codes import Theme
from screening.partners.signal.forbidden import forbidden_name, forbidden_statement
from screening.partners.signal.minimise import minimise
from screening.partners.signal.refuse import AgreedTerms, LostGround, RefusalCode, forbidden_in, refusals
from screening.partners.signal.signal import Signal
from tests.partners import example


def codes(**changed: object) -> set[RefusalCode]:
    return {one.code for one in refusals(example.signal(), example.approval(**changed))}


def test_a_confirmed_signal_of_two_people_with_a_verified_fact_may_leave():
    assert refusals(example.signal(), example.approval()) == []


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"outcome": ReviewOutcome.VERKLAARD}, RefusalCode.NOT_CONFIRMED),
        ({"outcome": None}, RefusalCode.NOT_CONFIRMED),
        ({"state": CaseState.FIRST_JUDGED}, RefusalCode.NOT_CONFIRMED),
        ({"state": CaseState.WITHDRAWN}, RefusalCode.NOT_CONFIRMED),
        ({"second_by": "account-een"}, RefusalCode.ONE_PERSON),
        ({"second_by": None}, RefusalCode.ONE_PERSON),
        ({"first_by": ""}, RefusalCode.ONE_PERSON),
        ({"arm": "sample"}, RefusalCode.RANDOM_SAMPLE),
        ({"arm": "?"}, RefusalCode.RANDOM_SAMPLE),
        ({"sensitive": True}, RefusalCode.SENSITIVE_UNAPPROVED),
        ({"purpose": None}, RefusalCode.NO_PURPOSE),
        ({"purpose": Purpose.WON}, RefusalCode.NO_PURPOSE),
        ({"legal_basis": " "}, RefusalCode.NO_LEGAL_BASIS),
        ({"legal_basis": "Een andere wet"}, RefusalCode.NO_LEGAL_BASIS),
        ({"agreement": AgreedTerms(frozenset(), frozenset({"personen"}))}, RefusalCode.THEME_NOT_AGREED),
        ({"agreement": AgreedTerms(frozenset({Theme.BEDRIJVEN}), frozenset({"personen"}), True)}, RefusalCode.TO_CHECK),
        ({"agreement": None}, RefusalCode.NO_AGREEMENT),
        ({"shown_themes": frozenset()}, RefusalCode.THEME_NOT_SHOWN),
        ({"on": dt.date(2027, 11, 20)}, RefusalCode.PAST_ITS_TERM),
        ({"address_id": "9999010000000013"}, RefusalCode.OTHER_CASE),
        ({"lost_ground": LostGround.REQUEST}, RefusalCode.GROUND_LOST),
        ({"is_in_check": True}, RefusalCode.IN_CHECK),
    ],
)
def test_each_ground_alone_refuses(changed: dict, code: RefusalCode):
    assert codes(**changed) == {code}


def test_an_unverified_fact_a_report_or_an_own_licence_alone_does_not_carry_a_signal():
    content = example.content()
    content["feiten"][1].pop("gecontroleerd_door")
    told = refusals(minimise(content, example.choices()), example.approval())
    assert [one.code for one in told] == [RefusalCode.NO_VERIFIED_FACT]
    checked = {"account": "account-een", "rol": "officer", "op": "2026-11-18"}
    content["feiten"][0]["gecontroleerd_door"] = checked  # the municipality's own licence
    assert refusals(minimise(content, example.choices()), example.approval())
    content["feiten"][2]["gecontroleerd_door"] = checked  # an inspection
    assert refusals(minimise(content, example.choices()), example.approval()) == []


def test_a_signal_about_people_alone_or_about_nobody_does_not_leave():
    content = example.content()
    assert content["personen"]
    content["organisaties"] = []
    assert [one.code for one in refusals(minimise(content, example.choices()), example.approval())] == [
        RefusalCode.NO_ORGANISATION
    ]
    content["personen"] = []
    assert [one.code for one in refusals(minimise(content, example.choices()), example.approval())] == [
        RefusalCode.NO_ORGANISATION
    ]


def test_a_sensitive_one_needs_a_third_person_and_the_strict_marking():
    content = example.content()
    content["meta"]["vertrouwelijkheid"] = "zeer vertrouwelijk"
    signal = minimise(content, example.choices())
    assert refusals(signal, example.approval(sensitive=True, extra_approval_by="account-drie")) == []
    for same in ("account-een", "account-twee", "", None):
        assert refusals(signal, example.approval(sensitive=True, extra_approval_by=same)), same
    assert codes(sensitive=True, extra_approval_by="account-drie") == {RefusalCode.SENSITIVE_UNAPPROVED}


def test_all_grounds_are_told_at_once_in_both_languages():
    told = refusals(example.signal(), example.approval(outcome=None, arm="sample", purpose=None, legal_basis=None))
    assert len(told) == 4
    assert all(one.nl and one.en and one.nl != one.en for one in told)


@pytest.mark.parametrize(
    "path",
    ["meta.afdeling", "object.adres", "feiten.0.omschrijving", "organisaties.0.naam", "twijfels.tegenindicaties.0"],
)
def test_a_bsn_is_found_also_when_minimising_was_passed_by(path: str):
    """Built by hand, the model takes it; the refusal does not, and does not repeat it."""
    plain = example.plain_signal()
    part = plain
    *steps, last = (int(step) if step.isdigit() else step for step in path.split("."))
    for step in steps:
        part = part[step]
    part[last] = "111222333"
    told = refusals(Signal.model_validate(plain), example.approval())
    assert [(one.code, one.field) for one in told] == [(RefusalCode.FORBIDDEN_FIELD, path)]
    assert "111222333" not in told[0].nl + told[0].en


def test_a_signal_of_before_that_tells_of_bibob_is_read_and_leaves_no_more():
    plain = example.plain_signal()
    plain["onderzoek_en_maatregelen"]["bibob_eigen_onderzoek_loopt"] = True
    told = refusals(Signal.model_validate(plain), example.approval())
    assert [(refusal.code, refusal.field) for refusal in told] == [
        (RefusalCode.FORBIDDEN_FIELD, "onderzoek_en_maatregelen.bibob_eigen_onderzoek_loopt")
    ]


def test_the_rsin_of_a_legal_person_may_leave():
    assert example.signal().organisaties[0].rsin == "123456782"
    assert forbidden_in(example.signal()) == []


@pytest.mark.goal("S10", reached="0 that were not approved")
@given(
    st.sampled_from(list(CaseState)),
    st.sampled_from([*ReviewOutcome, None]),
    st.sampled_from(["a", "b", None]),
    st.sampled_from(["a", "b", None]),
    st.sampled_from(["flag", "sample"]),
    st.booleans(),
    st.sampled_from(["a", "b", "c", None]),
)
@settings(max_examples=400, deadline=None)
def test_only_a_confirmed_flag_of_two_people_ever_passes(state, outcome, first, second, arm, sensitive, third):
    """S10, S5: whatever the store would say, an unapproved case does not pass."""
    facts = example.approval(
        state=state,
        outcome=outcome,
        first_by=first,
        second_by=second,
        arm=arm,
        sensitive=sensitive,
        extra_approval_by=third,
    )
    if refusals(SENSITIVE if sensitive else ORDINARY, facts) == []:
        assert (state, outcome, arm) == (CaseState.CLOSED, ReviewOutcome.BEVESTIGD_AFWIJKING, "flag")
        assert {first, second} == {"a", "b"}
        assert not sensitive or third == "c"


def _sensitive() -> Signal:
    content = example.content()
    content["meta"]["vertrouwelijkheid"] = "zeer vertrouwelijk"
    return minimise(content, example.choices())


SENSITIVE, ORDINARY = _sensitive(), example.signal()


def test_no_name_that_an_indicator_uses_is_taken_for_a_forbidden_one():
    """0 false rejects: parameters and values of every rule of the catalogue pass."""
    import re
    from pathlib import Path

    import indicators

    names = set()
    for file in Path(indicators.__file__).parent.rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        names |= set(re.findall(r"\{([a-z_0-9]+)\}", text)) | set(re.findall(r'"([a-z_0-9]+)": Param\(', text))
    assert len(names) > 80
    assert {name: forbidden_name(name) for name in names if forbidden_name(name)} == {}


def test_no_field_of_the_signal_is_taken_for_a_forbidden_one():
    from screening.partners.signal.schema import schema

    names = {name for part in [schema(), *schema()["$defs"].values()] for name in part.get("properties", {})}
    assert len(names) > 80
    assert {name: forbidden_name(name) for name in names if forbidden_name(name)} == {}


@pytest.mark.parametrize(
    "text",
    [
        "De seksinrichting had geen vergunning meer.",
        "De exploitant vroeg te laat aan.",
        "Poolstraat 3",
        "Coördinator ondermijning",
        "De huurder is niet bekend.",
        "Het pand ligt aan de Turkooislaan.",
    ],
)
def test_ordinary_sentences_may_be_said(text: str):
    assert forbidden_statement(text) is None


def test_what_the_intake_refuses_the_export_refuses_too():
    """Two lists of their own: a word that is added to one and forgotten in the other is told here."""
    intake = read_word_lists("screening.sources", "forbidden_words.yaml")
    words = {
        word for name in ("stems", "words", "whole") for listed in intake.by_kind(name).values() for word in listed
    }
    assert len(words) > 500
    assert {word for word in words if forbidden_name(word) is None} == set()


@pytest.mark.parametrize(
    "name",
    [
        "onschuldige_verklaringen",
        "eerste_beoordelaar",
        "totaal",
        "inwoneraantal",
        "ingeschreven_op",
        "afkomstig_uit",
        "extranummer",
        "datum_aanvraag",
        "houder_naam",
        "geboortedatum",
        "zaaknummer",
        "verblijfsobject",
        "stage",
    ],
)
def test_an_ordinary_name_is_let_through(name: str):
    assert forbidden_name(name) is None
