"""HOU-01 and HOU-03: too many people in permitted rooms, and permits for more people than the norm allows."""

from __future__ import annotations

from screening.synthetic.planted_patterns import Holder, PlantedPatterns


def _converted(
    s: PlantedPatterns,
    *,
    status: str = "verleend",
    applied: int = -800,
    end: int | None = None,
    reason: str | None = None,
) -> int:
    """A home with a permit to let it by the room."""
    address = s.address("home", area=140)
    s.permit(
        address,
        Holder(person=s.person()),
        "omzetting",
        status,
        applied=applied,
        end=end,
        reason=reason,
        persons=6,
        rooms=5,
    )
    return address


def overcrowded(s: PlantedPatterns) -> None:
    """HOU-01: three reports in 180 days by two reporters, or an inspection that found more than permitted."""
    for variant, days in (("drie_meldingen", (-150, -80, -20)), ("net_binnen_180_dagen", (-180, -100, -40))):
        address = _converted(s)
        s.reports(address, days, "woningdelen-spookburgers")
        s.hit(address, "HOU-01", variant)

    address = _converted(s)
    for day, category in ((-140, "woningdelen-spookburgers"), (-100, "afval"), (-30, "geluidsoverlast-muziek")):
        s.report(address, day, category, token=s.token())
    s.hit(address, "HOU-01", "gemengde_meldingen")

    for variant, finding in (
        ("controle_meer_kamers", "meer_kamers_dan_vergund"),
        ("controle_meer_personen", "meer_personen_dan_vergund"),
    ):
        address = _converted(s)
        s.inspection(address, -60, finding)
        s.hit(address, "HOU-01", variant)


def not_overcrowded(s: PlantedPatterns) -> None:
    """Looks like HOU-01: too few, too old, one reporter, unfounded, or no valid permit."""
    address = _converted(s)
    s.reports(address, (-120, -40), "woningdelen-spookburgers")
    s.innocent(address, "HOU-01", "twee meldingen")

    address = _converted(s)
    s.reports(address, (-181, -100, -40), "woningdelen-spookburgers")
    s.innocent(address, "HOU-01", "een melding op dag 181")

    address = _converted(s)
    reporter = s.token()
    for day in (-150, -90, -30):
        s.report(address, day, "woningdelen-spookburgers", token=reporter)
    s.innocent(address, "HOU-01", "een melder")

    address = _converted(s)
    s.reports(address, (-150, -80, -20), "woningdelen-spookburgers", finding="ongegrond")
    s.innocent(address, "HOU-01", "ongegrond")

    address = _converted(s)
    s.inspection(address, -60, "geen_bijzonderheden")
    s.innocent(address, "HOU-01", "controle: geen bijzonderheden")

    address = _converted(s, status="ingetrokken", applied=-1200, end=-400, reason="ingetrokken_belanghebbende")
    s.reports(address, (-150, -80, -20), "woningdelen-spookburgers")
    s.innocent(address, "HOU-01", "vergunning niet meer geldig")


def below_the_norm(s: PlantedPatterns) -> None:
    """HOU-03: less than 10 m² a person for lodging, less than 12 m² for other letting, as permitted."""
    address = s.address("lodging", area=99)
    s.permit(address, Holder(s.company(address, line="logies")), "logies", persons=10)
    s.hit(address, "HOU-03", "logies_net_onder_10")
    for variant, kind, area, persons in (
        ("omzetting_net_onder_12", "omzetting", 71, 6),
        ("kamerverhuur_ver_onder", "kamerverhuur", 60, 10),
        ("verhuur_wgv", "verhuur_wgv", 80, 8),
        ("toeristische_verhuur", "toeristische_verhuur", 55, 6),
    ):
        address = s.address("home", area=area)
        s.permit(address, Holder(person=s.person()), kind, persons=persons, rooms=4)
        s.hit(address, "HOU-03", variant)


def at_the_norm(s: PlantedPatterns) -> None:
    """Looks like HOU-03: exactly the norm, area unknown, permit not valid, no number permitted."""
    address = s.address("lodging", area=100)
    s.permit(address, Holder(s.company(address, line="logies")), "logies", persons=10)
    s.innocent(address, "HOU-03", "logies: precies 10 m²")
    for explanation, area, values in (
        ("omzetting: precies 12 m²", 72, {"persons": 6}),
        ("oppervlakte onbekend (1)", 1, {"persons": 6}),
        ("oppervlakte onbekend (999999)", 999_999, {"persons": 6}),
        ("geen aantal personen vergund", 40, {"rooms": 4}),
        ("vergunning nog niet verleend", 60, {"persons": 8, "status": "in_behandeling", "applied": -90}),
    ):
        address = s.address("home", area=area)
        s.permit(address, Holder(person=s.person()), "omzetting", **values)
        s.innocent(address, "HOU-03", explanation)


def crowded_lodging(s: PlantedPatterns) -> None:
    """HOU-03 and NUI-01 make a flag; HOU-01 and HOU-03 rest on one data set and do not."""
    address = s.address("lodging", area=180)
    s.permit(address, Holder(s.company(address, line="logies")), "logies", persons=30)
    s.reports(address, (-84, -63, -42, -21), "wonen-overig")
    s.hit(address, "HOU-03", "vol_pension_met_overlast")
    s.hit(address, "NUI-01", "vol_pension_met_overlast")

    address = s.address("home", area=66)
    s.permit(address, Holder(person=s.person()), "omzetting", persons=6, rooms=5)
    s.inspection(address, -45, "meer_personen_dan_vergund")
    s.hit(address, "HOU-01", "twee_uit_een_bron")
    s.hit(address, "HOU-03", "twee_uit_een_bron")


CASES = (overcrowded, not_overcrowded, below_the_norm, at_the_norm, crowded_lodging)
