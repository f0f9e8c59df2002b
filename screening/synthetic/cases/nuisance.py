"""NUI-01: a cluster of reports at a licensed address, measured against the address's own year before."""

from __future__ import annotations

from collections.abc import Sequence

from screening.synthetic.planted_patterns import Holder, PlantedPatterns

#: Days of reports in the 365 days before the window of 90.
YEAR_BEFORE = (-100, -150, -200, -250, -300, -350)


def _licensed(s: PlantedPatterns) -> int:
    address = s.address()
    s.manager(s.permit(address, Holder(s.company(address))))
    return address


def _by(s: PlantedPatterns, address: int, days: Sequence[int], reporters: Sequence[int | None]) -> None:
    for day, token in zip(days, reporters, strict=True):
        s.report(address, day, token=token)


def report_cluster(s: PlantedPatterns) -> None:
    """NUI-01: four or more reports that count in 90 days, by two reporters, three times the year before."""
    for variant, days in (
        ("vier_melders", (-80, -60, -35, -10)),
        ("net_binnen_90_dagen", (-90, -60, -35, -3)),
        ("negen_melders", (-85, -77, -66, -55, -44, -33, -22, -11, -2)),
    ):
        address = _licensed(s)
        s.reports(address, days)
        s.hit(address, "NUI-01", variant)

    address = _licensed(s)
    first, second = s.token(), s.token()
    _by(s, address, (-80, -70, -40, -30), (first, second, first, second))
    s.hit(address, "NUI-01", "twee_melders_om_de_maand")

    address = _licensed(s)
    _by(s, address, (-80, -70, -40, -30), (None, None, None, None))
    s.hit(address, "NUI-01", "melders_onbekend_bij_de_bron")

    address = _licensed(s)
    s.reports(address, (-80, -60, -35, -10))
    s.reports(address, YEAR_BEFORE[:5])
    s.hit(address, "NUI-01", "net_drie_keer_het_jaar_ervoor")

    address = s.address("lodging")
    s.permit(address, Holder(s.company(address, line="logies")), "logies", persons=24)
    s.reports(address, (-75, -52, -31, -9), "vakantieverhuur")
    s.hit(address, "NUI-01", "logies")


def no_cluster(s: PlantedPatterns) -> None:
    """Looks like NUI-01: too few that count, one reporter, no more than before, or nothing licensed."""
    address = _licensed(s)
    s.reports(address, (-80, -50, -10))
    s.innocent(address, "NUI-01", "drie meldingen")

    address = _licensed(s)
    s.reports(address, (-91, -60, -35, -3))
    s.innocent(address, "NUI-01", "een melding op dag 91")

    address = _licensed(s)
    reporter = s.token()
    _by(s, address, (-88, -60, -55, -29, -20, -3), (reporter,) * 6)
    s.innocent(address, "NUI-01", "een melder blijft melden")

    address = _licensed(s)
    s.reports(address, (-80, -60, -35, -10), finding="ongegrond")
    s.innocent(address, "NUI-01", "ongegrond")

    address = _licensed(s)
    s.reports(address, (-80, -60, -35), status="geannuleerd")
    s.reports(address, (-20, -10))
    s.innocent(address, "NUI-01", "geannuleerd")

    address = _licensed(s)
    s.reports(address, (-80, -60, -35, -10), "afval")
    s.innocent(address, "NUI-01", "andere soort melding")

    address = _licensed(s)
    parent = s.report(address, -60, token=s.token())
    for day in (-60, -59, -58):
        s.report(address, day, token=s.token(), parent=parent)
    s.innocent(address, "NUI-01", "deelmeldingen van een melding")

    address = _licensed(s)
    s.reports(address, (-80, -60, -35, -10))
    s.reports(address, YEAR_BEFORE)
    s.innocent(address, "NUI-01", "niet veel meer dan het jaar ervoor")

    address = s.address()
    s.permit(address, Holder(s.company(None)), status="in_behandeling", applied=-300)
    s.reports(address, (-80, -60, -35, -10))
    s.innocent(address, "NUI-01", "nog geen vergunning")


def operator_and_nuisance(s: PlantedPatterns) -> None:
    """NUI-01 and LIC-06: two indicators from two data sets make a flag."""
    address = s.address()
    s.permit(address, Holder(s.company(None)))
    s.company(address, start=-300)
    s.reports(address, (-80, -62, -41, -9))
    s.hit(address, "NUI-01", "andere_exploitant_en_overlast")
    s.hit(address, "LIC-06", "andere_exploitant_en_overlast")


CASES = (report_cluster, no_cluster, operator_and_nuisance)
