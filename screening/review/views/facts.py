"""Each record at an address as a fact: register, key, date, age of the source, and what it says, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from screening.frames import Row
from screening.review.views.dates import RegisterDate, age_words, register_date
from screening.review.views.words import known_names, word
from screening.wording.sentence import date_text

#: The address block of a record is shown as one line, as the register spells it.
_ADDRESS = (
    "straatnaam", "huisnummer", "huisletter", "huisnummertoevoeging", "postcode", "plaats", "woonplaats", "adres_tekst",
)  # fmt: skip
#: Where it is, is told by the address at the head of the dossier; a map would be one more copy of it.
_PLACES = {"rd_x", "rd_y", "lat", "lon"}
#: Numbers that say nothing to a reader, or that the head of the record shows already.
_NUMBERS = {"adresseerbaar_object_id", "nummeraanduiding_id"}
#: Columns whose absence means something: "no end date" is a fact, "no letter of the house number" is not.
_TELLING = {
    "vergunningen": ("datum_besluit", "ingangsdatum", "einddatum", "kvk_nummer", "openingstijden"),
    "seksinrichtingen": ("datum_besluit", "ingangsdatum", "einddatum", "kvk_nummer", "openingstijden"),
    "handelsregister": ("datum_einde",),
    "functionarissen": ("datum_einde",),
    "leidinggevenden": ("datum_tot",),
    "maatregelen": ("datum_einde", "grondslag"),
    "meldingen": ("bevinding",),
    "controles": ("bevinding",),
    "bag_adressen": ("gebruiksdoelen", "oppervlakte"),
}
#: Registers without a key of their own: the column that says which record it is, or which one it belongs to.
_CALLED_BY: dict[str, str] = {
    "handelsregister": "vestigingsnummer",
    "functionarissen": "kvk_nummer",
    "leidinggevenden": "zaaknummer",
}
#: What a record is a case of, in the order in which it is looked for.
_KINDS = ("zaaktype", "type", "subcategorie", "rechtsvorm", "situatie", "functie", "rol")
#: The BAG writes these for "not measured" (readings: 1 and 999999 are unknown).
_UNKNOWN_AREA = {"1", "999999"}
#: Registers by what an officer looks for first; the order says nothing of any address.
ORDER = (
    "bag_adressen", "vergunningen", "seksinrichtingen", "handelsregister",
    "functionarissen", "leidinggevenden", "meldingen", "controles", "maatregelen",
)  # fmt: skip


@dataclass(frozen=True)
class Source:
    """A register in this run: when its oldest file was delivered, and how old that is today; both in words."""

    dataset: str
    register: str
    delivered: str | None
    age: str
    days: int | None


@dataclass(frozen=True)
class DossierFact:
    """One record.

    `record`: `dataset:key`. `anchor`: its place on the page. `kind`: "exploitatie", "bv" … `head`: "vergunning ZW-12".
    `when`: its first date. `dates`: (column, date) of every date that it has, in order.
    `fields`: (label, text). `blank`: labels of what the register left empty and what would say something.
    `row_number`: in its file. `found_by`: how its address was found (AddressMethod).
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
    blank: tuple[str, ...]
    values: Mapping[str, str]
    row_number: int | None = None
    found_by: str | None = None


def sources(frame: pl.DataFrame, *, today: date, language: str) -> dict[str, Source]:
    """Data set -> its Source. `frame`: SOURCE_AGES. Of several files of one register the oldest counts."""
    by_dataset = {}
    for dataset, rows in frame.sort("dataset").group_by("dataset", maintain_order=True):
        name = str(dataset[0])
        dates = rows["delivered"].drop_nulls().to_list()
        by_dataset[name] = _source(name, min(dates) if dates else None, today, language)
    return by_dataset


def _source(dataset: str, delivered: date | None, today: date, language: str) -> Source:
    days = None if delivered is None else max((today - delivered).days, 0)
    return Source(
        dataset=dataset,
        register=word("registers", dataset, language),
        delivered=None if delivered is None else date_text(delivered, language),
        age=age_words(days, language),
        days=days,
    )


def facts(
    records: Iterable[Row],
    known_sources: Mapping[str, Source],
    *,
    language: str,
    places: Iterable[Row] = (),
) -> list[DossierFact]:
    """One DossierFact a record, by register (ORDER), first date and key. `records`: as in a dossier.

    `places`: DOSSIER_PLACES of the same records: the row in the file, and how the address was found.
    """
    order = {str(dataset): place for place, dataset in enumerate(ORDER)}
    rows = sorted(
        records, key=lambda record: (order.get(record["dataset"], len(order)), _first_date(record), record["key"])
    )
    place_of = {f"{place['dataset']}:{place['key']}": place for place in places}
    return [_fact(row, place, known_sources, place_of, language) for place, row in enumerate(rows, start=1)]


def by_register(facts: Sequence[DossierFact]) -> list[tuple[str, list[DossierFact]]]:
    """The facts under the name of their register, in the order in which they stand."""
    grouped: dict[str, list[DossierFact]] = {}
    for fact in facts:
        grouped.setdefault(fact.register, []).append(fact)
    return list(grouped.items())


def record_head(dataset: str, key: str, language: str) -> str:
    """A record in a sentence: "vergunning ZW-12". A key that is only a row number is said to be one."""
    name = word("records", dataset, language)
    if key.startswith("r") and key[1:].isdigit():
        row = "rij" if language == "nl" else "row"
        return f"{name} ({row} {key[1:]})"
    return f"{name} {key}"


def _head(dataset: str, key: str, values: Mapping[str, str], language: str) -> str:
    """The head of a record. One without a key of its own is called by what says more than its row in a file."""
    row = record_head(dataset, key, language)
    of = values.get(_CALLED_BY.get(dataset, ""))
    if of is None:
        return row
    if dataset == "handelsregister":
        return record_head(dataset, of, language)
    # several stand on one licence or in one company: the row tells them apart
    return row.replace(" (", f" {of} (", 1)


def _first_date(row: Row) -> str:
    dates = _dates(row["fields"], "nl")
    return dates[0][1].order if dates else ""


def _dates(fields: Mapping[str, str | None], language: str) -> list[tuple[str, RegisterDate]]:
    """(column, moment) of each date of a record, oldest first; equal ones as the register has them."""
    names = [name for name in fields if name in known_names("events")]
    dated = [(name, register_date(fields[name], language)) for name in names]
    return sorted(((name, when) for name, when in dated if when), key=lambda pair: pair[1].order)


def _fact(
    row: Row,
    place: int,
    known_sources: Mapping[str, Source],
    places: Mapping[str, Row],
    language: str,
) -> DossierFact:
    dataset, key = row["dataset"], row["key"]
    values: dict[str, str] = {name: value for name, value in row["fields"].items() if value not in (None, "")}
    dates = _dates(values, language)
    file_place = places.get(f"{dataset}:{key}", {})
    kind = next((values[name] for name in _KINDS if name in values), None)
    return DossierFact(
        record=f"{dataset}:{key}",
        anchor=f"gegeven-{place}",
        dataset=dataset,
        register=word("registers", dataset, language),
        key=key,
        head=_head(dataset, key, values, language),
        kind=_code(kind, language) if kind else None,
        status=word("codes", values["status"], language) if "status" in values else None,
        when=dates[0][1] if dates else None,
        source=known_sources.get(dataset) or _source(dataset, None, date.min, language),
        dates=tuple(dates),
        fields=tuple(_fields(values, language)),
        blank=tuple(
            word("fields", name, language)
            for name in _TELLING.get(dataset, ())
            if name not in values or (name == "oppervlakte" and values[name] in _UNKNOWN_AREA)
        ),
        values=values,
        row_number=file_place.get("row_number"),
        found_by=file_place.get("address_method"),
    )


def _fields(values: Mapping[str, str], language: str) -> Iterable[tuple[str, str]]:
    address = _address(values)
    if address:
        yield word("fields", "adres", language), address
    for name, value in values.items():
        if name in _ADDRESS or name in _PLACES or name in _NUMBERS:
            continue
        if name == "oppervlakte" and value in _UNKNOWN_AREA:
            continue
        yield word("fields", name, language), value_words(value, language)


def value_words(value: str, language: str) -> str:
    """A value of a register as a reader reads it: dates and codes in words, a list with commas."""
    when = register_date(value, language)
    if when and len(value) > len("2026"):
        return when.text
    return ", ".join(_code(part, language) for part in value.split("|"))


def _code(value: str, language: str) -> str:
    """A code in words; what is none stays as it is."""
    group = next((name for name in ("codes", "roles") if value in known_names(name)), None)
    return word(group, value, language) if group else value


def _address(values: Mapping[str, str]) -> str:
    """The address as the register spells it."""
    street = " ".join(values[name] for name in _ADDRESS[:4] if name in values)
    town = " ".join(values[name] for name in _ADDRESS[4:7] if name in values)
    written = ", ".join(part for part in (street, town) if part)
    return "; ".join(part for part in (written, values.get("adres_tekst", "")) if part)
