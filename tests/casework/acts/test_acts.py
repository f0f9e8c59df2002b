"""Acts on a decided case: who may do what when, what the database itself refuses, and what stops all of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from screening.base.vocabulary import ActKind, ReviewOutcome
from screening.casework.acts.acts import ActForm, act_words, acts_of, choice_words, known_decided, record_act
from screening.casework.case_errors import MotivationError, NotAllowedError, NotReadyError
from screening.casework.cases.sync import sync_cases
from screening.rights.objections import decide_request, register_request
from screening.store import Store, Workspace, publish
from screening.store.schema.acts import case_act
from tests.casework.acts.decided import decided, published_without_flag, town
from tests.casework.caseload import ANNA, BRAM, CARLA, DAY, DIRK, LEAD, NOW, case_of, later
from tests.store.bundles import address

TOMORROW = DAY + timedelta(days=1)
ASK = ActForm(ActKind.DOCUMENTS_ASKED, due_on=TOMORROW, choices=("plattegrond", "vergunning"), reference="z-2026-001")
RESULT = ActForm(ActKind.RESULT, choices=("hersteld",))


def upheld_objection(store: Store, n: int = 3) -> None:
    """An objection about the address that two people uphold."""
    asked = register_request(
        store, "objection", address_id=address(n), case_file="Z-2026-00123", received_on=DAY, by="rita", now=NOW
    )
    decide_request(store, asked.objection_id, "upheld", by="sam", now=NOW)


def test_an_act_is_kept_as_words_of_a_list_days_and_a_number(store: Store, workspace: Workspace) -> None:
    case_id = decided(store, workspace)
    record_act(store, BRAM, case_id, ASK, now=NOW)
    (act,) = acts_of(store, [case_id])[case_id]
    assert (act.kind, act.actor, act.on_day, act.due_on) == (ActKind.DOCUMENTS_ASKED, "bram", DAY, TOMORROW)
    assert (act.choices, act.reference) == (("vergunning", "plattegrond"), "Z-2026-001")
    assert act_words(act.kind, act.choices, "nl") == "Stukken gevraagd: De vergunning met de bijlagen; De plattegrond"
    assert choice_words(ActKind.INFORMED, (), "en") == []


@pytest.mark.parametrize(
    ("form", "field"),
    [
        (ActForm(ActKind.DOCUMENTS_ASKED, choices=("plattegrond",)), "due_on"),
        (ActForm(ActKind.DOCUMENTS_ASKED, due_on=DAY, choices=("plattegrond",)), "due_on"),
        (ActForm(ActKind.DOCUMENTS_ASKED, due_on=TOMORROW), "choices"),
        (ActForm(ActKind.RESULT, choices=("hersteld", "maatregel")), "choices"),
        (ActForm(ActKind.RESULT, choices=("onbekend",)), "choices"),
        (ActForm(ActKind.INFORMED, on_day=TOMORROW), "on_day"),
        (ActForm(ActKind.INFORMED, on_day=DAY - timedelta(days=400)), "on_day"),
        (ActForm(ActKind.INFORMED, due_on=TOMORROW), "due_on"),
        (ActForm(ActKind.INFORMED, reference="Jan de Vries"), "reference"),
        (ActForm(ActKind.INFORM_LATER, choices=("toezicht",)), "due_on"),
    ],
)
def test_a_form_that_is_not_whole_is_refused(
    sqlite_store: Store, workspace: Workspace, form: ActForm, field: str
) -> None:
    case_id = decided(sqlite_store, workspace)
    with pytest.raises(MotivationError) as caught:
        record_act(sqlite_store, ANNA, case_id, form, now=NOW)
    assert caught.value.field == field
    assert acts_of(sqlite_store, [case_id]) == {}


def test_after_the_result_nothing_follows_until_it_is_taken_up_again(store: Store, workspace: Workspace) -> None:
    case_id = decided(store, workspace)
    with pytest.raises(NotReadyError, match="still going on"):
        record_act(store, ANNA, case_id, ActForm(ActKind.RESUMED), now=NOW)
    record_act(store, ANNA, case_id, RESULT, now=NOW)
    with pytest.raises(NotReadyError, match="has a result"):
        record_act(store, ANNA, case_id, ASK, now=NOW)
    with pytest.raises(sa.exc.IntegrityError, match="a case with a result is over"), store.engine.begin() as connection:
        connection.execute(case_act.insert(), raw(case_id, "informed"))
    record_act(store, BRAM, case_id, ActForm(ActKind.RESUMED), now=NOW)
    record_act(store, BRAM, case_id, ASK, now=NOW)
    assert [act.kind.value for act in acts_of(store, [case_id])[case_id]] == ["result", "resumed", "documents_asked"]


def test_a_case_that_is_not_decided_or_not_ones_own_to_see_takes_no_act(store: Store, workspace: Workspace) -> None:
    case_id, sensitive = decided(store, workspace), decided(store, workspace, n=6)
    for viewer, of in ((ANNA, case_of(store, 5).case_id), (DIRK, sensitive), (LEAD, case_id), (ANNA, "0" * 16)):
        with pytest.raises(NotAllowedError):
            record_act(store, viewer, of, ASK, now=NOW)
    record_act(store, DIRK, case_id, ASK, now=NOW)
    with pytest.raises(sa.exc.IntegrityError, match="a case that was decided"), store.engine.begin() as connection:
        connection.execute(case_act.insert(), raw(case_of(store, 5).case_id, "informed"))
    with pytest.raises(sa.exc.IntegrityError, match="only grows"), store.engine.begin() as connection:
        connection.execute(case_act.update().values(actor="eva"))
    with pytest.raises(sa.exc.IntegrityError, match="receipt of erasure"), store.engine.begin() as connection:
        connection.execute(case_act.delete())


def raw(case_id: str, kind: str) -> dict[str, object]:
    """A row as somebody at a prompt would write it."""
    return {"case_id": case_id, "kind": kind, "actor": "eva", "at": NOW, "on_day": DAY, "choices": []}


def test_a_case_of_somebody_else_is_passed_on_by_a_person_and_takes_no_other_act(
    store: Store, workspace: Workspace
) -> None:
    case_id = decided(store, workspace, ReviewOutcome.DOORGEZET)
    with pytest.raises(NotReadyError) as caught:
        record_act(store, ANNA, case_id, ASK, now=NOW)
    assert caught.value.reason == "outcome"
    with pytest.raises(sa.exc.IntegrityError, match="a case that was decided"), store.engine.begin() as connection:
        connection.execute(case_act.insert(), raw(case_id, "result"))
    record_act(store, ANNA, case_id, ActForm(ActKind.PASSED_ON, choices=("telefoon",)), now=NOW)
    assert acts_of(store, [case_id])[case_id][0].choices == ("telefoon",)


def test_an_upheld_objection_refuses_every_act_also_to_the_database(store: Store, workspace: Workspace) -> None:
    case_id = decided(store, workspace)
    record_act(store, ANNA, case_id, ASK, now=NOW)
    upheld_objection(store)
    for form in (ASK, RESULT, ActForm(ActKind.INFORMED)):
        with pytest.raises(NotReadyError) as caught:
            record_act(store, ANNA, case_id, form, now=NOW)
        assert caught.value.reason == "stopped"
    with pytest.raises(sa.exc.IntegrityError, match="an objection about this"), store.engine.begin() as connection:
        connection.execute(case_act.insert(), raw(case_id, "informed"))


def test_corrected_registers_leave_only_the_result_that_it_was_put_right(store: Store, workspace: Workspace) -> None:
    case_id = decided(store, workspace)
    published_without_flag(store, workspace)
    for form in (ASK, ActForm(ActKind.RESULT, choices=("maatregel",))):
        with pytest.raises(NotReadyError):
            record_act(store, ANNA, case_id, form, now=later(days=2))
    record_act(store, ANNA, case_id, RESULT, now=later(days=2))


def test_whoever_still_has_to_judge_the_address_learns_nothing_of_what_came_before(
    sqlite_store: Store, workspace: Workspace
) -> None:
    store = sqlite_store
    case_id = decided(store, workspace)
    assert [case.case_id for case in known_decided(store, CARLA)] == [case_id]
    new_record = {3: (("LIC-01", ("vergunningen:Z77",)),), 5: (("LIC-04", ("vergunningen:Z1",)),)}
    publish(store, workspace, town(TOMORROW, new_record))
    assert sync_cases(store, now=later(days=1)).opened == 1
    assert known_decided(store, CARLA) == []
    assert [case.case_id for case in known_decided(store, ANNA)] == [case_id]
    with pytest.raises(NotAllowedError):
        record_act(store, CARLA, case_id, ASK, now=later(days=1))
