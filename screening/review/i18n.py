"""The texts of the pages in Dutch and English: one YAML file a page, every text in both languages or no start."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path

import yaml

from screening.base.civil_time import TOWN
from screening.base.errors import ConfigurationError
from screening.base.local_formats import date_text
from screening.base.vocabulary import Purpose
from screening.wording.forms import code_word

TEXTS = Path(__file__).parent / "texts"
LANGUAGES = ("nl", "en")
#: The safe loader; in C where there is one, ten times as fast.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def load_texts(folder: Path = TEXTS) -> Mapping[str, Mapping[str, str]]:
    """`page.key` -> language -> text, of each file of a folder, read once. ConfigurationError: a language misses."""
    texts: dict[str, dict[str, str]] = {}
    for file in sorted(folder.glob("*.yaml")):
        try:
            document = yaml.load(file.read_text(encoding="utf-8"), Loader=_LOADER) or {}  # noqa: S506 - a safe one
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            place = f", line {mark.line + 1}" if mark else ""
            raise ConfigurationError(
                f"{file.name}{place}: not YAML. A text with `?`, `:` or `,` needs quotes."
            ) from None
        for key, text in _leaves(file.stem, document):
            texts[key] = {language: words.strip() for language, words in text.items() if isinstance(words, str)}
            if set(text) != set(LANGUAGES) or not all(texts[key].get(language) for language in LANGUAGES):
                raise ConfigurationError(f"{file.name}: {key} needs a text in each of {', '.join(LANGUAGES)}.")
    return texts


def _leaves(path: str, document: Mapping[str, object]) -> Iterator[tuple[str, Mapping[str, object]]]:
    for key, value in document.items():
        if not isinstance(value, Mapping):
            raise ConfigurationError(f"{path}.{key}: a text is a table with nl and en.")
        if set(value) & set(LANGUAGES):
            yield f"{path}.{key}", value
        else:
            yield from _leaves(f"{path}.{key}", value)


class Dutch(str):
    """What a register or a person wrote, on a page in another language: the template marks it as Dutch (WCAG 3.1.2)."""

    __slots__ = ()


def in_dutch(text: str, language: str) -> str:
    """A text that is Dutch in each language of the page. Within a sentence it loses its mark: there it is a name."""
    return text if language == "nl" or not text else Dutch(text)


class Translator:
    """`t("queue.title", count=3)` in one language. A key that does not exist is an error, not an empty place."""

    def __init__(self, texts: Mapping[str, Mapping[str, str]], language: str) -> None:
        self._texts = texts
        self.language = language

    def __call__(self, key: str, /, **values: object) -> str:
        """The text of a key, with these values in it."""
        text = self._texts[key][self.language]
        return text.format(**values) if values else text

    def __contains__(self, key: str) -> bool:
        return key in self._texts


def long_date(value: date | datetime | None, language: str) -> str:
    """A day in words (3 november 2026); a moment with its time in the municipality. Empty for None."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        local = value.astimezone(TOWN)
        clock = f"{local:%H:%M}" + (" uur" if language == "nl" else "")
        return f"{long_date(local.date(), language)}, {clock}"
    return date_text(value, language)


def purpose_name(purpose: Purpose, language: str) -> str:
    """A task of the municipality in words: "Toezicht op wonen"."""
    words = code_word(purpose, language)
    return words[0].upper() + words[1:]


def in_language(words: Mapping[str, tuple[str, str]], language: str) -> dict[str, str]:
    """Code -> its words in one language, of a table of code -> (Dutch, English)."""
    return {code: texts[LANGUAGES.index(language)] for code, texts in words.items()}
