"""The pages: each module here has a `router = Pages()`, and each of its routes has a rule."""

from __future__ import annotations

from screening.review.pages import (
    accounts,
    acts,
    approvals,
    auditor,
    care,
    dashboard,
    deliveries,
    dossier,
    drafts,
    help,
    judgement,
    links,
    mandate,
    nights,
    notes,
    partner_agreements,
    partner_batches,
    partner_hand_overs,
    partner_recipients,
    partner_signal_form,
    partner_signals,
    person_route,
    personal_keys,
    policy,
    printing,
    quality,
    queue,
    recognise,
    retention,
    rights,
    rules,
    search,
    signals,
    signin,
    start,
    tip_inbox,
    tip_receivers,
    tip_rota,
    unseen,
    visit_findings,
    visit_photos,
    visits,
    visits_away,
    work,
    yields,
)
from screening.review.pages_registry import PageRoute, check_routes

MODULES = (
    accounts, acts, approvals, auditor, care, dashboard, deliveries, dossier, drafts, help, judgement, links, mandate,
    nights, notes, partner_agreements, partner_batches, partner_hand_overs, partner_recipients, partner_signal_form,
    partner_signals, person_route, personal_keys, policy, printing, quality, queue, recognise, retention, rights, rules,
    search, signals, signin, start, tip_inbox, tip_receivers, tip_rota, unseen, visit_findings, visit_photos, visits,
    visits_away, work, yields,
)  # fmt: skip


def all_routes() -> list[PageRoute]:
    """Every route of every module of this package, checked."""
    routes = [route for module in MODULES for route in module.router.routes]
    check_routes(routes)
    return routes
