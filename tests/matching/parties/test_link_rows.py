"""Links as rows: bounds, ids and order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from screening.base.frames import RUN_FILES
from screening.matching.parties.link import link_parties
from screening.matching.parties.link_rows import WHOLE_GROUP

BORN = date(1980, 5, 17)


def test_up_to_the_bound_every_pair_is_a_link_and_above_it_one_star(persons: Callable[..., Any]) -> None:
    small = link_parties(persons(*[("J. Proef", BORN)] * WHOLE_GROUP))
    assert small.links.height == WHOLE_GROUP * (WHOLE_GROUP - 1) // 2
    assert small.notes == []
    large = link_parties(persons(*[("J. Proef", BORN)] * (WHOLE_GROUP + 1)))
    assert large.links.height == WHOLE_GROUP
    assert len(large.notes) == 1
    assert large.parties["party_id"].n_unique() == 1


def test_two_large_spellings_of_one_person_are_tied_by_one_link(persons: Callable[..., Any]) -> None:
    count = WHOLE_GROUP + 1
    result = link_parties(persons(*[("J. Proef", BORN)] * count, *[("Jan Proef", BORN)] * count))
    assert result.links.height == 2 * (count - 1) + 1
    assert result.parties["party_id"].n_unique() == 1


def test_each_mention_without_a_birth_date_has_its_own_probable_link(persons: Callable[..., Any]) -> None:
    name = "Jan Proef"
    result = link_parties(persons((name, BORN), (name, BORN), (name, None), (name, None)))
    ends = [tuple(row) for row in result.links.filter(level="probable").select("left", "right").iter_rows()]
    undated = {"leidinggevenden:r3:leidinggevende:person", "leidinggevenden:r4:leidinggevende:person"}
    assert len(ends) == 3
    assert sum(bool(set(pair) - undated) for pair in ends) == 2
    assert undated <= {end for pair in ends for end in pair}


def test_link_ids_follow_the_content(persons: Callable[..., Any]) -> None:
    one = link_parties(persons(("J. Proef", BORN), ("Jan Proef", BORN))).links
    assert one["link_id"].str.contains(r"^L-[0-9a-f]{20}$").all()
    frames = persons(("J. Proef", BORN), ("Jan Proef", BORN))
    renamed = {name: frame.reverse() for name, frame in frames.items()}
    assert link_parties(renamed).links["link_id"].to_list() == one["link_id"].to_list()


def test_links_come_in_the_order_of_the_run_file(persons: Callable[..., Any]) -> None:
    links = link_parties(persons(*[("J. Proef", BORN)] * 6)).links
    _, order = RUN_FILES["links.parquet"]
    assert links.equals(links.sort(order))
    assert links["link_id"].is_unique().all()
