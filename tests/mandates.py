"""A municipality that exists, ready to start: `[governance]`, terms, two people's keys and signatures."""

from __future__ import annotations

import base64
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from flows.configuration import load_configuration
from flows.configuration.retention_terms import SNAPSHOTS, STATED
from flows.desk import Desk
from flows.intake.seal import write_manifest
from flows.mandate import examine, require_mandate, state_of, to_approve
from screening.base.errors import ConfigurationError
from screening.base.vocabulary import LedgerAction, Role
from screening.mandate import signatures
from screening.mandate.signatures import ACTOR
from screening.mandate.signing import sign_mandate
from screening.signing import public_keys
from screening.store import Store
from screening.store.access.accounts import admit
from screening.store.access.personal_keys import confirm_key, personal_keys, register_key
from screening.store.access.sessions import Session, begin_session
from tests.conftest import AS_OF

#: One key an account, made once: a municipality's people keep theirs too.
KEYS: dict[str, Ed25519PrivateKey] = {name: Ed25519PrivateKey.generate() for name in ("anna", "bram", "carla", "daan")}
TODAY = datetime.now(tz=UTC).date()


def governance(*signers: str, until: date = TODAY + timedelta(days=700)) -> str:
    """The tables that a real municipality needs, as text of screening.toml."""
    purposes = "".join(
        f'[governance.purposes."{name}"]\nlegal_basis = "Verordening van de proef"\narticles = ["art. 1"]\n'
        for name in ("P-VERG", "P-WON", "P-OO", "P-REG")
    )
    keys = "".join(
        f'{name} = "{public_keys.public_text(KEYS[name].public_key())}"\n' for name in signers or ("anna", "bram")
    )
    terms = "".join(f"{key} = {term.default}\n" for key, term in STATED.items())
    return (
        '\n[governance]\ncontroller = "het college van de proef"\ncontact = "privacy@proef.example"\n'
        '[governance.mandate]\ngiven_by = "het college"\ndate = 2026-03-01\ndocument = "Mandaatbesluit 1"\n'
        f"{purposes}"
        '[governance.dpia]\nid = "DPIA-PROEF-01"\n'
        f"date = {until - timedelta(days=900)}\nvalid_until = {until}\n"
        '[governance.fg_advice]\nid = "FG-PROEF-01"\ndate = 2026-02-01\n'
        f"[governance.signers]\n{keys}\n[retention]\n{terms}"
    )


def make_real(config: Path, code: str = "0457", *signers: str) -> Path:
    """Turn a made-up configuration into that of a municipality that exists, unsigned."""
    text = config.read_text(encoding="utf-8")
    assert 'code = "9999"' in text
    text = text.replace('code = "9999"', f'code = "{code}"').replace("[run]\n", f"[run]\n{SNAPSHOTS} = 90\n")
    config.write_text(text + governance(*signers), encoding="utf-8")
    return config


def person(store: Store, name: str, *roles: Role, now: datetime | None = None) -> Session:
    """A person who signed in a moment ago."""
    at = now or datetime.now(tz=UTC)
    admit(store, account=name, issuer="https://aanmelden.example.nl", subject=name, name=name, now=at)
    return begin_session(store, name, roles, now=at, absolute=timedelta(hours=8), authenticated_at=at)[1]


def register(store: Store, *names: str) -> None:
    """Let these people register their keys, and an administrator confirm them; once."""
    known = {key.fingerprint for key in personal_keys(store)}
    for name in names:
        fingerprint = public_keys.key_fingerprint(KEYS[name].public_key())
        if fingerprint not in known:
            now = datetime.now(tz=UTC)
            register_key(store, person(store, name), public_keys.public_text(KEYS[name].public_key()), now=now)
            confirm_key(store, person(store, "ivo", Role.ADMIN), fingerprint, now=now)


def signature(config: Path, name: str) -> str:
    """What this person signs on their own machine."""
    content = signatures.statement(to_approve(load_configuration(config)))
    return base64.b64encode(KEYS[name].sign(content)).decode()


def sign(config: Path, *names: str) -> Path:
    """Let these people sign the configuration as it stands, each signed in; nobody can while something is missing."""
    for name in names or ("anna", "bram"):
        with Desk(load_configuration(config)) as desk:
            register(desk.store, name)
            state = state_of(desk.configuration, desk.ledger, desk.store)
            if state.unready:
                continue
            sign_mandate(desk.store, person(desk.store, name), state, signature(config, name), now=datetime.now(tz=UTC))
    return config


def sign_as_real(config: Path, code: str = "0457") -> Path:
    """Both at once; its deliveries come with manifests, so that no first one waits for a person."""
    for file in sorted(config.parent.glob("*.csv")):
        write_manifest(file, as_of=AS_OF)
    return sign(make_real(config, code))


def bare_configuration(folder: Path) -> Path:
    """A municipality that exists, unsigned and without registers: enough for the gate, which reads none."""
    file = folder / "screening.toml"
    sources = "".join(
        f'[sources.{name}]\npath = "absent.csv"\n'
        for name in ("vergunningen", "seksinrichtingen", "meldingen", "bag_adressen")
    )
    rule = '[indicators."LIC-01"]\nlegal_basis = "APV"\ndpia = "D"\nfg_advice = 2026-01-15\n'
    head = '[municipality]\nname = "Proefstad"\ncode = "9999"\n[run]\nas_of = 2026-11-01\nworkspace = "var"\n'
    file.write_text(head + sources + rule, encoding="utf-8")
    return make_real(file)


def with_analysts(config: Path, *names: str) -> Path:
    """Let these people sign changes of mapping too."""
    lines = "".join(f'{name} = "{public_keys.public_text(KEYS[name].public_key())}"\n' for name in names)
    return change(config, "\n[retention]\n", f"\n[governance.analysts]\n{lines}\n[retention]\n")


def missing(config: Path) -> str:
    """Everything that `barrier check` would say is missing."""
    return "\n".join(examine(load_configuration(config))[0])


def refused(config: Path) -> str:
    with pytest.raises(ConfigurationError) as caught:
        require_mandate(load_configuration(config))
    assert caught.value.exit_code == 2
    return str(caught.value)


def require(config: Path, **when) -> list[str]:
    return require_mandate(load_configuration(config), **when)


def entries(config: Path) -> list[str]:
    """What the programme wrote down as in force; what people signed has entries of its own."""
    with Desk(load_configuration(config)).ledger as ledger:
        return [written.entry.object for written in ledger.entries(action=LedgerAction.CONFIGURATION, actor=ACTOR)]


def change(config: Path, before: str, after: str) -> Path:
    text = config.read_text(encoding="utf-8")
    assert before in text
    config.write_text(text.replace(before, after, 1), encoding="utf-8")
    return config
