"""Putting the application together: routes with their rules, files, error pages, the security headers around it all."""

from __future__ import annotations

import re
from functools import cache

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.types import Scope

from screening.base.errors import ConfigurationError
from screening.ledger import Ledger
from screening.ledger.notary import note_decisions
from screening.review.application import Application
from screening.review.compression import CompressedPages
from screening.review.files import Files
from screening.review.headers import SecurityMiddleware, host_of, security_headers
from screening.review.monitoring import HEALTH, METRICS, PATHS, Monitoring, TimingMiddleware
from screening.review.pages import all_routes
from screening.review.pages_registry import PageRoute, check_routes
from screening.review.request_pipeline import endpoint, unknown_route
from screening.review.settings import ReviewSettings
from screening.store import Store

#: Routes that belong to no page: they show nothing of anybody. Everything else needs a rule.
_UNRULED = {"/openapi.json", *PATHS}


def make_app(
    settings: ReviewSettings,
    store: Store,
    ledger: Ledger,
    *,
    routes: list[PageRoute] | None = None,
    openapi: bool = False,
) -> FastAPI:
    """The review application on a store and a ledger, which the caller opens and closes.

    `routes`: other pages than those of `screening.review.pages`. `openapi`: describe the routes at `/openapi.json`;
    for tests. ConfigurationError: a route without a rule, a text that is missing, a setting that would be unsafe.
    """
    routes = all_routes() if routes is None else routes
    check_routes(routes)
    for each in {store, store.by_statement()}:
        note_decisions(each, lambda: ledger, actor=lambda: "system:review", now=settings.clock)
    application = Application(settings, store.by_statement(), ledger, routes)
    app = FastAPI(
        title="barrier review",
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json" if openapi else None,
        redirect_slashes=False,  # a redirect to the same page with a slash says that a path exists
        routes=[_served_route(route) for route in routes],
    )
    app.state.application = application
    app.mount("/static", Files(application.static))
    monitoring = Monitoring(application)
    app.add_route(HEALTH, monitoring.health, methods=["GET"], include_in_schema=False)
    app.add_route(METRICS, monitoring.metrics, methods=["GET"], include_in_schema=False)
    _refuse_unruled(app, routes)

    async def refused(request: Request, error: Exception) -> Response:
        # a path or a query that does not fit its type is not there: the message of the framework repeats the value
        status = error.status_code if isinstance(error, HTTPException) else 422
        if isinstance(error, RequestValidationError) and any(fault["loc"][:1] == ("path",) for fault in error.errors()):
            status = 404
        return await run_in_threadpool(unknown_route, application, request, status)

    app.add_exception_handler(HTTPException, refused)
    app.add_exception_handler(RequestValidationError, refused)

    def plain(status: int, scope: Scope) -> bytes:
        return application.plain_error(status, application.language(Request(scope)))

    targets = (application.provider.form_target,) if application.provider else ()
    app.state.headers = security_headers(is_https=settings.is_https, form_targets=targets)
    app.add_middleware(
        SecurityMiddleware,
        headers=app.state.headers,
        host=host_of(settings.base_url),
        any_host=PATHS,
        error_page=plain,
        larger={_pattern(route): route.most_document_bytes for route in routes if route.most_document_bytes},
        with_camera={_pattern(route) for route in routes if route.uses_camera},
    )
    app.add_middleware(CompressedPages)
    untraced = {route.path for route in routes if route.untraced}
    app.add_middleware(TimingMiddleware, seconds=monitoring.seconds, untraced=untraced)
    return app


@cache
def _served_route(route: PageRoute) -> APIRoute:
    """The route as FastAPI serves it, in any application: reading the parameters of all takes a tenth of a second."""
    return APIRoute(
        route.path,
        endpoint(route),
        methods=[route.method],
        name=route.name,
        response_model=None,
        response_class=Response,
        operation_id=f"{route.method}_{route.name}".replace(".", "_"),
        openapi_extra=_form_schema(route),
    )


def _pattern(route: PageRoute) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{[^}]+\}", "[^/]+", route.path))


def _refuse_unruled(app: FastAPI, routes: list[PageRoute]) -> None:
    """ConfigurationError when something is served that has no rule: added past the registry."""
    ruled = {(route.path, route.method) for route in routes}
    for route in app.routes:
        if isinstance(route, Mount) and isinstance(route.app, Files):
            continue
        path, methods = getattr(route, "path", ""), getattr(route, "methods", None) or set()
        is_ruled = all((path, method) in ruled for method in methods - {"HEAD"}) and bool(methods)
        if not is_ruled and not (isinstance(route, Route) and path in _UNRULED):
            raise ConfigurationError(f"{path}: served without a rule. Register it with Pages.page(..., may=…).")


def _form_schema(route: PageRoute) -> dict[str, object] | None:
    if route.method == "GET":
        return None
    form = {"type": "object", "additionalProperties": {"type": "string"}}
    return {"requestBody": {"content": {"application/x-www-form-urlencoded": {"schema": form}}}}
