"""`python -m flows` is the `barrier` command."""

from __future__ import annotations

from flows.cli import main

main()
