"""Small adapters from open data to deliveries that a configuration can map: they select and mend nothing."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from pathlib import Path

#: Words in an official notice that tell how far a permit case is; the first that occurs decides.
_STATES = (
    ("ingetrokken", "ingetrokken"),
    ("geweigerd", "geweigerd"),
    ("weigering", "geweigerd"),
    ("verleen", "verleend"),
    ("geaccepteerd", "verleend"),
    ("aanvraag", "aangevraagd"),
    ("melding", "aangevraagd"),
)
#: Kinds of notice that are about one permit case; the others (regulations, traffic, registration of persons) are not.
_PERMIT_KINDS = {
    "andere vergunning", "bouwen", "brandveilig gebruik", "kappen", "reclame", "ruimtelijke ordening", "slopen",
    "uitweg en inrit",
}  # fmt: skip


def daily_reports(source: Path, target: Path, town: str) -> tuple[int, int, set[str], set[str]]:
    """Daily JSON lists of open reports -> one CSV a day; returns rows, different reports, main and sub categories.

    The lists name street and number; the town is the municipality that published them.
    """
    rows, ids, mains, subs = 0, set(), set(), set()
    target.mkdir(parents=True, exist_ok=True)
    for day in sorted(source.rglob("*.json")):
        reports = json.loads(day.read_text(encoding="utf-8"))
        name = "-".join(day.relative_to(source).with_suffix("").parts)
        with (target / f"{name}.csv").open("w", encoding="utf-8", newline="") as handle:
            writer = csv.writer(handle)
            writer.writerow([
                "id", "created_at", "category_slug", "subcategory_slug", "address_text", "lat", "lng", "state",
            ])  # fmt: skip
            for report in reports:
                address = f"{report['address']}, {town}" if report.get("address") else ""
                writer.writerow([
                    report["id"], report["created_at"], report["category_slug"], report["subcategory_slug"],
                    address, report["lat"], report["lng"], "gemeld",
                ])  # fmt: skip
                rows += 1
                ids.add(report["id"])
                mains.add(report["category_slug"])
                subs.add(report["subcategory_slug"])
    return rows, len(ids), mains, subs


def notices(sources: Iterable[Path], target: Path) -> tuple[int, int]:
    """Official notices about permits -> one CSV of permit cases; returns rows written and notices left out."""
    written = left = 0
    with target.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow([
            "zaaknummer", "zaaktype", "status", "datum_aanvraag", "houder_naam", "adres_tekst", "lat", "lon",
        ])  # fmt: skip
        for source in sources:
            with source.open(encoding="utf-8", newline="") as opened:
                for notice in csv.DictReader(opened):
                    text = max(notice["omschrijving"], notice["titel"], key=len)
                    state = next((code for word, code in _STATES if word in text.lower()), None)
                    if notice["type"] not in _PERMIT_KINDS or state is None:
                        left += 1
                        continue
                    writer.writerow([
                        notice["publicatie_id"], "omgeving", state, notice["datum"], "Niet bekendgemaakt", text,
                        notice["lat"], notice["lon"],
                    ])  # fmt: skip
                    written += 1
    return written, left
