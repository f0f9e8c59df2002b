"""Time travel: after each term nothing is left of it, in rows and in bytes, and nothing else went."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from screening.base.errors import StoreError
from screening.base.vocabulary import ActKind, NoticeReason, ReviewOutcome
from screening.casework.acts.acts import ActForm, record_act
from screening.casework.acts.hand_over import take_back
from screening.casework.cases.surroundings import network_of
from screening.casework.cases.sync import sync_cases
from screening.casework.figures.yearly_yield import CountedYears
from screening.casework.links.judgements import NEGATIVE, POSITIVE, judgements, record_judgement
from screening.casework.links.rejected_links import hashed_fingerprint, link_key, with_rejected_links
from screening.casework.tips.care_contacts import ask_contact
from screening.casework.tips.tips import report_tip
from screening.ledger.schema import ledger_metadata
from screening.partners.batch.feedback import FeedbackRow
from screening.partners.desk.disclosures import batches
from screening.partners.desk.feedback import record_feedback
from screening.partners.desk.hand_over_steps import call_back_hand_over
from screening.partners.desk.sheets import release_sheet
from screening.partners.desk.tip_hand_overs import hand_tip_over
from screening.partners.signal.codes import FeedbackOutcome, FeedbackRemark
from screening.rights import erasure as module
from screening.rights.due import Due, due_items
from screening.rights.erasure import carry_out_erasure, finish_erasure, receipts, scrub
from screening.rights.kinds import KINDS, kind_of_folder
from screening.rights.subject_access import disclosures_of_cases
from screening.rights.terms import Terms
from screening.store import Store, Workspace, publish, read_run_file, verify_run
from screening.store.night_reports import keep_night_report
from screening.store.schema.retention import CASE
from screening.store.schema.runs import RUN_TABLES, evidence, metadata
from tests.casework.acts.decided import decided
from tests.casework.acts.test_hand_over import handed_over
from tests.casework.caseload import ANNA, BRAM, NOW, case_of, judged, later, night
from tests.casework.tips.test_tips import CONTACT, COUNTER, SEEN
from tests.flows.notify.nights import GOOD
from tests.partners.desk.disclosed import agreed, confirmed_town, sent
from tests.partners.desk.test_hand_overs import called, passed_on
from tests.partners.desk.test_sheets import made
from tests.partners.desk.test_tip_hand_overs import GIVEN
from tests.rights.approved import begin

TERMS = Terms()
CANARY = "Xanthippe Qwertzuiop"


def erase(store: Store, workspace: Workspace, now, **present) -> list[Due]:
    """Everything past its term, taken away with a receipt."""
    items = due_items(store, TERMS, now=now, **present)
    if items:
        receipt = begin(store, items, TERMS, by="rita", now=now)
        carry_out_erasure(store, workspace, receipt, now=now, key=link_key(workspace))
        finish_erasure(store, receipt, counts={}, list_sha256="00" * 32, now=now)
    return items


def rows(store: Store, table: str, **where: object) -> int:
    """How many rows a table has."""
    found = metadata.tables[table]
    query = sa.select(sa.func.count()).select_from(found).where(*(found.c[name] == v for name, v in where.items()))
    with store.engine.connect() as connection:
        return int(connection.scalar(query) or 0)


def bytes_of(workspace: Workspace) -> bytes:
    """Every byte under a workspace."""
    return b"".join(path.read_bytes() for path in workspace.path.rglob("*") if path.is_file())


def test_every_table_and_folder_is_of_exactly_one_kind_of_data(sqlite_store: Store, workspace: Workspace) -> None:
    with sqlite_store.engine.connect() as connection:
        there = set(sa.inspect(connection).get_table_names())
    assert there >= set(metadata.tables)
    for name in there | set(ledger_metadata.tables):
        assert sum(name in (*one.tables, *one.ledger_tables) for one in KINDS) == 1, f"{name}: say how long it stays"
    named = [name for one in KINDS for name in one.tables]
    assert set(named) == there
    publish(sqlite_store, workspace, night())
    keep_night_report(workspace, GOOD)
    assert [path.name for path in workspace.path.iterdir() if kind_of_folder(path.name) is None] == []
    assert kind_of_folder("new_folder") is None


def test_terms_that_are_too_short_or_too_long_are_refused() -> None:
    for wrong in ({"runs_kept": 1}, {"unconfirmed_days": 0}, {"deliveries_days": 8}, {"access_log_days": 364}):
        with pytest.raises(StoreError, match=next(iter(wrong))):
            Terms(**wrong)


def test_a_run_goes_when_two_newer_ones_are_there(store: Store, workspace: Workspace) -> None:
    ids = [publish(store, workspace, night(date(2026, 11, n), [1, 2])).run_id for n in (2, 3, 4)]
    assert [one.name for one in due_items(store, TERMS, now=NOW)] == []  # published at the real time, later than NOW
    now = later(days=365)
    assert [(one.kind, one.name) for one in erase(store, workspace, now)] == [("run", ids[0])]
    for table in RUN_TABLES:
        stays = table.name in {"run_file", "indicator_declaration", "source_age"}
        assert stays or rows(store, table.name, run_id=ids[0]) == 0, table.name
        assert rows(store, table.name, run_id=ids[1]) == rows(store, table.name, run_id=ids[2]), table.name
    assert {path.name for path in (workspace.runs / ids[0]).iterdir()} == {"run.json", "run.html"}
    with pytest.raises(StoreError, match="past their term"):
        verify_run(store, workspace, ids[0])
    with pytest.raises(StoreError, match="past their term"):
        read_run_file(store, workspace, ids[0], "flags.parquet")
    verify_run(store, workspace, ids[1])
    assert erase(store, workspace, now) == []


def test_what_a_kept_case_shows_outlives_its_run(store: Store, workspace: Workspace) -> None:
    run_id = publish(store, workspace, night(date(2026, 11, 2), [1, 2], links=["L1"])).run_id
    sync_cases(store, now=NOW)
    case_id = case_of(store, 1, now=NOW).case_id
    judged(store, ANNA, case_id, ReviewOutcome.VERKLAARD, now=NOW)
    other = case_of(store, 2, now=NOW).case_id
    judged(store, ANNA, other, ReviewOutcome.DATA_FOUT, now=NOW)
    before = store.dossier(run_id, "9999010000000001")
    network = network_of(store, run_id, "9999010000000001")
    assert network.height == 1
    for n in (3, 4):
        publish(store, workspace, night(date(2026, 11, n)))
    assert {one.kind for one in erase(store, workspace, later(days=100))} == {"run"}
    after = store.dossier(run_id, "9999010000000001")
    assert after is not None
    assert after.records == before.records
    assert after.parties.equals(before.parties)
    assert after.cited_parties.equals(before.cited_parties)
    assert after.links.equals(before.links)
    assert network_of(store, run_id, "9999010000000001").equals(network)
    gone = erase(store, workspace, later(days=184))
    assert {one.name for one in gone if one.kind == "case"} == {case_id, other}
    for table in (
        "flag",
        "evidence",
        "dossier_record",
        "dossier_party",
        "dossier_link",
        "network_tie",
        "review_case",
        "case_judgement",
        "case_reading",
        "case_opened",
        "snooze",
        "case_fact",
    ):
        assert rows(store, table) == 0, table


@pytest.mark.parametrize("days", [183, 184])
def test_a_dismissed_case_stays_half_a_year_and_not_a_day_longer(store: Store, workspace: Workspace, days: int) -> None:
    publish(store, workspace, night(date(2026, 11, 2), [1]))
    sync_cases(store, now=NOW)
    case = case_of(store, 1, now=NOW)
    with store.engine.connect() as connection:
        hit = sa.select(evidence.c.position).where(evidence.c.address_id == case.address_id)
        ticked = [(connection.scalars(hit).first(), 1)]
    judged(store, ANNA, case.case_id, ReviewOutcome.DATA_FOUT, now=NOW, explanations=ticked)
    assert rows(store, "case_explanation") == 1
    gone = {one.kind for one in erase(store, workspace, later(days=days))}
    assert ("case" in gone) == (days > 183)
    assert rows(store, "case_explanation") == (days <= 183)


def test_a_confirmed_case_and_its_signal_stay_longer_and_the_register_tells_who_received_it(
    store: Store, workspace: Workspace, tmp_path: Path
) -> None:
    case_id = confirmed_town(store, workspace)[1]
    signal = sent(store, case_id, tmp_path)
    [batch] = batches(store)
    told = FeedbackRow(
        batch.batch_id, signal.signal_id, FeedbackOutcome.CASUS, date(2026, 12, 1), FeedbackRemark.GEEN, "Het loopt al."
    )
    record_feedback(store, [told], by="lea", now=NOW)
    [line] = disclosures_of_cases(store, [case_id])
    assert line["answers"] == [
        {"on": told.on, "outcome": "casus", "remark": "geen"},
        {"on": told.on, "text": "Het loopt al."},
    ]
    kinds = [one.kind for one in erase(store, workspace, later(days=366))]
    assert kinds == ["riec_content"]
    assert (rows(store, "riec_content"), rows(store, "riec_feedback_text"), rows(store, "riec_feedback")) == (0, 0, 1)
    # what comes after that is kept in words alone
    assert record_feedback(store, [replace(told, on=date(2027, 12, 1))], by="lea", now=later(days=367)) == 1
    assert rows(store, "riec_feedback_text") == 0
    assert rows(store, "riec_disclosure") == 1
    assert erase(store, workspace, later(days=1826)) == []
    gone = {one.kind for one in erase(store, workspace, later(days=1827))}
    assert gone == {"case", "riec_signal"}
    for table in ("review_case", "riec_signal", "riec_disclosure", "riec_approval", "riec_event", "riec_feedback"):
        assert rows(store, table) == 0, table
    assert rows(store, "riec_batch") == 1  # the next batch has the next number
    yielded = CountedYears(store, now=later(days=1828)).yield_of(NOW.year)
    assert (yielded.town["sent"], yielded.rules["LIC-04"]["sent"]) == (1, 1)  # a month was counted before anything went


def test_the_term_of_a_confirmed_case_begins_again_with_an_act_and_all_of_it_goes(
    store: Store, workspace: Workspace
) -> None:
    case_id = decided(store, workspace)
    handed_over(store, case_id)
    take_back(store, ANNA, case_id, now=NOW)
    record_act(store, ANNA, case_id, ActForm(ActKind.INFORMED), now=later(days=300))
    for days in (TERMS.confirmed_days + 1, TERMS.confirmed_days + 300):
        assert [due for due in due_items(store, TERMS, now=later(days=days)) if due.kind == "case"] == []
    gone = erase(store, workspace, later(days=TERMS.confirmed_days + 301))
    assert case_id in {due.name for due in gone}
    assert (rows(store, "case_act"), rows(store, "case_hand_over"), rows(store, "review_case", case_id=case_id)) == (
        0,
        0,
        0,
    )


@pytest.mark.parametrize("is_told", [False, True])
def test_a_call_keeps_a_case_as_long_as_the_register_only_where_it_tells_something(
    sqlite_store: Store, workspace: Workspace, is_told: bool
) -> None:
    if is_told:
        agreed(sqlite_store, "politie-oost", "politie")
    case_id = passed_on(sqlite_store, workspace, "politie")
    called(sqlite_store, case_id)
    days = TERMS.disclosures_days if is_told else TERMS.unconfirmed_days
    assert (CASE, case_id) not in of_cases(sqlite_store, days)
    assert (CASE, case_id) in of_cases(sqlite_store, days + 1)
    erase(sqlite_store, workspace, later(days=days + 1))
    assert rows(sqlite_store, "partner_hand_over") == 0


def test_a_sheet_that_never_left_keeps_no_case(sqlite_store: Store, workspace: Workspace) -> None:
    case_id = confirmed_town(sqlite_store, workspace)[1]
    agreed(sqlite_store, "politie-oost", "politie")
    sheet = made(sqlite_store, case_id)
    short = Terms(confirmed_days=10)
    assert (CASE, case_id) in of_cases(sqlite_store, 11, short)
    release_sheet(sqlite_store, BRAM, case_id, sheet.id, now=NOW)
    assert (CASE, case_id) not in of_cases(sqlite_store, 11, short)


def test_what_a_partner_got_of_a_tip_outlives_the_tip_and_goes_with_its_steps(
    sqlite_store: Store, workspace: Workspace
) -> None:
    agreed(sqlite_store, "politie-oost", "politie")
    signal_id = report_tip(sqlite_store, COUNTER, replace(SEEN, seen_on=NOW.date()), now=NOW)
    told = hand_tip_over(sqlite_store, CONTACT, signal_id, **GIVEN | {"handed_on": NOW.date()}, now=NOW)
    call_back_hand_over(sqlite_store, CONTACT, told, reason=NoticeReason.GEGEVENS_ONJUIST, now=later(days=30))
    assert [one.kind for one in erase(sqlite_store, workspace, later(days=184))] == ["colleague_signal"]
    assert due_items(sqlite_store, TERMS, now=later(days=TERMS.disclosures_days + 30)) == []
    [due] = erase(sqlite_store, workspace, later(days=TERMS.disclosures_days + 31))
    assert (due.kind, due.name) == ("tip_hand_over", str(told.id))
    assert (rows(sqlite_store, "tip_hand_over"), rows(sqlite_store, "tip_hand_over_event")) == (0, 0)


def of_cases(store: Store, days: int, terms: Terms = TERMS) -> set[tuple[str, str]]:
    return {(due.kind, due.name) for due in due_items(store, terms, now=later(days=days))}


def test_a_rejected_link_leaves_a_hash_and_no_identity_and_still_holds(store: Store, workspace: Workspace) -> None:
    record_judgement(store, "aa", "bb", POSITIVE, by="anna", judged_at=NOW, reason="Eerst zo.")
    record_judgement(store, "aa", "bb", NEGATIVE, by="bram", judged_at=NOW, reason="Andere geboortedatum.")
    record_judgement(store, "cc", "dd", POSITIVE, by="anna", judged_at=NOW, reason="Zelfde.")
    assert erase(store, workspace, later(days=183), present={"cc", "dd"}) == []
    gone = erase(store, workspace, later(days=184), present={"cc", "dd"})
    assert [(one.kind, one.name) for one in gone] == [("link_judgement", "1"), ("link_judgement", "2")]
    key = link_key(workspace)
    left = judgements(store)
    assert left.rows() == [("cc", "dd", POSITIVE)]
    with store.engine.connect() as connection:
        kept = connection.execute(metadata.tables["rejected_link"].select()).one()
    assert {kept.left_hash, kept.right_hash} == {hashed_fingerprint("aa", key), hashed_fingerprint("bb", key)}
    again = with_rejected_links(store, left, iter(["bb", "zz", "aa"]), key)
    assert again.rows() == [("aa", "bb", NEGATIVE), ("cc", "dd", POSITIVE)]
    assert with_rejected_links(store, left, ["aa"], key).equals(left)
    # without the key nobody knows whose it is
    assert with_rejected_links(store, left, ["aa", "bb"], bytes(32)).equals(left)
    assert [one.kind for one in erase(store, workspace, later(days=184), present={"cc"})] == ["link_judgement"]


RAW = {
    "case_judgement": "DELETE FROM case_judgement",
    "case_reading": "DELETE FROM case_reading",
    "review_case": "DELETE FROM review_case",
    "link_judgement": "DELETE FROM link_judgement",
    "riec_disclosure": "DELETE FROM riec_disclosure",
    "riec_signal": "DELETE FROM riec_signal",
    "erasure": "DELETE FROM erasure",
    "erasure_item": "UPDATE erasure_item SET item = 'x'",
}


def test_nothing_goes_without_a_receipt_by_raw_sql_either(store: Store, workspace: Workspace, tmp_path: Path) -> None:
    case_id = confirmed_town(store, workspace)[1]
    sent(store, case_id, tmp_path)
    record_judgement(store, "aa", "bb", NEGATIVE, by="bram", judged_at=NOW, reason="Anders.")
    begin(store, [Due("case", "0" * 16, date(2026, 11, 2))], TERMS, by="rita", now=NOW)
    for table, statement in RAW.items():
        with pytest.raises(sa.exc.DBAPIError), store.engine.begin() as connection:
            connection.exec_driver_sql(statement)
        assert rows(store, table) > 0


def test_an_open_case_is_never_noted_for_erasure(store: Store, workspace: Workspace) -> None:
    publish(store, workspace, night(date(2026, 11, 2), [1]))
    sync_cases(store, now=NOW)
    case_id = case_of(store, 1, now=NOW).case_id
    with pytest.raises(StoreError):
        begin(store, [Due("case", case_id, date(2026, 11, 2))], TERMS, by="rita", now=NOW)
    assert receipts(store) == []
    assert due_items(store, TERMS, now=later(days=9000)) == []  # nothing ends a case but its end


def test_a_receipt_that_was_carried_out_takes_nothing_more(store: Store, workspace: Workspace) -> None:
    receipt = begin(store, [], TERMS, by="rita", now=NOW)
    finish_erasure(store, receipt, counts={}, list_sha256="00" * 32, now=NOW)
    finish_erasure(store, receipt, counts={}, list_sha256="00" * 32, now=NOW)
    with pytest.raises(sa.exc.DBAPIError), store.engine.begin() as connection:
        connection.execute(
            metadata.tables["erasure_item"]
            .insert()
            .values(receipt_id=receipt.receipt_id, kind="case", item="1" * 16, due=date(2026, 1, 1))
        )


@pytest.mark.goal("G3", reached="0 bytes of a name left")
def test_no_byte_of_a_name_is_left_after_its_term(sqlite_store: Store, workspace: Workspace) -> None:
    confirmed_town(sqlite_store, workspace)
    for n in (3, 4):
        publish(sqlite_store, workspace, night(date(2026, 11, n)))
    assert CANARY.encode() in bytes_of(workspace)
    erase(sqlite_store, workspace, later(days=1827))
    scrub(sqlite_store)
    assert CANARY.encode() not in bytes_of(workspace)
    assert sqlite_store.runs()  # what was done stays known


@pytest.mark.parametrize("stage", range(6))
def test_carrying_out_again_after_a_failure_finishes_it(
    sqlite_store: Store, workspace: Workspace, stage: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The failure is of the database, after so many transactions: each is whole, and the next call goes on."""
    case_id = confirmed_town(sqlite_store, workspace, (1, 2))[1]
    assert case_id
    now, calls = later(days=1827), []
    items = due_items(sqlite_store, TERMS, now=now)
    receipt = begin(sqlite_store, items, TERMS, by="rita", now=now)
    real = module.writing

    @contextlib.contextmanager
    def failing(engine):
        calls.append(1)
        if len(calls) > stage:
            raise sa.exc.OperationalError("", {}, Exception("disk"))
        with real(engine) as connection:
            yield connection

    monkeypatch.setattr(module, "writing", failing)
    with contextlib.suppress(StoreError):
        carry_out_erasure(sqlite_store, workspace, receipt, now=now, key=link_key(workspace))
    monkeypatch.setattr(module, "writing", real)
    [found] = receipts(sqlite_store, unfinished_only=True)
    assert found.items == receipt.items
    carry_out_erasure(sqlite_store, workspace, found, now=now, key=link_key(workspace))
    assert due_items(sqlite_store, TERMS, now=now) == []
    assert rows(sqlite_store, "review_case") == 0


def test_a_snooze_that_still_holds_keeps_its_case(store: Store, workspace: Workspace) -> None:
    publish(store, workspace, night(date(2026, 11, 2), [1]))
    sync_cases(store, now=NOW)
    judged(store, BRAM, case_of(store, 1, now=NOW).case_id, ReviewOutcome.VERKLAARD, now=NOW)
    terms = Terms(unconfirmed_days=1)
    assert [one for one in due_items(store, terms, now=later(days=30)) if one.kind == "case"] == []
    assert [one.kind for one in due_items(store, terms, now=later(days=400))] == ["case"]


def test_signals_of_colleagues_go_on_the_day_that_stands_on_them_or_earlier(store: Store, workspace: Workspace) -> None:
    signal = {
        "signal_id": "ab" * 8,
        "reporter": "balie",
        "received_at": NOW,
        "received_on": NOW.date(),
        "number_of_day": 1,
        "seen_on": NOW.date(),
        "postcode": "1234AB",
        "house_number": 1,
        "addition": "",
        "place": "Voorbeeld",
        "observations": [],
        "text": CANARY,
        "delete_after": date(2027, 5, 4),
    }
    decision = {"signal_id": "ab" * 8, "decision": "kept", "decided_by": "contact", "decided_at": NOW}
    contact = {"asked_at": NOW, "phone": "0201234567", "delete_after": date(2027, 5, 4)}
    removed = {"signal_id": "ab" * 8, "removed_by": "contact", "removed_at": NOW}
    forwarded = {
        "signal_id": "ab" * 8,
        "receiver": "toezicht",
        "basis": "Awb art. 2:5",
        "way": "phone",
        "handed_on": NOW.date(),
        "forwarded_by": "contact",
        "forwarded_at": NOW,
    }
    of_tips = {
        "colleague_signal": signal,
        "signal_decision": decision,
        "tip_text_removed": removed,
        "tip_forwarded": forwarded,
        "care_contact": contact,
    }
    with store.engine.begin() as connection:
        for table, row in of_tips.items():
            connection.execute(metadata.tables[table].insert(), row)
        ask_contact(connection, "0207654321", now=NOW)
        step = {"contact_id": 2, "kind": "taken_on", "account": "zoe", "at": NOW}
        connection.execute(metadata.tables["care_step"].insert(), step)
    assert due_items(store, TERMS, now=later(days=183)) == []
    shorter = due_items(store, Terms(colleague_signals_days=10), now=later(days=11))
    assert [one.kind for one in shorter] == ["care_contact", "care_contact", "colleague_signal"]
    assert {one.kind for one in erase(store, workspace, later(days=184))} == {"care_contact", "colleague_signal"}
    for table in (*of_tips, "care_number", "care_step"):
        assert rows(store, table) == 0


def test_a_turn_of_the_rota_goes_a_term_after_the_next_began_and_the_last_one_stays(
    sqlite_store: Store, workspace: Workspace
) -> None:
    people = {"contact": "c.contact", "deputy": "d.deputy", "set_by": "c.contact", "set_at": NOW}
    days = [NOW.date(), NOW.date() + timedelta(days=7), NOW.date() + timedelta(days=7)]
    with sqlite_store.engine.begin() as connection:
        for day in days:
            connection.execute(metadata.tables["contact_duty"].insert(), {"from_day": day, **people})
    assert due_items(sqlite_store, TERMS, now=later(days=7 + 183)) == []
    assert [one.name for one in erase(sqlite_store, workspace, later(days=7 + 184))] == ["1", "2"]
    assert rows(sqlite_store, "contact_duty") == 1
    assert due_items(sqlite_store, TERMS, now=later(days=2000)) == []
