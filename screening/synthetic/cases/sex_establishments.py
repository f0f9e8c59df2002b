"""SEX-01 and SEX-04: premises that run on an ended licence, and licensed premises without a manager."""

from __future__ import annotations

from screening.synthetic.planted_patterns import Holder, LicenceValues, PlantedPatterns


def _salon(s: PlantedPatterns) -> tuple[int, Holder]:
    address = s.address()
    return address, Holder(s.company(address, line="seks"))


def runs_on_an_ended_licence(s: PlantedPatterns) -> None:
    """SEX-01: withdrawn, expired or suspended, and seen in business or reported twice within 180 days."""
    licences: tuple[tuple[str, LicenceValues, int], ...] = (
        ("ingetrokken_en_controle", {"status": "ingetrokken", "reason": "ingetrokken_overheid", "end": -200}, -150),
        ("geschorst_en_controle", {"status": "geschorst", "decided": -200}, -120),
        ("status_nog_verleend", {"status": "verleend", "end": -200}, -100),
        ("net_binnen_180_dagen", {"status": "verlopen", "end": -200}, -20),
    )
    for variant, licence, day in licences:
        address, holder = _salon(s)
        s.sex_licence(address, holder, **licence)
        s.inspection(address, day)
        s.hit(address, "SEX-01", variant)

    address, holder = _salon(s)
    s.sex_licence(address, holder, status="verlopen", end=-200)
    s.reports(address, (-170, -60), "overlast-door-bezoekers-niet-op-terras")
    s.hit(address, "SEX-01", "verlopen_en_twee_meldingen")


def ended_and_quiet(s: PlantedPatterns) -> None:
    """Looks like SEX-01: nothing after the end that counts, or licensed anew."""
    for explanation, day, finding in (
        ("controle van voor het einde", -210, "in_bedrijf"),
        ("controle op dag 181", -19, "in_bedrijf"),
        ("controle: gesloten", -150, "gesloten"),
    ):
        address, holder = _salon(s)
        s.sex_licence(address, holder, status="verlopen", end=-200)
        s.inspection(address, day, finding)
        s.innocent(address, "SEX-01", explanation)

    address, holder = _salon(s)
    s.sex_licence(address, holder, status="verlopen", end=-200)
    s.manager(s.sex_licence(address, holder, applied=-330), role="beheerder", start=-205)
    s.inspection(address, -150)
    s.innocent(address, "SEX-01", "nieuwe vergunning verleend")

    address, holder = _salon(s)
    s.sex_licence(address, holder, status="verlopen", end=-200)
    s.reports(address, (-150,))
    s.innocent(address, "SEX-01", "een melding")

    address, holder = _salon(s)
    s.sex_licence(address, holder, status="verlopen", end=-200)
    s.reports(address, (-150, -90), finding="ongegrond")
    s.innocent(address, "SEX-01", "meldingen ongegrond")


def nobody_manages(s: PlantedPatterns) -> None:
    """SEX-04: a valid licence on which every manager's period ended more than 30 days ago."""
    for variant, ends in (
        ("beheerder_weg", (-120,)),
        ("net_over_30_dagen", (-32,)),
        ("twee_beheerders_weg", (-300, -90)),
    ):
        address, holder = _salon(s)
        licence = s.sex_licence(address, holder)
        for end in ends:
            s.manager(licence, role="beheerder", end=end)
        s.hit(address, "SEX-04", variant)

    address, holder = _salon(s)
    licence = s.sex_licence(address, holder)
    s.manager(licence, role="beheerder", end=-60)
    s.manager(licence, role="exploitant")
    s.hit(address, "SEX-04", "alleen_exploitant_over")


def somebody_manages(s: PlantedPatterns) -> None:
    """Looks like SEX-04: succeeded in time, managed by the operator, not valid, or no list supplied."""
    address, holder = _salon(s)
    s.manager(s.sex_licence(address, holder), role="beheerder", end=-29)
    s.innocent(address, "SEX-04", "nog geen 30 dagen zonder beheerder")

    address, holder = _salon(s)
    licence = s.sex_licence(address, holder)
    s.manager(licence, role="beheerder", end=-100)
    s.manager(licence, role="beheerder", start=-99)
    s.innocent(address, "SEX-04", "opvolger op tijd")

    address = s.address()
    owner = s.person()
    holder = Holder(s.company(address, line="seks", form="eenmanszaak", director=owner), owner)
    licence = s.sex_licence(address, holder)
    s.manager(licence, role="beheerder", end=-200)
    s.manager(licence, owner, role="beheerder", start=-210)
    s.innocent(address, "SEX-04", "exploitant is zelf beheerder")

    address, holder = _salon(s)
    s.manager(
        s.sex_licence(address, holder, status="ingetrokken", reason="ingetrokken_belanghebbende", end=-300),
        role="beheerder",
        end=-300,
    )
    s.innocent(address, "SEX-04", "vergunning niet meer geldig")

    address, holder = _salon(s)
    s.sex_licence(address, holder)
    s.innocent(address, "SEX-04", "geen lijst van beheerders aangeleverd")


def no_manager_and_nuisance(s: PlantedPatterns) -> None:
    """SEX-04 with reports. Whether NUI-01 may look at a sex licence the definitions leave open."""
    address, holder = _salon(s)
    s.manager(s.sex_licence(address, holder), role="beheerder", end=-100)
    s.reports(address, (-70, -50, -33, -12), "overlast-door-bezoekers-niet-op-terras")
    s.hit(address, "SEX-04", "zonder_beheerder_met_overlast")
    s.tolerate(address, "NUI-01")


CASES = (runs_on_an_ended_licence, ended_and_quiet, nobody_manages, somebody_manages, no_manager_and_nuisance)
