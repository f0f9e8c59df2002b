"""What a reader from outside may ask for: one that takes bytes apart passes, what reaches out is refused unread."""

from __future__ import annotations

import pytest

from screening.base.errors import ConfigurationError
from screening.base.frames import ReaderCode
from screening.sources.reader_source import check_reader

WHOLE = '''"""Meter readings, a line each."""
import csv, datetime, decimal, io, itertools, json, re, struct
from collections.abc import Iterator
from screening.sources import UnreadableError
ENDINGS = (".dat", ".txt")
def read(content: bytes) -> Iterator[dict[str, str] | UnreadableError]:
    for line in csv.reader(io.StringIO(content.decode("cp850"))):
        if len(line) == 1 and (day := re.fullmatch(r"[0-9]+", line[0])):
            yield {"dag": str(datetime.date.fromordinal(int(day.group())))}
        else:
            yield UnreadableError("dag", "geen dag")
    while False:
        raise UnreadableError(None, "niet heel")
'''


def checked(source: str):
    return check_reader(ReaderCode("zom_meter", "zom_meter.py", source))


def test_a_reader_says_what_it_reads_and_none_of_it_is_run():
    reader = checked(f"{WHOLE}\nx = 1 / 0\n")
    assert (reader.about, reader.endings) == ("Meter readings, a line each.", (".dat", ".txt"))


HOSTILE = {
    "a module of the system": "import os",
    "files": "import pathlib",
    "the network": "import socket",
    "what opens a file": "io.open('/etc/passwd')",
    "a file by its number": "io.FileIO(0)",
    "what a module leads to": "json.codecs.open('x')",
    "a module passed on": "x = io",
    "a module under another name": "import io as struct",
    "another module called so": "from os import path as re",
    "polars, which reads files by itself": "import polars as pl",
    "XML, which opens what it names": "import xml.etree.ElementTree",
    "the store": "from screening.store import open_store",
    "our own reader": "from screening.sources import read_source",
    "a file": "open('/etc/passwd')",
    "text as code": "eval('1')",
    "another import": "__import__('os')",
    "a way around a name": "getattr(1, 'real')",
    "a hidden attribute": "(1).__class__",
    "a frame": "x = read(b'').gi_frame",
    "a sentence that is filled in": "'{0.real}'.format(1)",
    "a class": "class A:\n    pass",
    "what would go on after a refusal": "try:\n    pass\nexcept Exception:\n    pass",
    "a context": "with x:\n    pass",
    "another answer tomorrow": "datetime.date.today()",
    "a reason that can hold a value": "def f(x):\n    raise UnreadableError('dag', f'geen dag: {x}')",
    "a column that can hold a value": "def f(x):\n    return UnreadableError(x, 'geen dag')",
    "a refusal passed on": "refuse = UnreadableError",
    "a refusal handed to another": "def f() -> g(UnreadableError):\n    pass",
    "another error, which can hold a value": "def f(x):\n    raise ValueError(x)",
    "what a class is taken for elsewhere": "Iterator.register(dict)",
    "no Python": "def (",
}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_reaches_out_is_refused_with_file_and_line(source: str):
    with pytest.raises(ConfigurationError, match=r"zom_meter\.py, line [1-9]"):
        checked(WHOLE + source)


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ('"""Meter readings, a line each."""', "", "begins with a text"),
        ('ENDINGS = (".dat", ".txt")', "", "says how its files end"),
        ('(".dat", ".txt")', '("." + "dat",)', "says how its files end"),
        ('(".dat", ".txt")', '("dat",)', "says how its files end"),
        ("def read(content: bytes)", "def reads(content: bytes)", "one function read"),
        ("def read(content: bytes)", "def read(content: bytes, other: int)", "one function read"),
    ],
)
def test_a_reader_that_does_not_say_what_it_reads_is_refused(before: str, after: str, why: str):
    assert before in WHOLE
    with pytest.raises(ConfigurationError, match=why):
        checked(WHOLE.replace(before, after))
