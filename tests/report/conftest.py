"""The document of a small run, to render and to change."""

from __future__ import annotations

import pytest


@pytest.fixture
def document() -> dict:
    """`run.json` of a night with something of everything, as `flows.night.summary` makes it."""
    delivery = {
        "sha256": "0" * 64,
        "rows_in_file": 1200,
        "rows_read": 1200,
        "rows_accepted": 1197,
        "rows_quarantined": 3,
        "rows_superseded": 0,
        "encoding": "windows-1252",
        "separator": ";",
        "notes": [{"nl": "m.csv: gelezen als Windows-1252, niet als UTF-8.", "en": "m.csv: read as Windows-1252."}],
    }
    return {
        "run_id": "a1b2c3",
        "as_of": "2026-11-01",
        "code_version": "0.1.0",
        "municipality": "Voorbeelddam",
        "synthetic": True,
        "inputs": [{"dataset": "meldingen", "path": "m.csv", **delivery}],
        "unavailable": [],
        "indicators": {
            "run": [
                {
                    "code": "LIC-04",
                    "version": 1,
                    "class": "A",
                    "barrier": "WERKPLEK",
                    "name_nl": "Vergunning verlopen, activiteit loopt door",
                    "legal_basis": "APV art. 2:28",
                    "without": [],
                    "hits": 2,
                    "addresses": 2,
                }
            ],
            "not_run": [{"code": "NUI-01", "reason_nl": "Niet ingesteld.", "reason_en": "Not configured."}],
            "findings": [
                {
                    "code": "ADR-03",
                    "reason_nl": "de plaats ontbreekt",
                    "reason_en": "no town",
                    "records": ["v:1", "v:2"],
                }
            ],
        },
        "counts": {
            "records": 1197,
            "rows_quarantined": 3,
            "quarantine": [
                {"dataset": "meldingen", "column": "lat", "expectation": "in_range", "reason": "te ver", "rows": 2},
                {"dataset": "meldingen", "column": None, "expectation": "row_shape", "reason": "1 veld", "rows": 1},
            ],
            "addresses_given": 1197,
            "addresses_resolved": 1196,
            "addresses": {"meldingen": {"exact": 1000, "pin": 196, "unresolved": 1}},
            "unresolved": [
                {
                    "dataset": "meldingen",
                    "reason_nl": "het huisnummer ontbreekt",
                    "reason_en": "no number",
                    "rows": 1,
                    "offered": 1,
                }
            ],
            "mentions": 20,
            "parties": 12,
            "party_notes": [{"nl": "2 koppelingen weggelaten.", "en": "2 links left out."}],
            "links": {"exact": 4, "strong": 3, "probable": 1},
            "hits": 2,
            "flags": 2,
            "flags_by_reason": {"A": 2, "BB": 0, "BBC": 0},
            "flags_by_barrier": {"WERKPLEK": 2},
            "flags_sensitive": 0,
        },
        "deliveries": {"meldingen": {"age_days": 1}},
        "timings": {"addresses": 0.7, "intake": 1.25},
        "peak_memory_mb": 1500,
    }
