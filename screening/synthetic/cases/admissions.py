"""ORG-10: an agency at an address that is no dwelling, and no admission to provide personnel.

Every other agency of the municipality is admitted (`AllRegisters.admissions`).
"""

from __future__ import annotations

from datetime import date

from screening.synthetic.days import ends_of_month, ends_of_year
from screening.synthetic.planted_patterns import Otherwise, PlantedPatterns

#: From here on the register counts in a synthetic municipality: before it there is nothing to plant.
COUNTS_FROM = date(2028, 1, 1)


def _agency(s: PlantedPatterns, kind: str = "office", *, form: str = "bv", start: int = -1500) -> tuple[int, int]:
    """An address, and an agency there that the register does not name."""
    address = s.address(kind)
    company = s.company(address, line="uitzend", form=form, start=start)
    s.book.without_admission.add(company)
    return address, company


def _decide(s: PlantedPatterns, company: int, status: str, *, end: int | None = None) -> None:
    """A decision on the admission of a company."""
    s.book.add("toegelaten_uitleners", _company=company, status=status, ingangsdatum=-120, einddatum=end)


def without_admission(s: PlantedPatterns) -> None:
    """ORG-10: not named, withdrawn or ended; an office, a shop; a company that has just been there long enough."""
    for variant, kind, form, start in (
        ("kantoor", "office", "bv", -1500),
        ("winkel", "shop", "bv", -1500),
        ("stichting", "office", "stichting", -1500),
        ("net_90_dagen", "office", "bv", -90),
    ):
        s.hit(_agency(s, kind, form=form, start=start)[0], "ORG-10", variant)
    for variant, status, end in (("ingetrokken", "ingetrokken", None), ("afgelopen", "toegelaten", -1)):
        address, company = _agency(s)
        _decide(s, company, status, end=end)
        s.hit(address, "ORG-10", variant)


def innocent_agencies(s: PlantedPatterns) -> None:
    """Looks like ORG-10: a decision that is in hand, a parent that is admitted, a home, a sole trader, just begun."""
    for status in ("toegelaten", "voorlopig_toegelaten", "ontheven", "geschorst"):
        address, company = _agency(s)
        _decide(s, company, status)
        s.innocent(address, "ORG-10", status)

    address = s.address("office")
    company = s.company(address, line="uitzend", parent=s.company(None, line="uitzend"))
    s.book.without_admission.add(company)
    s.innocent(address, "ORG-10", "moeder is toegelaten")

    s.innocent(_agency(s, "home")[0], "ORG-10", "woning")
    s.innocent(_agency(s, form="eenmanszaak")[0], "ORG-10", "eenmanszaak")
    s.innocent(_agency(s, start=-89)[0], "ORG-10", "staat er 89 dagen")


def agencies_in_doubt(s: PlantedPatterns) -> None:
    """Looks like ORG-10: a decision that may hold, a later one, an agency of which too little is known."""
    decisions: Otherwise = (
        (
            "toelating geldt misschien deze maand",
            {"_month_only": "einddatum", "einddatum": ends_of_month(0, s.as_of)[0]},
        ),
        ("toelating geldt misschien dit jaar", {"_year_only": "einddatum", "einddatum": ends_of_year(0, s.as_of)[0]}),
        ("toelating eindigt vandaag", {"einddatum": 0}),
        ("toelating gaat vandaag in", {"ingangsdatum": 0}),
        (
            "toelating gaat misschien deze maand in",
            {"_month_only": "ingangsdatum", "ingangsdatum": ends_of_month(0, s.as_of)[1]},
        ),
    )
    for explanation, values in decisions:
        address, company = _agency(s)
        _decide(s, company, "toegelaten")
        s.restate("toegelaten_uitleners", **values)
        s.innocent(address, "ORG-10", explanation)

    address, company = _agency(s)
    _decide(s, company, "ingetrokken")
    _decide(s, company, "toegelaten")
    s.innocent(address, "ORG-10", "ingetrokken en opnieuw toegelaten")

    agencies: Otherwise = (
        ("afgeschermd", {"afgeschermd": True}),
        ("onduidelijk adres", {"_in_doubt": True}),
        ("misschien pas kort", {"_month_only": "datum_aanvang", "datum_aanvang": ends_of_month(-89, s.as_of)[0]}),
        ("misschien al weg", {"_month_only": "datum_einde", "datum_einde": ends_of_month(0, s.as_of)[1]}),
    )
    for explanation, values in agencies:
        address, _ = _agency(s)
        s.restate("handelsregister", **values)
        s.innocent(address, "ORG-10", explanation)

    s.innocent(_agency(s, "home_with_shop")[0], "ORG-10", "woning met winkel")

    director = s.person()
    address = s.address("office")
    s.book.without_admission.add(s.company(address, line="uitzend", director=director))
    s.company(None, line="uitzend", director=director)
    s.innocent(address, "ORG-10", "een bedrijf met dezelfde bestuurder is toegelaten")


CASES = (without_admission, innocent_agencies, agencies_in_doubt)
