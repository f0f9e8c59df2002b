"""The fence around a stage: errors on purpose pass, others lose their text."""

from __future__ import annotations

import pytest

from flows.night.guard import guarded
from screening.errors import BarrierError, ContractStopError


def _raising(error: Exception):
    def stage(folder: str) -> None:
        raise error

    return stage


def test_an_error_on_purpose_keeps_its_text_and_exit_code():
    with pytest.raises(ContractStopError, match="12 of 100 rows") as stopped:
        guarded("validate", _raising(ContractStopError("12 of 100 rows")))("x")
    assert stopped.value.exit_code == 3


def test_an_unexpected_error_tells_kind_and_stage_but_not_the_value_behind_it():
    with pytest.raises(BarrierError) as fenced:
        guarded("parties", _raising(ValueError("could not parse 'Jansen 1970-01-01'")))("x")
    assert "parties" in str(fenced.value)
    assert "ValueError" in str(fenced.value)
    assert "Jansen" not in str(fenced.value)
    assert fenced.value.__cause__ is None
    assert fenced.value.__suppress_context__


def test_lack_of_memory_is_said_as_such():
    with pytest.raises(BarrierError, match="not enough memory"):
        guarded("intake", _raising(MemoryError()))("x")
