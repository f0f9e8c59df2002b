"""A delivery that is cut, foreign or exchanged is never like the good one before it, and an ordinary next night is."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest

from flows.catalogue import all_contracts
from screening.base.datasets import datasets
from screening.base.frames import SourceSpec, SourceTable
from screening.contracts.differences import differences
from screening.contracts.fingerprint import KnownPlaces, placed_share, take_fingerprint
from screening.contracts.known_rows import RowHasher, compare_rows, moves_with_time, repeated_rows
from screening.contracts.reasons import Reason
from screening.sources import read_source

KEY = b"k" * 32
REGISTERS = ("vergunningen", "meldingen", "handelsregister", "bag_adressen")
Change = Callable[[pl.DataFrame], pl.DataFrame]


@pytest.fixture(scope="module")
def good(clean_town) -> dict[str, SourceTable]:
    contracts = all_contracts()
    return {
        name: read_source(SourceSpec(name, str(clean_town / f"{name}.csv")), contracts[name].fields, reporter_key=KEY)
        for name in (*REGISTERS, "seksinrichtingen")
    }


def reasons(tables: dict[str, SourceTable], register: str, now: pl.DataFrame, before: pl.DataFrame | None = None):
    about, hasher, files = datasets()[register], RowHasher(KEY), tables[register].files
    before = tables[register].frame if before is None else before
    places = KnownPlaces.of(tables["bag_adressen"].frame)
    taken, taken_before = (
        take_fingerprint(text, about, files, placed_share(text, places), repeated=repeated_rows(text, about))
        for text in (now, before)
    )
    found = list(differences(taken, taken_before, has_known_rows=True))
    is_window = moves_with_time(taken, taken_before)
    compared = compare_rows(
        hasher.rows(now, about), hasher.rows(before, about), about, now, hasher, is_window=is_window
    )
    found += compared.reasons
    assert all(reason.document()["nl"] and reason.document()["en"] for reason in found)
    return {reason.code for reason in found if reason.is_suspect}


def cut(share: float) -> Change:
    return lambda frame: frame.head(int(frame.height * (1 - share)))


def swapped(left: str, right: str) -> Change:
    return lambda frame: frame.rename({left: right, right: left})


def of_dates(frame: pl.DataFrame) -> list[str]:
    return [name for name in frame.columns if name.startswith("datum") or name in {"einddatum", "ingangsdatum"}]


def day_and_month(frame: pl.DataFrame) -> pl.DataFrame:
    """Day and month the other way round, where that is a date."""
    dates = of_dates(frame)
    is_possible = pl.col(dates).str.slice(8, 2).cast(pl.Int64, strict=False) <= 12
    other = pl.col(dates).str.replace(r"^(\d{4})-(\d\d)-(\d\d)", "$1-$3-$2")
    return frame.with_columns(pl.when(is_possible).then(other).otherwise(pl.col(dates)).name.keep())


def a_century_back(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.col(of_dates(frame)).str.replace("^20", "19"))


def read_twice(frame: pl.DataFrame) -> pl.DataFrame:
    """Accents first, so that there are letters to damage."""
    damaged = pl.col("houder_naam").map_elements(
        lambda name: name.encode("utf-8").decode("cp1252", errors="ignore"), return_dtype=pl.String
    )
    return frame.with_columns(damaged)


def gone(first: int, rows: int) -> Change:
    return lambda frame: pl.concat([frame.head(first), frame.slice(first + rows)])


DAMAGE = [
    *((register, f"19 % fewer rows in {register}", cut(0.19), "keys_vanished") for register in REGISTERS),
    *((register, f"cut at a row border in {register}", cut(0.01), "cut_at_end") for register in REGISTERS),
    *((register, f"nothing of {register}", cut(1), "keys_vanished") for register in REGISTERS),
    *(
        (register, f"one row cut off {register}", lambda f: f.head(f.height - 1), "cut_at_end")
        for register in REGISTERS
    ),
    ("meldingen", "a block of 4 KiB missing", gone(40, 12), "block_gone"),
    *(
        (register, f"a block of {register} twice", lambda f: pl.concat([f.head(52), f.slice(40)]), "rows_repeated")
        for register in ("meldingen", "handelsregister")
    ),
    ("seksinrichtingen", "9 rows of a small register gone", lambda f: f.head(f.height - 9), "keys_vanished"),
    ("meldingen", "no melder_token", lambda frame: frame.drop("melder_token"), "column_gone"),
    ("handelsregister", "no afgeschermd", lambda frame: frame.drop("afgeschermd"), "column_gone"),
    ("vergunningen", "no bezwaar_uitkomst", lambda frame: frame.drop("bezwaar_uitkomst"), "column_gone"),
    ("vergunningen", "street and town", swapped("straatnaam", "plaats"), "headers_exchanged"),
    ("vergunningen", "letters and additions", swapped("huisletter", "huisnummertoevoeging"), "headers_exchanged"),
    ("bag_adressen", "street and town", swapped("straatnaam", "woonplaats"), "headers_exchanged"),
    ("handelsregister", "moratorium and shielding", swapped("surseance", "afgeschermd"), "headers_exchanged"),
    *((register, f"a century back in {register}", a_century_back, "century_moved") for register in REGISTERS[:3]),
    *((register, f"day and month in {register}", day_and_month, "day_month_exchanged") for register in REGISTERS[:3]),
]


@pytest.mark.parametrize(
    ("register", "damage", "code"), [(c[0], c[2], c[3]) for c in DAMAGE], ids=[case[1] for case in DAMAGE]
)
def test_damage_is_never_like_the_good_delivery(good, register: str, damage: Change, code: str) -> None:
    assert code in reasons(good, register, damage(good[register].frame))


def test_text_that_was_converted_twice_is_named(good) -> None:
    accented = good["vergunningen"].frame.with_columns(pl.col("houder_naam").str.replace("e", "é", literal=True))
    assert "text_converted_twice" in reasons(good, "vergunningen", read_twice(accented), accented)
    is_last = pl.int_range(pl.len()) == pl.len() - 1
    in_last = accented.with_columns(
        pl.when(is_last).then(pl.lit("André")).otherwise("houder_naam").alias("houder_naam")
    )
    damaged = in_last.with_columns(
        pl.when(is_last).then(pl.lit("AndrÃ©")).otherwise("houder_naam").alias("houder_naam")
    )
    assert reasons(good, "vergunningen", damaged, in_last) == {"text_converted_twice"}, "one name is enough"


def test_a_register_of_another_municipality_is_not_the_same(good) -> None:
    permits, addresses = good["vergunningen"].frame, good["bag_adressen"].frame
    other = permits.with_columns(pl.col("houder_naam").reverse(), pl.col("straatnaam").reverse())
    assert "values_changed" in reasons(good, "vergunningen", other)
    ids = pl.col("adresseerbaar_object_id", "nummeraanduiding_id")
    assert "other_municipality" in reasons(
        good, "bag_adressen", addresses.with_columns(ids.str.replace("^9999", "0363"))
    )
    nowhere = permits.with_columns(postcode=pl.lit("9988ZZ"), adresseerbaar_object_id=pl.lit(None, pl.String))
    assert "not_placed" in reasons(good, "vergunningen", nowhere)


@pytest.mark.parametrize("register", [*REGISTERS, "seksinrichtingen"])
def test_the_same_rows_in_another_order_and_an_ordinary_next_night_are_good(good, register: str) -> None:
    frame = good[register].frame
    assert reasons(good, register, frame.sample(fraction=1, shuffle=True, seed=1)) == set()
    yesterday = frame.head(frame.height - max(1, frame.height // 100))
    assert reasons(good, register, frame, yesterday) == set(), "rows that are new"
    status = "status" if "status" in frame.columns else "rechtsvorm"
    moved = pl.when(pl.int_range(pl.len()) % 25 == 0).then(pl.col(status).reverse()).otherwise(status)
    assert reasons(good, register, frame.with_columns(moved.alias(status))) == set(), "a few cases moved on"
    one_less = frame.filter(pl.int_range(pl.len()) != frame.height // 2)
    assert reasons(good, register, one_less) == set(), "a row taken out"


def test_a_register_of_the_last_so_many_days_may_drop_its_oldest_rows(good) -> None:
    reports = good["meldingen"].frame.filter(pl.col("datum_melding").str.contains("^2")).sort("datum_melding")
    day = pl.col("datum_melding").str.slice(0, 10).str.to_date()
    before = reports.filter(day < day.max() - pl.duration(days=40))
    now = reports.filter(day > day.min() + pl.duration(days=20))
    assert reasons(good, "meldingen", now, before) == set()
    assert "keys_vanished" in reasons(good, "meldingen", now, reports), "nothing new came with it"


def test_every_reason_has_both_languages() -> None:
    assert Reason("keys_vanished", {"rows": 3, "before": 40}).document() == {
        "code": "keys_vanished",
        "counts": {"rows": 3, "before": 40},
        "nl": "3 van de 40 bekende rijen zijn er niet meer of zijn afgekeurd.",
        "en": "3 of 40 known rows are not there any more, or were rejected.",
    }
