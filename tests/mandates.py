"""A municipality that exists, ready to start: `[governance]`, terms, two people's keys and signatures."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from flows.configuration import load_configuration
from flows.configuration.retention_terms import SNAPSHOTS, STATED
from flows.mandate import to_approve
from screening.mandate import signatures, signing_keys

#: One key an account, made once: a municipality's people keep theirs too.
KEYS: dict[str, Ed25519PrivateKey] = {name: Ed25519PrivateKey.generate() for name in ("anna", "bram", "carla")}
TODAY = datetime.now(tz=UTC).date()


def governance(*signers: str, until: date = TODAY + timedelta(days=700)) -> str:
    """The tables that a real municipality needs, as text of screening.toml."""
    purposes = "".join(
        f'[governance.purposes."{name}"]\nlegal_basis = "Verordening van de proef"\narticles = ["art. 1"]\n'
        for name in ("P-VERG", "P-WON", "P-OO", "P-REG")
    )
    keys = "".join(
        f'{name} = "{signing_keys.public_text(KEYS[name].public_key())}"\n' for name in signers or ("anna", "bram")
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


def sign(config: Path, *names: str) -> Path:
    """Let these people sign the configuration as it stands."""
    plan = to_approve(load_configuration(config))
    for name in names or ("anna", "bram"):
        signatures.sign(plan, KEYS[name], name, on=TODAY)
    return config


def sign_as_real(config: Path, code: str = "0457") -> Path:
    """Both at once."""
    return sign(make_real(config, code))
