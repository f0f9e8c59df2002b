"""How many rows a delivery has beside the run before: a file that was cut at the end of a row has no other fault."""

from __future__ import annotations

from datetime import date

from screening.errors import ContractStopError
from screening.frames import Note, SourceSpec
from screening.notes import note

#: A change of so few rows is no sign of a cut file: in a small register it is a large share and an ordinary week.
LEAST_ROWS = 10


def check_volume(
    rows: int, before: int, spec: SourceSpec, *, since: date, source_name: str, is_accepted: bool = False
) -> Note | None:
    """Stop the run when a register has far more or fewer rows than the run of `since` read (domain reference 4.6).

    Far: by more than `spec.max_row_change` (a share of `before`) and by at least LEAST_ROWS rows. A register that was
    empty before is not measured. `is_accepted`: a person looked at it; then the run goes on with the note that is
    returned. Raises ContractStopError (exit code 3).
    """
    change = rows - before
    if not before or abs(change) < LEAST_ROWS or abs(change) <= spec.max_row_change * before:
        return None
    share = change / before
    if is_accepted:
        return note("accepted_volume", rows=rows, before=before, since=str(since))
    raise ContractStopError(
        f"{source_name}: {rows} rows, and {before} in the run of {since} ({share:+.1%}, at most "
        f"{spec.max_row_change:.1%} allowed). A file that was cut or delivered twice looks like this. Ask for the "
        f"delivery again. If it is right, run once with --accept-rows {spec.dataset}, or raise max_row_change under "
        f"[sources.{spec.dataset}]."
    )
