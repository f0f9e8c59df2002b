"""Render the page of a back-test: what another version of a rule would have changed, night by night and by month."""

from __future__ import annotations

from screening.base.frames import Row
from screening.report import charts
from screening.report.html import day, month
from screening.report.pages import page


def render_backtest(document: Row, only_flagged: str) -> str:
    """One self-contained HTML page in Dutch for the document of a back-test. Addresses by BAG number, no names.

    `only_flagged`: what the outcomes on it do not say.
    """
    months = document["months"]
    return page(
        "backtest",
        dict(
            test=document,
            only_flagged=only_flagged,
            added_chart=charts.bars(
                [(month(counts["month"]), counts["added"]) for counts in months],
                title="Adressen erbij per maand",
                unit="adressen",
            ),
            dropped_chart=charts.bars(
                [(month(counts["month"]), counts["dropped"]) for counts in months],
                title="Adressen eraf per maand",
                unit="adressen",
            ),
        ),
        {"day": day, "month": month},
    )
