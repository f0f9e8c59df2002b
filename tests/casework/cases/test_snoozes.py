"""What was looked at stays out of the queue until facts are new: by content, not by the row that it stood in."""

from __future__ import annotations

from datetime import date, timedelta

from screening.base.vocabulary import ReviewOutcome
from screening.casework.cases.snoozes import SNOOZES, snoozes
from screening.store import Store, Workspace
from tests.casework.caseload import ANNA, DAY, EXPIRED, case_of, cases, judged, later, published
from tests.store.bundles import address

OFFICIALS = (("PER-03", ("functionarissen:r4",)),)


def test_a_year_of_nights_on_both_databases(store: Store, workspace: Workspace) -> None:
    def a_night(days: int, hits: object, **given: object) -> tuple[int, int]:
        """Publish on a later day: cases opened, addresses kept out."""
        day = DAY + timedelta(days=days)
        report = published(store, workspace, as_of=day, flags={1: hits}, now=later(days=days), **given)
        return report.opened, report.snoozed

    assert a_night(0, EXPIRED) == (1, 0)
    judged(store, ANNA, case_of(store, 1).case_id, ReviewOutcome.VERKLAARD, snooze_until=DAY + timedelta(days=100))
    assert snoozes(store, DAY).rows() == [(address(1), DAY + timedelta(days=100))]
    assert snoozes(store, DAY + timedelta(days=101)).schema == SNOOZES
    assert snoozes(store, DAY + timedelta(days=101)).is_empty()

    # the same facts: out, up to and including the last day of the snooze
    assert a_night(1, EXPIRED) == (0, 1)
    assert a_night(2, (*EXPIRED, *EXPIRED)) == (0, 1)
    # a new indicator, and a new record under the same one, are new facts
    assert a_night(3, (*EXPIRED, ("NUI-01", ("meldingen:M1",)))) == (1, 0)
    judged(store, ANNA, case_of(store, 1, now=later(days=3)).case_id, ReviewOutcome.DATA_FOUT, now=later(days=3))
    assert a_night(4, (("LIC-04", ("vergunningen:Z1", "vergunningen:Z2")),)) == (1, 0)
    judged(store, ANNA, case_of(store, 1, now=later(days=4)).case_id, ReviewOutcome.DATA_FOUT, now=later(days=4))
    # some of the known facts are known facts
    assert a_night(5, (("LIC-04", ("vergunningen:Z2",)),)) == (0, 1)
    assert a_night(101, (("LIC-04", ("vergunningen:Z2",)), ("NUI-01", ("meldingen:M1",)))) == (0, 1)

    # a register without keys: the same official in another row is no news, another official in the same row is
    assert a_night(110, OFFICIALS, prints={"functionarissen:r4": "jansen"}) == (1, 0)
    judged(store, ANNA, case_of(store, 1, now=later(days=110)).case_id, ReviewOutcome.DATA_FOUT, now=later(days=110))
    moved = (("PER-03", ("functionarissen:r99",)),)
    assert a_night(111, moved, prints={"functionarissen:r99": "jansen"}) == (0, 1)
    assert a_night(112, OFFICIALS, prints={"functionarissen:r4": "pietersen"}) == (1, 0)


def test_after_the_snooze_the_same_facts_count_again(sqlite_store: Store, workspace: Workspace) -> None:
    store = sqlite_store
    published(store, workspace, flags=[1])
    judged(store, ANNA, case_of(store, 1).case_id, ReviewOutcome.VERKLAARD, snooze_until=DAY + timedelta(days=10))
    for days, opened in ((9, 0), (10, 0), (11, 1)):
        report = published(store, workspace, as_of=DAY + timedelta(days=days), flags=[1], now=later(days=days))
        assert (report.opened, report.reopened, report.snoozed) == (opened, opened, 1 - opened)


def test_a_case_that_another_outcome_closed_needs_new_facts_for_good(sqlite_store: Store, workspace: Workspace) -> None:
    published(sqlite_store, workspace, flags=[1])
    judged(sqlite_store, ANNA, case_of(sqlite_store, 1).case_id, ReviewOutcome.NIET_TE_BEOORDELEN)
    report = published(sqlite_store, workspace, as_of=date(2028, 1, 1), flags=[1], now=later(days=425))
    assert (report.opened, report.snoozed) == (0, 1)


def test_an_explained_address_is_not_drawn_while_it_is_put_aside(sqlite_store: Store, workspace: Workspace) -> None:
    store = sqlite_store
    published(store, workspace, drawn=[7])
    judged(store, ANNA, case_of(store, 7).case_id, ReviewOutcome.VERKLAARD, snooze_until=DAY + timedelta(days=10))
    for days, sampled in ((5, 0), (11, 1)):
        day = DAY + timedelta(days=days)
        assert published(store, workspace, as_of=day, drawn=[7], now=later(days=days)).sampled == sampled


def test_what_a_draw_found_in_order_does_not_keep_a_flag_out(sqlite_store: Store, workspace: Workspace) -> None:
    published(sqlite_store, workspace, drawn=[7])
    judged(sqlite_store, ANNA, case_of(sqlite_store, 7).case_id, ReviewOutcome.VERKLAARD)
    day = DAY + timedelta(days=1)
    assert published(sqlite_store, workspace, as_of=day, flags=[7], now=later(days=1)).opened == 1


def test_an_address_with_a_case_under_way_is_not_drawn(sqlite_store: Store, workspace: Workspace) -> None:
    published(sqlite_store, workspace, drawn=[7])
    day = DAY + timedelta(days=1)
    assert published(sqlite_store, workspace, as_of=day, drawn=[7], now=later(days=1)).sampled == 0
    assert len(cases(sqlite_store, now=later(days=1))) == 1
