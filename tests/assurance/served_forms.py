"""The forms on the pages that the application serves: what each sends as it stands, and what can be typed in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

#: Types of a field that one does not type in.
_CHOSEN = {"hidden", "checkbox", "radio", "submit", "button", "file"}


@dataclass
class ServedForm:
    """A form. `filled`: name -> value of what is hidden, and the first of each choice; `typed`: names of the rest."""

    method: str
    action: str
    filled: dict[str, str] = field(default_factory=dict)
    typed: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)

    @property
    def names(self) -> set[str]:
        """The names of all fields."""
        return {*self.filled, *self.typed, *self.files}


class _Reader(HTMLParser):
    def __init__(self, path: str) -> None:
        super().__init__()
        self.path, self.forms, self._select = path, list[ServedForm](), ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take in the beginning of a form, and each field of it."""
        values = {name: value or "" for name, value in attrs}
        name, kind = values.get("name", ""), values.get("type", "text")
        if tag == "form":
            self.forms.append(ServedForm(values.get("method", "get").lower(), values.get("action") or self.path))
        elif tag == "option" and self._select and values.get("value"):
            self.forms[-1].filled.setdefault(self._select, values["value"])
        elif not name or not self.forms:
            return
        elif tag == "select":
            self._select = name
        elif tag == "input" and kind == "file":
            self.forms[-1].files.append(name)
        elif tag == "textarea" or (tag == "input" and kind not in _CHOSEN):
            self.forms[-1].typed.append(name)
        elif tag in {"input", "button"}:
            self.forms[-1].filled.setdefault(name, values.get("value", "on"))

    def handle_endtag(self, tag: str) -> None:
        """The options that come after belong to another choice."""
        if tag == "select":
            self._select = ""


def forms_of(path: str, page: str) -> list[ServedForm]:
    """The forms of a page that stands at this path. A field outside a form is taken to be of the one before it."""
    reader = _Reader(path)
    reader.feed(page)
    return reader.forms
