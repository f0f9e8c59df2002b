"""The local rule, licence duty and partner for each barrier, and the barriers without any."""

from __future__ import annotations

from starlette.responses import Response

from screening.review.page import Page
from screening.review.pages_registry import SIGNED_IN, Pages
from screening.review.policy_state import PolicyTopic, by_barrier

router = Pages()


@router.page("GET", "/beleid", may=SIGNED_IN, nav="policy.nav", hint="policy.hint")
def policy(page: Page) -> Response:
    """The policy state: no personal data."""
    state = page.settings.policy_state
    return page.render(
        "policy/policy.html.j2",
        topics=[(topic, state.get(topic)) for topic in PolicyTopic],
        barriers=by_barrier(state),
    )
