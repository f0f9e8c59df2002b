"""PRC-03, HOU-07, HOU-08, ORG-09: closed premises in use, letting never licensed, agencies where none is expected."""

from __future__ import annotations

from screening.synthetic.planted_patterns import Holder, PlantedPatterns

LETTING = "verhuur_wgv"


def _closed(s: PlantedPatterns, day: int = -90, *, end: int | None = 90, kind: str = "sluiting", status: str) -> int:
    """Premises that were closed on this day."""
    address = s.address()
    s.measure(address, day, s.company(None), kind, status, end=end)
    return address


def in_operation_while_closed(s: PlantedPatterns) -> None:
    """PRC-03: an inspection during the closure found a business in operation."""
    for variant, status, days in (
        ("definitief", "onherroepelijk", (-40,)),
        ("in_bezwaar", "in_bezwaar", (-60,)),
        ("op_de_achtste_dag", "onherroepelijk", (-82,)),
        ("vandaag", "onherroepelijk", (0,)),
        ("twee_controles", "in_bezwaar", (-50, -20)),
    ):
        address = _closed(s, status=status)
        for day in days:
            s.inspection(address, day)
        s.hit(address, "PRC-03", variant)

    address = _closed(s, -60, end=None, status="onherroepelijk")
    s.inspection(address, -30)
    s.hit(address, "PRC-03", "zonder_einddatum")

    address = _closed(s, status="onherroepelijk")
    s.inspection(address, -50)
    s.inspection(address, -10, "gesloten")
    s.hit(address, "PRC-03", "later_dicht_gezien")


def not_in_operation_while_closed(s: PlantedPatterns) -> None:
    """Looks like PRC-03: the closure does not count, or nobody saw a business in operation during it."""
    for explanation, status in (("vernietigd", "vernietigd"), ("geschorst", "geschorst")):
        address = _closed(s, status=status)
        s.inspection(address, -40)
        s.innocent(address, "PRC-03", explanation)

    for explanation, day in (("controle ervoor", -100), ("in de eerste zeven dagen", -83)):
        address = _closed(s, status="onherroepelijk")
        s.inspection(address, day)
        s.innocent(address, "PRC-03", explanation)

    for explanation, end in (("gisteren voorbij", -1), ("zonder einde en oud", None)):
        address = _closed(s, -95, end=end, status="onherroepelijk")
        s.inspection(address, -40)
        s.innocent(address, "PRC-03", explanation)

    address = _closed(s, status="onherroepelijk")
    s.inspection(address, -40, "gesloten")
    s.innocent(address, "PRC-03", "bij de controle dicht")

    address = _closed(s, status="onherroepelijk")
    s.reports(address, [-50, -20], "overig-horecabedrijven", finding="gegrond")
    s.innocent(address, "PRC-03", "alleen meldingen")

    address = _closed(s, kind="last_onder_dwangsom", status="onherroepelijk")
    s.inspection(address, -40)
    s.innocent(address, "PRC-03", "last onder dwangsom")

    address = _closed(s, status="onherroepelijk")
    s.permit(address, Holder(s.company(address)), applied=-80, decided=-60, start=-60)
    s.inspection(address, -40)
    s.innocent(address, "PRC-03", "nieuwe vergunning na de sluiting")


def _let(s: PlantedPatterns, since: int = -400, *, reported: int | None, inspected: int | None, rooms: bool) -> int:
    """A dwelling where the duty to have a letting permit began on this day, with what shows that it is let."""
    address = s.address("home")
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


def agency_at_home(s: PlantedPatterns) -> None:
    """HOU-08: a legal person of temporary work at an object that is a dwelling and nothing else."""
    for variant, form, start in (
        ("bv", "bv", -900),
        ("bv_net_lang_genoeg", "bv", -181),
        ("nv", "nv", -2000),
        ("stichting", "stichting", -700),
        ("cooperatie", "cooperatie", -700),
        ("bv_al_jaren", "bv", -4000),
    ):
        address = s.address("home")
        s.company(address, line="uitzend", form=form, start=start)
        s.hit(address, "HOU-08", variant)


def no_agency_at_home(s: PlantedPatterns) -> None:
    """Looks like HOU-08: a sole trader or partnership at home, another line, another use, new, or gone."""
    for explanation, kind, line, form, start, end in (
        ("eenmanszaak", "home", "uitzend", "eenmanszaak", -900, None),
        ("vof", "home", "uitzend", "vof", -900, None),
        ("maatschap", "home", "uitzend", "maatschap", -900, None),
        ("adviesbureau", "home", "advies", "bv", -900, None),
        ("kantoor", "office", "uitzend", "bv", -900, None),
        ("winkel", "shop", "uitzend", "bv", -900, None),
        ("180 dagen", "home", "uitzend", "bv", -180, None),
        ("gestopt", "home", "uitzend", "bv", -900, -5),
    ):
        address = s.address(kind)
        s.company(address, line=line, form=form, start=start, end=end, reason="opgeheven" if end else None)
        s.innocent(address, "HOU-08", explanation)


#: Days of three agencies that follow one another: begin, end.
_IN_TURN = ((-1000, -800), (-790, -500), (-480, -100))


def _agencies(
    s: PlantedPatterns, days: tuple[tuple[int, int | None], ...], kind: str = "office", *, area: int = 90,
    line: str = "uitzend", form: str = "bv",
) -> int:  # fmt: skip
    """An object at which companies were, each in these days."""
    address = s.address(kind, area)
    for start, end in days:
        s.company(address, line=line, form=form, start=start, end=end, reason="opgeheven" if end else None)
    return address


def agencies_in_turn(s: PlantedPatterns) -> None:
    """ORG-09: three or more agencies began and ended at one object, one after the other."""
    for variant, days, kind, form in (
        ("kantoor", _IN_TURN, "office", "bv"),
        ("winkel", _IN_TURN, "shop", "bv"),
        ("woning", _IN_TURN, "home", "bv"),
        ("vier_bureaus", (*_IN_TURN, (-90, -10)), "shop", "bv"),
        ("sluit_op_de_dag_aan", ((-1000, -800), (-800, -500), (-500, -100)), "office", "bv"),
        ("stichtingen", _IN_TURN, "shop", "stichting"),
        ("met_een_vierde_tegelijk", (*_IN_TURN, (-450, -120)), "shop", "bv"),
    ):
        s.hit(_agencies(s, days, kind, form=form), "ORG-09", variant)


def agencies_not_in_turn(s: PlantedPatterns) -> None:
    """Looks like ORG-09: fewer, at the same time, over many years, carried on, still there, or a business centre."""
    for explanation, days, area, line, form in (
        ("twee bureaus", _IN_TURN[:2], 90, "uitzend", "bv"),
        ("tegelijk", ((-1000, -500), (-900, -400), (-800, -100)), 90, "uitzend", "bv"),
        ("over tien jaar", ((-3600, -2500), (-2400, -1300), (-1200, -100)), 90, "uitzend", "bv"),
        ("de laatste is er nog", (*_IN_TURN[:2], (-480, None)), 90, "uitzend", "bv"),
        ("groot kantoor", _IN_TURN, 900, "uitzend", "bv"),
        ("bouwbedrijven", _IN_TURN, 90, "bouw", "bv"),
        ("eenmanszaken", _IN_TURN, 90, "uitzend", "eenmanszaak"),
    ):
        s.innocent(_agencies(s, days, area=area, line=line, form=form), "ORG-09", explanation)

    address = _agencies(s, _IN_TURN[1:], "shop")
    successor = s.company(None, line="uitzend")
    s.company(address, line="uitzend", start=-1000, end=-800, reason="voortgezet", continued_by=successor)
    s.innocent(address, "ORG-09", "een bureau ging elders verder")

    address = _agencies(s, _IN_TURN[:2], "shop")
    agency = s.company(address, line="uitzend", start=-480, end=-300, reason="opgeheven")
    s.establishment(agency, address, branch=1, start=-290)
    s.innocent(address, "ORG-09", "een bureau heeft er nog een vestiging")

    address = _agencies(s, _IN_TURN, "shop")
    for _ in range(10):
        s.company(address, line="advies", start=-900)
    s.innocent(address, "ORG-09", "verzameladres")


def ordinary_agencies(s: PlantedPatterns) -> None:
    """Agencies of the background and of other cases: a rule on agencies may hit them, and none of them was planted."""
    lines = s.book.companies.line
    for row in s.book.frame("handelsregister").iter_rows(named=True):
        if lines[row["_company"]] == "uitzend" and row["_address"] is not None:
            for code in ("HOU-08", "ORG-09"):
                if not s.is_planted(row["_address"], code):
                    s.tolerate(row["_address"], code)


CASES = (
    in_operation_while_closed,
    not_in_operation_while_closed,
    let_without_ever_a_permit,
    let_as_it_may_be,
    agency_at_home,
    no_agency_at_home,
    agencies_in_turn,
    agencies_not_in_turn,
)
