"""The drawing of a time line: periods as bars and events as marks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from itertools import pairwise

from screening.base.typeface.typeface import text_width
from screening.pictures.canvas import Canvas, Frame, as_picture, wrapped
from screening.pictures.captions import caption, counted, period_text
from screening.pictures.picture import Picture, PictureKind
from screening.pictures.signs import draw_number
from screening.pictures.time_axis import TimeAxis
from screening.pictures.timeline import Bar, LaneKind, Mark, TimeLine

_SIZE, _LINE, _BAR, _ARROW = 13.0, 17.0, 9.0, 6.0
_HEAD, _GAP = 25.0, 9.0
#: Marks are told one by one where their labels take at most so many lines, else together.
_MOST_LINES = 4
#: So many of one name are told together.
_FEWEST_TOGETHER = 3
#: Of the axis in px that share a disk with their number.
_STRETCH = 20.0
#: Signs nearer to each other than this cannot be told apart.
_SIGN = 6.0


def draw_timeline(line: TimeLine, language: str, *, name: str = "timeline", has_narrow: bool = True) -> Picture | None:
    """Draw the time line; None where nothing has a date.

    `name`: what the ids in it begin with. `has_narrow`: draw it for a telephone too, which a document has no use for.
    """
    dates = _dates(line)
    if not dates:
        return None
    title = caption("timeline", "title", language)
    summary = caption(
        "timeline",
        "summary",
        language,
        first=min(dates).year,
        last=max(dates).year,
        what=caption("timeline", "and", language).join(
            counted("timeline", key, len(drawn), language)
            for key, drawn in (("bars", line.bars), ("marks", line.marks))
            if drawn
        ),
    )
    heads = (caption("timeline", key, language) for key in ("kind", "what", "begin", "end"))
    drawn = partial(_drawn, line, dates, language)
    return as_picture(drawn, (title, summary), heads, _rows(line, language), name=name, has_narrow=has_narrow)


def _dates(line: TimeLine) -> list[date]:
    """Every day that is drawn, first to last."""
    days = [day for bar in line.bars for day in (bar.start, bar.end) if day] + [mark.day for mark in line.marks]
    return sorted({bound for day in days for bound in (day.first, day.last)})


def _drawn(line: TimeLine, dates: Sequence[date], language: str, name: str, width: float) -> tuple[Canvas, float]:
    """The drawing and its height: the axis, then a group of bars or marks a kind."""
    canvas = Canvas(PictureKind.TIMELINE, name, width)
    axis = TimeAxis(width, dates, line.as_of)
    top = axis.bottom
    for kind in LaneKind:
        bars = _joined(sorted((bar for bar in line.bars if bar.kind is kind), key=_begin))
        marks = sorted((mark for mark in line.marks if mark.kind is kind), key=lambda mark: (mark.day.first, mark.name))
        if not bars and not marks:
            continue
        canvas.path("grid", "M", 0, top + 2, "H", width, is_behind=True)
        canvas.text("muted", 2, top + _HEAD - 8, caption("timeline", kind.value, language), _SIZE, has_halo=True)
        top += _HEAD
        for alike in _alike(bars):
            top = _draw_bars(canvas, axis, alike, language, top)
        if marks:
            top = _draw_marks(canvas, axis, marks, language, top)
    axis.draw(canvas, top, language)
    return canvas, top


def _begin(bar: Bar) -> tuple[date, date, str]:
    return (bar.start.first if bar.start else date.min, bar.end.last if bar.end else date.max, f"{bar.name} {bar.note}")


def _joined(bars: Sequence[Bar]) -> list[Bar]:
    """The bars; those of one name and period are one bar with the notes of all, those of one note with the names."""
    notes: dict[Bar, list[str]] = {}
    for bar in bars:
        notes.setdefault(replace(bar, note=""), []).append(bar.note)
    names: dict[Bar, list[str]] = {}
    for bar, its_notes in notes.items():
        note = "; ".join(dict.fromkeys(filter(None, its_notes)))
        names.setdefault(replace(bar, note=note, name="" if note else bar.name), []).append(bar.name)
    return [replace(bar, name=", ".join(dict.fromkeys(its_names))) for bar, its_names in names.items()]


def _alike(bars: Sequence[Bar]) -> list[list[Bar]]:
    """The bars in their order; _FEWEST_TOGETHER or more of one name and note share a label."""
    by_head: dict[str, list[Bar]] = {}
    for bar in bars:
        by_head.setdefault(_head(bar), []).append(bar)
    groups: list[list[Bar]] = []
    for alike in by_head.values():
        groups += [alike] if len(alike) >= _FEWEST_TOGETHER else [[bar] for bar in alike]
    return sorted(groups, key=lambda alike: _begin(alike[0]))


def _head(bar: Bar) -> str:
    return ", ".join(filter(None, (bar.name, bar.note)))


def _draw_bars(canvas: Canvas, axis: TimeAxis, bars: Sequence[Bar], language: str, top: float) -> float:
    """Their name over them, with the period of a single one or how many there are; returns where the next begins."""
    left = min(axis.left if bar.start is None else axis.x(bar.start.first) for bar in bars)
    head, period = _head(bars[0]), _period(bars[0], language) if len(bars) == 1 else f"{len(bars)} ×"
    lines = wrapped(head, canvas.width - 4, _SIZE, is_bold=True)
    widths = [text_width(line, _SIZE, is_bold=True) for line in lines]
    period_width = text_width(period, _SIZE)
    is_beside = widths[-1] + 10 + period_width <= canvas.width - 4
    if is_beside:
        widths[-1] += 10 + period_width
    x = max(2.0, min(left, canvas.width - 2 - max(*widths, period_width)))
    for line in lines:
        canvas.text("text", x, top + 12, line, _SIZE, is_bold=True, has_halo=True)
        top += _LINE
    if is_beside:
        period_x = x + text_width(lines[-1], _SIZE, is_bold=True) + 10
        canvas.text("muted", period_x, top + 12 - _LINE, period, _SIZE, has_halo=True)
    else:
        canvas.text("muted", x, top + 12, period, _SIZE, has_halo=True)
        top += _LINE
    for bar in bars:
        _draw_bar(canvas, axis, bar, top)
        top += _BAR + 2
    return top - 2 + _GAP


def _draw_bar(canvas: Canvas, axis: TimeAxis, bar: Bar, top: float) -> None:
    left = axis.left if bar.start is None else axis.x(bar.start.first)
    right = axis.right if bar.end is None else axis.x(bar.end.last)
    right = max(right, left + 3)
    now, style = min(max(axis.now, left), right), bar.kind.value
    middle = top + _BAR / 2
    if now > left:
        canvas.rect(style, Frame(left, top, now - left, _BAR))
    if bar.end is None:
        canvas.path(f"{style}-ahead", "M", now, middle, "H", right - 1)
        canvas.path(style, "M", right, middle, "l", -_ARROW, -4, "v", 8, "Z")
    elif right > now:
        canvas.rect(f"{style}-ahead", Frame(now, top, right - now, _BAR))
    if bar.start is None or bar.start.first < axis.first:
        canvas.path(style, "M", left - _ARROW - 2, middle, "l", _ARROW, -4, "v", 8, "Z")


def _period(bar: Bar, language: str) -> str:
    period = period_text(bar.start, bar.end, language, to_month=True)
    return ", ".join(filter(None, ("" if bar.start else caption("timeline", "begin_unknown", language), period)))


def _draw_marks(canvas: Canvas, axis: TimeAxis, marks: Sequence[Mark], language: str, top: float) -> float:
    """The marks of a kind on one line and under it their names; returns where the next group begins."""
    middle, first_line = top + 8, top + 17
    counts = Counter(mark.name for mark in marks)
    last = {mark.name: mark for mark in marks}
    labels = [
        (
            axis.x(mark.day.first),
            f"{mark.day.text(language)}: {mark.name}"
            if counts[mark.name] < _FEWEST_TOGETHER
            else f"{counts[mark.name]} × {mark.name}",
        )
        for mark in marks
        if counts[mark.name] < _FEWEST_TOGETHER or mark is last[mark.name]
    ]
    placed = _placed(labels, canvas.width, first_line)
    is_crowded = any(after - before < _SIGN for before, after in pairwise(axis.x(mark.day.first) for mark in marks))
    if not is_crowded and max(frame.bottom for frame, _ in placed) <= first_line + _MOST_LINES * _LINE:
        for mark in marks:
            _draw_sign(canvas, mark.kind, axis.x(mark.day.first), middle)
            if mark.day.first < axis.first:
                canvas.path("muted", "M", 1, middle, "l", _ARROW, -4, "v", 8, "Z")
    else:
        _draw_counts(canvas, axis, marks, middle)
        placed = _placed([(2.0, _names(marks))], canvas.width, first_line)
    for frame, lines in placed:
        for number, words in enumerate(lines):
            canvas.text("text", frame.left, frame.top + 12 + number * _LINE, words, _SIZE, has_halo=True)
    return max(frame.bottom for frame, _ in placed) + 6


def _draw_counts(canvas: Canvas, axis: TimeAxis, marks: Sequence[Mark], middle: float) -> None:
    """How many there are in each stretch of the axis, in a disk: marks too close to be told apart."""
    counts = Counter(int(axis.x(mark.day.first) // _STRETCH) for mark in marks)
    for stretch, count in sorted(counts.items()):
        draw_number(canvas, (stretch + 0.5) * _STRETCH, middle, str(count), style=marks[0].kind.value)


def _names(marks: Sequence[Mark]) -> str:
    """`12 × geluid, 3 × afval`, the most first."""
    counts = Counter(mark.name for mark in marks)
    return ", ".join(
        f"{count} × {name}" for name, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    )


def _placed(labels: Sequence[tuple[float, str]], width: float, top: float) -> list[tuple[Frame, tuple[str, ...]]]:
    """Each label under its mark, on the first line that is free, from the last mark to the first."""
    placed: list[tuple[Frame, tuple[str, ...]]] = []
    for x, words in reversed(labels):
        lines = wrapped(words, width - 4, _SIZE)
        across = max(text_width(line, _SIZE) for line in lines)
        left = max(2.0, min(x - 4, width - 2 - across))
        frame = Frame(left, top, across, _LINE * len(lines))
        while any(frame.meets(other, 10 if frame.top == other.top else 0) for other, _ in placed):
            frame = Frame(left, frame.top + _LINE, across, frame.height)
        placed.append((frame, lines))
    return placed


def _draw_sign(canvas: Canvas, kind: LaneKind, x: float, y: float) -> None:
    """A square for a decision, a triangle for an inspection, a disk for a report."""
    if kind is LaneKind.DECISION:
        canvas.rect("decision", Frame(x - 5, y - 5, 10, 10))
    elif kind is LaneKind.INSPECTION:
        canvas.path("inspection", "M", x, y - 6, "l", 6.5, 11, "h", -13, "Z")
    elif kind is LaneKind.REPORT:
        canvas.circle("report", x, y, 5.5)
    else:
        canvas.circle("event", x, y, 4)


def _rows(line: TimeLine, language: str) -> Iterator[tuple[str, str, str, str]]:
    goes_on, unknown = (caption("timeline", key, language) for key in ("goes_on", "unknown"))
    for kind in LaneKind:
        head = caption("timeline", kind.value, language)
        for bar in sorted((bar for bar in line.bars if bar.kind is kind), key=_begin):
            start = bar.start.text(language) if bar.start else unknown
            end = bar.end.text(language) if bar.end else goes_on
            yield head, ", ".join(filter(None, (bar.name, bar.note))), start, end
        for mark in sorted((mark for mark in line.marks if mark.kind is kind), key=lambda mark: mark.day.first):
            yield head, mark.name, mark.day.text(language), ""
