"""Every paper as text: Markdown in Dutch, and the entry of the Algoritmeregister as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from screening.base.legal_facts import legal_facts
from screening.base.local_formats import date_text
from screening.base.word_lists import read_lists
from screening.papers.facts import Facts, RecipientFacts
from screening.papers.open_points import OpenPoint, OwnMarkdown, PaperRecord
from screening.papers.register import TITLES, entry

TEMPLATES = Path(__file__).parent / "templates"

_TITLES = read_lists("screening.papers", "titles.yaml")
#: File -> what it is, in the order in which a reader needs them; an annex for each partner follows.
PAPERS: dict[str, str] = _TITLES["papers"]
ENTRY = "algoritmeregister.json"
#: The questions that are open, to be answered in one place: [answers] key = "…".
QUESTIONS = "open-punten.toml"

_LEVELS = ("laag", "midden", "hoog")
#: (likelihood, impact) as places in the levels -> risk; the sum of both says it.
_RISK_OF_SUM = ("laag", "laag", "midden", "hoog", "hoog")
_MARKS = re.compile(r"([\\`*_\[\]<>|#])")


@dataclass(frozen=True)
class Paper:
    """A paper: its text, what it leaves open, the keys that the municipality answered, and how many laws to check.

    `unasked`: of the open questions, the keys that the municipality answered and no paper asks.
    """

    title: str
    text: str
    points: tuple[OpenPoint, ...] = ()
    answered: frozenset[str] = frozenset()
    to_check: int = 0
    unasked: tuple[str, ...] = ()


def own_recipients() -> list[RecipientFacts]:
    """Who within the municipality can get something, in the order in which papers name them."""
    listed = read_lists("screening.papers", "recipients.yaml")["recipients"]
    return [
        RecipientFacts(
            key=key,
            full_name=f"de {texts['name']}",
            gets=True,
            needs="always",
            annex=False,
            bases=[legal_facts()[law] for law in texts["laws"]],
            **{name: text for name, text in texts.items() if name != "laws"},
        )
        for key, texts in listed.items()
    ]


def risk_level(likelihood: str, impact: str) -> str:
    """Likelihood x impact, each laag, midden or hoog: two of them high, or high and middle, is high."""
    return _RISK_OF_SUM[_LEVELS.index(likelihood) + _LEVELS.index(impact)]


def annex_name(recipient: RecipientFacts) -> str:
    """The file of the annex to the covenant with a partner."""
    return f"convenant-{recipient.key}.md"


def papers(facts: Facts, answers: Mapping[str, str] | None = None) -> dict[str, Paper]:
    """File name -> every paper, the entry and the open questions; the same facts and answers give the same text.

    An answer to no question is told and breaks nothing: a question goes away with what the configuration says since.
    ValueError: the entry of the Algoritmeregister would break its standard.
    """
    given, lists, entry = answers or {}, _lists(facts), register_entry(facts)
    shared = {"facts": facts, "entry": entry, "titles": TITLES, **lists}
    rendered = {name: _paper(given, f"{name}.j2", title, shared) for name, title in PAPERS.items()}
    for partner in (recipient for recipient in facts.recipients if recipient.annex):
        title = f"Bijlage bij het convenant: {partner.name}"
        rendered[annex_name(partner)] = _paper(given, "convenant.md.j2", title, {**shared, "partner": partner})
    text, titles = json.dumps(entry, ensure_ascii=False, indent=2) + "\n", _TITLES["files"]
    return {**rendered, ENTRY: Paper(titles[ENTRY], text), QUESTIONS: _questions(titles[QUESTIONS], rendered, given)}


def register_entry(facts: Facts) -> dict[str, object]:
    """The entry of the Algoritmeregister. ValueError: it would break its standard."""
    text = plain_templates().get_template("_register.txt.j2").render(facts=facts, law=PaperRecord({}).law)
    parts = (part.partition("\n") for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:])
    return entry(facts, {name.strip(): " ".join(words.split()) for name, _, words in parts if words.strip()})


def _lists(facts: Facts) -> dict[str, object]:
    """What papers say of each register, and the risks that there are with the rules that are on."""
    risks = read_lists("screening.papers", "risks.yaml")["risks"]
    return {
        "registers": read_lists("screening.papers", "registers.yaml")["registers"],
        "risks": [
            {**risk, "level": risk_level(risk["likelihood"], risk["impact"])}
            for risk in risks
            if facts.reads_sex_licences or not risk.get("only_with_sex_licences")
        ],
    }


def _paper(answers: Mapping[str, str], template: str, title: str, shared: Mapping[str, object]) -> Paper:
    """One paper: its head, its body, and what it leaves open. The list is made last, of what the body asked."""
    record = PaperRecord(answers)
    context = {
        **shared,
        "title": title,
        "ask": record.ask,
        "law": record.law,
        "cite": record.cite,
        "dates": record.dates,
    }
    templates = _environment(is_markdown=True)
    body = templates.get_template(template).render(context)
    points, laws = list(record.points.values()), list(record.laws.values())
    to_check = sum(law.to_check for law in laws)
    context |= {"points": points, "answered": record.answered, "laws": laws, "to_check": to_check}
    head, tail = (templates.get_template(name).render(context) for name in ("_head.md.j2", "_tail.md.j2"))
    text = re.sub(r"\n{3,}", "\n\n", f"{head}\n\n{body}\n\n{tail}").strip() + "\n"
    return Paper(title, text, tuple(points), frozenset(record.answered), to_check)


def plain_templates() -> Environment:
    """Those of texts that are no Markdown."""
    return _environment(is_markdown=False)


@cache
def _environment(*, is_markdown: bool) -> Environment:
    """Templates in which what is absent is an error. In Markdown, what comes from a configuration is never markup."""
    templates = Environment(  # noqa: S701 - no HTML is made; signs of Markdown are escaped by `_plain`
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_plain if is_markdown else None,
    )
    templates.filters |= {
        "term": _term,
        "day": _day,
        "listed": _listed,
        "uncapped": _uncapped,
        "capped": _capped,
        "own": OwnMarkdown,
        "as_key": _as_key,
    }
    return templates


def _questions(title: str, rendered: Mapping[str, Paper], given: Mapping[str, str]) -> Paper:
    """The open questions of all papers as TOML to fill in: each once, with the papers that ask it."""
    answered = frozenset[str]().union(*(paper.answered for paper in rendered.values()))
    unasked = sorted(set(given) - answered)
    asked: dict[str, list[str]] = {}
    points = {point.key: point for paper in rendered.values() for point in paper.points}
    for name, paper in rendered.items():
        for point in paper.points:
            asked.setdefault(point.key, []).append(name)
    lines = [
        "# Vul in wat u weet en bewaar dit als een eigen bestand. Noem dat bij answers in [governance.papers].",
        f"# Open: {len(points)} vragen. Zet geen gegevens over mensen in dit bestand.",
        # a key in quotes can hold a line break, which would end the remark
        *(
            f"# Geen stuk vraagt {json.dumps(key)}. Kijk of de naam klopt. Anders is dit antwoord niet meer nodig."
            for key in unasked
        ),
        "",
        "[answers]",
    ]
    for key, names in asked.items():
        question = f"{points[key].about} {points[key].question}".strip()
        lines += [f"# {question}", f"# In: {', '.join(names)}", f'# {key} = ""', ""]
    text = "\n".join(lines).rstrip() + "\n"
    return Paper(title, text, tuple(points.values()), answered, unasked=tuple(unasked))


def _plain(value: object) -> object:
    """Escape a text of the configuration, so that it is shown letter for letter."""
    if isinstance(value, OwnMarkdown):
        return value
    return _MARKS.sub(r"\\\1", value) if isinstance(value, str) else value


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


def _as_key(text: str) -> str:
    """A text as part of the key of a question: small letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _listed(values: Sequence[str]) -> str:
    """a, b en c."""
    values = list(values)
    return values[0] if len(values) == 1 else f"{', '.join(values[:-1])} en {values[-1]}" if values else ""


def _uncapped(text: str) -> str:
    """With a small first letter inside a sentence, unless it is an abbreviation: KVK-nummer, BAG-adressen."""
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def _capped(text: str) -> str:
    """Return the text with a capital as its first letter and the rest unchanged."""
    capped = text[:1].upper() + text[1:]
    return OwnMarkdown(capped) if isinstance(text, OwnMarkdown) else capped
