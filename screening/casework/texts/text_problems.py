"""Refuse a short text of a tip that says who somebody is or what is done to somebody.

The text is checked on entry, and a refused text is stored nowhere. What has a form (names, numbers, number plates) is
read here; what it means is read by `meanings`. No list knows every name. So the check is strict (a word with a capital
inside a sentence counts as a name, unless it is of a street, a business or a make), the page says what to do, and the
contact person reads each text that passes.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from screening.base.word_lists import read_word_lists
from screening.casework.texts.meanings import categories, is_listed, meanings_of
from screening.casework.texts.tokens import plain_word
from screening.store.schema.tips import MAX_TEXT

LENGTH, SCRIPT, CAPITALS, NAME, NUMBER, ADDRESS_ONLINE, PLATE = (
    "length",
    "script",
    "capitals",
    "name",
    "number",
    "online",
    "plate",
)

#: What may concern a victim: the page leads to the route for a person, and to whom to call.
TO_PERSON = frozenset(category.name for category in categories().values() if category.to_person)
_MILD = frozenset(category.name for category in categories().values() if category.is_mild)

_LISTS = read_word_lists("screening.casework.texts", "words.yaml")
_SHOPS = _LISTS.words("shops")
_NO_NAMES = frozenset(_LISTS.words("no_names"))
_NAMES = frozenset((*_LISTS.words("first_names"), *_LISTS.words("surnames"), "jan"))
_SURNAMES_WITH_DE = frozenset(_LISTS.words("surnames_with_de"))

#: Every kind of problem, in the order in which a page tells them. What may concern a victim comes first.
KINDS: tuple[str, ...] = tuple(
    dict.fromkeys(
        (
            *(name for name in categories() if name in TO_PERSON),
            LENGTH,
            SCRIPT,
            CAPITALS,
            NAME,
            NUMBER,
            ADDRESS_ONLINE,
            PLATE,
            *categories(),
        )
    )
)

_FRAGMENT = 40
#: So much of a text that is too long is read for what else it holds.
_MOST_READ = 2 * MAX_TEXT
#: Letters of which a text in capitals has this share or more: names cannot be told from other words in it.
_CAPITALS_SHARE = 0.6
_CAPITALS_LETTERS = 12

_WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
#: The name of a town is one word to five: what is longer is a sentence.
_TOWN = re.compile(r"['’]?[^\W\d_]+(?:[ '’\-.][^\W\d_]+){0,4}\.?")
_LONGEST_TOWN = 30
_TOWN_LIKE_A_NAME = re.compile(rf"(?:{'|'.join(_LISTS.words('towns_like_names'))})\b", re.IGNORECASE)
_SENTENCE_ENDS = frozenset('.!?:;…\n“”"‘(•–—')
_PARTICLE = rf"(?:(?i:{'|'.join(_LISTS.words('particles'))})\s+)*"
_INITIALS = re.compile(rf"\b(?:[A-Z]\.\s?)+{_PARTICLE}[A-Z][^\W\d_]+")
#: "van der", "van den": nothing but a surname begins so.
_SURNAME = re.compile(r"\bvan\s+de[nr]\s+[^\W\d_]+", re.IGNORECASE)
_TITLE = re.compile(rf"\b(?:{'|'.join(_LISTS.words('titles'))})\b\.?\s+(?P<next>[^\W\d_]+)", re.IGNORECASE)

_STREETS = "|".join(_LISTS.words("street_endings"))
_OTHER_ENDINGS = "|".join(_LISTS.words("other_street_endings"))
_BEFORE_STREET = "|".join((*_LISTS.words("before_street"), *_LISTS.words("particles")))
#: The name of a street: "Kerkstraat", "Jan van Galenstraat", "Laan van Nieuw Oosteinde".
_STREET = re.compile(
    rf"\b(?:(?i:{_BEFORE_STREET})\b\.?\s+|[A-Z][\w'’\-]*\.?\s+){{0,4}}[\w'’\-]*(?i:{_STREETS})\b"
    # other words end so as well: these need a place before them
    rf"|\b(?:aan|op|in|via|langs|hoek|naar|tussen|richting|bij)\s+(?:(?:de|het|den)\s+)?[A-Z][\w\-]{{2,}}(?:{_OTHER_ENDINGS})\b"
    rf"|\b(?:{'|'.join(_LISTS.words('street_beginnings'))})(?:\s+(?:van|der|de|den|het|op|aan))+(?:\s+[A-Z][\w\-]*)+"
)
_NAME_PART = r"(?:[A-Z][\w'’.\-]*|\d+)"
_LINK = r"(?:van|de|der|den|het|'t|en|&|in|op|aan|la|le|el|al|of|the|and|y|by)"
_NAME_RUN = rf"(?:{_LINK}\s+)*{_NAME_PART}(?:\s+(?:{_LINK}\s+)*{_NAME_PART})*"
#: The name of a business after its trade, before its legal form, or with an article: it stands on the front.
_TRADE = re.compile(
    r"\b[Aa]lbert [Hh]eijn\b|"
    rf"\b[\w\-]*(?i:{'|'.join(_LISTS.words('trades'))})\b\s+[\"'“‘„]?{_NAME_RUN}"
    rf"|\b{_NAME_RUN}\s+(?:B\.?V\.?|V\.?O\.?F\.?|N\.V\.|bv|vof|(?:&|en)\s(?i:zn|zoon|zonen|zoons|dochter)\b)"
)
#: With an article: the name of a business, unless a word of it means something by itself ("De Poolse").
_WITH_ARTICLE = re.compile(
    rf"(?:(?<=[^.]\s)|^)(?:De|Het|'t|The|La|El|Le)\s+(?=[A-Z][a-z])(?!(?i:{'|'.join(_SURNAMES_WITH_DE)})\b){_NAME_RUN}"
)
#: After a word of place and an article: of a street, a shop or a quarter.
_PLACE = re.compile(
    r"\b(?:aan|op|in|via|langs|naar|bij|achter|hoek|tussen|naast|voorbij|vanaf|boven|tegenover|rond|over|voor)\s+(?:de|het|'t)\s+"
    rf"(?!(?i:{'|'.join(_SURNAMES_WITH_DE)})\b)[A-Z][\w\-]+(?:\s+[A-Z][\w\-]+)*"
)
#: What stands in quotes on a front or a sign; on a bell or a letter box it is the name of somebody.
_SIGN = re.compile(
    rf"\b[\w\-]*(?i:{'|'.join(_LISTS.words('signs'))})\b[^.!?\"“‘„]{{0,40}}[\"'“‘„][^\"”’']{{1,60}}[\"”’']"
    rf"|\b[\w\-]*(?i:{'|'.join(_LISTS.words('signs'))})\b(?:\s+[a-z]+){{0,2}}\s+(?:staat|stond|zegt|meldt|met|says|heet|leest):?\s+{_NAME_RUN}"
    rf"|\b\w*(?i:sticker|opschrift|tekst|logo|reclame|spandoek|banner)\b:?\s+[\"'“‘„]?{_NAME_RUN}"
)

_GAP = r"[\s.\-/()]{0,2}"
_FULL_DATE = re.compile(r"(?<!\d)(?:0?[1-9]|[12]\d|3[01])[-/. ](?:0?[1-9]|1[0-2])[-/. ](?:19|20)\d\d(?!\d)")
_ISO_DATE = re.compile(r"(?<!\d)(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?!\d)")
_CLOCK = re.compile(r"(?<!\d)(?:[01]?\d|2[0-4])(?::[0-5]\d|\.[0-5]\d\s*(?:u\b|uur\b|h\b))", re.IGNORECASE)
#: 0612345678, 06-12 34 56 78, +31 6 …, 0031…: whatever stands between the digits.
_PHONE = re.compile(rf"(?:\+|\b00)\d(?:{_GAP}\d){{7,13}}|(?<!\d)0(?:{_GAP}\d){{9}}(?!\d)|\b06\W?nummer\w*")
#: Seven digits and more: a BSN (8 or 9), a document, an account, an advertisement. A postcode or a year has fewer.
_LONG_NUMBER = re.compile(rf"(?<!\d)\d(?:{_GAP}\d){{6,}}")
#: Of a Dutch passport or identity card: two letters, six letters and digits, a digit; of digits alone it is a number.
_DOCUMENT = re.compile(r"\b[A-NP-Z]{2}(?=[A-NP-Z]*\d)(?=\d*[A-NP-Z])[A-NP-Z\d]{6}\d\b")
#: An account, also one that is typed wrong. "Op 12 juni 2025 14:30" has the form of one too.
_IBAN = re.compile(r"\b[A-Z]{2}\s?\d{2}\s?(?!juni|juli|sept)[A-Z]{4}(?:\s?\d){6,}", re.IGNORECASE)
_ONLINE = re.compile(
    r"\b\w+_\w+|\b(?!kamer|unit|nr|no|box|hal|pand|zaal|blok|loods|deur|nummer|huis)[a-z]{3,}\d{2,}\b|\S+\s?(?:@|\(at\)|\[at\]|\bapenstaartje\b)\s?\S+|(?<!\w)@\w+|https?:|www\.|\b[\w-]+\.(?:nl|com|eu|be|de|org|net)\b",
    re.IGNORECASE,
)
#: The Dutch side codes: two or three groups of letters or digits, six signs in all; and plates of other countries.
_GROUPS = (
    "LL-DD-DD DD-DD-LL DD-LL-DD LL-DD-LL LL-LL-DD DD-LL-LL DD-LLL-D D-LLL-DD LL-DDD-L L-DDD-LL LLL-DD-L L-DD-LLL "
    "D-LL-DDD DDD-LL-D"
)
_PLATE = re.compile(
    "|".join(
        rf"(?<![\w-]){code.replace('-', gap).replace('L', letter).replace('D', '[0-9]')}(?![\w-])"
        for code in _GROUPS.split()
        # with spaces only in capitals: "om 18 uur" has the form of a plate too
        for gap, letter in (("-", "[A-Za-z]"), ("", "[A-Za-z]"), (" ", "[A-Z]"))
    )
    + r"|(?<![\w-])[A-Z]{1,3}-[A-Z]{1,2}\s?[0-9]{2,4}(?![\w-])"
    + r"|\b(?i:kenteken|number plate|licence plate|license plate)\W+(?=\w*\d)[\w-]+"
)
#: A postcode has the form of one of those codes and is no plate.
_POSTCODE = re.compile(r"(?<!\d)[1-9]\d{3} ?[A-Z]{2}\b", re.IGNORECASE)


@dataclass(frozen=True)
class Problem:
    """A part of the text that is refused. `fragment` is shown to its writer and stored nowhere."""

    kind: str
    fragment: str


def clean_text(text: str) -> str:
    """The text with one space between words, composed letters and no invisible characters: what is checked and kept."""
    composed = unicodedata.normalize("NFKC", text)
    visible = "".join(
        character for character in composed if unicodedata.category(character) not in {"Cf", "Cs", "Co", "Cn"}
    )
    spaced = "".join(
        " " if unicodedata.category(character) in {"Cc", "Zl", "Zp", "Zs"} else character for character in visible
    )
    return " ".join(spaced.split())


def text_problems(text: str) -> list[Problem]:
    """Return the problems of this text (see `clean_text`) in the order of KINDS; empty when it may be sent."""
    text = clean_text(text)
    unique: dict[Problem, None] = {}
    if len(text) > MAX_TEXT:
        unique[Problem(LENGTH, str(len(text)))] = None
        text = text[:_MOST_READ]  # reading takes the square of the length, and it is refused already
    meanings = meanings_of(text, without=_public_names(text))
    for kind, fragment in (*_letters(text), *_names(text), *_numbers(text), *meanings):
        unique[Problem(kind, fragment[:_FRAGMENT])] = None
    return sorted(unique, key=lambda problem: KINDS.index(problem.kind))


def _letters(text: str) -> list[tuple[str, str]]:
    letters = [character for character in text if character.isalpha()]
    fragments = []
    odd = next((letter for letter in letters if not unicodedata.name(letter, "").startswith("LATIN")), None)
    if odd is not None:
        fragments.append((SCRIPT, odd))
    if len(letters) >= _CAPITALS_LETTERS and sum(map(str.isupper, letters)) >= _CAPITALS_SHARE * len(letters):
        fragments.append((CAPITALS, text))
    return fragments


def about_people(text: str) -> list[Problem]:
    """Return the parts of a text about a building (see `clean_text`) that describe somebody, in the order of KINDS.

    Less strict than `text_problems`: a word with a capital may be the name of a business on the front, and an
    inspector may say what is not allowed there.
    """
    text = clean_text(text)
    fragments = [
        *_people(text),
        *((NUMBER, match.group()) for form in (_IBAN, _DOCUMENT) for match in form.finditer(text)),
        *(meaning for meaning in meanings_of(text, without=_public_names(text)) if meaning.category not in _MILD),
    ]
    unique = dict.fromkeys(Problem(kind, fragment[:_FRAGMENT]) for kind, fragment in fragments)
    return sorted(unique, key=lambda problem: KINDS.index(problem.kind))


def is_town(text: str) -> bool:
    """Whether this can be the name of a town, and says nothing of anybody."""
    has_form = len(text) <= _LONGEST_TOWN and _TOWN.fullmatch(text) is not None
    return has_form and not about_people(_TOWN_LIKE_A_NAME.sub("", text))


def _people(text: str) -> list[tuple[str, str]]:
    """Find names of people by their form or from the list, with or without a capital."""
    names = [match.group() for form in (_INITIALS, _TITLE, _SURNAME) for match in form.finditer(text)]
    for match in _WORD.finditer(text):
        # "3 jan" is a day
        is_month = match.group().casefold() == "jan" and text[: match.start()].rstrip()[-1:].isdigit()
        if not is_month and any(plain_word(part) in _NAMES for part in re.split(r"['’\-]", match.group())):
            names.append(match.group())
    return [(NAME, name) for name in names]


def _names(text: str) -> list[tuple[str, str]]:
    public = [*_public_names(text), *(match.span() for form in (_PLACE, _SIGN) for match in form.finditer(text))]
    # a name of somebody in what a street, a business or a sign is called is no name of somebody
    blank = text
    for start, end in public:
        blank = blank[:start] + "|" * (end - start) + blank[end:]
    names = _people(blank)
    before: re.Match[str] | None = None
    for match in _WORD.finditer(blank):
        word = match.group()
        if word[0].isupper() and len(word) > 1 and not _is_start(blank, match.start()) and not _is_no_name(word):
            whole = blank[before.start() : match.end()] if before and before.group()[0].isupper() else word
            names.append((NAME, whole))
        elif word.isupper() and before and len(word) > 1 and len(before.group()) > 1 and before.group().isupper():
            names.append((NAME, blank[before.start() : match.end()]))  # a name in capitals; one such word is a sign
        before = match
    return names


def _public_names(text: str) -> list[tuple[int, int]]:
    names = [match.span() for form in (_STREET, _TRADE) for match in form.finditer(text)]
    for match in _WITH_ARTICLE.finditer(text):
        if not any(is_listed(word) for word in _WORD.findall(match.group())[1:]):
            names.append(match.span())
    return names


def _is_start(text: str, position: int) -> bool:
    led = text[:position].rstrip(" '’")
    return not led or led[-1] in _SENTENCE_ENDS or led.endswith(" -")


def _is_no_name(word: str) -> bool:
    first = word.partition("-")[0]
    is_abbreviation = len(first) > 1 and first.isupper()  # "PIN", "QR-code"
    return is_abbreviation or word.casefold() in _NO_NAMES or word.endswith(_SHOPS) or is_listed(word)


def _numbers(text: str) -> list[tuple[str, str]]:
    undated = _ISO_DATE.sub(" | ", _FULL_DATE.sub(" | ", text))
    fragments = [(NUMBER, match.group()) for match in _PHONE.finditer(undated)]
    fragments += [(NUMBER, match.group()) for match in _LONG_NUMBER.finditer(_CLOCK.sub(" | ", undated))]
    fragments += [(NUMBER, match.group()) for form in (_IBAN, _DOCUMENT) for match in form.finditer(text)]
    fragments += [(ADDRESS_ONLINE, match.group()) for match in _ONLINE.finditer(text)]
    fragments += [(PLATE, match.group()) for match in _PLATE.finditer(_POSTCODE.sub(" | ", undated))]
    return fragments
