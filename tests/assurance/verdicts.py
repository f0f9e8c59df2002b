"""What the gate says of a damaged delivery after a good night, and what its rows would do to the flags."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from flows.catalogue import all_contracts
from flows.examination.made_up_town import with_addresses
from flows.night.gate import Delivered
from screening.base.datasets import datasets
from screening.base.errors import BarrierError
from screening.base.frames import PROVENANCE, RESOLVED_ADDRESSES, Row, SourceTable
from screening.contracts import check_threshold, validate
from screening.contracts.differences import differences
from screening.contracts.fingerprint import KnownPlaces, placed_share, take_fingerprint
from screening.contracts.known_rows import RowHasher, compare_rows, moves_with_time, repeated_rows
from screening.sources import read_source, reading_apart
from screening.synthetic import Municipality
from tests.assurance.formats import FORMATS, request
from tests.assurance.pipeline import Frames, linked, screened, typed

KEY = b"key-of-a-workspace-in-a-test"
_HASHER = RowHasher(KEY)
_OF_A_FILE = "source_file_sha256"
_PLACED = [name for name in RESOLVED_ADDRESSES if name not in {"dataset", "key"}]


@dataclass(frozen=True)
class Verdict:
    """What became of a delivery: `refused`, `suspect`, `good`, or `same` where it is good and every known row is there.

    `reasons`: the codes of the gate, or the error. `accepted`: its typed rows; `changed`: known rows that are not among
    them as they were.
    """

    kind: str
    reasons: tuple[str, ...] = ()
    accepted: pl.DataFrame = field(default_factory=pl.DataFrame)
    changed: int = 0


class GoodNight:
    """A municipality after a night on good deliveries: whatever comes next is held against it."""

    def __init__(self, municipality: Municipality, folder: Path) -> None:
        self._folder, self._tables = folder, municipality.tables
        self._frames = typed(municipality)
        self._before: dict[tuple[str, str], _Before] = {}
        self._flags: dict[str, pl.DataFrame] = {}

    def table(self, register: str) -> pl.DataFrame:
        """A register as it is delivered."""
        return self._tables[register]

    def judge(self, register: str, delivery: pl.DataFrame | bytes, form: str = "CSV") -> Verdict:
        """Judge a delivery in this form, as a table or as the bytes of a file."""
        try:
            return self._judged(self._read(register, delivery, form), form)
        except BarrierError as error:
            return Verdict("refused", (type(error).__name__,))

    def judge_apart(self, register: str, deliveries: Iterable[bytes], form: str) -> Iterator[Verdict]:
        """`judge` of files that no process should read that has something to lose."""
        requests = []
        for number, delivery in enumerate(deliveries):
            file = self._folder / f"{number}{FORMATS[form][0]}"
            file.write_bytes(delivery)
            requests.append(request(register, file, str(number)))
        with reading_apart(requests, reporter_key=KEY) as reading:
            for asked in requests:
                try:
                    yield self._judged(replace(reading.table(asked.spec.dataset), dataset=register), form)
                except BarrierError as error:
                    yield Verdict("refused", (type(error).__name__,))

    def _judged(self, table: SourceTable, form: str) -> Verdict:
        before = self._good(table.dataset, form)
        if before.delivered.table.frame.drop(_OF_A_FILE).equals(table.frame.drop(_OF_A_FILE)):
            return Verdict("same")
        return before.judge(self._validated(table), self._frames["bag_adressen"])

    def looks_good(self, register: str, delivery: pl.DataFrame) -> bool:
        """Whether nothing is seen of a CSV before its contract; `judge` takes it through that too, which costs more."""
        before = self._good(register, "CSV")
        try:
            table = self._read(register, delivery, "CSV")
        except BarrierError:
            return False
        return before.reasons(table.frame, Delivered(table, table.frame), self._frames["bag_adressen"]) == []

    def changed_flags(self, register: str, accepted: pl.DataFrame) -> int:
        """Flags that are lost, gained or rest on other rules where these are the accepted rows of the register."""
        if register not in self._flags:
            self._flags[register] = self._flagged(register, self._good(register, "CSV").delivered.accepted)
        now, before = self._flagged(register, accepted), self._flags[register]
        changed = pl.concat(
            [now.join(before, on=now.columns, how="anti"), before.join(now, on=now.columns, how="anti")]
        )
        return changed["address_id"].n_unique()

    def that_change_flags(self, register: str, verdicts: Sequence[Verdict]) -> Sequence[Verdict]:
        """Those of which the rows change a flag. Together first, since most change none and rules cost seconds."""
        if not verdicts or not self.changed_flags(register, self._together(register, verdicts)):
            return []
        if len(verdicts) == 1:
            return verdicts
        half = len(verdicts) // 2
        return [
            verdict for part in (verdicts[:half], verdicts[half:]) for verdict in self.that_change_flags(register, part)
        ]

    def _together(self, register: str, verdicts: Sequence[Verdict]) -> pl.DataFrame:
        """The good rows with what each of the deliveries changed of them."""
        good = self._good(register, "CSV").delivered.accepted
        values = [name for name in good.columns if name not in PROVENANCE]
        is_good = good.select(values).hash_rows().implode()
        rows = [verdict.accepted for verdict in verdicts]
        others = [frame.filter(~frame.select(values).hash_rows().is_in(is_good)) for frame in rows]
        gone = pl.concat([good.join(frame, on="key", how="anti").select("key") for frame in rows])
        changed = pl.concat([*others, good.clear()]).unique("key", keep="first", maintain_order=True)
        kept = good.join(pl.concat([gone, changed.select("key")]), on="key", how="anti")
        return pl.concat([kept, changed])

    def written(self, register: str, form: str = "CSV") -> bytes:
        """The file of the good night."""
        return FORMATS[form][1](self.table(register))

    def _flagged(self, register: str, accepted: pl.DataFrame) -> pl.DataFrame:
        frames: Frames = {"bag_adressen": self._frames["bag_adressen"], register: accepted}
        if register == "bag_adressen":
            frames = {name: frame.drop(_PLACED, strict=False) for name, frame in self._frames.items()} | frames
        flags = screened(linked(self._frames | with_addresses(frames))).flags
        return flags.select("address_id", "reason", pl.col("indicator_codes").list.sort().list.join(" "))

    def _good(self, register: str, form: str) -> _Before:
        if (register, form) not in self._before:
            delivered = self._validated(self._read(register, self.table(register), form))
            self._before[register, form] = _Before(delivered, self._frames["bag_adressen"])
        return self._before[register, form]

    def _read(self, register: str, delivery: pl.DataFrame | bytes, form: str) -> SourceTable:
        suffix, write = FORMATS[form]
        file = self._folder / f"{register}{suffix}"
        file.write_bytes(delivery if isinstance(delivery, bytes) else write(delivery))
        asked = request(register, file)
        return read_source(asked.spec, asked.fields, reporter_key=KEY)

    def _validated(self, table: SourceTable) -> Delivered:
        result = validate(table, all_contracts()[table.dataset])
        check_threshold(result, 0.05, table.dataset)
        return Delivered(table, result.accepted)


class _Before:
    """The good delivery of a register: its rows, fingerprint and hashes."""

    def __init__(self, delivered: Delivered, addresses: pl.DataFrame) -> None:
        self.delivered, self._about = delivered, datasets()[delivered.table.dataset]
        self._text = delivered.text()
        self._fingerprint = self._taken(self._text, delivered, addresses)
        self._hashes = _HASHER.rows(self._text, self._about)

    def judge(self, delivered: Delivered, addresses: pl.DataFrame) -> Verdict:
        text = delivered.text()
        reasons = self.reasons(text, delivered, addresses)
        kept = [name for name in self._text.columns if name not in PROVENANCE]
        if set(kept) <= set(text.columns):
            gone = self._text.join(text.select(kept), on=kept, how="anti", nulls_equal=True).height
            changed = max(gone, text.height - self._text.height)
        else:
            changed = self._text.height
        kind = "suspect" if reasons else "good" if changed else "same"
        return Verdict(kind, tuple(reasons), delivered.accepted, changed)

    def reasons(self, text: pl.DataFrame, delivered: Delivered, addresses: pl.DataFrame) -> list[str]:
        taken = self._taken(text, delivered, addresses)
        hashes = _HASHER.rows(text, self._about)
        seen = list(differences(taken, self._fingerprint, has_known_rows=True))
        seen += compare_rows(
            hashes, self._hashes, self._about, text, _HASHER, is_window=moves_with_time(taken, self._fingerprint)
        ).reasons
        for reason in seen:
            assert reason.document()["nl"]
        return [reason.code for reason in seen if reason.is_suspect]

    def _taken(self, text: pl.DataFrame, delivered: Delivered, addresses: pl.DataFrame) -> Row:
        placed = placed_share(text, KnownPlaces.of(addresses)) if self._about.addressed else None
        repeated = repeated_rows(delivered.rows(), self._about)
        return take_fingerprint(text, self._about, delivered.files, placed, repeated=repeated)
