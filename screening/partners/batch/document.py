"""One PDF/UA a signal. Text is data and never markup; the same signal gives the same bytes."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from screening.base.datasets import datasets
from screening.base.typeset import pdf
from screening.partners.signal.preview import in_words
from screening.partners.signal.signal import Signal
from screening.pictures.picture import PartialDate
from screening.pictures.timeline import LaneKind, Mark, TimeLine
from screening.pictures.timeline_drawing import draw_timeline
from screening.wording.fact_words import document_words
from screening.wording.register_names import record_name

_TEMPLATE = Path(__file__).with_name("signal.typ")
_MARKS = 60
#: What the fonts of the document cannot show: all but Latin, Greek, Cyrillic and some signs.
_LACKED = re.compile("[^\\u0000-\\u024f\\u0370-\\u052f\\u1e00-\\u1eff‘’“”–—…€□·≥≤]")


def signal_pdf(signal: Signal) -> bytes:
    """The signal as PDF/UA-1, in Dutch, with its confidentiality on every page. No date of production is in it."""
    content = signal.model_dump(mode="json", exclude_none=True)
    for person in content["personen"]:
        person.get("geboortedatum", {}).pop("waarde", None)  # a full date of birth is never on paper
    shown = {"signal": _printable(content), "words": document_words(), "timeline": fact_timeline(content["feiten"])}
    return pdf(_TEMPLATE, shown)


def signal_pdfs(signals: Sequence[Signal], *, processes: int = 1) -> list[bytes]:
    """One document a signal, in their order. `processes`: how many are set at once.

    By threads: setting a document leaves the others free to go on, and costs the same as in processes of their own.
    """
    with ThreadPoolExecutor(max(processes, 1)) as pool:
        return list(pool.map(signal_pdf, signals))


def fact_timeline(facts: Sequence[Mapping[str, Any]]) -> dict[str, object] | None:
    """The facts on an axis of time as `svg` with its `width` in px, and the same in words as `alt`.

    It is None for fewer than two days: a line with one point says nothing. `facts`: as in the signal.
    """
    marks = [_mark(fact) for fact in facts]
    if len({mark.day.first for mark in marks}) < 2:
        return None
    as_of = max(dt.date.fromisoformat(fact["peildatum"]) for fact in facts)
    picture = draw_timeline(TimeLine(as_of, marks=tuple(marks)), "nl", has_narrow=False)
    if picture is None:
        return None
    named = ", ".join(f"{day}: {name}" for _, name, day, _ in picture.rows[:_MARKS])
    return {
        "svg": picture.svg,
        "width": picture.width,
        "alt": f"{picture.summary} {named}" + (" en meer." if len(picture.rows) > _MARKS else "."),
    }


def _mark(fact: Mapping[str, Any]) -> Mark:
    """A fact by its record: `vergunning Z-2020-17`; a row that has no number of its own by its register alone."""
    dataset, _, key = fact["record_id"].partition(":")
    about = datasets().get(dataset)  # none of an extension that is not in force any more
    called = record_name(dataset, "nl")
    name = called if about and about.key is None else f"{called} {key}"
    kind = LaneKind(about.timeline.lane) if about and about.timeline else LaneKind.EVENT
    day = PartialDate.of(fact["datum"])
    if day is None:
        raise ValueError("a fact of a signal has a day")
    return Mark(kind, name, day)


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
