"""A configuration is written where a test may change it."""

from __future__ import annotations

import pytest


@pytest.fixture
def write(tmp_path, monkeypatch):
    monkeypatch.setenv("BAG_DB", "sqlite:///bag.db")

    def put(text: str):
        file = tmp_path / "screening.toml"
        file.write_text(text, encoding="utf-8")
        return file

    return put
