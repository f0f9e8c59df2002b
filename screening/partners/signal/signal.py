"""The signal: the ten groups of fields that may leave the municipality, and nothing else (domain reference, section 5).

The field names are Dutch: the receiver reads them. A value that is unknown is left out; nothing is null in the file.
Each leaf carries its name and why it leaves, in both languages; the schema, the preview and the PDF are made of it.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from screening.base.vocabulary import Barrier
from screening.partners.signal.attachments import MOST_ATTACHMENTS, Attachment, attachment_name
from screening.partners.signal.codes import Certainty, Notification, SignalPartner, Urgency
from screening.partners.signal.fields import Day, Line, Reason, RecordId, StrictModel, Text, leaf
from screening.partners.signal.signal_facts import Deviation, Fact, Meta, Occasion, Place
from screening.partners.signal.signal_parties import Organisation, OwnWork, Person

FORMAT = "barrier-signaal/3"
#: Signals of before the kind of partner and the date of birth: they still hold, and are sent again and corrected.
SECOND_FORMAT = "barrier-signaal/2"
#: The same, of before the urgency and the attachments.
FIRST_FORMAT = "barrier-signaal/1"


class Question(StrictModel):
    """8. The barriers, whom we think of and what we ask."""

    barrieres: tuple[Barrier, ...] = leaf(
        "Barrières",
        "Barriers",
        "Waar de drempel hoger kan.",
        "Where the barrier can be higher.",
        min_length=1,
        max_length=8,
    )
    voorgestelde_partner: SignalPartner = leaf(
        "Voorgestelde partner", "Suggested partner", "Wie er iets aan kan doen.", "Who can do something about it."
    )
    voorgestelde_interventie: Text = leaf(
        "Voorgestelde interventie",
        "Suggested intervention",
        "Wat wij denken dat helpt.",
        "What we think helps.",
        is_written=True,
    )
    vraag: Text = leaf(
        "Vraag aan de ontvanger",
        "Question to the receiver",
        "Een signaal zonder vraag is een lijst.",
        "A signal without a question is a list.",
        is_written=True,
    )
    urgentie: Urgency | None = leaf(
        "Hoe snel",
        "How soon",
        "De ontvanger weet wat er wanneer afloopt.",
        "The receiver knows what runs out when.",
        default=None,
    )
    urgentie_reden: Reason | None = leaf(
        "Waarom zo snel", "Why so soon", "Haast heeft een reden.", "Haste has a reason.", default=None, is_written=True
    )

    @model_validator(mode="after")
    def _haste_has_a_reason(self) -> Question:
        if self.urgentie in {Urgency.VOORRANG, Urgency.SPOED} and self.urgentie_reden is None:
            raise ValueError("haste without a reason")
        return self


class LinkDoubt(StrictModel):
    """One link between two records on which the signal rests: how sure it is, in words and as a level."""

    omschrijving: Line = leaf("Koppeling", "Link", "Welke twee gegevens.", "Which two records.", is_written=True)
    record_ids: tuple[RecordId, RecordId] = leaf("Records", "Records", "Wijst beide aan.", "Points at both.")
    niveau: Certainty = leaf("Niveau", "Level", "Hoe zeker de koppeling is.", "How sure the link is.")
    in_woorden: Line = leaf(
        "In woorden", "In words", "Zonder getal te begrijpen.", "To be understood without a number."
    )


class Doubts(StrictModel):
    """9. What speaks against it and what is uncertain. At least one sentence: nothing is without doubt."""

    tegenindicaties: tuple[Text, ...] = leaf(
        "Wat ertegen spreekt of onzeker is",
        "What speaks against it or is uncertain",
        "De ontvanger beslist met de twijfel erbij.",
        "The receiver decides with the doubt beside it.",
        min_length=1,
        max_length=30,
        is_written=True,
    )
    koppelingen: tuple[LinkDoubt, ...] = Field((), max_length=200)


class Contact(StrictModel):
    """Where a correction is asked or told: a function and a mailbox of the municipality."""

    functie: Line = leaf("Wie u bereikt", "Whom you reach", "Een functie, geen naam.", "A function, not a name.")
    mailbox: Annotated[str, Field(max_length=200, pattern=r"^[A-Za-z0-9._-]+@[A-Za-z0-9.-]+\.[a-z]{2,}$")] = leaf(
        "E-mail", "E-mail", "Een postbus van de gemeente.", "A mailbox of the municipality."
    )
    telefoon: Annotated[str, Field(pattern=r"^[0-9+ ()-]{8,20}$")] | None = leaf(
        "Telefoon", "Telephone", "Een nummer van de gemeente.", "A number of the municipality.", default=None
    )


class Keeping(StrictModel):
    """10. How long it may be kept, whom to tell of an error, and whether the person concerned knows."""

    bewaren_tot: Day = leaf("Bewaren tot", "Keep until", "Daarna moet het weg.", "After that it must go.")
    grondslag_termijn: Line = leaf(
        "Waarom zo lang", "Why so long", "Een termijn heeft een reden.", "A term has a reason."
    )
    contact: Contact
    kennisgeving: Notification = leaf(
        "Betrokkene geïnformeerd",
        "Person concerned informed",
        "De ontvanger weet of hij iets kan zeggen.",
        "The receiver knows whether anything can be said.",
    )
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


class Signal(StrictModel):
    """One confirmed signal about one address. `meta.signaal_id` is random: the order of a batch says nothing."""

    formaat: Literal[FORMAT, SECOND_FORMAT, FIRST_FORMAT] = leaf(  # type: ignore[valid-type]  # constants: the text is in one place
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
    bijlagen: tuple[Attachment, ...] | None = Field(None, min_length=1, max_length=MOST_ATTACHMENTS)

    @model_validator(mode="after")
    def _of_its_format(self) -> Signal:
        if (self.formaat == FIRST_FORMAT) == (self.barrieres_en_vraag.urgentie is not None):
            raise ValueError("a signal of this format says how soon, and one of the first format does not")
        if self.formaat == FIRST_FORMAT and self.bijlagen is not None:
            raise ValueError("a signal of the first format has no attachments")
        if (self.formaat == FORMAT) != (self.meta.ontvanger is not None):
            raise ValueError("a signal of this format says to what kind of partner it goes, and no other does")
        if self.formaat != FORMAT and any(person.geboortedatum for person in self.personen):
            raise ValueError("a signal of an earlier format has no date of birth")
        names = [attachment.bestand for attachment in self.bijlagen or ()]
        if names != [attachment_name(self.signal_id, number) for number in range(1, len(names) + 1)]:
            raise ValueError("an attachment has another name than its signal gives it")
        return self

    @model_validator(mode="after")
    def _whole(self) -> Signal:
        record_ids = {fact.record_id for fact in self.feiten}
        if any(not record_ids.intersection(deviation.record_ids) for deviation in self.afwijkingen):
            raise ValueError("a deviation rests on no fact of this signal")
        is_of_persons = self.personen or any(organisation.is_of_a_person for organisation in self.organisaties)
        if is_of_persons and self.bewaring_en_contact.kennisgeving == Notification.NIET_VAN_TOEPASSING:
            raise ValueError("a person stands in the signal: say whether they were told")
        return self

    @property
    def signal_id(self) -> str:
        """The random id by which batches, corrections and the disclosure register know this signal."""
        return self.meta.signaal_id
