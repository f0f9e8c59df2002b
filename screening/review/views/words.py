"""The names of codes and roles on a page, in Dutch and in English.

Words of registers come from their contracts, the others from words.yaml.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from screening.base.code_words import code_words
from screening.review.i18n import in_dutch
from screening.wording.register_names import bare_name

_FILE = Path(__file__).with_name("words.yaml")


@cache
def _words() -> dict[str, dict[str, dict[str, str]]]:
    words: dict[str, dict[str, dict[str, str]]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return words


def word(group: str, name: str, language: str) -> str:
    """The words for `name` in a group of words.yaml; a name that is not there is shown without underscores."""
    translations = _words()[group].get(name)
    return translations[language] if translations else bare_name(name)


def code_name(code: str, language: str) -> str:
    """A code of a register, or a role of a party, in words; what is none stays as it is."""
    if code in code_words():
        return code_words()[code][language]
    return word("codes", code, language) if code in _words()["codes"] else code


def status_name(code: str, language: str) -> str:
    """A status or a role in words; one without words is shown without underscores."""
    return in_dutch(bare_name(code), language) if (name := code_name(code, language)) == code else name
