"""A rule reads only what is kept for its purpose, and every rule of this version has one."""

from __future__ import annotations

import pytest

from flows.catalogue import all_contracts, all_indicators
from flows.night.rule_consent import allowed_purposes
from screening.base.errors import RuleDefinitionError
from screening.rules.purposes import Purpose, covering, uncovered

ALLOWED = {
    "vergunningen": {"": ("P-VERG", "P-WON"), "status": ("P-VERG", "P-WON"), "bibob_vragenlijst_datum": ("P-VERG",)},
    "leidinggevenden": {"": ("P-VERG",), "rol": ("P-VERG",)},
}


def test_a_rule_has_the_purposes_that_it_declares(declare):
    assert declare(purposes=("P-WON", "P-OO")).purposes == ("P-OO", "P-WON")
    assert declare().purposes == ()
    assert declare(purposes=("P-OO",)).declaration()["purposes"] == ["P-OO"]


@pytest.mark.parametrize("purposes", [("P-IETS",), "P-OO", ("P-OO", "")])
def test_a_purpose_that_does_not_exist_is_refused(declare, purposes):
    with pytest.raises(RuleDefinitionError, match="purposes must be of"):
        declare(purposes=purposes)


def test_every_column_must_be_kept_for_every_purpose_of_the_rule():
    assert uncovered(("P-VERG",), {"vergunningen": ("status",), "leidinggevenden": ("rol",)}, ALLOWED) == []
    assert uncovered(("P-WON",), {"leidinggevenden": ("rol",)}, ALLOWED) == [
        "leidinggevenden.rol is not kept for P-WON"
    ]
    assert uncovered(("P-VERG", "P-WON"), {"vergunningen": ("status",), "leidinggevenden": ("rol",)}, ALLOWED)


def test_a_column_may_be_kept_for_less_than_its_register():
    assert uncovered(("P-WON",), {"vergunningen": ("bibob_vragenlijst_datum",)}, ALLOWED)


def test_the_bounds_of_a_date_are_kept_for_what_the_date_is():
    for bound in ("bibob_vragenlijst_datum_min", "bibob_vragenlijst_datum_max"):
        assert uncovered(("P-WON",), {"vergunningen": (bound,)}, ALLOWED)
        assert not uncovered(("P-VERG",), {"vergunningen": (bound,)}, ALLOWED)


def test_a_column_that_the_programme_adds_is_of_its_register():
    assert uncovered(("P-OO",), {"vergunningen": ("address_id",)}, ALLOWED)
    assert not uncovered(("P-WON",), {"vergunningen": ("address_id", "record")}, ALLOWED)


def test_tables_that_the_programme_makes_have_no_purpose_of_their_own():
    assert not uncovered(("P-OO",), {"partijen": ("party_id",)}, ALLOWED)


def test_every_indicator_has_a_purpose_that_its_registers_cover():
    allowed = allowed_purposes(all_contracts())
    for rule in all_indicators():
        assert rule.purposes, f"{rule.code} is for nothing"
        assert uncovered(rule.purposes, rule.inputs, allowed) == [], rule.code


def test_a_data_set_is_covered_when_it_is_kept_for_every_purpose():
    assert covering((Purpose("P-WON"),), ALLOWED) == ["vergunningen"]
    assert covering((), ALLOWED) == ["leidinggevenden", "vergunningen"]
    assert covering(("P-VERG", "P-OO"), ALLOWED) == []
    assert covering(("P-VERG",), {"meldingen": {"omschrijving": ("P-VERG",)}}) == [], "a column is not its register"
