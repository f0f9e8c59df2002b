"""Small documents as an officer would send them along: with what a program hid in them."""

from __future__ import annotations

import io

from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, NumberObject, StreamObject, TextStringObject

#: What stands in the document besides its pages, and may not leave.
HIDDEN = ("Jan Geheim", "alert", "verborgen inhoud", "GPS-plaats")


def jpeg(note: bytes = b"GPS-plaats") -> bytes:
    """A picture by its segments: JFIF, EXIF with a note, a comment, and something of a picture."""
    segments = ((0xE0, b"JFIF\0"), (0xE1, b"Exif\0\0" + note), (0xFE, note))
    heads = b"".join(bytes((0xFF, kind)) + (len(data) + 2).to_bytes(2, "big") + data for kind, data in segments)
    return b"\xff\xd8" + heads + b"\xff\xda\0\x02" + b"beeld" + b"\xff\xd9"


def document(pages: int = 1, text: str = "Rapport van de controle", *, password: str | None = None) -> bytes:
    """A PDF with an author, a script, a file, a note and a picture that says where it was taken."""
    writer = PdfWriter()
    for _ in range(pages):
        page = writer.add_blank_page(300, 300)
        picture, words = StreamObject(), StreamObject()
        picture._data, words._data = jpeg(), f"BT /F1 12 Tf 20 100 Td ({text}) Tj ET".encode()
        for name, value in (("/Type", "/XObject"), ("/Subtype", "/Image"), ("/Filter", "/DCTDecode")):
            picture[NameObject(name)] = NameObject(value)
        for name in ("/Width", "/Height", "/BitsPerComponent"):
            picture[NameObject(name)] = NumberObject(8)
        font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
        fonts = DictionaryObject({NameObject(name): NameObject(value) for name, value in font.items()})
        page[NameObject("/Contents")] = writer._add_object(words)
        page[NameObject("/Resources")] = DictionaryObject(
            {
                NameObject("/XObject"): DictionaryObject({NameObject("/P"): writer._add_object(picture)}),
                NameObject("/Font"): DictionaryObject({NameObject("/F1"): fonts}),
            }
        )
        page[NameObject("/PieceInfo")] = DictionaryObject({NameObject("/X"): TextStringObject("Jan Geheim")})
    writer.add_metadata({"/Author": "Jan Geheim", "/Title": "Intern"})
    writer.add_attachment("bijlage.txt", b"verborgen inhoud")
    action = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")}
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(action)
    if password:
        writer.encrypt(password)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()
