"""Kinds of partner are data: those that are built in are whole, and one from outside is refused with its fault."""

from __future__ import annotations

from importlib.resources import files

import pytest

from screening.base.errors import ConfigurationError
from screening.base.legal_facts import legal_facts
from screening.partners.kinds.partner_kind import HandOverForm, kind_of_referral, partner_kinds, read_partner_kind
from screening.partners.signal.codes import FeedbackOutcome, SignalPartner

POLICE = files("screening.partners.kinds").joinpath("politie.yaml").read_text(encoding="utf-8")
#: A law that a kind from outside brings along.
OWN_LAW = "{name: Streekwet art. 3, source: https://voorbeeld.nl, checked: null, to_check: true}"


def test_a_kind_that_is_built_in_names_its_laws_by_their_key_alone() -> None:
    for kind in partner_kinds().values():
        assert all(isinstance(basis.law, str) for basis in kind.bases), kind.code
        assert all(legal_facts()[basis.law] is basis.fact for basis in kind.bases), kind.code


def test_a_kind_from_outside_may_bring_a_law_of_its_own() -> None:
    text = POLICE.replace("code: politie", "code: noord.politie").replace("law: wpg", f"law: {OWN_LAW}")
    law = read_partner_kind(text, "x.yaml", namespace="noord").bases[1].fact
    assert (law.name, law.checked, law.marked) == ("Streekwet art. 3", None, "Streekwet art. 3, te controleren")


def test_the_kinds_that_are_built_in() -> None:
    kinds = partner_kinds()
    assert set(kinds) == {"riec", "politie", "arbeidsinspectie", "veiligheidshuis"}
    for code in ("riec", "politie", "arbeidsinspectie"):
        assert HandOverForm.BATCH in kinds[code].forms
        assert kinds[code].never.nl
        assert kinds[code].is_to_check  # a lawyer of the municipality looks before anything leaves
    house = kinds["veiligheidshuis"]
    assert (house.forms, house.themes, house.fields, house.call_tells) == ((HandOverForm.CALL,), (), (), ())
    assert kind_of_referral("politie") is kinds["politie"]
    assert kind_of_referral("ander_team") is None


def test_the_answers_of_police_and_inspectorate_tell_nothing_of_an_inquiry() -> None:
    told = {FeedbackOutcome.CASUS, FeedbackOutcome.TOEGEVOEGD_AAN_CASUS, FeedbackOutcome.INTERVENTIE}
    for code in ("politie", "arbeidsinspectie"):
        assert not told & set(partner_kinds()[code].feedback)


def test_a_kind_from_outside_is_read_with_its_namespace() -> None:
    kind = read_partner_kind(POLICE.replace("code: politie", "code: noord.politie"), "x.yaml", namespace="noord")
    assert (kind.code, kind.partner) == ("noord.politie", SignalPartner.POLITIE)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("code: politie", "code: Politie!", "code"),
        ("code: politie", "code: zuid.politie", "begins with noord"),
        ("law: wpg", "law: wet-die-er-niet-is", "no law of this key"),
        ("law: wpg", f"law: {OWN_LAW.replace('to_check: true', 'to_check: false')}", "to be checked"),
        ("themes: [mensenhandel,", "themes: [pizza,", "themes"),
        ("themes: [", "themas: [", "themes"),
        ("fields: [personen, naam,", "fields: [naam,", "only where persons may"),
        ("forms: [batch, sheet, call]", "forms: [call]", "has themes"),
        ("called: {nl: de politie", "called: {nl: de politie die verdachten zoekt", "suspects somebody"),
        ("code: politie", "code: [", "not YAML"),
    ],
)
def test_a_kind_that_is_not_whole_is_refused(old: str, new: str, says: str) -> None:
    assert old in POLICE
    text = POLICE.replace("code: politie", "code: noord.politie") if not old.startswith("code") else POLICE
    with pytest.raises(ConfigurationError, match=says):
        read_partner_kind(text.replace(old, new, 1), "x.yaml", namespace="noord")
