"""What a person reads of a rule and of a hit: one renderer for the terminal, the report, the generated pages.

Everything is made into a part: a dict of `title`, sentences and lists of sentences under fixed names, in one language.
`as_lines` turns any part into plain text; a page lays the same part out its own way with `HEADS`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date

from screening.base.local_formats import date_text
from screening.base.word_lists import by_language, read_lists, read_translations
from screening.wording.register_names import bare_name, columns_of
from screening.wording.sentence import parts, placeholders, setting_text, text_list
from screening.wording.single_sentence import filled_sentence

Part = dict[str, object]

UNITS_NL: dict[str, str] = read_lists("screening.wording", "dutch.yaml")["units"]
_UNITS_EN = {
    "SBI codes": "(SBI codes)",
    "share": "(share of 1)",
    "similarity": "(similarity from 0 to 1)",
    "similarity 0-1": "(similarity from 0 to 1)",
}

#: Units of which the form of a sentence says all.
_FORM_OF_UNIT = {"days": "span", "m": "distance", "SBI codes": "sbi"}

#: What stands over each part of an explanation.
HEADS = by_language(read_translations("screening.wording", "words.yaml")["heads"])


def explain_hit(declaration: Mapping[str, object], evidence_row: Mapping[str, object]) -> dict[str, Part]:
    """`{"nl": {...}, "en": {...}}` for one row of evidence under the declaration that was in force when it was made.

    Each language has `title`, `seen` (sentence), `window` (or None), `thresholds`, `checked`, `can_also_mean`,
    `cannot_see` and `unknown` (lists of sentences) and `records` (list of `dataset:key`).
    """
    return {language: _hit(language, declaration, evidence_row) for language in HEADS}


def hit_part(
    declaration: Mapping[str, object],
    evidence_row: Mapping[str, object],
    language: str,
    *,
    records: Mapping[str, str] | None = None,
    unknown: Sequence[str] = (),
) -> Part:
    """`explain_hit` in one language, with what one run knows of the hit.

    `records`: where a cited record stands, told behind its `dataset:key`. `unknown`: sentences on what this run did not
    know of this hit, before what no run can know.
    """
    part, places = _hit(language, declaration, evidence_row), records or {}
    part["unknown"] = [*unknown, *text_list(part["unknown"])]
    part["records"] = [
        f"{record}: {places[record]}" if record in places else record for record in text_list(part["records"])
    ]
    return part


def as_lines(part: Part, language: str) -> list[str]:
    """Any part as plain lines of text: the title, then each head with its sentence or its list; empty ones are out."""
    heads = HEADS[language]
    lines = [str(part["title"])]
    for name, content in part.items():
        if name not in heads or not content:
            continue
        if isinstance(content, str):
            lines.append(f"  {heads[name]}: {content}")
        else:
            lines.append(f"  {heads[name]}:")
            lines += [f"    - {sentence}" for sentence in text_list(content)]
    return lines


def declared_params(declaration: Mapping[str, object]) -> Mapping[str, Mapping[str, object]]:
    """The parameters of a declaration by name."""
    params = declaration["params"]
    assert isinstance(params, Mapping)  # noqa: S101 - `Indicator.declaration` makes one
    return params


def threshold(name: str, param: Mapping[str, object], language: str) -> str:
    """A threshold in force with its label and unit; what is usual, where it differs."""
    label = param.get(f"label_{language}") or name
    text = f"{label}: {quantity(param['value'], str(param['unit']), language)}"
    if param["value"] != param["default"]:
        usual = setting_text(param["default"], language, _FORM_OF_UNIT.get(str(param["unit"]), ""))
        text += f" (standaard {usual})" if language == "nl" else f" (default {usual})"
    return text


def quantity(value: object, unit: str, language: str) -> str:
    """A number or codes, and the unit: "90 dagen", "2 jaar", "2 kilometer", "55 (logies) en 56 (horeca)"."""
    if unit in _FORM_OF_UNIT:
        return setting_text(value, language, _FORM_OF_UNIT[unit])
    words = UNITS_NL if language == "nl" else _UNITS_EN
    return f"{setting_text(value, language)} {words.get(unit, unit)}"


def _hit(language: str, declaration: Mapping[str, object], row: Mapping[str, object]) -> Part:
    values = json.loads(str(row.get("values") or "{}"))
    return {
        "title": f"{declaration['code']} {declaration[f'name_{language}']}",
        "seen": row[f"explanation_{language}"],
        "window": _window(row.get("window_start"), row.get("window_end"), language),
        "thresholds": [threshold(name, param, language) for name, param in declared_params(declaration).items()],
        "checked": _checked(declaration, row, values, language),
        "can_also_mean": text_list(declaration[f"innocent_{language}"]),
        "cannot_see": text_list(declaration.get(f"limits_{language}", ())),
        "unknown": _unknown(declaration, values, language),
        "records": text_list(row["record_ids"]),
    }


def _checked(
    declaration: Mapping[str, object], row: Mapping[str, object], values: Mapping[str, object], language: str
) -> list[str]:
    """What was checked of this hit, with its values: the sentences of the rule that hold here.

    A declaration of before has none. `row` can tell the day of the run as `as_of`; what needs it is not said without.
    """
    days = {name: str(row[name]) for name in ("as_of", "window_start", "window_end") if row.get(name)}
    parameters = {name: param["value"] for name, param in declared_params(declaration).items()}
    sentences = (
        filled_sentence(text, language=language, values={**values, **days}, parameters=parameters)
        for text in text_list(declaration.get(f"checked_{language}", ()))
    )
    return [text for text in sentences if text]


def _window(start: object, end: object, language: str) -> str | None:
    if not isinstance(start, date) or not isinstance(end, date):
        return None
    joint = "tot en met" if language == "nl" else "to"
    return f"{date_text(start, language)} {joint} {date_text(end, language)}"


def _unknown(declaration: Mapping[str, object], values: Mapping[str, object], language: str) -> list[str]:
    template = parts(str(declaration[f"evidence_{language}"]))
    always = {name for text, is_optional in template if not is_optional for name in placeholders(text)}
    empty = sorted(name for name in always if name in values and values[name] is None)
    general = {
        "nl": "Of een andere verklaring klopt: dat gaat een mens na.",
        "en": "Whether another explanation holds: a person finds out.",
    }
    blank = {"nl": "Niet ingevuld in het register: {}.", "en": "Not filled in in the register: {}."}
    inputs = declaration.get("inputs")
    registers = [str(declaration.get("dataset")), *(inputs if isinstance(inputs, Mapping) else ())]
    return [general[language], *(blank[language].format(_value_words(name, registers, language)) for name in empty)]


def _value_words(name: str, registers: Sequence[str], language: str) -> str:
    """What a value of a rule is called: by the column that it is, or that it was made of: "KVK-nummer (nieuw)"."""
    whole = name if "kvk_nummer" in name else name.replace("kvk_", "kvk_nummer_")
    columns = {
        column: about.label[language] for register in registers for column, about in columns_of(register).items()
    }
    column = max((column for column in columns if f"_{column}_" in f"_{whole}_"), key=len, default="")
    if not column:
        return bare_name(name)
    label, rest = columns[column], bare_name(f"_{whole}_".replace(f"_{column}_", "_", 1)).strip()
    text = label if label[:2].isupper() else label[:1].lower() + label[1:]
    return f"{text} ({rest})" if rest else text
