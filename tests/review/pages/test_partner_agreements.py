"""An agreement with a partner is proposed by one person and approved by another; what is to be checked is not."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from screening.base.extensions import Extension, ExtensionFile, use_extensions
from screening.base.vocabulary import Role
from screening.partners.desk.agreements import agreement_in_force, agreements
from screening.store import Workspace
from tests.partners.desk.disclosed import policy
from tests.review.conftest import Review, review_on
from tests.review.pages.officers import words

PLACE = "/ontvangers/afspraken"
GIVEN = {
    "soort": "politie",
    "ontvanger": "politie-oost",
    "artikel": "Artikel 5 van de afspraak",
    "convenant": "W-2026-3",
    "advies": "ADV-9",
    "thema": ["witwassen", "drugs"],
    "gegeven": ["personen"],
}


@pytest.fixture
def review(tmp_path: Path) -> Iterator[Review]:
    with review_on(Workspace(tmp_path / "var"), export=policy()) as made:
        yield made


def test_one_proposes_another_reads_and_approves_and_anyone_ends_it(review: Review) -> None:
    piet, kaat = review.client(Role.OFFICER, account="piet"), review.client(Role.LEAD, account="kaat")
    form = words(piet.get(f"{PLACE}?soort=politie").text)
    assert "Wat er nooit mee mag:" in form
    assert "tekst niet gelezen, te controleren" in form
    assert "Zorgfraude" not in form
    assert piet.send_form(PLACE, GIVEN | {"ontvanger": "Jan de Vries"}).status_code == 422
    refused = piet.send_form(PLACE, GIVEN | {"advies": "Bel 06 12345678"})
    assert (refused.status_code, refused.text.count("een afspraak blijft voorgoed bewaard")) == (422, 2)
    assert piet.send_form(PLACE, GIVEN).status_code == 303
    [proposed] = agreements(review.store)
    decide = f"{PLACE}/{proposed.id}"
    piet.send_form(f"{decide}/akkoord", {"gelezen": "ja"})
    kaat.send_form(f"{decide}/akkoord", {"gelezen": ""})
    assert agreement_in_force(review.store, "politie-oost") is None
    assert kaat.send_form(f"{decide}/akkoord", {"gelezen": "ja"}).status_code == 303
    shown = words(kaat.get(PLACE).text)
    for part in ("politie-oost (Politie)", "W-2026-3", "ADV-9", "Personen, als kenmerk", "Van kracht"):
        assert part in shown, part
    piet.send_form(f"{decide}/einde", {})
    assert agreement_in_force(review.store, "politie-oost") is None
    acts = [one.entry.actor for one in review.ledger.entries(object=f"document:{proposed.id}")]
    assert {"piet", "kaat"} <= set(acts)


@pytest.fixture
def own_kind() -> Iterator[None]:
    """A kind of partner that an extension brings is in force."""
    text = files("screening.partners.kinds").joinpath("politie.yaml").read_text(encoding="utf-8")
    text = text.replace("code: politie", "code: zom.politie", 1).replace("nl: Politie", "nl: Wijkpolitie", 1)
    file = ExtensionFile("partner_kinds/politie.yaml", "politie.yaml", text.encode())
    use_extensions([Extension("ZOM", "zomerdam", "/there", (file,))])
    yield
    use_extensions(())


@pytest.mark.usefixtures("own_kind")
def test_a_kind_that_an_extension_brings_is_chosen_as_one_of_ours(review: Review) -> None:
    piet, kaat = review.client(Role.OFFICER, account="piet"), review.client(Role.LEAD, account="kaat")
    assert "Wat er nooit mee mag:" in words(piet.get(f"{PLACE}?soort=zom.politie").text)
    piet.send_form(PLACE, GIVEN | {"soort": "zom.politie", "ontvanger": "wijkpolitie-oost"})
    [proposed] = agreements(review.store)
    kaat.send_form(f"{PLACE}/{proposed.id}/akkoord", {"gelezen": "ja"})
    in_force = agreement_in_force(review.store, "wijkpolitie-oost")
    assert in_force is not None
    assert in_force.partner.code == "zom.politie"
    assert "wijkpolitie-oost (Wijkpolitie)" in words(kaat.get(PLACE).text)


def test_what_is_to_be_checked_is_shown_and_not_approved(review: Review) -> None:
    piet, kaat = review.client(Role.OFFICER, account="piet"), review.client(Role.LEAD, account="kaat")
    piet.send_form(PLACE, GIVEN | {"advies": ""})
    [proposed] = agreements(review.store)
    assert "Tot een jurist keek, vertrekt er niets" in words(kaat.get(PLACE).text)
    kaat.send_form(f"{PLACE}/{proposed.id}/akkoord", {"gelezen": "ja"})
    assert agreement_in_force(review.store, "politie-oost") is None
