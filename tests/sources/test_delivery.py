"""Which files a path means: those in the folder of a delivery, and never one outside it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from screening.base.errors import BarrierError
from screening.base.frames import FieldSpec, SourceSpec
from screening.sources import read_source

KEY = b"key-of-a-workspace-in-a-test"
FIELDS = {"zaaknummer": FieldSpec("zaaknummer", "string", required=True, unique=True)}


def outside_paths(folder: Path, secret: Path) -> list[str]:
    """Fifty ways from a folder of deliveries to a file outside it, or to what is no name of a file."""
    (folder / "deep" / "er").mkdir(parents=True)
    links = {
        "link.csv": secret,
        "relative.csv": Path("..") / secret.parent.name / secret.name,
        "Link.CSV": secret,
        "deep/link.csv": secret,
        "deep/er/link.csv": secret,
        "chain.csv": folder / "link.csv",
        "ch2.csv": Path("chain.csv"),
        "deep/up.csv": Path("../link.csv"),
        "loop.csv": Path("loop.csv"),
        "loop_a.csv": Path("loop_b.csv"),
        "loop_b.csv": Path("loop_a.csv"),
        "gone.csv": folder.parent / "gone.csv",
        "proc.csv": Path("/proc/self/environ"),
        "dev.csv": Path("/dev/zero"),
        "etc.csv": Path("/etc/hostname"),
        "fd.csv": Path("/dev/stdin"),
    }
    for name, target in links.items():
        (folder / name).symlink_to(target)
    for name, target in (
        ("out", secret.parent),
        ("deep/out", secret.parent),
        ("root", Path("/")),
        ("chained", folder / "out"),
    ):
        (folder / name).symlink_to(target, target_is_directory=True)
    os.mkfifo(folder / "pipe.csv")
    there = f"{folder}/"
    linked = [there + name for name in links] + [
        there + pattern for pattern in ("l*.csv", "deep/*.csv", "*/link.csv", "**/li*.csv")
    ]
    through = [
        f"{there}{pattern}"
        for pattern in (
            f"o*/{secret.name}",
            f"*/{secret.name}",
            f"deep/o*/{secret.name}",
            "c*ed/*.csv",
            "o[u]t/*.csv",
            "root*/etc/host*",
            "[o]ut/../out/*.csv",
        )
    ]
    no_names = [
        f"{there}link.csv\x00.csv",
        f"\x00{there}p.csv",
        f"{there}\u202ep.csv",
        f"{there}p\u200b.csv",
        f"{there}p.csv\n",
        f"{there}pipe.csv",
        "",
        f"{there}deep/er",
        "//server/share/p.csv",
        r"\\server\share\p.csv",
        r"C:\deliveries\p.csv",
        "file:///etc/hostname",
        "http://127.0.0.1/p.csv",
        f"{there}P.CSV",
        f"{there}..%2f..%2fsecret.csv",
        f"{there}~root/p.csv",
        f"{there}$HOME/p.csv",
        f"{there}`id`.csv",
        there + "x" * 300,
        f"{there}p.csv/../p.csv/x",
        "|id",
        "~/p.csv",
        f"{there}p.csv::$DATA",
    ]
    return linked + through + no_names


@pytest.mark.goal(
    "S8", reached="50 paths (links, traversal, NUL, UNC, case, patterns): 0 outside the folder of a delivery"
)
@pytest.mark.timeout(60)
def test_no_path_leads_out_of_the_folder_of_a_delivery(tmp_path: Path) -> None:
    folder, outside = tmp_path / "in", tmp_path / "elsewhere"
    outside.mkdir()
    secret = outside / "secret.csv"
    secret.write_text("zaaknummer\nGEHEIM\n", encoding="utf-8")
    paths = outside_paths(folder, secret)
    assert len(set(paths)) == 50
    assert read_source(SourceSpec("v", path=str(secret)), FIELDS, reporter_key=KEY).frame["key"].to_list() == ["GEHEIM"]
    for path in paths:
        with pytest.raises(BarrierError) as refused:
            read_source(SourceSpec("v", path=path), FIELDS, reporter_key=KEY)
        assert "GEHEIM" not in str(refused.value), path
        assert str(outside) not in str(refused.value), path
