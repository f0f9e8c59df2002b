"""Party ids from night to night under edits, and the same result whatever the machine does."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from datetime import date, timedelta
from itertools import combinations
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.base.frames import IDENTITIES
from screening.matching.parties.link import PartyResult, link_parties
from screening.matching.parties.persons import EXCLUDING_GIVEN
from tests.matching.names_compared import level_of_names

GIVEN = ("Jan", "Anna", "Piet", "Mehmet", "Wei", "Karin", "J.", "A.", "J.P.", "M.")
FAMILY = (
    "de Vries",
    "Hiemstra",
    "Hiemstraa",
    "Kartodikromo",
    "Yıldırım",
    "Yildirm",
    "Quang",
    "Jansen-Bakker",
    "Jansen",
)
Row = dict[str, Any]


def _person(dice: random.Random, number: int) -> Row:
    return {
        "zaaknummer": f"Z-{number}",
        "naam": f"{dice.choice(GIVEN)} {dice.choice(FAMILY)}",
        "rol": "beheerder",
        # few dates, so that people meet, are joined and are parted
        "geboortedatum": date(1980, 5, 1) + timedelta(days=dice.randrange(12)) if dice.random() < 0.9 else None,
        "datum_van_min": date(2024, 1, 1),
        "datum_van_max": date(2024, 1, 1),
    }


def _link(rows: list[Row], previous: pl.DataFrame | None = None) -> PartyResult:
    schema = {
        "zaaknummer": pl.String,
        "naam": pl.String,
        "rol": pl.String,
        "geboortedatum": pl.Date,
        "datum_van_min": pl.Date,
        "datum_van_max": pl.Date,
    }
    frame = pl.DataFrame(rows, schema=schema).with_columns(key="r" + pl.int_range(1, pl.len() + 1).cast(pl.String))
    return link_parties({"leidinggevenden": frame}, previous=previous)


def _by_party(result: PartyResult) -> dict[str, set[str]]:
    grouped = result.parties.group_by("party_id").agg(pl.col("fingerprint").unique())
    return {party: set(prints) for party, prints in grouped.iter_rows()}


def _edit(rows: list[Row], dice: random.Random, number: int) -> None:
    kind = dice.choice(("add", "change", "remove"))
    if kind == "add" or len(rows) < 20:
        rows.insert(dice.randrange(len(rows) + 1), _person(dice, number))
    elif kind == "remove":
        rows.pop(dice.randrange(len(rows)))
    else:
        at = dice.randrange(len(rows))
        changed = _person(dice, number)
        rows[at] = rows[at] | {name: changed[name] for name in dice.sample(("naam", "geboortedatum"), 1)}


def _edits(nights: int, edits_a_night: int) -> None:
    dice = random.Random(11)
    rows = [_person(dice, number) for number in range(40)]
    before, kept = _link(rows), 0
    for night in range(nights):
        for edit in range(edits_a_night):
            _edit(rows, dice, 1_000 + night * edits_a_night + edit)
        after = _link(rows, before.identities)
        old, new = _by_party(before), _by_party(after)
        for party, prints in new.items():
            heirs = {other for other, theirs in old.items() if theirs & prints}
            if party in old:
                assert party in heirs, "an id went to somebody who shares nothing with whom it named"
            if len(heirs) == 1 and sum(bool(old[next(iter(heirs))] & theirs) for theirs in new.values()) == 1:
                assert party in heirs, "a party that neither parted nor merged lost its id"
                kept += 1
        before = after
    assert kept > 10 * nights


def test_ids_stay_under_edits() -> None:
    _edits(nights=12, edits_a_night=6)


@pytest.mark.long
def test_ids_stay_under_a_thousand_edits() -> None:
    _edits(nights=1_000, edits_a_night=1)


def test_an_edit_elsewhere_moves_nobody() -> None:
    dice = random.Random(4)
    rows = [_person(dice, number) for number in range(60)]
    before = _link(rows)
    stranger = {**rows[0], "zaaknummer": "Z-9999", "naam": "Q. Zwartevoorbeeld", "geboortedatum": date(1931, 2, 3)}
    after = _link([stranger, *rows], before.identities)
    ids = dict(before.identities.iter_rows())
    assert {print_: party for print_, party in after.identities.iter_rows() if print_ in ids} == ids


_SCRIPT = """
import hashlib, random, sys
sys.path.insert(0, sys.argv[1])
from tests.matching.parties.test_stability import _link, _person
dice = random.Random(2)
rows = [_person(dice, number) for number in range(400)]
if sys.argv[2] == "shuffled":
    random.Random(8).shuffle(rows)
result = _link(rows)
frames = [result.parties.drop("mention", "record", "key").sort("fingerprint", "birth_date"), result.identities]
frames += [result.links.select("link_id", "score", "log_odds", "level", "comparisons")]
text = "".join(frame.write_csv() for frame in frames) + result.model
print(hashlib.sha256(text.encode()).hexdigest(), result.links.height)
"""


def test_threads_hash_seeds_and_order_change_nothing() -> None:
    root = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))
    printed = set()
    for threads, seed, order in (("1", "0", "as is"), ("2", "1", "shuffled"), ("7", "12345", "as is")):
        environment = {**os.environ, "POLARS_MAX_THREADS": threads, "PYTHONHASHSEED": seed}
        done = subprocess.run(
            [sys.executable, "-c", _SCRIPT, root, order], capture_output=True, text=True, check=True, env=environment
        )
        printed.add(done.stdout)
    assert len(printed) == 1
    assert int(printed.pop().split()[1]) > 100


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000))
def test_nobody_shares_a_party_with_whom_a_veto_parts(seed: int) -> None:
    dice = random.Random(seed)
    result = _link([_person(dice, number) for number in range(40)])
    people = result.parties.filter(pl.col("name_normalised").is_not_null())
    for _, group in people.group_by("party_id", maintain_order=True):
        assert group["birth_date"].n_unique() == 1
        for left, right in combinations(group["name_normalised"].unique().sort().to_list(), 2):
            assert level_of_names(left, right)["given_names"] not in EXCLUDING_GIVEN


def test_identities_are_what_the_next_night_reads() -> None:
    dice = random.Random(1)
    assert dict(_link([_person(dice, 1)]).identities.schema) == IDENTITIES
