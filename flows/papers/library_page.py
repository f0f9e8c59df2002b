"""The reference page of the linking library, made from what its public names say of themselves."""

from __future__ import annotations

import inspect
from collections.abc import Callable

from screening import linking
from screening.linking import block, key_parts, levels, metrics, model
from screening.linking.measures import BUILT_IN

_LEAD = """# Linking records: reference

`screening.linking` finds which records are one party: persons, companies, places, any records with declared fields. It
is a library for others too: frames in, frames out; no clock, no network, no files but those it is told to write. Why it
works as it does stands in [the linking engine](../matching.md); [the notebook](../linking.ipynb) shows it at work. This
page is made from the code, with: `make docs`.

## Five lines

`records` is a Polars frame with one row a record: `id`, `name`, `born` (dates, or texts as YYYY-MM-DD).
"""
#: What the page shows first; a test runs it.
START = """from screening import linking as e

settings = e.Settings(
    comparisons=(
        e.Comparison("name", (e.equal(frequency="name"), e.similar("jaro_winkler", 0.9), e.initial())),
        e.Comparison("born", (e.equal(), e.swapped_date(), e.date_slip(), e.same_year())),
    ),
    blocking=(("name",), ("born",)),
    training=(("name",), ("born",)),
)
model, linked = e.train_and_link(records, settings)  # no labels are needed
parties = e.cluster(model, records, linked.pairs)  # one row a record: id, cluster
print(e.explain_pair(model, records, *linked.pairs.row(0)[:2]))  # field by field
"""
#: Heading -> what stands under it: names of the library in this order.
SECTIONS: dict[str, tuple[str, ...]] = {
    "Settings": ("Settings", "Comparison", "Veto", "Gate"),
    "Levels": (
        "Level",
        "equal",
        "similar",
        "similar_tokens",
        "edits",
        "initial",
        "prefix",
        "letters_within",
        "letters_shared",
        "known",
        "crossed",
        "swapped_date",
        "date_slip",
        "same_year",
        "within_days",
        "within_number",
        "within_percent",
        "within_km",
        "within_metres",
    ),
    "Measures of texts": ("Measure", "register_measure"),
    "Keys of blocking rules": (),
    "Learning and linking": ("train", "link", "train_and_link", "Linked", "CutBlockWarning", "LinkModel"),
    "Partners and parties": ("cluster", "JudgedPairs", "best_of_each", "one_to_one"),
    "Why a pair has its log-odds": ("explain_pair", "Explanation", "ExplainedField"),
    "A base that grows": ("prepare_records", "link_delta", "save_prepared", "load_prepared", "PreparedRecords"),
    "How good pairs are": ("threshold_table", "best", "expected_table", "calibration_table", "brier_score"),
}
#: Columns of the frames that come out, by heading.
FRAMES: dict[str, dict[str, object]] = {
    "FREQUENCIES": dict(model.FREQUENCIES),
    "PARAMETERS": dict(model.PARAMETERS),
    "CUT_BLOCKS": dict(block.CUT_BLOCKS),
    "THRESHOLDS": dict(metrics.THRESHOLDS),
    "CALIBRATION": dict(metrics.CALIBRATION),
}


def library_page() -> str:
    """The page as Markdown."""
    lines = [_LEAD, "```python", START.rstrip(), "```", ""]
    for heading, names in SECTIONS.items():
        lines += [f"## {heading}", ""]
        if heading == "Levels":
            lines += [*_paragraphs(levels.__doc__ or ""), ""]
        if heading == "Keys of blocking rules":
            lines += [*_paragraphs(key_parts.__doc__ or ""), ""]
        for name in names:
            lines += _entry(name)
        if heading == "Measures of texts":
            lines += ["Built in: " + ", ".join(f"`{name}`" for name in BUILT_IN) + ".", ""]
    lines += ["## Columns of frames", ""]
    for name, schema in FRAMES.items():
        lines += [f"- `{name}`: " + ", ".join(f"`{column}` {kind}" for column, kind in schema.items())]
    return "\n".join(lines) + "\n"


def _entry(name: str) -> list[str]:
    subject = getattr(linking, name)
    is_warning = isinstance(subject, type) and issubclass(subject, Warning)
    call = name if is_warning else f"{name}({_parameters(subject)})"
    lines = [f"### `{name}`", "", "```python", call, "```", "", *_paragraphs(subject.__doc__ or ""), ""]
    for method, function in inspect.getmembers(subject) if isinstance(subject, type) and not is_warning else []:
        if method.startswith("_") or method not in vars(subject) or not (inspect.getdoc(function) or "").strip():
            continue
        if callable(function) or isinstance(function, property):
            lines.append(f"- `{name}.{method}`: {_flat(inspect.getdoc(function) or '')}")
    return [*lines, ""] if lines[-1] else lines


def _parameters(subject: Callable[..., object]) -> str:
    """The parameters of a call as they are written in code."""
    written: list[str] = []
    for parameter in inspect.signature(subject).parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY and not any(text.startswith("*") for text in written):
            written.append("*")
        star = "*" if parameter.kind is parameter.VAR_POSITIONAL else ""
        default = "" if parameter.default is parameter.empty else f" = {parameter.default!r}"
        written.append(f"{star}{parameter.name}: {parameter.annotation}{default}")
    return ", ".join(written)


def _paragraphs(text: str) -> list[str]:
    return inspect.cleandoc(text).splitlines()


def _flat(text: str) -> str:
    return " ".join(text.split())
