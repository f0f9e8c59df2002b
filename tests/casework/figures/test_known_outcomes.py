"""What was made of addresses before is told in tens, of months that are over, and of no sensitive case."""

from __future__ import annotations

import pytest

from screening.base.vocabulary import ReviewOutcome
from screening.casework.cases.readings import reveal
from screening.casework.figures.known_outcomes import KnownOutcomes, outcomes_at
from screening.casework.figures.small_counts import rounded_to_tens
from screening.store import Store, Workspace
from tests.casework.caseload import ANNA, NOW, cases, judged, later, published, read
from tests.store.bundles import address

TEN, FEW = rounded_to_tens(10), rounded_to_tens(0)
#: Eleven that were judged, of which one is sensitive, and two that nobody judged.
JUDGED, SENSITIVE, OTHERS = range(1, 12), 11, (12, 13)


@pytest.fixture(scope="module")
def at() -> frozenset[str]:
    """All of them."""
    return frozenset(address(n) for n in (*JUDGED, *OTHERS))


def test_outcomes_and_ticks_are_told_in_tens_of_months_that_are_over(
    sqlite_store: Store, workspace: Workspace, at: frozenset[str]
) -> None:
    published(sqlite_store, workspace, flags=[*JUDGED, *OTHERS], sex_licence=[SENSITIVE])
    for name, case in sorted(cases(sqlite_store).items()):
        if name in {address(n) for n in JUDGED}:
            read(sqlite_store, ANNA, case.case_id)
            position = reveal(sqlite_store, ANNA, case.case_id, now=NOW).evidence["position"][0]
            judged(sqlite_store, ANNA, case.case_id, ReviewOutcome.VERKLAARD, explanations=[(position, 2)])

    def known(addresses: frozenset[str] = at, *, version: int = 1, days: float = 40) -> KnownOutcomes:
        return outcomes_at(sqlite_store, addresses, code="LIC-04", version=version, now=later(days=days))

    told = known()
    assert told.addresses == TEN
    assert told.outcomes == {outcome: TEN if outcome is ReviewOutcome.VERKLAARD else FEW for outcome in ReviewOutcome}
    assert (told.explanations, told.not_judged) == ({2: TEN}, FEW)
    without = known(at - {address(1)})  # nine, and the sensitive one
    assert set(without.outcomes.values()) == {FEW}
    assert known(version=2).explanations == {}
    assert set(known(days=1).outcomes.values()) == {FEW}  # this month is not over
    assert told.document(["Eerst.", "Dan."], ["First.", "Then."])["explanations"] == [
        {"nl": "Eerst.", "en": "First.", "addresses": "< 10"},
        {"nl": "Dan.", "en": "Then.", "addresses": "10–19"},
    ]
