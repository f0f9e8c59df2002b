"""Every paper as text: Markdown in Dutch, and the entry of the Algoritmeregister as JSON."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from screening.local_formats import date_text
from screening.papers.facts import UNANSWERED, Facts
from screening.papers.register import TITLES, entry
from screening.word_lists import read_lists

TEMPLATES = Path(__file__).parent / "templates"

#: File -> what it is, in the order in which a reader needs them.
PAPERS: dict[str, str] = read_lists("screening.papers", "titles.yaml")["papers"]
ENTRY = "algoritmeregister.json"

_MARKS = re.compile(r"([\\`*_\[\]<>|#])")


def papers(facts: Facts) -> dict[str, str]:
    """File name -> content of every paper; the same facts give the same text.

    ValueError: the entry of the Algoritmeregister would break its standard.
    """
    register_entry = entry(facts, _register_texts(facts))
    environment = _environment(facts, is_markdown=True)
    environment.globals |= {"entry": register_entry, "titles": TITLES, "open": _open}
    texts = {name: environment.get_template(f"{name}.j2").render(title=title) for name, title in PAPERS.items()}
    texts = {name: re.sub(r"\n{3,}", "\n\n", text).strip() + "\n" for name, text in texts.items()}
    return {**texts, ENTRY: json.dumps(register_entry, ensure_ascii=False, indent=2) + "\n"}


def _environment(facts: Facts, *, is_markdown: bool) -> Environment:
    """Templates in which what is absent is an error. In Markdown, what comes from a configuration is never markup."""
    templates = Environment(  # noqa: S701 - no HTML is made; signs of Markdown are escaped by `_plain`
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_plain if is_markdown else None,
    )
    templates.filters |= {"term": _term, "day": _day, "listed": _listed, "uncapped": _uncapped, "capped": _capped}
    templates.globals["facts"] = facts
    return templates


def _register_texts(facts: Facts) -> dict[str, str]:
    """Field of the Algoritmeregister -> its text, one paragraph each; fields without one are left out."""
    text = _environment(facts, is_markdown=False).get_template("_register.txt.j2").render()
    parts = (part.partition("\n") for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:])
    return {name.strip(): " ".join(words.split()) for name, _, words in parts if words.strip()}


class _Markup(str):
    """Text of our own that is Markdown already."""


def _plain(value: object) -> object:
    """Escape a text of the configuration, so that it is shown letter for letter."""
    if isinstance(value, _Markup):
        return value
    return _MARKS.sub(r"\\\1", value) if isinstance(value, str) else value


def _open(question: str, answer: str = "") -> str:
    """The answer, or the question that the municipality has to answer, so that nobody takes it for answered."""
    return answer or _Markup(f"**{UNANSWERED.capitalize()}:** {question}")


def _day(text: str) -> str:
    """A date as "12 mei 2026"; nothing for nothing."""
    return date_text(date.fromisoformat(text), "nl") if text else ""


def _term(number: int, unit: str) -> str:
    """A term as people say it, and exactly: "5 jaar (1826 dagen)", "een half jaar (183 dagen)", "2 nachten"."""
    exact, years = f"{number} {unit}", round(number / 365.25)
    if unit != "dagen":
        return exact
    if number in {182, 183}:
        return f"een half jaar ({exact})"
    return f"{years} jaar ({exact})" if years and abs(number - years * 365.25) < 1 else exact


def _listed(values: list[str]) -> str:
    """a, b en c."""
    values = list(values)
    return values[0] if len(values) == 1 else f"{', '.join(values[:-1])} en {values[-1]}" if values else ""


def _uncapped(text: str) -> str:
    """With a small first letter inside a sentence, unless it is an abbreviation: KVK-nummer, BAG-adressen."""
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def _capped(text: str) -> str:
    """Return the text with a capital as its first letter and the rest unchanged."""
    capped = text[:1].upper() + text[1:]
    return _Markup(capped) if isinstance(text, _Markup) else capped
