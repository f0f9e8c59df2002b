"""What a rule from outside may ask for: our own rules pass, and whatever reaches out is refused unread."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from screening.base.errors import ConfigurationError
from screening.base.foreign.source_check import check_source
from screening.rules.source_check import RULE

OWN = sorted((Path(__file__).parents[2] / "indicators").glob("*/*_[0-9][0-9]_*.py"))

HOSTILE = {
    "a module of the system": "import os",
    "another name for Polars": "import polars",
    "a part of Polars": "import polars.io as pl",
    "the network": "from socket import socket",
    "the store": "from screening.store import open_store",
    "the engine": "from screening.rules import evaluate",
    "a module beside it": "from . import helpers",
    "everything": "from screening.rules import *",
    "a file": "open('/etc/passwd')",
    "text as code": "eval('1')",
    "code of its own": "exec('x = 1')",
    "another import": "__import__('os')",
    "a way around a name": "getattr(1, 'real')",
    "a way around a name, given as its own elsewhere": "def f(getattr):\n    return 1\nx = getattr(1, 'real')",
    "a function of Python set anew": "open = 1",
    "the names of the module": "globals()",
    "a hidden attribute": "(1).__class__",
    "a hidden attribute in a sentence": "x = f'{(1).__class__}'",
    "a sentence that is filled in": "'{0.real}'.format(1)",
    "a frame": "x = (n for n in [1]).gi_frame",
    "a pattern": "match 1:\n    case int(real=x):\n        pass",
    "a class": "class A:\n    pass",
    "what another would catch": "try:\n    pass\nexcept Exception:\n    pass",
    "a context": "with x:\n    pass",
    "a file by way of Polars": "import polars as pl\npl.read_csv('x')",
    "a scan": "import polars as pl\nx = pl.scan_parquet('x')",
    "a method that writes": "def f(t):\n    t.vergunningen.sink_csv('x')",
    "a function of Python on each row": "import polars as pl\npl.col('a').map_elements(len)",
    "what Polars works with inside": "def f(t):\n    return t.vergunningen.group_by('a').lgb.agg([])",
    "a file by way of that": "def f(x):\n    return x.new_from_ndjson('x')",
    "a function in another thread": "def f(x):\n    return x.collect_with_callback('auto', f)",
    "values on the screen": "import polars as pl\npl.Series([1]).to_frame().glimpse()",
    "SQL": "import polars as pl\npl.SQLContext()",
    "a settled frame": "def f(t):\n    return t.vergunningen.collect()",
    "Polars under another name": "import polars as pl\nx = pl\nx.read_csv('x')",
    "Polars replaced": "pl = 1",
    "a reading that is none": "from screening.rules import readings\nreadings.companies",
    "another answer tomorrow": "from datetime import date\ndate.today()",
    "a draw": "def f(t):\n    return t.vergunningen.select('a').sample(n=1)",
    "another order each night": "import polars as pl\npl.col('a').shuffle()",
    "no Python": "def (",
}


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.stem)
def test_our_own_rules_ask_for_nothing_else(path: Path):
    check_source(path.read_text(encoding="utf-8"), path.name, RULE)


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_reaches_out_is_refused_with_file_and_line(source: str):
    with pytest.raises(ConfigurationError, match=r"loc_01\.py, line [1-9]"):
        check_source(source, "loc_01.py", RULE)


@pytest.mark.parametrize("name", ["columns", "dtypes", "schema", "width"])
def test_what_a_frame_has_is_asked_of_its_schema(name: str):
    with pytest.raises(ConfigurationError, match=rf"\.{name} is asked of a frame as \.collect_schema\(\)"):
        check_source(f"def f(t):\n    return t.vergunningen.{name}", "loc_01.py", RULE)


def test_there_are_rules_of_ours_to_look_at():
    assert len(OWN) > 40


@pytest.mark.filterwarnings("ignore")
def test_no_attribute_that_passes_hands_out_what_polars_works_with_inside():
    day = pl.LazyFrame({"a": [1], "d": [date(2026, 11, 1)]})
    grouped = [day.group_by("a"), day.group_by_dynamic("d", every="1d"), day.rolling("d", period="1d")]
    when = pl.when(pl.lit(True))
    handed = [day, *grouped, pl.Series([1]), pl.Series([1]).to_frame(), pl.col("a"), when, when.then(1), pl.element()]
    native = set()
    for thing in handed:
        for name in {name for name in dir(thing) if not name.startswith("_")} - {"plot", "style"}:
            with suppress(Exception):
                if type(getattr(thing, name)).__name__.startswith("Py"):
                    native.add(name)
    assert native  # else the names of Polars are others now, and this test sees nothing
    for name in native:
        with pytest.raises(ConfigurationError):
            check_source(f"def f(x):\n    return x.{name}", "loc_01.py", RULE)
