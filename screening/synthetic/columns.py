"""The canonical columns of each data set, in the order in which the synthetic files have them."""

from __future__ import annotations

from screening.vocabulary import ADDRESS_COLUMNS

_ADDRESS = list(ADDRESS_COLUMNS)
#: Columns of each file, in order.
COLUMNS: dict[str, list[str]] = {
    "vergunningen": [
        "zaaknummer", "zaaktype", "status", "datum_aanvraag", "datum_besluit", "ingangsdatum", "einddatum",
        "vervalreden",
        "weigeringsgrond", "bezwaar_uitkomst", "bibob_vragenlijst_datum", "houder_naam", "houder_geboortedatum",
        "kvk_nummer", "vestigingsnummer", "handelsnaam", *_ADDRESS, "max_personen", "max_kamers", "openingstijden",
        "verhuurder_kvk",
    ],
    "seksinrichtingen": [
        "vergunning_id", "type", "status", "datum_aanvraag", "datum_besluit", "ingangsdatum", "einddatum",
        "vervalreden",
        "weigeringsgrond", "bezwaar_uitkomst", "exploitant_naam", "exploitant_geboortedatum", "kvk_nummer",
        "vestigingsnummer", "handelsnaam", "aantal_werkruimten", "openingstijden", "verhuurder_kvk", *_ADDRESS,
    ],
    "meldingen": [
        "melding_id", "datum_melding", "incident_van", "incident_tot", "hoofdcategorie", "subcategorie",
        "omschrijving",
        *_ADDRESS, "lat", "lon", "status", "bevinding", "melder_token", "hoofdmelding_id",
    ],
    "bag_adressen": [
        "nummeraanduiding_id", "adresseerbaar_object_id", "pand_id", "straatnaam", "huisnummer", "huisletter",
        "huisnummertoevoeging", "postcode", "woonplaats", "gebruiksdoelen", "oppervlakte", "status", "pand_status",
        "rd_x", "rd_y", "is_nevenadres",
    ],
    "handelsregister": [
        "kvk_nummer", "vestigingsnummer", "rsin", "rechtsvorm", "statutaire_naam", "handelsnamen", "sbi_codes",
        "sbi_versie", "datum_aanvang", "datum_einde", "reden_einde", "voortgezet_door_kvk", "faillissement",
        "surseance",
        "afgeschermd", *_ADDRESS,
    ],
    "functionarissen": [
        "kvk_nummer", "naam", "rechtspersoon_kvk", "geboortedatum", "functie", "datum_aanvang", "datum_einde",
    ],
    "leidinggevenden": ["zaaknummer", "naam", "geboortedatum", "rol", "datum_van", "datum_tot"],
    "maatregelen": [
        "maatregel_id", "type", "grondslag", "datum", "datum_einde", "status", "betrokkene_naam",
        "betrokkene_geboortedatum", "betrokkene_kvk", *_ADDRESS,
    ],
    "controles": ["controle_id", "datum", *_ADDRESS, "situatie", "bevinding"],
}  # fmt: skip
