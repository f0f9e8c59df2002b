"""`audit verify` fails when the last head outside is too old; a demo without a place outside is not asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.audit.heads import anchor_head, audit_settings
from flows.configuration import load_configuration
from screening.ledger import open_ledger
from tests.flows.audit.test_command import call
from tests.flows.audit.town import configured, heads


def signed_days_ago(folder: Path, days: int, table: str) -> Path:
    """A town whose last head was signed so many days ago."""
    config = configured(folder, table)
    with open_ledger(folder / "var") as ledger:
        anchor_head(ledger, audit_settings(load_configuration(config)), now=datetime.now(UTC) - timedelta(days=days))
    return config


@pytest.mark.parametrize(("days", "table", "is_ok"), [
    (6, 'anchor = ["file:outside"]', True),
    (8, 'anchor = ["file:outside"]', False),
    (8, 'anchor = ["file:outside"]\nhead_max_age_days = 30', True),
    (8, "", True),  # made up, and no place outside is named
])  # fmt: skip
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
