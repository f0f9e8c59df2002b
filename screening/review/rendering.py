"""Templates to HTML: everything escaped whatever the file is called, and an unknown name is an error."""

from __future__ import annotations

import hashlib
import re
from datetime import date
from functools import cache
from pathlib import Path
from urllib.parse import quote

import jinja2

from screening.base.errors import ConfigurationError
from screening.base.local_formats import decimal_text
from screening.base.typeface.typeface import TYPEFACE_FOLDER
from screening.base.vocabulary import Purpose
from screening.review.i18n import Dutch, long_date, purpose_name

HERE = Path(__file__).parent
TEMPLATES = HERE / "templates"
STATIC_FILES = HERE / "static"
_THEME_CLASS = re.compile(r"\.([a-z][a-z0-9-]*-theme)\b")


@cache
def environment() -> jinja2.Environment:
    """The one environment: autoescape for every extension. It knows nothing of a municipality, so all share it."""
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )

    @jinja2.pass_context
    def in_words(context: jinja2.runtime.Context, value: date | None) -> str:
        return long_date(value, context["lang"])

    @jinja2.pass_context
    def as_number(context: jinja2.runtime.Context, value: float, digits: int = 0) -> str:
        return decimal_text(value, context["lang"], digits)

    @jinja2.pass_context
    def as_purpose(context: jinja2.runtime.Context, purpose: Purpose) -> str:
        return purpose_name(purpose, context["lang"])

    templates.filters.update(long_date=in_words, number=as_number, purpose_name=as_purpose)
    templates.tests["dutch"] = lambda text: isinstance(text, Dutch)
    return templates


@cache
def static_files() -> dict[str, Path]:
    """Name under /static -> file: those of the review, and the fonts of pages and documents."""
    files = {file.relative_to(STATIC_FILES).as_posix(): file for file in STATIC_FILES.rglob("*") if file.is_file()}
    return files | {f"fonts/{file.name}": file for file in sorted(TYPEFACE_FOLDER.glob("*.woff2"))}


class StaticUrls:
    """`static("app.css")` -> `/static/app.css?v=…`: a browser keeps a file until its content changes."""

    def __init__(self, theme: Path | None = None) -> None:
        self._versions = {
            name: hashlib.sha256(file.read_bytes()).hexdigest()[:12] for name, file in static_files().items()
        }
        self.theme_class = ""
        self.theme: bytes | None = None
        if theme is not None:
            try:
                self.theme = theme.read_bytes()
                text = self.theme.decode("utf-8")
            except (OSError, UnicodeDecodeError):
                raise ConfigurationError(f"{theme}: the theme of [review] cannot be read as a CSS file.") from None
            if "url(" in text and re.search(r"url\(\s*['\"]?(?:https?:)?//", text, re.I):
                raise ConfigurationError(
                    f"{theme}: the theme asks another machine for a file. Put it in the theme itself."
                )
            match = _THEME_CLASS.search(text)
            self.theme_class = match.group(1) if match else ""
            self._versions["theme.css"] = hashlib.sha256(self.theme).hexdigest()[:12]

    def __call__(self, name: str) -> str:
        """The address of a file."""
        return f"/static/{quote(name)}?v={self._versions[name]}"
