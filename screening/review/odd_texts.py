"""What forms with a text of one's own share: a warning of what is odd, and an entry where it was sent all the same."""

from __future__ import annotations

from screening.base.vocabulary import LedgerAction
from screening.review.page import Page


def is_meant(page: Page) -> bool:
    """Whether the person confirmed that the text is meant as it is."""
    return page.form.get("bedoeld") == "ja"


def note_despite_warning(page: Page, case_id: str) -> None:
    """Write in the ledger, before the act, that the page had said what is odd about the text."""
    page.log(LedgerAction.DESPITE_WARNING, f"case:{case_id}", case=case_id, purpose=page.purpose(case_id))
