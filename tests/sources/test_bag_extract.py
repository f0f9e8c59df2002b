"""The extract of the Kadaster: current addresses of a made-up town out of its history, and of a real one."""

from __future__ import annotations

import csv
import io
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from screening.base.datasets import datasets
from screening.base.errors import SourceError
from screening.base.frames import SourceSpec, SourceTable
from screening.contracts.model import fields_of
from screening.sources import read_source

KEY = b"key-of-a-workspace-in-a-test"
REAL = Path(__file__).parents[3] / "shared" / "datasets" / "real" / "bag_weesp"
SPACE = "http://www.kadaster.nl/schemas"
ROOT = (
    f'<sl-bag-extract:bagStand xmlns:sl-bag-extract="{SPACE}/lvbag/extract-deelbestand-lvc/v20200601" '
    f'xmlns:sl="{SPACE}/standlevering-generiek/1.0" xmlns:Objecten="{SPACE}/lvbag/imbag/objecten/v20200601" '
    f'xmlns:Objecten-ref="{SPACE}/lvbag/imbag/objecten-ref/v20200601" '
    f'xmlns:Historie="{SPACE}/lvbag/imbag/historie/v20200601" xmlns:gml="http://www.opengis.net/gml/3.2">'
    "<sl:standBestand><sl:dataset>LVBAG</sl:dataset><sl:inhoud><sl:objectTypen><sl:objectType>{kind}</sl:objectType>"
    "</sl:objectTypen></sl:inhoud>"
)
END = "</sl:standBestand></sl-bag-extract:bagStand>"
DOCUMENT = "<a:StandTechnischeDatum>2026-05-01</a:StandTechnischeDatum>"


def begin(kind: str) -> str:
    return ROOT.replace("{kind}", kind)


def occurrence(
    kind: str, identification: str, inner: str, *, number: int = 1, begin: str = "2010-01-01", end: str = ""
) -> str:
    ended = f"<Historie:eindGeldigheid>{end}</Historie:eindGeldigheid>" if end else ""
    registered = "<Historie:tijdstipRegistratie>2010-11-15T13:26:11.000</Historie:tijdstipRegistratie>"
    return (
        f"<sl:stand><sl-bag-extract:bagObject><Objecten:{kind}>"
        f'<Objecten:identificatie domein="NL.IMBAG.{kind}">{identification}</Objecten:identificatie>{inner}'
        f"<Objecten:voorkomen><Historie:Voorkomen><Historie:voorkomenidentificatie>{number}"
        f"</Historie:voorkomenidentificatie><Historie:beginGeldigheid>{begin}</Historie:beginGeldigheid>{ended}"
        f"{registered}</Historie:Voorkomen></Objecten:voorkomen></Objecten:{kind}></sl-bag-extract:bagObject></sl:stand>"
    )


def reference(place: str, kind: str, *identifications: str) -> str:
    references = "".join(
        f'<Objecten-ref:{kind}Ref domein="NL.IMBAG.{kind}">{identification}</Objecten-ref:{kind}Ref>'
        for identification in identifications
    )
    return f"<Objecten:{place}>{references}</Objecten:{place}>"


def tag(name: str, value: str) -> str:
    return f"<Objecten:{name}>{value}</Objecten:{name}>"


def number(
    identification: str, house: str, letter: str = "", status: str = "Naamgeving uitgegeven", **when: str
) -> str:
    inner = tag("huisnummer", house) + (tag("huisletter", letter) if letter else "") + tag("postcode", "1234AB")
    inner += tag("status", status) + reference("ligtAan", "OpenbareRuimte", "9999300000000001")
    return occurrence("Nummeraanduiding", identification, inner, **when)


GRID = 'srsName="urn:ogc:def:crs:EPSG::28992"'
POINT = f'<gml:Point {GRID} srsDimension="3"><gml:pos>131009.5 482405.25 0.0</gml:pos></gml:Point>'
RING = "1000 2000 1010 2000 1010 2020 1000 2020 1000 2000"
POLYGON = (
    f'<gml:Polygon {GRID} srsDimension="2"><gml:exterior><gml:LinearRing>'
    f'<gml:posList count="5">{RING}</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon>'
)
FILES = {
    "WPL": occurrence("Woonplaats", "9999", tag("naam", "Voorbeeldstad") + tag("status", "Woonplaats aangewezen")),
    "OPR": occurrence(
        "OpenbareRuimte",
        "9999300000000001",
        tag("naam", "Kerkstraat") + tag("status", "Naamgeving uitgegeven") + reference("ligtIn", "Woonplaats", "9999"),
    ),
    "NUM": number("9999200000000001", "1", end="2015-01-01")
    + number("9999200000000001", "2", number=2, begin="2015-01-01")
    + number("9999200000000001", "3", number=3, begin="2026-06-01")
    + number("9999200000000002", "2", "a")
    + number("9999200000000003", "4")
    + number("9999200000000004", "6", status="Naamgeving ingetrokken"),
    "VBO": occurrence(
        "Verblijfsobject",
        "9999010000000001",
        reference("heeftAlsHoofdadres", "Nummeraanduiding", "9999200000000001")
        + reference("heeftAlsNevenadres", "Nummeraanduiding", "9999200000000002")
        + f"<Objecten:geometrie><Objecten:punt>{POINT}</Objecten:punt></Objecten:geometrie>"
        + tag("gebruiksdoel", "winkelfunctie")
        + tag("gebruiksdoel", "woonfunctie")
        + tag("oppervlakte", "80")
        + tag("status", "Verblijfsobject in gebruik")
        + reference("maaktDeelUitVan", "Pand", "9999100000000001", "9999100000000002"),
    ),
    "LIG": occurrence(
        "Ligplaats",
        "9999020000000003",
        reference("heeftAlsHoofdadres", "Nummeraanduiding", "9999200000000003")
        + tag("status", "Plaats aangewezen")
        + f"<Objecten:geometrie>{POLYGON}</Objecten:geometrie>",
    ),
    "PND": occurrence("Pand", "9999100000000001", tag("status", "Pand gesloopt"))
    + occurrence("Pand", "9999100000000002", tag("status", "Pand in gebruik")),
}


def zipped(files: dict[str, bytes | str]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def extract(change: Callable[[str, str], str] = lambda kind, xml: xml, document: str = DOCUMENT) -> bytes:
    """A delivery of a municipality: zip in zip in zip."""
    kinds: dict[str, bytes | str] = {}
    for kind, objects in FILES.items():
        xml = change(kind, f'<?xml version="1.0" encoding="UTF-8"?>{begin(kind)}{objects}{END}')
        kinds[f"9999{kind}01052026.zip"] = zipped({f"9999{kind}01052026-000001.xml": xml})
    kinds["9999Inactief01052026.zip"] = b"not looked at"
    inner = {"9999GEM01052026.zip": zipped(kinds), "__MACOSX/._9999NUM01052026.zip": b"litter", ".DS_Store": b"litter"}
    return zipped(({"Leveringsdocument-BAG-Extract.xml": document} if document else {}) | inner)


def read(folder: Path, data: bytes) -> SourceTable:
    path = folder / "bag.zip"
    path.write_bytes(data)
    return read_source(
        SourceSpec("bag_adressen", path=str(path)), fields_of(datasets()["bag_adressen"]), reporter_key=KEY
    )


def test_current_addresses_joined_to_their_street_object_and_building(tmp_path: Path) -> None:
    table = read(tmp_path, extract())
    columns = [
        "nummeraanduiding_id",
        "adresseerbaar_object_id",
        "straatnaam",
        "huisnummer",
        "huisletter",
        "woonplaats",
        "gebruiksdoelen",
        "oppervlakte",
        "status",
        "pand_status",
        "rd_x",
        "rd_y",
        "is_nevenadres",
    ]
    shop = ("winkelfunctie|woonfunctie", "80", "Verblijfsobject in gebruik", "Pand in gebruik", "131009.5", "482405.25")
    mooring = (None, None, "Plaats aangewezen", None, "1005.0", "2010.0", "nee")
    street = ("Kerkstraat",)
    assert table.frame.select(columns).rows() == [
        ("9999200000000001", "9999010000000001", *street, "2", None, "Voorbeeldstad", *shop, "nee"),
        ("9999200000000002", "9999010000000001", *street, "2", "a", "Voorbeeldstad", *shop, "ja"),
        ("9999200000000003", "9999020000000003", *street, "4", None, "Voorbeeldstad", *mooring),
    ]
    assert table.frame["pand_id"].to_list() == ["9999100000000001|9999100000000002"] * 2 + [None]


def outlined(kind: str, xml: str) -> str:
    """Each building with the same outline."""
    end = "</Objecten:status>"
    return xml.replace(end, f"{end}<Objecten:geometrie>{POLYGON}</Objecten:geometrie>") if kind == "PND" else xml


def test_the_outline_of_a_building_stands_once_on_its_first_address(tmp_path: Path) -> None:
    assert read(tmp_path, extract()).frame["omtrek"].to_list() == [None, None, None]
    table = read(tmp_path, extract(outlined))
    outline = "1000.0 2000.0,1010.0 2000.0,1010.0 2020.0,1000.0 2020.0"
    assert table.frame["omtrek"].to_list() == [outline, None, None]
    assert table.frame["pand_status"].to_list() == ["Pand in gebruik", "Pand in gebruik", None]


def test_the_date_of_the_extract_is_that_of_the_delivery(tmp_path: Path) -> None:
    assert [file.as_of for file in read(tmp_path, extract()).files] == ["2026-05-01"]
    assert [file.as_of for file in read(tmp_path, extract(document="")).files] == ["2026-05-01"]
    later = read(tmp_path, extract(document=DOCUMENT.replace("2026-05", "2026-07")))
    assert later.frame["huisnummer"].to_list()[0] == "3"


def test_what_was_left_out_is_told(tmp_path: Path) -> None:
    notes = [note.en for note in read(tmp_path, extract()).notes]
    assert "bag.zip: state of 2026-05-01; 2 occurrences of objects do not hold then and were left unread." in notes
    assert "bag.zip: 1 row without an addressable object were left out." in notes


def cut(kind: str, xml: str) -> str:
    return xml[: len(xml) // 2] if kind == "VBO" else xml


def no_street(kind: str, xml: str) -> str:
    return "" if kind == "OPR" else xml


def elsewhere(kind: str, xml: str) -> str:
    virtual = "<OGRVRTDataSource><OGRVRTLayer name='a'><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer>"
    return virtual + xml if kind == "NUM" else xml


def hidden_elsewhere(kind: str, xml: str) -> str:
    return xml.replace("<sl:dataset>", "<!-- <OGRVRTDataSource> --><sl:dataset>") if kind == "NUM" else xml


def entities(kind: str, xml: str) -> str:
    return xml.replace("?>", '?><!DOCTYPE a [<!ENTITY b "c">]>') if kind == "NUM" else xml


@pytest.mark.parametrize("change", [cut, no_street, elsewhere, hidden_elsewhere, entities])
def test_damaged_and_hostile_parts_are_refused(tmp_path: Path, change: Callable[[str, str], str]) -> None:
    with pytest.raises(SourceError, match=r"bag\.zip"):
        read(tmp_path, extract(change))


def test_an_extract_without_a_kind_of_object_is_not_whole(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="OPR lacking"):
        read(tmp_path, without("OPR"))


def without(kind: str) -> bytes:
    kept = {key: value for key, value in FILES.items() if key != kind}
    return zipped({f"9999{key}01052026.xml": f"{begin(key)}{value}{END}" for key, value in kept.items()})


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.999])
def test_every_cut_is_refused(tmp_path: Path, share: float) -> None:
    whole = extract()
    with pytest.raises(SourceError):
        read(tmp_path, whole[: int(len(whole) * share)])


@pytest.mark.real
def test_a_whole_municipality_as_others_joined_it() -> None:
    with (REAL / "weesp_adressen_actueel.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    theirs = {
        "straatnaam": "openbare_ruimte",
        "huisnummer": "huisnummer",
        "huisletter": "huisletter",
        "huisnummertoevoeging": "huisnummertoevoeging",
        "postcode": "postcode",
        "woonplaats": "woonplaats",
        "adresseerbaar_object_id": "adresseerbaarobject_id",
        "gebruiksdoelen": "gebruiksdoelen",
        "oppervlakte": "oppervlakte_m2",
        "status": "object_status",
    }
    expected = {row["nummeraanduiding_id"]: tuple(row[name] or None for name in theirs.values()) for row in rows}
    started = time.process_time()
    path = str(next(REAL.glob("*.zip")))
    table = read_source(SourceSpec("bag_adressen", path=path), fields_of(datasets()["bag_adressen"]), reporter_key=KEY)
    assert time.process_time() - started < 30
    ours = {row[0]: row[1:] for row in table.frame.select("nummeraanduiding_id", *theirs).iter_rows()}
    assert len(expected) == 12_694
    assert ours == expected
    assert [file.as_of for file in table.files] == ["2021-10-15"]
    assert table.frame.filter(pl.col("is_nevenadres") == "ja").height == 5
    outlines = table.frame.drop_nulls("omtrek").with_columns(pand=pl.col("pand_id").str.split("|").list.first())
    assert outlines["pand"].is_unique().all()
    assert outlines.height > 0.9 * table.frame["pand_id"].n_unique()
