"""A workspace in which nothing may be written: a publishing is refused with the reason, and the run is served."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from screening.base.vocabulary import ExitCode
from screening.store import Workspace, open_store, publish
from tests.faults.children import EARLIER, Driver
from tests.faults.oracle import published_runs
from tests.store.bundles import make_bundle

NOBODY = 65534


@pytest.fixture
def read_only() -> Iterator[tuple[Path, str]]:
    """A workspace with a run, which everybody may read and only root may write; pytest's own folder is closed."""
    with tempfile.TemporaryDirectory(prefix="barrier-read-only-") as folder:
        place = Path(folder) / "var"
        with open_store(Workspace(place)) as store:
            run_id = publish(store, Workspace(place), make_bundle(9, EARLIER)).run_id
        Path(folder).chmod(0o755)
        for path in [place, *place.rglob("*")]:
            path.chmod(0o555 if path.is_dir() else 0o444)
        yield place, run_id


@pytest.mark.goal(
    "R6", reached="a folder that may not be written, as user nobody: refused with the reason, old run served"
)
def test_a_folder_that_may_not_be_written(read_only: tuple[Path, str], driver: Driver) -> None:
    place, earlier = read_only
    order = {"do": "publish", "url": f"sqlite:///{place / 'store.sqlite'}", "workspace": str(place), "addresses": 9}
    with tempfile.TemporaryDirectory(prefix="barrier-report-") as folder:
        Path(folder).chmod(0o777)
        report = Path(folder) / "report"
        [answer] = driver.run(order | {"as_of": "2026-11-02", "report": str(report), "user": NOBODY})
        assert answer["code"] == ExitCode.CANNOT_WRITE
        assert "cannot be made or written" in report.read_text()
    with open_store(Workspace(place, read_only=True), read_only=True) as store:
        assert published_runs(store, Workspace(place, read_only=True)) == {earlier}
