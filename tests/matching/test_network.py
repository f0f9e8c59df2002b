"""The network of a dossier: a case on both sides of each of its lines."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from screening.base.frames import PARTIES
from screening.matching.network import MOST_OF_DOSSIER, MOST_OF_PARTY, TIES, NetworkInputs, network
from screening.matching.parties.link import link_parties
from tests.matching.conftest import typed_frame

DAY, BORN = date(2026, 11, 1), date(1980, 5, 17)
HERE, THERE, THIRD = (f"999901000000000{n}" for n in (1, 2, 3))
VENUE, HOME, BOTH = ["bijeenkomstfunctie"], ["woonfunctie"], ["winkelfunctie", "woonfunctie"]
SEX = "seksinrichtingen"

Rows = dict[str, dict[str, dict[str, Any]]]

#: A café here and one elsewhere, each of its own company, with one manager. A row is found by its key.
TOWN: Rows = {
    "bag_adressen": {
        HERE: {"gebruiksdoelen": VENUE},
        THERE: {"gebruiksdoelen": VENUE},
        THIRD: {"gebruiksdoelen": VENUE},
    },
    "vergunningen": {
        "Z-1": {"houder_naam": "Karmijn B.V.", "kvk_nummer": "11111111", "address_id": HERE},
        "Z-2": {"houder_naam": "Regenweide B.V.", "kvk_nummer": "22222222", "address_id": THERE},
    },
    "leidinggevenden": {
        "r1": {"zaaknummer": "Z-1", "naam": "Loes Kuipers", "geboortedatum": BORN, "rol": "leidinggevende"},
        "r2": {"zaaknummer": "Z-2", "naam": "Loes Kuipers", "geboortedatum": BORN, "rol": "leidinggevende"},
    },
    "handelsregister": {},
    "functionarissen": {},
    SEX: {},
}
#: Nobody manages both: the companies alone are left.
APART = {"leidinggevenden": {"r2": None}}


def changed(*changes: dict[str, Any]) -> Rows:
    """TOWN with these rows changed, added, or taken away (None)."""
    rows = {name: {key: dict(row) for key, row in register.items()} for name, register in TOWN.items()}
    for change in changes:
        for name, register in change.items():
            for key, row in register.items():
                if row is None:
                    rows[name].pop(key, None)
                else:
                    rows[name][key] = rows[name].get(key, {}) | row
    return rows


def company(key: str, kvk: str, place: str, name: str = "Stroom B.V.", **more: object) -> dict[str, Any]:
    """An establishment."""
    row = {"kvk_nummer": kvk, "statutaire_naam": name, "handelsnamen": [name], "rechtsvorm": "bv"}
    return {key: row | {"address_id": place, "datum_aanvang": date(2020, 3, 1)} | more}


def officer(key: str, kvk: str, name: str = "Loes Kuipers", **more: object) -> dict[str, Any]:
    """A director of a company."""
    return {key: {"kvk_nummer": kvk, "naam": name, "geboortedatum": BORN, "functie": "bestuurder"} | more}


def renamed(rows: Rows, number: int) -> Rows:
    """The same town under numbers and birth dates of its own, so that many are one town for the rule."""

    def value(name: str, content: object) -> object:
        if name == "zaaknummer":
            return f"{number}-{content}"
        if isinstance(content, str) and content.isdigit():
            return f"99990100{number:04d}{content[-4:]}" if len(content) == 16 else f"{number:03d}{content[3:]}"
        return content + timedelta(days=40 * number) if name == "geboortedatum" and content else content

    return {
        dataset: {
            str(value("", key) if dataset == "bag_adressen" else f"{number}-{key}"): {
                name: value(name, content) for name, content in row.items()
            }
            for key, row in register.items()
        }
        for dataset, register in rows.items()
    }


def frames(rows: Rows) -> dict[str, pl.DataFrame]:
    """Typed frames of these rows, with what the rule reads beside the matching."""
    tables = {}
    for name, register in rows.items():
        listed = [{"key": key, **row} for key, row in register.items()]
        if name == "bag_adressen":
            schema = {"adresseerbaar_object_id": pl.String, "gebruiksdoelen": pl.List(pl.String)}
            tables[name] = pl.DataFrame([{**row, "adresseerbaar_object_id": row["key"]} for row in listed], schema)
            continue
        frame = typed_frame(name, listed)
        if name in {"vergunningen", SEX}:
            kind = ("zaaktype", "exploitatie") if name == "vergunningen" else ("type", "club")
            for column, otherwise in (kind, ("status", "verleend"), ("bezwaar_uitkomst", None)):
                values = [row.get(column, otherwise) for row in listed]
                frame = frame.with_columns(pl.Series(column, values, dtype=pl.String))
            for column, begin in (("ingangsdatum", date(2024, 2, 1)), ("einddatum", None), ("datum_besluit", None)):
                days = pl.Series(column, [row.get(column, begin) for row in listed], dtype=pl.Date)
                frame = frame.with_columns(days, days.alias(f"{column}_min"), days.alias(f"{column}_max"))
        tables[name] = frame
    return tables


def dossiers_of(tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """`address_id`, `dataset`, `key` of every address: what stands there, its managers and its officers."""
    placed = [
        tables[name].select("address_id", "key", "kvk_nummer", dataset=pl.lit(name))
        for name in ("vergunningen", SEX, "handelsregister")
    ]
    there = pl.concat(placed).drop_nulls("address_id")
    managers = tables["leidinggevenden"].join(there.select("address_id", zaaknummer="key"), on="zaaknummer")
    officers = tables["functionarissen"].join(
        there.select("address_id", "kvk_nummer").drop_nulls().unique(), on="kvk_nummer"
    )
    belonging = [
        frame.select("address_id", "key", dataset=pl.lit(name))
        for name, frame in (("leidinggevenden", managers), ("functionarissen", officers))
    ]
    return pl.concat([there.drop("kvk_nummer"), *belonging]).select("address_id", "dataset", "key")


def ties(rows: Rows, *, hidden: tuple[str, ...] = (), with_sensitive: bool = False) -> pl.DataFrame:
    """The networks of all addresses, ordinary ones or those with the sensitive records, as the night asks for them."""
    tables = frames(rows)
    linked = link_parties({name: frame for name, frame in tables.items() if name != "bag_adressen"}, is_learning=False)
    of_sex = tables["leidinggevenden"].filter(pl.col("zaaknummer").is_in(tables[SEX]["key"].implode()))
    sensitive = pl.concat(
        [frame.select("key", dataset=pl.lit(name)) for name, frame in ((SEX, tables[SEX]), ("leidinggevenden", of_sex))]
    ).select("dataset", "key")
    places = tables["bag_adressen"]["adresseerbaar_object_id"]
    inputs = NetworkInputs(
        registers={name: frame.lazy() for name, frame in tables.items() if with_sensitive or name != SEX},
        parties=linked.parties.select(*PARTIES).join(linked.mentions.select("mention", "name"), on="mention").lazy(),
        links=linked.links.filter(pl.col("level") != "probable").lazy(),
        sensitive=sensitive.clear() if with_sensitive else sensitive,
        places=pl.LazyFrame({"place_id": places, "place": "Straat " + places, "rd_x": 1.0, "rd_y": 2.0}),
        hidden=pl.DataFrame({"address_id": hidden}, schema={"address_id": pl.String}),
        as_of=DAY,
    )
    return network(dossiers_of(tables), inputs)


def shown(networks: pl.DataFrame, number: int) -> set[tuple[str, str, int]]:
    """(address, record, step) of each tie in the dossier at HERE of a renamed town, by the names in TOWN."""
    rows = networks.filter(pl.col("address_id") == f"99990100{number:04d}{HERE[-4:]}").to_dicts()
    return {
        (f"{HERE[:-4]}{row['place_id'][-4:]}", f"{row['dataset']}:{row['key'].removeprefix(f'{number}-')}", row["step"])
        for row in rows
    }


Z2 = {(THERE, "vergunningen:Z-2", 1)}
R9 = {(THERE, "handelsregister:r9", 1)}
OFFICE = {(THERE, "handelsregister:r9", 2)}


def of(dataset: str, key: str, **fields: object) -> dict[str, Any]:
    """One changed row."""
    return {dataset: {key: fields}}


def there(uses: list[str] | None) -> dict[str, Any]:
    """What the other object may be used for."""
    return of("bag_adressen", THERE, gebruiksdoelen=uses)


CASES = {
    # steps
    "one manager of two venues": ((), Z2),
    "nobody in common": ((APART,), set()),
    "the company of this licence is established elsewhere": (
        (APART, {"handelsregister": company("r9", "11111111", THERE)}),
        R9,
    ),
    "another company is established elsewhere": ((APART, {"handelsregister": company("r9", "33333333", THERE)}), set()),
    "a director here holds an office in a company elsewhere": (
        (
            APART,
            {
                "handelsregister": company("r9", "33333333", THERE),
                "functionarissen": officer("r1", "11111111") | officer("r2", "33333333"),
            },
        ),
        OFFICE,
    ),
    "a manager here holds an office in a company elsewhere": (
        (APART, {"handelsregister": company("r9", "33333333", THERE), "functionarissen": officer("r2", "33333333")}),
        OFFICE,
    ),
    "a third step: a colleague in that office leads on": (
        (
            APART,
            {
                "handelsregister": company("r8", "33333333", HERE) | company("r9", "44444444", THERE),
                "functionarissen": officer("r2", "55555555")
                | officer("r3", "55555555", "Bas Vermeer")
                | officer("r4", "44444444", "Bas Vermeer"),
            },
        ),
        set(),
    ),
    "a third step: a subsidiary of that company": (
        (
            APART,
            {
                "handelsregister": company("r9", "44444444", THERE) | company("r8", "33333333", THIRD),
                "functionarissen": officer("r2", "33333333")
                | {"r3": {"kvk_nummer": "44444444", "rechtspersoon_kvk": "33333333", "functie": "enig_aandeelhouder"}},
            },
        ),
        {(THIRD, "handelsregister:r8", 2)},
    ),
    # roles
    "a trustee of many companies": (
        (
            APART,
            {
                "handelsregister": company("r9", "33333333", THERE),
                "functionarissen": officer("r2", "33333333", functie="curator"),
            },
        ),
        set(),
    ),
    "an agent who filed for both": ((of("leidinggevenden", "r2", rol="gemachtigde"),), set()),
    "a lessor of both": (
        (
            APART,
            of("vergunningen", "Z-1", verhuurder_kvk="77777777"),
            of("vergunningen", "Z-2", verhuurder_kvk="77777777"),
        ),
        set(),
    ),
    # sure links
    "the same name without a birth date": ((of("leidinggevenden", "r2", geboortedatum=None),), set()),
    "the same name, born on another day": ((of("leidinggevenden", "r2", geboortedatum=date(1971, 2, 3)),), set()),
    # licences
    "a licence that ended within five years": (
        (of("vergunningen", "Z-2", status="verlopen", einddatum=date(2022, 1, 1)),),
        Z2,
    ),
    "a licence that ended longer ago": (
        (of("vergunningen", "Z-2", status="verlopen", einddatum=date(2021, 10, 1)),),
        set(),
    ),
    "a manager who left longer ago": ((of("leidinggevenden", "r2", datum_tot=date(2021, 10, 1)),), set()),
    "an application": ((of("vergunningen", "Z-2", status="aangevraagd"),), set()),
    "a refusal": ((of("vergunningen", "Z-2", status="geweigerd"),), set()),
    "an annulled licence": ((of("vergunningen", "Z-2", bezwaar_uitkomst="gegrond"),), set()),
    # homes
    "a licence on a dwelling": ((there(HOME),), Z2),
    "a licence that is over, on a dwelling": (
        (there(HOME), of("vergunningen", "Z-2", status="verlopen", einddatum=date(2026, 1, 1))),
        set(),
    ),
    "a building permit on a dwelling": ((there(HOME), of("vergunningen", "Z-2", zaaktype="omgeving")), set()),
    "holiday letting of a dwelling": ((there(HOME), of("vergunningen", "Z-2", zaaktype="toeristische_verhuur")), set()),
    "rooms let in a dwelling": ((there(HOME), of("vergunningen", "Z-2", zaaktype="kamerverhuur")), Z2),
    "a building permit on business premises": ((of("vergunningen", "Z-2", zaaktype="omgeving"),), Z2),
    "a company on a dwelling": (
        (
            APART,
            there(HOME),
            of("vergunningen", "Z-2", address_id=THIRD),
            {"handelsregister": company("r9", "11111111", THERE)},
        ),
        set(),
    ),
    "a company on a dwelling for which it has a licence": (
        (
            APART,
            there(HOME),
            of("vergunningen", "Z-2", kvk_nummer="11111111", houder_naam="Karmijn B.V."),
            {"handelsregister": company("r9", "11111111", THERE)},
        ),
        R9 | Z2,
    ),
    "a sole trader on a dwelling": (
        (
            APART,
            there(HOME),
            of("vergunningen", "Z-2", address_id=THIRD),
            {"handelsregister": company("r9", "11111111", THERE, rechtsvorm="eenmanszaak")},
        ),
        set(),
    ),
    "a sole trader in a house that another has a licence for": (
        (APART, there(HOME), {"handelsregister": company("r9", "11111111", THERE, rechtsvorm="eenmanszaak")}),
        set(),
    ),
    "a sole trader on business premises": (
        (APART, {"handelsregister": company("r9", "11111111", THERE, rechtsvorm="eenmanszaak")}),
        R9,
    ),
    "a company above a shop": ((APART, there(BOTH), {"handelsregister": company("r9", "11111111", THERE)}), R9),
    "a sole trader above a shop": (
        (APART, there(BOTH), {"handelsregister": company("r9", "11111111", THERE, rechtsvorm="vof")}),
        set(),
    ),
    "a company on an object without a use": (
        (APART, there([]), {"handelsregister": company("r9", "11111111", THERE)}),
        set(),
    ),
    "a company at an address outside the BAG": ((APART, {"handelsregister": company("r9", "11111111", None)}), set()),
    # shielded
    "a shielded establishment": (
        (APART, {"handelsregister": company("r9", "11111111", THERE, afgeschermd=True)}),
        set(),
    ),
    "another establishment of a company with a shielded one": (
        (
            APART,
            {"handelsregister": company("r8", "11111111", THIRD, afgeschermd=True) | company("r9", "11111111", THERE)},
        ),
        set(),
    ),
    "a licence where a shielded establishment stands": (
        ({"handelsregister": company("r9", "66666666", THERE, afgeschermd=True)},),
        set(),
    ),
    "a licence of a company that is shielded elsewhere": (
        ({"handelsregister": company("r9", "22222222", THIRD, afgeschermd=True)},),
        set(),
    ),
    "an office in a company that is shielded": (
        (
            APART,
            {
                "handelsregister": company("r8", "33333333", THIRD, afgeschermd=True)
                | company("r9", "33333333", THERE),
                "functionarissen": officer("r2", "33333333"),
            },
        ),
        set(),
    ),
    "the address itself": ((APART, {"handelsregister": company("r9", "11111111", HERE)}), set()),
}


@pytest.fixture(scope="module")
def networks() -> pl.DataFrame:
    """The networks of the towns of all cases, side by side as one town: to link them one by one takes long."""
    rows: Rows = {name: {} for name in TOWN}
    for number, (changes, _) in enumerate(CASES.values()):
        for name, register in renamed(changed(*changes), number).items():
            rows[name] |= register
    return ties(rows)


@pytest.mark.parametrize("name", CASES)
def test_what_a_dossier_tells_of_other_addresses(name: str, networks: pl.DataFrame) -> None:
    assert shown(networks, list(CASES).index(name)) == CASES[name][1]


def test_a_tie_tells_what_the_registers_say_and_names_no_person_of_the_other_address() -> None:
    rows = ties(
        changed(
            of("leidinggevenden", "r2", datum_van=date(2024, 12, 1), datum_tot=date(2026, 6, 1)),
            of("vergunningen", "Z-2", einddatum=date(2027, 2, 1), handelsnaam="Café Regenweide"),
            {"vergunningen": {"Z-3": {"houder_naam": "J. Bos", "houder_geboortedatum": BORN, "address_id": THIRD}}},
            {"leidinggevenden": {"r3": {**TOWN["leidinggevenden"]["r1"], "zaaknummer": "Z-3"}}},
            {"handelsregister": company("r9", "33333333", THIRD), "functionarissen": officer("r1", "33333333")},
        )
    ).filter(pl.col("address_id") == HERE)
    assert dict(rows.schema) == TIES
    licence, other, office = (
        {name: value for name, value in row.items() if value is not None} for row in rows.sort("key").to_dicts()
    )
    shared = {
        "address_id": HERE,
        "mention": "leidinggevenden:r1:leidinggevende:person",
        "rd_x": 1.0,
        "rd_y": 2.0,
        "left_out": 0,
        "all_left_out": 0,
    }
    assert licence == shared | {
        "place_id": THERE,
        "place": f"Straat {THERE}",
        "dataset": "vergunningen",
        "key": "Z-2",
        "step": 1,
        "kind": "exploitatie",
        "name": "Café Regenweide",
        "starts": "2024-02-01",
        "ends": "2027-02-01",
        "role": "leidinggevende",
        "role_starts": "2024-12-01",
        "role_ends": "2026-06-01",
    }
    assert "name" not in other
    assert office == shared | {
        "place_id": THIRD,
        "place": f"Straat {THIRD}",
        "dataset": "handelsregister",
        "key": "r9",
        "step": 2,
        "name": "Stroom B.V.",
        "starts": "2020-03-01",
        "role": "onderneming",
        "via_key": "33333333",
        "via_name": "Stroom B.V.",
        "via_role": "bestuurder",
    }


#: A sex establishment at a third address, run and managed by the people of the others.
SEX_TOWN = {
    SEX: {
        "S-1": {
            "exploitant_naam": "Loes Kuipers",
            "exploitant_geboortedatum": BORN,
            "address_id": THIRD,
            "kvk_nummer": "11111111",
        }
    },
    "leidinggevenden": {
        "r5": {"zaaknummer": "S-1", "naam": "Loes Kuipers", "geboortedatum": BORN, "rol": "beheerder"},
        "r6": {"zaaknummer": "S-1", "naam": "Bas Vermeer", "geboortedatum": date(1971, 2, 3), "rol": "beheerder"},
    },
}
NEXT_DOOR = {
    "bag_adressen": {f"{HERE[:-1]}4": {"gebruiksdoelen": VENUE}},
    "vergunningen": {
        "Z-4": {"houder_naam": "Bas Vermeer", "houder_geboortedatum": date(1971, 2, 3), "address_id": f"{HERE[:-1]}4"}
    },
}


def test_a_sensitive_record_leaves_no_node_no_count_and_no_gap() -> None:
    without, with_sex = (ties(changed(NEXT_DOOR, *more)) for more in ((), (SEX_TOWN,)))
    others = pl.col("address_id") != THIRD
    assert with_sex.filter(others).write_json() == without.filter(others).write_json()
    assert with_sex.height == 2


def test_a_dossier_with_a_sensitive_record_leads_where_that_leads() -> None:
    rows = ties(changed(NEXT_DOOR, SEX_TOWN), with_sensitive=True)
    assert set(rows.filter(pl.col("address_id") == THIRD)["key"]) == {"Z-1", "Z-2", "Z-4"}


def test_two_mentions_that_only_a_sensitive_one_ties_together_are_two() -> None:
    tables = changed()
    linked = pl.DataFrame({"mention": ["a", "s", "b"], "party_id": "p"})
    parties = linked.select(
        "mention",
        dataset=pl.Series(["vergunningen", SEX, "vergunningen"]),
        key="mention",
        role=pl.Series(["houder", "exploitant", "houder"]),
        kind=pl.lit("person"),
        party_id="party_id",
        record=pl.lit(""),
        kvk_nummer=pl.lit(None, pl.String),
        name_normalised=pl.Series(["a kuipers", "k", "loes k"]),
        birth_date=pl.lit(BORN),
        fingerprint=pl.lit(""),
        name=pl.lit("x"),
    )
    registers = frames(tables)
    licences = registers["vergunningen"].with_columns(key=pl.Series(["a", "b"]))
    inputs = NetworkInputs(
        registers={"bag_adressen": registers["bag_adressen"].lazy(), "vergunningen": licences.lazy()},
        parties=parties.lazy(),
        links=pl.LazyFrame({"left": ["a", "s"], "right": ["s", "b"]}),
        sensitive=pl.DataFrame({"dataset": [SEX], "key": ["s"]}),
        places=pl.LazyFrame({"place_id": [HERE, THERE], "place": ["1", "2"], "rd_x": 1.0, "rd_y": 2.0}),
        hidden=pl.DataFrame(schema={"address_id": pl.String}),
        as_of=DAY,
    )
    dossiers = pl.DataFrame({"address_id": [HERE], "dataset": ["vergunningen"], "key": ["a"]})
    assert network(dossiers, inputs).is_empty()
    assert network(dossiers, replace(inputs, links=pl.LazyFrame({"left": ["a"], "right": ["b"]})))["key"].to_list() == [
        "b"
    ]
    assert network(dossiers, replace(inputs, sensitive=inputs.sensitive.clear()))["key"].to_list() == ["b"]


def test_an_address_that_is_kept_out_is_named_nowhere() -> None:
    assert ties(changed(), hidden=(THERE,)).filter(pl.col("address_id") == HERE).is_empty()


def venues(count: int, manager: str = "Loes Kuipers", first: int = 10) -> Rows:
    """So many venues more with one manager."""
    numbers = range(first, first + count)
    return {
        "bag_adressen": {f"{HERE[:-4]}{n:04d}": {"gebruiksdoelen": VENUE} for n in numbers},
        "vergunningen": {
            f"V-{n}": {"houder_naam": f"Zaal {n} B.V.", "address_id": f"{HERE[:-4]}{n:04d}"} for n in numbers
        },
        "leidinggevenden": {
            f"m{n}": {"zaaknummer": f"V-{n}", "naam": manager, "geboortedatum": BORN, "rol": "leidinggevende"}
            for n in numbers
        },
    }


@pytest.mark.parametrize(
    ("managers", "listed", "left_out", "all_left_out"),
    [
        pytest.param([(MOST_OF_PARTY - 1, "Loes Kuipers")], MOST_OF_PARTY, 0, 0, id="all of them"),
        pytest.param([(MOST_OF_PARTY + 3, "Loes Kuipers")], MOST_OF_PARTY, 4, 4, id="and four more of one manager"),
        pytest.param(
            [(15, "Loes Kuipers"), (16, "Bas Vermeer"), (16, "Anna Dijk"), (16, "Tom Smit")],
            MOST_OF_DOSSIER,
            6,
            24,
            id="each in turn, until there is no room",
        ),
    ],
)
def test_what_is_left_out_is_counted(
    managers: list[tuple[int, str]], listed: int, left_out: int, all_left_out: int
) -> None:
    changes: list[Rows] = []
    for number, (count, manager) in enumerate(managers):
        changes.append(venues(count, manager, first=10 + 100 * number))
        here = {**TOWN["leidinggevenden"]["r1"], "naam": manager}
        changes.append({"leidinggevenden": {f"h{number}": here}})
    rows = ties(changed(*changes)).filter(pl.col("address_id") == HERE)
    assert rows["place_id"].n_unique() == listed
    of_loes = rows.filter(pl.col("mention") == rows["mention"].min())
    assert (rows["left_out"].min(), rows["all_left_out"].unique().to_list()) == (left_out, [all_left_out])
    assert of_loes["place"].is_sorted()
