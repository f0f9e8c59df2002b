"""The sentences of a rule in two languages: well formed, of the same values, and of none that would tell who."""

from __future__ import annotations

import re
from string import Formatter

from screening.base.errors import RuleDefinitionError
from screening.rules.schema import NEVER_SHOWN
from screening.wording.forms import is_form
from screening.wording.sentence import placeholders

_PLACEHOLDER = re.compile(r"[a-z][a-z0-9_]*")


def check_placeholders(code: str, text_nl: str, text_en: str) -> None:
    """Raise RuleDefinitionError for a pair of sentences of the rule `code` that could not be filled in."""
    names = {}
    for language, text in (("nl", text_nl), ("en", text_en)):
        try:
            parts = list(Formatter().parse(text))
        except ValueError:
            raise RuleDefinitionError(f"{code}: a {language} sentence has a brace that is not closed.") from None
        if text.count("[") != text.count("]") or "[" in text.split("]")[-1]:
            raise RuleDefinitionError(f"{code}: a {language} sentence has a bracket that is not closed.")
        odd = [form for _, _, form, conversion in parts if conversion or not is_form(form or "")]
        if odd:
            raise RuleDefinitionError(
                f"{code}: a {language} sentence has a placeholder in no form that there is: {odd}."
            )
        names[language] = set(placeholders(text))
        for name in sorted(names[language]):
            if not _PLACEHOLDER.fullmatch(name):
                raise RuleDefinitionError(f"{code}: a {language} sentence: {{{name}}} is not the name of a value.")
            if name in NEVER_SHOWN:
                raise RuleDefinitionError(
                    f"{code}: a {language} sentence: {{{name}}} would tell who; say what was seen."
                )
    if names["nl"] != names["en"]:
        stray = ", ".join(sorted(names["nl"] ^ names["en"]))
        raise RuleDefinitionError(f"{code}: a sentence does not name the same values in both languages: {stray}.")
