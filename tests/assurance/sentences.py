"""What the sentences of rules may not hold: counts of bare numbers, long spans in days, zeros, codes and keys.

    python -m tests.assurance.sentences RUN_DIR ...

prints every sentence of the hits of these runs, in Dutch and English, and the counts.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import polars as pl

#: Fault -> what it looks like in a sentence of either language. A business code is followed by its line in brackets.
FAULTS = {
    "bare number of 1000 or more": re.compile(r"(?<![\w.,-])(?!(?:19|20)\d\d\b)[1-9]\d{3,6}(?![\d,.]*\d|\w|-| \()"),
    "a year or more in days": re.compile(r"\b(?:36[5-9]|3[7-9]\d|[4-9]\d\d|\d{4,}|\d\.\d{3}) (?:dagen|days)\b"),
    "zero": re.compile(r"(?<![\d.,:-])0(?![\d.,:-])"),
    "yes or no": re.compile(r"\b(?:ja|nee|yes|no)\b[,.]"),
    "code of a rule": re.compile(r"\b[A-Z]{3}-\d{2}\b"),
    "id of 12 to 16 digits": re.compile(r"\b\d{12,16}\b"),
    "drempel": re.compile(r"\b(?:drempel|threshold)\b", re.IGNORECASE),
    "grens": re.compile(r"\bgrens\b", re.IGNORECASE),
    "key": re.compile(r"\b[a-z]+_[a-z0-9_]+\b"),
    "nested brackets": re.compile(r"\([^()]*\([^()]*\)[^()]*\)"),
}
#: The one limit that is told in a sentence: how far two venues lie apart (PER-02).
TOLD_LIMIT = re.compile(r" \((?:grens|limit): 2 (?:kilometer|kilometres)\)")


def faults(sentences: Iterable[str]) -> Counter[str]:
    """Fault -> in how many sentences it is found."""
    texts = [TOLD_LIMIT.sub("", text) for text in sentences]
    return Counter(name for name, pattern in FAULTS.items() for text in texts if pattern.search(text))


def main(runs: Iterable[str]) -> None:
    """Print the sentences of runs and what is wrong with them."""
    for run in runs:
        evidence = pl.read_parquet(Path(run) / "evidence.parquet")
        for code, nl, en in evidence.select("indicator", "explanation_nl", "explanation_en").rows():
            print(f"{code}\t{nl}\t{en}")
        print(run, evidence.height, "hits")
        for language in ("nl", "en"):
            counts = faults(evidence[f"explanation_{language}"])
            print(language, {name: counts[name] for name in FAULTS})


if __name__ == "__main__":
    main(sys.argv[1:])
