"""LIC-01, LIC-02, LIC-04 and LIC-06: re-applications, expired licences, operators who are not the holder."""

from __future__ import annotations

from screening.synthetic.planted_patterns import Holder, PermitValues, PlantedPatterns


def same_party_applies_again(s: PlantedPatterns) -> None:
    """LIC-01: the same KVK number after a refusal or a withdrawal by the authority."""
    for variant, decided, ground in (
        ("zelfde_kvk_zelfde_adres", -400, "inhoudelijk"),
        ("bibob_geweigerd", -900, "bibob"),
        ("net_binnen_5_jaar", -1826, "inhoudelijk"),
    ):
        address = s.address()
        holder = Holder(s.company(address, start=-2500))
        s.permit(address, holder, status="geweigerd", applied=decided - 70, decided=decided, ground=ground)
        s.permit(address, holder, status="in_behandeling", applied=-60)
        s.hit(address, "LIC-01", variant)

    old, new = s.address(), s.address()
    holder = Holder(s.company(new))
    s.permit(old, holder, status="ingetrokken", applied=-900, end=-500, decided=-510, reason="ingetrokken_overheid")
    s.permit(new, holder, status="aangevraagd", applied=-20)
    s.hit(new, "LIC-01", "ingetrokken_ander_adres")

    address = s.address()
    holder = Holder(s.company(address))
    s.permit(address, holder, status="geweigerd", applied=-500, ground="inhoudelijk")
    s.permit(address, holder, "alcohol", status="in_behandeling", applied=-50)
    s.hit(address, "LIC-01", "verwant_type_horeca")

    address = s.address("home")
    holder = Holder(s.company(None, line="vastgoed"))
    s.permit(address, holder, "kamerverhuur", status="geweigerd", applied=-500, ground="inhoudelijk")
    s.permit(address, holder, "omzetting", status="in_behandeling", applied=-50)
    s.hit(address, "LIC-01", "verwant_type_verhuur")

    address = s.address()
    holder = Holder(s.company(address))
    s.permit(address, holder, status="geweigerd", applied=-900, ground="inhoudelijk")
    s.manager(s.permit(address, holder, applied=-400))
    s.hit(address, "LIC-01", "intussen_verleend")


def earlier_decision_does_not_count(s: PlantedPatterns) -> None:
    """Looks like LIC-01: the decision, the type, the order or the party differs."""
    decisions: tuple[tuple[str, PermitValues], ...] = (
        ("formeel gebrek hersteld", {"ground": "formeel"}),
        ("bestemming gewijzigd", {"ground": "bestemming"}),
        ("besluit vernietigd in bezwaar", {"ground": "inhoudelijk", "objection": "gegrond"}),
        ("besluit net ouder dan 5 jaar", {"ground": "inhoudelijk", "applied": -1900, "decided": -1827}),
        ("buiten behandeling gesteld", {"status": "buiten_behandeling"}),
        (
            "ingetrokken op eigen verzoek",
            {"status": "ingetrokken", "reason": "ingetrokken_belanghebbende", "end": -400},
        ),
        ("niet verwant type", {"kind": "evenement", "ground": "inhoudelijk"}),
    )
    refused: PermitValues = {"status": "geweigerd", "applied": -480}
    for explanation, values in decisions:
        address = s.address()
        holder = Holder(s.company(address, start=-2500))
        s.permit(address, holder, **(refused | values))
        s.permit(address, holder, status="in_behandeling", applied=-60)
        s.innocent(address, "LIC-01", explanation)

    other, address = s.address(), s.address()
    holder = Holder(s.company(address))
    s.permit(address, holder, status="in_behandeling", applied=-200)
    s.permit(other, holder, status="geweigerd", applied=-210, decided=-100, ground="inhoudelijk")
    s.innocent(address, "LIC-01", "aanvraag van voor de weigering")


def same_party_under_another_name(s: PlantedPatterns) -> None:
    """LIC-02: no equal KVK number, two of person, name and address."""
    for variant, same_address, name_form, withdrawn in (
        ("persoon_en_adres", True, None, False),
        ("persoon_en_handelsnaam", False, "gelijk", False),
        ("persoon_en_naamsvariant", False, "accent", False),
        ("na_intrekking_persoon_en_adres", True, None, True),
    ):
        old = s.address()
        new = old if same_address else s.address()
        owner = s.person()
        first = s.company(old, form="eenmanszaak", director=owner)
        second = s.company(
            new,
            form="eenmanszaak",
            director=owner,
            start=-200,
            name_of=first if name_form else None,
            name_form=name_form or "gelijk",
        )
        if withdrawn:
            s.permit(
                old,
                Holder(first, owner),
                status="ingetrokken",
                applied=-1000,
                decided=-510,
                end=-500,
                reason="ingetrokken_overheid",
            )
        else:
            s.permit(old, Holder(first, owner), status="geweigerd", applied=-480, ground="inhoudelijk")
        s.permit(new, Holder(second, owner), status="in_behandeling", applied=-70)
        s.hit(new, "LIC-02", variant)

    old, new = s.address(), s.address()
    director = s.person()
    first = s.company(old, director=director)
    second = s.company(new, director=director, start=-200, name_of=first, name_form="exploitatie")
    s.permit(old, Holder(first), status="geweigerd", applied=-480, ground="inhoudelijk")
    s.permit(new, Holder(second), status="in_behandeling", applied=-70)
    s.hit(new, "LIC-02", "nieuwe_bv_zelfde_bestuurder_en_naam")

    address = s.address()
    first = s.company(address)
    second = s.company(None, name_of=first, registered=False)
    s.permit(address, Holder(first), status="geweigerd", applied=-480, ground="inhoudelijk")
    s.permit(address, Holder(second), status="in_behandeling", applied=-70)
    s.hit(address, "LIC-02", "rechtspersoon_naam_en_adres")


def another_party_after_all(s: PlantedPatterns) -> None:
    """Looks like LIC-02: one key only, or two people who are not one."""
    old, new = s.address(), s.address()
    owner = s.person()
    first, second = (
        s.company(old, form="eenmanszaak", director=owner),
        s.company(new, form="eenmanszaak", director=owner, start=-200),
    )
    s.permit(old, Holder(first, owner), status="geweigerd", applied=-480, ground="inhoudelijk")
    s.permit(new, Holder(second, owner), status="in_behandeling", applied=-70)
    s.innocent(new, "LIC-02", "een sleutel is te weinig")

    address = s.address()
    father = s.person()
    son = s.person(relative_of=father)
    first = s.company(address, form="eenmanszaak", director=father, end=-300, reason="opgeheven")
    second = s.company(address, form="eenmanszaak", director=son, start=-200)
    s.permit(address, Holder(first, father), status="geweigerd", applied=-480, ground="inhoudelijk", hodn=True)
    s.permit(address, Holder(second, son), status="in_behandeling", applied=-70, hodn=True)
    s.innocent(address, "LIC-02", "familielid op hetzelfde adres")

    old, new = s.address(), s.address()
    first = s.company(old, form="eenmanszaak", director=(owner := s.person()))
    second = s.company(new, form="eenmanszaak", director=(namesake := s.person(namesake_of=owner)), name_of=first)
    s.permit(old, Holder(first, owner), status="geweigerd", applied=-480, ground="inhoudelijk")
    s.permit(new, Holder(second, namesake), status="in_behandeling", applied=-70)
    s.innocent(new, "LIC-02", "naamgenoot met andere geboortedatum, zelfde handelsnaam")

    old, new = s.address(), s.address()
    first = s.company(old)
    second = s.company(new, name_of=first, start=-200)
    s.permit(old, Holder(first), status="geweigerd", applied=-480, ground="inhoudelijk")
    s.permit(new, Holder(second), status="in_behandeling", applied=-70)
    s.innocent(new, "LIC-02", "franchisenaam, andere eigenaar")

    for explanation, values in (
        ("vernietigd in bezwaar", {"status": "geweigerd", "ground": "inhoudelijk", "objection": "gegrond"}),
        (
            "op eigen verzoek ingetrokken",
            {"status": "ingetrokken", "reason": "ingetrokken_belanghebbende", "end": -300},
        ),
        ("formeel gebrek", {"status": "geweigerd", "ground": "formeel"}),
    ):
        address = s.address()
        owner = s.person()
        first = s.company(address, form="eenmanszaak", director=owner)
        second = s.company(address, form="eenmanszaak", director=owner, start=-200)
        s.permit(address, Holder(first, owner), applied=-480, **values)
        s.permit(address, Holder(second, owner), status="in_behandeling", applied=-70)
        s.innocent(address, "LIC-02", explanation)


def expired_and_still_open(s: PlantedPatterns) -> None:
    """LIC-04: the licence has ended, the business has not."""
    for variant, end, status, kind in (
        ("vestiging_actief", -200, "verlopen", "exploitatie"),
        ("net_verlopen", -12, "verlopen", "exploitatie"),
        ("terras_verlopen", -300, "verlopen", "terras"),
        ("status_nog_verleend", -100, "verleend", "exploitatie"),
    ):
        address = s.address()
        s.permit(address, Holder(s.company(address)), kind, status, applied=-1300, end=end)
        s.hit(address, "LIC-04", variant)

    for variant, day in (("controle_in_bedrijf", -170), ("controle_op_dag_90", -110)):
        address = s.address()
        s.permit(address, Holder(s.company(None)), status="verlopen", applied=-1300, end=-200)
        s.inspection(address, day)
        s.hit(address, "LIC-04", variant)

    address = s.address()
    s.permit(address, Holder(s.company(None)), status="verlopen", applied=-1300, end=-200)
    s.reports(address, (-180, -130), "overlast-door-bezoekers-niet-op-terras")
    s.hit(address, "LIC-04", "twee_meldingen")

    address = s.address()
    holder = Holder(s.company(address))
    s.permit(address, holder, status="verlopen", applied=-1300, end=-200)
    s.permit(address, holder, status="in_behandeling", applied=-190)
    s.hit(address, "LIC-04", "verlenging_te_laat_aangevraagd")


def expired_and_explained(s: PlantedPatterns) -> None:
    """Looks like LIC-04: renewed in time, or nothing went on after the end."""
    renewals: tuple[tuple[str, PermitValues], ...] = (
        ("verlenging op tijd aangevraagd", {"status": "in_behandeling", "applied": -260}),
        ("verlenging aangevraagd op de einddatum", {"status": "aangevraagd", "applied": -200}),
        ("verlenging verleend", {"status": "verleend", "applied": -290, "start": -199}),
    )
    for explanation, renewal in renewals:
        address = s.address()
        holder = Holder(s.company(address))
        s.permit(address, holder, status="verlopen", applied=-1300, end=-200)
        s.permit(address, holder, **renewal)
        s.innocent(address, "LIC-04", explanation)

    address = s.address()
    s.permit(
        address, Holder(s.company(address, end=-230, reason="opgeheven")), status="verlopen", applied=-1300, end=-200
    )
    s.innocent(address, "LIC-04", "vestiging eerder beëindigd")

    address = s.address()
    s.permit(address, Holder(s.company(address)), applied=-700, end=5)
    s.innocent(address, "LIC-04", "einddatum nog niet bereikt")

    for explanation, day, finding in (
        ("controle van voor de einddatum", -205, "in_bedrijf"),
        ("controle op dag 91", -109, "in_bedrijf"),
        ("controle: gesloten", -170, "gesloten"),
    ):
        address = s.address()
        s.permit(address, Holder(s.company(None)), status="verlopen", applied=-1300, end=-200)
        s.inspection(address, day, finding)
        s.innocent(address, "LIC-04", explanation)

    address = s.address()
    s.permit(address, Holder(s.company(None)), status="verlopen", applied=-1300, end=-200)
    s.reports(address, (-150,))
    s.innocent(address, "LIC-04", "een melding")

    address = s.address()
    s.permit(address, Holder(s.company(None)), status="verlopen", applied=-1300, end=-200)
    reporter = s.token()
    for day in (-180, -160):
        s.report(address, day, token=reporter)
    s.innocent(address, "LIC-04", "een melder tweemaal in 30 dagen")


def operator_is_not_the_holder(s: PlantedPatterns) -> None:
    """LIC-06: another company in the same line is at the address, the holder is not."""
    for variant, kind, started in (
        ("houder_elders_gevestigd", "exploitatie", -400),
        ("net_over_60_dagen", "exploitatie", -61),
        ("al_jaren", "exploitatie", -1700),
        ("alcoholvergunning", "alcohol", -300),
    ):
        address = s.address()
        s.permit(address, Holder(s.company(None)), kind)
        s.company(address, start=started)
        s.hit(address, "LIC-06", variant)

    address = s.address()
    owner = s.person()
    holder = s.company(s.address("office"), form="eenmanszaak", director=owner)
    s.permit(address, Holder(holder, owner), hodn=True)
    s.company(address, start=-250)
    s.company(address, start=-200)
    s.hit(address, "LIC-06", "twee_andere_vestigingen")

    address = s.address()
    holder = s.company(address, end=-250, reason="opgeheven")
    s.establishment(holder, None, branch=1)
    s.permit(address, Holder(holder))
    s.company(address, start=-240)
    s.hit(address, "LIC-06", "vestiging_van_houder_beeindigd")


def operator_belongs_to_the_holder(s: PlantedPatterns) -> None:
    """Looks like LIC-06: the holder is there too, the two are one group, or the change is recent."""
    address = s.address()
    s.permit(address, Holder(s.company(address)))
    s.company(address, start=-300)
    s.innocent(address, "LIC-06", "houder is er zelf ook gevestigd")

    address = s.address()
    director = s.person()
    s.permit(address, Holder(s.company(None, director=director)))
    s.company(address, director=director, start=-300)
    s.innocent(address, "LIC-06", "zelfde bestuurder")

    address = s.address()
    parent = s.company(s.address("office"), line="holding")
    s.permit(address, Holder(parent))
    s.company(address, parent=parent, start=-300)
    s.innocent(address, "LIC-06", "holding en werkmaatschappij")

    address = s.address()
    successor = s.company(address, start=-150)
    holder = s.company(address, end=-150, reason="voortgezet", continued_by=successor)
    s.permit(address, Holder(holder))
    s.innocent(address, "LIC-06", "voortgezet door ander")

    address = s.address()
    owner = s.person()
    successor = s.company(address, director=owner, start=-150)
    former = s.company(address, form="eenmanszaak", director=owner, end=-150, reason="omgezet", continued_by=successor)
    s.permit(address, Holder(former, owner), hodn=True)
    s.innocent(address, "LIC-06", "eenmanszaak omgezet in bv")

    for explanation, values in (
        ("andere branche op hetzelfde adres", {"line": "winkel", "start": -300}),
        ("overname loopt 60 dagen", {"start": -60}),
        ("andere exploitant weer vertrokken", {"start": -400, "end": -30, "reason": "opgeheven"}),
    ):
        address = s.address()
        s.permit(address, Holder(s.company(None)))
        s.company(address, **values)
        s.innocent(address, "LIC-06", explanation)

    address = s.address()
    s.permit(address, Holder(s.company(None)), status="in_behandeling", applied=-100)
    s.company(address, start=-300)
    s.innocent(address, "LIC-06", "nog geen vergunning")


CASES = (
    same_party_applies_again,
    earlier_decision_does_not_count,
    same_party_under_another_name,
    another_party_after_all,
    expired_and_still_open,
    expired_and_explained,
    operator_is_not_the_holder,
    operator_belongs_to_the_holder,
)
