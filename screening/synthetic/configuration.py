"""The `screening.toml` of a synthetic municipality."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from screening.synthetic import words
from screening.vocabulary import Dataset

#: Indicator prefix -> the law that its legal basis names. An example, no more.
LEGAL_BASES: dict[str, str] = {
    "LIC": "APV art. 2:28 (voorbeeld)",
    "SEX": "APV art. 3:3 (voorbeeld)",
    "PER": "APV art. 2:28 (voorbeeld)",
    "ORG": "APV art. 2:28 (voorbeeld)",
    "NUI": "Gemeentewet art. 151d (voorbeeld)",
    "HOU": "Huisvestingswet 2014 art. 21 (voorbeeld)",
}


@dataclass(frozen=True)
class Delivery:
    """How a data set is delivered: file name, own names of columns, own spellings of codes."""

    path: str
    columns: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _table(pairs: Iterable[tuple[str, str]]) -> str:
    return "{ " + ", ".join(f"{key} = {value}" for key, value in pairs) + " }"


def screening_toml(deliveries: Mapping[Dataset, Delivery], indicators: Iterable[str], as_of: date) -> str:
    """The configuration as text: code 9999, every source, every indicator with the three keys that activate it."""
    lines = [
        "[municipality]",
        f"name = {_quoted(words.MUNICIPALITY)}",
        'code = "9999"',
        "",
        "[run]",
        f"as_of = {as_of.isoformat()}",
        'workspace = "var"',
    ]
    for dataset, delivery in deliveries.items():
        lines += ["", f"[sources.{dataset}]", f"path = {_quoted(delivery.path)}"]
        if delivery.columns:
            lines.append("columns = " + _table((k, _quoted(v)) for k, v in delivery.columns.items()))
        for column, codes in delivery.codes.items():
            lines.append(f"codes.{column} = " + _table((_quoted(k), f"[{_quoted(v)}]") for k, v in codes.items()))
    for code in sorted(indicators):
        lines += [
            "",
            f'[indicators."{code}"]',
            f"legal_basis = {_quoted(LEGAL_BASES[code[:3]])}",
            'dpia = "DPIA-VOORBEELD-01"',
            f"fg_advice = {as_of.replace(month=1, day=15).isoformat()}",
        ]
    return "\n".join(lines) + "\n"
