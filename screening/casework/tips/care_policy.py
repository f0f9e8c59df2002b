"""Within how many working days a wish for contact is answered; imports no library, as a configuration."""

from __future__ import annotations

from dataclasses import dataclass

from screening.base.errors import StoreError


@dataclass(frozen=True)
class CarePolicy:
    """Terms in working days after the day of the wish, and on how many days one calls.

    `take_on_days`: until somebody took the wish on. `try_days`: until the first call, and from each call in vain until
    the next. `least_tries`: working days with a call in vain before one may give up. No law sets them: the municipality
    agrees them with its care coordinator.
    """

    take_on_days: int = 1
    try_days: int = 2
    least_tries: int = 3

    def __post_init__(self) -> None:
        """StoreError for terms that cannot be kept."""
        if not 1 <= self.take_on_days <= self.try_days or self.least_tries < 1:
            raise StoreError("A wish is taken on before the first call, and somebody calls at least once.")


#: The terms where nothing is configured.
DEFAULT_CARE_POLICY = CarePolicy()
