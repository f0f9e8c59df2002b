"""Hand-typed variants of real addresses, made with a seed, with the object that each one means.

Pure: a BAG frame in, a frame of written addresses with their truth out. The truth is worked out from the BAG and from
what a variant still says, without the product: for a variant that fits several objects, that names a place outside the
BAG or a number that it lacks, the right answer is no object.
"""

from __future__ import annotations

import random
import unicodedata
from dataclasses import dataclass, field
from typing import Any

import polars as pl
from rapidfuzz.distance import OSA

Address = dict[str, Any]

#: What a variant is written in: the columns of the address block.
BLOCK = ("straatnaam", "huisnummer", "huisletter", "huisnummertoevoeging", "postcode", "plaats", "adres_tekst")

#: What a joined extract of the BAG calls the columns.
COLUMNS_OF_EXTRACT = {
    "openbare_ruimte": "straatnaam",
    "adresseerbaarobject_id": "adresseerbaar_object_id",
    "object_status": "status",
}

AMBIGUOUS, NONE = "ambiguous", "none"

#: Written in front of or behind a street's name, in full and for short.
ABBREVIATED_START = (
    ("Burgemeester ", "Burg. "),
    ("Dokter ", "Dr. "),
    ("Sint ", "St. "),
    ("Prins ", "Pr. "),
    ("Prinses ", "Prs. "),
    ("Oude ", "O. "),
    ("Korte ", "K. "),
    ("Lange ", "L. "),
    ("Verlengde ", "Verl. "),
    ("Pastoor ", "Past. "),
    ("Kleine ", "Kl. "),
    ("Eerste ", "1e "),
    ("Tweede ", "2e "),
)
ABBREVIATED_END = (
    ("straat", "str."),
    ("laan", "ln."),
    ("plein", "pln."),
    ("singel", "sngl."),
    ("weg", "wg."),
    ("gracht", "gr."),
    ("plantsoen", "plnts."),
    ("kade", "kd."),
    ("straat", "str"),
    ("steeg", "stg."),
)
FULL_START = (("Dr.", "Dokter "), ("Mr.", "Meester "), ("Ds.", "Dominee "), ("Mgr.", "Monseigneur "), ("Sint ", "St "))
ADDITIONS = {"bov": ("boven", "bov.", "BOV", "bovenwoning"), "ben": ("beneden", "ben.", "BEN", "benedenwoning")}
ROMAN = {"1": "I", "2": "II", "3": "III", "4": "IV"}
#: Towns that lie elsewhere, with the first digits of their postcodes.
ELSEWHERE = (("Groningen", "9711"), ("Maastricht", "6211"), ("Zwolle", "8011"), ("Assen", "9401"), ("Breda", "4811"))
KEYBOARD = {"a": "sq", "e": "wr", "i": "uo", "o": "ip", "r": "et", "t": "ry", "n": "bm", "s": "ad", "l": "k", "g": "fh"}


@dataclass
class Draft:
    """An address on its way to being written, and what has been done to it."""

    street: str
    number: int
    letter: str
    addition: str
    postcode: str
    town: str
    done: list[str] = field(default_factory=list)


def hand_typed(register: pl.DataFrame, count: int, seed: int) -> pl.DataFrame:
    """`count` written addresses out of a register of addresses, the same ones for the same seed.

    `register`: the canonical columns of bag_adressen, or those of a joined BAG extract (`COLUMNS_OF_EXTRACT`).
    Columns: key, the address block (text), form (what was done first / how it was written down), truth_address_id
    (null where no object is the right answer) and accept (the objects that are right). A withdrawn object gives way to
    a living one at the same address.
    """
    chance = random.Random(seed)
    known = _Known(register.rename({theirs: ours for theirs, ours in COLUMNS_OF_EXTRACT.items() if theirs in register}))
    rows = []
    for at in range(count):
        draft = known.draw(chance)
        truth = known.meant(draft)
        kind = chance.random()
        if kind < 0.03:
            truth = _move_elsewhere(draft, chance)
        elif kind < 0.05:
            truth = known.take_free_number(draft, chance)
        else:
            truth = _perturb(draft, truth, known, chance)
        block = _write(draft, chance)
        if draft.done[-1] == "postcode_and_number":
            truth = known.meant_by_postcode(draft)
        is_one = truth not in (AMBIGUOUS, NONE)
        rows.append(
            {
                "key": f"V{at:05d}",
                **block,
                "form": f"{draft.done[0] if len(draft.done) > 1 else 'as_registered'}/{draft.done[-1]}",
                "truth_address_id": truth if is_one else None,
                "accept": [truth] if is_one else [],
            }
        )
    schema = {"key": pl.String, **dict.fromkeys(BLOCK, pl.String), "form": pl.String, "truth_address_id": pl.String}
    return pl.DataFrame(rows, schema={**schema, "accept": pl.List(pl.String)})


class _Known:
    """What the BAG says, for the truth: which objects answer to an address as far as it is still told."""

    def __init__(self, bag: pl.DataFrame) -> None:
        columns = [
            "adresseerbaar_object_id",
            "straatnaam",
            "huisnummer",
            "huisletter",
            "huisnummertoevoeging",
            "postcode",
            "woonplaats",
            "status",
        ]
        whole = bag.select(columns).with_columns(pl.col("huisnummer").cast(pl.Int64))
        self.rows: list[Address] = whole.sort(columns).to_dicts()
        self.at_address: dict[tuple[str, int, str], list[Address]] = {}
        self.at_number: dict[tuple[str, int], list[Address]] = {}
        self.at_postcode: dict[tuple[str, int, str], list[Address]] = {}
        for row in self.rows:
            street, number, unit = row["straatnaam"], row["huisnummer"], _unit(row)
            self.at_address.setdefault((street, number, unit), []).append(row)
            self.at_number.setdefault((street, number), []).append(row)
            if row["postcode"]:
                self.at_postcode.setdefault((row["postcode"], number, unit), []).append(row)
        self.streets = sorted({row["straatnaam"] for row in self.rows})
        self.last_words: dict[str, int] = {}
        for street in self.streets:
            last = _plain(street.replace(".", " ")).split(" ")[-1]
            self.last_words[last] = self.last_words.get(last, 0) + 1

    def draw(self, chance: random.Random) -> Draft:
        row = chance.choice(self.rows)
        return Draft(
            row["straatnaam"],
            row["huisnummer"],
            row["huisletter"] or "",
            row["huisnummertoevoeging"] or "",
            row["postcode"] or "",
            row["woonplaats"],
        )

    def meant(self, draft: Draft) -> str:
        unit = (draft.letter + "|" + draft.addition).lower()
        return _one_of(self.at_address.get((draft.street, draft.number, unit), []))

    def meant_with_postcode(self, draft: Draft, street: str, unit: str) -> str:
        """What an address that several objects share means beside its postcode."""
        rows = self.at_address.get((street, draft.number, unit), [])
        return _one_of([row for row in rows if row["postcode"] == draft.postcode] or rows)

    def meant_by_postcode(self, draft: Draft) -> str:
        unit = (draft.letter + "|" + draft.addition).lower()
        return _one_of(self.at_postcode.get((draft.postcode, draft.number, unit), []))

    def take_free_number(self, draft: Draft, chance: random.Random) -> str:
        highest = max(row["huisnummer"] for row in self.rows if row["straatnaam"] == draft.street)
        draft.number, draft.letter, draft.addition = highest + chance.randint(2, 40), "", ""
        draft.done.append("no_such_number")
        return NONE

    def is_closest(self, written: str, street: str) -> bool:
        """Whether a misspelt street is still nearer to its own name than to any other."""
        own = OSA.distance(_plain(written), _plain(street))
        return all(other == street or OSA.distance(_plain(written), _plain(other)) > own for other in self.streets)


def _one_of(rows: list[Address]) -> str:
    living = [row for row in rows if "ngetrokken" not in row["status"] and not _never_was(row)]
    gone = [row for row in rows if "ngetrokken" in row["status"]]
    for group in (living, gone, rows):
        objects = {row["adresseerbaar_object_id"] for row in group}
        if objects:
            return objects.pop() if len(objects) == 1 else AMBIGUOUS
    return NONE


def _never_was(row: Address) -> bool:
    return "Niet gerealiseerd" in row["status"] or "ten onrechte" in row["status"]


def _unit(row: Address) -> str:
    return ((row["huisletter"] or "") + "|" + (row["huisnummertoevoeging"] or "")).lower()


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign)).lower()


# ---------------------------------------------------------------- what is done to an address


def _move_elsewhere(draft: Draft, chance: random.Random) -> str:
    draft.town, digits = chance.choice(ELSEWHERE)
    draft.postcode = chance.choice([digits + "AB", ""])
    draft.done.append("elsewhere")
    return NONE


def _perturb(draft: Draft, truth: str, known: _Known, chance: random.Random) -> str:
    original = draft.street
    if (draft.letter or draft.addition) and chance.random() < 0.08:
        truth = _leave_out_unit(draft, truth, known)
    style = chance.random()
    if style < 0.22:
        _abbreviate(draft, chance)
    elif style < 0.40:
        _slip(draft, chance)
    elif style < 0.50:
        _space_initials(draft, known, chance)
    if chance.random() < 0.15:
        draft.street = _plain(draft.street) if chance.random() < 0.5 else draft.street.upper()
        draft.done.append("case_or_diacritics")
    if chance.random() < 0.08:
        draft.street = draft.street.replace("'s-", "s ").replace("'t ", "t ").replace("-", " ").replace("ij", "y")
        draft.done.append("signs")
    has_postcode = _perturb_postcode(draft, chance)
    if truth == AMBIGUOUS and has_postcode:
        truth = known.meant_with_postcode(draft, original, (draft.letter + "|" + draft.addition).lower())
    _perturb_town(draft, has_postcode, chance)
    if "slip" in draft.done and not has_postcode and not known.is_closest(draft.street, original):
        return AMBIGUOUS
    return truth


def _leave_out_unit(draft: Draft, truth: str, known: _Known) -> str:
    """A number without its unit means the one object at it; where the bare number exists, it is that one instead."""
    draft.letter = draft.addition = ""
    draft.done.append("unit_left_out")
    bare = known.meant(draft)
    return _one_of(known.at_number[(draft.street, draft.number)]) if bare == NONE else bare


def _abbreviate(draft: Draft, chance: random.Random) -> None:
    pairs = [pair for pair in ABBREVIATED_START if draft.street.startswith(pair[0])]
    ends = [pair for pair in ABBREVIATED_END if draft.street.endswith(pair[0])]
    if pairs and (not ends or chance.random() < 0.6):
        long, short = chance.choice(pairs)
        draft.street = short + draft.street.removeprefix(long)
        draft.done.append("abbreviated_start")
    elif ends:
        long, short = chance.choice(ends)
        draft.street = draft.street.removesuffix(long) + short
        draft.done.append("abbreviated_end")


def _slip(draft: Draft, chance: random.Random) -> None:
    """One slip of the keys, two in a long name: a letter swapped, dropped, doubled or the one beside it."""
    for _ in range(2 if len(draft.street) > 14 and chance.random() < 0.3 else 1):
        places = [at for at in range(1, len(draft.street) - 1) if draft.street[at : at + 2].isalpha()]
        if len(places) < 4:
            return
        at, street = chance.choice(places), draft.street
        kind = chance.randrange(4)
        if kind == 0:
            draft.street = street[:at] + street[at + 1] + street[at] + street[at + 2 :]
        elif kind == 1:
            draft.street = street[:at] + street[at + 1 :]
        elif kind == 2:
            draft.street = street[:at] + street[at] + street[at:]
        else:
            beside = KEYBOARD.get(street[at].lower(), "e")
            draft.street = street[:at] + chance.choice(beside) + street[at + 1 :]
    draft.done.append("slip")


def _space_initials(draft: Draft, known: _Known, chance: random.Random) -> None:
    """Initials with spaces or without dots, or left out where no other street bears the name; a title written out."""
    for short, full in FULL_START:
        if draft.street.startswith(short) and chance.random() < 0.5:
            draft.street = full + draft.street.removeprefix(short).strip()
            draft.done.append("written_out")
            return
    if "." not in draft.street:
        return
    last = draft.street.split(".")[-1]
    if chance.random() < 0.3 and known.last_words[_plain(last).split(" ")[-1]] == 1 and last[:1].isupper():
        draft.street = last
        draft.done.append("initials_left_out")
        return
    initials = draft.street.removesuffix(last)
    draft.street = chance.choice([initials + " ", initials.replace(".", ". "), initials.replace(".", "") + " "]) + last
    draft.done.append("initials_spaced")


def _perturb_postcode(draft: Draft, chance: random.Random) -> bool:
    """Whether a right postcode is left."""
    style = chance.random()
    if not draft.postcode or style < 0.32:
        draft.postcode = ""
        draft.done.append("no_postcode")
        return False
    if style < 0.36 and "slip" not in draft.done and draft.town:
        digit = str((int(draft.postcode[3]) + 1) % 10)
        draft.postcode = draft.postcode[:3] + digit + draft.postcode[4:]
        draft.done.append("postcode_slip")
        return False
    return True


def _perturb_town(draft: Draft, has_postcode: bool, chance: random.Random) -> None:
    style = chance.random()
    town = draft.town
    if style < 0.12 and "postcode_slip" not in draft.done:
        draft.town = ""
        draft.done.append("no_town")
    elif style < 0.20:
        draft.town = chance.choice([town.lower(), town.upper(), f"gem. {town}", f"gemeente {town}"])
        draft.done.append("town_spelt")
    elif style < 0.24 and has_postcode:
        at = chance.randrange(1, len(town) - 2)
        draft.town = town[:at] + town[at + 1] + town[at] + town[at + 2 :]
        draft.done.append("town_slip")
    elif style < 0.27 and has_postcode:
        draft.town = "Amsterdam"
        draft.done.append("town_of_later")


# ---------------------------------------------------------------- how an address is written down


def _write(draft: Draft, chance: random.Random) -> Address:
    block: Address = dict.fromkeys(BLOCK)
    style = chance.random()
    postcode = draft.postcode
    if postcode and chance.random() < 0.5:
        postcode = chance.choice(
            [f"{postcode[:4]} {postcode[4:]}", postcode.lower(), f"{postcode[:4]} {postcode[4:].lower()}"]
        )
    if style < 0.40:
        draft.done.append("fields")
        block |= {"straatnaam": draft.street, "postcode": postcode or None, "plaats": draft.town or None}
        if chance.random() < 0.5:
            block |= {"huisnummer": str(draft.number), "huisletter": draft.letter or None}
            block |= {"huisnummertoevoeging": draft.addition or None}
        elif chance.random() < 0.6:
            block["huisnummer"] = _house(draft, chance)
        else:
            block |= {"huisnummer": str(draft.number), "huisnummertoevoeging": (draft.letter + draft.addition) or None}
        return block
    house = _house(draft, chance)
    place = " ".join(part for part in (postcode, draft.town) if part)
    is_right = not {"elsewhere", "no_such_number", "postcode_slip", "unit_left_out"} & set(draft.done)
    if style < 0.50 and postcode and is_right:
        draft.done.append("postcode_and_number")
        return block | {"adres_tekst": f"{postcode} {house}"}
    if style < 0.85 or not place:
        draft.done.append("text")
        text = ", ".join(part for part in (f"{draft.street} {house}", place) if part)
    elif style < 0.90 and draft.town:
        draft.done.append("text_without_comma")
        text = f"{draft.street} {house} {place}"
    elif style < 0.95:
        draft.done.append("place_first")
        text = f"{place}, {draft.street} {house}"
    else:
        draft.done.append("number_first")
        text = f"{draft.number}{draft.letter}{'-' + draft.addition if draft.addition else ''} {draft.street}, {place}"
    return block | {"adres_tekst": text}


def _house(draft: Draft, chance: random.Random) -> str:
    """Number, letter and addition as people write them."""
    letter = chance.choice([draft.letter, draft.letter.upper(), draft.letter.lower()])
    addition = draft.addition
    if addition in ADDITIONS and chance.random() < 0.5:
        addition = chance.choice(ADDITIONS[addition])
    elif addition in ROMAN and chance.random() < 0.3:
        addition = chance.choice([ROMAN[addition], f"{addition} hoog", f"{addition}e etage"])
    joint = chance.choice(["", " ", "-"]) if letter else ""
    gap = chance.choice(["-", " ", "-", "/"]) if addition else ""
    return f"{draft.number}{joint}{letter}{gap}{addition}"
