"""The lists of a municipality as they are shown: to who asks, in the papers, and on the pages that are made."""

from __future__ import annotations

from flows.configuration import Configuration
from screening.rules.describe_lists import AreaDecision, lists_part
from screening.rules.local_lists import shipped_lists
from screening.wording.hit import Part


def lists_in_force(settings: Configuration | None, language: str) -> Part:
    """The lines of business, kinds of permit and areas of a municipality; without one those that ship."""
    if settings is None:
        return lists_part(shipped_lists(), (), language)
    areas = [
        AreaDecision(area.duty, area.decision, area.publication, area.since, area.until)
        for area in settings.areas.values()
    ]
    return lists_part(settings.local_lists, areas, language)
