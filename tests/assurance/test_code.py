"""What no module may do, wherever it stands: unpickle, evaluate text, put a value into SQL, call text safe HTML."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.assurance.test_boundaries import ROOT, imported, sources

#: Formats that run code when they are read. A planted file never becomes code.
UNPICKLERS = {"pickle", "_pickle", "cloudpickle", "joblib", "dill", "shelve", "marshal"}
#: What runs a statement; the text comes first.
RUNNERS = {"execute", "exec_driver_sql", "executemany", "executescript", "scalar", "scalars"}
#: Statements that take no parameters, so that a name of ours has to stand in them. They read and change no row.
WITHOUT_PARAMETERS = re.compile(r"(PRAGMA|SET|SHOW|GRANT|ALTER TABLE|DROP TRIGGER)\b")
MIGRATIONS = "screening/store/migrations/versions"
#: The code of extensions: source that was checked as a tree, and runs confined (source_check, confinement).
CHECKED_SOURCE = "screening/base/foreign/checked_module.py"
#: Where text that was escaped before is put together; each place says so beside it (ruff S704).
DRAWN = {f"screening/report/{name}.py" for name in ("charts", "pages", "profile", "waterfall")} | {
    "screening/wording/quality.py",
    "screening/pictures/canvas.py",
    "screening/pictures/chain.py",
    "screening/review/guide.py",
}


def refused(
    source: str, *, is_migration: bool = False, is_drawn: bool = False, runs_checked_source: bool = False
) -> Iterator[str]:
    """What a source does that it may not, a line each."""
    for name in imported(source):
        if name.split(".")[0] in UNPICKLERS:
            yield f"imports {name}"
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        last = called.rpartition(".")[2]
        text = node.args[0] if node.args else next((k.value for k in node.keywords if k.arg in {"text", "query"}), None)
        if called in {"eval", "exec", "compile", "__import__"} and not runs_checked_source:
            yield f"line {node.lineno}: {called} makes code of text"
        if last == "deserialize" or any(one.arg == "allow_pickle" for one in node.keywords) or called in _NUMPY_LOAD:
            yield f"line {node.lineno}: {called} can run code that a file holds"
        if last == "text" and is_composed(text):
            yield f"line {node.lineno}: SQL that is put together; bind parameters"
        if last in RUNNERS and is_composed(text) and not (is_migration or WITHOUT_PARAMETERS.match(beginning(text))):
            yield f"line {node.lineno}: a statement that is put together; bind parameters"
        if last == "Markup" and not is_drawn and not (isinstance(text, ast.Constant) and text.value == ""):
            yield f"line {node.lineno}: text that is called safe"


_NUMPY_LOAD = {"np.load", "numpy.load"}


def is_composed(node: ast.AST | None) -> bool:
    """Whether a text is put together from parts: an f-string with a value, `%`, `+`, `.format`, `.join`, `.replace`."""
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(one, ast.FormattedValue) for one in node.values)
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Mod | ast.Add)
    return isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in {"format", "join", "replace"}


def beginning(node: ast.AST) -> str:
    """The literal text with which a composed one begins; empty when a value comes first."""
    first = node.values[0] if isinstance(node, ast.JoinedStr) else node
    return first.value if isinstance(first, ast.Constant) else ""


@pytest.mark.goal("S2", reached="0 imports in any module")
def test_no_module_does_what_none_may():
    found = {}
    for path in sources():
        name = path.relative_to(ROOT).as_posix()
        found[name] = list(
            refused(
                path.read_text("utf-8"),
                is_migration=name.startswith(MIGRATIONS),
                is_drawn=name in DRAWN,
                runs_checked_source=name == CHECKED_SOURCE,
            )
        )
    assert len(found) > 300
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "def f():\n    from cloudpickle import loads",
        "import importlib\nimportlib.import_module('joblib')",
        "np.load('f.npy', allow_pickle=True)",
        "pl.LazyFrame.deserialize(file)",
        "eval(text)",
        "sa.text(f'SELECT * FROM flag WHERE address = {asked}')",
        "text('SELECT * FROM flag WHERE address = %s' % asked)",
        "connection.execute('DELETE FROM flag WHERE id = ' + asked)",
        "connection.exec_driver_sql(f'{statement} FROM flag')",
        "cursor.execute('INSERT INTO {} VALUES (1)'.format(table))",
        "connection.execute(sa.text(f'SET x = {y}'))",
        "Markup(name)",
    ],
)
def test_what_may_not_be_done_is_noticed(source):
    assert list(refused(source))


@pytest.mark.parametrize(
    "source",
    [
        "connection.execute(f'PRAGMA busy_timeout={MS}')",
        "connection.execute(sa.text('SELECT 1 FROM flag WHERE address = :asked'), {'asked': asked})",
        "pl.col('a').list.eval(pl.element())",
        "Markup('')",
    ],
)
def test_what_may_be_done_is_left_alone(source):
    assert list(refused(source)) == []


def templates() -> list[Path]:
    return sorted((ROOT / "screening").rglob("*.j2"))


#: `|safe`, `{% autoescape false %}`, a value as an attribute without quotes, a script of the page itself, an event.
UNESCAPED = re.compile(
    r"\|\s*safe\b|autoescape\s+false|\s[\w-]+=\{\{|<script(?![^>]*\bsrc=)|"
    r"\son(?:click|load|error|input|submit|focus)\s*=",
    re.IGNORECASE,
)


def test_no_template_lets_a_value_out_unescaped():
    pages = [path for path in templates() if path.name.endswith((".html.j2", ".svg.j2"))]
    assert len(pages) > 40
    assert {path.name: found for path in pages if (found := UNESCAPED.findall(path.read_text("utf-8")))} == {}


@pytest.mark.parametrize(
    "text",
    ["{{ name|safe }}", "{% autoescape false %}", "<a href={{ path }}>", "<script>x</script>", "<p onclick='x'>"],
)
def test_a_template_that_would_is_noticed(text):
    assert UNESCAPED.search(text)
