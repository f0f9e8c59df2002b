"""An act that asks a fresh sign-in: its form says so beforehand, and it is refused five minutes after."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.responses import HTMLResponse, Response

from screening.base.errors import ConfigurationError
from screening.base.vocabulary import Purpose
from screening.review import cookies as jar
from screening.review import make_app
from screening.review.page import Page
from screening.review.pages import all_routes
from screening.review.pages_registry import PUBLIC, SIGNED_IN, Pages, check_routes
from screening.store import Workspace
from screening.store.access import sessions
from screening.store.access.sessions import FRESH
from tests.review.conftest import Client, Review, review_on

FORM = (
    '{% import "macros.html.j2" as ui with context %}'
    '{% call ui.fresh_form("/besluit") %}<textarea name="reden"></textarea>{% endcall %}'
)
TEXT = "Dit is de reden van mijn besluit, <b>zorgvuldig</b> geschreven."

acts = Pages()


@acts.page("GET", "/besluit", may=SIGNED_IN)
def decision_form(page: Page) -> Response:
    """A form whose act asks a fresh sign-in."""
    template = page.application.templates.from_string(FORM)
    return HTMLResponse(
        template.render(
            page=page,
            t=page.t,
            lang=page.lang,
            settings=page.settings,
            session=page.session,
            csrf_token=page.csrf_token,
        )
    )


@acts.page("POST", "/besluit", may=SIGNED_IN, fresh=True)
def decide(page: Page) -> Response:
    """Do it."""
    return page.redirect("/besluit")


@pytest.fixture
def review(tmp_path: Path) -> Iterator[Review]:
    with review_on(Workspace(tmp_path / "w")) as bare:
        bare.app = make_app(bare.settings, bare.store, bare.ledger, routes=[*all_routes(), *acts.routes])
        yield bare


def asks_anew(text: str) -> bool:
    return 'action="/aanmelden/opnieuw"' in text


def test_an_act_is_taken_for_five_minutes_after_a_sign_in(review: Review) -> None:
    client = review.client()
    for seconds in (0, 299, 300):
        review.clock.now = review.clock.now.replace(hour=8, minute=seconds // 60, second=seconds % 60)
        assert 'name="reden"' in client.get("/besluit").text
        assert client.send_form("/besluit", {"reden": TEXT}).status_code == 303
    review.clock.forward(seconds=1)
    form = client.get("/besluit?x=1").text
    assert asks_anew(form)
    assert 'name="reden"' not in form
    assert 'name="naar" value="/besluit?x=1"' in form
    refused = client.send_form("/besluit", {"reden": TEXT, "formulier": "/besluit?x=1"})
    assert refused.status_code == 403
    assert "langer dan 5 minuten" in refused.text
    assert "van mijn besluit, &lt;b&gt;zorgvuldig&lt;/b&gt;" in refused.text  # what was written can be copied
    assert 'name="naar" value="/besluit?x=1"' in refused.text
    elsewhere = client.send_form("/besluit", {"reden": TEXT, "formulier": "//evil.example/"})
    assert "evil.example" not in elsewhere.text


def test_who_signed_in_elsewhere_long_before_is_not_fresh(review: Review) -> None:
    client = review.client()
    for authenticated_at in (None, review.clock.now - FRESH - timedelta(seconds=1)):
        client.session_id, _ = sessions.begin_session(
            review.store,
            client.account,
            (),
            now=review.clock.now,
            absolute=timedelta(hours=8),
            authenticated_at=authenticated_at,
        )
        client.cookies.set(review.app.state.application.cookies.name(jar.SESSION), client.session_id)
        assert asks_anew(client.get("/besluit").text)
        assert client.send_form("/besluit").status_code == 403
    # a clock of the provider that runs ahead gives nobody more than five minutes
    _, ahead = sessions.begin_session(
        review.store,
        client.account,
        (),
        now=review.clock.now,
        absolute=timedelta(hours=8),
        authenticated_at=review.clock.now + timedelta(minutes=1),
    )
    assert ahead.fresh_until == review.clock.now + FRESH


def test_a_session_that_is_renewed_takes_its_purposes_along_and_ends(review: Review) -> None:
    client = review.client(purpose=Purpose.WON)
    client.state_purpose("0123456789abcdef", Purpose.VERG)
    old = Client(review, client.session_id)
    review.clock.forward(minutes=6)
    client.sign_in_anew()
    assert client.send_form("/besluit").status_code == 303
    assert old.get("/").status_code == 303
    key = sessions.session_key(client.session_id or "")
    session = sessions.find_session(
        review.store, client.session_id or "", now=review.clock.now, idle=timedelta(hours=1)
    )
    assert session
    assert session.purpose == Purpose.WON
    assert sessions.purpose_of(review.store, key, "0123456789abcdef") == Purpose.VERG
    # the session of another account is not renewed by this one
    other = review.client()
    sessions.begin_session(
        review.store,
        client.account,
        (),
        now=review.clock.now,
        absolute=timedelta(hours=8),
        renews=sessions.session_key(other.session_id or ""),
    )
    assert other.get("/").status_code == 200


def test_in_the_demonstration_a_button_is_the_step(tmp_path: Path) -> None:
    with review_on(Workspace(tmp_path / "w"), mode="demo", oidc=None, base_url="http://127.0.0.1:8000") as bare:
        bare.app = make_app(bare.settings, bare.store, bare.ledger, routes=[*all_routes(), *acts.routes])
        client = bare.client(account="demo.anna")
        bare.clock.forward(minutes=6)
        assert "knop genoeg" in client.get("/besluit").text
        # only in the browser that spent the link
        assert client.send_form("/aanmelden/opnieuw", {"naar": "/besluit"}).status_code == 403
        door = bare.app.state.application.demo
        client.cookies.set(jar.DEVICE, door.use(door.make_key()))
        again = client.send_form("/aanmelden/opnieuw", {"naar": "/besluit"})
        assert again.headers["location"] == "/besluit"
        old = Client(bare, client.session_id)
        cookie = re.search(r"barrier=([^;]+)", again.headers["set-cookie"])
        assert cookie
        client = Client(bare, cookie.group(1))
        assert old.get("/").status_code == 303
        assert client.send_form("/besluit").status_code == 303


@pytest.mark.parametrize(("method", "may"), [("GET", SIGNED_IN), ("POST", PUBLIC)], ids=["a read", "a public page"])
def test_a_fresh_sign_in_is_asked_for_acts_of_people_who_are_signed_in(method: str, may: frozenset) -> None:
    pages = Pages()
    pages.page(method, "/x", may=may, fresh=True)(decide)
    with pytest.raises(ConfigurationError, match="a fresh sign-in is asked for an act"):
        check_routes(pages.routes)
