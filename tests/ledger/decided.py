"""A small town in which officers decided things."""

from __future__ import annotations

from datetime import timedelta

from screening.base.frames import Row
from screening.base.vocabulary import ReviewOutcome
from screening.casework.figures.monthly_counts import close_months
from screening.ledger import Ledger
from screening.ledger.notary import Act, acting, note_decisions
from screening.rights.due import Due
from screening.rights.erasure_plan import prepare_plan
from screening.rights.terms import Terms
from screening.store import Store, Workspace
from screening.store.deliveries import JudgedDelivery, note_delivery
from screening.store.engine import writing
from screening.store.schema.deliveries import SUSPECT
from screening.store.schema.retention import CARE_CONTACT, RUN
from screening.store.schema.tips import care_contact
from tests.casework.caseload import ANNA, BRAM, NOW, case_of, judged, published
from tests.rights.approved import approve_plan


def noted(store: Store, ledger: Ledger) -> None:
    """Let the ledger know of what this store decides."""
    note_decisions(store, lambda: ledger, actor=lambda: "system:run", now=lambda: NOW)


def decide(store: Store, workspace: Workspace, count: int = 3) -> None:
    """Publish a night; two officers confirm the deviation at each of its addresses but the last two: one did, and none.

    A delivery is judged, a month is closed, and two people approve a plan of erasure: a run, and a call for care.
    """
    published(store, workspace, flags=range(1, count + 2))
    for number in range(1, count + 1):
        for viewer in (ANNA,) if number == count else (ANNA, BRAM):
            case = case_of(store, number)
            with acting(Act(viewer.account, NOW, "session:0123456789ab", case=case.case_id, purpose="P-VERG")):
                judged(store, viewer, case.case_id, ReviewOutcome.BEVESTIGD_AFWIJKING)
    fingerprint: Row = {"rows": 3}
    judged_delivery = JudgedDelivery("a" * 64, NOW.date(), SUSPECT, False, NOW.date(), [], fingerprint)
    note_delivery(store, "vergunningen", judged_delivery, NOW)
    close_months(store, now=NOW + timedelta(days=31))
    with writing(store.engine) as connection:
        call = {"id": 1, "asked_at": NOW, "phone": "0800 000", "delete_after": NOW.date()}
        connection.execute(care_contact.insert().values(call))
    past = [Due(RUN, "0" * 24, NOW.date()), Due(CARE_CONTACT, "1", NOW.date())]
    prepare_plan(store, past, {}, Terms(), by="system", now=NOW)
    approve_plan(store, now=NOW)
