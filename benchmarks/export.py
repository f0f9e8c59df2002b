"""How long it takes to seal a batch of ten thousand signals that is approved, and whether it is 45 s at most.

    python -m benchmarks.export [--signals 10000] [--processes 2] [--without-documents]

What comes before is timed beside it: `barrier export prepare`, which no person waits for, makes the files and keeps
them; whoever approves the batch has them read, held against the signed manifest and sealed. Where they are not kept any
more they are made again (`made again`: the time of a batch whose files a night in between took away).

Signals are those of a made-up dossier, each with its own address, dates, names, texts and id. Every part is timed by
the clock and by the processor (children included): on a busy machine only the second says something. Exit code 1 when
the processor time of sealing is over the limit.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile

import pyrage

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from screening.base.vocabulary import BatchKind
from screening.base.workbook import workbook
from screening.partners.batch.batch import make_batch
from screening.partners.batch.document import signal_pdfs
from screening.partners.batch.geopackage import geopackage
from screening.partners.batch.index import csv_bytes
from screening.partners.batch.manifest import BatchMeta, Recipient, manifest, new_batch_id, signed
from screening.partners.batch.seal import seal_to
from screening.partners.batch.tables import index, tables
from screening.partners.desk.kept_files import keep_files, kept_files
from screening.partners.signal.canonical import canonical
from screening.partners.signal.minimise import minimise
from screening.partners.signal.signal import Signal
from screening.store import Workspace
from tests.partners import example

LIMIT_SECONDS = 45.0


_WORDS = (
    "vergunning",
    "bedrijf",
    "vestiging",
    "controle",
    "houder",
    "register",
    "periode",
    "gebouw",
    "datum",
    "besluit",
    "ruimte",
    "verhuur",
    "loket",
    "bezoek",
    "avond",
    "melding",
    "brief",
    "haven",
)


def signals(count: int) -> list[Signal]:
    """So many different signals: every address, date, number, name and sentence of a dossier is its own.

    What the municipality says of itself is the same in all of them, as in a real batch.
    """
    drawn = random.Random(6)  # noqa: S311 - made-up texts

    def says(words: int) -> str:
        return " ".join(drawn.choices(_WORDS, k=words)).capitalize() + "."

    def day() -> str:
        return (dt.date(2015, 1, 1) + dt.timedelta(days=drawn.randrange(4000))).isoformat()

    made = []
    for number in range(count):
        content = example.content()
        content["object"] |= {
            "adres": f"{drawn.choice(_WORDS).capitalize()}weg {number + 1}, 1234 AB Voorbeeldstad",
            "adresseerbaar_object_id": f"999901{number:010d}",
            "nummeraanduiding_id": f"999920{number:010d}",
            "pand_ids": [f"999910{number:010d}"],
            "oppervlakte_m2": drawn.randrange(20, 900),
            "rd_x": 100_000 + number % 1000,
        }
        content["aanleiding"]["eerst_gezien"] = day()
        for fact in content["feiten"]:
            record = f"{fact['bronregister']}:R{drawn.randrange(10**6)}x"
            fact |= {"datum": day(), "omschrijving": says(9), "record_id": record}
        records = [fact["record_id"] for fact in content["feiten"]][:2]
        content["afwijkingen"][0] |= {"uitleg": says(14), "record_ids": records}
        content["afwijkingen"][0]["waarden"] |= {"einddatum": day(), "dagen": drawn.randrange(900)}
        for company in content["organisaties"]:
            company.pop("rsin")
            company["naam"] = f"{drawn.choice(_WORDS).capitalize()}{drawn.choice(_WORDS)} B.V."
            company |= {"kvk_nummer": f"{drawn.randrange(10**8):08d}", "periode": {"van": day()}}
            company["vestigingsnummer"] = f"{drawn.randrange(10**8):012d}"
        work = content["onderzoek_en_maatregelen"]
        work["controles"][0]["datum"], work["maatregelen"][0]["datum"] = day(), day()
        content["barrieres_en_vraag"] |= {"voorgestelde_interventie": says(8), "vraag": says(12)}
        content["twijfels"]["tegenindicaties"] = [says(6)]
        content["twijfels"]["koppelingen"][0]["record_ids"] = records
        made.append(minimise(content, example.choices(number)))
    return made


def measured(what: str, parts: dict[str, dict[str, float]], make: Callable[[], object]) -> object:
    """What `make` gives; its time goes into `parts`."""
    clock, cpu = time.perf_counter(), _cpu()
    given = make()
    parts[what] = {"seconds": round(time.perf_counter() - clock, 2), "cpu_seconds": round(_cpu() - cpu, 2)}
    print(f"{what:28} {parts[what]['seconds']:8.2f} s   {parts[what]['cpu_seconds']:8.2f} s cpu", flush=True)
    return given


def _cpu() -> float:
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--signals", type=int, default=10_000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--parts", action="store_true", help="time each writer alone instead of the whole batch")
    given = parser.parse_args()
    parts: dict[str, dict[str, float]] = {}
    made = measured("minimise", parts, lambda: signals(given.signals))
    assert isinstance(made, list)  # noqa: S101 - for the reader
    identity = pyrage.x25519.Identity.generate()
    now = dt.datetime(2026, 11, 25, tzinfo=dt.UTC)
    recipient = Recipient("RIEC", str(identity.to_public()))
    meta = BatchMeta(
        new_batch_id(),
        1,
        BatchKind.SIGNALS,
        "Voorbeeldstad",
        "9999",
        recipient,
        now,
        now + dt.timedelta(days=30),
        str(identity.to_public()),
    )
    if given.parts:
        measured("canonical JSON", parts, lambda: [canonical(one) for one in made])
        measured("workbook", parts, lambda: workbook(tables(made), title="x"))
        measured("index", parts, lambda: csv_bytes(index(made)))
        measured("GeoPackage", parts, lambda: geopackage(made))
        measured("documents", parts, lambda: signal_pdfs(made, processes=given.processes))
        return 0
    batch = measured("make_batch", parts, lambda: make_batch(made, meta, processes=given.processes))
    assert isinstance(batch, dict)  # noqa: S101 - for the reader
    listing = measured("manifest", parts, lambda: manifest(batch, meta))
    assert isinstance(listing, bytes)  # noqa: S101 - for the reader
    with TemporaryDirectory() as folder, TemporaryFile() as file:
        workspace = Workspace(folder)
        measured("keep", parts, lambda: keep_files(workspace, meta.batch_id, batch))
        batch.clear()
        kept = measured("read and compare", parts, lambda: kept_files(workspace, meta.batch_id, listing))
        assert isinstance(kept, dict)  # noqa: S101 - it is what was kept
        measured("seal", parts, lambda: seal_to(file, signed(kept, listing, b"a signature"), recipient.key))
        size = file.tell()
    prepared, sealed = (
        {unit: round(sum(parts[what][unit] for what in names), 1) for unit in ("seconds", "cpu_seconds")}
        for names in (("make_batch", "manifest", "keep"), ("read and compare", "seal"))
    )
    again = {unit: round(prepared[unit] - parts["keep"][unit] + parts["seal"][unit], 1) for unit in prepared}
    told = {
        "signals": given.signals,
        "prepared": prepared,
        "sealed": sealed,
        "made again": again,
        "sealed_bytes": size,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "parts": parts,
    }
    print(json.dumps(told, indent=1))
    return int(sealed["cpu_seconds"] > LIMIT_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
