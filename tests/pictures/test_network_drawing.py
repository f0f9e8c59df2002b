"""The network of a case as a drawing and as rows."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from screening.pictures.network import Edge, Network, Node, NodeKind
from screening.pictures.network_drawing import draw_network
from screening.pictures.picture import PartialDate
from tests.pictures.boxes import assert_legible, assert_told, words
from tests.pictures.names import DAYS, NAMES

OWN = Node("a0", NodeKind.ADDRESS, "Reigerlaan 77")
OTHER = Node("a1", NodeKind.ADDRESS, "Fuikweg 42", number=1)
LICENCE = Node("l0", NodeKind.LICENCE, "Exploitatievergunning horeca", "verleend", "a0")
SHOP = Node("e1", NodeKind.ESTABLISHMENT, "Eetcafé Noordereiland", "", "a1")
COMPANY = Node("o0", NodeKind.ORGANISATION, "Café Karmijnveld B.V.", "KVK 12345678")
DIRECTOR = Node("p0", NodeKind.PERSON, "Loes Kuipers")
SAME = Node("p1", NodeKind.PERSON, "L. Kuipers")
NODES = (OWN, OTHER, LICENCE, SHOP, COMPANY, DIRECTOR, SAME)
EDGES = (
    Edge("o0", "l0", "houder"),
    Edge("p0", "o0", "bestuurder", PartialDate(2021, 3, 5)),
    Edge("p0", "e1", "eigenaar", PartialDate(2019), PartialDate(2024, 1)),
    Edge("p1", "l0", "leidinggevende"),
    Edge("p0", "p1", "", is_sure=False),
)


def test_a_role_has_its_words_its_period_and_a_row() -> None:
    picture = draw_network(Network(NODES, EDGES), "nl")
    assert picture is not None
    assert_legible(picture)
    assert {"bestuurder", "sinds maart 2021", "dit adres", "1"} <= {text.text for text in words(picture.svg)}
    director = "Loes Kuipers (persoon)"
    assert picture.rows[1:3] == (
        (director, "bestuurder", "Café Karmijnveld B.V. (organisatie, KVK 12345678)", "", "sinds 5 maart 2021"),
        (director, "eigenaar", "Eetcafé Noordereiland (vestiging)", "1. Fuikweg 42", "2019 – januari 2024"),
    )


def test_what_may_be_the_same_is_dashed_with_a_question_mark_and_told() -> None:
    picture = draw_network(Network(NODES, EDGES), "nl")
    assert picture is not None
    assert picture.svg.count("pic-doubt") == 1
    assert picture.rows[4][1] == "mogelijk dezelfde"


def test_two_of_one_column_that_may_be_the_same_have_a_bracket() -> None:
    nodes = (OWN, DIRECTOR, SAME)
    picture = draw_network(Network(nodes, (Edge("p0", "p1", "", is_sure=False),)), "nl")
    assert picture is not None
    assert_legible(picture)
    assert "?" in {text.text for text in words(picture.svg)}


def test_nobody_is_no_picture_and_who_has_no_role_is_told() -> None:
    assert draw_network(Network(()), "nl") is None
    picture = draw_network(Network((OWN, DIRECTOR)), "nl")
    assert picture is not None
    assert picture.rows == (
        ("", "", "", "Reigerlaan 77 (dit adres)", ""),
        ("Loes Kuipers (persoon)", "geen rol bekend", "", "", ""),
    )


def test_a_circle_of_directors_is_drawn() -> None:
    firms = tuple(Node(name, NodeKind.ORGANISATION, name) for name in "xyz")
    edges = tuple(Edge(left, right, "bestuurder") for left, right in ("xy", "yz", "zx", "xx"))
    picture = draw_network(Network((OWN, *firms), edges), "nl")
    assert picture is not None
    assert_legible(picture)
    assert len(picture.rows) == 5


@st.composite
def networks(draw: st.DrawFn) -> Network:
    addresses = [
        Node(f"a{number}", NodeKind.ADDRESS, draw(NAMES), draw(NAMES), number=number)
        for number in range(draw(st.integers(0, 5)))
    ]
    at = st.sampled_from([node.id for node in addresses] + [""])
    record_kinds = st.sampled_from([NodeKind.LICENCE, NodeKind.ESTABLISHMENT])
    party_kinds = st.sampled_from([NodeKind.PERSON, NodeKind.ORGANISATION])
    records = [
        Node(f"r{number}", draw(record_kinds), draw(NAMES), draw(NAMES), draw(at))
        for number in range(draw(st.integers(0, 9)))
    ]
    parties = [Node(f"p{number}", draw(party_kinds), draw(NAMES)) for number in range(draw(st.integers(1, 12)))]
    party_ids = st.sampled_from([node.id for node in parties])
    any_ids = st.sampled_from([node.id for node in (*addresses, *records, *parties)])
    sure = st.builds(Edge, party_ids, any_ids, NAMES, st.none() | DAYS, st.none() | DAYS)
    doubt = st.builds(Edge, party_ids, party_ids, st.just(""), is_sure=st.just(False))
    edges = draw(st.lists(st.one_of(sure, sure, doubt), max_size=25))
    return Network((*addresses, *records, *parties), tuple(edges))


@settings(max_examples=60, deadline=None)
@given(networks())
def test_whatever_it_shows_is_legible_and_told(network: Network) -> None:
    picture = draw_network(network, "nl")
    assert picture is not None
    assert picture == draw_network(network, "nl")
    assert_legible(picture)
    assert_told(picture, [node.name for node in network.nodes])
