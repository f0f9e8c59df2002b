"""Make the pages of the reference from the rules, the contracts, the configuration and the tests: `make docs`.

python scripts/build_reference.py [DIRECTORY]

Without a folder they are written to docs/reference, where the two that the README opens are kept in the repository.
"""

from __future__ import annotations

import sys
from pathlib import Path

from flows.papers.papers import write_example
from flows.papers.rule_pages import DIRECTORY, write_rule_pages

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tests.assurance import asvs, goals


def write_reference(directory: Path) -> list[Path]:
    """Write every page into a folder (made where absent); the paths, sorted."""
    written = [*write_rule_pages(directory), *write_example(directory / "papers")]
    of_tests = {"asvs.md": asvs.page(), "assurance.md": goals.page(goals.goal_tests(), goals.outcomes())}
    for name, text in of_tests.items():
        (directory / name).write_text(text, encoding="utf-8")
    return sorted([*written, *(directory / name for name in of_tests)])


if __name__ == "__main__":
    print(*write_reference(Path(sys.argv[1]) if len(sys.argv) > 1 else DIRECTORY), sep="\n")
