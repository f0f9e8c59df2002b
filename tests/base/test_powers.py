"""The powers of a municipality: lightest first, each with a local policy or a law that a lawyer checks."""

from __future__ import annotations

from screening.base.powers import POWERS, PolicyTopic, declared_on_bibob, powers_against, rests_on_bibob
from screening.base.vocabulary import Barrier
from screening.policy.questions import policy_questions


def test_a_talk_comes_first_and_closing_last() -> None:
    assert (next(iter(POWERS)), list(POWERS)[-1]) == ("gesprek", "sluiten")
    codes = list(POWERS)
    assert codes.index("waarschuwing") < codes.index("dwangsom") < codes.index("intrekken")


def test_every_power_and_question_names_a_local_rule_that_can_be_configured() -> None:
    assert {power.topic for power in POWERS.values() if power.topic} == set(PolicyTopic)
    asked = {question.local_rule for question in policy_questions().values() if question.local_rule}
    assert asked == set(map(str, PolicyTopic))
    for power in POWERS.values():
        assert power.law or power.code in {"gesprek", "waarschuwing"}


def test_against_a_barrier_stand_those_that_help_there() -> None:
    codes = [power.code for power in powers_against([Barrier.RECHTSVORM])]
    assert "bibob" in codes
    assert "zorgplicht" not in codes
    assert [power.code for power in powers_against([])] == [
        code for code, power in POWERS.items() if not power.barriers
    ]
    assert POWERS["gesprek"].words("en").startswith("A talk")


def test_what_reads_of_bibob_is_known_by_its_columns() -> None:
    assert rests_on_bibob({"vergunningen": ("status", "bibob_vragenlijst_datum_max")})
    assert not rests_on_bibob({"vergunningen": ("status",), "controles": ("bevinding",)})


def test_a_stored_declaration_says_so_too() -> None:
    assert declared_on_bibob({"inputs": {"vergunningen": ["bibob_vragenlijst_datum_max"]}})
    assert not declared_on_bibob({"inputs": {"vergunningen": ["status"]}})
    assert not declared_on_bibob(None)
