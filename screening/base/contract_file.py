"""The file of a contract as YAML gives it, and the error for an entry that is not understood."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, TypeAlias

import yaml

from screening.base.errors import ContractDefinitionError

#: A mapping as YAML gives it: what it holds is known only once it is looked at.
Document: TypeAlias = Mapping[str, Any]


class TextFile(Protocol):
    """A file of a folder, of the distribution or of an extension."""

    @property
    def name(self) -> str:
        """The name without its folders."""

    def read_text(self, encoding: str | None = None) -> str:
        """The content as text."""


def refuse(file: str, entry: str, why: str) -> ContractDefinitionError:
    """The error for an entry that is not understood: names file and entry."""
    return ContractDefinitionError(f"{file}, {entry}: {why}")


class _Loader(yaml.CSafeLoader):
    """A safe loader that refuses a key given twice: plain YAML keeps the last one and a rule would vanish unseen."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[object] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node)
        if key in seen:
            raise yaml.constructor.ConstructorError(None, None, f"the key {key!r} is given twice", key_node.start_mark)
        seen.add(key)
    return loader.construct_mapping(node, deep=True)


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def read_document(path: TextFile) -> Document:
    """The content of a contract's file. Raises ContractDefinitionError where it is no YAML mapping."""
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a SafeLoader, stricter
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise refuse(path.name, "the file", f"not readable as YAML: {error}") from error
    except OSError as error:
        raise refuse(path.name, "the file", "cannot be opened; check that it is there and may be read") from error
    if not isinstance(document, dict):
        raise refuse(path.name, "the file", "a mapping is expected here")
    return document


def listed_codes(column: Document) -> tuple[str, ...]:
    """The accepted codes of a column, or of the elements of a list; none where it has no code list."""
    holder = column["items"] if column["logicalType"] == "array" and "items" in column else column
    rules = holder.get("quality") or ()
    lists = [rule["arguments"]["validValues"] for rule in rules if rule.get("metric") == "invalidValues"]
    return tuple(lists[0]) if lists else ()


def registers_with(column: Document) -> dict[str, str]:
    """Register -> the column of it that holds the values of this column too."""
    rules = [rule["implementation"] for rule in column.get("quality") or () if "implementation" in rule]
    registers = [rule["kwargs"]["registers"] for rule in rules if rule.get("type") == "exists_in"]
    return dict(registers[0]) if registers else {}
