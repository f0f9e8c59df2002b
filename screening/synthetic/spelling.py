"""How names and addresses are written: neatly in a clean municipality, the way people type them in a messy one."""

from __future__ import annotations

import numpy as np
import polars as pl

from screening.synthetic import words
from screening.synthetic.town import Town

#: Way to write a name -> its share in a clean and in a messy municipality. Planted rows keep to those that leave no
#: doubt who is meant, so that a hit never hangs on how far a matcher reaches.
NAME_STYLES: dict[str, tuple[float, float]] = {
    "full": (0.45, 0.32),
    "initials": (0.35, 0.27),
    "surname_first": (0.10, 0.12),
    "middle_initial": (0.10, 0.08),
    "capitals": (0.0, 0.04),
    "plain": (0.0, 0.05),
    "no_infix": (0.0, 0.02),
    "partner": (0.0, 0.02),
    "swapped_initials": (0.0, 0.02),
    "slip": (0.0, 0.03),
    "transposed": (0.0, 0.015),
    "doubled": (0.0, 0.015),
}
BEYOND_DOUBT = ("full", "initials", "surname_first", "middle_initial", "capitals", "plain")
ORGANISATION_STYLES = ("B.V.", "BV", "b.v.", "B.V")
#: Ways to write an address -> form in the truth.
ADDRESS_FORMS: dict[str, str] = {
    "parts": "exact",
    "parts_id": "id",
    "text": "exact",
    "text_id": "id",
    "parts_lower": "variant",
    "text_abbreviated": "variant",
    "text_no_postcode": "exact",
    "text_glued": "variant",
    "text_postcode_number": "variant",
    "text_old_spelling": "variant",
    "text_slip": "fuzzy",
    "text_transposed": "fuzzy",
    "parts_slip": "fuzzy",
    "pin": "pin",
    "text_unitless": "ambiguous",
}
CLEAN_ADDRESSES = {"parts": 0.60, "parts_id": 0.30, "text": 0.06, "parts_lower": 0.04}
CLEAN_REPORTS = {"text": 0.68, "text_id": 0.14, "parts": 0.13, "pin": 0.05}
MESSY_PARTS = {"parts": 0.55, "parts_id": 0.25, "parts_lower": 0.15, "parts_slip": 0.05}
MESSY_TEXTS = {
    "text": 0.24,
    "text_id": 0.06,
    "text_abbreviated": 0.20,
    "text_no_postcode": 0.14,
    "text_glued": 0.20,
    "text_postcode_number": 0.04,
    "text_slip": 0.07,
    "text_transposed": 0.03,
    "text_old_spelling": 0.02,
}
MESSY_REPORTS = {**{form: 0.93 * share for form, share in MESSY_TEXTS.items()}, "pin": 0.05, "text_unitless": 0.02}

_ABBREVIATIONS = (
    ("straat$", "str."),
    ("laan$", "ln"),
    ("plein$", "pln"),
    ("weg$", "wg"),
    ("singel$", "sngl"),
    ("^Burgemeester ", "Burg. "),
    ("^Dokter ", "Dr. "),
    ("^Sint ", "St. "),
    ("^Verlengde ", "Verl. "),
    ("^Eerste ", "1e "),
    ("^Tweede ", "2e "),
)


def _plain_letters(text: pl.Expr) -> pl.Expr:
    return text.str.normalize("NFKD").str.replace_all(r"\p{M}", "").str.replace_all("ł", "l").str.replace_all("ı", "i")


def _slip(text: pl.Expr) -> pl.Expr:
    """The fifth letter is left out of a long word; a short one stays."""
    return pl.when(text.str.len_chars() > 6).then(text.str.slice(0, 4) + text.str.slice(5)).otherwise(text)


def _transposed(text: pl.Expr) -> pl.Expr:
    """The fourth and fifth letter of a long word change places."""
    return pl.when(text.str.len_chars() > 6).then(text.str.replace(r"^(.{3})(.)(.)", "$1$3$2")).otherwise(text)


def _join(*parts: pl.Expr) -> pl.Expr:
    return pl.concat_str(parts, separator=" ").str.replace_all(r"\s+", " ").str.strip_chars()


def person_names(
    people: pl.DataFrame, person: pl.Series, planted: pl.Series, rng: np.random.Generator, *, messy: bool
) -> pl.DataFrame:
    """`name` and `birth_date` for a column of people (null where there is none), each row in a style of its own."""
    style = _drawn({name: shares[messy] for name, shares in NAME_STYLES.items()}, len(person), rng)
    style = np.where(planted.to_numpy() & ~np.isin(style, BEYOND_DOUBT), "full", style)
    other = np.array(words.FAMILY_NAMES)[:, 1][rng.integers(0, len(words.FAMILY_NAMES), len(person))]
    frame = pl.DataFrame({"person": person.cast(pl.Int64), "style": style, "other": other}).join(
        people.with_columns(pl.col("person").cast(pl.Int64)), on="person", how="left", maintain_order="left"
    )
    given, infix, family, initials = (pl.col(c) for c in ("given", "infix", "family", "initials"))
    middle = pl.when(pl.col("middle") != "").then(pl.col("middle").str.slice(0, 1) + ".").otherwise(pl.lit(""))
    full = _join(given, infix, family)
    forms = {
        "full": full,
        "initials": _join(initials, infix, family),
        "surname_first": _join(family + ",", initials, infix),
        "middle_initial": _join(given, middle, infix, family),
        "capitals": _join(initials, infix, family).str.to_uppercase(),
        "plain": _plain_letters(full),
        "no_infix": _join(initials, family),
        "partner": _join(initials, infix, family + "-" + pl.col("other")),
        "swapped_initials": _join(initials.str.replace(r"^(.)\.(.)\.$", "$2.$1."), infix, family),
        "slip": _join(initials, infix, _slip(family)),
        "transposed": _join(given, infix, _transposed(family)),
        "doubled": _join(given, infix, family).str.replace_all("([bdmnst])([aeiou])", "$1$1$2", literal=False),
    }
    name = pl.lit(None, dtype=pl.String)
    for form in NAME_STYLES:
        name = pl.when(pl.col("style") == form).then(forms[form]).otherwise(name)
    return frame.select(name=pl.when(pl.col("given").is_null()).then(None).otherwise(name), birth_date="birth_date")


def organisation_names(
    companies: pl.DataFrame, company: pl.Series, rng: np.random.Generator, *, messy: bool
) -> pl.DataFrame:
    """`name` (statutory, else trade name), `trade_name` and `kvk_nummer` for a column of companies."""
    style = rng.integers(0, len(ORGANISATION_STYLES), len(company)) if messy else np.zeros(len(company), dtype=int)
    frame = pl.DataFrame({"company": company.cast(pl.Int64), "style": style}).join(
        companies.with_columns(pl.col("company").cast(pl.Int64)), on="company", how="left", maintain_order="left"
    )
    name = pl.coalesce("statutory_name", "trade_name")
    for number, form in enumerate(ORGANISATION_STYLES):
        name = pl.when(pl.col("style") == number).then(name.str.replace(r"B\.V\.$", form)).otherwise(name)
    return frame.select(
        name=name,
        trade_name="trade_name",
        kvk_nummer="kvk_nummer",
        branch=pl.format("0000{}", pl.col("branch_base").cast(pl.String).str.zfill(8)),
        legal="legal",
    )


def _drawn(shares: dict[str, float], count: int, rng: np.random.Generator) -> np.ndarray:
    chances = np.array(list(shares.values()))
    return np.array(list(shares))[rng.choice(len(shares), size=count, p=chances / chances.sum())]


def spell_addresses(
    town: Town, address: pl.Series, rng: np.random.Generator, shares: dict[str, float], *, pins: bool = False
) -> pl.DataFrame:
    """The address block for a column of addresses, with `_object` and `_form` beside it.

    A null address lies outside the municipality. With `pins` the columns lat and lon are there too: always for a report
    that has a pin only, and beside the text for half of the others.
    """
    count = len(address)
    form = _drawn(shares, count, rng)
    index = address.cast(pl.Int64)
    alone = town.single[index.fill_null(0).to_numpy()]
    form = np.where((form == "pin") & ~alone, "text", form)
    # Without its unit an address is in doubt only where several share the number; planted cases have one of their own.
    has_unit = (town.bag["huisletter"].is_not_null() | town.bag["huisnummertoevoeging"].is_not_null()).to_numpy()
    form = np.where((form == "text_unitless") & (alone | ~has_unit[index.fill_null(0).to_numpy()]), "text", form)
    frame = pl.DataFrame({"_row": np.arange(count), "address": index, "form": form, "chance": rng.random(count)}).join(
        town.bag.with_row_index("address").with_columns(pl.col("address").cast(pl.Int64)),
        on="address",
        how="left",
        maintain_order="left",
    )
    number = pl.col("huisnummer").cast(pl.String)
    letter, addition = pl.col("huisletter").fill_null(""), pl.col("huisnummertoevoeging").fill_null("")
    neat = (
        number
        + pl.when(letter != "").then(" " + letter).otherwise(pl.lit(""))
        + pl.when(addition != "").then("-" + addition).otherwise(pl.lit(""))
    )
    glued = number + letter.str.to_lowercase() + pl.when(addition != "").then(" " + addition).otherwise(pl.lit(""))
    spaced = pl.col("postcode").str.slice(0, 4) + " " + pl.col("postcode").str.slice(4)
    short = pl.col("straatnaam")
    for pattern, replacement in _ABBREVIATIONS:
        short = short.str.replace(pattern, replacement)
    place = pl.col("woonplaats")
    text = {
        "text": pl.format("{} {}, {} {}", "straatnaam", neat, spaced, place),
        "text_abbreviated": pl.format("{} {}, {} {}", short, neat, "postcode", place),
        "text_no_postcode": pl.format("{} {} {}", "straatnaam", neat, place),
        "text_glued": pl.format("{} {}, {}", pl.col("straatnaam").str.to_lowercase(), glued, spaced.str.to_lowercase()),
        "text_postcode_number": pl.format("{} {}", spaced, neat),
        "text_slip": pl.format("{} {}, {} {}", _slip(pl.col("straatnaam")), neat, "postcode", place),
    }
    text["text_id"] = text["text"]
    text["text_transposed"] = pl.format("{} {}, {} {}", _transposed(pl.col("straatnaam")), neat, "postcode", place)
    text["text_old_spelling"] = text["text"].str.replace_all("ij", "y").str.replace_all("IJ", "Y")
    text["text_unitless"] = pl.format("{} {}, {} {}", "straatnaam", number, "postcode", place)
    kind, is_known = pl.col("form"), pl.col("address").is_not_null()
    parts = kind.str.starts_with("parts")
    street = pl.when(kind == "parts_slip").then(_slip(pl.col("straatnaam"))).otherwise(pl.col("straatnaam"))
    street = pl.when(kind == "parts_lower").then(short).otherwise(street)
    code = pl.when(kind == "parts_lower").then(spaced.str.to_lowercase()).otherwise(pl.col("postcode"))
    typed = pl.lit(None, dtype=pl.String)
    for name, expression in text.items():
        typed = pl.when(kind == name).then(expression).otherwise(typed)
    away = _elsewhere(count, rng)
    pinned = (kind == "pin") | (~parts & (kind != "text_unitless") & (pl.col("chance") < 0.5))
    columns = {
        "straatnaam": pl.when(~is_known).then(away["straatnaam"]).when(parts).then(street),
        "huisnummer": pl.when(~is_known).then(away["huisnummer"]).when(parts).then(number),
        "huisletter": pl.when(parts).then(pl.col("huisletter")),
        "huisnummertoevoeging": pl.when(parts).then(pl.col("huisnummertoevoeging")),
        "postcode": pl.when(~is_known).then(away["postcode"]).when(parts).then(code),
        "plaats": pl.when(~is_known).then(away["plaats"]).when(parts).then(place),
        "adres_tekst": pl.when(is_known).then(typed),
        "adresseerbaar_object_id": pl.when(kind.is_in(["parts_id", "text_id"])).then(pl.col("adresseerbaar_object_id")),
        "_object": pl.when(kind != "text_unitless").then(pl.col("adresseerbaar_object_id")),
        "_form": pl.when(is_known).then(kind.replace_strict(ADDRESS_FORMS)).otherwise(pl.lit("not_in_bag")),
    }
    if pins:
        columns |= {"lat": pl.when(pinned).then(_degrees("lat")), "lon": pl.when(pinned).then(_degrees("lon"))}
    return frame.select(expression.alias(name) for name, expression in columns.items())


def with_doubt(
    town: Town, places: pl.DataFrame, address: pl.Series, is_in_doubt: pl.Series, *, text: bool
) -> pl.DataFrame:
    """`places` (of `spell_addresses`); where `is_in_doubt` with an addition that the BAG does not have there.

    Such an address means no object for sure, and may mean the one at its number. `text`: it is typed in one column.
    """
    door = town.bag[address.fill_null(0)].select(
        "straatnaam",
        "postcode",
        huisnummer=pl.col("huisnummer").cast(pl.String),
        huisnummertoevoeging=pl.lit("bis"),
        plaats="woonplaats",
        _form=pl.lit("ambiguous"),
    )
    if text:
        typed = pl.format("{} {} bis, {} {}", "straatnaam", "huisnummer", "postcode", "plaats")
        door = door.select("_form", adres_tekst=typed)
    return places.with_columns(
        pl.when(is_in_doubt.fill_null(False))
        .then(door[name] if name in door.columns else None)
        .otherwise(pl.col(name))
        .alias(name)
        for name in places.columns
    )


def _degrees(column: str) -> pl.Expr:
    return pl.col(column).round(6).cast(pl.String)


def _elsewhere(count: int, rng: np.random.Generator) -> dict[str, pl.Series]:
    """Addresses in other municipalities."""
    which = rng.integers(0, len(words.ELSEWHERE), count)
    streets, codes, places = (np.array(column) for column in zip(*words.ELSEWHERE, strict=True))
    letters = np.array(list(words.POSTCODE_LETTERS))
    pair = letters[rng.integers(0, len(letters), (count, 2))]
    return {
        "straatnaam": pl.Series(streets[which]),
        "huisnummer": pl.Series(rng.integers(1, 300, count)).cast(pl.String),
        "postcode": pl.Series([f"{c}{a}{b}" for c, (a, b) in zip(codes[which], pair, strict=True)]),
        "plaats": pl.Series(places[which]),
    }
