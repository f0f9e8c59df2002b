"""Workbooks: what they hold is text, and their sheets have names that Excel takes."""

from __future__ import annotations

import io

import openpyxl

from screening.base.datasets import datasets
from screening.base.workbook import SheetTable, workbook

#: The longest name that a sheet of Excel can have.
MAX_NAME = 31


def test_every_register_can_be_a_sheet_also_one_with_a_long_name() -> None:
    names = [*datasets(), "zom_" + "a" * 35]
    assert max(map(len, datasets())) > MAX_NAME
    for name in names:
        sheets = [SheetTable(name, ("Rij",), [("1",)]), SheetTable("na te gaan", ("Rij",), [("2",)])]
        content = workbook(sheets, title="x")
        assert openpyxl.load_workbook(io.BytesIO(content)).sheetnames == [name[:MAX_NAME], "na te gaan"]
