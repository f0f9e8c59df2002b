"""SEX-01 and SEX-04: premises that run on an ended licence, and licensed premises without a manager."""

from __future__ import annotations

from screening.synthetic.planted_patterns import Holder, Scene


def _salon(s: Scene) -> tuple[int, Holder]:
    at = s.address()
    return at, Holder(s.company(at, line="seks"))


def runs_on_an_ended_licence(s: Scene) -> None:
    """SEX-01: withdrawn, expired or suspended, and seen in business or reported twice within 180 days."""
    for variant, licence, day in (
        ("ingetrokken_en_controle", {"status": "ingetrokken", "reason": "ingetrokken_overheid", "end": -200}, -150),
        ("geschorst_en_controle", {"status": "geschorst", "decided": -200}, -120),
        ("status_nog_verleend", {"status": "verleend", "end": -200}, -100),
        ("net_binnen_180_dagen", {"status": "verlopen", "end": -200}, -20),
    ):
        at, holder = _salon(s)
        s.sex_licence(at, holder, **licence)
        s.inspection(at, day)
        s.hit(at, "SEX-01", variant)

    at, holder = _salon(s)
    s.sex_licence(at, holder, status="verlopen", end=-200)
    s.reports(at, (-170, -60), "overlast-door-bezoekers-niet-op-terras")
    s.hit(at, "SEX-01", "verlopen_en_twee_meldingen")


def ended_and_quiet(s: Scene) -> None:
    """Looks like SEX-01: nothing after the end that counts, or licensed anew."""
    for explanation, day, finding in (
        ("controle van voor het einde", -210, "in_bedrijf"),
        ("controle op dag 181", -19, "in_bedrijf"),
        ("controle: gesloten", -150, "gesloten"),
    ):
        at, holder = _salon(s)
        s.sex_licence(at, holder, status="verlopen", end=-200)
        s.inspection(at, day, finding)
        s.innocent(at, "SEX-01", explanation)

    at, holder = _salon(s)
    s.sex_licence(at, holder, status="verlopen", end=-200)
    s.manager(s.sex_licence(at, holder, applied=-330), role="beheerder", start=-205)
    s.inspection(at, -150)
    s.innocent(at, "SEX-01", "nieuwe vergunning verleend")

    at, holder = _salon(s)
    s.sex_licence(at, holder, status="verlopen", end=-200)
    s.reports(at, (-150,))
    s.innocent(at, "SEX-01", "een melding")

    at, holder = _salon(s)
    s.sex_licence(at, holder, status="verlopen", end=-200)
    s.reports(at, (-150, -90), finding="ongegrond")
    s.innocent(at, "SEX-01", "meldingen ongegrond")


def nobody_manages(s: Scene) -> None:
    """SEX-04: a valid licence on which every manager's period ended more than 30 days ago."""
    for variant, ends in (
        ("beheerder_weg", (-120,)),
        ("net_over_30_dagen", (-32,)),
        ("twee_beheerders_weg", (-300, -90)),
    ):
        at, holder = _salon(s)
        licence = s.sex_licence(at, holder)
        for end in ends:
            s.manager(licence, role="beheerder", end=end)
        s.hit(at, "SEX-04", variant)

    at, holder = _salon(s)
    licence = s.sex_licence(at, holder)
    s.manager(licence, role="beheerder", end=-60)
    s.manager(licence, role="exploitant")
    s.hit(at, "SEX-04", "alleen_exploitant_over")


def somebody_manages(s: Scene) -> None:
    """Looks like SEX-04: succeeded in time, managed by the operator, not valid, or no list supplied."""
    at, holder = _salon(s)
    s.manager(s.sex_licence(at, holder), role="beheerder", end=-29)
    s.innocent(at, "SEX-04", "nog geen 30 dagen zonder beheerder")

    at, holder = _salon(s)
    licence = s.sex_licence(at, holder)
    s.manager(licence, role="beheerder", end=-100)
    s.manager(licence, role="beheerder", start=-99)
    s.innocent(at, "SEX-04", "opvolger op tijd")

    at = s.address()
    owner = s.person()
    holder = Holder(s.company(at, line="seks", form="eenmanszaak", director=owner), owner)
    licence = s.sex_licence(at, holder)
    s.manager(licence, role="beheerder", end=-200)
    s.manager(licence, owner, role="beheerder", start=-210)
    s.innocent(at, "SEX-04", "exploitant is zelf beheerder")

    at, holder = _salon(s)
    s.manager(
        s.sex_licence(at, holder, status="ingetrokken", reason="ingetrokken_belanghebbende", end=-300),
        role="beheerder",
        end=-300,
    )
    s.innocent(at, "SEX-04", "vergunning niet meer geldig")

    at, holder = _salon(s)
    s.sex_licence(at, holder)
    s.innocent(at, "SEX-04", "geen lijst van beheerders aangeleverd")


def no_manager_and_nuisance(s: Scene) -> None:
    """SEX-04 with reports. Whether NUI-01 may look at a sex licence the definitions leave open."""
    at, holder = _salon(s)
    s.manager(s.sex_licence(at, holder), role="beheerder", end=-100)
    s.reports(at, (-70, -50, -33, -12), "overlast-door-bezoekers-niet-op-terras")
    s.hit(at, "SEX-04", "zonder_beheerder_met_overlast")
    s.tolerate(at, "NUI-01")


CASES = (runs_on_an_ended_licence, ended_and_quiet, nobody_manages, somebody_manages, no_manager_and_nuisance)
