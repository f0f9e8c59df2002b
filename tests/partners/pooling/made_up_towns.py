"""Made-up municipalities whose cumulative counts grow by chance, for the tests of pooling."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from screening.base.vocabulary import ReviewOutcome
from screening.partners.pooling.counts import NOTHING, CaseCounts, RuleCounts, TownCounts, case_counts

#: One version of a rule of each kind: one that five towns use, and one that few do.
RULES = ("LIC-02", "ADR-01", "ORG-05")
PARAMETERS = "0123456789abcdef"
QUARTERS = ("2026-Q3", "2026-Q4", "2027-Q1", "2027-Q2", "2027-Q3", "2027-Q4")


def cases(chance: random.Random, most: int, deviating: float) -> CaseCounts:
    """Up to so many decided cases, of which about this share is a deviation."""
    decided = chance.randint(0, most)
    odd = sum(chance.random() < deviating for _ in range(decided))
    return case_counts({ReviewOutcome.BEVESTIGD_AFWIJKING: odd, ReviewOutcome.VERKLAARD: decided - odd}, decided, odd)


def file_of(
    code: str,
    quarter: str,
    sample: CaseCounts,
    rules: Mapping[str, CaseCounts],
    *,
    version: int = 1,
    processor: str = "0" * 64,
) -> TownCounts:
    """The file of a municipality. `processor`: the fingerprint of the key that it is for."""
    return TownCounts(
        municipality=f"Gemeente {code}",
        code=code,
        agreement="VWO-1",
        processor=processor,
        quarter=quarter,
        sample=sample,
        rules=tuple(
            RuleCounts(code=code_of_rule, version=version, parameters=PARAMETERS, counts=counts)
            for code_of_rule, counts in rules.items()
        ),
    )


def growing_towns(seed: int, codes: Sequence[str], *, most: int = 6) -> dict[str, list[TownCounts]]:
    """Quarter -> files. In some quarters a town brings nothing of a rule; each town after the fifth begins later."""
    chance = random.Random(seed)
    sums = {code: dict.fromkeys(("sample", *RULES), NOTHING) for code in codes}
    quarters: dict[str, list[TownCounts]] = {}
    for number, quarter in enumerate(QUARTERS):
        for place, code in enumerate(codes):
            if place > 4 + number:
                continue
            for name in sums[code]:
                added = cases(chance, 0 if chance.random() < 0.3 else most, 0.1 if name == "sample" else 0.4)
                sums[code][name] = sums[code][name].plus(added)
            rules = {name: counts for name, counts in sums[code].items() if name != "sample" and counts != NOTHING}
            quarters.setdefault(quarter, []).append(file_of(code, quarter, sums[code]["sample"], rules))
    return quarters
