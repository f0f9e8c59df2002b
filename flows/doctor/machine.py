"""What lies on the disk: databases that cannot be read, room, modes, keys, a lock that hangs, what a night left."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from shlex import quote

from flows.configuration.export import ExportSettings
from flows.doctor.site import Diagnosis, Site
from screening.base.errors import BarrierError, DamagedStoreError, StoreAwayError
from screening.store.backups import last_backup
from screening.store.workspace import STAGE_OUTPUT_SECONDS

#: What a night of a large city needs for a moment, beside what it leaves.
_LEAST_FREE_BYTES = 2 << 30
#: No night takes so long: what holds the lock then hangs.
_LONGEST_NIGHT = timedelta(hours=6)


def check_databases(site: Site) -> Iterator[Diagnosis]:
    """Find a store or ledger that is damaged, does not answer, or is older or newer than this version."""
    _ = site.store, site.ledger
    for about, fault in (("store", site.store_fault), ("ledger", site.ledger_fault)):
        if fault:
            yield Diagnosis(about, str(fault), _mends(fault, site))


def _mends(fault: BarrierError, site: Site) -> str:
    if isinstance(fault, DamagedStoreError):
        last = last_backup(site.path)
        return f"barrier restore {quote(str(last[0])) if last else 'DATA'} --identity FILE --into DIR"
    if isinstance(fault, StoreAwayError):
        return "systemctl status postgresql"
    return site.command("runs")  # any command that may write brings a store up to date


def check_room(site: Site) -> Iterator[Diagnosis]:
    """Find a disk that is nearly full."""
    place = next((path for path in (site.path, *site.path.absolute().parents) if path.exists()), Path())
    free = shutil.disk_usage(place).free
    if free < _LEAST_FREE_BYTES:
        yield Diagnosis(
            "disk",
            f"{free / (1 << 30):.1f} GiB are free where the workspace lies; a night may need "
            f"{_LEAST_FREE_BYTES >> 30}.",
            f"du -sh {quote(str(site.path))}/*",
        )


def check_modes(site: Site) -> Iterator[Diagnosis]:
    """Find what others can read or write in the workspace."""
    paths = (site.path, *_inside(site.path)) if site.path.exists() else ()
    odd = [path for path in paths if path.stat().st_mode & 0o077]
    if odd:
        few = ", ".join(str(path) for path in odd[:3]) + (", …" if len(odd) > 3 else "")
        yield Diagnosis("modes", f"Others can enter or read {few}.", f"chmod -R go= {quote(str(site.path))}")


def _inside(folder: Path) -> Iterator[Path]:
    for root, folders, files in os.walk(folder):
        paths = (Path(root) / name for name in (*folders, *files))
        yield from (path for path in paths if not path.is_symlink())


def check_keys(site: Site) -> Iterator[Diagnosis]:
    """Find a key that is gone."""
    if site.history.last_published and not (site.workspace.keys / "reporter.key").exists():
        yield Diagnosis(
            "keys",
            f"{site.workspace.keys / 'reporter.key'} is gone: reporters of before and after would be told apart, and "
            "objections of persons have no effect.",
            "barrier restore DATA --identity FILE --keys KEYS --keys-identity FILE --into DIR",
        )
    export = ExportSettings(site.configuration)
    if site.configuration.has_export and not export.has_keys:
        yield Diagnosis("keys", f"{export.keys} lacks a key, so no signal is prepared.", site.command("export keys"))


def check_lock(site: Site) -> Iterator[Diagnosis]:
    """Find a process that holds the workspace for longer than a night takes, and what a dead night left."""
    holder = site.workspace.holder()
    if holder is not None:
        since = holder.since
        if since and site.now - since > _LONGEST_NIGHT:
            hours = round((site.now - since) / timedelta(hours=1))
            yield Diagnosis(
                "lock", f"Process {holder.pid} holds the workspace for {hours} hours: it hangs.", f"kill {holder.pid}"
            )
        return
    staging = site.workspace.staging_root
    old = [path for path in (staging.iterdir() if staging.is_dir() else ()) if _is_old(path, site.now)]
    if old:
        yield Diagnosis(
            "staging",
            f"{', '.join(path.name for path in old)} in staging was left by a night that was killed; the next run "
            "clears it.",
            site.command("run"),
        )


def _is_old(path: Path, now: datetime) -> bool:
    return now.timestamp() - path.stat().st_mtime > STAGE_OUTPUT_SECONDS
