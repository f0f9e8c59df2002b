"""The `screening.toml` of a synthetic municipality."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from screening.synthetic import words
from screening.synthetic.areas import DesignatedArea

#: Indicator prefix -> the law that its legal basis names. An example, no more.
LEGAL_BASES: dict[str, str] = {
    "LIC": "APV art. 2:28 (voorbeeld)",
    "SEX": "APV art. 3:3 (voorbeeld)",
    "PER": "APV art. 2:28 (voorbeeld)",
    "ORG": "APV art. 2:28 (voorbeeld)",
    "PRC": "Gemeentewet art. 125 (voorbeeld)",
    "NUI": "Gemeentewet art. 151d (voorbeeld)",
    "HOU": "Huisvestingswet 2014 art. 21 (voorbeeld)",
    "ADR": "APV art. 2:28 (voorbeeld)",
}


#: Parameters that an indicator does nothing without.
PARAMETERS: dict[str, tuple[str, ...]] = {"ORG-10": ("parameters = { admission_from = 20280101 }",)}

#: What a made-up municipality has against its barriers: topic -> rule, article, licence duty, partner, years in force.
#: Of one topic it has nothing, so that one sees how that is told.
POLICIES: dict[str, tuple[str, str, str, str, int]] = {
    "prostitutie": (
        "APV {name}, hoofdstuk 3 (voorbeeld)",
        "art. 3:3",
        "vergunning voor elke seksinrichting",
        "GGD en politie, team Migratiecriminaliteit en Mensenhandel",
        3,
    ),
    "woonoverlast": ("APV {name} (voorbeeld)", "art. 2:79", "", "wijkteam en politie", 5),
    "bibob": (
        "Beleidsregel Wet Bibob {name} (voorbeeld)",
        "art. 4",
        "vragenlijst bij een exploitatie- of alcoholvergunning",
        "Landelijk Bureau Bibob",
        2,
    ),
}


@dataclass(frozen=True)
class DeliveryFormat:
    """How a data set is delivered: file name, own names of columns, own spellings of codes."""

    path: str
    columns: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _table(pairs: Iterable[tuple[str, str]]) -> str:
    return "{ " + ", ".join(f"{key} = {value}" for key, value in pairs) + " }"


def screening_toml(
    deliveries: Mapping[str, DeliveryFormat],
    indicators: Iterable[str],
    as_of: date,
    areas: Iterable[DesignatedArea] = (),
) -> str:
    """The configuration as text: code 9999, every source, every indicator with the three keys that activate it.

    And what the review tells: whom to call beside the national numbers, and which policy there is. And the areas.
    """
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
            *PARAMETERS.get(code, ()),
        ]
    lines += [
        "",
        "[[review.help]]",
        'role = "care_coordinator"',
        'name = "Zorgcoördinator mensenhandel (verzonnen)"',
        'phone = "06-12345678"',
        'when_nl = "voor hulp aan een mogelijk slachtoffer"',
        'when_en = "for help to a possible victim"',
    ]
    for topic, (rule, article, duty, partner, years) in POLICIES.items():
        values = {"rule": rule.format(name=words.MUNICIPALITY), "article": article, "duty": duty, "partner": partner}
        lines += ["", f"[policy.{topic}]", *(f"{key} = {_quoted(text)}" for key, text in values.items() if text)]
        lines.append(f"since = {as_of.replace(year=as_of.year - years, month=1, day=1).isoformat()}")
    for area in areas:
        stated = area.table().items()
        lines += ["", f"[areas.{area.name}]"]
        lines += [f"{key} = {_quoted(value) if isinstance(value, str) else value.isoformat()}" for key, value in stated]
    lines += [
        "",
        "[case_system]",
        'source_rsin = "002564440"',
        'case_type = "https://zaken.voorbeeldstad.example/catalogi/api/v1/zaaktypen/9c1f0f9e-7f50-4c2b-9d2a-6a4a1c9e7b10"',
    ]
    return "\n".join(lines) + "\n"
