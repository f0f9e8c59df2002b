"""What to look for, for each desk."""

from __future__ import annotations

from tests.review.conftest import Review


def test_a_colleague_reads_what_to_look_for(bare_review: Review) -> None:
    assert "Eén ding zegt weinig" in bare_review.client().get("/herkennen").text
