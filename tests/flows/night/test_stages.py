"""The stages of a night: a delivery is stale after the days that were agreed, and not on the last of them."""

from __future__ import annotations

from datetime import date

import pytest

from flows.configuration import load_configuration
from flows.intake.seal import write_manifest
from flows.night.stages import hold_against_contracts, read_deliveries
from flows.night.staging import Night
from tests.conftest import AS_OF


@pytest.fixture
def read(town, tmp_path) -> Night:
    """A night that has read its registers: reports and inspections of 31 days old, agreed are 31 and 30."""
    text = (town / "screening.toml").read_text(encoding="utf-8")
    for register, days in (("meldingen", 31), ("controles", 30)):
        write_manifest(town / f"{register}.csv", as_of=date(2026, 10, 1))
        text = text.replace(f"[sources.{register}]", f"[sources.{register}]\nmax_age_days = {days}")
    (town / "screening.toml").write_text(text, encoding="utf-8")
    (tmp_path / "night").mkdir()
    night = Night.begin(tmp_path / "night", load_configuration(town / "screening.toml", as_of=AS_OF))
    read_deliveries(str(night.folder))
    hold_against_contracts(str(night.folder))
    return night


def test_a_delivery_is_fresh_on_its_last_day_and_stale_on_the_next(read):
    assert [read.get("deliveries")[name]["age_days"] for name in ("meldingen", "controles")] == [31, 31]
    stale = read.get("unavailable")
    assert {name: why["kind"] for name, why in stale.items()} == {"controles": "stale"}
    assert stale["controles"]["reason_en"] == "the delivery is 31 days old; at most 30 was agreed."
