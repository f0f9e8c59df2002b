"""ORG-01 and ORG-03: holders that no longer exist, and companies that rise from the one before."""

from __future__ import annotations

from screening.synthetic.planted_patterns import Holder, PlantedPatterns


def holder_has_ended(s: PlantedPatterns) -> None:
    """ORG-01: every establishment of the holder ended more than 30 days and at most a year ago; nobody continues it."""
    for variant, form, end, reason in (
        ("bv_ontbonden", "bv", -200, "ontbonden"),
        ("meer dan een jaar geleden failliet, sindsdien niets gezien", "bv", -400, "faillissement"),
        ("net_over_30_dagen", "bv", -31, "ontbonden"),
    ):
        address = s.address()
        s.permit(
            address, Holder(s.company(address, form=form, end=end, reason=reason, bankrupt=reason == "faillissement"))
        )
        (s.innocent if end < -365 else s.hit)(address, "ORG-01", variant)

    address = s.address()
    owner = s.person()
    company = s.company(address, form="eenmanszaak", director=owner, end=-300, reason="opgeheven")
    s.permit(address, Holder(company, owner), hodn=True)
    s.hit(address, "ORG-01", "eenmanszaak_opgeheven")

    address = s.address("home")
    s.permit(
        address,
        Holder(s.company(None, line="vastgoed", end=-150, reason="ontbonden")),
        "kamerverhuur",
        rooms=4,
        persons=4,
    )
    s.hit(address, "ORG-01", "houder_kamerverhuur_geeindigd")

    address = s.address()
    company = s.company(address, end=-120, reason="opgeheven")
    s.establishment(company, None, branch=1, end=-90, reason="opgeheven")
    s.permit(address, Holder(company))
    s.hit(address, "ORG-01", "alle_vestigingen_geeindigd")

    address = s.address()
    company = s.company(address, line="seks", end=-150, reason="ontbonden")
    s.manager(s.sex_licence(address, Holder(company)), role="beheerder")
    s.hit(address, "ORG-01", "houder_seksinrichting_geeindigd")


def holder_goes_on(s: PlantedPatterns) -> None:
    """Looks like ORG-01: recent, continued, elsewhere still active, or the licence ended as well."""
    address = s.address()
    s.permit(address, Holder(s.company(address, end=-30, reason="opgeheven")))
    s.innocent(address, "ORG-01", "precies dertig dagen")

    address = s.address()
    successor = s.company(address, start=-200)
    s.permit(address, Holder(s.company(address, end=-200, reason="voortgezet", continued_by=successor)))
    s.innocent(address, "ORG-01", "voortgezet door ander")

    address = s.address()
    owner = s.person()
    successor = s.company(address, director=owner, start=-200)
    former = s.company(address, form="eenmanszaak", director=owner, end=-200, reason="omgezet", continued_by=successor)
    s.permit(address, Holder(former, owner), hodn=True)
    s.innocent(address, "ORG-01", "eenmanszaak omgezet in bv")

    address = s.address()
    company = s.company(address, end=-200, reason="opgeheven")
    s.establishment(company, None, branch=1)
    s.permit(address, Holder(company))
    s.innocent(address, "ORG-01", "andere vestiging nog actief")

    address = s.address()
    company = s.company(address, end=-200, reason="opgeheven")
    s.permit(address, Holder(company), status="ingetrokken", end=-190, reason="ingetrokken_belanghebbende")
    s.innocent(address, "ORG-01", "vergunning ook beëindigd")

    address = s.address()
    s.permit(address, Holder(s.company(None, registered=False)))
    s.innocent(address, "ORG-01", "houder niet in het aangeleverde register")


def _fallen(
    s: PlantedPatterns, address: int, director: int, *, reason: str = "ontbonden", trouble: str = "ingetrokken"
) -> int:
    """A company that ended 250 days ago, with what went before."""
    company = s.company(address, director=director, end=-250, reason=reason, bankrupt=reason == "faillissement")
    if trouble == "ingetrokken":
        s.permit(
            address,
            Holder(company),
            status="ingetrokken",
            applied=-900,
            decided=-310,
            end=-300,
            reason="ingetrokken_overheid",
        )
    elif trouble == "geweigerd":
        s.permit(address, Holder(company), status="geweigerd", applied=-400, ground="inhoudelijk")
    elif trouble in {"in_bezwaar", "onherroepelijk", "vernietigd"}:
        s.measure(address, -320, company, status=trouble)
    return company


def phoenix(s: PlantedPatterns) -> None:
    """ORG-03: the same address and line, a director or a name in common, and trouble before the end."""
    for variant, reason, trouble, started in (
        ("ingetrokken_zelfde_bestuurder", "ontbonden", "ingetrokken", -150),
        ("geweigerd_zelfde_bestuurder", "ontbonden", "geweigerd", -200),
        ("open_handhaving", "faillissement", "in_bezwaar", -170),
        ("net_binnen_180_dagen", "ontbonden", "onherroepelijk", -70),
        ("opgericht_voor_het_einde", "faillissement", "ingetrokken", -350),
    ):
        address = s.address()
        director = s.person()
        _fallen(s, address, director, reason=reason, trouble=trouble)
        s.company(address, director=director, start=started)
        s.hit(address, "ORG-03", variant)

    for variant, form in (("gelijke_handelsnaam", "gelijk"), ("naam_zonder_accenten", "accent")):
        address = s.address()
        former = _fallen(s, address, s.person())
        s.company(address, start=-180, name_of=former, name_form=form)
        s.hit(address, "ORG-03", variant)


def lawful_restart(s: PlantedPatterns) -> None:
    """Looks like ORG-03: converted, late, another line or building, no trouble, or no shared director."""
    address = s.address()
    owner = s.person()
    successor = s.company(address, director=owner, start=-250)
    former = s.company(address, form="eenmanszaak", director=owner, end=-250, reason="omgezet", continued_by=successor)
    s.permit(address, Holder(former, owner), status="geweigerd", applied=-600, ground="formeel")
    s.innocent(address, "ORG-03", "eenmanszaak omgezet in bv")

    for explanation, trouble, values in (
        ("na 181 dagen", "ingetrokken", {"start": -69}),
        ("andere branche", "ingetrokken", {"start": -150, "line": "winkel"}),
        ("doorstart zonder handhaving", "geen", {"start": -150}),
        ("maatregel vernietigd", "vernietigd", {"start": -150}),
    ):
        address = s.address()
        director = s.person()
        _fallen(s, address, director, trouble=trouble)
        s.company(address, director=director, **values)
        s.innocent(address, "ORG-03", explanation)

    address, next_door = s.address(), s.address()
    director = s.person()
    _fallen(s, address, director)
    s.company(next_door, director=director, start=-150)
    s.innocent(next_door, "ORG-03", "ander pand")

    address = s.address()
    director = s.person()
    _fallen(s, address, director)
    s.company(address, director=s.person(relative_of=director), start=-150)
    s.innocent(address, "ORG-03", "opvolging in de familie")

    address = s.address()
    director = s.person()
    _fallen(s, address, director)
    company = s.company(address, start=-150, directed=False)
    s.officer(company, s.person(namesake_of=director), start=-150, undated=True)
    s.innocent(address, "ORG-03", "bestuurder alleen op naam")

    address = s.address()
    director = s.person()
    company = s.company(address, director=director, end=-250, reason="opgeheven")
    s.permit(address, Holder(company), status="geweigerd", applied=-500, ground="inhoudelijk")
    s.company(address, director=director, start=-150)
    s.innocent(address, "ORG-03", "zelf opgeheven")


def phoenix_applies(s: PlantedPatterns) -> None:
    """ORG-03 and LIC-02: the successor asks for the licence that its predecessor lost."""
    address = s.address()
    director = s.person()
    former = _fallen(s, address, director)
    successor = s.company(address, director=director, start=-150, name_of=former, name_form="exploitatie")
    s.permit(address, Holder(successor), status="in_behandeling", applied=-90)
    s.hit(address, "ORG-03", "feniks_vraagt_vergunning")
    s.hit(address, "LIC-02", "feniks_vraagt_vergunning")


CASES = (holder_has_ended, holder_goes_on, phoenix, lawful_restart, phoenix_applies)
