"""What is sealed opens under its own key and at its own place, whole, and nowhere else."""

from __future__ import annotations

from screening.store.sealing import sealed, unsealed

KEY = bytes(range(32))


def test_it_opens_with_its_key_at_its_place_and_no_byte_of_it_may_change() -> None:
    box = sealed(KEY, b"een rapport", "zaak/rapport")
    assert b"rapport" not in box
    assert sealed(KEY, b"een rapport", "zaak/rapport") != box  # a fresh nonce each time
    assert unsealed(KEY, box, "zaak/rapport") == b"een rapport"
    assert unsealed(KEY, box, "andere zaak/rapport") is None
    assert unsealed(KEY[::-1], box, "zaak/rapport") is None
    for place in range(len(box)):
        assert unsealed(KEY, box[:place] + bytes((box[place] ^ 1,)) + box[place + 1 :], "zaak/rapport") is None
        assert unsealed(KEY, box[:place], "zaak/rapport") is None
