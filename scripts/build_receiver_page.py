"""Build the receiver's page: one HTML file, out of its own parts and the libraries that it takes over.

`make receiver-page` after a part changed; a test builds it again and compares. Each version that was published stays in
PUBLISHED with its sha256: a change that a receiver would notice is a new version.
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

PARTS = Path(__file__).parent / "receiver_page"
RECEIVER = Path(__file__).parents[1] / "screening" / "partners" / "receiver"
#: The page, and the list of every version with its sha256.
PAGE, PUBLISHED = RECEIVER / "levering-openen.html", RECEIVER / "published.txt"
VERSION = "1"


def receiver_page() -> bytes:
    """The page, byte for byte. The same parts give the same bytes."""
    libraries = _read("libraries.js")
    licences = _read("LICENSES.md").replace("*/", "* /")
    own = "\n".join(file.read_text("utf-8") for file in sorted((PARTS / "script").glob("*.js")))
    script = f"/*\n{licences}*/\n{libraries}\n(() => {{\n\"use strict\";\n{own}}})();\n"
    style = _read("page.css")
    if "</" in style or "</script" in script or "<!--" in script:
        raise ValueError("a part of the page would end its own element")
    page = _read("page.html")
    for name, text in (
        ("version", VERSION), ("script_hash", _source(script)), ("style_hash", _source(style)), ("style", style),
        ("script", script),
    ):  # fmt: skip
        page = page.replace(f"{{{name}}}", text, 1)
    return page.encode()


def published() -> dict[str, str]:
    """Version -> sha256 of the page, oldest first."""
    lines = PUBLISHED.read_text("ascii").splitlines() if PUBLISHED.exists() else []
    return dict(line.split() for line in lines if line and not line.startswith("#"))


def write_page() -> None:
    """Write the page, and its sha256 as that of its version."""
    page, hashes = receiver_page(), published()
    hashes[VERSION] = hashlib.sha256(page).hexdigest()
    lines = [f"{version} {digest}\n" for version, digest in hashes.items()]
    PUBLISHED.write_text("".join(["# version, sha256 of levering-openen.html\n", *lines]), "ascii")
    PAGE.write_bytes(page)


def _read(name: str) -> str:
    return (PARTS / name).read_text("utf-8")


def _source(text: str) -> str:
    """How a policy names this text: its hash, so that no other script or style runs."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


if __name__ == "__main__":
    write_page()
