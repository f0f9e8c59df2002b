"""What is kept of the ledger outside: heads, their age, and the time stamps beside them."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from flows.audit.heads import AuditSettings
from flows.audit.time_stamps import STAMP, TimeStampError, check_time_stamp
from screening.base.errors import ConfigurationError, LedgerError
from screening.ledger import Ledger, public_key, read_head
from screening.ledger.entry import read_moment
from screening.ledger.head import MAX_BYTES
from screening.ledger.verify import Verification
from screening.signing.public_keys import read_public
from screening.store import Store
from screening.store.access.personal_keys import personal_keys

#: A head is stamped when it is signed, by two clocks.
STAMPED_WITHIN = timedelta(hours=1)


def kept_heads(place: Path) -> list[bytes]:
    """The heads in a folder, or in one file, one a line; none where the place is not there."""
    if not place.exists():
        return []
    try:
        files = sorted(file for file in place.iterdir() if file.suffix == ".json") if place.is_dir() else [place]
        texts = [file.read_bytes() for file in files]
    except OSError as error:
        raise ConfigurationError(f"{place}: the heads cannot be read ({error.strerror}).") from None
    return [line[: MAX_BYTES + 1] for text in texts for line in text.splitlines() or [b""]]


def check_age(
    checked: Verification,
    heads: Iterable[bytes],
    keys: Iterable[Ed25519PublicKey],
    max_age: timedelta,
    *,
    now: datetime,
    what: str,
) -> None:
    """Find that no head is outside, or that the last one is too old: what came after it can be cut off unseen.

    The last one is the one that reaches furthest: a younger one of an earlier entry leaves as much to be cut off.

    Args:
        checked: What was checked, to which the finding is added.
        heads: The heads that count, of any key and ledger.
        keys: The keys of which one signed a head that counts.
        max_age: How old the last one may be.
        now: The moment of the check.
        what: What such a head is called in a finding.
    """
    last = last_head(heads, keys, checked.ledger_id)
    if last is None:
        checked.add("head", None, f"no head is {what}: name such a place under [audit] anchor")
        return
    seq, signed_at = last
    if now - signed_at > max_age:
        why = f"more than {max_age.days} days ago"
    elif signed_at - now > STAMPED_WITHIN:
        why = "which has not come yet: a clock was set back, or somebody signed for later"
    else:
        return
    checked.add("head", seq, f"the last head that is {what} was signed {signed_at:%Y-%m-%d}, {why}")


def last_outside(settings: AuditSettings, store: Store, ledger: Ledger) -> datetime | None:
    """When the last head was signed that is in a folder outside the workspace; None: none is, or none can be read."""
    own_key = settings.signing_key.with_suffix(".pub")
    keys = [read_public(key.public_key) for key in personal_keys(store) if key.confirmed_by]
    with suppress(ConfigurationError, LedgerError):
        keys += [public_key(own_key)] if own_key.exists() else []
        heads = [line for place in settings.folders() if settings.is_outside(place) for line in kept_heads(place)]
        last = last_head(heads, keys, ledger.ledger_id)
        return last and last[1]
    return None


def last_head(heads: Iterable[bytes], keys: Iterable[Ed25519PublicKey], ledger_id: str) -> tuple[int, datetime] | None:
    """Find the head of a ledger that reaches furthest, of those that one of the keys signed; None: there is none.

    Returns:
        The number of its entry, and when it was signed.
    """
    trusted, signed = list(keys), []
    for text in heads:
        with suppress(LedgerError):  # one that is none is told by `verify_ledger`
            head = read_head(text, trusted)
            signed += [(head.seq, read_moment(head.signed_at))] if head.ledger == ledger_id else []
    return max(signed, default=None)


def check_stamps(checked: Verification, places: Iterable[Path], certificate: Path | None) -> list[bytes]:
    """Find time stamps that are not of the head beside them, or of another authority, or of another time.

    Returns:
        The heads that the authority stamped.
    """
    files = sorted(file for place in places if place.is_dir() for file in place.iterdir() if file.suffix == STAMP)
    if certificate is None:
        if files:
            checked.notes.append("Time stamps of heads were not checked: name [audit] tsa_certificate.")
        return []
    stamped = []
    for file in files:
        if problem := _problem_of(file, certificate):
            checked.add("time_stamp", None, f"{file.name}: {problem}")
        else:
            stamped.append(file.with_suffix(".json").read_bytes())
    checked.time_stamps = len(stamped)
    return stamped


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
