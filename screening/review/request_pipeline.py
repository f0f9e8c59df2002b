"""What happens around every handler: session, form, role, purpose, the handler, the ledger; then the answer is sent."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Annotated
from urllib.parse import quote, urlsplit

import anyio
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from screening.casework import data_subjects
from screening.errors import BarrierError, ConfigurationError, LedgerError, StoreError
from screening.ledger import Entry, EntryError, Ledger, Subject
from screening.review import cookies as jar
from screening.review import csrf
from screening.review.cookies import Cookies
from screening.review.demo_access import DemoDoor
from screening.review.forms import Form, FormError, read_form
from screening.review.headers import note_error
from screening.review.i18n import LANGUAGES, Translator, load_texts
from screening.review.id_tokens import IdTokens
from screening.review.limits import RateLimit
from screening.review.oidc import Provider
from screening.review.page import FLASH_KINDS, Page, local_path
from screening.review.pages_registry import SAFE_METHODS, PageRoute
from screening.review.rendering import StaticUrls, environment
from screening.review.settings import DEMO, ReviewSettings
from screening.review.visitors import new_visitor
from screening.store import Store
from screening.store.access import sessions
from screening.vocabulary import LedgerAction, Purpose

#: Reads that need no task of the municipality: auditors, the lead and the administrator have theirs by their function,
#: and no address is shown.
NO_PURPOSE = frozenset({LedgerAction.READ_AUDIT, LedgerAction.READ_STATISTICS, LedgerAction.READ_ACCOUNT})
#: What a list is called in the ledger, where a page shows more than one object.
_LIST_OF = {
    LedgerAction.READ_QUEUE: "queue",
    LedgerAction.READ_LINK: "links",
    LedgerAction.READ_VISIT: "visits",
    LedgerAction.READ_SIGNAL: "signals",
    LedgerAction.READ_STATISTICS: "statistics",
    LedgerAction.READ_AUDIT: "audit",
    LedgerAction.READ_ACCOUNT: "accounts",
    LedgerAction.READ_EXPORT: "batches",
    LedgerAction.READ_DOSSIER: "queue",
    LedgerAction.PRINT: "queue",
}
#: Errors of the store that a person can do something about: class name -> status.
_STATUS = {
    "ConflictError": 409,
    "NotReadyError": 409,
    "MotivationError": 422,
    "NotAllowedError": 404,
    "EntryError": 404,
}
_CASE = re.compile(r"[0-9a-f]{16}")
#: A whole number in an address. What a database cannot hold is no number of ours: answered as a text would be.
_NUMBERS = {int: Annotated[int, Field(ge=-(2**63), le=2**63 - 1)]}
#: A session that was used is noted this often: less than the idle time by far, and not a write for each click.
_TOUCH_SECONDS = 30


def read_action(reads: str) -> LedgerAction:
    """The entry for what a route reads: `dossier` -> READ_DOSSIER, `links` -> READ_LINK, `print` -> PRINT."""
    for name in (f"read_{reads}", f"read_{reads.removesuffix('s')}", reads):
        if name in set(LedgerAction):
            return LedgerAction(name)
    raise ConfigurationError(f"reads={reads!r}: the ledger has no word for it. Add one to LedgerAction.")


class Core:
    """What all pages share. One for each application."""

    def __init__(self, settings: ReviewSettings, store: Store, ledger: Ledger, routes: list[PageRoute]) -> None:
        self.settings, self.store, self.ledger, self.routes = settings, store, ledger, routes
        self.cookies = Cookies(is_https=settings.is_https)
        self.texts = load_texts()
        self.static = StaticUrls(settings.theme_css)
        self.sign_in_limit = RateLimit(settings.clock)
        self.provider = Provider(settings.oidc, settings.base_url, settings.clock) if settings.oidc else None
        self.demo = DemoDoor(settings.clock) if settings.mode == DEMO else None
        self.id_tokens = IdTokens()
        self._templates = environment()
        self._actions = {id(route): read_action(route.reads) for route in routes if route.reads}
        self._menu = sorted((one for one in routes if one.nav), key=lambda one: (one.nav_order, one.path))
        for route in self._menu:
            for key in filter(None, (route.nav, route.hint)):
                if key not in self.texts:
                    raise ConfigurationError(f"{route.path}: the menu names {key}, and there is no such text.")

    # the way in

    def endpoint(self, route: PageRoute) -> Callable:
        """The route as FastAPI wants it: path and query parameters as the handler declares them, without the page."""
        parameters = [
            one.replace(kind=inspect.Parameter.KEYWORD_ONLY, annotation=_NUMBERS.get(one.annotation, one.annotation))
            for one in list(inspect.signature(route.handler, eval_str=True).parameters.values())[1:]
        ]

        async def endpoint(request: Request, **values: object) -> Response:
            try:
                form = Form() if route.method in SAFE_METHODS else await read_form(request)
            except FormError as error:
                return await run_in_threadpool(self.error, self._bare(route, request), error.status)
            return await run_in_threadpool(self._answer, route, request, form, values)

        request_parameter = inspect.Parameter("request", inspect.Parameter.KEYWORD_ONLY, annotation=Request)
        endpoint.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
            [request_parameter, *parameters]
        )
        endpoint.__name__ = route.name.replace(".", "_")
        return endpoint

    def _bare(self, route: PageRoute, request: Request) -> Page:
        """A page of nobody: for errors before anybody is known."""
        language = self.language(request)
        return Page(self, route, request, Form(), self.settings.clock(), Translator(self.texts, language), None, "")

    def language(self, request: Request) -> str:
        """`?lang=`, else the cookie, else Dutch."""
        asked = request.query_params.get("lang") or request.cookies.get(self.cookies.name(jar.LANGUAGE))
        return asked if asked in LANGUAGES else LANGUAGES[0]

    def stranger(self, route: PageRoute, request: Request, status: int) -> Response:
        """The answer to a path or a method that is not there, or a query that cannot be read."""
        page = self._bare(route, request)
        try:
            session_id = request.cookies.get(self.cookies.name(jar.SESSION), "")
            if session_id:
                page.session = sessions.find(self.store, session_id, now=page.now, idle=self.settings.session.idle)
                page.csrf_token = csrf.token(session_id)
            response: Response = self.error(page, status)
        except Exception as error:
            response = self._of_error(page, error)
        return self._with_language(page, response)

    def _with_language(self, page: Page, response: Response) -> Response:
        """With the language that was asked for kept, when it is another than before."""
        asked = page.request.query_params.get("lang")
        if asked in LANGUAGES and page.request.cookies.get(self.cookies.name(jar.LANGUAGE)) != asked:
            self.cookies.set(response, jar.LANGUAGE, asked, seconds=365 * 24 * 3600)
        return response

    def _answer(self, route: PageRoute, request: Request, form: Form, values: dict[str, object]) -> Response:
        page = self._bare(route, request)
        page.form = form
        try:
            response = self._guarded(page, values)
        except Exception as error:
            response = self._of_error(page, error)
        return self._with_language(page, response)

    def _guarded(self, page: Page, values: dict[str, object]) -> Response:
        route, request = page.route, page.request
        session_id = request.cookies.get(self.cookies.name(jar.SESSION), "")
        visitor = request.cookies.get(self.cookies.name(jar.VISITOR), "")
        if session_id:
            page.session = sessions.find(self.store, session_id, now=page.now, idle=self.settings.session.idle)
        fresh = "" if page.session or visitor else new_visitor()
        holder = session_id if page.session else (visitor or fresh)
        page.csrf_token = csrf.token(holder)
        if route.method not in SAFE_METHODS and (
            fresh or not csrf.is_valid(request, page.form, holder, self.settings.origin)
        ):
            return self.error(page, 403, "csrf")
        if not route.is_public:
            refused = self._refusal(page, values)
            if refused is not None:
                return refused
        response = self._handled(page, values)
        if page.session and (page.now - page.session.seen_at).total_seconds() > _TOUCH_SECONDS:
            sessions.touch(self.store, page.session.key, now=page.now)
        if fresh and route.is_public and route.method in SAFE_METHODS:
            self.cookies.set(response, jar.VISITOR, fresh)
        if request.cookies.get(self.cookies.name(jar.FLASH)) and response.status_code == HTTPStatus.OK:
            self.cookies.clear(response, jar.FLASH)
        return response

    def _refusal(self, page: Page, values: dict[str, object]) -> Response | None:
        """The answer to somebody who may not use this route now, or None."""
        if page.session is None:
            if page.route.method not in SAFE_METHODS:
                return self.error(page, 403, "signed_out")
            asked = page.request.url.path + (f"?{page.request.url.query}" if page.request.url.query else "")
            target = f"/aanmelden?naar={quote(local_path(asked), safe='/')}"
            return Response(headers={"HX-Redirect": target}) if page.is_htmx else RedirectResponse(target, 303)
        if not page.route.allows(page.session.roles):
            if page.route.reads:
                asked = str(values[page.route.case]) if page.route.case else ""
                # whose dossier somebody tried to open tells more than that somebody tried
                self._note_reading(page, asked if _CASE.fullmatch(asked) else None, refused=True)
            return self.error(page, 403, "role")
        return None

    def _handled(self, page: Page, values: dict[str, object]) -> Response:
        route = page.route
        case_id = str(values[route.case]) if route.case else None
        if case_id is not None and not _CASE.fullmatch(case_id):
            return self.error(page, 404)
        purpose = None
        if route.reads:
            purpose = route.purpose or page.purpose(case_id)
            if purpose is None and self._actions[id(route)] not in NO_PURPOSE:
                if route.method in SAFE_METHODS:
                    return self._ask_purpose(page, case_id)
                return self.error(page, 403, "purpose")
        response = self._call(page, values)
        if route.reads:
            # before it is sent: what is not in the ledger was not shown
            refused = response.status_code in {401, 403, 404}
            self._note_reading(page, case_id, purpose, refused=refused)
        return response

    @staticmethod
    def _call(page: Page, values: dict[str, object]) -> Response:
        handler = page.route.handler
        if inspect.iscoroutinefunction(handler):
            return anyio.from_thread.run(lambda: handler(page, **values))
        return handler(page, **values)

    def _note_reading(self, page: Page, case_id: str | None, purpose: Purpose | None = None, *, refused: bool) -> None:
        action = self._actions[id(page.route)]
        what = page.read_object or (f"case:{case_id}" if case_id else f"list:{_LIST_OF[action]}")
        page.log(action, what, case=case_id, purpose=purpose, result="refused" if refused else "done")

    def write(self, entry: Entry, subjects: Sequence[Subject] = ()) -> None:
        """Write to the ledger, and to the Logboek a line for each data subject. LedgerError becomes a 503.

        `subjects`: whom it is about where the entry names neither a case nor a link.
        """
        self.ledger.write(entry)
        if self.ledger.logboek is not None:
            self.ledger.logboek.log_entry(entry, self._subjects(entry, subjects), end=self.settings.clock())

    def _subjects(self, entry: Entry, others: Sequence[Subject]) -> Sequence[Subject]:
        kind, _, name = entry.object.partition(":")
        if entry.case:
            return data_subjects.of_case(self.store, entry.case)
        return data_subjects.of_link(self.store, name) if kind == "link" else others

    # answers

    def _ask_purpose(self, page: Page, case_id: str | None) -> Response:
        asked = page.request.url.path + (f"?{page.request.url.query}" if page.request.url.query else "")
        given = page.request.query_params.get("doel", "")
        chosen = given if given in set(self.settings.purposes) else page.purpose()
        return page.render(
            "purpose.html.j2", 403, case_id=case_id, target=local_path(asked), chosen=chosen,
            purposes=self.settings.purposes, is_missing=False,
        )  # fmt: skip

    def html(self, page: Page, template: str, crumbs: object = (), **context: object) -> str:
        """A template with what every page needs."""
        roles = page.session.roles if page.session else frozenset()
        menu = [one for one in self._menu if page.session and one.allows(roles)]
        here = page.request.url.path
        flash = self._flash(page)
        return self._templates.get_template(template).render(
            page=page, t=page.t, lang=page.lang, settings=self.settings, session=page.session, menu=menu, here=here,
            crumbs=crumbs, csrf_token=page.csrf_token, static=self.static, flash=flash, bare=page.is_htmx,
            other_language=_in_language(page), **context,
        )  # fmt: skip

    def _flash(self, page: Page) -> tuple[str, str] | None:
        kind, _, key = page.request.cookies.get(self.cookies.name(jar.FLASH), "").partition(".")
        return (kind, key) if kind in FLASH_KINDS and key in self.texts else None

    def error(self, page: Page, status: int, key: str | None = None) -> HTMLResponse:
        """An error page; it holds a text of ours and never a value of the request."""
        name = key or str(status)
        if f"errors.{name}.title" not in self.texts:
            name = "500" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "400"
        return HTMLResponse(self.html(page, "error.html.j2", status=status, name=name), status)

    def plain_error(self, status: int, language: str) -> bytes:
        """An error page without anything of the request: for what is stopped before a page is known."""
        t = Translator(self.texts, language)
        name = str(status) if f"errors.{status}.title" in self.texts else "500"
        text = self._templates.get_template("error_plain.html.j2").render(
            t=t, lang=language, name=name, static=self.static, settings=self.settings
        )
        return text.encode()

    def status_of(self, error: Exception) -> int:
        """The status that an error of ours becomes."""
        for one in type(error).__mro__:
            if one.__name__ in _STATUS:
                return _STATUS[one.__name__]
        if isinstance(error, (StoreError, LedgerError)):
            return 503
        return 409 if isinstance(error, BarrierError) else 500

    def _of_error(self, page: Page, error: Exception) -> Response:
        status = self.status_of(error)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            note_error(error)
        page.session = page.session if status < HTTPStatus.INTERNAL_SERVER_ERROR else None
        name = next((one.__name__ for one in type(error).__mro__ if f"errors.{one.__name__}.title" in self.texts), None)
        return self.error(page, status, name)


def _in_language(page: Page) -> dict[str, str]:
    """Language -> this very address in it."""
    parts = urlsplit(str(page.request.url))
    rest = "&".join(one for one in parts.query.split("&") if one and not one.startswith("lang="))
    return {one: f"{parts.path}?{rest}{'&' if rest else ''}lang={one}" for one in LANGUAGES}


def line(event: str, **fields: object) -> str:
    """One line of JSON for the log: whatever a value holds, it starts no new record."""
    return json.dumps({"event": event, **fields}, ensure_ascii=True, default=str)


__all__ = ["NO_PURPOSE", "Core", "EntryError", "line", "read_action"]
