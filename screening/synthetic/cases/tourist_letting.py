"""HOU-10: letting to tourists at an object where a registration number is obligatory."""

from __future__ import annotations

from screening.synthetic.days import ends_of_month, ends_of_year
from screening.synthetic.planted_patterns import Holder, Otherwise, PlantedPatterns

_DUTY = "toeristische_verhuur"
_REPORTED = "vakantieverhuur"


def _home(s: PlantedPatterns, *, since: int | None = -1000) -> int:
    """A home, and since when the duty to register holds there; None: it does not."""
    address = s.address("home", area=80)
    s.duty(address, _DUTY, since)
    return address


def _permitted(s: PlantedPatterns, *, applied: int = -800, end: int | None = None, since: int | None = -1000) -> int:
    """A home with a permit to let it to tourists."""
    address = _home(s, since=since)
    status = "verleend" if end is None else "verlopen"
    s.permit(address, Holder(person=s.person()), "toeristische_verhuur", status, applied=applied, end=end)
    return address


def _register(s: PlantedPatterns, address: int, status: str = "geregistreerd", *, end: int | None = None) -> None:
    """A registration number at an address."""
    s.book.add(
        "toeristische_verhuur_registraties",
        _id=int(s.book.reserve("registration")[0]),
        soort="hele_woning",
        status=status,
        ingangsdatum=-700,
        einddatum=end,
        _address=address,
    )


def without_number(s: PlantedPatterns) -> None:
    """HOU-10: a permit or two reporters, and no number, or one that was withdrawn or has ended."""
    s.hit(_permitted(s), "HOU-10", "vergunning")
    s.hit(_permitted(s, applied=-135), "HOU-10", "vergunning_net_60_dagen")

    address = _permitted(s)
    _register(s, address, "ingetrokken")
    s.hit(address, "HOU-10", "nummer_ingetrokken")

    address = _permitted(s)
    _register(s, address, end=-1)
    s.hit(address, "HOU-10", "nummer_verlopen")

    for variant, days in (("twee_melders", (-120, -30)), ("net_binnen_180_dagen", (-180, -10))):
        address = _home(s)
        s.reports(address, days, _REPORTED)
        s.hit(address, "HOU-10", variant)

    address = _permitted(s)
    s.reports(address, (-90, -60, -20), _REPORTED)
    s.hit(address, "HOU-10", "vergunning_en_meldingen")


def innocent_letting(s: PlantedPatterns) -> None:
    """Looks like HOU-10: a number, a suspended one, no duty, a hotel, a new permit, reports that do not count."""
    for explanation, status in (("nummer is er", "geregistreerd"), ("nummer is geschorst", "geschorst")):
        address = _permitted(s)
        _register(s, address, status)
        s.innocent(address, "HOU-10", explanation)

    address = _home(s)
    s.reports(address, (-90, -20), _REPORTED)
    _register(s, address)
    s.innocent(address, "HOU-10", "nummer en meldingen")

    s.innocent(_permitted(s, since=None), "HOU-10", "plicht geldt hier niet")
    s.innocent(_permitted(s, since=-59), "HOU-10", "plicht geldt 59 dagen")
    s.innocent(_permitted(s, applied=-134), "HOU-10", "vergunning geldt 59 dagen")
    s.innocent(_permitted(s, end=-20), "HOU-10", "vergunning verlopen")

    address = _permitted(s)
    s.permit(address, Holder(s.company(address, line="logies")), "logies")
    s.innocent(address, "HOU-10", "pension")

    address = _home(s)
    s.reports(address, (-181, -30), _REPORTED)
    s.innocent(address, "HOU-10", "eerste melding te oud")

    address = _home(s)
    token = s.token()
    for day in (-120, -30):
        s.report(address, day, _REPORTED, token=token)
    s.innocent(address, "HOU-10", "een melder")

    address = _home(s)
    s.reports(address, (-90, -20), _REPORTED, finding="ongegrond")
    s.innocent(address, "HOU-10", "meldingen ongegrond")


def number_in_doubt(s: PlantedPatterns) -> None:
    """Looks like HOU-10: a number that could be of this place or in force, a permit or report that is not sure."""
    numbers: Otherwise = (
        ("nummer met onduidelijk adres", {"_in_doubt": True}),
        ("nummer geldt misschien deze maand", {"_month_only": "einddatum", "einddatum": ends_of_month(0, s.as_of)[0]}),
        ("nummer geldt misschien dit jaar", {"_year_only": "einddatum", "einddatum": ends_of_year(0, s.as_of)[0]}),
        ("nummer gaat vandaag in", {"ingangsdatum": 0}),
        ("nummer eindigt vandaag", {"einddatum": 0}),
    )
    for explanation, values in numbers:
        address = _permitted(s)
        _register(s, address)
        s.restate("toeristische_verhuur_registraties", **values)
        s.innocent(address, "HOU-10", explanation)

    for explanation, status, end in (("nummer vernieuwd", "geregistreerd", -1), ("ander nummer", "ingetrokken", None)):
        address = _permitted(s)
        _register(s, address, status, end=end)
        _register(s, address)
        s.innocent(address, "HOU-10", explanation)

    permits: Otherwise = (
        ("vergunning met onduidelijk adres", {"_in_doubt": True}),
        (
            "vergunning misschien pas kort",
            {"_month_only": "ingangsdatum", "ingangsdatum": ends_of_month(-59, s.as_of)[0]},
        ),
        ("vergunning misschien voorbij", {"_month_only": "einddatum", "einddatum": ends_of_month(-1, s.as_of)[1]}),
        ("vergunning vernietigd", {"bezwaar_uitkomst": "gegrond"}),
    )
    for explanation, values in permits:
        address = _permitted(s)
        s.restate("vergunningen", **values)
        s.innocent(address, "HOU-10", explanation)

    reports: Otherwise = (
        ("een melding met onduidelijk adres", {"_in_doubt": True}),
        ("een melding geannuleerd", {"status": "geannuleerd"}),
        ("een melder onbekend", {"_token": None}),
        ("een melding over leegstand", {"subcategorie": "leegstand"}),
    )
    for explanation, values in reports:
        address = _home(s)
        s.reports(address, (-90, -20), _REPORTED)
        s.restate("meldingen", **values)
        s.innocent(address, "HOU-10", explanation)

    address = _home(s)
    first = s.report(address, -90, _REPORTED, token=s.token())
    s.report(address, -20, _REPORTED, token=s.token(), parent=first)
    s.innocent(address, "HOU-10", "tweede melding hoort bij de eerste")

    address = _permitted(s)
    s.permit(address, Holder(person=s.person()), "logies")
    s.restate("vergunningen", _in_doubt=True)
    s.innocent(address, "HOU-10", "pension met onduidelijk adres")

    address = s.address("lodging")
    s.duty(address, _DUTY, -1000)
    s.permit(address, Holder(person=s.person()), "toeristische_verhuur")
    s.innocent(address, "HOU-10", "geen woning")


CASES = (without_number, innocent_letting, number_in_doubt)
