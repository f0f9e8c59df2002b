"""The form of a judgement as an officer filled it in."""

from __future__ import annotations

from dataclasses import dataclass

from screening.base.vocabulary import ReviewOutcome
from screening.casework.cases.judging import CARE
from screening.review.odd_texts import is_meant
from screening.review.page import Page


@dataclass(frozen=True)
class JudgementForm:
    """The form as an officer filled it in. Without a draft it is empty at first: no outcome is proposed."""

    outcome: str = ""
    ground: str = ""
    refer_to: str = ""
    phone: str = ""
    wrong_links: tuple[str, ...] = ()
    explanations: tuple[str, ...] = ()
    snooze_until: str = ""
    motivation: str = ""
    is_meant: bool = False

    @classmethod
    def from_form(cls, page: Page, case_id: str) -> JudgementForm:
        """Read what is sent, else the draft, without fields that belong to another outcome than the chosen one."""
        form = page.written(f"/zaken/{case_id}/oordeel")
        outcome = form.get("oordeel", "")
        explained = outcome == ReviewOutcome.VERKLAARD
        return cls(
            outcome=outcome,
            ground=form.get("grond", "") if explained else "",
            refer_to=form.get("bij_wie", "") if outcome == ReviewOutcome.DOORGEZET else "",
            phone=form.get("telefoon", "") if form.get("bij_wie") == CARE else "",
            wrong_links=tuple(form.all("koppeling")) if outcome == ReviewOutcome.ONJUISTE_KOPPELING else (),
            explanations=tuple(form.all("verklaring")),
            snooze_until=form.get("tot", "").strip() if explained else "",
            motivation=form.get("motivering", ""),
            is_meant=is_meant(page),
        )
