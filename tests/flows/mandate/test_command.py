"""The way to a mandate by its commands."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.mandate import command as mandate_command
from flows.mandate.template import template
from screening.mandate import signing_keys
from screening.signing import public_keys
from tests.conftest import barrier
from tests.mandates import (
    TODAY,
    bare_configuration,
)


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    return bare_configuration(tmp_path)


def test_by_the_commands_from_keys_to_a_start(bare, tmp_path_factory):
    keys = tmp_path_factory.mktemp("elsewhere")
    text = bare.read_text(encoding="utf-8")
    for name in ("anna", "bram"):
        made = barrier("mandate", "key", name, "--file", keys / f"{name}.key", "--config", bare, "--json")
        assert made.code == 0, made.out + made.err
        assert (keys / f"{name}.key").stat().st_mode & 0o777 == 0o600
        text = re.sub(rf"^{name} = .+$", made.json["line"], text, flags=re.MULTILINE)
    bare.write_text(text, encoding="utf-8")
    assert barrier("mandate", "check", "--config", bare).code == 2
    for name in ("anna", "bram"):
        signed = barrier("mandate", "sign", "--key", keys / f"{name}.key", "--config", bare, "--json")
        assert signed.code == 0, signed.out + signed.err
    assert signed.json["signed"] == ["anna", "bram"]
    assert barrier("mandate", "check", "--config", bare).code == 0
    assert barrier("mandate", "init").out == template()


def test_a_signature_bears_the_day_of_the_town_hall(bare, tmp_path_factory, monkeypatch):
    file = tmp_path_factory.mktemp("keys") / "anna.key"
    line = f'anna = "{public_keys.public_text(signing_keys.make_key(file, password=None))}"'
    bare.write_text(re.sub(r"^anna = .+$", line, bare.read_text(), flags=re.MULTILINE), encoding="utf-8")
    tomorrow = TODAY + timedelta(days=1)  # which it is there for an hour or two while it is today in Greenwich
    monkeypatch.setattr(mandate_command, "today", lambda: tomorrow)
    done = CliRunner().invoke(app, ["mandate", "sign", "--key", str(file), "--config", str(bare)])
    assert done.exit_code == 0, done.output
    signed = json.loads(bare.with_name("screening.toml.sig").read_text())
    assert [(one["account"], one["date"]) for one in signed["signatures"]] == [("anna", tomorrow.isoformat())]
