"""`[case_system]` and `[export]`: to whom a confirmed case can go, and on what terms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from flows.configuration.fields import FilePath, Must, Switch, Text, TomlTable, Whole, key, reason
from screening.casework.acts.case_system import CaseSystem, Confidentiality


def _passes_rsin(text: str) -> str:
    """An RSIN has nine digits and passes the test of eleven: a typing error is seen here, not at the case system."""
    digits = [int(digit) for digit in text] if text.isascii() and text.isdigit() else []
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    if len(digits) != 9 or sum(weight * digit for weight, digit in zip(weights, digits, strict=True)) % 11:
        raise reason("must be the RSIN of an organisation: nine digits that pass the test of eleven.")
    return text


_Rsin = Annotated[Text, AfterValidator(_passes_rsin)]
_Url = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=1000, pattern=r"^https?://[^\s]+$"),
    Must("be a URL in the catalogue of the case system"),
]


class CaseSystemTable(TomlTable):
    """The case system to which a confirmed case can be handed over, as a file of one ZGW zaak."""

    source_rsin: _Rsin | None = key(None, "RSIN of the organisation that makes the zaak (bronorganisatie).")
    responsible_rsin: _Rsin | None = key(None, "RSIN of who handles it; that of the source by default.")
    case_type: _Url | None = key(None, "URL of the zaaktype in the catalogue.")
    confidentiality: Confidentiality = key(Confidentiality.VERTROUWELIJK, "The vertrouwelijkheidaanduiding.")
    channel: _Url | None = key(None, "URL of the communicatiekanaal, if any.")

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.model_fields_set and not (self.source_rsin and self.case_type):
            raise reason("needs source_rsin and case_type: without them no case system takes a zaak.")
        return self

    def system(self) -> CaseSystem | None:
        """What a file for the case system needs; None where the table states nothing."""
        if self.source_rsin is None or self.case_type is None:
            return None
        responsible = self.responsible_rsin or self.source_rsin
        return CaseSystem(self.source_rsin, responsible, self.case_type, self.confidentiality, self.channel)


class ContactTable(TomlTable):
    """A function of the municipality that a receiver can call or write to."""

    function: Text = Field(description="The function, never a name.")
    mailbox: Text = Field(description="Its shared mailbox.")
    phone: Text | None = key(None, "Its telephone number.")


_Contacts = Annotated[tuple[ContactTable, ...], Must("be tables [[export.contacts]] with function and mailbox")]


class ExportTable(TomlTable):
    """On what terms signals go to partners, and where the key of tokens and batches are."""

    keys: FilePath | None = key(None, "The folder of the key of tokens; keys/export in the workspace.")
    out: FilePath | None = key(None, "The folder of the batches; export in the workspace.")
    department: Text | None = key(None, "The department that answers for signals.")
    contact_function: Text | None = key(None, "The function that the receiver calls.")
    mailbox: Text | None = key(None, "The shared mailbox.")
    phone: Text | None = key(None, "The telephone number.")
    contacts: _Contacts = key((), "Contacts that may be chosen in place of contact_function.")
    oin: Text | None = key(None, "The OIN of the municipality.")
    dpia: Text | None = key(None, "The number of the DPIA of this disclosure.")
    iama: Text | None = key(None, "The number of the IAMA.")
    keep_days: Whole | None = key(None, "Days for which the receiver may keep a signal.")
    keep_reason: Text | None = key(None, "Why so long.")
    valid_days: Whole = key(30, "Days for which a batch can be opened.", le=90)
    withdraw_automatically: Switch = key(True, "Whether the run prepares withdrawals and corrections.")

    @model_validator(mode="before")
    @classmethod
    def _tells_nothing_of_bibob(cls, table: object) -> object:
        if isinstance(table, Mapping) and "tell_bibob" in table:
            raise reason("has tell_bibob, which is gone: nothing of Bibob leaves any more. Take the key out.")
        return table
