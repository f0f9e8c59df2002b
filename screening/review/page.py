"""The request that a handler gets: viewer, store, clock, texts and form, and methods that make the answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import TypeVar
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from screening.base.civil_time import TOWN, day_of
from screening.base.vocabulary import LedgerAction, Purpose, Role
from screening.casework.case_errors import WithColleagueError
from screening.casework.cases.case import Case, get_case, is_with_colleague
from screening.casework.cases.tasks import tasks_of_case
from screening.casework.data_subjects import of_addresses, of_houses
from screening.casework.tips.sightings import House
from screening.casework.viewer import Viewer
from screening.ledger import Entry, Ledger, Subject
from screening.ledger.notary import Act, acting
from screening.review import cookies as jar
from screening.review.application import Application, status_of
from screening.review.forms import Form
from screening.review.i18n import LANGUAGES, Translator, long_date
from screening.review.menu import current_pages, guide_part
from screening.review.nights import NightState, night_state
from screening.review.pages_registry import PageRoute
from screening.review.settings import ReviewSettings
from screening.store import Store
from screening.store.access import sessions
from screening.store.access.accounts import names
from screening.store.access.form_drafts import FormDraft, read_draft
from screening.store.access.sessions import Session

Sought = TypeVar("Sought")
FLASH_KINDS = ("ok", "info", "warning", "error")
_LOCAL = re.compile(r"/(?![/\\])[^\x00-\x1f\x7f\\]*")


def local_path(path: str | None) -> str:
    """Return `path` if it is a path on this site, else the start page, so that no crafted link leads elsewhere."""
    return path if path and _LOCAL.fullmatch(path) else "/"


class NotThereError(Exception):
    """The object does not exist, or this person may not see it: the handler stops and answers `Page.not_found`."""


@dataclass
class Page:
    """One request for a page, by somebody whom the route allows (`viewer`); a public page may have no session."""

    application: Application
    route: PageRoute
    request: Request
    form: Form
    now: datetime
    t: Translator
    session: Session | None
    csrf_token: str
    #: The object of the read in the ledger (`link:…`), where it is neither a case nor a list. A handler sets it.
    read_object: str | None = None
    #: The addresses that a list shows, where no single case is read. A handler sets it.
    read_addresses: Sequence[str] = ()
    #: The houses in signals of colleagues that are read or written. A handler sets it.
    read_houses: Sequence[House] = ()
    #: The people and addresses of a request about their data. A handler sets it.
    read_subjects: Sequence[Subject] = ()
    #: Case id -> the purposes that its law covers, as they were asked for.
    _tasks: dict[str, tuple[Purpose, ...]] = field(default_factory=dict)

    #: The form that was sent is not finished: its page shows another part of it, and what is written is kept.
    is_at_work: bool = False

    @property
    def settings(self) -> ReviewSettings:
        """The settings of the application."""
        return self.application.settings

    @property
    def store(self) -> Store:
        """The store of the application."""
        return self.application.store

    @property
    def ledger(self) -> Ledger:
        """The ledger of the application."""
        return self.application.ledger

    @property
    def lang(self) -> str:
        """`nl` or `en`."""
        return self.t.language

    @property
    def viewer(self) -> Viewer:
        """The signed-in person, for the functions of the store. LookupError where nobody is signed in."""
        if self.session is None:
            raise LookupError("nobody is signed in")
        return Viewer(account=self.session.account, roles=self.session.roles)

    @property
    def is_fresh(self) -> bool:
        """Whether the person signed in so short ago that an act with `fresh` is taken now."""
        return self.session is not None and self.session.is_fresh(self.now)

    @property
    def own_path(self) -> str:
        """The path and query of this request, as a place to come back to."""
        url = self.request.url
        return local_path(f"{url.path}?{url.query}" if url.query else url.path)

    @property
    def is_htmx(self) -> bool:
        """Whether htmx sent the request: `render` then returns only the content of `main`."""
        return self.request.headers.get("hx-request") == "true"

    def has(self, *roles: Role) -> bool:
        """Whether the person has any of these roles."""
        return self.session is not None and bool(self.session.roles & set(roles))

    def cookie(self, which: str) -> str:
        """Return the value of one of our cookies, empty where there is none."""
        return self.request.cookies.get(self.application.cookies.name(which), "")

    def person(self, account: str | None) -> str:
        """The name of an account as the directory has it, else the account; empty without one."""
        return names(self.store, [account]).get(account, account) if account else ""

    # what was written and not sent

    def _draft(self, form: str) -> FormDraft | None:
        workspace = self.settings.workspace
        if self.session is None or workspace is None:
            return None
        return read_draft(self.store, workspace, self.viewer.account, form, now=self.now)

    def written(self, form: str) -> Form:
        """Return the fields of a form by its path: as it is sent now, else as its draft has them; empty without one."""
        if self.request.method == self.route.method == "POST" and self.request.url.path == form:
            return self.form
        draft = self._draft(form)
        return Form(list(draft.fields)) if draft else Form()

    def draft_line(self, form: str) -> str:
        """Since when a draft of a form is kept, in words; empty without one."""
        draft = self._draft(form)
        if draft is None:
            return ""
        is_today = day_of(draft.kept_at) == day_of(self.now)
        moment = f"{draft.kept_at.astimezone(TOWN):%H:%M}" if is_today else long_date(draft.kept_at, self.lang)
        return self.t("draft.kept_at", moment=moment)

    # answers

    def render(
        self, template: str, status: int = 200, crumbs: Sequence[tuple[str, str]] = (), **context: object
    ) -> HTMLResponse:
        """Render a page from a template. `crumbs`: (text, path) of the pages between the start page and this one."""
        return HTMLResponse(self._html(template, status, crumbs=crumbs, **context), status)

    def may_use(self, route: PageRoute) -> bool:
        """Whether this person may use a page now."""
        roles = self.session.roles if self.session else frozenset()
        return route.allows(roles) and (route.without_mandate or not self.application.is_closed)

    def _nights(self) -> NightState | None:
        """How old what the pages show is; None for somebody who is not signed in."""
        if self.session is None:
            return None
        return night_state(self.application.nights.history(), self.store.last_published(), self.now)

    def _html(self, template: str, status: int, crumbs: Sequence[tuple[str, str]], **context: object) -> str:
        """Render a template with the variables that every page needs."""
        application, session = self.application, self.session
        nights = self._nights() if status < HTTPStatus.INTERNAL_SERVER_ERROR else None
        kind, _, key = self.cookie(jar.FLASH).partition(".")
        path = self.request.url.path
        menu = application.menu.groups(session.roles, path, self.may_use) if session else []
        return application.templates.get_template(template).render(
            page=self,
            t=self.t,
            lang=self.lang,
            settings=self.settings,
            session=session,
            crumbs=crumbs,
            menu=menu,
            menu_pages=current_pages(menu, path),
            guide_part=guide_part(self.route.path),
            current_path=path,
            csrf_token=self.csrf_token,
            static=application.static,
            flash=(kind, key) if kind in FLASH_KINDS and key in self.t else None,
            bare=self.is_htmx,
            other_language=self._in_each_language(),
            nights=nights,
            is_error=status >= HTTPStatus.BAD_REQUEST,
            **context,
        )

    def _in_each_language(self) -> dict[str, str]:
        """Return by language the address of this page in it."""
        parts = urlsplit(str(self.request.url))
        rest = "&".join(part for part in parts.query.split("&") if part and not part.startswith("lang="))
        return {language: f"{parts.path}?{rest}{'&' if rest else ''}lang={language}" for language in LANGUAGES}

    def redirect(self, path: str, flash: str | None = None, kind: str = "ok") -> Response:
        """Redirect to another page of ours after a change (303). `flash`: text key of the message shown there."""
        target = local_path(path)
        if self.is_htmx:
            response: Response = Response(status_code=200, headers={"HX-Redirect": target})
        else:
            response = RedirectResponse(target, status_code=303)
        if flash is not None:
            if flash not in self.t or kind not in FLASH_KINDS:
                raise KeyError(flash)
            self.application.cookies.set(response, jar.FLASH, f"{kind}.{flash}", seconds=60)
        return response

    def file(self, content: bytes, media_type: str, filename: str, *, inline: bool = False) -> Response:
        """Answer with a file to download, or to show (`inline`). Its name must not identify an address or a person."""
        if not re.fullmatch(r"[A-Za-z0-9._-]+", filename):
            raise ValueError("a file name of letters, digits, dots, hyphens and underscores")
        way = "inline" if inline else "attachment"
        return Response(
            content, media_type=media_type, headers={"Content-Disposition": f'{way}; filename="{filename}"'}
        )

    def error(self, status: int, key: str | None = None, **values: str) -> HTMLResponse:
        """Answer with the error page of this status. `key`: text key `errors.<key>`, by default that of the status.

        The page holds our own text, with our own `values`, and never a value of the request.
        """
        name = key or str(status)
        if f"errors.{name}.title" not in self.t:
            name = "500" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "400"
        return self.render("error.html.j2", status, name=name, values=values)

    def not_found(self) -> HTMLResponse:
        """Answer alike for an object that does not exist and one that this person may not see."""
        return self.error(404)

    def with_colleague(self) -> HTMLResponse:
        """Answer that a case is not this person's to open now, with what they wrote; the same whatever the reason."""
        text = next((self.form[name] for name in ("tekst", "motivering") if name in self.form), "")
        return self.render("dossier/taken.html.j2", 409, texts="queue.elsewhere", case=None, text=text)

    def require(self, sought: Sought | None) -> Sought:
        """Return the object that was looked for. NotThereError where there is none."""
        if sought is None:
            raise NotThereError
        return sought

    def require_case(self, case_id: str) -> Case:
        """Return a case that this person may open. NotThereError for one that they may not see, WithColleagueError."""
        case = self.require(get_case(self.store, self.viewer, case_id, now=self.now))
        if is_with_colleague(self.store, self.viewer, case):
            raise WithColleagueError
        return case

    # the ledger and the purpose

    @property
    def origin(self) -> str:
        """The origin of an action for the ledger: the fingerprint of the session."""
        return f"session:{self.session.fingerprint}" if self.session else "session:none"

    def log(
        self,
        action: LedgerAction,
        object: str,
        *,
        case: str | None = None,
        purpose: Purpose | str | None = None,
        result: str = "done",
    ) -> None:
        """Write a ledger entry, durable on return. Call it before the action: a failed write answers 503.

        It also writes the lines of the Logboek Dataverwerkingen for the people whom the action is about.
        """
        self.application.write(self._entry(action, object, case, purpose, result), self._read_subjects())

    def _entry(
        self, action: LedgerAction, object: str, case: str | None, purpose: Purpose | str | None, result: str = "done"
    ) -> Entry:
        return Entry(
            done_at=self.now,
            actor=self.viewer.account,
            action=action,
            object=object,
            result=result,
            origin=self.origin,
            case=case,
            purpose=str(purpose) if purpose else None,
        )

    def _read_subjects(self) -> list[Subject]:
        return [*of_addresses(self.read_addresses), *of_houses(self.read_houses), *self.read_subjects]

    def acting(self) -> Act:
        """The act of whoever asks for this page: what the ledger says of a row that is decided meanwhile."""
        return Act(self.viewer.account if self.session else "system:review", self.now, self.origin)

    @contextmanager
    def logged(
        self, action: LedgerAction, object: str, *, case: str | None = None, purpose: Purpose | str | None = None
    ) -> Iterator[None]:
        """Log a change before it can be seen, with the hashes of the rows that it decides; or that it was refused.

        The entry is written before the first transaction of this block commits.
        """
        entry = self._entry(action, object, case, purpose)
        act = Act(
            entry.actor,
            entry.done_at,
            entry.origin,
            case,
            entry.purpose,
            entry,
            lambda: self.application.note_subjects(entry, self._read_subjects()),
        )
        try:
            with acting(act):
                yield
        except Exception as error:
            result = "refused" if status_of(error) in {404, 409, 422} else "failed"
            self.log(action, object, case=case, purpose=purpose, result=result)
            raise
        if not act.is_written:  # nothing was changed in the store
            self.log(action, object, case=case, purpose=purpose)

    def purpose(self, case_id: str | None = None) -> Purpose | None:
        """Return the purpose for which this session reads lists, or the case; None when none is allowed.

        Of a case: the purpose that was stated for it, else that of the session where its law covers the case.
        """
        if self.session is None:
            return None
        stated = sessions.purpose_of(self.store, self.session.key, case_id) if case_id is not None else None
        if stated is None and (case_id is None or self.session.purpose in self.tasks(case_id)):
            stated = self.session.purpose
        return stated if stated in self.settings.purposes else None

    def tasks(self, case_id: str | None) -> tuple[Purpose, ...]:
        """The purposes for which this person may read the case, or lists; of a case that is not theirs to see none."""
        if case_id is None:
            return tuple(self.settings.purposes)
        if case_id not in self._tasks:
            case = get_case(self.store, self.viewer, case_id, now=self.now)
            covering = frozenset() if case is None else tasks_of_case(self.store, case)
            self._tasks[case_id] = tuple(purpose for purpose in self.settings.purposes if purpose in covering)
        return self._tasks[case_id]

    def ask_purpose(
        self, case_id: str | None, target: str, status: int, *, chosen: str | None = None, is_missing: bool = False
    ) -> HTMLResponse:
        """Ask for which task a case or (None) lists are read, and go on to `target`.

        Of a case that is not this person's to see, every task is offered: whether it is there is not told.
        """
        return self.render(
            "purpose.html.j2",
            status,
            case_id=case_id,
            target=target,
            chosen=chosen,
            purposes=self.tasks(case_id) or self.settings.purposes,
            is_missing=is_missing,
        )

    def state_purpose(self, case_id: str | None, purpose: Purpose) -> None:
        """Record the purpose that the person chose in a form, for a case or (None) for lists."""
        if self.session is None:
            raise ValueError("nobody is signed in")
        sessions.state_purpose(self.store, self.session.key, purpose, case_id=case_id, now=self.now)
