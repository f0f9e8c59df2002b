"""The shared parts of all pages of one application, and the status of an answer for each error."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import Request

from screening.base.errors import BarrierError, ConfigurationError, DamagedStoreError, LedgerError, StoreError
from screening.base.vocabulary import LedgerAction
from screening.casework import data_subjects
from screening.ledger import Entry, Ledger, Subject
from screening.review import cookies as jar
from screening.review.cookies import Cookies
from screening.review.demo_access import ISSUER, DemoDoor
from screening.review.i18n import LANGUAGES, Translator, load_texts
from screening.review.id_tokens import IdTokens
from screening.review.limits import RateLimit
from screening.review.menu import Menu
from screening.review.nights import NightReader
from screening.review.oidc import Provider
from screening.review.pages_registry import PageRoute
from screening.review.rendering import StaticUrls, environment
from screening.review.settings import DEMO, ReviewSettings
from screening.store import Store

#: Errors of the store that a person can do something about: class name -> status.
_STATUS = {
    "ConflictError": 409,
    "NotReadyError": 409,
    "MotivationError": 422,
    "NotAllowedError": 404,
    "EntryError": 404,
    "PersonalKeyError": 409,
    "RecipientKeyError": 409,
}


def read_action(reads: str) -> LedgerAction:
    """The entry for what a route reads: `dossier` -> READ_DOSSIER, `links` -> READ_LINK, `print` -> PRINT."""
    for name in (f"read_{reads}", f"read_{reads.removesuffix('s')}", reads):
        if name in set(LedgerAction):
            return LedgerAction(name)
    raise ConfigurationError(f"reads={reads!r}: the ledger has no word for it. Add one to LedgerAction.")


def status_of(error: Exception) -> int:
    """The status that an error of ours becomes."""
    for cls in type(error).__mro__:
        if cls.__name__ in _STATUS:
            return _STATUS[cls.__name__]
    if isinstance(error, (StoreError, LedgerError, DamagedStoreError)):
        return 503
    return 409 if isinstance(error, BarrierError) else 500


class Application:
    """Settings, store and ledger, and what is made of them once: texts, templates, the menu, the ways to sign in."""

    def __init__(self, settings: ReviewSettings, store: Store, ledger: Ledger, routes: list[PageRoute]) -> None:
        self.settings, self.store, self.ledger, self.routes = settings, store, ledger, routes
        self.cookies = Cookies(is_https=settings.is_https)
        self.texts = load_texts()
        self.templates = environment()
        self.static = StaticUrls(settings.theme_css)
        self.sign_in_limit = RateLimit(settings.clock)
        self.provider = Provider(settings.oidc, settings.base_url, settings.clock) if settings.oidc else None
        self.demo = DemoDoor(settings.clock) if settings.mode == DEMO else None
        self.id_tokens = IdTokens()
        self.nights = NightReader(settings.workspace)
        self.actions = {id(route): read_action(route.reads) for route in routes if route.reads}
        self.menu = Menu(routes, self.texts)

    @property
    def issuer(self) -> str:
        """Who says who somebody is: the identity provider, or the demonstration."""
        return self.provider.settings.issuer if self.provider else ISSUER

    @property
    def is_closed(self) -> bool:
        """Whether no mandate holds, so that only the pages that lead to one are shown."""
        return self.settings.mandate is not None and not self.settings.mandate.is_open

    def language(self, request: Request) -> str:
        """`?lang=`, else the cookie, else Dutch."""
        asked = request.query_params.get("lang") or request.cookies.get(self.cookies.name(jar.LANGUAGE))
        return asked if asked in LANGUAGES else LANGUAGES[0]

    def write(self, entry: Entry, subjects: Sequence[Subject] = ()) -> None:
        """Write to the ledger, and to the Logboek a line for each data subject. LedgerError becomes a 503.

        `subjects`: of an entry that names neither a case nor a link of the review.
        """
        self.ledger.write(entry)
        self.note_subjects(entry, subjects)

    def note_subjects(self, entry: Entry, subjects: Sequence[Subject] = ()) -> None:
        """Write to the Logboek a line for each data subject of an entry."""
        if self.ledger.logboek is not None:
            self.ledger.logboek.log_entry(entry, self._subjects(entry, subjects), end=self.settings.clock())

    def _subjects(self, entry: Entry, others: Sequence[Subject]) -> Sequence[Subject]:
        kind, _, name = entry.object.partition(":")
        if entry.case and not others:
            return data_subjects.of_case(self.store, entry.case)
        return data_subjects.of_link(self.store, name) if kind == "link" else others

    def plain_error(self, status: int, language: str) -> bytes:
        """An error page without anything of the request: for what is stopped before a page is known."""
        t = Translator(self.texts, language)
        name = str(status) if f"errors.{status}.title" in self.texts else "500"
        text = self.templates.get_template("error_plain.html.j2").render(
            t=t, lang=language, name=name, static=self.static, settings=self.settings
        )
        return text.encode()
