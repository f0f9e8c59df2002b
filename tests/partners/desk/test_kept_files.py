"""What is kept of a prepared batch is what its manifest lists, to the byte, and nothing else is handed out."""

from __future__ import annotations

import json
from pathlib import Path

from screening.partners.desk.kept_files import forget_files, keep_files, kept_files
from screening.store import Workspace
from screening.store.files import sha256_of

FILES = {"index.csv": b"adres\r\n", "signalen/S-1.pdf": b"%PDF-1.7"}
LISTING = json.dumps({"files": [{"path": name, "sha256": sha256_of(content)} for name, content in FILES.items()]})


def test_only_what_the_manifest_lists_comes_back(tmp_path: Path) -> None:
    workspace, listing = Workspace(tmp_path), LISTING.encode()
    assert kept_files(workspace, "L-1", listing) is None
    keep_files(workspace, "L-1", FILES)
    file = tmp_path / "prepared" / "L-1.tar"
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert kept_files(workspace, "L-1", listing) == FILES
    whole = file.read_bytes()
    for damaged in (whole[:-512], whole.replace(b"%PDF-1.7", b"%PDF-1.4"), b""):
        file.write_bytes(damaged)
        assert kept_files(workspace, "L-1", listing) is None
    keep_files(workspace, "L-2", {"index.csv": FILES["index.csv"]})
    assert kept_files(workspace, "L-2", listing) is None


def test_what_is_no_longer_prepared_goes_and_a_disk_that_refuses_stops_no_preparing(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    forget_files(workspace)
    for batch_id in ("L-1", "L-2"):
        keep_files(workspace, batch_id, FILES)
    forget_files(workspace, but=["L-2"])
    assert [file.name for file in (tmp_path / "prepared").iterdir()] == ["L-2.tar"]
    forget_files(workspace)
    (tmp_path / "prepared").rmdir()
    (tmp_path / "prepared").write_bytes(b"")  # no folder can be made here
    keep_files(workspace, "L-1", FILES)
    assert kept_files(workspace, "L-1", LISTING.encode()) is None
