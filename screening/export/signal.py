"""The signal: the ten groups of fields that may leave the municipality, and nothing else (domain reference, section 5).

The field names are Dutch: the receiver reads them. A value that is unknown is left out; nothing is null in the file.
Each leaf carries its name and why it leaves, in both languages; the schema, the preview and the PDF are made of it.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from screening.export.codes import (
    LEGAL_PERSONS,
    RELIABILITY_OF,
    Certainty,
    LegalForm,
    Notification,
    Partner,
    Reliability,
    RoleOfPerson,
    Theme,
)
from screening.export.fields import (
    Closed,
    IndicatorCode,
    Kvk,
    Line,
    ObjectId,
    PartialDay,
    Reason,
    RecordId,
    Rsin,
    SignalId,
    Text,
    Token,
    ValueName,
    leaf,
)
from screening.vocabulary import Barrier, Dataset, IndicatorClass, Purpose, Role

FORMAT = "barrier-signaal/1"
#: What every signal says of how it came about (AVG art. 14 lid 2 onder g; REQ-RIEC).
AUTOMATED_NL = (
    "Dit adres is geselecteerd met vaste regels die een computer op registers van de gemeente toepast. "
    "Twee medewerkers hebben het dossier daarna onafhankelijk van elkaar beoordeeld. De selectie is geen bewijs."
)


def _real_day(text: str) -> str:
    dt.date.fromisoformat(text)
    return text


Day = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), AfterValidator(_real_day)]


class Municipality(Closed):
    """Who sends the signal."""

    naam: Line = leaf("Gemeente", "Municipality", "Wie het signaal stuurt.", "Who sends the signal.")
    code: Annotated[str, Field(pattern=r"^[0-9]{4}$")] = leaf(
        "Gemeentecode", "Municipality code", "Vaste code van het CBS.", "Fixed code of Statistics Netherlands."
    )
    oin: Annotated[str, Field(pattern=r"^[0-9]{20}$")] | None = leaf(
        "OIN", "OIN", "Officieel nummer van de organisatie.", "Official number of the organisation.", default=None
    )


class Meta(Closed):
    """1. Who made it, who confirmed it, for what task and on what ground."""

    signaal_id: SignalId = leaf(
        "Kenmerk", "Reference", "Zo kan een correctie het signaal aanwijzen. Het is willekeurig.",
        "So that a correction can point at the signal. It is random.",
    )  # fmt: skip
    versie: int = leaf(
        "Versie", "Version", "Een gecorrigeerd signaal heeft een hogere versie.",
        "A corrected signal has a higher version.", ge=1, le=999,
    )  # fmt: skip
    aanmaakdatum: Day = leaf("Gemaakt op", "Made on", "De gegevens zijn van die dag.", "The data are of that day.")
    gemeente: Municipality
    afdeling: Line = leaf("Afdeling", "Department", "Wie vragen beantwoordt.", "Who answers questions.")
    contact_functie: Line = leaf(
        "Contactpersoon (functie)", "Contact (function)", "Een functie, geen naam.", "A function, not a name."
    )
    eerste_beoordelaar: Token = leaf(
        "Eerste beoordelaar", "First reviewer", "Toont vier ogen zonder een naam te noemen.",
        "Shows four eyes without a name.",
    )  # fmt: skip
    tweede_beoordelaar: Token = leaf(
        "Tweede beoordelaar", "Second reviewer", "Toont vier ogen zonder een naam te noemen.",
        "Shows four eyes without a name.",
    )  # fmt: skip
    vertrouwelijkheid: Literal["vertrouwelijk", "zeer vertrouwelijk"] = leaf(
        "Vertrouwelijkheid", "Confidentiality", "Wie het leest weet hoe ermee om te gaan.",
        "The reader knows how to handle it.",
    )  # fmt: skip
    doel: Purpose = leaf(
        "Taak van de gemeente", "Task of the municipality", "Doelbinding: AVG artikel 5.", "Purpose: GDPR article 5."
    )
    thema: Theme = leaf(
        "Thema", "Theme", "Alleen afgesproken thema’s gaan naar het RIEC.", "Only agreed themes go to the RIEC."
    )
    grondslag: Line = leaf(
        "Grondslag", "Legal basis", "Zonder grondslag gaat er niets uit.", "Nothing leaves without a legal basis."
    )
    dpia: Line = leaf("DPIA", "DPIA", "Waar de risico’s zijn afgewogen.", "Where the risks were weighed.")
    iama: Line | None = leaf(
        "IAMA", "IAMA", "Waar de gevolgen voor grondrechten zijn afgewogen.",
        "Where the effects on fundamental rights were weighed.", default=None,
    )  # fmt: skip

    @model_validator(mode="after")
    def _four_eyes(self) -> Meta:
        if self.eerste_beoordelaar == self.tweede_beoordelaar:
            raise ValueError("the two reviewers are one person")
        return self


class Place(Closed):
    """2. The address: the unit of everything."""

    nummeraanduiding_id: ObjectId | None = leaf(
        "BAG-nummeraanduiding", "BAG number designation", "Wijst het adres zonder twijfel aan.",
        "Points at the address without doubt.", default=None,
    )  # fmt: skip
    adresseerbaar_object_id: ObjectId = leaf(
        "BAG-object", "BAG object", "Wijst het object zonder twijfel aan.", "Points at the object without doubt."
    )
    pand_ids: tuple[ObjectId, ...] = leaf(
        "BAG-pand", "BAG building", "In welk pand het object ligt.", "In which building the object lies.",
        default=(), max_length=50,
    )  # fmt: skip
    adres: Line = leaf("Adres", "Address", "Waar het signaal over gaat.", "What the signal is about.")
    gebruiksdoelen: tuple[Line, ...] = leaf(
        "Gebruiksdoel", "Use", "Waarvoor het object bedoeld is.", "What the object is meant for.",
        default=(), max_length=11,
    )  # fmt: skip
    status: Line | None = leaf(
        "Status in de BAG", "Status in the BAG", "Of het object in gebruik is.", "Whether the object is in use.",
        default=None,
    )  # fmt: skip
    oppervlakte_m2: int | None = leaf(
        "Oppervlakte in m²", "Area in m²", "Nodig om een aantal personen of kamers te begrijpen.",
        "Needed to understand a number of people or rooms.", default=None, ge=2, le=999_998,
    )  # fmt: skip
    rd_x: float | None = leaf(
        "RD x",
        "RD x",
        "Plaats op de kaart (EPSG:28992).",
        "Place on the map (EPSG:28992).",
        default=None,
        ge=0,
        le=300_000,
    )
    rd_y: float | None = leaf(
        "RD y", "RD y", "Plaats op de kaart (EPSG:28992).", "Place on the map (EPSG:28992).",
        default=None, ge=300_000, le=630_000,
    )  # fmt: skip
    peildatum: Day = leaf(
        "Peildatum", "Extraction date", "De BAG kan sindsdien veranderd zijn.", "The BAG may have changed since."
    )


class Occasion(Closed):
    """3. How the address was selected. Only rules select for a signal: a random draw never becomes one."""

    wijze: Literal["regels"] = leaf(
        "Wijze van selectie",
        "Manner of selection",
        "De ontvanger weet hoe het begon.",
        "The receiver knows how it began.",
    )
    geautomatiseerde_selectie: Literal[True] = leaf(
        "Geautomatiseerd geselecteerd", "Selected automatically", "Dat moet altijd worden gezegd.",
        "This must always be said.",
    )  # fmt: skip
    verklaring: Literal[AUTOMATED_NL] = leaf(  # type: ignore[valid-type]
        "Verklaring", "Statement", "Wat die selectie waard is.", "What that selection is worth."
    )
    eerst_gezien: Day = leaf(
        "Eerst gezien op", "First seen on", "Hoe lang de afwijking er al is.", "How long the deviation has been there."
    )
    run_id: Line = leaf(
        "Nachtrun", "Run", "Zo is na te gaan welke regels en gegevens golden.", "So that rules and data can be traced."
    )


class Checker(Closed):
    """Who verified a fact: a role and a token, no name."""

    rol: Role = leaf("Rol", "Role", "In welke rol het feit is nagekeken.", "In what role the fact was verified.")
    kenmerk: Token = leaf("Medewerker", "Member of staff", "Na te gaan zonder een naam.", "Traceable without a name.")
    op: Day = leaf("Nagekeken op", "Verified on", "Hoe vers de controle is.", "How fresh the check is.")


class Fact(Closed):
    """4. One dated fact, with the register it comes from."""

    datum: PartialDay = leaf("Datum", "Date", "Wanneer het gebeurde.", "When it happened.")
    omschrijving: Text = leaf(
        "Feit", "Fact", "Wat er staat, zonder oordeel.", "What is recorded, without judgement.", said=True
    )
    bronregister: Dataset = leaf("Bron", "Source", "Waar het na te kijken is.", "Where it can be checked.")
    record_id: RecordId = leaf("Record", "Record", "Wijst de bronregel aan.", "Points at the source record.")
    peildatum: Day = leaf(
        "Gegevens van", "Data of", "De bron kan sindsdien veranderd zijn.", "The source may have changed since."
    )
    betrouwbaarheid: Reliability = leaf(
        "Waarop het rust", "What it rests on", "Een melding is geen register.", "A report is not a register."
    )
    gecontroleerd_door: Checker | None = None

    @model_validator(mode="after")
    def _says_what_it_is(self) -> Fact:
        if self.betrouwbaarheid != RELIABILITY_OF[Dataset(self.bronregister)]:
            raise ValueError("the reliability is not that of the register")
        return self


class NamedValue(Closed):
    """A threshold or a value that a rule compared."""

    naam: ValueName = leaf("Naam", "Name", "Wat er vergeleken is.", "What was compared.")
    waarde: Line = leaf("Waarde", "Value", "Wat de regel zag of eiste.", "What the rule saw or asked.")


class Innocent(Closed):
    """An innocent explanation, and why it does not suffice here."""

    verklaring: Text = leaf(
        "Kan ook betekenen",
        "May also mean",
        "De ontvanger ziet wat is overwogen.",
        "The receiver sees what was considered.",
    )
    waarom_onvoldoende: Reason = leaf(
        "Waarom dat niet volstaat", "Why that does not suffice", "Zonder reden is er niet gewogen.",
        "Without a reason nothing was weighed.", said=True,
    )  # fmt: skip


class Deviation(Closed):
    """5. One deviation: the rule as it was, what it compared, and the innocent explanations that were considered."""

    code: IndicatorCode = leaf("Code", "Code", "Welke regel.", "Which rule.")
    naam: Line = leaf("Naam", "Name", "Wat de regel aanwijst.", "What the rule points at.")
    regelversie: int = leaf("Versie van de regel", "Version of the rule", "Regels veranderen.", "Rules change.", ge=1)
    klasse: IndicatorClass = leaf(
        "Klasse", "Class", "Of het op zichzelf telt of alleen met andere.", "Whether it counts alone or with others."
    )
    barriere: Barrier = leaf(
        "Barrière", "Barrier", "Welke drempel kan worden opgeworpen.", "Which barrier can be raised."
    )
    uitleg: Text = leaf("Uitleg", "Explanation", "De regel in gewone woorden.", "The rule in plain words.")
    drempels: tuple[NamedValue, ...] = Field((), max_length=30)
    waarden: tuple[NamedValue, ...] = Field((), max_length=60)
    record_ids: tuple[RecordId, ...] = leaf(
        "Steunt op", "Rests on", "Wijst de feiten aan.", "Points at the facts.", min_length=1, max_length=500
    )
    verklaringen: tuple[Innocent, ...] = Field(min_length=1, max_length=20)


class Period(Closed):
    """From when to when."""

    van: PartialDay | None = leaf("Van", "From", "Wanneer de rol gold.", "When the role held.", default=None)
    tot: PartialDay | None = leaf("Tot", "Until", "Wanneer de rol gold.", "When the role held.", default=None)


class Organisation(Closed):
    """6a. An organisation in its role at the address. Of a sole trader the name is a person's: only with a reason."""

    rol: Line = leaf("Rol", "Role", "Waarom deze organisatie genoemd is.", "Why this organisation is named.")
    rechtsvorm: LegalForm = leaf("Rechtsvorm", "Legal form", "Wat voor organisatie het is.", "What organisation it is.")
    naam: Line | None = leaf("Naam", "Name", "Welke organisatie.", "Which organisation.", default=None, personal=True)
    naam_motivering: Reason | None = leaf(
        "Waarom de naam nodig is", "Why the name is needed", "Bij een eenmanszaak is de naam van een persoon.",
        "Of a sole trader the name is a person’s.", default=None, said=True,
    )  # fmt: skip
    kvk_nummer: Kvk | None = leaf(
        "KVK-nummer", "KVK number", "Wijst de organisatie aan.", "Points at it.", default=None
    )
    vestigingsnummer: Annotated[str, Field(pattern=r"^[0-9]{12}$")] | None = leaf(
        "Vestiging", "Establishment", "Wijst de vestiging aan.", "Points at the establishment.", default=None
    )
    rsin: Rsin | None = leaf("RSIN", "RSIN", "Alleen van een rechtspersoon.", "Of a legal person only.", default=None)
    periode: Period | None = None

    @model_validator(mode="after")
    def _nobodys_number(self) -> Organisation:
        if self.rsin is not None and self.rechtsvorm not in LEGAL_PERSONS:
            raise ValueError("only a legal person has an RSIN that is no BSN")
        if self.rechtsvorm not in LEGAL_PERSONS and self.naam is not None and self.naam_motivering is None:
            raise ValueError("the name of a business of persons needs a reason")
        return self


class MotivatedName(Closed):
    """A clear name, and why the receiver cannot do without."""

    waarde: Line = leaf(
        "Naam", "Name", "Alleen als het niet zonder kan.", "Only if there is no other way.", personal=True
    )
    motivering: Reason = leaf("Waarom nodig", "Why needed", "Noodzaak per gegeven.", "Necessity per field.", said=True)


class MotivatedYear(Closed):
    """A year of birth, and why the receiver cannot do without. A full date never leaves."""

    waarde: Annotated[str, Field(pattern=r"^(19|20)[0-9]{2}$")] = leaf(
        "Geboortejaar", "Year of birth", "Nooit de hele datum.", "Never the full date.", personal=True
    )
    motivering: Reason = leaf("Waarom nodig", "Why needed", "Noodzaak per gegeven.", "Necessity per field.", said=True)


class Person(Closed):
    """6b. A person in a professional role, as a token; more only with a reason for each field."""

    kenmerk: Token = leaf(
        "Kenmerk", "Token", "Dezelfde persoon binnen dit signaal, zonder naam.",
        "The same person within this signal, without a name.", personal=True,
    )  # fmt: skip
    rol: RoleOfPerson = leaf("Rol", "Role", "Alleen een beroepsrol.", "A professional role only.", personal=True)
    noodzaak: Reason = leaf(
        "Waarom genoemd", "Why mentioned", "Zonder noodzaak staat er geen persoon in.",
        "Without necessity no person is in it.", said=True,
    )  # fmt: skip
    naam: MotivatedName | None = None
    geboortejaar: MotivatedYear | None = None
    periode: Period | None = None


class Inspection(Closed):
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


class Measure(Closed):
    """An own decision on the address."""

    type: Literal[
        "sluiting", "last_onder_dwangsom", "gedragsaanwijzing_151d", "intrekking", "weigering", "bestuurlijke_boete",
        "waarschuwing",
    ] = leaf("Maatregel", "Measure", "Wat de gemeente zelf al deed.", "What the municipality already did.")  # fmt: skip
    datum: Day = leaf("Datum", "Date", "Wanneer.", "When.")
    einddatum: Day | None = leaf("Tot", "Until", "Of het nog loopt.", "Whether it still runs.", default=None)
    status: Literal["in_bezwaar", "onherroepelijk"] = leaf(
        "Status", "Status", "Een vernietigd besluit telt niet.", "An annulled decision does not count."
    )


class OwnWork(Closed):
    """7. What the municipality did itself. Of Bibob only that an own procedure runs, where that may be told."""

    controles: tuple[Inspection, ...] = Field((), max_length=200)
    maatregelen: tuple[Measure, ...] = Field((), max_length=200)
    lopende_procedures: tuple[
        Literal["vergunningaanvraag", "bezwaar", "beroep", "handhaving", "intrekking"], ...
    ] = leaf(
        "Lopende procedures", "Running procedures", "De ontvanger loopt niemand voor de voeten.",
        "The receiver gets in nobody’s way.", default=(), max_length=5,
    )  # fmt: skip
    bibob_eigen_onderzoek_loopt: Literal[True] | None = leaf(
        "Eigen Bibob-onderzoek loopt", "Own Bibob inquiry runs",
        "Alleen dat het loopt, nooit wat erin staat (Wet Bibob art. 28).",
        "Only that it runs, never what it says (Wet Bibob art. 28).", default=None,
    )  # fmt: skip


class Question(Closed):
    """8. The barriers, whom we think of and what we ask."""

    barrieres: tuple[Barrier, ...] = leaf(
        "Barrières",
        "Barriers",
        "Waar de drempel hoger kan.",
        "Where the barrier can be higher.",
        min_length=1,
        max_length=8,
    )
    voorgestelde_partner: Partner = leaf(
        "Voorgestelde partner", "Suggested partner", "Wie er iets aan kan doen.", "Who can do something about it."
    )
    voorgestelde_interventie: Text = leaf(
        "Voorgestelde interventie",
        "Suggested intervention",
        "Wat wij denken dat helpt.",
        "What we think helps.",
        said=True,
    )
    vraag: Text = leaf(
        "Vraag aan het RIEC", "Question to the RIEC", "Een signaal zonder vraag is een lijst.",
        "A signal without a question is a list.", said=True,
    )  # fmt: skip


class LinkDoubt(Closed):
    """One link between two records on which the signal rests: how sure it is, in words and as a level."""

    omschrijving: Line = leaf("Koppeling", "Link", "Welke twee gegevens.", "Which two records.", said=True)
    record_ids: tuple[RecordId, RecordId] = leaf("Records", "Records", "Wijst beide aan.", "Points at both.")
    niveau: Certainty = leaf("Niveau", "Level", "Hoe zeker de koppeling is.", "How sure the link is.")
    in_woorden: Line = leaf(
        "In woorden", "In words", "Zonder getal te begrijpen.", "To be understood without a number."
    )


class Doubts(Closed):
    """9. What speaks against it and what is uncertain. At least one sentence: nothing is without doubt."""

    tegenindicaties: tuple[Text, ...] = leaf(
        "Wat ertegen spreekt of onzeker is", "What speaks against it or is uncertain",
        "De ontvanger beslist met de twijfel erbij.", "The receiver decides with the doubt beside it.",
        min_length=1, max_length=30, said=True,
    )  # fmt: skip
    koppelingen: tuple[LinkDoubt, ...] = Field((), max_length=200)


class Contact(Closed):
    """Where a correction is asked or told: a function and a mailbox of the municipality."""

    functie: Line = leaf("Functie", "Function", "Een functie, geen naam.", "A function, not a name.")
    mailbox: Annotated[str, Field(max_length=200, pattern=r"^[A-Za-z0-9._-]+@[A-Za-z0-9.-]+\.[a-z]{2,}$")] = leaf(
        "E-mail", "E-mail", "Een postbus van de gemeente.", "A mailbox of the municipality."
    )
    telefoon: Annotated[str, Field(pattern=r"^[0-9+ ()-]{8,20}$")] | None = leaf(
        "Telefoon", "Telephone", "Een nummer van de gemeente.", "A number of the municipality.", default=None
    )


class Keeping(Closed):
    """10. How long it may be kept, whom to tell of an error, and whether the person concerned knows."""

    bewaren_tot: Day = leaf("Bewaren tot", "Keep until", "Daarna moet het weg.", "After that it must go.")
    grondslag_termijn: Line = leaf(
        "Waarom zo lang", "Why so long", "Een termijn heeft een reden.", "A term has a reason."
    )
    contact: Contact
    kennisgeving: Notification = leaf(
        "Betrokkene geïnformeerd", "Person concerned informed", "De ontvanger weet of hij iets kan zeggen.",
        "The receiver knows whether anything can be said.",
    )  # fmt: skip
    kennisgeving_vanaf: Day | None = leaf(
        "Informeren vanaf",
        "Inform from",
        "Uitstel heeft een einde (AVG art. 23).",
        "Delay ends (GDPR art. 23).",
        default=None,
    )

    @model_validator(mode="after")
    def _delay_ends(self) -> Keeping:
        if (self.kennisgeving == Notification.UITGESTELD) != (self.kennisgeving_vanaf is not None):
            raise ValueError("a delayed notification has a day from which it is due, and no other has")
        return self


class Signal(Closed):
    """One confirmed signal about one address. `meta.signaal_id` is random: the order of a batch says nothing."""

    formaat: Literal[FORMAT] = leaf(  # type: ignore[valid-type]
        "Formaat", "Format", "De ontvanger weet welke velden er zijn.", "The receiver knows which fields there are."
    )
    meta: Meta
    object: Place
    aanleiding: Occasion
    feiten: tuple[Fact, ...] = Field(min_length=1, max_length=500)
    afwijkingen: tuple[Deviation, ...] = Field(min_length=1, max_length=60)
    organisaties: tuple[Organisation, ...] = Field((), max_length=100)
    personen: tuple[Person, ...] = Field((), max_length=50)
    onderzoek_en_maatregelen: OwnWork
    barrieres_en_vraag: Question
    twijfels: Doubts
    bewaring_en_contact: Keeping

    @model_validator(mode="after")
    def _whole(self) -> Signal:
        known = {fact.record_id for fact in self.feiten}
        if any(not known.intersection(one.record_ids) for one in self.afwijkingen):
            raise ValueError("a deviation rests on no fact of this signal")
        if self.personen and self.bewaring_en_contact.kennisgeving == Notification.NIET_VAN_TOEPASSING:
            raise ValueError("a person stands in the signal: say whether they were told")
        return self

    @property
    def signal_id(self) -> str:
        """The random id by which batches, corrections and the disclosure register know this signal."""
        return self.meta.signaal_id
