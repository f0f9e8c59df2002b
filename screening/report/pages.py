"""One way to make a self-contained page: a template of this package, its shared style, everything escaped."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from screening.base.typeface.typeface import embedded_faces
from screening.report import charts
from screening.wording.register_names import register_name


def page(name: str, context: Mapping[str, object], filters: Mapping[str, Callable[..., object]] | None = None) -> str:
    """The template `templates/<name>.html.j2` filled in. A name that the context lacks is an error, not a blank."""
    # autoescape must be said: by default Jinja leaves names that end in .j2 unescaped
    environment = Environment(
        loader=PackageLoader("screening.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals["faces"] = Markup(embedded_faces())  # noqa: S704 - our own fonts
    environment.filters.update(thousands=charts.thousands, register=register_in_dutch, **(filters or {}))
    return environment.get_template(f"{name}.html.j2").render(**context)


def register_in_dutch(dataset: str) -> str:
    """The name of a register in a report, which is Dutch."""
    return register_name(dataset, "nl")
