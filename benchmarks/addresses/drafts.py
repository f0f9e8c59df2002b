"""An address on its way to being written: how people shorten and spell its parts, and the slips that they make."""

from __future__ import annotations

import random
import unicodedata
from dataclasses import dataclass, field

STARTS = (
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
    ("Nieuwe ", "Nw. "),
)
ENDS = (
    ("straat", ("str.", "str")),
    ("laan", ("ln.", "ln")),
    ("plein", ("pln.", "pln")),
    ("singel", ("sngl.", "sgl")),
    ("weg", ("wg.", "wg")),
    ("gracht", ("gr.",)),
    ("plantsoen", ("plnts.", "plts")),
    ("kade", ("kd.", "kd")),
    ("steeg", ("stg.",)),
    ("dreef", ("drf.",)),
    ("markt", ("mkt.",)),
    ("dijk", ("dk.",)),
)
ADDITIONS = {"bov": ("boven", "bov.", "bovenwoning"), "ben": ("beneden", "ben.", "benedenwoning"), "hs": ("huis", "h")}
ROMAN = {"1": "I", "2": "II", "3": "III", "4": "IV"}
KEYBOARD = {
    "a": "qsz",
    "b": "vgn",
    "c": "xvd",
    "d": "sfe",
    "e": "wrd",
    "f": "dgr",
    "g": "fht",
    "h": "gjy",
    "i": "uok",
    "j": "hku",
    "k": "jli",
    "l": "ko",
    "m": "n",
    "n": "bm",
    "o": "ipl",
    "p": "o",
    "q": "wa",
    "r": "etf",
    "s": "adw",
    "t": "ryg",
    "u": "yij",
    "v": "cb",
    "w": "qes",
    "x": "zc",
    "y": "tu",
    "z": "xa",
}


@dataclass
class Draft:
    """An address on its way to being written: what it says, and what was done to it."""

    street: str
    number: int
    letter: str
    addition: str
    postcode: str
    town: str
    done: list[str] = field(default_factory=list)
    is_postcode_right: bool = True
    is_town_right: bool = True
    has_slip: bool = False

    @property
    def unit(self) -> str:
        """Letter and addition as they are written."""
        return f"{self.letter}|{self.addition}".lower()


def plain(text: str) -> str:
    """Lower case without diacritics and signs: what a slip is measured on."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in decomposed.lower() if sign.isalnum() or sign == " ")


def abbreviate(draft: Draft, chance: random.Random) -> None:
    """The start or the end of the street as people shorten it."""
    starts = [pair for pair in STARTS if draft.street.startswith(pair[0])]
    shortened = abbreviated_end(draft.street, chance)
    if starts and (shortened is None or chance.random() < 0.6):
        long, short = chance.choice(starts)
        draft.street = short + draft.street.removeprefix(long)
        draft.done.append("abbreviated_start")
    elif shortened is not None:
        draft.street = shortened
        draft.done.append("abbreviated_end")


def abbreviated_end(street: str, chance: random.Random) -> str | None:
    """The street with its end for short; None where it has no such end."""
    ends = [(end, shorts) for end, shorts in ENDS if street.endswith(end) and street != end]
    if not ends:
        return None
    end, shorts = ends[0]
    return street.removesuffix(end) + chance.choice(shorts)


def house(draft: Draft, chance: random.Random) -> str:
    """Number, letter and addition as people write them."""
    letter = chance.choice([draft.letter, draft.letter.upper(), draft.letter.lower()])
    addition = draft.addition
    if addition.lower() in ADDITIONS and chance.random() < 0.4:
        addition = chance.choice(ADDITIONS[addition.lower()])
    elif addition in ROMAN and chance.random() < 0.3:
        addition = chance.choice([ROMAN[addition], f"{addition} hoog", f"{addition}e etage"])
    joint = chance.choice(["", " ", "-"]) if letter else ""
    gap = chance.choice(["-", " ", "-", "/"]) if addition else ""
    return f"{draft.number}{joint}{letter}{gap}{addition}"


def slip(draft: Draft, chance: random.Random) -> bool:
    """One slip of the keys in the street; False where its name is too short for it to be told."""
    if sum(sign.isalpha() for sign in draft.street) < 5:
        return False
    draft.street = keyboard_slip(draft.street, chance, first=1)
    draft.done.append("slip")
    draft.has_slip = True
    return True


def keyboard_slip(text: str, chance: random.Random, first: int) -> str:
    """One letter swapped with the next, dropped, doubled, replaced by the key beside it, or that key pressed too."""
    places = [place for place in range(first, len(text)) if text[place].isalpha()]
    place, kind = chance.choice(places), chance.randrange(5)
    letter = text[place]
    beside = chance.choice(KEYBOARD.get(letter.lower(), "e"))
    if kind == 0 and place + 1 < len(text) and text[place + 1].isalpha() and text[place + 1] != letter:
        return swap(text, place)
    if kind == 1:
        return text[:place] + text[place + 1 :]
    if kind == 2:
        return text[:place] + letter + text[place:]
    if kind == 3:
        return text[:place] + letter + beside + text[place + 1 :]
    return text[:place] + beside + text[place + 1 :]


def swap(text: str, place: int) -> str:
    """The sign at a place exchanged with the next."""
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


def damage(postcode: str, chance: random.Random) -> str:
    """A postcode that is none any more: a letter or digit lost, a letter among the digits, a sign too many."""
    letter = chance.choice("ABCDEGHJKLMNPRSTVWXZ")
    place = chance.randrange(1, 4)
    return chance.choice(
        [
            postcode[:5],
            postcode[:4] + letter,
            postcode[:place] + letter + postcode[place:],
            postcode[:place] + postcode[place + 1 :],
            postcode + letter,
            f"{postcode[:4]} {postcode[4]}{letter}{postcode[5]}",
            postcode[:place] + "O" + postcode[place + 1 :],
        ]
    )
