"""Spellings of Dutch addresses as expressions: fold, then keys under which two spellings of one thing are equal."""

from __future__ import annotations

import polars as pl

from screening.base.word_lists import read_word_lists

_LISTS = read_word_lists("screening.matching.addresses", "spelling.yaml")


def _spelled_out(name: str) -> dict[str, str]:
    """Spelling -> what it stands for, of a list that has all spellings of each word."""
    return {short: word for word, shorts in _LISTS.by_kind(name).items() for short in shorts}


_LETTERS = _spelled_out("letters")
_TITLES = list(_LISTS.by_kind("titles"))
#: Word of a street name -> the word it stands for.
_WORDS = _spelled_out("titles") | _spelled_out("words")
_ENDS = _spelled_out("ends")
_SHORT_ENDS = pl.DataFrame({"end": list(_ENDS.values()), "short": list(_ENDS)})
_WHOLE_END = rf"({'|'.join(sorted(set(_ENDS.values())))})$"
_END = rf"({'|'.join(sorted(_ENDS, key=lambda end: (-len(end), end)))})$"

# Two names of one town that no folding brings together.
_TOWNS = {"denhaag": "sgravenhage", "denbosch": "shertogenbosch"}

#: What stands where a floor or a part of a house is named; read as a unit and never as a town.
UNIT_WORDS = (
    "hs|huis|bis|bs|bov|boven|bovenwoning|bovenhuis|ben|beneden|benedenwoning|benedenhuis|bg|bgg|begane grond"
    "|parterre|part|souterrain|sout|zwart|zw|rood|rd|links|rechts|achter|voor|kelder|zolder"
)


def fold(text: pl.Expr) -> pl.Expr:
    """Lower case, no diacritics, one kind of apostrophe, single spaces; null where nothing is left."""
    plain = text.str.normalize("NFKD").str.replace_all(r"\p{M}+", "").str.to_lowercase()
    plain = plain.str.replace_many(list(_LETTERS), list(_LETTERS.values()))
    plain = plain.str.replace_all(r"\s+", " ").str.strip_chars(" ")
    return pl.when(plain != "").then(plain)


def squeeze(folded: pl.Expr) -> pl.Expr:
    """Letters and digits only: the key under which case, spaces, dots and diacritics make no difference."""
    key = folded.str.replace_all(r"[^a-z0-9]+", "")
    return pl.when(key != "").then(key)


def street_words(folded: pl.Expr) -> pl.Expr:
    """The words of a folded street name as a list, abbreviated titles, articles and ordinals written out."""
    # 's and 't, with the apostrophe or without; an initial has a dot.
    plain = folded.str.replace_all(r"(^| )'?s[- ]", "${1}des ").str.replace_all(r"(^| )'?t ", "${1}het ")
    # No Dutch word begins with nw: "Nwstad" is Nieuwstad.
    plain = plain.str.replace_all(r"\bnw(e?[b-df-hj-np-tv-z][a-z])", "nieuw${1}")
    spaced = plain.str.replace_all(r"\bv[./ ]+d\b", "vd").str.replace_all(r"[^a-z0-9]+", " ").str.strip_chars(" ")
    return spaced.str.split(" ").list.eval(pl.element().replace(_WORDS))


def close_street(joined: pl.Expr) -> pl.Expr:
    """The variant key of a joined street name: an abbreviated end written out, y read as ij."""
    end = joined.str.extract(_END, 1)
    whole = joined.str.replace(_END, "") + end.replace(_ENDS)
    return pl.coalesce(whole, joined).str.replace_all("y", "ij", literal=True)


def abbreviated_ends(variants: pl.Series) -> pl.DataFrame:
    """One row a spelling with the end abbreviated of a street's variant key: street_variant, spelling."""
    ended = (
        variants.unique()
        .to_frame("street_variant")
        .with_columns(end=pl.col("street_variant").str.extract(_WHOLE_END, 1))
    )
    return ended.join(_SHORT_ENDS, on="end").select(
        "street_variant", spelling=pl.col("street_variant").str.strip_suffix(pl.col("end")) + pl.col("short")
    )


def street_variant(folded: pl.Expr) -> pl.Expr:
    """The key under which "Burg. Goudenln." and "Burgemeester Goudenlaan" are equal."""
    return close_street(street_words(folded).list.join(""))


def is_title(word: pl.Expr) -> pl.Expr:
    """Whether a written-out word of a street name is a person's title."""
    return word.is_in(_TITLES)


def town_key(folded: pl.Expr) -> pl.Expr:
    """The key of a folded town: without "gemeente", a province behind it ("(NH)", "Gld") and punctuation."""
    plain = folded.str.replace(r"^(?:te|in) ", "").str.replace(r"^(?:de )?(?:gemeente|gem\.?) ", "")
    plain = plain.str.replace(r"[ ,]*\(.*\)$", "").str.replace(r" (?:nh|zh|nb|gld|gd|ov|ut|lb|fr|gr|dr|fl|zld)$", "")
    return squeeze(plain).replace(_TOWNS)


def postcode_key(text: pl.Expr) -> pl.Expr:
    """A postcode as 1234AB; null where the text is none."""
    return text.str.to_uppercase().str.replace_all(r"[\s.\-]+", "").str.extract(r"^([0-9]{4}[A-Z]{2})$", 1)


def damaged_postcode(text: pl.Expr) -> pl.Expr:
    """What is written where a postcode stands, as letters and digits in capitals: null where it is a postcode."""
    code = text.str.to_uppercase().str.replace_all(r"[^0-9A-Z]+", "")
    return pl.when((code != "") & ~code.str.contains(r"^[0-9]{4}[A-Z]{2}$")).then(code)


def unit_key(folded: pl.Expr) -> pl.Expr:
    """Letter and addition as one key, "" for none. A break between two digits stays: 1-2 is not 12."""
    broken = folded.fill_null("")
    for _ in range(2):  # matches cannot overlap: 1-2-3 needs a second pass
        broken = broken.str.replace_all(r"([0-9])[^a-z0-9_]+([0-9])", "${1}_${2}")
    return broken.str.replace_all(r"[^a-z0-9_]+", "").str.to_uppercase()


def unit_variant(folded: pl.Expr) -> pl.Expr:
    """The key under which "2 hoog", "II", "2e etage" and "2" are equal, and so "hs" and "huis", "bis" and "BS"."""
    # "unit 3", "nr. 3"; "NO" alone is an addition of its own.
    named = r"\b(?:nr|nummer|no|unit|app|apt|appartement|kamer|toev|toevoeging)\b[. ]*([0-9a-z])"
    plain = folded.fill_null("").str.replace_all(named, " ${1}")
    plain = plain.str.replace_all(r"\b(?:eerste|1ste) (?:hoog|etage|verd)", "1 hoog").str.replace_all(
        r"\b(?:tweede|2de) (?:hoog|etage|verd)", "2 hoog"
    )
    plain = plain.str.replace_all(r"([0-9]+) ?(?:e|ste|de)? ?(?:hoog|etage|verdieping|verd|et)\b", "${1}")
    key = unit_key(plain)
    key = key.str.replace(r"(?:HUIS|HS|H)$", "HS").str.replace(r"(?:BIS|BS)$", "BS")
    key = key.str.replace(r"BOVEN(?:WONING|HUIS)?$", "BOV").str.replace(r"BENEDEN(?:WONING|HUIS)?$", "BEN")
    key = (
        key.str.replace(r"(?:BEGANEGROND|PARTERRE|PART|BGG)$", "BG")
        .str.replace(r"ZWART$", "ZW")
        .str.replace(r"ROOD$", "RD")
    )
    key = key.str.replace_all(r"(^|[A-Z_])0+([1-9])", "${1}${2}")
    roman = key.str.extract(r"^[A-HJ-UWYZ]?(I{1,3}|IV|VI{1,3})$", 1)
    arabic = roman.replace({"I": "1", "II": "2", "III": "3", "IV": "4", "VI": "6", "VII": "7", "VIII": "8"})
    return pl.coalesce(key.str.replace(r"(?:I{1,3}|IV|VI{1,3})$", "") + arabic, key)


def is_ground(variant: pl.Expr) -> pl.Expr:
    """Whether a unit's variant key names the ground floor as a whole: hs, bg or beneden."""
    return variant.is_in(["HS", "BG", "BEN"])
