"""The steps of every request: session, form, role, purpose, handler and ledger; then the answer is sent."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Coroutine
from contextlib import nullcontext, suppress
from http import HTTPStatus
from typing import Annotated
from urllib.parse import quote

from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from screening.base.errors import BarrierError, DamagedStoreError
from screening.base.vocabulary import LedgerAction, Purpose
from screening.casework.case_errors import WithColleagueError
from screening.ledger.notary import acting
from screening.review import cookies as jar
from screening.review import csrf
from screening.review.application import Application, status_of
from screening.review.forms import Form, FormError, read_form
from screening.review.headers import note_error
from screening.review.i18n import LANGUAGES, Translator, long_date
from screening.review.page import NotThereError, Page, local_path
from screening.review.pages_registry import SAFE_METHODS, PageRoute
from screening.review.unsent_forms import asks_to_keep, keep_as_asked, refuse_unfounded, settle_draft
from screening.review.visitors import new_visitor
from screening.signing.public_keys import holds_private_key
from screening.store.access import sessions

#: Reads that need no task of the municipality: auditors, the lead and the administrator have theirs by their function,
#: and no address is shown; who answers a request of a data subject has theirs by law (AVG art. 12).
NO_PURPOSE = frozenset(
    {LedgerAction.READ_AUDIT, LedgerAction.READ_STATISTICS, LedgerAction.READ_ACCOUNT, LedgerAction.SUBJECT_ACCESS}
)
#: What a list is called in the ledger, where a page shows more than one object.
_LIST_OF = {
    LedgerAction.READ_QUEUE: "queue",
    LedgerAction.READ_LINK: "links",
    LedgerAction.READ_VISIT: "visits",
    LedgerAction.READ_SIGNAL: "signals",
    LedgerAction.READ_STATISTICS: "statistics",
    LedgerAction.READ_QUALITY: "sources",
    LedgerAction.READ_AUDIT: "audit",
    LedgerAction.READ_ACCOUNT: "accounts",
    LedgerAction.READ_EXPORT: "batches",
    LedgerAction.SUBJECT_ACCESS: "requests",
    LedgerAction.READ_DOSSIER: "queue",
    LedgerAction.PRINT: "queue",
}
#: The field of a form with `fresh` that holds the page it is on.
RETURN_FIELD = "formulier"
_CASE = re.compile(r"[0-9a-f]{16}")
#: A whole number in an address. What a database cannot hold is no number of ours: answered as a text would be.
_NUMBERS = {int: Annotated[int, Field(ge=-(2**63), le=2**63 - 1)]}
#: Answers to a form that was not taken, by no fault of a field: its `instead` comes in their place.
_NOT_TAKEN = frozenset({403, 500, 503})
#: A session that was used is noted this often: less than the idle time by far, and not a write for each click.
_TOUCH_SECONDS = 30


def endpoint(route: PageRoute) -> Callable[..., Coroutine[None, None, Response]]:
    """The route as FastAPI wants it: path and query parameters as the handler declares them, without the page.

    It serves any application that holds the route: `request.app.state.application`.
    """
    own = list(inspect.signature(route.handler, eval_str=True).parameters.values())[1:]
    parameters = [
        parameter.replace(
            kind=inspect.Parameter.KEYWORD_ONLY, annotation=_NUMBERS.get(parameter.annotation, parameter.annotation)
        )
        for parameter in own
    ]

    async def answer(request: Request, **values: object) -> Response:
        application: Application = request.app.state.application
        try:
            form = (
                Form()
                if route.method in SAFE_METHODS
                else await read_form(
                    request, takes_file=route.takes_file, most_document_bytes=route.most_document_bytes
                )
            )
        except FormError as error:
            return await run_in_threadpool(anonymous_page(application, route, request).error, error.status)
        return await run_in_threadpool(_served, application, route, request, form, values)

    request_parameter = inspect.Parameter("request", inspect.Parameter.KEYWORD_ONLY, annotation=Request)
    signature = inspect.Signature([request_parameter, *parameters])
    answer.__signature__ = signature  # type: ignore[attr-defined]  # what FastAPI reads of a function
    answer.__name__ = route.name.replace(".", "_")
    return answer


def _served(
    application: Application, route: PageRoute, request: Request, form: Form, values: dict[str, object]
) -> Response:
    page = anonymous_page(application, route, request)
    page.form = form
    return _answer(page, lambda: _guarded(page, values))


def anonymous_page(application: Application, route: PageRoute, request: Request) -> Page:
    """A page of nobody: for errors before anybody is known."""
    t = Translator(application.texts, application.language(request))
    return Page(application, route, request, Form(), application.settings.clock(), t, None, "")


def unknown_route(application: Application, request: Request, status: int) -> Response:
    """The answer to a path or a method that is not there, or a query that cannot be read."""
    page = anonymous_page(application, PageRoute("GET", "/", Page.not_found, frozenset()), request)

    def error() -> Response:
        _find_session(page)
        if session_id := page.cookie(jar.SESSION):
            page.csrf_token = csrf.token(session_id)
        return page.error(status)

    return _answer(page, error)


def _answer(page: Page, handled: Callable[[], Response]) -> Response:
    """Return the answer of the handler or its error, and keep the language when the request changes it."""
    try:
        response = handled()
    except Exception as error:
        response = _of_error(page, error)
    if page.route.instead and response.status_code in _NOT_TAKEN:
        response = page.redirect(page.route.instead)
    asked = page.request.query_params.get("lang")
    if asked in LANGUAGES and page.cookie(jar.LANGUAGE) != asked:
        page.application.cookies.set(response, jar.LANGUAGE, asked, seconds=365 * 24 * 3600)
    return response


def _find_session(page: Page) -> None:
    if session_id := page.cookie(jar.SESSION):
        page.session = sessions.find_session(page.store, session_id, now=page.now, idle=page.settings.session.idle)


def _guarded(page: Page, values: dict[str, object]) -> Response:
    route, cookies, visitor = page.route, page.application.cookies, page.cookie(jar.VISITOR)
    # a public page without a trace shows what it can, also where the store does not answer
    with suppress(BarrierError) if route.is_public and route.untraced else nullcontext():
        _find_session(page)
    fresh = "" if page.session or visitor else new_visitor()
    holder = page.cookie(jar.SESSION) if page.session else (visitor or fresh)
    page.csrf_token = csrf.token(holder)
    if route.method not in SAFE_METHODS and (
        fresh or not csrf.is_valid(page.request, page.form, holder, page.settings.origin)
    ):
        return refuse_unfounded(page)
    if not route.is_public:
        refused = _refusal(page, values)
        if refused is not None:
            return refused
    response = _taken_or_kept(page, values) if route.drafts else _handled(page, values)
    unnoted = page.session and (page.now - page.session.seen_at).total_seconds() > _TOUCH_SECONDS
    if page.session and unnoted and not route.untraced:
        sessions.touch_session(page.store, page.session.key, now=page.now)
    if fresh and route.is_public and route.method in SAFE_METHODS and not route.untraced:
        cookies.set(response, jar.VISITOR, fresh)
    if page.cookie(jar.FLASH) and response.status_code == HTTPStatus.OK:
        cookies.clear(response, jar.FLASH)
    return response


def _refusal(page: Page, values: dict[str, object]) -> Response | None:
    """The answer to somebody who may not use this route now, or None."""
    if page.session is None:
        if page.route.method not in SAFE_METHODS:
            return page.error(403, "signed_out")
        # in the address of signing in, and in a proxy's log of it, nothing of a page that leaves no trace
        back = "/" if page.route.untraced else page.own_path
        target = f"/aanmelden?naar={quote(back, safe='/')}"
        return Response(headers={"HX-Redirect": target}) if page.is_htmx else RedirectResponse(target, 303)
    if page.application.is_closed and not (page.route.without_mandate or page.route.is_public):
        return page.render("closed.html.j2", 503)
    if not page.route.allows(page.session.roles):
        if page.route.reads:
            asked = str(values[page.route.case]) if page.route.case else ""
            # whose dossier somebody tried to open tells more than that somebody tried
            _note_reading(page, asked if _CASE.fullmatch(asked) else None, refused=True)
        return page.error(403, "role")
    if page.route.fresh and not page.is_fresh:
        written = [
            text
            for name, text in page.form.items()
            if name not in {csrf.FIELD, RETURN_FIELD} and " " in text and not holds_private_key(text)
        ]
        return page.render("fresh.html.j2", 403, target=local_path(page.form.get(RETURN_FIELD)), written=written)
    return None


def _taken_or_kept(page: Page, values: dict[str, object]) -> Response:
    """The answer to a form of which a draft is kept until it is taken."""
    if asks_to_keep(page):
        return keep_as_asked(page)
    try:
        response = _handled(page, values)
    except BarrierError as error:
        settle_draft(page, Response(status_code=status_of(error)))
        raise
    settle_draft(page, response)
    return response


def _handled(page: Page, values: dict[str, object]) -> Response:
    route = page.route
    case_id = str(values[route.case]) if route.case else None
    if case_id is not None and not _CASE.fullmatch(case_id):
        return page.error(404)
    purpose = None
    if route.reads:
        purpose = route.purpose or page.purpose(case_id)
        if purpose is None and page.application.actions[id(route)] not in NO_PURPOSE:
            return _ask_purpose(page, case_id) if route.method in SAFE_METHODS else page.error(403, "purpose")
    try:
        with acting(page.acting()):
            response = route.handler(page, **values)
        refused = response.status_code in {401, 403, 404}
    except NotThereError:
        response, refused = page.not_found(), True
    except WithColleagueError:
        response, refused = page.with_colleague(), True
    if route.reads:
        # before it is sent: what is not in the ledger was not shown
        _note_reading(page, case_id, purpose, refused=refused)
    return response


def _note_reading(page: Page, case_id: str | None, purpose: Purpose | None = None, *, refused: bool) -> None:
    action = page.application.actions[id(page.route)]
    read = page.read_object or (f"case:{case_id}" if case_id else f"list:{_LIST_OF[action]}")
    page.log(action, read, case=case_id, purpose=purpose, result="refused" if refused else "done")


def _ask_purpose(page: Page, case_id: str | None) -> Response:
    given = page.request.query_params.get("doel", "")
    return page.ask_purpose(case_id, page.own_path, 403, chosen=given or page.purpose())


def _of_error(page: Page, error: Exception) -> Response:
    status = status_of(error)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        note_error(error)
        page.session = None
    names = (cls.__name__ for cls in type(error).__mro__)
    name = next((name for name in names if f"errors.{name}.title" in page.t), None)
    if not isinstance(error, DamagedStoreError):
        return page.error(status, name)
    moment = long_date(error.backup_of, page.t.language)
    return page.error(status, name, backup=page.t(f"errors.{'last' if moment else 'no'}_backup", moment=moment))
