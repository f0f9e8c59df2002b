"""Minimising: whatever a dossier holds, only the allow-list leaves, and nobody is named without a reason."""

from __future__ import annotations

import ast
import datetime as dt
import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from screening.partners.signal import signal as signal_module
from screening.partners.signal.canonical import canonical
from screening.partners.signal.codes import CERTAINTY_WORDS, Certainty
from screening.partners.signal.errors import ForbiddenFieldError, SignalError
from screening.partners.signal.fields import CHECKS
from screening.partners.signal.forbidden import forbidden_name
from screening.partners.signal.minimise import PersonChoice, minimise, new_signal_id
from screening.partners.signal.schema import schema
from screening.partners.signal.signal_paths import leaves
from screening.partners.signal.text import pseudonym
from tests.partners import example

VALIDATOR = jsonschema.Draft202012Validator(schema())
WHY = "Zonder deze naam weet het RIEC niet welke bestuurder bedoeld is."
#: A text that stands in no signal: seen again, it leaked.
CANARY = "kanarie-7f3a"


def mappings(part: object) -> list[dict]:
    """Every mapping in the content, the outermost first."""
    if isinstance(part, dict):
        return [part] + [inner for value in part.values() for inner in mappings(value)]
    if isinstance(part, list):
        return [inner for value in part for inner in mappings(value)]
    return []


def places() -> int:
    return len(mappings(example.content()))


extra = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.just(CANARY) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "score"]), inner, max_size=3),
    max_leaves=6,
)
#: A name that says what may never be read ("xdebt_extra") is refused: another test has those.
extra_names = st.from_regex(r"x[a-z]{1,8}_extra", fullmatch=True).filter(lambda name: forbidden_name(name) is None)


@given(additions=st.lists(st.tuples(st.integers(0, places() - 1), extra_names, extra), max_size=12))
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_field_outside_the_allow_list_leaves(additions):
    """S10: 0 extra fields, wherever in the dossier they stand and whatever they hold."""
    content = example.content()
    compared = [one[part] for one in content["afwijkingen"] for part in ("waarden", "drempels")]
    for place, name, value in additions:
        target = mappings(content)[place]
        if not any(target is one for one in compared):  # of a rule's values the names are its own
            target[name] = value
    signal = minimise(content, example.choices())
    assert list(VALIDATOR.iter_errors(json.loads(canonical(signal)))) == []
    assert canonical(signal) == canonical(example.signal())
    assert CANARY.encode() not in canonical(signal)


@pytest.mark.goal("S10", reached="0 fields more")
@pytest.mark.long
@given(
    additions=st.lists(st.tuples(st.integers(0, places() - 1), st.text(min_size=1, max_size=12), extra), max_size=20)
)
@settings(max_examples=10_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_field_outside_the_allow_list_leaves_whatever_its_name(additions):
    content = example.content()
    for place, name, value in additions:
        mappings(content)[place].setdefault(name, value)
    try:
        signal = minimise(content, example.choices())
    except (ForbiddenFieldError, SignalError):
        return
    assert list(VALIDATOR.iter_errors(json.loads(canonical(signal)))) == []


def test_people_are_left_out_unless_chosen_and_then_a_token():
    nobody = example.signal(persons={})
    assert nobody.personen == ()
    text = canonical(example.signal()).decode()
    for name in ("Vries", "Bakker", "1971", "account-een", "p1"):
        assert name not in text.replace("T-", ""), name
    (person,) = example.signal().personen
    assert (person.rol, person.naam, person.geboortejaar) == ("bestuurder", None, None)


def test_a_clear_name_and_a_birth_year_need_a_reason_each():
    chosen = {"p1": PersonChoice("Bestuurder van de bv die na de einddatum doorgaat.", why_name=WHY)}
    (person,) = example.signal(persons=chosen).personen
    assert (person.naam.waarde, person.naam.motivering, person.geboortejaar) == ("Jan de Vries", WHY, None)
    chosen = {"p1": PersonChoice("Bestuurder van de bv die na de einddatum doorgaat.", why_birth_year=WHY)}
    (person,) = example.signal(persons=chosen).personen
    assert (person.naam, person.geboortejaar.waarde) == (None, "1971")
    with pytest.raises(SignalError, match=r"personen\.0\.naam\.motivering"):
        example.signal(persons={"p1": PersonChoice("Bestuurder van de bv die doorgaat.", why_name="Handig.")})


def test_a_token_is_the_same_within_a_signal_and_another_in_the_next():
    one, two = example.signal(1), example.signal(2)
    assert one.feiten[0].gecontroleerd_door.kenmerk == one.meta.eerste_beoordelaar
    assert one.personen[0].kenmerk != two.personen[0].kenmerk
    assert one.meta.eerste_beoordelaar != two.meta.eerste_beoordelaar
    assert example.signal(1) == one
    other_key = example.signal(1, token_key=bytes(32))
    assert other_key.personen[0].kenmerk != one.personen[0].kenmerk
    with pytest.raises(ValueError, match="32 bytes"):
        pseudonym("x", key=b"kort", scope="S")


def test_the_number_of_a_sole_trader_never_leaves_and_the_name_with_a_reason_only():
    trader = example.signal().organisaties[1]
    assert (trader.rechtsvorm, trader.naam, trader.rsin) == ("eenmanszaak", None, None)
    named = example.signal(organisation_names={"org:87654321": WHY}).organisaties[1]
    assert (named.naam, named.naam_motivering, named.rsin) == ("Café J. de Vries", WHY, None)
    company = example.signal().organisaties[0]
    assert (company.naam, company.rsin) == ("Kadebar B.V.", "123456782")


def test_a_rules_values_leave_as_text_and_a_persons_do_not():
    values = {one.naam: one.waarde for one in example.signal().afwijkingen[0].waarden}
    assert values == {"dagen": "599", "einddatum": "2025-03-31", "naam_gelijk": "ja"}


@pytest.mark.parametrize(
    "name",
    [
        "bsn",
        "BSN-nummer",
        "nationaliteit",
        "geboorteland",
        "etniciteit",
        "geslacht",
        "huidskleur",
        "verblijfsstatus",
        "taal",
        "religie",
        "gezondheid",
        "uitkering",
        "schulden",
        "kenteken",
        "iban",
        "bewoner_naam",
        "melderNaam",
        "strafblad",
        "bibob_advies",
        "werknaam",
        "a_nummer_a.nummer",
        "burgerservicenummer",
        "ReporterName",
    ],
)
def test_a_forbidden_field_is_refused_by_its_name_wherever_it_stands(name: str):
    if name.startswith("a_nummer"):
        name = "Anummer"
    for number in range(places()):
        content = example.content()
        mappings(content)[number][name] = CANARY
        with pytest.raises(ForbiddenFieldError) as refused:
            minimise(content, example.choices())
        assert name in str(refused.value)
        assert CANARY not in str(refused.value)


@pytest.mark.parametrize("number", ["123456782", "1234.56.782", "123 456 782", "BSN 123456782.", "(123456782)"])
def test_a_bsn_in_any_text_is_refused_and_not_repeated(number: str):
    content = example.content()
    content["barrieres_en_vraag"]["vraag"] = f"Kent u {number}?"
    with pytest.raises(ForbiddenFieldError, match=r"barrieres_en_vraag\.vraag: .*\(BSN\)") as refused:
        minimise(content, example.choices())
    assert "782" not in str(refused.value)


def test_a_case_number_that_passes_the_check_is_no_bsn_and_a_bare_one_is():
    content = example.content()
    content["feiten"][0]["record_id"] = "vergunningen:Z-909000001"
    content["afwijkingen"][0]["record_ids"] = ["vergunningen:Z-909000001"]
    content["twijfels"]["koppelingen"] = []
    assert minimise(content, example.choices()).feiten
    content["feiten"][0]["omschrijving"] = "Zaak 909000001 liep af."
    with pytest.raises(ForbiddenFieldError):
        minimise(content, example.choices())


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Overmaken op NL91 ABNA 0417 1643 00 graag.", "IBAN"),
        ("Mail jan@voorbeeld.example voor meer.", "e-mailadres"),
        ("Wie neemt op bij 06-12345678?", "telefoonnummer"),
        ("Bel +31 (0)20 123 45 67.", "telefoonnummer"),
        ("De verdachte werkt hier al jaren.", "een beschuldiging"),
        ("Er is een slachtoffer gezien.", "een slachtoffer"),
        ("Hier werken Roemeense vrouwen.", "nationaliteit of herkomst"),
        ("De prostituee vertrok.", "een sekswerker"),
    ],
)
def test_what_no_text_of_a_signal_says(text: str, kind: str):
    content = example.content()
    content["barrieres_en_vraag"]["vraag"] = text
    with pytest.raises(ForbiddenFieldError, match=kind):
        minimise(content, example.choices())


@pytest.mark.parametrize("text", ["Jan de Vries liep binnen.", "Gezien: JAN  DE VRIES", "Vraag Anna Bakker."])
def test_a_text_names_nobody_of_the_dossier_by_the_back_door(text: str):
    content = example.content()
    content["feiten"][0]["omschrijving"] = text
    with pytest.raises(ForbiddenFieldError, match="names a person") as refused:
        minimise(content, example.choices())
    assert "Vries" not in str(refused.value)
    assert "Bakker" not in str(refused.value)


@pytest.mark.parametrize(
    "text", ["Wie kent mevrouw Bakker?", "Wat weet een partner van BAKKER, A.?", "Anna, wie is dat?"]
)
def test_a_surname_alone_names_somebody_too_in_what_an_officer_writes(text: str):
    content = example.content()
    content["barrieres_en_vraag"]["vraag"] = text
    with pytest.raises(ForbiddenFieldError, match=r"vraag: the text names a person") as refused:
        minimise(content, example.choices())
    assert "akker" not in str(refused.value).lower()


@pytest.mark.parametrize("text", ["Is de bakkerij al bezocht?", "Zaak Z-0612345678 loopt nog.", "Kadebar B.V.?"])
def test_what_only_looks_like_a_name_or_a_number_passes(text: str):
    content = example.content()
    content["barrieres_en_vraag"]["vraag"] = text
    assert minimise(content, example.choices()).barrieres_en_vraag.vraag == text


def test_the_name_of_a_business_that_leaves_may_be_repeated():
    content = example.content()
    content["organisaties"][0]["naam"] = "Bakker Horeca B.V."
    content["barrieres_en_vraag"]["vraag"] = "Kent een partner Bakker Horeca B.V.?"
    assert minimise(content, example.choices()).barrieres_en_vraag.vraag.startswith("Kent")


def test_a_person_named_on_purpose_may_be_named_in_a_text():
    content = example.content()
    content["feiten"][0]["omschrijving"] = "Jan de Vries vroeg de vergunning aan."
    chosen = {"p1": PersonChoice("Bestuurder van de bv die na de einddatum doorgaat.", why_name=WHY)}
    assert minimise(content, example.choices(persons=chosen)).personen[0].naam.waarde == "Jan de Vries"


def test_a_fact_that_is_left_out_is_left_out_everywhere():
    signal = example.signal(left_out=frozenset({"controles:C-77"}))
    assert "C-77" not in canonical(signal).decode()
    assert len(signal.feiten) == 2


def test_facts_stand_in_the_order_of_their_dates():
    assert [one.datum for one in example.signal().feiten] == ["2019-06", "2025-03-31", "2026-10-07"]


def test_the_statement_on_automated_selection_cannot_be_left_out_or_rewritten():
    content = example.content()
    content["aanleiding"] |= {"wijze": "steekproef", "geautomatiseerde_selectie": False, "verklaring": "Een tip."}
    assert minimise(content, example.choices()).aanleiding == example.signal().aanleiding
    assert "computer" in example.signal().aanleiding.verklaring


def test_a_link_is_said_in_words_and_an_unconfirmed_one_never_leaves():
    content = example.content()
    assert example.signal().twijfels.koppelingen[0].in_woorden == CERTAINTY_WORDS[Certainty.EXACT][0]
    content["twijfels"]["koppelingen"][0]["niveau"] = "probable"
    with pytest.raises(SignalError, match=r"twijfels\.koppelingen\.0"):
        minimise(content, example.choices())


@pytest.mark.parametrize(
    "group",
    [
        "meta",
        "object",
        "aanleiding",
        "feiten",
        "afwijkingen",
        "onderzoek_en_maatregelen",
        "barrieres_en_vraag",
        "twijfels",
        "bewaring_en_contact",
    ],
)
def test_a_missing_group_is_told_by_its_name(group: str):
    content = example.content()
    del content[group]
    with pytest.raises(SignalError, match=group):
        minimise(content, example.choices())


def test_an_error_names_fields_and_never_values():
    content = example.content()
    content["object"]["adresseerbaar_object_id"] = CANARY
    content["meta"]["thema"] = CANARY
    with pytest.raises(SignalError) as refused:
        minimise(content, example.choices())
    assert "object.adresseerbaar_object_id" in str(refused.value)
    assert "meta.thema" in str(refused.value)
    assert CANARY not in str(refused.value)
    assert refused.value.__cause__ is None


def test_unseen_characters_are_taken_out_and_text_is_composed():
    content = example.content()
    content["object"]["adres"] = "Kade\u202e 12\u200b,\t1234 AB\nVoorbeelde\u0301stad\x00"
    assert minimise(content, example.choices()).object.adres == "Kade 12, 1234 AB Voorbeeldéstad"


def test_dates_times_and_sets_are_taken_as_they_are():
    content = example.content()
    content["object"]["peildatum"] = dt.datetime(2026, 11, 19, 23, 0, tzinfo=dt.UTC)
    content["object"]["gebruiksdoelen"] = {"woonfunctie", "bijeenkomstfunctie"}
    signal = minimise(content, example.choices())
    assert signal.object.peildatum == "2026-11-19"
    assert signal.object.gebruiksdoelen == ("bijeenkomstfunctie", "woonfunctie")


def test_ids_are_random():
    assert len({new_signal_id() for _ in range(100)}) == 100
    assert all(leaf.path for leaf in leaves(example.signal(int(new_signal_id()[2:], 16))))


def test_what_is_wrong_is_told_in_dutch_too_with_the_name_of_the_field():
    content = example.content()
    content["barrieres_en_vraag"]["vraag"] = "Het BSN is 123456782."
    with pytest.raises(ForbiddenFieldError) as refused:
        minimise(content, example.choices())
    [wrong] = refused.value.problems
    assert (wrong.field, wrong.title_nl) == ("barrieres_en_vraag.vraag", "Vraag aan de ontvanger")
    assert wrong.nl.startswith("Hier staat iets wat nooit naar buiten mag (BSN).")
    content = example.content()
    content["bewaring_en_contact"] |= {"kennisgeving": "niet_van_toepassing", "kennisgeving_vanaf": None}
    del content["feiten"][0]["omschrijving"]
    content["aanleiding"]["eerst_gezien"] = "gisteren"
    with pytest.raises(SignalError) as missing:
        minimise(content, example.choices())
    assert {(one.field, one.title_nl, one.nl) for one in missing.value.problems} == {
        ("aanleiding.eerst_gezien", "Eerst gezien op", "Dit heeft een andere vorm dan een signaal vraagt."),
        ("feiten.1.omschrijving", "Feit", "Dit ontbreekt."),
    }


def test_every_check_of_the_signal_has_its_dutch_text():
    """A message without one would stand in English on a page of a Dutch officer."""
    folder = Path(signal_module.__file__).parent
    raised = set()
    for file in folder.glob("signal*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                raised.add(node.exc.args[0].value)
    assert raised == set(CHECKS)
    assert len(raised) >= 7


@pytest.mark.parametrize(("form", "is_named"), [("eenmanszaak", False), ("eenmanszaak", True), ("vof", True)], ids=str)
def test_the_business_of_a_person_is_about_that_person(form: str, is_named: bool):
    """A sole trader's number points at a natural person: "nobody stands in it" would not be true."""
    content = example.content()
    content["organisaties"][1]["rechtsvorm"] = form
    content["bewaring_en_contact"] |= {"kennisgeving": "niet_van_toepassing", "kennisgeving_vanaf": None}
    names = {"org:87654321": "De naam staat op de gevel en op de vergunning."} if is_named else {}
    chosen = example.choices(persons={}, organisation_names=names)
    with pytest.raises(SignalError, match="say whether they were told"):
        minimise(content, chosen)
    content["organisaties"].pop()
    assert minimise(content, chosen).bewaring_en_contact.kennisgeving == "niet_van_toepassing"


def test_a_value_of_a_rule_names_nobody_either():
    content = example.content()
    content["afwijkingen"][0]["waarden"]["ondertekend_door"] = "Jan de Vries"
    with pytest.raises(ForbiddenFieldError, match=r"waarden.*names a person"):
        minimise(content, example.choices())


def test_values_of_every_kind_leave_as_a_person_reads_them():
    content = example.content()
    content["afwijkingen"][0]["waarden"] = {
        "adres": "",
        "aandeel": 0.12345,
        "dagen": None,
        "jaren": [2024, None, True],
        "reeks": list(range(999)),
    }
    values = {value.naam: value.waarde for value in minimise(content, example.choices()).afwijkingen[0].waarden}
    assert values == {
        "adres": "leeg",
        "aandeel": "0,1235",
        "dagen": "onbekend",
        "jaren": "2024, onbekend, ja",
        "reeks": "999 waarden, zie de feiten",
    }


def test_a_fact_of_a_register_that_is_unknown_is_refused_by_its_place():
    content = example.content()
    content["feiten"][0]["bronregister"] = "belastingen"
    with pytest.raises(SignalError, match=r"feiten\.\d\.bronregister"):
        minimise(content, example.choices())


@pytest.mark.parametrize(("group", "value"), [("object", "Kade 12"), ("twijfels", None), ("bewaring_en_contact", 7)])
def test_a_group_that_is_no_group_is_told_by_its_name(group: str, value: object):
    with pytest.raises(SignalError, match=group) as refused:
        minimise(example.content() | {group: value}, example.choices())
    assert "Kade" not in str(refused.value)
