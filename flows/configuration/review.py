"""`[review]` and `[policy]` as settings of the review application: where it listens, and what it is handed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from flows import environment
from flows.configuration.read import Configuration
from flows.configuration.review_tables import HelpTable, OidcTable
from screening.base.errors import ConfigurationError
from screening.base.powers import PolicyRule, PolicyTopic
from screening.review.settings import NATIONAL_HELP, HelpLine, OidcSettings, ReviewSettings, SessionLimits, is_loopback


@dataclass(frozen=True)
class ReviewPlace:
    """Where the application listens, and its settings."""

    host: str
    port: int
    settings: ReviewSettings


def review_settings(
    configuration: Configuration,
    *,
    demo: bool = False,
    host: str | None = None,
    port: int | None = None,
    secret: Callable[[str], str | None] = environment.secret,
) -> ReviewPlace:
    """Make the settings of the review.

    Args:
        configuration: The tables `[review]` and `[policy]`, and the terms of case work.
        demo: Whether one signs in by a link; then `[review.oidc]` is not looked at.
        host: An address instead of the configured one.
        port: A port instead of the configured one.
        secret: The value of an environment variable.

    Raises:
        ConfigurationError: a setting that would be unsafe; it names the key and never a value that could be a secret.
    """
    review = configuration.review
    host, port = host or review.host, port or review.port
    listens_at = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    base = listens_at if demo else review.base_url or listens_at
    if urlsplit(base).scheme == "http" and not is_loopback(host):
        # with a base_url of this machine others could still come in, by the name of it and without TLS
        raise ConfigurationError(
            f"review.host is {host}, which others can reach, and review.base_url is plain http. Let the reverse "
            "proxy do TLS, and name the https address that browsers use in review.base_url."
        )
    return ReviewPlace(
        host,
        port,
        ReviewSettings(
            municipality=configuration.municipality.name,
            base_url=base.rstrip("/"),
            mode="demo" if demo else "oidc",
            oidc=_oidc(review.oidc, secret) if review.oidc and not demo else None,
            session=SessionLimits(
                idle=timedelta(minutes=review.session.idle_minutes),
                absolute=timedelta(hours=review.session.absolute_hours),
            ),
            policy=configuration.case_policy,
            care=configuration.care.policy(),
            local_rules=local_rules(configuration),
            case_system=configuration.case_system.system(),
            theme_css=review.theme,
            accessibility_contact=review.accessibility_contact,
            trusted_proxies=review.trusted_proxies,
            confirmed_every={} if configuration.is_synthetic else configuration.max_age_days,
            help_lines=_help_lines(review.help),
            metrics_token=_given("review.metrics_token_env", review.metrics_token_env, secret),
        ),
    )


def local_rules(configuration: Configuration) -> dict[PolicyTopic, PolicyRule]:
    """The local rules that `[policy]` states; a topic without one is not there."""
    stated = ((topic, getattr(configuration.policy, topic.value)) for topic in PolicyTopic)
    return {topic: PolicyRule(**table.model_dump(exclude_none=True)) for topic, table in stated if table}


def _given(key: str, name: str | None, secret: Callable[[str], str | None]) -> str | None:
    """The secret that a key names; None where it names none. ConfigurationError: nothing gives it."""
    if name is None:
        return None
    value = secret(name)
    if not value:
        raise ConfigurationError(f"{key} names {name}, which nothing gives. {environment.WHERE_SECRETS_STAND}")
    return value


def _oidc(table: OidcTable, secret: Callable[[str], str | None]) -> OidcSettings:
    value = _given("review.oidc.client_secret_env", table.client_secret_env, secret) or ""
    more = table.model_dump(exclude={"client_secret_env", "mfa"}, exclude_none=True)
    if table.mfa is not None:
        more["mfa_values"] = frozenset(table.mfa)
    return OidcSettings(client_secret=value, **more)


def _help_lines(tables: tuple[HelpTable, ...]) -> tuple[HelpLine, ...]:
    """The municipality's own lines beside the national ones; what is for now comes first.

    An own line takes the place of those of its role alone: whoever names a care coordinator still reads whom to call
    in danger.
    """
    own = [HelpLine(**table.model_dump()) for table in tables]
    replaced = {(line.role, line.is_emergency) for line in own}
    lines = [line for line in NATIONAL_HELP if (line.role, line.is_emergency) not in replaced] + own
    return tuple(sorted(lines, key=lambda line: not line.is_emergency))
