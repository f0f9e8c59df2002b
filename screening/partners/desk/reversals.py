"""When the withdrawal of a signal can be undone: it was an error, and the signal holds again.

The version that undoes it is prepared, approved and exported as any other, by the same three hands. It needs a case
that is still confirmed and a ground that holds: no rejected link, no record that is gone or changed, no later judgement
and no upheld request (`signal_validity`), and a motivation that leaves with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from screening.base.vocabulary import BatchKind, NoticeReason
from screening.casework.case_errors import NotReadyError
from screening.partners.desk.content import Undoing
from screening.partners.desk.disclosures import Disclosure
from screening.partners.desk.policy import LEAST_REASON
from screening.partners.desk.signal_source import SignalSource
from screening.store.store import Store


def is_flagged_again(store: Store, material: SignalSource) -> bool:
    """Whether the last run flags the address by what the officers judged: then the material is of that run."""
    last = store.last_published()
    return last is not None and material.dossier.run.run_id == last.run_id


def accepted_undoing(left: Sequence[Disclosure], undoing: Undoing | None, *, is_flagged: bool, day: date) -> Undoing:
    """Return the undoing of a withdrawal as it may leave.

    Args:
        left: The disclosures of the signal, oldest first; the last withdrawal is the one to undo.
        undoing: Why it was an error; None where nobody says so.
        is_flagged: See `is_flagged_again`.
        day: The day of today.

    Returns:
        Why it was an error; why the signal holds without a flag only where there is none.

    Raises:
        NotReadyError: nobody says that it was an error ("withdrawn"), its term is over ("term"), the motivation is too
            short ("motivation"), or nobody says why it holds without a flag ("despite").
    """
    withdrawal = [line for line in left if line.kind == BatchKind.WITHDRAWAL][-1]
    if undoing is None:
        raise NotReadyError(
            "This signal was withdrawn. It leaves again only to undo that, with a motivation.", "withdrawn"
        )
    if withdrawal.reason == NoticeReason.BEWAARTERMIJN_VERSTREKEN or withdrawal.keep_until <= day:
        raise NotReadyError("The term of this signal is over: that it was withdrawn was no error.", "term")
    if len(undoing.motivation.strip()) < LEAST_REASON:
        raise NotReadyError("Say why the withdrawal was an error: the receiver is told so.", "motivation")
    if not is_flagged and len(undoing.despite.strip()) < LEAST_REASON:
        raise NotReadyError(
            "The last run does not flag this address. Say why the signal holds all the same.", "despite"
        )
    return Undoing(undoing.motivation, "") if is_flagged else undoing
