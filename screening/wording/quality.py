"""The quality page: what came in over the last nights, by register and rule. Counts alone; one body for two places."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from itertools import chain

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from screening.base.datasets import datasets
from screening.base.frames import Row
from screening.base.local_formats import date_text, decimal_text, percent_text
from screening.base.word_lists import read_lists

#: Nights that the page shows.
NIGHTS = 14
_WORDS = read_lists("screening.wording", "quality.yaml")
_COLUMN, _BAR, _HEIGHT = 18, 12, 40
#: What the parts of the page are called in the style of whatever shows it.
_PLAIN = {
    "table": "",
    "cell": "",
    "head": "",
    "number": "n",
    "scroll": "scroll",
    "plot": "scroll",
    "wide": "wide",
    "h2": "",
    "text": "",
    "soft": "soft",
    "link": "",
}


def quality_document(runs: Sequence[Row], *, codes: Collection[str] = (), closed: Collection[str] = ()) -> Row:
    """The page in plain values: of each register what came in per night, and of each rule that rows broke how many.

    Args:
        runs: The documents of runs (`run.json`), one a night, oldest first.
        codes: The rules whose findings are counted.
        closed: The registers of which no finding is counted, since some of their rows are for few.
    """
    return {
        "nights": [run["as_of"] for run in runs],
        "registers": [
            _register(name, runs, None if name in closed else codes)
            for name in datasets()
            if any(name in run.get("expectations", {}) or _absent(run, name) for run in runs)
        ],
    }


def findings_of(run: Row, register: str, codes: Collection[str]) -> list[Row]:
    """The findings of these rules about records of a register, by kind: `code`, sentence (`nl`, `en`) and `keys`."""
    kinds, prefix = [], f"{register}:"
    for finding in run.get("indicators", {}).get("findings", []):
        keys = [record.removeprefix(prefix) for record in finding["records"] if record.startswith(prefix)]
        if keys and finding["code"] in codes:
            words = {"nl": finding["reason_nl"], "en": finding["reason_en"]}
            kinds.append({"code": finding["code"], **words, "keys": keys})
    return kinds


def _register(name: str, runs: Sequence[Row], codes: Collection[str] | None) -> Row:
    rules: dict[str, Row] = {}
    for place, run in enumerate(runs):
        for rule in chain(run.get("expectations", {}).get(name, []), _on_the_way_in(run, name)):
            entry = rules.setdefault(rule["rule_id"], {**rule, "nights": [None] * len(runs)})
            entry["nights"][place] = [rule["rows_tested"], rule["rows_failed"]]
    broken = [rule for rule in rules.values() if any(counts and counts[1] for counts in rule["nights"])]
    words = ("rule_id", "column", "severity", "description_nl", "description_en", "nights")
    return {
        "name": name,
        "nights": [_night(run, name) for run in runs],
        "rules": len(rules),
        "broken": [{word: rule.get(word, "error") for word in words} for rule in broken],
        "findings": None if codes is None else _findings_by_night(name, runs, codes),
    }


def _findings_by_night(name: str, runs: Sequence[Row], codes: Collection[str]) -> list[Row]:
    """How many records of a register each kind of finding is about, a night; None where its rule did not run."""
    counted = [
        {(kind["code"], kind["nl"], kind["en"]): len(kind["keys"]) for kind in findings_of(run, name, codes)}
        for run in runs
    ]
    ran = [{rule["code"] for rule in run.get("indicators", {}).get("run", [])} for run in runs]
    return [
        {
            "code": code,
            "nl": nl,
            "en": en,
            "nights": [
                counts.get((code, nl, en), 0 if code in rules else None)
                for counts, rules in zip(counted, ran, strict=True)
            ],
        }
        for code, nl, en in sorted(set().union(*counted))
    ]


def _night(run: Row, name: str) -> Row | None:
    """What came in of a register in a night; None where it is not configured."""
    entries = [entry for entry in run.get("inputs", []) if entry["dataset"] == name]
    delivery, absent = run.get("deliveries", {}).get(name, {}), _absent(run, name)
    if not entries and not absent:
        return None
    counts = entries[0] if entries else {}
    verdict = absent.get("kind") if absent else delivery.get("verdict", "unknown")
    if delivery.get("used"):
        verdict = "last_good"
    return {
        "read": counts.get("rows_read"),
        "accepted": counts.get("rows_accepted"),
        "rejected": counts.get("rows_quarantined"),
        "verdict": verdict,
        "age_days": delivery.get("age_days"),
        "reasons": [{"nl": reason["nl"], "en": reason["en"]} for reason in delivery.get("reasons", [])],
        "mended": run.get("counts", {}).get("mended", {}).get(name),
    }


def _absent(run: Row, name: str) -> Row:
    return next((why for why in run.get("unavailable", []) if why["dataset"] == name), {})


def _on_the_way_in(run: Row, name: str) -> list[Row]:
    """Rows that no rule of a contract refused, but their reading: a BSN, a broken row. They count of all rows."""
    judged = {(rule["column"], rule["expectation"]) for rule in run.get("expectations", {}).get(name, [])}
    read = next((entry.get("rows_read", 0) for entry in run.get("inputs", []) if entry["dataset"] == name), 0)
    return [
        {
            "rule_id": f"{name}.{counted['column'] or '*'}.{counted['expectation']}",
            "column": counted["column"],
            "description_nl": f"{counted['column'] or ''} {counted['reason']}".strip(),
            "description_en": f"{counted['column'] or ''} {counted['expectation'].replace('_', ' ')}".strip(),
            "rows_tested": read,
            "rows_failed": counted["rows"],
        }
        for counted in run.get("counts", {}).get("quarantine", [])
        if counted["dataset"] == name and (counted["column"], counted["expectation"]) not in judged
    ]


def quality_body(
    document: Row, language: str, look: Mapping[str, str] = _PLAIN, lists: Mapping[str, str] | None = None
) -> Markup:
    """What the page says under its title.

    Args:
        document: A `quality_document`.
        language: `nl` or `en`.
        look: The class of each kind of part where it is shown.
        lists: Register -> where its quality list can be downloaded.
    """
    nights = [date.fromisoformat(night) for night in document["nights"]]
    context = {
        "page": document,
        "nights": [date_text(night, language) for night in nights],
        "short": [f"{night.day}-{night.month}" for night in nights],
        "registers": datasets(),
        "lang": language,
        "look": look,
        "lists": lists or {},
        "t": quality_texts(language),
        "share": lambda part, whole: part_text(part, whole, language),
        "trend": lambda shares, title: trend(shares, title, language),
        "trend_of_counts": lambda counts, title: trend(counts, title, language, as_share=False),
        "mended": lambda counts: mended_sentence(counts, language),
    }
    filters = {"number": lambda value: "–" if value is None else decimal_text(value, language)}
    environment = Environment(
        loader=PackageLoader("screening.wording"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(filters)
    template = environment.get_template("quality.html.j2")
    return Markup(template.render(**context))  # noqa: S704 - the template escapes what it is given


def mended_sentence(counts: Mapping[str, int], language: str = "nl") -> str:
    """What became of the records that the run before rejected."""
    texts, total = quality_texts(language)["mended"], counts["mended"] + counts["rejected"] + counts["gone"]
    untold = texts["untold"].format(**counts) if counts["untold"] else ""
    return ((texts["text"].format(total=total, **counts) if total else "") + untold).strip()


def part_text(part: int, whole: int, language: str) -> str:
    """A share in per cent; what is not nothing never rounds down to it, what is not all never up."""
    if not whole:
        return "–"
    value = 100 * part / whole
    if 0 < part < whole:
        value = min(max(value, 0.1), 99.9)
    return percent_text(value, language, 1)


def trend(shares: Sequence[float | None], title: str, language: str, *, as_share: bool = True) -> Markup:
    """Columns, one a night, as high as the share is beside the largest; a table beside it says the same in numbers.

    `as_share`: False where they are counts.
    """
    largest = max((share for share in shares if share), default=0.0)
    parts = []
    for place, share in enumerate(shares):
        height = 0 if not share else max(2, round(_HEIGHT * share / largest))
        x = place * _COLUMN
        if share is None:  # a night without the register: a gap with a dash in it
            parts.append(f'<rect x="{x + 4}" y="{_HEIGHT - 1}" width="4" height="1" fill="currentColor"/>')
        else:
            parts.append(f'<rect x="{x}" y="{_HEIGHT}" width="{_BAR}" height="1" fill="currentColor"/>')
            parts.append(f'<rect x="{x}" y="{_HEIGHT - height}" width="{_BAR}" height="{height}" fill="currentColor"/>')
    width = max(len(shares) * _COLUMN, 1)
    most = percent_text(100 * largest, language, 1) if as_share else decimal_text(largest, language)
    return Markup(  # noqa: S704 - numbers, and a title that went through escape()
        f'<svg viewBox="0 0 {width} {_HEIGHT + 1}" width="{width}" height="{_HEIGHT + 1}" role="img">'
        f"<title>{escape(title)}, 0–{most}</title>{''.join(parts)}</svg>"
    )


def quality_texts(language: str) -> Row:
    """The words of the page in a language."""
    return {name: _in_language(text, language) for name, text in _WORDS.items()}


def _in_language(text: Row, language: str) -> object:
    if text.keys() == {"nl", "en"}:
        return text[language]
    return {name: _in_language(part, language) for name, part in text.items()}
