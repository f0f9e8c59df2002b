"""The policy checklist as the page and the note show it: by subject, by barrier, and a question with its answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from markupsafe import Markup

from screening.base.civil_time import day_of
from screening.base.vocabulary import Barrier
from screening.casework.policy.answers import policy_answers
from screening.casework.policy.omissions import Omission, own_omissions
from screening.pictures.chain import chain
from screening.policy.checklist import (
    GAPS,
    STATES,
    WARN_WITHIN,
    PolicyLine,
    PolicyState,
    policy_checklist,
    state_counts,
)
from screening.policy.questions import FUNCTIONS, SUBJECTS
from screening.review.page import Page
from screening.review.views.words import word
from screening.wording.register_names import register_name


@dataclass(frozen=True)
class PolicyCounts:
    """How many questions stand open, are to be reviewed, in order, or do not apply; together all of them."""

    gaps: int
    due: int
    good: int
    other: int

    @classmethod
    def of(cls, lines: Iterable[PolicyLine]) -> PolicyCounts:
        """Count the questions."""
        counts = state_counts([*lines])
        return cls(
            sum(count for state, count in counts.items() if state in GAPS),
            counts.get(PolicyState.DUE_SOON, 0),
            counts.get(PolicyState.IN_ORDER, 0),
            counts.get(PolicyState.NOT_APPLICABLE, 0),
        )


@dataclass(frozen=True)
class BarrierStand:
    """A barrier with its policy and the indicators that looked at it last night (code -> name)."""

    barrier: Barrier
    name: str
    counts: PolicyCounts
    total: int
    indicators: dict[str, str]


@dataclass
class PolicyView:
    """The checklist of a municipality today."""

    page: Page

    @cached_property
    def lines(self) -> list[PolicyLine]:
        """Every question as it stands."""
        return policy_checklist(policy_answers(self.page.store), day_of(self.page.now))

    @property
    def warn_days(self) -> int:
        """How long before its day a review is told."""
        return WARN_WITHIN.days

    @property
    def subjects(self) -> Iterator[tuple[str, str, list[PolicyLine], PolicyCounts]]:
        """Code, name, questions and their counts, of each subject."""
        for code, name in SUBJECTS[self.page.lang].items():
            lines = [line for line in self.lines if line.question.subject == code]
            yield code, name, lines, PolicyCounts.of(lines)

    @cached_property
    def counts(self) -> PolicyCounts:
        """Of all questions."""
        return PolicyCounts.of(self.lines)

    def counted(self, counts: PolicyCounts) -> str:
        """The counts in a sentence."""
        return self.page.t("policy.counted", **vars(counts))

    def barrier_name(self, barrier: Barrier) -> str:
        """What a barrier is called."""
        return word("barriers", barrier, self.page.lang)

    def state(self, line: PolicyLine) -> str:
        """How a question stands, in words."""
        return STATES[self.page.lang][line.state]

    def owner(self, line: PolicyLine) -> str:
        """The function that answers for it, else that which usually does."""
        return FUNCTIONS[self.page.lang][line.answer.owner if line.answer else line.question.owner]

    @cached_property
    def barriers(self) -> list[BarrierStand]:
        """Every barrier with its policy and its indicators."""
        run = self.page.store.last_published()
        declared = self.page.store.declarations(run.run_id) if run else {}
        stands = []
        for barrier in Barrier:
            lines = [line for line in self.lines if line.question.barrier is barrier]
            looked = {
                code: str(declaration.get(f"name_{self.page.lang}", code))
                for code, declaration in declared.items()
                if declaration.get("barrier") == barrier and not declaration.get("is_finding")
            }
            name = self.barrier_name(barrier)
            stands.append(BarrierStand(barrier, name, PolicyCounts.of(lines), len(lines), looked))
        return stands

    def policy_words(self, stand: BarrierStand) -> list[str]:
        """How the policy of a barrier stands, in a few words each; every barrier has a question."""
        t, counts = self.page.t, stand.counts
        applies = stand.total - counts.other
        words = [t("policy.in_order", good=counts.good + counts.due, total=applies)] if applies else []
        words += [f"{counts.due} {t('policy.due').lower()}"] if counts.due else []
        words += [f"{counts.gaps} {t('policy.gaps').lower()}"] if counts.gaps else []
        return words + ([f"{counts.other} {t('policy.other').lower()}"] if counts.other else [])

    @cached_property
    def picture(self) -> Markup:
        """The barriers as a chain of boxes; the table beside it says the same."""
        t = self.page.t
        boxes: list[dict[str, object]] = [
            {
                "name": stand.name,
                "reach": "open" if stand.counts.gaps else "covered",
                "state": self.policy_words(stand)[0],
                "steps": self.policy_words(stand)[1:],
                "indicators": list(stand.indicators) or [t("policy.no_indicators")],
                "policy": [],
                "sources": [],
            }
            for stand in self.barriers
        ]
        return chain(boxes, title=t("policy.picture"), words={"indicators": t("policy.indicators")})

    def register(self, omission: Omission) -> str:
        """The register that a rule looked at."""
        return register_name(omission.register, self.page.lang)

    @cached_property
    def omissions(self) -> list[Omission]:
        """What rules found that the municipality forgot itself."""
        return own_omissions(self.page.store)
