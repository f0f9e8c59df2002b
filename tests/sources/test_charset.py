"""The character set is one of three, and no character is ever lost."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.base.errors import SourceError
from screening.sources.charset import decide_charset

TEXT = "zaaknummer;naam\n1;Café België ’t Hof\n"


@pytest.mark.parametrize(
    ("encoding", "mark", "decided"),
    [
        ("utf-8", b"", "utf-8"),
        ("utf-8", b"\xef\xbb\xbf", "utf-8"),
        ("utf-16-le", b"\xff\xfe", "utf-16"),
        ("utf-16-be", b"\xfe\xff", "utf-16"),
        ("utf-16-le", b"", "utf-16"),
        ("utf-16-be", b"", "utf-16"),
        ("cp1252", b"", "windows-1252"),
    ],
)
def test_the_text_comes_back_whole(encoding: str, mark: bytes, decided: str) -> None:
    text = TEXT.replace("’", "'") if encoding.startswith("utf-16") and not mark else TEXT
    data = mark + text.encode(encoding)
    charset = decide_charset(data, "f.csv")
    assert charset.name == decided
    assert data[charset.skip :].decode(charset.codec) == text
    assert (charset.note is None) == (decided == "utf-8")


def test_a_byte_that_windows_1252_lacks_is_named_by_its_offset_only() -> None:
    with pytest.raises(SourceError, match="byte 14: is not windows-1252") as refusal:
        decide_charset(b"naam\nJansen, R\x81 \xe9\n", "f.csv")
    assert "Jansen" not in str(refusal.value)
    assert refusal.value.__cause__ is None
    assert refusal.value.__context__ is None


def test_damaged_utf_8_does_not_pass_for_windows_1252() -> None:
    data = bytearray("naam\nCafé, België, Wróbel, Şahin\n".encode())
    data[data.index(b"\xc3\xa9") + 1] ^= 0x80
    with pytest.raises(SourceError, match="UTF-8 for the most part"):
        decide_charset(bytes(data), "f.csv")


@pytest.mark.parametrize(
    "data", [b"\xff\xfea\x00b", b"\xff\xfe\x00\xd8a\x00", b"\xef\xbb\xbfna\xe9m", b"\xff\xfe\x00\x00a"]
)
def test_a_marked_file_that_breaks_its_own_mark_is_refused(data: bytes) -> None:
    with pytest.raises(SourceError):
        decide_charset(data, "f.csv")


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=80))
def test_whatever_is_decided_decodes(data: bytes) -> None:
    try:
        charset = decide_charset(data, "f.csv")
    except SourceError:
        return
    assert data[charset.skip :].decode(charset.codec).encode(charset.codec) == data[charset.skip :]


def test_the_configured_encoding_is_used_and_said():
    charset = decide_charset("Café".encode("cp850"), "x.csv", "cp850")
    assert (charset.name, charset.codec) == ("cp850", "cp850")
    assert charset.note
    assert charset.note.en == "x.csv: read as cp850, not UTF-8."
    assert decide_charset("Café".encode(), "x.csv", "utf-8").note is None
    assert decide_charset("Café".encode("utf-16"), "x.csv", "utf-16").skip == 2


@pytest.mark.parametrize(
    ("data", "encoding", "why"),
    [
        ("Café".encode("utf-8-sig"), "cp850", "begins as UTF-8, and the configuration says cp850"),
        ("Café".encode("cp1252"), "utf-8", "byte 3: is not utf-8"),
    ],
)
def test_a_file_in_another_encoding_than_the_configured_is_refused(data, encoding, why):
    with pytest.raises(SourceError, match=why):
        decide_charset(data, "x.csv", encoding)
