"""What a worker does is a function of a folder and a number: twice gives what once gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.linking.dutch import generate
from benchmarks.linking.jobs import dutch_own
from flows.night.ranges import range_task
from flows.night.ranges.range_files import RangeFiles
from flows.night.ranges.range_task import forget_job, score_range
from screening.base.errors import BarrierError
from screening.linking import train
from screening.linking.encode import encode
from screening.linking.pair_ranges import PairRange, RangeScorer
from screening.linking.scorer import best_first


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> tuple[RangeFiles, RangeScorer]:
    persons = generate(1_500, seed=5)
    model = train(persons, dutch_own())
    records = encode(persons, model.settings)
    files = RangeFiles(tmp_path_factory.mktemp("job") / "ranges")
    files.write(model, records, [PairRange(0), PairRange(1, 0, 1)])
    return files, RangeScorer(model, records)


def test_a_range_that_is_scored_twice_has_one_result(job: tuple[RangeFiles, RangeScorer]) -> None:
    files, here = job
    path = Path(score_range(str(files.folder), 0))
    whole = path.read_bytes(), path.stat().st_mtime_ns
    assert score_range(str(files.folder), 0) == str(path)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == whole
    path.unlink()  # a worker that died between the two files
    score_range(str(files.folder), 0)
    result, expected = files.read_result(0), here.score(PairRange(0))
    assert best_first(result.pairs).equals(best_first(expected.pairs))
    assert expected.pairs.height > 50
    assert result.compared == expected.compared


def test_no_file_of_a_job_can_be_read_by_others(job: tuple[RangeFiles, RangeScorer]) -> None:
    files, _ = job
    score_range(str(files.folder), 1)
    assert files.folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in files.folder.iterdir()} == {0o600}
    assert not list(files.folder.glob(".partial-*"))


def test_a_worker_that_gets_no_more_of_a_job_lets_go_of_it_by_itself(
    job: tuple[RangeFiles, RangeScorer], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever gave it was killed, and ends nothing."""
    files, _ = job
    files.result(1).unlink(missing_ok=True)
    monkeypatch.setattr(range_task, "_IDLE_SECONDS", 0.0)
    score_range(str(files.folder), 1)
    [timer] = range_task._idle
    timer.join()
    assert range_task._job.cache_info().currsize == 0


def test_a_worker_lets_go_of_the_records(job: tuple[RangeFiles, RangeScorer]) -> None:
    files, _ = job
    score_range(str(files.folder), 1)
    forget_job()
    files.result(1).unlink()
    (files.folder / "codes.parquet").rename(files.folder / "away")
    with pytest.raises(BarrierError, match="Stage parties, range 1 failed unexpectedly: FileNotFoundError"):
        score_range(str(files.folder), 1)
    (files.folder / "away").rename(files.folder / "codes.parquet")
