"""A version is what a rule says and does; a comment is neither."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from screening.rules import load_indicators
from screening.rules.versions import content_hash, version_id

RULE = '''
"""A rule."""
import polars as pl
from screening.rules import Param, indicator

LIMIT = 3

@indicator(
    code="TST-07", version=1, cls="B", barrier="WERKPLEK", dataset="vergunningen", name_nl="Proef", name_en="Trial",
    rationale_nl="Waarom.", rationale_en="Why.", ruled_out_nl=(), ruled_out_en=(), innocent_nl=("Iets.",),
    innocent_en=("Some.",), inputs={"vergunningen": ("record", "address_id")},
    params={"days": Param(30, "days", "because", floor=10)}, evidence_nl="{days}.", evidence_en="{days}.",
)
def rule(t, p, as_of):
    """One row per permit."""
    return t.vergunningen.select("address_id", record_ids=pl.concat_list("record")).head(LIMIT)
'''


def hashed(folder: Path, source: str) -> str:
    file = folder / f"rule_{abs(hash(source))}.py"
    file.write_text(source)
    spec = importlib.util.spec_from_file_location(file.stem, file)
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules[file.stem] = module
    spec.loader.exec_module(module)
    return content_hash(module.rule)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Waarom.", "Daarom."),
        ("version=1,", 'version=1, purposes=("P-WON",),'),
        ("floor=10", "floor=5"),
        ("Param(30", "Param(31"),
        ("LIMIT = 3", "LIMIT = 4"),
        (".head(LIMIT)", ""),
        ('"record", "address_id"', '"record", "address_id", "status"'),
    ],
)
def test_another_text_bound_or_line_of_code_is_another_content(tmp_path, old, new):
    assert old in RULE
    assert hashed(tmp_path, RULE.replace(old, new)) != hashed(tmp_path, RULE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"""One row per permit."""', '"""One row per permit of any kind."""'),
        ("LIMIT = 3", "LIMIT = 3  # three is enough"),
        ("LIMIT = 3", "\n\nLIMIT = (3)"),
        ("version=1,", 'version=1, powers=("sluiten",),'),
    ],
)
def test_a_comment_a_docstring_the_layout_or_a_power_is_not(tmp_path, old, new):
    assert hashed(tmp_path, RULE.replace(old, new)) == hashed(tmp_path, RULE)


def test_where_a_plan_works_out_its_rows_is_not_either(tmp_path):
    cached = RULE.replace(".head(LIMIT)", ".cache().head(LIMIT)")
    computed = cached.replace(".cache()", ".pipe(readings.computed)")
    assert hashed(tmp_path, cached) != hashed(tmp_path, RULE)
    assert hashed(tmp_path, computed) == hashed(tmp_path, cached)
    other = cached.replace(".cache()", ".pipe(mine.computed)")
    assert hashed(tmp_path, other) != hashed(tmp_path, cached), "of a rule's own making it is code as any other"


def test_parameters_in_force_are_part_of_the_version_and_not_of_the_content():
    given = {"code": "TST-07", "version": 1, "content": "a" * 64}
    assert version_id(parameters={"days": 30}, **given) != version_id(parameters={"days": 31}, **given)
    assert version_id(parameters={"a": 1, "b": 2}, **given) == version_id(parameters={"b": 2, "a": 1}, **given)


def test_every_indicator_of_this_version_has_a_content_of_its_own():
    hashes = [content_hash(rule) for rule in load_indicators("indicators")]
    assert len(set(hashes)) == len(hashes)
