"""What is judged of each delivery before anything uses it: its verdict with reasons, and how old it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from flows.configuration import Configuration
from flows.desk import Desk
from flows.night.visit_findings import REVIEW
from screening.base.datasets import datasets
from screening.base.frames import Row, SourceFile, SourceTable
from screening.contracts.age import Reference, newest_date, reference_date
from screening.contracts.differences import differences, drift, remarks, shifts
from screening.contracts.fingerprint import KnownPlaces, placed_share, take_fingerprint
from screening.contracts.known_rows import RowHasher, compare_rows, moves_with_time, repeated_rows
from screening.contracts.manifest import Manifest
from screening.contracts.reasons import Reason
from screening.store.deliveries import (
    Baselines,
    JudgedDelivery,
    baselines,
    decision_about,
    delivery_digest,
    note_delivery,
)
from screening.store.kept_deliveries import keep_row_hashes, read_row_hashes
from screening.store.schema.deliveries import ACCEPTED, GOOD, REJECTED, SUSPECT

#: So far may a manifest lie after the night: one is repeated some days later, on the files of then.
_DAYS_AHEAD = 31
_PROVENANCE = ["source_file_sha256", "row_number"]


@dataclass(frozen=True)
class Delivered:
    """A delivery that is to be judged: the register as text, its rows that the contract accepted, its manifests."""

    table: SourceTable
    accepted: pl.DataFrame
    manifests: Sequence[Manifest] = ()

    @property
    def files(self) -> list[SourceFile]:
        """Its files; findings of visits come from the review and are none."""
        return [file for file in self.table.files if file.path != REVIEW]

    @property
    def digest(self) -> str:
        """The hash by which the delivery is known."""
        return delivery_digest([file.sha256 for file in self.files])

    def rows(self) -> pl.DataFrame:
        """Its rows as text, accepted or not."""
        if len(self.files) == len(self.table.files):
            return self.table.frame
        return self.table.frame.filter(pl.col("source_file_sha256").is_in([file.sha256 for file in self.files]))

    def text(self) -> pl.DataFrame:
        """Its accepted rows as text."""
        rows = self.rows()
        if len(self.table.files) == 1:
            is_accepted = pl.col("row_number").is_in(self.accepted["row_number"].implode())
            return rows if rows.height == self.accepted.height else rows.filter(is_accepted)
        files = pl.Enum([file.sha256 for file in self.table.files])
        numbers = pl.col("source_file_sha256").cast(files).to_physical(), pl.col("row_number")  # shorter than hashes
        return rows.join(self.accepted.select(_PROVENANCE), on=numbers, how="semi", maintain_order="left")


def reference_of(delivered: Delivered, as_of: date, accepted_for: date | None = None) -> Reference:
    """The date for which the delivery of a register holds. `accepted_for`: the date that a person gave."""
    return reference_date(
        manifests=[manifest.as_of for manifest in delivered.manifests],
        source=[date.fromisoformat(file.as_of) for file in delivered.table.files if file.as_of],
        accepted_for=accepted_for,
        newest=newest_date(delivered.accepted, datasets()[delivered.table.dataset], as_of),
    )


def stale(settings: Configuration, dataset: str, reference: Reference, confirmed: date | None = None) -> Row | None:
    """Why a register is too old to be used, as `unavailable` in run.json; None where it is not.

    `confirmed`: the day on which a person last said that it holds, which counts in a real municipality where nothing
    else tells its age.
    """
    age, most = reference.age_days(settings.as_of), settings.max_age_days.get(dataset)
    if most is None or (age is None and settings.is_synthetic):
        return None
    if age is None:
        since = None if confirmed is None else max(0, (settings.as_of - confirmed).days)
        if since is not None and since <= most:
            return None
        nl = "nooit bevestigd" if since is None else f"{since} dagen geleden voor het laatst bevestigd"
        en = "never confirmed" if since is None else f"last confirmed {since} days ago"
        return {
            "kind": "stale",
            "reason_nl": f"niets zegt hoe oud de levering is, en zij is {nl}; afgesproken is om de {most} dagen.",
            "reason_en": f"nothing tells how old the delivery is, and it was {en}; every {most} days was agreed.",
        }
    if age <= most:
        return None
    return {
        "kind": "stale",
        "reason_nl": f"de levering is {age} dagen oud; afgesproken is hooguit {most}.",
        "reason_en": f"the delivery is {age} days old; at most {most} was agreed.",
    }


def suspect(reasons: Sequence[Row]) -> Row:
    """Why a register is not used, as `unavailable` in run.json."""
    return {
        "kind": SUSPECT,
        "reason_nl": f"de levering is twijfelachtig: {' '.join(reason['nl'] for reason in reasons)}",
        "reason_en": f"the delivery is doubtful: {' '.join(reason['en'] for reason in reasons)}",
    }


def aged(document: Row, reference: Reference, as_of: date) -> Row:
    """A delivery in run.json with its age."""
    day = None if reference.day is None else reference.day.isoformat()
    return document | {"age_days": reference.age_days(as_of), "reference_date": day, "age_from": str(reference.basis)}


@dataclass(frozen=True)
class Verdict:
    """What the gate says of a delivery. `decision`: what a person decided about it; `rows`: its hashes."""

    judged: JudgedDelivery
    decision: str | None
    reference: Reference
    newest_date: date | None
    rows: pl.DataFrame

    @property
    def is_good(self) -> bool:
        """Whether it may be used."""
        is_rejected = self.decision == REJECTED
        return self.decision == ACCEPTED or (self.judged.verdict == GOOD and not is_rejected)

    @property
    def reasons(self) -> list[Row]:
        """Why, as run.json has it."""
        return self.judged.reasons + ([Reason(self.decision).document()] if self.decision else [])


def give_verdict(desk: Desk, delivered: Delivered, places: KnownPlaces | None = None) -> Verdict:
    """Give a delivery its verdict, and write nothing down.

    A manifest that fits decides; else it is held against the last good delivery of its register, and against one of
    some time ago. What a person decided about it counts.

    Args:
        desk: Where earlier verdicts and the hashes of rows are read.
        delivered: The delivery.
        places: Those of the accepted addresses of this night, where these are good.
    """
    as_of, register, digest = desk.configuration.as_of, delivered.table.dataset, delivered.digest
    text, about, against = delivered.text(), datasets()[register], baselines(desk.store, register, digest, as_of)
    placed = placed_share(text, places) if places is not None and about.addressed else None
    taken = take_fingerprint(text, about, delivered.files, placed, repeated_rows(delivered.rows(), about))
    hasher = RowHasher(desk.workspace.reporter_key())
    rows = hasher.rows(text, about)
    reasons = _reasons(desk, delivered, against, taken, _Rows(text, rows, hasher))
    decision = decision_about(desk.store, register, digest)
    reference = reference_of(delivered, as_of, decision.holds_for if decision else None)
    judged = JudgedDelivery(
        delivery_sha256=digest,
        as_of=as_of,
        verdict=SUSPECT if any(reason.is_suspect for reason in reasons) else GOOD,
        is_sealed=bool(delivered.manifests),
        reference_date=reference.day,
        reasons=[reason.document() for reason in reasons],
        fingerprint=taken,
    )
    newest = newest_date(delivered.accepted, about, as_of)
    return Verdict(judged, decision.decision if decision else None, reference, newest, rows)


def judge_delivery(
    desk: Desk, delivered: Delivered, places: KnownPlaces | None, *, is_kept: bool = True
) -> tuple[Row, Reference]:
    """Give a delivery its verdict (`give_verdict`), write it down, and keep the hashes of its rows.

    Also of a suspect one: a person may accept it, and the next night has another file. `is_kept`: a dry run keeps
    nothing.

    Returns:
        What run.json says of it, and the date for which it holds.
    """
    verdict, register = give_verdict(desk, delivered, places), delivered.table.dataset
    if is_kept:
        note_delivery(desk.store, register, verdict.judged, desk.now)
    if is_kept and verdict.decision != REJECTED:
        keep_row_hashes(desk.workspace, register, delivered.digest, verdict.rows)
    document: Row = {
        "verdict": GOOD if verdict.is_good else SUSPECT,
        "reasons": verdict.reasons,
        "delivery_sha256": delivered.digest,
        "newest_date": None if verdict.newest_date is None else verdict.newest_date.isoformat(),
        "fingerprint": verdict.judged.fingerprint,
    }
    return aged(document, verdict.reference, desk.configuration.as_of), verdict.reference


@dataclass(frozen=True)
class _Rows:
    text: pl.DataFrame
    hashes: pl.DataFrame
    hasher: RowHasher


def _reasons(desk: Desk, delivered: Delivered, against: Baselines, taken: Row, rows: _Rows) -> list[Reason]:
    """Why a delivery is suspect, and what is to be said of it. Notes in `taken` how many known rows vanished."""
    about, last, anchor = datasets()[delivered.table.dataset], against.last, against.anchor
    reasons = list(remarks(taken))
    taken["vanished"] = 0.0
    taken["vanished_in_all"] = last.fingerprint["vanished_in_all"] if last else 0.0
    if against.first_seen is not None:
        reasons.append(Reason("same_delivery", day=against.first_seen))
    if last and last.delivery_sha256 != delivered.digest:
        reasons += shifts(taken, last.fingerprint)
    if delivered.manifests:
        return [*reasons, *_of_the_date(delivered.manifests, last, desk.configuration.as_of), Reason("sealed")]
    if last is None:
        return reasons if desk.configuration.is_synthetic else [*reasons, Reason("first_delivery")]
    if last.delivery_sha256 == delivered.digest:
        return reasons
    before = read_row_hashes(desk.workspace, about.name, last.delivery_sha256)
    reasons += differences(taken, last.fingerprint, has_known_rows=before is not None)
    if before is not None:
        is_window = moves_with_time(taken, last.fingerprint)
        compared = compare_rows(rows.hashes, before, about, rows.text, rows.hasher, is_window=is_window)
        reasons += compared.reasons
        taken["vanished"] = round(compared.vanished, 5)
        taken["vanished_in_all"] = round(taken["vanished_in_all"] + compared.vanished, 5)
    elif against.doubted is not None:  # that its rows were erased meanwhile settles no doubt
        reasons.append(Reason("doubt_not_settled", day=against.doubted))
    else:
        reasons.append(Reason("rows_not_compared", day=last.as_of))
    if anchor is not None and anchor != last:
        since = taken["vanished_in_all"] - anchor.fingerprint["vanished_in_all"]
        reasons += drift(taken, anchor.fingerprint, (desk.configuration.as_of - anchor.as_of).days, since)
    return reasons


def _of_the_date(manifests: Sequence[Manifest], last: JudgedDelivery | None, as_of: date) -> Iterator[Reason]:
    """Whether manifests, which fit their files, are of another time: of an older delivery, or of a date to come."""
    day = max(manifest.as_of for manifest in manifests)
    if (day - as_of).days > _DAYS_AHEAD:  # as a slip of the year is: the delivery would never be old
        yield Reason("manifest_ahead", {"days": (day - as_of).days})
    if last is not None and last.is_sealed and last.reference_date is not None and day < last.reference_date:
        yield Reason("manifest_older", {"days": (last.reference_date - day).days})
