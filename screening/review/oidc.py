"""Signing in at the identity provider: OpenID Connect, authorization code with PKCE, state and nonce; checked id token.

Authlib speaks OAuth, joserfc checks the token. The provider is the only other machine this application ever calls.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode, urlsplit

import httpx
from authlib.deprecate import AuthlibDeprecationWarning
from authlib.integrations.base_client import OAuthError
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from screening.base.errors import BarrierError
from screening.base.vocabulary import Role, clashing_roles
from screening.review.settings import OidcSettings, is_loopback

with warnings.catch_warnings():  # it tells whoever starts the service of a successor of httpx that is not there yet
    warnings.simplefilter("ignore", AuthlibDeprecationWarning)
    from authlib.integrations.httpx_client import OAuth2Client

CALLBACK = "/aanmelden/terug"
AFTER_SIGN_OUT = "/afgemeld"
#: Signatures by a key pair only: with `none` or a shared secret anybody could be anybody.
ALGORITHMS = ["RS256", "PS256", "ES256", "ES384", "Ed25519", "EdDSA"]
LEEWAY_SECONDS = 60
TIMEOUT_SECONDS = 10.0
#: How long a person may take at the provider, how many may be on their way, and how long its metadata are kept.
PENDING_LASTS = timedelta(minutes=10)
MAX_PENDING = 1_000
METADATA_LASTS = timedelta(hours=1)
KEYS_AT_MOST_EVERY = timedelta(minutes=1)
#: How many may wait for the provider's answers at once: one that hangs may not take the threads of who is signed in.
MAX_ASKING = 8


class SignInError(BarrierError):
    """Signing in did not work. `reason` is the key of the text that says why: `signin.why.<reason>`.

    `roles`: those that one person cannot have together, where that is why.
    """

    def __init__(self, reason: str, roles: Sequence[Role] = ()) -> None:
        super().__init__(f"Signing in was refused: {reason}.")
        self.reason = reason
        self.roles = tuple(roles)


@dataclass(frozen=True)
class Identity:
    """The person whom the provider signed in. `id_token` is needed to sign out there.

    `authenticated_at`: when the person showed there who they are; None where the provider does not say.
    """

    account: str
    subject: str
    name: str
    roles: frozenset[Role]
    id_token: str = field(repr=False)
    authenticated_at: datetime | None = None


@dataclass(frozen=True)
class Returned:
    """Who came back from the provider, to which page, and the key of the session that is renewed by it (None: none)."""

    identity: Identity
    target: str
    renews: str | None


@dataclass(frozen=True)
class _Pending:
    visitor: bytes
    nonce: str
    verifier: str
    target: str
    until: datetime
    renews: str | None


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


class Provider:
    """The identity provider of a municipality, as one application sees it. Safe to use from many threads.

    What waits for an answer of the provider is kept in memory: a restart lets those people begin again, no more.
    """

    def __init__(self, settings: OidcSettings, base_url: str, clock: Callable[[], datetime]) -> None:
        self.settings, self._clock, self._trust = settings, clock, settings.trust()
        self._base = base_url.rstrip("/")
        self._turn, self._asking = threading.Lock(), threading.BoundedSemaphore(MAX_ASKING)
        self._pending: dict[str, _Pending] = {}
        self._metadata: tuple[dict[str, object], datetime] | None = None
        self._keys: tuple[KeySet, datetime] | None = None

    @property
    def form_target(self) -> str:
        """The origin to which the sign-in form is sent on."""
        parts = urlsplit(self.settings.issuer)
        return f"{parts.scheme}://{parts.netloc}"

    def begin(self, visitor: str, target: str, *, renews: str | None = None) -> str:
        """Make the address at the provider to send this visitor to; afterwards they land on `target`.

        `renews`: the key of the session of a person who shows once more who they are. SignInError: the provider does
        not answer, or too many are on their way.
        """
        nonce, verifier, state = secrets.token_urlsafe(32), secrets.token_urlsafe(48), secrets.token_urlsafe(32)
        endpoint = self._endpoint("authorization_endpoint")
        now = self._clock()
        with self._turn:
            self._pending = {key: pending for key, pending in self._pending.items() if pending.until > now}
            if len(self._pending) >= MAX_PENDING:
                raise SignInError("busy")
            self._pending[state] = _Pending(_digest(visitor), nonce, verifier, target, now + PENDING_LASTS, renews)
        with self._client() as client:
            # both: `max_age` obliges the provider to say when the person signed in (OIDC Core 3.1.2.1)
            anew = {"prompt": "login", "max_age": "0"} if renews else {}
            url, _ = client.create_authorization_url(endpoint, state=state, code_verifier=verifier, nonce=nonce, **anew)
        return str(url)

    def finish(self, visitor: str, answer: Mapping[str, str]) -> Returned:
        """Return who came back from the provider, and where to. `answer`: the query of the redirect.

        SignInError: not begun in this browser, used before, too late, refused there, an invalid token, no second
        factor, no role; or asked to sign in anew, and the provider does not say that the person did.
        """
        with self._turn:
            pending = self._pending.pop(answer.get("state", ""), None)
        if (
            pending is None
            or pending.until <= self._clock()
            or not hmac.compare_digest(pending.visitor, _digest(visitor))
        ):
            raise SignInError("state")
        # RFC 9207: an answer of another provider is not taken for one of this
        if answer.get("iss", self.settings.issuer) != self.settings.issuer:
            raise SignInError("state")
        if "error" in answer or not answer.get("code"):
            raise SignInError("refused")
        endpoint = self._endpoint("token_endpoint")
        try:
            with self._provider_slot(), self._client() as client:
                given = client.fetch_token(
                    endpoint, code=answer["code"], code_verifier=pending.verifier, grant_type="authorization_code"
                )
        except (OAuthError, httpx.HTTPError, ValueError):
            raise SignInError("provider") from None
        token = given.get("id_token")
        if not isinstance(token, str):
            raise SignInError("token")
        identity = self._identity(token, self._claims(token, pending.nonce))
        if pending.renews:
            begun = pending.until - PENDING_LASTS - timedelta(seconds=LEEWAY_SECONDS)
            if identity.authenticated_at is None or identity.authenticated_at < begun:
                raise SignInError("fresh")
        return Returned(identity, pending.target, pending.renews)

    def sign_out_url(self, id_token: str | None) -> str | None:
        """Return the address to sign out at the provider too (RP-initiated logout); None where it offers none."""
        try:
            endpoint = self._document().get("end_session_endpoint")
        except SignInError:
            return None
        if not isinstance(endpoint, str) or not endpoint or not self._is_of_provider(endpoint):
            return None
        query = {"client_id": self.settings.client_id, "post_logout_redirect_uri": self._base + AFTER_SIGN_OUT}
        if id_token:
            query["id_token_hint"] = id_token
        return f"{endpoint}?{urlencode(query)}"

    @contextmanager
    def _provider_slot(self) -> Iterator[None]:
        """Hold one of the places for a request to the provider; SignInError when all are taken."""
        if not self._asking.acquire(blocking=False):
            raise SignInError("busy")
        try:
            yield
        finally:
            self._asking.release()

    def _client(self) -> OAuth2Client:
        return OAuth2Client(
            self.settings.client_id,
            self.settings.client_secret,
            scope=self.settings.scope,
            redirect_uri=self._base + CALLBACK,
            code_challenge_method="S256",
            timeout=TIMEOUT_SECONDS,
            follow_redirects=False,
            trust_env=False,
            verify=self._trust,
        )

    def _get(self, url: str) -> dict[str, object]:
        try:
            with (
                self._provider_slot(),
                httpx.Client(
                    timeout=TIMEOUT_SECONDS, follow_redirects=False, trust_env=False, verify=self._trust
                ) as client,
            ):
                answer = client.get(url)
                answer.raise_for_status()
                document = answer.json()
        except (httpx.HTTPError, ValueError):
            raise SignInError("provider") from None
        if not isinstance(document, dict):
            raise SignInError("provider")
        return document

    def _document(self) -> dict[str, object]:
        """Return the discovery document of the provider (OpenID Connect Discovery), fetched at most once an hour."""
        now = self._clock()
        with self._turn:
            if self._metadata is not None and now < self._metadata[1] + METADATA_LASTS:
                return self._metadata[0]
        metadata = self._get(self.settings.issuer.rstrip("/") + "/.well-known/openid-configuration")
        if metadata.get("issuer") != self.settings.issuer:  # Discovery 4.3: else another one answers in its name
            raise SignInError("provider")
        with self._turn:
            self._metadata = (metadata, now)
        return metadata

    def _endpoint(self, name: str) -> str:
        url = self._document().get(name)
        if not isinstance(url, str) or not self._is_of_provider(url):
            raise SignInError("provider")
        return url

    def _keys_at(self) -> str:
        """The address of the keys: it may be another host of the provider, and never without TLS."""
        url = self._document().get("jwks_uri")
        if not isinstance(url, str) or not _is_safe(url):
            raise SignInError("provider")
        return url

    def _is_of_provider(self, url: str) -> bool:
        """Say whether an address for the browser or the secret is at the origin that the form may be sent to."""
        parts = urlsplit(url)
        return _is_safe(url) and f"{parts.scheme}://{parts.netloc}" == self.form_target

    def _key_set(self, *, is_renewed: bool = False) -> KeySet:
        now = self._clock()
        with self._turn:
            if self._keys is not None:
                age = now - self._keys[1]
                if (age < METADATA_LASTS and not is_renewed) or age < KEYS_AT_MOST_EVERY:
                    return self._keys[0]
        try:
            keys = KeySet.import_key_set(self._get(self._keys_at()))  # type: ignore[arg-type]  # another form is refused below
        except (JoseError, ValueError, KeyError, TypeError):
            raise SignInError("provider") from None
        with self._turn:
            self._keys = (keys, now)
        return keys

    def _claims(self, token: str, nonce: str) -> dict[str, object]:
        """The claims of an id token whose signature, issuer, audience, time and nonce hold (OIDC Core 3.1.3.7)."""
        try:
            try:
                decoded = jwt.decode(token, self._key_set(), algorithms=ALGORITHMS)
            except (JoseError, ValueError):  # signed by a key that the provider began to use meanwhile
                decoded = jwt.decode(token, self._key_set(is_renewed=True), algorithms=ALGORITHMS)
            rules = jwt.JWTClaimsRegistry(
                now=int(self._clock().timestamp()),
                leeway=LEEWAY_SECONDS,
                iss={"essential": True, "value": self.settings.issuer},
                aud={"essential": True, "value": self.settings.client_id},
                sub={"essential": True},
                exp={"essential": True},
                iat={"essential": True},
                nonce={"essential": True, "value": nonce},
            )
            rules.validate(decoded.claims)
        except (JoseError, ValueError, TypeError):
            raise SignInError("token") from None
        claims: dict[str, object] = decoded.claims
        audience = claims["aud"]
        several = isinstance(audience, list) and len(audience) > 1
        if (several or "azp" in claims) and claims.get("azp") != self.settings.client_id:
            raise SignInError("token")
        return claims

    def _identity(self, token: str, claims: Mapping[str, object]) -> Identity:
        factors = {str(method) for method in _as_list(claims.get("amr"))} | {str(claims.get("acr", ""))}
        if not factors & self.settings.mfa_values:
            raise SignInError("mfa")
        groups = {str(group) for group in _as_list(claims.get(self.settings.roles_claim))}
        roles = frozenset().union(*(self.settings.role_map.get(group, frozenset()) for group in groups))
        if not roles:
            raise SignInError("role")
        if apart := clashing_roles(roles):
            raise SignInError("combined", apart)
        account = claims.get(self.settings.account_claim)
        if not isinstance(account, str) or not account:
            raise SignInError("account")
        name = claims.get("name")
        shown = name if isinstance(name, str) else account
        return Identity(account, str(claims["sub"]), shown, roles, token, self._moment(claims.get("auth_time")))

    def _moment(self, seconds: object) -> datetime | None:
        """The moment of a claim; None where there is none, and SignInError for one that cannot be or is to come."""
        if seconds is None:
            return None
        latest = int(self._clock().timestamp()) + LEEWAY_SECONDS
        if not isinstance(seconds, int) or isinstance(seconds, bool) or not 0 <= seconds <= latest:
            raise SignInError("token")
        return datetime.fromtimestamp(seconds, UTC)


def _is_safe(url: str) -> bool:
    """Over TLS, unless on this machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))


def _as_list(value: object) -> list[object]:
    return value if isinstance(value, list) else [] if value is None else [value]
