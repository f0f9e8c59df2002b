"""What leaves was signed and approved by two people, leaves once, and has its file, wherever the process dies."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pyrage
import pytest

from screening.base.errors import ConfigurationError, StoreError
from screening.base.vocabulary import BatchKind, NoticeReason
from screening.casework.case_errors import ConflictError, NotReadyError
from screening.partners.desk import due, sending
from screening.partners.desk.disclosures import Batch, batches, call_back, disclosures
from screening.partners.desk.drafts import batch_drafts, replace_drafts, sign_draft
from screening.partners.desk.due import ERASED, OWN, due_again, due_signals, load_validity, refused_now
from screening.partners.desk.kept_files import forget_files, keep_files, kept_files
from screening.partners.desk.known_records import known_records
from screening.partners.desk.outbox import Outbox
from screening.partners.desk.preparing import content_of_draft, plan_batches, plan_repeat, why_not
from screening.partners.desk.recipients import OPENPGP, approve_key, propose_key, retire_key
from screening.partners.desk.sending import finish_interrupted_batches, send_draft
from screening.partners.desk.signal_versions import signals
from screening.partners.desk.signals import send_back
from screening.partners.receiver import verify_batch
from screening.signing.signature import SignatureError
from screening.store import Workspace, open_store
from screening.store.access.personal_keys import PersonalKeyError
from screening.store.rules.governance import resume_rule, stop_rule
from tests.conftest import ROOT
from tests.partners.desk.disclosed import (
    NOW,
    RIEC,
    SARA,
    approved,
    copied_town,
    policy,
    prepared,
    recipient,
    recipient_key,
)
from tests.partners.signing import Signer, registered, sent_by


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "copy"


@pytest.fixture
def outbox(made: tuple[Path, dict[int, str]], folder: Path, tmp_path: Path) -> Iterator[Outbox]:
    with copied_town(made[0], folder) as store:
        yield Outbox(store, Workspace(folder), policy(out=tmp_path / "uit"), NOW)


@pytest.fixture
def signer(outbox: Outbox, tmp_path: Path) -> Signer:
    """Lea, with a key of her own."""
    return registered(outbox.store, Signer(tmp_path / "keys"), now=NOW)


def plan(outbox: Outbox, **options: object) -> list:
    """The open batches once what is due is prepared."""
    planned = plan_batches(outbox, RIEC, by="lea", **options)  # type: ignore[arg-type]
    replace_drafts(outbox.store, planned.dropped, planned.added, by="lea", now=outbox.now)
    return batch_drafts(outbox.store, is_open=True)


def names(outbox: Outbox) -> list[str]:
    return sorted(file.name for file in outbox.policy.out.iterdir()) if outbox.policy.out.exists() else []


def test_a_batch_leaves_once_it_is_signed_and_approved_by_two_people(
    outbox: Outbox, signer: Signer, case_id: str
) -> None:
    one = approved(outbox.store, case_id)
    [draft] = plan(outbox)
    assert (draft.kind, draft.number, draft.lines, draft.made_by) == ("signals", 1, ((one.id, None),), "lea")
    with pytest.raises(NotReadyError, match="not signed"):
        send_draft(outbox, draft.batch_id, by="wim")
    text = signer.sign(draft.manifest.encode()).decode()
    sign_draft(outbox.store, draft, by="lea", signature=text.replace("\n", "\r\n"), of=[one], now=NOW)
    for who in ("lea", "Lea"):
        with pytest.raises(NotReadyError) as refused:
            send_draft(outbox, draft.batch_id, by=who)
        assert refused.value.reason == "two"
    batch = send_draft(outbox, draft.batch_id, by="wim")
    assert batch.file.stat().st_mode & 0o777 == 0o600
    assert (batch.made_by, [line.signal_id for line in disclosures(outbox.store)]) == ("lea", [one.signal_id])
    assert batch_drafts(outbox.store, batch_id=batch.batch_id)[0].manifest == ""  # it names signals, and is not kept
    with pytest.raises(NotReadyError):
        send_draft(outbox, draft.batch_id, by="wim")
    assert plan(outbox) == []


def test_the_files_of_a_prepared_batch_are_kept_until_it_leaves_and_hold_what_would_be_made_again(
    outbox: Outbox, signer: Signer, case_id: str
) -> None:
    approved(outbox.store, case_id)
    [draft] = plan(outbox)
    statement, folder = draft.manifest.encode(), outbox.workspace.path / "prepared"
    kept = kept_files(outbox.workspace, draft.batch_id, statement)
    listing = json.loads(statement)
    of_another_version = {**kept, "index.csv": b"as another version of the programme writes it"}
    for file in listing["files"]:
        file["sha256"] = hashlib.sha256(of_another_version[file["path"]]).hexdigest()
    signed_then = replace(draft, manifest=json.dumps(listing))
    forget_files(outbox.workspace)
    keep_files(outbox.workspace, draft.batch_id, of_another_version)
    assert content_of_draft(outbox, signed_then)[0] == of_another_version  # not made again
    assert content_of_draft(outbox, draft) == (kept, statement)  # made again: these are not what was signed
    keep_files(outbox.workspace, "L-of-a-dropped-one", {})
    assert sent_by(outbox, draft, signer).is_placed
    assert list(folder.iterdir()) == []


def test_a_signature_that_is_not_of_this_person_over_this_manifest_is_not_taken(
    outbox: Outbox, signer: Signer, case_id: str, tmp_path: Path
) -> None:
    one = approved(outbox.store, case_id)
    [draft] = plan(outbox)
    other = registered(outbox.store, Signer(tmp_path / "other", "bo"), "bo", now=NOW)
    statement = draft.manifest.encode()
    for who, text, why in (
        ("lea", "x", NotReadyError),
        ("lea", signer.sign(b"iets anders").decode(), SignatureError),
        ("lea", other.sign(statement).decode(), SignatureError),
        ("lea", signer.sign(statement, namespace="file").decode(), NotReadyError),  # another length
        ("wim", signer.sign(statement).decode(), PersonalKeyError),
        ("piet", signer.sign(statement).decode(), NotReadyError),
    ):
        with pytest.raises(why):
            sign_draft(outbox.store, draft, by=who, signature=text, of=[one], now=NOW)
    assert batch_drafts(outbox.store)[0].signed_by is None


def test_who_prepared_or_approved_a_signal_may_not_sign_and_is_told(outbox: Outbox, case_id: str) -> None:
    approved(outbox.store, case_id)
    for who in ("piet", "kaat"):
        due, held = due_signals(outbox, RIEC, signer=who)
        assert due[BatchKind.SIGNALS] == []
        assert [each.why for each in held] == [(OWN,)]
    assert plan(outbox, signer="piet") == []
    assert len(plan(outbox, signer="lea")) == 1


def test_what_is_signed_stays_and_what_is_not_gives_way_to_what_is_due(
    outbox: Outbox, signer: Signer, made: tuple[Path, dict[int, str]]
) -> None:
    store, cases = outbox.store, made[1]
    one = approved(store, cases[1])
    [first] = plan(outbox)
    assert plan(outbox) == [first]
    sensitive = approved(store, cases[2], 2, code="SEX-01")
    plain, fenced = plan(outbox)
    assert plain == first
    # sensitive signals go by themselves, and are counted by themselves
    assert (fenced.sensitive, fenced.number, fenced.riec_ids) == (True, 1, {sensitive.id})
    late = replace(outbox, now=NOW + timedelta(days=8))
    assert {draft.batch_id for draft in plan(late)}.isdisjoint({first.batch_id, fenced.batch_id})
    plain, fenced = batch_drafts(store, is_open=True)
    sign_draft(store, plain, by="lea", signature=signer.sign(plain.manifest.encode()).decode(), of=[one], now=late.now)
    assert [draft.batch_id for draft in plan(late)] == [plain.batch_id, fenced.batch_id]
    with pytest.raises(NotReadyError) as refused:
        send_draft(replace(late, now=late.now + timedelta(days=8)), plain.batch_id, by="wim")
    assert refused.value.reason == "old"


@pytest.mark.parametrize("what", ["sent back", "stopped", "all stopped", "key retired", "called back"])
def test_what_changed_after_the_signature_does_not_leave(
    outbox: Outbox, signer: Signer, case_id: str, what: str
) -> None:
    store = outbox.store
    one = approved(store, case_id)
    if what == "called back":
        sent_by(outbox, plan(outbox)[0], signer)
        one = approved(store, case_id, reason="gegevens_onjuist", question="Wat is er bekend?")
    [draft] = plan(outbox)
    sign_draft(store, draft, by="lea", signature=signer.sign(draft.manifest.encode()).decode(), of=[one], now=NOW)
    if what == "sent back":
        send_back(store, SARA, case_id, reason="Toch niet.", now=NOW)
    elif what == "key retired":
        retire_key(store, recipient_key(store).fingerprint, by="piet", reason="Kwijt", now=NOW)
    elif what == "called back":
        call_back(store, one.signal_id, reason=NoticeReason.VERKLAARD, by="anna", now=NOW)
    else:
        stop_rule(store, "all" if what == "all stopped" else "LIC-04", by="lena", now=NOW, reason="Fout")
    count = len(batches(store))
    if what == "called back":
        # the withdrawal is prepared after what was signed: both leave in their order
        assert [draft.kind for draft in plan(outbox)] == ["correction", "withdrawal"]
        return
    with pytest.raises((NotReadyError, ConflictError)):
        send_draft(outbox, draft.batch_id, by="wim")
    assert (len(batches(store)), names(outbox)) == (count, [])
    if what == "all stopped":
        resume_rule(store, "all", by="lena", now=NOW, reason="Hersteld")
        assert send_draft(outbox, draft.batch_id, by="wim").is_placed


def test_batches_of_a_recipient_leave_in_the_order_in_which_it_counts(
    outbox: Outbox, signer: Signer, case_id: str
) -> None:
    one = approved(outbox.store, case_id)
    sent_by(outbox, plan(outbox)[0], signer)
    [batch] = batches(outbox.store)
    replace_drafts(outbox.store, [], plan_repeat(outbox, batch, "lost", by="lea").added, by="lea", now=NOW)
    with pytest.raises(NotReadyError, match="once more already"):
        plan_repeat(outbox, batch, "lost", by="lea")
    call_back(outbox.store, one.signal_id, reason=NoticeReason.VERKLAARD, by="anna", now=NOW)
    drafts = plan(outbox)
    # what is called back is not sent again: the repeat gives way to the withdrawal
    assert [(draft.kind, draft.number) for draft in drafts] == [("withdrawal", 2)]
    assert sent_by(outbox, drafts[0], signer, by="lea").kind == "withdrawal"


#: Where the process dies: (module, function that it dies in, before or after, whether the batch counts as sent).
KILLS = {
    "before it is sealed": ("screening.partners.desk.sending", "_write_sealed", "before", 0),
    "after it is sealed": ("screening.partners.desk.sending", "_write_sealed", "after", 0),
    "before the commit": ("screening.partners.desk.sending", "commit_batch", "before", 0),
    "after the commit": ("screening.partners.desk.sending", "commit_batch", "after", 1),
    "before it has its name": ("os", "rename", "before", 1),
    "after it has its name": ("os", "rename", "after", 1),
    "before it is known to be there": ("screening.partners.desk.sending", "note_placed", "before", 1),
}


#: A process without threads forks a child for each place; the child dies there.
_DIES = """
import importlib, json, os, signal, sys
from datetime import datetime
from pathlib import Path
from screening.partners.desk.known_records import known_records
from screening.partners.desk.outbox import Outbox
from screening.partners.desk.sending import send_draft
from screening.store import Workspace, open_store
from tests.partners.desk.disclosed import policy

for module, name, when, copy, out, batch_id, now in json.loads(sys.argv[1]):
    if (child := os.fork()) == 0:
        where = importlib.import_module(module)
        whole = getattr(where, name)

        def dying(*given, **more):
            if when == "after":
                whole(*given, **more)
            os.kill(os.getpid(), signal.SIGKILL)

        setattr(where, name, dying)
        with open_store(Workspace(Path(copy))) as store:
            send_draft(
                Outbox(store, Workspace(Path(copy)), policy(out=Path(out)), datetime.fromisoformat(now)),
                batch_id, by="wim",
            )
        os._exit(99)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_killed_anywhere_it_is_sent_once_with_its_file_or_not_at_all(
    outbox: Outbox, signer: Signer, case_id: str, folder: Path, tmp_path: Path
) -> None:
    one = approved(outbox.store, case_id)
    [draft] = plan(outbox)
    text = signer.sign(draft.manifest.encode()).decode()
    sign_draft(outbox.store, draft, by="lea", signature=text, of=[one], now=NOW)
    outbox.store.close()
    asked, places = [], {}
    for number, (where, (module, name, when, is_sent)) in enumerate(KILLS.items()):
        copy, out = tmp_path / f"kill-{number}", tmp_path / f"out-{number}"
        with copied_town(folder, copy):
            pass
        places[where] = copy, out, is_sent
        asked.append([module, name, when, str(copy), str(out), draft.batch_id, NOW.isoformat()])
    died = subprocess.run(
        [sys.executable, "-c", _DIES, json.dumps(asked)], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert died.stdout.split() == ["-9"] * len(KILLS), died.stderr
    for where, (copy, out, is_sent) in places.items():
        with open_store(Workspace(copy)) as store:
            again = Outbox(store, Workspace(copy), policy(out=out), NOW)
            assert len(batches(store)) == is_sent, where
            # noted as sent: the sealed file is on the disk, under its name or on its way to it
            for batch in batches(store):
                assert batch.file.exists() or batch.file.with_name(f".{batch.file.name}.part").exists(), where
            if is_sent:
                finish_interrupted_batches(again)
            else:
                send_draft(again, draft.batch_id, by="wim")
            [batch] = batches(store)
            assert (batch.is_placed, len(disclosures(store)), names(again)) == (True, 1, [batch.file_name]), where


def test_a_lost_reply_to_the_commit_leaves_the_file_for_the_next_call_to_name(
    outbox: Outbox, signer: Signer, case_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    approved(outbox.store, case_id)
    [draft] = plan(outbox)
    commit = sending.commit_batch

    def lost(*given: object, **more: object) -> None:
        commit(*given, **more)  # type: ignore[arg-type]
        raise StoreError("The store failed while committing a batch: OperationalError.")

    monkeypatch.setattr(sending, "commit_batch", lost)
    with pytest.raises(StoreError, match="failed while committing"):
        sent_by(outbox, draft, signer)
    monkeypatch.undo()
    assert finish_interrupted_batches(outbox) != []
    [batch] = batches(outbox.store)
    assert (batch.is_placed, names(outbox)) == (True, [batch.file_name])


def test_a_correction_goes_with_its_new_version_and_is_opened_by_debians_tools(
    outbox: Outbox, signer: Signer, case_id: str, tmp_path: Path
) -> None:
    identity = pyrage.x25519.Identity.generate()
    store = outbox.store
    retire_key(store, recipient_key(store).fingerprint, by="piet", reason="Kwijt", now=NOW)
    recipient(store, RIEC, str(identity.to_public()))
    (tmp_path / "riec.key").write_text(f"{identity}\n")
    one = approved(store, case_id)
    first = sent_by(outbox, plan(outbox)[0], signer)
    approved(store, case_id, reason="gegevens_onjuist", question="Wat is er bekend?")
    second = sent_by(outbox, plan(outbox)[0], signer)
    assert (second.kind, second.sequence) == ("correction", 2)
    known = {"identity": tmp_path / "riec.key", "signers": signer.allowed, "state": tmp_path / "received.json"}
    assert verify_batch.accept(first.file, **known, into=tmp_path / "een", now=NOW)["accepted"]
    answer = verify_batch.accept(second.file, **known, into=tmp_path / "twee", now=NOW)
    assert answer["what_to_do"][0]["eerdere_leveringen"] == [first.batch_id]
    sent = json.loads((tmp_path / "twee" / f"signalen/{one.signal_id}.json").read_text())
    assert (sent["meta"]["versie"], sent["barrieres_en_vraag"]["vraag"]) == (2, "Wat is er bekend?")
    (tmp_path / "age").mkdir()
    subprocess.run(
        f"age --decrypt -i {tmp_path / 'riec.key'} {first.file} | tar -x -C {tmp_path / 'age'}", shell=True, check=True
    )
    assert (tmp_path / "age" / "signalen" / f"{one.signal_id}.pdf").read_bytes().startswith(b"%PDF")


def test_a_lost_batch_is_sent_again_and_one_that_expired_gets_a_new_term(
    outbox: Outbox, signer: Signer, made: tuple[Path, dict[int, str]]
) -> None:
    store, cases = outbox.store, made[1]
    one = approved(store, cases[1])
    first = sent_by(outbox, plan(outbox)[0], signer)
    with pytest.raises(NotReadyError) as refused:
        plan_repeat(outbox, first, "expired", by="lea")
    assert refused.value.reason == "not_expired"
    late = replace(outbox, now=NOW + timedelta(days=31))
    [draft] = plan_repeat(late, first, "expired", by="lea").added
    assert (draft.expires_at - late.now).days == 30
    replace_drafts(store, [], [draft], by="lea", now=late.now)
    assert plan(late) == [draft]  # what is due again is not dropped
    [draft] = batch_drafts(store, is_open=True)
    second = sent_by(late, draft, signer)
    assert (second.sequence, disclosures(store)[1].repeats) == (2, first.batch_id)
    # a correction that is under way keeps the old version here
    prepared(store, cases[1], reason="gegevens_onjuist", question="Wat is er bekend?")
    with pytest.raises(NotReadyError) as refused:
        plan_repeat(outbox, second, "lost", by="lea")
    assert refused.value.reason == "nothing"
    stop_rule(store, "all", by="lena", now=NOW, reason="Fout")
    with pytest.raises(NotReadyError) as refused:
        plan_repeat(outbox, second, "lost", by="lea")
    assert refused.value.reason == "stopped"
    assert signals(store, signal_id=one.signal_id)[0].state == "sent"


@pytest.mark.parametrize("fails", ["sealing", "committing"])
def test_what_fails_leaves_no_file(
    outbox: Outbox, signer: Signer, case_id: str, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    approved(outbox.store, case_id)
    [draft] = plan(outbox)

    def failing(*_given: object, **_more: object) -> None:
        raise ConflictError("Somebody was first.")

    monkeypatch.setattr(sending, "_write_sealed" if fails == "sealing" else "commit_batch", failing)
    with pytest.raises(ConflictError):
        sent_by(outbox, draft, signer)
    assert (batches(outbox.store), names(outbox)) == ([], [])
    with pytest.raises(NotReadyError) as refused:  # it is signed already
        sent_by(outbox, batch_drafts(outbox.store)[0], signer)
    assert refused.value.reason == "decided"


def test_a_batch_whose_file_was_moved_is_told(outbox: Outbox, signer: Signer, case_id: str, monkeypatch) -> None:
    approved(outbox.store, case_id)
    monkeypatch.setattr(sending, "note_placed", lambda *_given, **_more: None)
    batch = sent_by(outbox, plan(outbox)[0], signer)
    monkeypatch.undo()
    batch.file.rename(batch.file.with_name("elders.age"))
    assert "Was it moved?" in finish_interrupted_batches(outbox)[0]
    batch.file.with_name("elders.age").rename(batch.file)
    assert finish_interrupted_batches(outbox) == []


def test_a_folder_that_cannot_be_made_is_told(outbox: Outbox, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(ConfigurationError, match="no folder to put a batch in"):
        replace(outbox, policy=policy(out=tmp_path / "file" / "uit")).folder()


def test_a_receiver_with_openpgp_gets_its_own_kind_of_file(outbox: Outbox, signer: Signer, case_id: str) -> None:
    pysequoia = pytest.importorskip("pysequoia")
    store = outbox.store
    retire_key(store, recipient_key(store).fingerprint, by="piet", reason="Kwijt", now=NOW)
    certificate = str(pysequoia.Cert.generate("RIEC <riec@voorbeeld.example>"))
    key = propose_key(store, RIEC, certificate, kind=OPENPGP, by="piet", reason="Nieuw", now=NOW)
    approve_key(store, key.fingerprint, by="kaat", reason="Gebeld", now=NOW)
    approved(store, case_id)
    batch = sent_by(outbox, plan(outbox)[0], signer)
    assert batch.file.suffix == ".pgp"
    assert b"PRIVATE" not in batch.file.read_bytes()


def test_every_reason_why_a_batch_is_not_sent_again(
    outbox: Outbox, signer: Signer, case_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = outbox.store
    one = approved(store, case_id)
    first = sent_by(outbox, plan(outbox)[0], signer)

    def why(batch: Batch = first, **options: object) -> str:
        with pytest.raises(NotReadyError) as refused:
            due_again(outbox, batch, reason="lost", **options)  # type: ignore[arg-type]
        return str(refused.value)

    assert "does not sign" in why(signer="piet")
    # a repeat that somebody signed does not leave once its signal is called back
    replace_drafts(store, [], plan_repeat(outbox, first, "lost", by="lea").added, by="lea", now=NOW)
    [draft] = batch_drafts(store, is_open=True)
    text = signer.sign(draft.manifest.encode()).decode()
    sign_draft(store, draft, by="lea", signature=text, of=[one], now=NOW)
    call_back(store, one.signal_id, reason=NoticeReason.VERKLAARD, by="anna", now=NOW)
    assert why_not(outbox, draft) == "changed"
    assert "called back or corrected" in why()
    [withdrawal] = plan(outbox)
    sent_by(outbox, withdrawal, signer)
    assert "It was withdrawn" in why()
    with monkeypatch.context() as patched:
        patched.setattr(due, "disclosures", lambda *_given, **_more: [])
        assert "erased" in why()


def test_what_left_later_or_was_erased_is_not_sent_again(outbox: Outbox, signer: Signer, case_id: str) -> None:
    store = outbox.store
    approved(store, case_id)
    first = sent_by(outbox, plan(outbox)[0], signer)
    two = approved(store, case_id, reason="gegevens_onjuist", question="Wat is er bekend?")
    sent_by(outbox, plan(outbox)[0], signer)
    with pytest.raises(NotReadyError, match="A later version of it left"):
        due_again(outbox, first, reason="lost")
    assert refused_now(outbox, replace(two, content=None), load_validity(outbox, [two])) == [ERASED]


def test_without_a_key_in_force_nothing_is_prepared_and_what_is_not_due_gives_way(outbox: Outbox, case_id: str) -> None:
    approved(outbox.store, case_id)
    [draft] = plan(outbox)
    retire_key(outbox.store, recipient_key(outbox.store).fingerprint, by="piet", reason="Kwijt", now=NOW)
    with pytest.raises(NotReadyError) as refused:
        plan(outbox)
    assert refused.value.reason == "no_key"
    assert batch_drafts(outbox.store, is_open=True) == [draft]
    send_back(outbox.store, SARA, case_id, reason="Toch niet.", now=NOW)
    assert plan(outbox) == []


def test_a_batch_does_not_pass_one_that_the_receiver_counts_before_it(
    outbox: Outbox, signer: Signer, case_id: str
) -> None:
    one = approved(outbox.store, case_id)
    [first] = plan(outbox)
    second = replace(first, batch_id=f"L-{'2' * 16}", number=2)
    replace_drafts(outbox.store, [], [second], by="lea", now=NOW)
    text = signer.sign(second.manifest.encode()).decode()
    sign_draft(outbox.store, second, by="lea", signature=text, of=[one], now=NOW)
    with pytest.raises(NotReadyError) as refused:
        send_draft(outbox, second.batch_id, by="wim")
    assert (refused.value.reason, batches(outbox.store), names(outbox)) == ("order", [], [])


def test_what_the_last_nights_had_is_unknown_without_their_files(outbox: Outbox, case_id: str) -> None:
    """They are elsewhere, or past their term: the store alone stays. Of no record nothing is asked."""
    waiting = approved(outbox.store, case_id)
    unknown = {"records": None, "records_before": None}
    for workspace in (None, outbox.workspace):
        assert known_records(outbox.store, workspace, [waiting]) == unknown
    assert known_records(outbox.store, outbox.workspace, [])["records"] == frozenset()
