"""The benchmark keeps its towns, loses no second of a run, tells growth from what is fixed, and draws it."""

from __future__ import annotations

import json
import shutil
from xml.etree import ElementTree

import pytest

from benchmarks.scale import floor
from benchmarks.scale.__main__ import Measurement, _beyond_limits, growth, growth_table, stage_table
from benchmarks.scale.picture import picture
from benchmarks.scale.towns import town
from benchmarks.stages import Stages, Used

#: The town that all tests share (tests/conftest.py).
SIZE = {"addresses": 3000, "seed": 7}


@pytest.fixture(scope="module")
def small_town(tmp_path_factory, clean_town):
    """A town as the benchmark keeps it, that nobody had to make."""
    folder = tmp_path_factory.mktemp("scale") / "town"
    shutil.copytree(clean_town, folder, ignore=shutil.ignore_patterns("var"))
    return folder


def test_a_town_that_is_there_is_kept_and_has_its_deliveries_as_parquet_too(small_town):
    meta = (small_town / "truth" / "meta.json").stat().st_mtime_ns
    as_csv = town(small_town, **SIZE)
    as_parquet = town(small_town, **SIZE, form="parquet")
    assert (small_town / "truth" / "meta.json").stat().st_mtime_ns == meta
    csv, parquet = (path.read_text(encoding="utf-8") for path in (as_csv, as_parquet))
    assert csv.count(".csv") == parquet.count(".parquet") == 9
    assert "var-parquet" in parquet


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_the_floor_reads_and_joins_what_a_night_does(small_town, form, capsys):
    town(small_town, **SIZE, form="parquet")
    floor.main(small_town, form)
    stages = json.loads(capsys.readouterr().out)["stages"]
    assert list(stages) == ["intake", "validate", "addresses", "parties", "indicators", "publish"]


def test_a_stage_that_comes_twice_is_added_up():
    stages = Stages()
    for _ in range(2):
        with stages.stage("intake"):
            sum(range(1000))
    [used] = stages.used.values()
    assert used.seconds > 0
    assert used.peak_mib > 1
    assert stages.document()["intake"]["seconds"] == used.seconds


def measured(*seconds):
    stages = {name: Used(2 * each, each, 100) for name, each in zip(("intake", "parties"), seconds, strict=True)}
    stages["whole"] = Used(2 * sum(seconds), sum(seconds), 100)
    return Measurement(stages, {"counts": {"pairs_compared": {"persons": 1_200, "names": 3}}})


def test_growth_is_told_without_what_is_fixed():
    assert growth(1.5, 10.5, 0.5, 10) == pytest.approx(1.0)
    assert growth(1.0, 100.0, 0.0, 10) == pytest.approx(2.0)
    assert growth(0.52, 0.9, 0.5, 10) is None
    text = growth_table([10, 100], [measured(1.5, 1.0), measured(10.5, 100.0)], measured(0.5, 0.0))
    assert [line.split("|")[2].strip() for line in text.splitlines()[2:]] == ["1.00", "2.00", "1.74"]


def test_a_table_has_each_stage_beside_its_floor():
    night, least = measured(4.0, 6.0), measured(2.0, 1.0)
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in stage_table(night, least).splitlines()[2:]]
    assert rows[0] == ["intake", "8.00", "4.00", "100", "2.00", "2.0"]
    assert rows[2] == ["whole", "20.00", "10.00", "100", "3.00", "3.3"]
    assert night.pairs == "persons 1,200, names 3"


def test_a_city_that_takes_too_long_or_too_much_is_told_by_the_exit_code():
    assert _beyond_limits([1_000_000], {1_000_000: measured(10.0, 9.0)}) == 0
    assert _beyond_limits([1_000_000], {1_000_000: measured(10.0, 11.0)}) == 1
    assert _beyond_limits([10_000], {10_000: measured(900.0, 900.0)}) == 0


def test_the_picture_is_svg_with_a_line_a_stage():
    root = ElementTree.fromstring(picture("Seconds & stages", [10, 100], {"intake": [1.0, 10.0], "flags": [0.0, 0.5]}))
    lines = [element for element in root.iter() if element.tag.endswith("polyline")]
    assert len(lines) == 4  # each in the picture and in the legend
    assert root[0].text == "Seconds & stages"
