"""Erasing what slipped into the text of a tip, by the officer who reads it in a case after the own judgement."""

from __future__ import annotations

from datetime import datetime

from screening.casework.case_errors import NotAllowedError
from screening.casework.cases.case import Case
from screening.casework.cases.history import ended_at
from screening.casework.cases.independence import has_judged
from screening.casework.tips.address_tips import dossier_tips
from screening.casework.tips.text_removal import erase_text
from screening.casework.viewer import Viewer
from screening.store.store import Store


def remove_text_in_case(store: Store, viewer: Viewer, case: Case, signal_id: str, *, now: datetime) -> None:
    """Erase the text of a tip that is kept for the address of a case which this viewer may see and judged.

    Raises:
        NotAllowedError: the viewer did not judge the case, or there is no such tip.
    """
    until = ended_at(store, [case.case_id])  # what was kept later is of a later case
    tips = dossier_tips(store, case.address, now=now, until=until) if has_judged(store, viewer, case.case_id) else []
    texts = [tip.text for tip in tips if tip.signal_id == signal_id]
    if not texts:
        raise NotAllowedError("There is no such signal in this case. Its term may be over.")
    if texts[0]:
        erase_text(store, signal_id, by=viewer.account, now=now)
