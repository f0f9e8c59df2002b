"""How an account is named wherever somebody acts: one form, so that two spellings are one person."""

from __future__ import annotations

import re

from screening.base.errors import StoreError

_ACCOUNT = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,99}")


def account(name: str) -> str:
    """An account name in the form in which names are compared: `J.Jansen` and `j.jansen` are one person."""
    plain = name.strip().lower()
    if not _ACCOUNT.fullmatch(plain):
        raise StoreError(
            "Say who decides with --by: an account name of letters a-z, digits and . _ @ + -, such as j.jansen."
        )
    return plain
