"""Render `run.html` from the document of a run (`run.json`): the same counts, for a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date

from screening.base.frames import Row
from screening.base.local_formats import date_text, decimal_text, month_text
from screening.base.vocabulary import AddressMethod, Barrier
from screening.base.word_lists import read_lists
from screening.report import charts
from screening.report.pages import page, register_in_dutch
from screening.wording.quality import mended_sentence
from screening.wording.register_names import column_name

_WORDS = read_lists("screening.report", "dutch.yaml")
#: How an address was found, in the words of the report; the last part of the chart is "niet gevonden".
_METHODS: dict[str, str] = _WORDS["methods"]
_BARRIERS: dict[str, str] = _WORDS["barriers"]
#: The stages of a night in the words of the report.
_STAGES: dict[str, str] = _WORDS["stages"]

#: What a row breaks that is refused as a whole: no column of its own.
_WHOLE_ROW = "hele rij"


def render_run(run: Row) -> str:
    """One self-contained HTML page in Dutch for the document of a run. Counts only."""
    counts = run["counts"]
    methods = [*AddressMethod, "unresolved"]
    return page(
        "run",
        dict(
            run=run,
            counts=counts,
            percent=charts.percent,
            datasets=_datasets(run),
            quarantine_chart=charts.bars(
                _top(counts["quarantine"], _place), title="Afgekeurde rijen per kolom", unit="rijen"
            ),
            warnings=_warnings(run),
            replaced=[{"dataset": name, **given} for name, given in run["deliveries"].items() if "used" in given],
            method_names=[*(_METHODS[m] for m in AddressMethod), "niet gevonden"],
            method_counts={dataset: [by.get(m, 0) for m in methods] for dataset, by in counts["addresses"].items()},
            address_chart=charts.shares(
                [
                    (register_in_dutch(dataset), [by.get(m, 0) for m in methods])
                    for dataset, by in counts["addresses"].items()
                ],
                [*(_METHODS[m] for m in AddressMethod), "niet gevonden"],
                title="Hoe adressen zijn gevonden, per register",
            ),
            barrier_chart=charts.bars(
                [(_BARRIERS[b], counts["flags_by_barrier"][b]) for b in Barrier if counts["flags_by_barrier"].get(b)],
                title="Aandachtspunten per barrière",
                unit="adressen",
            ),
            hit_chart=charts.bars(
                [(f"{i['code']} {i['name_nl']}", i["hits"]) for i in run["indicators"]["run"] if i["hits"]],
                title="Treffers per indicator",
                unit="treffers",
            ),
            barrier_names=_BARRIERS,
            stages=[(_STAGES.get(stage, stage), run["timings"][stage]) for stage in _ordered(run["timings"])],
        ),
        {"day": day, "seconds": _seconds, "mended": mended_sentence, "column": _column},
    )


def _column(counted: Row) -> str:
    """What the column of a count is called: of a row that was refused as a whole, that."""
    column = counted["column"]
    return column_name(counted["dataset"], column, "nl") if column and column != "*" else _WHOLE_ROW


def _place(counted: Row) -> str:
    return f"{register_in_dutch(counted['dataset'])}: {_column(counted)}"


def _ordered(timings: Mapping[str, float]) -> list[str]:
    """The stages in the order of the night; `run.json` has its keys in that of the alphabet."""
    return sorted(timings, key=lambda stage: (list(_STAGES).index(stage) if stage in _STAGES else len(_STAGES), stage))


def _datasets(run: Row) -> list[Row]:
    """One row a data set: the files of one data set belong together, so do its counts."""
    rows: dict[str, Row] = {}
    for entry in run["inputs"]:
        row = rows.setdefault(entry["dataset"], {**entry, "files": [], "notes": [], "age_days": None, "verdict": None})
        row["files"].append(entry["path"])
        row["notes"] += [note for note in entry.get("notes", []) if note not in row["notes"]]
    for dataset, delivery in run["deliveries"].items():
        if dataset in rows:
            rows[dataset] |= {"age_days": delivery["age_days"], "verdict": delivery.get("verdict")}
            rows[dataset]["notes"] += delivery.get("reasons", [])
    return [rows[name] for name in sorted(rows)]


def _warnings(run: Row) -> list[Row]:
    """The rules of severity warning that rows failed; an older run has none."""
    return [
        {"dataset": dataset, **rule}
        for dataset, rules in sorted(run.get("expectations", {}).items())
        for rule in rules
        if rule.get("severity") == "warning" and rule["rows_failed"]
    ]


def _top(entries: list[Row], label: Callable[[Row], str], most: int = 14) -> list[tuple[str, int]]:
    total: Counter[str] = Counter()
    for entry in entries:
        total[label(entry)] += entry["rows"]
    ordered = sorted(total.items(), key=lambda pair: (-pair[1], pair[0]))
    rest = sum(count for _, count in ordered[most:])
    return ordered[:most] + ([("overige kolommen", rest)] if rest else [])


def day(value: str | None) -> str:
    """The day `2026-11-01` as "1 november 2026"."""
    if not value:
        return "–"
    return date_text(date.fromisoformat(value[:10]), "nl")


def month(value: str) -> str:
    """The month `2026-11` as "november 2026"."""
    return month_text(date.fromisoformat(f"{value[:7]}-01"), "nl")


def _seconds(value: float) -> str:
    return f"{decimal_text(value, 'nl', 1, is_grouped=False)} s"
