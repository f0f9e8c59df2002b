"""Zips in one another: what is found in them, and those that no register is."""

from __future__ import annotations

import io
import re
import zipfile

import pytest

from screening.base.errors import SourceError
from screening.sources import archive
from screening.sources.archive import member_names, members

ALL = re.compile(r".*")


def zipped(**files: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in files.items():
            opened.writestr(name, content)
    return target.getvalue()


def test_members_at_every_level_in_the_order_of_their_names() -> None:
    data = zipped(b=zipped(d=b"4", c=b"3"), a=b"1", f=b"", **{"folder/e": b"5", "__MACOSX/a": b"litter"})
    assert [(member.name, member.data) for member in members(data, "x.zip", ALL)] == [
        ("a", b"1"),
        ("c", b"3"),
        ("d", b"4"),
        ("f", b""),
        ("e", b"5"),
    ]
    assert member_names(data) == ["b", "a", "f", "e"]


def test_only_what_is_asked_for_is_unpacked() -> None:
    assert [member.name for member in members(zipped(a=b"1", b=b"2"), "x.zip", re.compile("b"))] == ["b"]


def test_what_is_no_zip_has_no_members() -> None:
    assert member_names(b"PK\x03\x04 and nothing more") == member_names(b"zaaknummer;status") == []


def test_a_version_of_zip_that_does_not_exist_is_refused() -> None:
    data = bytearray(zipped(a=b"1"))
    data[data.index(b"PK\x01\x02") + 6] = 99  # the version that is needed, in the list of what is in it
    assert member_names(bytes(data)) == []
    with pytest.raises(SourceError, match="damaged"):
        list(members(bytes(data), "x.zip", ALL))


def test_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SourceError, match="300 times"):
        list(members(zipped(a=b" " * 20_000_000), "x.zip", ALL))
    with pytest.raises(SourceError, match="levels"):
        list(members(zipped(a=zipped(b=zipped(c=zipped(d=b"1")))), "x.zip", ALL))
    monkeypatch.setattr(archive, "_MAX_TOTAL_BYTES", 3)
    with pytest.raises(SourceError, match="too large"):
        list(members(zipped(a=b"12", b=b"12"), "x.zip", ALL))


def test_a_damaged_member_is_refused() -> None:
    data = bytearray(zipped(a=bytes(range(256)) * 4))
    data[60] ^= 1
    with pytest.raises(SourceError, match="damaged"):
        list(members(bytes(data), "x.zip", ALL))
