"""Names as keys: fold the spelling, split a person's name, strip an organisation's legal form. Display stays apart."""

from __future__ import annotations

import re
import unicodedata

import polars as pl

from screening.base.vocabulary import PartyKind
from screening.base.word_lists import read_word_lists

_LISTS = read_word_lists("screening.matching.parties", "names.yaml")
#: Letters that NFKD leaves whole -> their plain spelling.
FOLDED_LETTERS = {letter: plain for plain, letters in _LISTS.by_kind("letters").items() for letter in letters}
#: Words before a family name that say little about it and move about ("Vries, J. de").
PREFIXES = _LISTS.words("prefixes")

#: Titles and forms of address, taken off only where a name follows. "Ing" and "Ir" without a dot are names as well.
_TITLE_WORDS = ("dhr", "mevr", "mw", "mej", "dr", "drs", "mr", "prof", "de heer", "mevrouw")
_TITLES = rf"(?:{'|'.join(_TITLE_WORDS)})\b\.?|(?:ing|ir)\."

#: "Trading as", in the spellings that permit files use; whatever follows is a trade name.
TRADING_AS = (
    r"(?i)[\s,(]*\b(?:t[./]?)?h\s*[./]?\s*o\s*[./]?\s*d\s*[./]?\s*n\b[./]?\s*:?\s*"
    r"|(?i)[\s,(]*\b(?:tevens\s+)?handelend\s+onder\s+de\s+(?:handels)?naam\b\s*:?\s*"
)

#: Legal forms as single tokens; dots are taken out before.
LEGAL_FORM_TOKENS = _LISTS.words("legal_forms")

#: Legal forms written out -> the token that stands for them.
WRITTEN_FORMS = {
    words.replace("_", " "): token for token, forms in _LISTS.by_kind("written_forms").items() for words in forms
}

#: Dotted forms, joined before the dots go: a dot is asked for, so that a plain "b v" stays what it is.
_DOTTED_FORMS: tuple[tuple[str, str], ...] = (
    *(
        (r"\b" + r"\.\s?".join(form) + r"\b\.?", f" {form} ")
        for form in ("vof", "bv", "nv", "cv", "ua", "ba", "wa", "io")
    ),
    (r"\bsp\.?\s?z\.?\s?o\.?\s?o\b\.?", " spzoo "),
)

#: Words that companies of one group vary ("X Beheer", "X Exploitatie"): left out of the weaker key only.
SECONDARY_TOKENS = _LISTS.words("secondary")
#: Words of trades and premises: they make a name look like a business and tell two businesses apart badly.
BUSINESS_WORDS = _LISTS.words("business")

_ARTICLES: tuple[str, ...] = ("de", "het", "een", "t")
_ANY_PREFIX = "|".join(PREFIXES)
#: A prefix in the middle starts the family name; those that are given names as well ("Al", "In", "Tot") do not.
_SPLIT_PREFIX = "van|de|der|den|het|ter|ten|te|von|zu|el|t|du|vd|vande|vanden|vander"
#: Words of names that only lack their marks to be a prefix ("Văn", "Tế"): a prefix is written plainly, so these are
#: names. Within `split_person` they end in _NAME, in a key they have a breve on their first vowel.
_NAME = "ʹ"
_BREVE = {word: re.sub("[aeiou]", lambda vowel: vowel[0] + "\u0306", word, count=1) for word in PREFIXES}
_NAME_SPELLED = {word: unicodedata.normalize("NFC", marked) for word, marked in _BREVE.items() if marked != word}
_MARKED_PREFIX = "|".join(
    rf"{word[:length]}\p{{M}}+" + "".join(rf"{letter}\p{{M}}*" for letter in word[length:])
    for word in _NAME_SPELLED
    for length in range(1, len(word) + 1)
)
#: The plain ways to write a name, in lower case: "jan de vries", "j.p. de vries", "vries, j.p. de". Which letters are
#: initials and which words belong to the family name needs no reading, unless one of _TELLING is among them.
_INFIX = "(?: (?:van|de|der|den|het|ter|ten|te|von|zu|el|du|vd|vande|vanden|vander))*"
_PLAIN_NAME = (
    rf"^(?:(?:((?:[a-z]\.)+|[a-ru-z]|[a-z]{{2,}}(?: [a-z]{{2,}})*?){_INFIX} )?([a-z]{{2,}})"
    rf"|([a-z]{{2,}}), ((?:[a-z]\.)+){_INFIX})$"
)
_TELLING = "|".join(
    (*(word for word in PREFIXES if len(word) > 1), *_TITLE_WORDS, "dn", "odn", "hodn", "thodn", "handelend")
)


def fold_name(text: pl.Expr) -> pl.Expr:
    """The text in lower case, without diacritics, with one kind of apostrophe and dash. Digits and dots stay."""
    plain = text.str.to_lowercase().str.replace_many(FOLDED_LETTERS).map_batches(_unmarked, return_dtype=pl.String)
    return plain.str.replace_all(r"\s+", " ").str.strip_chars()


def _unmarked(plain: pl.Series) -> pl.Series:
    # few names are not ASCII, and looking for marks is dear
    rows = (plain.str.len_bytes() > plain.str.len_chars()).fill_null(False).arg_true()
    marked = plain.gather(rows).str.normalize("NFKD").str.replace_all(r"\p{M}", "")
    # "İ" lower-cases to i + a mark, and NFKD itself can bring back a letter of the table (ligatures, full width).
    return plain.scatter(rows, marked.str.to_lowercase().str.replace_many(FOLDED_LETTERS))


def without_trade_name(text: pl.Expr) -> pl.Expr:
    """What stands before "h.o.d.n." (the person or company that trades under the name)."""
    return _blank_to_null(text.str.replace(rf"(?s)(?:{TRADING_AS}).*$", ""))


def trade_name_after(text: pl.Expr) -> pl.Expr:
    """What stands after "h.o.d.n.", or null."""
    cut = text.str.replace(TRADING_AS, "\x00", literal=False)
    return _blank_to_null(cut.str.splitn("\x00", 2).struct[1].str.strip_chars(" ()\t,"))


def organisation_text(text: pl.Expr) -> pl.Expr:
    """A trade or statutory name folded, without punctuation, its legal form as one word."""
    plain = fold_name(text)
    for pattern, form in _DOTTED_FORMS:
        plain = plain.str.replace_all(pattern, form)
    plain = plain.str.replace_all("'", "").str.replace_all(r"[.]", "").str.replace_all(r"[&+]", " en ")
    plain = plain.str.replace_all(r"[^\p{L}\p{N}]+", " ").str.strip_chars()
    # at the end they are forms, elsewhere words ("Limited Edition")
    plain = plain.str.replace(r" (?:limited|corporation|incorporated)$", " ltd")
    return plain.str.replace_many(WRITTEN_FORMS, leftmost=True)


def organisation_key(text: pl.Expr) -> pl.Expr:
    """Key of a trade or statutory name: folded, without punctuation and legal form. All that is left if nothing is."""
    # an expression that is named twice is worked out twice: as a function of what was worked out it is not
    return organisation_text(text).map_batches(_without_legal_form, return_dtype=pl.String)


def _without_legal_form(plain: pl.Series) -> pl.Series:
    name = pl.col(plain.name)
    return plain.to_frame().select(
        pl.coalesce(_blank_to_null(_without_words(name, LEGAL_FORM_TOKENS)), _blank_to_null(name)).alias(plain.name)
    )[plain.name]


def organisation_core(key: pl.Expr) -> pl.Expr:
    """The weaker key of an `organisation_key`: without Holding, Beheer and the like, and without articles."""
    return pl.coalesce(_blank_to_null(_without_words(key, SECONDARY_TOKENS + _ARTICLES)), key)


def squashed_key(key: pl.Expr) -> pl.Expr:
    """An `organisation_key` without "en", "and" and blanks ("R&D", "RD", "R en D" are one); itself if none is left."""
    joined = _without_words(key, ("en", "and")).str.replace_all(" ", "", literal=True)
    return pl.coalesce(_blank_to_null(joined), key)


def distinctive_part(key: pl.Expr) -> pl.Expr:
    """What tells a business from others of its trade: the core without trade words; the key where nothing is left."""
    return pl.coalesce(_blank_to_null(_without_words(key, BUSINESS_WORDS + SECONDARY_TOKENS + _ARTICLES)), key)


def has_certain_legal_form(plain: pl.Expr) -> pl.Expr:
    """Whether a legal form is in an `organisation_text` that can be nothing else (vof, stichting), at either end."""
    words = r"vof|stichting|vereniging|cooperatie|cooperatieve|cooperatief|maatschap|gmbh|ltd|llc|bvba|spzoo"
    return plain.str.contains(rf"^(?:{words})\b|\b(?:{words})(?: ua| ba| wa| io)?$").fill_null(False)


def has_company_suffix(plain: pl.Expr) -> pl.Expr:
    """Whether an `organisation_text` ends in bv, nv or cv. So can initials ("Bakker B.V."), at the start always."""
    return plain.str.contains(r" (?:bv|nv|cv)(?: io)?$").fill_null(False)


def has_business_word(plain: pl.Expr) -> pl.Expr:
    """Whether a word of a trade or of premises is in an `organisation_text`."""
    words = "|".join(BUSINESS_WORDS + SECONDARY_TOKENS)
    return plain.str.contains(rf"\b(?:{words})\b").fill_null(False)


def has_initials(text: pl.Expr) -> pl.Expr:
    """Whether the name has the shape of a person's with initials: "J.P. de Vries", "Vries, J. de", "Vries J.P."."""
    plain = fold_name(text)
    return (
        plain.str.contains(r"^(?:[a-z]\.\s?)+[^.]{2,}$") | plain.str.contains(r"^[^.]{2,}?,? (?:[a-z]\.\s?)+[^.]*$")
    ).fill_null(False)


def split_person(names: pl.DataFrame, column: str) -> pl.DataFrame:
    """Parts of persons' names: one row per row of `names`, to be called on distinct names.

    Adds `family` (folded tokens without prefixes, unless there are only prefixes), `given` (tokens, an initial as
    "j.") and `initials` (first letters of `given`, in order).
    """
    # "T Nguyen": in capitals amid small letters it is an initial, and no "'t"
    written = pl.col(column).str.replace_all(r"(^|[\s,])([ST])($|[\s,])", "${1}${2}.${3}")
    written = pl.when(pl.col(column).str.contains(r"\p{Ll}")).then(written).otherwise(pl.col(column))
    parts = names.with_columns(_text=without_trade_name(written))
    # what is all plain letters needs none of this, and only what is not ASCII can have marks: looking for them is dear
    odd = parts.select("_text").filter(~pl.col("_text").str.contains("^[A-Za-z ]*$")).unique()
    marked = odd.filter(pl.col("_text").str.len_bytes() > pl.col("_text").str.len_chars())
    odd = odd.join(marked.with_columns(_told=_with_names_told(pl.col("_text"))), on="_text", how="left")
    text = fold_name(pl.coalesce("_told", "_text")).str.replace_all(r"\(.*?\)", " ")
    text = text.str.replace_all(r"(^|[\s,])'([a-z])\b", "${1} ${2}").str.replace_all("'", "")
    text = text.str.replace_all(rf"{_NAME}([\p{{L}}\p{{N}}])", "${1}")  # glued, it is a prefix no more
    text = (
        text.str.replace_all(r"[^\p{L}\p{N}.,]+", " ")
        .str.replace_all(r"\.[\s.]*", ". ")
        .str.replace_all(r"\s*,[\s,.]*", ", ")
    )
    parts = parts.join(odd.select("_text", _folded=text), on="_text", how="left", maintain_order="left")
    text = pl.coalesce("_folded", pl.col("_text").str.to_lowercase())
    # a lone letter without its dot is an initial too, but for 't and the like, which were split off above
    text = text.str.replace_all(r"\b([a-ru-z])(?:$|([ ,]))", "${1}. ${2}").str.replace_all(r"\s+", " ")
    # a comma at the end stays: it says that all before it is the family name
    text = text.str.replace_all(r" ([,.])", "${1}").str.strip_chars_start(" ,.").str.strip_chars_end(" ")
    text = text.str.replace_all(rf"\b(?:(?:{_TITLES}) )+([\p{{L}}\p{{N}}])", "${1}")
    readings = parts.with_columns(_text=text).with_columns(
        _comma=pl.col("_text").str.extract_groups(r"^(?<family>[^,]*),(?<given>.*)$"),
        _first=pl.col("_text").str.extract_groups(r"^(?<given>.*\.) (?<family>[^.]*\p{L}{2}[^.]*)$"),
        _last=pl.col("_text").str.extract_groups(r"^(?<family>[^.]*\p{L}{2}[^.]*?) (?<given>(?:[a-z]{1,4}\. ?)+)$"),
        # a prefix in front says that the family name comes first ("van den Berg Anna")
        _lead=pl.col("_text").str.extract_groups(rf"^(?:(?:{_ANY_PREFIX}) )+(?<family>[^ ]+)(?: (?<given>.*))?$"),
        _prefix=pl.col("_text").str.extract_groups(rf"^(?<given>.+?) (?<family>(?:{_SPLIT_PREFIX}) .+)$"),
        _plain=pl.col("_text").str.extract_groups(r"^(?:(?<given>.*) )?(?<family>\S+)$"),
    )
    order = ("_comma", "_first", "_last", "_lead", "_prefix", "_plain")
    loose_prefixes = rf"( (?:{_ANY_PREFIX}))+$|^((?:{_ANY_PREFIX})(?: |$))+"
    split = readings.with_columns(
        _family=pl.coalesce(pl.col(name).struct.field("family") for name in order),
        _given=pl.coalesce(
            pl.when(pl.col(name).struct.field("family").is_not_null()).then(
                pl.col(name).struct.field("given").fill_null("")
            )
            for name in order
        ),
    ).with_columns(
        _given=pl.col("_given").str.replace_all("[ ,]+", " ").str.strip_chars(" ").str.replace_all(loose_prefixes, "")
    )
    family = pl.col("_family").str.extract_all(r"[\p{L}\p{N}]+")
    kept = family.list.filter(~pl.element().is_in(PREFIXES))
    given = (
        pl.col("_given")
        .str.extract_all(r"[\p{L}\p{N}]+\.?")
        .list.eval(
            pl.when(pl.element().str.ends_with("."))
            .then(pl.element().str.head(1) + ".")
            .otherwise(pl.element().str.strip_chars_end(_NAME))
        )
    )
    kept = pl.when(kept.list.len() > 0).then(kept).otherwise(family)
    return split.with_columns(
        family=kept.list.eval(pl.element().str.strip_chars_end(_NAME)),
        given=given,
        initials=given.list.eval(pl.element().str.head(1)).list.join(""),
    ).drop("_text", "_folded", "_family", "_given", *order)


def person_key() -> pl.Expr:
    """Normal form of a name split by `split_person`: "vries, jan" or "vries, j. p."; it normalises to itself.

    A family name of several words without given names ends in a comma, without which its last word alone would be one.
    """
    marked = (list(_NAME_SPELLED), list(_NAME_SPELLED.values()))
    given, words = (
        pl.col(part).list.eval(pl.element().replace(*marked)).list.join(" ") for part in ("given", "family")
    )
    # nothing but prefixes is read as a name without a mark
    is_prefix = pl.col("family").list.eval(pl.element().is_in(PREFIXES)).list.all()
    family = pl.when(is_prefix).then(pl.col("family").list.join(" ")).otherwise(words)
    key = (
        pl.when(given.str.len_chars() > 0)
        .then(family + ", " + given)
        .when(pl.col("family").list.len() > 1)
        .then(family + ",")
        .otherwise(family)
    )
    return _blank_to_null(key)


def unmarked_key(key: pl.Expr) -> pl.Expr:
    """A `person_key` without the marks by which words are told from prefixes."""
    return key.str.replace_many(["ă", "ĕ", "ĭ", "ŏ", "ŭ"], ["a", "e", "i", "o", "u"])


def normalise_names(mentions: pl.DataFrame) -> pl.DataFrame:
    """The frame with `name_normalised`, by `kind`; needs `name` and `kind`. Null where there is no name."""
    named = mentions.select("name", _is_person=pl.col("kind") == PartyKind.PERSON)
    others = named.filter(~pl.col("_is_person")).select("name").drop_nulls().unique()
    keys = pl.concat(
        [
            person_keys(named.filter("_is_person")["name"]).with_columns(_is_person=True),
            others.select("name", name_normalised=organisation_key(pl.col("name")), _is_person=False),
        ]
    )
    keyed = named.join(keys, on=["name", "_is_person"], how="left", maintain_order="left")
    return mentions.with_columns(keyed["name_normalised"])  # a join copies all columns that it is given


def person_keys(names: pl.Series) -> pl.DataFrame:
    """The `person_key` of each distinct name: `name`, `name_normalised`."""
    name, key = pl.col("name"), pl.col("_key")
    written = pl.DataFrame({"name": names.unique().drop_nulls()}).with_columns(_key=name.str.to_lowercase())
    is_plain = (name.str.len_bytes() == name.str.len_chars()) & key.str.contains(_PLAIN_NAME)
    written = written.with_columns(_is_plain=is_plain)
    plain = written.filter("_is_plain").with_columns(key.str.replace(_PLAIN_NAME, "${2}${3}, ${1}${4}"))
    plain = plain.with_columns(_is_plain=~key.str.contains(rf"\b(?:{_TELLING})\b|h\.o\.d\.n\."))
    keyed = key.str.replace_all(".", ". ", literal=True).str.replace(r"(, [a-z])$", "${1}.").str.strip_chars_end(", ")
    rest = pl.concat([written.filter(~pl.col("_is_plain")), plain.filter(~pl.col("_is_plain"))]).select("name")
    return pl.concat(
        [
            plain.filter("_is_plain").select("name", name_normalised=keyed),
            split_person(rest, "name").select("name", name_normalised=person_key()),
        ]
    )


def _with_names_told(text: pl.Expr) -> pl.Expr:
    """The text in which each word that its marks tell from a prefix ends in _NAME, without its marks or with."""
    apart = text.str.to_lowercase().str.normalize("NFKD").str.replace_all(_NAME, "", literal=True)
    marked = apart.str.replace_all("đ", "d\u0335", literal=True).str.replace_all(
        rf"\b(?:{_MARKED_PREFIX})\b", "${0}" + _NAME
    )
    return marked.str.replace_all(_NAME + ".", ".", literal=True)


def _without_words(text: pl.Expr, words: tuple[str, ...]) -> pl.Expr:
    # each word gets spaces of its own, so that one that is left out takes none from its neighbour
    spaced = " " + text.str.replace_all(" ", "  ", literal=True) + " "
    kept = spaced.str.replace_many([f" {word} " for word in words], [""])
    return kept.str.replace_all("  ", " ", literal=True).str.strip_chars(" ")


def _blank_to_null(text: pl.Expr) -> pl.Expr:
    # an expression that is named twice is worked out twice, with all that it is made of
    return text.str.strip_chars().replace("", None)
