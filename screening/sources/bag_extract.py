"""The BAG 2.0 extract of the Kadaster: zips in a zip of XML, read by GDAL, joined to one row a current address.

The reader of GDAL (LVBAG) only reads, and mends nothing (AUTOCORRECT_INVALID_DATA is off). A file holds at most 10,000
occurrences; one is unpacked at a time, so that history, most of the extract, is never held.
"""

from __future__ import annotations

import datetime as dt
import re
import struct
from collections.abc import Iterator

import polars as pl

from screening.base.errors import SourceError
from screening.base.notes import note
from screening.sources.archive import member_names, members
from screening.sources.raw import RawTable, Target

_DELIVERY_DOCUMENT = "Leveringsdocument-BAG-Extract.xml"
_KINDS = ("NUM", "OPR", "WPL", "VBO", "LIG", "STA", "PND")
#: The files of one kind of object, and the zips that they lie in.
_FILES = re.compile(
    rf"(?P<whole>{re.escape(_DELIVERY_DOCUMENT)})|[0-9]{{4}}(?P<town>GEM)[0-9]{{8}}\.zip"
    rf"|[0-9]{{4}}(?P<kind>{'|'.join(_KINDS)})(?P<date>[0-9]{{8}})(?:-[0-9]+)?\.(?:zip|xml)"
)
_STATE_DATE = re.compile(rb"StandTechnischeDatum>\s*([0-9]{4}-[0-9]{2}-[0-9]{2})\s*<")
#: How a file of objects begins. GDAL tells a file by its content, and is never handed one that makes it open others.
_BEGIN = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*\?>)?\s*<sl-bag-extract:bagStand\s")
_HOSTILE = (b"<!DOCTYPE", b"<!ENTITY", b"<OGRVRTDataSource", b"<VRTDataset")
_END = b"</sl-bag-extract:bagStand>"
_OBJECT_END = b"</sl-bag-extract:bagObject>"
#: Columns of GDAL that are kept of each kind, beside the identification.
_KEPT: dict[str, dict[str, str]] = {
    "NUM": {
        "huisnummer": "huisnummer",
        "huisletter": "huisletter",
        "huisnummerToevoeging": "huisnummertoevoeging",
        "postcode": "postcode",
        "openbareruimteRef": "street",
        "woonplaatsRef": "town",
        "status": "number_status",
    },
    "OPR": {"naam": "straatnaam", "woonplaatsRef": "street_town"},
    "WPL": {"naam": "woonplaats"},
    "VBO": {
        "gebruiksdoel": "gebruiksdoelen",
        "oppervlakte": "oppervlakte",
        "pandRef": "pand_id",
        "status": "status",
        "hoofdadresNummeraanduidingRef": "main",
        "nevenadresNummeraanduidingRef": "other",
        "wkb_geometry": "place",
    },
    "LIG": {
        "status": "status",
        "hoofdadresNummeraanduidingRef": "main",
        "nevenadresNummeraanduidingRef": "other",
        "wkb_geometry": "place",
    },
    "PND": {"status": "pand_status", "wkb_geometry": "omtrek"},
}
_KEPT["STA"] = _KEPT["LIG"]
_POLYGON = 3
#: Columns of GDAL that tell whether an occurrence is current.
_HISTORY = (
    "voorkomenIdentificatie",
    "beginGeldigheid",
    "eindGeldigheid",
    "eindRegistratie",
    "tijdstipInactief",
    "tijdstipNietBagLV",
)
#: Objects that are no more, which give way where an address number is also that of another object.
_ENDED = r"ingetrokken|ten onrechte|Niet gerealiseerd"
_COLUMNS = (
    "nummeraanduiding_id",
    "adresseerbaar_object_id",
    "pand_id",
    "straatnaam",
    "huisnummer",
    "huisletter",
    "huisnummertoevoeging",
    "postcode",
    "woonplaats",
    "gebruiksdoelen",
    "oppervlakte",
    "status",
    "pand_status",
    "rd_x",
    "rd_y",
    "is_nevenadres",
    "omtrek",
)


def is_bag_extract(data: bytes) -> bool:
    """Whether a zip holds a delivery of the BAG, or the addresses of a municipality out of one."""
    kinds = {
        match["kind"] or match["town"] or match["whole"]
        for name in member_names(data)
        if (match := _FILES.fullmatch(name))
    }
    return not kinds.isdisjoint((_DELIVERY_DOCUMENT, "GEM", "NUM"))


def read_bag_extract(data: bytes, target: Target) -> RawTable:
    """One row an address that is current on the date of the extract; addresses of no object are left out and counted.

    Raises SourceError for a zip or XML that is damaged, and for an extract without addresses, streets or towns.
    """
    as_of, parts, history = _current_objects(data, target.name)
    lacking = [kind for kind in ("NUM", "OPR", "WPL", "VBO") if kind not in parts]
    if lacking:
        raise SourceError(f"{target.name}: is no whole BAG extract ({', '.join(lacking)} lacking). Deliver it again.")
    numbers = parts["NUM"].height
    addresses = _addresses(parts)
    row_numbers = range(1, addresses.height + 1)
    chosen = target.choose(_COLUMNS)
    frame = addresses.select(
        pl.Series("row_number", row_numbers, dtype=pl.Int64),
        *(pl.col(_COLUMNS[place]).cast(pl.String).alias(column) for column, place in chosen.items()),
    )
    notes = [note("bag_history", file=target.name, occurrence=history, of=as_of.isoformat())]
    if numbers > addresses.height:
        notes.append(note("bag_no_object", file=target.name, row=numbers - addresses.height))
    return RawTable(frame=frame, rows_read=addresses.height, notes=notes, encoding="utf-8", as_of=as_of.isoformat())


def _current_objects(data: bytes, name: str) -> tuple[dt.date, dict[str, pl.DataFrame], int]:
    """The date of the extract, its current objects by kind, and how many occurrences are history."""
    as_of: dt.date | None = None
    frames: dict[str, list[pl.DataFrame]] = {}
    occurrences = 0
    for document in members(data, name, re.compile(re.escape(_DELIVERY_DOCUMENT))):
        stated = _STATE_DATE.search(document.data)
        as_of = dt.date.fromisoformat(stated[1].decode()) if stated else None
    for member in members(data, name, _FILES):
        match = _FILES.fullmatch(member.name)
        if not match or not match["kind"]:
            continue
        if as_of is None:
            as_of = _date_of(match["date"], name)
        occurring = _occurrences(member.data, match["kind"], f"{name}, {member.name}")
        occurrences += occurring.height
        current = _current(occurring, as_of)
        if "omtrek" in current.columns:  # as text at once: a city has a million of them
            outlines = [_outline(wkb) for wkb in current["omtrek"]]
            current = current.with_columns(omtrek=pl.Series(outlines, dtype=pl.String))
        frames.setdefault(match["kind"], []).append(current)
    if as_of is None:
        raise SourceError(f"{name}: holds no objects of the BAG. Deliver the extract again.")
    # An object whose last occurrence is current in two files, as at the border of two, stands once.
    parts = {kind: pl.concat(pieces).unique("id", keep="first", maintain_order=True) for kind, pieces in frames.items()}
    return as_of, parts, occurrences - sum(frame.height for frame in parts.values())


def _date_of(digits: str, name: str) -> dt.date:
    try:
        return dt.datetime.strptime(digits, "%d%m%Y").replace(tzinfo=dt.UTC).date()
    except ValueError:
        raise SourceError(f"{name}: the date in the names of its files is none. Deliver the extract again.") from None


def _occurrences(xml: bytes, kind: str, name: str) -> pl.DataFrame:
    """Every occurrence in one file: the kept columns, `id`, and what tells whether it is current."""
    if not _BEGIN.match(xml) or not xml.rstrip().endswith(_END) or any(mark in xml for mark in _HOSTILE):
        raise SourceError(f"{name}: is no whole file of BAG objects. Deliver the extract again.")
    import pyogrio  # brings pandas: a second that only an extract pays  # noqa: PLC0415

    kept = _KEPT[kind]
    try:
        _, table = pyogrio.read_arrow(xml, layer=0, AUTOCORRECT_INVALID_DATA="NO")
        occurring = pl.DataFrame(pl.from_arrow(table))
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.FeatureError, ValueError):
        raise SourceError(f"{name}: is damaged. Deliver the extract again.") from None
    if occurring.height != xml.count(_OBJECT_END):
        raise SourceError(f"{name}: is damaged: not every object in it can be read. Deliver the extract again.")
    return occurring.select(
        pl.col("identificatie").str.split(".").list.last().alias("id"),
        *_HISTORY,
        *(_without_domain(occurring, theirs).alias(ours) for theirs, ours in kept.items()),
    )


def _without_domain(occurring: pl.DataFrame, column: str) -> pl.Expr:
    """GDAL writes `NL.IMBAG.Pand.0457…`; the number stays. A list of purposes or numbers stays a list."""
    if column not in occurring.columns:
        return pl.lit(None)
    if not column.endswith("Ref"):
        return pl.col(column)
    last = pl.element().str.split(".").list.last()
    if isinstance(occurring.schema[column], pl.List):
        return pl.col(column).list.eval(last)
    return pl.col(column).str.split(".").list.last()


def _current(occurring: pl.DataFrame, as_of: dt.date) -> pl.DataFrame:
    """The occurrences that hold on a date: one an object."""
    is_current = (
        (pl.col("beginGeldigheid") <= as_of)
        & (pl.col("eindGeldigheid").is_null() | (pl.col("eindGeldigheid") > as_of))
        & pl.col("eindRegistratie").is_null()
        & pl.col("tijdstipInactief").is_null()
        & pl.col("tijdstipNietBagLV").is_null()
    )
    return (
        occurring.filter(is_current)
        .sort("id", "voorkomenIdentificatie")
        .unique("id", keep="last", maintain_order=True)
        .drop(_HISTORY)
    )


def _addresses(parts: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Numbers with their street, town, object and building, sorted by their identification."""
    numbers = parts["NUM"].rename({"id": "nummeraanduiding_id"})
    streets = parts["OPR"].rename({"id": "street"})
    towns = parts["WPL"].rename({"id": "town"})
    return (
        numbers.join(streets, on="street", how="left")
        .with_columns(town=pl.coalesce("town", "street_town"))
        .join(towns, on="town", how="left")
        .join(_objects(parts), on="nummeraanduiding_id", how="inner")
        .sort("nummeraanduiding_id")
        .with_columns(pand=pl.col("pand_id").str.split("|").list.first())
        .join(_outlines(parts), on="pand", how="left", maintain_order="left")
        # a building of a thousand flats has one outline
        .with_columns(omtrek=pl.when(pl.col("pand").is_first_distinct()).then("omtrek"))
        .drop("pand")
    )


def _outlines(parts: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """`pand`, `omtrek`: of each building the outline."""
    if "PND" not in parts:
        return pl.DataFrame(schema={"pand": pl.String, "omtrek": pl.String})
    return parts["PND"].select(pand="id", omtrek="omtrek")


def _objects(parts: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """One row an address number: its object, the building of it, and whether the number is its second."""
    objects = pl.concat([parts[kind] for kind in ("VBO", "LIG", "STA") if kind in parts], how="diagonal")
    objects = _with_buildings(objects, parts.get("PND")).rename({"id": "adresseerbaar_object_id"})
    points = list(_points(objects["place"]))
    objects = objects.with_columns(
        pl.col("gebruiksdoelen").list.join("|"),
        rd_x=pl.Series([x for x, _ in points], dtype=pl.Float64),
        rd_y=pl.Series([y for _, y in points], dtype=pl.Float64),
    ).drop("place")
    main = objects.with_columns(nummeraanduiding_id=pl.col("main"), is_nevenadres=pl.lit("nee"))
    other = objects.explode("other").with_columns(nummeraanduiding_id=pl.col("other"), is_nevenadres=pl.lit("ja"))
    both = pl.concat([main.drop("main", "other"), other.drop("main", "other")])
    return (
        both.filter(pl.col("nummeraanduiding_id").is_not_null())
        .with_columns(is_ended=pl.col("status").str.contains(_ENDED))
        .sort(
            "nummeraanduiding_id",
            "is_ended",
            "is_nevenadres",
            "adresseerbaar_object_id",
            descending=[False, False, True, False],
        )
        .unique("nummeraanduiding_id", keep="first", maintain_order=True)
        .drop("is_ended")
    )


def _with_buildings(objects: pl.DataFrame, buildings: pl.DataFrame | None) -> pl.DataFrame:
    """Objects with the status of their building: of several the one in use, so that none in ruins stands for it."""
    if buildings is None:
        return objects.with_columns(pl.col("pand_id").list.join("|"), pand_status=pl.lit(None, pl.String))
    states = (
        objects.select("id", "pand_id")
        .explode("pand_id")
        .join(buildings.select("pand_status", pand_id="id"), on="pand_id", how="inner")
        .sort("id", pl.col("pand_status") != "Pand in gebruik", "pand_id")
        .unique("id", keep="first", maintain_order=True)
        .select("id", "pand_status")
    )
    return objects.with_columns(pl.col("pand_id").list.join("|")).join(states, on="id", how="left")


def _outline(wkb: bytes | None) -> str | None:
    """The outer ring of a building in metres RD, "x y,x y" to the decimetre; None for what is no polygon."""
    if wkb is None:
        return None
    order = "<" if wkb[0] == 1 else ">"
    (kind,) = struct.unpack_from(f"{order}I", wkb, 1)
    if kind % 1000 & 0x7 != _POLYGON:
        return None
    (count,) = struct.unpack_from(f"{order}I", wkb, 9)
    width = 3 if kind >= 1000 or kind & 0x80000000 != 0 else 2
    values = struct.unpack_from(f"{order}{count * width}d", wkb, 13)
    corners = zip(values[:-width:width], values[1:-width:width], strict=True)  # the last corner is the first again
    return ",".join(f"{x:.1f} {y:.1f}" for x, y in corners) or None


def _points(places: pl.Series) -> Iterator[tuple[float | None, float | None]]:
    """The point of each object in metres: of a polygon (mooring, pitch) the mean of its corners."""
    for wkb in places:
        if wkb is None:
            yield None, None
            continue
        order = "<" if wkb[0] == 1 else ">"
        (kind,) = struct.unpack_from(f"{order}I", wkb, 1)
        has_height = kind >= 1000 or kind & 0x80000000 != 0
        if kind % 1000 & 0x7 == 1:
            x, y = struct.unpack_from(f"{order}2d", wkb, 5)
            yield round(x, 3), round(y, 3)
            continue
        (count,) = struct.unpack_from(f"{order}I", wkb, 9)
        width = 3 if has_height else 2
        values = struct.unpack_from(f"{order}{count * width}d", wkb, 13)
        xs, ys = values[0:-width:width], values[1:-width:width]  # the last corner is the first again
        yield round(sum(xs) / len(xs), 3), round(sum(ys) / len(ys), 3)
