"""How judged pairs stand: the last step on each, whatever it was."""

from __future__ import annotations

from datetime import UTC, datetime

from screening.casework.links.judged import judged_pairs
from screening.casework.links.judgements import record_judgement, undo_judgement
from screening.store import Store

HOW = {"by": "officer-1", "at": datetime(2026, 11, 1, 12, 0, tzinfo=UTC), "reason": "seen"}


def test_unsure_and_undone_pairs_are_there_with_their_last_step(store: Store) -> None:
    record_judgement(store, "b", "a", "positive", **HOW)
    record_judgement(store, "a", "b", "unsure", **HOW)
    record_judgement(store, "c", "a", "negative", **HOW)
    undo_judgement(store, "a", "c", **HOW)
    assert judged_pairs(store).rows() == [("a", "b", "unsure"), ("a", "c", "undone")]


def test_nothing_judged_is_an_empty_frame(store: Store) -> None:
    assert judged_pairs(store).is_empty()
