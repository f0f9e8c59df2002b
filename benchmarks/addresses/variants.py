"""Spelling variants of the addresses of a BAG, the same ones for the same seed, with the object that each one means.

Pure: a frame of bag_adressen in, a frame of written addresses out. The truth comes from the BAG and from what a variant
still says, without the product. Where a variant does not say which object is meant (the letter is left out and the bare
number is another house, a slip is as near to another street), its truth is not written: nobody can know it, and the row
is to be left out and counted.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Callable

import polars as pl
from rapidfuzz.distance import OSA

from benchmarks.addresses.drafts import (
    ENDS,
    Draft,
    abbreviate,
    abbreviated_end,
    damage,
    house,
    keyboard_slip,
    plain,
    slip,
    swap,
)

#: What a variant is written in: the columns of the address block.
BLOCK = ("straatnaam", "huisnummer", "huisletter", "huisnummertoevoeging", "postcode", "plaats", "adres_tekst")

#: How a row is to be judged: answered, offered to a person (the BAG lacks the addition), neither, or not at all.
ANSWER, OFFER, NOTHING, NOT_WRITTEN = "answer", "offer", "nothing", "not_written"

#: Share of each form with a name of its own; what is left is the mixture of ordinary spellings and slips.
FORM_SHARES = {
    "damaged_postcode_first": 0.03,
    "town_first_and_slip": 0.03,
    "abbreviation_slip": 0.03,
    "swapped_digits": 0.03,
    "nw_for_nieuw": 0.02,
    "addition_not_in_bag": 0.04,
    "elsewhere": 0.03,
    "no_such_number": 0.02,
}

LACKING = ("bis", "-2", " hs", " 1hoog", "-bov", "A", "-III", " zwart")
ELSEWHERE = (("Groningen", "9711"), ("Maastricht", "6211"), ("Zwolle", "8011"), ("Assen", "9401"), ("Breda", "4811"))


class Register:
    """What a BAG says of addresses: which objects stand at one, living ones first."""

    def __init__(self, bag: pl.DataFrame) -> None:
        columns = ["adresseerbaar_object_id", *BLOCK[:5], "woonplaats", "status"]
        self.rows = bag.select(pl.col(columns).cast(pl.String)).fill_null("").sort(columns).to_dicts()
        self.at_number: dict[tuple[str, int], list[dict[str, str]]] = defaultdict(list)
        self.at_postcode: dict[tuple[str, int], list[dict[str, str]]] = defaultdict(list)
        self.highest: dict[str, int] = defaultdict(int)
        for row in self.rows:
            number = int(row["huisnummer"])
            self.at_number[row["straatnaam"], number].append(row)
            self.at_postcode[row["postcode"], number].append(row)
            self.highest[row["straatnaam"]] = max(number, self.highest[row["straatnaam"]])
        self.streets = sorted(self.highest)
        self.begins_with_nieuw = {street for street in self.streets if re.fullmatch(r"Nieuwe?[a-z]{3,}", street)}

    def draw(self, chance: random.Random) -> Draft:
        """Any address of the BAG."""
        row = chance.choice(self.rows)
        return Draft(
            row["straatnaam"],
            int(row["huisnummer"]),
            row["huisletter"],
            row["huisnummertoevoeging"],
            row["postcode"],
            row["woonplaats"],
        )

    def object_of(self, original: Draft) -> str:
        """The object at an address as it was drawn; the one that is there now where several had it."""
        rows = [row for row in self.at_number[original.street, original.number] if _is_at(row, original)]
        return min(row["adresseerbaar_object_id"] for row in _at_best_age(rows))

    def objects(self, original: Draft, written: Draft) -> set[str]:
        """The objects that answer to what is still written of the street, number, unit and place of `original`."""
        if "postcode_and_number" in written.done:
            rows = self.at_postcode[original.postcode, written.number]
        else:
            rows = self.at_number[original.street, written.number]
        is_left_out = "unit_left_out" in written.done
        same = [row for row in rows if f"{row['huisletter']}|{row['huisnummertoevoeging']}".lower() == written.unit]
        rows = rows if is_left_out and not same else same
        if written.is_town_right:
            rows = [row for row in rows if row["woonplaats"] == original.town] or rows
        living = _at_best_age(rows)
        if written.is_postcode_right and len({row["adresseerbaar_object_id"] for row in living}) > 1:
            living = [row for row in living if row["postcode"] == original.postcode] or living
        return {row["adresseerbaar_object_id"] for row in living}

    def is_nearest(self, written: str, street: str) -> bool:
        """Whether a misspelt street is still nearer to its own name than to any other of the BAG."""
        own = OSA.distance(plain(written), plain(street))
        return all(other == street or OSA.distance(plain(written), plain(other)) > own for other in self.streets)


def _is_at(row: dict[str, str], draft: Draft) -> bool:
    unit = f"{row['huisletter']}|{row['huisnummertoevoeging']}".lower()
    return (unit, row["postcode"], row["woonplaats"]) == (draft.unit, draft.postcode, draft.town)


def _at_best_age(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    def age(row: dict[str, str]) -> int:
        status = row["status"].lower()
        return 2 if "niet gerealiseerd" in status or "ten onrechte" in status else int("ingetrokken" in status)

    best = min((age(row) for row in rows), default=0)
    return [row for row in rows if age(row) == best]


def draw_variants(bag: pl.DataFrame, count: int, seed: int) -> pl.DataFrame:
    """`count` written addresses: key, the address block (text), form, judged_as and truth (object id or null).

    `bag`: the canonical columns of bag_adressen. `form`: the form with a name of its own or "mixture". `done`: what was
    done to the address, in order. `drawn`: the truth, and where it is not written the object of the
    address that was drawn; null where the variant was given a place or a number that the BAG lacks.
    """
    chance = random.Random(seed)  # noqa: S311 - the same variants for the same seed
    register = Register(bag)
    rows = []
    for position in range(count):
        form = _draw_form(chance)
        original, written, text = _draw_variant(register, form, chance)
        judged_as, truth = _judged_as(register, form, original, written)
        done = "+".join(written.done) or "as_registered"
        drawn = truth or (None if judged_as == NOTHING else register.object_of(original))
        rows.append(
            {
                "key": f"V{position:06d}",
                **text,
                "form": form,
                "done": done,
                "judged_as": judged_as,
                "truth": truth,
                "drawn": drawn,
            }
        )
    schema = dict.fromkeys(("key", *BLOCK, "form", "done", "judged_as", "truth", "drawn"), pl.String)
    return pl.DataFrame(rows, schema=schema)


def _draw_form(chance: random.Random) -> str:
    drawn = chance.random()
    for form, share in FORM_SHARES.items():
        if drawn < share:
            return form
        drawn -= share
    return "mixture"


def _draw_variant(register: Register, form: str, chance: random.Random) -> tuple[Draft, Draft, dict[str, str | None]]:
    """An address of the BAG that the form can be made of, what is left of it, and how that is written down."""
    write = _FORMS.get(form, _mixture)
    while True:
        original = register.draw(chance)
        written = Draft(
            **{name: getattr(original, name) for name in ("street", "number", "letter", "addition", "postcode", "town")}
        )
        text = write(written, register, chance)
        if text is not None:
            return original, written, {**dict.fromkeys(BLOCK), **text}


def _judged_as(register: Register, form: str, original: Draft, written: Draft) -> tuple[str, str | None]:
    if form in ("elsewhere", "no_such_number"):
        return NOTHING, None
    if form == "addition_not_in_bag":
        # The house of that number is what a person is offered.
        written.letter = written.addition = ""
    objects = register.objects(original, written)
    if len(objects) != 1:
        return NOT_WRITTEN, None
    if written.has_slip and not written.is_postcode_right and not register.is_nearest(written.street, original.street):
        return NOT_WRITTEN, None
    if "unit_left_out" in written.done and _meant(register, original) != objects:
        return NOT_WRITTEN, None
    return (OFFER if form == "addition_not_in_bag" else ANSWER), objects.pop()


def _meant(register: Register, original: Draft) -> set[str]:
    rows = register.at_number[original.street, original.number]
    return {row["adresseerbaar_object_id"] for row in _at_best_age(rows)}


# ---------------------------------------------------------------- forms with a name of their own

Text = dict[str, str | None]


def _damaged_postcode_first(draft: Draft, _: Register, chance: random.Random) -> Text | None:
    """A damaged postcode and the town, and behind them, with a comma or without, street and number."""
    if not draft.postcode:
        return None
    draft.postcode = damage(draft.postcode, chance)
    draft.is_postcode_right = False
    comma = chance.choice([",", ""])
    return {"adres_tekst": f"{draft.postcode} {draft.town}{comma} {draft.street} {house(draft, chance)}"}


def _town_first_and_slip(draft: Draft, _: Register, chance: random.Random) -> Text | None:
    if not slip(draft, chance):
        return None
    draft.postcode, draft.is_postcode_right = "", False
    town = chance.choice([draft.town, draft.town.upper()])
    return {"adres_tekst": f"{town} {draft.street} {house(draft, chance)}"}


def _abbreviation_slip(draft: Draft, _: Register, chance: random.Random) -> Text | None:
    """A slip within the abbreviated end of a street ("Flevonl"), beside the right postcode."""
    ends = [(end, shorts) for end, shorts in ENDS if draft.street.endswith(end) and draft.street != end]
    if not ends or not draft.postcode:
        return None
    end, shorts = ends[0]
    stem, short = draft.street.removesuffix(end), chance.choice(shorts)
    letters = short.rstrip(".")
    draft.street = stem + keyboard_slip(letters, chance, first=0) + short[len(letters) :]
    draft.has_slip = True
    place = chance.choice(
        [draft.postcode, f"{draft.postcode} {draft.town}", f"{draft.postcode[:4]} {draft.postcode[4:]}"]
    )
    return {"adres_tekst": f"{draft.street} {house(draft, chance)}, {place}"}


def _swapped_digits(draft: Draft, _: Register, chance: random.Random) -> Text | None:
    """Two digits of the postcode exchanged, without the town."""
    places = [place for place in range(3) if draft.postcode and draft.postcode[place] != draft.postcode[place + 1]]
    if not places:
        return None
    draft.postcode, draft.is_postcode_right = swap(draft.postcode, chance.choice(places)), False
    draft.town, draft.is_town_right = "", False
    if chance.random() < 0.4:
        return {"straatnaam": draft.street, "huisnummer": house(draft, chance), "postcode": draft.postcode}
    return {"adres_tekst": f"{draft.street} {house(draft, chance)}, {draft.postcode}"}


def _nw_for_nieuw(draft: Draft, register: Register, chance: random.Random) -> Text | None:
    if not register.begins_with_nieuw:
        return _mixture(draft, register, chance)
    if draft.street not in register.begins_with_nieuw:
        return None
    rest = draft.street.removeprefix("Nieuwe").removeprefix("Nieuw")
    draft.street = "Nw" + rest
    draft.done.append("nw")
    if chance.random() < 0.5:
        draft.street = abbreviated_end(draft.street, chance) or draft.street
    if chance.random() < 0.5:
        draft.postcode, draft.is_postcode_right = "", False
    place = " ".join(part for part in (draft.postcode, draft.town) if part)
    return {"adres_tekst": f"{draft.street} {house(draft, chance)}, {place}"}


def _addition_not_in_bag(draft: Draft, register: Register, chance: random.Random) -> Text | None:
    """A number that the BAG has bare, with an addition that no address there has."""
    taken = {
        plain(row["huisletter"] + row["huisnummertoevoeging"]) for row in register.at_number[draft.street, draft.number]
    }
    written = chance.choice(LACKING)
    if draft.unit != "|" or plain(written).strip()[:1] in {unit[:1] for unit in taken if unit} or " hs" in written:
        return None
    draft.addition = written
    place = _place(draft, chance)
    return {"adres_tekst": f"{draft.street} {draft.number}{written}, {place}"}


def _elsewhere(draft: Draft, _: Register, chance: random.Random) -> Text | None:
    draft.town, digits = chance.choice(ELSEWHERE)
    draft.postcode = chance.choice([digits + "AB", ""])
    if chance.random() < 0.3:
        slip(draft, chance)
    return _written_down(draft, chance)


def _no_such_number(draft: Draft, register: Register, chance: random.Random) -> Text | None:
    draft.number, draft.letter, draft.addition = register.highest[draft.street] + chance.randint(2, 40), "", ""
    if chance.random() < 0.3:
        draft.postcode = ""
    return _written_down(draft, chance)


_FORMS: dict[str, Callable[[Draft, Register, random.Random], Text | None]] = {
    "damaged_postcode_first": _damaged_postcode_first,
    "town_first_and_slip": _town_first_and_slip,
    "abbreviation_slip": _abbreviation_slip,
    "swapped_digits": _swapped_digits,
    "nw_for_nieuw": _nw_for_nieuw,
    "addition_not_in_bag": _addition_not_in_bag,
    "elsewhere": _elsewhere,
    "no_such_number": _no_such_number,
}


# ---------------------------------------------------------------- the mixture of ordinary spellings and slips


def _mixture(draft: Draft, _: Register, chance: random.Random) -> Text | None:
    if draft.unit != "|" and chance.random() < 0.08:
        draft.letter = draft.addition = ""
        draft.done.append("unit_left_out")
    _change_street(draft, chance)
    _change_postcode(draft, chance)
    _change_town(draft, chance)
    return _written_down(draft, chance)


def _change_street(draft: Draft, chance: random.Random) -> None:
    style = chance.random()
    if style < 0.22:
        abbreviate(draft, chance)
        if chance.random() < 0.1:
            slip(draft, chance)
    elif style < 0.42:
        slip(draft, chance)
        if len(draft.street) > 14 and chance.random() < 0.3:
            slip(draft, chance)
    elif style < 0.50 and "." in draft.street:
        initials, last = draft.street.rsplit(".", 1)
        draft.street = chance.choice([f"{initials}. {last}", initials.replace(".", " ") + " " + last.strip()])
        draft.done.append("initials")
    if chance.random() < 0.15:
        draft.street = chance.choice([draft.street.lower(), draft.street.upper()])
        draft.done.append("case")
    if chance.random() < 0.06:
        draft.street = draft.street.replace("'s-", "s ").replace("'t ", "t ").replace("-", " ").replace("ij", "y")
        draft.done.append("signs")


def _change_postcode(draft: Draft, chance: random.Random) -> None:
    style = chance.random()
    if not draft.postcode or style < 0.28:
        draft.postcode, draft.is_postcode_right = "", False
        draft.done.append("no_postcode")
    elif style < 0.34:
        place = chance.randrange(6)
        sign = chance.choice("0123456789" if place < 4 else "ABCDEGHJKLMNPRSTVWXZ")
        draft.is_postcode_right = sign == draft.postcode[place]
        draft.postcode = draft.postcode[:place] + sign + draft.postcode[place + 1 :]
        draft.done.append("postcode_slip")
    elif style < 0.37:
        swapped = swap(draft.postcode, chance.choice([0, 1, 2, 4]))
        draft.is_postcode_right = swapped == draft.postcode
        draft.postcode = swapped
        draft.done.append("postcode_swapped")
    elif style < 0.41:
        draft.postcode, draft.is_postcode_right = damage(draft.postcode, chance), False
        draft.done.append("postcode_damaged")
    elif style < 0.60:
        code = draft.postcode
        draft.postcode = chance.choice([f"{code[:4]} {code[4:]}", code.lower(), f"{code[:4]} {code[4:].lower()}"])


def _change_town(draft: Draft, chance: random.Random) -> None:
    style = chance.random()
    if style < 0.15:
        draft.town, draft.is_town_right = "", False
        draft.done.append("no_town")
    elif style < 0.23:
        town = draft.town
        draft.town = chance.choice([town.lower(), town.upper(), f"gem. {town}", f"gemeente {town}"])
    elif style < 0.28:
        draft.town, draft.is_town_right = keyboard_slip(draft.town, chance, first=1), False
        draft.done.append("town_slip")


def _written_down(draft: Draft, chance: random.Random) -> Text | None:  # noqa: PLR0911 - one for each order
    """The draft as fields or as a line of text in one of the orders that people write in."""
    style = chance.random()
    if style < 0.35:
        text: Text = {"straatnaam": draft.street, "postcode": draft.postcode or None, "plaats": draft.town or None}
        if chance.random() < 0.5:
            return text | {
                "huisnummer": str(draft.number),
                "huisletter": draft.letter or None,
                "huisnummertoevoeging": draft.addition or None,
            }
        if chance.random() < 0.6:
            return text | {"huisnummer": house(draft, chance)}
        return text | {"huisnummer": str(draft.number), "huisnummertoevoeging": draft.letter + draft.addition or None}
    if (
        style < 0.42
        and draft.is_postcode_right
        and draft.is_town_right
        and draft.postcode
        and "unit_left_out" not in draft.done
    ):
        draft.done.append("postcode_and_number")
        draft.has_slip = False
        return {"adres_tekst": f"{draft.postcode} {house(draft, chance)}"}
    place = " ".join(part for part in (draft.postcode, draft.town) if part)
    if style < 0.80 or not place:
        return {"adres_tekst": ", ".join(part for part in (f"{draft.street} {house(draft, chance)}", place) if part)}
    if style < 0.86:
        return {"adres_tekst": f"{draft.street} {house(draft, chance)} {place}"}
    if style < 0.91:
        return {"adres_tekst": f"{place}, {draft.street} {house(draft, chance)}"}
    if style < 0.95:
        return {"adres_tekst": f"{place} {draft.street} {house(draft, chance)}"}
    return {"adres_tekst": f"{house(draft, chance).replace(' ', '-')} {draft.street}, {place}"}


def _place(draft: Draft, chance: random.Random) -> str:
    return chance.choice([f"{draft.postcode} {draft.town}", draft.town, draft.postcode or draft.town]).strip()
