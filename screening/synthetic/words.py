"""The words a synthetic municipality is made of (`words.yaml`): places, streets, people, companies, sentences."""

from __future__ import annotations

from screening.base.word_lists import read_lists

_LISTS = read_lists("screening.synthetic", "words.yaml")

MUNICIPALITY = "Zomerwaard"
PLACES: tuple[str, str] = ("Zomerwaard", "Lage Brink")
#: First four digits of the postcodes of each place, counted upwards from here.
POSTCODE_BASE: tuple[int, int] = (9611, 9671)
#: The same where those would go beyond 9999: of several million addresses.
POSTCODE_BASE_OF_LARGEST: tuple[int, int] = (1011, 5511)
#: Letters of a postcode; SA, SD and SS are never issued and cannot arise.
POSTCODE_LETTERS = "ABCEGHJKLMNPRTVWXZ"

STREET_PREFIXES: list[str] = _LISTS["street_prefixes"]
STREET_STEMS: list[str] = _LISTS["street_stems"]
STREET_SUFFIXES: list[str] = _LISTS["street_suffixes"]

GIVEN_NAMES: list[str] = _LISTS["given_names"]
#: (infix, family name).
FAMILY_NAMES: list[tuple[str, str]] = [
    (infix, family) for infix, _, family in (name.rpartition(" ") for name in _LISTS["family_names"])
]

NAME_HEADS: list[str] = _LISTS["name_heads"]
NAME_TAILS: list[str] = _LISTS["name_tails"]
#: Line of business -> prefixes of trade names, SBI codes of 2008, SBI codes of 2025.
LINES: dict[str, dict[str, list[str]]] = _LISTS["lines"]

#: Street, digits of the postcode, place.
ELSEWHERE: list[tuple[str, str, str]] = _LISTS["elsewhere"]
HOURS: list[str] = _LISTS["hours"]
REPORT_TEXTS: list[str] = _LISTS["report_texts"]
GROUNDS: list[str] = _LISTS["grounds"]
#: Names of holiday parks.
PARKS: list[str] = _LISTS["parks"]
