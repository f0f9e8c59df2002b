"""The note for the executive: what is in order, what must be reviewed and what is missing. Nobody is in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from screening.civil_time import day_of
from screening.policy.checklist import GAPS, TO_REVIEW, PolicyLine, PolicyState
from screening.review.blocks import Block, Bullets, Grid, Heading, Pairs, Paragraph, Section
from screening.review.i18n import long_date
from screening.review.views.policy import PolicyView


def note_marks(view: PolicyView) -> dict[str, str]:
    """The marks on each page of a print: who the note is of and its day, and not who printed it."""
    t, page = view.page.t, view.page
    day = t("policy.note.day", day=long_date(day_of(page.now), page.lang))
    return {
        "marking": page.settings.municipality, "printed": day, "expires": "", "page": t("policy.note.page"),
        "of": t("policy.note.of"),
    }  # fmt: skip


def note_title(view: PolicyView) -> str:
    """The title of the note."""
    return view.page.t("policy.note.heading", municipality=view.page.settings.municipality)


def note_blocks(view: PolicyView) -> list[Block]:
    """The note as blocks."""
    t, lines = view.page.t, view.lines
    missing = [line for line in lines if line.state in {PolicyState.MISSING, PolicyState.UNANSWERED}]
    to_review = [line for line in lines if line.state in TO_REVIEW]
    good = [line for line in lines if line.state is PolicyState.IN_ORDER]
    other = [line for line in lines if line.state is PolicyState.NOT_APPLICABLE]
    heads = [t(f"policy.{name}") for name in ("subject", "gaps", "due", "good")]
    rows = [
        [name, str(counts.gaps), str(counts.due), str(counts.good + counts.other)]
        for _, name, _, counts in view.subjects
    ]
    return [
        Paragraph(t("policy.note.day", day=long_date(day_of(view.page.now), view.page.lang))),
        Paragraph(t("policy.note.intro", questions=len(lines))),
        Section("stand", t("policy.summary"), [
            Paragraph(view.counted(view.counts)),
            Paragraph(t("policy.defined", days=view.warn_days)),
            Grid(t("policy.summary"), heads, rows),
        ]),
        _section(view, "ontbreekt", t("policy.note.missing"), missing),
        _section(view, "herzien", t("policy.note.review"), to_review),
        _section(view, "op-orde", t("policy.note.order"), good),
        _section(view, "geldt-niet", t("policy.other"), other),
        Section("verzuim", t("policy.omissions.title"), _omissions(view)),
        Paragraph(t("policy.note.check")),
    ]  # fmt: skip


def _section(view: PolicyView, anchor: str, title: str, lines: Iterable[PolicyLine]) -> Section:
    blocks: list[Block] = []
    for line in lines:
        blocks.append(Heading(line.question.words("question", view.page.lang), 3))
        blocks.append(Pairs(_facts(view, line)))
    return Section(anchor, title, blocks or [Paragraph(view.page.t("policy.note.none"))])


def _facts(view: PolicyView, line: PolicyLine) -> list[tuple[str, str | Sequence[str]]]:
    """What the note says of a question; what is empty is left out."""
    t, lang, question, answer = view.page.t, view.page.lang, line.question, line.answer
    is_open = line.state in GAPS
    facts: list[tuple[str, str | Sequence[str]]] = [
        (t("policy.state"), view.state(line)),
        (t("policy.barrier"), view.barrier_name(question.barrier)),
        (t("policy.question.without"), question.words("open_without", lang) if is_open else ""),
        (t("policy.question.law"), question.law),
        (t("policy.question.sources"), list(question.sources) if is_open else ""),
        (t("policy.question.checked"), long_date(question.checked, lang)),
        (t("policy.question.to_check"), question.to_check if is_open else ""),
        (t("policy.form.owner_short"), view.owner(line)),
    ]
    if answer is not None:
        facts += [
            (t("policy.form.adopted"), long_date(answer.adopted_on, lang)),
            (t("policy.form.review"), long_date(answer.review_on, lang)),
            (t("policy.form.evidence_short"), answer.evidence),
            (t("policy.form.reason_short"), answer.reason),
        ]
    return [(name, text) for name, text in facts if text]


def _omissions(view: PolicyView) -> list[Block]:
    t, lang = view.page.t, view.page.lang
    lines = [
        f"{getattr(omission, f'name_{lang}')} ({view.register(omission)}): {omission.records}"
        for omission in view.omissions
    ]
    return [Bullets(lines)] if lines else [Paragraph(t("policy.omissions.none"))]
