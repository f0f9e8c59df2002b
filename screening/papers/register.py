"""The entry of the Algoritmeregister: publication standard 1.0, with the field names of its delivery interface."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from screening.base.word_lists import read_lists
from screening.papers.facts import Facts

#: What the standard asks of each field; written from the standard, and checked whenever an entry is made.
SCHEMA: dict[str, Any] = json.loads(
    (Path(__file__).parent / "algoritmeregister.schema.json").read_text(encoding="utf-8")
)

#: Field -> its Dutch name in the standard, in its order.
TITLES: dict[str, str] = read_lists("screening.papers", "titles.yaml")["register"]


def entry(facts: Facts, texts: Mapping[str, str]) -> dict[str, object]:
    """The entry; `texts`: its longer fields. What nobody knows is left out. ValueError: it breaks the standard."""
    tests = {"Data Protection Impact Assessment (DPIA)": "dpia"}
    if "iama" in facts.links:
        tests["Impact Assessment Mensenrechten en Algoritmes (IAMA)"] = "iama"
    answers: dict[str, object] = {
        **texts,
        "organization": f"Gemeente {facts.municipality}",
        "category": ["Openbare orde en veiligheid"],
        "status": facts.status,
        "begin_date": facts.begin_month,
        "contact_email": facts.contact,
        "website": facts.links.get("public_page"),
        "url": facts.links.get("source_register"),
        "publication_category": "Impactvolle algoritmes",
        "lawful_basis_grouping": [_titled(article, facts.link_of(article)) for article in facts.articles],
        "process_index_url": facts.links.get("processing_register"),
        "impacttoetsen_grouping": [_titled(title, facts.links.get(link)) for title, link in tests.items()],
        "source_data_grouping": [_titled(source.name) for source in facts.sources],
        "provider": facts.links.get("provider"),
        "publiccode": facts.source_code,
        "lang": "NLD",
        "standard_version": "1.0",
        "source_id": f"{facts.code}-barrier-screening",
    }
    filled = {name: answers[name] for name in TITLES if answers.get(name)}
    problem = _problem(filled)
    if problem:
        raise ValueError(problem)
    return filled


def _titled(title: str, link: str | None = None) -> dict[str, str]:
    return {"title": title, "link": link} if link else {"title": title}


def _problem(filled: Mapping[str, object]) -> str | None:
    """Which required field is empty, or which text breaks its length, form or choices; None when none does."""
    for name in SCHEMA["required"]:
        if name not in filled:
            return f"{name} is required by the publication standard and is empty"
    for name, value in filled.items():
        rule = SCHEMA["properties"][name]
        if isinstance(value, str):
            if len(value) > rule.get("maxLength", len(value)):
                return f"{name} is longer than the {rule['maxLength']} characters of the publication standard"
            if "pattern" in rule and not re.search(rule["pattern"], value):
                return f"{name} is not in the form of the publication standard"
            if value not in rule.get("enum", [value]):
                return f"{name} is none of {', '.join(rule['enum'])}"
    return None
