"""The dossier of a rule, prefilled: law and facts are written, necessity, proxies and local figures are asked.

What is asked stays empty until a person writes it, and what is prefilled has no date until a person read it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from screening.base.word_lists import read_lists
from screening.papers.facts import Facts, RuleFacts
from screening.papers.open_points import PaperRecord
from screening.papers.render import plain_templates

_HEAD = (
    "Het dossier van {code} {name}, om af te maken.",
    "Wat al is ingevuld, komt uit de regel, het contract van het register en uw inrichting. Lees het en verander wat",
    "bij u anders is. Schrijf dan de dag achter date en haal het # weg: zo zegt u dat u het op die dag las. Laat u een",
    "tekst zoals hij is, dan ziet wie goedkeurt dat hij ongewijzigd is. Schrijf de lege stappen zelf.",
    "Daarna: barrier rules prepare {code} --dossier DIT BESTAND --backtest",
)


def shipped_texts(rule: RuleFacts, facts: Facts) -> dict[str, str]:
    """Step -> the text that the programme writes for it; steps that only people can write have none."""
    template = plain_templates().get_template("_dossier.txt.j2")
    text = template.render(facts=facts, rule=rule, law=PaperRecord({}).law)
    parts = (part.partition("\n") for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:])
    return {step.strip(): " ".join(words.split()) for step, _, words in parts}


def dossier_file(rule: RuleFacts, facts: Facts) -> str:
    """The dossier as TOML: a table a step, with a text where the programme has one, and else with what is asked."""
    steps: Mapping[str, Mapping[str, Any]] = read_lists("screening.papers", "dossiers.yaml")["steps"]
    shipped = shipped_texts(rule, facts)
    lines = [f"# {line.format(code=rule.code, name=rule.name)}" for line in _HEAD]
    lines += [f"# Leest: {'; '.join(rule.data)}."]
    lines += [f"# Beproefd op {rule.examined_on}: {_trials(rule)}."] if rule.trials else []
    lines += [f"# Loopt nog niet. De regel is in gebruik zodra {rule.awaits}."] if rule.awaits else []
    for step, words in steps.items():
        lines += ["", f"[{step}]", f"# {words['title']}", *(f"# - {question}" for question in words.get("asks", ()))]
        lines += [f"text = {_literal(shipped.get(step, ''))}", "# date = JJJJ-MM-DD"]
    return "\n".join(lines) + "\n"


def _trials(rule: RuleFacts) -> str:
    return "; ".join(f"{name}: {outcome}" for name, outcome in rule.trials)


def _literal(text: str) -> str:
    """A literal string of TOML, in which nothing is escaped; long ones begin on a line of their own."""
    return f"'''\n{text.replace(chr(39) * 3, chr(0x2019))}'''" if text else '""'
