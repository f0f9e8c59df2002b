"""An indicator to explain."""

from __future__ import annotations

from tests.rules.conftest import declare

__all__ = ["declare"]
