"""Signals to the RIEC: one officer prepares them, a colleague sees field by field what leaves and why, and approves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby

from starlette.responses import Response

from screening.casework.case_errors import ConflictError, NotReadyError
from screening.casework.cases.history import ConfirmedCase
from screening.civil_time import day_of
from screening.errors import StoreError
from screening.partners.desk.corrections import pending_corrections
from screening.partners.desk.disclosures import call_back, disclosures
from screening.partners.desk.fact_verification import opened_by_judges
from screening.partners.desk.feedback import outcomes
from screening.partners.desk.policy import NOTIFICATIONS, PARTNERS, PROCEDURES, REASONS
from screening.partners.desk.recipients import ACTIVE, recipient_keys
from screening.partners.desk.signal_validity import SignalValidity
from screening.partners.desk.signal_versions import (
    APPROVED_STATE,
    AWAITS_EXTRA,
    CORRECTED,
    DRAFT,
    RETURNED_STATE,
    SENT,
    WITHDRAWN,
    PreviewRow,
    RiecSignal,
    may_see_signal,
    signal_of,
    signals,
)
from screening.partners.desk.signals import (
    RefusedError,
    approve_signal,
    cases_to_prepare,
    confirmed_case,
    current_refusals,
    prepare_signal,
    send_back,
    signal_source_of_case,
    stopped_codes,
)
from screening.partners.signal.errors import ForbiddenFieldError, SignalError
from screening.review.i18n import long_date
from screening.review.page import Page
from screening.review.pages_registry import Pages
from screening.review.views.riec_form import (
    Checkers,
    SignalForm,
    draft_of,
    first_choice,
    lasting_choices,
    questions,
    shows_material,
)
from screening.store.rules.governance import stopped_rules
from screening.store.schema.rules import ALL_RULES
from screening.vocabulary import LedgerAction, Role

router = Pages()

LOOKERS = frozenset({Role.OFFICER, Role.SENSITIVE_REVIEWER, Role.LEAD})
PREPARERS = frozenset({Role.OFFICER, Role.SENSITIVE_REVIEWER})
#: Fields of the form -> the key of their label.
_FIELDS = {
    "ontvanger": "recipient", "thema": "theme", "grondslag": "basis", "reden": "reason", "afwijking": "deviations",
    "feit": "facts", "partner": "partner", "interventie": "intervention", "vraag": "question", "twijfels": "doubts",
    "kennisgeving": "notification", "informeren_vanaf": "notify_from",
}  # fmt: skip
#: The parts of a signal as a page calls them.
_GROUPS = frozenset((
    "formaat", "meta", "object", "aanleiding", "feiten", "afwijkingen", "organisaties", "personen",
    "onderzoek_en_maatregelen", "barrieres_en_vraag", "twijfels", "bewaring_en_contact",
))  # fmt: skip
#: States in the order in which the list shows them: what waits for somebody first.
_STATES = (DRAFT, AWAITS_EXTRA, RETURNED_STATE, APPROVED_STATE, SENT, WITHDRAWN)
#: States of what has not left.
_WAITING = frozenset({DRAFT, AWAITS_EXTRA, RETURNED_STATE, APPROVED_STATE})
#: Of so many that wait the overview asks whether they may leave, the approved ones first: each takes a read or two.
_MOST_ASKED = 200


@router.page("GET", "/riec", may=LOOKERS, reads="export", nav="export.nav", nav_order=50, hint="export.hint")
def partner_signals_overview(page: Page) -> Response:
    """What waits to be prepared and to be approved, what goes with the next batch, and what left."""
    seen = [one for one in signals(page.store) if may_see_signal(page.viewer, one.sensitive) and one.state != CORRECTED]
    cases = {one.case_id: confirmed_case(page.store, page.viewer, one.case_id) for one in seen}
    ids = {one.signal_id for one in seen}
    waiting = cases_to_prepare(page.store, page.viewer)
    page.read_addresses = [one.address_id for one in (*seen, *waiting)]
    asked = _to_ask(page, seen)
    return page.render(
        "export/overview.html.j2",
        waiting=waiting,
        groups=[(state, [one for one in seen if one.state == state]) for state in _STATES],
        addresses={case_id: found.address for case_id, found in cases.items() if found},
        pending={
            one.signal.signal_id: one for one in pending_corrections(page.store) if one.signal.signal_id in ids
        },
        outcomes={signal_id: told[-1] for (_, signal_id), told in outcomes(page.store).items()},
        held=_held(page, asked[:_MOST_ASKED]),
        most_asked=_MOST_ASKED if len(asked) > _MOST_ASKED else None,
    )  # fmt: skip


@router.page("GET", "/riec/{case_id}", may=LOOKERS, reads="export", case="case_id")
def show_partner_signal(page: Page, case_id: str) -> Response:
    """One signal: what leaves and why, who prepared and approved it, and what can be done now."""
    signal = signal_of(page.store, page.viewer, case_id)
    return page.not_found() if signal is None else _signal(page, signal)


@router.page("GET", "/riec/{case_id}/voorbereiden", may=PREPARERS, reads="export", case="case_id")
def partner_signal_form(page: Page, case_id: str) -> Response:
    """The form. The rules and the records that they cite are chosen; no person, and no reason, is proposed."""
    material = signal_source_of_case(page.store, page.viewer, case_id)
    if material is None:
        return page.not_found()
    return _form(page, case_id, material, first_choice(material))


@router.page("POST", "/riec/{case_id}/voorbereiden", may=PREPARERS, reads="export", case="case_id")
def submit_partner_signal(page: Page, case_id: str) -> Response:
    """Put the signal before a colleague; the store refuses what may never leave."""
    material, case = signal_source_of_case(page.store, page.viewer, case_id), confirmed_case(page.store, page.viewer, case_id)
    if material is None or case is None:
        return page.not_found()
    if page.settings.export is None:
        return page.redirect("/riec", flash="export.not_configured", kind="warning")
    filled = SignalForm(
        page.form,
        {name: tuple(page.form.all(name)) for name in ("afwijking", "feit", "organisatie", "procedure")},
    )
    if not shows_material(filled, material):
        return _form(page, case_id, material, lasting_choices(filled, material), has_moved=True)
    before = signal_of(page.store, page.viewer, case_id)
    purpose = page.purpose(case_id)
    draft = purpose and draft_of(
        filled,
        material,
        policy=page.settings.export,
        purpose=purpose,
        recipients=_recipients(page),
        checkers=_checkers(page, case, material),
        is_correction=before is not None and bool(before.batches),
        today=day_of(page.now),
    )
    if draft is None:
        return _form(page, case_id, material, filled)
    problem: list[str]
    try:
        with page.logged(LedgerAction.EXPORT_PREPARATION, f"case:{case_id}", case=case_id, purpose=purpose):
            prepare_signal(page.store, page.viewer, case_id, draft, policy=page.settings.export, now=page.now)
        return page.redirect(f"/riec/{case_id}", flash="export.prepared")
    except RefusedError as error:
        problem = [getattr(one, page.lang) for one in error.refusals]
    except (SignalError, ForbiddenFieldError) as error:
        problem = [page.t("export.not_whole"), *(_wrong(page, one) for one in error.problems)]
    except NotReadyError as error:
        problem = [page.t(f"export.not_ready.{error.reason}")]
    return _form(page, case_id, material, filled, problem=problem)


@router.page("POST", "/riec/{case_id}/akkoord", may=LOOKERS, reads="export", case="case_id")
def agree_to_partner_signal(page: Page, case_id: str) -> Response:
    """Approve that this very content leaves."""
    signal = signal_of(page.store, page.viewer, case_id)
    if signal is None or page.settings.export is None:
        return page.not_found()
    if page.form.get("gezien") != "ja":
        return _signal(page, signal, wrong={"gezien": page.t("export.wrong.seen")})
    try:
        with page.logged(LedgerAction.EXPORT_APPROVAL, _object(signal), case=case_id, purpose=page.purpose(case_id)):
            done = approve_signal(
                page.store, page.viewer, case_id, content_sha256=page.form.get("inhoud", ""),
                policy=page.settings.export, now=page.now,
            )  # fmt: skip
    except NotReadyError as error:
        return page.redirect(f"/riec/{case_id}", flash=f"export.not_ready.{error.reason}", kind="warning")
    except (ConflictError, RefusedError) as error:
        why = "export.changed" if isinstance(error, ConflictError) else "export.refused"
        return page.redirect(f"/riec/{case_id}", flash=why, kind="warning")
    return page.redirect(
        f"/riec/{case_id}", flash="export.approved_half" if done.state == AWAITS_EXTRA else "export.approved"
    )


@router.page("POST", "/riec/{case_id}/terug", may=LOOKERS, reads="export", case="case_id")
def return_partner_signal(page: Page, case_id: str) -> Response:
    """Send it back to whoever prepared it, with a reason."""
    signal = signal_of(page.store, page.viewer, case_id)
    if signal is None:
        return page.not_found()
    reason = page.form.get("reden", "").strip()[:1000]
    if not reason:
        return _signal(page, signal, wrong={"reden": page.t("export.wrong.fill")})
    try:
        with page.logged(LedgerAction.EXPORT_APPROVAL, _object(signal), case=case_id, purpose=page.purpose(case_id)):
            send_back(page.store, page.viewer, case_id, reason=reason, now=page.now)
    except NotReadyError as error:
        return page.redirect(f"/riec/{case_id}", flash=f"export.not_ready.{error.reason}", kind="warning")
    return page.redirect(f"/riec/{case_id}", flash="export.sent_back")


@router.page("POST", "/riec/{case_id}/terughalen", may=LOOKERS, reads="export", case="case_id")
def recall_partner_signal(page: Page, case_id: str) -> Response:
    """Ask for a signal that left to be withdrawn: it goes with the next batch or run."""
    signal = signal_of(page.store, page.viewer, case_id)
    if signal is None:
        return page.not_found()
    reason = next((one for one in REASONS if one == page.form.get("waarom")), None)
    if reason is None:
        return _signal(page, signal, wrong={"waarom": page.t("export.wrong.choose")})
    try:
        with page.logged(LedgerAction.WITHDRAWAL, _object(signal), case=case_id, purpose=page.purpose(case_id)):
            call_back(page.store, signal.signal_id, reason=reason, by=page.viewer.account, now=page.now)
    except ConflictError:
        return page.redirect(f"/riec/{case_id}", flash="export.not_ready.decided", kind="warning")
    return page.redirect(f"/riec/{case_id}", flash="export.recalled")


def _signal(page: Page, signal: RiecSignal, *, wrong: dict[str, str] | None = None) -> Response:
    rows = [(group, _paired(of)) for group, of in groupby(signal.preview(), key=_part)]
    refused = []
    if page.settings.export is not None and signal.content is not None and signal.state != WITHDRAWN:
        refused = [
            getattr(one, page.lang)
            for one in current_refusals(
                page.store, signal, policy=page.settings.export, day=day_of(page.now),
                extra=signal.extra_approval_by or "?",
            )
        ]  # fmt: skip
    found = confirmed_case(page.store, page.viewer, signal.case_id)
    return page.render(
        "export/signal.html.j2",
        status=422 if wrong else 200,
        crumbs=[(page.t("export.title"), "/riec")],
        signal=signal,
        address=found.address if found else signal.address_id,
        groups=rows,
        refused=refused,
        stopped=stopped_codes(page.store, signal),
        disclosures=disclosures(page.store, signal_id=signal.signal_id),
        outcomes=outcomes(page.store),
        pending=next(
            (one for one in pending_corrections(page.store) if one.signal.signal_id == signal.signal_id), None
        ),
        is_own=page.viewer.account in {signal.prepared_by, signal.approved_by},
        may_prepare=page.has(*PREPARERS),
        reasons=_options(page, "export.reason", REASONS),
        wrong=wrong or {},
    )


def _to_ask(page: Page, seen: Iterable[RiecSignal]) -> list[RiecSignal]:
    """The signals that wait, the approved ones first; none where the municipality sends nothing."""
    if page.settings.export is None:
        return []
    waiting = (one for one in seen if one.state in _WAITING and one.content is not None)
    return sorted(waiting, key=lambda one: one.state != APPROVED_STATE)


def _held(page: Page, asked: Sequence[RiecSignal]) -> frozenset[int]:
    """Which prepared versions of these may not leave as things stand now. What the store knows is read once."""
    if not asked:
        return frozenset()
    grounds = SignalValidity.read(page.store, {(one.address_id, one.run_id) for one in asked})
    stopped = stopped_rules(page.store)
    return frozenset(
        one.id for one in asked if stopped & {ALL_RULES, *one.basis["indicators"]} or _is_refused(page, one, grounds)
    )


def _is_refused(page: Page, signal: RiecSignal, grounds: SignalValidity) -> bool:
    day, extra = day_of(page.now), signal.extra_approval_by or "?"
    try:
        return bool(current_refusals(page.store, signal, policy=page.settings.export, day=day, extra=extra, validity=grounds))
    except StoreError:
        # its content is not what was approved, or its run is gone: it does not leave, and the others are still told of
        return True


def _form(
    page: Page,
    case_id: str,
    material,
    filled: SignalForm,
    *,
    problem: list[str] | None = None,
    has_moved: bool = False,
) -> Response:
    """The form. `has_moved`: what was sent is of other material, and nothing was done with it."""
    policy = page.settings.export
    if policy is None:
        return page.redirect("/riec", flash="export.not_configured", kind="warning")
    before = signal_of(page.store, page.viewer, case_id)
    if before is not None and before.state == WITHDRAWN:
        return page.redirect(f"/riec/{case_id}", flash="export.not_ready.withdrawn", kind="warning")
    purpose = page.purpose(case_id)
    case, run = confirmed_case(page.store, page.viewer, case_id), material.dossier.run
    deviations = {one["code"]: one for one in material.deviations}
    return page.render(
        "export/form.html.j2",
        status=409 if has_moved else 422 if filled.wrong or problem else 200,
        crumbs=[(page.t("export.title"), "/riec")],
        case_id=case_id,
        material=material,
        has_moved=has_moved,
        newer=None if case is None or case.run_id == run.run_id else run.as_of,
        deviations=deviations,
        questions=questions(material),
        filled=filled,
        wrong={name: page.t(key) for name, key in filled.wrong.items()},
        labels=_labels(page, material),
        problem=problem or [],
        purpose="" if purpose is None else page.t(f"purpose.{purpose}.name"),
        policy=policy,
        recipients=_recipients(page),
        themes=_options(page, "export.theme", sorted(str(one) for one in policy.themes)),
        bases=[("", page.t("export.choose")), *((one, one) for one in policy.legal_bases)],
        partners=_options(page, "export.partner", PARTNERS),
        notifications=[(one, page.t(f"export.notification.{one}")) for one in NOTIFICATIONS],
        procedures=[(one, page.t(f"export.procedure.{one}")) for one in PROCEDURES],
        checkers=_checker_options(page, case_id, material),
        reasons=_options(page, "export.reason", REASONS) if before is not None and before.batches else [],
        before=before,
    )


def _checkers(page: Page, case: ConfirmedCase, material) -> Checkers:
    people = {"ik": page.viewer.account, "eerste": case.first_by, "tweede": case.second_by}
    return Checkers(people, opened_by_judges(page.store, case, material))


def _checker_options(page: Page, case_id: str, material) -> list[list[tuple[str, str]]]:
    """Of each fact who can have verified it; of a judge with the day on which they opened the evidence."""
    case = confirmed_case(page.store, page.viewer, case_id)
    if case is None:
        return []
    checkers = _checkers(page, case, material)
    found = []
    for one in material.facts:
        options = [("", page.t("export.checker.none"))]
        for who, day in checkers.known(one.record_id).items():
            told = page.t(f"export.checker.{who}")
            if day is not None:
                told = page.t("export.checker.opened", who=told, day=long_date(day, page.lang))
            options.append((who, told))
        found.append(options)
    return found


def _labels(page: Page, material) -> dict[str, str]:
    """What each field is called in the list of what is wrong; a question mark or a colon ends it."""
    found = {name: page.t(f"export.form.{key}") for name, key in _FIELDS.items()}
    found |= {name: f"{code}: {text}" for name, code, text in questions(material)}
    found |= {f"{part}-{n}": one.text for n, one in enumerate(material.facts, start=1) for part in ("door", "op")}
    for place, one in enumerate(material.options, start=1):
        found |= {f"{part}-{place}": one.name for part in ("persoon", "persoon-naam", "persoon-jaar")}
        found[f"organisatie-naam-{place}"] = one.name
    return {name: label if label[-1] in "?.:" else f"{label}:" for name, label in found.items()}


def _options(page: Page, group: str, values) -> list[tuple[str, str]]:
    return [("", page.t("export.choose")), *((one, page.t(f"{group}.{one}")) for one in values)]


def _recipients(page: Page) -> tuple[str, ...]:
    return tuple(sorted({one.recipient for one in recipient_keys(page.store) if one.state == ACTIVE}))


def _paired(rows: Iterable[PreviewRow]) -> list[PreviewRow]:
    """The rows of one part; what a rule compared (name, meaning, value) in one row, for it is read together."""
    found: list[PreviewRow] = []
    for row in rows:
        at, _, leaf = row.field.rpartition(".")
        is_compared = ".drempels." in row.field or ".waarden." in row.field
        if is_compared and found and found[-1].field == at:
            before = found.pop().value
            value = f"{before}: {row.value}" if leaf == "waarde" else f"{before} ({row.value})"
            found.append(replace(row, field=at, value=value))
        else:
            found.append(replace(row, field=at) if is_compared else row)
    return found


def _wrong(page: Page, one) -> str:
    """Where, and what is wrong there: "4. Feiten (2), Feit: Dit is te lang."."""
    group, number = _part(one)
    says, title = (one.nl, one.title_nl) if page.lang == "nl" else (one.en, one.title_en)
    where = page.t(f"export.group.{group}" if group in _GROUPS else "export.signal.title")
    return f"{where}{f' ({number})' if number else ''}{f', {title}' if title else ''}: {says}"


def _part(row) -> tuple[str, int | None]:
    """The group of a value, and which one of it where the group has several: (feiten, 2)."""
    group, _, rest = row.field.partition(".")
    number = rest.partition(".")[0]
    return group, int(number) + 1 if number.isdigit() else None


def _object(signal: RiecSignal) -> str:
    return f"signal:{signal.signal_id.removeprefix('S-')}"
