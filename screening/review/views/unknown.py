"""The gaps at an address: registers that are missing or old, links that nobody confirmed, empty fields of records."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from screening.review.views.facts import DossierFact, Source, dossier_order
from screening.review.views.likeness import Link
from screening.wording.register_names import register_name

#: A delivery older than this is named among what is not known. Registers are delivered every night.
STALE_DAYS = 7


@dataclass(frozen=True)
class Unknown:
    """What a run did not know of an address.

    `missing`: registers that the run did not have, and why, once for each reason. `stale`: those delivered longer ago
    than STALE_DAYS. `undated`: records without any date. `open_links`: links between parties here that nobody judged.
    `elsewhere`: how many more there are, to parties of other addresses.
    """

    missing: tuple[tuple[str, str], ...]
    stale: tuple[Source, ...]
    undated: tuple[DossierFact, ...]
    open_links: tuple[Link, ...]
    elsewhere: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing is missing, old, undated or unjudged."""
        return not (self.missing or self.stale or self.undated or self.open_links or self.elsewhere)


def unknown(
    known_sources: Mapping[str, Source],
    unavailable: Iterable[Mapping[str, str]],
    facts: Sequence[DossierFact],
    links: Sequence[Link],
    *,
    language: str,
    probable: Iterable[str] = (),
    judged: Collection[str] = (),
) -> Unknown:
    """Return what this run could not know at the address.

    `unavailable`: as in `run.json`, each with `dataset` and `reason_<language>`.

    `probable`: ids of all probable links of these records, also to other addresses. `judged`: ids of judged links.

    The BAG dates nothing, so an address of it is not counted among the undated.
    """
    open_here = [link for link in links if link.is_open and link.link_id not in judged]
    reasons = {register["dataset"]: register[f"reason_{language}"] for register in unavailable}
    absent = "niet aangesloten." if language == "nl" else "not connected."
    by_reason: dict[str, list[str]] = {}
    for name in dossier_order():
        if name in reasons or name not in known_sources:
            by_reason.setdefault(reasons.get(name, absent), []).append(register_name(name, language))
    return Unknown(
        missing=tuple((", ".join(names), reason) for reason, names in by_reason.items()),
        stale=tuple(
            source
            for source in known_sources.values()
            if source.dataset not in reasons and (source.days is None or source.days > STALE_DAYS)
        ),
        undated=tuple(fact for fact in facts if not fact.dates and fact.dataset != "bag_adressen"),
        open_links=tuple(open_here),
        elsewhere=len(set(probable) - set(judged) - {link.link_id for link in open_here}),
    )
