"""The id token of each session, for signing out at the identity provider. In memory only: it names a person."""

from __future__ import annotations

import threading
from collections import OrderedDict

MAX_TOKENS = 5_000


class IdTokens:
    """Session key -> id token. What does not fit is forgotten: then the provider asks whether to sign out."""

    def __init__(self) -> None:
        self._tokens: OrderedDict[str, str] = OrderedDict()
        self._turn = threading.Lock()

    def put(self, key: str, token: str) -> None:
        """Keep the token of a session."""
        with self._turn:
            self._tokens[key] = token
            while len(self._tokens) > MAX_TOKENS:
                self._tokens.popitem(last=False)

    def take(self, key: str) -> str | None:
        """The token of a session that ends; it is forgotten."""
        with self._turn:
            return self._tokens.pop(key, None)
