"""What was decided is held against the ledger both ways: nothing without an entry, no entry without its row (S11)."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from screening.base.errors import DamagedStoreError, LedgerError, StoreError
from screening.base.vocabulary import LedgerAction, LedgerResult, OwnReading, ReviewOutcome, Role
from screening.casework.cases.queue import next_case, release
from screening.casework.cases.readings import mark_opened, readiness, record_own_reading
from screening.casework.tips.sightings import Sighting
from screening.casework.tips.text_removal import remove_text
from screening.casework.tips.tips import report_tip
from screening.casework.viewer import Viewer
from screening.ledger import TERM, Entry, Ledger, open_ledger, retire, sign_head, verify_ledger
from screening.ledger.notary import Act, acting, kept_entry, note_decisions, take_stock
from screening.ledger.reconcile import Noted, Word, published_as_noted
from screening.rights.erasure_plan import plans
from screening.store import Store, Workspace, open_store, publish, verify_run
from screening.store.access.accounts import accounts, admit
from screening.store.bundle import content_digest, rows_digest
from screening.store.deliveries import JudgedDelivery, note_delivery
from screening.store.engine import driver_connection, writing
from screening.store.files import sha256_of
from screening.store.guards import create_guards, drop_guards
from screening.store.rules.governance import stop_rule, stopped_rules
from screening.store.schema.accounts import account, personal_key
from screening.store.schema.cases import case_fact, case_judgement, case_reading, case_step, review_case
from screening.store.schema.deliveries import GOOD, delivery
from screening.store.schema.retention import (
    CARE_CONTACT,
    CASE,
    erasure,
    erasure_done,
    erasure_item,
    erasure_plan,
    erasure_plan_decided,
    erasure_plan_item,
)
from screening.store.schema.runs import evidence, link_judgement, run, run_file
from screening.store.schema.tips import CLOSED_MONTH, care_contact, colleague_signal, statistics_month, tip_text_removed
from tests.casework.caseload import ANNA, BRAM, NOW, case_of, given, judged
from tests.databases import own_database
from tests.ledger.decided import decide, noted
from tests.ledger.store_tampering import TAMPERINGS, behind_its_back, copy_of, roll_back, tamper
from tests.store.bundles import make_bundle

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))

Town = tuple[Store, Ledger, Path]


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store in which officers decided, and its ledger. `older.sqlite`: before the last of them did."""
    folder = tmp_path_factory.mktemp("decided")
    workspace = Workspace(folder)
    with open_store(workspace) as store, open_ledger(folder) as ledger:
        noted(store, ledger)
        decide(store, workspace)
        for engine in (store.engine, ledger.engine):
            with engine.connect() as connection:
                driver_connection(connection).execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
    return folder


@pytest.fixture
def town(original: Path, tmp_path: Path) -> Iterator[Town]:
    """A copy of it to tamper with."""
    for file in original.glob("*.sqlite"):
        shutil.copy(file, tmp_path)
    with open_store(Workspace(tmp_path)) as store, open_ledger(tmp_path) as ledger:
        noted(store, ledger)
        yield store, ledger, tmp_path


def kinds(store: Store, ledger: Ledger) -> list[str]:
    """The kinds of what the check finds."""
    return sorted({finding.kind for finding in verify_ledger(ledger, [], [], store=store).findings})


def test_what_was_decided_has_its_entries_and_the_check_is_green(town: Town) -> None:
    store, ledger, _ = town
    checked = verify_ledger(ledger, [], [], store=store)
    assert (checked.findings, checked.notes) == ([], [])


def test_an_officers_own_judgement_that_was_rewritten_is_found(town: Town) -> None:
    """The attack of the findings: guards dropped, outcome and motivation rewritten, guards put back."""
    store, ledger, _ = town
    with behind_its_back(store) as connection:
        connection.execute(
            case_judgement.update()
            .where(case_judgement.c.id == 1)
            .values(outcome="data_fout", motivation="De gegevens kloppen niet.")
        )
    [finding] = verify_ledger(ledger, [], [], store=store).findings
    assert finding.kind == "altered"
    assert "case_judgement 1 (judgement, case:" in finding.what
    assert f"entry {finding.seq}" in finding.what
    assert "kloppen" not in finding.what


def test_a_second_judgement_that_nobody_gave_and_an_outcome_that_was_set_are_found(town: Town) -> None:
    store, ledger, _ = town
    with behind_its_back(store) as connection:
        last = case_judgement.select().order_by(case_judgement.c.id.desc()).limit(1)
        first = dict(connection.execute(last).mappings().one())
        connection.execute(
            case_judgement.insert().values(
                first | {"id": 90, "role": "second", "judged_by": "bram", "first_id": first["id"], "first_by": "anna"}
            )
        )
        connection.execute(
            review_case.update()
            .where(review_case.c.case_id == first["case_id"])
            .values(state="closed", outcome=first["outcome"], concluded_on=NOW.date())
        )
    kinds_found = [finding.kind for finding in verify_ledger(ledger, [], [], store=store).findings]
    assert sorted(kinds_found) == ["altered", "unnoted"]


def each_is_found(store: Store, ledger: Ledger, *statements: tuple[sa.Update | sa.Delete, str]) -> None:
    """Carry each out behind the store's back, by itself, and see what kind of finding it gives."""
    whole = Path(str(store.engine.url.database)).with_name("whole.sqlite")
    copy_of(store, whole)
    for statement, kind in statements:
        with behind_its_back(store) as connection:
            assert connection.execute(statement).rowcount > 0
        assert kinds(store, ledger) == [kind], str(statement)
        roll_back(store, whole)


def test_an_open_case_of_which_sql_says_another_thing_is_found(town: Town) -> None:
    """The attack of the findings on a case that is not closed: whose it is, or an outcome that nobody gave."""
    judged_once, untouched = (
        review_case.update().where(review_case.c.state == state) for state in ("first_judged", "open")
    )
    changes: list[dict[str, object]] = [{"assignee": "cora"}, {"outcome": "data_fout"}, {"state": "differs"}]
    each_is_found(
        *town[:2],
        *((judged_once.values(values), "altered") for values in changes),
        *((untouched.values(values), "unnoted") for values in [*changes, {"round": 2}]),
    )


def test_what_a_case_that_is_somebodys_says_is_noted_until_it_is_given_back(town: Town) -> None:
    store, ledger, _ = town
    case = next_case(store, ANNA, now=NOW)
    assert case is not None
    assert [line.entry.action for line in ledger.entries()][-2] == LedgerAction.CASE_CHANGE
    release(store, ANNA, case.case_id, version=case.version, now=NOW)
    assert [line.entry.result for line in ledger.entries()][-2] == LedgerResult.ENDED
    assert kinds(store, ledger) == []


def test_a_month_a_plan_and_a_delivery_that_were_rewritten_are_found(town: Town) -> None:
    each_is_found(
        *town[:2],
        (statistics_month.update().where(statistics_month.c.cell == "all|opened").values(count=0), "altered"),
        (statistics_month.delete().where(statistics_month.c.cell != CLOSED_MONTH), "altered"),
        (erasure_plan_item.update().values(item="1" * 24), "altered"),
        (erasure_plan_item.delete(), "altered"),
        (erasure_plan.update().values(terms={}), "altered"),
        (delivery.update().values(verdict=GOOD), "altered"),
        (delivery.delete(), "missing"),
    )


@contextmanager
def at_a_prompt(store: Store) -> Iterator[sa.Connection]:
    """Somebody imports the product and drops the guards: the notary writes of every row that goes or changes."""
    with store.engine.begin() as connection:
        drop_guards(connection)
    with writing(store.engine) as connection:
        yield connection
    with store.engine.begin() as connection:
        create_guards(connection)


def test_what_somebody_deleted_at_a_prompt_is_found_though_the_ledger_was_told(town: Town) -> None:
    store, ledger, _ = town
    link = {"left_fingerprint": "a", "right_fingerprint": "b", "judgement": "negative", "judged_by": "anna"}
    with writing(store.engine) as connection:
        person = {"account": "x", "issuer": "i", "subject": "s", "name": "X", "created_at": NOW}
        connection.execute(account.insert().values(person))
        connection.execute(link_judgement.insert().values(link | {"judged_at": NOW, "reason": "anders"}))
    deleted = 0
    for table in (account, link_judgement, case_judgement, case_fact, delivery, erasure_plan_decided):
        with at_a_prompt(store) as connection:
            which = case_judgement.c.judged_by == "bram" if table is case_judgement else sa.true()
            deleted += connection.execute(table.delete().where(which)).rowcount
        findings = verify_ledger(ledger, [], [], store=store).findings
        assert ([finding.kind for finding in findings], deleted) == (["erased"] * deleted, len(findings)), table.name


def test_a_row_that_only_comes_and_goes_is_not_changed_at_a_prompt(town: Town) -> None:
    store, ledger, _ = town
    with at_a_prompt(store) as connection:
        connection.execute(case_judgement.update().where(case_judgement.c.id == 1).values(motivation="Anders."))
    assert kinds(store, ledger) == ["altered", "erased"]


@pytest.mark.parametrize("values", [{"outcome": "data_fout"}, {"state": "open", "outcome": None, "concluded_on": None}])
def test_what_was_concluded_is_not_changed_at_a_prompt(town: Town, values: dict[str, object]) -> None:
    store, ledger, _ = town
    with at_a_prompt(store) as connection:
        connection.execute(review_case.update().where(review_case.c.state == "closed").values(values))
    assert kinds(store, ledger) == ["erased"]


def test_a_case_that_somebody_has_does_not_go_at_a_prompt(town: Town) -> None:
    store, ledger, _ = town
    case = next_case(store, ANNA, now=NOW)
    assert case is not None
    with at_a_prompt(store) as connection:
        for table in (case_step, review_case):
            connection.execute(table.delete().where(table.c.case_id == case.case_id))
    assert kinds(store, ledger) == ["erased"]


RECEIPT = "0" * 16


def begin_receipt(store: Store) -> None:
    """Begin an erasure that names a call for care and no case."""
    (plan,) = plans(store)
    with writing(store.engine) as connection:
        connection.execute(erasure.insert().values(receipt_of(plan.plan_id)))
        connection.execute(erasure_item.insert().values(item_of(CARE_CONTACT, "1")))


def item_of(kind: str, item: str) -> dict[str, object]:
    return {"receipt_id": RECEIPT, "kind": kind, "item": item, "due": NOW.date()}


def receipt_of(plan_id: str | None) -> dict[str, object]:
    """A receipt of erasure that is under way."""
    return {"receipt_id": RECEIPT, "begun_at": NOW, "begun_by": "rita", "terms": {}, "plan_id": plan_id}


@pytest.mark.parametrize("plan_id", [None, "f" * 16])
def test_a_receipt_of_no_plan_that_was_approved_lets_nothing_go(town: Town, plan_id: str | None) -> None:
    store, ledger, _ = town
    with at_a_prompt(store) as connection:
        connection.execute(erasure.insert().values(receipt_of(plan_id)))
    with at_a_prompt(store) as connection:
        connection.execute(delivery.delete())
    assert kinds(store, ledger) == ["erased"]


def delete_with_receipt(store: Store, ledger: Ledger, statement: sa.Delete, action: LedgerAction) -> None:
    """Delete the row of the last entry of an action, and write that it went with the receipt."""
    entry = ledger.entries(action=action)[-1].entry
    with behind_its_back(store) as connection:
        assert connection.execute(statement).rowcount == 1
    numbers = ledger.write_all([replace(entry, object=f"receipt:{RECEIPT}", result=LedgerResult.ENDED)])
    ledger.write(kept_entry(entry, numbers[0], numbers[0]))


@pytest.mark.parametrize("when", ["before", "during", "after"])
def test_what_went_with_a_receipt_went_while_that_was_carried_out(town: Town, when: str) -> None:
    """Who deletes and writes that it went with a receipt of another day is not believed."""
    store, ledger, _ = town

    def deleted() -> None:
        delete_with_receipt(store, ledger, care_contact.delete(), LedgerAction.SIGNAL)

    if when == "before":
        deleted()
    begin_receipt(store)
    if when == "during":
        deleted()
    with writing(store.engine) as connection:
        done = {"receipt_id": RECEIPT, "done_at": NOW, "counts": {}, "list_sha256": "0" * 64}
        connection.execute(erasure_done.insert().values(done))
    if when == "after":
        deleted()
    assert kinds(store, ledger) == ([] if when == "during" else ["erased"])


def test_what_is_of_a_case_does_not_go_with_a_receipt_that_does_not_name_the_case(town: Town) -> None:
    store, ledger, _ = town
    begin_receipt(store)
    last = sa.select(sa.func.max(case_judgement.c.id)).scalar_subquery()
    deletion = case_judgement.delete().where(case_judgement.c.id == last)
    delete_with_receipt(store, ledger, deletion, LedgerAction.JUDGEMENT)
    assert kinds(store, ledger) == ["erased"]


def test_what_no_erasure_takes_does_not_go_with_a_receipt(town: Town) -> None:
    store, ledger, _ = town
    begin_receipt(store)
    delete_with_receipt(store, ledger, delivery.delete(), LedgerAction.DELIVERY)
    assert kinds(store, ledger) == ["erased"]


def test_a_case_is_given_back_while_an_erasure_of_something_else_is_under_way(town: Town) -> None:
    store, ledger, _ = town
    case = next_case(store, ANNA, now=NOW)
    assert case is not None
    begin_receipt(store)
    release(store, ANNA, case.case_id, version=case.version, now=NOW)
    assert kinds(store, ledger) == []


def test_a_key_of_a_person_does_not_go_with_a_receipt(town: Town) -> None:
    """An account does, which no receipt lists."""
    store, ledger, _ = town
    key = {"fingerprint": "f" * 64, "account": "anna", "issuer": "https://idp", "subject": "1", "public_key": "key"}
    with at_a_prompt(store) as connection:
        connection.execute(personal_key.insert().values(key | {"session": "0" * 64, "registered_at": NOW}))
    begin_receipt(store)
    delete_with_receipt(store, ledger, personal_key.delete(), LedgerAction.ACCOUNT_CHANGE)
    assert kinds(store, ledger) == ["erased"]


def test_what_the_plan_of_a_receipt_does_not_list_does_not_go_with_it(town: Town) -> None:
    """An item that somebody adds behind the guards names the case; its plan, which two people approved, does not."""
    store, ledger, _ = town
    begin_receipt(store)
    with at_a_prompt(store) as connection:
        last = case_judgement.select().order_by(case_judgement.c.id.desc()).limit(1)
        judgement = connection.execute(last).mappings().one()
        connection.execute(erasure_item.insert().values(item_of(CASE, judgement["case_id"])))
    deletion = case_judgement.delete().where(case_judgement.c.id == judgement["id"])
    delete_with_receipt(store, ledger, deletion, LedgerAction.JUDGEMENT)
    assert kinds(store, ledger) == ["erased"]


def test_what_no_entry_knows_of_does_not_go_unseen_either(town: Town) -> None:
    """A row that somebody put in at a prompt of the database, and took out with the product."""
    store, ledger, _ = town
    with behind_its_back(store) as connection:
        first = dict(connection.execute(delivery.select()).mappings().one())
        connection.execute(delivery.insert().values(first | {"id": 90, "register": "meldingen"}))
    with at_a_prompt(store) as connection:
        connection.execute(delivery.delete().where(delivery.c.register == "meldingen"))
    assert kinds(store, ledger) == ["erased"]


def test_an_entry_that_names_entries_after_it_keeps_none(town: Town) -> None:
    store, ledger, _ = town
    last = ledger.entries()[-1].entry
    open_as_second_reader(store)
    killed_between(store, ledger, lambda: read_case(store), is_committed=False)
    ledger.write(replace(last, action=LedgerAction.KEPT, object=f"entries:1-{ledger.head().seq + 9}", content=None))
    checked = verify_ledger(ledger, [], [], store=store)
    assert (checked.findings, len(checked.notes)) == ([], 1)


def test_what_was_decided_in_entries_past_their_term_is_held_against_the_rows_still(town: Town) -> None:
    store, ledger, _ = town
    open_as_second_reader(store)
    killed_between(store, ledger, lambda: read_case(store), is_committed=False)
    before = Noted()
    for row in ledger.rows():
        before.take(row)
    head = sign_head(ledger, KEY, now=NOW)
    decide_something(store)
    late = NOW + TERM
    assert retire(ledger, head, [KEY.public_key()], by="system:retention", now=late, origin="host:server") > 0
    assert ledger.entries(limit=1)[0].seq == before.seq + 1

    def found() -> tuple[list[str], int]:
        checked = verify_ledger(ledger, [head], [KEY.public_key()], store=store, now=late)
        return [finding.kind for finding in checked.findings], sum("a crash came" in note for note in checked.notes)

    assert found() == ([], 1), "what a crash took is no more than a remark, as before"
    with behind_its_back(store) as connection:
        connection.execute(case_judgement.update().where(case_judgement.c.id == 1).values(motivation="Anders."))
        connection.execute(delivery.delete().where(delivery.c.register == "meldingen"))
    assert found() == (["altered", "missing"], 1)


def found_share(store: Store, ledger: Ledger, name: str, trials: int) -> float:
    """Share of the trials of one way of tampering that the check finds; each begins with the store as it was."""
    whole, caught = Path(str(store.engine.url.database)).with_name("whole.sqlite"), 0
    copy_of(store, whole)
    for trial in range(trials):
        tamper(store, name, random.Random(f"{name} {trial}"))
        caught += bool(kinds(store, ledger))
        roll_back(store, whole)
    assert kinds(store, ledger) == [], "what was put back is not whole: the trials show nothing"
    return caught / trials


@pytest.mark.parametrize("name", TAMPERINGS)
def test_every_way_of_tampering_with_decisions_is_found(town: Town, name: str) -> None:
    assert found_share(*town[:2], name, 3) == 1.0


@pytest.mark.long
@pytest.mark.goal("S11", reached="6 ways x 200 on decisions, all found")
@pytest.mark.parametrize("name", TAMPERINGS)
def test_every_way_of_tampering_with_decisions_is_found_200_times(town: Town, name: str) -> None:
    assert found_share(*town[:2], name, 200) == 1.0


def test_a_store_that_was_rolled_back_by_one_act_is_found(town: Town) -> None:
    """The act was acknowledged: the ledger says that its rows were kept, and they are not there."""
    store, ledger, folder = town
    older = folder / "older.sqlite"
    case = case_of(store, 3)
    copy_of(store, older)
    judged(store, BRAM, case.case_id, ReviewOutcome.BEVESTIGD_AFWIJKING)
    assert kinds(store, ledger) == []
    roll_back(store, older)
    assert kinds(store, ledger) == ["missing", "returned"]


def test_an_act_of_which_the_ledger_fails_is_not_done(town: Town) -> None:
    store, ledger, _ = town
    case = case_of(store, 3)
    open_as_second_reader(store)
    before = readiness(store, BRAM, case.case_id).own_reading

    def broken() -> Ledger:
        raise LedgerError("The ledger cannot be written.")

    note_decisions(store, broken, actor=lambda: "system:run", now=lambda: NOW)
    with pytest.raises(LedgerError, match="cannot be written"):
        record_own_reading(store, BRAM, case.case_id, OwnReading.AFWIJKING, "De zaak lijkt open.", now=NOW)
    noted(store, ledger)
    assert kinds(store, ledger) == []
    assert (before, readiness(store, BRAM, case.case_id).own_reading) == (False, False)


def test_a_brake_is_done_of_which_the_ledger_fails_and_the_check_finds_it(town: Town) -> None:
    store, ledger, _ = town

    def broken() -> Ledger:
        raise LedgerError("The ledger cannot be written.")

    note_decisions(store, broken, actor=lambda: "system:run", now=lambda: NOW)
    with acting(Act("anna", NOW, "host:server", is_brake=True)) as act:
        stop_rule(store, "all", by="anna", now=NOW, reason="De regel telt verkeerd.")
    assert stopped_rules(store) == {"all"}
    assert "cannot be written" in str(act.failed)
    noted(store, ledger)
    assert kinds(store, ledger) == ["unnoted"]


def test_pages_decide_first_of_all_in_a_store_and_after_a_crash(url: str, tmp_path: Path) -> None:
    """Pages read PostgreSQL by statement; what was decided before is read by a cursor, which a transaction holds."""
    with open_store(url) as store, open_ledger(tmp_path) as ledger:
        pages = store.by_statement()
        noted(pages, ledger)
        admit(pages, account="anna", issuer="gemeente", subject="1", name="Anna", now=NOW)
        [last, *_] = (line.entry for line in ledger.entries(is_newest_first=True) if line.entry.content)
        ledger.write(replace(last, content="ab" * 32))
        noted(pages, ledger)
        admit(pages, account="bram", issuer="gemeente", subject="2", name="Bram", now=NOW)
        assert {row.account for row in accounts(pages)} == {"anna", "bram"}


class Killed(BaseException):
    """The process is gone."""


def killed_between(store: Store, ledger: Ledger, decide_it: Callable[[], object], *, is_committed: bool) -> None:
    """Decide something, and be killed after its entry, before or after the commit."""
    write = ledger.write

    def killed(*_given: object) -> None:
        raise Killed

    if is_committed:
        ledger.write = killed  # the entry that says that they were kept
    else:
        sa.event.listen(store.engine, "commit", killed)
    with pytest.raises(Killed):
        decide_it()
    ledger.write = write
    if not is_committed:
        sa.event.remove(store.engine, "commit", killed)


def open_as_second_reader(store: Store) -> None:
    """The dossier that Anna judged is given to Bram, who opens it."""
    case = case_of(store, 3)
    given(store, BRAM, case.case_id)
    mark_opened(store, BRAM, case.case_id, "dossier", now=NOW)


def read_case(store: Store) -> None:
    """Anna's colleague opens the third case and says what they make of it."""
    case = case_of(store, 3)
    record_own_reading(store, BRAM, case.case_id, OwnReading.AFWIJKING, "De zaak lijkt open.", now=NOW)


@pytest.mark.parametrize("is_settled", [True, False])
@pytest.mark.parametrize("is_committed", [True, False])
def test_what_a_crash_left_between_entry_and_row_is_a_remark(town: Town, is_committed: bool, is_settled: bool) -> None:
    """Killed after the entry, before or after the commit: never an alarm, and never a row without an entry."""
    store, ledger, _ = town
    open_as_second_reader(store)
    killed_between(store, ledger, lambda: read_case(store), is_committed=is_committed)
    if is_settled:
        take_stock(store, ledger, now=NOW)
        seq = ledger.head().seq
        take_stock(store, ledger, now=NOW)
        assert ledger.head().seq == seq, "it is said once"
    checked = verify_ledger(ledger, [], [], store=store)
    assert checked.findings == []
    assert bool(checked.notes) is not is_committed
    assert "a crash came in between" in " ".join(checked.notes) or is_committed


def test_what_was_there_after_a_crash_may_not_go_as_if_the_crash_had_taken_it(town: Town) -> None:
    store, ledger, _ = town
    open_as_second_reader(store)
    killed_between(store, ledger, lambda: read_case(store), is_committed=True)
    noted(store, ledger)  # the next process
    decide_something(store)
    assert kinds(store, ledger) == []
    with behind_its_back(store) as connection:
        last = sa.select(sa.func.max(case_reading.c.id)).scalar_subquery()
        assert connection.execute(case_reading.delete().where(case_reading.c.id == last)).rowcount == 1
    assert kinds(store, ledger) == ["missing"]


def decide_something(store: Store) -> None:
    """The first act of a process."""
    judged_again = JudgedDelivery("b" * 64, NOW.date(), GOOD, False, NOW.date(), [], {})
    note_delivery(store, "meldingen", judged_again, NOW)


def test_a_deletion_that_a_crash_cut_off_has_not_happened(town: Town) -> None:
    """The row is there still, so the word before holds again: it may not go afterwards."""
    store, ledger, _ = town

    def delete() -> None:
        with writing(store.engine) as connection:
            connection.execute(delivery.delete())

    with store.engine.begin() as connection:
        drop_guards(connection)
    killed_between(store, ledger, delete, is_committed=False)
    with store.engine.begin() as connection:
        create_guards(connection)
    take_stock(store, ledger, now=NOW)
    assert kinds(store, ledger) == []
    with behind_its_back(store) as connection:
        connection.execute(delivery.delete())
    assert kinds(store, ledger) == ["missing"]


def test_what_was_on_its_way_while_another_process_looked_is_kept(town: Town) -> None:
    store, ledger, _ = town

    class Slow(Ledger):
        """Another process starts between the entry of this one and its commit."""

        def write_all(self, entries: list[Entry]) -> list[int]:
            numbers = super().write_all(entries)
            if entries[0].action == LedgerAction.DELIVERY:
                take_stock(store, ledger, now=NOW)
            return numbers

    note_decisions(store, lambda: Slow(ledger.engine), actor=lambda: "system:run", now=lambda: NOW)
    decide_something(store)
    noted(store, ledger)
    assert [line.entry.result for line in ledger.entries(action=LedgerAction.KEPT)][-3:] == ["failed", "done", "done"]
    checked = verify_ledger(ledger, [], [], store=store)
    assert (checked.findings, checked.notes) == ([], [])
    with behind_its_back(store) as connection:
        connection.execute(delivery.delete().where(delivery.c.register == "meldingen"))
    assert kinds(store, ledger) == ["missing"]


def test_taking_entries_costs_as_much_as_there_are() -> None:
    """Acts that were never kept are not looked through again at each act that was."""
    looked = 0

    class Counting(dict[int, Word]):
        """Counts what is looked at."""

        def __iter__(self) -> Iterator[int]:
            nonlocal looked
            for seq in super().__iter__():
                looked += 1
                yield seq

        def __contains__(self, seq: object) -> bool:
            nonlocal looked
            looked += 1
            return super().__contains__(seq)

    taken = Noted()
    taken.unkept, taken.lost = Counting(), Counting()
    row = {"object": "signal:1", "action": "signal", "result": "done", "actor": "a"}
    for seq in range(1, 401):
        taken.take({**row, "seq": seq, "content": f"{seq:064x}"})
    for seq in range(401, 1201, 2):
        taken.take({**row, "seq": seq, "content": f"{seq:064x}"})
        kept = {"action": "kept", "object": f"entries:{seq}-{seq}", "content": None}
        taken.take({**row, **kept, "seq": seq + 1})
    assert len(taken.unkept) == 400
    assert 400 <= looked < 3_000


def test_a_row_that_cannot_be_read_is_found_and_the_check_goes_on(town: Town) -> None:
    store, ledger, _ = town
    with behind_its_back(store) as connection:
        connection.exec_driver_sql("UPDATE case_judgement SET judged_at = 'gisteren' WHERE id = 2")
    assert "unreadable" in kinds(store, ledger)


def test_what_was_decided_during_the_check_is_no_finding(town: Town) -> None:
    store, ledger, _ = town
    noted_before = Noted()
    for row in ledger.rows():
        noted_before.take(row)
    judged(store, BRAM, case_of(store, 3).case_id, ReviewOutcome.BEVESTIGD_AFWIJKING)
    added: list[tuple[str, int | None, str]] = []
    noted_before.compare(store, lambda seq: ledger.rows(after=seq), lambda *finding: added.append(finding))
    assert added == []


def rewrite_file(store: Store, file: Path, content: bytes) -> None:
    """Put another content in a file of a run, and its digest in the store."""
    file.write_bytes(content)
    is_file = (run_file.c.run_id == file.parent.name) & (run_file.c.name == file.name)
    with behind_its_back(store) as connection:
        connection.execute(run_file.update().where(is_file).values(sha256=sha256_of(content), size_bytes=len(content)))


def rewrite_rows(store: Store, folder: Path) -> None:
    """What the hits of a run say is another thing, in the store, in its file and in every digest of the two."""
    with behind_its_back(store) as connection:
        connection.execute(evidence.update().values(explanation_nl="Er is niets aan de hand."))
    hits = folder / "evidence.parquet"
    rewrite_file(store, hits, hits.read_bytes() + b"rewritten")
    document = json.loads((folder / "run.json").read_text())
    document["files"][hits.name] = sha256_of(hits.read_bytes())
    document["stored"][evidence.name] = rows_digest(store.rows(evidence, folder.name))
    with behind_its_back(store) as connection:
        connection.execute(run.update().values(summary=document, digest=content_digest(document)))
    rewrite_file(store, folder / "run.json", json.dumps(document).encode())


def rewrite_page(store: Store, folder: Path) -> None:
    """The page of a run says another thing; its bytes are in no other digest than that of the file."""
    rewrite_file(store, folder / "run.html", b"<!doctype html><title>another run</title>")


@pytest.mark.goal("S11", reached="a run rewritten with all its digests is found by its root digest")
@pytest.mark.parametrize("rewrite", [rewrite_rows, rewrite_page])
def test_a_run_of_which_rows_files_and_digests_were_rewritten_is_found(
    store: Store, workspace: Workspace, rewrite: Callable[[Store, Path], None], tmp_path: Path
) -> None:
    with open_ledger(tmp_path / "ledger") as ledger:
        noted(store, ledger)
        run_id = publish(store, workspace, make_bundle(9)).run_id
        number = published_as_noted(store, ledger, run_id)
        assert verify_ledger(ledger, [], [], store=store).findings == []
        rewrite(store, workspace.runs / run_id)
        verify_run(store, workspace, run_id)  # store and files agree: only the ledger can tell
        with pytest.raises(StoreError, match=f"not what entry {number} of the ledger says"):
            published_as_noted(store, ledger, run_id)
        [finding] = verify_ledger(ledger, [], [], store=store).findings
        assert (finding.kind, finding.seq) == ("altered", number)


def test_a_run_that_no_entry_speaks_of_is_told(sqlite_store: Store, workspace: Workspace, tmp_path: Path) -> None:
    run_id = publish(sqlite_store, workspace, make_bundle(9)).run_id
    with open_ledger(tmp_path / "ledger") as ledger, pytest.raises(StoreError, match="no entry of the ledger"):
        published_as_noted(sqlite_store, ledger, run_id)


def test_a_ledger_of_no_length_is_damage_where_the_store_holds_decisions(town: Town) -> None:
    store, ledger, folder = town
    ledger.close()
    store.close()
    for file in folder.glob("ledger.sqlite*"):
        file.write_bytes(b"")
    with pytest.raises(DamagedStoreError, match=r"ledger\.sqlite: a part of this database is damaged"):
        open_ledger(folder)
    for file in folder.glob("store.sqlite*"):
        file.unlink()
    heads = folder / "heads"
    heads.mkdir()
    (heads / "head.json").touch()
    with pytest.raises(DamagedStoreError):
        open_ledger(folder)
    (heads / "head.json").unlink()
    open_ledger(folder).close()  # a start that was cut off before there was anything


def test_tampering_with_a_store_on_postgresql_is_found(postgres: str, tmp_path: Path) -> None:
    """Each way once, one after the other: every one of them adds to what is found."""
    with own_database(postgres) as url, open_store(url) as store, open_ledger(tmp_path) as ledger:
        noted(store, ledger)
        decide(store, Workspace(tmp_path / "var"))
        assert kinds(store, ledger) == []
        found: set[str] = set()
        for name in TAMPERINGS:
            tamper(store, name, random.Random(name))
            now_found = {finding.what for finding in verify_ledger(ledger, [], [], store=store).findings}
            assert now_found - found, name
            found = now_found


def test_a_text_of_a_tip_that_was_erased_is_no_sign_of_tampering_and_a_tip_that_went_is(town: Town) -> None:
    store, ledger, _ = town
    seen = Sighting(NOW.date(), "1234AB", 3, observations=("mattresses",), text="Matrassen gezien.")
    signal_id = report_tip(store, Viewer("balie", frozenset({Role.COLLEAGUE})), seen, now=NOW)
    remove_text(store, Viewer("contact", frozenset({Role.CONTACT_PERSON})), signal_id, now=NOW)
    assert kinds(store, ledger) == []
    with writing(store.engine) as connection:
        connection.execute(tip_text_removed.delete())
        connection.execute(colleague_signal.delete())
    assert kinds(store, ledger) == ["erased"]
