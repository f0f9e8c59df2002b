"""Which source column feeds which canonical column; everything else is dropped unread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from screening.base.errors import ConfigurationError, SourceError
from screening.base.frames import FieldSpec, Note, SourceSpec
from screening.base.local_formats import count_en
from screening.base.notes import note
from screening.sources.firewall import check_header
from screening.sources.invisible import has_invisible, visible_name
from screening.sources.mapping import SOURCE, cut_out, read_for_mapping, without_column
from screening.sources.terms import TERM_IDS

_SHOWN_CHARACTERS = 40


@dataclass
class ColumnChoice:
    """Chooses the columns of one delivery and remembers what it left out. Call it with the header."""

    spec: SourceSpec
    fields: Mapping[str, FieldSpec]
    name: str
    notes: list[Note] = field(default_factory=list)
    header: tuple[str, ...] = ()

    def __call__(self, header: Sequence[str]) -> dict[str, int]:
        """Canonical column -> position in the header, in the order of the contract, and what only the mapping reads.

        Raises:
            SourceError: A name occurs twice, or a cell is no name at all.
            ForbiddenColumnError: A column may never be read.
            ConfigurationError: The source lacks a mapped or required column, or a name fits two columns.
        """
        self._refuse_control_characters(header)
        given, header = header, [visible_name(cell) for cell in header]
        self.header = tuple(header)
        hidden = sum(has_invisible(cell) for cell in given)
        if hidden:
            self.notes.append(note("invisible_in_header", file=self.name, column=hidden))
        self._check_names(header)
        dropped = self._dropped(header)
        is_header = any(_fold(cell) in self._known_names() for cell in header)
        check_header(
            header,
            dataset=self.spec.dataset,
            dropped=dropped,
            name=self.name,
            are_names_shown=is_header and not self.spec.reader,
        )
        if self.spec.reader:  # it can make a name of what a file holds: what nobody here calls so has none
            header = [cell if _fold(cell) in self._known_names() else "" for cell in header]
            self.header = tuple(header)
        open_places = {place for place in range(len(header)) if place not in dropped and header[place]}
        chosen = self._mapped(header, open_places, dropped)
        claimed = set(chosen.values())
        made_here = without_column(self.spec, self.fields)
        for canonical, field_spec in self.fields.items():
            # what a delivery calls by the name of a column that is made here can hold anything: it stays unread
            if canonical in chosen or canonical in self.spec.columns or field_spec.form == TERM_IDS:
                continue
            if canonical in made_here:
                continue
            place = self._find(header, canonical, open_places - claimed)
            if place is not None:
                chosen[canonical] = place
        for_mapping = {
            SOURCE + theirs: self._place(header, theirs, open_places, dropped, "reads")
            for theirs in read_for_mapping(self.spec)
        }
        unread = open_places - {*chosen.values(), *for_mapping.values()}
        self._require(chosen, header, unread)
        self._note_unread(header, unread, dropped)
        return {canonical: chosen[canonical] for canonical in self.fields if canonical in chosen} | for_mapping

    def _known_names(self) -> set[str]:
        mapped = (*self.spec.columns.values(), *self.spec.drop, *read_for_mapping(self.spec))
        return {_fold(name) for name in (*self.fields, *mapped)}

    def _refuse_control_characters(self, header: Sequence[str]) -> None:
        for place, cell in enumerate(header, start=1):
            if any(ord(character) < 32 for character in cell):
                raise SourceError(
                    f"{self.name}: the name of column {place} holds control characters. Is this the header?"
                )

    def _check_names(self, header: Sequence[str]) -> None:
        """Refuse a header with a name twice. The first row of a file without a header can name people: not shown."""
        for cell in dict.fromkeys(header):
            places = [place for place, other in enumerate(header, start=1) if cell and other == cell]
            if len(places) < 2:
                continue
            which = f"columns {', '.join(map(str, places[:-1]))} and {places[-1]}"
            if _fold(cell) in self._known_names():
                raise SourceError(
                    f"{self.name}: the header has {cell} more than once ({which}), so that it is not known which is "
                    "meant. Deliver each column once."
                )
            raise SourceError(
                f"{self.name}: the header has a value twice ({which}). Deliver each column once. If the file has no "
                "header, say so: header = 0, and the names of its columns under `names`."
            )

    def _mapped(self, header: Sequence[str], open_places: set[int], dropped: set[int]) -> dict[str, int]:
        table = f"[sources.{self.spec.dataset}]"
        chosen: dict[str, int] = {}
        for canonical, theirs in self.spec.columns.items():
            if canonical not in self.fields:
                raise ConfigurationError(
                    f"{table} columns: {canonical} is no column of this data set. Correct the name on the left."
                )
            if self.fields[canonical].form == TERM_IDS:
                raise ConfigurationError(f"{table} columns: {canonical} is made of free text and is never delivered.")
            if canonical not in cut_out(self.spec, self.fields):
                chosen[canonical] = self._place(header, theirs, open_places, dropped, f"maps to {canonical}")
        return chosen

    def _place(self, header: Sequence[str], theirs: str, open_places: set[int], dropped: set[int], does: str) -> int:
        """Position of a column that the configuration needs. `does`: what it does with it, for the message."""
        table = f"[sources.{self.spec.dataset}]"
        place = self._find(header, theirs, open_places)
        if place is not None:
            return place
        if self._find(header, theirs, dropped) is not None:
            raise ConfigurationError(f"{table} drops {theirs}, which it {does}. Choose one of the two.")
        raise ConfigurationError(
            f"{self.name}: has no column {theirs}, which {table} {does}. Correct the mapping, or "
            "have the column delivered again."
        )

    def _dropped(self, header: Sequence[str]) -> set[int]:
        """Positions of the columns to drop: every one whose name is the same but for case and outer spaces."""
        dropped: set[int] = set()
        for theirs in self.spec.drop:
            places = {place for place, column in enumerate(header) if _fold(column) == _fold(theirs)}
            if not places:
                self.notes.append(note("column_to_drop_is_absent", file=self.name, of=_shortened(theirs)))
            dropped |= places
        return dropped

    def _find(self, header: Sequence[str], name: str, places: set[int]) -> int | None:
        """Position of the column of that name: exactly so, else the one that differs in case and outer spaces only."""
        exact = [place for place in sorted(places) if header[place] == name]
        if exact:
            return exact[0]
        alike = [place for place in sorted(places) if _fold(header[place]) == _fold(name)]
        if len(alike) > 1:
            raise ConfigurationError(
                f"{self.name}: {name} can be any of {', '.join(_shortened(header[place]) for place in alike)}. "
                f"Say which one under [sources.{self.spec.dataset}] columns."
            )
        return alike[0] if alike else None

    def _require(self, chosen: Mapping[str, int], header: Sequence[str], open_places: set[int]) -> None:
        without = without_column(self.spec, self.fields)
        lacking = [
            name for name, spec in self.fields.items() if spec.required and name not in chosen and name not in without
        ]
        if not lacking:
            return
        many = len(lacking) > 1
        closed = set(range(len(header))) - open_places
        taken = [name for name in lacking if self._find(header, name, closed) is not None]
        if taken:
            raise ConfigurationError(
                f"{self.name}: the required column {taken[0]} is there, but [sources.{self.spec.dataset}] drops it or "
                "maps it to another column. Correct `drop` or `columns`."
            )
        # a file without a header has people in its first row: nothing of it is shown
        unread = f" ({count_en(len(open_places), 'column', 'columns')} left unread)" if open_places else ""
        raise ConfigurationError(
            f"{self.name}: lacks the required column{'s' if many else ''} {', '.join(lacking)}"
            f"{unread if chosen else ' and has no name that is known'}. Map "
            f"{'them' if many else 'it'} under [sources.{self.spec.dataset}] columns, or have the file delivered with "
            f"its header{'' if chosen else '; where lines stand above it, say in which row it is: header = 3'}."
        )

    def _note_unread(self, header: Sequence[str], unread: set[int], dropped: set[int]) -> None:
        if dropped:
            self.notes.append(note("dropped_columns", file=self.name, column=len(dropped)))
        if unread:
            names = ", ".join(_shortened(header[place]) for place in sorted(unread))
            self.notes.append(note("unread_columns", file=self.name, column=len(unread), names=names))
        nameless = sum(not column for column in header)
        if nameless:
            self.notes.append(note("nameless_columns", file=self.name, column=nameless))


def _fold(column: str) -> str:
    return visible_name(column).casefold()


def _shortened(column: str) -> str:
    return column if len(column) <= _SHOWN_CHARACTERS else column[: _SHOWN_CHARACTERS - 1] + "…"
