"""The body of a POST as fields. text/plain, which a foreign page can send unasked, is not read.

A form with a file is read where its page takes one. The file is a text of some lines, a signature or a public key; or,
where its page says how large it may be, a document as it is.
"""

from __future__ import annotations

import asyncio
from datetime import date, datetime
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request

from screening.review.csrf import FORM_TYPE

MAX_FIELDS = 2000
#: Of a form with a file: the file, as read, and how many fields stand beside it. A signature has some 300 characters.
MAX_FILE, _MAX_BESIDE_FILE = 16 * 1024, 20
#: How many fields stand beside a document: it is part of a form of many.
_MAX_BESIDE_DOCUMENT = MAX_FIELDS
_FILE_FORM_TYPE = "multipart/form-data"
#: From the headers to the end of a form: a slow client does not keep its place longer.
BODY_SECONDS = 20.0


class FormError(Exception):
    """The body is no form of ours: the status to answer with."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Form(dict[str, str]):
    """The fields of a form: `form["name"]` is the last value, `form.all("name")` every value.

    `document`: the file that was sent along, where its page takes one; empty where none was chosen.
    """

    def __init__(self, pairs: list[tuple[str, str]] | None = None, document: bytes = b"") -> None:
        super().__init__(pairs or [])
        self._pairs = pairs or []
        self.document = document

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Every field with its value, in their order."""
        return list(self._pairs)

    def all(self, name: str) -> list[str]:
        """Every value of a field that can occur more than once, such as a list of ticked boxes."""
        return [value for key, value in self._pairs if key == name]


async def read_form(request: Request, *, takes_file: bool = False, most_document_bytes: int = 0) -> Form:
    """The fields of a request, and the text of a file under the name of its field, after what was typed there.

    `most_document_bytes`: the file is a document of so many bytes at most, and no text.

    FormError: 415 another type, 413 a file that is too large, 408 too slow, 400 control characters or, of a form
    without a file, no UTF-8.
    """
    written = request.headers.get("content-type", "").lower()
    kind = written.partition(";")[0].strip()
    # a form of a browser names no character set, and not every one that Python knows is of text
    takes_parts = takes_file or most_document_bytes > 0
    if kind != FORM_TYPE and (not takes_parts or kind != _FILE_FORM_TYPE or "charset" in written):
        raise FormError(415)
    document: list[bytes] = []
    reading = _fields(request) if kind == FORM_TYPE else _parts(request, document, most_document_bytes)
    try:
        pairs = await asyncio.wait_for(reading, BODY_SECONDS)
    except TimeoutError:
        raise FormError(408) from None
    for name, value in pairs:
        # line ends and tabs belong to a text of more lines; NUL and its like belong to nobody
        if any(ord(character) < 32 and character not in "\r\n\t" for character in name + value):
            raise FormError(400)
    return Form([(name, value.replace("\r\n", "\n")) for name, value in pairs], b"".join(document))


async def _fields(request: Request) -> list[tuple[str, str]]:
    body = await request.body()
    try:
        return parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            encoding="utf-8",
            errors="strict",
            max_num_fields=MAX_FIELDS,
        )
    except ValueError:  # also UnicodeDecodeError
        raise FormError(400) from None


async def _parts(request: Request, document: list[bytes], most_document_bytes: int) -> list[tuple[str, str]]:
    """The fields of a form with a file; one that was not chosen has no content. A document goes to `document`."""
    pairs = []
    most_fields = _MAX_BESIDE_DOCUMENT if most_document_bytes else _MAX_BESIDE_FILE
    try:
        async with request.form(max_files=1, max_fields=most_fields, max_part_size=MAX_FILE) as form:
            for name, value in form.multi_items():
                if isinstance(value, str):
                    pairs.append((name, value))
                elif most_document_bytes:
                    # one byte more than may be: its page says that it is too large
                    document.append(await value.read(most_document_bytes + 1))
                elif content := await value.read(MAX_FILE + 1):
                    pairs.append((name, _text_of(content)))
    except HTTPException:
        raise FormError(400) from None
    return pairs


def _text_of(content: bytes) -> str:
    """The text of a file. What is none becomes a text that is no key and no signature, which its page then says."""
    if len(content) > MAX_FILE:
        raise FormError(413)
    text = content.decode("utf-8", "replace")
    return "".join("\ufffd" if ord(letter) < 32 and letter not in "\r\n\t" else letter for letter in text)


def form_day(text: str) -> date | None:
    """A day as people and browsers write it: 31-12-2026 or 2026-12-31; None for anything else."""
    for form in ("%Y-%m-%d", "%d-%m-%Y"):
        try:
            return datetime.strptime(text.strip(), form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None
