"""The files of the application itself: style, script, icons, fonts. Nothing of a municipality but its theme."""

from __future__ import annotations

import mimetypes

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from screening.review.compression import takes_gzip, zipped
from screening.review.rendering import StaticUrls, static_files

_FOREVER = "public, max-age=31536000, immutable"
_SHORT = "public, max-age=300"
#: What a browser has no use for.
_NOT_SERVED = {".md", ""}
#: Not every machine knows the kind of a font. The name of one holds its version, so it is kept for ever too.
_KINDS = {".woff2": "font/woff2"}
#: Kinds that become smaller.
_TEXT = ("text/", "application/javascript", "image/svg")


class Files:
    """An ASGI app: a name is looked up in a list made at the start, so no path can leave the folder."""

    def __init__(self, static: StaticUrls) -> None:
        self._content: dict[str, tuple[bytes, str]] = {}
        for name, file in static_files().items():
            if file.suffix not in _NOT_SERVED:
                kind = _KINDS.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
                self._content[name] = (file.read_bytes(), kind)
        if static.theme is not None:
            self._content["theme.css"] = (static.theme, "text/css")
        self._zipped = {
            name: zipped(content) for name, (content, kind) in self._content.items() if kind.startswith(_TEXT)
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the file, or with a 404."""
        request = Request(scope)
        name = scope["path"].removeprefix(scope.get("root_path", "")).lstrip("/")
        file = self._content.get(name)
        if file is None or request.method not in {"GET", "HEAD"}:
            raise HTTPException(404 if file is None else 405)
        content, kind = file
        is_kept = "v" in request.query_params or kind == _KINDS[".woff2"]
        headers = {"Cache-Control": _FOREVER if is_kept else _SHORT}
        if name in self._zipped:
            headers["Vary"] = "Accept-Encoding"
            if takes_gzip(request.headers):
                content, headers["Content-Encoding"] = self._zipped[name], "gzip"
        await Response(content, media_type=kind, headers=headers)(scope, receive, send)
