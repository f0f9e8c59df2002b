"""A data set is its contract: a made-up further one is read, validated, placed, seen by rules and named in a dossier.

The process that does so finds a folder with one contract more than the program's own, and nothing else of
the program is changed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from screening.base.datasets import datasets

ROOT = Path(__file__).resolve().parents[2]

#: Connections to a heat network: a register that the program has never heard of, in three columns.
CONTRACT = """
apiVersion: v3.1.0
kind: DataContract
id: barrier-screening.warmtenet
name: warmtenet
version: 1.0.0
status: active
servers: [{server: magazijn, type: custom}]
description: {purpose: "Toezicht. / Supervision.", usage: "Een rij. / A row.", limitations: "Geen. / None."}
customProperties:
  - {property: purposes, value: [P-WON]}
  - {property: legal_basis, value: [AVG art. 6 lid 1 onder e]}
schema:
  - name: warmtenet
    logicalType: object
    businessName: Aansluitingen op het warmtenet
    customProperties:
      - {property: order, value: 99}
      - {property: addressed, value: true}
      - {property: label_nl, value: Warmtenet}
      - {property: label_en, value: Heat network}
      - {property: record_nl, value: aansluiting}
      - {property: record_en, value: connection}
      - {property: dossier_order, value: 99}
      - {property: kind_column, value: status}
    properties:
      - name: aansluiting_id
        businessName: Aansluiting
        description: Number of the connection.
        logicalType: string
        required: true
        unique: true
        primaryKey: true
        classification: intern
        customProperties:
          - {property: description_nl, value: Nummer van de aansluiting.}
          - {property: label_en, value: Connection}
          - {property: rule_visible, value: true}
      - name: adres_tekst
        businessName: Adres
        description: The address in one field.
        logicalType: string
        classification: intern
        customProperties:
          - {property: description_nl, value: Het adres in één veld.}
      - name: status
        businessName: Status
        description: State of the connection.
        logicalType: string
        required: true
        classification: intern
        quality:
          - name: status_in_codelijst
            description: "Alleen codes uit de lijst. / Only codes of the list."
            dimension: conformity
            severity: error
            type: library
            metric: invalidValues
            mustBe: 0
            arguments: {validValues: [aangesloten, in_aanleg]}
        customProperties:
          - {property: description_nl, value: Toestand van de aansluiting.}
          - {property: form, value: code}
          - {property: label_en, value: State}
          - {property: rule_visible, value: true}
          - property: code_words
            value:
              aangesloten: {nl: aangesloten, en: connected}
              in_aanleg: {nl: in aanleg, en: being built}
"""

SCRIPT = """
import json, sys
from datetime import date
from importlib import resources
from pathlib import Path
import polars as pl
from screening.contracts import load_contracts, validate
from screening.base.datasets import datasets
from screening.base.frames import SourceSpec
from screening.matching.addresses import AddressIndex, resolve
from screening.partners.signal.codes import reliabilities
from screening.review.views.facts import facts
from screening.rules.tables import Tables
from screening.sources import read_source

folder = Path(sys.argv[1])
contracts = load_contracts(resources.files("data_contracts"))

def accepted(name):
    spec = SourceSpec(name, path=str(folder / f"{name}.csv"))
    table = read_source(spec, contracts[name].fields, reporter_key=b"x" * 32)
    return validate(table, contracts[name])

result = accepted("warmtenet")
index = AddressIndex.build(accepted("bag_adressen").accepted)
placed = resolve(result.accepted.with_columns(dataset=pl.lit("warmtenet")), index)
rows = result.accepted.join(placed.select("key", "address_id", "address_method"), on="key")
seen = Tables({"warmtenet": rows}).restrict(
    {"warmtenet": ("record", "address_id", "status")}, owner="HEA-01"
).warmtenet.collect()
record = {"dataset": "warmtenet", "key": "W-1", "fields": {"aansluiting_id": "W-1", "status": "in_aanleg"}}
[fact] = facts([record], {}, language="nl")
print(json.dumps({
    "order": list(datasets()),
    "quarantined": result.quarantined.select("key", "column", "expectation").rows(),
    "seen": seen.rows(),
    "fact": [fact.register, fact.head, fact.kind, [*fact.fields, *fact.asides]],
    "leaves": "warmtenet" in reliabilities(),
}))
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, samples: dict) -> dict:
    """What the process says of the data set."""
    folder = tmp_path_factory.mktemp("ten")
    contracts = folder / "data_contracts"
    contracts.mkdir()
    for path in (ROOT / "data_contracts").iterdir():
        if path.is_file():
            (contracts / path.name).write_bytes(path.read_bytes())
    (contracts / "warmtenet.odcs.yaml").write_text(CONTRACT, encoding="utf-8")
    (folder / "warmtenet.csv").write_text(
        'aansluiting_id,adres_tekst,status\nW-1,"Kastanjelaan 12, 9988 ZX Testdorp",in_aanleg\nW-2,,gestolen\n',
        encoding="utf-8",
    )
    bag = samples["bag_adressen"]["good"] | {
        "straatnaam": "Kastanjelaan",
        "huisnummer": "12",
        "huisletter": "",
        "huisnummertoevoeging": "",
        "postcode": "9988ZX",
        "woonplaats": "Testdorp",
    }
    (folder / "bag_adressen.csv").write_text(
        ";".join(bag) + "\n" + ";".join(f'"{value}"' for value in bag.values()) + "\n", encoding="utf-8"
    )
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(folder)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}", "HOME": str(folder)},
    )
    assert run.returncode == 0, run.stderr[-2000:]
    return json.loads(run.stdout)


def test_it_has_its_place_among_the_data_sets(told: dict) -> None:
    assert told["order"][-1] == "warmtenet"
    assert len(told["order"]) == len(datasets()) + 1


def test_its_rows_are_held_against_its_rules(told: dict) -> None:
    assert told["quarantined"] == [["W-2", "status", "in_code_list"]]


def test_a_rule_sees_its_columns_at_an_object_of_the_bag(told: dict, samples: dict) -> None:
    at = samples["bag_adressen"]["good"]["adresseerbaar_object_id"]
    assert told["seen"] == [["warmtenet:W-1", at, "in_aanleg"]]


def test_a_dossier_calls_it_by_its_words(told: dict) -> None:
    assert told["fact"] == [
        "Warmtenet",
        "aansluiting W-1",
        "in aanleg",
        [["Aansluiting", "W-1"], ["Status", "in aanleg"]],
    ]


def test_nothing_of_it_leaves_in_a_signal_until_its_contract_says_on_what_it_rests(told: dict) -> None:
    assert told["leaves"] is False
