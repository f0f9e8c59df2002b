"""The text of a tip goes with one press: from the store, its files and every page that reads it; and it is noted."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa

from screening.casework.case_errors import NotAllowedError
from screening.casework.tips.address_tips import dossier_tips, tips_about
from screening.casework.tips.sightings import houses_in
from screening.casework.tips.text_removal import erase_text, remove_text
from screening.casework.tips.tips import decide_tip, inbox, own_tips, report_tip
from screening.store import Store, Workspace
from screening.store.schema.tips import colleague_signal, tip_text_removed
from tests.casework.tips.test_tips import CONTACT, COUNTER, NOW, OFFICER, SEEN


def test_the_text_is_gone_everywhere_and_the_rest_of_the_tip_stays(store: Store, workspace: Workspace) -> None:
    text = "Kwik kwekwak gezien door het raam."
    signal_id = report_tip(store, COUNTER, replace(SEEN, text=text), now=NOW)
    decide_tip(store, CONTACT, signal_id, "for_address", now=NOW)
    remove_text(store, CONTACT, signal_id, now=NOW)
    remove_text(store, CONTACT, signal_id, now=NOW + timedelta(minutes=1))  # a second press changes nothing
    (tip,) = inbox(store, CONTACT, now=NOW)
    (own,) = own_tips(store, COUNTER, now=NOW)
    (read_there,) = dossier_tips(store, "Teststraat 3, 9999 AA Voorbeeld", now=NOW)
    (told,) = tips_about(store, houses_in("Teststraat 3, 9999 AA Voorbeeld"), now=NOW)
    assert {tip.seen.text, own.seen.text, read_there.text, told.seen.text} == {""}
    assert (tip.seen.observations, tip.text_removed_at, own.fate) == (SEEN.observations, NOW, "received")
    with store.engine.connect() as connection:
        [row] = connection.execute(tip_text_removed.select()).all()
    assert (row.signal_id, row.removed_by) == (signal_id, CONTACT.account)
    if store.engine.dialect.name == "sqlite":
        for file in workspace.path.rglob("*"):
            assert not file.is_file() or b"kwekwak" not in file.read_bytes(), file.name


def test_two_who_press_at_once_erase_one_text(store: Store) -> None:
    for _ in range(5):
        signal_id = report_tip(store, COUNTER, SEEN, now=NOW)
        both = Barrier(4)

        def press(name: str, signal_id: str = signal_id, both: Barrier = both) -> None:
            both.wait()
            erase_text(store, signal_id, by=name, now=NOW)

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(press, "abcd"))
    assert [tip.seen.text for tip in inbox(store, CONTACT, now=NOW)] == [""] * 5


def test_without_a_note_no_text_goes_and_none_is_changed(store: Store) -> None:
    signal_id = report_tip(store, COUNTER, SEEN, now=NOW)
    for text in ("", "iets anders"):
        with pytest.raises(sa.exc.DBAPIError), store.engine.begin() as connection:
            connection.execute(colleague_signal.update().values(text=text))
    remove_text(store, CONTACT, signal_id, now=NOW)
    for change in ({"text": "weer iets"}, {"postcode": "9999AB"}):
        with pytest.raises(sa.exc.DBAPIError), store.engine.begin() as connection:
            connection.execute(colleague_signal.update().values(**change))


def test_only_who_reads_a_tip_erases_its_text(sqlite_store: Store) -> None:
    signal_id = report_tip(sqlite_store, COUNTER, SEEN, now=NOW)
    for viewer, tip in ((COUNTER, signal_id), (OFFICER, signal_id), (CONTACT, "f" * 16)):
        with pytest.raises(NotAllowedError):
            remove_text(sqlite_store, viewer, tip, now=NOW)
    assert inbox(sqlite_store, CONTACT, now=NOW)[0].seen.text == SEEN.text
