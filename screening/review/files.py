"""The files of the application itself: style, script, icons. Nothing of a municipality but its theme."""

from __future__ import annotations

import mimetypes

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from screening.review.rendering import STATIC_FILES, StaticUrls

_FOREVER = "public, max-age=31536000, immutable"
_SHORT = "public, max-age=300"
#: What a browser has no use for.
_NOT_SERVED = {".md", ""}


class Files:
    """An ASGI app: a name is looked up in a list made at the start, so no path can leave the folder."""

    def __init__(self, static: StaticUrls) -> None:
        self._content: dict[str, tuple[bytes, str]] = {}
        for file in STATIC_FILES.rglob("*"):
            if file.is_file() and file.suffix not in _NOT_SERVED:
                kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
                self._content[file.relative_to(STATIC_FILES).as_posix()] = (file.read_bytes(), kind)
        if static.theme is not None:
            self._content["theme.css"] = (static.theme, "text/css")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the file, or with a 404."""
        request = Request(scope)
        name = scope["path"].removeprefix(scope.get("root_path", "")).lstrip("/")
        file = self._content.get(name)
        if file is None or request.method not in {"GET", "HEAD"}:
            raise HTTPException(404 if file is None else 405)
        content, kind = file
        headers = {"Cache-Control": _FOREVER if "v" in request.query_params else _SHORT}
        await Response(content, media_type=kind, headers=headers)(scope, receive, send)
