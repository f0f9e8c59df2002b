"""HOU-08, ORG-09: employment agencies at a dwelling, and agencies that come and go at one address."""

from __future__ import annotations

from screening.synthetic.days import ends_of_month, ends_of_year
from screening.synthetic.planted_patterns import Otherwise, PlantedPatterns


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


def agency_at_home_in_doubt(s: PlantedPatterns) -> None:
    """Looks like HOU-08: a shielded agency, an address or day that is not known well enough, one that moved or grew."""
    doubtful: Otherwise = (
        ("afgeschermd", {"afgeschermd": True}),
        ("onduidelijk adres", {"_in_doubt": True}),
        (
            "misschien pas kort, de maand",
            {"_month_only": "datum_aanvang", "datum_aanvang": ends_of_month(-180, s.as_of)[0]},
        ),
        (
            "misschien pas kort, het jaar",
            {"_year_only": "datum_aanvang", "datum_aanvang": ends_of_year(-180, s.as_of)[0]},
        ),
        ("misschien al weg", {"_month_only": "datum_einde", "datum_einde": ends_of_month(0, s.as_of)[1]}),
    )
    for explanation, values in doubtful:
        address = s.address("home")
        s.company(address, line="uitzend", start=-900)
        s.restate("handelsregister", **values)
        s.innocent(address, "HOU-08", explanation)

    address = s.address("home_with_shop")
    s.company(address, line="uitzend", start=-900)
    s.innocent(address, "HOU-08", "woning met winkel")

    address = s.address("home")
    agency = s.company(address, line="uitzend", start=-900, end=-40, reason="opgeheven")
    s.establishment(agency, s.address("office"), branch=1, start=-40)
    s.innocent(address, "HOU-08", "verhuisd naar een kantoor")

    address = s.address("home")
    s.company(address, line="uitzend", form="eenmanszaak", start=-900, end=-100, reason="omgezet")
    s.company(address, line="uitzend", start=-100)
    s.innocent(address, "HOU-08", "eenmanszaak, sinds kort een bv")


#: Days of three agencies that follow one another: begin, end.
_IN_TURN = ((-1000, -800), (-790, -500), (-480, -100))


def _agencies(
    s: PlantedPatterns,
    days: tuple[tuple[int, int | None], ...],
    kind: str = "office",
    *,
    area: int = 90,
    line: str = "uitzend",
    form: str = "bv",
) -> int:
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


def agencies_in_turn_in_doubt(s: PlantedPatterns) -> None:
    """Looks like ORG-09: of the last of three a day, a place or who it is is not known well enough, or it goes on."""
    doubtful: Otherwise = (
        ("een bureau is afgeschermd", {"afgeschermd": True}),
        ("een bureau met onduidelijk adres", {"_in_doubt": True}),
        ("einde misschien nog niet", {"_month_only": "datum_einde", "datum_einde": ends_of_month(0, s.as_of)[0]}),
        ("einde dit jaar", {"_year_only": "datum_einde", "datum_einde": ends_of_year(0, s.as_of)[0]}),
        (
            "misschien met de vorige samen",
            {"_year_only": "datum_aanvang", "datum_aanvang": ends_of_year(-501, s.as_of)[1]},
        ),
        ("het laatste stopt vandaag", {"datum_einde": 0}),
        ("het laatste werd omgezet", {"reden_einde": "omgezet"}),
    )
    for explanation, values in doubtful:
        address = _agencies(s, _IN_TURN, "shop")
        s.restate("handelsregister", **values)
        s.innocent(address, "ORG-09", explanation)

    address = _agencies(s, ((-1097, -800), *_IN_TURN[1:]), "shop")
    s.innocent(address, "ORG-09", "het eerste begon net voor het venster")

    address = _agencies(s, _IN_TURN[:1], "shop")
    agency = s.company(address, line="uitzend", start=-790, end=-500, reason="opgeheven")
    s.establishment(agency, address, branch=1, start=-480, end=-100, reason="opgeheven")
    s.innocent(address, "ORG-09", "een bureau tweemaal ingeschreven")

    address = _agencies(s, _IN_TURN[:2], "shop")
    agency = s.company(address, line="uitzend", start=-480, end=-100, reason="opgeheven")
    s.establishment(agency, address, branch=1, start=-90)
    s.restate("handelsregister", _in_doubt=True)
    s.innocent(address, "ORG-09", "een bureau kan er nog zijn")


def ordinary_agencies(s: PlantedPatterns) -> None:
    """Agencies of the background and of other cases: a rule on agencies may hit them, and none of them was planted."""
    lines = s.book.companies.line
    for row in s.book.frame("handelsregister").iter_rows(named=True):
        if lines[row["_company"]] == "uitzend" and row["_address"] is not None:
            for code in ("HOU-08", "ORG-09"):
                if not s.is_planted(row["_address"], code):
                    s.tolerate(row["_address"], code)


CASES = (
    agency_at_home,
    no_agency_at_home,
    agency_at_home_in_doubt,
    agencies_in_turn,
    agencies_not_in_turn,
    agencies_in_turn_in_doubt,
)
