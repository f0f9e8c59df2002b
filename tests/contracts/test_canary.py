"""A value planted in failing rows appears nowhere: not in results, messages, tracebacks, logs or files."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from screening.base.datasets import datasets

CANARY = "KanariePiet7361"
ROOT = Path(__file__).resolve().parents[2]

# Runs in a process of its own, whose working, home and temporary directory are one empty folder. Says all it can say:
# results, every message with its whole chain of causes, and every log record.
SCRIPT = """
import dataclasses, json, logging, sys, traceback
from pathlib import Path
import polars as pl

logging.basicConfig(level=logging.DEBUG, stream=sys.stdout)
from screening.contracts import QualityRule, check_threshold, load_contracts, validate
from screening.base.frames import QUARANTINE, SourceFile, SourceTable, empty

given = json.load(sys.stdin)
contracts = load_contracts(Path(given["contracts"]))
said = 0
for dataset, rows in given["tables"].items():
    contract = contracts[dataset]
    frame = pl.DataFrame(rows, schema={name: pl.String for name in rows[0]}).with_columns(
        row_number=pl.int_range(1, pl.len() + 1, dtype=pl.Int64),
        source_file_sha256=pl.lit("f" * 64),
        key="r" + pl.int_range(1, pl.len() + 1).cast(pl.String),
    )
    files = [SourceFile(path=f"in/{dataset}.csv", sha256="f" * 64, rows_read=len(rows))]
    table = SourceTable(contract.dataset, frame, files, empty(QUARANTINE))
    result = validate(table, contract, is_checked=True)
    print(json.dumps([result.quarantined.rows(), result.accepted.rows(), result.expectations], default=str))
    print(result)
    raising = QualityRule("raises", "c", "raises", "ExpectColumnValuesToBeBetween", {"column": "t", "min_value": 1},
                   {"t": pl.lit(given["canary"])}, "", "", "")
    broken = dataclasses.replace(contract, rules=(raising,))
    missing = dataclasses.replace(table, frame=frame.drop(next(n for n, s in contract.fields.items() if s.required)))
    for attempt in (
        lambda: check_threshold(result, 0.0, "bron"),
        lambda: validate(table, contract, code_allowed_prefix="1234"),
        lambda: validate(table, broken, is_checked=True),
        lambda: validate(missing, contract),
    ):
        try:
            attempt()
        except Exception:
            said += 1
            traceback.print_exc(file=sys.stdout)
            traceback.print_exc()
print("messages", said)
"""


def spellings(canary):
    raw = canary.encode()
    turned = [raw[::-1], raw.hex().encode(), base64.b64encode(raw)[:-4], zlib.compress(raw)]
    return [raw, canary.encode("utf-16-le"), *turned]


@pytest.fixture(scope="module")
def house(tmp_path_factory, samples):
    """The folder after the run, and what the run said."""
    folder = tmp_path_factory.mktemp("house")
    tables = {}
    for dataset in datasets():
        good = samples[dataset]["good"]
        spoiled = {name: CANARY for name in good if name != datasets()[dataset].key}
        if datasets()[dataset].key:
            spoiled[datasets()[dataset].key] = "K-2"
        tables[dataset] = [good, spoiled, good | {name: CANARY for name in list(good)[1:]}]
    given = {"contracts": str(ROOT / "data_contracts"), "tables": tables, "canary": CANARY}
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "XDG_CACHE_HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
    }
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=folder,
        env=environment,
        input=json.dumps(given).encode(),
        capture_output=True,
        check=False,
        timeout=240,
    )
    return folder, run


def test_run_reached_every_message(house):
    _, run = house
    assert run.returncode == 0, run.stderr.decode()[-2000:]
    # four stops for each data set; one less for a data set that carries no object id
    with_ids = sum("adresseerbaar_object_id" in dataset.columns for dataset in datasets().values())
    assert f"messages {3 * len(datasets()) + with_ids}".encode() in run.stdout


def test_planted_value_is_said_nowhere(house):
    _, run = house
    for spelling in spellings(CANARY):
        assert spelling not in run.stdout
        assert spelling not in run.stderr


def test_planted_value_is_written_nowhere(house):
    folder, _ = house
    written = [path for path in folder.rglob("*") if path.is_file()]
    assert written == [], "a validation leaves no file at all"


def test_guard_bites_when_a_value_is_said():
    assert any(spelling in f"het was {CANARY}".encode() for spelling in spellings(CANARY))
