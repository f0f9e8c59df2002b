"""`[policy]` of screening.toml: which local rules, licence duties and partners a municipality has, checked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING

from screening.errors import ConfigurationError

if TYPE_CHECKING:
    from screening.review.policy_state import PolicyRule, PolicyTopic

_NEEDED = ("rule", "article", "partner", "since")
_KNOWN = (*_NEEDED, "duty")
_MAX = 200


def read_policy(table: Mapping[str, object]) -> dict[PolicyTopic, PolicyRule]:
    """Topic -> policy, of the table `[policy]` as it stands. What is not configured is not there.

        [policy.prostitutie]
        rule = "APV Voorbeeldstad, hoofdstuk 3"
        article = "art. 3:4"
        duty = "vergunning voor elke seksinrichting"     # optional
        partner = "team Vergunningen"
        since = 2024-01-01

    ConfigurationError: a topic or key that is not known, or one that is missing, empty, too long or no date.
    """
    from screening.review.policy_state import PolicyRule, PolicyTopic

    if not isinstance(table, Mapping):
        raise ConfigurationError("[policy] must be tables: [policy.prostitutie], [policy.bibob] and so on.")
    found: dict[PolicyTopic, PolicyRule] = {}
    for name, entry in table.items():
        if name not in set(PolicyTopic):
            raise ConfigurationError(f"policy.{name} is not known. Known are {', '.join(PolicyTopic)}.")
        if not isinstance(entry, Mapping):
            raise ConfigurationError(f"policy.{name} must be a table with {', '.join(_NEEDED)}.")
        odd = sorted(set(entry) - set(_KNOWN))
        if odd:
            raise ConfigurationError(f"policy.{name}.{odd[0]} is not known. Known are {', '.join(_KNOWN)}.")
        absent = [key for key in _NEEDED if key not in entry]
        if absent:
            raise ConfigurationError(
                f"policy.{name}.{absent[0]} is missing. Without a policy on this, leave the whole table out: the page "
                "then says that there is none."
            )
        texts = {key: _text(f"policy.{name}.{key}", entry[key]) for key in _KNOWN if key != "since" and key in entry}
        since = entry["since"]
        if not isinstance(since, date) or isinstance(since, datetime):
            raise ConfigurationError(f"policy.{name}.since must be a date without quotes, such as 2024-01-01.")
        found[PolicyTopic(name)] = PolicyRule(**texts, since=since)
    return {topic: found[topic] for topic in PolicyTopic if topic in found}


def _text(name: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > _MAX or not value.isprintable():
        raise ConfigurationError(f"{name} must be a text in quotes of 1 to {_MAX} characters on one line.")
    return value.strip()
