"""What was done with the signals of a case stands in the history of its address, for who may see the signal."""

from __future__ import annotations

from pathlib import Path

from screening.base.vocabulary import NoticeReason
from screening.partners.desk.disclosures import call_back
from screening.partners.desk.signal_history import signal_history
from screening.store import Store
from tests.casework.caseload import ANNA, DIRK
from tests.partners.desk.disclosed import NOW, sent


def test_a_signal_is_in_the_history_from_its_preparation_to_its_call_back(
    town: Store, case_id: str, tmp_path: Path
) -> None:
    signal = sent(town, case_id, tmp_path)
    call_back(town, signal.signal_id, reason=NoticeReason.VERKLAARD, by="anna", now=NOW)
    history = signal_history(town, ANNA, [case_id])
    assert [(entry.kind, entry.actor) for entry in history] == [
        ("signal_prepared", "piet"),
        ("signal_approved", "kaat"),
        ("signal_sent", "lea"),
        ("signal_called_back", "anna"),
    ]
    assert {entry.case_id for entry in history} == {case_id}
    assert signal_history(town, DIRK, []) == []
