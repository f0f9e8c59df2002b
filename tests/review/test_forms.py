"""A form with a file: its text stands for what would be pasted, on the pages that take one, within its limits."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from screening.base.vocabulary import Role
from screening.review.csrf import token
from screening.review.forms import MAX_FILE
from screening.signing.public_keys import key_fingerprint, ssh_text
from screening.store.access.personal_keys import personal_keys
from tests.review.conftest import Review

KEY = Ed25519PrivateKey.from_private_bytes(bytes([9] * 32)).public_key()
LINE = f"{ssh_text(KEY)} anna@werk\n".encode()
PATH = "/mijn-account/sleutel"
ASKED = "/mijn-account"


def registered(review: Review) -> list[str]:
    return [key.fingerprint for key in personal_keys(review.store)]


@pytest.mark.parametrize("pasted", ["", "niets"])
def test_the_file_of_a_key_counts_before_what_was_pasted(bare_review: Review, pasted: str) -> None:
    anna = bare_review.client(Role.LEAD)
    form = anna.get(ASKED).text
    assert 'enctype="multipart/form-data"' in form
    assert 'type="file" accept=".pub"' in form
    sent = anna.send_form(PATH, {"sleutel": pasted}, files={"sleutel": ("barrier.pub", LINE)})
    assert sent.headers["location"] == ASKED
    assert registered(bare_review) == [key_fingerprint(KEY)]


def test_a_file_that_was_not_chosen_leaves_what_was_pasted(bare_review: Review) -> None:
    anna = bare_review.client(Role.LEAD)
    parts = "".join(
        f"--x\r\nContent-Disposition: form-data; {head}\r\n\r\n{body}\r\n"
        for head, body in (
            ('name="csrf_token"', token(anna.session_id or "")),
            ('name="sleutel"', LINE.decode()),
            ('name="sleutel"; filename=""', ""),  # as browsers send it
        )
    )
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    assert anna.post(PATH, content=f"{parts}--x--\r\n", headers=headers).status_code == 303
    assert registered(bare_review) == [key_fingerprint(KEY)]


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"\x89PNG\x00\x1a\xff" * 9, 422),
        (b"-----BEGIN OPENSSH PRIVATE KEY-----\ngeheim\n-----END OPENSSH PRIVATE KEY-----\n", 422),
        (LINE + b" " * (MAX_FILE - len(LINE) + 1), 413),
    ],
    ids=["no text", "a private key", "too large"],
)
def test_another_file_is_refused_and_not_shown_again(bare_review: Review, content: bytes, status: int) -> None:
    answer = bare_review.client(Role.LEAD).send_form(PATH, files={"sleutel": ("barrier.pub", content)})
    assert answer.status_code == status
    assert "geheim\n" not in answer.text
    assert registered(bare_review) == []


def test_a_form_with_a_file_is_asked_what_every_form_is(bare_review: Review) -> None:
    anna, files = bare_review.client(Role.LEAD), {"sleutel": ("barrier.pub", LINE)}
    assert anna.post(PATH, data={"csrf_token": "x"}, files=files).status_code == 403
    foreign = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert anna.send_form(PATH, files=files, headers=foreign).status_code == 403
    assert anna.send_form(PATH, files=[("sleutel", files["sleutel"])] * 2).status_code == 400
    assert anna.send_form(PATH, {f"x{n}": "" for n in range(20)}, files=files).status_code == 400
    assert anna.send_form("/doel", {"doel": "P-OO"}, files=files).status_code == 415
    parts = (
        f'--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token(anna.session_id or "")}\r\n--x--\r\n'
    )
    for more, status in (("; charset=unicode_escape", 415), ("", 422)):
        headers = {"Content-Type": f"multipart/form-data; boundary=x{more}"}
        assert anna.post(PATH, content=parts, headers=headers).status_code == status
    assert anna.post(PATH, content=b"x" * 2_000_000, headers=headers).status_code == 413
    assert registered(bare_review) == []
    bare_review.clock.forward(minutes=6)
    assert anna.send_form(PATH, files=files).status_code == 403
    assert registered(bare_review) == []
