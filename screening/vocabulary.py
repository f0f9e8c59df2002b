"""The words of the field as enums: one word a thing, used by every module and in every file that leaves a run."""

from __future__ import annotations

from enum import StrEnum


class Dataset(StrEnum):
    """A register that a municipality delivers (formats: one table a data set)."""

    VERGUNNINGEN = "vergunningen"
    SEKSINRICHTINGEN = "seksinrichtingen"
    MELDINGEN = "meldingen"
    BAG_ADRESSEN = "bag_adressen"
    HANDELSREGISTER = "handelsregister"
    FUNCTIONARISSEN = "functionarissen"
    LEIDINGGEVENDEN = "leidinggevenden"
    MAATREGELEN = "maatregelen"
    CONTROLES = "controles"


#: Without these no run starts; the others may be left out of the configuration.
REQUIRED_DATASETS: tuple[Dataset, ...] = (
    Dataset.VERGUNNINGEN,
    Dataset.SEKSINRICHTINGEN,
    Dataset.MELDINGEN,
    Dataset.BAG_ADRESSEN,
)

#: The column that names a record. A data set that is absent here has none: its key is "r" + row number.
KEY_COLUMN: dict[Dataset, str] = {
    Dataset.VERGUNNINGEN: "zaaknummer",
    Dataset.SEKSINRICHTINGEN: "vergunning_id",
    Dataset.MELDINGEN: "melding_id",
    Dataset.BAG_ADRESSEN: "nummeraanduiding_id",
    Dataset.MAATREGELEN: "maatregel_id",
    Dataset.CONTROLES: "controle_id",
}

#: The data sets whose rows carry an address that must be resolved to a BAG object.
ADDRESSED_DATASETS: tuple[Dataset, ...] = (
    Dataset.VERGUNNINGEN,
    Dataset.SEKSINRICHTINGEN,
    Dataset.MELDINGEN,
    Dataset.HANDELSREGISTER,
    Dataset.MAATREGELEN,
    Dataset.CONTROLES,
)

#: The address block: these columns, or one `adres_tekst`, or a pin.
ADDRESS_COLUMNS: tuple[str, ...] = (
    "straatnaam",
    "huisnummer",
    "huisletter",
    "huisnummertoevoeging",
    "postcode",
    "plaats",
    "adres_tekst",
    "adresseerbaar_object_id",
)


class Barrier(StrEnum):
    """A barrier of the barrier model: the step at which a legal structure can be abused."""

    WERVING = "WERVING"
    ENTREE = "ENTREE"
    IDENTITEIT = "IDENTITEIT"
    HUISVESTING = "HUISVESTING"
    WERKPLEK = "WERKPLEK"
    RECHTSVORM = "RECHTSVORM"
    FINANCIEN = "FINANCIEN"
    VASTGOED = "VASTGOED"


class IndicatorClass(StrEnum):
    """A: an irregularity in itself. B: a pattern that needs context. C: weak, counts only together with others."""

    A = "A"
    B = "B"
    C = "C"


class LinkLevel(StrEnum):
    """How sure a link between two mentions is. PROBABLE counts for nothing until a person confirms it."""

    EXACT = "exact"
    STRONG = "strong"
    PROBABLE = "probable"


class PartyKind(StrEnum):
    """What a mention names: a natural person in a professional role, or an organisation."""

    PERSON = "person"
    ORGANISATION = "organisation"


class AddressMethod(StrEnum):
    """How an address was resolved to a BAG object."""

    ID = "id"
    EXACT = "exact"
    VARIANT = "variant"
    FUZZY = "fuzzy"
    PIN = "pin"


class AddressNote(StrEnum):
    """Why an address has no BAG object, as far as a rule reads the reason. Others are sentences for the report."""

    POST_BOX = "a post box is no object"


class FlagReason(StrEnum):
    """The first clause of the review rule that fires (domain reference 2.1)."""

    A = "A"
    BB = "BB"
    BBC = "BBC"


class ExitCode:
    """What the `barrier` command tells its caller."""

    OK = 0
    UNEXPECTED = 1
    CONFIGURATION = 2
    CONTRACT_STOP = 3
    STALE_OR_MISSING = 4
    ALREADY_RUNNING = 5
