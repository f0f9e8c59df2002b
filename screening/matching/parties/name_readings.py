"""The ways in which a person's name can be read: which word is the family name, which letters are the initials."""

from __future__ import annotations

import polars as pl

from screening.matching.parties.names import unmarked_key

#: A prefix written onto the family name ("Vandenberg", "Elamrani").
GLUED_PREFIX = r"^(?:vander|vanden|vande|vant|van|opden|inden|inder|int|den|der|de|ter|ten|te|el|al|ben)([a-z]{3,})$"

#: One sound in the spellings of several hands and languages. They meet as a slip, never as equals.
_SOUNDS: dict[str, str] = {
    "sch": "s",
    "sh": "s",
    "sz": "s",
    "tsj": "c",
    "tch": "c",
    "tj": "c",
    "cz": "c",
    "kh": "c",
    "ch": "c",
    "dj": "j",
    "oe": "u",
    "ou": "u",
    "ue": "u",
    "ij": "i",
    "y": "i",
    "ph": "f",
    "ck": "k",
    "w": "v",
    "z": "s",
    "th": "t",
    "gh": "g",
}
#: A key of one family name, alone or before one given name in full or initials, as most are.
_PLAIN_KEY = r"^[a-z]+(?:, (?:[a-z]{2,}|[a-z]\.(?: [a-z]\.)*))?$"
_AS_WRITTEN = pl.lit(None, dtype=pl.String)
_DOUBLED: dict[str, str] = {letter * 2: letter for letter in "abcdefghijklmnopqrstuvwxyz"}

#: What a reading consists of: list columns of the settings whose k-th values belong together.
READING: tuple[str, ...] = (
    "family",
    "sound",
    "start",
    "head",
    "tail",
    "spelt",
    "single",
    "first",
    "plain_first",
    "full",
    "ends",
    "undoubled",
    "spelled",
    "letters",
    "reading",
)


def name_readings(names: pl.Series) -> pl.DataFrame:
    """The ways in which normalised names of persons (`person_key`) can be read: one row a name and reading.

    `name` and READING. Of the family name: `family`; `sound`: as it sounds, `start` its first letter; `head`, `tail`:
    its first and last letters as written; `spelt`: where it may have slips, `single` where it is one word too. Of the
    given names: `first` in full (`plain_first` unless it was guessed), `ends` its outer letters, `undoubled`
    with doubled letters as one; `full`: all in full, sorted, where there are several; `spelled`: all initials, sorted;
    `letters`: the distinct ones.
    `reading`: null as the name is written; "part": one word of a family name of several; "guess": names in full carry
    no sign of their order, so any word may be the family name. The latter two have to fit without a slip.
    """
    keys = pl.DataFrame({"name": names.unique().drop_nulls()})
    keys = keys.with_columns(_is_plain=pl.col("name").str.contains(_PLAIN_KEY))
    rows = [*_of_plain(keys.filter("_is_plain")), *_of_others(keys.filter(~pl.col("_is_plain")))]
    # a reading that comes twice is taken once where the columns are encoded
    return _derived(pl.concat([part.select("name", "family", "initials", "full", "reading") for part in rows]))


def _of_plain(keys: pl.DataFrame) -> list[pl.DataFrame]:
    """The readings of keys of one family name and either one given name in full or initials: without lists."""
    parts = pl.col("name").str.splitn(", ", 2)
    given = parts.struct[1].fill_null("")
    is_full = (given != "") & ~given.str.ends_with(".")
    whole = keys.select(
        "name",
        family=parts.struct[0],
        full=pl.when(is_full).then(given).otherwise(pl.lit("")),
        initials=pl.when(is_full).then(given.str.head(1)).otherwise(given.str.replace_all("[. ]", "")),
        reading=_AS_WRITTEN,
    )
    swapped = whole.filter(pl.col("full") != "").with_columns(
        family="full", full="family", initials=pl.col("family").str.head(1), reading=pl.lit("guess")
    )
    return [whole, _unglued(whole), swapped]


def _unglued(whole: pl.DataFrame) -> pl.DataFrame:
    return whole.with_columns(pl.col("family").str.extract(GLUED_PREFIX)).drop_nulls("family")


def _of_others(keys: pl.DataFrame) -> list[pl.DataFrame]:
    parts = unmarked_key(pl.col("name")).str.split_exact(", ", 1)
    given = pl.col("_given")
    written = keys.with_columns(
        words=parts.struct[0].str.strip_chars(",").str.split(" "),
        _given=parts.struct[1].fill_null("").str.extract_all(r"\S+"),
    )
    written = written.with_columns(
        initials=given.list.eval(pl.element().str.head(1)).list.join(""), full=_in_full(given)
    )
    # a name behind initials is not the first: "W.M. Prus" is no other person than "Wojciena"
    full = pl.when(~given.list.first().str.ends_with(".")).then("full").fill_null("")
    joined = pl.col("words").list.sort().list.join(" ")
    as_written = pl.col("words").list.join(" ")
    whole = written.select("name", "initials", full, family=joined, reading=_AS_WRITTEN)
    several = written.filter(pl.col("words").list.len() > 1)
    # Sorted, the words of one name stand in one order; with a slip in a first letter only the order as written is one.
    unsorted = several.filter(as_written != joined).select(
        "name", "initials", full, family=as_written, reading=_AS_WRITTEN
    )
    halves = several.explode("words").select("name", "initials", full, family="words", reading=pl.lit("part"))
    return [whole, unsorted, halves, _unglued(whole), *_guesses(written)]


def _in_full(given: pl.Expr) -> pl.Expr:
    """The given names that are no initials, as one text."""
    return given.list.filter(~pl.element().str.ends_with(".")).list.join(" ")


def _guesses(written: pl.DataFrame) -> list[pl.DataFrame]:
    """The readings against the sign: other words than the last as family name, and family names of one word more."""
    given, words = pl.col("_given"), pl.col("words")
    in_full = written.filter(pl.col("full") != "").with_columns(family_letter=words.list.sort().list.first())
    in_full = in_full.with_columns(pl.col("family_letter").str.head(1))
    place = pl.col("place")
    swapped = (
        in_full.with_columns(place=pl.int_ranges(given.list.len()), family=given)
        .explode("place", "family")
        .filter(~pl.col("family").str.ends_with("."))
        .with_columns(
            rest=pl.concat_list(given.list.slice(0, place), given.list.slice(place + 1), words),
            initials=pl.concat_str(
                pl.col("initials").str.slice(0, place), pl.col("initials").str.slice(place + 1), "family_letter"
            ),
        )
    )
    # "Văn Lan Ngô Hữu" beside "V.L. Ngô Hữu": only with the comma, or initials before it, is the family name marked off
    more = in_full.filter(given.list.len() > 1)
    is_one_word = words.list.len() == 1
    # after initials it can be a word that belongs in front of any family name: "Nguyễn Đình, H.T. Tôn"
    is_behind = given.list.get(-2).str.ends_with(".")
    last = more.filter(~given.list.last().str.ends_with(".") & (is_one_word | is_behind)).with_columns(
        family=pl.concat_list(given.list.last(), words).list.sort().list.join(" "),
        rest=given.list.head(given.list.len() - 1),
        initials=pl.col("initials").str.head(-1),
    )
    first = more.filter(
        is_one_word & ~given.list.get(0).str.ends_with(".") & ~given.list.get(1).str.ends_with(".")
    ).with_columns(
        family=given.list.head(2).list.sort().list.join(" "),
        rest=pl.concat_list(given.list.slice(2), words),
        initials=pl.col("initials").str.slice(2) + pl.col("family_letter"),
    )
    return [
        part.select("name", "family", "initials", full=_in_full(pl.col("rest")), reading=pl.lit("guess"))
        for part in (swapped, last, first)
    ]


def _derived(read: pl.DataFrame) -> pl.DataFrame:
    families = read.select("family").unique()
    sound = pl.col("family").str.replace_many(_SOUNDS, leftmost=True)
    for _ in range(2):
        sound = sound.str.replace_many(_DOUBLED)
    families = families.with_columns(sound=sound, head=pl.col("family").str.head(1), tail=pl.col("family").str.tail(3))
    one_word = pl.when(~pl.col("family").str.contains(" ", literal=True)).then("family")
    families = families.with_columns(start=pl.col("sound").str.head(1), written="family", single=one_word)
    letters = pl.col("initials").str.split("").list.sort()
    initials = (
        read.select("initials")
        .unique()
        .with_columns(spelled=letters.list.join(""), letters=letters.list.unique().list.sort().list.join(""))
    )
    words = pl.col("full").str.split(" ")
    given = (
        read.select("full")
        .unique()
        .with_columns(
            first=words.list.first().replace("", None),
            sorted=pl.when(words.list.len() > 1).then(words.list.sort().list.join(" ")),
        )
    )
    given = given.with_columns(
        ends=pl.col("first").str.head(1) + pl.col("first").str.tail(1),
        undoubled=pl.col("first").str.replace_many(_DOUBLED),
    )
    is_plain, is_unguessed = pl.col("reading").is_null(), pl.col("reading").ne_missing("guess")
    return (
        read.join(_in_categories(families, "family"), on="family", how="left")
        .join(_in_categories(initials, "initials"), on="initials", how="left")
        .join(_in_categories(given, "full"), on="full", how="left")
        .with_columns(
            **{name: pl.when(is_plain).then(name) for name in ("sound", "start", "head", "tail", "single")},
            family="written",
            spelt=pl.when(is_plain).then("written"),
            plain_first=pl.when(is_unguessed).then("first"),
            undoubled=pl.when(is_unguessed).then("undoubled"),
            full="sorted",
        )
        .select("name", *READING)
    )


def _in_categories(parts: pl.DataFrame, key: str) -> pl.DataFrame:
    """The texts but for the key as categories: told apart here, once each, and of four bytes in every reading."""
    return parts.with_columns(pl.exclude(key).cast(pl.Categorical(pl.Categories.random())))
