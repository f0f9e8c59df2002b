"""Recipients of signals: one person proposes the key of a recipient, another compares and approves it, anyone stops it.

The pages show keys of organisations, and nothing of a person.
"""

from __future__ import annotations

from starlette.responses import Response

from screening.base.vocabulary import LedgerAction
from screening.casework.case_errors import ConflictError
from screening.partners.batch.seal import checked_certificate, checked_recipient
from screening.partners.desk.recipients import (
    AGE,
    NAME,
    OPENPGP,
    RecipientKey,
    RecipientKeyError,
    approve_key,
    propose_key,
    recipient_keys,
    retire_key,
)
from screening.partners.desk.signal_versions import EXPORT_ROLES
from screening.partners.receiver.page import PAGE_NAME, receiver_page
from screening.partners.signal.errors import SealError
from screening.review.page import Page
from screening.review.pages_registry import Pages
from screening.review.reasons import reason_fault, reason_of
from screening.review.views.partners import allowed_signers, in_groups, shown_fingerprint, signing_keys

router = Pages()

#: A certificate of OpenPGP takes some thousands of characters, and no key a hundred thousand.
_MAX_KEY = 100_000
_CHECKS = {AGE: checked_recipient, OPENPGP: checked_certificate}


@router.page("GET", "/ontvangers", may=EXPORT_ROLES, nav="recipients.nav", hint="recipients.hint")
def list_recipients(page: Page) -> Response:
    """Show every key that was proposed, who stands behind it, and what receivers need to know of us."""
    return _list(page, {})


@router.page("POST", "/ontvangers", may=EXPORT_ROLES, fresh=True)
def propose_recipient(page: Page) -> Response:
    """Propose the public key of a recipient. Of a private key nothing is kept and nothing is shown again."""
    name, kind = page.form.get("ontvanger", "").strip(), page.form.get("soort", AGE)
    reason, text = reason_of(page), page.form.get("sleutel", "")[:_MAX_KEY]
    errors: dict[str, str] = {}
    if not NAME.fullmatch(name):
        errors["ontvanger"] = page.t("recipients.wrong.name")
    if fault := reason_fault(page, reason, page.t("recipients.wrong.reason")):
        errors["reden"] = fault
    key = ""
    try:
        key = _CHECKS[kind if kind in _CHECKS else AGE](text)
    except SealError as error:
        errors["sleutel"] = page.t(f"recipients.wrong.{'secret' if 'secret' in str(error) else 'key'}")
    if not errors and any(on_file.key == key for on_file in recipient_keys(page.store)):
        errors["sleutel"] = page.t("recipients.wrong.known")
    if errors:
        return _list(page, errors, status=422)
    with page.logged(LedgerAction.RECIPIENT_CHANGE, f"recipient:{name}"):
        propose_key(page.store, name, key, kind=kind, by=page.viewer.account, reason=reason, now=page.now)
    return page.redirect("/ontvangers", flash="recipients.proposed")


@router.page("POST", "/ontvangers/{fingerprint}/akkoord", may=EXPORT_ROLES, fresh=True)
def approve_recipient(page: Page, fingerprint: str) -> Response:
    """Approve a key that a colleague proposed, after comparing its fingerprint with the receiver by telephone."""
    return _decide(page, fingerprint, is_approval=True)


@router.page("POST", "/ontvangers/{fingerprint}/intrekken", may=EXPORT_ROLES, fresh=True)
def retire_recipient(page: Page, fingerprint: str) -> Response:
    """Take a key out of use, at once and for good."""
    return _decide(page, fingerprint, is_approval=False)


@router.page("GET", "/ontvangers/allowed_signers", may=EXPORT_ROLES)
def download_signers(page: Page) -> Response:
    """The public keys of who may sign batches, as ssh-keygen and the receiver's script read them."""
    policy = page.require(page.settings.export)
    return page.file(
        allowed_signers(page.store, page.application.issuer, policy.code).encode(), "text/plain", "allowed_signers"
    )


@router.page("GET", f"/ontvangers/{PAGE_NAME}", may=EXPORT_ROLES)
def download_receiver_page(page: Page) -> Response:
    """The page with which a receiver opens a batch, of this version."""
    return page.file(receiver_page().content, "application/octet-stream", PAGE_NAME)


def _decide(page: Page, fingerprint: str, *, is_approval: bool) -> Response:
    key = page.require(next((key for key in recipient_keys(page.store) if key.fingerprint == fingerprint), None))
    reason = reason_of(page)
    has_compared = page.form.get("vergeleken") == "ja" or not is_approval
    if not reason or not has_compared:
        why = "reason" if not reason else "compared"
        return page.redirect("/ontvangers", flash=f"recipients.wrong.{why}", kind="warning")
    if reason_fault(page, reason, ""):
        return page.redirect("/ontvangers", flash="errors.reason_person", kind="warning")
    decide = approve_key if is_approval else retire_key
    try:
        with page.logged(LedgerAction.RECIPIENT_CHANGE, f"recipient:{key.recipient}"):
            decide(page.store, fingerprint, by=page.viewer.account, reason=reason, now=page.now)
    except (RecipientKeyError, ConflictError) as error:
        why = error.reason if isinstance(error, RecipientKeyError) else "decided"
        return page.redirect("/ontvangers", flash=f"recipients.wrong.{why}", kind="warning")
    return page.redirect("/ontvangers", flash="recipients.approved" if is_approval else "recipients.retired")


def _list(page: Page, errors: dict[str, str], *, status: int = 200) -> Response:
    keys = recipient_keys(page.store)
    states: dict[str, list[RecipientKey]] = {}
    for key in keys:
        states.setdefault(key.state, []).append(key)
    filled = {name: page.form.get(name, "") for name in ("ontvanger", "soort", "reden")}
    # a key that is refused is not sent back: it can be a private one
    filled["sleutel"] = "" if "sleutel" in errors else page.form.get("sleutel", "")
    return page.render(
        "export/recipients.html.j2",
        status,
        crumbs=[(page.t("export.title"), "/riec")],
        states=states,
        errors=errors,
        filled=filled,
        in_groups=in_groups,
        kinds=(AGE, OPENPGP),
        receiver_page=receiver_page(),
        signers=[(key.account, shown_fingerprint(key)) for key in signing_keys(page.store, page.application.issuer)],
    )
