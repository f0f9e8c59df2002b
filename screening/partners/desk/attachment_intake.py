"""Take a document in as an attachment: written anew without its metadata, and kept sealed for its case.

Apart from what sends and erases attachments: a night needs no reader of PDF.
"""

from __future__ import annotations

from screening.partners.desk.attachments import KeptAttachment, attachment_folder, attachment_place, kept_attachments
from screening.partners.signal.pdf import cleaned_pdf, page_count
from screening.store import Workspace
from screening.store.files import make_directory, sha256_of, write_file
from screening.store.sealing import sealed


def keep_attachment(workspace: Workspace, case_id: str, data: bytes) -> KeptAttachment:
    """Write a PDF anew without its metadata, and keep it for this case.

    Raises:
        AttachmentError: it is no PDF that may leave; see `cleaned_pdf`.
        OSError: the disk refuses it.
    """
    clean = cleaned_pdf(data)
    digest, pages = sha256_of(clean), page_count(clean)
    folder = attachment_folder(workspace) / case_id
    make_directory(folder.parent)
    make_directory(folder)
    path = folder / f"{digest}-{pages}.sealed"
    if digest not in kept_attachments(workspace, case_id):
        path.unlink(missing_ok=True)  # damaged, or sealed under a key that is gone
        write_file(path, sealed(workspace.attachment_key(), clean, attachment_place(path)))
    return KeptAttachment(digest, len(clean), pages, path)
