"""PRC-03: a business in operation in premises that are closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from screening.synthetic.days import ends_of_month, ends_of_year
from screening.synthetic.planted_patterns import Holder, Otherwise, PlantedPatterns


def _closed(s: PlantedPatterns, day: int = -90, *, end: int | None = 90, kind: str = "sluiting", status: str) -> int:
    """Premises that were closed on this day."""
    address = s.address()
    s.measure(address, day, s.company(None), kind, status, end=end)
    return address


def in_operation_while_closed(s: PlantedPatterns) -> None:
    """PRC-03: an inspection during the closure found a business in operation."""
    for variant, status, days in (
        ("definitief", "onherroepelijk", (-40,)),
        ("in_bezwaar", "in_bezwaar", (-60,)),
        ("op_de_achtste_dag", "onherroepelijk", (-82,)),
        ("vandaag", "onherroepelijk", (0,)),
        ("twee_controles", "in_bezwaar", (-50, -20)),
    ):
        address = _closed(s, status=status)
        for day in days:
            s.inspection(address, day)
        s.hit(address, "PRC-03", variant)

    address = _closed(s, -60, end=None, status="onherroepelijk")
    s.inspection(address, -30)
    s.hit(address, "PRC-03", "zonder_einddatum")

    address = _closed(s, status="onherroepelijk")
    s.inspection(address, -50)
    s.inspection(address, -10, "gesloten")
    s.hit(address, "PRC-03", "later_dicht_gezien")


def not_in_operation_while_closed(s: PlantedPatterns) -> None:
    """Looks like PRC-03: the closure does not count, or nobody saw a business in operation during it."""
    for explanation, status in (("vernietigd", "vernietigd"), ("geschorst", "geschorst")):
        address = _closed(s, status=status)
        s.inspection(address, -40)
        s.innocent(address, "PRC-03", explanation)

    for explanation, day in (("controle ervoor", -100), ("in de eerste zeven dagen", -83)):
        address = _closed(s, status="onherroepelijk")
        s.inspection(address, day)
        s.innocent(address, "PRC-03", explanation)

    for explanation, end in (("gisteren voorbij", -1), ("zonder einde en oud", None)):
        address = _closed(s, -95, end=end, status="onherroepelijk")
        s.inspection(address, -40)
        s.innocent(address, "PRC-03", explanation)

    address = _closed(s, status="onherroepelijk")
    s.inspection(address, -40, "gesloten")
    s.innocent(address, "PRC-03", "bij de controle dicht")

    address = _closed(s, status="onherroepelijk")
    s.reports(address, [-50, -20], "overig-horecabedrijven", finding="gegrond")
    s.innocent(address, "PRC-03", "alleen meldingen")

    address = _closed(s, kind="last_onder_dwangsom", status="onherroepelijk")
    s.inspection(address, -40)
    s.innocent(address, "PRC-03", "last onder dwangsom")

    address = _closed(s, status="onherroepelijk")
    s.permit(address, Holder(s.company(address)), applied=-80, decided=-60, start=-60)
    s.inspection(address, -40)
    s.innocent(address, "PRC-03", "nieuwe vergunning na de sluiting")


def closures_in_doubt(s: PlantedPatterns) -> None:
    """Looks like PRC-03: a day, a place or a decision that is not known well enough, or a row that explains it."""
    inspections: Sequence[tuple[str, int, Mapping[str, object]]] = (
        ("controle misschien in de eerste zeven dagen", ends_of_month(-83, s.as_of)[1], {"_month_only": "datum"}),
        ("controle alleen op het jaar bekend", -40, {"_year_only": "datum"}),
        ("controle met onduidelijk adres", -40, {"_in_doubt": True}),
    )
    for explanation, day, values in inspections:
        address = _closed(s, status="onherroepelijk")
        s.inspection(address, day)
        s.restate("controles", **values)
        s.innocent(address, "PRC-03", explanation)

    decided = ends_of_month(-90, s.as_of)[0]
    decisions: Otherwise = (
        ("besluit misschien van na de controle", {"_month_only": "datum"}),
        ("misschien voorbij", {"_month_only": "datum_einde", "datum_einde": ends_of_month(-1, s.as_of)[1]}),
        ("misschien vorig jaar voorbij", {"_year_only": "datum_einde", "datum_einde": ends_of_year(-1, s.as_of)[1]}),
        ("besluit met onduidelijk adres", {"_in_doubt": True}),
    )
    for explanation, values in decisions:
        address = _closed(s, decided, status="onherroepelijk")
        s.restate("maatregelen", **values)
        s.inspection(address, decided + 8)
        s.innocent(address, "PRC-03", explanation)

    address = _closed(s, status="onherroepelijk")
    s.permit(address, Holder(s.company(None)), applied=-80, decided=-60, start=-60)
    s.restate("vergunningen", _in_doubt=True)
    s.inspection(address, -40)
    s.innocent(address, "PRC-03", "nieuwe vergunning met onduidelijk adres")

    address = _closed(s, end=-1, status="onherroepelijk")
    s.measure(address, -5, s.company(None), "sluiting", "geschorst", end=90)
    s.inspection(address, -40)
    s.innocent(address, "PRC-03", "voorbij, en de verlenging is geschorst")

    address = _closed(s, status="vernietigd")
    s.measure(address, -30, s.company(None), "sluiting", "onherroepelijk", end=90)
    s.inspection(address, -40)
    s.innocent(address, "PRC-03", "vernietigd, en opnieuw gesloten na de controle")


CASES = (in_operation_while_closed, not_in_operation_while_closed, closures_in_doubt)
