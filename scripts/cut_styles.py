"""Cut the design system to what our templates use: selectors of their classes, and the tokens that these need.

`make styles` after a template uses another class, or scripts/design_system holds a new version. What is cut is served;
what it was cut from stays here. A test makes both again and compares.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCES = Path(__file__).parent / "design_system"
REVIEW = ROOT / "screening" / "review"
VENDOR = REVIEW / "static" / "vendor"
#: Source -> what is served of it.
CUT = {"component-library.css": "utrecht/component-library.css", "theme.css": "voorbeeld/theme.css"}
_COMMENT = re.compile(r"/\*.*?\*/", re.S)
_TOKEN = re.compile(r"var\(\s*(--[\w-]+)")
_CLASS = re.compile(r"\.(-?[a-zA-Z_][\w-]*)")
_STRING = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'")
NOTICE = "/* Cut by scripts/cut_styles.py from {package} {version}, {licence}: see LICENSE.md. */\n"


def blocks(css: str) -> Iterator[tuple[str, str | None]]:
    """(what stands before the brace, what stands within), of each rule; (statement, None) of what has no brace."""
    masked = _STRING.sub(lambda match: "_" * len(match.group()), css)
    start = place = 0
    while place < len(masked):
        if masked[place] == ";":
            yield css[start:place].strip(), None
            start = place = place + 1
        elif masked[place] == "{":
            depth, end = 1, place + 1
            while depth:
                depth += {"{": 1, "}": -1}.get(masked[end], 0)
                end += 1
            yield css[start:place].strip(), css[place + 1 : end - 1].strip()
            start = place = end
        else:
            place += 1


def selectors(prelude: str) -> list[str]:
    """The selectors of a list: parted by the commas that stand in no brackets."""
    parts, depth = [""], 0
    for letter in prelude:
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "," and not depth:
            parts.append("")
        else:
            parts[-1] += letter
    return [" ".join(part.split()) for part in parts]


class Used:
    """The classes that templates, styles and modules of the review name: whole, or the beginning of one."""

    def __init__(self, texts: Iterable[str]) -> None:
        names = {name for text in texts for name in re.findall(r"utrecht-[\w-]*", text)}
        self.whole = {name for name in names if not name.endswith("-")}
        self.beginnings = tuple(name for name in names if name.endswith("-") and name != "utrecht-")

    def __contains__(self, name: str) -> bool:
        return not name.startswith("utrecht-") or name in self.whole or name.startswith(self.beginnings)

    def takes(self, selector: str) -> bool:
        """Whether the selector can match: its classes are used, and of those in `:is()` at least one."""
        bare = re.sub(r":not\([^()]*(?:\([^()]*\)[^()]*)*\)", "", selector)
        chosen = re.findall(r":(?:is|where)\(([^()]*(?:\([^()]*\)[^()]*)*)\)", bare)
        outside = re.sub(r"\([^()]*(?:\([^()]*\)[^()]*)*\)", "", bare)
        return all(name in self for name in _CLASS.findall(outside)) and all(
            not _CLASS.findall(options) or any(name in self for name in _CLASS.findall(options)) for options in chosen
        )


def cut_rules(css: str, used: Used) -> str:
    """The rules whose selectors can match, one a line."""
    lines = []
    for prelude, body in blocks(css):
        if body is None:
            continue  # a charset: the answer has one
        if prelude.startswith(("@media", "@supports", "@container")):
            inner = cut_rules(body, used)
            if inner:
                lines.append(f"{prelude}{{\n{inner}}}")
        elif prelude.startswith("@"):
            lines.append(f"{prelude}{{{' '.join(body.split())}}}")
        else:
            kept = [selector for selector in selectors(prelude) if used.takes(selector)]
            if kept and body:
                lines.append(f"{','.join(kept)}{{{declared(body)}}}")
    return "\n".join(lines) + "\n" if lines else ""


def declared(body: str) -> str:
    """The declarations without needless blanks."""
    return ";".join(re.sub(r"\s*:\s*", ":", " ".join(line.split()), count=1) for line, _ in blocks(body + ";") if line)


def cut_tokens(css: str, needed_by: Iterable[str]) -> str:
    """The theme with the tokens that these styles ask for, and those that these tokens ask for."""
    ((prelude, body),) = (rule for rule in blocks(css) if rule[1] is not None)
    tokens = {
        name.strip(): value.strip() for name, value in (line.split(":", 1) for line, _ in blocks(f"{body};") if line)
    }
    open_names = {name for text in needed_by for name in _TOKEN.findall(text)}
    needed: set[str] = set()
    while open_names:
        name = open_names.pop()
        if name in tokens and name not in needed:
            needed.add(name)
            open_names.update(_TOKEN.findall(tokens[name]))
    return f"{prelude}{{\n" + "".join(f"{name}:{value};\n" for name, value in tokens.items() if name in needed) + "}\n"


def cut() -> dict[str, str]:
    """Path under vendor -> the text that is served."""
    ours = [path.read_text("utf-8") for path in sorted(REVIEW.rglob("*")) if path.suffix in {".j2", ".py", ".js"}]
    styles = [path.read_text("utf-8") for path in sorted((REVIEW / "static").glob("*.css"))]
    rows = [line.split() for line in (SOURCES / "VERSIONS").read_text("utf-8").splitlines()[1:]]
    notices = {row[3]: NOTICE.format(package=row[0], version=row[1], licence=row[2]) for row in rows}
    texts = {name: _COMMENT.sub("", (SOURCES / name).read_text("utf-8")) for name in CUT}
    components = cut_rules(texts["component-library.css"], Used([*ours, *styles]))
    theme = cut_tokens(texts["theme.css"], [components, *styles])
    contents = {"component-library.css": components, "theme.css": theme}
    return {CUT[name]: notices[name] + content for name, content in contents.items()}


def main() -> None:
    """Write what is served, and its hashes."""
    versions = VENDOR / "VERSIONS"
    lines = versions.read_text("utf-8").splitlines()
    for name, text in cut().items():
        (VENDOR / name).write_text(text, "utf-8")
        digest = hashlib.sha256(text.encode()).hexdigest()
        lines = [" ".join([*line.split()[:4], digest]) if line.split()[3] == name else line for line in lines]
    versions.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
