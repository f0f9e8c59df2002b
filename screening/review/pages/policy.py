"""The policy checklist: what is in order, due and missing; a question with its answers; the note for the executive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from starlette.responses import Response

from screening.base.civil_time import day_of
from screening.base.powers import PolicyTopic
from screening.base.typeset import pdf
from screening.base.vocabulary import LedgerAction, PolicyAnswerKind
from screening.casework.policy.answers import (
    ANSWERERS,
    POLICY_READERS,
    GivenAnswer,
    PolicyAnswerError,
    answer_question,
    answers_on,
)
from screening.policy.checklist import PolicyAnswer
from screening.policy.questions import FUNCTIONS, PolicyQuestion, policy_questions
from screening.review.forms import Form, form_day
from screening.review.i18n import long_date
from screening.review.markdown import markdown
from screening.review.page import Page
from screening.review.pages.printing import DOCUMENT
from screening.review.pages_registry import Drafts, Pages
from screening.review.views.policy import PolicyView
from screening.review.views.policy_note import note_blocks, note_marks, note_title
from screening.store.schema.policy import MAX_EVIDENCE

router = Pages()

#: Field of an answer -> field of the form.
_FIELDS = {
    "kind": "antwoord",
    "owner": "functie",
    "adopted_on": "vastgesteld",
    "review_on": "herzien",
    "evidence": "bewijs",
    "reason": "reden",
}
#: The fields that an answer of each kind has beside the function; what else was written is not kept.
_ASKED = {
    PolicyAnswerKind.IN_FORCE: frozenset({"adopted_on", "review_on", "evidence"}),
    PolicyAnswerKind.MISSING: frozenset[str](),
    PolicyAnswerKind.NOT_APPLICABLE: frozenset({"review_on", "reason"}),
}
_PATH = "/beleid"


@router.page("GET", _PATH, may=POLICY_READERS, nav="policy.nav", hint="policy.hint")
def show_policy(page: Page) -> Response:
    """The checklist by subject and by barrier: no personal data."""
    return page.render("policy/policy.html.j2", view=PolicyView(page))


@router.page("GET", f"{_PATH}/nota", may=POLICY_READERS)
def print_note(page: Page) -> Response:
    """The note for the executive as PDF/UA."""
    view = PolicyView(page)
    document = {
        "title": note_title(view),
        "author": page.settings.municipality,
        "language": page.lang,
        "large": False,
        "reference": "",
        "blocks": [asdict(block) for block in note_blocks(view)],
        **note_marks(view),
    }
    return page.file(pdf(DOCUMENT, document), "application/pdf", "beleidsnota.pdf")


@router.page("GET", f"{_PATH}/nota-tekst", may=POLICY_READERS)
def download_note(page: Page) -> Response:
    """The same note as Markdown."""
    view = PolicyView(page)
    text = markdown(note_title(view), note_blocks(view))
    return page.file(text.encode(), "text/markdown; charset=utf-8", "beleidsnota.md")


@router.page("GET", f"{_PATH}/{{question_id}}", may=POLICY_READERS)
def show_question(page: Page, question_id: str) -> Response:
    """A question with its law, its answers, and for who answers its form."""
    return _question(page, page.require(policy_questions().get(question_id)))


@router.page("POST", f"{_PATH}/{{question_id}}", may=ANSWERERS, drafts=Drafts.POLICY)
def send_answer(page: Page, question_id: str) -> Response:
    """Take an answer; what is not taken stays in the form of who wrote it."""
    question = page.require(policy_questions().get(question_id))
    if page.form.get("antwoord") not in set(PolicyAnswerKind):
        return _question(page, question, {"kind": "missing"})
    try:
        with page.logged(LedgerAction.POLICY, "list:policy"):
            answer_question(page.store, page.viewer, _written(page, question), now=page.now, day=day_of(page.now))
    except PolicyAnswerError as error:
        return _question(page, question, error.fields)
    return page.redirect(_PATH, flash="policy.form.done")


def _written(page: Page, question: PolicyQuestion) -> PolicyAnswer:
    """The answer of a form, without what does not belong to its kind."""
    kind = PolicyAnswerKind(page.form["antwoord"])

    def asked(field: str) -> str:
        return page.form.get(_FIELDS[field], "") if field in _ASKED[kind] else ""

    return PolicyAnswer(
        question.id,
        kind,
        page.form.get("functie", ""),
        form_day(asked("adopted_on")),
        form_day(asked("review_on")),
        asked("evidence"),
        asked("reason"),
    )


def _filled(written: Form, question: PolicyQuestion, answers: Sequence[GivenAnswer]) -> dict[str, str]:
    """What stands in the fields: what was written, else the last answer, else the function that usually answers."""
    if _FIELDS["owner"] in written:
        return {name: written.get(name, "") for name in _FIELDS.values()}
    if not answers:
        return dict.fromkeys(_FIELDS.values(), "") | {_FIELDS["owner"]: question.owner}
    return {name: str(getattr(answers[0].answer, field) or "") for field, name in _FIELDS.items()}


def _question(page: Page, question: PolicyQuestion, faults: dict[str, str] | None = None) -> Response:
    t, lang, view = page.t, page.lang, PolicyView(page)
    path, answers = f"{_PATH}/{question.id}", answers_on(page.store, question.id)
    local = page.settings.local_rules.get(PolicyTopic(question.local_rule)) if question.local_rule else None
    years = question.review_years
    return page.render(
        "policy/question.html.j2",
        422 if faults else 200,
        crumbs=[(t("policy.nav"), _PATH)],
        view=view,
        question=question,
        line=next(line for line in view.lines if line.question is question),
        answers=answers,
        local=local,
        local_day=long_date(local.since, lang) if local else "",
        path=path,
        term=t("policy.question.year") if years == 1 else t("policy.question.years", n=years),
        may_answer=page.has(*ANSWERERS),
        functions=[("", t("policy.form.choose")), *FUNCTIONS[lang].items()],
        kinds=[(kind, t(f"policy.form.kinds.{kind}")) for kind in PolicyAnswerKind],
        max_text=MAX_EVIDENCE,
        filled=_filled(page.written(path), question, answers),
        wrong={_FIELDS[field]: t(f"policy.fault.{field}.{fault}") for field, fault in (faults or {}).items()},
    )
