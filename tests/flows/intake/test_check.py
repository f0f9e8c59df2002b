"""`barrier check` looks at the place of the results as well, and makes nothing."""

from __future__ import annotations

from flows.intake.check import Findings, _workspace


def test_a_workspace_that_can_be_made_is_in_order_and_is_not_made(tmp_path):
    found = Findings()
    _workspace(found, tmp_path / "new" / "var")
    assert found.exit_code == 0
    assert list(tmp_path.iterdir()) == []


def test_a_workspace_where_a_file_stands_is_told_before_the_night(tmp_path):
    (tmp_path / "var").write_text("no folder", encoding="utf-8")
    for place in (tmp_path / "var", tmp_path / "var" / "deeper"):
        found = Findings()
        _workspace(found, place)
        assert found.exit_code == 2
        assert "cannot be made or written" in found.findings[0].text
