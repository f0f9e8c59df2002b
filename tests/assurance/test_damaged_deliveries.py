"""A delivery that was cut, or of which a bit was turned, never enters beside its manifest (R5).

`make test` damages a few of each form of file; the full counts are marked `long`.
"""

from __future__ import annotations

import itertools
import shutil
from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from flows.intake.seal import write_manifest
from flows.night.manifests import check_manifests
from screening.base.errors import BarrierError, ContractStopError
from screening.sources import Reading, reading_apart
from tests.assurance.damage import cuts, turned_bits
from tests.assurance.formats import FORMATS, request

REGISTER = "vergunningen"
KEY = b"k" * 32


def hold(folder: Path, frame: pl.DataFrame, forms: Iterable[str], count: int) -> dict[str, Counter[str]]:
    """What became of each damaged file beside the manifest of the whole: `reader`, `manifest` or `accepted`."""
    requests, names = [], {}
    for form in forms:
        suffix, written = FORMATS[form]
        whole = folder / form / f"{REGISTER}{suffix}"
        whole.parent.mkdir()
        whole.write_bytes(written(frame))
        place = write_manifest(whole, as_of=date(2026, 11, 1))
        requests.append(request(REGISTER, whole, form))
        damages = itertools.chain(cuts(whole.read_bytes(), count), turned_bits(whole.read_bytes(), count))
        for number, damaged in enumerate(damages):
            beside = whole.parent / str(number)
            beside.mkdir()
            (beside / whole.name).write_bytes(damaged)
            shutil.copy(place, beside)
            requests.append(request(REGISTER, beside / whole.name, f"{form} {number}"))
        names[form] = [f"{form} {number}" for number in range(2 * count)]
    with reading_apart(requests, reporter_key=KEY) as reading:
        assert {became(reading, form) for form in forms} == {"accepted"}, "the whole file enters"
        return {form: Counter(became(reading, name) for name in names[form]) for form in forms}


def became(reading: Reading, name: str) -> str:
    if name in reading.errors:
        assert isinstance(reading.errors[name], BarrierError)
        return "reader"
    try:
        assert check_manifests(REGISTER, reading.tables[name].files, "required")
    except ContractStopError:
        return "manifest"
    return "accepted"


@pytest.fixture(scope="module")
def permits(clean_town) -> pl.DataFrame:
    return pl.read_csv(clean_town / f"{REGISTER}.csv", infer_schema=False)


def test_no_cut_and_no_turned_bit_enters_beside_a_manifest(tmp_path, permits):
    results = hold(tmp_path, permits, FORMATS, 8)
    assert {form: result.total() for form, result in results.items()} == dict.fromkeys(FORMATS, 16)
    assert not any(result["accepted"] for result in results.values()), results
    assert all(results[form]["manifest"] for form in ("CSV", "JSON", "SQLite")), "what the reader cannot see"


@pytest.mark.goal("R5", reached="200 cuts and 200 turned bits of eight forms beside a manifest: 0 accepted")
@pytest.mark.long
@pytest.mark.parametrize("form", FORMATS)
def test_no_cut_and_no_turned_bit_enters_beside_a_manifest_in_full(tmp_path, permits, form):
    results = hold(tmp_path, permits, [form], 200)
    print(results)
    assert not results[form]["accepted"]
    assert results[form].total() == 400
