"""A photo as it may be kept: decoded and encoded anew, so that nothing but the picture is left of what was sent."""

from __future__ import annotations

import io

from PIL import Image, UnidentifiedImageError

from screening.casework.visits.words import VisitFormError

#: What a page sends: a JPEG that its script made. The longest side is bounded, so no far window can be read from it.
MOST_PHOTO_BYTES, MOST_SIDE_PX = 2 * 1024 * 1024, 1600
#: More is not decoded: a small file can say that it is huge.
_MOST_PIXELS = 12_000_000
_QUALITY = 82


def cleaned_photo(data: bytes) -> bytes:
    """Return the JPEG written anew: at most MOST_SIDE_PX on a side, no metadata, thumbnail, colour profile or comment.

    Raises:
        VisitFormError: it is too large, no JPEG by its content, or breaks off.
    """
    if len(data) > MOST_PHOTO_BYTES:
        raise VisitFormError("photo_large", "photo", "The photo is too large.")
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG",)) as photo:
            if photo.width * photo.height > _MOST_PIXELS:
                raise VisitFormError("photo_large", "photo", "The photo is too large.")
            photo.load()
            # pixels alone go over to a picture that never had anything else
            bare = Image.new("RGB", photo.size)
            bare.paste(photo.convert("RGB"))
    except Image.DecompressionBombError:
        raise VisitFormError("photo_large", "photo", "The photo is too large.") from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise VisitFormError("photo_unreadable", "photo", "This is no photo that can be read.") from None
    bare.thumbnail((MOST_SIDE_PX, MOST_SIDE_PX))
    clean = io.BytesIO()
    bare.save(clean, "JPEG", quality=_QUALITY)
    return clean.getvalue()
