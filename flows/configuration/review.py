"""`[review]` and `[policy]` of screening.toml as settings of the review: every key known, every secret elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flows.configuration.policy import read_policy
from screening.errors import ConfigurationError
from screening.vocabulary import Role

if TYPE_CHECKING:
    from screening.casework.viewer import CasePolicy
    from screening.review import HelpLine, OidcSettings, ReviewSettings, SessionLimits

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8410

_KEYS = {
    "sample_share", "sample_when_stopped", "host", "port", "base_url", "theme", "accessibility_contact",
    "trusted_proxies", "session", "oidc", "help",
    # terms of case work: `flows.night.open_cases` checks them
    "expiry_days", "due_days", "snooze_days", "lock_minutes", "capacity_per_day",
}  # fmt: skip
_SESSION = {"idle_minutes", "absolute_hours"}
_OIDC = {
    "issuer", "client_id", "client_secret_env", "roles_claim", "account_claim", "mfa", "scope", "role_map", "ca_file",
}  # fmt: skip
_HELP = {"role", "name", "phone", "when_nl", "when_en", "is_emergency"}


@dataclass(frozen=True)
class Place:
    """Where the application listens, and what it is told."""

    host: str
    port: int
    settings: ReviewSettings


def review_settings(
    tables: Mapping[str, Mapping[str, object]],
    *,
    municipality: str,
    folder: Path,
    secret: Callable[[str], str | None],
    demo: bool = False,
    host: str | None = None,
    port: int | None = None,
    policy: CasePolicy | None = None,
) -> Place:
    """The checked settings. `tables`: `[review]` and `[policy]` as they stand; `folder`: that of the file.

    `secret`: value of an environment variable. `demo`: signs in by a link; then `[review.oidc]` is not looked at.
    `policy`: the terms of case work.
    ConfigurationError names the key and never a value that could be a secret.
    """
    from screening.review import ReviewSettings
    from screening.review.settings import is_loopback

    review = tables.get("review", {})
    _refuse_unknown("review", review, _KEYS)
    listen = host or _text("review.host", review.get("host", DEFAULT_HOST))
    at = port or _number("review.port", review.get("port", DEFAULT_PORT), most=65535)
    shown = f"[{listen}]" if ":" in listen else listen
    base = f"http://{shown}:{at}" if demo else _text("review.base_url", review.get("base_url", f"http://{shown}:{at}"))
    if urlsplit(base).scheme == "http" and not is_loopback(listen):
        # with a base_url of this machine others could still come in, by the name of it and without TLS
        raise ConfigurationError(
            f"review.host is {listen}, which others can reach, and review.base_url is plain http. Let the reverse "
            "proxy do TLS, and name the https address that browsers use in review.base_url."
        )
    theme = review.get("theme")
    return Place(
        listen,
        at,
        ReviewSettings(
            municipality=municipality,
            base_url=base.rstrip("/"),
            mode="demo" if demo else "oidc",
            oidc=None if demo else _oidc(_table("review.oidc", review, "oidc"), secret, folder),
            session=_session(_table("review.session", review, "session")),
            **({} if policy is None else {"policy": policy}),
            policy_state=read_policy(tables.get("policy", {})),
            theme_css=folder / _text("review.theme", theme) if theme is not None else None,
            accessibility_contact=_text("review.accessibility_contact", review.get("accessibility_contact", ""), True),
            trusted_proxies=tuple(_texts("review.trusted_proxies", review.get("trusted_proxies", []))),
            **_help(review.get("help")),
        ),
    )


def _oidc(table: Mapping[str, object], secret: Callable[[str], str | None], folder: Path) -> OidcSettings | None:
    from screening.review import OidcSettings

    if not table:
        return None
    _refuse_unknown("review.oidc", table, _OIDC)
    name = _text("review.oidc.client_secret_env", table.get("client_secret_env"))
    given = secret(name)
    if not given:
        raise ConfigurationError(
            f"review.oidc.client_secret_env names {name}, and the environment has no such variable. A secret stands "
            "in the environment of the service, never in screening.toml."
        )
    role_map = {
        group: frozenset(_roles(group, roles)) for group, roles in _table("review.oidc", table, "role_map").items()
    }
    more = {
        name: _text(f"review.oidc.{name}", table[name])
        for name in ("roles_claim", "account_claim", "scope")
        if name in table
    }
    if "mfa" in table:
        more["mfa_values"] = frozenset(_texts("review.oidc.mfa", table["mfa"]))
    return OidcSettings(
        issuer=_text("review.oidc.issuer", table.get("issuer")),
        client_id=_text("review.oidc.client_id", table.get("client_id")),
        client_secret=given,
        role_map=role_map,
        ca_file=folder / _text("review.oidc.ca_file", table["ca_file"]) if "ca_file" in table else None,
        **more,
    )


def _roles(group: str, value: object) -> list[Role]:
    names = _texts(f"review.oidc.role_map.{group}", value if isinstance(value, list) else [value])
    unknown = [one for one in names if one not in set(Role)]
    if unknown:
        raise ConfigurationError(f"review.oidc.role_map.{group}: {unknown[0]} is no role. Roles: {', '.join(Role)}.")
    return [Role(one) for one in names]


def _session(table: Mapping[str, object]) -> SessionLimits:
    from screening.review import SessionLimits

    _refuse_unknown("review.session", table, _SESSION)
    return SessionLimits(
        idle=timedelta(minutes=_number("review.session.idle_minutes", table.get("idle_minutes", 15))),
        absolute=timedelta(hours=_number("review.session.absolute_hours", table.get("absolute_hours", 8))),
    )


def _help(value: object) -> dict[str, tuple[HelpLine, ...]]:
    """The municipality's own lines beside the national ones. An own line takes the place of those of its role alone:
    whoever names a care coordinator still reads whom to call in danger. What is for now comes first.
    """
    from screening.review.settings import NATIONAL_HELP, HelpLine

    if value is None:
        return {}
    if not isinstance(value, list) or not value or not all(isinstance(one, dict) for one in value):
        raise ConfigurationError("review.help must be tables [[review.help]] with role, name and phone.")
    lines = []
    for one in value:
        _refuse_unknown("review.help", one, _HELP)
        words = {name: _text(f"review.help.{name}", one.get(name)) for name in ("role", "name", "phone")}
        more = {name: _text(f"review.help.{name}", one[name], True) for name in ("when_nl", "when_en") if name in one}
        lines.append(HelpLine(**words, **more, is_emergency=one.get("is_emergency") is True))
    own = {(line.role, line.is_emergency) for line in lines}
    lines = [line for line in NATIONAL_HELP if (line.role, line.is_emergency) not in own] + lines
    return {"help_lines": tuple(sorted(lines, key=lambda line: not line.is_emergency))}


def _refuse_unknown(name: str, table: Mapping[str, object], known: set[str]) -> None:
    unknown = sorted(set(table) - known)
    if unknown:
        raise ConfigurationError(f"{name}.{unknown[0]} is not known. Known are {', '.join(sorted(known))}.")


def _table(name: str, table: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = table.get(key, {})
    if not isinstance(value, Mapping):
        raise ConfigurationError(f"{name} must be a table.")
    return value


def _text(name: str, value: object, may_be_empty: bool = False) -> str:
    if not isinstance(value, str) or not (value.strip() or may_be_empty):
        raise ConfigurationError(f"{name} must be a text.")
    return value.strip()


def _texts(name: str, value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
        raise ConfigurationError(f"{name} must be a list of texts.")
    return [one.strip() for one in value]


def _number(name: str, value: object, *, most: int = 10_000) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
        raise ConfigurationError(f"{name} must be a whole number from 1 to {most}.")
    return value
