"""Two notations of persons: at which level they stand, and what may never be sure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.matching.parties.link import link_parties
from screening.matching.parties.persons import EXCLUDING_GIVEN
from tests.matching.names_compared import level_of_names

BORN = date(1980, 5, 17)


@pytest.mark.parametrize(
    ("left", "right", "level"),
    [
        ("vries, j.", "vries, j.", "equal"),
        ("vries, j. p.", "vries, p. j.", "equal_several"),
        ("vries, j.", "vries, jan piet", "subset"),
        ("vries, j. p.", "vries, j. k.", "overlap"),
        ("vries, j.", "vries", "missing"),
        ("vries, j.", "vries, p.", "else"),
        ("vries, jan", "vries, joris", "differs"),
        ("vries, jan", "vries, jan piet", "name"),
        ("vries, jan piet", "vries, piet jan", "order"),
        ("vries, mohamed", "vries, mohammed", "name_slip"),
        ("vries, hans", "vries, hasn", "differs"),
        ("vries, aron", "vries, arno", "differs"),
        ("vries, evelien", "vries, eveline", "differs"),
        ("vries, ana", "vries, anna", "doubled"),
        ("vries, ahmed", "vries, hamed", "differs"),
        ("vries, denis", "vries, denise", "differs"),
        # twins are named alike, and what parts them is mostly the end
        ("vries, johan", "vries, johanna", "differs"),
        ("vries, jan", "vries, jana", "differs"),
        ("vries, marius", "vries, maria", "differs"),
        ("vries, bert", "vries, berta", "differs"),
        ("vries, marian", "vries, marina", "differs"),
        ("vries, karin", "vries, marin", "differs"),
        ("vries, tim", "vries, tom", "differs"),
        # behind initials a name is not the first one
        ("kowalowski, wojciena prus", "kowalowski, w. m. prus", "subset"),
        ("vries, j. willem", "vries, jan", "subset"),
    ],
)
def test_given_names_are_related(left: str, right: str, level: str) -> None:
    assert level_of_names(left, right)["given_names"] == level
    assert level_of_names(right, left)["given_names"] == level


@pytest.mark.parametrize(
    ("left", "right", "level"),
    [
        ("hoekstra, a.", "hoekstra, a.", "equal"),
        ("hoekstra, a.", "hoelstra, a.", "slip"),
        ("hoekstra, a.", "hoelstre, a.", "two_slips"),
        ("wang, a.", "wong, a.", "slip_short"),
        ("li, a.", "lu, a.", "doubtful"),
        ("li, a.", "wu, a.", "else"),
        ("bakker, a.", "dakker, a.", "doubtful"),
        ("bakker, anna", "dakker, anna", "slip_first"),  # the name in full says who is meant
        ("bos, anna", "vos, anna", "doubtful"),
        ("akker, h. a.", "bakker, h.", "doubtful"),  # one letter before it makes another name
        ("hofman, f.", "bosman, f.", "else"),  # two slips and another beginning
        ("soerodimedjo, m.", "soeroddimmedjo, m.", "sound"),  # letters doubled are one slip, however many
        ("bakker, h.", "baker, h.", "sound"),
        ("soerodimedjo, m.", "surodimejo, m.", "sound"),  # and so is a sound in another spelling
        ("dijkstra, m.", "dykstra, m.", "sound"),
        ("chakir, m.", "tjakir, m.", "sound"),
        ("dijken, m.", "djken, m.", "slip_unheard"),  # the slip changes how it sounds, not how it begins
        ("boer, a.", "deboer, a.", "equal"),
        ("berg, a.", "vandenberg, a.", "equal"),
        ("tran v\u0103n, a.", "tran fan, a.", "slip"),
    ],
)
def test_family_names_are_near(left: str, right: str, level: str) -> None:
    assert level_of_names(left, right)["family_name"] == level
    assert level_of_names(right, left)["family_name"] == level


@pytest.mark.parametrize(
    ("left", "right", "level"),
    [
        ("huu, v\u0103n lan ngo", "ngo huu, v. l.", "equal_several"),
        ("trong, hoang dung vo", "vo trong, h. d. t. q.", "subset"),
        ("dinh, minh hanh nguyen", "nguyen dinh, m.", "subset"),
        ("nguyen dinh, h. t. ton", "ton nguyen dinh, h. t.", "equal_several"),  # its first word behind the initials
        ("hanh, nguyen dinh minh", "nguyen dinh, m. h.", "equal_several"),  # and with the family name in front
        ("minh, nguyen v\u0103n", "nguyen, minh v\u0103n", "order"),
    ],
)
def test_a_word_of_a_name_in_full_can_belong_to_the_family_name(left: str, right: str, level: str) -> None:
    for levels in (level_of_names(left, right), level_of_names(right, left)):
        assert (levels["family_name"], levels["given_names"], levels["reading"]) == ("equal", level, "missing")


def test_two_names_read_against_the_sign_do_not_meet() -> None:
    for left, right in (("bakker, anna", "bos, anna"), ("visser bakker, a.", "smit bakker, a.")):
        levels = level_of_names(left, right)
        assert levels["family_name"] == "else" or levels["reading"] == "loose"
    assert level_of_names("wil, bakker anna", "visser, anna wil")["given_names"] in EXCLUDING_GIVEN


@pytest.mark.parametrize(
    ("left", "right"), [("jansen bakker, t.", "bakker, thea"), ("jansen bakker, t. p.", "bakker, thea petra")]
)
def test_a_double_name_still_meets_its_half(left: str, right: str) -> None:
    levels = level_of_names(left, right)
    assert levels["family_name"] == "equal"
    assert levels["given_names"] not in EXCLUDING_GIVEN


letters = st.text("abdeikmnorst", min_size=2, max_size=9)
names = st.builds(lambda family, given: f"{family}, {given}", letters, st.sampled_from(["a.", "a. b.", "anna", "bart"]))


@settings(max_examples=25, deadline=None)
@given(names, names)
def test_a_comparison_is_symmetric(left: str, right: str) -> None:
    assert level_of_names(left, right) == level_of_names(right, left)


# ---------------------------------------------------------------- twins

TWINS = [("Johan", "Johanna"), ("Jan", "Jana"), ("Marius", "Maria"), ("Bert", "Berta"), ("Anna Maria", "Johanna Maria")]


@pytest.mark.parametrize("twins", TWINS, ids=[" and ".join(pair) for pair in TWINS])
def test_twins_are_never_sure_and_never_joined_by_a_third(
    persons: Callable[..., Any], party_of: Callable[..., Any], level_of: Callable[..., Any], twins: tuple[str, str]
) -> None:
    people = [(f"{given} de Vries", BORN) for given in (*twins, *twins)]
    result = link_parties(persons(*people))
    parties = party_of(result)
    assert parties["r1"] == parties["r3"] != parties["r2"] == parties["r4"]
    assert level_of(result).get(("r1", "r2")) in ("probable", None)


@pytest.mark.parametrize("twins", [pair for pair in TWINS if pair[0][0] == pair[1][0]])
def test_an_initial_that_fits_both_joins_neither(
    persons: Callable[..., Any], party_of: Callable[..., Any], level_of: Callable[..., Any], twins: tuple[str, str]
) -> None:
    people = [(f"{given} de Vries", BORN) for given in (*twins, f"{twins[0][0]}.")]
    result = link_parties(persons(*people))
    assert len(set(party_of(result).values())) == 3
    assert level_of(result)[("r1", "r3")] == level_of(result)[("r2", "r3")] == "probable"


def test_a_business_beside_both_speaks_where_a_birth_date_is_missing_and_is_no_key(
    tables: Callable[..., Any], level_of: Callable[..., Any]
) -> None:
    def officers(kvk: str | None) -> dict[str, Any]:
        dates = [BORN, None, date(1980, 5, 18)]
        return tables(
            functionarissen=[
                {"naam": "J. de Vries", "geboortedatum": born, "kvk_nummer": kvk, "functie": "bestuurder"}
                for born in dates
            ]
        )

    assert level_of(link_parties(officers(None))) == {}
    assert level_of(link_parties(officers("12345678"))) == {("r1", "r2"): "probable", ("r2", "r3"): "probable"}


@pytest.mark.parametrize(
    ("names", "parties"),
    [
        (("Johan Bakker", "J. Bakker-Smit", "Johanna Smit"), 2),
        (("A. Jansen", "A.B. Jansen", "A.C. Jansen"), 3),
        (("J.P. Jansen", "J.M. Jansen"), 2),
    ],
    ids=["a double surname", "fewer initials", "one initial in common"],
)
def test_two_who_differ_are_not_joined_by_whoever_fits_both(
    persons: Callable[..., Any], party_of: Callable[..., Any], names: tuple[str, ...], parties: int
) -> None:
    party_of_record = party_of(link_parties(persons(*[(name, BORN) for name in names])))
    assert len(set(party_of_record.values())) == parties
