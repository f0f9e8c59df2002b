"""What left: sequences without gaps, three hands, what is called back and why; in code, in the database, at random."""

from __future__ import annotations

import ast
import contextlib
import json
import shutil
import tempfile
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import hypothesis
import jsonschema
import pytest
import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from screening.base.errors import BarrierError
from screening.base.vocabulary import ReviewOutcome, Role
from screening.casework.case_errors import ConflictError, NotReadyError
from screening.casework.cases.sync import sync_cases
from screening.casework.links.judgements import NEGATIVE, record_judgement
from screening.partners.batch.feedback import FeedbackRow
from screening.partners.desk.content import Check, Undoing
from screening.partners.desk.corrections import pending_corrections
from screening.partners.desk.current_refusals import stopped_codes
from screening.partners.desk.disclosures import (
    Batch,
    Repeat,
    batches,
    call_back,
    disclosures,
    next_sequence,
    note_placed,
    sent_pairs,
)
from screening.partners.desk.drafts import batch_drafts
from screening.partners.desk.feedback import feedback_texts, outcomes, record_feedback
from screening.partners.desk.recipients import retire_key
from screening.partners.desk.signal_validity import CORRECT, WITHDRAW
from screening.partners.desk.signal_versions import RiecSignal, signals
from screening.partners.desk.signals import approve_signal, drop_signal_in, prepare_signal, send_back
from screening.partners.signal.canonical import canonical, signal_hash
from screening.partners.signal.codes import FeedbackOutcome, FeedbackRemark
from screening.partners.signal.schema import schema
from screening.rights.objections import decide_request, register_request
from screening.store import Store, Workspace, open_store, publish
from screening.store.engine import guarded, writing
from screening.store.rules.governance import stop_rule
from screening.store.schema.cases import case_judgement, review_case
from screening.store.schema.partners import riec_approval, riec_batch, riec_disclosure, riec_draft_event, riec_signal
from tests.casework.caseload import ANNA, BRAM, CARLA, case_of, judged
from tests.partners.desk.disclosed import (
    DAY,
    KAAT,
    LEA,
    NOW,
    PIET,
    RIEC,
    SARA,
    approved,
    batch_of,
    commit_batch,
    confirmed_town,
    copied_town,
    draft,
    is_refused,
    made_town,
    policy,
    prepared,
    recipient,
    recipient_key,
    sent,
    signed_draft,
    step,
    whole_night,
)

#: Another made-up public key of age.
WEST_KEY = "age1h0z8wgj0whcnhhfhwzrrqh6v0ayx4d3umdwfgpn6xedglwxp5qtsdfqgrp"
VALIDATOR = jsonschema.Draft202012Validator(schema())
ROOT = Path(__file__).resolve().parents[3]


# sending


def test_a_batch_and_its_lines_are_there_together_or_not_at_all(town: Store, case_id: str, tmp_path: Path) -> None:
    one = approved(town, case_id)
    with pytest.raises(ConflictError):
        commit_batch(town, batch_of(town, tmp_path, by="kaat"), [(one, None)], now=NOW)
    assert (batches(town), disclosures(town)) == ([], [])
    commit_batch(town, batch_of(town, tmp_path), [(one, None)], now=NOW)
    [line] = disclosures(town)
    assert (line.prepared_by, line.approved_by, line.exported_by) == ("piet", "kaat", "lea")
    assert (line.content_sha256, line.case_id, line.sequence, line.recipient) == (one.content_sha256, case_id, 1, RIEC)
    assert line.fields == one.fields
    assert set(sent_pairs(town)) == {(line.batch_id, one.signal_id)}


@pytest.mark.parametrize("by", ["piet", "kaat"])
def test_who_prepared_or_approved_does_not_export(town: Store, case_id: str, tmp_path: Path, by: str) -> None:
    one = approved(town, case_id)
    with pytest.raises(ConflictError):
        commit_batch(town, batch_of(town, tmp_path, by=by), [(one, None)], now=NOW)


def test_nothing_leaves_twice_or_before_it_is_approved(town: Store, case_id: str, tmp_path: Path) -> None:
    one = prepared(town, case_id)
    with pytest.raises(ConflictError):
        commit_batch(town, batch_of(town, tmp_path), [(one, None)], now=NOW)
    one = sent(town, case_id, tmp_path)
    with pytest.raises(ConflictError):
        commit_batch(town, batch_of(town, tmp_path), [(one, None)], now=NOW)
    assert len(disclosures(town)) == 1


def test_what_was_sent_back_between_making_and_committing_stays_here(town: Store, case_id: str, tmp_path: Path) -> None:
    one = approved(town, case_id)
    send_back(town, SARA, case_id, reason="Toch niet.", now=NOW)
    with pytest.raises(ConflictError):
        commit_batch(town, batch_of(town, tmp_path), [(one, None)], now=NOW)


def test_a_sequence_has_no_gap_and_a_retired_key_gets_nothing(town: Store, case_id: str, tmp_path: Path) -> None:
    one = approved(town, case_id)
    for number in (2, 0, 7):
        with pytest.raises(ConflictError):
            commit_batch(town, batch_of(town, tmp_path, sequence=number), [(one, None)], now=NOW)
    batch = batch_of(town, tmp_path)
    retire_key(town, recipient_key(town).fingerprint, by="piet", reason="Kwijt", now=NOW)
    with pytest.raises(ConflictError):
        commit_batch(town, batch, [(one, None)], now=NOW)
    assert next_sequence(town, RIEC) == 1


@pytest.mark.goal(
    "G9",
    reached="a stop of all by a person: nothing leaves from then on, and calling back goes on",
    lacks="rules to stop that are written down beforehand and pause by themselves, and the draft of a notice",
)
def test_when_every_rule_is_stopped_nothing_is_disclosed_and_calling_back_goes_on(
    town: Store, case_id: str, tmp_path: Path
) -> None:
    gone = sent(town, case_id, tmp_path)
    stop_rule(town, "all", by="lena", now=NOW, reason="Fout gevonden")
    assert stopped_codes(town, gone) == ["all"]
    other = approved(town, next(one for one in _cases(town) if one != case_id), 2, code="SEX-01")
    with pytest.raises(NotReadyError, match="Every rule is stopped"):
        commit_batch(town, batch_of(town, tmp_path), [(other, None)], now=NOW)
    call_back(town, gone.signal_id, reason="gegevens_onjuist", by="lena", now=NOW)  # type: ignore[arg-type]
    withdrawal = batch_of(town, tmp_path, kind="withdrawal")
    commit_batch(town, withdrawal, [(gone, "gegevens_onjuist")], now=NOW)  # type: ignore[list-item]
    assert signals(town, case_id=case_id)[0].state == "withdrawn"


def _cases(store: Store) -> list[str]:
    from screening.casework.cases.history import confirmed_cases

    return [one.case_id for one in confirmed_cases(store)]


def test_raw_sql_cannot_disclose_what_was_not_approved_by_others(
    store: Store, workspace: Workspace, tmp_path: Path
) -> None:
    found = confirmed_town(store, workspace, (1, 2), sensitive=(2,))
    one, half = approved(store, found[1]), prepared(store, found[2], 2, code="SEX-01")
    approve_signal(store, KAAT, found[2], content_sha256=half.content_sha256, policy=policy(), now=NOW)
    first = batch_of(store, tmp_path)
    for why, changed in {
        "a gap in the sequence": {"sequence": 2},
        "a key that nobody approved": {"fingerprint": "ef" * 32},
        "another recipient": {"recipient": "riec-west"},
        "an expiry before it was made": {"expires_at": NOW},
    }.items():
        row = {column.name: getattr(first, column.name) for column in riec_batch.c} | changed
        assert is_refused(store, riec_batch.insert().values(**row)), why
    values = {column.name: getattr(first, column.name) for column in riec_batch.c}
    assert is_refused(store, riec_batch.insert().values(**values))  # nobody prepared it
    of_one(store, first, one, is_approved=False)
    assert is_refused(store, riec_batch.insert().values(**values))  # nobody approved it
    of_one(store, first, one)
    good = {
        "batch_id": first.batch_id,
        "riec_id": one.id,
        "signal_id": one.signal_id,
        "version": 1,
        "kind": "signals",
        "reason": None,
        "prepared_by": "piet",
        "approved_by": "kaat",
        "extra_approval_by": None,
        "exported_by": "lea",
        "content_sha256": one.content_sha256,
        "fields": [],
        "purpose": "P-VERG",
        "legal_basis": "x",
        "keep_until": DAY,
        "at": NOW,
    }
    of_half = {"riec_id": half.id, "signal_id": half.signal_id, "content_sha256": half.content_sha256}
    for why, changed in {
        "exported by whoever prepared it": {"exported_by": "piet"},
        "exported by whoever approved it": {"exported_by": "kaat"},
        "exported by another than made the batch": {"exported_by": "sara"},
        "approved by nobody of that name": {"approved_by": "sara"},
        "approved by whoever prepared it": {"approved_by": "piet"},
        "prepared by another": {"prepared_by": "sara"},
        "another content": {"content_sha256": "cd" * 32},
        "another signal": {"signal_id": f"S-{'1' * 32}"},
        "another kind than the batch": {"kind": "withdrawal", "reason": "verklaard"},
        "a sensitive one without its extra approval": of_half,
        "a sensitive one with a made-up extra approval": {**of_half, "extra_approval_by": "sara"},
        "no such batch": {"batch_id": "L-0000000000000000"},
    }.items():
        assert is_refused(store, riec_disclosure.insert().values(**good | changed)), why
    assert not is_refused(store, riec_disclosure.insert().values(**good))
    with store.engine.begin() as connection:
        connection.execute(riec_disclosure.insert().values(**good))
    for change in (
        riec_disclosure.delete(),
        riec_disclosure.update().values(exported_by="piet"),
        riec_batch.delete(),
        riec_batch.update().values(sequence=9),
    ):
        assert is_refused(store, change)


def of_one(
    store: Store, batch: Batch, one: RiecSignal, *, is_approved: bool = True, repeat: Repeat | None = None
) -> None:
    """Rows of a batch that was signed, and, once it is approved, committed without a line."""
    made = next(iter(batch_drafts(store, batch_id=batch.batch_id)), None) or signed_draft(
        store, batch, [(one, None)], now=NOW, repeat=repeat
    )
    if is_approved:
        step(store, made, "approved", "wim", signed_by=made.signed_by)
        with store.engine.begin() as connection:
            connection.execute(riec_batch.insert().values(**{c.name: getattr(batch, c.name) for c in riec_batch.c}))


# sending again


def again(store: Store, batch: Batch, one: RiecSignal, folder: Path, **changed: object) -> Batch:
    """A batch that says again what this one said."""
    made = batch_of(store, folder, kind=str(batch.kind), **changed)  # type: ignore[arg-type]
    commit_batch(store, made, [(one, one.reason)], now=NOW, repeat=Repeat(batch.batch_id, "lost"))  # type: ignore[list-item]
    return made


def test_what_was_lost_leaves_again_in_a_batch_that_names_it_and_by_three_hands(
    town: Store, case_id: str, tmp_path: Path
) -> None:
    one = sent(town, case_id, tmp_path)
    [first] = batches(town)
    for who in ("piet", "kaat"):
        with pytest.raises(ConflictError):
            again(town, first, one, tmp_path, by=who)
    second = again(town, first, one, tmp_path)
    third = again(town, second, one, tmp_path, by="sara")  # lost once more
    lines = disclosures(town, signal_id=one.signal_id)
    assert [(line.batch_id, line.repeats, line.repeated_for) for line in lines] == [
        (first.batch_id, None, None),
        (second.batch_id, first.batch_id, "lost"),
        (third.batch_id, second.batch_id, "lost"),
    ]
    assert {(line.version, line.content_sha256, line.fields) for line in lines} == {(1, one.content_sha256, one.fields)}
    assert [line.batch_id for line in disclosures(town, batch_id=second.batch_id)] == [second.batch_id]
    [found] = signals(town, case_id=case_id)
    assert (found.state, found.batches) == ("sent", (first.batch_id, second.batch_id, third.batch_id))


def test_nothing_leaves_again_that_was_called_back_corrected_or_withdrawn(
    town: Store, case_id: str, tmp_path: Path
) -> None:
    one = sent(town, case_id, tmp_path)
    [first] = batches(town)
    prepared(town, case_id, reason="gegevens_onjuist")
    with pytest.raises(ConflictError):  # a later version is under way
        again(town, first, one, tmp_path)
    two = sent(town, case_id, tmp_path, reason="gegevens_onjuist")
    second = batches(town)[1]
    assert (second.kind, two.version) == ("correction", 2)
    with pytest.raises(ConflictError):
        again(town, first, one, tmp_path)
    third = again(town, second, two, tmp_path)  # a correction can be lost as well
    call_back(town, one.signal_id, reason="verklaard", by="anna", now=NOW)  # type: ignore[arg-type]
    with pytest.raises(ConflictError):
        again(town, third, two, tmp_path)
    back = batch_of(town, tmp_path, kind="withdrawal")
    commit_batch(town, back, [(two, "verklaard")], now=NOW)  # type: ignore[list-item]
    with pytest.raises(ConflictError):
        again(town, third, two, tmp_path)
    # calling back is what may always be said once more, with the same reason
    for reason, is_same in (("gegevens_onjuist", False), ("verklaard", True)):
        last = batch_of(town, tmp_path, kind="withdrawal", by="sara")
        said = contextlib.nullcontext() if is_same else pytest.raises(ConflictError)
        with said:
            commit_batch(town, last, [(two, reason)], now=NOW, repeat=Repeat(back.batch_id, "lost"))  # type: ignore[list-item]
    assert [one.kind for one in disclosures(town)] == [
        "signals",
        "correction",
        "correction",
        "withdrawal",
        "withdrawal",
    ]


def test_raw_sql_sends_nothing_twice_without_naming_the_batch_that_held_it(
    store: Store, workspace: Workspace, tmp_path: Path
) -> None:
    found = confirmed_town(store, workspace, (1, 2))
    one, other = sent(store, found[1], tmp_path), sent(store, found[2], tmp_path, 2)
    first, second = batches(store)
    new = batch_of(store, tmp_path)
    elsewhere = recipient(store, "riec-west", WEST_KEY)
    of_one(store, new, one, repeat=Repeat(first.batch_id, "lost"))
    to_west = batch_of(
        store, tmp_path, batch_id=f"L-{'7' * 16}", recipient="riec-west", sequence=1, fingerprint=elsewhere.fingerprint
    )
    with pytest.raises(ConflictError):  # a batch to one recipient is not prepared with a signal to another
        signed_draft(store, to_west, [(one, None)], now=NOW)
    good = {
        "batch_id": new.batch_id,
        "riec_id": one.id,
        "signal_id": one.signal_id,
        "version": 1,
        "kind": "signals",
        "reason": None,
        "prepared_by": "piet",
        "approved_by": "kaat",
        "extra_approval_by": None,
        "exported_by": "lea",
        "content_sha256": one.content_sha256,
        "fields": [],
        "purpose": "P-VERG",
        "legal_basis": "x",
        "keep_until": DAY,
        "at": NOW,
        "repeats": first.batch_id,
        "repeated_for": "lost",
    }
    of_other = {"riec_id": other.id, "signal_id": other.signal_id, "content_sha256": other.content_sha256}
    for why, changed in {
        "a second time, naming nothing": {"repeats": None, "repeated_for": None},
        "without why": {"repeated_for": None},
        "why, and no batch": {"repeats": None},
        "for another reason": {"repeated_for": "again"},
        "of a batch that is not there": {"repeats": f"L-{'0' * 16}"},
        "of a batch that did not hold it": {"repeats": second.batch_id},
        "another signal than that batch held": of_other,
        "of itself": {"repeats": new.batch_id},
        "to another recipient": {"batch_id": f"L-{'7' * 16}"},
        "as another kind": {"kind": "correction", "reason": "verklaard"},
        "by whoever prepared it": {"exported_by": "piet"},
        "with another content": {"content_sha256": "cd" * 32},
        "approved by nobody of that name": {"approved_by": "sara"},
    }.items():
        assert is_refused(store, riec_disclosure.insert().values(**good | changed)), why
    assert not is_refused(store, riec_disclosure.insert().values(**good))
    call_back(store, one.signal_id, reason="verklaard", by="anna", now=NOW)  # type: ignore[arg-type]
    assert is_refused(store, riec_disclosure.insert().values(**good))


# calling back and correcting


def test_nothing_is_pending_while_nothing_changed(town: Store, case_id: str, tmp_path: Path) -> None:
    sent(town, case_id, tmp_path)
    assert pending_corrections(town, records=frozenset()) == []


def test_a_link_that_people_parted_calls_the_signal_back(town: Store, case_id: str, tmp_path: Path) -> None:
    one = sent(town, case_id, tmp_path)
    [[left, right]] = one.basis["links"]
    record_judgement(town, left, right, NEGATIVE, by="carla", judged_at=NOW, reason="Twee personen")
    [pending] = pending_corrections(town)
    assert (pending.kind, pending.reason, pending.is_certain) == (WITHDRAW, "onjuiste_koppeling", True)


def test_a_record_that_vanished_with_its_flag_calls_the_signal_back(town: Store, case_id: str, tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "copy")
    sent(town, case_id, tmp_path)
    publish(town, workspace, whole_night((2,), DAY + timedelta(days=1), sensitive=(2,)))
    assert pending_corrections(town) == []  # what the source holds is not known
    assert pending_corrections(town, records={"vergunningen:Z1"}) == []  # it is there: only the window moved
    [pending] = pending_corrections(town, records=set())
    assert (pending.kind, pending.is_certain, pending.is_held) == (WITHDRAW, False, True)  # one night says so
    publish(town, workspace, whole_night((2,), DAY + timedelta(days=2), sensitive=(2,)))
    known = {"vergunningen:Z1"}
    assert pending_corrections(town, records=known, records_before=set()) == []  # whole again: nothing happened
    for before in (None, known):
        [pending] = pending_corrections(town, records=set(), records_before=before)
        assert (pending.is_certain, pending.is_held) == (False, True)
    [pending] = pending_corrections(town, records=set(), records_before=set())
    assert (pending.kind, pending.reason, pending.is_certain) == (WITHDRAW, "bron_ingetrokken", True)
    assert not pending.is_held


@pytest.mark.parametrize("which", [1, 2])
@pytest.mark.parametrize("doubted", ["vergunningen", "bag_adressen"])
def test_a_night_on_a_doubted_delivery_calls_nothing_back(
    town: Store, case_id: str, tmp_path: Path, which: int, doubted: str
) -> None:
    sent(town, case_id, tmp_path)
    for n in (1, 2):
        bundle = whole_night((2,), DAY + timedelta(days=n), sensitive=(2,))
        deliveries = {doubted: {"verdict": "suspect" if n == which else "good"}}
        publish(town, Workspace(tmp_path / "copy"), replace(bundle, meta=bundle.meta | {"deliveries": deliveries}))
    assert not any(pending.is_certain for pending in pending_corrections(town, records=set(), records_before=set()))


def test_a_record_that_a_request_found_wrong_needs_no_second_night(town: Store, case_id: str, tmp_path: Path) -> None:
    sent(town, case_id, tmp_path)
    request = register_request(
        town, "rectification", record="vergunningen:Z1", case_file="Z-2026-1", received_on=DAY, by="rita", now=NOW
    )
    decide_request(town, request.objection_id, "upheld", by="paul", now=NOW)
    publish(town, Workspace(tmp_path / "copy"), whole_night((2,), DAY + timedelta(days=1), sensitive=(2,)))
    [pending] = pending_corrections(town, records=set())
    assert (pending.is_certain, pending.is_held) == (True, False)


def test_a_record_that_vanished_under_a_flag_that_stands_asks_for_a_correction(
    town: Store, case_id: str, tmp_path: Path
) -> None:
    sent(town, case_id, tmp_path)
    later = whole_night((1, 2), DAY + timedelta(days=1), sensitive=(2,), without=("vergunningen:Z1",))
    publish(town, Workspace(tmp_path / "copy"), later)
    [pending] = pending_corrections(town, records=set())
    assert (pending.kind, pending.reason, pending.is_certain) == (CORRECT, "gegevens_onjuist", False)


def next_night(town: Store, tmp_path: Path, **night: object) -> None:
    publish(town, Workspace(tmp_path / "copy"), whole_night((1, 2), DAY + timedelta(days=1), sensitive=(2,), **night))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "night",
    [
        {"says": {"vergunningen:Z1": {"einddatum": "2026-03-31"}}},
        {"says": {"vergunningen:Z1": {"status": "verleend"}}},
        {"says": {"handelsregister:r1": {"datum_einde": "2025-01-01"}}},
        {"says": {"handelsregister:r41": {"datum_aanvang": "2019-07-01"}}, "shifted": 40},
        {"says": {"handelsregister:r1": {"rsin": "123456794"}}},  # said of the organisation, in no sentence
        {"says": {"bag_adressen:9999200000000001": {"gebruiksdoelen": "woonfunctie"}}},  # said of the address
        {"named": {"o1": "Kade Twee B.V."}},
        {"without": ("handelsregister:r1",)},
    ],
    ids=lambda night: next(iter(night)) + " " + str(next(iter(night.values()))),
)
def test_what_the_source_says_otherwise_of_what_left_asks_for_a_correction(
    town: Store, case_id: str, tmp_path: Path, night: dict[str, object]
) -> None:
    one = sent(town, case_id, tmp_path)
    next_night(town, tmp_path, **night)
    [pending] = pending_corrections(town)
    assert (pending.signal.signal_id, pending.kind) == (one.signal_id, CORRECT)
    assert (pending.reason, pending.is_certain) == ("gegevens_onjuist", False)
    now = NOW + timedelta(days=1)
    gone = {"handelsregister:r1"} if "without" in night else set()
    row = "handelsregister:r41" if "shifted" in night else "handelsregister:r1"
    check = {} if gone else {row: Check("piet", Role.OFFICER, DAY + timedelta(days=1))}
    facts = frozenset({"vergunningen:Z1", row} - gone)
    if gone:  # nothing that carries a signal is left of it but the address
        place = f"bag_adressen:99992000000{1:05d}"
        check, facts = {place: Check("piet", Role.OFFICER, DAY + timedelta(days=1))}, facts | {place}
    corrected = {"reason": "gegevens_onjuist", "facts": facts, "checks": check, "now": now}
    made = sent(town, case_id, tmp_path, **corrected)
    assert made.version == 2
    assert pending_corrections(town) == []


@pytest.mark.parametrize(
    "night",
    [
        {},  # the registers are a day older or newer, and say the same
        {"shifted": 40},  # rows stand elsewhere in the file
        {"says": {"vergunningen:Z1": {"openingstijden": "ma-zo 10:00-18:00"}}},  # in no sentence of a signal
        {"says": {"bag_adressen:9999200000000001": {"pand_id": "9999100000000001"}}},
        {"named": {"p1": "X. Qwertzuiop"}},  # left as a token, without a name
    ],
    ids=str,
)
def test_what_did_not_leave_or_only_stands_elsewhere_asks_for_nothing(
    town: Store, case_id: str, tmp_path: Path, night: dict[str, object]
) -> None:
    sent(town, case_id, tmp_path)
    next_night(town, tmp_path, **night)
    assert pending_corrections(town) == []
    known = frozenset({"vergunningen:Z1", "handelsregister:r1"})
    assert pending_corrections(town, records=known) == []


def test_a_register_that_a_run_did_not_have_says_nothing_otherwise(town: Store, case_id: str, tmp_path: Path) -> None:
    sent(town, case_id, tmp_path)
    bundle = whole_night((1, 2), DAY + timedelta(days=1), sensitive=(2,), without=("handelsregister:r1",))
    meta = bundle.meta | {"inputs": [{"dataset": "vergunningen"}, {"dataset": "bag_adressen"}]}
    publish(town, Workspace(tmp_path / "copy"), replace(bundle, meta=meta))
    assert pending_corrections(town) == []


def test_a_later_judgement_of_the_same_rule_at_the_address_asks_to_look(
    town: Store, case_id: str, tmp_path: Path
) -> None:
    sent(town, case_id, tmp_path)
    day, workspace = DAY + timedelta(days=1), Workspace(tmp_path / "copy")
    # the same rule, and a record that was not there before
    again = whole_night((1, 2), day, sensitive=(2,), renamed=1)
    publish(town, workspace, again)
    now = NOW + timedelta(days=1)
    sync_cases(town, now=now)
    judged(town, CARLA, case_of(town, 1, now=now).case_id, ReviewOutcome.DATA_FOUT, now=now)
    [pending] = pending_corrections(town, records={"vergunningen:Z1"})
    assert (pending.kind, pending.reason, pending.is_certain) == (WITHDRAW, "gegevens_onjuist", False)


def test_called_back_it_is_pending_until_it_left_as_a_withdrawal_and_never_goes_again(
    town: Store, case_id: str, tmp_path: Path
) -> None:
    with pytest.raises(ConflictError, match="never left"):
        call_back(town, approved(town, case_id).signal_id, reason="verklaard", by="anna", now=NOW)  # type: ignore[arg-type]
    one = sent(town, case_id, tmp_path)
    call_back(town, one.signal_id, reason="recht_op_wissing", by="anna", now=NOW)  # type: ignore[arg-type]
    [pending] = pending_corrections(town)
    assert (pending.kind, pending.reason, pending.is_certain) == (WITHDRAW, "recht_op_wissing", True)
    batch = batch_of(town, tmp_path, kind="withdrawal")
    commit_batch(town, batch, [(pending.signal, pending.reason)], now=NOW)
    assert pending_corrections(town) == []
    with pytest.raises(ConflictError, match="already"):
        call_back(town, one.signal_id, reason="verklaard", by="anna", now=NOW)  # type: ignore[arg-type]
    with pytest.raises(BarrierError, match="withdrawn"):
        prepared(town, case_id, reason="verklaard")


# feedback


def test_feedback_stands_beside_the_disclosure_once(town: Store, case_id: str, tmp_path: Path) -> None:
    one = sent(town, case_id, tmp_path)
    [batch] = batches(town)
    row = FeedbackRow(batch.batch_id, one.signal_id, FeedbackOutcome.CASUS, date(2026, 12, 1), FeedbackRemark.GEEN)
    assert [record_feedback(town, [row], by="lea", now=NOW) for _ in range(2)] == [1, 0]
    assert outcomes(town) == {(batch.batch_id, one.signal_id): ((date(2026, 12, 1), "casus", "geen"),)}
    assert feedback_texts(town) == {}


def test_what_a_receiver_writes_is_for_who_prepared_and_who_approved_and_never_changes(
    town: Store, case_id: str, tmp_path: Path
) -> None:
    one = sent(town, case_id, tmp_path)
    [batch] = batches(town)
    row = FeedbackRow(
        batch.batch_id, one.signal_id, FeedbackOutcome.CASUS, date(2026, 12, 1), FeedbackRemark.GEEN, "Het loopt al."
    )
    assert [record_feedback(town, [row], by="lea", now=NOW) for _ in range(2)] == [1, 0]
    written = {(batch.batch_id, one.signal_id): ((date(2026, 12, 1), "Het loopt al."),)}
    assert feedback_texts(town) == written
    [line] = disclosures(town)
    for reader in ("lea", "wim", line.exported_by, line.prepared_by, line.approved_by):
        is_hand = reader in {line.prepared_by, line.approved_by}
        assert feedback_texts(town, reader=reader) == (written if is_hand else {}), reader
    for statement in ("UPDATE riec_feedback_text SET text = 'x'", "DELETE FROM riec_feedback_text"):
        with pytest.raises(sa.exc.DBAPIError), town.engine.begin() as connection:
            connection.execute(sa.text(statement))


def test_no_way_leads_from_feedback_to_a_run_or_a_rule() -> None:
    """Who imports what, transitively: the modules of a night never reach those that know the feedback."""
    modules = {
        ".".join(file.relative_to(ROOT).with_suffix("").parts): file
        for folder in ("flows", "screening", "indicators")
        for file in (ROOT / folder).rglob("*.py")
    }
    imports: dict[str, set[str]] = {}
    for name, file in modules.items():
        imports[name] = set()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imports[name] |= {one.name for one in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                imports[name] |= {node.module, *(f"{node.module}.{one.name}" for one in node.names)}

    def reached(start: str) -> set[str]:
        seen, todo = set(), [start]
        while todo:
            name = todo.pop()
            if name not in seen and name in imports:
                seen.add(name)
                todo += imports[name]
        return seen

    # the second for the history of an address, which a person reads
    readers = {"screening.partners.desk.feedback", "screening.partners.desk.signal_history"}
    starts = [
        "flows.night.stages",
        "flows.night.staging",
        "flows.night.bundle",
        "flows.links.profile",
        "flows.rules.backtest",
    ]
    starts += [name for name in modules if name.startswith(("indicators.", "screening.rules.", "screening.matching."))]
    assert len(starts) > 30
    assert [start for start in starts if readers & reached(start)] == []
    # who else names the table: the one that erases it after its term
    tables = {f"screening.store.schema.partners.{name}" for name in ("riec_feedback", "riec_feedback_text")}
    naming = {name for name, used in imports.items() if tables & used}
    assert naming <= {*readers, "screening.rights.erasure", "screening.store.migrations.versions.0022_feedback_texts"}
    # the check sees a way where there is one
    assert "screening.partners.desk.feedback" in reached("flows.partners.export")


# at random: any order of any steps by anybody

PEOPLE = (ANNA, BRAM, CARLA, PIET, KAAT, SARA, LEA)
OFFICERS = (ANNA, BRAM, CARLA)
#: Addresses of `open_town`: confirmed, confirmed and sensitive, judged by nobody yet, drawn at random.
PLAIN_CASE, SENSITIVE_CASE, OPEN_CASE, DRAWN_CASE = 1, 2, 3, 4
_TEMPLATE: dict[str, tuple[Path, dict[int, str]]] = {}


@pytest.fixture(scope="module")
def open_town(tmp_path_factory) -> tuple[Path, dict[int, str]]:
    """A town with cases in every stand: see PLAIN_CASE."""
    folder = tmp_path_factory.mktemp("open") / "var"
    found = made_town(folder, unjudged=(OPEN_CASE,), drawn=(DRAWN_CASE,))
    return folder, found


class Disclosing(RuleBasedStateMachine):
    """People who do any step in any order; what left is judged by the rows alone."""

    cases = Bundle("cases")

    def __init__(self) -> None:
        super().__init__()
        template, self.found = _TEMPLATE["town"]
        self.folder = Path(tempfile.mkdtemp(prefix="disclosing-"))
        self.context = copied_town(template, self.folder / "var")
        self.store = self.context.__enter__()

    @initialize(target=cases)
    def plain(self) -> int:
        return PLAIN_CASE

    @initialize(target=cases)
    def sensitive(self) -> int:
        return SENSITIVE_CASE

    @initialize(target=cases)
    def open(self) -> int:
        return OPEN_CASE

    @initialize(target=cases)
    def drawn(self) -> int:
        return DRAWN_CASE

    def _try(self, step) -> None:  # type: ignore[no-untyped-def]
        with contextlib.suppress(BarrierError):
            step()

    @rule(
        n=st.sampled_from((OPEN_CASE, DRAWN_CASE)),
        who=st.sampled_from(OFFICERS),
        outcome=st.sampled_from((ReviewOutcome.BEVESTIGD_AFWIJKING, ReviewOutcome.VERKLAARD)),
    )
    def judge_it(self, n: int, who, outcome: ReviewOutcome) -> None:  # type: ignore[no-untyped-def]
        self._try(lambda: judged(self.store, who, self.found[n], outcome, now=NOW))

    @rule(
        n=cases,
        who=st.sampled_from(PEOPLE),
        words=st.sampled_from(("Kent u dit?", "Wat is bekend?")),
        undoing=st.sampled_from((None, Undoing("De levering van die nacht was afgebroken."))),
    )
    def prepare_signal(self, n: int, who, words: str, undoing: Undoing | None) -> None:  # type: ignore[no-untyped-def]
        code = "SEX-01" if n == SENSITIVE_CASE else "LIC-04"
        asked = draft(n, code=code, viewer=who, question=words, reason="gegevens_onjuist", undoing=undoing)
        self._try(lambda: prepare_signal(self.store, who, self.found[n], asked, policy=policy(), now=NOW))

    @rule(n=cases, who=st.sampled_from(PEOPLE), is_stale=st.booleans())
    def approve_signal(self, n: int, who, is_stale: bool) -> None:  # type: ignore[no-untyped-def]
        known = signals(self.store, case_id=self.found[n])
        if known:
            sha = known[0 if is_stale else -1].content_sha256
            self._try(
                lambda: approve_signal(self.store, who, self.found[n], content_sha256=sha, policy=policy(), now=NOW)
            )

    @rule(n=cases, who=st.sampled_from(PEOPLE))
    def return_it(self, n: int, who) -> None:  # type: ignore[no-untyped-def]
        self._try(lambda: send_back(self.store, who, self.found[n], reason="Nog eens", now=NOW))

    @rule(n=cases, who=st.sampled_from(PEOPLE))
    def drop_it(self, n: int, who) -> None:  # type: ignore[no-untyped-def]
        known = signals(self.store, case_id=self.found[n])
        if known:
            with contextlib.suppress(BarrierError), guarded("dropping"), writing(self.store.engine) as connection:
                drop_signal_in(connection, known[-1], by=who.account, reason="Toch niet", now=NOW)

    @rule(
        n=cases,
        who=st.sampled_from(PEOPLE),
        kind=st.sampled_from(("signals", "correction", "withdrawal", "reversal")),
        is_again=st.booleans(),
        is_last=st.booleans(),
        approver=st.sampled_from((LEA, SARA, KAAT)),
    )
    def send(  # type: ignore[no-untyped-def]
        self, n: int, who, kind: str, is_again: bool, is_last: bool, approver
    ) -> None:
        known, earlier = signals(self.store, case_id=self.found[n]), batches(self.store)
        if known:
            reason = {"signals": None, "reversal": "ten_onrechte_ingetrokken"}.get(kind, "gegevens_onjuist")
            batch = batch_of(self.store, self.folder, kind=kind, by=who.account)
            repeat = Repeat(earlier[-1 if is_last else 0].batch_id, "lost") if is_again and earlier else None
            line = (known[-1 if is_last else 0], reason)
            by = approver.account
            self._try(lambda: commit_batch(self.store, batch, [line], now=NOW, repeat=repeat, approver=by))  # type: ignore[list-item]

    @invariant()
    def what_left_was_approved_by_others_and_holds_nothing_else(self) -> None:
        with self.store.engine.connect() as connection:
            left = list(connection.execute(riec_disclosure.select().order_by(riec_disclosure.c.id)))
            made = {row.id: row for row in connection.execute(riec_signal.select())}
            agreed = {(row.riec_id, row.kind): row for row in connection.execute(riec_approval.select())}
            numbers = list(connection.scalars(sa.select(riec_batch.c.sequence).order_by(riec_batch.c.sequence)))
            steps = {(row.batch_id, row.action): row.actor for row in connection.execute(riec_draft_event.select())}
            stands = {row.case_id: row for row in connection.execute(review_case.select())}
            judges = {
                (row.case_id, row.role): row.judged_by
                for row in connection.execute(case_judgement.select())
                if row.outcome == ReviewOutcome.BEVESTIGD_AFWIJKING and row.round == stands[row.case_id].round
            }
        # whatever was prepared, and so whatever left, is of a flagged case that two officers confirmed
        for signal in made.values():
            case = stands[signal.case_id]
            assert (case.arm, case.state, case.outcome) == ("flag", "closed", "bevestigd_afwijking")
            assert judges[signal.case_id, "first"] != judges[signal.case_id, "second"]
        assert numbers == list(range(1, len(numbers) + 1))
        withdrawn: set[str] = set()
        told: dict[tuple[bool, int], set[str]] = {}
        for line in left:
            # nothing leaves twice but in a batch that names one that held it
            same = told.setdefault((line.kind == "withdrawal", line.riec_id), set())
            assert line.repeats in same if same else line.repeats is None
            same.add(line.batch_id)
            signal, plain = made[line.riec_id], agreed[line.riec_id, "plain"]
            assert plain.approved_by != signal.prepared_by
            assert plain.content_sha256 == line.content_sha256 == signal.content_sha256
            if line.kind != "withdrawal":
                assert len({signal.prepared_by, plain.approved_by, line.exported_by}) == 3
                # after a withdrawal nothing but a version that was prepared to undo it
                if line.kind == "reversal" and line.repeats is None:
                    withdrawn.remove(line.signal_id)
                    assert signal.reason == line.reason == "ten_onrechte_ingetrokken"
                assert line.signal_id not in withdrawn
            else:
                withdrawn.add(line.signal_id)
            if signal.sensitive:
                extra = agreed[line.riec_id, "sensitive"].approved_by
                assert extra not in {signal.prepared_by, plain.approved_by, signal.first_by, signal.second_by}
            # one person signed the batch and another approved it
            signed, agreed_to = (steps.get((line.batch_id, action)) for action in ("signed", "approved"))
            assert signed == line.exported_by
            assert agreed_to not in {None, signed}
        for one in signals(self.store):
            assert one.content is not None
            written = json.loads(canonical(one.content))
            assert list(VALIDATOR.iter_errors(written)) == []
            assert signal_hash(one.content) == one.content_sha256

    def teardown(self) -> None:
        self.context.__exit__(None, None, None)
        shutil.rmtree(self.folder, ignore_errors=True)


def _at_random(made: tuple[Path, dict[int, str]], *, sequences: int, steps: int) -> None:
    _TEMPLATE["town"] = made
    run_state_machine_as_test(
        Disclosing,
        settings=hypothesis.settings(
            max_examples=sequences,
            stateful_step_count=steps,
            deadline=None,
            derandomize=False,
            suppress_health_check=list(hypothesis.HealthCheck),
            database=None,
        ),
    )


def test_in_any_order_of_steps_nothing_leaves_without_three_hands(open_town: tuple[Path, dict[int, str]]) -> None:
    _at_random(open_town, sequences=20, steps=15)


@pytest.mark.goal("S5", reached="10,000 orders of steps")
@pytest.mark.long
@pytest.mark.parametrize("part", range(40))  # 10,000 together; each part ends well within the time of a test
def test_in_ten_thousand_orders_of_steps_nothing_leaves_without_three_hands(
    open_town: tuple[Path, dict[int, str]], part: int
) -> None:
    _at_random(open_town, sequences=250, steps=25)


def test_the_random_steps_would_find_an_approval_by_whoever_prepared_it(made: tuple[Path, dict[int, str]]) -> None:
    """The harness bites: with the guards taken out of the database and the code, the same steps fail."""
    folder = Path(tempfile.mkdtemp(prefix="disclosing-"))
    with copied_town(made[0], folder / "var") as store, store.engine.begin() as connection:
        for name in (
            "riec_approval_is_of_last_content_by_another_officer_insert",
            "riec_disclosure_needs_approvals_and_is_not_twice_insert",
            "riec_batch_is_next_to_approved_key_insert",
        ):
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
    with open_store(Workspace(folder / "var")) as store:
        one = prepared(store, made[1][1])
        row = {"riec_id": one.id, "kind": "plain", "prepared_by": "kaat", "content_sha256": one.content_sha256}
        with store.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("BEGIN")
            connection.execute(riec_approval.insert().values(**row, approved_by="piet", other_by=None, at=NOW))
            connection.commit()
        machine = object.__new__(Disclosing)
        machine.store = store
        with store.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("BEGIN")
            batch = batch_of(store, folder)
            connection.execute(riec_batch.insert().values(**{c.name: getattr(batch, c.name) for c in riec_batch.c}))
            connection.execute(
                riec_disclosure.insert().values(
                    batch_id=batch.batch_id,
                    riec_id=one.id,
                    signal_id=one.signal_id,
                    version=1,
                    kind="signals",
                    prepared_by="piet",
                    approved_by="kaat",
                    exported_by="lea",
                    content_sha256=one.content_sha256,
                    fields=[],
                    purpose="P-VERG",
                    legal_basis="x",
                    keep_until=DAY,
                    at=NOW,
                )
            )
            connection.commit()
        with pytest.raises(AssertionError):
            machine.what_left_was_approved_by_others_and_holds_nothing_else()
    shutil.rmtree(folder)


def test_a_batch_is_told_by_its_recipient_and_has_its_place_once(town: Store, case_id: str, tmp_path: Path) -> None:
    sent(town, case_id, tmp_path)
    assert batches(town, recipient="riec-west") == []
    [batch] = batches(town, recipient=RIEC)
    assert (batch.file, batch.is_placed) == (tmp_path / batch.file_name, False)
    for _ in range(2):
        note_placed(town, batch.batch_id, now=NOW)
    assert batches(town) == [replace(batch, is_placed=True)]
