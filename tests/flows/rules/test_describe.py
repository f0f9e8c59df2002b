"""`barrier describe` tells the model, a barrier and an indicator, and what can be asked for when asked amiss."""

from __future__ import annotations

import json

import pytest

from flows.catalogue import all_indicators
from flows.configuration.fields import required_datasets
from flows.rules.describe import describe
from screening.base.errors import ConfigurationError
from screening.base.vocabulary import Barrier
from screening.policy.questions import policy_questions
from screening.rules.model import models
from tests.conftest import barrier


def test_without_a_subject_it_tells_the_four_models_and_every_indicator_on_them():
    told = describe()
    text = "\n".join(told.lines("nl"))
    assert told.kind == "models"
    assert all(model.name_nl in text for model in models())
    assert all(one.code in text for one in all_indicators() if not one.is_finding)
    assert "buiten deze screening" in text


@pytest.mark.parametrize("asked", [*(m.code for m in models()), "a", *Barrier, *(o.code for o in all_indicators())])
@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_model_barrier_and_indicator_can_be_asked_for_in_either_case(asked, language):
    told = describe(asked.lower())
    assert told.lines(language) == describe(asked.upper()).lines(language)
    assert all(part["title"] for part in told.parts[language])
    assert json.loads(json.dumps(told.document()))["subject"] is not None


def test_an_indicator_tells_what_it_looks_for_and_what_it_can_also_mean():
    one = next(o for o in all_indicators() if o.code == "LIC-04")
    text = "\n".join(describe("LIC-04").lines("nl"))
    assert one.rationale_nl in text
    assert all(innocent in text for innocent in one.innocent_nl)
    assert all(out in text for out in one.ruled_out_nl)
    assert "niet lager dan 30 dagen, niet hoger dan 180 dagen" in text
    assert "vergunningen: record" in text


def test_the_lists_in_force_can_be_asked_for(tmp_path):
    assert "horeca: SBI 2008 56 (horeca)" in "\n".join(describe("lijsten").lines("nl"))
    assert describe("LISTS").document()["kind"] == "lists"
    file = tmp_path / "screening.toml"
    sources = "\n".join(f'[sources.{name}]\npath = "{name}.csv"' for name in required_datasets())
    line = '[lines.nagelstudio]\nsbi_2025 = ["9622"]\npermit_types = ["exploitatie"]'
    file.write_text(f'[municipality]\nname = "Testdorp"\ncode = "9999"\n{sources}\n{line}\n', encoding="utf-8")
    assert "nagelstudio: SBI 2025 9622 (schoonheidsverzorging)" in "\n".join(describe("lists", file).lines("nl"))


def test_a_barrier_tells_its_policy_and_with_a_configuration_how_it_stands(tmp_path):
    question = next(question for question in policy_questions().values() if question.barrier is Barrier.IDENTITEIT)
    plain = "\n".join(describe("IDENTITEIT").lines("nl"))
    assert f"{question.question_nl} ({question.law})" in plain
    assert "burgerzaken" in plain
    config = tmp_path / "screening.toml"
    sources = "".join(f'[sources.{name}]\npath = "{name}.csv"\n' for name in required_datasets())
    config.write_text(f'[municipality]\nname = "Voorbeeldstad"\ncode = "9999"\n[run]\nworkspace = "w"\n{sources}')
    assert f"({question.law}) Nog geen antwoord." in "\n".join(describe("IDENTITEIT", config).lines("nl"))


def test_a_subject_that_does_not_exist_is_answered_with_what_does():
    with pytest.raises(ConfigurationError, match="HUISVESTING"):
        describe("iets anders")


def test_the_command_prints_text_and_json():
    ran = barrier("describe", "woonfraude", "--english")
    assert ran.code == 0, ran.err
    assert "Unlawful letting" in ran.out
    assert barrier("describe", "LIC-04", "--json").json["kind"] == "indicator"
    assert barrier("describe", "ZZZ-99").code == 2
