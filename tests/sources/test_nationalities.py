"""A column of nationalities or countries is refused by what stands in it; names of places, people and firms are not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from screening.base.errors import ForbiddenColumnError
from screening.base.frames import FieldSpec, SourceSpec, SourceTable
from screening.base.word_lists import read_lists
from screening.contracts.made_up import real_places
from screening.sources import read_source
from screening.sources.nationalities import NationalityColumns, _inflected

KEY = b"key-of-a-workspace-in-a-test"
COUNTRIES = read_lists("screening.sources", "countries.yaml")["countries"]
FIELDS = {
    name: FieldSpec(name, "string") for name in ("houder_naam", "handelsnaam", "woonplaats", "straatnaam", "rechtsvorm")
}


def read(tmp_path: Path, column: str, values: list[str]) -> SourceTable:
    """A delivery in which the values hide behind the header of something ordinary."""
    (tmp_path / "delivery.csv").write_text("\n".join([column, *values]) + "\n", encoding="utf-8")
    return read_source(SourceSpec("bag", path=str(tmp_path / "delivery.csv")), FIELDS, reporter_key=KEY)


def spellings() -> dict[str, Callable[[list[str]], str]]:
    return {
        "code of two letters": lambda words: words[0],
        "code of three letters": lambda words: words[1].lower(),
        "country": lambda words: words[2].upper(),
        "country in English": lambda words: words[3],
        "adjective": lambda words: words[4],
        "inflected": lambda words: _inflected(words[4]),
        "with the word": lambda words: f"{_inflected(words[4])} nationaliteit",
        "in English": lambda words: words[5],
    }


@pytest.mark.goal(
    "F1", reached="values of 190 countries in 8 spellings: every column of them refused, 0 false refusals"
)
@pytest.mark.parametrize("spelling", spellings())
def test_a_column_of_nationalities_is_refused_by_what_is_in_it(tmp_path, spelling):
    values = [spellings()[spelling](words) for words in COUNTRIES]
    assert len(values) >= 120
    for start in range(0, len(values) - 5, 5):
        with pytest.raises(ForbiddenColumnError, match=r"delivery\.csv, column houder_naam: 5 of 5 values") as refused:
            read(tmp_path, "houder_naam", values[start : start + 5])
        assert not any(f" {value} " in str(refused.value) for value in values if len(value) > 4)
        assert refused.value.exit_code == 2


@pytest.mark.parametrize(
    ("values", "is_refused"),
    [
        (["Nederlandse"] * 5, True),
        (["Nederlandse"] * 5 + ["Jansen"] * 5, True),
        (["Nederlandse"] * 5 + ["Jansen"] * 6, False),
        (["Turkse"] * 4, False),
        (["NL"] * 9 + ["MA"] + ["x"], True),
        (["NL"] * 50, False),
        (["NL", "TR"] * 4 + ["x"] * 2, False),
    ],
)
def test_from_five_values_and_half_of_a_column_on(tmp_path, values, is_refused):
    if is_refused:
        with pytest.raises(ForbiddenColumnError):
            read(tmp_path, "houder_naam", values)
    else:
        assert read(tmp_path, "houder_naam", values).frame.height == len(values)


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("woonplaats", ["Polen", "Nederland", "Turkije", "Rusland", "Weesp", "Muiden", "Assen", "Rolde", "Epe"]),
        ("straatnaam", ["Surinamestraat", "Javastraat", "Belgiëlaan", "Frankrijkstraat", "Spanjeweg", "Congoplein"]),
        ("handelsnaam", ["Café Marokko", "Turkse Bakkerij", "Pools Huis", "Chinees Paleis", "India Palace"]),
        ("rechtsvorm", ["BV", "NV", "CV", "VOF", "eenmanszaak", "stichting", "SE", "BV", "NV", "CV"]),
        ("houder_naam", ["de Pool", "Frans", "Engels", "Jordan", "Duits", "Jansen", "Frank", "Vos", "Deen", "Smit"]),
        ("houder_naam", ["bs", "hs", "II", "AA", "BB", "1", "2", "a", "bis", "zw"]),
    ],
)
def test_what_is_called_after_a_country_is_no_nationality(tmp_path, column, values):
    assert read(tmp_path, column, values).frame[column].to_list() == values


def test_places_of_the_whole_country_are_no_nationalities():
    """A town in which every address has the name of one place, each place of the list in turn."""
    places = [place for lists in read_lists("screening.contracts", "places.yaml").values() for place in lists]
    assert len(real_places(places)) == len(places)
    column = NationalityColumns("bag.csv")
    column.look(pl.DataFrame({"woonplaats": places}), {"woonplaats": FieldSpec("woonplaats", "string")})
    column.refuse()
    assert column.names["woonplaats"] < 5


def test_a_column_of_codes_has_the_values_of_its_contract():
    """What is no code of the contract costs its row already, and the codes themselves are the product's own."""
    column = NationalityColumns("p.csv")
    column.look(pl.DataFrame({"type": ["NL", "BE"] * 9}), {"type": FieldSpec("type", "string", codes=("NL", "BE"))})
    column.refuse()


def test_batches_count_together():
    column = NationalityColumns("p.csv")
    for word in ("Turkse", "Poolse", "Marokkaanse", "Nederlandse", "Duitse"):
        column.look(pl.DataFrame({"houder_naam": [word]}), FIELDS)
    with pytest.raises(ForbiddenColumnError, match="5 of 5"):
        column.refuse()
