"""The recipient of the demonstration, and the key with which one of its people signs: so the whole way can be walked.

All of it is made up and lies beside the configuration, `voorbeeld-ontvanger/`: the private keys too, which protect
nothing but made-up data. A real municipality never has the key of its recipient.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pyrage
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_ssh_private_key

from flows.desk import Desk
from screening.base.errors import ConfigurationError
from screening.ledger import terminal_origin
from screening.ledger.notary import Act, acting
from screening.partners.desk.agreements import AgreementTerms, agreements, approve_agreement, propose_agreement
from screening.partners.desk.recipients import ACTIVE, PROPOSED, RecipientKey, approve_key, propose_key, recipient_keys
from screening.partners.kinds.partner_kind import partner_kinds
from screening.partners.receiver.page import PAGE_NAME, receiver_page
from screening.partners.receiver.verify_batch import read_identity
from screening.review.demo_access import ISSUER, demo_account
from screening.review.views.partners import allowed_signers
from screening.signing.public_keys import key_fingerprint, ssh_text
from screening.store.access.accounts import admit
from screening.store.access.personal_keys import confirm_key, personal_keys, register_key
from screening.store.access.sessions import Session, begin_session, end_session
from screening.store.files import make_directory, write_file

FOLDER = "voorbeeld-ontvanger"
RECIPIENT = "riec-voorbeeld"
#: With whom the demonstration has an agreement, by the kind of partner: only the RIEC has a key.
PARTNERS = {
    "riec": RECIPIENT,
    "politie": "politie-voorbeeld",
    "arbeidsinspectie": "arbeidsinspectie-voorbeeld",
    "veiligheidshuis": "veiligheidshuis-voorbeeld",
}
#: Who signs, and who stands behind the two keys: each an account of the demonstration.
SIGNER, _CONFIRMS, _PROPOSES, _APPROVES = "demo.joost", "demo.ivo", "demo.carla", "demo.mila"
IDENTITY, SIGNING_KEY, SIGNERS, README = "sleutel-ontvanger.txt", "sleutel-joost", "allowed_signers", "LEES-MIJ.txt"
_WHY = "De ontvanger van het voorbeeld: alles hiervan is verzonnen."
_README = """VOORBEELD. Alles in deze map is verzonnen, ook de geheime sleutels. Bij een echte gemeente staan
die hier nooit: de ontvanger houdt zijn eigen sleutel, en wie ondertekent doet dat op de eigen computer.

1. Ondertekenen. Joost ondertekent een levering. Download manifest.json van de pagina van de levering en
   geef deze opdracht in de map waarin u het opsloeg:

   ssh-keygen -Y sign -n barrier -f "{folder}/{signing_key}" manifest.json

   Lever manifest.json.sig in op dezelfde pagina. Daan of Mila geeft daarna akkoord.

2. Openen en antwoorden, als ontvanger. Download de verzegelde levering van haar pagina. Open daarna {page} in deze map
   met uw browser. Stap 1: kies {identity}. Stap 2: kies {signers}, onder "Mijn eerste levering". Stap 3: kies de
   levering. Sla uw antwoord op, en lees het in op de pagina van de levering.

   Met age alleen kan openen ook, maar dan is niets gecontroleerd:
   age -d -i "{folder}/{identity}" LEVERING.age | tar -x
"""


def ensure_example(desk: Desk) -> Path:
    """Make the recipient and the signing key of the demonstration where they are not there yet; return their folder.

    ConfigurationError: not a made-up municipality.
    """
    if not desk.configuration.is_synthetic:
        raise ConfigurationError("A municipality that exists has no recipient that is made up.")
    folder = desk.configuration.file.resolve().parent / FOLDER
    make_directory(folder)
    key = _identity(folder)
    _ensure_recipient(desk, key)
    for kind, name in PARTNERS.items():
        _ensure_agreement(desk, kind, name)
    _ensure_signer(desk, folder)
    _write(folder / SIGNERS, allowed_signers(desk.store, ISSUER, desk.configuration.municipality.code))
    (folder / PAGE_NAME).unlink(missing_ok=True)
    write_file(folder / PAGE_NAME, receiver_page().content)
    _write(
        folder / README,
        _README.format(folder=folder, identity=IDENTITY, signing_key=SIGNING_KEY, signers=SIGNERS, page=PAGE_NAME),
    )
    return folder


def _identity(folder: Path) -> str:
    """The public key of the recipient; its private one is made where there is none."""
    file = folder / IDENTITY
    if not file.exists():
        identity = pyrage.x25519.Identity.generate()
        write_file(file, f"# VOORBEELD, verzonnen\n# public key: {identity.to_public()}\n{identity}\n".encode())
    return read_identity(file)[1]


def _ensure_recipient(desk: Desk, key: str) -> None:
    """Propose and approve the key, where the recipient has no other one in use that somebody made on the pages."""
    keys = recipient_keys(desk.store, RECIPIENT)
    own = [proposal for proposal in keys if proposal.key == key]
    if any(proposal.state == ACTIVE for proposal in keys) or any(_is_retired(proposal) for proposal in own):
        return
    if not own:
        with acting(demo_act(desk, _PROPOSES)):
            propose_key(desk.store, RECIPIENT, key, by=_PROPOSES, reason=_WHY, now=desk.now)
    [proposed] = [proposal for proposal in recipient_keys(desk.store, RECIPIENT) if proposal.key == key]
    with acting(demo_act(desk, _APPROVES)):
        approve_key(desk.store, proposed.fingerprint, by=_APPROVES, reason=_WHY, now=desk.now)


def _ensure_agreement(desk: Desk, kind: str, name: str) -> None:
    """Propose and approve an agreement with all that the kind of partner allows, where there never was one."""
    if agreements(desk.store, name):
        return
    partner = partner_kinds()[kind]
    terms = AgreementTerms(
        name,
        kind,
        f"{partner.bases[0].fact.name} (voorbeeld)",
        f"{partner.paper.nl} (voorbeeld)",
        "ADVIES-VOORBEELD-01",
        tuple(map(str, partner.themes)),
        tuple(map(str, partner.fields)),
    )
    with acting(demo_act(desk, _PROPOSES)):
        proposed = propose_agreement(desk.store, terms, by=_PROPOSES, now=desk.now)
    with acting(demo_act(desk, _APPROVES)):
        approve_agreement(desk.store, proposed.id, by=_APPROVES, now=desk.now)


def _is_retired(key: RecipientKey) -> bool:
    return key.state not in {ACTIVE, PROPOSED}


def _ensure_signer(desk: Desk, folder: Path) -> None:
    """Register the public key of who signs, and have another person confirm it; once."""
    file = folder / SIGNING_KEY
    if not file.exists():
        new_key = Ed25519PrivateKey.generate()
        write_file(file, new_key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
        _write(folder / f"{SIGNING_KEY}.pub", f"{ssh_text(new_key.public_key())}\n")
    private = load_ssh_private_key(file.read_bytes(), None)
    if not isinstance(private, Ed25519PrivateKey):
        raise ConfigurationError(f"{file}: not the key that was made for the demonstration. Take it away; it is made.")
    public = private.public_key()
    if key_fingerprint(public) in {registered.fingerprint for registered in personal_keys(desk.store)}:
        return
    signer, confirms = demo_session(desk, SIGNER), demo_session(desk, _CONFIRMS)
    with acting(demo_act(desk, SIGNER)):
        fingerprint = register_key(desk.store, signer, ssh_text(public), now=desk.now)
    with acting(demo_act(desk, _CONFIRMS)):
        confirm_key(desk.store, confirms, fingerprint, now=desk.now)
    for session in (signer, confirms):
        end_session(desk.store, session.key, now=desk.now)


def demo_session(desk: Desk, name: str) -> Session:
    """A short session of a person of the demonstration: a key is registered and confirmed by whoever is signed in."""
    person = demo_account(name)
    assert person is not None  # noqa: S101 - a name of the list above
    admit(desk.store, account=name, issuer=ISSUER, subject=name, name=person.name, now=desk.now)
    return begin_session(
        desk.store, name, person.roles, now=desk.now, absolute=timedelta(minutes=1), authenticated_at=desk.now
    )[1]


def demo_act(desk: Desk, name: str) -> Act:
    """What a person of the demonstration does now."""
    return Act(name, desk.now, terminal_origin())


def _write(path: Path, text: str) -> None:
    """Write a file anew, 0600."""
    path.unlink(missing_ok=True)
    write_file(path, text.encode())
