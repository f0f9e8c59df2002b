"""No flipped bit of a database is served: what is shown is what was there before, or the sentence of a refusal."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import apsw
import pytest

from screening.base.errors import DamagedStoreError
from screening.base.vocabulary import Role
from screening.casework.tips.sightings import Sighting
from screening.casework.tips.tips import report_tip
from screening.casework.viewer import Viewer
from screening.store import Workspace, open_store
from screening.store.backups import FOLDER, backup_name
from screening.store.sqlite_driver import Connection
from tests.partners.desk.disclosed import DAY, NOW
from tests.store.bit_flips import (
    Outcome,
    RawError,
    Refusal,
    compare,
    flipped,
    outcome_of,
    pages_of,
    read_everything,
    read_store,
    served_town,
)


@dataclass
class Town:
    """A store that was served and is closed: its bytes, and what people saw of it."""

    workspace: Workspace
    content: bytes
    before: dict[str, object]

    @property
    def file(self) -> Path:
        return self.workspace.database

    def outcome(self, content: bytes) -> tuple[Outcome, str]:
        """What is served of a store with this content, from opening it on."""
        return outcome_of(content, self.file, self.before)

    def outcome_while_open(self, content: bytes) -> tuple[Outcome, str]:
        """What is served when the file changes under a store that is open: nothing looks at all of it any more."""
        self.file.write_bytes(self.content)
        with open_store(self.workspace) as store:
            store.engine.dispose()
            self.file.write_bytes(content)
            return compare(self.before, read_store(store))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Town:
    workspace = Workspace(tmp_path_factory.mktemp("town") / "var")
    served_town(workspace)
    before = read_everything(workspace)
    assert [(name, answer) for name, answer in before.items() if isinstance(answer, Refusal | RawError)] == []
    return Town(workspace, workspace.database.read_bytes(), before)


@pytest.fixture
def town(served: Town) -> Iterator[Town]:
    yield served
    served.file.write_bytes(served.content)
    shutil.rmtree(served.workspace.path / FOLDER, ignore_errors=True)


def outcomes(town: Town, outcome: Callable[[bytes], tuple[Outcome, str]], seeds: range) -> Counter[Outcome]:
    """Flip a bit for each seed, every other one in a byte that holds something."""
    counted: Counter[Outcome] = Counter()
    for seed in seeds:
        place, content = flipped(town.content, seed, among_data=seed % 2 == 0)
        became, why = outcome(content)
        counted[became] += 1
        assert became in {Outcome.SAME, Outcome.REFUSED}, f"seed {seed}, byte {place // 8}: {became} ({why})"
    return counted


def test_no_flipped_bit_is_served(town: Town) -> None:
    counted = outcomes(town, town.outcome, range(90))
    assert counted[Outcome.REFUSED] > 45, "the harness flips nothing that is read"


@pytest.mark.long
@pytest.mark.goal("R14", reached="400 bits flipped in the database: 0 served otherwise, each told with the last backup")
def test_no_flipped_bit_is_served_many_times(town: Town) -> None:
    outcomes(town, town.outcome, range(100, 500))


def test_a_bit_that_flips_while_the_store_is_open_is_not_served(town: Town) -> None:
    counted = outcomes(town, town.outcome_while_open, range(6))
    assert counted[Outcome.REFUSED]


@pytest.mark.long
def test_bits_that_flip_while_the_store_is_open_are_not_served(town: Town) -> None:
    outcomes(town, town.outcome_while_open, range(6, 106))


@pytest.mark.parametrize(
    "name", ["sqlite_schema", "case_judgement", "evidence", "ix_review_case_open_address", "sqlite_autoindex_run_1"]
)
def test_each_kind_of_page_is_told(town: Town, name: str) -> None:
    for start in pages_of(town.file, name):
        content = bytearray(town.content)
        content[start + 2000] ^= 4
        became, why = town.outcome(bytes(content))
        assert became == Outcome.REFUSED, why


@pytest.mark.parametrize("byte", [0, 16, 18, 20, 24, 28, 32, 60, 4095])
def test_each_part_of_the_header_is_told(town: Town, byte: int) -> None:
    for bit in range(8):
        content = bytearray(town.content)
        content[byte] ^= 1 << bit
        became, why = town.outcome(bytes(content))
        assert became == Outcome.REFUSED, why


def with_a_journal(town: Town) -> tuple[bytes, bytes, list[dict[str, object]]]:
    """A database and a journal that a reader kept there and a crash left, and what was served after each commit."""
    town.file.write_bytes(town.content)
    cees = Viewer("cees", frozenset({Role.COLLEAGUE}))
    states = [town.before]
    with open_store(town.workspace) as store, Connection(town.file) as reader:
        rows = reader.execute("SELECT name FROM sqlite_schema")
        rows.fetchone()
        for number in range(2):
            seen = Sighting(DAY, "1201AB", 1, observations=("transport",), text=f"Licht aan, {number} keer deze week.")
            report_tip(store, cees, seen, now=NOW)
            states.append(read_store(store))
        kept = town.file.read_bytes(), journal_of(town).read_bytes()
        rows.close()
    return *kept, states


def journal_of(town: Town) -> Path:
    return town.file.with_name(f"{town.file.name}-wal")


def flip_in_the_journal(town: Town, seeds: range) -> Counter[int]:
    """What is served is what was there after a commit: the journal ends where it is damaged (docs/decisions/0033)."""
    content, journal, states = with_a_journal(town)
    assert len(journal) > 10_000
    counted: Counter[int] = Counter()
    for seed in seeds:
        town.file.write_bytes(content)
        journal_of(town).write_bytes(flipped(journal, seed)[1])
        town.file.with_name(f"{town.file.name}-shm").unlink(missing_ok=True)
        counted[states.index(read_everything(town.workspace))] += 1
    journal_of(town).unlink(missing_ok=True)
    assert len(states) - 1 not in counted, "what was committed last is damaged, and served"
    return counted


def test_a_bit_of_the_journal_that_flips_gives_no_state_that_never_was(town: Town) -> None:
    flip_in_the_journal(town, range(2))


@pytest.mark.long
@pytest.mark.goal(
    "R14", reached="100 bits flipped in a journal left by a crash: what was served after an earlier commit, 0 others"
)
def test_bits_of_the_journal_that_flip_give_no_state_that_never_was(town: Town) -> None:
    assert len(flip_in_the_journal(town, range(2, 102))) >= 2


def test_damage_is_told_with_its_tables_and_the_last_backup(town: Town) -> None:
    content = bytearray(town.content)
    for name in ("case_judgement", "riec_signal"):
        content[pages_of(town.file, name)[0] + 2000] ^= 4
    words = town.outcome(bytes(content))[1]
    assert "damaged (in case_judgement, riec_signal), and nothing of it is shown" in words
    assert f"No backup is in {town.workspace.path / FOLDER}" in words
    folder = town.workspace.path / FOLDER
    folder.mkdir()
    for part in ("data", "keys"):
        (folder / backup_name(part, NOW)).touch()
    words = town.outcome(bytes(content))[1]
    assert f"The last backup is {folder / 'barrier-data-20261102T090000Z.tar.age'}, of 2026-11-02 09:00 UTC." in words


def test_a_page_that_another_programme_wrote_is_told(town: Town) -> None:
    """As when somebody takes the guards away and rewrites a judgement with SQLite's own tools."""
    with Connection(town.file) as opened:
        opened.execute("PRAGMA journal_mode=DELETE").fetchall()
    plain = apsw.Connection(str(town.file))
    plain.execute("DROP TRIGGER case_judgement_only_grows_update")
    plain.execute("UPDATE case_judgement SET motivation = 'x'")
    plain.close()
    with pytest.raises(DamagedStoreError, match="is damaged"):
        open_store(town.workspace)


def test_the_harness_sees_a_layer_that_does_not_compare(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = Connection.__init__

    def careless(self: Connection, *given: object, **more: object) -> None:
        begun(self, *given, **more)  # type: ignore[arg-type]
        self.execute("PRAGMA checksum_verification=OFF").fetchall()

    monkeypatch.setattr(Connection, "__init__", careless)
    monkeypatch.setattr(Connection, "has_checksums", True)
    seen = {town.outcome(flipped(town.content, seed, among_data=True)[1])[0] for seed in range(40)}
    assert {Outcome.WRONG, Outcome.RAW} & seen
