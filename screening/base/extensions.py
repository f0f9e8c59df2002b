"""Extensions: rules, registers, readers, partner kinds and word lists from outside, and those in force in this process.

An extension is found and admitted by `flows.extensions`, and put in force when the configuration is read. Its files are
read once, so that what was hashed is what is used. What is derived from extensions is kept apart for each set of them:
two configurations in one process do not mix.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache, wraps
from pathlib import PurePosixPath
from typing import Generic, ParamSpec, TypeVar

from screening.base.errors import ConfigurationError

Value = TypeVar("Value")


class ValueInForce(Generic[Value]):
    """A process-wide default with a context-local override."""

    def __init__(self, name: str, first: Value) -> None:
        self._of_process = first
        self._of_block: ContextVar[Value | None] = ContextVar(name, default=None)

    @property
    def value(self) -> Value:
        """The value that holds here."""
        of_block = self._of_block.get()
        return self._of_process if of_block is None else of_block

    def use(self, value: Value) -> None:
        """Set the value for the process, or within a block for the rest of that block."""
        if self._of_block.get() is None:
            self._of_process = value
        else:
            self._of_block.set(value)

    @contextmanager
    def using(self, value: Value) -> Iterator[None]:
        """Override the value in this block, for this thread alone."""
        token = self._of_block.set(value)
        try:
            yield
        finally:
            self._of_block.reset(token)


Asked = ParamSpec("Asked")
Derived = TypeVar("Derived")

#: Kind -> how its files are called. Each kind has a folder of this name in an extension.
KINDS = {
    "indicators": ".py",
    "contracts": ".odcs.yaml",
    "readers": ".py",
    "partner_kinds": ".yaml",
    "word_lists": ".csv",
}
#: What every namespace is: three capitals, before a dot in the code of an indicator.
NAMESPACE = r"[A-Z]{3}"
#: What the data sets of extensions are called: the namespace in small letters, and a name.
EXTENSION_DATA_SET = r"[a-z]{3}_[a-z][a-z0-9_]{2,34}"


@dataclass(frozen=True)
class ExtensionFile:
    """One file as it was read. `path`: with `/`, relative to the extension; `place`: for a message."""

    path: str
    place: str
    content: bytes = field(repr=False)

    @property
    def name(self) -> str:
        """The name without its folders."""
        return PurePosixPath(self.path).name

    def read_text(self, encoding: str | None = None) -> str:
        """The content as text. Raises UnicodeDecodeError."""
        return self.content.decode(encoding or "utf-8")

    def utf8(self) -> str:
        """The content as text. Raises ConfigurationError where it is not UTF-8."""
        try:
            return self.read_text()
        except UnicodeDecodeError:
            raise ConfigurationError(f"{self.place}: not UTF-8. Save it as UTF-8.") from None


@dataclass(frozen=True)
class Extension:
    """What was found under one namespace. `name`: of the package or the folder; `origin`: where it lies.

    `files`: all its files, sorted by path: those of the kinds, and `cases/` and `samples/` beside them.
    """

    namespace: str
    name: str
    origin: str
    files: tuple[ExtensionFile, ...] = field(repr=False)
    #: `sha256:` and the digest of the names and bytes of all files: what a municipality signs.
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        digest = hashlib.sha256()
        for file in self.files:
            path = file.path.encode()
            digest.update(b"%d:%s%d:" % (len(path), path, len(file.content)) + file.content)
        object.__setattr__(self, "digest", f"sha256:{digest.hexdigest()}")

    @property
    def prefix(self) -> str:
        """How the names of its data sets and partner kinds begin, without what follows."""
        return self.namespace.lower()

    def files_of(self, kind: str) -> tuple[ExtensionFile, ...]:
        """Its files of a kind, by path; modules that only mark a package aside."""
        return tuple(
            file
            for file in self.files
            if file.path.startswith(f"{kind}/") and file.path.endswith(KINDS[kind]) and file.name != "__init__.py"
        )

    @property
    def readers(self) -> dict[str, ExtensionFile]:
        """Name -> file of its readers."""
        return {file.name.removesuffix(KINDS["readers"]): file for file in self.files_of("readers")}

    def __str__(self) -> str:
        return f"{self.namespace} ({self.name})"


@dataclass(frozen=True)
class _Chosen:
    """Extensions that hold, by namespace. Alike by `key`, what derived things are kept by."""

    extensions: tuple[Extension, ...] = field(default=(), compare=False)
    key: tuple[str, ...] = ()

    @classmethod
    def of(cls, extensions: Iterable[Extension]) -> _Chosen:
        chosen = tuple(sorted(extensions, key=lambda extension: extension.namespace))
        return cls(chosen, tuple(f"{extension.namespace} {extension.digest}" for extension in chosen))


_IN_FORCE = ValueInForce("extensions", _Chosen())


def use_extensions(extensions: Iterable[Extension]) -> None:
    """Put these extensions in force, and no others, for the process or for the rest of the block."""
    _IN_FORCE.use(_Chosen.of(extensions))


def extensions_in_force() -> tuple[Extension, ...]:
    """The extensions that hold here, by namespace."""
    return _IN_FORCE.value.extensions


def reader_files() -> dict[str, ExtensionFile]:
    """Name -> file of each reader of the extensions that hold here."""
    return {name: file for extension in extensions_in_force() for name, file in extension.readers.items()}


def using_extensions(extensions: Iterable[Extension]) -> AbstractContextManager[None]:
    """Put these extensions in force in this block, for this thread alone."""
    return _IN_FORCE.using(_Chosen.of(extensions))


def cached_in_force(derive: Callable[Asked, Derived]) -> Callable[Asked, Derived]:
    """Compute once for what is asked and the extensions in force."""

    @cache
    def of(chosen: _Chosen, *args: Asked.args, **kwargs: Asked.kwargs) -> Derived:
        with _IN_FORCE.using(chosen):  # another thread may put others in force meanwhile
            return derive(*args, **kwargs)

    @wraps(derive)
    def current(*args: Asked.args, **kwargs: Asked.kwargs) -> Derived:
        return of(_IN_FORCE.value, *args, **kwargs)  # type: ignore[arg-type]  # the cache takes what can be hashed

    return current
