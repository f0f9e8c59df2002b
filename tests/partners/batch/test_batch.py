"""A batch: the same bytes for the same signals, no ranking, and files that ordinary programs open."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import random
import subprocess
import zipfile
from dataclasses import replace

import jsonschema
import openpyxl
import pyrage
import pytest
from pydantic import ValidationError

from screening.base.vocabulary import BatchKind, NoticeReason
from screening.base.workbook import SheetTable, workbook
from screening.partners.batch.batch import make_batch
from screening.partners.batch.geopackage import geopackage
from screening.partners.batch.notices import ASKED, Notice, later_version, withdrawal
from screening.partners.batch.tables import tables
from screening.partners.signal.canonical import canonical
from screening.partners.signal.errors import ExportError, SealError
from screening.partners.signal.minimise import minimise
from screening.partners.signal.schema import FILE, published_schema
from screening.partners.signal.signal import Signal
from tests.partners import example
from tests.partners.conftest import meta_for

IDENTITY = pyrage.x25519.Identity.generate()


def notice(number: int = 1, **changed: object) -> Notice:
    given = {
        "version": 1,
        "batches": ["L-00000000000000a0"],
        "reason": NoticeReason.GEGEVENS_ONJUIST,
        "on": "2026-11-25",
    }
    return withdrawal(f"S-{number:032x}", **(given | changed))


def test_a_batch_holds_what_the_receiver_needs_and_no_more(batch: dict[str, bytes]):
    signals = {f"signalen/S-{number:032x}.{kind}" for number in (1, 2, 3) for kind in ("json", "pdf")}
    assert set(batch) == signals | {
        "README.txt",
        "index.csv",
        "signalen.xlsx",
        "signalen.gpkg",
        f"schema/{FILE}",
        "antwoord.json",
        "woorden.json",
    }


def test_the_same_signals_in_any_order_give_the_same_bytes(batch: dict[str, bytes]):
    """R4, and no ranking: what order they came in is nowhere to be seen."""
    signals = [example.signal(number) for number in (1, 2, 3)]
    random.Random(4).shuffle(signals)
    assert make_batch(signals, meta_for(IDENTITY)) == batch


def test_signals_stand_in_the_order_of_their_random_ids(batch: dict[str, bytes]):
    rows = list(csv.DictReader(io.StringIO(batch["index.csv"].decode("utf-8-sig")), delimiter=";"))
    assert [row["signaal_id"] for row in rows] == sorted(row["signaal_id"] for row in rows)
    assert not {"rang", "score", "prioriteit", "volgorde"} & set(rows[0])


def test_each_json_is_canonical_and_valid_by_the_schema_beside_it(batch: dict[str, bytes]):
    validator = jsonschema.Draft202012Validator(json.loads(batch[f"schema/{FILE}"]))
    assert batch[f"schema/{FILE}"] == published_schema()
    for name, data in batch.items():
        if name.startswith("signalen/") and name.endswith(".json"):
            assert list(validator.iter_errors(json.loads(data))) == []
            assert canonical(json.loads(data)) == data
            assert json.loads(data)["meta"]["signaal_id"] in name


def test_the_readme_names_every_file_and_no_other(batch: dict[str, bytes]):
    text = batch["README.txt"].decode()
    assert text.startswith("VERTROUWELIJK")
    for name in batch:
        assert name in text or name.startswith("signalen/") or name == "README.txt", name
    assert "berichten.json" not in text
    assert "geen bewijs" in text
    assert not any(word in text for word in ("verdachte", "slachtoffer", "dader"))


def test_no_name_of_a_person_or_account_stands_in_any_file(batch: dict[str, bytes]):
    for name, data in batch.items():
        raw = data
        if name.endswith(".xlsx"):
            with zipfile.ZipFile(io.BytesIO(data)) as parts:
                raw = b"".join(parts.read(one) for one in parts.namelist())
        for word in ("de Vries", "Bakker", "account-een", "account-twee", "1971", "111222333", "Kadekwartier"):
            for encoded in (word.encode(), word.encode("utf-16-le"), word.encode("utf-16-be")):
                assert encoded not in raw, (name, word)


def test_the_tables_hold_every_field_of_the_schema():
    names = {name.rsplit("_", 1)[-1] for table in tables([example.signal()]) for name in table.header}
    fields = {name for model in _models(Signal) for name in model.model_fields}
    containers = {
        "formaat",
        "meta",
        "object",
        "aanleiding",
        "feiten",
        "afwijkingen",
        "organisaties",
        "personen",
        "herstel",
        "controles",
        "maatregelen",
        "twijfels",
        "koppelingen",
        "gemeente",
        "contact",
        "periode",
        "onderzoek_en_maatregelen",
        "ontvanger",
        "barrieres_en_vraag",
        "bewaring_en_contact",
        "gecontroleerd_door",
        "bijlagen",
    }
    in_one_cell = {
        "naam",
        "waarde",
        "betekenis",
        "verklaring",
        "waarom_onvoldoende",
        "geboortejaar",
        "geboortedatum",
        "motivering",
    }
    of_before = {"bibob_eigen_onderzoek_loopt"}  # read in a signal of an earlier format and refused
    headers = {name for table in tables([example.signal()]) for name in table.header}
    missing = {
        field
        for field in fields - containers - in_one_cell - of_before
        if not any(header == field or header.endswith(f"_{field}") for header in headers)
    }
    assert missing == set()
    assert names


def test_no_two_columns_have_one_name_and_no_number_is_rounded():
    found = tables([example.signal()])
    assert [table.name for table in found if len(set(table.header)) != len(table.header)] == []
    first = dict(zip(found[0].header, found[0].rows[0], strict=True))
    assert (first["rd_x"], first["rd_y"], first["oppervlakte_m2"]) == ("121500.5", "487200", "140")
    assert (first["contact_functie"], first["bewaring_en_contact_contact_functie"]) == (
        "Coördinator ondermijning",
        "Privacy officer",
    )


def _models(model: type) -> list[type]:
    from screening.partners.signal.signal_paths import model_in

    inner = [found for one in model.model_fields.values() if (found := model_in(one.annotation)) is not None]
    return [model, *(more for one in inner for more in _models(one))]


def test_gdal_opens_the_map_in_rd(batch: dict[str, bytes], unpack):
    folder = unpack(batch)
    told = subprocess.run(
        ["ogrinfo", "-json", "-features", folder / "signalen.gpkg"], capture_output=True, text=True, check=True
    )
    (layer,) = json.loads(told.stdout)["layers"]
    assert (layer["name"], layer["featureCount"]) == ("signalen", 3)
    (geometry,) = layer["geometryFields"]
    assert geometry["type"] == "Point"
    assert geometry["coordinateSystem"]["projjson"]["id"] == {"authority": "EPSG", "code": 28992}
    assert geometry["extent"][:2] == [121500.5, 487200.0]
    assert "version" not in told.stderr.lower()


def test_the_map_is_the_same_an_hour_later_and_absent_without_a_place():
    assert geopackage([example.signal()]) == geopackage([example.signal()])
    content = example.content()
    del content["object"]["rd_x"]
    assert geopackage([minimise(content, example.choices())]) is None
    assert "signalen.gpkg" not in make_batch([minimise(content, example.choices())], meta_for(IDENTITY))


def test_libreoffice_reads_the_workbook_and_the_index(batch: dict[str, bytes], unpack, tmp_path):
    folder = unpack(batch)
    for name, sheet in (("signalen.xlsx", "2"), ("index.csv", "1")):
        filters = f"csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,{sheet}"
        subprocess.run(
            [
                "soffice",
                "--headless",
                f"-env:UserInstallation=file://{tmp_path}/office",
                "--convert-to",
                filters,
                "--outdir",
                tmp_path / name,
                *(["--infilter=CSV:59,34,76"] if name.endswith("csv") else []),
                folder / name,
            ],
            capture_output=True,
            check=True,
            timeout=120,
        )
        (made,) = (tmp_path / name).iterdir()
        rows = list(csv.reader(io.StringIO(made.read_text(encoding="utf-8"))))
        assert (len(rows), rows[0][0].removeprefix("\ufeff")) == (4, "signaal_id"), name
        assert rows[1][0] == f"S-{1:032x}"


def test_a_workbook_shows_a_text_that_is_too_long_as_cut_and_says_so():
    data = workbook([SheetTable("Lang", ("a",), [("x" * 40_000,), ("kort",)])], title="x")
    (sheet,) = openpyxl.load_workbook(io.BytesIO(data)).worksheets
    assert len(sheet["A2"].value) == 32_767
    assert sheet["A2"].value.endswith("zie het JSON-bestand)")


def test_a_withdrawal_names_what_to_do_and_holds_no_content():
    made = make_batch([], meta_for(IDENTITY, BatchKind.WITHDRAWAL), notices=[notice(2), notice(1)])
    assert set(made) == {"README.txt", "berichten.json", "antwoord.json", "woorden.json"}
    listed = json.loads(made["berichten.json"])
    assert [one["signaal_id"] for one in listed] == [f"S-{1:032x}", f"S-{2:032x}"]
    assert listed[0]["wat_te_doen"] == ASKED[BatchKind.WITHDRAWAL][0]
    assert set(listed[0]) == {
        "soort",
        "signaal_id",
        "eerdere_leveringen",
        "ingetrokken_versie",
        "reden",
        "op",
        "wat_te_doen",
        "what_to_do",
    }
    assert "berichten.json" in made["README.txt"].decode()


def test_a_restricted_signal_is_kept_apart_and_not_destroyed():
    told = withdrawal(
        f"S-{1:032x}",
        version=1,
        batches=["L-00000000000000a0"],
        on="2026-11-25",
        reason=NoticeReason.RECHT_OP_BEPERKING,
    )
    made = make_batch([], meta_for(IDENTITY, BatchKind.WITHDRAWAL), notices=[told])
    [listed] = json.loads(made["berichten.json"])
    assert listed["reden"] == "recht_op_beperking"
    assert "tot wij u iets anders laten weten" in listed["wat_te_doen"]
    assert "Vernietig het nu niet" in listed["wat_te_doen"]
    assert "afgeschermd" in made["README.txt"].decode()
    with pytest.raises(ValidationError, match="kind and reason"):
        Notice.model_validate(told.model_dump() | {"reden": "recht_op_wissing"})


def test_a_correction_brings_the_new_version():
    signal = example.signal(1, version=2)
    told = later_version(
        BatchKind.CORRECTION,
        signal.signal_id,
        version=1,
        new_version=2,
        batches=["L-00000000000000a0"],
        on="2026-11-25",
        reason=NoticeReason.RECHT_OP_RECTIFICATIE,
    )
    made = make_batch([signal], meta_for(IDENTITY, BatchKind.CORRECTION), notices=[told])
    assert json.loads(made[f"signalen/{signal.signal_id}.json"])["meta"]["versie"] == 2
    assert json.loads(made["berichten.json"])[0]["nieuwe_versie"] == 2
    with pytest.raises(ExportError, match="another version"):
        make_batch([example.signal(1, version=3)], meta_for(IDENTITY, BatchKind.CORRECTION), notices=[told])


@pytest.mark.parametrize(
    ("kind", "signals", "notices"),
    [
        (BatchKind.SIGNALS, [], []),
        (BatchKind.SIGNALS, [1], [1]),
        (BatchKind.SIGNALS, [1, 1], []),
        (BatchKind.WITHDRAWAL, [], []),
        (BatchKind.WITHDRAWAL, [1], [1]),
        (BatchKind.WITHDRAWAL, [], [1, 1]),
        (BatchKind.CORRECTION, [1], []),
        (BatchKind.CORRECTION, [1, 2], [1]),
    ],
)
def test_signals_and_notices_that_do_not_fit_the_kind_are_no_batch(kind: BatchKind, signals: list, notices: list):
    with pytest.raises(ExportError):
        make_batch(
            [example.signal(one) for one in signals], meta_for(IDENTITY, kind), notices=[notice(one) for one in notices]
        )


def test_something_forbidden_that_slipped_through_stops_the_whole_batch():
    plain = example.plain_signal()
    plain["object"]["adres"] = "111222333"
    with pytest.raises(ExportError, match=r"object\.adres \(BSN\)") as refused:
        make_batch([Signal.model_validate(plain)], meta_for(IDENTITY))
    assert "111222333" not in str(refused.value)


def test_documents_set_at_once_are_the_same():
    signals = [example.signal(number) for number in range(8)]
    one, two = (make_batch(signals, meta_for(IDENTITY), processes=count) for count in (1, 2))
    assert one == two


def test_a_batch_expires_after_it_was_made():
    meta = meta_for(IDENTITY)
    with pytest.raises(SealError):
        replace(meta, expires_at=meta.made_at)
    assert replace(meta, expires_at=meta.made_at + dt.timedelta(days=1))


def test_a_notice_has_the_versions_and_the_reason_of_its_kind():
    told = notice(1)
    with pytest.raises(ValidationError, match="a withdrawal has none"):
        Notice.model_validate(told.model_dump() | {"nieuwe_versie": 2})
    corrected = later_version(
        BatchKind.CORRECTION,
        told.signaal_id,
        version=1,
        new_version=2,
        batches=["L-00000000000000a0"],
        on="2026-11-25",
        reason=NoticeReason.GEGEVENS_ONJUIST,
    )
    with pytest.raises(ValidationError, match="have a later version"):
        Notice.model_validate(corrected.model_dump() | {"nieuwe_versie": None})
    with pytest.raises(ValidationError, match="withdrawal was an error, and of nothing else"):
        Notice.model_validate(corrected.model_dump() | {"reden": NoticeReason.TEN_ONRECHTE_INGETROKKEN})


def test_the_readme_of_a_batch_that_goes_again_names_the_one_it_replaces():
    meta = replace(meta_for(IDENTITY), repeats="L-00000000000000a1")
    again = make_batch([example.signal(1)], meta)["README.txt"].decode()
    assert "in de plaats van levering L-00000000000000a1" in again
    assert "zit er niet meer in" in again
    plain = make_batch([example.signal(1)], replace(meta, repeats=None))["README.txt"].decode()
    assert "in de plaats van" not in plain
    told = make_batch([], replace(meta, kind=BatchKind.WITHDRAWAL), notices=[notice(1)])["README.txt"].decode()
    assert "in de plaats van levering" in told
    assert "zit er niet meer in" not in told, "a withdrawal is never withdrawn"


def test_a_time_of_a_batch_has_a_zone():
    meta = meta_for(IDENTITY)
    with pytest.raises(SealError, match="no zone"):
        replace(meta, made_at=meta.made_at.replace(tzinfo=None))


def test_a_table_without_rows_has_no_filter_of_nothing():
    data = workbook([SheetTable("Leeg", ("a", "b"), []), SheetTable("Vol", ("a",), [("x",)])], title="x")
    empty, full = openpyxl.load_workbook(io.BytesIO(data)).worksheets
    assert ([cell.value for cell in empty[1]], empty.auto_filter.ref) == (["a", "b"], None)
    assert full.auto_filter.ref == "A1:A2"
