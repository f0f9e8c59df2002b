"""What a configuration says that the one in force does not: by section and key, whatever the letters of the file."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Difference:
    """A key whose value changed. `before` or `after` is None where the key was not, or is no longer, there."""

    key: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class ConfigurationSection:
    """A table of the configuration: how many keys it states, and what of it differs from the one in force."""

    name: str
    keys: int
    differences: tuple[Difference, ...]


def sections(content: str, in_force: str | None) -> list[ConfigurationSection]:
    """The sections of a configuration in the order of the file; those that are gone stand last.

    Args:
        content: The configuration.
        in_force: The one in force; None where there is none, or its text is not known: then nothing differs.
    """
    now, before = _by_section(content), _by_section(in_force) if in_force is not None else None
    names = [*now, *(name for name in before or {} if name not in now)]
    return [
        ConfigurationSection(name, len(now.get(name, {})), () if before is None else _differences(before, now, name))
        for name in names
    ]


def _differences(
    before: Mapping[str, Mapping[str, str]], now: Mapping[str, Mapping[str, str]], name: str
) -> tuple[Difference, ...]:
    old, new = before.get(name, {}), now.get(name, {})
    return tuple(
        Difference(key, old.get(key), new.get(key)) for key in sorted({*old, *new}) if old.get(key) != new.get(key)
    )


def _by_section(content: str) -> dict[str, dict[str, str]]:
    document = tomllib.loads(content.removeprefix("\ufeff"))
    return {name: dict(_leaves(name, value)) for name, value in document.items()}


def _leaves(path: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from _leaves(f"{path}.{name}", inner)
    else:
        yield path, str(value)
