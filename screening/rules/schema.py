"""The tables and columns a rule can be handed. What is not named here no rule can see: no display name, no birth date
of a register row, no free text of a report.
"""

from __future__ import annotations

import polars as pl

from screening.frames import LINKS, PARTIES, SIMILAR_NAMES, TRADE_NAMES
from screening.vocabulary import ADDRESSED_DATASETS, Dataset

_TEXT = pl.String()
_WHOLE = pl.Int64()
_NUMBER = pl.Float64()
_YES_NO = pl.Boolean()
_LIST = pl.List(pl.String())
_MOMENT = pl.Datetime("us")
_DAY = pl.Date()

#: Name of the table with the hits of the indicators that a rule is declared `after`.
HITS_TABLE = "treffers"

#: The column with the ids of terms that the text of a report held. A rule that reads it needs a word list.
TERMS_COLUMN = (str(Dataset.MELDINGEN), "termen")

#: Date columns a data set carries: each is handed out as `c`, `c_min` and `c_max` (docs/architecture.md).
DATE_COLUMNS: dict[str, tuple[str, ...]] = {
    Dataset.VERGUNNINGEN: ("datum_aanvraag", "datum_besluit", "ingangsdatum", "einddatum", "bibob_vragenlijst_datum"),
    Dataset.SEKSINRICHTINGEN: ("datum_aanvraag", "datum_besluit", "ingangsdatum", "einddatum"),
    Dataset.MELDINGEN: ("datum_melding",),
    Dataset.BAG_ADRESSEN: (),
    Dataset.HANDELSREGISTER: ("datum_aanvang", "datum_einde"),
    Dataset.FUNCTIONARISSEN: ("datum_aanvang", "datum_einde"),
    Dataset.LEIDINGGEVENDEN: ("datum_van", "datum_tot"),
    Dataset.MAATREGELEN: ("datum", "datum_einde"),
    Dataset.CONTROLES: ("datum",),
}

_OTHER_COLUMNS: dict[str, dict[str, pl.DataType]] = {
    Dataset.VERGUNNINGEN: {
        "zaaknummer": _TEXT,
        "zaaktype": _TEXT,
        "status": _TEXT,
        "vervalreden": _TEXT,
        "weigeringsgrond": _TEXT,
        "bezwaar_uitkomst": _TEXT,
        "kvk_nummer": _TEXT,
        "vestigingsnummer": _TEXT,
        "max_personen": _WHOLE,
        "max_kamers": _WHOLE,
        "openingstijden": _TEXT,
        "verhuurder_kvk": _TEXT,
    },
    Dataset.SEKSINRICHTINGEN: {
        "vergunning_id": _TEXT,
        "type": _TEXT,
        "status": _TEXT,
        "vervalreden": _TEXT,
        "weigeringsgrond": _TEXT,
        "bezwaar_uitkomst": _TEXT,
        "kvk_nummer": _TEXT,
        "vestigingsnummer": _TEXT,
        "aantal_werkruimten": _WHOLE,
        "openingstijden": _TEXT,
        "verhuurder_kvk": _TEXT,
    },
    Dataset.MELDINGEN: {
        "melding_id": _TEXT,
        "incident_van": _MOMENT,
        "incident_tot": _MOMENT,
        "hoofdcategorie": _TEXT,
        "subcategorie": _TEXT,
        "status": _TEXT,
        "bevinding": _TEXT,
        "melder_token": _TEXT,
        "hoofdmelding_id": _TEXT,
        "termen": _LIST,
    },
    Dataset.BAG_ADRESSEN: {
        "nummeraanduiding_id": _TEXT,
        "adresseerbaar_object_id": _TEXT,
        "pand_id": _LIST,
        "straatnaam": _TEXT,
        "huisnummer": _TEXT,
        "huisletter": _TEXT,
        "huisnummertoevoeging": _TEXT,
        "postcode": _TEXT,
        "woonplaats": _TEXT,
        "gebruiksdoelen": _LIST,
        "oppervlakte": _NUMBER,
        "status": _TEXT,
        "pand_status": _TEXT,
        "rd_x": _NUMBER,
        "rd_y": _NUMBER,
        "is_nevenadres": _YES_NO,
    },
    Dataset.HANDELSREGISTER: {
        "kvk_nummer": _TEXT,
        "vestigingsnummer": _TEXT,
        "rsin": _TEXT,
        "rechtsvorm": _TEXT,
        "sbi_codes": _LIST,
        "sbi_versie": _TEXT,
        "reden_einde": _TEXT,
        "voortgezet_door_kvk": _TEXT,
        "faillissement": _YES_NO,
        "surseance": _YES_NO,
        "afgeschermd": _YES_NO,
    },
    Dataset.FUNCTIONARISSEN: {"kvk_nummer": _TEXT, "rechtspersoon_kvk": _TEXT, "functie": _TEXT},
    Dataset.LEIDINGGEVENDEN: {"zaaknummer": _TEXT, "rol": _TEXT},
    Dataset.MAATREGELEN: {
        "maatregel_id": _TEXT,
        "type": _TEXT,
        "grondslag": _TEXT,
        "status": _TEXT,
        "betrokkene_kvk": _TEXT,
    },
    Dataset.CONTROLES: {"controle_id": _TEXT, "situatie": _TEXT, "bevinding": _TEXT},
}


def _dataset_columns(dataset: Dataset) -> dict[str, pl.DataType]:
    columns: dict[str, pl.DataType] = {"record": _TEXT, "key": _TEXT, **_OTHER_COLUMNS[dataset]}
    for name in DATE_COLUMNS[dataset]:
        columns |= {name: _DAY, f"{name}_min": _DAY, f"{name}_max": _DAY}
    if dataset in ADDRESSED_DATASETS:
        columns |= {"address_id": _TEXT, "address_method": _TEXT, "address_score": _NUMBER, "address_note": _TEXT}
    return columns


#: Every table a rule can name in `inputs`, with the type of each column.
TABLES: dict[str, dict[str, pl.DataType]] = {
    **{str(dataset): _dataset_columns(dataset) for dataset in Dataset},
    "partijen": dict(PARTIES),
    "handelsnamen": dict(TRADE_NAMES),
    "gelijkende_namen": dict(SIMILAR_NAMES),
    "groepen": {"kvk_nummer": _TEXT, "group_id": _TEXT, "related_id": _TEXT},
    "koppelingen": {name: LINKS[name] for name in ("link_id", "left", "right", "level")},
    HITS_TABLE: {
        "address_id": _TEXT,
        "indicator": _TEXT,
        "class": _TEXT,
        "barrier": _TEXT,
        "dataset": _TEXT,
        "record_ids": _LIST,
    },
}

#: Columns that a rule may compare but that never reach `values` or a sentence: they say who, not what.
NEVER_SHOWN = frozenset(
    {"birth_date", "name_normalised", "name_key", "fingerprint", "melder_token", "mention", "party_id"}
)
