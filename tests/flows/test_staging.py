"""The folder of a night: what is put there can be had again, and a full disk is told as what it is."""

from __future__ import annotations

import polars as pl
import pytest

from flows.staging import Night
from screening.errors import StoreError


def test_what_is_put_can_be_had_again_and_is_closed_to_others(tmp_path):
    night = Night(tmp_path)
    night.put("sources", {"meldingen": 3})
    night.put_frame("accepted/meldingen", pl.DataFrame({"key": ["M-1"]}))
    assert night.get("sources") == {"meldingen": 3}
    assert night.frames("accepted")["meldingen"]["key"].to_list() == ["M-1"]
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.rglob("*")}
    assert modes == {"sources.json": 0o600, "accepted": 0o700, "meldingen.parquet": 0o600}


def test_a_full_disk_says_make_room_and_shows_no_value(tmp_path):
    for name in ("sources.json", "parties.parquet"):
        (tmp_path / name).symlink_to("/dev/full")
    night = Night(tmp_path)
    with pytest.raises(StoreError, match=r"sources: .*Is its disk full\? Make room") as text:
        night.put("sources", {"houder": "Waterval"})
    with pytest.raises(StoreError, match=r"parties: .*Is its disk full\? Make room") as frame:
        night.put_frame("parties", pl.DataFrame({"houder": ["Waterval"] * 1000}))
    assert "Waterval" not in str(text.value) + str(frame.value)
