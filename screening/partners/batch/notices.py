"""Corrections and withdrawals: which signal, why, and what the receiver is asked to do (AVG art. 19)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field, model_validator

from screening.partners.signal.canonical import canonical
from screening.partners.signal.fields import Day, SignalId, StrictModel
from screening.vocabulary import BatchKind, NoticeReason

FILE = "berichten.json"
#: The request to the receiver, by kind. A closed text: nothing of the reason or the person slips in.
ASKED: dict[BatchKind, tuple[str, str]] = {
    BatchKind.CORRECTION: (
        "Vervang het signaal door de versie in deze levering. Geef de verbetering door aan iedereen die de vorige "
        "versie van u kreeg. Vernietig de vorige versie.",
        "Replace the signal by the version in this batch. Pass the correction on to everyone who received the earlier "
        "version from you. Destroy the earlier version.",
    ),
    BatchKind.WITHDRAWAL: (
        "Gebruik dit signaal niet meer. Vernietig het en alles wat ervan is afgeleid, en vraag dat ook aan iedereen "
        "die het van u kreeg. Meld in het terugmeldformulier dat het is verwijderd.",
        "Do not use this signal any more. Destroy it and whatever was derived from it, and ask the same of everyone "
        "who received it from you. Report in the feedback sheet that it has been removed.",
    ),
}


#: The request when a record is restricted: to destroy it would take from somebody what the right keeps for them.
_ASKED_OF_RESTRICTED = (
    "Gebruik dit signaal niet en geef het niet door, tot wij u iets anders laten weten. Vernietig het nu niet: bewaar "
    "het afgeschermd, niet langer dan de bewaartermijn die erin staat. Vraag hetzelfde aan iedereen die het van u "
    "kreeg.",
    "Do not use this signal and do not pass it on, until we tell you otherwise. Do not destroy it now: keep it apart, "
    "no longer than the term that it states. Ask the same of everyone who received it from you.",
)


def requested_action(kind: BatchKind, reason: NoticeReason) -> tuple[str, str]:
    """Return what the receiver must do, in Dutch and in English."""
    is_restricted = kind == BatchKind.WITHDRAWAL and reason == NoticeReason.RECHT_OP_BEPERKING
    return _ASKED_OF_RESTRICTED if is_restricted else ASKED[kind]


class Notice(StrictModel):
    """One signal that is corrected or withdrawn. It names the signal and the batches it went out in, no content."""

    soort: Literal["correction", "withdrawal"]
    signaal_id: SignalId
    eerdere_leveringen: tuple[Annotated[str, Field(pattern=r"^L-[0-9a-f]{16}$")], ...] = Field(
        min_length=1, max_length=100
    )
    ingetrokken_versie: int = Field(ge=1, le=999)
    nieuwe_versie: int | None = Field(default=None, ge=2, le=1000)
    reden: NoticeReason
    op: Day
    wat_te_doen: str
    what_to_do: str

    @model_validator(mode="after")
    def _of_its_kind(self) -> Notice:
        if (self.wat_te_doen, self.what_to_do) != requested_action(BatchKind(self.soort), self.reden):
            raise ValueError("the text of a notice is that of its kind and reason")
        replaced = self.nieuwe_versie is not None and self.nieuwe_versie > self.ingetrokken_versie
        if replaced != (BatchKind(self.soort) == BatchKind.CORRECTION):
            raise ValueError("a correction has a later version, a withdrawal has none")
        return self


def withdrawal(signal_id: str, *, version: int, batches: Sequence[str], reason: NoticeReason, on: str) -> Notice:
    """The notice that a signal is withdrawn. `batches`: ids of the batches it went out in; `on`: YYYY-MM-DD."""
    action_nl, action_en = requested_action(BatchKind.WITHDRAWAL, reason)
    return Notice(
        soort="withdrawal", signaal_id=signal_id, eerdere_leveringen=tuple(batches), ingetrokken_versie=version,
        reden=reason, op=on, wat_te_doen=action_nl, what_to_do=action_en,
    )  # fmt: skip


def correction(
    signal_id: str, *, version: int, new_version: int, batches: Sequence[str], reason: NoticeReason, on: str
) -> Notice:
    """The notice that a signal is replaced by a later version, which goes in the same batch."""
    action_nl, action_en = requested_action(BatchKind.CORRECTION, reason)
    return Notice(
        soort="correction", signaal_id=signal_id, eerdere_leveringen=tuple(batches), ingetrokken_versie=version,
        nieuwe_versie=new_version, reden=reason, op=on, wat_te_doen=action_nl, what_to_do=action_en,
    )  # fmt: skip


def notices_bytes(notices: Sequence[Notice]) -> bytes:
    """The canonical bytes of `berichten.json`: the notices by signal id."""
    listed = sorted(notices, key=lambda notice: (notice.signaal_id, notice.ingetrokken_versie))
    return canonical([notice.model_dump(mode="json", exclude_none=True) for notice in listed])
