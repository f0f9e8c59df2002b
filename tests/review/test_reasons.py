"""A reason is kept for good: what tells of somebody is refused on the page, and kept nowhere."""

from __future__ import annotations

import pytest

from screening.base.vocabulary import Role
from tests.assurance.canaries import KINDS, Canaries, stored
from tests.review.conftest import Review

#: What a rule does to a group may be a reason to stop it.
OF_GROUPS = {"health", "nationality"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_reason_that_points_at_somebody_is_refused_and_kept_nowhere(bare_review: Review, kind: str) -> None:
    canaries, client = Canaries(), bare_review.client(Role.LEAD)
    text = canaries.text("/regels/stoppen", "reden", kind)
    answer = client.send_form("/regels/stoppen", {"regel": "HOU-01", "reden": text})
    assert answer.status_code == (303 if kind in OF_GROUPS else 422)
    assert ("Haal de naam, het nummer of het e-mailadres van een persoon weg" in answer.text) == (kind not in OF_GROUPS)
    met = {whose[2] for texts in stored(bare_review).values() for whose in canaries.met_in(texts)}
    assert met == {kind} & OF_GROUPS
