"""A stored model: it goes to JSON and back, and what does not fit is refused."""

from __future__ import annotations

import json
import math

import pytest

from screening.errors import ConfigurationError
from screening.matching.parties.estimate import BY_HAND
from screening.matching.parties.model import FAMILY_LEVELS, GIVEN_LEVELS, PartyModel, default_model


@pytest.mark.parametrize("model", [BY_HAND, default_model()], ids=["by hand", "shipped"])
def test_a_model_survives_its_json(model: PartyModel) -> None:
    again = PartyModel.from_json(model.to_json())
    assert again.to_json() == model.to_json()
    for table in (again.m, again.u):
        assert set(table["family"]) == set(FAMILY_LEVELS)
        assert set(table["given"]) == set(GIVEN_LEVELS)
        for levels in (table["family"], table["given"]):
            assert sum(levels.values()) == pytest.approx(1, abs=0.02)


def test_the_weights_in_the_document_of_a_run_can_be_read_back() -> None:
    document = {**json.loads(default_model().to_json()), "judgements": {"used": False}}
    assert PartyModel.from_json(json.dumps(document)) == default_model()


def test_a_weight_is_the_logarithm_of_a_ratio_of_chances() -> None:
    model = PartyModel.from_json(default_model().to_json())
    assert model.weight("given", "equal") == math.log2(model.m["given"]["equal"] / model.u["given"]["equal"]) > 0
    assert model.weight("given", "disjoint") < 0
    assert model.weight("family", "differs") < 0 < model.weight("family", "slip")


def _broken(**changes: object) -> str:
    plain = json.loads(default_model().to_json())
    return json.dumps(plain | changes)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        _broken(format="partymodel/0"),
        _broken(m={}),
        _broken(matches_per_name=0),
        _broken(matches_per_name="many"),
        _broken(extra=1),
        _broken(u={**json.loads(default_model().to_json())["u"], "given": {"equal": 2}}),
    ],
    ids=["empty", "list", "no form", "other form", "no m", "zero", "text", "unknown key", "chance above one"],
)
def test_another_form_is_refused_gently(text: str) -> None:
    with pytest.raises(ConfigurationError, match="learn it anew"):
        PartyModel.from_json(text)


def test_the_shipped_model_holds_nothing_of_anybody() -> None:
    plain = json.loads(default_model().to_json())
    texts = {key for table in (plain["m"], plain["u"]) for field in table.values() for key in field}
    assert texts == {*FAMILY_LEVELS, *GIVEN_LEVELS, "equal", "swapped"}
