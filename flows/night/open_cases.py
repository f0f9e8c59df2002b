"""From a published run to the cases that officers judge: the terms that the municipality chose, and the hand-over."""

from __future__ import annotations

from datetime import UTC, datetime

from flows.configuration.load import Settings
from screening.errors import ConfigurationError, StoreError

#: Keys of `[review]` that are terms of case work: whole days, minutes, or cases a day.
POLICY_KEYS = ("expiry_days", "due_days", "snooze_days", "lock_minutes", "capacity_per_day")


def case_policy(settings: Settings):
    """The `screening.casework.viewer.CasePolicy` that `[review]` chooses; the defaults for what it leaves out."""
    from screening.casework.viewer import CasePolicy

    chosen = {name: value for name, value in settings.tables.get("review", {}).items() if name in POLICY_KEYS}
    for name, value in chosen.items():
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise ConfigurationError(f"{settings.file}: review.{name} must be a whole number, 1 or more.")
    try:
        return CasePolicy(sample_share=settings.sample_share, **chosen)
    except StoreError as error:
        raise ConfigurationError(f"{settings.file}: [review] {error}") from None


def open_cases(store, settings: Settings) -> tuple[dict[str, int], str | None]:
    """Bring the cases up to the run that was just published: numbers of cases, and what went wrong, if anything did.

    The run is out whatever happens here. The application does what is left undone, at its start and once a minute.
    """
    from screening.casework.cases.sync import sync_cases

    try:
        done = sync_cases(store, now=datetime.now(UTC), policy=case_policy(settings))
    except StoreError as error:
        return {}, f"The run is published; its cases are not opened yet: {error} The review opens them at its start."
    return dict(vars(done)), None
