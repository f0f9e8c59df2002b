"""What the pages of recipients and batches show of keys, and what a receiver gets of ours."""

from __future__ import annotations

from collections.abc import Iterable

from screening.casework.cases.history import confirmed_cases
from screening.partners.desk.signal_versions import RiecSignal
from screening.partners.receiver.verify_batch import NAMESPACE
from screening.signing.public_keys import read_public, ssh_fingerprint, ssh_text
from screening.store import Store
from screening.store.access.accounts import accounts
from screening.store.access.personal_keys import PersonalKey, personal_keys


def in_groups(fingerprint: str) -> str:
    """A fingerprint in groups of four, to read out by telephone."""
    return " ".join(fingerprint[place : place + 4] for place in range(0, len(fingerprint), 4))


def address_texts(store: Store, of: Iterable[RiecSignal]) -> dict[str, str]:
    """Case -> the address of its signal, as its case shows it."""
    cases = {case.case_id: case.address for case in confirmed_cases(store)}
    return {signal.case_id: cases.get(signal.case_id) or signal.address_id for signal in of}


def signing_keys(store: Store, issuer: str) -> list[PersonalKey]:
    """The keys of people that count: confirmed by another person and not withdrawn, of who can sign in now.

    `issuer`: who says now who somebody is. What was registered under another one, or by somebody whose account is off,
    is given to no receiver.
    """
    people = {who.account for who in accounts(store) if who.issuer == issuer}
    return [key for key in personal_keys(store) if key.is_in_force and key.account in people]


def shown_fingerprint(key: PersonalKey) -> str:
    """The fingerprint of a key of a person, as a receiver's ssh-keygen shows it."""
    return ssh_fingerprint(read_public(key.public_key))


def allowed_signers(store: Store, issuer: str, code: str) -> str:
    """The file allowed_signers of this municipality: one line a key, without the name of anybody."""
    lines = [
        f'gemeente-{code} namespaces="{NAMESPACE}" {ssh_text(read_public(key.public_key))}\n'
        for key in signing_keys(store, issuer)
    ]
    return "".join(sorted(lines))
