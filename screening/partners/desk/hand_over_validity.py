"""Whether what a partner was told or given still holds: what does not is to be called back; what waits stays here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import SimpleNamespace

import sqlalchemy as sa

from screening.casework.acts.acts import known_decided
from screening.casework.acts.stops import DecidedCase, stops
from screening.casework.viewer import Viewer
from screening.partners.desk.agreements import AgreementTerms, agreements_for
from screening.partners.desk.hand_overs import PartnerHandOver, partner_hand_overs
from screening.partners.desk.source_changes import differs_from_source, load_current_records
from screening.partners.kinds.partner_kind import HandOverForm
from screening.store.engine import guarded
from screening.store.runs.nights import last_two_nights
from screening.store.schema.hand_overs import is_called_back, partner_hand_over
from screening.store.store import Store

_COMPANIES = "handelsregister"


class HandOverFault(StrEnum):
    """Why a call or a sheet does not hold any more; a call for the first of these alone: the rest is of paper."""

    STOPPED = "stopped"  # what its case rests on does not hold (`stops`)
    AGREEMENT = "agreement"  # what it says of its agreement is not in force
    CHANGED = "changed"  # the last two nights name one of its organisations otherwise


@dataclass(frozen=True)
class OpenHandOver:
    """A sheet, or a call that told of its case, not called back. `fault`: why it does not hold; None where it does."""

    given: PartnerHandOver
    address_id: str
    fault: HandOverFault | None

    @property
    def is_to_call_back(self) -> bool:
        """Whether a partner has it and it does not hold any more."""
        return self.given.has_left and self.fault is not None

    def waits_for(self, account: str) -> bool:
        """Whether this person can give it out, which nobody did yet: another one than who prepared it."""
        return not self.given.has_left and self.fault is None and account != self.given.prepared_by


def open_hand_overs(store: Store, viewer: Viewer, *, key: bytes | None = None) -> list[OpenHandOver]:
    """List what was not called back, of cases whose outcome this viewer may know. `key`: see `stops`."""
    query = sa.select(partner_hand_over.c.case_id).where(~is_called_back).distinct()
    with guarded("reading what partners got"), store.engine.connect() as connection:
        ids = list(connection.scalars(query))
    cases = {case.case_id: case for case in known_decided(store, viewer, ids)} if ids else {}
    given = [each for each in partner_hand_overs(store, list(cases)) if each.tells_of_case and each.called_back is None]
    faults = hand_over_faults(store, given, cases, key=key)
    return [OpenHandOver(each, cases[each.case_id].address_id, faults.get(each.id)) for each in given]


def hand_over_faults(
    store: Store, given: Sequence[PartnerHandOver], cases: Mapping[str, DecidedCase], *, key: bytes | None = None
) -> dict[int, HandOverFault]:
    """Map the id of a call or a sheet that does not hold any more to the weightiest reason.

    Args:
        store: The store.
        given: Calls that told of their case, and sheets, of these cases.
        cases: Case id -> its case.
        key: See `stops`.
    """
    if not given:
        return {}
    sheets = [each for each in given if each.is_sheet]
    usable = [agreement.terms for agreement in agreements_for(store, HandOverForm.SHEET)]
    stopped, changed = stops(store, list(cases.values()), key=key), _changed(store, sheets, cases)
    lost = {sheet.id for sheet in sheets if not any(_is_on(sheet, terms) for terms in usable)}
    faults = dict.fromkeys(changed, HandOverFault.CHANGED) | dict.fromkeys(lost, HandOverFault.AGREEMENT)
    return faults | {each.id: HandOverFault.STOPPED for each in given if each.case_id in stopped}


def _is_on(sheet: PartnerHandOver, terms: AgreementTerms) -> bool:
    """Whether a sheet goes as agreed: on this article, by this covenant, for one of these themes."""
    agreed = (terms.recipient, terms.kind, terms.article, terms.covenant)
    return (sheet.recipient, sheet.partner, sheet.article, sheet.covenant) == agreed and sheet.theme in terms.themes


def _changed(store: Store, sheets: Iterable[PartnerHandOver], cases: Mapping[str, DecidedCase]) -> set[int]:
    """The sheets of which the last two nights, on good deliveries, name an organisation otherwise."""
    nights = last_two_nights(store)
    if len(nights) < 2 or not all(_COMPANIES in night.good for night in nights):
        return set()
    as_of = {run_id: store.require(run_id).as_of for run_id in {case.run_id for case in cases.values()}}
    left = [sheet for sheet in sheets if as_of[cases[sheet.case_id].run_id] < nights[1].run.as_of]
    for night in nights:
        now = load_current_records(store, night.run.run_id, {cases[sheet.case_id].address_id for sheet in left})
        left = [
            sheet
            for sheet in left
            if (address_id := cases[sheet.case_id].address_id) in now
            and differs_from_source(_statement(sheet), {}, now[address_id], datasets=night.good)
        ]
    return {sheet.id for sheet in left}


def _statement(sheet: PartnerHandOver) -> SimpleNamespace:
    """The organisations of a sheet in the shape of a signal: its address and barriers are those of the case."""
    return SimpleNamespace(
        feiten=[],
        personen=[],
        object=SimpleNamespace(gebruiksdoelen=[], status=None, oppervlakte_m2=None),
        organisaties=[
            SimpleNamespace(kvk_nummer=party["kvk"], naam=party["naam"], vestigingsnummer=None, rsin=None, periode=None)
            for party in sheet.content["organisaties"]
        ],
    )
