"""The note for the executive: what is in order, what must be reviewed and what is missing. Nobody is in it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from screening.base.civil_time import day_of
from screening.policy.checklist import TO_REVIEW, PolicyLine, PolicyState
from screening.review.blocks import Block, Bullets, Grid, Heading, Pairs, Paragraph, Section
from screening.review.i18n import long_date
from screening.review.views.policy import PolicyView


def note_marks(view: PolicyView) -> dict[str, str]:
    """The marks on each page of a print: who the note is of and its day, and not who printed it."""
    t, page = view.page.t, view.page
    day = t("policy.note.day", day=long_date(day_of(page.now), page.lang))
    return {
        "marking": page.settings.municipality,
        "printed": day,
        "expires": "",
        "page": t("policy.note.page"),
        "of": t("policy.note.of"),
    }


def note_title(view: PolicyView) -> str:
    """The title of the note."""
    return view.page.t("policy.note.heading", municipality=view.page.settings.municipality)


def note_blocks(view: PolicyView) -> list[Block]:
    """The note as blocks: in full what the executive decides on, in short what is in order."""
    t = view.page.t
    return [
        Paragraph(t("policy.note.day", day=long_date(day_of(view.page.now), view.page.lang))),
        Paragraph(t("policy.note.intro", questions=len(view.lines))),
        Paragraph(t("policy.note.check")),
        Section("stand", t("policy.summary"), _stand(view)),
        Section("barrieres", t("policy.note.barriers"), _open_barriers(view)),
        Section("ontbreekt", t("policy.note.missing"), _whole(view, {PolicyState.MISSING})),
        Section("geen-antwoord", t("policy.note.unanswered"), _unanswered(view)),
        Section("herzien", t("policy.note.review"), _whole(view, TO_REVIEW)),
        Section("op-orde", t("policy.note.order"), _in_order(view)),
        Section("geldt-niet", t("policy.other"), _not_applicable(view)),
        Section("verzuim", t("policy.omissions.title"), _omissions(view)),
    ]


def _in(view: PolicyView, states: Collection[PolicyState]) -> list[PolicyLine]:
    return [line for line in view.lines if line.state in states]


def _or_nothing(view: PolicyView, blocks: list[Block]) -> list[Block]:
    return blocks or [Paragraph(view.page.t("policy.note.none"))]


def _stand(view: PolicyView) -> list[Block]:
    """The counts, of all questions and by subject."""
    t = view.page.t
    heads = [t(f"policy.{name}") for name in ("subject", "gaps", "due", "good", "other")]
    rows = [
        [name, str(counts.gaps), str(counts.due), str(counts.good), str(counts.other)]
        for _, name, _, counts in view.subjects
    ]
    return [
        Paragraph(view.counted(view.counts)),
        Paragraph(t("policy.defined", days=view.warn_days)),
        Grid(t("policy.summary"), heads, rows),
    ]


def _open_barriers(view: PolicyView) -> list[Block]:
    """Which barrier stands open, and how many of its questions do."""
    lines = [f"{stand.name}: {', '.join(view.policy_words(stand))}" for stand in view.barriers if stand.counts.gaps]
    return _or_nothing(view, [Bullets(lines)] if lines else [])


def _whole(view: PolicyView, states: Collection[PolicyState]) -> list[Block]:
    """Questions with all that a decision needs."""
    blocks: list[Block] = []
    for line in _in(view, states):
        blocks += [Heading(line.question.words("question", view.page.lang), 3), Pairs(_facts(view, line))]
    return _or_nothing(view, blocks)


def _unanswered(view: PolicyView) -> list[Block]:
    """Who has to answer what: there is nothing yet on which the executive could decide."""
    t, lang = view.page.t, view.page.lang
    heads = [t("policy.question.head"), t("policy.question.law"), t("policy.form.owner_short")]
    rows = [
        [
            f"{line.question.words('question', lang)} ({view.barrier_name(line.question.barrier)})",
            "; ".join(law.marked for law in line.question.laws),
            view.owner(line),
        ]
        for line in _in(view, {PolicyState.UNANSWERED})
    ]
    return _or_nothing(view, [Grid(t("policy.note.unanswered"), heads, rows)] if rows else [])


def _in_order(view: PolicyView) -> list[Block]:
    """A line a subject: how many are in order, and the first day on which one is looked at."""
    t, lines = view.page.t, []
    for _, name, questions, counts in view.subjects:
        days = [line.answer.review_on for line in questions if line.state is PolicyState.IN_ORDER and line.answer]
        if days:
            day = long_date(min(day for day in days if day), view.page.lang)
            total = len(questions) - counts.other
            lines.append(t("policy.note.order_line", subject=name, good=len(days), total=total, day=day))
    return _or_nothing(view, [Bullets(lines)] if lines else [])


def _not_applicable(view: PolicyView) -> list[Block]:
    lines = [
        f"{line.question.words('question', view.page.lang)} {line.answer.reason}"
        for line in _in(view, {PolicyState.NOT_APPLICABLE})
        if line.answer
    ]
    return _or_nothing(view, [Bullets(lines)] if lines else [])


def _facts(view: PolicyView, line: PolicyLine) -> list[tuple[str, str | Sequence[str]]]:
    """What the note says of a question; what is empty is left out."""
    t, lang, question, answer = view.page.t, view.page.lang, line.question, line.answer
    facts: list[tuple[str, str | Sequence[str]]] = [
        (t("policy.state"), view.state(line)),
        (t("policy.barrier"), view.barrier_name(question.barrier)),
        (t("policy.question.without"), question.words("open_without", lang) if line.is_gap else ""),
        (t("policy.question.law"), "; ".join(law.marked for law in question.laws)),
        (t("policy.question.to_check"), " ".join(question.open_points)),
        (t("policy.form.owner_short"), view.owner(line)),
    ]
    if answer is not None:
        facts += [
            (t("policy.form.adopted"), long_date(answer.adopted_on, lang)),
            (t("policy.form.review"), long_date(answer.review_on, lang)),
            (t("policy.form.evidence_short"), answer.evidence),
        ]
    return [(name, text) for name, text in facts if text]


def _omissions(view: PolicyView) -> list[Block]:
    t, lang = view.page.t, view.page.lang
    lines = [
        f"{getattr(omission, f'name_{lang}')} ({view.register(omission)}): {omission.records}"
        for omission in view.omissions
        if not omission.stays_here
    ]
    return [Bullets(lines)] if lines else [Paragraph(t("policy.omissions.none"))]
