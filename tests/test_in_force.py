"""A value holds for the process, and within a block of a thread another one there alone."""

from __future__ import annotations

from threading import Thread

from screening.in_force import ValueInForce


def test_a_block_holds_for_its_own_thread_alone():
    in_force, seen = ValueInForce("tested", "first"), list[str]()

    def look() -> None:
        thread = Thread(target=lambda: seen.append(in_force.value))
        thread.start()
        thread.join()

    with in_force.using("block"):
        look()
        in_force.use("another")
        look()
        assert in_force.value == "another"
        with in_force.using("inner"):
            assert in_force.value == "inner"
        assert in_force.value == "another"
    assert in_force.value == "first"
    in_force.use("second")
    look()
    assert seen == ["first", "first", "second"]
