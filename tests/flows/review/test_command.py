"""`barrier serve` as it is typed: which configuration it takes when none is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import barrier

#: A demonstration of real data is refused, and the refusal names the configuration that was read.
REFUSED = "demo/screening.toml: --demo is for made-up data"
ABSENT = "screening.toml: no configuration there"


@pytest.fixture
def folder(clean_town: Path, tmp_path: Path) -> Path:
    """A folder as `make demo` leaves it, of a municipality that is not made up."""
    (tmp_path / "demo").mkdir()
    text = (clean_town / "screening.toml").read_text(encoding="utf-8").replace('code = "9999"', 'code = "0344"')
    (tmp_path / "demo" / "screening.toml").write_text(text, encoding="utf-8")
    return tmp_path


def test_a_demonstration_beside_a_fresh_demo_takes_its_configuration_and_says_so(folder):
    done = barrier("serve", "--demo", cwd=folder)
    assert done.out == "No screening.toml here; demo/screening.toml is used.\n"
    assert done.err.startswith(REFUSED)
    assert done.code == 2


@pytest.mark.parametrize("options", [["--demo", "--config", "screening.toml"], []])
def test_a_configuration_that_is_named_or_no_demonstration_is_left_as_it_is(folder, options):
    done = barrier("serve", *options, cwd=folder)
    assert (done.out, done.code) == ("", 2)
    assert done.err.startswith(ABSENT)


def test_a_configuration_in_the_folder_itself_goes_first(folder):
    text = (folder / "demo" / "screening.toml").read_text(encoding="utf-8")
    (folder / "screening.toml").write_text(text, encoding="utf-8")
    done = barrier("serve", "--demo", cwd=folder)
    assert done.out == ""
    assert done.err.startswith(REFUSED.removeprefix("demo/"))
