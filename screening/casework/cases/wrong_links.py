"""The links of a dossier that an officer finds wrong: which two contents each of them joins."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from screening.casework.case_errors import MotivationError
from screening.casework.cases.case import Case
from screening.store.schema.runs import dossier_link, dossier_party, dossier_record, evidence, link_fingerprint


def wrong_link_pairs(connection: sa.Connection, case: Case, link_ids: Sequence[str]) -> list[tuple[str, str]]:
    """The content fingerprints of both ends of each link. MotivationError for a link that is not of this dossier."""
    pairs = []
    for link_id in sorted(set(link_ids)):
        ends = _ends(connection, case, link_id)
        if ends is None:
            raise MotivationError(
                "One of these links is not in this dossier. Choose from those on the page.", "wrong_links"
            )
        pairs.append(ends)
    return pairs


def _ends(connection: sa.Connection, case: Case, link_id: str) -> tuple[str, str] | None:
    """Fingerprints of a link that this case's evidence cites or that joins two parties of its dossier, or None."""
    prints = connection.execute(
        sa.select(link_fingerprint.c.left_fingerprint, link_fingerprint.c.right_fingerprint).where(
            link_fingerprint.c.run_id == case.run_id, link_fingerprint.c.link_id == link_id
        )
    ).first()
    if prints is None or not (_is_cited(connection, case, link_id) or _is_inside(connection, case, link_id)):
        return None
    return prints.left_fingerprint, prints.right_fingerprint


def _is_cited(connection: sa.Connection, case: Case, link_id: str) -> bool:
    cited = connection.scalars(
        sa.select(evidence.c.links).where(evidence.c.run_id == case.run_id, evidence.c.address_id == case.address_id)
    )
    return any(link_id in links for links in cited)


def _is_inside(connection: sa.Connection, case: Case, link_id: str) -> bool:
    """Whether both ends are mentions on records at the address."""
    records = sa.select(dossier_record.c.dataset, dossier_record.c.key).where(
        dossier_record.c.run_id == case.run_id, dossier_record.c.address_id == case.address_id
    )
    mentions = sa.select(dossier_party.c.mention).where(
        dossier_party.c.run_id == case.run_id, sa.tuple_(dossier_party.c.dataset, dossier_party.c.key).in_(records)
    )
    inside = sa.select(sa.literal(1)).where(
        dossier_link.c.run_id == case.run_id,
        dossier_link.c.link_id == link_id,
        dossier_link.c.left.in_(mentions),
        dossier_link.c.right.in_(mentions),
    )
    return connection.execute(inside).first() is not None
