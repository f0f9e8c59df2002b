"""Photos of visits, sent in as a page of a stop does."""

from __future__ import annotations

from tests.review.conftest import Client

PHOTO = {"toont": "buiten", "gezien": "ja"}


def sent_photo(client: Client, at: str, photo: bytes, **fields: str) -> int:
    """The status of the answer to a photo of a stop."""
    return client.send_form(f"{at}/foto", PHOTO | fields, files={"foto": ("foto.jpg", photo)}).status_code
