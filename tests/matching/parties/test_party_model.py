"""A stored model of parties: how it came about, it goes to JSON and back, and what does not fit is refused."""

from __future__ import annotations

import json
import math
import random
from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import pytest

from screening.base.errors import ConfigurationError
from screening.linking.encode import encode
from screening.matching.parties.organisations import ORGANISATIONS
from screening.matching.parties.party_model import KindModel, PartyModel, default_model, learn, learn_from_names
from screening.matching.parties.persons import PERSONS, person_records
from screening.synthetic import generate

_NAMED = {
    "functionarissen": ("naam", "geboortedatum"),
    "leidinggevenden": ("naam", "geboortedatum"),
    "vergunningen": ("houder_naam", "houder_geboortedatum"),
    "seksinrichtingen": ("exploitant_naam", "exploitant_geboortedatum"),
    "maatregelen": ("betrokkene_naam", "betrokkene_geboortedatum"),
}


def test_the_shipped_model_is_the_one_that_its_recipe_gives() -> None:
    tables = generate(1, 30_000, regime="messy", as_of=date(2026, 11, 1)).tables
    persons = pl.concat(
        tables[dataset].select(name=name, birth_date=pl.col(born).str.to_date("%Y-%m-%d", strict=False))
        for dataset, (name, born) in _NAMED.items()
    ).drop_nulls()
    place = pl.concat_str("postcode", "huisnummer", separator=" ")
    first = pl.col("handelsnamen").str.split("|").list.first()
    companies = pl.concat(
        [
            tables["handelsregister"].select(
                name=pl.coalesce("statutaire_naam", first), register_kvk="kvk_nummer", address_id=place
            ),
            *(
                tables[dataset].select(name="handelsnaam", register_kvk="kvk_nummer", address_id=place)
                for dataset in ("vergunningen", "seksinrichtingen")
            ),
        ]
    ).drop_nulls("name")
    again, shipped = learn_from_names(persons, companies), default_model()
    for kind, settings in (("persons", PERSONS), ("organisations", ORGANISATIONS)):
        other: KindModel = getattr(shipped, kind)
        learned: KindModel = getattr(again, kind)
        assert learned.matches > 1_000
        for c in settings.comparisons:
            for table, wanted in ((learned.m, other.m), (learned.u, other.u)):
                assert table[c.name] == pytest.approx(wanted[c.name], rel=1e-3), c.name


def register(people: int, twice: int, slips: int = 0) -> pl.DataFrame:
    """Groups of people of 2,000 birth dates, the first `twice` also with an initial alone, some with a slip too."""
    dice = random.Random(3)
    rows = []
    for number in range(people):
        born = date(1960, 1, 1) + timedelta(days=dice.randrange(2_000))
        family = "".join(dice.choice("bdfgklmnprst") + dice.choice("aeiou") for _ in range(4))
        given = dice.choice("abdeghjklmnprst") + "anne"
        rows.append((f"{family}, {given}", born))
        if number < twice:
            slip = family[:3] + family[4:] if number < slips else family
            rows.append((f"{slip}, {given[0]}.", born))
    frame = pl.DataFrame(rows, schema={"name_normalised": pl.String, "birth_date": pl.Date}, orient="row").unique()
    return frame.sort("birth_date", "name_normalised").with_row_index("group").cast({"group": pl.Int64})


def learned_from(groups: pl.DataFrame) -> KindModel:
    nothing = pl.DataFrame(schema={"group": pl.Int64, "kvk_nummer": pl.String})
    return learn(encode(person_records(groups, nothing), PERSONS), PERSONS, default_model().persons)


def test_what_a_register_does_often_is_learned_as_likely() -> None:
    few, many = learned_from(register(4_000, 1_500, slips=50)), learned_from(register(4_000, 1_500, slips=600))
    assert few is not default_model().persons
    assert few.matches == pytest.approx(1_500, rel=0.15)
    assert few.m["family_name"]["slip"] < 0.12 < 0.3 < many.m["family_name"]["slip"]
    assert few.m["given_names"]["subset"] + few.m["given_names"]["equal"] > 0.8
    assert few.u["given_names"]["else"] > 0.3


def test_too_few_pairs_leave_the_given_model_in_force() -> None:
    assert learned_from(register(300, 100)) is default_model().persons


def test_a_slip_that_a_register_never_shows_stays_possible() -> None:
    model = learned_from(register(4_000, 1_500))
    assert model.m["family_name"]["slip"] > 0.001


def test_a_model_survives_its_json() -> None:
    model = default_model()
    assert PartyModel.from_json(model.to_json()) == model
    for kind, settings in (("persons", PERSONS), ("organisations", ORGANISATIONS)):
        for table in (getattr(model, kind).m, getattr(model, kind).u):
            assert {name: set(levels) for name, levels in table.items()} == {
                c.name: set(c.level_names) for c in settings.comparisons
            }
            assert all(sum(levels.values()) == pytest.approx(1, abs=0.02) for levels in table.values())


def test_the_weights_in_the_document_of_a_run_can_be_read_back() -> None:
    document = {**json.loads(default_model().to_json()), "judgements": {"used": False}}
    assert PartyModel.from_json(json.dumps(document)) == default_model()


def test_a_rare_name_says_more_than_a_common_one_and_a_small_register_proves_nothing() -> None:
    rows = [(f"vries, {letter}.", date(1980, 1, day)) for letter in "abcdefghij" for day in range(1, 11)]
    groups = pl.DataFrame(
        [(at, *row) for at, row in enumerate([*rows, ("hiemstra, k.", date(1980, 2, 1))])],
        schema={"group": pl.Int64, "name_normalised": pl.String, "birth_date": pl.Date},
        orient="row",
    )
    nothing = pl.DataFrame(schema={"group": pl.Int64, "kvk_nummer": pl.String})
    records = encode(person_records(groups, nothing), PERSONS)
    model = default_model().persons.link_model(PERSONS, records)
    counts = dict(model.frequencies.filter(pl.col("column") == "family").select("value", "count").iter_rows())
    assert (counts["vries"], counts["hiemstra"]) == (100, 1)
    assert model.prior == pytest.approx(2 * 0.15 / 20_000)
    # weighed as if it stood among 20,000: log2(0.94 × 20,000 / mean count), the mean over records being about 99
    assert model.weights("family_name")[0] == pytest.approx(math.log2(0.94 * 20_000 / 99), abs=0.1)


def _broken(**changes: object) -> str:
    return json.dumps(json.loads(default_model().to_json()) | changes)


_PERSONS = json.loads(default_model().to_json())["persons"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        _broken(format="partymodel/1"),
        _broken(persons={}),
        _broken(persons={**_PERSONS, "m": {}}),
        _broken(persons={**_PERSONS, "extra": 1}),
        _broken(persons={**_PERSONS, "u": {**_PERSONS["u"], "given_names": {"equal": 2}}}),
    ],
    ids=["empty", "list", "no form", "other form", "no persons", "no m", "unknown key", "chance above one"],
)
def test_another_form_is_refused_gently(text: str) -> None:
    with pytest.raises(ConfigurationError, match="learn it anew"):
        PartyModel.from_json(text)


def test_a_learned_model_is_drawn_to_the_given_one() -> None:
    given = default_model().persons
    unlikely = replace(given, m={**given.m, "family_name": {**given.m["family_name"], "slip": 1e-6}})
    groups = register(4_000, 1_500)
    nothing = pl.DataFrame(schema={"group": pl.Int64, "kvk_nummer": pl.String})
    records = encode(person_records(groups, nothing), PERSONS)
    slips = [learn(records, PERSONS, model).m["family_name"]["slip"] for model in (given, unlikely)]
    assert slips[0] > slips[1]
