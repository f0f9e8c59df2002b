"""The font of pages, reports and documents. Cut by scripts/make_fonts.py, which holds where it comes from."""

from __future__ import annotations

import base64
import json
import unicodedata
from functools import cache, lru_cache
from pathlib import Path

#: Fonts, licence and widths. What a browser loads ends in woff2, what a document is set in ends in otf.
TYPEFACE_FOLDER = Path(__file__).parent
FAMILY = "Barrier Sans"
_UNITS = 1000
#: Of a letter that the font has not, so that another is shown: as wide as the widest of its script.
_OTHER, _WIDE = 700, 1000


@cache
def _widths() -> dict[str, dict[str, int]]:
    return json.loads((TYPEFACE_FOLDER / "widths.json").read_text(encoding="utf-8"))  # type: ignore[no-any-return]


@lru_cache(maxsize=4096)
def text_width(text: str, size: float, *, is_bold: bool = False) -> float:
    """Width of a line of text in the unit of `size`, without kerning, which makes it narrower if anything."""
    widths = _widths()["semibold" if is_bold else "regular"]
    units = 0
    for letter in text:
        unknown = _WIDE if unicodedata.east_asian_width(letter) in {"W", "F"} else _OTHER
        units += widths.get(letter, 0 if unicodedata.combining(letter) else unknown)
    return units * size / _UNITS


def has_letter(letter: str) -> bool:
    """Whether the font has a shape for it."""
    return letter in _widths()["regular"]


@cache
def embedded_faces() -> str:
    """The `@font-face` rules of Latin letters with the fonts in them, for a page that is one file (33 kB)."""
    return "".join(
        f'@font-face{{font-family:"{FAMILY}";font-weight:{weights};src:url(data:font/woff2;base64,{content})'
        f' format("woff2")}}'
        for weights, name in (("400", "regular"), ("600 700", "semibold"))
        for content in [
            base64.b64encode(next(TYPEFACE_FOLDER.glob(f"*-latin-{name}.woff2")).read_bytes()).decode("ascii")
        ]
    )
