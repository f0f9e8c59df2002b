"""Everything that is looked at, in the order in which it is told; what cannot be looked at is a finding too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from shlex import quote

from flows import environment
from flows.configuration import load_configuration
from flows.doctor import duties, machine
from flows.doctor.site import Diagnosis, Site
from flows.night.guard import place_of_error
from screening.base.errors import BarrierError, ConfigurationError

#: What a check is of -> the check.
CHECKS: dict[str, Callable[[Site], Iterator[Diagnosis]]] = {
    "mandate": duties.check_governance,
    "databases": machine.check_databases,
    "nights": duties.check_nights,
    "notify": duties.check_telling,
    "lock": machine.check_lock,
    "disk": machine.check_room,
    "modes": machine.check_modes,
    "keys": machine.check_keys,
    "backup": duties.check_backup,
    "ledger": duties.check_heads,
    "retention": duties.check_erasure,
    "roles": duties.check_roles,
    "prefect": duties.check_scheduler,
}


def examine_site(
    file: Path, *, now: datetime | None = None, secret: Callable[[str], str | None] = environment.secret
) -> list[Diagnosis]:
    """Look at an installation; nothing is changed.

    Args:
        file: The configuration. One that cannot be read is the only finding.
        now: The moment; the clock when left out.
        secret: The value of an environment variable.
    """
    try:
        configuration = load_configuration(file)
    except ConfigurationError as error:
        return [Diagnosis("configuration", str(error), f"barrier check --config {quote(str(file))}")]
    with Site(configuration, now=now, secret=secret) as site:
        return [finding for about, check in CHECKS.items() for finding in _looked_at(about, check, site)]


def _looked_at(about: str, check: Callable[[Site], Iterator[Diagnosis]], site: Site) -> list[Diagnosis]:
    try:
        return [*check(site)]
    except BarrierError as error:
        return [Diagnosis(about, str(error), site.command("check"))]
    except Exception as error:  # one part that cannot be looked at hides no other; its text could hold a value
        problem = f"This could not be looked at: {type(error).__name__} at {place_of_error(error)}."
        return [Diagnosis(about, problem, site.command("check"))]
