"""`[care]`: within how many working days a wish for contact is answered."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from flows.configuration.fields import TomlTable, Whole, key, reason
from screening.casework.tips.care_policy import DEFAULT_CARE_POLICY, CarePolicy


class CareTable(TomlTable):
    """Within how many working days the care coordinator answers a wish for contact."""

    take_on_days: Whole = key(DEFAULT_CARE_POLICY.take_on_days, "Working days until somebody took a wish on.")
    try_days: Whole = key(DEFAULT_CARE_POLICY.try_days, "Working days until the first call, and until each next one.")
    least_tries: Whole = key(
        DEFAULT_CARE_POLICY.least_tries, "Working days with a call in vain before one may give up."
    )

    @model_validator(mode="after")
    def _is_taken_on_before_the_first_call(self) -> Self:
        if self.take_on_days > self.try_days:
            raise reason("take_on_days cannot be more than try_days: a wish is taken on before somebody calls.")
        return self

    def policy(self) -> CarePolicy:
        """The terms of care."""
        return CarePolicy(self.take_on_days, self.try_days, self.least_tries)
