"""The form of a signal to a partner in five steps; beside it, what the partner will see of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from starlette.responses import Response

from screening.base.civil_time import day_of
from screening.base.vocabulary import LedgerAction, Purpose
from screening.casework.case_errors import NotReadyError
from screening.casework.cases.history import ConfirmedCase
from screening.casework.viewer import CASE_ROLES
from screening.partners.desk.agreements import Agreement, agreements_for
from screening.partners.desk.attachment_intake import keep_attachment
from screening.partners.desk.attachments import KeptAttachment, kept_attachments
from screening.partners.desk.content import Draft, choices_of, content_of
from screening.partners.desk.fact_verification import opened_by_judges
from screening.partners.desk.policy import (
    ATTACHMENT_KINDS,
    NOTIFICATIONS,
    PARTNERS,
    PROCEDURES,
    REASONS,
    URGENCIES,
    ExportPolicy,
)
from screening.partners.desk.preparable import confirmed_case, signal_source_of_case
from screening.partners.desk.recipients import ACTIVE, recipient_keys
from screening.partners.desk.reversals import is_flagged_again
from screening.partners.desk.signal_source import SignalSource
from screening.partners.desk.signal_versions import RiecSignal, signal_of
from screening.partners.desk.signals import RefusedError, prepare_signal
from screening.partners.kinds.partner_kind import HandOverForm, SignalField
from screening.partners.signal.attachments import MOST_ATTACHMENT_BYTES, MOST_ATTACHMENTS
from screening.partners.signal.errors import AttachmentError, ForbiddenFieldError, SignalError
from screening.partners.signal.preview import preview_of_choices
from screening.review.forms import Form
from screening.review.i18n import long_date
from screening.review.odd_texts import is_meant, note_despite_warning
from screening.review.page import Page
from screening.review.pages.partner_signals import fault_text, options_with_choose
from screening.review.pages_registry import Drafts, Pages
from screening.review.views.signal_draft import draft_of, fitting_themes
from screening.review.views.signal_form import (
    LISTS,
    Checkers,
    Follows,
    SignalForm,
    first_choice,
    lasting_choices,
    questions,
    shows_material,
)
from screening.review.views.signal_reading import ReadingSection, reading
from screening.review.views.signal_refill import refill
from screening.review.views.signal_sources import names_of_records, register_names, roles_in_words
from screening.review.views.signal_steps import FACTS, FIRST, STEPS, WHOLE, Asked, asked_of, carried, form_step_of
from screening.wording.odd_text import Oddity, oddities

router = Pages()

#: Fields of the form -> the key of their label.
_FIELDS = {
    "ontvanger": "recipient",
    "thema": "theme",
    "contact": "contact",
    "reden": "reason",
    "afwijking": "deviations",
    "feit": "facts",
    "organisatie": "organisations",
    "partner": "partner",
    "interventie": "intervention",
    "vraag": "question",
    "urgentie": "urgency",
    "urgentie_reden": "urgency_reason",
    "twijfels": "doubts",
    "kennisgeving": "notification",
    "informeren_vanaf": "notify_from",
}
#: The same, of the part that undoes a withdrawal.
_UNDOING = {"herstel": "why", "toch": "despite"}
#: A number of a signal that has none yet: it is not shown.
_NO_ID = f"S-{0:032x}"


@dataclass
class _Work:
    """One form at work: the case, what a signal of it can hold, and how far the officer is.

    `gone`: what was chosen before and is not there any more. `has_moved`: what was sent is of other material, and
    nothing was done with it. `problem`: what keeps the signal from leaving. `odd`: of its texts.
    `refused_file`: why a document cannot go along.
    """

    case_id: str
    case: ConfirmedCase
    material: SignalSource
    policy: ExportPolicy
    purpose: Purpose
    before: RiecSignal | None
    follows: Follows
    checkers: Checkers
    kept: Mapping[str, KeptAttachment]
    agreements: tuple[Agreement, ...]
    step: int = FIRST
    gone: Sequence[str] = ()
    has_moved: bool = False
    problem: Sequence[str] = ()
    odd: Sequence[Oddity] = ()
    refused_file: str = ""
    shown_wrong: dict[str, str] = field(default_factory=dict)


@router.page("GET", "/riec/{case_id}/voorbereiden", may=CASE_ROLES, reads="export", case="case_id")
def partner_signal_form(page: Page, case_id: str) -> Response:
    """The form at its first step: what was chosen before, or the rules and the records that they cite."""
    work = _work(page, case_id)
    if work is None:
        return page.redirect("/riec", flash="export.not_configured", kind="warning")
    written = page.written(f"/riec/{case_id}/voorbereiden")
    if written:
        return _as_written(page, work, written)
    if work.before is None or work.before.content is None:
        return _form(page, work, first_choice(work.material))
    again = refill(
        work.before, work.before.content, work.material, policy=work.policy, checkers=work.checkers, kept=work.kept
    )
    work.gone = again.gone
    return _form(page, work, again.form)


def _as_written(page: Page, work: _Work, written: Form) -> Response:
    """The form as it was left: what is written in it is kept until it is put before a colleague."""
    filled = SignalForm(written, {name: tuple(written.all(name)) for name in LISTS})
    work.step = asked_of({"naar": written.get("van", "1"), **written}).step
    if not shows_material(filled, work.material):
        work.step, work.has_moved = FACTS, True
        return _form(page, work, lasting_choices(filled, work.material))
    return _form(page, work, filled)


@router.page(
    "POST",
    "/riec/{case_id}/voorbereiden",
    may=CASE_ROLES,
    reads="export",
    case="case_id",
    most_document_bytes=MOST_ATTACHMENT_BYTES,
    drafts=Drafts.WHOLE,
)
def submit_partner_signal(page: Page, case_id: str) -> Response:
    """Show another step, or put the signal before a colleague; the store refuses what may never leave."""
    work = _work(page, case_id)
    if work is None:
        return page.redirect("/riec", flash="export.not_configured", kind="warning")
    filled = SignalForm(page.form, {name: tuple(page.form.all(name)) for name in LISTS})
    asked = asked_of(page.form)
    if not shows_material(filled, work.material):
        work.step, work.has_moved = FACTS, True
        return _form(page, work, lasting_choices(filled, work.material))
    draft = _draft(page, work, filled)
    if not asked.is_sent:
        page.is_at_work = True
        return _form(page, work, _moved(page, work, filled, asked))
    if filled.wrong:
        work.shown_wrong, work.step = filled.wrong, min(form_step_of(name) or WHOLE for name in filled.wrong)
        return _form(page, work, filled)
    work.step, work.odd = WHOLE, _oddities(draft)
    if work.odd and not is_meant(page):
        return _form(page, work, filled)
    return _sent(page, work, filled, draft)


def _sent(page: Page, work: _Work, filled: SignalForm, draft: Draft) -> Response:
    """Put the signal before a colleague; the form again with what keeps it from leaving."""
    case_id = work.case_id
    try:
        if work.odd:
            note_despite_warning(page, case_id)
        with page.logged(LedgerAction.EXPORT_PREPARATION, f"case:{case_id}", case=case_id, purpose=work.purpose):
            prepare_signal(page.store, page.viewer, case_id, draft, policy=work.policy, now=page.now)
        return page.redirect(f"/riec/{case_id}", flash="export.prepared")
    except RefusedError as error:
        work.problem = [getattr(refusal, page.lang) for refusal in error.refusals]
    except (SignalError, ForbiddenFieldError) as error:
        work.problem = [page.t("export.not_whole"), *(fault_text(page, fault) for fault in error.problems)]
    except NotReadyError as error:
        work.problem = [page.t(f"export.not_ready.{error.reason}")]
    work.odd = ()
    return _form(page, work, filled)


def _work(page: Page, case_id: str) -> _Work | None:
    """What the form works with; None where this municipality sends nothing."""
    material = page.require(signal_source_of_case(page.store, page.viewer, case_id))
    case = page.require(confirmed_case(page.store, page.viewer, case_id))
    policy = page.settings.export
    if policy is None:
        return None
    before = signal_of(page.store, page.viewer, case_id)
    people = {"ik": page.viewer.account, "eerste": case.first_by, "tweede": case.second_by}
    return _Work(
        case_id=case_id,
        case=case,
        material=material,
        policy=policy,
        purpose=page.require(page.purpose(case_id)),
        before=before,
        follows=_follows(page, before, material),
        checkers=Checkers(people, opened_by_judges(page.store, case, material)),
        kept=kept_attachments(page.settings.workspace, case_id),
        agreements=_usable(page),
    )


def _usable(page: Page) -> tuple[Agreement, ...]:
    """The agreements on which a batch can go: each recipient has a key in force."""
    keys = {key.recipient for key in recipient_keys(page.store) if key.state == ACTIVE}
    return tuple(
        agreement for agreement in agreements_for(page.store, HandOverForm.BATCH) if agreement.terms.recipient in keys
    )


def _moved(page: Page, work: _Work, filled: SignalForm, asked: Asked) -> SignalForm:
    """The form at the step that was asked for; at the one before where that is not right yet."""
    work.step = asked.step
    if asked.must_hold:
        work.shown_wrong = {name: key for name, key in filled.wrong.items() if form_step_of(name) == asked.must_hold}
        if work.shown_wrong:
            work.step = asked.must_hold
    if asked.attaches:
        return _attached(page, work, filled)
    if asked.detaches:
        lists = {
            **filled.lists,
            "bijlage": tuple(digest for digest in filled.chosen("bijlage") if digest != asked.detaches),
        }
        return SignalForm(filled.values, lists)
    return filled


def _attached(page: Page, work: _Work, filled: SignalForm) -> SignalForm:
    """The form with the document that was sent along; what keeps it from going along stands in `work`."""
    workspace = page.require(page.settings.workspace)
    chosen = filled.chosen("bijlage")
    if len(chosen) >= MOST_ATTACHMENTS:
        work.refused_file = "export.attachment.wrong.number_of"
        return filled
    if not page.form.document:
        work.refused_file = "export.attachment.wrong.none"
        return filled
    try:
        with page.logged(
            LedgerAction.EXPORT_PREPARATION, f"case:{work.case_id}", case=work.case_id, purpose=work.purpose
        ):
            kept = keep_attachment(workspace, work.case_id, page.form.document)
    except AttachmentError as error:
        work.refused_file = f"export.attachment.wrong.{error.reason}"
        return filled
    work.kept = {**work.kept, kept.sha256: kept}
    return SignalForm(filled.values, {**filled.lists, "bijlage": tuple(dict.fromkeys((*chosen, kept.sha256)))})


def _draft(page: Page, work: _Work, filled: SignalForm) -> Draft:
    return draft_of(
        filled,
        work.material,
        policy=work.policy,
        purpose=work.purpose,
        agreements=work.agreements,
        checkers=work.checkers,
        follows=work.follows,
        today=day_of(page.now),
        kept=work.kept,
    )


def _form(page: Page, work: _Work, filled: SignalForm) -> Response:
    """The form at one step, with what the partner will see of what is chosen so far."""
    material, policy, run = work.material, work.policy, work.material.dossier.run
    # a copy: what the other steps lack is told when the signal is sent, or its step is left
    looked_at = SignalForm(filled.values, filled.lists)
    sections = _sections(page, work, _draft(page, work, looked_at))
    wrong = {name: page.t(key) for name, key in work.shown_wrong.items()}
    if work.step == WHOLE and not work.shown_wrong:
        wrong = {name: page.t(key) for name, key in looked_at.wrong.items()}
    is_refused = bool(work.shown_wrong or work.problem or work.odd or work.refused_file)
    return page.render(
        "export/form.html.j2",
        status=409 if work.has_moved else 422 if is_refused else 200,
        crumbs=[(page.t("export.title"), "/riec")],
        work=work,
        step=work.step,
        steps=STEPS,
        step_of=form_step_of,
        carried=list(carried(filled, work.step)),
        sections=sections,
        material=material,
        newer=None if work.case.run_id == run.run_id else run.as_of,
        deviations={deviation["code"]: deviation for deviation in material.deviations},
        questions=questions(material),
        named=names_of_records(material),
        registers=register_names(page.lang),
        roles_of=roles_in_words(material),
        filled=filled,
        wrong=wrong,
        labels=_labels(page, work),
        policy=policy,
        themes=options_with_choose(page, "export.theme", fitting_themes(work.agreements, material)),
        asks_birth=any(SignalField.GEBOORTEDATUM in agreement.terms.fields for agreement in work.agreements),
        contacts=[(point.function, f"{point.function} ({point.mailbox})") for point in policy.contacts],
        partners=options_with_choose(page, "export.partner", PARTNERS),
        urgencies=[
            (code, page.t(f"export.urgency.{code}.name"), page.t(f"export.urgency.{code}.means")) for code in URGENCIES
        ],
        notifications=[(code, page.t(f"export.notification.{code}")) for code in NOTIFICATIONS],
        procedures=[(code, page.t(f"export.procedure.{code}")) for code in PROCEDURES],
        attachment_kinds=options_with_choose(page, "export.attachment.kind", ATTACHMENT_KINDS),
        most_attachments=MOST_ATTACHMENTS,
        checkers=_checker_options(page, work),
        reasons=options_with_choose(page, "export.reason", REASONS) if work.follows is Follows.CORRECTION else [],
        undoes=work.follows in {Follows.REVERSAL, Follows.REVERSAL_UNFLAGGED},
        is_flagged=work.follows is not Follows.REVERSAL_UNFLAGGED,
    )


def _sections(page: Page, work: _Work, draft: Draft) -> list[ReadingSection]:
    """What the partner will see of what is chosen so far; of a signal without a number yet none is shown."""
    signal_id = work.before.signal_id if work.before else _NO_ID
    agreement = next((agreement for agreement in work.agreements if agreement.terms.recipient == draft.recipient), None)
    content = content_of(
        work.case,
        work.material,
        draft,
        policy=work.policy,
        day=day_of(page.now),
        signal_id=signal_id,
        receiver=None if agreement is None else agreement.partner,
    )
    choices = choices_of(work.material, draft, policy=work.policy, signal_id=signal_id, version=1)
    hidden = set() if work.before else {"meta.signaal_id"}
    return reading(row for row in preview_of_choices(content, choices) if row.field not in hidden)


def _oddities(draft: Draft) -> tuple[Oddity, ...]:
    """What is odd about the explanations that were weighed: each beside those of the same form."""
    texts = [text for weighed in draft.explanations.values() for text in weighed.values()]
    of_each = [oddities(text, others=[*texts[:place], *texts[place + 1 :]]) for place, text in enumerate(texts)]
    return tuple(oddity for oddity in Oddity if any(oddity in odd for odd in of_each))


def _follows(page: Page, before: RiecSignal | None, material: SignalSource) -> Follows:
    if before is None or not before.batches:
        return Follows.NOTHING
    if not before.is_withdrawn:
        return Follows.CORRECTION
    return Follows.REVERSAL if is_flagged_again(page.store, material) else Follows.REVERSAL_UNFLAGGED


def _checker_options(page: Page, work: _Work) -> list[list[tuple[str, str]]]:
    """Return for each fact who can have verified it, and for a judge the day on which they opened the evidence."""
    options_of = []
    for fact in work.material.facts:
        options = [("", page.t("export.checker.none"))]
        for who, day in work.checkers.known(fact.record_id).items():
            label = page.t(f"export.checker.{who}")
            if day is not None:
                label = page.t("export.checker.opened", who=label, day=long_date(day, page.lang))
            options.append((who, label))
        options_of.append(options)
    return options_of


def _labels(page: Page, work: _Work) -> dict[str, str]:
    """Return the name of each field in the list of faults; it ends in a question mark or a colon."""
    material = work.material
    labels = {name: page.t(f"export.form.{key}") for name, key in _FIELDS.items()}
    labels |= {name: page.t(f"export.undo.{key}") for name, key in _UNDOING.items()}
    labels |= {name: text for name, _, text in questions(material)}
    labels |= {f"{part}-{n}": fact.text for n, fact in enumerate(material.facts, start=1) for part in ("door", "op")}
    for place, party in enumerate(material.options, start=1):
        labels |= {
            f"{part}-{place}": party.name for part in ("persoon", "persoon-naam", "persoon-jaar", "persoon-datum")
        }
        labels[f"organisatie-naam-{place}"] = party.name
    for digest in work.kept:
        parts = ("bijlage", "bijlage-soort", "bijlage-datum", "bijlage-nodig")
        labels |= {f"{part}-{digest}": page.t("export.attachment.one") for part in parts}
    return {name: label if label[-1] in "?.:" else f"{label}:" for name, label in labels.items()}
