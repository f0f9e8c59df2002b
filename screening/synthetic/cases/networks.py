"""PER-01: one person on the licences of many unrelated holders."""

from __future__ import annotations

from screening.synthetic.planted_patterns import Holder, PlantedPatterns


def _venues(
    s: PlantedPatterns, number: int, *, parent: int | None = None, director: int | None = None
) -> list[tuple[int, int]]:
    """So many venues with a licence each: (address, licence)."""
    venues = []
    for _ in range(number):
        address = s.address()
        venues.append((address, s.permit(address, Holder(s.company(address, parent=parent, director=director)))))
    return venues


def manager_of_many_venues(s: PlantedPatterns) -> None:
    """PER-01: three, four or six venues of holders who have nothing to do with each other."""
    for variant, number in (("drie_houders", 3), ("vier_adressen", 4), ("zes_adressen", 6)):
        manager = s.person()
        for address, licence in _venues(s, number):
            s.manager(licence, manager)
            s.hit(address, "PER-01", variant)

    manager = s.person()
    for address, licence in _venues(s, 2):
        s.manager(licence, manager)
        s.hit(address, "PER-01", "met_seksinrichting")
    for _ in range(2):
        address = s.address()
        s.manager(s.sex_licence(address, Holder(s.company(address, line="seks"))), manager, role="beheerder")
        s.hit(address, "PER-01", "met_seksinrichting")


def managers_of_a_group(s: PlantedPatterns) -> None:
    """Looks like PER-01: the holders are one group."""
    parent = s.company(s.address("office"), line="holding")
    manager = s.person()
    for address, licence in _venues(s, 5, parent=parent):
        s.manager(licence, manager)
        s.innocent(address, "PER-01", "rayonmanager van een keten")

    director = s.person()
    manager = s.person()
    for address, licence in _venues(s, 4, director=director):
        s.manager(licence, manager)
        s.innocent(address, "PER-01", "houders met een bestuurder")


def not_many_or_not_one(s: PlantedPatterns) -> None:
    """Looks like PER-01: too few, one after the other, namesakes, not bound to a place, no longer valid."""
    manager = s.person()
    for address, licence in _venues(s, 2):
        s.manager(licence, manager)
        s.innocent(address, "PER-01", "twee houders")

    manager = s.person()
    for number, (address, licence) in enumerate(_venues(s, 4)):
        s.manager(licence, manager, start=-700 + 150 * number, end=None if number == 3 else -560 + 150 * number)
        s.innocent(address, "PER-01", "na elkaar")

    first = s.person()
    for number, (address, licence) in enumerate(_venues(s, 4)):
        s.manager(licence, first if number == 0 else s.person(namesake_of=first))
        s.innocent(address, "PER-01", "naamgenoten")

    first = s.person()
    for address, licence in _venues(s, 3):
        s.manager(licence, s.person(namesake_of=first), undated=True)
        s.innocent(address, "PER-01", "alleen gelijkende namen, geen geboortedatum")

    manager = s.person()
    for _ in range(3):
        address = s.address()
        s.manager(s.permit(address, Holder(s.company(None, line="stichting", form="stichting")), "evenement"), manager)
        s.innocent(address, "PER-01", "evenementen zijn niet plaatsgebonden")

    manager = s.person()
    for address, licence in _venues(s, 2):
        s.manager(licence, manager)
        s.innocent(address, "PER-01", "derde vergunning niet meer geldig")
    address = s.address()
    company = s.company(address, end=-260, reason="opgeheven")
    s.manager(s.permit(address, Holder(company), status="verlopen", applied=-1300, end=-250), manager)
    s.innocent(address, "PER-01", "derde vergunning niet meer geldig")


def network_with_nuisance(s: PlantedPatterns) -> None:
    """PER-01 and NUI-01 at three venues: two indicators from two data sets."""
    manager = s.person()
    for address, licence in _venues(s, 3):
        s.manager(licence, manager)
        s.reports(address, (-80, -61, -40, -8))
        s.hit(address, "PER-01", "netwerk_met_overlast")
        s.hit(address, "NUI-01", "netwerk_met_overlast")


CASES = (manager_of_many_venues, managers_of_a_group, not_many_or_not_one, network_with_nuisance)
