"""The page with which a receiver opens a batch: one HTML file, put together of its parts when somebody asks for it.

`parts` holds our own parts and the libraries that the page takes over, with their licences. A change that a receiver
would notice is a new version: raise VERSION, and add it with its sha256 to the list in docs/ontvangen.md. The page is
never sent in a batch.

    python -m screening.partners.receiver.page FOLDER      writes the page there
"""

from __future__ import annotations

import base64
import hashlib
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PAGE_NAME = "levering-openen.html"
VERSION = "1"
_PARTS = Path(__file__).parent / "parts"


@dataclass(frozen=True)
class ReceiverPage:
    """The page, byte for byte, with what a receiver compares by telephone."""

    content: bytes
    version: str = VERSION
    name: str = PAGE_NAME

    @property
    def sha256(self) -> str:
        """The check value, as 64 digits."""
        return hashlib.sha256(self.content).hexdigest()


@cache
def receiver_page() -> ReceiverPage:
    """The page of this version. The same parts give the same bytes. ValueError: a part would end its own element."""
    licences = _part("LICENSES.md").replace("*/", "* /")
    own = "\n".join(file.read_text("utf-8") for file in sorted((_PARTS / "script").glob("*.js")))
    script = f'/*\n{licences}*/\n{_part("libraries.js")}\n(() => {{\n"use strict";\n{own}}})();\n'
    style = _part("page.css")
    if "</" in style or "</script" in script or "<!--" in script:
        raise ValueError("a part of the page would end its own element")
    page = _part("page.html")
    for name, text in (
        ("version", VERSION),
        ("script_hash", _hash_source(script)),
        ("style_hash", _hash_source(style)),
        ("style", style),
        ("script", script),
    ):
        page = page.replace(f"{{{name}}}", text, 1)
    return ReceiverPage(page.encode())


def _part(name: str) -> str:
    return (_PARTS / name).read_text("utf-8")


def _hash_source(text: str) -> str:
    """How a policy names this text: its hash, so that no other script or style runs."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


if __name__ == "__main__":
    file = Path(sys.argv[1]) / PAGE_NAME
    file.write_bytes(receiver_page().content)
    print(f"{receiver_page().sha256}  {file}")
