"""Forms of dates that a configuration has to name, seen by where digits and letters stand."""

from __future__ import annotations

import re

import polars as pl

_TIMES = {"": "", " 00:00": " %H:%M", " 00:00:00": " %H:%M:%S", "T00:00": "T%H:%M", "T00:00:00": "T%H:%M:%S"}
_SEPARATORS = ("-", "/", ".", " ")
#: Day, month and year as shapes; which of the first two is the day, the values say.
_DAY_FIRST, _SHORT_YEAR = r"00?{s}00?{s}0000", r"00?{s}00?{s}00"
_YEAR_FIRST, _NAMED = r"0000{s}00?{s}00?", r"00?{s}[Aa]{{3,9}}\.?{s}0000"
#: A form that fewer rows have is a slip of somebody.
_LEAST_SHARE = 0.01


def see_forms(shapes: pl.DataFrame) -> tuple[dict[str, float], tuple[str, ...]]:
    """Form -> share of the rows, of the forms that are not always read; and those in which day and month are unsure.

    `shapes`: `text`, `rows`, `shape`. Always read, and so left out: `2026-11-01` and `01-11-2026` without a time.
    """
    total = int(shapes["rows"].sum())
    shares: dict[str, float] = {}
    unsure: list[str] = []
    by_shape = shapes.group_by("shape").agg(pl.col("rows").sum(), pl.col("text"))
    for form, pattern in _forms():
        fitting = by_shape.filter(pl.col("shape").str.contains(rf"^{pattern}$"))
        rows = int(fitting["rows"].sum())
        if not total or rows < _LEAST_SHARE * total:
            continue
        name, is_sure = form, True
        if form.startswith("%d") and "%m" in form:
            name, is_sure = _day_or_month(form, fitting["text"].explode())
        shares[name] = round(rows / total, 4)
        if not is_sure:
            unsure.append(name)
    return shares, tuple(unsure)


def _forms() -> list[tuple[str, str]]:
    forms = []
    for time, of_time in _TIMES.items():
        behind = time.replace("00:00", "00?:00", 1).replace("T", "A")
        for s in _SEPARATORS:
            mark = re.escape(s)
            if time or s != "-":
                forms.append((f"%d{s}%m{s}%Y{of_time}", _DAY_FIRST.format(s=mark) + behind))
                forms.append((f"%Y{s}%m{s}%d{of_time}", _YEAR_FIRST.format(s=mark) + behind))
            forms.append((f"%d{s}%m{s}%y{of_time}", _SHORT_YEAR.format(s=mark) + behind))
            forms.append((f"%d{s}%B{s}%Y{of_time}", _NAMED.format(s=mark) + behind))
    return forms


def _day_or_month(form: str, texts: pl.Series) -> tuple[str, bool]:
    """The form with day and month in the order that the values show, and whether they show it."""
    parts = texts.str.extract_groups(r"^([0-9]{1,2})[^0-9]+([0-9]{1,2})").struct
    first, second = (parts.field(name).cast(pl.Int64, strict=False) for name in ("1", "2"))
    days_first, days_second = int((first > 12).sum()), int((second > 12).sum())
    if days_second > days_first:
        return form.replace("%d", "%?").replace("%m", "%d").replace("%?", "%m"), days_first == 0
    return form, days_first > 0 and days_second == 0
