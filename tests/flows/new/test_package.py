"""A package of one's own is begun with names that are names, in a folder that is not there yet."""

from __future__ import annotations

import tomllib

import pytest
from typer.testing import CliRunner

from flows.new.command import app
from flows.new.package import NewPackage, write_package
from screening.base.errors import ConfigurationError


@pytest.mark.parametrize(
    ("names", "why"),
    [
        ({"namespace": "zom"}, "three capitals"),
        ({"namespace": "ZOMER"}, "three capitals"),
        ({"namespace": "ZOM", "code": "ZOM.LOC-01"}, "the namespace comes before it"),
        ({"namespace": "ZOM", "code": "LOC-1"}, "two digits"),
        ({"namespace": "ZOM", "register": "Warmtenet"}, "small letters"),
        ({"namespace": "ZOM", "register": "x"}, "small letters"),
    ],
)
def test_a_name_that_is_none_is_refused(names, why):
    with pytest.raises(ConfigurationError, match=why):
        NewPackage(**names)


def test_a_folder_that_is_there_is_left_alone(tmp_path):
    with pytest.raises(ConfigurationError, match="there already"):
        write_package(NewPackage("ZOM", "LOC-01"), tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("code", "register"), [("LOC-01", None), (None, "warmtenet"), ("LOC-01", "warmtenet")])
def test_a_package_declares_what_it_holds_and_nothing_is_left_to_fill_in(tmp_path, code, register):
    files = write_package(NewPackage("ZOM", code, register), tmp_path / "zomerdam")
    texts = {path.name: path.read_text("utf-8") for path in files}
    assert [name for name, text in texts.items() if "@" in text.replace("@indicator(", "")] == []
    points = tomllib.loads(texts["pyproject.toml"])["project"]["entry-points"]
    kinds = {"barrier.indicators": code, "barrier.contracts": register}
    assert set(points) == {kind for kind, is_there in kinds.items() if is_there}
    assert all((tmp_path / "zomerdam" / point["ZOM"].replace(".", "/")).is_dir() for point in points.values())


def test_the_command_writes_the_package_and_says_what_is_next(tmp_path):
    options = ["--namespace", "ZOM", "--name", "warmtenet", "--directory", str(tmp_path / "zomerdam")]
    done = CliRunner().invoke(app, ["register", *options])
    assert done.exit_code == 0
    assert done.output.splitlines()[-1].endswith("&& pytest")
