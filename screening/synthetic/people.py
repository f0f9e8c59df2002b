"""The people and companies of a synthetic municipality: numbers from the records, names and identifiers at the end.

While a municipality is being made, a person or company is an index. Who they are is drawn once all are known, so that
no two people share a birth date and the beginning of a family name unless a planted case asks for it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import polars as pl

from screening.synthetic import words
from screening.synthetic.days import days_to_text

LEGAL_PERSONS = ("bv", "nv", "stichting", "vereniging", "cooperatie")
YOUNGEST_DAYS, OLDEST_DAYS = 22 * 365, 72 * 365


@dataclass
class People:
    """`count` people so far. `same_name`, `same_family`: person -> the namesake or relative whose name they bear."""

    count: int = 0
    same_name: dict[int, int] = field(default_factory=dict)
    same_family: dict[int, int] = field(default_factory=dict)

    def add(self, number: int) -> np.ndarray:
        """Indices of so many new people."""
        self.count += number
        return np.arange(self.count - number, self.count)

    def finish(self, rng: np.random.Generator, as_of: date) -> pl.DataFrame:
        """One row a person: person, given, initials, infix, family, birth_date (text)."""
        given = rng.integers(0, len(words.GIVEN_NAMES), self.count)
        middle = np.where(rng.random(self.count) < 0.45, rng.integers(0, len(words.GIVEN_NAMES), self.count), -1)
        family = rng.integers(0, len(words.FAMILY_NAMES), self.count)
        for person, other in self.same_family.items():
            given[person], middle[person], family[person] = given[other], middle[other], family[other]
        for person, other in self.same_name.items():
            given[person], middle[person], family[person] = given[other], middle[other], family[other]
        born = self._birth_days(rng, family)
        first = np.array(words.GIVEN_NAMES)
        second = np.where(middle >= 0, first[middle], "")
        infixes, families = np.array(words.FAMILY_NAMES).T
        return (
            pl.DataFrame(
                {
                    "person": np.arange(self.count),
                    "given": first[given],
                    "middle": second,
                    "infix": infixes[family],
                    "family": families[family],
                    "born": -born,
                }
            )
            .with_columns(
                initials=pl.col("given").str.slice(0, 1)
                + "."
                + pl.when(pl.col("middle") != "").then(pl.col("middle").str.slice(0, 1) + ".").otherwise(pl.lit("")),
                birth_date=days_to_text("born", as_of),
            )
            .drop("born")
        )

    def _birth_days(self, rng: np.random.Generator, family: np.ndarray) -> np.ndarray:
        """Days before `as_of`; people with one birth date differ in the first two letters of the family name."""
        start = np.array([ord(name[0]) * 1000 + ord(name[1]) for _, name in words.FAMILY_NAMES])[family]
        born = rng.integers(YOUNGEST_DAYS, OLDEST_DAYS, self.count)
        for _ in range(50):
            key = born.astype(np.int64) * 10_000_000 + start
            _, first = np.unique(key, return_index=True)
            repeated = np.setdiff1d(np.arange(self.count), first)
            if not len(repeated):
                break
            born[repeated] = rng.integers(YOUNGEST_DAYS, OLDEST_DAYS, len(repeated))
        return born


@dataclass
class Companies:
    """Companies so far, as lists by attribute. `same_name`: company -> (whose trade name it bears, in what form)."""

    line: list[str] = field(default_factory=list)
    form: list[str] = field(default_factory=list)
    same_name: dict[int, tuple[int, str]] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.line)

    def add(self, lines: list[str], forms: list[str]) -> np.ndarray:
        """Indices of new companies of these lines and legal forms."""
        self.line.extend(lines)
        self.form.extend(forms)
        return np.arange(self.count - len(lines), self.count)

    def finish(self, rng: np.random.Generator) -> pl.DataFrame:
        """One row a company: company, kvk_nummer, branch_base, rsin, form, trade_name, statutory_name, sbi lists."""
        count = self.count
        kvk = _distinct(rng, 1_000_000, 99_000_000, count)
        branch = _distinct(rng, 1_000_000, 9_900_000, count) * 10
        cores = [head + tail for head in words.NAME_HEADS for tail in words.NAME_TAILS]
        order = rng.permutation(len(cores))
        names = []
        for i, line in enumerate(self.line):
            prefixes = words.LINES[line]["prefixes"]
            core = cores[order[i % len(cores)]]
            prefix = prefixes[(order[i % len(cores)] + i // len(cores)) % len(prefixes)]
            names.append(f"{prefix} {core}")
        statutory = [_statutory(name, form) for name, form in zip(names, self.form, strict=True)]
        for company, (other, how) in self.same_name.items():
            names[company] = {"gelijk": names[other], "exploitatie": names[other], "accent": _plain(names[other])}[how]
            base = f"{names[company]} Exploitatie" if how == "exploitatie" else names[company]
            statutory[company] = _statutory(base, self.form[company])
        legal = np.isin(np.array(self.form), LEGAL_PERSONS)
        rsins = _rsins(rng, count)
        return pl.DataFrame(
            {
                "company": np.arange(count),
                "kvk_nummer": [f"{k:08d}" for k in kvk],
                "branch_base": branch,
                "rsin": [rsin if is_legal else None for rsin, is_legal in zip(rsins, legal, strict=True)],
                "form": self.form,
                "line": self.line,
                "trade_name": names,
                "statutory_name": statutory,
                "legal": legal,
            }
        )


def _distinct(rng: np.random.Generator, low: int, high: int, count: int) -> np.ndarray:
    """So many different whole numbers, in no order."""
    numbers = np.unique(rng.integers(low, high, size=count + count // 4 + 50))
    rng.shuffle(numbers)
    return numbers[:count]


def _plain(name: str) -> str:
    return name.replace("é", "e")


def _statutory(name: str, form: str) -> str | None:
    return {
        "bv": f"{name} B.V.",
        "nv": f"{name} N.V.",
        "vof": f"V.O.F. {name}",
        "stichting": f"Stichting {name}",
        "vereniging": f"Vereniging {name}",
        "cooperatie": f"Coöperatie {name} U.A.",
    }.get(form)


def _rsins(rng: np.random.Generator, count: int) -> list[str]:
    """Distinct nine-digit numbers of legal persons that pass the eleven test (weights 9 … 2 and -1)."""
    base = np.unique(rng.integers(80_000_000, 86_999_999, size=2 * count + 50))
    rng.shuffle(base)
    digits = (base[:, None] // 10 ** np.arange(7, -1, -1)) % 10
    check = (digits * np.arange(9, 1, -1)).sum(axis=1) % 11
    good = check < 10
    return [f"{b}{c}" for b, c in zip(base[good][:count], check[good][:count], strict=True)]
