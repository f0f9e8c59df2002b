"""Groups 1 to 5 of a signal: who sends it, which object, why it was selected, facts and deviations."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from screening.base.vocabulary import Barrier, IndicatorClass, Purpose, Reliability, Role
from screening.partners.signal.codes import ExtensionDataset, SignalDataset, Theme, reliabilities
from screening.partners.signal.fields import (
    Day,
    IndicatorCode,
    Line,
    ObjectId,
    PartialDay,
    Reason,
    RecordId,
    SignalId,
    StrictModel,
    Text,
    Token,
    ValueName,
    leaf,
)

#: What every signal says of how it came about (AVG art. 14 lid 2 onder g; REQ-RIEC).
AUTOMATED_NL = (
    "Dit adres is geselecteerd met vaste regels die een computer op registers van de gemeente toepast. "
    "Twee medewerkers hebben het dossier daarna onafhankelijk van elkaar beoordeeld. De selectie is geen bewijs."
)


class SignalMunicipality(StrictModel):
    """Who sends the signal."""

    naam: Line = leaf("Gemeente", "Municipality", "Wie het signaal stuurt.", "Who sends the signal.")
    code: Annotated[str, Field(pattern=r"^[0-9]{4}$")] = leaf(
        "Gemeentecode", "Municipality code", "Vaste code van het CBS.", "Fixed code of Statistics Netherlands."
    )
    oin: Annotated[str, Field(pattern=r"^[0-9]{20}$")] | None = leaf(
        "OIN", "OIN", "Officieel nummer van de organisatie.", "Official number of the organisation.", default=None
    )


class Receiver(StrictModel):
    """To what kind of partner a signal goes: on whose basis, and to be used as agreed with it."""

    soort: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.-]{1,59}$")] = leaf(
        "Soort ontvanger",
        "Kind of receiver",
        "Elke partner heeft een eigen grondslag.",
        "Each partner has a basis of its own.",
    )
    naam: Line = leaf("Ontvanger", "Receiver", "Voor wie het signaal is.", "Whom the signal is for.")


class Reversal(StrictModel):
    """Why a signal that was withdrawn holds again. Of a version that undoes a withdrawal alone."""

    motivering: Reason = leaf(
        "Waarom de intrekking een fout was",
        "Why the withdrawal was an error",
        "De ontvanger moest het signaal vernietigen en hoort waarom het weer geldt.",
        "The receiver had to destroy the signal, and is told why it holds again.",
        is_written=True,
    )
    zonder_aandachtspunt: Reason | None = leaf(
        "Waarom het geldt zonder nieuw aandachtspunt",
        "Why it holds though it is not flagged again",
        "De laatste nacht wees het adres niet opnieuw aan: dat hoort de ontvanger ook.",
        "The last night did not flag the address again: the receiver is told that too.",
        default=None,
        is_written=True,
    )


class Meta(StrictModel):
    """1. Who made it, who confirmed it, for what task and on what ground."""

    signaal_id: SignalId = leaf(
        "Kenmerk",
        "Reference",
        "Zo kan een correctie het signaal aanwijzen. Het is willekeurig.",
        "So that a correction can point at the signal. It is random.",
    )
    versie: int = leaf(
        "Versie",
        "Version",
        "Een gecorrigeerd signaal heeft een hogere versie.",
        "A corrected signal has a higher version.",
        ge=1,
        le=999,
    )
    aanmaakdatum: Day = leaf("Gemaakt op", "Made on", "De gegevens zijn van die dag.", "The data are of that day.")
    gemeente: SignalMunicipality
    afdeling: Line = leaf("Afdeling", "Department", "Wie vragen beantwoordt.", "Who answers questions.")
    contact_functie: Line = leaf(
        "Contactpersoon (functie)", "Contact (function)", "Een functie, geen naam.", "A function, not a name."
    )
    eerste_beoordelaar: Token = leaf(
        "Eerste beoordelaar",
        "First reviewer",
        "Toont vier ogen zonder een naam te noemen.",
        "Shows four eyes without a name.",
    )
    tweede_beoordelaar: Token = leaf(
        "Tweede beoordelaar",
        "Second reviewer",
        "Toont vier ogen zonder een naam te noemen.",
        "Shows four eyes without a name.",
    )
    vertrouwelijkheid: Literal["vertrouwelijk", "zeer vertrouwelijk"] = leaf(
        "Vertrouwelijkheid",
        "Confidentiality",
        "Wie het leest weet hoe ermee om te gaan.",
        "The reader knows how to handle it.",
    )
    ontvanger: Receiver | None = None
    doel: Purpose = leaf(
        "Taak van de gemeente", "Task of the municipality", "Doelbinding: AVG artikel 5.", "Purpose: GDPR article 5."
    )
    thema: Theme = leaf(
        "Thema", "Theme", "Alleen wat met de ontvanger is afgesproken.", "Only a theme agreed with the receiver."
    )
    grondslag: Line = leaf(
        "Grondslag", "Legal basis", "Zonder grondslag gaat er niets uit.", "Nothing leaves without a legal basis."
    )
    dpia: Line = leaf("DPIA", "DPIA", "Waar de risico’s zijn afgewogen.", "Where the risks were weighed.")
    iama: Line | None = leaf(
        "IAMA",
        "IAMA",
        "Waar de gevolgen voor grondrechten zijn afgewogen.",
        "Where the effects on fundamental rights were weighed.",
        default=None,
    )
    herstel: Reversal | None = None

    @model_validator(mode="after")
    def _four_eyes(self) -> Meta:
        if self.eerste_beoordelaar == self.tweede_beoordelaar:
            raise ValueError("the two reviewers are one person")
        return self


class Place(StrictModel):
    """2. The address: the unit of everything."""

    nummeraanduiding_id: ObjectId | None = leaf(
        "BAG-nummeraanduiding",
        "BAG number designation",
        "Wijst het adres zonder twijfel aan.",
        "Points at the address without doubt.",
        default=None,
    )
    adresseerbaar_object_id: ObjectId = leaf(
        "BAG-object", "BAG object", "Wijst het object zonder twijfel aan.", "Points at the object without doubt."
    )
    pand_ids: tuple[ObjectId, ...] = leaf(
        "BAG-pand",
        "BAG building",
        "In welk pand het object ligt.",
        "In which building the object lies.",
        default=(),
        max_length=50,
    )
    adres: Line = leaf("Adres", "Address", "Waar het signaal over gaat.", "What the signal is about.")
    gebruiksdoelen: tuple[Line, ...] = leaf(
        "Gebruiksdoel",
        "Use",
        "Waarvoor het object bedoeld is.",
        "What the object is meant for.",
        default=(),
        max_length=11,
    )
    status: Line | None = leaf(
        "Status in de BAG",
        "Status in the BAG",
        "Of het object in gebruik is.",
        "Whether the object is in use.",
        default=None,
    )
    oppervlakte_m2: int | None = leaf(
        "Oppervlakte in m²",
        "Area in m²",
        "Nodig om een aantal personen of kamers te begrijpen.",
        "Needed to understand a number of people or rooms.",
        default=None,
        ge=2,
        le=999_998,
    )
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
        "RD y",
        "RD y",
        "Plaats op de kaart (EPSG:28992).",
        "Place on the map (EPSG:28992).",
        default=None,
        ge=300_000,
        le=630_000,
    )
    peildatum: Day = leaf(
        "Peildatum", "Extraction date", "De BAG kan sindsdien veranderd zijn.", "The BAG may have changed since."
    )


class Occasion(StrictModel):
    """3. How the address was selected. Only rules select for a signal: a random draw never becomes one."""

    wijze: Literal["regels"] = leaf(
        "Wijze van selectie",
        "Manner of selection",
        "De ontvanger weet hoe het begon.",
        "The receiver knows how it began.",
    )
    geautomatiseerde_selectie: Literal[True] = leaf(
        "Geautomatiseerd geselecteerd",
        "Selected automatically",
        "Dat moet altijd worden gezegd.",
        "This must always be said.",
    )
    verklaring: Literal[AUTOMATED_NL] = leaf(  # type: ignore[valid-type]  # as `formaat` of Signal
        "Verklaring", "Statement", "Wat die selectie waard is.", "What that selection is worth."
    )
    eerst_gezien: Day = leaf(
        "Eerst gezien op", "First seen on", "Hoe lang de afwijking er al is.", "How long the deviation has been there."
    )
    run_id: Line = leaf(
        "Nachtrun", "Run", "Zo is na te gaan welke regels en gegevens golden.", "So that rules and data can be traced."
    )


class Checker(StrictModel):
    """Who verified a fact: a role and a token, no name."""

    rol: Role = leaf(
        "Nagekeken door", "Verified by", "In welke rol het feit is nagekeken.", "In what role the fact was verified."
    )
    kenmerk: Token = leaf("Medewerker", "Member of staff", "Na te gaan zonder een naam.", "Traceable without a name.")
    op: Day = leaf("Nagekeken op", "Verified on", "Hoe vers de controle is.", "How fresh the check is.")


class Fact(StrictModel):
    """4. One dated fact, with the register it comes from."""

    datum: PartialDay = leaf("Datum", "Date", "Wanneer het gebeurde.", "When it happened.")
    omschrijving: Text = leaf(
        "Feit", "Fact", "Wat er staat, zonder oordeel.", "What is recorded, without judgement.", is_written=True
    )
    bronregister: SignalDataset | ExtensionDataset = leaf(
        "Bron", "Source", "Waar het na te kijken is.", "Where it can be checked."
    )
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
        # of a register of another municipality's own it is as the municipality says
        if self.betrouwbaarheid != reliabilities().get(self.bronregister, self.betrouwbaarheid):
            raise ValueError("the reliability is not that of the register")
        return self


class NamedValue(StrictModel):
    """A threshold or a value that a rule compared."""

    naam: ValueName = leaf("Naam", "Name", "Wat er vergeleken is.", "What was compared.")
    betekenis: Line | None = leaf(
        "Betekenis", "Meaning", "De naam in gewone woorden.", "The name in plain words.", default=None
    )
    waarde: Line = leaf("Waarde", "Value", "Wat de regel zag of eiste.", "What the rule saw or asked.")


class Innocent(StrictModel):
    """An innocent explanation, and why it does not suffice here."""

    verklaring: Text = leaf(
        "Kan ook betekenen",
        "May also mean",
        "De ontvanger ziet wat is overwogen.",
        "The receiver sees what was considered.",
    )
    waarom_onvoldoende: Reason = leaf(
        "Waarom dat hier niet klopt",
        "Why that does not hold here",
        "Zonder reden is er niet gewogen.",
        "Without a reason nothing was weighed.",
        is_written=True,
    )


class Deviation(StrictModel):
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
