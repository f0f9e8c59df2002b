"""Where extensions are found: entry points of installed packages, and the folder of the municipality.

A package joins where its namespace stands in `[extensions] packages`, and nowhere by being installed alone. Nothing is
imported: the files of a package are located and read.
"""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from importlib.metadata import EntryPoint, distributions
from pathlib import Path

from screening.base.errors import ConfigurationError
from screening.base.extensions import KINDS, NAMESPACE, Extension, ExtensionFile

_GROUPS = {f"barrier.{kind}": kind for kind in KINDS}
#: Folders beside those of the kinds: the case tables of its rules, and samples of its registers.
_BESIDE = ("cases", "samples")
#: What a folder may hold beside the files of its kind: it only marks a package.
_MARKS = frozenset({"__init__.py", "py.typed"})
_COMPILED = "__pycache__"


def discover(folder: Path | None, packages: Collection[str]) -> tuple[Extension, ...]:
    """Every extension: those of the packages that are named, and one for each folder in that of the municipality.

    Args:
        folder: `[extensions] path`; None where there is none.
        packages: `[extensions] packages`: the namespaces of installed packages that are in force here.

    Raises:
        ConfigurationError: A folder or package is not there, a file has no place in its folder, or two extensions have
            one namespace.
    """
    by_namespace: dict[str, Extension] = {}
    for extension in (*_of_packages(packages), *_of_folder(folder)):
        other = by_namespace.setdefault(extension.namespace, extension)
        if other is not extension:
            raise ConfigurationError(
                f"Two extensions are called {extension.namespace}: {other.name} ({other.origin}) and {extension.name} "
                f"({extension.origin}). Remove one, or give it a namespace of its own."
            )
    return tuple(by_namespace[namespace] for namespace in sorted(by_namespace))


def installed_packages() -> dict[str, str]:
    """Namespace -> package of every extension that is installed, whether it is in force or not."""
    return {point.name: distribution for distribution, point in _entry_points(tuple(sys.path))}


def read_extension(namespace: str, name: str, root: Path, kinds: Iterable[str] = tuple(KINDS)) -> Extension:
    """The extension whose files lie in a folder.

    Args:
        namespace: Three capitals.
        name: What it is called in messages: the package or the folder.
        root: The folder that holds a folder for each kind.
        kinds: The kinds that it declares.

    Raises:
        ConfigurationError: The namespace is none, a file cannot be read, is a link, or has no place in its folder.
    """
    if not re.fullmatch(NAMESPACE, namespace):
        raise ConfigurationError(f"{root}: {namespace!r} is no namespace. It is three capitals, such as ZOM.")
    _refuse_link(root)
    files: list[ExtensionFile] = []
    for kind in (*kinds, *_BESIDE):
        for path in _files(root / kind):
            if kind in KINDS and path.name not in _MARKS and not path.name.endswith(KINDS[kind]):
                raise ConfigurationError(f"{path}: {kind} of {namespace} ({name}) are files *{KINDS[kind]}.")
            files.append(ExtensionFile(path.relative_to(root).as_posix(), str(path), _content(path)))
    return Extension(namespace, name, str(root), tuple(sorted(files, key=lambda file: file.path)))


def _of_folder(folder: Path | None) -> Iterator[Extension]:
    if folder is None:
        return
    if not folder.is_dir():
        raise ConfigurationError(f"{folder}: no folder of extensions there. Make it, or leave [extensions] path out.")
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not path.name.startswith(("_", ".")):
            yield read_extension(path.name, path.name, path)


def _of_packages(packages: Collection[str]) -> Iterator[Extension]:
    if not packages:
        return
    declared: dict[tuple[str, str], list[tuple[EntryPoint, Path]]] = {}
    points_in_force = [named for named in _entry_points(tuple(sys.path)) if named[1].name in packages]
    if away := sorted(set(packages) - {point.name for _, point in points_in_force}):
        raise ConfigurationError(
            f"[extensions] packages names {', '.join(away)}, and no package that is installed has an extension of this "
            "name. Install it, or take it out."
        )
    for distribution, point in points_in_force:
        if point.group not in _GROUPS:
            raise ConfigurationError(
                f"{distribution}: there is no entry point {point.group}. There are {', '.join(_GROUPS)}."
            )
        declared.setdefault((point.name, distribution), []).append((point, _folder_of(point)))
    for (namespace, distribution), points in sorted(declared.items(), key=lambda named: named[0]):
        roots = {folder.parent for _, folder in points}
        odd = next((point for point, folder in points if folder.name != _GROUPS[point.group]), None)
        if odd is not None:
            raise ConfigurationError(
                f"{distribution}: the entry point {odd.group} of {namespace} names {odd.value}; it names a folder "
                f"called {_GROUPS[odd.group]}."
            )
        if len(roots) > 1:
            raise ConfigurationError(
                f"{distribution}: the folders of {namespace} lie in {' and '.join(sorted(map(str, roots)))}. They "
                "lie in one folder."
            )
        kinds, root = [_GROUPS[point.group] for point, _ in points], roots.pop()
        left = next((kind for kind in KINDS if kind not in kinds and any(_files(root / kind))), None)
        if left is not None:
            raise ConfigurationError(
                f"{distribution}: {root / left} has no entry point barrier.{left}: nothing of it would be used. "
                "Declare it, or leave the folder out."
            )
        yield read_extension(namespace, distribution, root, kinds)


@cache
def _entry_points(_path: tuple[str, ...]) -> tuple[tuple[str, EntryPoint], ...]:
    """(name of the package, entry point) of every group of ours; looked up once, a package comes with a new process."""
    seen: set[str] = set()
    points: list[tuple[str, EntryPoint]] = []
    for distribution in distributions():
        name = re.sub(r"[-_.]+", "-", str(distribution.metadata["Name"])).lower()
        if name in seen:  # what stands later on the path is hidden by it, as for an import
            continue
        seen.add(name)
        points += [(name, point) for point in distribution.entry_points if point.group.startswith("barrier.")]
    return tuple(points)


def _folder_of(point: EntryPoint) -> Path:
    """The folder that an entry point names, without importing anything of its package."""
    top, *rest = point.value.split(".")
    try:
        spec = importlib.util.find_spec(top)
    except (ImportError, ValueError):
        spec = None
    for place in (spec.submodule_search_locations or ()) if spec else ():
        folder = Path(place).joinpath(*rest)
        if folder.is_dir():
            return folder
    raise ConfigurationError(
        f"The entry point {point.group} of {point.name} names {point.value}, and no such folder is installed. Install "
        "its package again."
    )


def _files(folder: Path) -> Iterator[Path]:
    _refuse_link(folder)
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        _refuse_link(path)
        if path.is_dir() and path.name != _COMPILED:
            yield from _files(path)
        elif path.is_file() and not path.name.startswith("."):
            yield path


def _refuse_link(path: Path) -> None:
    if path.is_symlink():
        raise ConfigurationError(f"{path}: a link has no place in an extension. Put what it leads to there itself.")


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read ({error.strerror}).") from None
