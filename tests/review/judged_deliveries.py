"""Verdicts on deliveries as nights leave them: two that wait for a person, one of unknown age."""

from __future__ import annotations

from datetime import date

from screening.contracts.reasons import Reason
from screening.store.deliveries import JudgedDelivery
from screening.store.schema.deliveries import GOOD, SUSPECT

AS_OF = date(2026, 11, 1)
FIRST = [Reason("first_delivery")]
CUT = [Reason("row_count", {"rows": 659, "before": 759}), Reason("column_gone", column="einddatum")]


def fingerprint(rows: int, **columns: object) -> dict[str, object]:
    return {
        "rows": rows,
        "columns": {
            "status": {"empty": 0.0, "codes": {"verleend": 0.8, "geweigerd": 0.2}},
            "datum_aanvraag": {"empty": 0.012, "oldest": 2019, "median": 2024, "newest": 2026},
            **columns,
        },
        "dates": {"oldest": "2019-03-01", "newest": "2026-10-30"},
        "read_twice": 0,
        "files": [{"encoding": "utf-8", "separator": ";", "ends_line": True, "page_checksums": None}],
        "placed": 0.97,
    }


def judged(
    digest: str, as_of: date, rows: int, *reasons: Reason, reference: date | None = None, **columns: object
) -> JudgedDelivery:
    said = [reason.document() for reason in reasons]
    verdict = SUSPECT if reasons else GOOD
    return JudgedDelivery(digest * 64, as_of, verdict, False, reference, said, fingerprint(rows, **columns))


def judged_deliveries() -> list[tuple[str, JudgedDelivery]]:
    """Permits that are suspect after a good night, reports that came first, a trade register of unknown age."""
    return [
        ("vergunningen", judged("a", date(2026, 10, 31), 759, reference=AS_OF, einddatum={"empty": 0.5})),
        ("vergunningen", judged("b", AS_OF, 659, *CUT, reference=AS_OF)),
        ("meldingen", judged("c", AS_OF, 1071, *FIRST)),
        ("handelsregister", judged("d", AS_OF, 300)),
    ]
