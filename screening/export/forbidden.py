"""What may never leave, by the name of a field and by what stands in it.

A list of its own: what is read and what is sent are refused apart, so that a hole in one is no hole in both.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from screening.export.text import passes_elfproef, personal_number_in

#: A name is forbidden when it holds one of these stems (formats: "Never read"; domain reference 2.11).
_STEMS: dict[str, str] = {
    "nationaliteit of herkomst": """nationalit etnic ethni herkomstland landvanherkomst afkomst geboorteland
        geboorteplaats
        birthplace countryofbirth placeofbirth countryoforigin staatsburger migratieachtergrond bevolkingsgroep""",
    "huidskleur of uiterlijk": "huidskleur huidkleur skincolo signalement pasfoto",
    "verblijfsstatus": "verblijfsstatus verblijfstatus verblijfstitel verblijftitel verblijfsrecht residencestatus"
    " residencepermit",
    "geslacht": "geslacht gender sekse",
    "gezin": "burgerlijkestaat huwelijk gezinssamenstelling zwanger pregnan maritalstatus",
    "taal": "moedertaal voorkeurstaal spreektaal nativelanguage",
    "religie of overtuiging": "religi godsdienst geloof levensovertuig politiekevoorkeur vakbond politicalopinion",
    "seksuele gerichtheid": "seksuelegeaard seksuelegericht sexualorientation",
    "gezondheid": "gezondheid diagnos medisch medicatie verslav psychisch arbeidsongeschikt handicap health",
    "uitkering of inkomen": "uitkering bijstand toeslag inkomen salaris wozwaarde income benefits",
    "schulden": "schuld betalingsachterstand huurachterstand debts",
    "persoonsnummer": """burgerservice bsnnummer bsnnr bsnr sofinum administratienummer paspoort passport
        identiteitskaart identiteitsbewijs rijbewijs socialsecurity vreemdelingennummer""",
    "bankrekening of kenteken": "bankrekening rekeningnummer ibannummer kenteken licenseplate",
    "strafrecht, politie of Bibob-inhoud": """antecedent strafblad justitiele politiegegeven politiemutatie bibobadvies
        bibobconclusie bibobinhoud bibobrapport criminalrecord veroordel verdacht mmamelding""",
    "melder": "meldernaam meldertoken naammelder reporter klagernaam tipgever",
    "sekswerkers": "sekswerker sexworker prostituee werknaam artiestennaam escortdame",
    "bewoners": "bewonernaam bewonersnaam naambewoner inwonernaam huurdernaam huurdersnaam residentname tenantname",
}
#: Too short to be looked for inside a name: forbidden as a whole name or as one of its words.
_WORDS: dict[str, str] = {
    "nationaliteit of herkomst": "nat natie race ras herkomst etniciteit origin",
    "geslacht": "seks sex sexe mv",
    "taal": "taal language",
    "gezin": "leeftijd age gezin kinderen",
    "gezondheid": "ziek ziekte zorg ggz",
    "persoonsnummer": "bsn ssn anr anummer",
    "bankrekening of kenteken": "iban",
    "melder": "melder melders klager",
    "bewoners": "bewoner bewoners huurder huurders",
}
#: What holds one of the above and means something else: a surname, the BAG's functions, a count that a rule compares.
_HARMLESS = frozenset(
    {
        "gezondheidszorgfunctie",
        "melders",
        "aantalmelders",
        "minreporters",
        "geslachtsnaam",
        "maxbewoners",
        "aantalbewoners",
    }
)
#: Words that no sentence of a signal says: it describes a deviation at an address and accuses no one.
_NEVER_SAID: dict[str, str] = {
    "een beschuldiging": r"verdacht\w*|dader\w*|crimine\w+|misdadig\w*|mensenhandelaar\w*|uitbuiter\w*|katvanger",
    "een slachtoffer": r"slachtoffer\w*",
    "een sekswerker": r"sekswerk(?:er|ster)\w*|prostituees?|hoer\w*",
    "nationaliteit of herkomst": r"nationaliteit\w*|etniciteit|allochto\w+|buitenlander\w*|"
    r"(?:roemeen|bulgaar|pool|hongaar|nigeria|vietname|chine|thai|marokk|turk|syri|eritre|albane)"
    r"(?:s|se|en|zen|ze|es|ns|nse|aan|aans|aanse)",
    "gezondheid": r"verslaafd\w*|psychiatr\w*|zwanger\w*|hiv",
}
_SAID = {kind: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for kind, words in _NEVER_SAID.items()}


@dataclass(frozen=True)
class Finding:
    """Where something forbidden stands and of what kind it is; never the value itself."""

    field: str
    kind: str


def forbidden_name(name: str) -> str | None:
    """The kind of forbidden data that a field of this name would hold, or None."""
    words = _words(name)
    plain = "".join(words)
    if plain in _HARMLESS:
        return None
    for kind, stems in _STEMS.items():
        if any(stem in plain for stem in stems.split()):
            return kind
    for kind, wholes in _WORDS.items():
        if not set(words).isdisjoint(wholes.split()):
            return kind
    return None


def forbidden_names(content: object, at: str = "") -> Iterator[Finding]:
    """Every forbidden name in a nest of mappings and lists, and in `naam` of its named values."""
    if isinstance(content, Mapping):
        for name, inner in content.items():
            kind = forbidden_name(str(name))
            if kind is not None:
                yield Finding(f"{at}{name}", kind)
            else:
                yield from forbidden_names(inner, f"{at}{name}.")
    elif isinstance(content, list | tuple):
        for place, inner in enumerate(content):
            yield from forbidden_names(inner, f"{at}{place}.")


def forbidden_value(text: str, *, is_rsin: bool = False, is_mailbox: bool = False) -> str | None:
    """The kind of forbidden value that `text` is or holds, or None. `is_rsin`: the RSIN of a legal person."""
    if is_rsin:
        return None if text.isdigit() and len(text) == 9 else personal_number_in(text)
    if passes_elfproef(text.strip()):
        return "BSN"
    if is_mailbox:
        return None
    return personal_number_in(text)


def never_said(text: str) -> str | None:
    """What a sentence says that no signal says ("een beschuldiging", …), or None."""
    return next((kind for kind, pattern in _SAID.items() if pattern.search(text)), None)


def _words(name: str) -> list[str]:
    """The words of a name: split at anything but letters and digits and at a capital, without accents, lower case."""
    split = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", name)
    plain = unicodedata.normalize("NFKD", split).encode("ascii", "ignore").decode()
    return re.findall(r"[a-z0-9]+", plain.lower())
