"""Link ids: the same as a run gives them, and leading back to one pair of contents and no other."""

from __future__ import annotations

from datetime import date

from screening.matching.parties.link import link_parties
from screening.matching.parties.link_ids import fingerprints_of, link_id, pair_of
from tests.matching.conftest import typed_frame

BORN = date(1970, 3, 4)


def _run(*names: str):
    rows = [
        {"zaaknummer": f"Z{n}", "naam": name, "rol": "beheerder", "geboortedatum": BORN} for n, name in enumerate(names)
    ]
    return link_parties({"leidinggevenden": typed_frame("leidinggevenden", rows)})


def test_a_run_gives_links_the_id_that_is_made_here_and_it_leads_back():
    result = _run("J. de Wilde", "Jan de Wilde", "Jan de Wilde")
    prints = dict(result.mentions.select("mention", "fingerprint").iter_rows())
    assert result.links.height
    for one, left, right in result.links.select("link_id", "left", "right").iter_rows():
        assert one == link_id(prints[left], prints[right])
        found = fingerprints_of(one, left, right, result.parties, result.identities)
        assert found == tuple(sorted((prints[left], prints[right])))


def test_two_rows_of_one_content_have_numbered_links_that_lead_to_the_same_pair():
    assert link_id("a", "b", 0) != link_id("a", "b", 1)
    assert pair_of(link_id("b", "a", 3), ["a", "c"], ["b"]) == ("a", "b")


def test_an_id_of_another_pair_leads_nowhere():
    assert pair_of(link_id("a", "b"), ["a", "c"], ["c", "d"]) is None
