"""Corrections, withdrawals and their reversals: which signal, why, and what the receiver must do (AVG art. 19)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field, model_validator

from screening.base.vocabulary import BatchKind, NoticeReason
from screening.partners.signal.canonical import canonical
from screening.partners.signal.fields import Day, SignalId, StrictModel

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
        "die het van u kreeg. Meld in uw antwoord dat het is vernietigd.",
        "Do not use this signal any more. Destroy it and whatever was derived from it, and ask the same of everyone "
        "who received it from you. Report in your answer that it has been destroyed.",
    ),
    BatchKind.REVERSAL: (
        "De intrekking van dit signaal was een fout. Het signaal geldt weer: gebruik de versie in deze levering. In "
        "onderdeel 1 van het signaal staat waarom. Geef dit door aan iedereen die de intrekking van u kreeg.",
        "The withdrawal of this signal was an error. The signal holds again: use the version in this batch. Part 1 of "
        "the signal says why. Pass this on to everyone who received the withdrawal from you.",
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
    """One signal that is corrected, withdrawn or in force again. It names its batches, and no content.

    `ingetrokken_versie`: the version that the receiver may not use, or was told not to use.
    """

    soort: Literal["correction", "withdrawal", "reversal"]
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
        if replaced == (BatchKind(self.soort) == BatchKind.WITHDRAWAL):
            raise ValueError("a correction and a reversal have a later version, a withdrawal has none")
        is_reversal = BatchKind(self.soort) == BatchKind.REVERSAL
        if is_reversal != (NoticeReason(self.reden) == NoticeReason.TEN_ONRECHTE_INGETROKKEN):
            raise ValueError("the reason of a reversal is that the withdrawal was an error, and of nothing else")
        return self


def withdrawal(signal_id: str, *, version: int, batches: Sequence[str], reason: NoticeReason, on: str) -> Notice:
    """The notice that a signal is withdrawn. `batches`: ids of the batches it went out in; `on`: YYYY-MM-DD."""
    action_nl, action_en = requested_action(BatchKind.WITHDRAWAL, reason)
    return Notice(
        soort="withdrawal",
        signaal_id=signal_id,
        eerdere_leveringen=tuple(batches),
        ingetrokken_versie=version,
        reden=reason,
        op=on,
        wat_te_doen=action_nl,
        what_to_do=action_en,
    )


def later_version(
    kind: BatchKind,
    signal_id: str,
    *,
    version: int,
    new_version: int,
    batches: Sequence[str],
    reason: NoticeReason,
    on: str,
) -> Notice:
    """The notice of a correction, or of the reversal of a withdrawal: the later version goes in the same batch."""
    action_nl, action_en = requested_action(kind, reason)
    return Notice(
        soort="reversal" if kind == BatchKind.REVERSAL else "correction",
        signaal_id=signal_id,
        eerdere_leveringen=tuple(batches),
        ingetrokken_versie=version,
        nieuwe_versie=new_version,
        reden=reason,
        op=on,
        wat_te_doen=action_nl,
        what_to_do=action_en,
    )


def notices_bytes(notices: Sequence[Notice]) -> bytes:
    """The canonical bytes of `berichten.json`: the notices by signal id."""
    listed = sorted(notices, key=lambda notice: (notice.signaal_id, notice.ingetrokken_versie))
    return canonical([notice.model_dump(mode="json", exclude_none=True) for notice in listed])
