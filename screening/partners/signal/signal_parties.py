"""Groups 6 and 7 of a signal: organisations, people in a professional role, and what the municipality did itself."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from screening.partners.signal.codes import LEGAL_PERSONS, LegalForm, RoleOfPerson
from screening.partners.signal.fields import Day, Kvk, Line, PartialDay, Reason, Rsin, StrictModel, Token, leaf


class Period(StrictModel):
    """From when to when."""

    van: PartialDay | None = leaf("Van", "From", "Wanneer de rol gold.", "When the role held.", default=None)
    tot: PartialDay | None = leaf("Tot", "Until", "Wanneer de rol gold.", "When the role held.", default=None)


class Organisation(StrictModel):
    """6a. An organisation in its role at the address. Of a sole trader the name is a person's: only with a reason."""

    rol: Line = leaf("Rol", "Role", "Waarom deze organisatie genoemd is.", "Why this organisation is named.")
    rechtsvorm: LegalForm = leaf("Rechtsvorm", "Legal form", "Wat voor organisatie het is.", "What organisation it is.")
    naam: Line | None = leaf("Naam", "Name", "Welke organisatie.", "Which organisation.", default=None, personal=True)
    naam_motivering: Reason | None = leaf(
        "Waarom de naam nodig is",
        "Why the name is needed",
        "Bij een eenmanszaak is de naam van een persoon.",
        "Of a sole trader the name is a person’s.",
        default=None,
        is_written=True,
    )
    kvk_nummer: Kvk | None = leaf(
        "KVK-nummer", "KVK number", "Wijst de organisatie aan.", "Points at it.", default=None, personal=True
    )
    vestigingsnummer: Annotated[str, Field(pattern=r"^[0-9]{12}$")] | None = leaf(
        "Vestiging", "Establishment", "Wijst de vestiging aan.", "Points at the establishment.", default=None
    )
    rsin: Rsin | None = leaf("RSIN", "RSIN", "Alleen van een rechtspersoon.", "Of a legal person only.", default=None)
    periode: Period | None = None

    @property
    def is_of_a_person(self) -> bool:
        """Whether it points at a natural person: a sole trader by its number alone, other businesses by a name."""
        by_name = self.naam is not None and self.rechtsvorm not in LEGAL_PERSONS
        return self.rechtsvorm == LegalForm.EENMANSZAAK or by_name

    @model_validator(mode="after")
    def _nobodys_number(self) -> Organisation:
        if self.rsin is not None and self.rechtsvorm not in LEGAL_PERSONS:
            raise ValueError("only a legal person has an RSIN that is no BSN")
        if self.rechtsvorm not in LEGAL_PERSONS and self.naam is not None and self.naam_motivering is None:
            raise ValueError("the name of a business of persons needs a reason")
        return self


class MotivatedName(StrictModel):
    """A clear name, and why the receiver cannot do without."""

    waarde: Line = leaf(
        "Naam", "Name", "Alleen als het niet zonder kan.", "Only if there is no other way.", personal=True
    )
    motivering: Reason = leaf(
        "Waarom nodig", "Why needed", "Noodzaak per gegeven.", "Necessity per field.", is_written=True
    )


class MotivatedYear(StrictModel):
    """A year of birth, and why the receiver cannot do without."""

    waarde: Annotated[str, Field(pattern=r"^(19|20)[0-9]{2}$")] = leaf(
        "Geboortejaar", "Year of birth", "Niet meer dan het jaar.", "No more than the year.", personal=True
    )
    motivering: Reason = leaf(
        "Waarom nodig", "Why needed", "Noodzaak per gegeven.", "Necessity per field.", is_written=True
    )


class MotivatedDay(StrictModel):
    """A full date of birth of a person in the trade register, and why a partner that works on subjects needs it."""

    waarde: Day = leaf(
        "Geboortedatum",
        "Date of birth",
        "Alleen voor een partner die personen moet kunnen opzoeken.",
        "Only for a partner that has to look people up.",
        personal=True,
    )
    motivering: Reason = leaf(
        "Waarom nodig", "Why needed", "Noodzaak per gegeven.", "Necessity per field.", is_written=True
    )


class Person(StrictModel):
    """6b. A person in a professional role, as a token; more only with a reason for each field."""

    kenmerk: Token = leaf(
        "Kenmerk",
        "Token",
        "Dezelfde persoon binnen dit signaal, zonder naam.",
        "The same person within this signal, without a name.",
        personal=True,
    )
    rol: RoleOfPerson = leaf("Rol", "Role", "Alleen een beroepsrol.", "A professional role only.", personal=True)
    noodzaak: Reason = leaf(
        "Waarom genoemd",
        "Why mentioned",
        "Zonder noodzaak staat er geen persoon in.",
        "Without necessity no person is in it.",
        is_written=True,
    )
    naam: MotivatedName | None = None
    geboortejaar: MotivatedYear | None = None
    geboortedatum: MotivatedDay | None = None
    periode: Period | None = None

    @model_validator(mode="after")
    def _one_birth(self) -> Person:
        if self.geboortejaar is not None and self.geboortedatum is not None:
            raise ValueError("a date of birth and a year of birth of one person")
        return self


class Inspection(StrictModel):
    """An own inspection."""

    datum: Day = leaf("Datum", "Date", "Wanneer er gekeken is.", "When someone looked.")
    situatie: Literal["toegang_verleend", "geen_medewerking", "niemand_aanwezig"] = leaf(
        "Situatie", "Situation", "Hoe het bezoek verliep.", "How the visit went."
    )
    bevinding: (
        Literal["in_bedrijf", "gesloten", "meer_kamers_dan_vergund", "meer_personen_dan_vergund", "geen_bijzonderheden"]
        | None
    ) = leaf(
        "Bevinding",
        "Finding",
        "Wat er gezien is, uit een vaste lijst.",
        "What was seen, from a closed list.",
        default=None,
    )


class SignalMeasure(StrictModel):
    """An own decision on the address."""

    type: Literal[
        "sluiting",
        "last_onder_dwangsom",
        "gedragsaanwijzing_151d",
        "intrekking",
        "weigering",
        "bestuurlijke_boete",
        "waarschuwing",
    ] = leaf("Maatregel", "Measure", "Wat de gemeente zelf al deed.", "What the municipality already did.")
    datum: Day = leaf("Datum", "Date", "Wanneer.", "When.")
    einddatum: Day | None = leaf("Tot", "Until", "Of het nog loopt.", "Whether it still runs.", default=None)
    status: Literal["in_bezwaar", "onherroepelijk"] = leaf(
        "Status", "Status", "Een vernietigd besluit telt niet.", "An annulled decision does not count."
    )


class OwnWork(StrictModel):
    """7. What the municipality did itself, and nothing of Bibob (Bibob Act, article 28).

    Signals of before could say that an own inquiry runs: they are read, and sent to nobody any more.
    """

    controles: tuple[Inspection, ...] = Field((), max_length=200)
    maatregelen: tuple[SignalMeasure, ...] = Field((), max_length=200)
    lopende_procedures: tuple[Literal["vergunningaanvraag", "bezwaar", "beroep", "handhaving", "intrekking"], ...] = (
        leaf(
            "Lopende procedures",
            "Running procedures",
            "De ontvanger loopt niemand voor de voeten.",
            "The receiver gets in nobody’s way.",
            default=(),
            max_length=5,
        )
    )
    bibob_eigen_onderzoek_loopt: Literal[True] | None = leaf(
        "Eigen Bibob-onderzoek loopt",
        "Own Bibob inquiry runs",
        "Stond in signalen van eerder en gaat niet meer mee (Wet Bibob art. 28).",
        "Stood in signals of before and does not go any more (Wet Bibob art. 28).",
        default=None,
    )
