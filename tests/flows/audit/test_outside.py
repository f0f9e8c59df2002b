"""`audit verify` fails when the last head outside is too old; a demo without a place outside is not asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.audit.heads import anchor_head, audit_settings
from flows.configuration import load_configuration
from screening.ledger import open_ledger
from tests.flows.audit.test_command import call
from tests.flows.audit.town import configured, heads, published


def signed_days_ago(folder: Path, days: int, table: str) -> Path:
    """A town whose last head was signed so many days ago."""
    config = configured(folder, table)
    with open_ledger(folder / "var") as ledger:
        anchor_head(ledger, audit_settings(load_configuration(config)), now=datetime.now(UTC) - timedelta(days=days))
    return config


@pytest.mark.parametrize(
    ("days", "table", "is_ok"),
    [
        (6, 'anchor = ["file:outside"]', True),
        (8, 'anchor = ["file:outside"]', False),
        (8, 'anchor = ["file:outside"]\nhead_max_age_days = 30', True),
        (8, "", True),  # made up, and no place outside is named
    ],
)
def test_an_old_head_outside_fails(tmp_path: Path, days: int, table: str, is_ok: bool) -> None:
    checked = call("verify", config=signed_days_ago(tmp_path, days, table))
    assert (checked.exit_code == 0) is is_ok, checked.output
    assert ("days ago" in checked.output) is not is_ok


def test_a_real_municipality_keeps_a_head_outside(tmp_path: Path) -> None:
    config = signed_days_ago(tmp_path, 1, "")
    config.write_text(config.read_text().replace("9999", "0457"))
    checked = call("verify", config=config)
    assert checked.exit_code == 1
    assert "no head is kept outside the workspace" in checked.output


def test_an_auditor_who_names_heads_is_told_how_old_they_are(tmp_path: Path) -> None:
    config = signed_days_ago(tmp_path, 9, 'anchor = ["file:outside"]')
    checked = call("verify", "--heads", heads(config)[0], config=config)
    assert (checked.exit_code, "more than 7 days ago" in checked.output) == (1, True)


@pytest.mark.parametrize("anchor", ['["file:var/heads", "file:outside"]', '["file:var/heads", "command:true"]'])
def test_a_head_in_the_workspace_does_not_stand_for_one_outside(tmp_path: Path, anchor: str) -> None:
    """A folder that is not mounted, or a printer: what whoever owns the ledger owns too says nothing of its age."""
    config = signed_days_ago(tmp_path, 1, f"anchor = {anchor}")
    for file in (tmp_path / "outside").glob("*"):
        file.unlink()
    checked = call("verify", config=config)
    assert (checked.exit_code, "no head is kept outside the workspace" in checked.output) == (1, True), checked.output


def test_a_folder_in_the_workspace_is_not_outside_because_somebody_names_it(tmp_path: Path) -> None:
    config = signed_days_ago(tmp_path, 1, "")
    config.write_text(config.read_text().replace("9999", "0457"))
    checked = call("verify", "--heads", tmp_path / "var" / "heads", config=config)
    assert (checked.exit_code, "no head is kept outside the workspace" in checked.output) == (1, True)


def test_a_head_for_a_day_to_come_is_not_young_for_ever(tmp_path: Path) -> None:
    checked = call("verify", config=signed_days_ago(tmp_path, -400, 'anchor = ["file:outside"]'))
    assert (checked.exit_code, "a clock was set back" in checked.output) == (1, True)


def test_the_last_head_is_the_one_that_reaches_furthest(tmp_path: Path) -> None:
    """A young head of an old entry leaves everything after that entry to be cut off."""
    config = signed_days_ago(tmp_path, 0, 'anchor = ["file:outside"]')
    published(config)
    with open_ledger(tmp_path / "var") as ledger:
        settings = audit_settings(load_configuration(config))
        for file in heads(config)[1:]:
            file.unlink()
        anchor_head(ledger, settings, now=datetime.now(UTC) - timedelta(days=30))
    checked = call("verify", config=config)
    assert (checked.exit_code, "more than 7 days ago" in checked.output) == (1, True), checked.output
