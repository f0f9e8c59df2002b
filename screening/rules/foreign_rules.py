"""The rules of an extension: read as source, checked, and run where nothing but their tables can be reached."""

from __future__ import annotations

import builtins
import importlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import CodeType, FunctionType, ModuleType

from screening.errors import ConfigurationError, RuleDefinitionError
from screening.extensions import Extension, ExtensionFile
from screening.rules.confinement import confined, confining
from screening.rules.declare import Indicator
from screening.rules.schema import tables_for_rules
from screening.rules.source_check import ALLOWED_NAMES, ALLOWED_OF_PYTHON, check_source

#: Columns of the BAG that name a place.
_NAMES_OF_PLACES = frozenset({"postcode", "straatnaam", "woonplaats"})


def load_extension(extension: Extension) -> tuple[Indicator, ...]:
    """Every indicator that the files of an extension declare, each confined whenever it runs.

    Raises:
        ConfigurationError: A file asks for something that a rule may not have, declares no indicator, or one outside
            its namespace. No file of the extension was run where one of them asks too much.
        RuleDefinitionError: A declaration breaks the rules for indicators.
    """
    tables_for_rules()  # read from the contracts now: while a rule is declared, no file may be opened
    for module in ALLOWED_NAMES:
        importlib.import_module(module)  # nor may a module be imported for the first time
    files = extension.files_of("indicators")
    sources = [(file, check_source(_text(file), file.place)) for file in files]
    rules: list[Indicator] = []
    for file, tree in sources:
        declared = _declared(extension, file, compile(tree, file.place, "exec", dont_inherit=True))
        if not declared:
            raise ConfigurationError(f"{file.place}: declares no indicator. A file of indicators declares one.")
        rules += declared
    return tuple(rules)


def _text(file: ExtensionFile) -> str:
    try:
        return file.read_text()
    except UnicodeDecodeError:
        raise ConfigurationError(f"{file.place}: not UTF-8, as the source of a rule must be.") from None


def _declared(extension: Extension, file: ExtensionFile, code: CodeType) -> list[Indicator]:
    """What one file declares; its code sees the few functions that it may use, and none of Python's others."""
    owner = f"{extension} {file.name}"
    names: dict[str, object] = {
        "__name__": f"{extension.prefix}.{file.name.removesuffix('.py')}",
        "__builtins__": {name: getattr(builtins, name) for name in ALLOWED_OF_PYTHON} | {"__import__": _import},
    }
    module = FunctionType(code, names)  # takes its functions of Python from the names that are there now, for good
    try:
        with confined(owner):
            module()
    except (RuleDefinitionError, ConfigurationError) as error:
        raise RuleDefinitionError(f"{file.place}: {error}") from error
    except Exception as error:
        raise RuleDefinitionError(f"{file.place}: ended while it was read ({type(error).__name__}).") from error
    declared = [value for value in names.values() if isinstance(value, Indicator)]
    for rule in declared:
        if not rule.code.startswith(f"{extension.namespace}."):
            raise ConfigurationError(
                f"{file.place}: declares {rule.code}, which is outside its namespace. The codes of {extension} begin "
                f"with {extension.namespace}. and never replace another rule."
            )
        if places := sorted(_NAMES_OF_PLACES & set(rule.inputs.get("bag_adressen", ()))):
            raise ConfigurationError(
                f"{file.place}: {rule.code} reads {', '.join(places)}. A rule follows no neighbourhood: where a duty "
                "holds is told by the table plichten, and what is at one address by address_id."
            )
    return [replace(rule, function=confining(f"{rule.code} of {extension}", rule.function)) for rule in declared]


def _import(
    name: str,
    _globals: Mapping[str, object] | None = None,
    _locals: Mapping[str, object] | None = None,
    fromlist: Sequence[str] | None = (),
    level: int = 0,
) -> ModuleType:
    """The import of a rule: the modules of the check of its source, and no others."""
    if level or name not in {"polars", *ALLOWED_NAMES}:
        raise RuleDefinitionError(f"a rule may not import {name}")
    return __import__(name, None, None, tuple(fromlist or ()), 0)
