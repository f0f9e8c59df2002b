"""A page a register, and its rows in the words of JSON Schema and Table Schema: made from contracts and indicators."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

from flows.catalogue import all_contracts, all_indicators
from flows.papers.markdown import markdown_table
from screening.base.code_words import code_words
from screening.base.datasets import Column
from screening.contracts import Contract
from screening.contracts.rejects import column_title, how_to_mend
from screening.contracts.schemas import record_schema, table_schema
from screening.rules import Indicator

#: Where they stand under docs/reference.
FOLDER = "registers"
_TYPES = {
    "string": "tekst",
    "date": "datum (JJJJ-MM-DD, of alleen JJJJ-MM of JJJJ)",
    "timestamp": "tijdstip (JJJJ-MM-DDTUU:MM:SS)",
    "integer": "heel getal",
    "number": "getal",
    "boolean": "ja of nee",
    "array": "lijst, met | ertussen",
}
_FORMS = {
    "code": "code, zie onder",
    "kvk_nummer": "8 cijfers",
    "vestigingsnummer": "12 cijfers",
    "rsin": "9 cijfers",
    "object_id": "BAG-id van 16 cijfers",
    "postcode": "postcode",
    "free_text": "tekst; wordt nooit bewaard",
    "reporter_token": "kenmerk van de melder; wordt vervangen en nooit bewaard",
}
#: What a rule may read of a date beside the day: the first and the last day that it can mean.
_DATE_ENDS = ("_min", "_max")


def register_pages() -> dict[str, str]:
    """Path -> content: for each register its page, its JSON Schema and its Table Schema."""
    pages = {}
    for name, contract in all_contracts().items():
        pages[f"{FOLDER}/{name}.md"] = _page(contract)
        pages[f"{FOLDER}/{name}.schema.json"] = _json(record_schema(contract))
        pages[f"{FOLDER}/{name}.table.json"] = _json(table_schema(contract))
    return pages


def _json(document: object) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _page(contract: Contract) -> str:
    about, rules = contract.about, [rule for rule in all_indicators() if contract.dataset in rule.inputs]
    need = "Zonder dit register draait er niets." if about.required else "Dit register is niet verplicht."
    columns = [about.columns[name] for name in about.delivered_columns]
    lines = [
        f"# {about.business_name_nl} (`{about.name}`)",
        "",
        f"Wat er in dit register staat, hoe een levering wordt gecontroleerd en hoe u een fout herstelt. {need} Namen "
        "van kolommen en codes mogen anders zijn: zie [een register inlezen](../../sources/mapping.md). Deze bladzijde "
        f"is gemaakt uit [het contract](../../../data_contracts/{about.file}), versie {about.version}: `make docs`.",
        "",
        f"Voor eigen gereedschap: [JSON Schema]({about.name}.schema.json), [Table Schema]({about.name}.table.json) en, "
        f"als suite van Great Expectations, `barrier contracts suite {about.name}`.",
        "",
        "## Kolommen",
        "",
        *markdown_table(
            ("Kolom", "Naam", "Betekenis", "In English", "Soort", "Verplicht", "Indicatoren"),
            (_column_cells(column, rules, contract) for column in columns),
        ),
        "",
    ]
    if coded := [column for column in columns if column.codes]:
        lines += [
            "## Codes",
            "",
            *markdown_table(("Kolom", "Code", "In woorden", "In English"), _code_cells(coded)),
            "",
        ]
    lines += [
        "## Regels",
        "",
        "Een rij die een regel breekt, doet niet mee en staat in de lijst voor de eigenaar (`barrier intake rejects`), "
        "met de reden en het herstel hieronder. Een waarschuwing telt alleen: de rij doet mee.",
        "",
        *markdown_table(("Kolom", "Regel", "Reden in de lijst", "Zo herstelt u het"), _rule_cells(contract)),
        "",
    ]
    if contract.cross_register_rules:
        lines += [
            "## Regels tussen registers",
            "",
            "Dit zijn waarschuwingen: elk van de twee registers kan achterlopen.",
            "",
            *markdown_table(
                ("Kolom", "Regel", "Ander register"),
                (
                    (f"`{rule.column}`", rule.description_nl, ", ".join(f"`{name}`" for name in rule.registers))
                    for rule in contract.cross_register_rules
                ),
            ),
            "",
        ]
    lines += ["## Indicatoren die dit register lezen", ""]
    lines += [f"- [{rule.code}](../indicatoren.md#{rule.code.lower()}) {rule.name_nl}" for rule in rules] or ["Geen."]
    return "\n".join(lines) + "\n"


def _column_cells(column: Column, rules: Sequence[Indicator], contract: Contract) -> tuple[str, ...]:
    readers = [rule.code for rule in rules if column.name in _read_columns(rule, contract.dataset)]
    is_key = " (uniek)" if column.unique else ""
    kind = _FORMS.get(column.form or "", _TYPES[column.logical_type])
    return (
        f"`{column.name}`",
        column.business_name_nl,
        column.description_nl,
        column.description_en,
        f"lijst, met | ertussen: {kind}" if column.logical_type == "array" and column.form else kind,
        f"ja{is_key}" if column.required else "",
        ", ".join(readers),
    )


def _read_columns(rule: Indicator, dataset: str) -> set[str]:
    """The columns of a register that an indicator reads, whichever end of a date."""
    columns = set(rule.inputs[dataset])
    return columns | {name.removesuffix(end) for name in columns for end in _DATE_ENDS}


def _code_cells(columns: Iterable[Column]) -> Iterator[tuple[str, ...]]:
    words = code_words()
    for column in columns:
        for code in column.codes:
            meaning = column.code_words.get(code) or words.get(code)
            yield f"`{column.name}`", f"`{code}`", *((meaning.nl, meaning.en) if meaning else ("", ""))


def _rule_cells(contract: Contract) -> Iterator[tuple[str, ...]]:
    about = contract.about
    for rule in contract.rules:
        warning = " (waarschuwing)" if rule.severity == "warning" else ""
        mending = "" if rule.expectation == "has_rows" else how_to_mend(about, rule.column, rule.expectation)
        yield column_title(about, rule.column), f"{rule.description_nl}{warning}", rule.reason_nl, mending
