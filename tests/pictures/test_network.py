"""The network of a case."""

from screening.pictures.network import Edge, Network, Node, NodeKind


def test_a_role_is_sure_unless_it_says_otherwise() -> None:
    nodes = (Node("a", NodeKind.PERSON, "L. Kuipers"), Node("b", NodeKind.ORGANISATION, "Café Karmijnveld B.V."))
    assert Network(nodes, (Edge("a", "b", "bestuurder"),)).edges[0].is_sure
