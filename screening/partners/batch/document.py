"""One PDF/UA a signal. Text is data and never markup; the same signal gives the same bytes."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from screening.local_formats import month_names
from screening.partners.signal.signal import Signal
from screening.typeset import pdf
from screening.wording.fact_words import WORDS_NL

_TEMPLATE = Path(__file__).with_name("signal.typ")
_MARKS = 60
#: What the fonts of the document cannot show: all but Latin, Greek, Cyrillic and some signs.
_LACKED = re.compile("[^\\u0000-\\u024f\\u0370-\\u052f\\u1e00-\\u1eff‘’“”–—…€□·≥≤]")
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})(?:-([0-9]{2}))?")


def signal_pdf(signal: Signal) -> bytes:
    """The signal as PDF/UA-1, in Dutch, with its confidentiality on every page. No date of production is in it."""
    content = signal.model_dump(mode="json", exclude_none=True)
    shown = {
        "signal": _printable(content),
        "words": WORDS_NL,
        "timeline": fact_timeline([fact["datum"] for fact in content["feiten"]]),
    }
    return pdf(_TEMPLATE, shown)


def signal_pdfs(signals: Sequence[Signal], *, processes: int = 1) -> list[bytes]:
    """One document a signal, in their order. `processes`: how many are set at once.

    By threads: setting a document leaves the others free to go on, and costs the same as in processes of their own.
    """
    with ThreadPoolExecutor(max(processes, 1)) as pool:
        return list(pool.map(signal_pdf, signals))


def fact_timeline(days: Sequence[str]) -> dict[str, object] | None:
    """Return the places of these (partial) dates between the first and the last, 0 to 1, and the same in words.

    It is None for fewer than two days: a line with one point says nothing.
    """
    # a year or a month stands at its first day: only for the drawing
    placed = sorted({(dt.date.fromisoformat(f"{day}-01-01"[:10]), day) for day in days})
    if len(placed) < 2 or placed[0][0] == placed[-1][0]:
        return None
    first, last = placed[0][0], placed[-1][0]
    length = (last - first).days
    marks = sorted({round((day - first).days / length, 3) for day, _ in placed})
    named = ", ".join(in_words(text) for _, text in placed[:_MARKS])
    return {
        "marks": marks,
        "first": in_words(placed[0][1]),
        "last": in_words(placed[-1][1]),
        "alt": f"Tijdlijn van {in_words(placed[0][1])} tot {in_words(placed[-1][1])} met feiten op {named}"
        + (" en later." if len(placed) > _MARKS else "."),
    }


def in_words(day: str) -> str:
    """A day as people write it, no further than it is known: `1 november 2026`, `november 2026`, `2026`."""
    match = _DAY.fullmatch(day)
    if match is None or not 1 <= int(match[2]) <= 12:
        return day
    month = f"{month_names('nl')[int(match[2]) - 1]} {match[1]}"
    return f"{int(match[3])} {month}" if match[3] else month


def _printable(value: object) -> object:
    """Text as the document's fonts can show it, a day in words; a character that they lack becomes a box.

    The JSON file has the original.
    """
    if isinstance(value, str):
        return _LACKED.sub("□", in_words(value))
    if isinstance(value, list):
        return [_printable(element) for element in value]
    if isinstance(value, dict):
        return {name: _printable(element) for name, element in value.items()}
    return value
