"""`barrier profile`: what a file is, which register it looks like, and the table to paste. Keeps nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from screening.sources import ReadLimits
from screening.sources.isolated import profile_files_apart
from screening.sources.profile.columns import ColumnProfile
from screening.sources.profile.file_profile import FileProfile
from screening.sources.profile.register import Recognition, rank_registers, recognised
from screening.sources.profile.table import ProposedTable, propose_table
from screening.sources.profile.words import is_personal

_MOST_SHOWN = 6
_NAME_CHARACTERS = 28


@dataclass(frozen=True)
class ProfiledFile:
    """A file, the registers that it looks like, and its table; none where it looks like none of them."""

    file: FileProfile
    ranked: list[Recognition]
    recognition: Recognition | None
    proposed: ProposedTable | None

    @property
    def ours(self) -> Mapping[int, str]:
        """Place of a column -> the column of ours that it feeds."""
        fits = self.recognition.fits if self.recognition else {}
        return {fit.profile.place: name for name, fit in fits.items()}


def profile(path: Path, *, register: str | None = None, limits: ReadLimits | None = None) -> ProfiledFile:
    """Measure a file in the child. `register`: what it is, where a person knows that better.

    Raises:
        BarrierError: it is not there, damaged, hostile or too large.
    """
    reading = profile_files_apart({path.name: path}, limits=limits)
    if path.name in reading.errors:
        raise reading.errors[path.name]
    return look_at(FileProfile.of(reading.profiles[path.name]), path.as_posix(), register=register)


def look_at(file: FileProfile, path: str, *, register: str | None = None) -> ProfiledFile:
    """The registers that a file looks like, and its table. `path`: what it is called in the configuration."""
    ranked = rank_registers(file)
    recognition = (
        next((likeness for likeness in ranked if likeness.dataset == register), None)
        if register
        else recognised(ranked)
    )
    return ProfiledFile(file, ranked, recognition, propose_table(file, recognition, path) if recognition else None)


def profile_document(profiled: ProfiledFile) -> dict[str, object]:
    """Everything as JSON, without spellings of a column that the contract of its register calls personal."""
    document = profiled.file.document()
    document["columns"] = [
        {**vars(column), "spellings": _shown(column, profiled), "ours": profiled.ours.get(column.place)}
        for column in profiled.file.columns
    ]
    document["layout"] = vars(profiled.file.layout)
    return {
        "file": document,
        "registers": {recognition.dataset: recognition.score for recognition in profiled.ranked},
        "register": profiled.recognition.dataset if profiled.recognition else None,
        "table": profiled.proposed.text if profiled.proposed else None,
        "open": profiled.proposed.open_points if profiled.proposed else [],
    }


def profile_lines(profiled: ProfiledFile) -> Iterator[str]:
    """The same for a person."""
    file = profiled.file
    yield f"{file.name}: {', '.join(_written(file))}."
    if not file.are_names_known:
        yield "No name in its header is known, so that its columns are shown by their number."
    yield _likeness(profiled)
    yield ""
    for column in file.columns:
        ours = profiled.ours.get(column.place, "")
        name = _shortened(column.name) if column.name else f"column {column.place + 1}"
        if column.category:
            yield f"{name:<{_NAME_CHARACTERS}}  not read: may never be read ({column.category})"
            continue
        fill = f"{_percent(column.filled, column.rows)} filled, {column.distinct:,} different"
        yield f"{name:<{_NAME_CHARACTERS}}  {fill:<32}  {_content(column, profiled)}{f'  -> {ours}' if ours else ''}"
    if profiled.proposed:
        yield f"\nTo paste into screening.toml:\n\n{profiled.proposed.text}"
        yield from (f"Open: {sentence}" for sentence in profiled.proposed.open_points)


def _written(file: FileProfile) -> Iterator[str]:
    yield file.kind
    if file.layout.sheet:
        yield f"sheet {file.layout.sheet} of {file.sheets}"
    if file.charset:
        yield file.charset
    if file.separator:
        yield {"\t": "tab", ";": "semicolons", ",": "commas", "|": "bars"}[file.separator]
    if file.header is not None:
        yield f"header in row {file.header}" if file.header else "no header"
    yield f"{file.rows:,} rows"
    if file.refused:
        yield f"{file.refused:,} of them unreadable"
    if file.measured < file.rows - file.refused:
        yield f"the first {file.measured:,} measured"
    if file.as_of:
        yield f"state of {file.as_of}"


def _likeness(profiled: ProfiledFile) -> str:
    likely = [recognition for recognition in profiled.ranked[:3] if recognition.score > 0.1]
    scores = ", ".join(f"{recognition.dataset} {recognition.score:.2f}" for recognition in likely)
    if profiled.recognition:
        why = f"it is {profiled.file.kind}" if profiled.recognition.is_of_kind else f"of 1: {scores or '0'}"
        by_name = ", and by the name of the file" if profiled.recognition is not profiled.ranked[0] else ""
        return (
            f"Looks like: {profiled.recognition.dataset} ({why}{'' if profiled.recognition.is_of_kind else by_name})."
        )
    return (
        f"Looks like none of the registers{f' (of 1: {scores})' if scores else ''}. If you know which it is: "
        "--register NAME."
    )


def _content(column: ColumnProfile, profiled: ProfiledFile) -> str:
    spellings = _shown(column, profiled)
    if not column.filled:
        return "empty"
    parts = []
    if column.filled >= 5 and column.share("bsn") >= 0.5 and profiled.ours.get(column.place) != "rsin":
        parts.append(f"BSNs ({_percent(column.share('bsn'), 1)}): to be dropped")
    if spellings:
        shown = [f"{spelling} {rows:,}" for spelling, rows in list(spellings.items())[:_MOST_SHOWN]]
        more = len(spellings) - len(shown)
        parts.append("; ".join(shown) + (f"; {more} more" if more else ""))
    elif column.forms:
        parts.append("dates as " + ", ".join(f"{form} {_percent(share, 1)}" for form, share in column.forms.items()))
    else:
        parts.append(", ".join(f"{pattern} {_percent(share, 1)}" for pattern, share in column.patterns.items()))
    # a 0 is a number in most columns
    nulls = {word: rows for word, rows in column.nulls.items() if word != "0" and not spellings}
    if nulls:
        parts.append("empty: " + ", ".join(f"{word} {rows:,}" for word, rows in nulls.items()))
    if column.open_ends:
        parts.append("no end: " + ", ".join(f"{word} {rows:,}" for word, rows in column.open_ends.items()))
    return ", ".join(part for part in parts if part)


def _shown(column: ColumnProfile, profiled: ProfiledFile) -> dict[str, int]:
    """The spellings of a column, but for one that the contract of the register calls personal."""
    ours = profiled.ours.get(column.place)
    dataset = profiled.recognition.dataset if profiled.recognition else ""
    return {} if ours and is_personal(dataset, ours) else column.spellings


def _shortened(name: str) -> str:
    return name if len(name) <= _NAME_CHARACTERS else name[: _NAME_CHARACTERS - 1] + "…"


def _percent(part: float, whole: float) -> str:
    share = part / whole if whole else 0.0
    return f"{share:.0%}" if share >= 0.01 or not share else "<1%"
