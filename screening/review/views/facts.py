"""Each record at an address as a fact: register, key, date, age of the source, and what it says, in words."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from screening.base.datasets import datasets
from screening.base.frames import Row
from screening.base.local_formats import date_text
from screening.casework.visits.inspections import OF_VISIT
from screening.review.i18n import in_dutch
from screening.review.views.dates import RegisterDate, age_words, register_date
from screening.review.views.words import code_name, status_name, word
from screening.wording.fact import exact_day
from screening.wording.register_names import column_name, columns_of, record_name, register_name
from screening.wording.sbi import sbi_text, sbi_words

#: The address block of a record is shown as one line, as the register spells it.
_ADDRESS = (
    "straatnaam",
    "huisnummer",
    "huisletter",
    "huisnummertoevoeging",
    "postcode",
    "plaats",
    "woonplaats",
    "adres_tekst",
)
_TOWN = re.compile(r", \d{4} ?[A-Za-z]{2} (.+)$")
_POSTCODE = re.compile(r"^(\d{4})([A-Za-z]{2})$")
#: The BAG writes these for "not measured" (readings: 1 and 999999 are unknown).
_UNKNOWN_AREA = {"1", "999999"}
#: What a reader seldom needs: said by the heading of the record, or a number of another register.
_ASIDE, _ASIDE_FORMS, _NO = {"status", "sbi_versie"}, {"object_id", "rsin"}, "nee"


@dataclass(frozen=True)
class Source:
    """A register in this run: when its oldest file was delivered, and how old that is today; both in words.

    `configured`: column -> the code that the configuration gave every row, since the register has it not.
    """

    dataset: str
    register: str
    delivered: str | None
    age: str
    days: int | None
    configured: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class DossierFact:
    """One record.

    `record`: `dataset:key`. `anchor`: its place on the page. `kind`: "exploitatie", "bv" … `head`: "vergunning ZW-12".
    `when`: its first date. `dates`: (column, date) of every date that it has, in order.
    `fields`: (label, text) of what it says. `asides`: the same of what a reader seldom needs: what its heading says
    already, numbers of other registers, and what is "no". `blank`: labels of fields that matter and that the register
    left empty. `row_number`: in its file. `found_by`: how its address was found (AddressMethod).
    """

    record: str
    anchor: str
    dataset: str
    register: str
    key: str
    head: str
    kind: str | None
    status: str | None
    when: RegisterDate | None
    source: Source
    dates: tuple[tuple[str, RegisterDate], ...]
    fields: tuple[tuple[str, str], ...]
    asides: tuple[tuple[str, str], ...]
    blank: tuple[str, ...]
    values: Mapping[str, str]
    row_number: int | None = None
    found_by: str | None = None

    @property
    def address(self) -> str:
        """The address that the register gives, empty where it gives none."""
        return _address(self.values)


def sources(
    frame: pl.DataFrame, *, today: date, language: str, configured: Mapping[str, Mapping[str, str]] | None = None
) -> dict[str, Source]:
    """Data set -> its Source. `frame`: SOURCE_AGES. Of several files of one register the oldest counts.

    `configured`: data set -> what the configuration set in it (`set_by_configuration`).
    """
    by_dataset = {}
    for dataset, rows in frame.sort("dataset").group_by("dataset", maintain_order=True):
        name = str(dataset[0])
        dates = rows["delivered"].drop_nulls().to_list()
        constant = (configured or {}).get(name, {})
        by_dataset[name] = _source(name, min(dates) if dates else None, today, language, constant)
    return by_dataset


def _source(
    dataset: str, delivered: date | None, today: date, language: str, configured: Mapping[str, str] | None = None
) -> Source:
    days = None if delivered is None else max((today - delivered).days, 0)
    return Source(
        dataset=dataset,
        register=register_name(dataset, language),
        delivered=None if delivered is None else date_text(delivered, language),
        age=age_words(days, language),
        days=days,
        configured=configured or {},
    )


def facts(
    records: Iterable[Row],
    known_sources: Mapping[str, Source],
    *,
    language: str,
    places: Iterable[dict[str, object]] = (),
) -> list[DossierFact]:
    """One DossierFact a record, by register (`dossier_order`), first date and key. `records`: as in a dossier.

    `places`: DOSSIER_PLACES of the same records: the row in the file, and how the address was found.
    """
    order = {dataset: place for place, dataset in enumerate(dossier_order())}
    rows = sorted(
        records, key=lambda record: (order.get(record["dataset"], len(order)), _first_date(record), record["key"])
    )
    place_of = {f"{place['dataset']}:{place['key']}": place for place in places}
    return [_fact(row, place, known_sources, place_of, language) for place, row in enumerate(rows, start=1)]


def dossier_order() -> list[str]:
    """The registers by what an officer looks for first; the order says nothing of any address."""
    return sorted(datasets(), key=lambda name: datasets()[name].dossier_order)


def by_register(facts: Sequence[DossierFact]) -> list[tuple[str, list[DossierFact]]]:
    """Group the facts by the name of their register, in their order."""
    grouped: dict[str, list[DossierFact]] = {}
    for fact in facts:
        grouped.setdefault(fact.register, []).append(fact)
    return list(grouped.items())


def record_head(dataset: str, key: str, language: str) -> str:
    """A record in a sentence: "vergunning ZW-12". A key that is only a row number is said to be one."""
    name = record_name(dataset, language)
    if key.startswith("r") and key[1:].isdigit():
        row = "rij" if language == "nl" else "row"
        return f"{name} ({row} {key[1:]})"
    return f"{name} {key}"


def _head(dataset: str, key: str, values: Mapping[str, str], language: str) -> str:
    """The head of a record. One without a key of its own is called by what says more than its row in a file.

    What was found on a visit is called by its day: its key is the id of the visit.
    """
    visited_on = exact_day(values.get("datum"))
    if dataset == "controles" and key.startswith(OF_VISIT) and visited_on:
        joint = "van" if language == "nl" else "of"
        return f"{record_name(dataset, language)} {joint} {date_text(visited_on, language)}"
    row = record_head(dataset, key, language)
    called_by = datasets()[dataset].called_by if dataset in datasets() else None
    of = values.get(called_by or "")
    if of is None:
        return row
    if dataset == "handelsregister":
        return record_head(dataset, of, language)
    # several stand on one licence or in one company: the row tells them apart
    return row.replace(" (", f" {of} (", 1)


def _first_date(row: Row) -> str:
    dates = _dates(row["dataset"], row["fields"], "nl")
    return dates[0][1].order if dates else ""


def _dates(dataset: str, fields: Mapping[str, str | None], language: str) -> list[tuple[str, RegisterDate]]:
    """(column, moment) of each date of a record, oldest first; equal ones as the register has them."""
    columns = columns_of(dataset)
    names = [name for name in fields if name in columns and columns[name].event]
    dated = [(name, register_date(fields[name], language)) for name in names]
    return sorted(((name, when) for name, when in dated if when), key=lambda pair: pair[1].order)


def _fact(
    row: Row, place: int, known_sources: Mapping[str, Source], places: Mapping[str, Row], language: str
) -> DossierFact:
    dataset, key = row["dataset"], row["key"]
    values: dict[str, str] = {name: value for name, value in row["fields"].items() if value not in (None, "")}
    dates = _dates(dataset, values, language)
    source = known_sources.get(dataset) or _source(dataset, None, date.min, language)
    file_place = places.get(f"{dataset}:{key}", {})
    kind_column = datasets()[dataset].kind_column if dataset in datasets() else None
    kind = values.get(kind_column or "")
    fields, asides = _fields(source, values, {key, kind or ""}, language)
    return DossierFact(
        record=f"{dataset}:{key}",
        anchor=f"gegeven-{place}",
        dataset=dataset,
        register=register_name(dataset, language),
        key=key,
        head=_head(dataset, key, values, language),
        kind=code_name(kind, language) if kind else None,
        status=status_name(values["status"], language) if "status" in values else None,
        when=dates[0][1] if dates else None,
        source=source,
        dates=tuple(dates),
        fields=tuple(fields),
        asides=tuple(asides),
        blank=tuple(
            column.label[language]
            for name, column in columns_of(dataset).items()
            if column.shown_when_empty
            and (name not in values or (name == "oppervlakte" and values[name] in _UNKNOWN_AREA))
        ),
        values=values,
        row_number=file_place.get("row_number"),
        found_by=file_place.get("address_method"),
    )


def _fields(
    source: Source, values: Mapping[str, str], of_heading: Collection[str], language: str
) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """The fields of a record, and apart those that a reader seldom needs."""
    dataset, address = source.dataset, _address(values)
    fields: list[tuple[str, str]] = []
    asides = [(word("fields", "adres", language), in_dutch(address, language))] if address else []
    columns = columns_of(dataset)
    for name, value in values.items():
        if name in _ADDRESS or (name in columns and columns[name].hidden_in_dossier):
            continue
        if name == "oppervlakte" and value in _UNKNOWN_AREA:
            continue
        is_number = name in columns and columns[name].form in _ASIDE_FORMS
        is_aside = is_number or name in _ASIDE or value in {_NO, *of_heading}
        text = _sbi(value, values, language) if name == "sbi_codes" else value_words(value, language)
        if source.configured.get(name) == value:
            text = word("fields", "configured", language).format(value=text)
        (asides if is_aside else fields).append((column_name(dataset, name, language), text))
    return fields, asides


def activities(values: Mapping[str, str], language: str) -> list[str]:
    """What the SBI codes of an establishment mean, each once; a code of which nobody knows the words as it is."""
    words = [sbi_words(code, language, values.get("sbi_versie")) or code for code in _sbi_codes(values)]
    return list(dict.fromkeys(words))


def _sbi_codes(values: Mapping[str, str]) -> list[str]:
    return [code for code in values.get("sbi_codes", "").split("|") if code]


def _sbi(value: str, values: Mapping[str, str], language: str) -> str:
    """SBI codes with their words: "56111 (restaurant)"."""
    return ", ".join(sbi_text(code, language, values.get("sbi_versie")) for code in value.split("|"))


def value_words(value: str, language: str) -> str:
    """A value of a register as a reader reads it: dates and codes in words, a list with commas."""
    when = register_date(value, language)
    if when and len(value) > len("2026"):
        return when.text
    parts = value.split("|")
    names = [code_name(part, language) for part in parts]
    text = ", ".join(names)
    return in_dutch(text, language) if names == parts and any(map(str.isalpha, text)) else text


def short_address(address: str, own: str) -> str:
    """The address without its postcode, and without its town where that is the town of `own`."""
    towns = {match[1].casefold() for text in (own, address) if (match := _TOWN.search(text))}
    return _TOWN.sub("" if len(towns) == 1 else r", \1", address)


def _address(values: Mapping[str, str]) -> str:
    """The address as the register spells it, with the space of a postcode."""
    values = {name: _POSTCODE.sub(r"\1 \2", value) if name == "postcode" else value for name, value in values.items()}
    street = " ".join(values[name] for name in _ADDRESS[:4] if name in values)
    town = " ".join(values[name] for name in _ADDRESS[4:7] if name in values)
    written = ", ".join(part for part in (street, town) if part)
    return "; ".join(part for part in (written, values.get("adres_tekst", "")) if part)
