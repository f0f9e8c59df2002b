"""The peak of a process is its own, and of its last part where it began anew."""

from __future__ import annotations

from screening.peak_memory import begin_peak_anew, peak_memory_bytes


def test_the_peak_is_that_since_it_began_anew() -> None:
    begin_peak_anew()
    before = peak_memory_bytes()
    held = b"x" * (64 << 20)
    assert peak_memory_bytes() - before > 48 << 20
    del held
    begin_peak_anew()
    assert peak_memory_bytes() - before < 48 << 20
