"""The form of a signal to a partner (the RIEC): an officer chooses its facts, the recipient and the reason."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response

from screening.casework.case_errors import NotReadyError
from screening.casework.cases.history import ConfirmedCase
from screening.civil_time import day_of
from screening.partners.desk.content import Draft
from screening.partners.desk.fact_verification import opened_by_judges
from screening.partners.desk.policy import NOTIFICATIONS, PARTNERS, PROCEDURES, REASONS
from screening.partners.desk.preparable import confirmed_case, signal_source_of_case
from screening.partners.desk.recipients import ACTIVE, recipient_keys
from screening.partners.desk.reversals import is_flagged_again
from screening.partners.desk.signal_source import SignalSource
from screening.partners.desk.signal_versions import RiecSignal, signal_of
from screening.partners.desk.signals import RefusedError, prepare_signal
from screening.partners.signal.errors import ForbiddenFieldError, SignalError
from screening.review.forms import Form
from screening.review.i18n import long_date
from screening.review.odd_texts import is_meant, note_despite_warning
from screening.review.page import Page
from screening.review.pages.partner_signals import PREPARERS, fault_text, options_with_choose
from screening.review.pages_registry import Drafts, Pages
from screening.review.views.signal_form import (
    Checkers,
    Follows,
    SignalForm,
    draft_of,
    first_choice,
    lasting_choices,
    questions,
    shows_material,
)
from screening.vocabulary import LedgerAction
from screening.wording.odd_text import Oddity, oddities

router = Pages()

#: Fields of the form -> the key of their label.
_FIELDS = {
    "ontvanger": "recipient", "thema": "theme", "grondslag": "basis", "reden": "reason", "afwijking": "deviations",
    "feit": "facts", "partner": "partner", "interventie": "intervention", "vraag": "question", "twijfels": "doubts",
    "kennisgeving": "notification", "informeren_vanaf": "notify_from",
}  # fmt: skip
#: The same, of the part that undoes a withdrawal.
_UNDOING = {"herstel": "why", "toch": "despite"}


@router.page("GET", "/riec/{case_id}/voorbereiden", may=PREPARERS, reads="export", case="case_id")
def partner_signal_form(page: Page, case_id: str) -> Response:
    """The form. The rules and the records that they cite are chosen; no person, and no reason, is proposed.

    A draft of one's own comes first, without what stands no longer in the material.
    """
    material = page.require(signal_source_of_case(page.store, page.viewer, case_id))
    written = page.written(f"/riec/{case_id}/voorbereiden")
    if not written:
        return _form(page, case_id, material, first_choice(material))
    filled = _filled(written)
    is_of_now = shows_material(filled, material)
    return _form(page, case_id, material, filled if is_of_now else lasting_choices(filled, material))


def _filled(form: Form) -> SignalForm:
    return SignalForm(form, {name: tuple(form.all(name)) for name in ("afwijking", "feit", "organisatie", "procedure")})


@router.page(
    "POST", "/riec/{case_id}/voorbereiden", may=PREPARERS, reads="export", case="case_id", drafts=Drafts.WHOLE
)
def submit_partner_signal(page: Page, case_id: str) -> Response:
    """Put the signal before a colleague; the store refuses what may never leave."""
    material = page.require(signal_source_of_case(page.store, page.viewer, case_id))
    case = page.require(confirmed_case(page.store, page.viewer, case_id))
    if page.settings.export is None:
        return page.redirect("/riec", flash="export.not_configured", kind="warning")
    filled = _filled(page.form)
    if not shows_material(filled, material):
        return _form(page, case_id, material, lasting_choices(filled, material), has_moved=True)
    before = signal_of(page.store, page.viewer, case_id)
    purpose = page.purpose(case_id)
    draft = (
        None
        if purpose is None
        else draft_of(
            filled,
            material,
            policy=page.settings.export,
            purpose=purpose,
            recipients=_recipients(page),
            checkers=_checkers(page, case, material),
            follows=_follows(page, before, material),
            today=day_of(page.now),
        )
    )
    if draft is None:
        return _form(page, case_id, material, filled)
    odd = _oddities(draft)
    if odd and not is_meant(page):
        return _form(page, case_id, material, filled, odd=odd)
    problem: list[str]
    try:
        if odd:
            note_despite_warning(page, case_id)
        with page.logged(LedgerAction.EXPORT_PREPARATION, f"case:{case_id}", case=case_id, purpose=purpose):
            prepare_signal(page.store, page.viewer, case_id, draft, policy=page.settings.export, now=page.now)
        return page.redirect(f"/riec/{case_id}", flash="export.prepared")
    except RefusedError as error:
        problem = [getattr(refusal, page.lang) for refusal in error.refusals]
    except (SignalError, ForbiddenFieldError) as error:
        problem = [page.t("export.not_whole"), *(fault_text(page, fault) for fault in error.problems)]
    except NotReadyError as error:
        problem = [page.t(f"export.not_ready.{error.reason}")]
    return _form(page, case_id, material, filled, problem=problem)


def _form(
    page: Page,
    case_id: str,
    material: SignalSource,
    filled: SignalForm,
    *,
    problem: list[str] | None = None,
    has_moved: bool = False,
    odd: Sequence[Oddity] = (),
) -> Response:
    """The form. `has_moved`: what was sent is of other material, and nothing was done with it. `odd`: of its texts."""
    policy = page.settings.export
    if policy is None:
        return page.redirect("/riec", flash="export.not_configured", kind="warning")
    before = signal_of(page.store, page.viewer, case_id)
    follows = _follows(page, before, material)
    purpose = page.purpose(case_id)
    case, run = confirmed_case(page.store, page.viewer, case_id), material.dossier.run
    deviations = {deviation["code"]: deviation for deviation in material.deviations}
    return page.render(
        "export/form.html.j2",
        status=409 if has_moved else 422 if filled.wrong or problem or odd else 200,
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
        odd=odd,
        purpose="" if purpose is None else page.t(f"purpose.{purpose}.name"),
        policy=policy,
        recipients=_recipients(page),
        themes=options_with_choose(page, "export.theme", sorted(str(theme) for theme in policy.themes)),
        bases=[("", page.t("export.choose")), *((basis, basis) for basis in policy.legal_bases)],
        partners=options_with_choose(page, "export.partner", PARTNERS),
        notifications=[(code, page.t(f"export.notification.{code}")) for code in NOTIFICATIONS],
        procedures=[(code, page.t(f"export.procedure.{code}")) for code in PROCEDURES],
        checkers=_checker_options(page, case_id, material),
        reasons=options_with_choose(page, "export.reason", REASONS) if follows is Follows.CORRECTION else [],
        undoes=follows in {Follows.REVERSAL, Follows.REVERSAL_UNFLAGGED},
        is_flagged=follows is not Follows.REVERSAL_UNFLAGGED,
        before=before,
    )


def _oddities(draft: Draft) -> tuple[Oddity, ...]:
    """What is odd about the explanations that were weighed: each beside those of the same form."""
    texts = [text for weighed in draft.explanations.values() for text in weighed.values()]
    of_each = [
        oddities(text, others=[*texts[:place], *texts[place + 1 :]]) for place, text in enumerate(texts)
    ]  # fmt: skip
    return tuple(oddity for oddity in Oddity if any(oddity in odd for odd in of_each))


def _follows(page: Page, before: RiecSignal | None, material: SignalSource) -> Follows:
    if before is None or not before.batches:
        return Follows.NOTHING
    if not before.is_withdrawn:
        return Follows.CORRECTION
    return Follows.REVERSAL if is_flagged_again(page.store, material) else Follows.REVERSAL_UNFLAGGED


def _checkers(page: Page, case: ConfirmedCase, material: SignalSource) -> Checkers:
    people = {"ik": page.viewer.account, "eerste": case.first_by, "tweede": case.second_by}
    return Checkers(people, opened_by_judges(page.store, case, material))


def _checker_options(page: Page, case_id: str, material: SignalSource) -> list[list[tuple[str, str]]]:
    """Return for each fact who can have verified it, and for a judge the day on which they opened the evidence."""
    case = confirmed_case(page.store, page.viewer, case_id)
    if case is None:
        return []
    checkers = _checkers(page, case, material)
    options_of = []
    for fact in material.facts:
        options = [("", page.t("export.checker.none"))]
        for who, day in checkers.known(fact.record_id).items():
            label = page.t(f"export.checker.{who}")
            if day is not None:
                label = page.t("export.checker.opened", who=label, day=long_date(day, page.lang))
            options.append((who, label))
        options_of.append(options)
    return options_of


def _labels(page: Page, material: SignalSource) -> dict[str, str]:
    """Return the name of each field in the list of faults; it ends in a question mark or a colon."""
    labels = {name: page.t(f"export.form.{key}") for name, key in _FIELDS.items()}
    labels |= {name: page.t(f"export.undo.{key}") for name, key in _UNDOING.items()}
    labels |= {name: f"{code}: {text}" for name, code, text in questions(material)}
    labels |= {f"{part}-{n}": fact.text for n, fact in enumerate(material.facts, start=1) for part in ("door", "op")}
    for place, party in enumerate(material.options, start=1):
        labels |= {f"{part}-{place}": party.name for part in ("persoon", "persoon-naam", "persoon-jaar")}
        labels[f"organisatie-naam-{place}"] = party.name
    return {name: label if label[-1] in "?.:" else f"{label}:" for name, label in labels.items()}


def _recipients(page: Page) -> tuple[str, ...]:
    return tuple(sorted({key.recipient for key in recipient_keys(page.store) if key.state == ACTIVE}))
