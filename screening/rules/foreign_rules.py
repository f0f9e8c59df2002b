"""The rules of an extension: read as source, checked, and run where nothing but their tables can be reached."""

from __future__ import annotations

import ast
from dataclasses import replace

from screening.base.errors import ConfigurationError, RuleDefinitionError
from screening.base.extensions import Extension, ExtensionFile
from screening.base.foreign.checked_module import run_checked
from screening.base.foreign.confinement import confining
from screening.base.foreign.source_check import check_source
from screening.rules.declare import Indicator
from screening.rules.schema import tables_for_rules
from screening.rules.source_check import RULE

#: Columns of the BAG that say in which part of a town something is.
_NAMES_OF_PLACES = frozenset({"postcode", "straatnaam", "woonplaats", "rd_x", "rd_y"})


def load_extension(extension: Extension) -> tuple[Indicator, ...]:
    """Every indicator that the files of an extension declare, each confined whenever it runs.

    Raises:
        ConfigurationError: A file asks for something that a rule may not have, declares no indicator, or one outside
            its namespace. No file of the extension was run where one of them asks too much.
        RuleDefinitionError: A declaration breaks the rules for indicators.
    """
    tables_for_rules()  # read from the contracts now: while a rule is declared, no file may be opened
    files = extension.files_of("indicators")
    sources = [(file, check_source(file.utf8(), file.place, RULE)) for file in files]
    rules: list[Indicator] = []
    for file, tree in sources:
        declared = _declared(extension, file, tree)
        if not declared:
            raise ConfigurationError(f"{file.place}: declares no indicator. A file of indicators declares one.")
        rules += declared
    return tuple(rules)


def _declared(extension: Extension, file: ExtensionFile, tree: ast.Module) -> list[Indicator]:
    """What one file declares."""
    name = f"{extension.prefix}.{file.name.removesuffix('.py')}"
    owner = f"{extension} {file.name}"
    try:
        names = run_checked(tree, file.place, name, RULE, owner=owner, refusal=RuleDefinitionError)
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
    return [
        replace(rule, function=confining(f"{rule.code} of {extension}", RuleDefinitionError, rule.function))
        for rule in declared
    ]
