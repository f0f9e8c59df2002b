"""ADR-06 and ADR-07: a lessor who has no right on the property, and one owner behind several deviating objects."""

from __future__ import annotations

from typing import TypedDict

from screening.synthetic.days import ends_of_month, ends_of_year
from screening.synthetic.planted_patterns import Holder, Otherwise, PlantedPatterns

#: The application of a permit in these cases, in days before `as_of`.
_APPLIED = -800


class RightValues(TypedDict, total=False):
    """What a case can say of a right on an object."""

    kind: str
    share: tuple[int, int]
    encumbered: bool
    form: str
    start: int
    end: int


def _right(
    s: PlantedPatterns,
    address: int,
    company: int,
    kind: str = "eigendom",
    *,
    share: tuple[int, int] = (1, 1),
    encumbered: bool = False,
    form: str = "bv",
    start: int = -3000,
    end: int | None = None,
) -> None:
    """A right of a legal person on an object; `share`: numerator and denominator."""
    s.book.add(
        "eigendom",
        _id=int(s.book.reserve("right")[0]),
        soort_gerechtigde="rechtspersoon",
        aard_recht=kind,
        belast=encumbered,
        aandeel_teller=share[0],
        aandeel_noemer=share[1],
        rechtsvorm=form,
        datum_van=start,
        datum_tot=end,
        _company=company,
        _address=address,
    )


def _company(
    s: PlantedPatterns,
    line: str = "vastgoed",
    *,
    form: str = "bv",
    parent: int | None = None,
    director: int | None = None,
    directed: bool = True,
) -> int:
    """A company that is seated out of town."""
    return s.company(None, line=line, form=form, parent=parent, director=director, directed=directed)


def _let(s: PlantedPatterns, lessor: int, kind: str = "kamerverhuur", holder: Holder | None = None) -> int:
    """A home with a permit that names a lessor; its holder has nothing to do with anybody."""
    address = s.address("home", area=140)
    s.permit(address, holder or Holder(_company(s)), kind, applied=_APPLIED, persons=6, rooms=5, lessor=lessor)
    return address


def lessor_without_a_right(s: PlantedPatterns) -> None:
    """ADR-06: the whole property is of companies that have nothing to do with the lessor or the holder."""
    for variant, kind, since in (
        ("kamerverhuur", "kamerverhuur", -3000),
        ("omzetting", "omzetting", -3000),
        ("verhuur_wgv", "verhuur_wgv", -3000),
        ("net_90_dagen_eigenaar", "kamerverhuur", _APPLIED - 90),
    ):
        address = _let(s, _company(s), kind)
        _right(s, address, _company(s), start=since)
        s.hit(address, "ADR-06", variant)

    address = _let(s, _company(s))
    _right(s, address, _company(s, form="nv"), form="nv")
    s.hit(address, "ADR-06", "eigenaar_nv")

    address = _let(s, _company(s))
    for part in (1, 2):
        _right(s, address, _company(s), share=(part, 3))
    s.hit(address, "ADR-06", "twee_eigenaars")

    address = _let(s, _company(s), holder=Holder(person=s.person()))
    _right(s, address, _company(s))
    s.hit(address, "ADR-06", "houder_een_mens")


def lessor_with_a_reason(s: PlantedPatterns) -> None:
    """Looks like ADR-06: the lessor owns, belongs to the owner or may let, or what is known is too little."""
    lessor = _company(s)
    address = _let(s, lessor)
    _right(s, address, lessor)
    s.innocent(address, "ADR-06", "verhuurder is eigenaar")

    parent = _company(s, "holding")
    address = _let(s, _company(s, parent=parent))
    _right(s, address, _company(s, parent=parent))
    s.innocent(address, "ADR-06", "een groep")

    director = s.person()
    address = _let(s, _company(s, director=director))
    _right(s, address, _company(s, director=director))
    s.innocent(address, "ADR-06", "een bestuurder")

    director = s.person()
    address = _let(s, _company(s), holder=Holder(person=director))
    _right(s, address, _company(s, director=director))
    s.innocent(address, "ADR-06", "houder bestuurt eigenaar")

    lessor = _company(s)
    address = _let(s, lessor)
    _right(s, address, _company(s))
    _right(s, address, lessor, "erfpacht", end=-400)
    s.innocent(address, "ADR-06", "verhuurder had erfpacht")

    doubtful: tuple[tuple[str, RightValues], ...] = (
        ("een deel is van een mens", {"share": (1, 2)}),
        ("er rust een ander recht op", {"encumbered": True}),
        ("net verkocht", {"start": _APPLIED - 89}),
    )
    for explanation, values in doubtful:
        address = _let(s, _company(s))
        _right(s, address, _company(s), **values)
        s.innocent(address, "ADR-06", explanation)

    address = _let(s, _company(s))
    _right(s, address, _company(s, form="stichting"), form="stichting")
    s.innocent(address, "ADR-06", "eigenaar is een corporatie")

    address = _let(s, _company(s, "vastgoedbeheer"))
    _right(s, address, _company(s))
    s.innocent(address, "ADR-06", "verhuurder beheert voor anderen")

    address = _let(s, _company(s, directed=False))
    _right(s, address, _company(s))
    s.innocent(address, "ADR-06", "bestuur van verhuurder niet bekend")


def lessor_in_doubt(s: PlantedPatterns) -> None:
    """Looks like ADR-06: a right, a day or a person that is not known well enough, or a row that explains it."""
    rights: Otherwise = (
        ("recht van eigenaar met onduidelijk adres", {"_in_doubt": True}),
        (
            "eigenaar misschien pas kort",
            {"_year_only": "datum_van", "datum_van": ends_of_year(_APPLIED - 89, s.as_of)[0]},
        ),
        ("eigenaar misschien al weg", {"_month_only": "datum_tot", "datum_tot": ends_of_month(0, s.as_of)[1]}),
        ("eigenaar vandaag weg", {"datum_tot": 0}),
    )
    for explanation, values in rights:
        address = _let(s, _company(s))
        _right(s, address, _company(s))
        s.restate("eigendom", **values)
        s.innocent(address, "ADR-06", explanation)

    permits: Otherwise = (
        ("vergunning met onduidelijk adres", {"_in_doubt": True}),
        (
            "aanvraag misschien eerder",
            {"_month_only": "datum_aanvraag", "datum_aanvraag": ends_of_month(_APPLIED - 6, s.as_of)[1]},
        ),
        ("vergunning vernietigd", {"bezwaar_uitkomst": "gegrond"}),
        ("vergunning misschien voorbij", {"_month_only": "einddatum", "einddatum": ends_of_month(-1, s.as_of)[1]}),
    )
    for explanation, values in permits:
        address = _let(s, _company(s))
        s.restate("vergunningen", **values)
        _right(s, address, _company(s), start=_APPLIED - 95)
        s.innocent(address, "ADR-06", explanation)

    address = _let(s, _company(s), holder=Holder(person=s.person()))
    s.restate("vergunningen", _undated=True)
    _right(s, address, _company(s))
    s.innocent(address, "ADR-06", "houder zonder geboortedatum")

    lessor = _company(s)
    address = _let(s, lessor)
    _right(s, address, _company(s))
    _right(s, address, lessor, "erfpacht")
    s.restate("eigendom", _in_doubt=True)
    s.innocent(address, "ADR-06", "erfpacht van verhuurder met onduidelijk adres")

    address = _let(s, _company(s))
    _right(s, address, _company(s), share=(1, 2))
    _right(s, address, _company(s), share=(1, 2))
    s.restate("eigendom", _in_doubt=True)
    s.innocent(address, "ADR-06", "ander deel met onduidelijk adres")

    director = s.person()
    address = _let(s, _company(s, director=director))
    owner = _company(s, directed=False)
    s.officer(owner, director, undated=True)
    _right(s, address, owner)
    s.innocent(address, "ADR-06", "misschien een bestuurder")

    director = s.person()
    lessor = _company(s)
    s.officer(lessor, director, "enig_aandeelhouder")
    address = _let(s, lessor)
    _right(s, address, _company(s, director=director))
    s.innocent(address, "ADR-06", "aandeelhouder van de een bestuurt de ander")

    lessor = _company(s)
    s.restate("handelsregister", afgeschermd=True)
    address = _let(s, lessor)
    _right(s, address, _company(s))
    s.innocent(address, "ADR-06", "verhuurder is afgeschermd")


def _crowded(s: PlantedPatterns, holder: int | None = None) -> int:
    """A home with a permit for more people than its area has room for: a hit of HOU-03 of its own."""
    address = s.address("home", area=66)
    s.permit(address, Holder(person=s.person() if holder is None else holder), "omzetting", persons=6, rooms=5)
    s.hit(address, "HOU-03", "pand_van_een_eigenaar")
    return address


def one_owner_many_deviations(s: PlantedPatterns) -> None:
    """ADR-07: three or four buildings of one owner, each with a deviation of its own and another holder."""
    owners: tuple[tuple[str, int, str, RightValues], ...] = (
        ("drie_panden", 3, "bv", {}),
        ("vier_panden_nv", 4, "nv", {"form": "nv"}),
        ("gedeelde_eigendom", 3, "bv", {"share": (1, 2)}),
    )
    for variant, number, form, values in owners:
        owner = _company(s, form=form)
        for _ in range(number):
            address = _crowded(s)
            _right(s, address, owner, **values)
            s.hit(address, "ADR-07", variant)

    owner = _company(s)
    for _ in range(3):
        address = _crowded(s)
        _right(s, address, owner)
        s.hit(address, "ADR-07", "met_een_pand_zonder_afwijking")
    address = s.address("home")
    _right(s, address, owner)
    s.innocent(address, "ADR-07", "zelf geen afwijking")


def owner_who_stands_apart(s: PlantedPatterns) -> None:
    """Looks like ADR-07: too few, another kind of owner or right, one user, sold, or chance among very many."""
    owners: tuple[tuple[str, int, str, RightValues], ...] = (
        ("twee panden", 2, "bv", {}),
        ("corporatie", 3, "stichting", {"form": "stichting"}),
        ("vruchtgebruik", 3, "bv", {"kind": "vruchtgebruik"}),
        ("verkocht", 3, "bv", {"end": -30}),
        ("gemeente", 3, "stichting", {"form": "publiekrechtelijk"}),
    )
    for explanation, number, form, values in owners:
        owner = _company(s, form=form)
        for _ in range(number):
            address = _crowded(s)
            _right(s, address, owner, **values)
            s.innocent(address, "ADR-07", explanation)

    owner, holder = _company(s), s.person()
    for _ in range(3):
        address = _crowded(s, holder)
        _right(s, address, owner)
        s.innocent(address, "ADR-07", "een gebruiker")

    owner = _company(s)
    for _ in range(3):
        address = _crowded(s)
        _right(s, address, owner)
        s.innocent(address, "ADR-07", "heel veel adressen")
    for address in s.remaining("home")[:40]:  # the background may use these too: another right rests on each
        _right(s, int(address), owner, encumbered=True)


def owner_in_doubt(s: PlantedPatterns) -> None:
    """Looks like ADR-07: of the third building a right or its user is not known well enough."""
    rights: Otherwise = (
        ("een recht met onduidelijk adres", {"_in_doubt": True}),
        ("misschien al verkocht", {"_month_only": "datum_tot", "datum_tot": ends_of_month(0, s.as_of)[1]}),
        ("misschien nog niet gekocht", {"_month_only": "datum_van", "datum_van": ends_of_month(1, s.as_of)[0]}),
        ("vandaag verkocht", {"datum_tot": 0}),
    )
    for explanation, values in rights:
        owner = _company(s)
        for _ in range(3):
            address = _crowded(s)
            _right(s, address, owner)
            s.innocent(address, "ADR-07", explanation)
        s.restate("eigendom", **values)

    owner = _company(s)
    for _ in range(3):
        address = _crowded(s)
        s.restate("vergunningen", _undated=True)
        _right(s, address, owner)
        s.innocent(address, "ADR-07", "gebruikers zonder geboortedatum")


CASES = (
    lessor_without_a_right,
    lessor_with_a_reason,
    lessor_in_doubt,
    one_owner_many_deviations,
    owner_who_stands_apart,
    owner_in_doubt,
)
