"""What is kept of the ledger outside: heads, their age, and the time stamps beside them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from flows.audit.time_stamps import STAMP, TimeStampError, check_time_stamp
from screening.errors import ConfigurationError, LedgerError
from screening.ledger import read_head
from screening.ledger.entry import read_moment
from screening.ledger.head import MAX_BYTES
from screening.ledger.verify import Verification

#: A head is stamped when it is signed, by two clocks.
STAMPED_WITHIN = timedelta(hours=1)


def kept_heads(place: Path, *, must_exist: bool) -> list[bytes]:
    """The heads in a folder, or in one file, one a line."""
    if not place.exists():
        if must_exist:
            raise ConfigurationError(f"{place}: no heads there. Name the folder or file in which they were kept.")
        return []
    try:
        files = sorted(file for file in place.iterdir() if file.suffix == ".json") if place.is_dir() else [place]
        texts = [file.read_bytes() for file in files]
    except OSError as error:
        raise ConfigurationError(f"{place}: the heads cannot be read ({error.strerror}).") from None
    return [line[: MAX_BYTES + 1] for text in texts for line in text.splitlines() or [b""]]


def check_age(checked: Verification, max_age: timedelta, *, now: datetime, is_outside: bool) -> None:
    """Find that no head is outside, or that the last one is too old: what came after it can be cut off unseen."""
    if not is_outside:
        checked.add("head", None, "no head is kept outside the workspace: name such a place under [audit] anchor")
    elif checked.last_head_at is not None and now - read_moment(checked.last_head_at) > max_age:
        checked.add(
            "head",
            checked.anchored,
            f"the last head outside was signed {checked.last_head_at[:10]}, more than {max_age.days} days ago",
        )


def check_stamps(checked: Verification, places: Iterable[Path], certificate: Path | None) -> None:
    """Find time stamps that are not of the head beside them, or of another authority, or of another time."""
    files = sorted(file for place in places if place.is_dir() for file in place.iterdir() if file.suffix == STAMP)
    if certificate is None:
        if files:
            checked.notes.append("Time stamps of heads were not checked: name [audit] tsa_certificate.")
        return
    for file in files:
        if problem := _problem_of(file, certificate):
            checked.add("time_stamp", None, f"{file.name}: {problem}")
        else:
            checked.time_stamps += 1


def _problem_of(file: Path, certificate: Path) -> str | None:
    try:
        head = file.with_suffix(".json").read_bytes()
        stamped_at = check_time_stamp(file.read_bytes(), head, certificate)
        signed_at = read_moment(read_head(head, None).signed_at)
    except OSError:
        return "its head is not beside it, or cannot be read"
    except (TimeStampError, LedgerError) as error:
        return str(error)
    is_late = abs(stamped_at - signed_at) > STAMPED_WITHIN
    return "the authority saw the head at another time than it says that it was signed" if is_late else None
