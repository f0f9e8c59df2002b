"""Written addresses taken apart: street, number, unit, postcode and town, from fields or from a line of text."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import polars as pl

from screening.base.frames import conform, read_distinct, schema_of
from screening.matching.addresses import spelling

#: The columns an address is written in.
WRITTEN = ("straatnaam", "huisnummer", "huisletter", "huisnummertoevoeging", "postcode", "plaats", "adres_tekst")

#: What `parse` returns: one row a part; a text that names two addresses has two.
PARTS = schema_of(
    "qid part street street_tail tail_town number number_to is_list unit postcode code postcode_digits town is_near "
    "is_post_box",
    qid=pl.UInt32(),
    part=pl.UInt32(),
    number=pl.Int64(),
    number_to=pl.Int64(),
    is_list=pl.Boolean(),
    is_near=pl.Boolean(),
    is_post_box=pl.Boolean(),
)

# Words that place something near an address, or at none: the number behind them is not the address.
_NEAR = (
    r"\b(?:tegenover|nabij|naast|ongenummerd|hoek|kruising|ter hoogte van|t\.?h\.?v\.?|t\.o\.|t/o|ong\.?|o\.n\.g\.?)"
    r"(?:\W|$)"
    r"|\b(?:achter|voor|bij|langs|to) (?:nr\.?|nummer|huisnummer|no\.?|perceel|pand)? ?[0-9]"
)
_BOX = r"\b(?:post ?bus|postbox|po box|antwoordnummer)\b"
# "9611 nl" ends in the letters of a postcode, not in a country: what stands before "nl" is then no digit.
_COUNTRY = r"(?:[ ,]*\b(?:nederland|the netherlands|netherlands|holland)|([^0-9 ,])[ ,]+nl|([0-9]),[ ,]*nl)\.?$"
_NUMBER = r"(?:\b(?:nr|nummer|huisnummer|huisnr|no)\b[. ]*)?"
_FLOOR = r"[0-9]{1,2} ?(?:e|ste|de)? ?(?:hoog|etage|verdieping|verd\b\.?|et\b\.?)"
_NAMED_UNIT = r"(?:unit|app|apt|appartement|kamer|toev|toevoeging|nr|no)\b[. ]*[0-9a-z]{1,4}\b"
_CODE = r"[a-z]{0,3}[0-9]{1,4}[a-z]?\b|(?:i{1,3}|iv|vi{1,3})\b|[a-z]\b"
_UNIT = rf"(?:{_FLOOR}|{_NAMED_UNIT}|(?:{spelling.UNIT_WORDS})\b|{_CODE})"
# A hyphen straight behind the number ties whatever follows to it: "12-wox".
_UNIT_START = rf"(?: ?-(?:{_FLOOR}|(?:{spelling.UNIT_WORDS})\b|[a-z0-9]+\b)[ ./-]*|[ ./,:-]*)"
_UNITS = rf"^({_UNIT_START}(?:{_UNIT}[ ./-]*)*)(.*)$"
_RANGE = r"^ ?(?:[-–/]|t ?/? ?m|tot en met|tot) ?([0-9]{1,5})\b"
_LIST = r"^ ?[a-z]?,? ?(?:en|&|\+) ?(?:nr\.? ?)?([0-9]{1,5})\b"
# Numbers alone behind an address: "Kerkstraat 5, 7 en 9".
_MORE = r"^[0-9]{1,5}[a-z]?(?: ?(?:en|&|\+) ?[0-9]{1,5}[a-z]?)*$"
_STREET = rf"^(.*?[a-z][^0-9]*?)[ .]*{_NUMBER}([0-9]{{1,5}})((?:[^0-9].*)?)$"
_SWAPPED = r"^([0-9]{1,5})(-?[a-z]?(?:-[a-z0-9]{1,5})?) +([a-z'][^0-9]{3,})$"
# What is left of a postcode with a sign too many, too few or another; "123hs" is a number with its unit.
_DAMAGED = (
    r"(?:[0-9]{4}[a-z]|[0-9]{4} ?[a-z]{3}|[0-9]{3}[a-z]{2}|[0-9]{1,3}[a-z][0-9]{1,3} ?[a-z]{2}|[0-9]{3}o ?[a-z]{2}"
    r"|[0-9]{5} ?[a-z]{2})"
)
_NUMBER_AND_UNIT = r"#[0-9]{3}(?:hs|bg|bs|zw|rd) "
# It stands in front of all, behind a comma or behind a house number: behind a street it is the house number.
_BEFORE_CODE = r"(^|, *|[0-9][a-z0-9/-]{0,6} (?:[a-z] )?)"
# What stands before a street in a sentence; longest lead first since the match is greedy.
_DIGITS = r"^([0-9]{4})(?:[^0-9]|$)"
_LEAD = (
    r"^.*(?:\b(?:aan|op|in|te|adres|locatie|pand|perceel|woning|gelegen|gevestigd|van)\b(?: (?:de|het|een))?|:) *(.+)$"
)
# A first word that may be a misspelt town.
_WORD_LEAD = r"^(?:gem\.? |gemeente )?([a-z'-]{4,}) (.+)$"
#: Written addresses that are not worth a thread of their own.
_LEAST_OF_THREAD = 20_000


def parse(written: pl.DataFrame, towns: list[str]) -> pl.DataFrame:
    """The parts of written addresses (PARTS): `written` has qid and the WRITTEN columns as text.

    An address in fields is read from its fields; otherwise from `adres_tekst`. `street_tail` is the street without
    the sentence before it. `towns`: folded names of the towns that the BAG knows.
    """
    # each address is read by itself, and most of it is patterns on one column, which Polars reads in one thread
    share = max(_LEAST_OF_THREAD, -(-written.height // pl.thread_pool_size()))
    if written.height <= share:
        return _parsed(written, towns)
    with ThreadPoolExecutor(pl.thread_pool_size()) as threads:
        return pl.concat(threads.map(lambda rows: _parsed(rows, towns), written.iter_slices(share)))


def _parsed(written: pl.DataFrame, towns: list[str]) -> pl.DataFrame:
    lines = pl.col("adres_tekst").str.replace_all(r"[\r\n\t]+", ", ")
    unfolded = {name: pl.col(name) for name in WRITTEN} | {"adres_tekst": lines}
    folds = [
        read_distinct(written.select(name), [name], folded=spelling.fold(text))["folded"].alias(name)
        for name, text in unfolded.items()
    ]
    folded = written.select("qid", *folds).with_columns(
        pl.col("huisnummer").str.replace(r"\.0+$", "").replace("0", None)
    )
    # An export that repeats the letter behind the number ("12A", "A") means one A.
    is_repeated = pl.col("huisnummer").str.ends_with(pl.col("huisletter"))
    letter = pl.when(pl.col("huisnummer").is_null() | ~is_repeated).then("huisletter")
    folded = folded.with_columns(
        house=pl.concat_str(["huisnummer", letter, "huisnummertoevoeging"], separator=" ", ignore_nulls=True),
        in_fields=pl.col("huisnummer").str.contains(r"^\D*[0-9]").fill_null(False)
        & (pl.col("straatnaam").is_not_null() | pl.col("postcode").is_not_null()),
    )
    fields = _from_fields(folded.filter("in_fields"))
    texts = _from_texts(folded.filter(~pl.col("in_fields")), towns)
    return pl.concat([conform(fields, PARTS), conform(texts, PARTS)]).sort("qid", "part")


def _from_fields(folded: pl.DataFrame) -> pl.DataFrame:
    rest = pl.col("house").str.extract(r"^\D*[0-9]{1,5}((?:\D.*)?)$", 1)
    street = pl.col("straatnaam").fill_null("")
    fields = folded.lazy().select(
        "qid",
        part=pl.lit(0),
        street=pl.col("straatnaam"),
        number=pl.col("house").str.extract(r"^\D*([0-9]{1,5})(?:\D|$)", 1).cast(pl.Int64),
        number_to=pl.coalesce(rest.str.extract(_RANGE, 1), rest.str.extract(_LIST, 1)).cast(pl.Int64),
        is_list=rest.str.contains(_LIST),
        unit=rest.str.strip_chars(" -/.,:"),
        postcode=spelling.postcode_key(pl.col("postcode")),
        code=spelling.damaged_postcode(pl.col("postcode")),
        postcode_digits=pl.col("postcode").str.extract(_DIGITS, 1),
        town=spelling.town_key(pl.col("plaats")),
        is_near=pl.concat_str(pl.lit(" "), street, pl.lit(" "), "house").str.contains(_NEAR),
        is_post_box=street.str.contains(_BOX),
    )
    return fields.collect()


def _from_texts(folded: pl.DataFrame, towns: list[str]) -> pl.DataFrame:
    line = pl.concat_str([pl.col("straatnaam"), pl.col("house")], separator=" ", ignore_nulls=True)
    text = pl.coalesce("adres_tekst", pl.when(line != "").then(line))
    lines = folded.select("qid", "postcode", "plaats", text=text).filter(
        pl.any_horizontal(pl.col("text", "postcode", "plaats").is_not_null())
    )
    pieces = _pieces(lines, towns)
    return _parts(pieces, lines, towns)


def _pieces(lines: pl.DataFrame, towns: list[str]) -> pl.DataFrame:
    """One row a piece between commas: qid, piece (its place), text, and is_postcode, is_address, is_town, is_number."""
    text = pl.col("text").fill_null("").str.replace(_COUNTRY, "${1}${2}")
    text = text.str.replace(r"^([0-9]{4}) ?([a-z]{2})([0-9]{1,5}\b)", "${1}${2} ${3}")  # 1234AB12
    text = text.str.replace_all(r"[;()|\[\]\"•]+|\s[–—]\s", " , ").str.replace_all("–", "-", literal=True)
    masked = text.str.replace_all(r"\b([0-9]{4}) ?-?([a-z]{2})\b", " , #${1}${2} , ")
    # "Nesland 1012 hs": when no other digit is left, what looks like a postcode was the house number.
    has_number = masked.str.replace_all(r"#[0-9]{4}[a-z]{2}", "").str.contains("[0-9]")
    text = (
        pl.when(~has_number)
        .then(text)
        .when(masked.str.contains("#"))
        .then(masked)
        .otherwise(_mask_damaged(text, towns))
    )
    # "12 te Weesp", "12 in de gemeente Weesp"
    text = text.str.replace_all(
        r"([0-9][0-9a-z-]{0,4}(?: [a-z0-9]{1,3})?) (?:te|in de gemeente|in|gemeente|gem\.) ([a-z'])", "${1} , ${2}"
    )
    # "Hoofdstraat, 12" and "Hoofdstraat 12, 2 hoog" are one piece each.
    text = text.str.replace_all(r"([a-z.]) ?, ?([0-9]{1,5} ?-?[a-z0-9]{0,3}) ?(,|$)", "${1} ${2}${3}")
    text = text.str.replace_all(rf"([0-9][a-z]?) ?, ?({_UNIT}) ?(,|$)", "${1} ${2}${3}")
    pieces = (
        lines.lazy()
        .select("qid", text=text.str.split(","))
        .collect()
        .explode("text")
        .with_columns(pl.col("text").str.strip_chars(" .:-"))
    )
    pieces = pieces.filter(pl.col("text") != "").with_columns(piece=pl.int_range(pl.len()).over("qid"))
    is_town = spelling.town_key(pl.col("text")).is_in(_keys(towns))
    return read_distinct(pieces, ["text"], is_postcode=pl.col("text").str.contains(r"^#"), is_town=is_town)


def _mask_damaged(text: pl.Expr, towns: list[str]) -> pl.Expr:
    """A text without a postcode, with what may be a damaged one masked as one where it leaves a house number behind."""
    ending = _alternatives(towns)
    masked = text.str.replace(rf"{_BEFORE_CODE}([0-9]{{4}}) ({ending})( |,|$)", "${1} , #${2} , ${3}${4}")
    damaged = text.str.replace(rf"{_BEFORE_CODE}({_DAMAGED})( |,|$)", "${1} , #${2} , ${3}")
    masked = pl.when(masked.str.contains("#")).then(masked).otherwise(damaged)
    left = masked.str.replace(r"#[0-9]+ ?[a-z]*[0-9]*[a-z]*", "")
    return pl.when(left.str.contains("[0-9]") & ~masked.str.contains(_NUMBER_AND_UNIT)).then(masked).otherwise(text)


def _parts(pieces: pl.DataFrame, lines: pl.DataFrame, towns: list[str]) -> pl.DataFrame:
    text = pl.col("text")
    number_only = text.str.extract_groups(r"^([0-9]{1,5})((?:[^0-9].*)?)$")
    straight = text.str.extract_groups(_STREET)
    swapped = text.str.extract_groups(_SWAPPED)
    is_swapped = swapped.struct.field("1").is_not_null() & ~text.str.contains(r"^[0-9]+" + f"[ -]?(?:{_UNIT})+$")
    has_ordinal = text.str.contains(r"^[0-9]{1,2}(?:e|ste|de) [a-z]") & text.str.contains(r"[a-z] .*[0-9]")
    pieces_read = pieces.lazy().with_columns(
        straight=pl.when(~text.str.contains("^[0-9]") | has_ordinal).then(straight),
        swapped=pl.when(is_swapped & ~has_ordinal).then(swapped),
        bare=pl.when(text.str.contains("^[0-9]") & ~is_swapped & ~has_ordinal).then(number_only),
    )
    written = pl.coalesce(
        pl.col("straight").struct.field("2"), pl.col("swapped").struct.field("1"), pl.col("bare").struct.field("1")
    )
    pieces_read = pieces_read.with_columns(
        street=pl.coalesce(pl.col("straight").struct.field("1"), pl.col("swapped").struct.field("3")),
        number=pl.when(~pl.col("is_postcode")).then(written).cast(pl.Int64),
        rest=pl.coalesce(
            pl.col("straight").struct.field("3"), pl.col("swapped").struct.field("2"), pl.col("bare").struct.field("2")
        ),
    ).drop("straight", "swapped", "bare")
    kinds = _with_places(_split_rest(pieces_read.collect(), towns))
    # Further numbers behind an address belong to it.
    more = text.str.contains(_MORE).shift(-1).over("qid").fill_null(False) & pl.col("street").is_not_null()
    kinds = kinds.with_columns(is_list=pl.col("is_list").fill_null(False) | more)
    parts = kinds.filter(pl.col("number").is_not_null() | pl.col("is_near"))
    bare = lines.join(parts, on="qid", how="anti").join(
        kinds.group_by("qid").agg(
            pl.col("text").filter(~pl.col("is_postcode") & ~pl.col("is_town")).first().alias("street"),
            pl.col("text").filter(pl.col("is_postcode")).first().str.slice(1).alias("found_postcode"),
            pl.col("text").filter(pl.col("is_town")).first().alias("found_town"),
        ),
        on="qid",
        how="left",
    )
    bare = bare.with_columns(is_near=pl.col("text").str.contains(_NEAR).fill_null(False), number=pl.lit(None, pl.Int64))
    # A number without a street beside one with a street is noise ("20 stuks"): it is an address only alone.
    parts = parts.filter(pl.col("street").is_not_null() | ~pl.col("street").is_not_null().any().over("qid"))
    parts = pl.concat([parts, bare], how="diagonal").join(
        lines.select("qid", pl.col("postcode").alias("field_postcode"), pl.col("plaats").alias("field_town")),
        on="qid",
        how="left",
    )
    written_postcode = pl.coalesce("found_postcode", "field_postcode")
    street = pl.col("street")
    town_lead, word_lead = street.str.extract_groups(_town_lead(towns)), street.str.extract_groups(_WORD_LEAD)
    tail_town = pl.coalesce(
        town_lead.struct.field("1"), pl.when(pl.col("found_town").is_null()).then(word_lead.struct.field("1"))
    )
    numbered = parts.lazy().select(
        "qid",
        part=pl.int_range(pl.len()).over("qid"),
        street=street,
        street_tail=pl.coalesce(
            town_lead.struct.field("2"),
            street.str.extract(r"^(?:de|het) (.+)$", 1),
            street.str.extract(_LEAD, 1),
            pl.when(tail_town.is_not_null()).then(word_lead.struct.field("2")),
        ),
        tail_town=spelling.town_key(tail_town),
        number="number",
        number_to="number_to",
        is_list=pl.col("is_list").fill_null(False),
        unit=pl.col("unit"),
        postcode=spelling.postcode_key(written_postcode),
        code=spelling.damaged_postcode(written_postcode),
        postcode_digits=written_postcode.str.extract(_DIGITS, 1),
        town=spelling.town_key(pl.coalesce("found_town", "field_town")),
        is_near="is_near",
        is_post_box=street.str.contains(_BOX).fill_null(False),
    )
    return numbered.collect()


def _split_rest(kinds: pl.DataFrame, towns: list[str]) -> pl.DataFrame:
    """What follows the number, as unit, range and the words of a town behind it; a street that is a town is none."""
    ending = _alternatives(towns)
    # Nothing but a unit may stand between the number and a town: in "12 Nieuw Dorp" the town is not Dorp.
    before_town = pl.col("rest").str.extract_groups(rf"^({_UNIT_START}(?:{_UNIT}[ ./-]*)*?)[ ,.]*({ending})$")
    kinds = read_distinct(
        kinds,
        ["rest"],
        before=before_town.struct.field("1").str.strip_chars_end(" ,."),
        town_behind=before_town.struct.field("2"),
    )
    kinds = kinds.with_columns(rest=pl.coalesce("before", "rest")).drop("before")
    # A single short word behind the number is its unit, whatever it says: a town is longer or stands behind a comma.
    short = pl.col("rest").str.extract(r"^[ ./-]*([a-z0-9]{1,4})$", 1)
    units = pl.col("rest").str.extract_groups(_UNITS)
    words = units.struct.field("2").str.replace(_LIST, "").str.strip_chars(" ,.-&+")
    words = words.str.replace(r"^(?:te|in de gemeente|in|gemeente|gem\.?) ", "")
    kinds = read_distinct(
        kinds,
        ["rest"],
        number_to=pl.coalesce(pl.col("rest").str.extract(_RANGE, 1), pl.col("rest").str.extract(_LIST, 1)).cast(
            pl.Int64
        ),
        is_list=pl.col("rest").str.contains(_LIST),
        unit=pl.coalesce(short, units.struct.field("1").str.strip_chars(" -/.,:")),
        words=pl.when(short.is_null() & (words != "")).then(words),
    )
    near = pl.concat_str(pl.lit(" "), "text").str.contains(_NEAR)
    street_is_town = spelling.town_key(pl.col("street")).is_in(_keys(towns))
    split = kinds.lazy().with_columns(
        town_behind=pl.coalesce("town_behind", pl.when(street_is_town).then("street"), "words"),
        street=pl.when(~street_is_town.fill_null(False)).then("street"),
        is_near=near & ~pl.col("is_postcode"),
    )
    return split.drop("words").collect()


def _with_places(kinds: pl.DataFrame) -> pl.DataFrame:
    """The postcode and the town that belong to each piece: the next ones behind it, else the last ones before it."""
    is_address = pl.col("number").is_not_null()
    is_word = ~is_address & ~pl.col("is_postcode")
    is_short = pl.col("text").str.contains(r"^[^ 0-9]+(?: [^ 0-9]+)?$")
    kinds = kinds.sort("qid", "piece").with_columns(
        word_before=pl.when(is_word & is_short & ~pl.col("is_near")).then("text").shift(1).over("qid"),
        own_postcode=pl.when("is_postcode").then(pl.col("text").str.slice(1)),
        own_town=pl.when(pl.col("is_town") & is_word).then("text"),
        # Behind a postcode, or behind an address, stands a town also when the BAG does not know it.
        other_town=pl.when(is_word & pl.col("piece").gt(0) & ~pl.col("is_near")).then("text"),
    )
    return kinds.with_columns(
        found_postcode=pl.coalesce(
            pl.col("own_postcode").backward_fill().over("qid"), pl.col("own_postcode").forward_fill().over("qid")
        ),
        found_town=pl.coalesce(
            "town_behind",
            pl.col("own_town").backward_fill().over("qid"),
            pl.col("own_town").forward_fill().over("qid"),
            pl.col("other_town").backward_fill().over("qid"),
            # "Groningen, Hoofdstraat 12": one or two words before an address may be a town as well as anything else.
            pl.col("word_before"),
        ),
    )


def _keys(towns: list[str]) -> list[str]:
    return (
        pl.DataFrame({"town": towns}, schema={"town": pl.String})
        .select(spelling.town_key(pl.col("town")))["town"]
        .to_list()
    )


def _town_lead(towns: list[str]) -> str:
    """A town of the BAG before a street without a comma: "Weesp Hoofdstraat 12", "gem. Weesp Hoofdstraat 12"."""
    return rf"^(?:(?:te|in|gem\.?|gemeente) )?({_alternatives(towns)}) (.+)$"


def _alternatives(towns: list[str]) -> str:
    """The towns as a group of a regular expression, longest first; where there are none, what nothing matches."""
    return "|".join(_escape(town) for town in sorted(towns, key=lambda town: (-len(town), town))) or r"\b\B"


def _escape(word: str) -> str:
    """A word as a regular expression of the Rust dialect, which refuses needless escapes."""
    return "".join(f"\\{sign}" if sign in ".^$*+?()[]{}|\\-" else sign for sign in word)
