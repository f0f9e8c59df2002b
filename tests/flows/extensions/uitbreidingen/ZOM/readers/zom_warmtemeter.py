"""The weekly list of the heat network: lines of fields with ~ between them, and a first line that counts them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from screening.sources import UnreadableError

ENDINGS = (".dat",)


def read(content: bytes) -> Iterator[dict[str, str] | UnreadableError]:
    """The connections, one a line."""
    lines = content.decode("cp850").splitlines()
    if not lines or not re.fullmatch(r"WARMTENET [0-9]+ [a-z_~]+", lines[0]):
        raise UnreadableError(None, "de eerste regel hoort het aantal en de namen van de velden te noemen")
    _, count, names = lines[0].split(" ")
    if int(count) != len(lines) - 1:
        raise UnreadableError(None, "het bestand heeft een ander aantal regels dan de eerste regel noemt")
    columns = names.split("~")
    for line in lines[1:]:
        cells = line.split("~")
        if len(cells) == len(columns):
            yield dict(zip(columns, cells, strict=True))
        else:
            yield UnreadableError(None, "de regel heeft een ander aantal velden dan de eerste regel noemt")
