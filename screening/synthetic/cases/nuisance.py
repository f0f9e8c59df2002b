"""NUI-01: a cluster of reports at a licensed address, measured against the address's own year before."""

from __future__ import annotations

from collections.abc import Sequence

from screening.synthetic.planted_patterns import Holder, Scene

#: Days of reports in the 365 days before the window of 90.
YEAR_BEFORE = (-100, -150, -200, -250, -300, -350)


def _licensed(s: Scene) -> int:
    at = s.address()
    s.manager(s.permit(at, Holder(s.company(at))))
    return at


def _by(s: Scene, at: int, days: Sequence[int], reporters: Sequence[int | None]) -> None:
    for day, token in zip(days, reporters, strict=True):
        s.report(at, day, token=token)


def cluster(s: Scene) -> None:
    """NUI-01: four or more reports that count in 90 days, by two reporters, three times the year before."""
    for variant, days in (
        ("vier_melders", (-80, -60, -35, -10)),
        ("net_binnen_90_dagen", (-90, -60, -35, -3)),
        ("negen_melders", (-85, -77, -66, -55, -44, -33, -22, -11, -2)),
    ):
        at = _licensed(s)
        s.reports(at, days)
        s.hit(at, "NUI-01", variant)

    at = _licensed(s)
    first, second = s.token(), s.token()
    _by(s, at, (-80, -70, -40, -30), (first, second, first, second))
    s.hit(at, "NUI-01", "twee_melders_om_de_maand")

    at = _licensed(s)
    _by(s, at, (-80, -70, -40, -30), (None, None, None, None))
    s.hit(at, "NUI-01", "melders_onbekend_bij_de_bron")

    at = _licensed(s)
    s.reports(at, (-80, -60, -35, -10))
    s.reports(at, YEAR_BEFORE[:5])
    s.hit(at, "NUI-01", "net_drie_keer_het_jaar_ervoor")

    at = s.address("lodging")
    s.permit(at, Holder(s.company(at, line="logies")), "logies", persons=24)
    s.reports(at, (-75, -52, -31, -9), "vakantieverhuur")
    s.hit(at, "NUI-01", "logies")


def no_cluster(s: Scene) -> None:
    """Looks like NUI-01: too few that count, one reporter, no more than before, or nothing licensed."""
    at = _licensed(s)
    s.reports(at, (-80, -50, -10))
    s.innocent(at, "NUI-01", "drie meldingen")

    at = _licensed(s)
    s.reports(at, (-91, -60, -35, -3))
    s.innocent(at, "NUI-01", "een melding op dag 91")

    at = _licensed(s)
    reporter = s.token()
    _by(s, at, (-88, -60, -55, -29, -20, -3), (reporter,) * 6)
    s.innocent(at, "NUI-01", "een melder blijft melden")

    at = _licensed(s)
    s.reports(at, (-80, -60, -35, -10), finding="ongegrond")
    s.innocent(at, "NUI-01", "ongegrond")

    at = _licensed(s)
    s.reports(at, (-80, -60, -35), status="geannuleerd")
    s.reports(at, (-20, -10))
    s.innocent(at, "NUI-01", "geannuleerd")

    at = _licensed(s)
    s.reports(at, (-80, -60, -35, -10), "afval")
    s.innocent(at, "NUI-01", "andere soort melding")

    at = _licensed(s)
    parent = s.report(at, -60, token=s.token())
    for day in (-60, -59, -58):
        s.report(at, day, token=s.token(), parent=parent)
    s.innocent(at, "NUI-01", "deelmeldingen van een melding")

    at = _licensed(s)
    s.reports(at, (-80, -60, -35, -10))
    s.reports(at, YEAR_BEFORE)
    s.innocent(at, "NUI-01", "niet veel meer dan het jaar ervoor")

    at = s.address()
    s.permit(at, Holder(s.company(None)), status="in_behandeling", applied=-300)
    s.reports(at, (-80, -60, -35, -10))
    s.innocent(at, "NUI-01", "nog geen vergunning")


def operator_and_nuisance(s: Scene) -> None:
    """NUI-01 and LIC-06: two indicators from two data sets make a flag."""
    at = s.address()
    s.permit(at, Holder(s.company(None)))
    s.company(at, start=-300)
    s.reports(at, (-80, -62, -41, -9))
    s.hit(at, "NUI-01", "andere_exploitant_en_overlast")
    s.hit(at, "LIC-06", "andere_exploitant_en_overlast")


CASES = (cluster, no_cluster, operator_and_nuisance)
