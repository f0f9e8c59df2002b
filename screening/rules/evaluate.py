"""Running the indicators on a municipality's tables: hits become evidence, and what did not run says why."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from screening.base.datasets import addressed_datasets, datasets
from screening.base.errors import BarrierError, ConfigurationError, RuleDefinitionError
from screening.base.frames import EVIDENCE, RUN_FILES, conform, empty
from screening.base.vocabulary import AddressMethod
from screening.rules.declare import Indicator, Setting
from screening.rules.hit_contract import check_hit_columns, check_hit_rows
from screening.rules.lacking import lacked_columns
from screening.rules.links import with_links
from screening.rules.purposes import Allowed, covering
from screening.rules.registry import earlier_codes, evaluation_order
from screening.rules.schema import HITS_TABLE, tables_for_rules
from screening.rules.tables import Params, Tables
from screening.wording.sentence import check_names, is_bound, sentence, values_json

#: Columns of a hit row that the engine reads; every other column is a value.
_RESERVED = ("address_id", "record_ids", "mentions", "window_start", "window_end", "dataset", "is_finding")

#: Columns that the engine itself reads beside those of pins: of the links of a hit, of which register a party is.
_ENGINE = {
    "koppelingen": ("link_id", "left", "right"),
    "partijen": ("mention", "party_id", "dataset"),
    "handelsnamen": ("dataset",),
}

#: A point lies near an object and accuses no one: the reviewer must know that the address was not written down.
_PIN_NOTE = {
    "explanation_nl": " Let op: het adres van een of meer gegevens komt van een punt op de kaart. Dat punt ligt dicht "
    "bij dit adres; het kan ook om een ander adres gaan.",
    "explanation_en": " Note: the address of one or more records comes from a point on a map. That point is near this "
    "address; another address may be meant.",
}


#: Why nothing is concluded from a register that is configured, in the words of both languages.
_DOUBTS = (
    ("stale_source", "ontbreekt of is te oud", "is missing or too old"),
    ("suspect_source", "is twijfelachtig", "is doubtful"),
)


@dataclass(frozen=True)
class Activation:
    """What a municipality must have decided before a rule may run: `[indicators."X"]` of the configuration.

    `is_real`: the municipality exists, so that a rule that asks a norm runs with no default.
    """

    legal_basis: str | None = None
    dpia: str | None = None
    fg_advice: date | None = None
    parameters: Mapping[str, object] = field(default_factory=dict)
    has_word_list: bool = False
    norm: str | None = None
    is_real: bool = False

    def grounds(self, rule: Indicator) -> dict[str, str | None]:
        """The keys that a decision on `rule` rests on, as text; None where one is not filled in."""
        advice = self.fg_advice.isoformat() if self.fg_advice else None
        norm = {"norm": self.norm} if rule.asks_norm and self.is_real else {}
        return {"legal_basis": self.legal_basis, "dpia": self.dpia, "fg_advice": advice, **norm}

    def missing(self, rule: Indicator) -> tuple[str, ...]:
        """The keys without which `rule` does not run: its grounds, a word list, and the parameters that hold a norm."""
        absent = [name for name, value in self.grounds(rule).items() if not value]
        if rule.reads_terms and not self.has_word_list:
            absent.append("word_list")
        if rule.asks_norm and self.is_real:
            absent += [f"parameters.{name}" for name in rule.params if name not in self.parameters]
        return tuple(absent)

    def missing_norm(self, rule: Indicator) -> tuple[str, ...]:
        """Those of `missing` that hold the norm, which the municipality has to choose."""
        return tuple(name for name in self.missing(rule) if name == "norm" or name.startswith("parameters."))

    def awaits_norm(self, rule: Indicator) -> bool:
        """Whether nothing but its norm keeps `rule` from running."""
        return bool(self.missing(rule)) and self.missing(rule) == self.missing_norm(rule)


@dataclass(frozen=True)
class NotRun:
    """Why an indicator did not run.

    `kind`: not_configured, incomplete, no_source, stale_source, suspect_source, lacks_column, or one of `held`.
    """

    kind: str
    reason_nl: str
    reason_en: str


@dataclass(frozen=True)
class Evaluation:
    """What came of the rules. `evidence`: EVIDENCE schema, one row a hit, in the order of the run file.

    `findings`: the same schema without addresses, one row a finding on the quality of data (never a hit). `run`: codes
    that ran, sorted; `hits`: code -> rows of evidence; `parameters`: code -> parameters in force;
    `timings`: code -> seconds; `not_run`: code -> why.
    """

    evidence: pl.DataFrame
    run: tuple[str, ...]
    not_run: dict[str, NotRun]
    hits: dict[str, int]
    parameters: dict[str, dict[str, Setting]]
    timings: dict[str, float]
    findings: pl.DataFrame = field(default_factory=lambda: empty(EVIDENCE))


def evaluate(
    indicators: Iterable[Indicator],
    tables: Tables,
    *,
    as_of: date,
    activations: Mapping[str, Activation],
    stale: Iterable[str] = (),
    suspect: Iterable[str] = (),
    lacks: Mapping[str, Collection[str]] | None = None,
    held: Mapping[str, NotRun] | None = None,
    allowed: Allowed | None = None,
) -> Evaluation:
    """Run every indicator that is activated and whose data sets are there and fresh.

    `stale`: data sets that are missing or too old to conclude from; `suspect`: those whose delivery is in doubt.
    `lacks`: data set -> required columns that its register does not have; a rule that reads one of them does not run.
    `held`: code -> why it may not run whatever the configuration says (stopped by a person, no approval, a purpose that
    its registers do not cover). `allowed`: what each register is kept for; a rule then sees parties of the registers
    that its purposes cover, and no others. Raises ConfigurationError for parameters that cross a bound and
    RuleDefinitionError for a rule that ends halfway, or whose result breaks the contract of a hit.
    """
    in_order = evaluation_order(indicators)
    doubted = {str(name): "stale_source" for name in stale} | {str(name): "suspect_source" for name in suspect}
    parameters: dict[str, dict[str, Setting]] = {}
    not_run: dict[str, NotRun] = {}
    for rule in in_order:  # a faulty configuration is told before anything is computed
        why = (held or {}).get(rule.code) or _why_not(rule, tables, activations.get(rule.code), doubted, lacks or {})
        if why is None:
            parameters[rule.code] = rule.parameters(activations[rule.code].parameters)
        else:
            not_run[rule.code] = why
    tables = tables.gathered(_columns_read([rule for rule in in_order if rule.code in parameters]))
    pins = _pins(tables)
    names = {"nl": {rule.code: rule.name_nl for rule in in_order}, "en": {rule.code: rule.name_en for rule in in_order}}
    parts: dict[str, pl.DataFrame] = {}
    findings: dict[str, pl.DataFrame] = {}
    timings: dict[str, float] = {}
    for rule in in_order:
        if rule.code not in parameters:
            continue
        started = time.perf_counter()
        earlier = [parts[code] for code in earlier_codes(rule, in_order) if code in parts]
        handed = tables if allowed is None else tables.of_datasets(covering(rule.purposes, allowed))
        if HITS_TABLE in rule.inputs and HITS_TABLE not in tables:
            handed = handed.with_table(HITS_TABLE, _earlier_hits(earlier))
        with _under_its_name(rule):
            hits = _run(rule, handed, parameters[rule.code], as_of, names)
        rows = _finished(with_links(hits, tables), pins)
        findings[rule.code] = rows.filter(pl.col("address_id").is_null())
        if not rule.is_finding:
            parts[rule.code] = rows.filter(pl.col("address_id").is_not_null())
        timings[rule.code] = time.perf_counter() - started
    return Evaluation(
        evidence=_together(parts),
        findings=_together(findings),
        run=tuple(sorted({*parts, *findings})),
        not_run={code: not_run[code] for code in sorted(not_run)},
        hits={code: parts[code].height for code in sorted(parts)},
        parameters={code: parameters[code] for code in sorted(parameters)},
        timings={code: timings[code] for code in sorted(timings)},
    )


def _together(parts: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """All rows in the order of the run file."""
    return pl.concat([empty(EVIDENCE), *parts.values()]).sort(RUN_FILES["evidence.parquet"][1])


def _why_not(
    rule: Indicator,
    tables: Tables,
    activation: Activation | None,
    doubted: Mapping[str, str],
    lacks: Mapping[str, Collection[str]],
) -> NotRun | None:
    if activation is None:
        return NotRun(
            "not_configured",
            f'Niet ingesteld: er is geen [indicators."{rule.code}"] in de configuratie.',
            f'Not configured: the configuration has no [indicators."{rule.code}"].',
        )
    if activation.has_word_list and not rule.reads_terms:
        raise ConfigurationError(f'[indicators."{rule.code}"]: {rule.code} reads no text. Remove word_list.')
    keys = activation.missing(rule)
    if keys:
        listed = ", ".join(keys)
        return NotRun(
            "incomplete",
            f'Niet compleet: in [indicators."{rule.code}"] ontbreekt {listed}.',
            f'Incomplete: [indicators."{rule.code}"] lacks {listed}.',
        )
    absent = [name for name in rule.needs if name not in tables]
    if absent:
        listed = ", ".join(absent)
        return NotRun("no_source", f"Geen bron ingesteld voor {listed}.", f"No source is configured for {listed}.")
    # not only what it needs: an old register that a rule can do without would still lower it in silence
    for kind, nl, en in _DOUBTS:
        registers = [name for name in rule.inputs if doubted.get(name) == kind]
        if registers:
            listed = ", ".join(registers)
            return NotRun(kind, f"De levering van {listed} {nl}.", f"The delivery of {listed} {en}.")
    columns = lacked_columns(rule, lacks)
    if columns:
        listed = ", ".join(columns)
        return NotRun(
            "lacks_column",
            f"Het register heeft {listed} niet (`lacks` in de configuratie).",
            f"The register does not have {listed} (`lacks` in the configuration).",
        )
    return None


@contextmanager
def _under_its_name(rule: Indicator) -> Iterator[None]:
    """A rule that ends halfway ends the night under its own name, and without a value of a register."""
    try:
        yield
    except BarrierError:
        raise
    except Exception as error:
        raise RuleDefinitionError(f"{rule.code}: ended while it ran ({type(error).__name__}).") from error


def _run(
    rule: Indicator, tables: Tables, parameters: dict[str, Setting], as_of: date, names: Mapping[str, Mapping[str, str]]
) -> pl.DataFrame:
    absent = [name for name in rule.inputs if name not in tables and name not in datasets()]
    if absent:
        raise RuleDefinitionError(f"{rule.code}: hand in {', '.join(absent)}: without it nothing would ever be found.")
    lazy = rule.function(tables.restrict(rule.inputs, owner=rule.code), Params(rule.code, parameters), as_of)
    if not isinstance(lazy, pl.LazyFrame):
        raise RuleDefinitionError(f"{rule.code}: a rule returns a LazyFrame, so that it is collected once.")
    schema = lazy.collect_schema()
    check_hit_columns(rule, schema)
    hits = lazy.collect()
    check_hit_rows(rule, hits)
    hits = hits.with_columns(pl.col("record_ids").list.unique().list.sort())
    for template in (*rule.checked_nl, *rule.checked_en):
        check_names(rule.code, template, schema, parameters)
    values = [name for name in schema if name not in _RESERVED and not is_bound(name, schema)]

    def explained(template: str, language: str) -> pl.Expr:
        text = sentence(
            rule.code,
            template,
            language=language,
            schema=schema,
            parameters=parameters,
            as_of=as_of,
            names=names[language],
        )
        return text.alias(f"explanation_{language}")

    is_finding = pl.col("is_finding") if "is_finding" in schema else pl.lit(rule.is_finding)
    address = pl.lit(None, dtype=pl.String) if rule.is_finding else pl.when(~is_finding).then("address_id")
    return hits.select(
        address.alias("address_id"),
        pl.lit(rule.code).alias("indicator"),
        pl.lit(rule.version, dtype=pl.Int64).alias("indicator_version"),
        pl.lit(str(rule.cls)).alias("class"),
        pl.lit(str(rule.barrier)).alias("barrier"),
        (pl.col("dataset") if "dataset" in schema else pl.lit(str(rule.dataset))).alias("dataset"),
        pl.col("record_ids"),
        values_json(schema, values).alias("values"),
        *(
            (pl.col(name) if name in schema else pl.lit(None)).cast(pl.Date).alias(name)
            for name in ("window_start", "window_end")
        ),
        explained(rule.evidence_nl, "nl"),
        explained(rule.evidence_en, "en"),
        (pl.col("mentions") if "mentions" in schema else pl.lit([], dtype=pl.List(pl.String))).alias("mentions"),
    )


def _finished(evidence: pl.DataFrame, pins: pl.Series) -> pl.DataFrame:
    """EVIDENCE rows, each once, with a word of caution where an address of its records comes from a pin on a map."""
    from_pin = evidence["record_ids"].list.eval(pl.element().is_in(pins.implode())).list.any()
    # two equal rows are one hit; which records and values belong together is the rule's own business
    return (
        conform(evidence, EVIDENCE)
        .with_columns(
            pl.when(from_pin).then(pl.col(name) + pl.lit(text)).otherwise(pl.col(name)).alias(name)
            for name, text in _PIN_NOTE.items()
        )
        .unique(maintain_order=False)
        .sort(RUN_FILES["evidence.parquet"][1])
    )


def _columns_read(rules: Iterable[Indicator]) -> dict[str, set[str]]:
    """Table -> the columns that these rules and the engine read of it."""
    read: dict[str, set[str]] = {name: set(columns) for name, columns in _ENGINE.items()}
    read |= {name: {"record", "address_method"} for name in addressed_datasets()}
    for rule in rules:
        for table, columns in rule.inputs.items():
            read.setdefault(table, set()).update(columns)
    return read


def _pins(tables: Tables) -> pl.Series:
    """The records whose address was taken from a point on a map."""
    pinned = [
        tables[name].filter(pl.col("address_method") == AddressMethod.PIN).select("record")
        for name in addressed_datasets()
        if name in tables
    ]
    return pl.concat(pinned).collect()["record"].sort() if pinned else pl.Series("record", [], dtype=pl.String)


def _earlier_hits(parts: list[pl.DataFrame]) -> pl.DataFrame:
    schema = tables_for_rules()[HITS_TABLE]
    return pl.concat([empty(schema), *(part.select(list(schema)) for part in parts)])
