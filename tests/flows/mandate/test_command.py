"""What the terminal says of a mandate: the tables to fill in, what is missing, and the bytes that people sign."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from flows.configuration import load_configuration
from flows.mandate import to_approve
from flows.mandate.template import template
from screening.mandate.signatures import statement
from tests.conftest import barrier
from tests.mandates import bare_configuration, change, sign


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    return bare_configuration(tmp_path)


def test_the_terminal_writes_what_is_signed_and_signs_nothing(bare, tmp_path_factory):
    out = tmp_path_factory.mktemp("elsewhere") / "statement.json"
    assert barrier("mandate", "init").out == template()
    assert barrier("mandate", "check", "--config", bare).code == 2
    assert barrier("mandate", "statement", "--config", bare, "--out", out).code == 0
    content = statement(to_approve(load_configuration(bare)))
    assert out.read_bytes() == content
    assert barrier("mandate", "statement", "--config", bare).out == content.decode()
    assert not (bare.parent / "var").exists()
    sign(bare)
    assert barrier("mandate", "check", "--config", bare).code == 0
    for gone in ("key", "sign"):  # no private key of a person comes to this machine
        assert "No such command" in barrier("mandate", gone, "--config", bare).err
    change(bare, 'contact = "privacy@proef.example"\n', "")
    unready = barrier("mandate", "statement", "--config", bare)
    assert (unready.code, "nothing to sign yet" in unready.err) == (2, True)
    made_up = bare.with_name("made_up.toml")
    made_up.write_text(bare.read_text().replace('"0457"', '"9999"'))
    assert "needs no signatures" in barrier("mandate", "statement", "--config", made_up).err


def test_the_statement_is_of_the_bytes_that_the_file_has(bare, tmp_path_factory):
    folder = tmp_path_factory.mktemp("elsewhere")
    file = folder / "statement.json"
    barrier("mandate", "statement", "--config", bare, "--out", file)
    digest = subprocess.run(["sha256sum", bare], check=True, capture_output=True, text=True).stdout.split()[0]
    assert f'"sha256":"{digest}"' in file.read_text()
