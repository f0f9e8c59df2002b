"""The mandate: what is signed, what of it changed, and the signature that a person made on their own machine."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict

from starlette.responses import Response

from screening.base.civil_time import day_of
from screening.base.errors import BarrierError, ConfigurationError
from screening.base.typeset import pdf
from screening.base.vocabulary import LedgerAction, Role
from screening.mandate.differences import sections
from screening.mandate.signatures import statement, statement_digest
from screening.mandate.signing import MandateState, configuration_of, may_sign, sign_mandate
from screening.review.i18n import Translator, long_date
from screening.review.page import Page
from screening.review.pages.printing import DOCUMENT
from screening.review.pages_registry import SIGNED_IN, Pages
from screening.review.paper_blocks import paper_blocks
from screening.review.settings import PaperFile

router = Pages()

#: Who reads what is signed beside those who may sign it.
_READERS = (Role.ADMIN, Role.LEAD, Role.AUDITOR)
_PATH = "/mandaat"
#: How the name of a paper ends, and of the same as PDF.
_TEXT, _PDF = ".md", ".pdf"


@router.page("GET", _PATH, may=SIGNED_IN, nav="mandate.nav", hint="mandate.hint", without_mandate=True)
def show_mandate(page: Page) -> Response:
    """How the mandate stands; to who signs or checks it also what it says."""
    return _shown(page)


@router.page("GET", "/mandaat/papieren/{paper}", may=SIGNED_IN, without_mandate=True)
def download_paper(page: Page, paper: str) -> Response:
    """A paper as it is now: as PDF/UA to read and print, or as the file to work with. `paper`: the name of its file."""
    papers = _papers(page, _look(page)) or {}
    if paper.endswith(_PDF):
        content = page.require(papers.get(paper.removesuffix(_PDF) + _TEXT))
        return page.file(_paper_pdf(page, content), "application/pdf", paper, inline=True)
    content = page.require(papers.get(paper))
    return page.file(content.text.encode(), "text/plain; charset=utf-8", paper)


def _paper_pdf(page: Page, paper: PaperFile) -> bytes:
    """The paper as PDF/UA, in Dutch whatever the language of who reads it."""
    t = Translator(page.application.texts, lang := "nl")
    document = {
        "title": paper.title,
        "author": page.settings.municipality,
        "language": lang,
        "large": False,
        "reference": page.settings.municipality,
        "marking": paper.title,
        "page": t("printing.page"),
        "of": t("printing.of"),
        "printed": t("mandate.paper_day", day=long_date(day_of(page.now), lang)),
        "expires": t("mandate.paper_open", points=paper.open_points, laws=paper.to_check),
        "blocks": [asdict(block) for block in paper_blocks(paper.text)],
    }
    return pdf(DOCUMENT, document)


def _look(page: Page) -> MandateState | None:
    """The mandate as it stands; None of a made-up municipality, which has none."""
    return page.settings.mandate.look() if page.settings.mandate else None


def _papers(page: Page, state: MandateState | None) -> Mapping[str, PaperFile] | None:
    """The papers, for who reads what is signed; None where the configuration is not far enough to make them."""
    make = page.settings.papers
    if make is None or not _reads(page, state):
        return {}
    try:
        return make()
    except ConfigurationError:
        return None


def _shown(page: Page, status: int = 200, error: str | None = None) -> Response:
    state = _look(page)
    papers = _papers(page, state)
    plan = state.plan if state else None
    if state is None or plan is None or not _reads(page, state):
        return page.render("mandate.html.j2", status, state=state, reads=False, error=error, papers=papers)
    content = plan.content.decode("utf-8", "replace")
    texts = [paper for name, paper in (papers or {}).items() if name.endswith(_TEXT)]
    before = configuration_of(page.store, state.before.sha256) if state.before else None
    return page.render(
        "mandate.html.j2",
        status,
        state=state,
        reads=True,
        error=error,
        papers=papers,
        plan=plan,
        content=content,
        content_sha256=hashlib.sha256(plan.content).hexdigest(),
        digest=statement_digest(plan),
        name=f"mandaat-{statement_digest(plan)[:12]}.json",
        before=before,
        sections=sections(content, before),
        key=may_sign(page.store, state, page.viewer.account),
        texts=texts,
        unchanged=[paper for paper in texts if paper.is_unchanged],
        signed=[each.account for each in (state.signed.mapping if state.signed else ())],
    )


def _reads(page: Page, state: MandateState | None) -> bool:
    """Whether this person signs the configuration, or reads what is signed."""
    if state is None or page.has(*_READERS):
        return page.has(*_READERS)
    is_named = state.plan is not None and page.viewer.account in state.plan.mappers
    return is_named or may_sign(page.store, state, page.viewer.account) is not None


@router.page("GET", "/mandaat/verklaring", may=SIGNED_IN, without_mandate=True)
def download_statement(page: Page) -> Response:
    """The bytes that are signed."""
    state = _readable(page)
    digest = statement_digest(page.require(state.plan))
    return page.file(statement(page.require(state.plan)), "application/json", f"mandaat-{digest[:12]}.json")


@router.page("GET", "/mandaat/instellingen", may=SIGNED_IN, without_mandate=True)
def download_configuration(page: Page) -> Response:
    """The configuration, byte for byte, whose sha256 the statement names."""
    return page.file(page.require(_readable(page).plan).content, "application/toml", "screening.toml")


def _readable(page: Page) -> MandateState:
    """The state, for who may read what is signed; not found for anybody else."""
    gate = page.require(page.settings.mandate)
    state = gate.look()
    return page.require(state if _reads(page, state) else None)


@router.page("POST", _PATH, may=SIGNED_IN, fresh=True, without_mandate=True, takes_file=True)
def take_signature(page: Page) -> Response:
    """Take in a signature under the configuration as it stands; the second one opens what was closed."""
    state, session = _readable(page), page.session
    assert session is not None  # noqa: S101 - the route is for those who are signed in
    if page.form.get("verklaring") != statement_digest(page.require(state.plan)):
        return _shown(page, 409, page.t("mandate.why.changed"))
    try:
        with page.logged(LedgerAction.CONFIGURATION, f"configuration:{page.form['verklaring']}"):
            sign_mandate(page.store, session, state, page.form.get("handtekening", ""), now=page.now)
    except BarrierError as error:
        reason = f"mandate.why.{getattr(error, 'reason', 'file')}"
        if reason not in page.t:
            raise
        return _shown(page, 422, page.t(reason))
    if page.settings.mandate:
        page.settings.mandate.look()
    return page.redirect(_PATH, flash="mandate.signed")
