"""A change comes from a page of ours, opened in this very session: by its token and the browser's word."""

from __future__ import annotations

import hashlib
import hmac

from starlette.requests import Request

FIELD = "csrf_token"
HEADER = "x-csrf-token"
FORM_TYPE = "application/x-www-form-urlencoded"


def token(session_id: str) -> str:
    """The token of a session: made from its id, which no page shows, so that nothing needs to be kept for it."""
    return hmac.new(session_id.encode(), b"barrier review form", hashlib.sha256).hexdigest()


def is_own_origin(request: Request, origin: str) -> bool:
    """Whether the browser says that the request comes from a page of this application.

    Sec-Fetch-Site decides where it is sent; Origin where not. With `Referrer-Policy: no-referrer` browsers write
    `Origin: null` on our own forms, so null says nothing and any other foreign value refuses. Neither: refused.
    """
    site, sent = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if sent not in {None, "null", origin}:
        return False
    if site is not None:
        return site == "same-origin"
    return sent == origin


def is_valid(request: Request, form: dict[str, str], session_id: str, origin: str) -> bool:
    """Whether a change may go on: own origin, and the token of this session in the form or in htmx's header."""
    given = request.headers.get(HEADER) or form.get(FIELD, "")
    matches = hmac.compare_digest(given.encode(), token(session_id).encode())
    return matches and is_own_origin(request, origin)
