"""A made-up person of the municipality who signs with ssh-keygen on a machine of their own."""

from __future__ import annotations

import subprocess
from datetime import datetime, timedelta
from pathlib import Path

from screening.base.vocabulary import Role
from screening.partners.desk.disclosures import Batch
from screening.partners.desk.drafts import BatchDraft, sign_draft
from screening.partners.desk.outbox import Outbox
from screening.partners.desk.sending import send_draft
from screening.partners.desk.signal_versions import signals
from screening.store import Store
from screening.store.access.accounts import admit
from screening.store.access.personal_keys import confirm_key, register_key
from screening.store.access.sessions import begin_session


class Signer:
    """Somebody with a key in a folder; `allowed` is the file that the receiver has of the municipality."""

    def __init__(self, folder: Path, name: str = "lea", *, code: str = "9999") -> None:
        folder.mkdir(exist_ok=True)
        self.key = folder / name
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", self.key], check=True)
        self.public = " ".join(self.key.with_suffix(".pub").read_text(encoding="ascii").split()[:2])
        self.allowed = folder / f"{name}.allowed_signers"
        self.allowed.write_text(f'gemeente-{code} namespaces="barrier" {self.public}\n', encoding="ascii")

    def sign(self, statement: bytes, *, namespace: str = "barrier") -> bytes:
        """The signature of a statement, as ssh-keygen writes it."""
        command = ["ssh-keygen", "-q", "-Y", "sign", "-n", namespace, "-f", self.key]
        return subprocess.run(command, input=statement, capture_output=True, check=True).stdout


def registered(store: Store, signer: Signer, name: str = "lea", *, now: datetime) -> Signer:
    """Have a person register their public key, and a lead confirm it; the signer."""
    roles = {name: (Role.OFFICER,), "otto": (Role.LEAD,)}
    open_sessions = {}
    for who, has in roles.items():
        admit(store, account=who, issuer="https://aanmelden.example.nl", subject=who, name=who, now=now)
        _, open_sessions[who] = begin_session(
            store, who, has, now=now, absolute=timedelta(hours=8), authenticated_at=now
        )
    fingerprint = register_key(store, open_sessions[name], signer.public, now=now)
    confirm_key(store, open_sessions["otto"], fingerprint, now=now)
    return signer


def sent_by(outbox: Outbox, draft: BatchDraft, signer: Signer, *, by: str = "lea", approver: str = "wim") -> Batch:
    """Have a prepared batch signed by one person and approved by another."""
    of = [signal for signal in signals(outbox.store) if signal.id in draft.riec_ids]
    text = signer.sign(draft.manifest.encode()).decode()
    sign_draft(outbox.store, draft, by=by, signature=text, of=of, now=outbox.now)
    return send_draft(outbox, draft.batch_id, by=approver)
