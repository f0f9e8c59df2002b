"""A hit names the links it rests on, also those through a mention that it does not name itself."""

from __future__ import annotations

import polars as pl
import pytest

from screening.rules import Tables
from screening.rules.links import with_links

LINK = {"link_id": pl.String, "left": pl.String, "right": pl.String, "level": pl.String}


def party(**members: str) -> pl.DataFrame:
    """mention -> party."""
    return pl.DataFrame({"mention": list(members), "party_id": list(members.values())})


def links(*pairs: str) -> pl.DataFrame:
    """ "ab" is the link between the mentions a and b."""
    rows = [{"link_id": f"L-{pair}", "left": pair[0], "right": pair[1], "level": "strong"} for pair in pairs]
    return pl.DataFrame(rows, schema=LINK)


def rests_on(mentions: list[list[str] | None], **tables: pl.DataFrame) -> list[list[str]]:
    evidence = pl.DataFrame({"mentions": mentions}, schema={"mentions": pl.List(pl.String)})
    return with_links(evidence, Tables(tables))["links"].to_list()


def test_it_rests_on_the_links_between_its_mentions_and_no_others():
    found = rests_on(
        [["a", "b"], ["b", "c"], ["a"]], koppelingen=links("ab", "bc"), partijen=party(a="P", b="P", c="P")
    )
    assert found == [["L-ab"], ["L-bc"], []]


@pytest.mark.parametrize("pair", ["ab", "ba"])
def test_the_direction_of_a_link_never_matters(pair):
    assert rests_on([["a", "b"]], koppelingen=links(pair)) == [[f"L-{pair}"]]


def test_a_party_joined_through_a_mention_that_is_not_named_rests_on_all_its_links():
    tables = {"koppelingen": links("ab", "bc", "xy"), "partijen": party(a="P", b="P", c="P", x="Q", y="Q")}
    assert rests_on([["a", "c"]], **tables) == [["L-ab", "L-bc"]]


def test_of_two_parties_only_the_loose_one_is_widened():
    tables = {
        "koppelingen": links("ab", "bc", "xy", "yz"),
        "partijen": party(**dict.fromkeys("abc", "P"), x="Q", y="Q", z="Q"),
    }
    assert rests_on([["a", "c", "x", "y"]], **tables) == [["L-ab", "L-bc", "L-xy"]]


def test_mentions_of_different_parties_need_no_link():
    assert rests_on([["a", "x"]], koppelingen=links("ab"), partijen=party(a="P", b="P", x="Q")) == [[]]


def test_without_mentions_or_links_it_rests_on_none():
    assert rests_on([None, []], koppelingen=links("ab"), partijen=party(a="P", b="P")) == [[], []]
    assert rests_on([["a", "b"]], partijen=party(a="P", b="P")) == [[]]
    assert rests_on([], koppelingen=links("ab")) == []
