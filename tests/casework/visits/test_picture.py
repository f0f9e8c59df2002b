"""Of what is sent as a photo only the picture is left; what is no JPEG, breaks off or claims too much is refused."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from screening.casework.visits.picture import MOST_PHOTO_BYTES, MOST_SIDE_PX, cleaned_photo
from screening.casework.visits.words import VisitFormError
from tests.casework.photos import jpeg


def with_everything() -> bytes:
    """A photo as a phone makes it, and worse: place, maker, thumbnail, profile, comment, and a script after its end."""
    exif = Image.Exif()
    exif[0x010F], exif[0x9286] = "CAMERA-OF-JANSEN", "COMMENT-OF-JANSEN"
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 5.0, 7.25), 3: "E", 4: (5.0, 7.0, 1.5)})
    exif[0x0112] = 6
    photo = io.BytesIO()
    Image.new("RGB", (90, 60), "green").save(
        photo, "JPEG", exif=exif, comment=b"<script>JANSEN</script>", icc_profile=b"PROFILE-JANSEN"
    )
    return photo.getvalue() + b"PK\x03\x04<html><script>alert(1)</script>JANSEN"


def segments(photo: bytes) -> list[int]:
    """The markers of a JPEG up to its scan, read from its bytes; the file ends where its picture ends."""
    assert photo[:2] == b"\xff\xd8"
    assert photo[-2:] == b"\xff\xd9"
    assert photo.count(b"\xff\xd9") == 1
    at, markers = 2, []
    while photo[at + 1] != 0xDA:
        assert photo[at] == 0xFF
        markers.append(photo[at + 1])
        at += 2 + int.from_bytes(photo[at + 2 : at + 4], "big")
    return markers


def test_only_the_picture_is_left_of_a_photo_with_a_place_a_maker_and_a_script() -> None:
    sent = with_everything()
    assert b"JANSEN" in sent
    assert b"Exif" in sent
    clean = cleaned_photo(sent)
    # JFIF header, tables of quantisation, size, tables of Huffman: no APP1 (EXIF), APP2 (profile) or comment
    assert set(segments(clean)) == {0xE0, 0xDB, 0xC0, 0xC4}
    for trace in (b"JANSEN", b"Exif", b"script", b"PK\x03\x04", b"ICC"):
        assert trace not in clean
    with Image.open(io.BytesIO(clean)) as photo:
        assert (photo.size, photo.mode, dict(photo.getexif())) == ((90, 60), "RGB", {})
    assert cleaned_photo(clean[:-2] + b"\xff\xd9") == cleaned_photo(clean)


def test_a_photo_is_bounded_and_of_any_colours() -> None:
    with Image.open(io.BytesIO(cleaned_photo(jpeg((2400, 1200))))) as photo:
        assert photo.size == (MOST_SIDE_PX, MOST_SIDE_PX // 2)
    for mode in ("L", "CMYK"):
        assert segments(cleaned_photo(jpeg(mode=mode)))


def saved_as(kind: str) -> bytes:
    photo = io.BytesIO()
    Image.new("RGB", (30, 20), "red").save(photo, kind)
    return photo.getvalue()


def claiming(side: int) -> bytes:
    """A small file that says it is a picture of so many pixels on a side."""
    photo = jpeg()
    at = photo.index(b"\xff\xc0")
    return photo[: at + 5] + side.to_bytes(2, "big") * 2 + photo[at + 9 :]


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (b"", "photo_unreadable"),
        (b"\xff\xd8\xff\xe0", "photo_unreadable"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', "photo_unreadable"),
        (b"<html>\xff\xd8", "photo_unreadable"),
        (saved_as("PNG"), "photo_unreadable"),
        (saved_as("GIF"), "photo_unreadable"),
        (saved_as("WEBP"), "photo_unreadable"),
        (saved_as("TIFF"), "photo_unreadable"),
        (jpeg((400, 400))[:-600], "photo_unreadable"),
        (claiming(65000), "photo_large"),
        (claiming(4000), "photo_large"),
        (b"\xff\xd8" + bytes(MOST_PHOTO_BYTES), "photo_large"),
    ],
    ids=[
        "nothing",
        "a head alone",
        "SVG",
        "HTML",
        "PNG",
        "GIF",
        "WebP",
        "TIFF",
        "cut off",
        "a bomb",
        "many pixels",
        "many bytes",
    ],
)
def test_what_is_no_photo_of_ours_is_refused(sent: bytes, code: str) -> None:
    with pytest.raises(VisitFormError) as refused:
        cleaned_photo(sent)
    assert (refused.value.code, refused.value.field) == (code, "photo")
