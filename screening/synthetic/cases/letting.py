"""HOU-07: a dwelling that is let where a permit is needed, and never had one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from screening.synthetic.days import ends_of_month
from screening.synthetic.planted_patterns import Holder, Otherwise, PlantedPatterns

LETTING = "verhuur_wgv"


def _let(
    s: PlantedPatterns,
    since: int = -400,
    *,
    reported: int | None,
    inspected: int | None,
    rooms: bool,
    kind: str = "home",
) -> int:
    """A dwelling where the duty to have a letting permit began on this day, with what shows that it is let."""
    address = s.address(kind)
    s.duty(address, LETTING, since)
    s.tolerate(address, "HOU-01")
    if reported is not None:
        s.report(address, reported, "woonfraude", token=s.token(), finding="gegrond")
    if inspected is not None:
        s.inspection(address, inspected, "meer_personen_dan_vergund")
    if rooms:
        s.permit(address, Holder(person=s.person()), "kamerverhuur", rooms=4)
    return address


def let_without_ever_a_permit(s: PlantedPatterns) -> None:
    """HOU-07: two of well-founded reports, an inspection and a permit for rooms."""
    for variant, since, reported, inspected, rooms in (
        ("melding_en_controle", -400, -60, -40, False),
        ("op_de_eerste_dag_van_het_venster", -400, -365, -365, False),
        ("plicht_net_lang_genoeg", -181, -60, -40, False),
        ("controle_en_kamervergunning", -400, None, -40, True),
        ("melding_en_kamervergunning", -400, -60, None, True),
        ("alle_drie", -900, -60, -40, True),
    ):
        address = _let(s, since, reported=reported, inspected=inspected, rooms=rooms)
        s.hit(address, "HOU-07", variant)


def let_as_it_may_be(s: PlantedPatterns) -> None:
    """Looks like HOU-07: one source, a new duty or none, a permit that is there, was there or is asked for."""
    for explanation, since, reported, inspected, rooms in (
        ("alleen een melding", -400, -60, None, False),
        ("alleen een controle", -400, None, -40, False),
        ("plicht 180 dagen oud", -180, -60, -40, False),
        ("controle buiten het venster", -900, -60, -366, False),
    ):
        address = _let(s, since, reported=reported, inspected=inspected, rooms=rooms)
        s.innocent(address, "HOU-07", explanation)

    for explanation, status, reason in (
        ("vergunning geldt", "verleend", None),
        ("vergunning ingetrokken", "ingetrokken", "ingetrokken_overheid"),
        ("aanvraag loopt", "in_behandeling", None),
    ):
        address = _let(s, reported=-60, inspected=-40, rooms=False)
        end = -100 if reason else None
        s.permit(address, Holder(person=s.person()), LETTING, status, applied=-300, end=end, reason=reason)
        s.innocent(address, "HOU-07", explanation)

    address = _let(s, reported=None, inspected=-40, rooms=False)
    s.report(address, -60, "woonfraude", token=s.token(), finding="ongegrond")
    s.innocent(address, "HOU-07", "melding ongegrond")

    address = s.address("home")
    s.duty(address, LETTING, None)
    s.report(address, -60, "woonfraude", token=s.token(), finding="gegrond")
    s.inspection(address, -40, "meer_kamers_dan_vergund")
    s.tolerate(address, "HOU-01")
    s.innocent(address, "HOU-07", "plicht geldt hier niet")


def letting_in_doubt(s: PlantedPatterns) -> None:
    """Looks like HOU-07: a second source that is not sure, or a permit that could belong here."""
    doubtful: Sequence[tuple[str, int, str, Mapping[str, object]]] = (
        ("melding met onduidelijk adres", -40, "meldingen", {"_in_doubt": True}),
        ("controle met onduidelijk adres", -40, "controles", {"_in_doubt": True}),
        ("controle misschien voor het venster", ends_of_month(-366, s.as_of)[1], "controles", {"_month_only": "datum"}),
        ("melding geannuleerd", -40, "meldingen", {"status": "geannuleerd"}),
        ("melding over leegstand", -40, "meldingen", {"subcategorie": "leegstand"}),
    )
    for explanation, inspected, dataset, values in doubtful:
        address = _let(s, -900, reported=-60, inspected=inspected, rooms=False)
        s.restate(dataset, **values)
        s.innocent(address, "HOU-07", explanation)

    address = _let(s, reported=None, inspected=None, rooms=False)
    parent = s.report(address, -90, "woonfraude", token=s.token(), finding="gegrond")
    s.report(address, -80, "woonfraude", token=s.token(), finding="gegrond", parent=parent)
    s.report(address, -60, "woonfraude", token=s.token(), finding="gegrond")
    s.innocent(address, "HOU-07", "meer meldingen zijn één bron")

    rooms: Otherwise = (
        ("melding en een vernietigde kamervergunning", {"bezwaar_uitkomst": "gegrond"}),
        ("melding en een kamervergunning met onduidelijk adres", {"_in_doubt": True}),
        ("melding en een kamervergunning vanaf morgen", {"ingangsdatum": 1}),
    )
    for explanation, values in rooms:
        address = _let(s, reported=-60, inspected=None, rooms=True)
        s.restate("vergunningen", **values)
        s.innocent(address, "HOU-07", explanation)

    for explanation, status, applied, end in (
        ("vergunning met onduidelijk adres", "verleend", -300, None),
        ("verlopen vergunning met onduidelijk adres", "verlopen", -900, -300),
        ("aanvraag van vandaag met onduidelijk adres", "aangevraagd", 0, None),
    ):
        address = _let(s, reported=-60, inspected=-40, rooms=False)
        s.permit(address, Holder(person=s.person()), LETTING, status, applied=applied, end=end)
        s.restate("vergunningen", _in_doubt=True)
        s.innocent(address, "HOU-07", explanation)

    address = _let(s, reported=-60, inspected=-40, rooms=False, kind="shop")
    s.innocent(address, "HOU-07", "geen woning")

    address = _let(s, reported=-60, inspected=-40, rooms=True)
    s.permit(address, Holder(s.company(None, line="vastgoed")), LETTING, "geweigerd", applied=-200, ground="formeel")
    s.innocent(address, "HOU-07", "een ander vroeg de vergunning en kreeg die niet")


CASES = (let_without_ever_a_permit, let_as_it_may_be, letting_in_doubt)
