"""Parties, the links between them, and what is not known."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from screening.review.views.facts import facts, sources
from screening.review.views.likeness import alike, grouped, links
from screening.review.views.parties import parties
from screening.review.views.unknown import unknown
from tests.review.views.material import LINK_ROWS, PARTIES, RECORDS, SOURCES, TODAY

ALL_SOURCES = sources(SOURCES, today=TODAY, language="nl")
FACTS = facts(RECORDS, ALL_SOURCES, language="nl")
SHOWN = parties(PARTIES, FACTS, language="nl")
LINKS = links(LINK_ROWS, PARTIES, language="nl")


def test_a_party_is_told_with_its_roles_on_records() -> None:
    company = SHOWN[0]
    assert (company.name, company.kind) == ("Eetcafé Honinglust B.V.", "organisatie")
    assert [(role.role, role.head, role.anchor) for role in company.roles] == [
        ("houder", "vergunning ZW-2", "gegeven-2")
    ]
    assert SHOWN[1].roles[0].head == "vestiging 000059335810"


def test_an_organisation_of_which_a_register_gives_the_number_alone_is_called_by_it() -> None:
    unnamed = PARTIES.filter(pl.col("kvk_nummer").is_not_null()).with_columns(name=pl.lit(None, pl.String()))
    numbers = sorted(set(unnamed["kvk_nummer"]))
    assert [party.name for party in parties(unnamed, FACTS, language="nl")] == [f"KVK {number}" for number in numbers]


def test_a_birth_date_is_a_year_among_the_parties() -> None:
    person = next(one for one in SHOWN if one.is_person)
    assert person.birth_year == 1961
    assert "08-22" not in str(person)
    assert "22 augustus" not in str(person)


def test_links_are_told_field_by_field_in_words() -> None:
    probable, strong = LINKS
    assert [(one.field, one.alike) for one in strong.compared] == [
        ("Achternaam", "gelijk"),
        ("Voornaam of voorletters", "lijkt er erg op"),
        ("Geboortedatum", "lijkt er een beetje op"),
        ("Onderneming", "bij een van de twee niet bekend"),
        ("Achternaam", "anders"),
    ]
    assert probable.is_open
    assert not strong.is_open
    assert probable.compared[0].left == "Eetcafé Honinglust Exploitatie B.V."
    assert probable.compared[0].alike == "lijkt er sterk op, los van schrijfwijze, rechtsvorm of toevoeging"
    # the value of a compared address stands in no mention: of records here it is this address
    assert (probable.compared[1].left, probable.compared[1].left_why) == (None, "elsewhere")
    heads = {fact.record: fact.head for fact in FACTS}
    named = links(LINK_ROWS, PARTIES, language="nl", heads=heads, records_here=set(heads))[0]
    assert (named.left.head, named.compared[1].left_why) == ("vestiging 000059335810", "here")


def test_where_birth_dates_are_compared_they_are_told_whole() -> None:
    birth = LINKS[1].compared[2]
    assert birth.right == "22 augustus 1961"
    assert birth.left is None  # stands in another dossier


def test_links_that_hang_together_are_one_question() -> None:
    probable, strong = LINKS
    chain = replace(strong, left=strong.right, right=probable.left)
    assert [len(group) for group in grouped([probable, strong, chain])] == [1, 2]
    # what joins two groups makes one of them
    apart = replace(strong, left=probable.right, right=probable.right)
    joint = replace(strong, left=strong.left, right=probable.right)
    assert [len(group) for group in grouped([strong, apart, joint])] == [3]


def test_open_links_are_one_question_only_where_every_two_parties_are_linked() -> None:
    first, second, third = (replace(LINKS[0].left, record=f"vergunningen:{key}", party=key) for key in "abc")
    here, there = (replace(LINKS[0], left=left, right=second) for left in (first, third))
    assert [len(group) for group in grouped([here, there])] == [1, 1]
    closing = replace(here, right=third)
    assert [len(group) for group in grouped([here, there, closing])] == [3]
    # mentions of one party are no two people
    same = replace(there, left=replace(third, party=first.party))
    assert [len(group) for group in grouped([here, same])] == [2]


def test_links_on_an_equal_number_are_none_of_likeness() -> None:
    assert [one.link_id for one in LINKS] == ["L-1", "L-2"]
    assert [one.link_id for one in links(LINK_ROWS, PARTIES, language="en", levels=["exact"])] == ["L-3"]


@pytest.mark.parametrize(
    ("similarity", "words"),
    [
        (None, "not known on one side"),
        (1.0, "the same"),
        (0.99, "much alike"),
        (0.85, "much alike"),
        (0.84, "somewhat alike"),
        (0.5, "somewhat alike"),
        (0.49, "different"),
        (0.0, "different"),
    ],
)
def test_likeness_has_words_on_both_sides_of_each_border(similarity: float | None, words: str) -> None:
    assert alike(similarity, "en") == words


def test_what_is_not_known_names_registers_links_and_records() -> None:
    why = [{"dataset": "maatregelen", "kind": "too_old", "reason_nl": "te oud.", "reason_en": "too old."}]
    told = unknown(ALL_SOURCES, why, FACTS, LINKS, language="nl")
    assert told.missing == (
        (
            "Vergunningen seksinrichtingen, Functies in het handelsregister, Leidinggevenden op vergunningen, Eigendom "
            "(Kadaster), Wijzigingen bij de KVK, Zorgaanbieders (kantoren), Toegelaten uitleners, Registraties van "
            "toeristische verhuur, Recreatieparken",
            "niet aangesloten.",
        ),
        ("Besluiten en maatregelen", "te oud."),
    )
    assert [one.dataset for one in told.stale] == ["controles", "handelsregister"]
    assert [one.record for one in told.undated] == ["controles:BZ-9"]
    assert [one.link_id for one in told.open_links] == ["L-1"]
    assert not told.is_empty
