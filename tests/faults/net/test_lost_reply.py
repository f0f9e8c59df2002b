"""A commit whose reply is lost has happened: a run is published once, whatever the client was told."""

from __future__ import annotations

from datetime import date

import pytest

from screening.base.errors import StoreError
from screening.store import Store, Workspace, publish
from tests.faults.net.proxy import LossyProxy
from tests.faults.oracle import PublishedState, assert_nothing_left_over
from tests.store.bundles import make_bundle


@pytest.mark.goal("R3", reached="the reply to each commit of a publishing lost in turn: 0 duplicates, published once")
@pytest.mark.parametrize("step", [4, pytest.param(1, marks=pytest.mark.long)])
def test_the_reply_to_each_commit_is_lost_in_turn(
    behind: tuple[Store, LossyProxy], workspace: Workspace, published_state: PublishedState, step: int
) -> None:
    """`step` 4: to every fourth, and the last, which publishes."""
    store, proxy = behind
    proxy.arm(None)
    first = publish(store, workspace, make_bundle(30, date(2026, 11, 1))).run_id
    commits = proxy.commits
    assert commits > 5, "the proxy sees the commits"
    tried = sorted({*range(1, commits, step), commits})
    for lose in tried:
        bundle = make_bundle(30, date(2026, 11, 1 + lose))
        proxy.arm(lose)
        if lose < commits:
            with pytest.raises(StoreError):
                publish(store, workspace, bundle)
            assert bundle.run_id not in published_state(store)
        else:  # the commit that publishes: the store is asked, and says that it happened
            assert publish(store, workspace, bundle).run_id == bundle.run_id
        assert proxy.lost == 1
        proxy.arm(None)
        assert publish(store, workspace, bundle).already == (lose == commits)
        assert_nothing_left_over(store, workspace)
    assert first in published_state(store)
    assert len(store.runs()) == len(tried) + 1
