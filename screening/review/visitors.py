"""Somebody who has not signed in: an id for the token of the sign-in form, of no worth once signed in."""

from __future__ import annotations

import secrets


def new_visitor() -> str:
    """A random id; nothing is kept about it."""
    return secrets.token_urlsafe(24)
