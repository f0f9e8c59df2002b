"""The same registers give the same findings to the byte: on any threads, seeds, locale and zone, in any order of rows.

Each run is a process of its own from its first import on, since threads and the seed of hashes are settled there.
"""

from __future__ import annotations

import csv
import hashlib
import itertools
import json
import os
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from screening.store import Workspace, open_store
from tests.conftest import ROOT

THREADS = ("1", "2", "4", "8")
HASH_SEEDS = ("0", "7", "4711", "random")
LOCALES = ("C", "C.UTF-8", "POSIX", "nl_NL.UTF-8", "tr_TR.UTF-8")  # one that is not installed is C to the system
ZONES = ("Europe/Amsterdam", "Pacific/Kiritimati", "America/St_Johns", "UTC", "Pacific/Pago_Pago")


def surroundings(number: int) -> dict[str, str]:
    """The environment of the run of this number; any two that follow each other differ in all of it."""
    chosen = [values[number % len(values)] for values in (THREADS, HASH_SEEDS, LOCALES, ZONES)]
    return dict(zip(("POLARS_MAX_THREADS", "PYTHONHASHSEED", "LC_ALL", "TZ"), chosen, strict=True))


def rerun(clean_town: Path, town: Path, number: int, *, is_shuffled: bool) -> tuple[str, str]:
    """Run a copy of the town. The digest of the run, and the sha256 of its canonical payload."""
    shutil.copytree(clean_town, town, ignore=shutil.ignore_patterns("var", "truth"))
    if is_shuffled:
        for file in town.glob("*.csv"):
            header, *rows = file.read_text("utf-8").splitlines(keepends=True)
            random.Random(number).shuffle(rows)
            file.write_text(header + "".join(rows), "utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    ran = subprocess.run(
        [sys.executable, "-m", "flows", "run", "--config", town / "screening.toml", "--json"],
        env={**kept, **surroundings(number), "PYTHONPATH": str(ROOT)},
        cwd=town,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    run_id = json.loads(ran.stdout)["run_id"]
    with open_store(Workspace(town / "var")) as store:
        digest = store.require(run_id).digest
    return digest, payload(town, town / "var" / "runs" / run_id)


def payload(town: Path, folder: Path) -> str:
    """The sha256 of all hits and flags, with each record that only its row number names told by its content instead."""
    rows = {file.stem: list(csv.reader(file.open(encoding="utf-8")))[1:] for file in town.glob("*.csv")}

    def told(record: str) -> str:
        dataset, key = record.split(":", 1)
        number = re.fullmatch(r"r(\d+)", key)
        return f"{dataset}:{rows[dataset][int(number[1]) - 1]}" if number else record

    flags, hits = (pl.read_parquet(folder / f"{name}.parquet").to_dicts() for name in ("flags", "evidence"))
    assert hits, "a payload without hits proves nothing"
    for hit in hits:
        hit["record_ids"] = sorted(told(record) for record in hit["record_ids"])
    return hashlib.sha256(json.dumps([flags, hits], default=str).encode()).hexdigest()


def reruns(clean_town: Path, folder: Path, times: int) -> tuple[set[str], set[str]]:
    """Run so often, every second time with the rows in another order. Digests of the others, and all payloads."""
    ran = [rerun(clean_town, folder / str(number), number, is_shuffled=number % 2 == 1) for number in range(times)]
    return {digest for digest, _ in ran[::2]}, {content for _, content in ran}


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.goal("R4", reached="20 runs over threads, hash seeds, locales, zones and shuffled rows: 1 distinct sha256")
def test_twenty_runs_find_the_same(clean_town: Path, tmp_path: Path) -> None:
    digests, payloads = reruns(clean_town, tmp_path, 20)
    assert len(digests) == 1
    assert len(payloads) == 1


def test_another_process_with_shuffled_rows_finds_the_same(clean_town: Path, clean_run: dict, tmp_path: Path) -> None:
    _, content = rerun(clean_town, tmp_path / "town", 1, is_shuffled=True)
    assert content == payload(clean_town, Path(clean_run["folder"]))


def test_the_surroundings_of_twenty_runs_have_every_value() -> None:
    seen = [surroundings(number) for number in range(20)]
    assert [len({values[name] for values in seen}) for name in seen[0]] == [4, 4, 5, 5]
    for before, after in itertools.pairwise(seen):
        assert not set(before.items()) & set(after.items())


@pytest.mark.goal("Q1", reached="one record that differs")
def test_the_payload_shows_one_changed_record(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    (tmp_path / "handelsregister.csv").write_text("naam\nEen\nTwee\n")
    pl.DataFrame({"address_id": ["1"]}).write_parquet(folder / "flags.parquet")
    seen = set()
    for records in (["handelsregister:r1"], ["handelsregister:r2"], ["handelsregister:r1", "vergunningen:Z1"]):
        pl.DataFrame({"record_ids": [records]}).write_parquet(folder / "evidence.parquet")
        seen.add(payload(tmp_path, folder))
    assert len(seen) == 3
