"""The pages made from rules, contracts, configuration and the linking library (`make docs`)."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from flows.catalogue import all_indicators
from flows.configuration.json_schema import json_schema
from flows.papers.command_page import command_page
from flows.papers.configuration_page import configuration_page
from flows.papers.library_page import library_page
from flows.papers.lineage_pages import lineage_pages
from flows.papers.lists_in_force import lists_in_force
from flows.papers.markdown import literal_text
from flows.papers.register_pages import register_pages
from screening.base.frames import Row
from screening.base.vocabulary import Barrier
from screening.policy.questions import questions_of
from screening.report import render_barrier_page
from screening.rules.describe_barrier_model import REACH, barrier_part, rule_part
from screening.rules.model import BARRIER_NAMES, Reach, coverage, models
from screening.wording.hit import HEADS
from screening.wording.register_names import register_name
from screening.wording.sentence import text_list

DIRECTORY = Path(__file__).resolve().parents[2] / "docs" / "reference"
COMMAND = "make docs"

_WORDS = {
    "nl": {
        "title": "Het barrièremodel",
        "lead": "Vier manieren waarop iemand een pand, vergunning of bedrijf kan misbruiken. Per stap staat er welke "
        "barrière kan helpen, en wat deze screening daarvan ziet.",
        "how": "Hoe lees je dit",
        "how_text": "Elk vak is een barrière. Een vak met een hele rand is in beeld: een of meer indicatoren kijken "
        "ernaar. Een vak met streepjes kan in beeld komen, maar nog geen indicator kijkt ernaar. Een vak met stippen "
        "is buiten deze screening. Onder elk vak staat welke indicatoren ernaar kijken en welke vragen over "
        "beleid erbij horen. Een treffer is geen verdenking: een mens kijkt en beslist.",
        "indicators": "Indicatoren",
        "policy": "Beleid",
        "sources": "Registers",
        "closing": "De teksten over de modellen zijn kennis uit de praktijk. Laat een jurist de bevoegdheden "
        "controleren. Deze pagina is gemaakt uit de regels zelf, met: make docs.",
        "rules": "Indicatoren",
        "lists_lead": "Deze lijsten gelden als een gemeente zelf niets zegt. Met `[lines]`, `[permit_types]` en "
        "`[areas]` in `screening.toml` vult zij ze aan. Haar eigen lijst toont "
        "`barrier describe lijsten --config screening.toml`.",
        "rules_lead": "Dit is elke indicator zoals die zichzelf beschrijft. Deze pagina is gemaakt uit de regels zelf, "
        "met: `make docs`. Waar … staat, komt bij een treffer de waarde uit het register. "
        "[Het barrièremodel](barrieremodel.html) tekent ze.",
        "count": "{rules} indicatoren. Van de {barriers} barrières in de vier modellen zijn er {covered} in beeld, "
        "{open} nog niet, en {out} buiten deze screening.",
    },
    "en": {
        "title": "The barrier model",
        "lead": "Four ways in which someone can misuse premises, a licence or a company. Each step shows which barrier "
        "can help, and what this screening sees of it.",
        "how": "How to read this",
        "how_text": "Each box is a barrier. A box with a solid border is in view: one or more indicators look at it. A "
        "box with dashes could be in view, but no indicator looks at it yet. A dotted box is outside this screening. "
        "Under each box stand the indicators that look at it and the questions on policy that belong to it. A hit is "
        "no suspicion: a person looks and decides.",
        "indicators": "Indicators",
        "policy": "Policy",
        "sources": "Registers",
        "closing": "The texts on the models are practice knowledge. Have a lawyer check the powers. This page is made "
        "from the rules themselves, with: make docs.",
        "rules": "Indicators",
        "lists_lead": "These lists hold where a municipality says nothing. It adds to them by `[lines]`, "
        "`[permit_types]` and `[areas]` in `screening.toml`. "
        "`barrier describe lists --config screening.toml` shows its own.",
        "rules_lead": "This is each indicator as it describes itself. The page is made from the rules themselves, "
        "with: `make docs`. Where … stands, a hit has the value from the register. "
        "[The barrier model](barrier_model.html) draws them.",
        "count": "{rules} indicators. Of the {barriers} barriers in the four models {covered} are in view, {open} not "
        "yet, and {out} outside this screening.",
    },
}
#: File name -> language, for the picture and for the list.
PAGES = {"barrieremodel.html": "nl", "barrier_model.html": "en"}
LISTS = {"indicatoren.md": "nl", "indicators.md": "en"}
#: The lists that ship, for whoever writes lists of a municipality.
LOCAL_LISTS = {"lijsten.md": "nl", "lists.md": "en"}
#: With which an editor completes and checks screening.toml.
SCHEMA = "screening.schema.json"
#: For whoever links records of their own.
LIBRARY = "linking.md"
#: For whoever runs it. The README opens these two, so they are kept in the repository; no rule changes them.
COMMANDS, CONFIGURATION = "commands.md", "configuration.md"


def pages() -> dict[str, str]:
    """Path in the folder -> content of every generated page, for the indicators of this version."""
    rendered = {name: render_barrier_page(page_document(language)) for name, language in PAGES.items()}
    lists = {name: _rules_list(language) for name, language in LISTS.items()}
    local = {name: _local_lists(language) for name, language in LOCAL_LISTS.items()}
    alone = {
        SCHEMA: json_schema(),
        LIBRARY: library_page(),
        COMMANDS: command_page(),
        CONFIGURATION: configuration_page(),
    }
    return {**rendered, **lists, **local, **alone, **register_pages(), **lineage_pages()}


def write_rule_pages(directory: Path) -> list[Path]:
    """Write the pages into a folder (made where absent); the paths, sorted."""
    written = []
    for name, content in sorted(pages().items()):
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
        written.append(path)
    return written


def page_document(language: str) -> dict[str, object]:
    """What the page of the barrier model shows, in plain words (`screening.report.render_barrier_page`)."""
    rows = coverage(all_indicators())
    names = {rule.code: getattr(rule, f"name_{language}") for rule in all_indicators()}
    shown = (
        "why_out",
        "steps",
        "opportunities",
        "facilitators",
        "signals",
        "by_eye",
        "indicators",
        "policy",
        "sources",
        "unseen",
        "limits",
        "partners",
    )
    document: Row = {
        "language": language,
        "words": _WORDS[language],
        "counts": _WORDS[language]["count"].format(
            rules=len(names),
            barriers=len(rows),
            **{str(reach): sum(1 for row in rows if row.reach is reach) for reach in Reach},
        ),
        "heads": {name: HEADS[language][name] for name in shown},
        "models": [],
    }
    for model in models():
        barriers = [row for row in rows if row.model is model]
        document["models"].append(
            {
                "letter": model.letter,
                "title": f"{model.letter}. {getattr(model, f'name_{language}')}",
                "about": getattr(model, f"about_{language}"),
                "boxes": [
                    {
                        "name": BARRIER_NAMES[language][row.step.barrier],
                        "reach": str(row.reach),
                        "state": REACH[language][row.reach],
                        "steps": getattr(row.step, f"steps_{language}"),
                        "indicators": row.indicators,
                        "policy": [_questions(row.step.barrier, language)],
                        "sources": [register_name(source, language) for source in row.sources],
                    }
                    for row in barriers
                ],
                "parts": [
                    {
                        **barrier_part(row, names, language),
                        "name": BARRIER_NAMES[language][row.step.barrier],
                        "state": str(row.reach),
                        "reach": REACH[language][row.reach],
                    }
                    for row in barriers
                ],
            }
        )
    return document


def _questions(barrier: Barrier, language: str) -> str:
    """How many questions of the policy checklist belong to a barrier."""
    single, several = ("1 vraag", "{} vragen") if language == "nl" else ("1 question", "{} questions")
    count = len(questions_of(barrier))
    return single if count == 1 else several.format(count)


def _rules_list(language: str) -> str:
    """Every indicator's declaration as Markdown, by code."""
    words, heads = _WORDS[language], HEADS[language]
    lines = [f"# {words['rules']}", "", words["rules_lead"], ""]
    parts = {rule.code: rule_part(rule.declaration(), language) for rule in all_indicators()}
    lines += [f"- [{part['title']}](#{code.lower()})" for code, part in parts.items()]
    for code, part in parts.items():
        lines += ["", f'<a id="{code.lower()}"></a>', "", f"## {part['title']}", ""]
        for name, content in part.items():
            if name == "title" or not content:
                continue
            if isinstance(content, str):
                lines += [f"**{heads[name]}.** {literal_text(content)}", ""]
            elif isinstance(content, Iterable):
                lines += [f"**{heads[name]}.**", "", *(f"- {literal_text(line)}" for line in content), ""]
        lines.pop()
    return "\n".join(lines) + "\n"


def _local_lists(language: str) -> str:
    """The lines of business and kinds of permit that ship, as Markdown."""
    part, heads = lists_in_force(None, language), HEADS[language]
    lines = [f"# {part['title']}", "", _WORDS[language]["lists_lead"]]
    for name, content in part.items():
        if name != "title" and content:
            lines += ["", f"## {heads[name]}", "", *(f"- {literal_text(line)}" for line in text_list(content))]
    return "\n".join(lines) + "\n"
