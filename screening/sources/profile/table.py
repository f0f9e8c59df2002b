"""The `[sources.…]` table that maps a file to a register, as far as a program can tell; what is unsure is a comment."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from screening.base.datasets import DataSet, datasets
from screening.sources.codes import fold_spelling
from screening.sources.firewall import forbidden_category
from screening.sources.profile.columns import ColumnProfile
from screening.sources.profile.file_profile import FileProfile
from screening.sources.profile.fit import match_spellings
from screening.sources.profile.register import Fit, Recognition
from screening.sources.profile.toml_lines import listed, quoted, table_key
from screening.sources.profile.words import is_time_of_day, name_part

_UNSURE_FIT = 0.7
#: Years of two digits below it are of this century: ends of licences are, births of those who hold one hardly.
_PIVOT = 40
_REST = "overig"
#: Fewer rows than this share whose spelling is not told are left to the contract, which rejects and counts them.
_LEAST_OTHERS = 0.02
#: Words that may be codes or numbers as well: empty only in columns where they can be neither.
_WORDS_OF_DOUBT = ("0", "x", "geen", "onbekend", "niet bekend", "unknown", "na", "-", ".", "?")
_NEVER_A_WORD = ("kvk_nummer", "vestigingsnummer", "rsin", "object_id", "postcode")


@dataclass
class ProposedTable:
    """Lines of TOML with their comments, and what a person has to decide, a sentence each."""

    dataset: str
    lines: list[str] = field(default_factory=list)
    open_points: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The table as it is pasted."""
        return "\n".join(self.lines) + "\n"


def propose_table(file: FileProfile, recognition: Recognition, path: str) -> ProposedTable:
    """The table of a file for a register. `path`: what it is called under `path`."""
    return _Proposal(file, datasets()[recognition.dataset], dict(recognition.fits), path).table()


class _Proposal:
    """What the parts of one proposal share."""

    def __init__(self, file: FileProfile, about: DataSet, fits: dict[str, Fit], path: str) -> None:
        self.file, self.about, self.path = file, about, path
        self.dropped = [column for column in file.columns if self._is_dropped(column, fits)]
        places = {column.place for column in self.dropped}
        self.fits = {name: fit for name, fit in fits.items() if fit.profile.place not in places}
        self.proposed = ProposedTable(about.name)
        self.joined: dict[str, list[str]] = {}

    def table(self) -> ProposedTable:
        """All lines, in the order of the page on mapping."""
        self._add(f"[sources.{self.about.name}]")
        self._add(f"path = {quoted(self.path)}")
        self._written()
        self._columns()
        self._codes()
        self._dates()
        self._empty()
        self._lacks()
        if self.dropped:
            names = [self._name(column) for column in self.dropped if self._name(column)]
            self._add(f"drop = {listed(names)}", comment="may never be read")
        return self.proposed

    def _add(self, line: str, comment: str = "") -> None:
        self.proposed.lines.append(f"{line}   # {comment}" if comment else line)

    def _open(self, sentence: str) -> None:
        self.proposed.open_points.append(sentence)

    def _name(self, column: ColumnProfile) -> str:
        """What the configuration calls a column of the file; "" where its name may not be shown."""
        if self.file.layout.names:
            named = next((name for name, fit in self.fits.items() if fit.profile.place == column.place), None)
            return named or self.file.layout.names[column.place]
        return column.name

    def _is_dropped(self, column: ColumnProfile, fits: dict[str, Fit]) -> bool:
        is_rsin = "rsin" in fits and fits["rsin"].profile.place == column.place
        holds_bsns = column.filled >= 5 and column.share("bsn") >= 0.5 and not is_rsin
        return holds_bsns or bool(column.category and forbidden_category(column.name, self.about.name))

    def _written(self) -> None:
        layout = self.file.layout
        if layout.encoding:
            self._add(f"encoding = {quoted(layout.encoding)}", comment="by its accented letters: look at a few names")
            self._open(f"encoding: its letters look like {layout.encoding}. Look whether names read well.")
        if layout.header is not None:
            self._add(f"header = {layout.header}")
        if layout.names:
            self._add(f"names = {listed([self._name(column) for column in self.file.columns])}")
            is_all = all(self._name(column) in self.fits for column in self.file.columns)
            rest = "" if is_all else " Each kolom_… is not recognised: name it, or leave it unread."
            self._open(f"names: the file has no header, so that its content decided.{rest}")
        if layout.sheet:
            self._add(f"sheet = {quoted(layout.sheet)}")

    def _columns(self) -> None:
        self._join()
        for name, fit in self.fits.items():
            if name in self.joined:
                continue
            theirs = self._name(fit.profile)
            unsure = "unsure: look at what it holds" if fit.score < _UNSURE_FIT and fit.profile.filled else ""
            if not theirs:
                self._open(
                    f"columns: column {fit.profile.place + 1} looks like {name}, and its name is not shown here."
                )
            elif theirs.casefold() != name:
                self._add(f"columns.{name} = {quoted(theirs)}", comment=unsure)
            elif unsure and not self.file.layout.names:
                self._add(f"# {name}: {unsure}")
            if unsure:
                of = theirs if theirs != name else f"column {fit.profile.place + 1}"
                self._open(f"columns: {of} is not certain to be {name}.")

    def _join(self) -> None:
        """Parts of a name, a day and its time, and coordinates in one column."""
        free = [column for column in self.file.columns if column not in self.dropped and column.name]
        taken = {fit.profile.place for fit in self.fits.values()}
        parts: dict[str, str] = {}
        for column in free:
            part = name_part(column.name)
            if part and column.place not in taken:
                parts.setdefault(part, column.name)
        holder = next((party.names[0] for party in self.about.parties if party.names and party.kind is None), None)
        holder = holder or next((n for n, c in self.about.columns.items() if c.form == "name"), None)
        if holder and holder not in self.fits and {"first", "last"} <= parts.keys():
            self.joined[holder] = [parts[part] for part in ("first", "infix", "last") if part in parts]
        moment = self.fits.get("datum_melding")
        times = [c for c in free if c.place not in taken and is_time_of_day(c.name) and c.share("time") >= 0.8]
        if moment and times and moment.profile.name and moment.profile.share("moment") < 0.5:
            self.joined["datum_melding"] = [moment.profile.name, times[0].name]
        for name, columns in self.joined.items():
            self._add(f"join.{name} = {{ from = {listed(columns)} }}")
        pairs = [column for column in free if column.place not in taken and column.share("pair") >= 0.8]
        if pairs and "lat" in self.about.columns and not {"lat", "lon"} & self.fits.keys():
            self._add(f'split.{table_key(pairs[0].name)} = {{ at = ",", into = ["lat", "lon"] }}')

    def _codes(self) -> None:
        rows_of_register: dict[str, list[str]] = {}
        for name, fit in self.fits.items():
            codes = self.about.columns[name].codes
            if not codes:
                continue
            sure: dict[str, list[str]] = {}
            unsure: list[str] = []
            left_rows = 0
            for match in match_spellings(self.about.name, name, fit.profile):
                if match.code and match.is_sure:
                    if fold_spelling(match.spelling) != fold_spelling(match.code):
                        sure.setdefault(match.code, []).append(match.spelling)
                    continue
                left_rows += match.rows
                meaning = f"perhaps {match.code}" if match.code else "no code is like it"
                unsure.append(f"# codes.{name}: {quoted(match.spelling)} ({match.rows} rows): {meaning}")
            for code in (code for code in codes if code in sure):
                self._add(f"codes.{name}.{table_key(code)} = {listed(sure[code])}")
            self.proposed.lines += unsure
            if unsure:
                self._open(
                    f"codes.{name}: {len(unsure)} spellings ({left_rows} rows) are not certain, see the comments."
                )
            if fit.profile.others_rows > _LEAST_OTHERS * fit.profile.filled:
                others = f"{fit.profile.others} other spellings ({fit.profile.others_rows} rows)"
                self._open(f"codes.{name}: {others} may not be shown: look them up in the file.")
            if unsure and _REST in codes:
                self._add(f"otherwise.{name} = {quoted(_REST)}")
            elif left_rows > 0.05 * fit.profile.filled:
                rows_of_register |= self._spellings_of_ours(name, fit.profile)
        if rows_of_register:
            chosen = ", ".join(f"{table_key(theirs)} = {listed(sure)}" for theirs, sure in rows_of_register.items())
            self._add(f"# where = {{ {chosen} }}", comment="leaves the other rows out")

    def _spellings_of_ours(self, name: str, profile: ColumnProfile) -> dict[str, list[str]]:
        """Their name of a required column of codes, with the spellings that are surely ours; empty where none is."""
        matches = match_spellings(self.about.name, name, profile)
        sure = [match.spelling for match in matches if match.code and match.is_sure]
        theirs = self._name(profile)
        return {theirs: sure} if sure and theirs and self.about.columns[name].required else {}

    def _dates(self) -> None:
        shares: dict[str, float] = {}
        unsure: set[str] = set()
        for name, fit in self.fits.items():
            kind = self.about.columns[name].logical_type
            if kind not in ("date", "timestamp"):
                continue
            for form, share in fit.profile.forms.items():
                if _is_always_read(form, kind, fit.profile):
                    continue
                behind = " %H:%M" if name in self.joined else ""
                shares[form + behind] = max(shares.get(form + behind, 0.0), share)
                unsure |= {form} & {*fit.profile.unsure_forms}
        forms: dict[str, str] = {}
        for form in sorted(shares, key=lambda form: (-shares[form], form)):
            forms.setdefault(re.sub("%[dmHMS]", "9", form), form)  # of two that the same text can have, the commoner
        if not forms:
            return
        decided = unsure & {*forms.values()} and not any("%d" in form for form in shares if form not in unsure)
        pivot = f", pivot = {_PIVOT}" if any("%y" in form for form in forms.values()) else ""
        comment = "whether the day or the month is first cannot be told" if decided else ""
        self._add(f"dates = {{ forms = {listed(list(forms.values()))}{pivot} }}", comment=comment)
        if decided:
            self._open("dates: no value tells whether the day or the month is first.")

    def _empty(self) -> None:
        null: dict[str, None] = {}
        ends: dict[str, None] = {}
        for name, fit in self.fits.items():
            column = self.about.columns[name]
            if column.logical_type in ("date", "timestamp") and not column.required:
                ends.update(dict.fromkeys(fit.profile.open_ends))
            if not column.required:
                null.update(dict.fromkeys(word for word in fit.profile.nulls if self._means_empty(word)))
        if null:
            self._add(f"null = {listed(list(null))}")
        if ends:
            self._add(f"open_end = {listed(list(ends))}")

    def _means_empty(self, word: str) -> bool:
        """Not where it may mean something in a column of this table: `geen` is an outcome of an objection."""
        if word.lower() not in _WORDS_OF_DOUBT:
            return True
        columns = [name for name, fit in self.fits.items() if word in fit.profile.nulls]
        about = [self.about.columns[name] for name in columns]
        return all(c.form in _NEVER_A_WORD or c.logical_type in ("date", "timestamp") for c in about)

    def _lacks(self) -> None:
        lacking = [
            name for name, c in self.about.columns.items() if c.required and name not in {*self.fits, *self.joined}
        ]
        for name in [name for name in lacking if self.about.columns[name].unique]:
            lacking.remove(name)
            self._open(f"columns: no column tells the rows apart ({name}). Without it the register cannot be used.")
        if not lacking:
            return
        self._add(f"lacks = {listed(lacking)}", comment="rules that need it are off; or map it under columns")
        self._open(f"lacks: no column was recognised as {', '.join(lacking)}.")
        coded = next((name for name in lacking if self.about.columns[name].codes), None)
        if coded:
            code = self.about.columns[coded].codes[0]
            self._add(f"# constant.{coded} = {quoted(code)}", comment="instead of lacks, where every row has the same")


def _is_always_read(form: str, kind: str, profile: ColumnProfile) -> bool:
    """Whether a form needs no naming: a moment in a column of moments, or midnight in a column of days."""
    if not form.startswith(("%Y-%m-%d", "%d-%m-%Y")):
        return False
    return kind == "timestamp" or profile.share("moment") < 0.005
