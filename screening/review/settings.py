"""The settings of a municipality's review: sign-in, sessions, help lines, purposes and appearance."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from screening.base.errors import ConfigurationError
from screening.base.powers import PolicyRule, PolicyTopic
from screening.base.vocabulary import Purpose, Role
from screening.casework.acts.case_system import CaseSystem
from screening.casework.case_policy import CasePolicy
from screening.casework.tips.care_policy import CarePolicy
from screening.ledger import Norms
from screening.mandate.signing import MandateGate
from screening.partners.desk.policy import ExportPolicy
from screening.store.access.sessions import CASE_PURPOSES
from screening.store.rules.states import ConfiguredRules
from screening.store.workspace import Workspace

OIDC, DEMO = "oidc", "demo"
#: Fewer characters than this are no secret, whatever they are.
MIN_SECRET = 16
#: Placeholders that manuals write instead of a secret.
_PLACEHOLDERS = frozenset(
    ("changeme", "change-me", "secret", "geheim", "password", "wachtwoord", "example", "voorbeeld", "client")
)


def system_clock() -> datetime:
    """Return the time in UTC. Nothing else reads the clock; tests pass another function."""
    return datetime.now(tz=UTC)


def is_loopback(host: str) -> bool:
    """Say whether a host name or address can be reached from this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _is_weak(secret: str) -> bool:
    """Say whether a secret is too short to be one, or a word that a manual writes in its place."""
    text = secret.strip().lower()
    return len(text) < MIN_SECRET or text.strip("0123456789-_") in _PLACEHOLDERS


def _refuse_everybody(proxy: str) -> None:
    """Raise ConfigurationError for a text that is no network, or a network so wide that anybody could be a proxy."""
    try:
        network = ipaddress.ip_network(proxy)
    except ValueError:
        raise ConfigurationError(f"review.trusted_proxies: {proxy!r} is no network address such as 10.0.0.1.") from None
    if network.prefixlen < network.max_prefixlen // 4:
        raise ConfigurationError(f"review.trusted_proxies: {proxy} is as good as everybody. Name your proxies.")


@dataclass(frozen=True)
class OidcSettings:
    """The identity provider. `role_map`: value of `roles_claim` -> roles.

    `mfa_values`: `amr` or `acr` must hold one of them. `ca_file`: PEM file with the authorities that may issue its
    certificate, instead of the public ones.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    role_map: Mapping[str, frozenset[Role]]
    roles_claim: str = "groups"
    account_claim: str = "preferred_username"
    mfa_values: frozenset[str] = frozenset({"mfa", "otp", "hwk", "swk", "fido", "sc"})
    scope: str = "openid profile email"
    ca_file: Path | None = None

    def __post_init__(self) -> None:
        """Raise ConfigurationError for a provider that cannot be trusted or a setting that is empty."""
        parts = urlsplit(self.issuer)
        if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname or "")):
            raise ConfigurationError("review.oidc.issuer must be an https address.")
        if not self.client_id.strip():
            raise ConfigurationError("review.oidc.client_id is empty. The identity provider gives one.")
        if _is_weak(self.client_secret):
            raise ConfigurationError(
                f"The client secret of the identity provider is missing, a placeholder or shorter than {MIN_SECRET} "
                "characters. Set the one the provider gave."
            )
        if not self.role_map or not all(self.role_map.values()):
            raise ConfigurationError(
                "review.oidc.role_map names no role for anybody. Say which group of the provider has which role."
            )
        if not self.mfa_values:
            raise ConfigurationError(
                "review.oidc.mfa names no value: then nobody could be seen to have used a second factor."
            )
        self.trust()

    def trust(self) -> ssl.SSLContext | bool:
        """Return the authorities that check the certificate of the provider; True means the public ones."""
        if self.ca_file is None:
            return True
        try:
            return ssl.create_default_context(cafile=str(self.ca_file))
        except OSError:  # ssl.SSLError is one
            raise ConfigurationError(
                f"review.oidc.ca_file: {self.ca_file} cannot be read as certificates in PEM form."
            ) from None


@dataclass(frozen=True)
class SessionLimits:
    """The longest a session lasts without use (`idle`) and in all (BIO: 15 minutes and a working day)."""

    idle: timedelta = timedelta(minutes=15)
    absolute: timedelta = timedelta(hours=8)

    def __post_init__(self) -> None:
        """Raise ConfigurationError for a session that lasts longer than is allowed."""
        if not timedelta(minutes=1) <= self.idle <= timedelta(minutes=15):
            raise ConfigurationError("review.session idle must be 1 to 15 minutes.")
        if not self.idle <= self.absolute <= timedelta(hours=8):
            raise ConfigurationError("review.session absolute must be at least the idle time and at most 8 hours.")


@dataclass(frozen=True)
class HelpLine:
    """An organisation to call. `role` is police, comensha, care_coordinator or another word of the municipality."""

    role: str
    name: str
    phone: str
    when_nl: str = ""
    when_en: str = ""
    is_emergency: bool = False


#: Without a municipality's own list: the numbers that hold in the whole country.
NATIONAL_HELP = (
    HelpLine("police", "Politie, alarmnummer", "112", "bij direct gevaar", "when someone is in danger now", True),
    HelpLine("police", "Politie", "0900-8844", "als er geen haast bij is", "when it is not urgent"),
    HelpLine(
        "comensha",
        "CoMensha, Coördinatiecentrum tegen Mensenhandel",
        "033-448 11 86",
        "advies bij een mogelijk slachtoffer",
        "advice about a possible victim",
    ),
)


@dataclass(frozen=True)
class AuditPlaces:
    """What the pages of the auditor need of `[audit]`.

    `norms`: from when on a reading stands out. `keep`: brings a signed head of the ledger outside and says what went
    wrong. `last_head_at`: when the last head outside was signed; None: there is none. `max_age`: how old it may be.
    """

    norms: Norms
    keep: Callable[[bytes], list[str]]
    last_head_at: Callable[[], datetime | None]
    max_age: timedelta


@dataclass(frozen=True)
class PaperFile:
    """A paper to read: what it is called, its Markdown, how many questions are open and answered, laws to check."""

    title: str
    text: str
    open_points: int
    answered: int
    to_check: int

    @property
    def is_unchanged(self) -> bool:
        """Whether it asks something and nobody answered: all of it is text of the programme."""
        return bool(self.open_points) and not self.answered


@dataclass(frozen=True)
class ReviewSettings:
    """The settings of the application. `base_url`: scheme, host and port under which browsers reach it.

    `local_rules`: the configured rules of `[policy]` by topic. `case_system`: where a confirmed case can go as a
    file; None where that is not configured. `clock`: returns the time in UTC.
    `purposes`: the purposes of the mandate for which a dossier may be opened.
    `trusted_proxies`: addresses whose X-Forwarded-For is used. `export`: the terms on which signals go to the RIEC;
    None where none go. `confirmed_every`: register -> days within which a person confirms that a delivery of unknown
    age still holds; empty where the municipality is made up. `workspace`: the files of the runs, which tell whether a
    register still has a record; None where the review cannot read them. `mandate`: the mandate under which it works;
    None where the municipality is made up. `audit`: the places of heads; None where they are not known.
    `rules`: those of this version of the programme, as the configuration sets them; None where nobody decides
    about them here. `papers`: file name -> the papers as they are now (ConfigurationError: none can be made); None
    where nobody makes them. `metrics_token`: what who asks for `/metrics` must know; None: nobody gets them. Raises
    ConfigurationError for plain http on an address that others can reach.
    """

    municipality: str
    base_url: str
    mode: str
    oidc: OidcSettings | None = None
    session: SessionLimits = field(default_factory=SessionLimits)
    policy: CasePolicy = field(default_factory=CasePolicy)
    care: CarePolicy = field(default_factory=CarePolicy)
    help_lines: tuple[HelpLine, ...] = NATIONAL_HELP
    purposes: tuple[Purpose, ...] = CASE_PURPOSES
    local_rules: Mapping[PolicyTopic, PolicyRule] = field(default_factory=dict)
    case_system: CaseSystem | None = None
    theme_css: Path | None = None
    accessibility_contact: str = ""
    trusted_proxies: tuple[str, ...] = ()
    export: ExportPolicy | None = None
    confirmed_every: Mapping[str, int] = field(default_factory=dict)
    workspace: Workspace | None = None
    mandate: MandateGate | None = None
    audit: AuditPlaces | None = None
    rules: ConfiguredRules | None = None
    papers: Callable[[], Mapping[str, PaperFile]] | None = None
    metrics_token: str | None = field(default=None, repr=False)
    clock: Callable[[], datetime] = system_clock

    def __post_init__(self) -> None:
        """Raise ConfigurationError for settings that would make signing in unsafe."""
        parts = urlsplit(self.base_url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/"):
            raise ConfigurationError(
                "review.base_url must be a scheme and a host, such as https://toetsing.gemeente.nl"
            )
        if self.mode not in {OIDC, DEMO}:
            raise ConfigurationError(f"The review runs as {OIDC} or {DEMO}, not as {self.mode}.")
        if parts.scheme == "http" and not is_loopback(parts.hostname):
            raise ConfigurationError("review.base_url must be https: session cookies do not travel in the open.")
        if self.mode == DEMO and not is_loopback(parts.hostname):
            raise ConfigurationError("The demonstration runs on this machine alone (127.0.0.1), whatever the address.")
        for proxy in self.trusted_proxies:
            _refuse_everybody(proxy)
        if self.metrics_token is not None and _is_weak(self.metrics_token):
            raise ConfigurationError(
                f"The token of review.metrics_token_env is a placeholder or shorter than {MIN_SECRET} characters. Make "
                "a random one."
            )
        if self.mode == OIDC and self.oidc is None:
            raise ConfigurationError("There is no [review.oidc]: nobody could sign in. Or look around with --demo.")

    @property
    def origin(self) -> str:
        """Scheme, host and port, as a browser sends them in `Origin`."""
        parts = urlsplit(self.base_url)
        default = {"http": 80, "https": 443}[parts.scheme]
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        return f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port not in {None, default} else "")

    @property
    def is_https(self) -> bool:
        """Whether browsers reach it over TLS."""
        return urlsplit(self.base_url).scheme == "https"
