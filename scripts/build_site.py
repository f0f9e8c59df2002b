"""Build the documentation site, which is read from a disk as well as from a server: `make site`.

python scripts/build_site.py DIRECTORY

The pages are those of docs and of the root, once, as they are; here they are laid out beside each other, with links
that hold there too. The notebook runs, and its page shows what its cells print. Any warning ends the build.
"""

from __future__ import annotations

import ast
import io
import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import redirect_stdout
from fnmatch import fnmatch
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from build_reference import write_reference

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
#: Made for the site, whatever of it stands in the repository.
REFERENCE = DOCS / "reference"
PARTS = Path(__file__).parent / "site"
#: A page or folder of the repository -> where the site has it. What stands in docs stands there under its own name.
ELSEWHERE = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "project/contributing.md",
    "CODE_OF_CONDUCT.md": "project/code_of_conduct.md",
    "GOVERNANCE.md": "project/governance.md",
    "SECURITY.md": "project/security.md",
    "CHANGELOG.md": "project/changelog.md",
    "docs/linking.ipynb": "linking.md",
    "data_contracts": "reference/registers/index.md",
    "indicators": "reference/indicators.md",
    "screening/linking": "reference/linking.md",
    "screening/rules/local_lists.yaml": "reference/lists.md",
    "flows/papers": "reference/papers/index.md",
    "tests/assurance": "reference/assurance.md",
    "tests/assurance/asvs.yaml": "reference/asvs.md",
    "flows/configuration/json_schema.py": "reference/screening.schema.json",
}
#: Folders of docs whose pages a page of the site lists.
LISTED = {"decisions": "Decisions", "reference/registers": "Registers", "reference/papers": "Papers, filled in"}
#: Pages in Dutch, whatever the language of the menus: a screen reader must know.
DUTCH = (
    "handleiding.html",
    "ontvangen.html",
    "zaaksysteem.html",
    "reference/indicatoren.html",
    "reference/lijsten.html",
    "reference/papers/*.html",
    "reference/registers/*.html",
)
#: What the theme fetches from another host to search without a server, and what stands in for it.
WORKER, OURS = "https://unpkg.com/iframe-worker/shim", "frame_worker.js"
_LINK = re.compile(r"\]\((?![a-z]+:|#)([^)\s#]+)(#[^)\s]*)?\)")
_PICTURE = re.compile(r'<p>(<img [^>]*src="[^"]*lineage/)')
#: A corner of a table, or a row of heads that says nothing: Markdown has no table without one.
_EMPTY_HEAD = re.compile(r"<th([^>]*)></th>")
_ARTICLE = '<article class="md-content__inner md-typeset"'


def build_site(directory: Path) -> Path:
    """Build the site in a folder; the folder of its pages. Raises ValueError for a warning and for a dead link."""
    shutil.rmtree(directory, ignore_errors=True)
    pages, reference = directory / "pages", directory / "reference"
    write_reference(reference)
    lay_out(pages, reference)
    shutil.copy(PARTS / "zensical.toml", directory)
    command = [Path(sys.executable).parent / "zensical", "build", "--strict", "-f", "zensical.toml"]
    ran = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)  # noqa: S603
    if ran.returncode:
        raise ValueError(f"The site was not built.\n{ran.stdout}{ran.stderr}")
    site = directory / "site"
    (site / "404.html").unlink()  # a server's, which must know where the site stands
    for page in site.rglob("*.html"):
        _finish(page, page.relative_to(site).as_posix())
    return site


def lay_out(pages: Path, reference: Path) -> None:
    """Write the sources of the site: the pages of docs, of the reference and of the root, the notebook and lists."""
    shutil.copytree(DOCS, pages, ignore=shutil.ignore_patterns("*.md", "*.ipynb", REFERENCE.name))
    shutil.copytree(reference, pages / REFERENCE.name, ignore=shutil.ignore_patterns("*.md"))
    for name in ("site.css", "tables.js", OURS):
        shutil.copy(PARTS / name, pages)
    docs = (page for page in DOCS.rglob("*.md") if not page.is_relative_to(REFERENCE))
    for source in [*docs, *(ROOT / name for name in ELSEWHERE if name.endswith(".md"))]:
        write_page(pages, source, source.read_text(encoding="utf-8"))
    for page in reference.rglob("*.md"):
        write_page(pages, REFERENCE / page.relative_to(reference), page.read_text(encoding="utf-8"))
    notebook = DOCS / "linking.ipynb"
    write_page(pages, notebook, notebook_page(notebook))
    for folder, title in LISTED.items():
        (pages / folder / "index.md").write_text(_listed(pages / folder, title), encoding="utf-8")


def write_page(pages: Path, source: Path, text: str) -> None:
    """Write a page where the site has it; a file that it leads to outside docs comes along."""
    target = _place(source)

    def led(match: re.Match[str]) -> str:
        linked = (source.parent / match[1]).resolve()
        is_made = linked.is_relative_to(REFERENCE) and (pages.parent / linked.relative_to(DOCS)).exists()
        if not linked.exists() and not is_made:
            raise ValueError(f"{source.relative_to(ROOT)} leads to {match[1]}, which is not there.")
        place = _place(linked)
        if place.startswith("files/"):
            (pages / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(linked, pages / place)
        return f"]({os.path.relpath(place, Path(target).parent)}{match[2] or ''})"

    page = pages / target
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(_LINK.sub(led, text), encoding="utf-8")


def _place(path: Path) -> str:
    """Where the site has a file or folder of the repository."""
    name = path.relative_to(ROOT).as_posix()
    if name in ELSEWHERE:
        return ELSEWHERE[name]
    if path.is_dir():
        path = path / ("README.md" if (path / "README.md").exists() else "index.md")
    return path.relative_to(DOCS).as_posix() if path.is_relative_to(DOCS) else f"files/{name}"


def _listed(folder: Path, title: str) -> str:
    titles = {page.name: page.read_text(encoding="utf-8").partition("\n")[0] for page in folder.glob("*.md")}
    lines = (f"- [{titles[name].lstrip('# ')}]({name})" for name in sorted(titles))
    return "\n".join([f"# {title}", "", *lines]) + "\n"


def notebook_page(notebook: Path) -> str:
    """The notebook as Markdown, with what each cell prints and is worth: its cells run, in order."""
    parts, names = [], {"__name__": "notebook"}
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            parts.append(text)
            continue
        parts.append(f"```python\n{text}\n```")
        if output := _run(text, cell["id"], names):
            parts.append(f"This gives:\n\n```text\n{output}\n```")
    return "\n\n".join(parts) + "\n"


def _run(text: str, cell: str, names: dict[str, object]) -> str:
    """Run a cell; what it prints, and the value of the expression that it ends with."""
    tree = ast.parse(text, cell)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    with redirect_stdout(io.StringIO()) as printed:
        exec(compile(tree, cell, "exec"), names)  # noqa: S102 - the cells are ours
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), cell, "eval"), names)  # noqa: S307 - the cells are ours
            print(value if value is not None else "")
    return printed.getvalue().rstrip()


def _finish(page: Path, name: str) -> None:
    """Name the language of a page in Dutch, let keys scroll, leave no head empty, and fetch from no other host."""
    text = page.read_text(encoding="utf-8")
    text = text.replace(WORKER, os.path.relpath(OURS, Path(name).parent))
    text = _PICTURE.sub(r'<p class="wide" tabindex="0">\1', text)
    text = _EMPTY_HEAD.sub(r"<td\1></td>", text)
    if not name.endswith("/index.html") and any(fnmatch(name, pattern) for pattern in DUTCH):
        text = text.replace(_ARTICLE, f'{_ARTICLE} lang="nl"')
    page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    print(build_site(Path(sys.argv[1]).resolve()) / "index.html")
