"""HOU-09: a company that provides personnel at an object of a holiday park."""

from __future__ import annotations

from screening.synthetic.days import ends_of_month
from screening.synthetic.planted_patterns import Holder, Otherwise, PlantedPatterns


def _cottage(s: PlantedPatterns, residence: str = "niet_toegestaan", *, end: int | None = None) -> int:
    """An object of a park, of which nothing else is known."""
    address = s.address("home", area=60)
    s.park_object(address, residence, end=end)
    return address


def agencies_on_a_park(s: PlantedPatterns) -> None:
    """HOU-09: an agency stands there, or holds or lets under a permit for tourists."""
    for variant, start in (("bureau_staat_er", -900), ("bureau_staat_er_net_lang_genoeg", -90)):
        address = _cottage(s)
        s.company(address, line="uitzend", start=start)
        s.hit(address, "HOU-09", variant)

    address = _cottage(s)
    s.company(address, line="uitzend", form="stichting")
    s.hit(address, "HOU-09", "bureau_is_stichting")

    address = _cottage(s)
    s.permit(address, Holder(s.company(None, line="uitzend")), "toeristische_verhuur")
    s.hit(address, "HOU-09", "bureau_houdt_toeristische_vergunning")

    address = _cottage(s)
    agency = s.company(None, line="uitzend")
    s.permit(address, Holder(person=s.person()), "toeristische_verhuur", lessor=agency)
    s.hit(address, "HOU-09", "bureau_is_verhuurder")

    address = _cottage(s)
    parent = s.company(None, line="uitzend")
    s.permit(address, Holder(s.company(None, line="vastgoed", parent=parent)), "toeristische_verhuur")
    s.hit(address, "HOU-09", "houder_is_van_de_groep")

    address = _cottage(s)
    s.company(address, line="uitzend")
    s.permit(address, Holder(person=s.person()), "verhuur_wgv", "verlopen", applied=-900, end=-30)
    s.hit(address, "HOU-09", "vergunning_voor_huisvesting_verlopen")


def innocent_on_a_park(s: PlantedPatterns) -> None:
    """Looks like HOU-09: another line, a sole trader, a permit, a park with residence, no park any more."""
    address = _cottage(s)
    s.company(address, line="advies")
    s.innocent(address, "HOU-09", "adviesbureau")

    address = _cottage(s)
    s.company(address, line="uitzend", form="eenmanszaak")
    s.innocent(address, "HOU-09", "eenmanszaak")

    address = _cottage(s)
    s.company(address, line="uitzend", start=-89)
    s.innocent(address, "HOU-09", "staat er 89 dagen")

    address = _cottage(s)
    s.company(address, line="uitzend", end=-10, reason="opgeheven")
    s.innocent(address, "HOU-09", "bureau gestopt")

    for residence in ("toegestaan", "onbekend"):
        address = _cottage(s, residence)
        s.company(address, line="uitzend")
        s.innocent(address, "HOU-09", f"permanente bewoning {residence}")

    address = _cottage(s, end=-1)
    s.company(address, line="uitzend")
    s.innocent(address, "HOU-09", "hoort niet meer bij het park")

    address = _cottage(s)
    s.permit(address, Holder(s.company(address, line="uitzend")), "verhuur_wgv")
    s.innocent(address, "HOU-09", "vergunning voor huisvesting")

    address = _cottage(s)
    s.permit(address, Holder(s.company(None, line="vastgoed")), "toeristische_verhuur")
    s.innocent(address, "HOU-09", "houder zonder band met een bureau")

    address = s.address("home", area=60)
    s.company(address, line="uitzend")
    s.innocent(address, "HOU-09", "geen park")


def on_a_park_in_doubt(s: PlantedPatterns) -> None:
    """Looks like HOU-09: a day, a place or a company that is not known well enough, or a row that explains it."""
    doubtful: Otherwise = (
        ("bureau is afgeschermd", {"afgeschermd": True}),
        ("bureau met onduidelijk adres", {"_in_doubt": True}),
        ("misschien pas kort", {"_month_only": "datum_aanvang", "datum_aanvang": ends_of_month(-89, s.as_of)[0]}),
        ("misschien al weg", {"_month_only": "datum_einde", "datum_einde": ends_of_month(0, s.as_of)[1]}),
    )
    for explanation, values in doubtful:
        address = _cottage(s)
        s.company(address, line="uitzend")
        s.restate("handelsregister", **values)
        s.innocent(address, "HOU-09", explanation)

    of_the_park: Otherwise = (
        ("misschien niet meer bij het park", {"_month_only": "datum_tot", "datum_tot": ends_of_month(-1, s.as_of)[1]}),
        ("parkregister met onduidelijk adres", {"_in_doubt": True}),
    )
    for explanation, values in of_the_park:
        address = _cottage(s)
        s.restate("recreatieparken", **values)
        s.company(address, line="uitzend")
        s.innocent(address, "HOU-09", explanation)

    other_rows: Otherwise = (("verbeterde rij staat bewoning toe", {}), ("andere rij onduidelijk", {"_in_doubt": True}))
    for explanation, values in other_rows:
        address = _cottage(s)
        s.park_object(address, "toegestaan")
        s.restate("recreatieparken", **values)
        s.company(address, line="uitzend")
        s.innocent(address, "HOU-09", explanation)

    address = _cottage(s)
    s.company(address, line="uitzend")
    s.permit(address, Holder(person=s.person()), "verhuur_wgv")
    s.restate("vergunningen", _in_doubt=True)
    s.innocent(address, "HOU-09", "vergunning voor huisvesting met onduidelijk adres")

    tourist: Otherwise = (
        ("toeristische vergunning vernietigd", {"bezwaar_uitkomst": "gegrond"}),
        ("toeristische vergunning met onduidelijk adres", {"_in_doubt": True}),
        ("vergunning misschien voorbij", {"_month_only": "einddatum", "einddatum": ends_of_month(-1, s.as_of)[1]}),
    )
    for explanation, values in tourist:
        address = _cottage(s)
        s.permit(address, Holder(s.company(None, line="uitzend")), "toeristische_verhuur")
        s.restate("vergunningen", **values)
        s.innocent(address, "HOU-09", explanation)

    director = s.person()
    address = _cottage(s)
    s.company(None, line="uitzend", director=director)
    s.permit(address, Holder(person=s.person(namesake_of=director)), "toeristische_verhuur")
    s.innocent(address, "HOU-09", "naamgenoot van een bestuurder houdt de vergunning")


CASES = (agencies_on_a_park, innocent_on_a_park, on_a_park_in_doubt)
