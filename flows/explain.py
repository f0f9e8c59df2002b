"""`barrier explain`: why an address was flagged, or why not, from what a published run left."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from flows import settings as settings_module
from flows.catalogue import all_contracts
from flows.history import chosen_run
from screening.errors import ConfigurationError
from screening.vocabulary import Dataset, FlagReason


@dataclass(frozen=True)
class Told:
    """The explanation of one address in one run, as data and as lines."""

    address_id: str
    address: str
    run_id: str
    as_of: str
    flag: dict | None
    hits: list[dict]
    records: list[dict]
    not_run: list[dict]
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
            read_run_file(store, workspace, run.run_id, f"{name}.parquet").filter(here)
            for name in ("flags", "evidence", "records")
        )
        dossier, stopped = store.dossier(run.run_id, address_id), stops(store)
    flags, evidence = flags.to_dicts(), evidence.to_dicts()
    nameable = {f"{r['dataset']}:{r['key']}" for r in dossier.records} if dossier else set()
    nameable |= {record for hit in evidence for record in hit["record_ids"]}
    told = {
        "address_id": address_id,
        "address": address,
        "run_id": run.run_id,
        "as_of": document["as_of"],
        "flag": flags[0] if flags else None,
        "hits": [_plain(hit) for hit in evidence],
        "records": _records(records, document, nameable),
        "not_run": document["indicators"]["not_run"],
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


def _plain(hit: dict) -> dict:
    return {**hit, "values": json.loads(hit["values"])}


def _records(records: pl.DataFrame, document: dict, nameable: set[str]) -> list[dict]:
    """The records at the address. An establishment is listed only where the run says that it is not shielded."""
    files = {entry["sha256"]: entry["path"] for entry in document["inputs"]}
    return [
        {
            "record": f"{row['dataset']}:{row['key']}",
            "file": files.get(row["source_file_sha256"], "?"),
            "row_number": row["row_number"],
            "address_method": row["address_method"],
        }
        for row in records.sort("dataset", "row_number").to_dicts()
        if row["dataset"] != Dataset.HANDELSREGISTER or f"{row['dataset']}:{row['key']}" in nameable
    ]


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
        "row": "  - {record}: {file}, rij {row_number} (adres gevonden: {address_method})",
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
        "row": "  - {record}: {file}, row {row_number} (address resolved: {address_method})",
        "shielded": "  (Establishments of the trade register are listed only where an indicator names them: a shielded "
        "one is named nowhere.)",
        "not_run": "Not run, and so without meaning for this address: {codes}.",
    },
}


def _lines(told: dict, declarations: dict, evidence: list[dict], language: str) -> list[str]:
    from screening.rules import explain_lines

    words, flag = _WORDS[language], told["flag"]
    lines = [words["head"].format(**told)]
    if flag:
        why = words["reasons"][flag["reason"]]
        lines.append(words["flagged"].format(since=flag["first_flagged"], reason=flag["reason"], why=why))
    else:
        lines += [words["not"], words["few"] if evidence else words["none"]]
    if told["stopped"]:
        lines.append(words["stopped"].format(codes=", ".join(told["stopped"])))
    for hit in evidence:
        lines += ["", *explain_lines(declarations[hit["indicator"]], hit, language)]
    lines += ["", words["records"].format(n=len(told["records"]))]
    lines += [words["row"].format(**row) for row in told["records"]]
    if not flag:
        lines.append(words["shielded"])
    if told["not_run"]:
        codes = ", ".join(one["code"] for one in told["not_run"])
        lines += ["", words["not_run"].format(codes=codes)]
    return lines
