"""A plugin for pytest: each case of a case table of an extension is a test, and so is the table itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

_CASE_TABLE = ".cases.yaml"


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect a case table that lies in `cases/` of an extension."""
    if not file_path.name.endswith(_CASE_TABLE) or file_path.parent.name != "cases":
        return None
    from flows.examination.case_items import CaseTableFile  # polars, which other projects' tests do not wait for  # noqa: PLC0415

    return CaseTableFile.from_parent(parent, path=file_path)
