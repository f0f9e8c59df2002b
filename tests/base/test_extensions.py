"""Two sets of extensions in one process do not mix, and a changed byte is another extension."""

from __future__ import annotations

from threading import Thread

from screening.base.extensions import (
    Extension,
    ExtensionFile,
    ValueInForce,
    cached_in_force,
    extensions_in_force,
    use_extensions,
    using_extensions,
)


def made_of(content: bytes, path: str = "word_lists/a.csv") -> Extension:
    return Extension("ZOM", "zomerdam", "/there", (ExtensionFile(path, f"/there/{path}", content),))


def test_what_is_derived_follows_what_is_in_force():
    asked: list[int] = []

    @cached_in_force
    def digests() -> list[str]:
        asked.append(1)
        return [extension.digest for extension in extensions_in_force()]

    first, second = made_of(b"1"), made_of(b"2")
    with using_extensions([first]):
        assert digests() == [first.digest]
        with using_extensions([second]):
            assert digests() == [second.digest]
        assert digests() == [first.digest]
    assert digests() == []
    assert len(asked) == 3


def in_another_thread(what) -> None:
    thread = Thread(target=what)
    thread.start()
    thread.join()


def test_what_is_derived_while_others_come_in_force_is_of_those_it_was_asked_of():
    @cached_in_force
    def digests() -> list[str]:
        in_another_thread(lambda: use_extensions([made_of(b"2")]))
        return [extension.digest for extension in extensions_in_force()]

    use_extensions([made_of(b"1")])
    try:
        assert digests() == [made_of(b"1").digest]
    finally:
        use_extensions(())


def test_a_byte_or_a_name_makes_another_one():
    names = {made_of(b"1").digest, made_of(b"2").digest, made_of(b"1", "word_lists/b.csv").digest}
    assert len(names) == 3
    assert made_of(b"1").digest == made_of(b"1").digest


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
