"""What was decided is held against the ledger both ways: nothing without an entry, no entry without its row (S11)."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from screening.casework.cases.readings import mark_opened, readiness, record_own_reading
from screening.errors import LedgerError, StoreError
from screening.ledger import Ledger, open_ledger, verify_ledger
from screening.ledger.notary import note_decisions
from screening.ledger.reconcile import Noted, published_as_noted
from screening.store import Store, Workspace, open_store, publish, verify_run
from screening.store.bundle import content_digest, rows_digest
from screening.store.engine import driver_connection, writing
from screening.store.files import sha256_of
from screening.store.guards import create_guards, drop_guards
from screening.store.schema.cases import case_judgement, review_case
from screening.store.schema.runs import evidence, run, run_file
from screening.vocabulary import OwnReading, ReviewOutcome
from tests.casework.caseload import BRAM, NOW, case_of, judged
from tests.ledger.decided import decide, noted
from tests.ledger.store_tampering import TAMPERINGS, behind_its_back, copy_of, roll_back, tamper
from tests.store.bundles import make_bundle

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
    assert [finding.kind for finding in verify_ledger(ledger, [], [], store=store).findings] == ["unnoted", "unnoted"]


def test_what_somebody_deleted_at_a_prompt_is_found_though_the_ledger_was_told(town: Town) -> None:
    """The notary writes of every row that goes, also for whoever imports the product and drops the guards."""
    store, ledger, _ = town
    with store.engine.begin() as connection:
        drop_guards(connection)
    with writing(store.engine) as connection:
        connection.execute(case_judgement.delete().where(case_judgement.c.judged_by == "bram"))
    with store.engine.begin() as connection:
        create_guards(connection)
    findings = verify_ledger(ledger, [], [], store=store).findings
    assert {finding.kind for finding in findings} == {"erased"}
    assert "judgement, case:" in findings[0].what


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
    assert kinds(store, ledger) == ["missing"]


def test_an_act_of_which_the_ledger_fails_is_not_done(town: Town) -> None:
    store, ledger, _ = town
    case = case_of(store, 3)
    before = readiness(store, BRAM, case.case_id).own_reading

    def broken() -> Ledger:
        raise LedgerError("The ledger cannot be written.")

    note_decisions(store, broken, actor=lambda: "system:run", now=lambda: NOW)
    mark_opened(store, BRAM, case.case_id, "dossier", now=NOW)  # decides nothing
    with pytest.raises(LedgerError, match="cannot be written"):
        record_own_reading(store, BRAM, case.case_id, OwnReading.AFWIJKING, "De zaak lijkt open.", now=NOW)
    noted(store, ledger)
    assert kinds(store, ledger) == []
    assert (before, readiness(store, BRAM, case.case_id).own_reading) == (False, False)


@pytest.mark.parametrize("is_committed", [True, False])
def test_what_a_crash_left_between_entry_and_row_is_a_remark(town: Town, is_committed: bool) -> None:
    """Killed after the entry, before or after the commit: never an alarm, and never a row without an entry."""
    store, ledger, _ = town
    case = case_of(store, 3)
    mark_opened(store, BRAM, case.case_id, "dossier", now=NOW)
    writes = ledger.write, ledger.write_all

    class Killed(BaseException):
        """The process is gone."""

    def killed(*_given: object) -> None:
        raise Killed

    if is_committed:
        ledger.write = killed  # the entry that says that they were kept
    else:
        sa.event.listen(store.engine, "commit", killed)
    with pytest.raises(Killed):
        record_own_reading(store, BRAM, case.case_id, OwnReading.AFWIJKING, "De zaak lijkt open.", now=NOW)
    ledger.write, ledger.write_all = writes
    if not is_committed:
        sa.event.remove(store.engine, "commit", killed)
    checked = verify_ledger(ledger, [], [], store=store)
    assert checked.findings == []
    assert bool(checked.notes) is not is_committed
    assert "a crash came in between" in " ".join(checked.notes) or is_committed


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
