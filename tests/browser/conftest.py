"""People at desks before one served application on the synthetic town, and a folder in which pictures are kept."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from screening.partners.pooling.kept_result import FOLDER
from screening.partners.pooling.result import make_result
from screening.store import Workspace, open_store, publish
from tests.browser.desk import Desk
from tests.casework.figures.test_statistics import Office, Officer
from tests.partners.pooling.made_up_towns import QUARTERS, growing_towns
from tests.review.conftest import copy_workspace, serving
from tests.store.bundles import make_bundle

#: Where pictures of the journeys are kept for whoever wants to look at them; git does not track the folder. The
#: variable names another.
PICTURES = Path(__file__).resolve().parents[2] / "artefacts" / "screenshots"
KEPT = "BARRIER_SCREENSHOTS"
#: When the season of `busy_desk` is over.
LATER = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def artefacts() -> Path:
    """The folder of the pictures of the last session that made them."""
    folder = Path(os.environ.get(KEPT) or PICTURES)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def desk(town_workspace: Path, tmp_path: Path, browser) -> Iterator[Desk]:
    """Desks before the application on a copy of the town of its own."""
    with serving(copy_workspace(town_workspace, tmp_path / "desk")) as served:
        made = Desk(served, browser)
        made.begin_work()
        yield made


@pytest.fixture(scope="module")
def shared_desk(town_workspace: Path, tmp_path_factory: pytest.TempPathFactory, browser) -> Iterator[Desk]:
    """The same for a whole module whose tests change nothing that matters to another."""
    with serving(copy_workspace(town_workspace, tmp_path_factory.mktemp("shared"))) as served:
        made = Desk(served, browser)
        made.begin_work()
        yield made


@pytest.fixture(scope="module")
def busy_desk(tmp_path_factory: pytest.TempPathFactory, browser) -> Iterator[Desk]:
    """Desks before a review in which officers worked for a season: enough for figures, and for an alarm."""
    workspace = Workspace(tmp_path_factory.mktemp("busy") / "w")
    with open_store(workspace) as store:
        office = Office(store, publish(store, workspace, make_bundle(6)).run_id)
        with office.in_one_go():
            Officer("a.bakker", 0.3, 400, 1).works(office, 480, second="afwijking")
            Officer("s.peters", 1.0, 20, 3).works(office, 130)
            for _ in range(3):
                office.case("a.bakker", "geen_afwijking", "onjuiste_koppeling")
    (pooled := workspace.path / FOLDER).mkdir()
    result = make_result(growing_towns(1, [f"000{n}" for n in range(1, 9)]), QUARTERS[-1], "Verwerker")
    (pooled / "result.json").write_bytes(result.content())
    with serving(workspace) as served:
        served.review.clock.now = LATER
        yield Desk(served, browser)
