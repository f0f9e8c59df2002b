"""`barrier explain`: why an address was flagged, or why not, from what a published run left."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from flows import settings as settings_module
from flows.catalogue import all_contracts
from flows.history import chosen_run
from flows.links import listing
from screening.errors import ConfigurationError
from screening.vocabulary import Dataset, FlagReason, LinkLevel

#: So many links are named under one head; of the others the number.
_MOST_LINKS = 5
_EVERY = 1_000_000_000
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}(?=$|[ T])")
_NOT_CONFIGURED = {
    "kind": "not_configured",
    "reason_nl": "dat register is niet ingesteld.",
    "reason_en": "that register is not configured.",
}


@dataclass(frozen=True)
class Told:
    """The explanation of one address in one run, as data and as lines.

    Each of `hits` is a row of evidence with `sources` (its records, as in `records`), `without` (registers that its
    indicator reads and that are not configured) and `unjudged` (open probable links of its records). `unavailable`:
    registers that this run did not have, each with its reason. `unjudged`: open probable links of `records`.
    """

    address_id: str
    address: str
    run_id: str
    as_of: str
    flag: dict | None
    hits: list[dict]
    records: list[dict]
    not_run: list[dict]
    unavailable: list[dict]
    unjudged: list[str]
    stopped: list[str]
    lines_nl: list[str]
    lines_en: list[str]

    def document(self) -> dict:
        return {k: v for k, v in vars(self).items() if not k.startswith("lines")}


def explain(configuration: Path, asked: str, *, run_id: str | None) -> Told:
    """Find the object that was asked for and tell what the run saw there."""
    from screening.store import ALL_RULES, Workspace, open_store, read_run_file, stops

    settings = settings_module.load(configuration)
    workspace = Workspace(settings.workspace)
    address_id, address = _object(settings, asked)
    here = pl.col("address_id") == address_id
    with open_store(workspace) as store:
        run = chosen_run(store, run_id)
        declarations, document = store.declarations(run.run_id), store.summary(run.run_id)
        flags, evidence, records = (
            read_run_file(store, workspace, run.run_id, f"{name}.parquet") for name in ("flags", "evidence", "records")
        )
        dossier, stopped = store.dossier(run.run_id, address_id), stops(store)
    flags, evidence = flags.filter(here).to_dicts(), evidence.filter(here).to_dicts()
    cited = {record for hit in evidence for record in hit["record_ids"]}
    dates = {f"{r['dataset']}:{r['key']}": _main_date(r) for r in dossier.records} if dossier else {}
    shown = _records(records, document, dates, address_id, cited)
    unjudged = _unjudged(configuration, run.run_id, set(shown))
    at_address = [one for one in shown.values() if one["address_id"] == address_id]
    without = {one["code"]: one["without"] for one in document["indicators"]["run"]}
    told = {
        "address_id": address_id,
        "address": address,
        "run_id": run.run_id,
        "as_of": document["as_of"],
        "flag": flags[0] if flags else None,
        "hits": [_plain(hit, shown, without, unjudged) for hit in evidence],
        "records": at_address,
        "not_run": document["indicators"]["not_run"],
        "unavailable": _unavailable(document),
        "unjudged": _links_of([one["record"] for one in at_address], unjudged),
        # a stop takes no published run back: whoever reads one must know of it
        "stopped": sorted({hit["indicator"] for hit in evidence if stopped & {hit["indicator"], ALL_RULES}}),
    }
    lines = {
        language: _lines(told, declarations, evidence, language) for language in ("nl", "en")
    }
    return Told(**told, lines_nl=lines["nl"], lines_en=lines["en"])


def _object(settings: settings_module.Settings, asked: str) -> tuple[str, str]:
    """The BAG object that a person means: by its id, or as an address in the configured BAG."""
    from screening.contracts import typed_rows
    from screening.matching.addresses import AddressIndex, display_addresses, find
    from screening.sources import read_source

    contract = all_contracts()[Dataset.BAG_ADRESSEN]
    table = read_source(settings.sources[Dataset.BAG_ADRESSEN], contract.fields, reporter_key=bytes(32))
    # to look an address up the register need not be held against its contract again, which takes seconds
    index = AddressIndex.build(typed_rows(table, contract))
    found = find(index, asked)
    if found.height == 0:
        raise ConfigurationError(
            f"{asked!r} is no address in {Dataset.BAG_ADRESSEN}. Write it as street, number and place, or give the "
            "16 digits of the object."
        )
    shown = display_addresses(index).join(found.select("address_id").unique(), on="address_id").sort("address_id")
    if shown.height > 1:
        listed = "\n".join(f"  {i}  {a}" for i, a in shown.select("address_id", "address").head(20).iter_rows())
        raise ConfigurationError(f"{asked!r} fits {shown.height} objects. Name one by its id:\n{listed}")
    return shown.item(0, "address_id"), shown.item(0, "address")


def _plain(hit: dict, shown: dict[str, dict], without: dict[str, list], unjudged: dict[str, list[str]]) -> dict:
    return {
        **hit,
        "values": json.loads(hit["values"]),
        "sources": [shown[record] for record in hit["record_ids"] if record in shown],
        "without": without.get(hit["indicator"], []),
        "unjudged": _links_of(hit["record_ids"], unjudged),
    }


def _records(
    records: pl.DataFrame, document: dict, dates: dict[str, dict], address_id: str, cited: set[str]
) -> dict[str, dict]:
    """`dataset:key` -> a record at the address, or one that a hit cites from another, in order.

    An establishment is listed only where the run says that it is not shielded: a hit names it, or the dossier has it.
    """
    files = {entry["sha256"]: entry["path"] for entry in document["inputs"]}
    record, is_here = pl.col("record"), pl.col("address_id") == address_id
    is_open = (pl.col("dataset") != Dataset.HANDELSREGISTER) | record.is_in(list(dates))
    wanted = records.with_columns(record=pl.concat_str("dataset", "key", separator=":")).filter(
        record.is_in(list(cited)) | (is_here & is_open).fill_null(False)
    )
    return {
        row["record"]: {
            "record": row["record"],
            "file": files.get(row["source_file_sha256"], "?"),
            "row_number": row["row_number"],
            "address_method": row["address_method"],
            "date": dates.get(row["record"]),
            "address_id": row["address_id"],
        }
        for row in wanted.sort("dataset", "row_number").to_dicts()
    }


def _main_date(record: dict) -> dict | None:
    """The first date of a record that its dossier knows to the day, as `column` and `day`; None where there is none."""
    for name, value in record["fields"].items():
        if name.startswith("datum") and value and (day := _ISO_DAY.match(value)):
            return {"column": name, "day": day[0]}
    return None


def _unavailable(document: dict) -> list[dict]:
    """The registers that this run did not have: missing, too old, or not configured."""
    told = [{"dataset": one["dataset"], **_reasons(one)} for one in document["unavailable"]]
    known = {one["dataset"] for one in (*told, *document["inputs"])}
    return told + [
        {"dataset": str(dataset), **_reasons(_NOT_CONFIGURED)} for dataset in Dataset if str(dataset) not in known
    ]


def _reasons(why: dict) -> dict:
    return {name: why[name] for name in ("kind", "reason_nl", "reason_en")}


def _unjudged(configuration: Path, run_id: str, records: set[str]) -> dict[str, list[str]]:
    """`dataset:key` -> the probable links of its mentions that nobody has judged."""
    every = listing(configuration, level=LinkLevel.PROBABLE, limit=_EVERY, is_open=True, run_id=run_id)["shown"]
    found: dict[str, list[str]] = {}
    for link in every:
        for record in {link[side].rsplit(":", 2)[0] for side in ("left", "right")} & records:
            found.setdefault(record, []).append(link["link_id"])
    return found


def _links_of(records: list[str], unjudged: dict[str, list[str]]) -> list[str]:
    return sorted({link for record in records for link in unjudged.get(record, [])})


_WORDS = {
    "nl": {
        "head": "{address} ({address_id}), peildatum {as_of}, run {run_id}",
        "flagged": "Aandachtspunt sinds {since}, reden {reason} ({why}). Dat is geen verdenking: een mens beslist.",
        "stopped": "Let op: stopgezet na deze run is {codes}. Ga niet af op wat daar staat.",
        "reasons": {
            FlagReason.A: "één afwijking van klasse A",
            FlagReason.BB: "twee afwijkingen van klasse B, uit twee registers",
            FlagReason.BBC: "drie afwijkingen samen, over twee barrières en twee registers",
        },
        "not": "Geen aandachtspunt.",
        "none": "Geen enkele indicator die is uitgevoerd, sloeg hier aan.",
        "few": "Er sloegen indicatoren aan, maar samen zijn ze niet genoeg voor een aandachtspunt. Daarvoor is nodig: "
        "één van klasse A, of twee van klasse B uit twee registers, of drie (niet alleen C) over twee barrières en "
        "twee registers.",
        "records": "Gegevens op dit adres ({n}):",
        "row": "  - {record}: {place} (adres gevonden: {address_method})",
        "place": "{file}, rij {row_number}",
        "unknown": "Niet bekend bij deze run:",
        "register": "Wat er in {dataset} staat: {reason}",
        "links": "Of partijen dezelfde zijn (koppeling {ids}): niemand heeft dat beoordeeld. Het telt niet mee.",
        "more": "{ids} en nog {n}",
        "shielded": "  (Vestigingen uit het handelsregister staan er alleen bij als een indicator ze noemt: een "
        "afgeschermde vestiging wordt nergens genoemd.)",
        "not_run": "Niet uitgevoerd, dus zonder betekenis voor dit adres: {codes}.",
    },
    "en": {
        "head": "{address} ({address_id}), as of {as_of}, run {run_id}",
        "flagged": "Flagged for review since {since}, reason {reason} ({why}). That is no suspicion: a person decides.",
        "stopped": "Note: stopped after this run: {codes}. Do not go by what it says.",
        "reasons": {
            FlagReason.A: "one deviation of class A",
            FlagReason.BB: "two deviations of class B, from two registers",
            FlagReason.BBC: "three deviations together, over two barriers and two registers",
        },
        "not": "Not flagged.",
        "none": "No indicator that ran holds here.",
        "few": "Indicators hold here, but together they are not enough for a flag. That takes one of class A, or two "
        "of class B from two registers, or three (not all C) over two barriers and two registers.",
        "records": "Records at this address ({n}):",
        "row": "  - {record}: {place} (address resolved: {address_method})",
        "place": "{file}, row {row_number}",
        "unknown": "Not known in this run:",
        "register": "What {dataset} holds: {reason}",
        "links": "Whether parties are the same (link {ids}): nobody has judged that. It does not count.",
        "more": "{ids} and {n} more",
        "shielded": "  (Establishments of the trade register are listed only where an indicator names them: a shielded "
        "one is named nowhere.)",
        "not_run": "Not run, and so without meaning for this address: {codes}.",
    },
}


def _lines(told: dict, declarations: dict, evidence: list[dict], language: str) -> list[str]:
    from screening.rules import explain_lines

    words, flag = _WORDS[language], told["flag"]
    lines = [words["head"].format(**{**told, "as_of": _day(told["as_of"], language)})]
    if flag:
        why = words["reasons"][flag["reason"]]
        since = _day(flag["first_flagged"], language)
        lines.append(words["flagged"].format(since=since, reason=flag["reason"], why=why))
    else:
        lines += [words["not"], words["few"] if evidence else words["none"]]
    if told["stopped"]:
        lines.append(words["stopped"].format(codes=", ".join(told["stopped"])))
    for hit, known in zip(evidence, told["hits"], strict=True):
        unknown = [_register({"dataset": one, **_NOT_CONFIGURED}, language) for one in known["without"]]
        unknown += _open_links(known["unjudged"], language)
        places = {row["record"]: _place(row, language) for row in known["sources"]}
        declared = declarations[hit["indicator"]]
        lines += ["", *explain_lines(declared, hit, language, records=places, unknown=unknown)]
    lines += ["", words["records"].format(n=len(told["records"]))]
    lines += [words["row"].format(**row, place=_place(row, language)) for row in told["records"]]
    if not flag:
        lines.append(words["shielded"])
    unknown = [_register(one, language) for one in told["unavailable"]] + _open_links(told["unjudged"], language)
    if unknown:
        lines += ["", words["unknown"], *(f"  - {one}" for one in unknown)]
    if told["not_run"]:
        codes = ", ".join(one["code"] for one in told["not_run"])
        lines += ["", words["not_run"].format(codes=codes)]
    return lines


def _day(day: date | str, language: str) -> str:
    from screening.rules.wording import date_text

    return date_text(date.fromisoformat(str(day)), language)


def _place(row: dict, language: str) -> str:
    """The file and row of a record, and its main date where that is known."""
    place, main = _WORDS[language]["place"].format(**row), row["date"]
    return f"{place}, {main['column']} {_day(main['day'], language)}" if main else place


def _register(one: dict, language: str) -> str:
    return _WORDS[language]["register"].format(dataset=one["dataset"], reason=one[f"reason_{language}"])


def _open_links(links: list[str], language: str) -> list[str]:
    """One sentence on links that nobody judged; none where there are none."""
    words, ids = _WORDS[language], ", ".join(links[:_MOST_LINKS])
    if len(links) > _MOST_LINKS:
        ids = words["more"].format(ids=ids, n=len(links) - _MOST_LINKS)
    return [words["links"].format(ids=ids)] if links else []
