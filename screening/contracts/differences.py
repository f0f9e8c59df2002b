"""Whether the fingerprint of a delivery is like that of the last good one, and of one some time before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import combinations

from screening.base.frames import Row
from screening.contracts.reasons import Reason

#: A register with fewer rows has bounds of its own: a row is a large share of it (decision 29).
SMALL = 50
#: Share by which the number of rows may change, and the share of known rows that may vanish in all before it is drift.
ROW_CHANGE, SMALL_ROW_CHANGE, FEW_ROWS = 0.2, 0.5, 3
#: Share of rows that may be gone where they cannot be compared one by one.
_ROW_LOSS = 0.05
#: Rows that are gone together, or stand there again: a piece of a file, and no work of a register.
BLOCK = 5
_NULL_CHANGE, _CODE_CHANGE, _PREFIX_CHANGE, _PLACED_CHANGE, _YEARS, _DAYS = 0.15, 0.25, 0.1, 0.1, 20, 7
#: Changes from which on it is said, though no delivery is suspect for them: shares, and of rows more than chance has.
_NULL_SHIFT, _CODE_SHIFT, _SHIFTED_ROWS = 0.05, 0.1, 10
#: How near two columns are in fill, digits and length to be taken for each other, and how far from themselves.
_NEAR, _FAR = 0.1, 0.3


def differences(now: Row, before: Row, *, has_known_rows: bool) -> Iterator[Reason]:
    """Hold a fingerprint against that of the last good delivery. `has_known_rows`: rows are compared one by one too."""
    is_cut = not has_known_rows and before["rows"] - now["rows"] > max(FEW_ROWS, _ROW_LOSS * before["rows"])
    if is_cut or _is_another_count(now["rows"], before["rows"]):
        yield Reason("row_count", {"rows": now["rows"], "before": before["rows"]})
    if now["read_twice"] >= FEW_ROWS and now["read_twice"] > 2 * before["read_twice"]:
        yield Reason("letters_converted_twice", {"rows": now["read_twice"]})
    if (repeated := now["repeated"] - before.get("repeated", 0)) >= BLOCK:
        yield Reason("rows_repeated", {"rows": repeated})
    yield from _of_the_file(now, before, has_known_rows=has_known_rows)
    if now["dates"] and before["dates"]:
        back = (date.fromisoformat(before["dates"]["newest"]) - date.fromisoformat(now["dates"]["newest"])).days
        if back > _DAYS:
            yield Reason("older_delivery", {"days": back})
    placed, placed_before = now["placed"], before["placed"]
    is_known = placed is not None and placed_before is not None and not _is_small(now, before)
    if is_known and placed_before - placed > _PLACED_CHANGE:
        yield Reason("not_placed", _percents(placed, placed_before))
    for name, entry_before in before["columns"].items():
        entry = now["columns"].get(name)
        if entry is None:
            yield Reason("column_gone", column=name)
        elif not _is_small(now, before):
            yield from _of_a_column(name, entry, entry_before)
    if not _is_small(now, before):
        yield from _exchanged_headers(now["columns"], before["columns"])


def drift(now: Row, before: Row, days: int, vanished: float) -> Iterator[Reason]:
    """Hold a fingerprint against a good one of so many days ago: small steps must not walk away.

    `vanished`: the shares of known rows that vanished since, added up.
    """
    if _is_another_count(now["rows"], before["rows"]):
        yield Reason("drift_rows", {"rows": now["rows"], "before": before["rows"], "days": days})
    if vanished > ROW_CHANGE and not _is_small(now, before):
        yield Reason("drift_vanished", {"percent": round(100 * vanished), "days": days})
    for name, entry_before in before["columns"].items():
        entry = now["columns"].get(name)
        if entry and not _is_small(now, before) and next(_of_a_column(name, entry, entry_before), None):
            yield Reason("drift_column", {"days": days}, name)


def shifts(now: Row, before: Row) -> Iterator[Reason]:
    """What changed in the columns since the last good delivery, by less than makes a delivery suspect: warnings."""
    rows = min(now["rows"], before["rows"])
    if _is_small(now, before):
        return
    for name, entry_before in before["columns"].items():
        entry = now["columns"].get(name, entry_before)
        change = abs(entry["empty"] - entry_before["empty"])
        if _NULL_SHIFT < change <= _NULL_CHANGE and change * rows >= _SHIFTED_ROWS:
            yield Reason("fill_shifted", _percents(entry["empty"], entry_before["empty"]), name)
        share = _distance(entry.get("codes"), entry_before.get("codes"))
        if _CODE_SHIFT < share <= _CODE_CHANGE and share * rows >= _SHIFTED_ROWS:
            yield Reason("codes_shifted", {"percent": round(100 * share)}, name)


def remarks(now: Row) -> Iterator[Reason]:
    """What a reader should know of a delivery, whatever its verdict."""
    if any(file["page_checksums"] is False for file in now["files"]):
        yield Reason("no_page_checksums")


def _is_small(now: Row, before: Row) -> bool:
    rows: int = min(now["rows"], before["rows"])
    return rows < SMALL


def _is_another_count(rows: int, before: int) -> bool:
    bound = SMALL_ROW_CHANGE if before < SMALL else ROW_CHANGE
    return bool(before) and abs(rows - before) > max(FEW_ROWS, bound * before)


def _of_the_file(now: Row, before: Row, *, has_known_rows: bool) -> Iterator[Reason]:
    ended = [file["ends_line"] for file in before["files"] if file["ends_line"] is not None]
    if ended and all(ended) and any(file["ends_line"] is False for file in now["files"]):
        yield Reason("last_line_open")
    forms, forms_before = (
        {(file["encoding"], file["separator"]) for file in fingerprint["files"]} for fingerprint in (now, before)
    )
    if forms and forms_before and not forms & forms_before:
        yield Reason("written_otherwise_alike" if has_known_rows else "written_otherwise")


def _of_a_column(name: str, entry: Row, before: Row) -> Iterator[Reason]:
    if abs(entry["empty"] - before["empty"]) > _NULL_CHANGE:
        yield Reason("column_filled_otherwise", _percents(entry["empty"], before["empty"]), name)
    if (share := _distance(entry.get("codes"), before.get("codes"))) > _CODE_CHANGE:
        yield Reason("other_codes", {"percent": round(100 * share)}, name)
    if (share := _distance(entry.get("prefixes"), before.get("prefixes"))) > _PREFIX_CHANGE:
        yield Reason("other_municipality", {"percent": round(100 * share)}, name)
    years = abs(entry["median"] - before["median"]) if "median" in entry and "median" in before else 0
    if years > _YEARS:
        yield Reason("dates_moved", {"years": years}, name)


def _percents(share: float, before: float) -> dict[str, int]:
    return {"percent": round(100 * share), "percent_before": round(100 * before)}


def _distance(shares: Mapping[str, float] | None, before: Mapping[str, float] | None) -> float:
    """The share of rows that would have to change for the one mix to become the other."""
    if not shares or not before:
        return 0.0
    return sum(abs(shares.get(value, 0.0) - before.get(value, 0.0)) for value in {*shares, *before}) / 2


def _exchanged_headers(now: Mapping[str, Row], before: Mapping[str, Row]) -> Iterator[Reason]:
    """Pairs of columns of which each looks as the other did, and neither as itself."""
    moved = [name for name in before if name in now and _unlike(now[name], before[name]) > _FAR]
    for left, right in combinations(moved, 2):
        if _unlike(now[left], before[right]) < _NEAR and _unlike(now[right], before[left]) < _NEAR:
            yield Reason("headers_fit_neighbour", column=left, other=right)


def _unlike(entry: Row, other: Row) -> float:
    """How far two columns are apart: in fill, in the share of digits, and in the length of what they hold (0 to 1)."""
    length, other_length = float(entry.get("length", 0)), float(other.get("length", 0))
    fill, digits = (float(abs(entry.get(name, 0) - other.get(name, 0))) for name in ("empty", "digits"))
    return max(fill, digits, abs(length - other_length) / max(length, other_length, 1.0))
