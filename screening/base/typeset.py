"""An accessible PDF from a typst template and data: the data never become markup."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import typst

from screening.base.errors import BarrierError
from screening.base.typeface.typeface import TYPEFACE_FOLDER

#: PDF/UA-1: tagged, titled, with a language and a text for every picture. typst refuses a document that is not.
PDF_STANDARD: Literal["ua-1"] = "ua-1"


#: Compilers that nobody uses now, by template. Making one reads the fonts again, a third of the time of a document, so
#: they are kept: as many as documents of one template were ever set at once (1.7 MB each).
_IDLE: defaultdict[Path, list[typst.Compiler]] = defaultdict(list)


class TypesetError(BarrierError):
    """A document that cannot be set, or that would not be accessible."""


def pdf(template: Path, data: Mapping[str, object]) -> bytes:
    """The template set with `data`, as PDF/UA. Raises TypesetError without any value of the data.

    In the template: `#let data = json("/data.json")`, a file in memory only. Whatever stands in the data is shown as
    text, also when it looks like markup. No date of production is written, so the same data give the same bytes.
    """
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, default=str)
    try:
        with _compiler(template) as compiler:
            files = _files(template, text)
            document = compiler.compile(  # type: ignore[type-var]  # the stub of typst knows no files in memory
                input=files, format="pdf", pdf_standards=[PDF_STANDARD]
            )
    except Exception as error:  # the binding has one class for every error, and its text may quote the data
        raise TypesetError(f"{template.name}: the document could not be set ({type(error).__name__}).") from None
    if not isinstance(document, bytes):
        raise TypesetError(f"{template.name}: the document is more than one file.")
    return document


def _files(template: Path, text: str) -> dict[str, bytes]:
    """What is compiled, in memory: the data as a file, and a main file that includes the template from the disk.

    Data as `sys.inputs` belong to the library that every cached part depends on: nothing of the last document would be
    used again. And a template that is itself handed over is parsed for every document.
    """
    return {"main.typ": f"#include {json.dumps('/' + template.name)}".encode(), "data.json": text.encode()}


@contextmanager
def _compiler(template: Path) -> Iterator[typst.Compiler]:
    """A compiler no other thread uses meanwhile; it reads a template that was changed. After an error not kept."""
    idle = _IDLE[template]
    try:
        compiler = idle.pop()
    except IndexError:
        compiler = typst.Compiler(  # type: ignore[misc]  # as above
            _files(template, "null"), root=str(template.parent), ignore_system_fonts=True, font_paths=[TYPEFACE_FOLDER]
        )
    yield compiler
    idle.append(compiler)
