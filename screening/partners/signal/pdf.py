"""A PDF that may leave: its pages written anew, without metadata, scripts, forms, notes and files inside it."""

from __future__ import annotations

import io
from collections.abc import Iterator

from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, PdfObject, StreamObject

from screening.partners.signal.attachments import MOST_ATTACHMENT_BYTES, MOST_ATTACHMENT_PAGES
from screening.partners.signal.errors import AttachmentError
from screening.wording.personal_numbers import personal_number_in

#: What a page keeps: all else (notes, scripts, thumbnails, data of the program that made it) stays behind.
_PAGE = frozenset(("/Type", "/Parent", "/Resources", "/MediaBox", "/CropBox", "/Rotate", "/UserUnit", "/Contents"))
#: What nothing in a page keeps, wherever it stands.
_NOWHERE = frozenset(
    (
        "/Metadata",
        "/PieceInfo",
        "/LastModified",
        "/AA",
        "/A",
        "/JS",
        "/AF",
        "/EF",
        "/Annots",
        "/Thumb",
        "/StructParents",
        "/StructParent",
        "/OPI",
        "/Alternates",
        "/ID",
        "/WebCaptureInfo",
        "/Lang",
    )
)
#: The segments of a JPEG picture that hold EXIF, XMP, comments and the like: APP1 to APP13, APP15 and COM.
#: APP0 and APP14 say how the picture is to be read; APP2 holds its colours.
_KEPT_SEGMENTS = frozenset({0xE0, 0xE2, 0xEE})
_LONGEST_TEXT = 2_000_000


def cleaned_pdf(data: bytes) -> bytes:
    """The pages of a PDF, written anew. The same pages give the same bytes.

    Raises:
        AttachmentError: no PDF ("pdf"), one with a password ("locked"), too large ("size"), too many pages ("pages"),
            or a personal number stands in its text ("number"). A scan has no text: a person reads it.
    """
    if len(data) > MOST_ATTACHMENT_BYTES:
        raise AttachmentError("The document is too large to go along.", "size")
    if not data.startswith(b"%PDF-"):
        raise AttachmentError("This is no PDF.", "pdf")
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted:
            raise AttachmentError("The PDF has a password.", "locked")
        pages = len(reader.pages)
        if not 1 <= pages <= MOST_ATTACHMENT_PAGES:
            raise AttachmentError("The document has no pages, or too many.", "pages")
        if any(personal_number_in(text) for text in _texts(reader)):
            raise AttachmentError("A personal number stands in the text of the document.", "number")
        writer = PdfWriter()
        for page in reader.pages:
            for name in set(page) - _PAGE:
                del page[NameObject(name)]
            writer.add_page(page)
        writer.metadata = None
        _strip(writer.root_object, set())
        for name in set(writer.root_object) - {"/Type", "/Pages"}:
            del writer.root_object[NameObject(name)]
        writer.compress_identical_objects(remove_unreferenced=True)
        clean = io.BytesIO()
        writer.write(clean)
    except AttachmentError:
        raise
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError, IndexError) as error:
        raise AttachmentError("This PDF cannot be read.", "pdf") from error
    if len(clean.getvalue()) > MOST_ATTACHMENT_BYTES:
        raise AttachmentError("The document is too large to go along.", "size")
    return clean.getvalue()


def page_count(clean: bytes) -> int:
    """The number of pages of a PDF that `cleaned_pdf` wrote."""
    return len(PdfReader(io.BytesIO(clean)).pages)


def _texts(reader: PdfReader) -> Iterator[str]:
    for page in reader.pages:
        text = page.extract_text() or ""
        yield text[:_LONGEST_TEXT]


def _strip(part: PdfObject | None, seen: set[int]) -> None:
    """Take what may not leave out of a part and all that it holds."""
    waiting: list[PdfObject | None] = [part]
    while waiting:
        reference = waiting.pop()
        holder = reference.get_object() if isinstance(reference, IndirectObject) else reference
        if holder is None or id(holder) in seen:
            continue
        seen.add(id(holder))
        if isinstance(holder, DictionaryObject):
            for name in _NOWHERE & set(holder):
                del holder[NameObject(name)]
            if isinstance(holder, StreamObject) and holder.get("/Filter") in ("/DCTDecode", ["/DCTDecode"]):
                holder._data = _without_exif(holder._data)
            waiting += holder.values()
        elif isinstance(holder, ArrayObject):
            waiting += holder


def _without_exif(jpeg: bytes) -> bytes:
    """A JPEG without the segments that say where, when and with what it was made. What is no JPEG stays as it is."""
    if not jpeg.startswith(b"\xff\xd8"):
        return jpeg
    kept, place = [b"\xff\xd8"], 2
    while place + 4 <= len(jpeg) and jpeg[place] == 0xFF:
        marker, length = jpeg[place + 1], int.from_bytes(jpeg[place + 2 : place + 4], "big")
        if marker == 0xDA:  # the picture itself, to the end
            break
        if not (0xE0 <= marker <= 0xEF or marker == 0xFE) or marker in _KEPT_SEGMENTS:
            kept.append(jpeg[place : place + 2 + length])
        place += 2 + length
    return b"".join(kept) + jpeg[place:]
