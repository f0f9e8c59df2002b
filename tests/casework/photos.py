"""Photos for tests of visits."""

from __future__ import annotations

import io
from datetime import datetime

from PIL import Image

from screening.casework.visits.lists import Stop
from screening.casework.visits.photo_intake import keep_photo
from screening.casework.visits.photos import PhotoSubject, VisitPhoto
from screening.store import Workspace


def jpeg(size: tuple[int, int] = (60, 40), colour: int = 90, mode: str = "RGB") -> bytes:
    """A JPEG of one shade."""
    photo = io.BytesIO()
    Image.new(mode, size, (colour,) * len(Image.new(mode, (1, 1)).getbands())).save(photo, "JPEG")
    return photo.getvalue()


def kept_photo(workspace: Workspace, case_id: str, *, now: datetime, visit_id: str = "0123456789abcdef") -> VisitPhoto:
    """A photo of the outside at a visit of a case."""
    stop = Stop(visit_id, case_id, "", "", 1, None, (), None, kept_out=False, is_over=False)
    outside = PhotoSubject.OUTSIDE
    return keep_photo(workspace, stop, jpeg(), shows=outside, is_checked=True, allowed=[outside], now=now)
