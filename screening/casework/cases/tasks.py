"""For which tasks of the municipality a case may be read: those whose law is about something at the address.

It follows from the records at the address alone, so it is the same for a flagged and for a drawn case.
"""

from __future__ import annotations

import sqlalchemy as sa

from screening.base.vocabulary import Purpose
from screening.casework.cases.case import Case
from screening.store.engine import guarded
from screening.store.schema.cases import review_case
from screening.store.schema.runs import dossier_record
from screening.store.store import Store

#: Permits of the Huisvestingswet and the Wet goed verhuurderschap; of lodging and building either law can be meant.
_HOUSING = ("kamerverhuur", "omzetting", "verhuur_wgv", "toeristische_verhuur")
_EITHER = ("logies", "omgeving")

_fields = sa.cast(dossier_record.c.fields, sa.JSON().with_variant(sa.Text(), "sqlite"))
_permit = sa.func.coalesce(_fields["zaaktype"].as_string(), "")
_uses = sa.literal("|") + sa.func.coalesce(_fields["gebruiksdoelen"].as_string(), "") + "|"
_is_of = dossier_record.c.dataset.__eq__

#: Task -> the condition on a record that the law of the task is about it.
_RECORDS = {
    Purpose.VERG: sa.or_(
        dossier_record.c.dataset.in_(("handelsregister", "seksinrichtingen")),
        sa.and_(_is_of("vergunningen"), _permit.not_in(_HOUSING)),
    ),
    Purpose.WON: sa.or_(
        sa.and_(_is_of("vergunningen"), _permit.in_(_HOUSING + _EITHER)),
        sa.and_(_is_of("bag_adressen"), _uses.contains("|woonfunctie|")),
    ),
    Purpose.OO: dossier_record.c.dataset.in_(("meldingen", "controles", "maatregelen")),
}


def is_covered_by(purpose: Purpose) -> sa.ColumnElement[bool]:
    """The condition on review_case that the law of a task covers it; every one where no record tells."""
    if purpose not in _RECORDS:
        return sa.false()
    at_address = sa.select(sa.literal(1)).where(
        dossier_record.c.run_id == review_case.c.run_id, dossier_record.c.address_id == review_case.c.address_id
    )
    return sa.or_(at_address.where(_RECORDS[purpose]).exists(), ~at_address.where(sa.or_(*_RECORDS.values())).exists())


def tasks_of_case(store: Store, case: Case) -> frozenset[Purpose]:
    """The tasks for which the records of a case may be read (`is_covered_by`)."""
    query = sa.select(*(is_covered_by(purpose).label(purpose) for purpose in _RECORDS))
    with guarded("reading a case"), store.engine.connect() as connection:
        row = connection.execute(query.where(review_case.c.case_id == case.case_id)).one()
    return frozenset(purpose for purpose, is_covered in zip(_RECORDS, row, strict=True) if is_covered)
