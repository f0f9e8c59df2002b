"""The only reader of `screening.toml` and of the environment: what a municipality decided, checked before a run."""

from __future__ import annotations

import json
import math
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from flows.configuration.environment import secret, store_url  # noqa: F401 - callers move to that module
from screening.errors import ConfigurationError
from screening.frames import SourceSpec
from screening.vocabulary import REQUIRED_DATASETS, Dataset

#: A municipality whose data are made up; it may run with the three keys of an indicator and nothing more.
SYNTHETIC_CODE = "9999"

#: Days after which a delivery is stale unless the configuration says otherwise: a monthly extract plus two weeks.
DEFAULT_MAX_AGE_DAYS = 45

#: Days for which a run can be run again, unless the configuration says otherwise: a season, the window of most rules.
DEFAULT_SNAPSHOT_DAYS = 90

_INDICATOR_KEYS = ("legal_basis", "dpia", "fg_advice")
_SOURCE_KEYS = {
    "path", "url_env", "query", "columns", "codes", "drop", "max_quarantine", "max_row_change", "max_age_days",
}  # fmt: skip
#: Tables that say nothing of a run's content, each checked by the part that it is for.
_OTHER_TABLES = ("review", "policy", "export", "retention", "governance", "audit")
_TOP_KEYS = {"municipality", "run", "sources", "matching", "indicators", *_OTHER_TABLES}

#: Of the new cases of a night so many are drawn at random, unless `[review]` says otherwise; and so many addresses on a
#: night on which every rule is stopped.
DEFAULT_SAMPLE_SHARE = 0.10
DEFAULT_SAMPLE_WHEN_STOPPED = 10
_MOST_SAMPLE_SHARE = 0.5


@dataclass(frozen=True)
class IndicatorSettings:
    """What `[indicators."CODE"]` says. `missing` names the keys without which the indicator does not run."""

    legal_basis: str | None
    dpia: str | None
    fg_advice: str | None
    parameters: Mapping[str, float | int | str | bool]
    #: Term -> term id, the content of the file that `word_list` names; None where it names none.
    word_list: Mapping[str, str] | None = None

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(name for name in _INDICATOR_KEYS if not getattr(self, name))


@dataclass(frozen=True)
class Settings:
    """A checked configuration. `canonical` is the JSON text that takes part in the run id: no path, no secret."""

    file: Path
    municipality_name: str
    municipality_code: str
    as_of: date
    workspace: Path
    sources: Mapping[Dataset, SourceSpec]
    max_age_days: Mapping[Dataset, int]
    indicators: Mapping[str, IndicatorSettings]
    canonical: str
    snapshot_days: int = DEFAULT_SNAPSHOT_DAYS
    #: Whether judgements may correct the weights of persons; that they win is for cross-validation to say.
    weights_from_judgements: bool = False
    #: Share of the new cases that is drawn at random from unflagged addresses.
    sample_share: float = DEFAULT_SAMPLE_SHARE
    #: Addresses drawn on a night on which every rule is stopped.
    sample_when_stopped: int = DEFAULT_SAMPLE_WHEN_STOPPED
    #: `[review]`, `[policy]`, `[export]`, `[retention]`, `[governance]` as they stand; empty where there is none.
    tables: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    notes: tuple[str, ...] = field(default=())
    #: What was read, byte for byte: two people sign exactly this.
    content: bytes = field(default=b"", repr=False, compare=False)

    @property
    def is_synthetic(self) -> bool:
        return self.municipality_code == SYNTHETIC_CODE


def today() -> date:
    """The civil date in the municipality's time zone; the only reading of the clock for `as_of`."""
    return datetime.now(tz=ZoneInfo("Europe/Amsterdam")).date()


def load(file: Path, *, as_of: date | None = None, content: bytes | None = None) -> Settings:
    """Read and check a configuration; `as_of` overrides the file's. Raises ConfigurationError with file and key.

    `content`: what the file held before; it is not read again then.
    """
    content = read(file) if content is None else content
    document = _parse(file, content)
    _refuse_unknown(file, "", document, _TOP_KEYS)
    municipality = _table(file, document, "municipality")
    _refuse_unknown(file, "municipality", municipality, {"name", "code"})
    run = _table(file, document, "run", required=False)
    _refuse_unknown(file, "run", run, {"as_of", "workspace", "max_age_days", "snapshot_days"})
    code = _text(file, "municipality", municipality, "code")
    if not re.fullmatch(r"\d{4}", code):
        raise ConfigurationError(f"{file}: municipality.code must be the four digits of the CBS gemeentecode.")
    when = as_of or run.get("as_of") or today()
    if isinstance(when, datetime) or not isinstance(when, date):
        raise ConfigurationError(f"{file}: run.as_of must be a date without quotes or time, such as 2026-11-01.")
    default_age = _days(file, "run.max_age_days", run.get("max_age_days", DEFAULT_MAX_AGE_DAYS))
    tables = _table(file, document, "sources")
    known = {d.value for d in Dataset}
    _refuse_unknown(file, "sources", tables, known)
    absent = [d.value for d in REQUIRED_DATASETS if d.value not in tables]
    if absent:
        raise ConfigurationError(f"{file}: no [sources.{absent[0]}]. Required are {', '.join(REQUIRED_DATASETS)}.")
    sources = {Dataset(name): _source(file, Dataset(name), table) for name, table in sorted(tables.items())}
    ages = {
        Dataset(name): _days(file, f"sources.{name}.max_age_days", table.get("max_age_days", default_age))
        for name, table in tables.items()
    }
    indicators = {
        name: _indicator(file, name, table)
        for name, table in sorted(_table(file, document, "indicators", required=False).items())
    }
    terms = _terms(file, indicators)
    matching = _table(file, document, "matching", required=False)
    _refuse_unknown(file, "matching", matching, {"weights_from_judgements"})
    other = {name: _table(file, document, name, required=False) for name in _OTHER_TABLES}
    share = _share(file, "review.sample_share", other["review"].get("sample_share", DEFAULT_SAMPLE_SHARE))
    floor = _count(
        file, "review.sample_when_stopped", other["review"].get("sample_when_stopped", DEFAULT_SAMPLE_WHEN_STOPPED)
    )
    workspace = Path(_text(file, "run", {"workspace": "var", **run}, "workspace"))
    return Settings(
        file=file,
        municipality_name=_text(file, "municipality", municipality, "name"),
        municipality_code=code,
        as_of=when,
        workspace=workspace if workspace.is_absolute() else file.parent / workspace,
        sources={dataset: replace(spec, terms=terms) for dataset, spec in sources.items()},
        max_age_days=ages,
        indicators=indicators,
        canonical=_canonical(document, indicators, {"sample_share": share, "sample_when_stopped": floor}),
        snapshot_days=_days(file, "run.snapshot_days", run.get("snapshot_days", DEFAULT_SNAPSHOT_DAYS), least=0),
        weights_from_judgements=_switch(file, "matching", matching, "weights_from_judgements"),
        sample_share=share,
        sample_when_stopped=floor,
        tables=other,
        content=content,
    )


def read(file: Path) -> bytes:
    """The configuration as it stands in its file. ConfigurationError when it cannot be read."""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        raise ConfigurationError(
            f"{file}: no configuration there. Name one with --config, or make an example with `barrier synthetic DIR`."
        ) from None
    except OSError as error:
        raise ConfigurationError(f"{file}: the configuration cannot be read ({error.strerror}).") from None


def _parse(file: Path, content: bytes) -> dict:
    try:
        # Windows editors put a byte order mark in front, which TOML does not know
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ConfigurationError(f"{file}: not UTF-8, as TOML must be. Save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{file}: not valid TOML: {error}") from None


def _table(file: Path, document: Mapping, name: str, *, required: bool = True) -> dict:
    table = document.get(name)
    if table is None and not required:
        return {}
    if not isinstance(table, dict):
        raise ConfigurationError(f"{file}: the table [{name}] is missing.")
    return table


def _text(file: Path, table: str, values: Mapping, key: str) -> str:
    value = values.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ConfigurationError(f"{file}: {table}.{key} is missing or not a text in quotes.")
    return value


def _days(file: Path, key: str, value: object, *, least: int = 1) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise ConfigurationError(f"{file}: {key} must be a whole number of days, {least} or more.")
    return value


def _share(file: Path, key: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _MOST_SAMPLE_SHARE:
        raise ConfigurationError(f"{file}: {key} must be a share between 0 and {_MOST_SAMPLE_SHARE}.")
    return float(value)


def _count(file: Path, key: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ConfigurationError(f"{file}: {key} must be a whole number, 0 or more.")
    return value


def _switch(file: Path, table: str, values: Mapping, key: str) -> bool:
    value = values.get(key, False)
    if not isinstance(value, bool):
        raise ConfigurationError(f"{file}: {table}.{key} must be true or false, without quotes.")
    return value


def _refuse_unknown(file: Path, table: str, values: Mapping, known: set[str]) -> None:
    odd = sorted(set(values) - known)
    if odd:
        place = f"[{table}]" if table else "the file"
        raise ConfigurationError(f"{file}: {place} holds an unknown key '{odd[0]}'. Known: {', '.join(sorted(known))}.")


def _source(file: Path, dataset: Dataset, table: object) -> SourceSpec:
    place = f"sources.{dataset}"
    if not isinstance(table, dict):
        raise ConfigurationError(f"{file}: [{place}] is not a table.")
    _refuse_unknown(file, place, table, _SOURCE_KEYS)
    path, url_env, query = table.get("path"), table.get("url_env"), table.get("query")
    for key, value in (("path", path), ("url_env", url_env), ("query", query)):
        if value is not None and not isinstance(value, str):
            raise ConfigurationError(f"{file}: {place}.{key} must be a text in quotes.")
    if bool(path) == bool(url_env) or (path and query):
        raise ConfigurationError(f"{file}: [{place}] needs either path, or url_env with query.")
    url = None
    if url_env:
        if not query:
            raise ConfigurationError(f"{file}: [{place}] names url_env but no query.")
        url = os.environ.get(url_env)
        if not url:
            raise ConfigurationError(
                f"{file}: [{place}] wants the environment variable {url_env}, which is not set. "
                "Secrets stand in the environment only."
            )
    columns = table.get("columns", {})
    codes = table.get("codes", {})
    drop = table.get("drop", [])
    if not (isinstance(columns, dict) and all(isinstance(v, str) for v in columns.values())):
        raise ConfigurationError(f"{file}: {place}.columns must map canonical names to the source's names.")
    if not isinstance(codes, dict) or not all(
        isinstance(m, dict) and all(isinstance(v, list) and all(isinstance(x, str) for x in v) for v in m.values())
        for m in codes.values()
    ):
        raise ConfigurationError(f"{file}: {place}.codes must map a column's codes to lists of the source's spellings.")
    if not (isinstance(drop, list) and all(isinstance(x, str) for x in drop)):
        raise ConfigurationError(f"{file}: {place}.drop must be a list of column names.")
    share = table.get("max_quarantine", 0.05)
    if isinstance(share, bool) or not isinstance(share, (int, float)) or not 0 <= share <= 1:
        raise ConfigurationError(f"{file}: {place}.max_quarantine must be a share between 0 and 1.")
    change = table.get("max_row_change", SourceSpec.max_row_change)
    if isinstance(change, bool) or not isinstance(change, (int, float)) or not 0 <= change < math.inf:
        raise ConfigurationError(f"{file}: {place}.max_row_change must be a share, 0 or more, such as 0.2.")
    return SourceSpec(
        dataset=dataset,
        path=str(file.parent / path) if path else None,
        url=url,
        query=query,
        columns=dict(columns),
        codes={column: {k: list(v) for k, v in m.items()} for column, m in codes.items()},
        drop=tuple(drop),
        max_quarantine=float(share),
        max_row_change=float(change),
    )


def _indicator(file: Path, code: str, table: object) -> IndicatorSettings:
    place = f'indicators."{code}"'
    if not re.fullmatch(r"[A-Z]{3}-\d{2}", code):
        raise ConfigurationError(f"{file}: [{place}] is no indicator code; one looks like LIC-01.")
    if not isinstance(table, dict):
        raise ConfigurationError(f"{file}: [{place}] is not a table.")
    _refuse_unknown(file, place, table, {*_INDICATOR_KEYS, "parameters", "word_list"})
    advice = table.get("fg_advice")
    if advice is not None and (isinstance(advice, datetime) or not isinstance(advice, date)):
        raise ConfigurationError(f"{file}: {place}.fg_advice must be a date without quotes, such as 2026-05-12.")
    for key in ("legal_basis", "dpia"):
        if key in table and not isinstance(table[key], str):
            raise ConfigurationError(f"{file}: {place}.{key} must be a text in quotes.")
    parameters = table.get("parameters", {})
    if not isinstance(parameters, dict):
        raise ConfigurationError(f"{file}: {place}.parameters must be a table.")
    return IndicatorSettings(
        legal_basis=(table.get("legal_basis") or "").strip() or None,
        dpia=(table.get("dpia") or "").strip() or None,
        fg_advice=advice.isoformat() if advice else None,
        parameters=dict(parameters),
        word_list=_word_list(file, place, table["word_list"]) if "word_list" in table else None,
    )


def _word_list(file: Path, place: str, name: object) -> dict[str, str]:
    from screening.sources import read_word_list

    if not isinstance(name, str) or not name.strip():
        raise ConfigurationError(f"{file}: {place}.word_list must name a CSV file in quotes.")
    return read_word_list(file.parent / name)


def _terms(file: Path, indicators: Mapping[str, IndicatorSettings]) -> dict[str, str]:
    """What to look for in free text: nothing, unless an indicator that may run has a word list."""
    having = [one for one in indicators.values() if one.word_list]
    if len(having) > 1:
        raise ConfigurationError(f"{file}: word_list stands at more than one indicator. Only one can have it.")
    return {term: term_id for one in having if not one.missing for term, term_id in one.word_list.items()}


def _canonical(document: Mapping, indicators: Mapping[str, IndicatorSettings], review: Mapping[str, float]) -> str:
    """What shapes the content of a run. The workspace is a place and as_of takes part in the run id on its own.

    A word list takes part with its content, wherever its file lies. `review`: what of `[review]` does, defaults
    included; who may sign in, and where the page is served, do not.
    """
    shaped = {k: v for k, v in document.items() if k != "run" and k not in _OTHER_TABLES} | {"review": dict(review)}
    if "indicators" in shaped:
        shaped["indicators"] = {
            code: {**table, "word_list": dict(indicators[code].word_list or {})} if "word_list" in table else table
            for code, table in shaped["indicators"].items()
        }
    return json.dumps(shaped, sort_keys=True, ensure_ascii=False, default=str, separators=(",", ":"))
