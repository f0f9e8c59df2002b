"""The body of a POST as fields. One form type is read; text/plain, which a foreign page can send unasked, is not."""

from __future__ import annotations

import asyncio
from datetime import date, datetime
from urllib.parse import parse_qsl

from starlette.requests import Request

from screening.review.csrf import FORM_TYPE

MAX_FIELDS = 2000
#: From the headers to the end of a form: a slow client does not keep its place longer.
BODY_SECONDS = 20.0


class FormError(Exception):
    """The body is no form of ours: the status to answer with."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Form(dict[str, str]):
    """The fields of a form: `form["name"]` is the last value, `form.all("name")` every value."""

    def __init__(self, pairs: list[tuple[str, str]] | None = None) -> None:
        super().__init__(pairs or [])
        self._pairs = pairs or []

    def all(self, name: str) -> list[str]:
        """Every value of a field that can occur more than once, such as a list of ticked boxes."""
        return [value for key, value in self._pairs if key == name]


async def read_form(request: Request) -> Form:
    """The fields of a request; FormError: 415 another type, 408 too slow, 400 no UTF-8 or control characters."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM_TYPE:
        raise FormError(415)
    try:
        body = await asyncio.wait_for(request.body(), BODY_SECONDS)
    except TimeoutError:
        raise FormError(408) from None
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, strict_parsing=bool(body), encoding="utf-8", errors="strict",
            max_num_fields=MAX_FIELDS,
        )  # fmt: skip
    except ValueError:  # also UnicodeDecodeError
        raise FormError(400) from None
    for name, value in pairs:
        # line ends and tabs belong to a text of more lines; NUL and its like belong to nobody
        if any(ord(character) < 32 and character not in "\r\n\t" for character in name + value):
            raise FormError(400)
    return Form([(name, value.replace("\r\n", "\n")) for name, value in pairs])


def form_day(text: str) -> date | None:
    """A day as people and browsers write it: 31-12-2026 or 2026-12-31; None for anything else."""
    for form in ("%Y-%m-%d", "%d-%m-%Y"):
        try:
            return datetime.strptime(text.strip(), form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None
