"""The canonical columns of each data set, in the order in which the synthetic files have them."""

from __future__ import annotations

from screening.vocabulary import ADDRESS_COLUMNS, Dataset

_ADDRESS = list(ADDRESS_COLUMNS)
#: Columns of each file, in order.
COLUMNS: dict[Dataset, list[str]] = {
    Dataset.VERGUNNINGEN: [
        "zaaknummer", "zaaktype", "status", "datum_aanvraag", "datum_besluit", "ingangsdatum", "einddatum",
        "vervalreden",
        "weigeringsgrond", "bezwaar_uitkomst", "bibob_vragenlijst_datum", "houder_naam", "houder_geboortedatum",
        "kvk_nummer", "vestigingsnummer", "handelsnaam", *_ADDRESS, "max_personen", "max_kamers", "openingstijden",
        "verhuurder_kvk",
    ],
    Dataset.SEKSINRICHTINGEN: [
        "vergunning_id", "type", "status", "datum_aanvraag", "datum_besluit", "ingangsdatum", "einddatum",
        "vervalreden",
        "weigeringsgrond", "bezwaar_uitkomst", "exploitant_naam", "exploitant_geboortedatum", "kvk_nummer",
        "vestigingsnummer", "handelsnaam", "aantal_werkruimten", "openingstijden", "verhuurder_kvk", *_ADDRESS,
    ],
    Dataset.MELDINGEN: [
        "melding_id", "datum_melding", "incident_van", "incident_tot", "hoofdcategorie", "subcategorie",
        "omschrijving",
        *_ADDRESS, "lat", "lon", "status", "bevinding", "melder_token", "hoofdmelding_id",
    ],
    Dataset.BAG_ADRESSEN: [
        "nummeraanduiding_id", "adresseerbaar_object_id", "pand_id", "straatnaam", "huisnummer", "huisletter",
        "huisnummertoevoeging", "postcode", "woonplaats", "gebruiksdoelen", "oppervlakte", "status", "pand_status",
        "rd_x", "rd_y", "is_nevenadres",
    ],
    Dataset.HANDELSREGISTER: [
        "kvk_nummer", "vestigingsnummer", "rsin", "rechtsvorm", "statutaire_naam", "handelsnamen", "sbi_codes",
        "sbi_versie", "datum_aanvang", "datum_einde", "reden_einde", "voortgezet_door_kvk", "faillissement",
        "surseance",
        "afgeschermd", *_ADDRESS,
    ],
    Dataset.FUNCTIONARISSEN: [
        "kvk_nummer", "naam", "rechtspersoon_kvk", "geboortedatum", "functie", "datum_aanvang", "datum_einde",
    ],
    Dataset.LEIDINGGEVENDEN: ["zaaknummer", "naam", "geboortedatum", "rol", "datum_van", "datum_tot"],
    Dataset.MAATREGELEN: [
        "maatregel_id", "type", "grondslag", "datum", "datum_einde", "status", "betrokkene_naam",
        "betrokkene_geboortedatum", "betrokkene_kvk", *_ADDRESS,
    ],
    Dataset.CONTROLES: ["controle_id", "datum", *_ADDRESS, "situatie", "bevinding"],
}  # fmt: skip
