"""One PDF/UA a signal. Text is data and never markup; the same signal gives the same bytes."""

from __future__ import annotations

import datetime as dt
import json
import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path

import typst

from screening.export.canonical import canonical
from screening.export.signal import Signal
from screening.export.words import WORDS_NL
from screening.typeset import PDF_STANDARD, TypesetError

#: From this many signals on, more than one process sets them: starting one costs as much as a hundred documents.
MIN_PER_PROCESS = 100
_MARKS = 60


def document(signal: Signal) -> bytes:
    """The signal as PDF/UA-1, in Dutch, with its confidentiality on every page. No date of production is in it."""
    return _set(canonical(signal))


def documents(signals: Sequence[Signal], *, processes: int = 1) -> list[bytes]:
    """One document a signal, in their order. `processes`: how many at once, where there are enough of them."""
    contents = [canonical(signal) for signal in signals]
    workers = min(processes, len(contents) // MIN_PER_PROCESS)
    if workers < 2:
        return [_set(content) for content in contents]
    # spawn: a fork would copy the threads of whatever else this process runs
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        return list(pool.map(_set, contents, chunksize=25))


@cache
def _compiler() -> typst.Compiler:
    """One compiler a process: reading the fonts again for each document took a third of the time (measured)."""
    # a path, not bytes: with bytes the second document finds no template
    template = Path(__file__).with_name("signal.typ")
    return typst.Compiler(str(template), root=str(template.parent), ignore_system_fonts=True)


def _set(content: bytes) -> bytes:
    signal = json.loads(content)
    data = {
        "signal": _shown(signal),
        "words": WORDS_NL,
        "timeline": timeline([one["datum"] for one in signal["feiten"]]),
    }
    try:
        made = _compiler().compile(
            format="pdf",
            pdf_standards=[PDF_STANDARD],
            sys_inputs={"data": json.dumps(data, ensure_ascii=False, sort_keys=True)},
        )
    except Exception as error:  # the binding has one class for every error, and its text may quote the data
        raise TypesetError(f"signal.typ: the document could not be set ({type(error).__name__}).") from None
    assert isinstance(made, bytes)  # noqa: S101 - a PDF is one file
    return made


def timeline(days: Sequence[str]) -> dict[str, object] | None:
    """Where facts of these (partial) dates lie between the first and the last, 0 to 1, and the same in words.

    None for fewer than two days: a line with one point says nothing.
    """
    # a year or a month stands at its first day: only for the drawing
    placed = sorted({(dt.date.fromisoformat(f"{day}-01-01"[:10]), day) for day in days})
    if len(placed) < 2 or placed[0][0] == placed[-1][0]:
        return None
    first, last = placed[0][0], placed[-1][0]
    length = (last - first).days
    marks = sorted({round((day - first).days / length, 3) for day, _ in placed})
    named = ", ".join(text for _, text in placed[:_MARKS])
    return {
        "marks": marks,
        "first": placed[0][1],
        "last": placed[-1][1],
        "alt": f"Tijdlijn van {placed[0][1]} tot {placed[-1][1]} met feiten op {named}"
        + (" en later." if len(placed) > _MARKS else "."),
    }


def _shown(value: object) -> object:
    """Text as the document's fonts can show it: a character they lack becomes a box; the JSON file has the original."""
    if isinstance(value, str):
        return "".join(character if _has_glyph(character) else "□" for character in value)
    if isinstance(value, list):
        return [_shown(one) for one in value]
    if isinstance(value, dict):
        return {name: _shown(one) for name, one in value.items()}
    return value


def _has_glyph(character: str) -> bool:
    code = ord(character)
    return code < 0x250 or 0x1E00 <= code < 0x1F00 or character in "‘’“”–—…€□·≥≤\n" or 0x370 <= code < 0x530
