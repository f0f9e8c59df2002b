"""The drill: everything is lost but the backup of a very large store, and what comes back is whole within the term."""

from __future__ import annotations

import base64
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from benchmarks.large_run import AS_OF, bundle
from flows.backup import backup
from flows.backup.restore import restore
from flows.environment import ledger_url, store_url
from screening.ledger import open_ledger, verify_ledger
from screening.store import Workspace, open_store, publish, verify_run
from tests.databases import own_database
from tests.flows.backup.test_backup import key_pair
from tests.flows.backup.test_postgresql import PROGRAMMES, named
from tests.flows.rights.test_erase import CONFIGURATION

#: In the dossiers of `benchmarks.large_run`, as they lie in the store.
CANARY = b"Proefpersoon"
TERM_S = 15 * 60


def holds(file: Path, word: bytes) -> bool:
    """Whether a word lies open in a file, or its UTF-16 or one of the three forms of its base64."""
    forms = [word, word.decode().encode("utf-16-le")]
    forms += [base64.b64encode(bytes(shift) + word)[shift + 1 : -4] for shift in range(3)]
    with file.open("rb") as content:
        kept = b""
        while block := content.read(1 << 24):
            if any(form in kept + block for form in forms):
                return True
            kept = block[-200:]
    return False


class Drill:
    """The steps of a drill in a folder. `server`: the id of the server's process, where a server works for it."""

    def __init__(self, folder: Path, flags: int, server: int | None = None) -> None:
        self.folder = folder
        self.flags = flags
        self.server = server
        self.keys = {name: key_pair(folder, f"{name}.key") for name in ("data", "keys")}
        self.config = folder / "screening.toml"
        self.config.write_text(CONFIGURATION)
        self.workspace = Workspace(folder / "var")

    def sealed(self) -> dict[str, Path]:
        """Publish, back up, and lose the workspace."""
        with open_store(store_url() or self.workspace) as store:
            self.published = publish(store, self.workspace, bundle(self.flags, AS_OF))
        with self.timed("backed up"):
            files = backup.back_up(
                self.config, recipient=self.keys["data"][0], keys_recipient=self.keys["keys"][0], by="rita"
            )
        files = {part: Path(shutil.move(file, self.folder)) for part, file in files.items()}
        print(f"{sum(file.stat().st_size for file in files.values()) / 1e6:.0f} MB of backup")
        assert not any(holds(file, CANARY) for file in files.values())
        return files

    def comes_back(self, files: dict[str, Path]) -> float:
        """Restore and check. The seconds of processor that it took."""
        into = self.folder / "back"
        with self.timed("came back") as took:
            restore(
                files["data"],
                identity=self.keys["data"][1],
                into=into,
                keys=files["keys"],
                keys_identity=self.keys["keys"][1],
            )
            back = Workspace(into)
            with open_store(store_url() or back) as store, open_ledger(ledger_url() or back) as ledger:
                assert verify_run(store, back, self.published.run_id) == self.published
                assert verify_ledger(ledger, [], None, now=datetime.now(UTC)).is_whole
        return took[0]

    @contextmanager
    def timed(self, what: str) -> Iterator[list[float]]:
        """The seconds of processor of this block, when it has ended: of this process, its children and the server."""
        took, began, clock = list[float](), self.processor(), time.monotonic()
        yield took
        took.append(self.processor() - began)
        print(f"{self.flags} flags {what}: {took[0]:.0f} s of processor, {time.monotonic() - clock:.0f} s by the clock")

    def processor(self) -> float:
        processes = [os.getpid()]
        if self.server:
            children = Path(f"/proc/{self.server}/task/{self.server}/children").read_text()
            processes += [self.server, *map(int, children.split())]
        return sum(map(processor_of, processes))


def processor_of(process: int) -> float:
    """The seconds of processor of a process and of its children that have ended."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2].split()
    except FileNotFoundError:  # it has ended, and counts with whoever started it
        return 0.0
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.goal(
    "R11", reached="10^6 flags back in under 15 minutes of processor, chain and rows verified, canary absent"
)
def test_a_million_flags_come_back_within_the_term(tmp_path: Path) -> None:
    drill = Drill(tmp_path, 1_000_000)
    files = drill.sealed()
    assert holds(drill.workspace.database, CANARY), "what is looked for is there to be found"
    shutil.rmtree(drill.workspace.path)
    assert drill.comes_back(files) <= TERM_S


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.goal("R11", reached="10^6 flags back into new databases of PostgreSQL in under 15 minutes of processor")
def test_a_million_flags_come_back_into_postgresql_within_the_term(
    postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{PROGRAMMES}{os.pathsep}{os.environ['PATH']}")
    with ExitStack() as opened:
        names = ("store", "ledger", "new_store", "new_ledger")
        urls = {name: opened.enter_context(own_database(postgres)) for name in names}
        named(monkeypatch, urls["store"], urls["ledger"])
        drill = Drill(tmp_path, 1_000_000, server_at(postgres))
        files = drill.sealed()
        shutil.rmtree(drill.workspace.path)
        named(monkeypatch, urls["new_store"], urls["new_ledger"])
        assert drill.comes_back(files) <= TERM_S


def server_at(url: str) -> int:
    """The first process of a server of PostgreSQL on this machine."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        first_line, *_ = str(connection.scalar(sa.text("SELECT pg_read_file('postmaster.pid')"))).splitlines()
    return int(first_line)


@pytest.mark.parametrize("form", [CANARY, CANARY.decode().encode("utf-16-le"), base64.b64encode(b"xy" + CANARY)])
def test_the_search_for_the_canary_finds_its_forms(tmp_path: Path, form: bytes) -> None:
    file = tmp_path / "file"
    file.write_bytes(bytes((1 << 24) - 5) + form + bytes(9))
    assert holds(file, CANARY)
    file.write_bytes(bytes(99))
    assert not holds(file, CANARY)
