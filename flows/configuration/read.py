"""`screening.toml` read once a command: all its tables, checked together, and what follows from them."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field, ValidationError

from flows.configuration.faults import sentences
from flows.configuration.indicator_tables import IndicatorTable
from flows.configuration.local_tables import file_hashes, list_functions, names_of_kinds
from flows.configuration.mapping_tables import KEYS_OF_MAPPING
from flows.configuration.tables import SYNTHETIC_CODE, ConfigurationTables
from flows.extensions import discover, refuse_unsigned
from screening.base.civil_time import TOWN
from screening.base.code_words import use_code_words
from screening.base.errors import ConfigurationError
from screening.base.extensions import Extension, use_extensions, using_extensions
from screening.casework.case_policy import CasePolicy
from screening.rights.terms import Terms

if TYPE_CHECKING:
    from screening.base.frames import SourceSpec
    from screening.rules.areas import Area
    from screening.rules.local_lists import LocalLists

#: Tables that shape no run: they take no part in the run id. Of `[review]` the drawing of the sample does.
_NO_PART_IN_A_RUN = (
    "run",
    "extensions",
    "review",
    "care",
    "policy",
    "case_system",
    "export",
    "retention",
    "governance",
    "audit",
    "notify",
    "pooling",
)


class Configuration(ConfigurationTables):
    """The tables of a file, checked, and where and as of when they hold.

    `canonical` is the JSON text that takes part in the run id: no path, no secret. `content` is what was read, byte for
    byte: two people sign exactly this. `unmapped` is the JSON text of all but the keys of mapping: while it is the
    same, a change is signed by its author and one other.
    """

    file: Path
    as_of: date
    canonical: str
    unmapped: str
    content: bytes = Field(repr=False)

    @property
    def is_synthetic(self) -> bool:
        """Whether the data are made up."""
        return self.municipality.code == SYNTHETIC_CODE

    @property
    def workspace(self) -> Path:
        """The folder of results, quarantine and store."""
        return self.file.parent / self.run.workspace

    @property
    def has_export(self) -> bool:
        """Whether `[export]` states anything."""
        return bool(self.export.model_fields_set)

    @property
    def states_snapshots(self) -> bool:
        """Whether `[run] snapshot_days` is written down; without, the default holds, and nobody chose it."""
        return "snapshot_days" in self.run.model_fields_set

    @cached_property
    def terms(self) -> Terms:
        """How long each kind of data stays."""
        return self.retention.terms(self.run.snapshot_days)

    @cached_property
    def max_age_days(self) -> Mapping[str, int]:
        """Days after which the delivery of a register is stale."""
        return {dataset: table.max_age_days or self.run.max_age_days for dataset, table in self.sources.items()}

    @cached_property
    def source_specs(self) -> Mapping[str, SourceSpec]:
        """Where each register comes from, by name: paths and secrets resolved, with what to look for in free text."""
        from flows.configuration.source_specs import source_spec  # polars: a configuration is checked without it  # noqa: PLC0415

        words = next((rule.word_list for rule in self.indicators.values() if rule.word_list and not rule.missing), None)
        return {
            dataset: source_spec(dataset, table, self.file.parent, words or {})
            for dataset, table in self.sources.items()
        }

    @cached_property
    def local_lists(self) -> LocalLists:
        """The lines of business and kinds of permit in force."""
        lists: LocalLists = list_functions().local_lists(self.lines, self.permit_types)
        return lists

    @cached_property
    def designated_areas(self) -> tuple[Area, ...]:
        """The areas in which a duty holds, read. SourceError: a file is no area."""
        area_of = list_functions().area_of
        return tuple(area_of(area.duty, area.since, area.until, area.path) for area in self.areas.values())

    @cached_property
    def case_policy(self) -> CasePolicy:
        """The terms of case work."""
        return CasePolicy(**self.review.model_dump(include={term.name for term in fields(CasePolicy)}))


def today() -> date:
    """The civil date at the town hall; the only reading of the clock for `as_of`."""
    return datetime.now(tz=TOWN).date()


def load_configuration(file: Path, *, as_of: date | None = None, content: bytes | None = None) -> Configuration:
    """Read and check a configuration; from here on its extensions are in force in this process, and no others.

    Args:
        file: The file; what it names is found relative to it.
        as_of: A date that goes before the one in the file.
        content: The bytes of an earlier state, pinned: neither the file nor its areas are read then.

    Raises:
        ConfigurationError: every fault of every table, one a line, each with the file.
        SourceError: the file of a designated area is no area.
    """
    is_pinned = content is not None
    content = configuration_content(file) if content is None else content
    document = parse_toml(file, content)
    extensions = discover(*_where_extensions_are(file, document))
    if extensions:
        from flows.extensions.admission import admit_extensions  # polars: a configuration is checked without it  # noqa: PLC0415

        admit_extensions(extensions)
    try:
        with using_extensions(extensions):
            tables = ConfigurationTables.model_validate(document, context=file.parent)
    except ValidationError as error:
        faults = sentences(error, ConfigurationTables)
        raise ConfigurationError("\n".join(f"{file}: {fault}" for fault in faults)) from None
    refuse_unsigned(file, extensions, tables.extensions.hashes, is_synthetic=tables.municipality.code == SYNTHETIC_CODE)
    use_extensions(extensions)
    use_code_words(names_of_kinds(tables.permit_types))
    read = Configuration.model_construct(
        tables.model_fields_set,
        **dict(tables),
        file=file,
        as_of=as_of or tables.run.as_of or today(),
        canonical=_canonical(document, tables, extensions),
        unmapped=unmapped(document),
        content=content,
    )
    if not is_pinned:
        _ = read.designated_areas  # read once, so that a file that is no area is refused here
    return read


def configuration_content(file: Path) -> bytes:
    """The bytes of the file. ConfigurationError when it cannot be read."""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        raise ConfigurationError(
            f"{file}: no configuration there. Name one with --config, or make an example with `barrier synthetic DIR`."
        ) from None
    except OSError as error:
        raise ConfigurationError(f"{file}: the configuration cannot be read ({error.strerror}).") from None


def parse_toml(file: Path, content: bytes) -> dict[str, object]:
    """Read TOML. ConfigurationError: it is none, or not UTF-8."""
    try:
        # Windows editors put a byte order mark in front, which TOML does not know
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ConfigurationError(f"{file}: not UTF-8, as TOML must be. Save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{file}: not valid TOML: {error}") from None


def unmapped(document: Mapping[str, object]) -> str:
    """All that a configuration states but the keys of mapping, as JSON in one order."""
    sources = document.get("sources")
    if isinstance(sources, Mapping):
        document = {**document, "sources": {name: _without_mapping(table) for name, table in sources.items()}}
    return _in_one_order(document)


def _without_mapping(table: object) -> object:
    if not isinstance(table, Mapping):
        return table
    return {name: value for name, value in table.items() if name not in KEYS_OF_MAPPING}


def _in_one_order(document: Mapping[str, object]) -> str:
    return json.dumps(document, sort_keys=True, ensure_ascii=False, default=str, separators=(",", ":"))


def _where_extensions_are(file: Path, document: Mapping[str, object]) -> tuple[Path | None, list[str]]:
    """The folder of `[extensions]` and its packages; what the check of the tables will refuse is left out."""
    table = document.get("extensions")
    path, packages = (table.get("path"), table.get("packages")) if isinstance(table, Mapping) else (None, None)
    folder = file.parent / path.strip() if isinstance(path, str) and path.strip() else None
    return folder, [name for name in packages if isinstance(name, str)] if isinstance(packages, list) else []


def _canonical(document: Mapping[str, object], tables: ConfigurationTables, extensions: Iterable[Extension]) -> str:
    """What shapes the content of a run. The workspace is a place, and as_of takes part in the run id on its own.

    A word list and an extension take part with their content, wherever they lie; the drawing of the sample with its
    defaults.
    """
    shaped = {name: table for name, table in document.items() if name not in _NO_PART_IN_A_RUN}
    if digests := {extension.namespace: extension.digest for extension in extensions}:
        shaped["extensions"] = digests
    drawing: dict[str, object] = {
        "sample_share": tables.review.sample_share,
        "sample_when_stopped": tables.review.sample_when_stopped,
    }
    if tables.review.new_cases_per_night is not None:  # how many are drawn follows from it
        drawing["new_cases_per_night"] = tables.review.new_cases_per_night
    shaped["review"] = drawing
    written = document.get("indicators")
    if isinstance(written, Mapping):
        shaped["indicators"] = {code: _with_words(table, tables.indicators[code]) for code, table in written.items()}
    if tables.areas:  # where a file lies says nothing, what it holds does
        hashes = file_hashes(tables.areas)
        shaped["areas"] = {
            name: {**table.model_dump(mode="json", exclude={"path"}), "sha256": hashes[name]}
            for name, table in tables.areas.items()
        }
    return _in_one_order(shaped)


def _with_words(written: Mapping[str, object], table: IndicatorTable) -> Mapping[str, object]:
    return {**written, "word_list": dict(table.word_list or {})} if "word_list" in written else written
