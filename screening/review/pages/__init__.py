"""The pages: each module here has a `router = Pages()`; it is found by itself, and each of its routes has a rule."""

from __future__ import annotations

import importlib
import pkgutil

from screening.review.pages_registry import PageRoute, Pages, check_routes


def all_routes() -> list[PageRoute]:
    """Every route of every module of this package, checked."""
    routes: list[PageRoute] = []
    for module in sorted(info.name for info in pkgutil.iter_modules(__path__)):
        loaded = importlib.import_module(f"{__name__}.{module}")
        router = getattr(loaded, "router", None)
        if isinstance(router, Pages):
            routes += router.routes
    check_routes(routes)
    return routes
