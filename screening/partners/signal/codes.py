"""The closed lists of a signal, a batch and its feedback: what may be said, and how it is called in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

from pydantic import StringConstraints

from screening.base.datasets import datasets, own_datasets
from screening.base.extensions import EXTENSION_DATA_SET, cached_in_force
from screening.base.vocabulary import Reliability


class SignalDataset(StrEnum):
    """A register that every municipality can deliver (formats: one table a data set)."""

    vars().update({name.upper(): name for name, dataset in own_datasets().items() if dataset.reliability})


#: A register of a municipality's own, by the name that its extension gives it.
ExtensionDataset = Annotated[str, StringConstraints(pattern=rf"^{EXTENSION_DATA_SET}$")]


@cached_in_force
def reliabilities() -> Mapping[str, Reliability]:
    """What a fact of each register may call itself: a report never passes for a register. Of others no fact leaves."""
    return {name: dataset.reliability for name, dataset in datasets().items() if dataset.reliability}


#: At least one verified fact of these carries a signal (domain reference, section 5: acceptance).
CARRYING = frozenset({Reliability.AUTHENTIEK_REGISTER, Reliability.WAARNEMING})


class Theme(StrEnum):
    """What the partnership works on (domain reference, section 5). Which are agreed differs per RIEC: configuration."""

    MENSENHANDEL = "mensenhandel"
    MENSENSMOKKEL = "mensensmokkel"
    ARBEIDSUITBUITING = "arbeidsuitbuiting"
    BEDRIJVEN = "misbruik_van_bedrijven"
    VASTGOED = "fraude_en_misbruik_vastgoed"
    WITWASSEN = "witwassen"
    HENNEP = "hennep"
    DRUGS = "drugs"
    ZORGFRAUDE = "zorgfraude"
    OVERIG = "overig_afgesproken"


class SignalPartner(StrEnum):
    """Who could raise the barrier: participants of the partnership and the municipality itself."""

    GEMEENTE = "gemeente"
    PROVINCIE = "provincie"
    POLITIE = "politie"
    OM = "openbaar_ministerie"
    BELASTINGDIENST = "belastingdienst"
    TOESLAGEN = "dienst_toeslagen"
    DOUANE = "douane"
    FIOD = "fiod"
    ARBEIDSINSPECTIE = "nederlandse_arbeidsinspectie"
    KMAR = "koninklijke_marechaussee"
    IND = "ind"
    UWV = "uwv"
    RIEC = "riec"


class LegalForm(StrEnum):
    """Legal forms as the handelsregister of the formats has them."""

    EENMANSZAAK = "eenmanszaak"
    VOF = "vof"
    MAATSCHAP = "maatschap"
    CV = "cv"
    BV = "bv"
    NV = "nv"
    STICHTING = "stichting"
    VERENIGING = "vereniging"
    COOPERATIE = "cooperatie"
    OVERIG = "overig"


#: Only these have an RSIN that is nobody's BSN.
LEGAL_PERSONS = frozenset({LegalForm.BV, LegalForm.NV, LegalForm.STICHTING, LegalForm.VERENIGING, LegalForm.COOPERATIE})


class RoleOfPerson(StrEnum):
    """The professional roles in which a person can stand in a signal. A resident, a worker or a reporter has none."""

    HOUDER = "houder"
    EXPLOITANT = "exploitant"
    BEHEERDER = "beheerder"
    LEIDINGGEVENDE = "leidinggevende"
    GEMACHTIGDE = "gemachtigde"
    VERHUURDER = "verhuurder"
    BESTUURDER = "bestuurder"
    EIGENAAR = "eigenaar"
    VENNOOT = "vennoot"
    GEVOLMACHTIGDE = "gevolmachtigde"
    COMMISSARIS = "commissaris"
    ENIG_AANDEELHOUDER = "enig_aandeelhouder"
    BETROKKENE = "betrokkene"


class Certainty(StrEnum):
    """How sure a link between two mentions is: never a number."""

    EXACT = "exact"
    STRONG = "strong"
    CONFIRMED = "probable_confirmed"  # probable, and confirmed by a person; an unconfirmed one never leaves


#: In words, for the reader (nl, en).
CERTAINTY_WORDS: dict[Certainty, tuple[str, str]] = {
    Certainty.EXACT: ("zeker: hetzelfde officiële nummer", "certain: the same official number"),
    Certainty.STRONG: (
        "sterk: de gegevens komen overeen en niets spreekt het tegen",
        "strong: the data agree and nothing contradicts it",
    ),
    Certainty.CONFIRMED: (
        "waarschijnlijk: de gegevens lijken op elkaar; een medewerker heeft de koppeling bevestigd",
        "probable: the data are alike; a member of staff confirmed the link",
    ),
}


class Notification(StrEnum):
    """Whether the person or business concerned has been told (AVG art. 14 and 23)."""

    GEINFORMEERD = "geinformeerd"
    UITGESTELD = "uitgesteld"  # with the day from which it is due
    NIET_VAN_TOEPASSING = "niet_van_toepassing"  # no natural person stands in the signal


class Urgency(StrEnum):
    """How soon the receiver is asked to look. It orders nothing: it says what runs out when."""

    GEWOON = "gewoon"
    VOORRANG = "voorrang"
    SPOED = "spoed"


class AttachmentKind(StrEnum):
    """What an attachment is: a document that the municipality made itself."""

    CONTROLERAPPORT = "controlerapport"
    BESLUIT = "besluit"


class FeedbackOutcome(StrEnum):
    """What the receiver made of a signal."""

    IN_BEHANDELING = "in_behandeling"
    CASUS = "casus"
    TOEGEVOEGD_AAN_CASUS = "toegevoegd_aan_casus"
    INTERVENTIE = "interventie"
    NIET_OPGEPAKT = "niet_opgepakt"
    BUITEN_THEMA = "buiten_thema"
    GEEN_AFWIJKING = "geen_afwijking"
    AFGESLOTEN = "afgesloten"


class FeedbackRemark(StrEnum):
    """What the receiver asks or reports beside it."""

    GEEN = "geen"
    MEER_INFORMATIE_GEVRAAGD = "meer_informatie_gevraagd"
    GEGEVEN_ONJUIST = "gegeven_onjuist"
    KOPPELING_ONJUIST = "koppeling_onjuist"
    VERWIJDERD = "verwijderd"  # a withdrawn signal has been destroyed
    GECORRIGEERD = "gecorrigeerd"  # a correction has been carried through


#: What the receiver chooses from, in Dutch, as the form of the batch says it.
FEEDBACK_WORDS: dict[FeedbackOutcome | FeedbackRemark, str] = {
    FeedbackOutcome.IN_BEHANDELING: "Wij zijn ermee bezig",
    FeedbackOutcome.CASUS: "Het is een casus geworden",
    FeedbackOutcome.TOEGEVOEGD_AAN_CASUS: "Het hoort nu bij een casus die er al was",
    FeedbackOutcome.INTERVENTIE: "Er is ingegrepen",
    FeedbackOutcome.NIET_OPGEPAKT: "Wij pakken het niet op",
    FeedbackOutcome.BUITEN_THEMA: "Het past niet bij ons thema",
    FeedbackOutcome.GEEN_AFWIJKING: "Wij zien geen afwijking",
    FeedbackOutcome.AFGESLOTEN: "Het is afgesloten",
    FeedbackRemark.GEEN: "Nee",
    FeedbackRemark.MEER_INFORMATIE_GEVRAAGD: "Wij willen meer weten: neem contact op",
    FeedbackRemark.GEGEVEN_ONJUIST: "Een gegeven klopt niet",
    FeedbackRemark.KOPPELING_ONJUIST: "Er is iets aan elkaar gekoppeld dat niet bij elkaar hoort",
    FeedbackRemark.VERWIJDERD: "Wij hebben het vernietigd",
    FeedbackRemark.GECORRIGEERD: "Wij hebben het verbeterd",
}
