"""The sheet for a partner without a key: of a confirmed case, given out by a second person.

Each download is a disclosure. Once called back (`hand_over_steps`) it leaves no more.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from pydantic import ValidationError

from screening.base.civil_time import day_of
from screening.base.vocabulary import Purpose
from screening.casework.acts.acts import decided_case
from screening.casework.acts.stops import DecidedCase
from screening.casework.case_errors import MotivationError, NotAllowedError, NotReadyError
from screening.casework.viewer import Viewer
from screening.partners.batch.sheet import Sheet, SheetTooLongError, sheet_organisations, sheet_pdf
from screening.partners.desk.agreements import Agreement, agreements_for
from screening.partners.desk.hand_over_steps import hand_over_of_case, note_hand_over_step
from screening.partners.desk.hand_over_validity import hand_over_faults
from screening.partners.desk.hand_overs import PartnerHandOver, add_hand_over, refuse_stopped
from screening.partners.desk.policy import ExportPolicy
from screening.partners.desk.preparable import signal_source_of_case
from screening.partners.desk.signal_source import SignalSource
from screening.partners.kinds.partner_kind import HandOverForm
from screening.partners.kinds.themes import themes_of
from screening.store.schema.hand_overs import RELEASED, SHEET
from screening.store.store import Store


def make_sheet(
    store: Store,
    viewer: Viewer,
    case_id: str,
    policy: ExportPolicy,
    *,
    recipient: str,
    theme: str,
    organisations: frozenset[str],
    purpose: Purpose,
    now: datetime,
    key: bytes | None = None,
) -> PartnerHandOver:
    """Prepare a sheet about a confirmed case for a partner without a key. A second person downloads it.

    Args:
        store: The store.
        viewer: Who prepares it.
        case_id: The case.
        policy: Who we are, and how long the partner may keep it.
        recipient: With whom there is an agreement.
        theme: A theme that is agreed and that follows from the deviations.
        organisations: Party ids; only legal persons stand on a sheet.
        purpose: For which task.
        now: The moment, with a zone.
        key: See `stops`.

    Raises:
        NotAllowedError: there is no such confirmed case, or it is not this viewer's to see.
        NotReadyError: it is sensitive ("sensitive"), stopped ("stopped"), it makes no whole sheet ("whole"), or
            more than one page ("page").
        MotivationError: nothing is agreed with this partner (`ontvanger`), or not this theme (`thema`).
    """
    case, material = _confirmed(store, viewer, case_id)
    refuse_stopped(store, case, key)
    usable = agreements_for(store, HandOverForm.SHEET)
    agreement = next((agreement for agreement in usable if agreement.terms.recipient == recipient), None)
    if agreement is None:
        raise MotivationError("Nothing is agreed with this partner.", "ontvanger")
    if theme not in sheet_themes(agreement, material):
        raise MotivationError("This theme is not agreed, or does not follow from the deviations.", "thema")
    day = day_of(now)
    try:
        sheet = Sheet.model_validate(
            {
                "kenmerk": f"B-{secrets.token_hex(8)}",
                "gemeente": policy.municipality,
                "afdeling": policy.department,
                "contact": f"{policy.contact_function}, {policy.mailbox}",
                "ontvanger": recipient,
                "soort": agreement.partner.name.nl,
                "grondslag": agreement.terms.article,
                "afspraak": agreement.terms.covenant,
                "thema": theme,
                "taak": str(purpose),
                "adres": material.place["adres"],
                "object": material.place["adresseerbaar_object_id"],
                "barrieres": sorted({str(deviation["barriere"]) for deviation in material.deviations}),
                "organisaties": sheet_organisations(material.organisations, organisations),
                "gebruik": agreement.partner.use.nl,
                "gemaakt": day.isoformat(),
                "bewaren_tot": (day + timedelta(days=policy.keep_days)).isoformat(),
            }
        )
        sheet_pdf(sheet)
    except ValidationError:
        raise NotReadyError("What is known of this case makes no whole sheet.", "whole") from None
    except SheetTooLongError as error:
        raise NotReadyError(str(error), "page") from None
    content = sheet.model_dump(mode="json")
    return add_hand_over(
        store,
        viewer,
        case_id,
        content,
        now=now,
        form=SHEET,
        partner=agreement.terms.kind,
        purpose=str(purpose),
        agreement=agreement,
        theme=theme,
    )


def sheet_themes(agreement: Agreement, material: SignalSource) -> tuple[str, ...]:
    """The themes that are agreed and that follow from the deviations at hand."""
    shown = themes_of((deviation["code"], deviation["barriere"]) for deviation in material.deviations)
    return tuple(theme for theme in agreement.terms.themes if theme in shown)


def release_sheet(
    store: Store, viewer: Viewer, case_id: str, number: int, *, now: datetime, key: bytes | None = None
) -> bytes:
    """Give the sheet as PDF to a second person, and register that it leaves: each time is a disclosure.

    Raises:
        NotAllowedError: see `make_sheet`; or there is no such sheet.
        NotReadyError: this person prepared it ("own"), it was called back ("called_back"), it does not hold any more
            (the word of its `HandOverFault`), or its term is over ("term").
    """
    case, _ = _confirmed(store, viewer, case_id)
    sheet = hand_over_of_case(store, viewer, case_id, number)
    if not sheet.is_sheet:
        raise NotAllowedError("There is no such sheet.")
    if viewer.account == sheet.prepared_by:
        raise NotReadyError("Who prepared a sheet does not give it out. Ask a colleague.", "own")
    if sheet.called_back is not None:
        raise NotReadyError("This sheet was called back: it leaves no more.", "called_back")
    fault = hand_over_faults(store, [sheet], {case_id: case}, key=key).get(sheet.id)
    if fault is not None:
        raise NotReadyError("This sheet does not hold any more: it does not leave.", str(fault))
    content = Sheet.model_validate(sheet.content)
    if day_of(now).isoformat() > content.bewaren_tot:
        raise NotReadyError("The term of this sheet is over.", "term")
    document = sheet_pdf(content)
    note_hand_over_step(store, viewer, sheet, RELEASED, now=now)
    return document


def sheet_source(store: Store, viewer: Viewer, case_id: str) -> SignalSource | None:
    """What a sheet about this case can hold; None where there can be none."""
    try:
        return _confirmed(store, viewer, case_id)[1]
    except (NotAllowedError, NotReadyError):
        return None


def _confirmed(store: Store, viewer: Viewer, case_id: str) -> tuple[DecidedCase, SignalSource]:
    case, material = decided_case(store, viewer, case_id), signal_source_of_case(store, viewer, case_id)
    if case is None or material is None:
        raise NotAllowedError("There is no such confirmed case, or it is not yours to see.")
    if case.sensitive:
        raise NotReadyError("A sensitive case goes on no paper.", "sensitive")
    return case, material
