"""The viewer of a case: the account and the roles of a member of staff."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from screening.base.vocabulary import Role
from screening.store.account_names import account

#: The roles that may see a case; a sensitive case needs SENSITIVE_REVIEWER.
CASE_ROLES = frozenset({Role.OFFICER, Role.SENSITIVE_REVIEWER})


@dataclass(frozen=True)
class Viewer:
    """A member of staff. `account` is brought into the one spelling in which accounts are compared."""

    account: str
    roles: frozenset[Role]

    def __post_init__(self) -> None:
        """Raise StoreError for a name that is no account."""
        object.__setattr__(self, "account", account(self.account))
        object.__setattr__(self, "roles", frozenset(self.roles))

    @property
    def may_see_cases(self) -> bool:
        """Whether this viewer may see cases."""
        return bool(self.roles & CASE_ROLES)

    @property
    def may_see_sensitive(self) -> bool:
        """Whether this viewer may also see what is sensitive."""
        return Role.SENSITIVE_REVIEWER in self.roles

    def may_see(self, is_sensitive: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
        """The condition under which this viewer may see a row. Every list, count and figure of the store passes here.

        `is_sensitive`: the column that says whether the row is sensitive. Whatever else the row asks of a viewer is for
        the caller to add.
        """
        return sa.true() if self.may_see_sensitive else is_sensitive.is_(False)
