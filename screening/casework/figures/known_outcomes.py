"""What people made of addresses before: outcomes of their last judged case, and the innocent explanations ticked there.

Only an address that was flagged, or drawn for the sample, was ever judged. So these say what was made of what the rules
pointed at, and nothing of what they missed; nothing here looks for a threshold that fits them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl
import sqlalchemy as sa

from screening.base.civil_time import day_of, midnight
from screening.base.frames import Row
from screening.base.vocabulary import ReviewOutcome
from screening.casework.cases.history import judged_outcomes
from screening.casework.figures.small_counts import TensRange, rounded_to_tens
from screening.store.engine import guarded
from screening.store.schema.cases import case_explanation
from screening.store.store import Store

ONLY_FLAGGED_NL = (
    "Alleen adressen met een aandachtspunt, en de enkele adressen uit de loting, hebben een oordeel. Dit zegt dus "
    "niets over wat de regels niet zagen. Het programma zoekt zelf geen grens die hierbij past."
)
ONLY_FLAGGED_EN = (
    "Only addresses that were flagged, and the few that were drawn, have an outcome. So this says nothing of what the "
    "rules did not see. The programme looks for no threshold that fits it."
)


@dataclass(frozen=True)
class KnownOutcomes:
    """Counts of addresses in tens.

    `outcomes`: every outcome there is. `explanations`: place in the list of the rule, from 1 -> in the cases of how
    many somebody ticked it. `not_judged`: without an outcome that is told.
    """

    addresses: TensRange
    outcomes: Mapping[ReviewOutcome, TensRange]
    explanations: Mapping[int, TensRange]
    not_judged: TensRange

    def document(self, innocent_nl: Sequence[str], innocent_en: Sequence[str]) -> Row:
        """Return the counts as texts, with the explanations of the rule in both languages."""
        few = rounded_to_tens(0)
        return {
            "addresses": str(self.addresses),
            "outcomes": {str(outcome): str(count) for outcome, count in self.outcomes.items()},
            "explanations": [
                {"nl": nl, "en": en, "addresses": str(self.explanations.get(place, few))}
                for place, (nl, en) in enumerate(zip(innocent_nl, innocent_en, strict=True), start=1)
            ],
            "not_judged": str(self.not_judged),
        }


def outcomes_at(store: Store, addresses: Collection[str], *, code: str, version: int, now: datetime) -> KnownOutcomes:
    """Count what was made of these addresses, by judgements of months that are over.

    Of a sensitive case the outcome is not told: such an address counts as not judged. `explanations` are those of this
    version of the rule, since another one may list others.
    """
    judged = judged_outcomes(store).filter(
        pl.col("address_id").is_in(sorted(addresses)) & ~pl.col("sensitive")
    )  # by time: the last one of an address counts
    is_over = pl.col("judged_at") < midnight(day_of(now).replace(day=1))
    last_cases = {row["address_id"]: row for row in judged.filter(is_over).iter_rows(named=True)}
    outcomes = Counter(row["outcome"] for row in last_cases.values())
    ticked = _ticked(store, {row["case_id"] for row in last_cases.values()}, code, version)
    return KnownOutcomes(
        addresses=rounded_to_tens(len(addresses)),
        outcomes={outcome: rounded_to_tens(outcomes[outcome]) for outcome in ReviewOutcome},
        explanations={place: rounded_to_tens(count) for place, count in ticked.items()},
        not_judged=rounded_to_tens(len(addresses) - len(last_cases)),
    )


def _ticked(store: Store, case_ids: Collection[str], code: str, version: int) -> Counter[int]:
    """Place of an explanation -> in how many of these cases somebody ticked it."""
    query = (
        sa.select(case_explanation.c.case_id, case_explanation.c.explanation)
        .where(case_explanation.c.indicator == code, case_explanation.c.indicator_version == version)
        .distinct()
    )
    with guarded("counting explanations"), store.engine.connect() as connection:
        return Counter(explanation for case_id, explanation in connection.execute(query) if case_id in case_ids)
