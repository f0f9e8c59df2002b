"""The folder of a night: what is put there can be had again, and a full disk is told as what it is."""

from __future__ import annotations

import polars as pl
import pytest

from flows.configuration import load_configuration
from flows.night.staging import Night
from screening.base.errors import ConfigurationError, DiskError
from tests.flows.configuration.test_read import LEXICON


def test_what_is_put_can_be_had_again_and_is_closed_to_others(tmp_path):
    night = Night(tmp_path)
    night.put("sources", {"meldingen": 3})
    night.put_frame("accepted/meldingen", pl.DataFrame({"key": ["M-1"]}))
    assert night.get("sources") == {"meldingen": 3}
    assert night.scan_frames("accepted")["meldingen"].collect()["key"].to_list() == ["M-1"]
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.rglob("*")}
    assert modes == {"sources.json": 0o600, "accepted": 0o700, "meldingen.parquet": 0o600}


def test_a_full_disk_says_make_room_and_shows_no_value(tmp_path):
    for name in ("sources.json", "parties.parquet"):
        (tmp_path / name).symlink_to("/dev/full")
    night = Night(tmp_path)
    with pytest.raises(DiskError, match=r"sources of the night .* disk is full\. Make room") as text:
        night.put("sources", {"houder": "Waterval"})
    with pytest.raises(DiskError, match=r"parties of the night .* disk is full\. Make room") as frame:
        night.put_frame("parties", pl.DataFrame({"houder": ["Waterval"] * 1000}))
    assert "Waterval" not in str(text.value) + str(frame.value)


@pytest.fixture
def config(tmp_path, monkeypatch):
    monkeypatch.setenv("BAG_DB", "postgresql://nobody@127.0.0.1/bag")
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "terms.csv").write_text("term_id,term\nm1,matras\n", encoding="utf-8")
    file = tmp_path / "screening.toml"
    file.write_text(LEXICON, encoding="utf-8")
    return file


def begun(config, tmp_path) -> Night:
    folder = tmp_path / "night"
    folder.mkdir(mode=0o700)
    return Night.begin(folder, load_configuration(config))


def test_a_night_keeps_the_configuration_it_began_with(config, tmp_path):
    before = load_configuration(config)
    night = begun(config, tmp_path)
    config.write_text(LEXICON.replace("Voorbeeldstad", "Anderstad") + "\nrubbish", encoding="utf-8")
    assert night.settings == before
    config.unlink()
    assert night.settings == before


def test_a_word_list_that_changes_during_the_night_stops_it(config, tmp_path):
    night = begun(config, tmp_path)
    (tmp_path / "lists" / "terms.csv").write_text("term_id,term\nm2,matras\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="changed during the night"):
        _ = night.settings
