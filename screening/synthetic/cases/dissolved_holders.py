"""ORG-01 of holders that ended more than a year ago: the licence counts only where something shows that it is used."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

from screening.synthetic.days import ends_of_year
from screening.synthetic.planted_patterns import Holder, PlantedPatterns

#: What can come after the end of the holder: at an address, of a licence and its holder.
Trace = Callable[[PlantedPatterns, int, int, int], object]


def _reported(s: PlantedPatterns, address: int, _licence: int, _holder: int) -> None:
    s.reports(address, (-120, -60), "overig-horecabedrijven")


def _applied(s: PlantedPatterns, address: int, _licence: int, holder: int) -> None:
    s.permit(address, Holder(holder), "terras", "in_behandeling", applied=-70)


def _managed(s: PlantedPatterns, _address: int, licence: int, _holder: int) -> None:
    s.manager(licence, start=-60)


def _followed(s: PlantedPatterns, address: int, _licence: int, _holder: int) -> None:
    s.company(address, start=-50)  # so lately that it may take the licence over yet


def _acted_upon(s: PlantedPatterns, address: int, _licence: int, holder: int) -> None:
    s.measure(address, -60, holder)


#: The kinds of record, by what they are.
_KINDS: dict[str, Trace] = {
    "meldingen": _reported,
    "aanvraag": _applied,
    "leidinggevende": _managed,
    "nieuw_bedrijf": _followed,
    "maatregel": _acted_upon,
}


def _licence_of_nobody(s: PlantedPatterns) -> tuple[int, int, int]:
    """An address, a licence there that was never closed, and its holder, which ended two years ago."""
    address = s.address()
    holder = s.company(address, start=-2500, end=-800, reason="opgeheven")
    return address, s.permit(address, Holder(holder), applied=-1300), holder


def used_after_its_holder(s: PlantedPatterns) -> None:
    """ORG-01: each two kinds of record that there are, and an inspection."""
    for first, second in combinations(_KINDS, 2):
        place = _licence_of_nobody(s)
        _KINDS[first](s, *place)
        _KINDS[second](s, *place)
        s.hit(place[0], "ORG-01", f"{first}_en_{second}")

    for variant, day in (("controle", -40), ("controle_net_na_het_einde", -799)):
        address, _, _ = _licence_of_nobody(s)
        s.inspection(address, day)
        s.hit(address, "ORG-01", variant)


def not_used_after_its_holder(s: PlantedPatterns) -> None:
    """Looks like ORG-01: one kind, or a second that says nothing of today, of this holder or for sure."""
    for kind, comes in _KINDS.items():
        place = _licence_of_nobody(s)
        comes(s, *place)
        s.innocent(place[0], "ORG-01", f"alleen {kind}")

    address, licence, holder = _licence_of_nobody(s)
    s.reports(address, (-400, -380), "overig-horecabedrijven")
    s.manager(licence, start=-370)
    s.innocent(address, "ORG-01", "twee soorten van meer dan een jaar geleden")

    address, licence, holder = _licence_of_nobody(s)
    reporter = s.token()
    for day in (-120, -60):
        s.report(address, day, "overig-horecabedrijven", token=reporter)
    s.manager(licence, start=-60)
    s.innocent(address, "ORG-01", "een melder, en een leidinggevende")

    address, licence, holder = _licence_of_nobody(s)
    _applied(s, address, licence, s.company(None))
    s.measure(address, -60, holder, status="vernietigd")
    s.innocent(address, "ORG-01", "aanvraag van een ander, en een vernietigde maatregel")

    address, licence, holder = _licence_of_nobody(s)
    _managed(s, address, licence, holder)
    _followed(s, address, licence, holder)
    s.restate("handelsregister", afgeschermd=True)
    s.innocent(address, "ORG-01", "leidinggevende, en een afgeschermd bedrijf")

    address, licence, holder = _licence_of_nobody(s)
    _managed(s, address, licence, holder)
    s.measure(address, -60, holder)
    s.restate("maatregelen", _in_doubt=True)
    s.innocent(address, "ORG-01", "leidinggevende, en een maatregel met onduidelijk adres")

    address, licence, holder = _licence_of_nobody(s)
    s.inspection(address, ends_of_year(-800, s.as_of)[1])
    s.restate("controles", _year_only="datum")
    s.innocent(address, "ORG-01", "controle misschien van voor het einde")

    place = _licence_of_nobody(s)
    _reported(s, *place)
    _managed(s, *place)
    s.permit(place[0], Holder(s.company(place[0], start=-50)), "alcohol", applied=-100)
    s.innocent(place[0], "ORG-01", "een ander heeft hier ook een vergunning")


CASES = (used_after_its_holder, not_used_after_its_holder)
