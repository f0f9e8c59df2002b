"""The connection to PostgreSQL is cut anywhere: a run is published once after it is tried again, and never by half."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date

import pytest

from screening.base.errors import StoreError
from screening.store import Store, Workspace, publish
from tests.faults.driver import publish_with_bug
from tests.faults.net.proxy import LossyProxy
from tests.faults.oracle import PublishedState, assert_nothing_left_over
from tests.store.bundles import make_bundle

ADDRESSES = 30


def cut_at_random(
    behind: tuple[Store, LossyProxy], workspace: Workspace, published_state: PublishedState, cuts: int, seed: int
) -> Counter[str]:
    """Cut so often, in a publishing each, and publish again. What became of the first attempts."""
    store, proxy = behind
    chance = random.Random(seed)
    proxy.arm()
    publish(store, workspace, make_bundle(ADDRESSES, date(2026, 11, 1)))
    passed = proxy.passed
    ends: Counter[str] = Counter()
    for number in range(cuts):
        bundle = make_bundle(ADDRESSES, date.fromordinal(date(2027, 1, 1).toordinal() + number))
        proxy.arm(cut_at=chance.randrange(1, passed))
        try:
            publish(store, workspace, bundle)
            ends["published"] += 1
        except StoreError:
            ends["refused"] += 1
        assert proxy.lost == 1, "the connection was not cut"
        proxy.arm()
        assert published_state(store, among={bundle.run_id}) <= {bundle.run_id}
        publish(store, workspace, bundle)
        assert published_state(store, among={bundle.run_id}) == {bundle.run_id}
        assert_nothing_left_over(store, workspace)
    assert len(store.runs()) == cuts + 1
    return ends


@pytest.mark.long
@pytest.mark.goal(
    "R3", reached="150 connections cut at random: 0 duplicates, 0 partial, each published once after a retry"
)
def test_a_hundred_and_fifty_cuts(
    behind: tuple[Store, LossyProxy], workspace: Workspace, published_state: PublishedState
) -> None:
    seed = random.SystemRandom().randrange(10**9)
    ends = cut_at_random(behind, workspace, published_state, 150, seed)
    print(f"seed {seed}: {dict(ends)}")
    assert ends["refused"] >= 75


def test_some_cuts(behind: tuple[Store, LossyProxy], workspace: Workspace, published_state: PublishedState) -> None:
    assert cut_at_random(behind, workspace, published_state, 8, 20261101)["refused"] >= 4


@pytest.mark.goal("Q1", reached="a run in several commits, the connection cut")
def test_the_harness_sees_a_planted_bug(
    behind: tuple[Store, LossyProxy], workspace: Workspace, published_state: PublishedState
) -> None:
    store, proxy = behind
    proxy.arm()
    publish_with_bug(store, workspace, make_bundle(ADDRESSES, date(2026, 11, 1)))
    proxy.arm(cut_at=proxy.passed * 9 // 10)
    with pytest.raises(StoreError):
        publish_with_bug(store, workspace, make_bundle(ADDRESSES, date(2026, 11, 2)))
    with pytest.raises(AssertionError, match="not whole"):
        published_state(store)
