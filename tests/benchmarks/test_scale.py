"""The benchmark keeps its municipality, makes another when asked for another, and loses no second of a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.scale import Measurement, municipality, table


def test_a_municipality_is_made_once_and_again_for_another_seed(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    configuration = municipality(tmp_path, addresses=2500, seed=1, messy=False)
    assert configuration.is_file()
    assert "made in" in capsys.readouterr().out
    before = (tmp_path / "vergunningen.csv").read_bytes()
    municipality(tmp_path, addresses=2500, seed=1, messy=False)
    assert not capsys.readouterr().out
    municipality(tmp_path, addresses=2500, seed=2, messy=False)
    assert "made in" in capsys.readouterr().out
    assert (tmp_path / "vergunningen.csv").read_bytes() != before


def test_table_accounts_for_every_second() -> None:
    measured = Measurement(
        seconds=10.0, processor_seconds=4.5, peak_mib=512.0, run={"timings": {"intake": 2.0, "validate": 3.5}}
    )
    lines = dict(line.rsplit("  ", 1) for line in table(measured).splitlines())
    seconds = {name.strip(): float(value.split()[0]) for name, value in lines.items()}
    assert seconds["start, publish and the rest"] == pytest.approx(4.5)
    assert seconds["whole process"] == pytest.approx(10.0)
    assert seconds["of which processor time"] == pytest.approx(4.5)
    assert seconds["peak memory"] == pytest.approx(512)
