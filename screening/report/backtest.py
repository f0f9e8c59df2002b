"""Render the page of a back-test: what another version of a rule would have changed, night by night and by month."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files

from jinja2 import DictLoader, Environment, StrictUndefined

from screening.report import charts
from screening.report.html import day, month


def render_backtest(document: Mapping) -> str:
    """One self-contained HTML page in Dutch for the document of a back-test. Addresses by BAG number, no names."""
    source = files("screening.report").joinpath("templates/backtest.html.j2").read_text(encoding="utf-8")
    # autoescape must be said: by default Jinja leaves names that end in .j2 unescaped
    environment = Environment(loader=DictLoader({"page": source}), autoescape=True, undefined=StrictUndefined)
    environment.filters.update(thousands=charts.thousands, day=day, month=month)
    months = document["months"]
    return environment.get_template("page").render(
        test=document,
        added_chart=charts.bars(
            [(month(one["month"]), one["added"]) for one in months], title="Adressen erbij per maand", unit="adressen"
        ),
        dropped_chart=charts.bars(
            [(month(one["month"]), one["dropped"]) for one in months], title="Adressen eraf per maand", unit="adressen"
        ),
    )
