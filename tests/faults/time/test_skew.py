"""A clock that is a day wrong for one night: the chain keeps its order, and no case is lost by it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.time.clock import run_under_clock


@pytest.mark.goal("R13", reached="a clock a day ahead, a day behind: the chain verifies, 0 cases lost, 0 erased")
def test_a_clock_that_is_a_day_ahead_or_behind_breaks_no_chain_and_loses_no_case(tmp_path: Path) -> None:
    shown = run_under_clock("tests.faults.time.skewed", tmp_path, str(tmp_path / "var"))
    assert shown["findings"] == []
    assert [seq for seq, _ in shown["entries"]] == [1, 2, 3, 4, 5], "the order is that of writing"
    times = [moment for _, moment in shown["entries"]]
    assert times != sorted(times), "the clock was really set back"
    assert "was a clock set back?" in " ".join(shown["notes"]), "and an auditor is told"
    assert shown["runs"] == sorted(shown["runs"])
    # On the last day of its term, and a day before it again, a case stays open.
    assert (shown["lapsed"], shown["open"]) == ([0, 0, 0], 1)
    # A day ahead it lapses a day too early. That erases nothing: it waits for the team lead, who opens it again.
    # (Erasing takes a plan that was due when it was made and still is when it is carried out: flows/rights/test_erase.)
    assert (shown["lapsed_ahead"], shown["waiting"]) == (1, 1)
    assert (shown["lapsed_after"], shown["open_again"]) == (0, 1)
