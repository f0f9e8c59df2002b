"""Errors of the linking per pool of names: who is joined wrongly, who is missed, with Wilson intervals."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from math import sqrt

import polars as pl
from rapidfuzz.distance import OSA

from screening.matching.parties.link import link_parties
from tests.matching.fairness.pools import Pool

#: 95 % two-sided.
_Z = 1.959964
_START = date(1950, 1, 2)
_DAYS = 18_262
#: The same sound, spelled by another hand; the first that fits is used.
_TRANSLITERATIONS = (
    ("sch", "sh"),
    ("ş", "sh"),
    ("ș", "sh"),
    ("ç", "ch"),
    ("ț", "ts"),
    ("ğ", "g"),
    ("sz", "sh"),
    ("cz", "ch"),
    ("oe", "u"),
    ("ou", "u"),
    ("tj", "ch"),
    ("dj", "j"),
    ("kh", "ch"),
    ("ij", "y"),
    ("ü", "ue"),
    ("ö", "oe"),
    ("ph", "f"),
    ("ł", "l"),
    ("đ", "dj"),
    ("w", "v"),
    ("ck", "k"),
    ("y", "i"),
    ("c", "k"),
    ("z", "s"),
    ("v", "f"),
)


@dataclass(frozen=True)
class Rate:
    """So many errors in so many pairs."""

    errors: int
    n: int

    @property
    def share(self) -> float:
        return self.errors / self.n if self.n else 0.0

    @property
    def wilson(self) -> tuple[float, float]:
        """The 95 % interval of Wilson (1927)."""
        if not self.n:
            return 0.0, 1.0
        centre = self.share + _Z**2 / (2 * self.n)
        half = _Z * sqrt(self.share * (1 - self.share) / self.n + _Z**2 / (4 * self.n**2))
        return (centre - half) / (1 + _Z**2 / self.n), (centre + half) / (1 + _Z**2 / self.n)


@dataclass(frozen=True)
class Errors:
    """Of one pool: false matches among random and household pairs, missed ones by perturbation."""

    random: Rate
    household: Rate
    missed: dict[str, Rate]

    @property
    def all_missed(self) -> Rate:
        return Rate(sum(r.errors for r in self.missed.values()), sum(r.n for r in self.missed.values()))


Name = tuple[str, str, str]
Row = tuple[str, date]


def write(name: Name, dice: random.Random) -> str:
    """A person's name as one clerk or another writes it, without a mistake."""
    given, infix, family = name
    initials = " ".join(f"{part[0]}." for part in given.split())
    return dice.choice(
        (
            " ".join(filter(None, (given, infix, family))),
            " ".join(filter(None, (initials, infix, family))),
            " ".join(filter(None, (f"{family},", initials, infix))),
        )
    )


def _typo(name: Name, dice: random.Random) -> str:
    given, infix, family = name
    at = dice.randrange(1, max(len(family) - 1, 2))
    slips = [family[:at] + family[at + 1 :], family[:at] + family[at : at + 1] + family[at:]]
    if len(family) > at + 1:
        slips.append(family[:at] + family[at + 1] + family[at] + family[at + 2 :])
    slips.append(family[:at] + dice.choice("aeinorst") + family[at + 1 :])
    return write((given, infix, dice.choice(slips)), dice)


def _without_marks(name: Name, dice: random.Random) -> str:
    text = write(name, dice).translate(str.maketrans("łŁđĐıø", "lLdDio"))
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def _order(name: Name, dice: random.Random) -> str:
    given, infix, family = name
    return dice.choice((f"{' '.join(filter(None, (infix, family)))} {given}", f"{family}, {given} {infix}".strip()))


def _initials(name: Name, dice: random.Random) -> str:
    given, infix, family = name
    first = given.split()[0]
    return " ".join(filter(None, (dice.choice((f"{first[0]}.", first, first[0])), infix, family)))


def _infix(name: Name, dice: random.Random) -> str:
    given, infix, family = name
    if not infix:
        return write((given, "", family.upper()), dice)
    glued = infix.replace(" ", "").capitalize() + family.lower()
    return dice.choice((f"{given[0]}. {family}", f"{given[0]}. {infix.title()} {family}", f"{given[0]}. {glued}"))


def _transliterated(name: Name, dice: random.Random) -> str:
    given, infix, family = name
    low = family.lower()
    for old, new in _TRANSLITERATIONS:
        if old in low[1:]:
            low = low[:1] + low[1:].replace(old, new, 1)
            break
    return write((given, infix, low.title()), dice)


PERTURBATIONS: dict[str, Callable[[Name, random.Random], str]] = {
    "typo": _typo,
    "diacritics": _without_marks,
    "order": _order,
    "initials": _initials,
    "infix": _infix,
    "transliteration": _transliterated,
}


def measure_false(pool: Pool, seed: int, *, people: int, random_pairs: int, household_pairs: int) -> tuple[Rate, Rate]:
    """False matches among random pairs and within households, in a register of this pool alone: the hardest one."""
    dice = random.Random(seed)
    rows: list[Row] = [(write(pool.draw(dice), dice), _day(dice)) for _ in range(people)]
    at_random = [tuple(dice.sample(range(people), 2)) for _ in range(random_pairs)]
    households: list[tuple[int, int]] = []
    while len(households) < household_pairs:
        # two parents and two children under one name; one household in fifty has twins
        _, infix, family = pool.draw(dice)
        births = [_day(dice) for _ in range(4)]
        if dice.random() < 0.02:
            births[3] = births[2]
        given: list[str] = []
        while len(given) < 4:
            one = pool.draw(dice)[0]
            if one.split()[0] not in {other.split()[0] for other in given}:
                given.append(one)
        first = len(rows)
        rows += [(write((g, infix, family), dice), born) for g, born in zip(given, births, strict=True)]
        households += combinations(range(first, first + 4), 2)
    party = _parties(rows)
    wrong = [sum(party[a] == party[b] for a, b in pairs) for pairs in (at_random, households)]
    return Rate(wrong[0], len(at_random)), Rate(wrong[1], len(households))


def measure_one_initial(pool: Pool, seed: int, *, families: int) -> Rate:
    """False matches among twins, siblings and parent and child of one initial, each named in full and by the initial.

    A twin's initial fits the other twin as well, so it is of neither; what stands in the register in full tells so.
    Given names that differ in a mark or a slip alone are left out: they are taken for spellings of one name.
    """
    dice = random.Random(seed)
    by_letter: dict[str, list[str]] = {}
    for given in pool.given:
        by_letter.setdefault(given[0], []).append(given)
    letters = sorted(letter for letter, names in by_letter.items() if len(names) >= 4)
    rows: list[Row] = []
    pairs: list[tuple[int, int]] = []
    for _ in range(families):
        _, infix, family = pool.draw(dice)
        born = _day(dice)
        births = [born, born, _day(dice), born - timedelta(days=dice.randrange(7_500, 13_000))]
        people = []
        names = dice.sample(by_letter[dice.choice(letters)], 4)
        while any(OSA.distance(_plain(a), _plain(b)) < 2 for a, b in combinations(names, 2)):
            names = dice.sample(by_letter[dice.choice(letters)], 4)
        for given, day in zip(names, births, strict=True):
            written = [" ".join(filter(None, (form, infix, family))) for form in (given, f"{given[0]}.")]
            people.append(range(len(rows), len(rows) + len(written)))
            rows += [(name, day) for name in written]
        # the two mentions by initial of twins are one text and one date: nobody could tell whose they are
        pairs += [(a, b) for left, right in combinations(people, 2) for a in left for b in right if rows[a] != rows[b]]
    party = _parties(rows)
    return Rate(sum(party[a] == party[b] for a, b in pairs), len(pairs))


def _plain(name: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", name.lower()) if not unicodedata.combining(c))


def measure_missed(pools: dict[str, Pool], seed: int, *, pairs: int) -> dict[str, dict[str, Rate]]:
    """Missed matches by pool and perturbation, in one register of all pools, as a municipality has it.

    `pairs`: people of each pool; each is written down twice, the second time in one of the PERTURBATIONS.
    """
    dice = random.Random(seed)
    rows: list[Row] = []
    kinds = list(PERTURBATIONS)
    for pool in pools.values():
        for number in range(pairs):
            name, born = pool.draw(dice), _day(dice)
            rows += [(write(name, dice), born), (PERTURBATIONS[kinds[number % len(kinds)]](name, dice), born)]
    party = _parties(rows)
    result: dict[str, dict[str, Rate]] = {}
    for at, pool_name in enumerate(pools):
        missed = dict.fromkeys(kinds, 0)
        for number in range(pairs):
            first = 2 * (at * pairs + number)
            missed[kinds[number % len(kinds)]] += party[first] != party[first + 1]
        result[pool_name] = {
            kind: Rate(missed[kind], len(range(place, pairs, len(kinds)))) for place, kind in enumerate(kinds)
        }
    return result


def _day(dice: random.Random) -> date:
    return _START + timedelta(days=dice.randrange(_DAYS))


def _parties(rows: list[Row]) -> list[str]:
    born = pl.Series([row[1] for row in rows], dtype=pl.Date)
    managers = pl.DataFrame(
        {
            "key": [f"r{at}" for at in range(len(rows))],
            "zaaknummer": [f"Z-{at}" for at in range(len(rows))],
            "naam": [row[0] for row in rows],
            "rol": "leidinggevende",
            "geboortedatum": born,
            "datum_van_min": date(2024, 1, 1),
            "datum_van_max": date(2024, 1, 1),
        }
    )
    linked = link_parties({"leidinggevenden": managers})
    party = dict(linked.parties.select("key", "party_id").iter_rows())
    return [party[f"r{at}"] for at in range(len(rows))]


def table(errors: dict[str, Errors]) -> str:
    """A row a pool: share, 95 % interval and n of each error, in per cent."""
    lines = []
    for pool, found in errors.items():
        cells = [
            f"{name} {100 * rate.share:.3f} % [{100 * rate.wilson[0]:.3f}-{100 * rate.wilson[1]:.3f}] n={rate.n}"
            for name, rate in (("random", found.random), ("household", found.household), ("missed", found.all_missed))
        ]
        kinds = ", ".join(f"{kind} {100 * rate.share:.1f} % n={rate.n}" for kind, rate in found.missed.items())
        lines.append(f"{pool:<24}{' | '.join(cells)} | {kinds}")
    return "\n".join(lines)
