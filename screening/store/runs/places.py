"""The map of a town, read by window: the points of the BAG near a place, out of a file of a run."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import polars as pl

from screening.base.errors import StoreError
from screening.base.frames import PLACES, PLACES_FILE, empty
from screening.matching.addresses.places import cells_around
from screening.store.files import sha256_of_file
from screening.store.store import Store
from screening.store.workspace import Workspace


def places_near(store: Store, workspace: Workspace, x_m: float, y_m: float, radius_m: float) -> pl.DataFrame:
    """PLACES at most `radius_m` from a point in metres RD, of the last run that was published.

    A map is of today: of the run of an old case the file is gone (`runs_kept`). Without a file, or with one that is not
    what was published, there are no places: `barrier verify` tells of it, and a dossier can be read without.
    """
    last = store.last_published()
    if last is None:
        return empty(PLACES)
    path, digest = workspace.runs / last.run_id / PLACES_FILE, store.files(last.run_id).get(PLACES_FILE)
    if digest is None or not _is_whole(path, digest):
        return empty(PLACES)
    x, y = pl.col("rd_x"), pl.col("rd_y")
    is_in_cells = pl.any_horizontal(
        pl.col("cell").is_between(first, end) for first, end in cells_around(x_m, y_m, radius_m)
    )
    is_near = x.is_between(x_m - radius_m, x_m + radius_m) & y.is_between(y_m - radius_m, y_m + radius_m)
    try:
        window = pl.scan_parquet(path).filter(is_in_cells & is_near).collect()
    except (pl.exceptions.PolarsError, OSError):
        return empty(PLACES)
    return window.filter((x - x_m).pow(2) + (y - y_m).pow(2) <= radius_m**2)


def _is_whole(path: Path, digest: str) -> bool:
    """Whether the file is the one that was published: it is hashed once, and again when it was written since."""
    try:
        status = path.stat()
    except OSError:
        return False
    return _digest(path, status.st_ino, status.st_size, status.st_mtime_ns) == digest


@lru_cache(maxsize=4)
def _digest(path: Path, *_state: int) -> str:
    try:
        return sha256_of_file(path)
    except OSError as error:
        raise StoreError(f"{path}: cannot be read ({error.strerror}).") from None
