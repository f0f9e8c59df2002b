"""The map of a town is read by window, and a file that is not what was published is not read."""

from __future__ import annotations

import polars as pl
import pytest

from screening.base.frames import PLACES, PLACES_FILE
from screening.matching.addresses.places import cells_around
from screening.store import Store, Workspace, publish
from screening.store.runs.places import places_near
from tests.store.bundles import make_bundle

X, Y = 181_653.0, 449_755.0


def published(store: Store, workspace: Workspace) -> str:
    """A run with a point every ten metres to the east of X, Y; its id."""
    rows = [
        {
            "address_id": f"a{n}",
            "place": f"Laan {n}",
            "rd_x": X + 10 * n,
            "rd_y": Y,
            "cell": cells_around(X + 10 * n, Y, 0)[0][0],
        }
        for n in range(60)
    ]
    frames = {**make_bundle().frames, PLACES_FILE: pl.DataFrame(rows, schema=PLACES)}
    return publish(store, workspace, make_bundle(frames=frames)).run_id


def test_the_points_around_a_place_are_read(sqlite_store: Store, workspace: Workspace) -> None:
    published(sqlite_store, workspace)
    near = places_near(sqlite_store, workspace, X + 300, Y, 20.0)
    assert sorted(near["place"]) == ["Laan 28", "Laan 29", "Laan 30", "Laan 31", "Laan 32"]
    assert dict(near.schema) == PLACES


@pytest.mark.parametrize("is_there", [True, False], ids=["damaged", "gone"])
def test_a_file_that_is_not_what_was_published_gives_no_places(
    sqlite_store: Store, workspace: Workspace, is_there: bool
) -> None:
    path = workspace.runs / published(sqlite_store, workspace) / PLACES_FILE
    assert places_near(sqlite_store, workspace, X, Y, 20.0).height == 3
    content = bytearray(path.read_bytes())
    path.unlink()
    if is_there:
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    assert places_near(sqlite_store, workspace, X, Y, 20.0).is_empty()


def test_before_the_first_run_there_is_no_map(sqlite_store: Store, workspace: Workspace) -> None:
    assert places_near(sqlite_store, workspace, X, Y, 20.0).is_empty()
