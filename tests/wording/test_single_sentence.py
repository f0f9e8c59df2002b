"""A kept hit is told as the column of hits was, and a rule is described with what each hit fills in left open."""

from __future__ import annotations

from screening.wording.single_sentence import filled_sentence, sentence_outline


def say(template: str, **values) -> str | None:
    return filled_sentence(template, language="nl", values=values, parameters={"window_days": 730})


def test_values_and_settings_are_filled_in():
    assert say("In {window_days:span} kwam {zaken} op {dag}.", zaken="Z-1|Z-2", dag="2026-05-12") == (
        "In 2 jaar kwam Z-1 en Z-2 op 12 mei 2026."
    )
    assert say("Dat was op {dag}.", dag="2026-05") == "Dat was in mei 2026."


def test_what_is_not_so_here_is_not_said():
    assert say("De controle is van na {dag}.", dag=None) is None
    assert say("[{controles:controle|controles}.]", controles=0) is None
    assert say("[{controles:!}Geen controle.]", controles=0) == "Geen controle."


def test_a_rule_is_described_with_its_settings():
    template = "In {window_days:span} {n:=kwam|kwamen} er {n:melding|meldingen}[ op {dag}][{n:!} Niets]."
    assert sentence_outline(template, {"window_days": 730}, "nl") == "In 2 jaar kwamen er … meldingen op … Niets."
