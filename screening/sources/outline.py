"""What is seen of a file that no configuration names: how many rows, and which columns."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from screening.base.frames import SourceSpec
from screening.sources.batches import one_raw_table
from screening.sources.delivery import Content, read_delivery
from screening.sources.query import count_rows
from screening.sources.raw import RawTable, text_frame
from screening.sources.readers import is_database, read_file


def outline(path: Path) -> tuple[Content, RawTable, tuple[str, ...]]:
    """A file that no configuration names: its content, its rows without any column, and the names in its header.

    Of a database the rows of all its tables, and no names.

    Raises SourceMissingError, SourceError.
    """
    content = read_delivery(path)
    if is_database(content.data):
        return content, RawTable(text_frame({}, []), count_rows(path)), ()
    header: list[str] = []

    def no_column(names: Sequence[str]) -> dict[str, int]:
        header.extend(names)
        return {}

    table = one_raw_table(read_file(content, SourceSpec("", str(path)), {}, no_column))
    return content, table, tuple(header)
