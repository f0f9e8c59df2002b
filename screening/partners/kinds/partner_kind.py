"""A kind of partner, read from its file: one file a kind. Those of a municipality or an extension are read alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Annotated, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from screening.base.errors import ConfigurationError
from screening.base.extensions import cached_in_force, extensions_in_force
from screening.base.legal_facts import LegalFact, Seen, legal_facts
from screening.partners.signal.codes import FeedbackOutcome, SignalPartner, Theme
from screening.rules.suspicion_words import suspicion_word

_FOLDER = "screening.partners.kinds"
#: Files of the folder that hold no kind.
_OTHERS = frozenset({"themes.yaml"})

_Words = Annotated[str, StringConstraints(min_length=1, max_length=400, strip_whitespace=True)]
_Code = Annotated[str, StringConstraints(pattern=r"^(?:[a-z][a-z0-9-]{1,30}\.)?[a-z][a-z0-9_]{1,28}$")]


class HandOverForm(StrEnum):
    """How something reaches a partner."""

    BATCH = "batch"  # sealed for one key: signals
    SHEET = "sheet"  # a page on paper, for a partner without a key: organisations and an address
    CALL = "call"  # somebody calls; what is said was prepared


class SignalField(StrEnum):
    """What can go beside an address, facts and legal persons, each allowed on its own."""

    PERSONEN = "personen"
    NAAM = "naam"
    GEBOORTEJAAR = "geboortejaar"
    GEBOORTEDATUM = "geboortedatum"
    EENMANSZAAK = "eenmanszaak"  # the name of a business of persons
    BIJLAGEN = "bijlagen"
    MELDINGEN = "meldingen"  # in no signal: what a colleague saw at premises, handed over by the contact person


class CallTells(StrEnum):
    """What may be said on the telephone; without any of it, only that somebody would like to talk."""

    ADRES = "adres"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class InTwoLanguages(_Part):
    """A text in Dutch and in English."""

    nl: _Words
    en: _Words


class LinesInTwoLanguages(_Part):
    """Lines in Dutch and in English, as many in each."""

    nl: tuple[_Words, ...]
    en: tuple[_Words, ...]

    @model_validator(mode="after")
    def _as_many(self) -> Self:
        if len(self.nl) != len(self.en):
            raise ValueError("there are as many lines in Dutch as in English")
        return self


class OwnLaw(_Part):
    """A law that a kind from outside rests on and `legal_facts` does not have. `checked`: when its text was read.

    `to_check`: a lawyer of the municipality has to look before anything leaves on it.
    """

    name: _Words
    source: Annotated[str, StringConstraints(pattern=r"^https://[^\s]+$", max_length=300)]
    checked: date | None
    to_check: bool

    @model_validator(mode="after")
    def _was_read(self) -> Self:
        if self.checked is None and not self.to_check:
            raise ValueError("a law whose text was not read is to be checked")
        return self


class LegalBasis(_Part):
    """A law on which something goes to a partner: its key in `legal_facts`, or the own law of a kind from outside."""

    law: _Words | OwnLaw
    about: InTwoLanguages

    @model_validator(mode="after")
    def _is_known(self) -> Self:
        if isinstance(self.law, str) and self.law not in legal_facts():
            raise ValueError("legal_facts.yaml has no law of this key")
        return self

    @property
    def fact(self) -> LegalFact:
        """The law, with where it stands, when it was read and whether a lawyer has to look."""
        if isinstance(self.law, str):
            return legal_facts()[self.law]
        seen: Seen = "wetstekst" if self.law.checked else "niet gezien"
        law = self.law
        return LegalFact(law.name, law.name, self.about.nl, law.source, seen, law.checked, law.to_check, "", ())


class PartnerKind(_Part):
    """A kind of partner. `called`: with its article, within a sentence. `paper`: the arrangement that two people sign.

    `partner`: the code of a signal for it; None where it gets none. `referral`: the code with which a case is passed on
    to it. `call_tells`: what the prepared call may tell. `never`: what never goes. `use`: what the receiver may do with
    it. `feedback`: the closed words with which it answers; the order says nothing. `tip_asks`: what is asked with a tip
    of a colleague; None where it gets none.
    """

    code: _Code
    name: InTwoLanguages
    called: InTwoLanguages
    partner: SignalPartner | None
    referral: Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,24}$")] | None
    forms: Annotated[tuple[HandOverForm, ...], Field(min_length=1)]
    bases: Annotated[tuple[LegalBasis, ...], Field(min_length=1)]
    paper: InTwoLanguages
    themes: tuple[Theme, ...]
    fields: tuple[SignalField, ...]
    call_tells: tuple[CallTells, ...]
    never: LinesInTwoLanguages
    use: InTwoLanguages
    feedback: tuple[FeedbackOutcome, ...]
    tip_asks: InTwoLanguages | None = None

    @property
    def is_to_check(self) -> bool:
        """Whether a lawyer has to look at one of its bases before anything leaves."""
        return any(basis.fact.to_check for basis in self.bases)

    @model_validator(mode="after")
    def _fits_its_forms(self) -> Self:
        is_written = HandOverForm.BATCH in self.forms or HandOverForm.SHEET in self.forms
        if is_written != bool(self.themes) or (HandOverForm.BATCH in self.forms) != bool(self.feedback):
            raise ValueError("a kind with a batch or a sheet has themes, one with a batch has words for its answers")
        if self.fields and HandOverForm.BATCH not in self.forms:
            raise ValueError("a kind without a batch gets no field of a signal")
        if (SignalField.MELDINGEN in self.fields) != (self.tip_asks is not None):
            raise ValueError("a kind that may get tips says what is asked with them")
        if SignalField.PERSONEN not in self.fields and {
            SignalField.NAAM,
            SignalField.GEBOORTEJAAR,
            SignalField.GEBOORTEDATUM,
        } & set(self.fields):
            raise ValueError("a name or a birth of persons goes only where persons may")
        if HandOverForm.BATCH in self.forms and self.partner is None:
            raise ValueError("a kind with a batch is one of the partners of a signal")
        return self


def read_partner_kind(text: str, name: str, *, namespace: str = "") -> PartnerKind:
    """Read a kind from the text of its file.

    Args:
        text: YAML, one mapping.
        name: What the file is called, for errors.
        namespace: Whose it is: the code of a kind from outside begins with it and a dot.

    Raises:
        ConfigurationError: it is no whole kind, its code is of another namespace, or a text suspects somebody.
    """
    try:
        kind = PartnerKind.model_validate(yaml.safe_load(text))
    except yaml.YAMLError:
        raise ConfigurationError(f"{name}: not YAML. Compare it with the kinds that are built in.") from None
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(str(step) for step in fault['loc']) or 'kind'}: {fault['msg']}"
            for fault in error.errors(include_input=False, include_url=False)
        )
        raise ConfigurationError(f"{name}: no whole kind of partner. {faults}.") from None
    if kind.code.rpartition(".")[0] != namespace:
        says = f"begins with {namespace}." if namespace else "has no dot: that is for kinds from outside"
        raise ConfigurationError(f"{name}: the code {says}.")
    for words in _texts(kind.model_dump(mode="json")):
        if suspicion_word(words):
            raise ConfigurationError(f"{name}: a text suspects somebody. Say what is done, not what somebody is.")
    return kind


@cache
def own_partner_kinds() -> tuple[PartnerKind, ...]:
    """The kinds that are built in."""
    return tuple(
        read_partner_kind(file.read_text(encoding="utf-8"), file.name)
        for file in files(_FOLDER).iterdir()
        if file.name.endswith(".yaml") and file.name not in _OTHERS
    )


@cached_in_force
def partner_kinds() -> Mapping[str, PartnerKind]:
    """The kinds that are built in and those of the extensions in force, by code."""
    others = [
        read_partner_kind(file.read_text(), file.place, namespace=extension.prefix)
        for extension in extensions_in_force()
        for file in extension.files_of("partner_kinds")
    ]
    return {kind.code: kind for kind in sorted([*own_partner_kinds(), *others], key=lambda kind: kind.code)}


def kind_of_referral(referral: str | None) -> PartnerKind | None:
    """The kind to which a case is passed on under this code; None where there is none."""
    return next((kind for kind in partner_kinds().values() if referral and kind.referral == referral), None)


def _texts(part: object) -> Iterable[str]:
    """The texts that people read: those that hold a space."""
    if isinstance(part, str):
        yield from [part] if " " in part else []
    elif isinstance(part, Mapping):
        for inner in part.values():
            yield from _texts(inner)
    elif isinstance(part, list | tuple):
        for inner in part:
            yield from _texts(inner)
