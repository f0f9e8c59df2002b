"""How well the check of a text does on texts that it was not made with: `python -m tests.casework.texts.measure`.

It prints shares, with Wilson 95 % intervals, and no text: whoever tunes the check has not read these.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import yaml

from screening.casework.texts.text_problems import text_problems

#: Texts that must be refused, and texts about premises that must pass.
STOP, HARMLESS = "stop", "harmless"
PARTS = (1, 2)
_FOLDER = Path(__file__).parent


class Share(NamedTuple):
    """Texts with the right answer, of all."""

    right: int
    texts: int

    @property
    def interval(self) -> tuple[float, float]:
        """The Wilson interval of 95 %: low, high."""
        z, n, p = 1.96, self.texts, self.right / self.texts
        middle, half = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.right}/{self.texts} = {self.right / self.texts:.1%} (95 %: {low:.1%} to {high:.1%})"


def held_out(kind: str, part: int) -> list[tuple[str, str]]:
    """Category and text of each text of this part that nobody tunes on.

    The shares per category of part 1 were seen between measures, and the check widened in those.
    Part 2 came after that.
    """
    rows = yaml.safe_load((_FOLDER / f"held_out_{part}_{kind}.yaml").read_text(encoding="utf-8"))
    return [(row["category"], row["text"]) for row in rows]


def tuned_on(kind: str) -> list[tuple[str, str]]:
    """Category and text of each text that the check was tuned on, of every round."""
    rounds = yaml.safe_load((_FOLDER / f"tuning_{kind}.yaml").read_text(encoding="utf-8"))
    return [(category, text) for texts in rounds.values() for category, group in texts.items() for text in group]


def measured(kind: str, rows: list[tuple[str, str]]) -> tuple[Share, dict[str, Share]]:
    """The share of all texts with the right answer, and that of each category."""
    right: dict[str, list[bool]] = defaultdict(list)
    for category, text in rows:
        right[category].append(bool(text_problems(text)) == (kind == STOP))
    shares = {category: Share(sum(answers), len(answers)) for category, answers in sorted(right.items())}
    return Share(sum(share.right for share in shares.values()), len(rows)), shares


def main() -> None:
    """Print the shares of the texts that nobody tunes on."""
    for part, (kind, answer) in itertools.product(PARTS, ((STOP, "refused"), (HARMLESS, "let pass"))):
        whole, _ = measured(kind, held_out(kind, part))
        print(f"part {part}, {kind}: {answer} {whole}")


if __name__ == "__main__":
    main()
