"""Who looks, under which terms: an officer's account and roles, and how long a case, a lock and a snooze last."""

from __future__ import annotations

from dataclasses import dataclass

from screening.errors import StoreError
from screening.store.account_names import account
from screening.vocabulary import Role

#: Who may look at a case at all; a sensitive one asks for SENSITIVE_REVIEWER.
CASE_ROLES = frozenset({Role.OFFICER, Role.SENSITIVE_REVIEWER})


@dataclass(frozen=True)
class Viewer:
    """A member of staff. `account`: put into the form in which accounts are compared, so that two spellings are one."""

    account: str
    roles: frozenset[Role]

    def __post_init__(self) -> None:
        """StoreError for a name that is no account."""
        object.__setattr__(self, "account", account(self.account))
        object.__setattr__(self, "roles", frozenset(self.roles))

    @property
    def may_see_cases(self) -> bool:
        """Whether any case may be shown."""
        return bool(self.roles & CASE_ROLES)

    @property
    def may_see_sensitive(self) -> bool:
        """Whether a sensitive case may be shown too."""
        return Role.SENSITIVE_REVIEWER in self.roles


@dataclass(frozen=True)
class CasePolicy:
    """The terms of case work, days and minutes, and what one officer can do with care in a day.

    `expiry_days`: nobody handled it, then it lapses. `due_days`: by then it should be judged. `snooze_days`: how long
    an explained address stays out of the queue unless the officer names a day. `sample_share`: what the run draws.
    """

    expiry_days: int = 60
    due_days: int = 14
    snooze_days: int = 180
    lock_minutes: int = 30
    sample_share: float = 0.10
    capacity_per_day: int = 8

    def __post_init__(self) -> None:
        """StoreError for terms under which no case could be handled."""
        if min(self.expiry_days, self.due_days, self.snooze_days, self.lock_minutes, self.capacity_per_day) < 1:
            raise StoreError("The terms of case work are whole days and minutes, at least 1.")
        if self.due_days > self.expiry_days:
            raise StoreError("due_days cannot be more than expiry_days: a case would lapse before it is due.")
        if not 0 <= self.sample_share < 1:
            raise StoreError("sample_share is a share of the queue: from 0 up to, not including, 1.")


#: The terms where nothing else is configured.
DEFAULT_POLICY = CasePolicy()
