"""What is said of an address that was not found, or found with an oddity: one sentence a kind, in both languages."""

from __future__ import annotations

from screening.frames import Note
from screening.vocabulary import AddressNote

_DUTCH: dict[AddressNote, str] = {
    AddressNote.NO_ADDRESS: "er is geen adres ingevuld",
    AddressNote.POST_BOX: "een postbus is geen pand",
    AddressNote.NEAR: "er staat alleen dat het in de buurt is, of dat er geen nummer is",
    AddressNote.OTHER_POSTCODE_AREA: "de postcode ligt buiten deze BAG",
    AddressNote.OTHER_TOWN: "de plaats ligt buiten deze BAG",
    AddressNote.NO_NUMBER: "het huisnummer ontbreekt",
    AddressNote.SEVERAL_NUMBERS: "er staan meer huisnummers in één adres",
    AddressNote.SEVERAL_ADDRESSES: "er staan meer adressen in één tekst",
    AddressNote.NO_STREET_NO_POSTCODE: "straat en postcode ontbreken",
    AddressNote.NO_SUCH_POSTCODE_AND_NUMBER: "deze postcode met dit huisnummer staat niet in de BAG",
    AddressNote.NO_SUCH_STREET: "de straat staat niet in deze BAG",
    AddressNote.NO_SUCH_NUMBER: "dit huisnummer bestaat niet in deze straat",
    AddressNote.NO_SUCH_ADDITION: "deze toevoeging bestaat niet bij dit huisnummer",
    AddressNote.NOT_TOGETHER: "straat, nummer, postcode en plaats horen niet bij elkaar",
    AddressNote.TOWN_OR_POSTCODE_MISSING: "meer objecten passen; de plaats of de postcode ontbreekt",
    AddressNote.ADDITION_MISSING: "meer objecten passen; de toevoeging ontbreekt",
    AddressNote.SHARED: "meer objecten hebben dit adres",
    AddressNote.UNKNOWN_ID: "het BAG-nummer staat niet in de BAG",
    AddressNote.PIN_ABROAD: "het punt op de kaart ligt buiten Nederland",
    AddressNote.PIN_BETWEEN: "het punt op de kaart ligt tussen twee objecten",
    AddressNote.PIN_ALONE: "er is geen object binnen 10 meter van het punt op de kaart",
    AddressNote.PIN_ELSEWHERE: "het punt op de kaart ligt ver van dit adres",
    AddressNote.PIN_NEAR: "het punt op de kaart ligt binnen 10 meter van dit object en niet dicht bij een ander",
    AddressNote.ONLY_OBJECT: "het enige object met dit huisnummer",
    AddressNote.POSTCODE_DIFFERS: "de BAG heeft een andere postcode",
    AddressNote.TOWN_DIFFERS: "de BAG heeft een andere plaats",
    AddressNote.FIRST_OF_RANGE: "een reeks huisnummers; het eerste staat voor de hele reeks",
}


def note_sentence(note: str) -> Note:
    """The sentence of an `address_note`, in both languages. Raises ValueError for what is none."""
    return Note(nl=_DUTCH[AddressNote(note)], en=str(AddressNote(note)))
