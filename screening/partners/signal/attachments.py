"""The attachments of a signal: at most three documents that the municipality made itself, as PDF without metadata."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from screening.partners.signal.codes import AttachmentKind
from screening.partners.signal.fields import Day, Reason, StrictModel, leaf

MOST_ATTACHMENTS = 3
#: A report of some pages with photos fits; a scan of a whole file does not.
MOST_ATTACHMENT_BYTES = 5_000_000
MOST_ATTACHMENT_PAGES = 60

_Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Attachment(StrictModel):
    """One document in the batch, pointed at by its hash: an approval of the signal is one of its attachments."""

    soort: AttachmentKind = leaf("Soort", "Kind", "Wat voor stuk het is.", "What document it is.")
    datum: Day = leaf("Datum", "Date", "Van wanneer het stuk is.", "Of which day the document is.")
    noodzaak: Reason = leaf(
        "Waarom nodig",
        "Why needed",
        "Een stuk gaat alleen mee als het signaal er niet zonder kan.",
        "A document goes along only where the signal cannot do without.",
        is_written=True,
    )
    bestand: Annotated[str, Field(pattern=r"^bijlagen/S-[0-9a-f]{32}-[1-3]\.pdf$")] = leaf(
        "Bestand", "File", "Waar het in de levering staat.", "Where it is in the batch."
    )
    sha256: _Hash = leaf(
        "Controlegetal", "Checksum", "Zo is na te gaan dat het dit stuk is.", "So that it can be checked."
    )
    bytes: int = leaf("Grootte", "Size", "Zo is na te gaan dat het heel is.", "So that it can be checked.", ge=1)
    paginas: int = leaf(
        "Bladzijden",
        "Pages",
        "Zo is na te gaan dat het heel is.",
        "So that it can be checked.",
        ge=1,
        le=MOST_ATTACHMENT_PAGES,
    )


def attachment_name(signal_id: str, number: int) -> str:
    """The name in a batch of the first, second or third attachment of a signal."""
    return f"bijlagen/{signal_id}-{number}.pdf"
