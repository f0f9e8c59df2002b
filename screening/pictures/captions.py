"""The words on the pictures, in Dutch and English, and the periods, distances and directions that they tell."""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path

import yaml

from screening.base.local_formats import decimal_text, without_repeated_years
from screening.pictures.picture import PartialDate

_FILE = Path(__file__).with_name("captions.yaml")
#: Up to here a distance is told in metres.
_KILOMETRE_M = 1000
#: Nearer than this two addresses are told to be at the same spot.
_SAME_M = 1.0


@cache
def _captions() -> dict[str, dict[str, dict[str, str]]]:
    return yaml.safe_load(_FILE.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def caption(group: str, key: str, language: str, **values: object) -> str:
    """The words of a key, with these values in it."""
    text = _captions()[group][key][language]
    return text.format(**values) if values else text


def counted(group: str, key: str, count: int, language: str, **values: object) -> str:
    """`key` with the count in it, or `key`_one."""
    return caption(group, f"{key}_one" if count == 1 else key, language, count=count, **values)


def period_text(start: PartialDate | None, end: PartialDate | None, language: str, *, to_month: bool = False) -> str:
    """`sinds maart 2021`, `tot 2024`, `maart – mei 2022`, or empty. `to_month`: no days."""
    days = [day for day in (start, end) if day is not None]
    texts = [(PartialDate(day.year, day.month) if to_month else day).text(language) for day in days]
    if len(texts) == 2:
        return " – ".join(without_repeated_years(list(dict.fromkeys(texts))))
    return caption("period", "since" if start else "until", language, day=texts[0]) if texts else ""


def distance_text(metres: float, language: str) -> str:
    """`350 m`, `1,2 km`, `12 km`."""
    if metres < _KILOMETRE_M - 5:
        return f"{decimal_text(round(metres, -1) if metres >= 100 else round(metres), language)} m"
    kilometres = round(metres / _KILOMETRE_M, 1)
    return f"{decimal_text(kilometres, language, 1 if kilometres < 10 and kilometres % 1 else 0)} km"


def bearing_text(east_m: float, north_m: float, language: str) -> str:
    """`1,2 km naar het noordoosten`."""
    metres = math.hypot(east_m, north_m)
    if metres < _SAME_M:
        return caption("map", "same", language)
    eighth = round(math.atan2(north_m, east_m) / (math.pi / 4)) % 8
    direction = caption("map", "directions", language).split()[eighth]
    return caption("map", "direction", language, distance=distance_text(metres, language), direction=direction)
