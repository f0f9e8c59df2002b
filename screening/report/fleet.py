"""The overview of many municipalities: how the last night of each ended, and what waits there. Counts only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from screening.base.civil_time import TOWN
from screening.base.frames import Row
from screening.base.local_formats import date_text
from screening.base.vocabulary import NightKind
from screening.report.html import day
from screening.report.pages import page

_KINDS = {
    NightKind.PUBLISHED: "goed",
    NightKind.WITH_GAPS: "met gaten",
    NightKind.STOPPED: "gestopt",
    NightKind.REFUSED: "geweigerd",
    NightKind.BUSY: "niet begonnen",
    NightKind.FAILED: "mislukt",
}


def render_fleet(name: str, rows: Sequence[Row], now: datetime) -> str:
    """Render the page.

    Args:
        name: Who operates the municipalities.
        rows: One a municipality: `name`, `code`, `kind` (None: no night yet), `as_of`, `last_good`, `bad` (nights since
            then that were not good), `doubted` (registers), `flags`, `flags_new`, `flags_lapsed`, `cases_waiting`,
            `links_to_judge`, `signals_waiting`, `review_address`.
        now: The moment (UTC).
    """
    shown = [{**row, "outcome": _KINDS[NightKind(row["kind"])] if row["kind"] else "nog geen nacht"} for row in rows]
    good = sum(row["kind"] == NightKind.PUBLISHED for row in rows)
    clock = now.astimezone(TOWN)
    moment = f"{date_text(clock.date(), 'nl')} {clock:%H:%M}"
    return page("fleet", {"name": name, "rows": shown, "good": good, "moment": moment}, {"day": day})
