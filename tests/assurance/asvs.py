"""The page of OWASP ASVS 5.0.0: each requirement of levels 1 and 2, and what shows it.

python -m tests.assurance.asvs
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
LIST = Path(__file__).with_name("asvs.yaml")

#: The requirements of the standard by level; of the third, those that are listed.
STANDARD = {1: 70, 2: 183}
CHAPTERS = {
    1: "Encoding and sanitisation",
    2: "Validation and business logic",
    3: "Web frontend",
    4: "API and web service",
    5: "Files",
    6: "Authentication",
    7: "Sessions",
    8: "Authorisation",
    9: "Self-contained tokens",
    10: "OAuth and OIDC",
    11: "Cryptography",
    12: "Communication",
    13: "Configuration",
    14: "Data protection",
    15: "Secure coding and architecture",
    16: "Logging and errors",
    17: "WebRTC",
}


@dataclass(frozen=True)
class Requirement:
    """A requirement: what it asks in short, and either what shows it, why it does not apply, or what is not there."""

    code: str
    level: int
    what: str
    tests: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    out: str = ""
    lacks: str = ""

    @property
    def chapter(self) -> int:
        """The chapter of the standard."""
        return int(self.code[1:].split(".")[0])

    @property
    def state(self) -> str:
        """In a word."""
        if self.lacks:
            return "**not met**"
        return "does not apply" if self.out else "shown"


def requirements() -> list[Requirement]:
    """The requirements, their tests by file and name, in the order of the standard."""
    document = yaml.safe_load(LIST.read_text(encoding="utf-8"))
    rows = []
    for code, row in document["requirements"].items():
        tests = tuple(document["tests"][name] for name in row.pop("tests", []))
        rows.append(Requirement(code, tests=tests, pages=tuple(row.pop("pages", [])), **row))
    return rows


def page() -> str:
    """The page in Markdown."""
    rows = requirements()
    lines = [
        "# ASVS 5: each requirement and what shows it",
        "",
        "Every requirement of levels 1 and 2 of the OWASP Application Security Verification Standard 5.0.0, in a few",
        "words of our own (the standard has the full ones), and those of level 3 that are met. Made from a list and",
        "the tests by `make docs`.",
        "",
        "| level | shown | does not apply | not met |",
        "|---|---|---|---|",
    ]
    for level in (1, 2, 3):
        counts = Counter(row.state for row in rows if row.level == level)
        lines.append(f"| {level} | {counts['shown']} | {counts['does not apply']} | {counts['**not met**']} |")
    for chapter, name in CHAPTERS.items():
        lines += [
            "",
            f"## V{chapter} {name}",
            "",
            "| | level | asks | state | shown by, or why |",
            "|---|---|---|---|---|",
        ]
        for row in rows:
            if row.chapter == chapter:
                lines.append(f"| {row.code} | {row.level} | {row.what} | {row.state} | {_shown(row)} |")
    return "\n".join(lines) + "\n"


def _shown(row: Requirement) -> str:
    tests = [f"`{test.removeprefix('tests/')}`" for test in row.tests]
    pages = [f"[{name}](../../{name})" for name in row.pages]
    return "<br>".join([*tests, *pages]) or row.out or row.lacks
