"""HOU-01 and HOU-03: too many people in permitted rooms, and permits for more people than the norm allows."""

from __future__ import annotations

from screening.synthetic.planted_patterns import Holder, Scene


def _converted(s: Scene, **permit: object) -> int:
    """A home with a permit to let it by the room."""
    at = s.address("home", area=140)
    s.permit(at, Holder(person=s.person()), "omzetting", **{"persons": 6, "rooms": 5, **permit})
    return at


def overcrowded(s: Scene) -> None:
    """HOU-01: three reports in 180 days by two reporters, or an inspection that found more than permitted."""
    for variant, days in (("drie_meldingen", (-150, -80, -20)), ("net_binnen_180_dagen", (-180, -100, -40))):
        at = _converted(s)
        s.reports(at, days, "woningdelen-spookburgers")
        s.hit(at, "HOU-01", variant)

    at = _converted(s)
    for day, category in ((-140, "woningdelen-spookburgers"), (-100, "afval"), (-30, "geluidsoverlast-muziek")):
        s.report(at, day, category, token=s.token())
    s.hit(at, "HOU-01", "gemengde_meldingen")

    for variant, finding in (
        ("controle_meer_kamers", "meer_kamers_dan_vergund"),
        ("controle_meer_personen", "meer_personen_dan_vergund"),
    ):
        at = _converted(s)
        s.inspection(at, -60, finding)
        s.hit(at, "HOU-01", variant)


def not_overcrowded(s: Scene) -> None:
    """Looks like HOU-01: too few, too old, one reporter, unfounded, or no valid permit."""
    at = _converted(s)
    s.reports(at, (-120, -40), "woningdelen-spookburgers")
    s.innocent(at, "HOU-01", "twee meldingen")

    at = _converted(s)
    s.reports(at, (-181, -100, -40), "woningdelen-spookburgers")
    s.innocent(at, "HOU-01", "een melding op dag 181")

    at = _converted(s)
    reporter = s.token()
    for day in (-150, -90, -30):
        s.report(at, day, "woningdelen-spookburgers", token=reporter)
    s.innocent(at, "HOU-01", "een melder")

    at = _converted(s)
    s.reports(at, (-150, -80, -20), "woningdelen-spookburgers", finding="ongegrond")
    s.innocent(at, "HOU-01", "ongegrond")

    at = _converted(s)
    s.inspection(at, -60, "geen_bijzonderheden")
    s.innocent(at, "HOU-01", "controle: geen bijzonderheden")

    at = _converted(s, status="ingetrokken", applied=-1200, end=-400, reason="ingetrokken_belanghebbende")
    s.reports(at, (-150, -80, -20), "woningdelen-spookburgers")
    s.innocent(at, "HOU-01", "vergunning niet meer geldig")


def below_the_norm(s: Scene) -> None:
    """HOU-03: less than 10 m² a person for lodging, less than 12 m² for other letting, as permitted."""
    at = s.address("lodging", area=99)
    s.permit(at, Holder(s.company(at, line="logies")), "logies", persons=10)
    s.hit(at, "HOU-03", "logies_net_onder_10")
    for variant, kind, area, persons in (
        ("omzetting_net_onder_12", "omzetting", 71, 6),
        ("kamerverhuur_ver_onder", "kamerverhuur", 60, 10),
        ("verhuur_wgv", "verhuur_wgv", 80, 8),
        ("toeristische_verhuur", "toeristische_verhuur", 55, 6),
    ):
        at = s.address("home", area=area)
        s.permit(at, Holder(person=s.person()), kind, persons=persons, rooms=4)
        s.hit(at, "HOU-03", variant)


def at_the_norm(s: Scene) -> None:
    """Looks like HOU-03: exactly the norm, area unknown, permit not valid, no number permitted."""
    at = s.address("lodging", area=100)
    s.permit(at, Holder(s.company(at, line="logies")), "logies", persons=10)
    s.innocent(at, "HOU-03", "logies: precies 10 m²")
    for explanation, area, values in (
        ("omzetting: precies 12 m²", 72, {"persons": 6}),
        ("oppervlakte onbekend (1)", 1, {"persons": 6}),
        ("oppervlakte onbekend (999999)", 999_999, {"persons": 6}),
        ("geen aantal personen vergund", 40, {"rooms": 4}),
        ("vergunning nog niet verleend", 60, {"persons": 8, "status": "in_behandeling", "applied": -90}),
    ):
        at = s.address("home", area=area)
        s.permit(at, Holder(person=s.person()), "omzetting", **values)
        s.innocent(at, "HOU-03", explanation)


def crowded_lodging(s: Scene) -> None:
    """HOU-03 and NUI-01 make a flag; HOU-01 and HOU-03 rest on one data set and do not."""
    at = s.address("lodging", area=180)
    s.permit(at, Holder(s.company(at, line="logies")), "logies", persons=30)
    s.reports(at, (-84, -63, -42, -21), "wonen-overig")
    s.hit(at, "HOU-03", "vol_pension_met_overlast")
    s.hit(at, "NUI-01", "vol_pension_met_overlast")

    at = s.address("home", area=66)
    s.permit(at, Holder(person=s.person()), "omzetting", persons=6, rooms=5)
    s.inspection(at, -45, "meer_personen_dan_vergund")
    s.hit(at, "HOU-01", "twee_uit_een_bron")
    s.hit(at, "HOU-03", "twee_uit_een_bron")


CASES = (overcrowded, not_overcrowded, below_the_norm, at_the_norm, crowded_lodging)
