"""One history of an address: everything in it, in order, and nothing of it before the own judgement."""

from __future__ import annotations

from datetime import datetime, timedelta

from screening.base.civil_time import day_of
from screening.base.vocabulary import ReviewOutcome, Role
from screening.casework.acts.acts import record_act
from screening.casework.address_history import address_history, cases_of_history
from screening.casework.cases.case import Case, get_case
from screening.casework.cases.sync import sync_cases
from screening.casework.tips.sightings import Sighting
from screening.casework.tips.tips import decide_tip, report_tip
from screening.casework.viewer import Viewer
from screening.casework.visits.lists import record_outcome
from screening.casework.visits.planning import plan_visits
from screening.store import Store, Workspace, publish
from tests.casework.acts.decided import decided, town
from tests.casework.acts.test_acts import ASK, TOMORROW
from tests.casework.acts.test_hand_over import handed_over
from tests.casework.caseload import ANNA, BRAM, CARLA, DAY, DIRK, NOW, case_of, judged, later, read


def kinds(store: Store, viewer: Viewer, case: Case, *, days: int = 0) -> list[str]:
    """What a viewer reads, by kind."""
    return [entry.kind for entry in address_history(store, viewer, case, now=later(days=days))]


def shown(store: Store, viewer: Viewer, case_id: str) -> Case:
    """A case as the viewer has it."""
    case = get_case(store, viewer, case_id, now=NOW)
    assert case
    return case


def tip_joins(store: Store, n: int, *, now: datetime) -> None:
    """A colleague's tip about an address, added to its dossier."""
    seen = Sighting(day_of(now), f"12{n:02d} AB", n, observations=("mattresses",))
    signal_id = report_tip(store, Viewer("balie", frozenset({Role.COLLEAGUE})), seen, now=now)
    contact = Viewer("contact", frozenset({Role.CONTACT_PERSON}))
    decide_tip(store, contact, signal_id, "for_address", now=now)


def test_visits_findings_and_acts_are_in_it(store: Store, workspace: Workspace) -> None:
    publish(store, workspace, town())
    sync_cases(store, now=NOW)
    tip_joins(store, 3, now=NOW)
    case_id = decided(store, workspace)
    record_act(store, ANNA, case_id, ASK, now=NOW)
    walk = plan_visits(store, BRAM, [case_id], for_date=DAY, now=NOW)
    record_outcome(
        store,
        BRAM,
        walk.list_id,
        walk.stops[0].visit_id,
        situatie="toegang_verleend",
        bevindingen=["in_bedrijf"],
        note="De deur stond open.",
        visited_on=DAY,
        replaces=None,
        now=NOW,
    )
    handed_over(store, case_id)
    history = address_history(store, ANNA, shown(store, ANNA, case_id), now=NOW)
    done = {"case_opened", "act.documents_asked", "visit_planned", "visited", "hand_over"}
    assert {entry.kind for entry in history} == done | {"assigned", "opened", "own_reading", "judgement", "tip"}
    assert set(kinds(store, CARLA, shown(store, CARLA, case_id))) == done, "she did not judge it"
    (visit,) = [entry for entry in history if entry.kind == "visited"]
    assert (visit.actor, visit.note, visit.details["bevindingen"]) == ("bram", "De deur stond open.", ("in_bedrijf",))
    assert [entry.on for entry in history] == sorted(entry.on for entry in history)


def test_before_the_own_judgement_there_is_none_also_of_earlier_cases(
    sqlite_store: Store, workspace: Workspace
) -> None:
    store, first = sqlite_store, decided(sqlite_store, workspace)
    publish(store, workspace, town(TOMORROW, {3: (("LIC-01", ("vergunningen:Z77",)),)}))
    tomorrow = later(days=1)
    sync_cases(store, now=tomorrow)
    second = case_of(store, 3, now=tomorrow)
    tip_joins(store, 3, now=tomorrow)
    for viewer in (ANNA, CARLA):
        read(store, viewer, second.case_id, now=tomorrow + timedelta(hours=2 * (viewer is CARLA)))
        assert cases_of_history(store, viewer, second) == []
        assert kinds(store, viewer, second, days=1) == []
    # who has to judge the second learns nothing of the first either; who judged the first knows it
    assert kinds(store, CARLA, shown(store, CARLA, first)) == []
    assert "judgement" in kinds(store, ANNA, shown(store, ANNA, first))
    assert "tip" not in kinds(store, ANNA, shown(store, ANNA, first), days=1), "of the second"
    judged(store, CARLA, second.case_id, ReviewOutcome.BEVESTIGD_AFWIJKING, now=later(days=1, hours=3))
    assert cases_of_history(store, CARLA, shown(store, CARLA, second.case_id)) == [first, second.case_id]
    assert "tip" in kinds(store, CARLA, shown(store, CARLA, second.case_id), days=1)
    history = address_history(store, CARLA, shown(store, CARLA, second.case_id), now=later(days=1, hours=4))
    second_steps = [
        entry
        for entry in history
        if entry.case_id == second.case_id and entry.actor == "anna" and entry.kind == "own_reading"
    ]
    assert [entry.details for entry in second_steps] == [{"reading": "afwijking", "is_hidden": False}]
    earlier = [entry.details for entry in history if (entry.case_id, entry.kind) == (first, "judgement")]
    assert [details.get("outcome") for details in earlier] == [ReviewOutcome.BEVESTIGD_AFWIJKING] * 2


def test_a_sensitive_case_of_the_address_shows_in_a_sensitive_one_alone(
    sqlite_store: Store, workspace: Workspace
) -> None:
    store, sensitive = sqlite_store, decided(sqlite_store, workspace, n=6)
    plain = decided(store, workspace, n=5)
    assert "judgement" in kinds(store, ANNA, shown(store, ANNA, sensitive))
    assert "case_opened" in kinds(store, DIRK, shown(store, DIRK, plain))
    assert get_case(store, DIRK, sensitive, now=NOW) is None
    assert cases_of_history(store, DIRK, shown(store, ANNA, sensitive)) == []
