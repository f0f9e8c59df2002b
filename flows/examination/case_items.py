"""A case table as tests: one of each case, and one of the table, which must leave out no side and no explanation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from flows.extensions.admission import admit_extensions
from flows.extensions.discovery import read_extension
from screening.base.errors import BarrierError
from screening.base.extensions import Extension, using_extensions
from screening.rules import load_extension
from screening.rules.cases import RuleCase, faults_of_case, faults_of_table, faults_of_texts, read_case_table


class FaultsOfRuleError(Exception):
    """What a case or a table does not show, a line each."""


class CaseTableFile(pytest.File):
    """One case table of the extension in whose folder `cases/` it lies."""

    def collect(self) -> Iterator[pytest.Item]:
        """Every case, and the table as a whole."""
        try:
            extension = extension_in(self.path.parent.parent)
            with using_extensions([extension]):
                rules = {rule.code: rule for rule in load_extension(extension)}
                cases = read_case_table(self.path, rules)
        except BarrierError as error:
            raise self.CollectError(str(error)) from None
        rule = cases[0].indicator
        for case in cases:
            yield _RuleItem.of(self, str(case.spec["name"]), extension, partial(faults_of_case, case))
        yield _RuleItem.of(self, "table and texts", extension, lambda: _of_table(cases) + faults_of_texts(rule))


class _RuleItem(pytest.Item):
    extension: Extension
    faults: Callable[[], list[str]]

    @classmethod
    def of(cls, parent: CaseTableFile, name: str, extension: Extension, faults: Callable[[], list[str]]) -> _RuleItem:
        test: _RuleItem = cls.from_parent(parent, name=name)
        test.extension, test.faults = extension, faults
        return test

    def runtest(self) -> None:
        with using_extensions([self.extension]):
            faults = self.faults()
        if faults:
            raise FaultsOfRuleError("\n".join(faults))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> str:
        return str(excinfo.value)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        return self.path, None, self.name


def extension_in(folder: Path) -> Extension:
    """The extension whose files lie in a folder, its registers judged as a configuration judges them.

    Raises BarrierError where the folder holds no extension, or one that no municipality could use.
    """
    extension = read_extension(_namespace_of(folder), folder.name, folder)
    admit_extensions([extension])
    return extension


def _of_table(cases: list[RuleCase]) -> list[str]:
    return faults_of_table(cases[0].indicator, cases)


def _namespace_of(folder: Path) -> str:
    """The namespace that the names of its case tables, registers and readers begin with; nothing of it is run."""
    named = (sorted(folder.glob(files)) for files in ("cases/*.cases.yaml", "contracts/*.odcs.yaml", "readers/*_*.py"))
    return next((path.name[:3].upper() for paths in named for path in paths if path.name != "__init__.py"), "")
