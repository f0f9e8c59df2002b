"""docs/handleiding.md is plain Dutch, suspects nobody, and shows the application as it is now."""

from __future__ import annotations

import json
import re
import struct
from pathlib import Path

import pytest
import textstat

from screening.review.i18n import load_texts
from screening.rules.suspicion_words import suspicion_word
from screening.wording import HEADS
from tests.browser import small_png
from tests.browser.desk import Desk
from tests.browser.guide import FOLDER, FRAMES, MOST_BYTES, MOST_PICTURES, NOTE, GuideCamera, take
from tests.conftest import ROOT
from tests.plain_dutch import B1, LONGEST

PAGE = (ROOT / "docs" / "handleiding.md").read_text(encoding="utf-8")
SHOWN = re.findall(r"!\[([^\]]+)\]\(handleiding/([a-z-]+)\.png\)", PAGE)


def _plain(text: str) -> str:
    return re.sub(r"!\[[^\]]*\]\([^)]*\)|^\|.*$|^#.*$|^---$|`[^`]*`|[*]", "", text, flags=re.MULTILINE)


def test_the_guide_reads_as_b1_and_suspects_nobody() -> None:
    textstat.set_lang("nl")
    for part in re.split(r"^## ", PAGE, flags=re.MULTILINE):
        assert textstat.flesch_reading_ease(_plain(part)) >= B1, part.partition("\n")[0]
    sentences = re.split(r"(?<=[.?!:])\s+|\n\s*\n|\n(?=- |\d\. )", _plain(PAGE))
    assert [one for one in sentences if len(one.split()) > LONGEST] == []
    # help for a possible victim is named where it is about calling for help, and nowhere else
    beyond = re.sub(r"^## Eerst dit.*?(?=^## )", "", PAGE, flags=re.MULTILINE | re.DOTALL)
    assert len(beyond) < len(PAGE)
    assert suspicion_word(beyond) is None


def test_every_picture_is_shown_told_in_words_small_and_noted() -> None:
    names = [name for _, name in SHOWN]
    assert len(names) == len(set(names)) <= MOST_PICTURES
    assert set(names) == {path.stem for path in FOLDER.glob("*.png")} == set(json.loads(NOTE.read_text("utf-8")))
    assert set(names) == {frame.name for frames in FRAMES.values() for frame in frames}
    assert all(len(words.split()) >= 3 for words, _ in SHOWN)
    for path in FOLDER.glob("*.png"):
        data = path.read_bytes()
        assert data.startswith(b"\x89PNG"), path.name
        assert len(data) <= MOST_BYTES, path.name
        assert struct.unpack(">I", data[16:20])[0] <= 1000, path.name


def test_the_words_on_the_pictures_are_still_those_of_the_application() -> None:
    """A text that changed makes a picture old: `python -m tests.browser.guide` makes them anew."""
    texts = {one["nl"] for one in load_texts().values()}
    noted = json.loads(NOTE.read_text("utf-8"))
    assert all(noted.values()), "a picture without a word of ours"
    assert {name: gone for name, words in noted.items() if (gone := sorted(set(words) - texts))} == {}


def test_what_the_guide_calls_by_name_is_there() -> None:
    """Names in bold that begin with a capital and are no sentence stand in the application."""
    texts = {one["nl"] for one in load_texts().values()} | set(HEADS["nl"].values())
    named = {one for one in re.findall(r"\*\*([A-Z][^*.]{3,40})\*\*", PAGE) if not one.endswith(".")}
    assert {one for one in named if one not in texts} <= {"Stop en bel 112"}


@pytest.mark.long
def test_the_pictures_show_what_the_pages_show_now(desk: Desk, tmp_path: Path) -> None:
    camera = GuideCamera(tmp_path)
    take(desk, camera)
    assert camera.words == json.loads(NOTE.read_text("utf-8"))


def test_a_picture_is_read_and_written_without_loss_of_what_it_shows(tmp_path: Path, browser) -> None:
    page = browser.new_page(viewport={"width": 61, "height": 40})
    page.set_content("<body style='background:#00558f;margin:0'><p style='background:#fff;margin:9px'>tekst</p>")
    path = tmp_path / "whole.png"
    page.screenshot(path=path)
    page.close()
    pixels = small_png.read(path)
    assert pixels.shape == (40, 61, 3)
    for colours in (2, 4, 16, 200):
        small_png.write(tmp_path / "small.png", pixels, colours)
        shown = browser.new_page(viewport={"width": 61, "height": 40})
        shown.goto((tmp_path / "small.png").as_uri())
        assert shown.evaluate("[document.images[0].naturalWidth, document.images[0].naturalHeight]") == [61, 40]
        shown.close()
    small_png.write(tmp_path / "small.png", pixels, 200)
    with pytest.raises(ValueError, match="8-bit"):
        small_png.read(tmp_path / "small.png")
    (tmp_path / "none.png").write_bytes(b"GIF89a")
    with pytest.raises(ValueError, match="no PNG"):
        small_png.read(tmp_path / "none.png")


def test_every_filter_of_a_png_is_undone(tmp_path: Path) -> None:
    """A picture whose rows use all five filters reads as what was put in."""
    import zlib

    import numpy as np

    rows = np.arange(5 * 4 * 3, dtype=np.uint8).reshape(5, 4, 3) * 7
    packed, above = b"", np.zeros((4, 3), np.int32)
    for kind, row in enumerate(rows.astype(np.int32)):
        left, corner = (
            np.vstack([np.zeros((1, 3), np.int32), row[:-1]]),
            np.vstack([np.zeros((1, 3), np.int32), above[:-1]]),
        )
        guess = left + above - corner
        a, b, c = abs(guess - left), abs(guess - above), abs(guess - corner)
        paeth = np.where((a <= b) & (a <= c), left, np.where(b <= c, above, corner))
        taken = (0, left, above, (left + above) // 2, paeth)[kind]
        packed += bytes([kind]) + ((row - taken) & 255).astype(np.uint8).tobytes()
        above = row
    body = b"\x89PNG\r\n\x1a\n"
    for name, part in (
        (b"IHDR", struct.pack(">IIBBBBB", 4, 5, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(packed)),
        (b"IEND", b""),
    ):
        body += struct.pack(">I", len(part)) + name + part + struct.pack(">I", zlib.crc32(name + part))
    (tmp_path / "all.png").write_bytes(body)
    assert (small_png.read(tmp_path / "all.png") == rows).all()
