"""A record of a register in one Dutch sentence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from screening.base.datasets import datasets
from screening.base.local_formats import date_text
from screening.wording.fact_words import document_words

#: Areas that the BAG gives where nobody measured.
UNKNOWN_AREAS = frozenset({"1", "999999"})


def fact_sentence(dataset: str, fields: Mapping[str, str | None]) -> str:
    """Write a record as one plain Dutch sentence, without a name and without a judgement."""
    has = {name: value for name, value in fields.items() if value}
    words = {name: worded(value) for name, value in has.items()}
    kind = words.get("zaaktype") or words.get("type") or ""
    number = has.get("zaaknummer") or has.get("vergunning_id") or ""
    match dataset:
        case "bag_adressen":
            area = "" if has.get("oppervlakte", "1") in UNKNOWN_AREAS else f", {has['oppervlakte']} m²"
            head = f"BAG: gebruiksdoel {words.get('gebruiksdoelen', 'onbekend')}{area}, {words.get('status', '')}"
        case "handelsregister":
            head = f"Vestiging {has.get('vestigingsnummer', 'zonder nummer')} ({words.get('rechtsvorm', 'onbekend')})"
            head += f" van KVK-nummer {has.get('kvk_nummer', 'onbekend')}"
            head += _span(words, "datum_aanvang", "datum_einde")
        case "functionarissen":
            head = f"Functie {words.get('functie', 'onbekend')} bij KVK-nummer {has.get('kvk_nummer', 'onbekend')}"
            head += _span(words, "datum_aanvang", "datum_einde")
        case "leidinggevenden":
            head = f"{words.get('rol', 'rol onbekend')} op {number}" + _span(words, "datum_van", "datum_tot")
        case "vergunningen" | "seksinrichtingen":
            what = "Vergunning" if dataset == "vergunningen" else "Vergunning seksinrichting"
            head = f"{what} {number} ({kind}): {words.get('status', 'onbekend')}"
            head += _span(words, "ingangsdatum", "einddatum")
            head += f", aangevraagd op {words['datum_aanvraag']}" if "datum_aanvraag" in words else ""
        case "maatregelen":
            head = f"Maatregel {kind}, {words.get('status', 'status onbekend')}" + _span(words, "datum", "datum_einde")
        case "controles":
            head = f"Controle: {words.get('situatie', 'onbekend')}, {words.get('bevinding', 'geen bevinding')}"
        case "meldingen":
            head = f"Melding over {words.get('subcategorie', 'iets anders')}, {words.get('status', 'onbekend')}"
            head += f", bevinding {words.get('bevinding', 'onbekend')}"
        case _:
            head = _by_contract(dataset, has)
    return f"{head[:1].upper()}{head[1:]}."


def _by_contract(dataset: str, has: Mapping[str, str]) -> str:
    """What a record is called, its key, its kind and its days, as the contract of its register has them."""
    about = datasets().get(dataset)
    if about is None:
        return f"Regel van {dataset}"
    column = about.columns.get(about.kind_column or "")
    kind = has.get(column.name, "") if column and column.codes else ""  # what is no code can hold a name
    words = column.code_words.get(kind) if column else None
    head = " ".join(filter(None, (about.record_nl, has.get(about.key or ""))))
    head += f" ({words.nl if words else worded(kind)})" if kind else ""
    return head + _span({name: worded(has[name]) for name in about.span if name in has}, *about.span)


def _span(words: Mapping[str, str], begin: str, end: str) -> str:
    parts = [f"{word} {words[name]}" for word, name in (("vanaf", begin), ("tot en met", end)) if name in words]
    return f", {' '.join(parts)}" if parts else ""


def worded(value: str) -> str:
    """Write a value of a register in Dutch: a day as a date, a code by its word, several with commas."""
    day = exact_day(value)
    if day:
        return date_text(day, "nl")
    return ", ".join(document_words().get(part, part.replace("_", " ")) for part in value.split("|"))


def exact_day(value: object) -> date | None:
    """Read a date that is known to the day; None for anything else."""
    text = str(value or "")[:10]
    try:
        return date.fromisoformat(text) if len(text) == len("2026-11-01") else None
    except ValueError:
        return None
