"""The cookies: the session id, the visitor before signing in, the language, one message after a change."""

from __future__ import annotations

from starlette.responses import Response

SESSION, VISITOR, LANGUAGE, FLASH, DEVICE = (
    "barrier",
    "barrier-visitor",
    "barrier-language",
    "barrier-flash",
    "barrier-demo",
)


class Cookies:
    """Names and marks of cookies. Over TLS `__Host-` ties them to this host; plain http is for loopback only."""

    def __init__(self, *, is_https: bool) -> None:
        self._secure = is_https
        self._prefix = "__Host-" if is_https else ""

    def name(self, which: str) -> str:
        """The name as it travels."""
        return self._prefix + which

    def set(self, response: Response, which: str, value: str, *, seconds: int | None = None) -> None:
        """Set one; without `seconds` it goes when the browser closes."""
        response.set_cookie(
            self.name(which), value, max_age=seconds, path="/", secure=self._secure, httponly=True, samesite="lax"
        )

    def clear(self, response: Response, which: str) -> None:
        """Take one away."""
        response.delete_cookie(self.name(which), path="/", secure=self._secure, httponly=True, samesite="lax")
