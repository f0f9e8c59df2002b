"""An OpenID Connect provider on loopback: `python -m tests.review.oidc_provider SOCKET FILE [CERTIFICATE KEY]`.

SOCKET is the number of an inherited one that holds the port: nobody can take it in between. It does what a provider
does: discovery, an authorization page, PKCE, codes that work once, client authentication, signed id tokens, keys,
signing out. FILE is JSON: the client and its people. A person may have `faults` that make the provider lie in one way
each, so that it can be shown that a lie is not believed:
nonce, issuer, audience, azp, expired, no_end, no_begin, not_yet, unsigned, other_key, shared_secret, changed,
no_id_token, subject, no_auth_time, old_auth_time, odd_auth_time. `says` in FILE: what its metadata
say instead of the truth.
"""

from __future__ import annotations

import base64
import hmac
import json
import secrets
import socket
import sys
import time
from html import escape
from pathlib import Path
from urllib.parse import urlencode

import uvicorn
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from fastapi import FastAPI, Form, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

ID_TOKEN_SECONDS = 300


class Provider:
    """What the provider knows: its client, its people, the codes it gave."""

    def __init__(self, issuer: str, file: Path) -> None:
        self.issuer, self.file = issuer, file
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
        self.codes: dict[str, dict[str, str]] = {}
        self.signed_out: list[str] = []
        self.asked: list[str] = []

    @property
    def known(self) -> dict:
        """The client and the people, as the file has them now."""
        return json.loads(self.file.read_text(encoding="utf-8"))

    def id_token(self, person: dict, nonce: str) -> str:
        """The token of a person, with the faults that the person has."""
        client, faults, now = self.known["client"], set(person.get("faults", ())), int(time.time())
        claims = {
            "iss": "https://elsewhere.example" if "issuer" in faults else self.issuer,
            "aud": "another-client" if "audience" in faults else client["id"],
            "sub": person["sub"],
            "iat": now - (7200 if "expired" in faults else 0),
            "exp": now + ID_TOKEN_SECONDS - (7200 if "expired" in faults else 0),
            "nonce": "another-nonce" if "nonce" in faults else nonce,
            "preferred_username": person["username"],
            "name": person["name"],
            "groups": person["groups"],
            "amr": person.get("amr", ["pwd", "otp"]),
            "auth_time": now,
        }
        if "no_auth_time" in faults:
            del claims["auth_time"]
        if "old_auth_time" in faults:  # single sign-on of this morning, whatever is asked
            claims["auth_time"] = now - 3600
        if "odd_auth_time" in faults:
            claims["auth_time"] = str(now)
        if "azp" in faults:
            claims |= {"aud": [client["id"], "another-client"], "azp": "another-client"}
        if "not_yet" in faults:
            claims |= {"iat": now + 7200, "exp": now + 7200 + ID_TOKEN_SECONDS}
        for fault, name in (("subject", "sub"), ("no_end", "exp"), ("no_begin", "iat")):
            if fault in faults:
                del claims[name]
        if "acr" in person:
            claims["acr"] = person["acr"]
        if "unsigned" in faults:
            parts = ({"alg": "none", "typ": "JWT"}, claims)
            return ".".join(_segment(json.dumps(one).encode()) for one in parts) + "."
        if "shared_secret" in faults:  # the public key as a shared secret: the classic confusion of algorithms
            key = OctKey.import_key(self.key.as_pem(private=False))
            return jwt.encode({"alg": "HS256", "kid": self.key.kid}, claims, key, algorithms=["HS256"])
        kid = self.key.kid
        key = RSAKey.generate_key(2048, {"kid": kid}) if "other_key" in faults else self.key
        signed = jwt.encode({"alg": "RS256", "kid": kid}, claims, key)
        if "changed" in faults:
            head, _, signature = signed.split(".")
            return f"{head}.{_segment(json.dumps(claims | {'name': 'Somebody Else'}).encode())}.{signature}"
        return signed


def _segment(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def make_provider(issuer: str, file: Path) -> FastAPI:
    """The provider as an application."""
    app, state = FastAPI(docs_url=None, redoc_url=None, openapi_url=None), Provider(issuer, file)

    @app.get("/.well-known/openid-configuration")
    def discovery() -> dict:
        return {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/authorize",
            "token_endpoint": f"{issuer}/token",
            "jwks_uri": f"{issuer}/jwks",
            "end_session_endpoint": f"{issuer}/logout",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            "authorization_response_iss_parameter_supported": True,
        } | state.known.get("says", {})

    @app.get("/jwks")
    def jwks() -> dict:
        return KeySet([state.key]).as_dict(private=False)

    @app.post("/rotate")
    def rotate() -> dict:
        """Sign with another key from now on, as providers do now and then."""
        state.key = RSAKey.generate_key(2048, {"kid": secrets.token_hex(4), "use": "sig"})
        return {}

    @app.get("/authorize")
    def authorize(request: Request) -> HTMLResponse:
        asked, client = dict(request.query_params), state.known["client"]
        is_right = (
            asked.get("client_id") == client["id"]
            and asked.get("redirect_uri") in client["redirect_uris"]
            and asked.get("response_type") == "code"
            and "openid" in asked.get("scope", "").split()
        )
        if not is_right:
            return HTMLResponse("not a client of this provider", 400)
        if asked.get("code_challenge_method") != "S256" or not asked.get("code_challenge") or not asked.get("nonce"):
            return HTMLResponse("PKCE and a nonce are required", 400)
        fields = "".join(f'<input type="hidden" name="{escape(k)}" value="{escape(v)}">' for k, v in asked.items())
        people = "".join(
            f'<p><button name="username" value="{escape(one["username"])}">{escape(one["name"])}</button></p>'
            for one in state.known["people"]
        )
        return HTMLResponse(
            f'<!doctype html><html lang="nl"><title>Aanmelddienst</title><h1>Wie bent u?</h1>'
            f'<form method="post" action="/authorize">{fields}{people}'
            f'<p><button name="username" value="">Stoppen</button></p></form></html>'
        )

    @app.post("/authorize")
    async def consent(request: Request) -> RedirectResponse:
        form = {key: str(value) for key, value in (await request.form()).items()}
        answer = {"state": form["state"], "iss": issuer}
        if not form["username"]:
            answer["error"] = "access_denied"
        else:
            code = secrets.token_urlsafe(32)
            state.codes[code] = form
            answer["code"] = code
        return RedirectResponse(f"{form['redirect_uri']}?{urlencode(answer)}", 303)

    @app.post("/token")
    def token(
        request: Request,
        grant_type: str = Form(),
        code: str = Form(),
        redirect_uri: str = Form(),
        code_verifier: str = Form(""),
    ) -> JSONResponse:
        client = state.known["client"]
        wanted = base64.b64encode(f"{client['id']}:{client['secret']}".encode()).decode()
        given = request.headers.get("authorization", "").removeprefix("Basic ")
        if not hmac.compare_digest(given, wanted):
            return JSONResponse({"error": "invalid_client"}, 401)
        asked = state.codes.pop(code, None)  # a code works once
        is_right = (
            asked is not None
            and grant_type == "authorization_code"
            and asked["redirect_uri"] == redirect_uri
            and create_s256_code_challenge(code_verifier) == asked["code_challenge"]
        )
        if not is_right:
            return JSONResponse({"error": "invalid_grant"}, 400)
        person = next(one for one in state.known["people"] if one["username"] == asked["username"])
        given = {"access_token": secrets.token_urlsafe(16), "token_type": "Bearer", "expires_in": 60}
        if "no_id_token" not in person.get("faults", ()):
            given["id_token"] = state.id_token(person, asked["nonce"])
        return JSONResponse(given, headers={"Cache-Control": "no-store"})

    @app.get("/logout")
    def logout(request: Request) -> RedirectResponse:
        asked, client = dict(request.query_params), state.known["client"]
        hint = asked.get("id_token_hint")
        if hint:
            state.signed_out.append(jwt.decode(hint, KeySet([state.key])).claims["sub"])
        target = asked.get("post_logout_redirect_uri", "")
        return RedirectResponse(target if target in client["after_sign_out"] else "/", 303)

    @app.get("/signed-out")
    def signed_out() -> list[str]:
        return state.signed_out

    return app


def main() -> None:
    """Serve on the port of an inherited socket until ended; over TLS where a certificate and its key are given too."""
    held, file, *tls = socket.socket(fileno=int(sys.argv[1])), Path(sys.argv[2]), *sys.argv[3:]
    app = make_provider(f"http{'s' if tls else ''}://127.0.0.1:{held.getsockname()[1]}", file)
    over = dict(zip(("ssl_certfile", "ssl_keyfile"), tls, strict=False))
    uvicorn.Server(uvicorn.Config(app, log_level="error", **over)).run(sockets=[held])


if __name__ == "__main__":
    main()
