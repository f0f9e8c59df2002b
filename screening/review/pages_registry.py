"""How a page says who may see it: every route has its rule beside it, and one without a rule stops the start."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from starlette.responses import Response

from screening.base.errors import ConfigurationError
from screening.base.vocabulary import Purpose, Role

#: Everyone who is signed in. (COLLEAGUE is a role that nobody lacks.)
SIGNED_IN = frozenset({Role.COLLEAGUE})
#: Nobody needs to be signed in: the pages before the door. An empty set of roles, on purpose and by name.
PUBLIC: frozenset[Role] = frozenset()
#: Answers a page, and the path and query parameters that it declares.
Handler = Callable[..., Response]
SAFE_METHODS = frozenset({"GET"})


class Drafts(StrEnum):
    """What is kept of a form that was not taken."""

    WHOLE = "whole"
    CHECKED = "checked"  # not a text that would be refused as one that says who somebody is: that is stored nowhere
    VISIT = "visit"  # not a text on a visit whose words would be refused
    POLICY = "policy"  # not a text on policy that names somebody or holds a number of a person


@dataclass(frozen=True)
class PageRoute:
    """One route and its access rule.

    `may`: any of these roles. `reads`: the personal data that it shows (None: none). The ledger records each such
    answer before it is sent, with a purpose: that of the case (`case`: the name of the path parameter), else the
    `purpose` of the page, else that of the session. `nav`: text key of its place in the menu.
    `fresh`: an act that is taken only shortly after the person signed in with a second factor; its form is drawn by the
    macro `fresh_form`, which asks to sign in anew first. `without_mandate`: it is there too while no mandate holds, as
    public pages are. `takes_file`: its form may hold a file (`text_or_file`). `drafts`: what is written in its form is
    kept for its writer until it is taken (`unsent_forms.py`): every field, or only what the check of texts lets pass.
    `most_document_bytes`: its form may hold a document of so many bytes. `uses_camera`: its page may ask for
    the camera. `untraced`: that it was used is told by nothing: not by the moment at which a session was last used, nor
    by the times of requests. `instead`: the public page to which its form leads where it cannot be taken, whatever
    the reason: a session that is over, a form of before, a store that does not answer.
    """

    method: str
    path: str
    handler: Handler
    may: frozenset[Role] | None
    reads: str | None = None
    case: str | None = None
    purpose: Purpose | None = None
    nav: str | None = None
    hint: str | None = None
    fresh: bool = False
    without_mandate: bool = False
    takes_file: bool = False
    drafts: Drafts | None = None
    most_document_bytes: int = 0
    uses_camera: bool = False
    untraced: bool = False
    instead: str | None = None

    @property
    def name(self) -> str:
        """The place of the handler: `module.function`."""
        return f"{self.handler.__module__.rpartition('.')[2]}.{self.handler.__name__}"

    @property
    def is_public(self) -> bool:
        """Whether it can be seen without signing in."""
        return self.may == PUBLIC

    def allows(self, roles: Iterable[Role]) -> bool:
        """Whether somebody with these roles may use it."""
        return self.is_public or bool((self.may or frozenset()) & set(roles))


@dataclass
class Pages:
    """The routes of one module of pages; its module-level `router`."""

    routes: list[PageRoute] = field(default_factory=list)

    def page(
        self,
        method: str,
        path: str,
        *,
        may: Iterable[Role] | None = None,
        reads: str | None = None,
        case: str | None = None,
        purpose: Purpose | None = None,
        nav: str | None = None,
        hint: str | None = None,
        fresh: bool = False,
        without_mandate: bool = False,
        takes_file: bool = False,
        drafts: Drafts | None = None,
        most_document_bytes: int = 0,
        uses_camera: bool = False,
        untraced: bool = False,
        instead: str | None = None,
    ) -> Callable[[Handler], Handler]:
        """Register a handler `f(page, …path and query parameters…) -> Response` with its rule (see PageRoute)."""

        def register(handler: Handler) -> Handler:
            roles = None if may is None else frozenset(may)
            self.routes.append(
                PageRoute(
                    method,
                    path,
                    handler,
                    roles,
                    reads,
                    case,
                    purpose,
                    nav,
                    hint,
                    fresh,
                    without_mandate,
                    takes_file,
                    drafts,
                    most_document_bytes,
                    uses_camera,
                    untraced,
                    instead,
                )
            )
            return handler

        return register


def check_routes(routes: Iterable[PageRoute]) -> None:
    """ConfigurationError for a route without a rule, or with one that cannot be meant."""
    routes = list(routes)
    public = {route.path for route in routes if route.is_public and route.method in SAFE_METHODS}
    seen: set[tuple[str, str]] = set()
    for route in routes:
        name = f"{route.method} {route.path}"
        if route.may is None:
            raise ConfigurationError(
                f"{name}: no `may`. Say which roles may use it; a page without a rule is not served."
            )
        if route.method not in {"GET", "POST"}:
            raise ConfigurationError(f"{name}: pages are read by GET and changed by POST.")
        if (route.method, route.path) in seen:
            raise ConfigurationError(f"{name}: registered twice.")
        seen.add((route.method, route.path))
        if route.is_public and (route.reads or route.case):
            raise ConfigurationError(f"{name}: personal data are not shown to somebody who is not signed in.")
        if route.fresh and (route.method in SAFE_METHODS or route.is_public):
            raise ConfigurationError(
                f"{name}: a fresh sign-in is asked for an act (POST) of somebody who is signed in."
            )
        if route.drafts and (route.method in SAFE_METHODS or route.is_public or route.takes_file):
            raise ConfigurationError(f"{name}: a draft is of a form (POST) of texts, by somebody who is signed in.")
        if route.case and f"{{{route.case}}}" not in re.sub(r":\w+}", "}", route.path):
            raise ConfigurationError(f"{name}: the path has no {{{route.case}}}.")
        if route.untraced and (route.reads or route.drafts):
            raise ConfigurationError(f"{name}: what leaves no trace reads nothing of anybody and keeps no draft.")
        if route.instead is not None and (route.method in SAFE_METHODS or route.instead not in public):
            raise ConfigurationError(f"{name}: `instead` is of a form (POST), and names a page that anybody can read.")
        if route.nav and (route.method != "GET" or "{" in route.path):
            raise ConfigurationError(f"{name}: only a page without parameters can stand in the menu.")
