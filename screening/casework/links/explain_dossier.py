"""What the store tells of one address: a dossier in the words of `barrier explain`."""

from __future__ import annotations

from screening.casework.links.judgements import judged_pairs
from screening.matching.parties.link_ids import MOST_TWINS, link_id
from screening.store.rules.governance import stopped_rules
from screening.store.schema.rules import ALL_RULES
from screening.store.store import Dossier, Store
from screening.wording import AddressExplanation, explain_address


def explain_dossier(store: Store, dossier: Dossier) -> AddressExplanation:
    """The explanation of a dossier as it reads now: links that were judged and rules that were stopped since count.

    Holds the hits and so tells a flagged address from a sampled one: after the own reading only. StoreError on database
    errors.
    """
    return explain_address(
        address_id=dossier.address_id,
        address=dossier.address,
        document=store.summary(dossier.run.run_id),
        flag=dossier.flag,
        evidence=dossier.evidence.to_dicts(),
        declarations=dossier.declarations,
        places=dossier.places.to_dicts(),
        records=[*dossier.records, *dossier.cited_records],
        judged=judged_link_ids(store),
        stopped=stopped_among(store, dossier.evidence["indicator"].to_list()),
        are_hits_known=dossier.flag is not None,  # what hit a sampled address and did not flag it is not kept
    )


def judged_link_ids(store: Store) -> frozenset[str]:
    """Ids of the links of every pair that a person judged (unsure included), twins of it included; undone ones not."""
    standing = judged_pairs(store).rows()
    return frozenset(
        link_id(left, right, again)
        for left, right, judgement in standing
        if judgement != "undone"
        for again in range(MOST_TWINS)
    )


def stopped_among(store: Store, codes: list[str]) -> set[str]:
    """Those of the codes that may not run now."""
    stopped = stopped_rules(store)
    return set(codes) if ALL_RULES in stopped else set(codes) & stopped
