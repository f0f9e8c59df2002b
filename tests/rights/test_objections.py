"""Requests about data: registered by one, decided by another, and what an upheld one does at once."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
import sqlalchemy as sa

from screening.base.errors import StoreError
from screening.casework.case_errors import ConflictError, NotAllowedError
from screening.casework.cases.sync import sync_cases
from screening.casework.data_subject_requests import load_excluded_subjects, subject_requests, upheld_records
from screening.casework.person_hashes import person_hash, subject_key, without_persons
from screening.partners.desk.corrections import pending_corrections
from screening.partners.desk.current_refusals import current_refusals
from screening.partners.desk.disclosures import disclosures
from screening.partners.desk.signal_versions import signals
from screening.partners.desk.signals import RefusedError
from screening.rights.objections import decide_request, register_request
from screening.store import Store, Workspace, publish
from screening.store.schema.runs import metadata
from tests.casework.caseload import NOW, case_of, night
from tests.partners.desk.disclosed import (
    DAY,
    approved,
    batch_of,
    commit_batch,
    confirmed_town,
    draft,
    is_refused,
    policy,
    prepared,
    sent,
    signed_draft,
    step,
)
from tests.store.bundles import address

KEY = bytes(range(32))
BORN = date(1970, 1, 1)


def asked(store: Store, claim: str = "objection", **about: object):
    """A request that rita registered about address 1, unless another subject is given."""
    subject = about or {"address_id": address(1)}
    return register_request(store, claim, case_file="Z-2026-00123", received_on=DAY, by="rita", now=NOW, **subject)


def upheld(store: Store, **about: object):
    one = asked(store, **about)
    return decide_request(store, one.objection_id, "upheld", by="otto", now=NOW)


WRONG = {
    "two subjects": {"claim": "objection", "address_id": address(1), "record": "meldingen:M1"},
    "no subject": {"claim": "objection", "address_id": None},
    "an unknown right": {"claim": "complaint", "address_id": address(1)},
    "rectification of an address": {"claim": "rectification", "address_id": address(1)},
    "an objection to a record": {"claim": "objection", "record": "meldingen:M1"},
    "an unknown register": {"claim": "rectification", "record": "uitkeringen:U1"},
    "an address in words": {"claim": "objection", "address_id": "Teststraat 1"},
}


@pytest.mark.parametrize("given", WRONG.values(), ids=WRONG)
def test_a_request_that_says_too_little_or_too_much_is_refused(sqlite_store: Store, given: dict) -> None:
    with pytest.raises(StoreError):
        asked(sqlite_store, **given)
    assert subject_requests(sqlite_store) == []


def test_a_name_is_no_case_file(sqlite_store: Store) -> None:
    with pytest.raises(StoreError, match="case file") as caught:
        register_request(
            sqlite_store, "objection", address_id=address(1), case_file="brief Jansen", received_on=DAY, by="a", now=NOW
        )
    assert "Jansen" not in str(caught.value)


def test_nobody_decides_about_what_they_registered(store: Store) -> None:
    one = asked(store)
    with pytest.raises(NotAllowedError):
        decide_request(store, one.objection_id, "upheld", by=" Rita ", now=NOW)
    row = {"objection_id": one.objection_id, "decision": "upheld", "decided_by": "rita", "decided_at": NOW}
    for registered_by in ("rita", "otto"):
        with pytest.raises(sa.exc.DBAPIError), store.engine.begin() as connection:
            connection.execute(metadata.tables["objection_decision"].insert(), row | {"registered_by": registered_by})
    assert load_excluded_subjects(store).digest() is None


def test_a_decision_stands_and_only_an_upheld_one_ends(store: Store) -> None:
    one = asked(store)
    decide_request(store, one.objection_id, "upheld", by="otto", now=NOW)
    for again in ("upheld", "rejected", "withdrawn"):
        with pytest.raises(ConflictError):
            decide_request(store, one.objection_id, again, by="otto", now=NOW)
    assert load_excluded_subjects(store).addresses == {address(1)}
    decide_request(store, one.objection_id, "ended", by="otto", now=NOW)
    assert load_excluded_subjects(store).addresses == frozenset()
    other = asked(store)
    with pytest.raises(ConflictError):
        decide_request(store, other.objection_id, "ended", by="otto", now=NOW)
    assert decide_request(store, other.objection_id, "rejected", by="otto", now=NOW).cases == ()
    assert load_excluded_subjects(store).digest() is None


def test_an_open_case_of_the_address_ends_at_once_and_others_go_on(store: Store, workspace: Workspace) -> None:
    publish(store, workspace, night(DAY, [1, 2], drawn=[4]))
    sync_cases(store, now=NOW)
    mine, other = case_of(store, 1, now=NOW), case_of(store, 2, now=NOW)
    assert upheld(store).cases == (mine.case_id,)
    with store.engine.connect() as connection:
        states = dict(connection.execute(sa.text("SELECT case_id, state FROM review_case")).all())
    assert states[mine.case_id] == "withdrawn"
    assert states[other.case_id] == "open"


def test_a_run_of_before_opens_no_case_of_the_address_again(store: Store, workspace: Workspace) -> None:
    """A day without a night of its own is brought up to the run that flags or draws the address still."""
    asked(store)
    publish(store, workspace, night(flags=[2], drawn=[1]))
    flags = asked(store, address_id=address(2))
    for request in subject_requests(store):
        decide_request(store, request.objection_id, "upheld", by="otto", now=NOW)
    tomorrow = NOW + timedelta(days=1)
    report = sync_cases(store, now=tomorrow)
    assert (report.opened, report.sampled) == (0, 0)
    decide_request(store, flags.objection_id, "ended", by="otto", now=tomorrow)
    assert sync_cases(store, now=tomorrow, again=True).opened == 1


def test_what_left_is_called_back_and_what_waits_is_dropped(store: Store, workspace: Workspace, tmp_path: Path) -> None:
    cases = confirmed_town(store, workspace, (1, 2, 3))
    left = sent(store, cases[1], tmp_path)
    waiting = prepared(store, cases[2], 2)
    stays = approved(store, cases[3], 3)
    assert upheld(store).called_back == (left.signal_id,)
    assert upheld(store, address_id=address(2)).dropped == (waiting.signal_id,)
    pending = pending_corrections(store)
    assert [(one.signal.signal_id, one.kind, str(one.reason)) for one in pending] == [
        (left.signal_id, "withdrawal", "bezwaar_gegrond")
    ]
    assert stays.signal_id not in {one.signal.signal_id for one in pending}


def test_a_decision_and_what_it_calls_back_are_one_step(
    sqlite_store: Store, workspace: Workspace, tmp_path: Path
) -> None:
    """Else one that was cut off half-way would stand, could not be taken again, and nothing would be called back."""
    left = sent(sqlite_store, confirmed_town(sqlite_store, workspace)[1], tmp_path)
    one = asked(sqlite_store)
    with sqlite_store.engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER full_disk BEFORE INSERT ON riec_call_back BEGIN SELECT RAISE(ABORT, 'disk full'); END"
        )
    with pytest.raises((StoreError, sa.exc.DBAPIError)):
        decide_request(sqlite_store, one.objection_id, "upheld", by="otto", now=NOW)
    assert [each.decision for each in subject_requests(sqlite_store)] == [None]
    with sqlite_store.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER full_disk")
    assert decide_request(sqlite_store, one.objection_id, "upheld", by="otto", now=NOW).called_back == (left.signal_id,)


def test_nothing_about_the_address_can_leave_while_it_holds(store: Store, workspace: Workspace, tmp_path: Path) -> None:
    """The database refuses it, whatever a programme says."""
    cases = confirmed_town(store, workspace, (1,))
    one = asked(store)
    decide_request(store, one.objection_id, "upheld", by="otto", now=NOW)
    with pytest.raises(RefusedError, match="upheld"):
        prepared(store, cases[1])
    decide_request(store, one.objection_id, "ended", by="otto", now=NOW)
    made = approved(store, cases[1])
    signal_row = sa.text(
        "INSERT INTO riec_signal SELECT :id AS id, {} FROM riec_signal WHERE id = :like".format(
            ", ".join(one.name for one in metadata.tables["riec_signal"].c if one.name != "id")
        )
    )
    again = asked(store)
    batch = batch_of(store, tmp_path)
    step(store, signed_draft(store, batch, [(made, None)], now=NOW), "approved", "wim", signed_by="lea")
    columns = [column.name for column in metadata.tables["riec_batch"].c]
    repeated = ("signal_id", "prepared_by", "approved_by", "content_sha256", "purpose", "legal_basis", "keep_until")
    line = {name: getattr(made, name) for name in repeated} | {
        "batch_id": batch.batch_id,
        "riec_id": made.id,
        "version": 1,
        "kind": "signals",
        "at": NOW,
        "exported_by": batch.made_by,
        "fields": [],
    }
    decision = {
        "objection_id": again.objection_id,
        "registered_by": again.registered_by,
        "decision": "upheld",
        "decided_by": "otto",
        "decided_at": NOW,
    }
    with store.engine.connect() as connection, connection.begin():
        # by itself: `decide_request` would drop the signal too, and that refuses it as well
        connection.execute(metadata.tables["objection_decision"].insert(), decision)
        with pytest.raises(sa.exc.DBAPIError, match="objection"), connection.begin_nested():
            connection.execute(signal_row, {"id": made.id + 1, "like": made.id})
        batch_row = {name: getattr(batch, name) for name in columns}
        connection.execute(metadata.tables["riec_batch"].insert(), batch_row | {"kind": "signals"})
        with pytest.raises(sa.exc.DBAPIError, match="objection"):
            connection.execute(metadata.tables["riec_disclosure"].insert(), line)
        connection.rollback()


def test_a_disputed_record_is_told_until_it_is_settled(store: Store, workspace: Workspace, tmp_path: Path) -> None:
    case_id = confirmed_town(store, workspace)[1]
    left = sent(store, case_id, tmp_path)
    one = asked(store, "rectification", record="vergunningen:Z1")
    assert upheld_records(store) == frozenset()
    done = decide_request(store, one.objection_id, "upheld", by="otto", now=NOW)
    assert done.called_back == (left.signal_id,)
    assert upheld_records(store) == {"vergunningen:Z1"}
    assert str(pending_corrections(store)[0].reason) == "recht_op_rectificatie"
    decide_request(store, one.objection_id, "ended", by="otto", now=NOW)
    assert upheld_records(store) == frozenset()


def test_an_upheld_restriction_is_told_to_whoever_received_it(
    store: Store, workspace: Workspace, tmp_path: Path
) -> None:
    """AVG art. 19; also of a record that was told and on which no rule rests. What waits may leave when it ends."""
    cases = confirmed_town(store, workspace, (1, 2))
    place = "bag_adressen:9999200000000001"
    left = sent(store, cases[1], tmp_path, facts=draft().facts | {place})
    assert place not in left.basis["records"]
    approved(store, cases[2], 2)
    one = asked(store, "restriction", record=place)
    done = decide_request(store, one.objection_id, "upheld", by="otto", now=NOW)
    assert (done.called_back, done.dropped) == ((left.signal_id,), ())
    [pending] = pending_corrections(store)
    assert (pending.kind, str(pending.reason), pending.is_certain) == ("withdrawal", "recht_op_beperking", True)
    commit_batch(store, batch_of(store, tmp_path, kind="withdrawal"), [(pending.signal, pending.reason)], now=NOW)
    assert str(disclosures(store, signal_id=left.signal_id)[-1].reason) == "recht_op_beperking"
    other_reason = (
        metadata.tables["riec_call_back"]
        .insert()
        .values(signal_id=left.signal_id, reason="zomaar", asked_by="otto", at=NOW)
    )
    assert is_refused(store, other_reason)

    other = asked(store, "restriction", record="vergunningen:Z2")
    assert decide_request(store, other.objection_id, "upheld", by="otto", now=NOW).dropped == ()
    [waits] = signals(store, case_id=cases[2])
    assert waits.state == "approved"
    assert "ground_lost" in {why.code for why in current_refusals(store, waits, policy=policy(), day=DAY)}
    decide_request(store, other.objection_id, "ended", by="otto", now=NOW)
    assert current_refusals(store, waits, policy=policy(), day=DAY) == []


def test_a_person_is_a_hash_of_name_and_date_under_the_key_of_the_workspace(store: Store, workspace: Workspace) -> None:
    digest = person_hash(KEY, "jansen p", BORN)
    assert digest != person_hash(subject_key(workspace), "jansen p", BORN)
    upheld(store, person=digest)
    assert load_excluded_subjects(store).persons == {digest}
    parties = pl.DataFrame(
        {
            "mention": ["a", "b", "c", "d"],
            "name_normalised": ["jansen p", "jansen p", "jansen p", None],
            "birth_date": [BORN, date(1980, 5, 5), None, BORN],
        }
    )
    left = without_persons(parties, load_excluded_subjects(store).persons, KEY)
    assert sorted(left["mention"]) == ["b", "c", "d"]  # a namesake stays, and one of whom nobody knows who it is
    assert without_persons(parties, frozenset(), KEY) is parties


def test_the_digest_follows_whom_it_keeps_out_and_no_order(store: Store) -> None:
    upheld(store, address_id=address(2))
    first = load_excluded_subjects(store).digest()
    upheld(store, address_id=address(1))
    assert load_excluded_subjects(store).digest() not in {None, first}
