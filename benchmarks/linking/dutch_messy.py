"""Dutch persons who do not exist, with the errors that `dutch` does not make, and the truth beside them.

Keyboard slips (a neighbouring key), misread letters and digits (OCR), doubled and halved letters, given name and
surname in each other's box, maiden names and double names, birth dates of which only the year is known; large families
under one roof with fathers and sons of one given name, twins and flats with many families; a customer number that not
everyone has; 1 to 40 records a person. One row a record: `id`, `given`, `initial`, `surname` (with its tussenvoegsel),
`core` (without), `birth_date`, `postcode`, `house_number`, `city`, `customer`, `party` (the truth).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl

from benchmarks.linking.dutch import CITIES, GIVEN, PREFIXES, draw_prefixes, draw_ranks, surnames

MOST_RECORDS = 40
#: The keys beside each key of a QWERTY keyboard.
KEYS_BESIDE = {
    "a": "qsz",
    "b": "vn",
    "c": "xv",
    "d": "sfe",
    "e": "wr",
    "f": "dgr",
    "g": "fht",
    "h": "gjy",
    "i": "uo",
    "j": "hkn",
    "k": "jl",
    "l": "k",
    "m": "n",
    "n": "bm",
    "o": "ip",
    "p": "o",
    "q": "wa",
    "r": "et",
    "s": "ad",
    "t": "ry",
    "u": "yi",
    "v": "cb",
    "w": "qe",
    "x": "zc",
    "y": "tu",
    "z": "xs",
}
#: What a machine reads instead of what stands there; of several the first that occurs in a word.
MISREAD = (
    ("rn", "m"),
    ("cl", "d"),
    ("nn", "m"),
    ("ij", "y"),
    ("l", "i"),
    ("o", "0"),
    ("e", "c"),
    ("h", "b"),
    ("a", "o"),
)
MISREAD_DIGIT = {"1": "7", "7": "1", "3": "8", "8": "3", "0": "6", "6": "0", "5": "6", "2": "7", "4": "9", "9": "4"}

#: Changes a text; the number (0-1) says where.
Slip = Callable[[str, float], str]


def beside_key(text: str, place: float) -> str:
    """One letter becomes the one on a key beside it."""
    index = int(place * len(text))
    keys = KEYS_BESIDE.get(text[index], "")
    return text[:index] + keys[int(place * 97) % len(keys)] + text[index + 1 :] if keys else text


def misread(text: str, place: float) -> str:
    """As a machine reads it: "rn" as "m", "o" as "0"."""
    first = int(place * len(MISREAD))
    for seen, read in (*MISREAD[first:], *MISREAD[:first]):
        if seen in text[1:]:
            index = text.index(seen, 1)
            return text[:index] + read + text[index + len(seen) :]
    return text


def doubled(text: str, place: float) -> str:
    """A double letter is written once, or else a single letter twice."""
    for index in range(1, len(text)):
        if text[index] == text[index - 1]:
            return text[:index] + text[index + 1 :]
    index = int(place * len(text))
    return text[: index + 1] + text[index:]


def misread_digit(text: str, place: float) -> str:
    """One digit of a text is read as one that looks like it."""
    index = int(place * len(text))
    return text[:index] + MISREAD_DIGIT.get(text[index], text[index]) + text[index + 1 :]


def exchanged_digits(text: str, place: float) -> str:
    """Two neighbouring characters change places."""
    index = int(place * (len(text) - 1))
    return text[:index] + text[index + 1 : index + 2] + text[index] + text[index + 2 :]


def _slip(texts: list[str], rng: np.random.Generator, share: float, slips: tuple[Slip, ...]) -> list[str]:
    """A share of the texts with one slip, now and then two."""
    texts = list(texts)
    kind = rng.integers(0, len(slips), len(texts))
    for chance in (share, share / 8):
        touched = np.flatnonzero(rng.random(len(texts)) < chance)
        place = rng.random(len(texts))
        for row in touched.tolist():
            if len(texts[row]) > 2:
                texts[row] = slips[kind[row]](texts[row], float(place[row]))
        kind = (kind + 1) % len(slips)
    return texts


WORD_SLIPS: tuple[Slip, ...] = (beside_key, misread, doubled)
DIGIT_SLIPS: tuple[Slip, ...] = (misread_digit, exchanged_digits)


def _families(rng: np.random.Generator, people: int) -> dict[str, np.ndarray]:
    """Who lives with whom, under which name, and born when: one entry a person."""
    sizes = rng.choice([1, 2, 3, 4, 6, 8, 10], people, p=[0.3, 0.22, 0.12, 0.16, 0.1, 0.06, 0.04])
    family = np.repeat(np.arange(people), sizes)[:people]
    is_head = np.concatenate([[True], family[1:] != family[:-1]])
    head = np.maximum.accumulate(np.where(is_head, np.arange(people), 0))
    position = np.arange(people) - head
    own = surnames(rng, people)[0]
    # children have the name of the head; a partner may use it
    own = np.where(position >= 2, own[head], own)
    prefix = draw_prefixes(rng, people)
    prefix = np.where(position >= 2, prefix[head], prefix)
    given = draw_ranks(rng, people, len(GIVEN), 0.75, 8.0)
    # a son called after his father
    given = np.where((position >= 2) & (rng.random(people) < 0.08), given[head], given)
    families = int(family[-1]) + 1
    born = rng.integers(-14_600, 6_000, families)[family]
    born = born + np.where(position == 1, rng.integers(-2_000, 2_000, people), 0)
    born = born + np.where(position >= 2, rng.integers(7_500, 13_000, people), 0)
    twin = (position >= 3) & (rng.random(people) < 0.08)
    born = np.where(twin, np.roll(born, 1), born)
    partner = np.minimum(head + np.where(position == 0, 1, 0), people - 1)
    is_paired = (position <= 1) & (family[partner] == family)
    return {
        "family": family,
        "head": head,
        "position": position,
        "own": own,
        "prefix": prefix,
        "given": given,
        "born": born,
        "partner": np.where(is_paired, partner, -1),
    }


def _written_surnames(
    rng: np.random.Generator, person: np.ndarray, families: dict[str, np.ndarray], names: list[str]
) -> tuple[list[str], list[str]]:
    """Surname without and with tussenvoegsel as a record writes it: own, the partner's, or both."""
    own = families["own"][person]
    prefix = families["prefix"][person]
    partner = families["partner"][person]
    other = np.where(partner >= 0, families["own"][partner], own)
    # only the second of a couple changes names, and not in every record
    kind = np.where(
        (partner >= 0) & (families["position"][person] == 1), rng.choice(4, len(person), p=[0.5, 0.2, 0.2, 0.1]), 0
    )
    cores = []
    for a, b, k in zip(own.tolist(), other.tolist(), kind.tolist(), strict=True):
        cores.append((names[a], names[b], f"{names[b]}-{names[a]}", f"{names[a]}-{names[b]}")[k])
    prefix = np.where(kind % 3 == 0, prefix, np.where(partner >= 0, families["prefix"][partner], prefix))
    prefix = np.where(rng.random(len(person)) < 0.06, 0, prefix)
    cores = _slip(cores, rng, 0.13, WORD_SLIPS)
    return cores, [f"{PREFIXES[p]} {core}".strip() for p, core in zip(prefix.tolist(), cores, strict=True)]


def _written_dates(rng: np.random.Generator, born: np.ndarray) -> pl.Series:
    """Birth dates as records write them; what is no date, or absent, is null."""
    days = pl.DataFrame({"d": born.astype(np.int32)}).select(pl.col("d").cast(pl.Date).dt.strftime("%Y%m%d"))["d"]
    texts = np.array(_slip(days.to_list(), rng, 0.05, DIGIT_SLIPS), dtype=object)
    chance = rng.random(len(texts))
    # of some only the year is known
    texts[chance < 0.03] = [text[:4] + "0101" for text in texts[chance < 0.03]]
    exchanged = (chance > 0.97) & (chance < 0.99)
    texts[exchanged] = [text[:4] + text[6:] + text[4:6] for text in texts[exchanged]]
    texts[(chance > 0.4) & (chance < 0.46)] = ""
    return pl.Series("birth_date", texts.tolist(), dtype=pl.String).str.to_date("%Y%m%d", strict=False)


def _written_homes(
    rng: np.random.Generator, person: np.ndarray, family: np.ndarray
) -> tuple[list[str | None], list[str | None], list[str]]:
    """Postcode, house number and town of every record: of the family, or of another home after a move."""
    families = int(family[-1]) + 1
    # one in eight lives in a flat that shares postcode and number with others
    home_of = np.arange(families)
    flat = rng.random(families) < 0.12
    home_of[flat] = rng.integers(0, max(families // 100, 1), int(flat.sum()))
    area, number = rng.integers(0, max(families // 15, 1), families), rng.integers(1, 220, families)
    home = home_of[family[person]]
    moved = rng.random(len(person)) < 0.15
    home = np.where(moved, rng.integers(0, families, len(person)), home)
    letters = "ABCDEFGHJKLMNPRSTVWXZ"
    codes = [f"{1000 + a * 7 % 8999}{letters[a % 21]}{letters[a // 21 % 21]}" for a in area[home].tolist()]
    codes = _slip(codes, rng, 0.05, DIGIT_SLIPS)
    numbers = _slip([str(x) for x in number[home].tolist()], rng, 0.05, DIGIT_SLIPS)
    gap, other_gap = rng.random(len(person)) < 0.08, rng.random(len(person)) < 0.06
    return (
        [None if g else code for g, code in zip(gap, codes, strict=True)],
        [None if g else text for g, text in zip(other_gap, numbers, strict=True)],
        [CITIES[a % len(CITIES)] for a in area[home].tolist()],
    )


def generate(records: int, seed: int = 1) -> pl.DataFrame:
    """So many records in a random order, about 2.8 a person; the same seed gives the same records."""
    rng = np.random.default_rng([seed, 2])
    people = int(records / 2.5) + 100
    families = _families(rng, people)
    # most have a few records, some have tens
    copies = np.minimum(
        rng.geometric(0.55, people) * np.where(rng.random(people) < 0.06, rng.integers(4, 16, people), 1), MOST_RECORDS
    )
    person = rng.permutation(np.repeat(np.arange(people), copies))[:records]
    n = len(person)
    names = surnames(rng, 1)[1].to_list()
    cores, whole = _written_surnames(rng, person, families, names)
    given = _slip([GIVEN[g] for g in families["given"][person].tolist()], rng, 0.1, WORD_SLIPS)
    chance = rng.random(n)
    given = [name[:1] if c < 0.14 else name for name, c in zip(given, chance.tolist(), strict=True)]
    crossed = (chance > 0.14) & (chance < 0.165)
    for row in np.flatnonzero(crossed).tolist():
        given[row], cores[row], whole[row] = cores[row], given[row], given[row]
    postcode, number, city = _written_homes(rng, person, families["family"])
    # a number of one's own, which two in five records name
    customer = person.astype(np.int64) * 7_919 % 9_999_991 + 10_000_000
    customers = _slip([str(x) for x in customer.tolist()], rng, 0.03, DIGIT_SLIPS)
    names_it = rng.random(n) < 0.4
    frame = pl.DataFrame(
        {
            "given": [None if 0.5 < c < 0.52 else name for name, c in zip(given, chance.tolist(), strict=True)],
            "surname": whole,
            "core": cores,
            "birth_date": _written_dates(rng, families["born"][person]),
            "postcode": postcode,
            "house_number": number,
            "city": city,
            "customer": [text if named else None for text, named in zip(customers, names_it, strict=True)],
            "party": person.astype(np.int32),
        }
    )
    frame = frame.with_columns(initial=pl.col("given").str.slice(0, 1))
    return frame.with_row_index("id").with_columns(pl.col("id").cast(pl.Int64))
