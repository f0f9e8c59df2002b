"""Judgements of links: the last one counts, none is ever lost, and what counts has one hash."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from screening.base.errors import StoreError
from screening.casework.links.judgements import (
    judged_pairs,
    judgement_history,
    judgements,
    judgements_hash,
    record_judgement,
    undo_judgement,
)
from screening.store import Store
from screening.store.schema.runs import link_judgement

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
HOW = {"by": "officer-1", "judged_at": NOW, "reason": "same signature"}


def test_the_last_judgement_of_a_pair_counts_in_any_order_of_the_pair(store: Store) -> None:
    record_judgement(store, "b", "a", "negative", **HOW)
    record_judgement(store, "a", "b", "positive", **HOW)
    record_judgement(store, "a", "c", "negative", **HOW)
    assert judgements(store).rows() == [("a", "b", "positive"), ("a", "c", "negative")]


def test_unsure_counts_for_nothing(store: Store) -> None:
    record_judgement(store, "a", "b", "positive", **HOW)
    record_judgement(store, "a", "b", "unsure", **HOW)
    assert judgements(store).is_empty()


def test_an_undone_judgement_does_not_bring_the_one_before_back(store: Store) -> None:
    record_judgement(store, "a", "b", "negative", **HOW)
    record_judgement(store, "a", "b", "positive", **HOW)
    undo_judgement(store, "b", "a", by="officer-2", judged_at=NOW, reason="wrong file")
    assert judgements(store).is_empty()
    history = judgement_history(store, "a", "b")
    assert [row["judgement"] for row in history] == ["negative", "positive", "undone"]
    assert [row["supersedes"] for row in history] == [None, history[0]["id"], history[1]["id"]]
    assert [row["judged_by"] for row in history] == ["officer-1", "officer-1", "officer-2"]


def test_a_clock_that_went_back_does_not_change_which_is_last(store: Store) -> None:
    record_judgement(store, "a", "b", "negative", **HOW)
    record_judgement(store, "a", "b", "positive", **HOW | {"judged_at": NOW - timedelta(hours=1)})
    assert judgements(store).rows() == [("a", "b", "positive")]


def test_nothing_to_undo_is_said(store: Store) -> None:
    with pytest.raises(StoreError, match="nothing to undo"):
        undo_judgement(store, "a", "b", **HOW)
    record_judgement(store, "a", "b", "positive", **HOW)
    undo_judgement(store, "a", "b", **HOW)
    with pytest.raises(StoreError, match="nothing to undo"):
        undo_judgement(store, "a", "b", **HOW)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"judgement": "undone"}, "positive, negative or unsure"),
        ({"judgement": "perhaps"}, "positive, negative or unsure"),
        ({"right": "a"}, "two different"),
        ({"reason": " "}, "a person and a reason"),
        ({"by": ""}, "a person and a reason"),
        ({"judged_at": NOW.replace(tzinfo=None)}, "time zone"),
    ],
)
def test_a_judgement_that_cannot_be_answered_for_is_refused(sqlite_store: Store, change: dict, message: str) -> None:
    with pytest.raises(StoreError, match=message):
        record_judgement(sqlite_store, **{"left": "a", "right": "b", "judgement": "positive", **HOW, **change})
    assert judgement_history(sqlite_store, "a", "b") == []


def test_two_cannot_take_the_place_of_the_same_judgement(store: Store) -> None:
    first = record_judgement(store, "a", "b", "positive", **HOW)
    row = {"left_fingerprint": "a", "right_fingerprint": "b", "judgement": "negative", "judged_by": "x"}
    row |= {"judged_at": NOW, "reason": "r", "supersedes": first}
    with store.engine.begin() as connection:
        connection.execute(link_judgement.insert(), row)
    with store.engine.begin() as connection, pytest.raises(sa.exc.IntegrityError):
        connection.execute(link_judgement.insert(), row)


EXAMPLES = itertools.count(1)
WORDS = st.sampled_from(["positive", "negative", "unsure", ""])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc"), WORDS), max_size=8))
def test_what_is_in_force_is_what_a_dictionary_would_hold(sqlite_store: Store, steps: list[tuple]) -> None:
    mine = f"{next(EXAMPLES)}|"  # what was judged stays, so every example has fingerprints of its own
    model: dict[tuple, str] = {}
    for left, right, word in [(mine + left, mine + right, word) for left, right, word in steps]:
        pair = tuple(sorted((left, right)))
        if left == right or (not word and pair not in model):
            continue
        if word:
            record_judgement(sqlite_store, left, right, word, **HOW)
            model[pair] = word
        else:
            undo_judgement(sqlite_store, left, right, **HOW)
            del model[pair]
    expected = sorted((*pair, word) for pair, word in model.items() if word != "unsure")
    assert [row for row in judgements(sqlite_store).rows() if row[0].startswith(mine)] == expected


def test_the_hash_follows_what_is_in_force_and_nothing_else(store: Store) -> None:
    nothing = judgements_hash(judgements(store))
    record_judgement(store, "a", "b", "positive", **HOW)
    record_judgement(store, "a", "c", "negative", **HOW)
    both = judgements(store)
    assert judgements_hash(both) == judgements_hash(both.reverse())
    assert judgements_hash(both) != nothing
    undo_judgement(store, "a", "b", **HOW)
    undo_judgement(store, "a", "c", **HOW)
    assert judgements_hash(judgements(store)) == nothing


def test_unsure_and_undone_pairs_are_there_with_their_last_step(store: Store) -> None:
    record_judgement(store, "b", "a", "positive", **HOW)
    record_judgement(store, "a", "b", "unsure", **HOW)
    record_judgement(store, "c", "a", "negative", **HOW)
    undo_judgement(store, "a", "c", **HOW)
    assert judged_pairs(store).rows() == [("a", "b", "unsure"), ("a", "c", "undone")]


def test_where_nothing_was_judged_there_is_an_empty_frame(store: Store) -> None:
    assert judged_pairs(store).is_empty()
