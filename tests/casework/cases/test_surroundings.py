"""What surrounds the address of a case: the network as the run stored it, and the map around it."""

from __future__ import annotations

from screening.casework.cases.case import material
from screening.store import Store, Workspace
from screening.store.bundle import NETWORK
from tests.casework.caseload import case_of, published


def test_a_dossier_without_ties_has_an_empty_network(sqlite_store: Store, workspace: Workspace) -> None:
    published(sqlite_store, workspace, flags=[1])
    network = material(sqlite_store, case_of(sqlite_store, 1)).network
    assert network.is_empty()
    assert set(network.columns) == set(NETWORK) - {"address_id"}
