"""Foreign files are read in a child, and nothing that they do to it reaches the parent."""

from __future__ import annotations

import ast
import io
import os
import resource
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

import screening.sources
from screening.base.errors import (
    BarrierError,
    ConfigurationError,
    ForbiddenColumnError,
    SourceError,
    SourceMissingError,
)
from screening.base.frames import FieldSpec, SourceSpec
from screening.sources import (
    Reading,
    ReadLimits,
    SourceRequest,
    isolated,
    read_source,
    read_sources_isolated,
    reading_apart,
)
from screening.sources.handover import error_from_json, request_from_json, request_to_json

KEY = b"key-of-a-workspace-in-a-test"
Fields = dict[str, FieldSpec]


def read(requests: list[SourceRequest], out_dir: Path, **options: object) -> Reading:
    return read_sources_isolated(requests, reporter_key=KEY, out_dir=out_dir, **options)


def request(dataset: str, path: Path, fields: Fields, **options: object) -> SourceRequest:
    return SourceRequest(SourceSpec(dataset, path=str(path), **options), fields)


def test_the_same_tables_as_in_the_process_itself(tmp_path: Path, permit_fields: Fields, report_fields: Fields) -> None:
    (tmp_path / "p.csv").write_text("zaaknr;status\nZ1;Ja!\nZ2\nZ3;verleend\n", encoding="utf-16")
    (tmp_path / "m.csv").write_text("melding_id,melder_token,omschrijving\nM1,abc,tekst\n", encoding="utf-8")
    options = {"columns": {"zaaknummer": "zaaknr"}, "codes": {"status": {"verleend": ["ja!"]}}}
    requests = [
        request("vergunningen", tmp_path / "p.csv", permit_fields, **options),
        request("meldingen", tmp_path / "m.csv", report_fields),
    ]
    reading = read(requests, tmp_path / "out")
    assert reading.errors == {}
    for asked in requests:
        here = read_source(asked.spec, asked.fields, reporter_key=KEY)
        there = reading.tables[asked.spec.dataset].load()
        assert there.frame.equals(here.frame)
        assert there.rejected.equals(here.rejected)
        assert (there.files, there.notes, there.rows_superseded) == (here.files, here.notes, here.rows_superseded)


def test_nobody_else_can_read_what_is_handed_over(tmp_path: Path, permit_fields: Fields) -> None:
    (tmp_path / "p.csv").write_text("zaaknummer\nZ1\n", encoding="utf-8")
    out = tmp_path / "out"
    read([request("vergunningen", tmp_path / "p.csv", permit_fields)], out)
    assert out.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in out.iterdir()} == {0o700}
    assert {path.stat().st_mode & 0o777 for path in out.rglob("*.parquet")} == {0o600}


@pytest.mark.parametrize("least_bytes", [1, 1 << 30], ids=["two children", "one child"])
def test_each_error_comes_back_as_itself_and_the_others_are_read(
    tmp_path: Path,
    permit_fields: Fields,
    report_fields: Fields,
    trade_fields: Fields,
    monkeypatch: pytest.MonkeyPatch,
    least_bytes: int,
) -> None:
    monkeypatch.setattr(isolated, "_WORTH_A_CHILD", least_bytes)
    (tmp_path / "bsn.csv").write_text("zaaknummer;bsn\nZ1;1\n", encoding="utf-8")
    (tmp_path / "kvk.csv").write_text("kvk_nummer\n12345678\n", encoding="utf-8")
    reading = read(
        [
            request("vergunningen", tmp_path / "bsn.csv", permit_fields),
            request("meldingen", tmp_path / "none.csv", report_fields),
            request("handelsregister", tmp_path / "kvk.csv", trade_fields),
        ],
        tmp_path / "out",
    )
    assert [(dataset, type(error)) for dataset, error in reading.errors.items()] == [
        ("vergunningen", ForbiddenColumnError),
        ("meldingen", SourceMissingError),
    ]
    assert 'drop = ["bsn"]' in str(reading.errors["vergunningen"])
    assert reading.tables.keys() == {"handelsregister"}


def shared_string_bomb() -> bytes:
    """A spreadsheet within every ratio, whose cells share one text: the parser copies it for each of them."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet = book.add_worksheet()
    for row, text in enumerate(["zaaknummer", *["Z"] * 4000]):
        sheet.write_string(row, 0, text)
    book.close()
    target = io.BytesIO()
    text = os.urandom(750_000).hex().encode()
    with zipfile.ZipFile(stream) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as result:
        for name in source.namelist():
            content = source.read(name)
            if name == "xl/sharedStrings.xml":
                content = content.replace(b"<t>Z</t>", b"<t>" + text + b"</t>")
                assert text in content
            result.writestr(name, content)
    return target.getvalue()


def test_a_bomb_costs_the_child_and_not_the_parent(
    tmp_path: Path, permit_fields: Fields, report_fields: Fields
) -> None:
    (tmp_path / "bomb.xlsx").write_bytes(shared_string_bomb())
    (tmp_path / "m.csv").write_text("melding_id\nM1\n", encoding="utf-8")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    reading = read(
        [
            request("vergunningen", tmp_path / "bomb.xlsx", permit_fields),
            request("meldingen", tmp_path / "m.csv", report_fields),
        ],
        tmp_path / "out",
        limits=ReadLimits(memory_bytes=2 << 30),
    )
    assert reading.peak_bytes > 64 << 20
    error = reading.errors["vergunningen"]
    assert type(error) is SourceError
    assert "input too large" in str(error)
    assert reading.tables["meldingen"].load().frame["key"].to_list() == ["M1"]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 << 10


def test_two_children_have_half_of_the_memory_each_and_what_needs_more_is_read_again_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[int] = []

    class Child(isolated._Child):
        def __init__(self, job: dict[str, object]) -> None:
            given.append(int(str(job["memory_bytes"])) >> 20)
            super().__init__(job)

    asked = [SourceRequest(SourceSpec(name, path=str(tmp_path / f"{name}.csv")), {}) for name in ("a1", "b2")]
    for source in asked:
        Path(str(source.spec.path)).write_text("zaaknummer\nZ1\n", encoding="utf-8")
    begins_and_dies = (
        "#!/bin/sh\njob=$(cat)\ncase $job in *a1.csv*) name=a1 ;; *) name=b2 ;; esac\n"
        'echo "{\\"begin\\": \\"$name\\", \\"peak_bytes\\": 1000000}"\nexit 3\n'
    )
    (tmp_path / "reader").write_text(begins_and_dies, encoding="utf-8")
    (tmp_path / "reader").chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "reader"))
    monkeypatch.setattr(isolated, "_WORTH_A_CHILD", 1)
    monkeypatch.setattr(isolated, "_Child", Child)
    reading = read(asked, tmp_path / "out", limits=ReadLimits(memory_bytes=2560 << 20))
    assert given == [1280, 1280, 2560, 2560]
    assert all("may take 2560 MiB" in str(reading.errors[name]) for name in ("a1", "b2"))
    assert reading.peak_bytes == 2_000_000
    read(asked, tmp_path / "out", limits=ReadLimits(memory_bytes=2559 << 20))
    assert given[4:] == [2559, 2559]


def test_a_source_that_takes_too_long_is_given_up(tmp_path: Path, permit_fields: Fields, report_fields: Fields) -> None:
    rows = "".join(f'Z{i};"a"\n' for i in range(400_000))
    (tmp_path / "long.csv").write_text("zaaknummer;status\n" + rows, encoding="utf-8")
    (tmp_path / "m.csv").write_text("melding_id\nM1\n", encoding="utf-8")
    reading = read(
        [
            request("vergunningen", tmp_path / "long.csv", permit_fields),
            request("meldingen", tmp_path / "m.csv", report_fields),
        ],
        tmp_path / "out",
        limits=ReadLimits(seconds=0.05),
    )
    assert "more than 0 seconds" in str(reading.errors["vergunningen"])
    assert isinstance(reading.errors["vergunningen"], SourceError)


def limits_of_the_child(tmp_path: Path, memory_bytes: int) -> dict[str, str]:
    """What the system holds the child to while it reads: it is stopped by answers that nobody takes."""
    requests = [SourceRequest(SourceSpec(f"source{n}", path=str(tmp_path / "none.csv")), {}) for n in range(600)]
    job = {
        "parent": os.getpid(),
        "memory_bytes": memory_bytes,
        "directory": str(tmp_path),
        "reporter_key": KEY.hex(),
        "requests": [request_to_json(request) for request in requests],
        "seconds": {request.spec.dataset: 30.0 for request in requests},
    }
    with isolated._Child(job) as child:
        assert (child.answer(60.0) or {})["begin"] == "source0"
        text = Path(f"/proc/{child._process.pid}/limits").read_text(encoding="utf-8")
    return {line[:26].strip(): line[26:].split()[0] for line in text.splitlines()}


@pytest.mark.goal("R7", reached="a memory limit that is not set is noticed")
def test_the_child_reads_under_the_limits_it_was_given(tmp_path: Path) -> None:
    """The parent survives a bomb also where nothing holds the child, on a large machine: so the limit is looked at."""
    limits = limits_of_the_child(tmp_path, 3 << 30)
    assert limits["Max address space"] == str(3 << 30)
    assert limits["Max core file size"] == "0"


def test_processor_time_is_what_counts(tmp_path: Path, permit_fields: Fields, report_fields: Fields) -> None:
    """A file that keeps the processor busy is given up; one that waits is not, and the next has time of its own."""
    (tmp_path / "long.csv").write_text(
        "zaaknummer;status\n" + "".join(f'Z{i};"a"\n' for i in range(400_000)), encoding="utf-8"
    )
    (tmp_path / "m.csv").write_text("melding_id\nM1\n", encoding="utf-8")
    asked = [
        request("vergunningen", tmp_path / "long.csv", permit_fields),
        request("meldingen", tmp_path / "m.csv", report_fields),
    ]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    reading = read(asked, tmp_path / "out", limits=ReadLimits(seconds=0.2))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert "more than 0 seconds" in str(reading.errors["vergunningen"])
    assert "meldingen" in reading.tables
    assert after.ru_utime - before.ru_utime < 30


def test_a_pipe_in_the_place_of_a_delivery_holds_nobody_up(tmp_path: Path, permit_fields: Fields) -> None:
    os.mkfifo(tmp_path / "p.csv")
    reading = read([request("vergunningen", tmp_path / "p.csv", permit_fields)], tmp_path / "out")
    assert "is no ordinary file" in str(reading.errors["vergunningen"])


def test_a_child_that_cannot_start_is_said(
    tmp_path: Path, permit_fields: Fields, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = [request("vergunningen", tmp_path / "p.csv", permit_fields)]
    with monkeypatch.context() as patch:
        patch.setattr(isolated, "_START_SECONDS", 0.0)
        with pytest.raises(BarrierError, match="did not start in time"):
            read(asked, tmp_path / "out")
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(BarrierError, match=r"did not start \(exit code 1\)"):
        read(asked, tmp_path / "out")
    (tmp_path / "broken").write_text("#!/bin/sh\necho no-such-library >&2\nexit 3\n", encoding="utf-8")
    (tmp_path / "broken").chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "broken"))
    with pytest.raises(BarrierError, match=r"did not start \(exit code 3: no-such-library\)"):
        read(asked, tmp_path / "out")


def test_no_more_memory_than_the_ulimit_leaves(
    tmp_path: Path, permit_fields: Fields, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "p.csv").write_text("zaaknummer\nZ1\n", encoding="utf-8")
    asked = [request("vergunningen", tmp_path / "p.csv", permit_fields)]
    for least, given in ((2 << 30, 2 << 30), (1 << 60, ReadLimits().memory_bytes)):
        monkeypatch.setattr(resource, "getrlimit", lambda _which, least=least: (least, resource.RLIM_INFINITY))
        assert ReadLimits().given_bytes == given
    assert ReadLimits(1 << 60).given_bytes == os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    monkeypatch.setattr(resource, "getrlimit", lambda _which: (1 << 30, 1 << 30))
    with pytest.raises(ConfigurationError, match=r"1024 MiB .* 1280 MiB are needed"):
        read(asked, tmp_path / "out")


def test_a_night_under_a_low_ulimit_reads(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("zaaknummer\nZ1\n", encoding="utf-8")
    program = (
        "import pathlib, sys\n"
        "from screening.base.frames import FieldSpec, SourceSpec\n"
        "from screening.sources import SourceRequest, reading_apart\n"
        "field = FieldSpec('zaaknummer', 'string', unique=True)\n"
        "asked = SourceRequest(SourceSpec('vergunningen', path=sys.argv[1]), {'zaaknummer': field})\n"
        "with reading_apart([asked], reporter_key=bytes(32)) as reading:\n"
        "    print(reading.table('vergunningen').frame['key'].to_list())\n"
    )
    command = 'ulimit -v 2000000; exec "$0" -c "$1" "$2"'
    done = subprocess.run(
        ["/bin/sh", "-c", command, sys.executable, program, str(tmp_path / "p.csv")],
        env={**os.environ, "POLARS_MAX_THREADS": "2", "OMP_NUM_THREADS": "2"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "['Z1']\n", done.stderr


def test_a_larger_file_has_more_time(tmp_path: Path) -> None:
    with (tmp_path / "large.csv").open("wb") as file:
        file.truncate(65 << 20)
    (tmp_path / "small.csv").touch()
    limits = ReadLimits(seconds=30)
    assert limits.seconds_for([tmp_path / "small.csv"]) == 30
    assert limits.seconds_for([tmp_path / "small.csv", tmp_path / "large.csv"]) == 120
    assert limits.seconds_for([]) == 300


def test_who_keeps_nothing_leaves_nothing(
    tmp_path: Path, permit_fields: Fields, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "passing"))
    (tmp_path / "passing").mkdir()
    (tmp_path / "p.csv").write_text("zaaknummer\nZ1\n", encoding="utf-8")
    asked = [request("vergunningen", tmp_path / "p.csv", permit_fields), request("bag", tmp_path / "n", permit_fields)]
    with reading_apart(asked, reporter_key=KEY) as reading:
        assert reading.table("vergunningen").frame["key"].to_list() == ["Z1"]
        with pytest.raises(SourceMissingError):
            reading.table("bag")
    assert list((tmp_path / "passing").iterdir()) == []


def test_a_secret_address_does_not_reach_the_environment_or_the_folder(tmp_path: Path, permit_fields: Fields) -> None:
    spec = SourceSpec("vergunningen", url="sqlite:////nowhere/not-to-be-told.db", query="SELECT 1")
    reading = read([SourceRequest(spec, permit_fields)], tmp_path / "out")
    assert isinstance(reading.errors["vergunningen"], SourceMissingError)
    assert "not-to-be-told" not in str(reading.errors["vergunningen"])
    assert list((tmp_path / "out").iterdir()) == []


def test_a_request_survives_the_pipe(permit_fields: Fields) -> None:
    spec = SourceSpec(
        "vergunningen", path="a", columns={"a": "b"}, codes={"s": {"x": ["y"]}}, drop=("bsn",), max_quarantine=0.1
    )
    asked = SourceRequest(spec, permit_fields)
    assert request_from_json(request_to_json(asked)) == asked


def test_an_unknown_error_is_still_one_of_ours() -> None:
    assert type(error_from_json({"error": "os.system", "message": "m"})) is BarrierError


@pytest.mark.goal("S2", reached="0 executions of a planted file")
def test_nothing_here_can_run_what_a_file_says() -> None:
    banned = {"pickle", "cloudpickle", "joblib", "dill", "marshal", "shelve"}
    for path in Path(screening.sources.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = {alias.name for alias in node.names} if isinstance(node, ast.Import | ast.ImportFrom) else set()
            if isinstance(node, ast.ImportFrom):
                names.add(node.module or "")
            assert not {name.split(".")[0] for name in names} & banned, path.name
            called = node.func if isinstance(node, ast.Call) else None
            assert not (isinstance(called, ast.Name) and called.id in {"eval", "exec"}), path.name
    assert not hasattr(pl.DataFrame(), "to_pickle")
