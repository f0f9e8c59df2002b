"""From runs to cases: opened together and alike, renewed, withdrawn, lapsed, and never visible past their term."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa

from screening.base.vocabulary import CaseState, OwnReading, ReviewOutcome
from screening.casework.case_policy import CasePolicy
from screening.casework.cases.case import get_case, material
from screening.casework.cases.history import judged_outcomes
from screening.casework.cases.queue import queue
from screening.casework.cases.readings import DOSSIER, mark_opened, readiness, record_own_reading, reveal
from screening.casework.cases.sync import SyncReport, sync_cases
from screening.store import Store, Workspace, publish
from screening.store.schema.cases import case_step, review_case
from tests.casework.caseload import (
    ANNA,
    BRAM,
    DAY,
    DIRK,
    EXPIRED,
    LEAD,
    NOW,
    case_of,
    cases,
    judged,
    later,
    night,
    published,
    read,
)
from tests.store.bundles import address

TOMORROW, THIRD = date(2026, 11, 3), date(2026, 11, 4)
MORE = (*EXPIRED, ("NUI-01", ("meldingen:M1",)))


@pytest.fixture
def store(sqlite_store: Store) -> Store:
    """SQLite: what differs between the databases is tested in test_case_guards, test_case_races and test_snoozes."""
    return sqlite_store


def steps(store: Store) -> list[str]:
    with store.engine.connect() as connection:
        query = sa.select(case_step.c.kind).where(case_step.c.actor == "run").order_by(case_step.c.id)
        return list(connection.scalars(query))


def arms(store: Store) -> dict[str, str]:
    with store.engine.connect() as connection:
        return dict(connection.execute(sa.select(review_case.c.address_id, review_case.c.arm)).all())


def test_a_run_opens_a_case_for_each_flag_and_each_drawn_address(store: Store, workspace: Workspace) -> None:
    assert published(store, workspace, flags=[1, 2, 3], drawn=[7]) == SyncReport(opened=3, sampled=1)
    found = cases(store)
    assert set(found) == {address(n) for n in (1, 2, 3, 7)}
    assert len({case.case_id for case in found.values()}) == 4
    one = found[address(1)]
    assert one.address == "Teststraat 1, 1201 AB Voorbeeld"
    assert (one.opened_on, one.due_on, one.expires_on) == (DAY, date(2026, 11, 16), date(2027, 1, 1))
    assert (one.state, one.version, one.assignee, one.locked_by) == (CaseState.OPEN, 1, None, None)


def test_bringing_up_again_changes_nothing(store: Store, workspace: Workspace) -> None:
    published(store, workspace, flags=[1, 2, 3], drawn=[7])
    before = cases(store)
    assert sync_cases(store, now=NOW) == SyncReport()
    assert sync_cases(store, now=NOW, again=True) == SyncReport()
    assert cases(store) == before


def test_without_a_run_there_is_nothing_to_do(store: Store) -> None:
    assert sync_cases(store, now=NOW) == SyncReport()


def test_the_terms_are_those_of_the_policy_at_the_town_hall(store: Store, workspace: Workspace) -> None:
    publish(store, workspace, night(flags=[1]))
    just_after_midnight = NOW.replace(hour=23, minute=30)  # 00:30 of the next day in the Netherlands
    sync_cases(store, now=just_after_midnight, policy=CasePolicy(expiry_days=10, due_days=5))
    one = case_of(store, 1)
    assert (one.opened_on, one.due_on, one.expires_on) == (TOMORROW, date(2026, 11, 8), date(2026, 11, 13))


def test_nothing_an_officer_gets_before_the_reading_tells_flagged_from_drawn(
    store: Store, workspace: Workspace
) -> None:
    published(store, workspace, flags=[1, 2], drawn=[7, 8], links=["L1"])
    shown = []
    for n in (1, 2, 7, 8):
        case = case_of(store, n)
        mark_opened(store, ANNA, case.case_id, DOSSIER, now=NOW)
        case = get_case(store, ANNA, case.case_id, now=NOW)
        found = material(store, case)
        assert reveal(store, ANNA, case.case_id, now=NOW) is None
        of_itself = {"case_id": "", "address_id": "", "address": ""}
        records = [{**row, "key": "", "fingerprint": ""} for row in found.records]
        ready = readiness(store, ANNA, case.case_id)
        shown.append((vars(case) | of_itself, found.run, records, found.links.rows(), found.parties.width, ready))
    assert all(one == shown[0] for one in shown)


def test_ids_and_their_order_are_drawn_and_do_not_follow_the_arm(sqlite_store: Store, workspace: Workspace) -> None:
    published(sqlite_store, workspace, flags=range(1, 101), drawn=range(101, 201))
    arm = arms(sqlite_store)
    order = [arm[case.address_id] for case in queue(sqlite_store, ANNA, limit=200, now=NOW).cases]
    first_half = order[:100].count("flag")
    assert 25 < first_half < 75  # 50 expected, standard deviation 5
    by_rowid = sa.text("SELECT arm FROM review_case ORDER BY rowid")
    with sqlite_store.engine.connect() as connection:
        assert 25 < list(connection.scalars(by_rowid))[:100].count("flag") < 75


def test_what_rules_saw_is_told_after_the_reading(store: Store, workspace: Workspace) -> None:
    published(store, workspace, flags={1: MORE}, drawn=[7])
    for n in (1, 7):
        read(store, ANNA, case_of(store, n).case_id)
    told = reveal(store, ANNA, case_of(store, 1).case_id, now=NOW)
    assert (told.arm, told.reason, told.first_seen) == ("flag", "A", DAY)
    assert told.evidence["indicator"].to_list() == ["LIC-04", "NUI-01"]
    assert set(told.declarations) == {"LIC-04", "NUI-01"}
    assert told.opened == {DOSSIER, *(f"hit:{position}" for position in told.evidence["position"])}
    told = reveal(store, ANNA, case_of(store, 7).case_id, now=NOW)
    assert (told.arm, told.reason, told.evidence.height, told.declarations) == ("sample", None, 0, {})


def test_a_case_is_sensitive_for_a_sex_rule_or_a_sex_licence_in_both_arms(store: Store, workspace: Workspace) -> None:
    sex = (("SEX-02", ("meldingen:M2",)),)
    published(store, workspace, flags={1: EXPIRED, 2: sex, 3: EXPIRED}, drawn=[7, 8], sex_licence=[3, 8])
    assert {n for n in (1, 2, 3, 7, 8) if case_of(store, n).sensitive} == {2, 3, 8}
    hidden = case_of(store, 8).case_id
    assert get_case(store, DIRK, hidden, now=NOW) is None
    assert {case.address_id for case in queue(store, DIRK, now=NOW).cases} == {address(1), address(7)}
    assert readiness(store, DIRK, hidden).why_not == "gone"
    assert reveal(store, DIRK, hidden, now=NOW) is None


def test_who_is_no_officer_sees_no_case(store: Store, workspace: Workspace) -> None:
    published(store, workspace, flags=[1])
    assert queue(store, LEAD, now=NOW).cases == []
    assert get_case(store, LEAD, case_of(store, 1).case_id, now=NOW) is None


def test_a_case_goes_with_its_flag_unless_it_was_judged(store: Store, workspace: Workspace) -> None:
    published(store, workspace, flags=[1, 2, 3], drawn=[7])
    judged(store, ANNA, case_of(store, 2).case_id, ReviewOutcome.BEVESTIGD_AFWIJKING)
    gone = case_of(store, 1).case_id
    report = published(store, workspace, as_of=TOMORROW, flags=[3], now=later(days=1))
    assert (report.withdrawn, report.held) == (0, 1)
    assert get_case(store, ANNA, gone, now=later(days=1)) is not None
    report = published(store, workspace, as_of=THIRD, flags=[3], now=later(days=2))
    assert (report.withdrawn, report.held) == (1, 0)
    assert get_case(store, ANNA, gone, now=later(days=2)) is None
    assert set(cases(store, now=later(days=2))) == {address(2), address(3), address(7)}  # a drawn one never had a flag
    assert steps(store) == ["withdrawn"]


def test_two_runs_of_one_date_are_one_night(store: Store, workspace: Workspace) -> None:
    published(store, workspace, flags=[1])
    published(store, workspace, as_of=TOMORROW, flags=[2], now=later(days=1))
    report = published(store, workspace, as_of=TOMORROW, flags=[3], now=later(days=1, hours=1))
    assert (report.withdrawn, report.held) == (0, 2)


def test_a_flag_that_was_away_for_one_night_leaves_no_trace(store: Store, workspace: Workspace) -> None:
    published(store, workspace, flags=[1])
    published(store, workspace, as_of=TOMORROW, flags=[2], now=later(days=1))
    report = published(store, workspace, as_of=THIRD, flags=[1, 2], now=later(days=2))
    assert (report.withdrawn, report.held, report.reopened) == (0, 0, 0)
    assert steps(store) == []


@pytest.mark.parametrize("doubted", ["vergunningen", "bag_adressen"])
@pytest.mark.parametrize("which", [0, 1])
def test_a_night_on_a_doubted_register_agrees_to_no_end(
    store: Store, workspace: Workspace, doubted: str, which: int
) -> None:
    """By the register that the rule reads, and by that of addresses, on which every flag rests."""
    published(store, workspace, flags=[1])
    for n, day in enumerate((TOMORROW, THIRD)):
        bundle = night(as_of=day, flags=[2])
        declared = [{"code": "LIC-04", "version": 1, "inputs": {"vergunningen": ["status"]}}]
        verdict = "suspect" if n == which else "good"
        meta = bundle.meta | {"deliveries": {doubted: {"verdict": verdict}}}
        publish(store, workspace, replace(bundle, meta=meta, declarations=declared))
        report = sync_cases(store, now=later(days=n + 1))
    assert (report.withdrawn, report.held) == (0, 1)


def test_a_flag_that_comes_back_opens_a_case_again(store: Store, workspace: Workspace) -> None:
    published(store, workspace, flags=[1])
    published(store, workspace, as_of=TOMORROW, flags=[2], now=later(days=1))
    published(store, workspace, as_of=THIRD, flags=[2], now=later(days=2))
    report = published(store, workspace, as_of=date(2026, 11, 5), flags=[1, 2], now=later(days=3))
    assert (report.opened, report.reopened) == (1, 1)
    assert steps(store) == ["withdrawn", "reopened"]


@pytest.mark.parametrize(("kind", "withdrawn"), [("no_source", 0), ("stale_source", 0), ("stopped", 1)])
def test_a_rule_that_could_not_look_withdraws_nothing_and_one_that_was_stopped_does(
    store: Store, workspace: Workspace, kind: str, withdrawn: int
) -> None:
    published(store, workspace, flags=[1])
    not_run = [{"code": "LIC-04", "kind": kind}]
    for n, day in enumerate((TOMORROW, THIRD), 1):
        report = published(store, workspace, as_of=day, flags={2: MORE[1:]}, not_run=not_run, now=later(days=n))
    assert report.withdrawn == withdrawn


def test_a_rerun_of_an_earlier_night_changes_no_case(store: Store, workspace: Workspace) -> None:
    published(store, workspace, flags=[1, 2])
    assert published(store, workspace, as_of=date(2026, 10, 1), flags=[5], now=later(hours=1)) == SyncReport()
    assert set(cases(store)) == {address(1), address(2)}


def test_unread_cases_of_a_day_show_the_newest_run_all_or_none(store: Store, workspace: Workspace) -> None:
    published(store, workspace, flags=[1, 2], drawn=[7])
    old = case_of(store, 1).run_id
    # a run that carries the draw along: every unread case moves
    report = published(store, workspace, as_of=TOMORROW, flags=[1, 2], drawn=[7], drawn_on=DAY, now=later(days=1))
    assert report == SyncReport(refreshed=3)
    new = {case.run_id for case in cases(store, now=later(days=1)).values()}
    assert len(new) == 1
    assert new != {old}
    # one that does not: none moves, or the date would tell which was drawn
    report = published(store, workspace, as_of=date(2026, 11, 4), flags=[1, 2], now=later(days=2))
    assert report == SyncReport()
    assert {case.run_id for case in cases(store, now=later(days=2)).values()} == new


def test_a_case_stays_with_the_dossier_that_was_read(store: Store, workspace: Workspace) -> None:
    published(store, workspace, flags=[1, 2])
    case = read(store, ANNA, case_of(store, 1).case_id)
    mark_opened(store, BRAM, case_of(store, 2).case_id, DOSSIER, now=NOW)
    report = published(store, workspace, as_of=TOMORROW, flags={1: MORE, 2: MORE}, now=later(days=1))
    assert report.refreshed == 1
    assert case_of(store, 1, now=later(days=1)).run_id == case.run_id
    # who had opened the other one opens it again before reading: it is another dossier now
    renewed = case_of(store, 2, now=later(days=1))
    assert renewed.run_id != case.run_id
    assert readiness(store, BRAM, renewed.case_id).why_not == "dossier"


def test_a_dossier_that_is_open_now_is_not_renewed_under_the_reader(store: Store, workspace: Workspace) -> None:
    published(store, workspace, flags=[1])
    mark_opened(store, ANNA, case_of(store, 1).case_id, DOSSIER, now=NOW)
    assert published(store, workspace, as_of=TOMORROW, flags=[1], now=later(minutes=5)).refreshed == 0
    assert sync_cases(store, now=later(hours=1), again=True).refreshed == 1


def test_a_night_that_is_run_again_draws_no_second_tenth(store: Store, workspace: Workspace) -> None:
    published(store, workspace, flags=[1, 2], drawn=[7])
    # something was judged meanwhile, so it is another run, which draws by another seed
    assert published(store, workspace, flags=[1, 2], drawn=[8]) == SyncReport(snoozed=0)
    # one more flag came in late: what is drawn more than before is drawn
    assert published(store, workspace, flags=[1, 2, 3], drawn=[9, 10]) == SyncReport(opened=1, sampled=1)
    # the next night is another draw
    report = published(store, workspace, as_of=TOMORROW, flags=[1, 2, 3], drawn=[11], now=later(days=1))
    assert report.sampled == 1


def test_a_drawn_address_that_is_flagged_before_anyone_read_it_is_a_flagged_one(
    store: Store, workspace: Workspace
) -> None:
    published(store, workspace, flags=[1], drawn=[7])
    published(store, workspace, as_of=TOMORROW, flags=[1, 7], now=later(days=1))
    assert arms(store) == {address(1): "flag", address(7): "flag"}


def test_a_draw_that_later_runs_carry_along_opens_one_case(store: Store, workspace: Workspace) -> None:
    published(store, workspace, drawn=[7])
    judged(store, ANNA, case_of(store, 7).case_id, ReviewOutcome.DATA_FOUT)
    report = published(store, workspace, as_of=TOMORROW, drawn=[7], drawn_on=DAY, now=later(days=1))
    assert report.sampled == 0
    # drawn anew it is another draw
    assert published(store, workspace, as_of=date(2026, 11, 4), drawn=[7], now=later(days=2)).sampled == 1


def test_nobody_handled_it_in_time_then_it_lapses(store: Store, workspace: Workspace) -> None:
    published(store, workspace, flags=[1], drawn=[7])
    last_day = later(days=60)
    assert len(cases(store, now=last_day)) == 2
    assert sync_cases(store, now=last_day).lapsed == 0
    assert sync_cases(store, now=later(days=61)).lapsed == 2
    assert steps(store) == ["lapsed", "lapsed"]


def test_time_travel_shows_no_case_past_its_term_even_when_nobody_brings_it_up(
    store: Store, workspace: Workspace
) -> None:
    published(store, workspace, flags=[1, 2], drawn=[7])
    judged(store, ANNA, case_of(store, 2).case_id, ReviewOutcome.BEVESTIGD_AFWIJKING)
    ids = {n: case_of(store, n).case_id for n in (1, 2, 7)}
    for days in range(0, 130, 5):
        now = later(days=days)
        seen = [get_case(store, ANNA, case_id, now=now) for case_id in ids.values()]
        listed = queue(store, ANNA, now=now).cases
        for case in (*filter(None, seen), *listed):
            assert case.expires_on >= now.date()
    assert all(get_case(store, ANNA, case_id, now=later(days=130)) is None for case_id in ids.values())


def test_a_reading_is_about_the_dossier_that_stood_on_the_page(store: Store, workspace: Workspace) -> None:
    from screening.casework.case_errors import ConflictError

    published(store, workspace, flags=[1])
    case = case_of(store, 1)
    mark_opened(store, ANNA, case.case_id, DOSSIER, now=NOW)
    seen = get_case(store, ANNA, case.case_id, now=NOW).version
    published(store, workspace, as_of=TOMORROW, flags=[1], now=later(days=1))
    with pytest.raises(ConflictError):
        record_own_reading(
            store, ANNA, case.case_id, OwnReading.ONDUIDELIJK, "Het kan.", version=seen, now=later(days=1)
        )


def test_outcomes_of_closed_cases_carry_their_arm(store: Store, workspace: Workspace) -> None:
    published(store, workspace, flags=[1], drawn=[7])
    for n in (1, 7):
        judged(store, ANNA, case_of(store, n).case_id, ReviewOutcome.VERKLAARD)
    found = judged_outcomes(store).sort("address_id")
    assert found["arm"].to_list() == ["flag", "sample"]
    assert found["outcome"].to_list() == ["verklaard", "verklaard"]
    assert found["judged_at"].to_list() == [NOW, NOW]
