"""The plugin leaves what is no case table of an extension to others; what it collects is in test_extending."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.examination.pytest_plugin import pytest_collect_file


@pytest.mark.parametrize("path", ["cases/zom_loc_01.yaml", "tables/zom_loc_01.cases.yaml", "cases/test_zom.py"])
def test_another_file_is_left_alone(path, request):
    assert pytest_collect_file(Path(path), request.session) is None
