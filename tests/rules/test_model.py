"""The barrier model says everything it must in both languages, and what covers a barrier is computed, never listed."""

from __future__ import annotations

import copy
from importlib.resources import files

import pytest
import yaml

from screening.base.errors import RuleDefinitionError
from screening.base.vocabulary import Barrier
from screening.rules.model import BARRIER_NAMES, Reach, coverage, loose, models, read_model, texts

SIGNAL = {"nl": "x.", "en": "x.", "registers": ["meldingen"]}


@pytest.fixture
def document() -> dict:
    """The file of one model, to change."""
    source = files("screening.rules").joinpath("models/woonfraude.yaml").read_text(encoding="utf-8")
    return copy.deepcopy(yaml.safe_load(source))


def at(rows, letter: str, barrier: Barrier):
    return next(row for row in rows if row.model.letter == letter and row.step.barrier == barrier)


def test_there_are_four_models_and_every_barrier_stands_in_one():
    assert [model.letter for model in models()] == ["a", "b", "c", "d"]
    assert {step.barrier for model in models() for step in model.barriers} == set(Barrier)
    for language in ("nl", "en"):
        assert set(BARRIER_NAMES[language]) == set(Barrier)


def test_recruitment_and_entry_and_identity_are_out_of_reach_in_every_model_and_say_why():
    for row in coverage([]):
        if row.step.barrier in (Barrier.WERVING, Barrier.ENTREE, Barrier.IDENTITEIT):
            assert row.reach is Reach.OUT
            assert row.step.why_out_nl
            assert row.step.why_out_en


def test_without_indicators_nothing_is_covered():
    rows = coverage([])
    assert {row.reach for row in rows} == {Reach.OPEN, Reach.OUT}
    assert all(row.indicators == row.sources == () for row in rows)


def test_an_indicator_covers_the_barrier_it_declares_where_its_register_shows_it(declare):
    rows = coverage([declare(code="TST-02", barrier="HUISVESTING", dataset="vergunningen")])
    covered = {(row.model.letter, row.step.barrier) for row in rows if row.reach is Reach.COVERED}
    assert covered == {("a", "HUISVESTING"), ("b", "HUISVESTING"), ("c", "HUISVESTING")}
    row = at(rows, "c", Barrier.HUISVESTING)
    assert row.indicators == ("TST-02",)
    assert row.sources == ("vergunningen",)
    assert row.unseen == ("controles", "meldingen")


def test_an_indicator_on_sex_establishments_says_nothing_of_labour(declare):
    inputs = {"seksinrichtingen": ("record", "address_id", "status", "vergunning_id")}
    evidence = {f"evidence_{language}": "Zo is het {grace_days}." for language in ("nl", "en")}
    rows = coverage([declare(dataset="seksinrichtingen", inputs=inputs, **evidence)])
    assert at(rows, "a", Barrier.WERKPLEK).indicators == ("TST-01",)
    assert at(rows, "b", Barrier.WERKPLEK).indicators == ()


def test_an_indicator_on_a_barrier_out_of_reach_hangs_loose(declare):
    assert loose([declare(barrier="WERVING"), declare(code="TST-02")]) == ("TST-01",)


def test_lists_are_sentences_that_begin_with_a_capital():
    for model in models():
        for step in model.barriers:
            for language in ("nl", "en"):
                for name in ("opportunities", "facilitators"):
                    for text in getattr(step, f"{name}_{language}"):
                        assert text.endswith("."), text
                        assert text[0].isupper(), text
                assert all(text[0].isupper() for text in getattr(step, f"steps_{language}"))
                assert all(getattr(signal, language).endswith(".") for signal in step.signals)


def test_every_text_is_there_in_both_languages():
    for model in models():
        found = list(texts(model))
        by_language = [[where for where, _ in found if where.endswith(language)] for language in ("nl", "en")]
        assert len(by_language[0]) == len(by_language[1]) == len(found) / 2


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda d: d.pop("name_en"), "name_en is missing"),
        (lambda d: d.update(colour="red"), "colour is unknown"),
        (lambda d: d.update(name_nl=" "), "name_nl is empty"),
        (lambda d: d.update(about_nl="Hier zit een dader."), "accuses no one"),
        (lambda d: d["barriers"].append(d["barriers"][0]), "stands in it twice"),
        (lambda d: d["barriers"][0].update(barrier="ELDERS"), "'ELDERS' is unknown"),
        (lambda d: d["barriers"][0].update(registers=["brp"]), "'brp' is unknown"),
        (lambda d: d["barriers"][0].update(steps_en=[]), "differ in length"),
        (lambda d: d["barriers"][0].update(why_out_nl="Nee.", why_out_en="No."), "either why_out_nl or limits_nl"),
        (lambda d: d["barriers"][0].update(registers=[]), "registers are those that show it"),
        (lambda d: d["barriers"][1].update(signals=[SIGNAL]), "not out of reach"),
        (lambda d: d["barriers"][0].update(signals=[]), "then it is out of reach"),
        (lambda d: d["barriers"][0]["partners"].append({"who_nl": "x"}), "power_en is missing"),
    ],
)
def test_a_file_that_is_wrong_is_refused(document, change, says):
    change(document)
    with pytest.raises(RuleDefinitionError, match=says):
        read_model(document, "woonfraude.yaml")


def test_registers_are_data_sets_of_the_vocabulary():
    for model in models():
        for step in model.barriers:
            assert all(isinstance(register, str) for register in step.registers)
