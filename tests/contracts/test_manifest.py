"""A manifest decides: what differs from it by one byte, row or name is refused, and it repeats no value."""

from __future__ import annotations

import hashlib
import json

import pytest

from screening.base.errors import ContractStopError
from screening.base.vocabulary import ExitCode
from screening.contracts.manifest import DeliveredFile, check_manifest, read_manifest, together

CONTENT = b"zaaknummer;status\nZ-1;verleend\n"
CAME = DeliveredFile("v.csv", hashlib.sha256(CONTENT).hexdigest(), len(CONTENT), 1, ("zaaknummer", "status"))
SAID = {"version": 1, "file": "v.csv", "sha256": CAME.sha256, "bytes": CAME.bytes, "rows": 1, "as_of": "2026-11-01"}


def manifest(**changes: object):
    document = {name: value for name, value in (SAID | changes).items() if value is not None}
    return read_manifest(json.dumps(document).encode(), "v.csv.manifest.json")


def test_the_file_of_a_manifest_passes_and_unknown_keys_are_ignored():
    check_manifest(manifest(columns=["zaaknummer", "status"], supplier="Zaaksysteem", note="hello"), CAME)


@pytest.mark.parametrize(
    ("changes", "differs"),
    [
        ({"sha256": "0" * 64}, "the sha256"),
        ({"bytes": 30}, "bytes (30 in the manifest, 31 came)"),
        ({"rows": 2}, "rows (2 in the manifest, 1 came)"),
        ({"file": "w.csv"}, "the name"),
        ({"columns": ["status", "zaaknummer"]}, "columns (2 in the manifest, 2 came)"),
    ],
)
def test_what_is_not_the_file_of_its_manifest_is_refused(changes, differs):
    with pytest.raises(ContractStopError, match="is not the file of its manifest") as refused:
        check_manifest(manifest(**changes), CAME)
    assert refused.value.exit_code == ExitCode.CONTRACT_STOP
    assert differs in str(refused.value)


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"version": 2}, "version"),
        ({"sha256": None}, "sha256"),
        ({"rows": "12"}, "rows"),
        ({"rows": -1}, "rows"),
        ({"as_of": "Jansen"}, "as_of"),
        ({"made_at": "2026-11-01T10:00:00"}, "made_at"),
        ({"from": "2026-11-01", "to": "2026-10-01"}, "from and to"),
    ],
)
def test_a_manifest_with_a_fault_is_refused_and_names_the_key(changes, key):
    with pytest.raises(ContractStopError, match=rf"lacks {key},") as refused:
        manifest(**changes)
    assert "Jansen" not in str(refused.value)


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff\xfe{", b'{"version": 1', b"[" * 100_000])
def test_what_is_no_json_object_is_no_manifest(content):
    with pytest.raises(ContractStopError, match="is no manifest"):
        read_manifest(content, "v.csv.manifest.json")


def test_the_manifest_of_a_folder_misses_no_file():
    other = DeliveredFile("w.csv", "1" * 64, 10, 5, CAME.columns)
    both, alone = together("map", {"v.csv": CAME, "w.csv": other}), together("map", {"v.csv": CAME})
    assert (both.bytes, both.rows, both.columns) == (CAME.bytes + 10, 6, CAME.columns)
    assert both.sha256 == hashlib.sha256(f"{CAME.sha256}  v.csv\n{'1' * 64}  w.csv\n".encode()).hexdigest()
    assert both.sha256 != alone.sha256
