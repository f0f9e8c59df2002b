"""Term ids in free text: a published word list on the use of premises, matched in memory before the text is dropped.

Nothing of a text leaves `find_terms` but the ids of terms that it holds. What the list may not speak of stands in
`firewall` and `forbidden_words`: the words by which a forbidden column is known are no terms either.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping

import polars as pl

from screening.base.contract_file import TextFile
from screening.base.errors import ConfigurationError
from screening.base.word_lists import read_word_lists, word_of_origin
from screening.sources.firewall import forbidden_category
from screening.sources.nationalities import is_country_or_people

#: `form` of the column that holds the ids. It is made here and never read from a delivery.
TERM_IDS = "term_ids"
MAX_TERMS = 500
_HEADER = ("term_id", "term")
_TERM_ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_MAX_CHARACTERS = 60
_MIN_LETTERS = 3
_LETTERS = re.compile(r"[^\W\d_]+(?:[ '’-][^\W\d_]+)*")
_LISTS = read_word_lists("screening.sources", "forbidden_words.yaml")
_ABOUT_PEOPLE = {word: category for category, words in _LISTS.by_kind("people").items() for word in words}
_ABOUT_ORIGIN = _LISTS.words("origin_stems")


def read_word_list(path: TextFile) -> dict[str, str]:
    """Term -> term id of a CSV file with the columns term_id and term; several terms may share an id.

    Raises ConfigurationError, naming file and row and never the term, for a file that is not there or not so formed, a
    term that is no words of letters, the same term under two ids, and a term that speaks of people, origin, language,
    looks or anything else that may never be read.
    """
    name = path.name
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise ConfigurationError(
            f"{name}: the word list is not there, or is not UTF-8. Name a CSV file with the columns term_id,term."
        ) from None
    rows = list(csv.reader(io.StringIO(text), delimiter=";" if ";" in text.partition("\n")[0] else ","))
    if not rows or tuple(cell.strip() for cell in rows[0]) != _HEADER:
        raise ConfigurationError(f"{name}: a word list has the columns term_id,term and no others.")
    terms: dict[str, str] = {}
    folded: dict[str, str] = {}
    for number, row in enumerate(rows[1:], 1):
        if not any(cell.strip() for cell in row):
            continue
        cells = [cell.strip() for cell in row]
        why = _refusal(cells) if len(cells) == len(_HEADER) else "a row has two cells"
        if why is None and folded.setdefault(_fold_text(cells[1]), cells[0]) != cells[0]:
            why = "the same term stands under another term_id"
        if why:
            raise ConfigurationError(f"{name}, row {number}: {why}. Correct the word list.")
        terms[cells[1]] = cells[0]
    if not terms or len(terms) > MAX_TERMS:
        raise ConfigurationError(f"{name}: a word list has 1 to {MAX_TERMS} terms; this one has {len(terms)}.")
    return terms


def _refusal(cells: list[str]) -> str | None:
    """Why this row cannot be used, or None."""
    term_id, term = cells
    if not _TERM_ID.fullmatch(term_id) or len(term_id) > _MAX_CHARACTERS:
        return "a term_id is lower-case letters, digits and hyphens, and begins with a letter"
    if not _LETTERS.fullmatch(term) or len(term) > _MAX_CHARACTERS or len(_fold_text(term)) < _MIN_LETTERS:
        return f"a term is words of letters, {_MIN_LETTERS} to {_MAX_CHARACTERS} characters, without digits"
    for text in (term, term_id.replace("-", " ")):
        category = forbidden_subject(text)
        if category:
            return f"speaks of {category}. A word list is about the use of premises and of nobody"
    return None


def forbidden_subject(text: str) -> str | None:
    """What these words speak of that no list may speak of, or None. Each word is looked at, and all together.

    Of people, looks, origin, nationality, religion, language and of the kitchen of a country.
    """
    words = _fold_text(text).split()
    for part in (*words, text):
        category = forbidden_category(part)
        if category:
            return category
    for word in words:
        if word in _ABOUT_PEOPLE:
            return _ABOUT_PEOPLE[word]
        if word.startswith(_ABOUT_ORIGIN) or is_country_or_people(word):
            return "nationality, origin or descent"
    if word_of_origin(text):
        return "cuisine, origin, language or faith"
    return None


def find_terms(texts: pl.Series, terms: Mapping[str, str]) -> pl.Series:
    """Per text the ids of the terms that stand in it as whole words, sorted, `|` between them; null where none does.

    Case, diacritics and whatever stands between words make no difference. `terms`: term -> term id.
    """
    folded = _folded(pl.lit(texts))
    by_id: dict[str, list[str]] = {}
    for term, term_id in terms.items():
        by_id.setdefault(term_id, []).append(f" {_fold_text(term)} ")
    hits = [
        pl.when(folded.str.contains_any(by_id[term_id])).then(pl.lit(term_id)).otherwise(None)
        for term_id in sorted(by_id)
    ]
    ids = pl.concat_str(hits, separator="|", ignore_nulls=True)
    return pl.select(pl.when(ids != "").then(ids).alias("terms")).to_series()


def _folded(text: pl.Expr) -> pl.Expr:
    """Lower-case letters and digits without diacritics, one space between words and at both ends."""
    plain = text.str.normalize("NFKD").str.replace_all(r"[\p{M}\p{Cf}]", "").str.to_lowercase()
    return pl.concat_str(pl.lit(" "), plain.str.replace_all(r"[^\p{L}\p{N}]+", " ").str.strip_chars(), pl.lit(" "))


def _fold_text(text: str) -> str:
    return str(pl.select(_folded(pl.lit(text))).item()).strip()
