"""Attachments as they are kept: for one case, closed to others, and gone when their signal is."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from screening.partners.desk.attachment_intake import keep_attachment
from screening.partners.desk.attachments import attachment_content, forget_attachments, kept_attachments
from screening.partners.desk.content import ChosenAttachment
from screening.partners.desk.due import ATTACHMENT_GONE, refused_now
from screening.partners.desk.outbox import Outbox
from screening.partners.desk.signal_validity import SignalValidity
from screening.partners.signal.errors import AttachmentError
from screening.store import Workspace, open_store
from tests.partners.desk.disclosed import NOW, approved, confirmed_town, policy
from tests.partners.pdfs import document

WHY = "Alleen dit rapport laat zien hoe het pand is ingedeeld."


def test_it_is_kept_for_its_case_alone_and_whole(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "w")
    kept = keep_attachment(workspace, "0123456789abcdef", document(pages=2))
    assert kept.pages == 2
    assert keep_attachment(workspace, "0123456789abcdef", document(pages=2)) == kept
    assert (attachment_content(workspace, "0123456789abcdef", kept.sha256) or b"").startswith(b"%PDF")
    assert attachment_content(workspace, "fedcba9876543210", kept.sha256) is None
    assert kept_attachments(workspace, "fedcba9876543210") == {}
    as_kept = kept.path.read_bytes()
    assert b"%PDF" not in as_kept
    moved = kept.path.parents[1] / "fedcba9876543210" / kept.path.name  # a file that is moved opens for no other case
    moved.parent.mkdir()
    moved.write_bytes(as_kept)
    assert kept_attachments(workspace, "fedcba9876543210") == {}
    (workspace.keys / "attachments.key").rename(workspace.keys / "of-before.key")
    assert kept_attachments(workspace, "0123456789abcdef") == {}  # of a key that is gone nothing opens
    assert keep_attachment(workspace, "0123456789abcdef", document(pages=2)) == kept
    assert set(kept_attachments(workspace, "0123456789abcdef")) == {kept.sha256}
    kept.path.write_bytes(b"%PDF-1.7 iets anders")
    assert kept_attachments(workspace, "0123456789abcdef") == {}
    assert attachment_content(workspace, "0123456789abcdef", kept.sha256) is None
    with pytest.raises(AttachmentError):
        keep_attachment(workspace, "0123456789abcdef", b"geen pdf")


def test_it_goes_when_no_content_names_it_and_a_signal_without_it_stays_here(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "w")
    with open_store(workspace) as store:
        case_id = confirmed_town(store, workspace)[1]
        named, unnamed = (keep_attachment(workspace, case_id, document(pages)) for pages in (1, 2))
        gone_case = keep_attachment(workspace, "0123456789abcdef", document())
        chosen = ChosenAttachment(named.sha256, named.bytes, named.pages, "besluit", NOW.date(), WHY)
        signal = approved(store, case_id, attachments=(chosen,))
        for path in (named.path, unnamed.path, gone_case.path):
            os.utime(path, (NOW.timestamp(), NOW.timestamp()))
        forget_attachments(store, workspace, now=NOW + timedelta(days=1))
        assert [path.exists() for path in (named.path, unnamed.path, gone_case.path)] == [True, True, False]
        forget_attachments(store, workspace, now=NOW + timedelta(days=15))
        assert [path.exists() for path in (named.path, unnamed.path)] == [True, False]
        outbox = Outbox(store, workspace, policy(), NOW)
        validity = SignalValidity.read(store, [(signal.address_id, signal.run_id)])
        assert refused_now(outbox, signal, validity) == []
        named.path.unlink()
        assert refused_now(outbox, signal, validity) == [ATTACHMENT_GONE]
