"""Tips in figures: whole quarters, in tens, of the whole town, also after the tips are erased."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from screening.base.vocabulary import NoticeReason
from screening.casework.figures.monthly_counts import close_months, counts_by_month
from screening.casework.figures.statistics import dashboard
from screening.casework.figures.tip_figures import quarters_of, tip_quarters
from screening.casework.tips.forwarding import forward_tip
from screening.casework.tips.person_route import count_person_route
from screening.casework.tips.sightings import TipPolicy
from screening.casework.tips.text_removal import remove_text
from screening.casework.tips.tips import decide_tip, inbox, report_tip
from screening.partners.desk.hand_over_steps import call_back_hand_over
from screening.partners.desk.tip_hand_overs import hand_tip_over
from screening.store import Store
from screening.store.schema.tips import colleague_signal, signal_decision, tip_forwarded, tip_text_removed
from tests.casework.tips.test_tips import CONTACT, COUNTER, SEEN
from tests.partners.desk.disclosed import agreed

SEPTEMBER = datetime(2026, 9, 10, 9, 0, tzinfo=UTC)
OCTOBER, JANUARY = datetime(2026, 10, 1, 9, 0, tzinfo=UTC), datetime(2027, 1, 4, 9, 0, tzinfo=UTC)


@pytest.fixture
def busy(sqlite_store: Store) -> Store:
    """A store with twelve tips of September: one decided about twice, one handed over in October, one without text."""
    seen = replace(SEEN, seen_on=SEPTEMBER.date())
    tips = [report_tip(sqlite_store, COUNTER, seen, now=SEPTEMBER, policy=TipPolicy(per_day=20)) for _ in range(12)]
    for tip in tips[:10]:
        decide_tip(sqlite_store, CONTACT, tip, "not_used", reason="no_fact", now=SEPTEMBER)
    decide_tip(sqlite_store, CONTACT, tips[0], "for_address", now=SEPTEMBER + timedelta(hours=1))
    remove_text(sqlite_store, CONTACT, tips[1], now=SEPTEMBER)
    given = {"way": "phone", "handed_on": OCTOBER.date(), "is_checked": True}
    agreed(sqlite_store, "politie-oost", "politie")
    told = hand_tip_over(sqlite_store, CONTACT, tips[2], recipient="politie-oost", **given, now=OCTOBER)
    forward_tip(sqlite_store, CONTACT, tips[2], **given, now=OCTOBER)
    call_back_hand_over(sqlite_store, CONTACT, told, reason=NoticeReason.GEGEVENS_ONJUIST, now=OCTOBER)
    return sqlite_store


def test_every_event_counts_once_in_its_month(busy: Store) -> None:
    months = counts_by_month(busy, CONTACT, now=OCTOBER + timedelta(days=40))
    assert months == {
        "2026-09": {"all|tip": 12, "all|tip|not_used": 9, "all|tip|for_address": 1, "all|tip|text_removed": 1},
        "2026-10": {"all|tip|forwarded|politie": 1, "all|tip|forwarded|toezicht": 1, "all|tip|called_back": 1},
    }
    assert dashboard(busy, CONTACT, now=JANUARY).indicators == [], "tips are no indicator"


def test_a_month_begins_at_midnight_in_town_also_for_two_decisions_on_one_tip(busy: Store) -> None:
    [tip] = [tip.signal_id for tip in inbox(busy, CONTACT, now=SEPTEMBER) if tip.decision is None][-1:]
    for decided_at in (datetime(2026, 9, 30, 22, 30, tzinfo=UTC), OCTOBER):
        decide_tip(busy, CONTACT, tip, "not_used", reason="no_fact", now=decided_at)
    months = counts_by_month(busy, CONTACT, now=OCTOBER + timedelta(days=40))
    assert months["2026-10"]["all|tip|not_used"] == 1, "one tip of October, though one decision was in September UTC"


def test_the_first_use_of_the_route_shows_only_when_its_quarter_is_over() -> None:
    used = {"2026-Q4": 1}
    assert quarters_of({}, used, now=datetime(2026, 12, 30, tzinfo=UTC)) == []
    assert [quarter.number for quarter in quarters_of({}, used, now=JANUARY)] == [4, 3, 2, 1]


def test_a_quarter_is_told_in_tens_when_it_is_over_and_outlives_the_tips(busy: Store) -> None:
    assert [quarter.number for quarter in tip_quarters(busy, CONTACT, now=OCTOBER)] == [3, 2, 1]
    for _ in range(10):
        count_person_route(busy, now=OCTOBER)
    close_months(busy, now=JANUARY)
    shown = tip_quarters(busy, CONTACT, now=JANUARY)
    with busy.engine.begin() as connection:
        for table in (signal_decision, tip_forwarded, tip_text_removed, colleague_signal):
            connection.execute(sa.delete(table))
    assert tip_quarters(busy, CONTACT, now=JANUARY) == shown
    last, first, *_ = shown
    assert (str(first.received), str(first.person_route), str(last.person_route)) == ("10–19", "< 10", "10–19")
    assert {str(count) for count in (*first.decided.values(), *first.forwarded.values(), first.texts_removed)} == {
        "< 10"
    }
    assert last.forwarded_to("politie") == first.forwarded_to("politie"), "none and one are told alike"


def test_a_kind_of_partner_from_outside_is_in_its_quarter() -> None:
    months = {f"2026-0{month}": Counter({"all|tip|forwarded|zuidland.vervoer": 6}) for month in (7, 8)}
    [quarter, *_] = quarters_of(months, {}, now=OCTOBER)
    assert str(quarter.forwarded_to("zuidland.vervoer")) == "10–19"
