"""From contract to flag: which columns of a register which rule reads, and what follows, as a table and as pictures.

All of it is what the rules declare (`inputs`, barrier, class), so a picture cannot say otherwise than the night does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from flows.catalogue import all_contracts, all_indicators
from flows.papers.markdown import markdown_table
from screening.base.vocabulary import Barrier
from screening.rules import Indicator
from screening.rules.model import BARRIER_NAMES
from screening.wording.register_names import columns_of, register_name

#: Where the pictures stand under docs/reference, and the page that shows them.
FOLDER, PAGE = "lineage", "lineage.md"

_LEAD = """# From contract to flag

What a rule reads is declared, and a rule is handed nothing else. Read a picture from left to right: registers, the
rules that read them, the barrier that the rules watch, and what follows. The number at a register counts its columns
that these rules read. The letter at a rule is its class. One hit of class A makes a flag; hits of B and C only do so
together ([the review rule](../architecture.md)). A rule with a dashed line makes no flag: what it finds goes to the
owner of the register or of the process. A flag is a question to a person, never evidence.

Below each picture the same stands as a table, with every column. A column that the page of a register does not name is
derived from those that it does ([what rules are handed](../architecture.md)). This page and its pictures are made from
the rules and the contracts, with: `make docs`.
"""
_HEADS = ("Rule", "Class", "Registers and columns", "Follows")
_FOLLOWS = {False: "flag", True: "a list for the owner"}
#: Pixels: the height of a row, the width of the picture, and (left, width) of each of its columns of boxes.
_ROW, _WIDTH = 30, 684
_REGISTERS, _RULES, _BARRIER, _END = (2, 236), (308, 90), (462, 110), (622, 60)
#: One a register, in turn: dark enough on white to follow a line.
_INKS = ("#1d4f91", "#8a3b12", "#2c6e49", "#6b3fa0", "#8c2f5b", "#5a5a00", "#0b6e75", "#7a2e2e", "#3f4a5a")


def lineage_pages() -> dict[str, str]:
    """Path -> content: the page, and a picture for each barrier that a rule watches."""
    groups = {barrier: [rule for rule in all_indicators() if rule.barrier is barrier] for barrier in Barrier}
    lines, pages = [_LEAD], {}
    for barrier, rules in groups.items():
        if not rules:
            continue
        name, file = BARRIER_NAMES["en"][barrier], f"{FOLDER}/{barrier.lower()}.svg"
        pages[file] = _picture(name, rules)
        lines += [f"## {name}", "", f"![{_summary(name, rules)} The table below says the same.]({file})", ""]
        lines += [*markdown_table(_HEADS, map(_cells, rules)), ""]
    return {**pages, PAGE: "\n".join(lines).rstrip("\n") + "\n"}


def _summary(name: str, rules: Sequence[Indicator]) -> str:
    verb = "rule reads" if len(rules) == 1 else "rules read"
    return f"{name}: {len(rules)} {verb} {len(_registers(rules))} registers."


def _registers(rules: Sequence[Indicator]) -> list[str]:
    """The registers that these rules read, in the order of the contracts."""
    return [name for name in all_contracts() if any(name in rule.inputs for rule in rules)]


def _cells(rule: Indicator) -> tuple[str, ...]:
    registers = _registers([rule])
    read = [f"[{name}](registers/{name}.md): {_codes(rule.inputs[name])}" for name in registers]
    derived = [f"{name} (derived): {_codes(columns)}" for name, columns in rule.inputs.items() if name not in registers]
    link = f"[{rule.code}](indicators.md#{rule.code.lower()}) {rule.name_en}"
    return link, str(rule.cls), "; ".join([*read, *derived]), _FOLLOWS[rule.is_finding]


def _codes(columns: Sequence[str]) -> str:
    return ", ".join(f"`{column}`" for column in columns)


def _picture(name: str, rules: Sequence[Indicator]) -> str:
    """An SVG: registers, rules, the barrier and what follows, with a line for each reading."""
    registers = _registers(rules)
    rows = max(len(registers), len(rules))
    height, middle = rows * _ROW + 16, rows / 2
    places = {register: rows * (number + 0.5) / len(registers) - 0.5 for number, register in enumerate(registers)}
    levels = {rule.code: rows * (number + 0.5) / len(rules) - 0.5 for number, rule in enumerate(rules)}
    inks = {register: _INKS[number % len(_INKS)] for number, register in enumerate(registers)}
    flagging = [rule for rule in rules if not rule.is_finding]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" '
        f'role="img"><title>{escape(_summary(name, rules))}</title><rect width="100%" height="100%" fill="#fff"/>'
        '<g font-family="sans-serif" font-size="13" fill="#111">'
    ]
    for rule in rules:
        level = levels[rule.code]
        parts += (
            _line(_REGISTERS, places[register], _RULES, level, inks[register])
            for register in registers
            if register in rule.inputs
        )
        parts.append(_line(_RULES, level, _BARRIER, middle - 0.5, "#444", is_dashed=rule.is_finding))
    if flagging:
        parts += [_line(_BARRIER, middle - 0.5, _END, middle - 0.5, "#444"), _box(_END, middle - 0.5, "flag")]
    parts += (_register_box(register, places[register], rules, inks[register]) for register in registers)
    parts += (_box(_RULES, levels[rule.code], f"{rule.code} · {rule.cls}") for rule in rules)
    parts += [*_barrier_box(name, middle - 0.5), "</g></svg>"]
    return "\n".join(parts) + "\n"


def _delivered(column: str) -> str:
    """The column of the contract that a rule reads of: the two ends of a date are one."""
    return column.removesuffix("_min").removesuffix("_max")


def _register_box(name: str, row: float, rules: Sequence[Indicator], ink: str) -> str:
    columns = {_delivered(column) for rule in rules for column in rule.inputs.get(name, ())} & columns_of(name).keys()
    return _box(_REGISTERS, row, f"{register_name(name, 'en')} ({len(columns)})", ink)


def _barrier_box(name: str, row: float) -> Iterator[str]:
    """The barrier, whose name may take a line a word."""
    words = name.split()
    yield _box(_BARRIER, row, "", height=max(24, 17 * len(words) + 8))
    left, width = _BARRIER
    for number, word in enumerate(words):
        y = 8 + row * _ROW + 20 + 17 * (number - (len(words) - 1) / 2)
        yield f'<text x="{left + width // 2}" y="{y:g}" text-anchor="middle">{escape(word)}</text>'


def _box(column: tuple[int, int], row: float, text: str, ink: str = "#444", height: int = 24) -> str:
    left, width = column
    top = 8 + row * _ROW + 15 - height / 2
    box = f'<rect x="{left}" y="{top:g}" width="{width}" height="{height}" rx="3" fill="#fff" stroke="{ink}"/>'
    return box + (f'<text x="{left + 8}" y="{top + height / 2 + 5:g}">{escape(text)}</text>' if text else "")


def _line(
    start: tuple[int, int], row: float, end: tuple[int, int], to: float, ink: str, *, is_dashed: bool = False
) -> str:
    left, right = sum(start), end[0]
    y, other, bend = 8 + row * _ROW + 15, 8 + to * _ROW + 15, (left + right) / 2
    dashes = ' stroke-dasharray="5 4"' if is_dashed else ""
    path = f"M{left} {y:g}C{bend:g} {y:g} {bend:g} {other:g} {right} {other:g}"
    return f'<path d="{path}" fill="none" stroke="{ink}"{dashes}/>'
