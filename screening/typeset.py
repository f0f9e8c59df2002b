"""An accessible PDF from a typst template and data: the data never become markup."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import typst

from screening.errors import BarrierError

#: PDF/UA-1: tagged, titled, with a language and a text for every picture. typst refuses a document that is not.
PDF_STANDARD = "ua-1"


class TypesetError(BarrierError):
    """A document that cannot be set, or that would not be accessible."""


def pdf(template: Path, data: Mapping[str, object]) -> bytes:
    """The template set with `data`, as PDF/UA. Raises TypesetError without any value of the data.

    In the template: `#let data = json(bytes(sys.inputs.data))`. Whatever stands in the data is shown as text, also
    when it looks like markup. No date of production is written, so the same data give the same bytes.
    """
    try:
        return typst.compile(
            str(template),
            root=str(template.parent),
            sys_inputs={"data": json.dumps(data, ensure_ascii=False, sort_keys=True, default=str)},
            format="pdf",
            pdf_standards=[PDF_STANDARD],
            ignore_system_fonts=True,
        )
    except Exception as error:  # the binding has one class for every error, and its text may quote the data
        raise TypesetError(f"{template.name}: the document could not be set ({type(error).__name__}).") from None
