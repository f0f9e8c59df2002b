"""How many rows came, beside the run before: on both sides of the share and of the least number of rows."""

from __future__ import annotations

from datetime import date

import pytest

from screening.contracts import check_volume
from screening.contracts.volume import LEAST_ROWS
from screening.errors import ContractStopError
from screening.frames import SourceSpec
from screening.vocabulary import ExitCode

NIGHT = {"since": date(2026, 11, 1), "source_name": "meldingen.csv"}


def check(rows: int, before: int, share: float = 0.2, **options: bool):
    return check_volume(rows, before, SourceSpec("meldingen", max_row_change=share), **NIGHT, **options)


@pytest.mark.parametrize(
    ("rows", "before", "reason"),
    [
        (1000, 1000, "the same"),
        (800, 1000, "a fifth less, which is the limit"),
        (1200, 1000, "a fifth more, which is the limit"),
        (11, 20, "half of a small register, and fewer rows than a sign is made of"),
        (5000, 0, "a register that was empty before has no measure"),
        (0, LEAST_ROWS - 1, "a small register that ended"),
    ],
)
def test_an_ordinary_change_says_nothing(rows, before, reason):
    assert check(rows, before) is None, reason


@pytest.mark.parametrize(
    ("rows", "before"), [(799, 1000), (1201, 1000), (0, LEAST_ROWS), (2 * LEAST_ROWS, LEAST_ROWS), (0, 1000)]
)
def test_far_more_or_fewer_rows_stop_the_run_and_say_what_to_do(rows, before):
    with pytest.raises(ContractStopError) as stopped:
        check(rows, before)
    assert stopped.value.exit_code == ExitCode.CONTRACT_STOP
    text = str(stopped.value)
    for said in ("meldingen.csv", f"{rows} rows", f"{before} in the run of 2026-11-01", "--accept-rows meldingen"):
        assert said in text


def test_the_share_is_that_of_the_configuration():
    assert check(500, 1000, share=0.5) is None
    with pytest.raises(ContractStopError):
        check(499, 1000, share=0.5)
    with pytest.raises(ContractStopError):
        check(1010, 1000, share=0.0)


def test_what_somebody_accepted_is_noted_and_an_ordinary_night_is_not():
    note = check(400, 1000, is_accepted=True)
    assert "400 rows, against 1000 on 2026-11-01" in note.en
    assert "400 rijen, tegen 1000 op 2026-11-01" in note.nl
    assert check(1000, 1000, is_accepted=True) is None
