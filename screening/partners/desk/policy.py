"""The terms on which a municipality sends signals: contact and retention. With whom about what: `agreements`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from screening.base.errors import StoreError
from screening.base.vocabulary import NoticeReason
from screening.partners.receiver.verify_batch import BatchError, recipient_of
from screening.partners.signal.codes import AttachmentKind, Notification, SignalPartner, Urgency

LEAST_KEY_BYTES = 32
#: The closed lists that an officer chooses from, for a page that knows the store alone.
PARTNERS = tuple(str(partner) for partner in SignalPartner)
NOTIFICATIONS = tuple(str(notification) for notification in Notification)
#: Why a signal is corrected or called back: not the reason of a reversal.
REASONS = tuple(str(reason) for reason in NoticeReason if reason != NoticeReason.TEN_ONRECHTE_INGETROKKEN)
URGENCIES = tuple(str(urgency) for urgency in Urgency)
ATTACHMENT_KINDS = tuple(str(kind) for kind in AttachmentKind)
PROCEDURES = ("vergunningaanvraag", "bezwaar", "beroep", "handhaving", "intrekking")
#: A reason is at least so many characters long (`screening.partners.signal.fields.Reason`).
LEAST_REASON = 20


@dataclass(frozen=True)
class ContactPoint:
    """Whom a receiver calls or writes to: a function, never a name, with a mailbox of the municipality."""

    function: str
    mailbox: str
    phone: str | None = None


@dataclass(frozen=True)
class ExportPolicy:
    """`[export]` of the configuration, and the keys that live outside the store.

    `keep_days`: how long the receiver may keep a signal, with the reason in `keep_reason`. `valid_days`: how long a
    batch can be opened. `out`: the folder for sealed batches.
    `more_contacts`: those that may be chosen beside that of `contact_function`.
    `answer_identity`: the secret key of age that opens answers of receivers.
    `subject_key`: under which people who object are hidden (`screening.casework.person_hashes.subject_key`).
    """

    municipality: str
    code: str
    department: str
    contact_function: str
    mailbox: str
    dpia: str
    keep_days: int
    keep_reason: str
    token_key: bytes = field(repr=False)
    answer_identity: str = field(repr=False)
    subject_key: bytes = field(repr=False)
    oin: str | None = None
    phone: str | None = None
    iama: str | None = None
    valid_days: int = 30
    out: Path = Path("export")
    more_contacts: tuple[ContactPoint, ...] = ()

    @property
    def contacts(self) -> tuple[ContactPoint, ...]:
        """The contacts that may be chosen, the ordinary one first."""
        return (ContactPoint(self.contact_function, self.mailbox, self.phone), *self.more_contacts)

    @property
    def answers_to(self) -> str:
        """The public key to which receivers seal their answers."""
        return recipient_of(self.answer_identity)

    def __post_init__(self) -> None:
        """Raise StoreError for terms on which nothing can leave."""
        if len(self.token_key) < LEAST_KEY_BYTES:
            raise StoreError(f"The key of tokens has fewer than {LEAST_KEY_BYTES} bytes. Make the keys of the export.")
        try:
            recipient_of(self.answer_identity)
        except BatchError:
            raise StoreError("The key of answers is no key of age. Restore it from its own backup.") from None
        if self.keep_days < 1 or not timedelta(days=1) <= timedelta(days=self.valid_days) <= timedelta(days=90):
            raise StoreError("A signal is kept for at least a day; a batch can be opened for 1 to 90 days.")
