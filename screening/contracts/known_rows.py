"""Whether the rows of a delivery that are known from the last good one are still there and the same, by keyed hashes.

A hash tells that a value is another, and whether it is one that another column or another reading of it had; not what.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

import polars as pl

from screening.base.datasets import Column, DataSet
from screening.base.frames import PROVENANCE, Row
from screening.base.keyed_hash import KeyedHasher
from screening.contracts.differences import BLOCK, FEW_ROWS
from screening.contracts.reasons import Reason

#: Shares of known rows beyond which a delivery is suspect (decision 29). `_MOVED`: of codes that move by nature.
_VANISHED, _CHANGED, _MOVED, _MOST = 0.02, 0.05, 0.5, 0.5
_LEAST_VANISHED, _LEAST_CHANGED = 2, 5
#: Columns whose code changes in the life of a record.
_MOVING = frozenset({"status", "pand_status", "bevinding", "bezwaar_uitkomst"})
#: Values are compared in about so many rows of a large register: shares need no more, and all would take minutes.
_SAMPLE_ROWS = 50_000
#: Changed values that are read in another way, to say how they changed.
_READ_ROWS = 1_000

_KEY, _PLACE, _AGE, _SAMPLED = "key_hash", "place", "age_rank", "is_sampled"


@dataclass(frozen=True)
class ComparedRows:
    """What became of known rows: why the delivery is suspect, and the share of them that vanished."""

    reasons: list[Reason]
    vanished: float


class RowHasher:
    """Hashes under a key that is made of the workspace's: 8 bytes, the same for one value in whichever column."""

    def __init__(self, workspace_key: bytes) -> None:
        key = hashlib.blake2b(b"rows of deliveries, by CMAC", key=workspace_key, digest_size=32).digest()
        self._hasher = KeyedHasher(key)

    def rows(self, text: pl.DataFrame, about: DataSet) -> pl.DataFrame:
        """One row a record, in the order of the delivery.

        `key_hash`; `place` in `text`; `age_rank` by the dates that tell its age (null where none does); `is_sampled`,
        and for those rows a hash of each value (null stays null).
        """
        identity = [about.key] if about.key else [name for name in about.fingerprint if name in text.columns]
        keys = text.select(pl.concat_str(identity, separator="\x1f", ignore_nulls=True)).to_series()
        frame = pl.DataFrame([_age_ranks(text, about), self.values(keys).alias(_KEY)]).with_row_index(_PLACE)
        frame = frame.filter(pl.col(_KEY).is_not_null() & pl.col(_KEY).is_first_distinct())
        one_in = 1
        while frame.height > one_in * _SAMPLE_ROWS:
            one_in *= 2
        frame = frame.with_columns((pl.col(_KEY) % one_in == 0).alias(_SAMPLED))
        texts = text[frame.filter(_SAMPLED)[_PLACE]]
        among_sampled = frame.select(pl.when(_SAMPLED).then(pl.col(_SAMPLED).cum_sum() - 1)).to_series()
        hashed = [self.values(texts[name])[among_sampled].alias(name) for name in _compared(text, about)]
        return frame.hstack(hashed)

    def values(self, values: pl.Series) -> pl.Series:
        """The hash of each value; null stays null."""
        return self._hasher.hashes(values)


def _age_ranks(text: pl.DataFrame, about: DataSet) -> pl.Series:
    """The place of the date of each row among the distinct ones, 1 the oldest; null where there is none."""
    days = [pl.col(name).str.slice(0, 10) for name in about.freshness if name in text.columns]
    if not days:
        return pl.Series(_AGE, [None], dtype=pl.UInt32).new_from_index(0, text.height)
    newest = text.select(day=pl.max_horizontal(days))
    ranks = newest.unique().drop_nulls().sort("day").with_row_index(_AGE, offset=1)
    return newest.join(ranks, on="day", how="left", maintain_order="left")[_AGE]


def _compared(text: pl.DataFrame, about: DataSet) -> list[str]:
    """The columns whose values are compared: a source may salt the tokens of reporters anew each time."""
    return [n for n in about.kept_columns if n in text.columns and about.columns[n].form != "reporter_token"]


def compare_rows(
    now: pl.DataFrame, before: pl.DataFrame, about: DataSet, text: pl.DataFrame, hasher: RowHasher, *, is_window: bool
) -> ComparedRows:
    """Hold the rows of a delivery against those of the last good one.

    Args:
        now: Its rows (`RowHasher.rows`).
        before: Those of the last good one, under the same key.
        about: The register.
        text: The rows of the delivery as text.
        hasher: What hashed them.
        is_window: Whether the register may have dropped its oldest rows, since it moves with time (`moves_with_time`).

    Returns:
        What became of the known rows.
    """
    is_gone = ~pl.col(_KEY).is_in(now[_KEY].implode())
    marked = before.select(_PLACE, _AGE, is_gone.alias("is_gone"))
    gone = 0 if is_window and _are_oldest(marked) else int(marked["is_gone"].sum())
    reasons = list(_vanished(now, before, marked)) if gone else []
    both = before.filter(_SAMPLED).join(now.filter(_SAMPLED), on=_KEY, suffix="_now")
    names = [name for name in _compared(text, about) if name in before.columns]
    changed = {name: _changed(both, name) for name in names}
    exchanged = list(_exchanged_headers(both, names))
    reasons += exchanged
    named = {name for reason in exchanged for name in (reason.column, reason.other)}
    for name in names:
        filled = both[name].count()
        if name in named or changed[name].is_empty():
            continue
        if _is_suspect(both, changed[name], filled, about.columns[name]):
            reasons.append(_how(changed[name], filled, about.columns[name], text, hasher))
        elif rows := _fitting(changed[name], text[name], hasher, _converted_once):  # nobody corrects a name into that
            reasons.append(Reason("text_converted_twice", {"rows": rows}, name))
    return ComparedRows(reasons, gone / max(before.height, 1))


def repeated_rows(text: pl.DataFrame, about: DataSet) -> int:
    """How many rows stand there again: under the same key, or as a whole where no column names a record."""
    columns = [name for name in text.columns if name not in PROVENANCE]
    rows = text[about.key].drop_nulls() if about.key in columns else text.select(columns).hash_rows()
    return rows.len() - rows.n_unique()


def moves_with_time(now: Row, before: Row) -> bool:
    """Whether the dates of a fingerprint have moved on at both ends: a register of the last so many days."""
    dates, dates_before = now["dates"], before["dates"]
    if not dates or not dates_before:
        return False
    oldest, newest = (
        (date.fromisoformat(dates[end]) - date.fromisoformat(dates_before[end])).days for end in ("oldest", "newest")
    )
    return 0 < oldest <= newest + 1


def _vanished(now: pl.DataFrame, before: pl.DataFrame, marked: pl.DataFrame) -> Iterator[Reason]:
    gone = marked.filter("is_gone")
    counts = {"rows": gone.height, "before": before.height}
    if gone.height == before.height or gone.height > max(_LEAST_VANISHED, _VANISHED * before.height):
        yield Reason("keys_vanished", counts)
    if _ends_before(now, before, gone.height):
        yield Reason("cut_at_end", {"rows": gone.height})
    else:
        longest = marked.select(pl.col("is_gone").rle()).unnest("is_gone").filter("value")["len"].max()
        if isinstance(longest, int) and longest >= BLOCK:
            yield Reason("block_gone", {"rows": longest})


def _are_oldest(marked: pl.DataFrame) -> bool:
    """Whether no row that stayed is older than one that went."""
    went, stayed = marked.filter("is_gone")[_AGE], marked.filter(~pl.col("is_gone"))[_AGE]
    newest, oldest = went.max(), stayed.min()
    return isinstance(newest, int) and isinstance(oldest, int) and went.null_count() == 0 and newest <= oldest


def _ends_before(now: pl.DataFrame, before: pl.DataFrame, gone: int) -> bool:
    """Whether the delivery ends with the row after which the last `gone` rows stood: that is how a file breaks off."""
    if gone >= before.height or now.is_empty():
        return gone >= before.height
    return (
        bool(now[_KEY][-1] == before[_KEY][before.height - gone - 1])
        and not before[_KEY].tail(gone).is_in(now[_KEY].implode()).any()
    )


def _changed(both: pl.DataFrame, name: str) -> pl.DataFrame:
    """`place` of the row now, value before and now, of known rows that had a value and have another."""
    theirs = f"{name}_now"
    if theirs not in both.columns:
        return pl.DataFrame(schema={_PLACE: pl.UInt32, "before": pl.UInt64, "now": pl.UInt64})
    rows = both.filter(pl.col(name).is_not_null() & pl.col(name).ne_missing(pl.col(theirs)))
    return rows.select(pl.col(f"{_PLACE}_now").alias(_PLACE), before=name, now=theirs)


def _is_suspect(both: pl.DataFrame, changed: pl.DataFrame, filled: int, column: Column) -> bool:
    if column.logical_type == "boolean" and _is_turned(both, changed, column.name):
        return True
    limit = _MOVED if column.form == "code" and column.name in _MOVING else _CHANGED
    rows = changed.height
    return (rows >= _LEAST_CHANGED and rows > limit * filled) or (rows >= FEW_ROWS and rows > _MOST * filled)


def _is_turned(both: pl.DataFrame, changed: pl.DataFrame, name: str) -> bool:
    """Whether most rows with one of the values of a column have another now, as where headers are exchanged."""
    had = both[name].drop_nulls().value_counts(name="rows")
    lost = changed["before"].value_counts(name="lost")
    joined = had.join(lost, left_on=name, right_on="before")
    return not joined.filter((pl.col("lost") >= FEW_ROWS) & (pl.col("lost") > _MOST * pl.col("rows"))).is_empty()


def _exchanged_headers(both: pl.DataFrame, names: Sequence[str]) -> Iterator[Reason]:
    """Pairs of columns of which each has in known rows what the other had."""
    there_now = [name for name in names if f"{name}_now" in both.columns]
    differs = both.select(pl.col(name).ne_missing(pl.col(f"{name}_now")).any() for name in there_now)
    for left, right in combinations([name for name in there_now if differs[name].item()], 2):
        had, other_had = pl.col(left), pl.col(right)
        differ = both.filter(had.ne_missing(other_had))
        crossed = differ.filter(
            pl.col(f"{left}_now").eq_missing(other_had) & pl.col(f"{right}_now").eq_missing(had)
        ).height
        if crossed >= _LEAST_VANISHED and crossed > _MOST * differ.height:
            yield Reason("headers_exchanged", {"rows": crossed}, left, right)


def _how(changed: pl.DataFrame, filled: int, column: Column, text: pl.DataFrame, hasher: RowHasher) -> Reason:
    """Say how a column changed: which reading of what is there now gives what was there before."""
    readings: list[tuple[str, Callable[[str], str | None]]] = [("text_converted_twice", _converted_once)]
    if column.logical_type in {"date", "timestamp"}:
        readings = [("day_month_exchanged", _day_and_month_exchanged), ("century_moved", _century_on)]
        readings.append(("century_moved", _century_back))
    for code, read in readings:
        if _fitting(changed, text[column.name], hasher, read) > _MOST * min(changed.height, _READ_ROWS):
            return Reason(code, {"rows": changed.height}, column.name)
    return Reason("values_changed", {"rows": changed.height, "before": filled}, column.name)


def _fitting(changed: pl.DataFrame, texts: pl.Series, hasher: RowHasher, read: Callable[[str], str | None]) -> int:
    """In how many changed rows what is there now, read in another way, is what was there before."""
    rows = changed.head(_READ_ROWS)
    others = texts[rows[_PLACE]].map_elements(read, return_dtype=pl.String)
    return int((hasher.values(others).eq_missing(rows["before"]) & others.is_not_null()).sum())


def _day_and_month_exchanged(day: str) -> str:
    return f"{day[:4]}-{day[8:10]}-{day[5:7]}{day[10:]}"


def _century_on(day: str) -> str:
    return f"{int(day[:4]) + 100}{day[4:]}" if day[:4].isdigit() else day


def _century_back(day: str) -> str:
    return f"{int(day[:4]) - 100}{day[4:]}" if day[:4].isdigit() else day


def _converted_once(value: str) -> str | None:
    """The text before the last conversion to UTF-8, where there was one too many."""
    for codec in ("cp1252", "latin-1"):
        try:
            return value.encode(codec).decode("utf-8")
        except UnicodeError:
            continue
    return None
