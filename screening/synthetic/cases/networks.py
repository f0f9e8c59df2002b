"""PER-01: one person on the licences of many unrelated holders."""

from __future__ import annotations

from screening.synthetic.planted_patterns import Holder, Scene


def _venues(s: Scene, number: int, **company: object) -> list[tuple[int, int]]:
    """So many venues with a licence each: (address, licence)."""
    venues = []
    for _ in range(number):
        at = s.address()
        venues.append((at, s.permit(at, Holder(s.company(at, **company)))))
    return venues


def one_manager_many_venues(s: Scene) -> None:
    """PER-01: three, four or six venues of holders who have nothing to do with each other."""
    for variant, number in (("drie_houders", 3), ("vier_adressen", 4), ("zes_adressen", 6)):
        manager = s.person()
        for at, licence in _venues(s, number):
            s.manager(licence, manager)
            s.hit(at, "PER-01", variant)

    manager = s.person()
    for at, licence in _venues(s, 2):
        s.manager(licence, manager)
        s.hit(at, "PER-01", "met_seksinrichting")
    for _ in range(2):
        at = s.address()
        s.manager(s.sex_licence(at, Holder(s.company(at, line="seks"))), manager, role="beheerder")
        s.hit(at, "PER-01", "met_seksinrichting")


def managers_of_a_group(s: Scene) -> None:
    """Looks like PER-01: the holders are one group."""
    parent = s.company(s.address("office"), line="holding")
    manager = s.person()
    for at, licence in _venues(s, 5, parent=parent):
        s.manager(licence, manager)
        s.innocent(at, "PER-01", "rayonmanager van een keten")

    director = s.person()
    manager = s.person()
    for at, licence in _venues(s, 4, director=director):
        s.manager(licence, manager)
        s.innocent(at, "PER-01", "houders met een bestuurder")


def not_many_or_not_one(s: Scene) -> None:
    """Looks like PER-01: too few, one after the other, namesakes, not bound to a place, no longer valid."""
    manager = s.person()
    for at, licence in _venues(s, 2):
        s.manager(licence, manager)
        s.innocent(at, "PER-01", "twee houders")

    manager = s.person()
    for number, (at, licence) in enumerate(_venues(s, 4)):
        s.manager(licence, manager, start=-700 + 150 * number, end=None if number == 3 else -560 + 150 * number)
        s.innocent(at, "PER-01", "na elkaar")

    first = s.person()
    for number, (at, licence) in enumerate(_venues(s, 4)):
        s.manager(licence, first if number == 0 else s.person(namesake_of=first))
        s.innocent(at, "PER-01", "naamgenoten")

    first = s.person()
    for at, licence in _venues(s, 3):
        s.manager(licence, s.person(namesake_of=first), undated=True)
        s.innocent(at, "PER-01", "alleen gelijkende namen, geen geboortedatum")

    manager = s.person()
    for _ in range(3):
        at = s.address()
        s.manager(s.permit(at, Holder(s.company(None, line="stichting", form="stichting")), "evenement"), manager)
        s.innocent(at, "PER-01", "evenementen zijn niet plaatsgebonden")

    manager = s.person()
    for at, licence in _venues(s, 2):
        s.manager(licence, manager)
        s.innocent(at, "PER-01", "derde vergunning niet meer geldig")
    at = s.address()
    company = s.company(at, end=-260, reason="opgeheven")
    s.manager(s.permit(at, Holder(company), status="verlopen", applied=-1300, end=-250), manager)
    s.innocent(at, "PER-01", "derde vergunning niet meer geldig")


def network_with_nuisance(s: Scene) -> None:
    """PER-01 and NUI-01 at three venues: two indicators from two data sets."""
    manager = s.person()
    for at, licence in _venues(s, 3):
        s.manager(licence, manager)
        s.reports(at, (-80, -61, -40, -8))
        s.hit(at, "PER-01", "netwerk_met_overlast")
        s.hit(at, "NUI-01", "netwerk_met_overlast")


CASES = (one_manager_many_venues, managers_of_a_group, not_many_or_not_one, network_with_nuisance)
