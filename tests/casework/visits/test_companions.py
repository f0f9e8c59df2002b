"""Who can come along on a visit: an account that is known, with a role that may do visits, however it is spelled."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from screening.base.vocabulary import Role
from screening.casework.colleagues import Colleague
from screening.casework.viewer import Viewer
from screening.casework.visits.companions import checked_companion, companions
from screening.casework.visits.words import VisitFormError
from screening.store import Store
from screening.store.access import sessions
from screening.store.access.accounts import admit, disable

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
ANN = Viewer("ann", frozenset({Role.OFFICER}))
COLLEAGUES = {"demo.bram": Colleague("demo.bram", "Bram Toezicht", False), "ben": Colleague("ben", "Ben", False)}


def sign_in(store: Store, account: str, *roles: Role, now: datetime = NOW) -> None:
    admit(store, account=account, issuer="https://id.example", subject=account, name=account.title(), now=now)
    sessions.begin_session(store, account, roles, now=now, absolute=timedelta(hours=8))


def test_only_colleagues_who_signed_in_with_a_role_that_may_do_visits_are_known(store: Store) -> None:
    sign_in(store, "ann", Role.OFFICER)
    sign_in(store, "ben", Role.OFFICER)
    sign_in(store, "sara", Role.SENSITIVE_REVIEWER)
    sign_in(store, "lou", Role.LEAD)
    sign_in(store, "off", Role.OFFICER)
    disable(store, "off", by="ann", now=NOW)
    assert companions(store, ANN) == {"ben": Colleague("ben", "Ben", False), "sara": Colleague("sara", "Sara", True)}


def test_the_roles_of_the_last_time_count(store: Store) -> None:
    sign_in(store, "ben", Role.OFFICER)
    sign_in(store, "ben", Role.LEAD, now=NOW + timedelta(days=1))
    sign_in(store, "sara", Role.LEAD)
    sign_in(store, "sara", Role.OFFICER, now=NOW + timedelta(days=1))
    assert companions(store, ANN) == {"sara": Colleague("sara", "Sara", False)}


@pytest.mark.parametrize(
    ("name", "companion"), [(" Ben ", "ben"), ("DEMO.BRAM", "demo.bram"), ("", None), ("  ", None), (None, None)]
)
def test_a_known_account_is_taken_in_every_spelling(name: str | None, companion: str | None) -> None:
    assert checked_companion(ANN, name, COLLEAGUES) == companion


@pytest.mark.parametrize("name", ["Bram", "?!", "lou"])
def test_a_name_that_is_no_known_account_is_refused(name: str) -> None:
    with pytest.raises(VisitFormError) as refused:
        checked_companion(ANN, name, COLLEAGUES)
    assert (refused.value.field, refused.value.code) == ("companion", "unknown_companion")


def test_one_does_not_walk_with_oneself() -> None:
    with pytest.raises(VisitFormError) as refused:
        checked_companion(ANN, "ANN", COLLEAGUES)
    assert refused.value.code == "companion"
