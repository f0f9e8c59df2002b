"""With a partner nothing happens until two people stand behind article, covenant, themes and fields."""

from __future__ import annotations

from functools import partial

import pytest
import sqlalchemy as sa

from screening.partners.desk.agreements import (
    AgreementError,
    AgreementTerms,
    agreement_in_force,
    agreements,
    agreements_for,
    all_recipient_kinds,
    approve_agreement,
    end_agreement,
    kind_of_recipient,
    propose_agreement,
)
from screening.partners.kinds.partner_kind import HandOverForm
from screening.store import Store
from screening.store.schema.partners import partner_agreement, partner_agreement_event
from tests.casework.cases.test_case_races import race
from tests.partners.desk.disclosed import NOW, agreed, is_refused

POLICE = AgreementTerms(
    "politie-oost", "politie", "Artikel X", "Werkafspraak 3", "ADV-1", ("witwassen",), ("personen",)
)


def terms(**changed: object) -> AgreementTerms:
    return AgreementTerms(**(vars(POLICE) | changed))  # type: ignore[arg-type]


def test_one_proposes_another_approves_and_anybody_ends_it(store: Store) -> None:
    made = propose_agreement(store, POLICE, by="piet", now=NOW)
    assert (made.state, agreement_in_force(store, "politie-oost")) == ("proposed", None)
    with pytest.raises(AgreementError) as refused:
        approve_agreement(store, made.id, by="Piet", now=NOW)
    assert refused.value.reason == "own"
    approve_agreement(store, made.id, by="kaat", now=NOW)
    in_force = agreement_in_force(store, "politie-oost")
    assert in_force is not None
    assert (in_force.approved_by, in_force.partner.code) == ("kaat", "politie")
    assert [known.terms.recipient for known in agreements_for(store, HandOverForm.SHEET)] == ["politie-oost"]
    again = propose_agreement(store, POLICE, by="piet", now=NOW)
    with pytest.raises(AgreementError, match="another agreement in force"):
        approve_agreement(store, again.id, by="kaat", now=NOW)
    end_agreement(store, made.id, by="piet", now=NOW)
    with pytest.raises(AgreementError, match="ended already"):
        end_agreement(store, made.id, by="piet", now=NOW)
    assert agreement_in_force(store, "politie-oost") is None
    # of what was agreed before, that which may not leave any more counts for nothing
    values = {**vars(POLICE), "themes": list(POLICE.themes), "fields": ["personen", "bibob"]}
    with store.engine.begin() as connection:
        connection.execute(partner_agreement.insert().values(**values, proposed_by="piet", proposed_at=NOW))
    assert agreements(store, "politie-oost")[-1].terms.fields == ("personen",)
    # what was sent on it is called back as what it was
    assert kind_of_recipient(store, "politie-oost").code == "politie"
    assert kind_of_recipient(store, "riec-van-vroeger").code == "riec"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"recipient": "Jan de Vries"}, "name"),
        ({"recipient": "toezicht"}, "name"),
        ({"kind": "bakker"}, "kind"),
        ({"article": " "}, "article"),
        ({"covenant": ""}, "covenant"),
        ({"article": "Artikel 3 over 123456782"}, "article_person"),
        ({"covenant": "Zie jan@voorbeeldstad.example"}, "covenant_person"),
        ({"advice": "Bel 06 12345678"}, "advice_person"),
        ({"themes": ()}, "themes"),
        ({"themes": ("zorgfraude",)}, "themes"),
        ({"fields": ("bibob",)}, "fields"),
        ({"kind": "veiligheidshuis"}, "themes"),
    ],
)
def test_what_is_more_than_its_kind_allows_is_not_proposed(sqlite_store: Store, changed: dict, reason: str) -> None:
    with pytest.raises(AgreementError) as refused:
        propose_agreement(sqlite_store, terms(**changed), by="piet", now=NOW)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    "changed", [{"advice": ""}, {"article": "Artikel 5 (te controleren)"}, {"covenant": "Te Controleren"}]
)
def test_te_controleren_blocks(sqlite_store: Store, changed: dict) -> None:
    """The kind has an article that is to be checked and no advice is named; or the text itself says so."""
    made = propose_agreement(sqlite_store, terms(**changed), by="piet", now=NOW)
    assert made.is_to_check
    with pytest.raises(AgreementError, match="te controleren"):
        approve_agreement(sqlite_store, made.id, by="kaat", now=NOW)
    assert agreements_for(sqlite_store, HandOverForm.CALL) == []


def test_of_two_that_are_approved_at_the_same_moment_one_holds(store: Store) -> None:
    """Each in a connection of its own; on PostgreSQL neither sees what the other has not committed yet."""
    for number in range(8):
        given = terms(recipient=f"politie-{number}")
        both = [propose_agreement(store, given, by="piet", now=NOW).id for _ in range(2)]
        approvals = [partial(approve_agreement, store, proposed, by="kaat", now=NOW) for proposed in both]
        assert race(*approvals) in (["Agreement", "AgreementError"], ["Agreement", "ConflictError"])
        assert [known.state for known in agreements(store, given.recipient)].count("active") == 1


def test_every_kind_is_told_with_its_basis_and_who_it_is_agreed_with(sqlite_store: Store) -> None:
    agreed(sqlite_store)
    told = {
        kind.code: [known.terms.recipient for known in known_of] for kind, known_of in all_recipient_kinds(sqlite_store)
    }
    assert told == {"arbeidsinspectie": [], "politie": [], "riec": ["riec-oost"], "veiligheidshuis": []}


def test_an_agreement_is_never_changed_and_one_person_never_makes_it(store: Store) -> None:
    made = agreed(store, "politie-oost", "politie")
    for change in (
        partner_agreement.update().values(article="Iets anders"),
        partner_agreement.delete(),
        partner_agreement_event.delete(),
    ):
        assert is_refused(store, change)
    own = {"agreement_id": made.id, "proposed_by": "piet", "action": "approved", "actor": "piet", "at": NOW}
    assert is_refused(store, sa.insert(partner_agreement_event).values(**own))
    other = propose_agreement(store, made.terms, by="piet", now=NOW)
    second = own | {"agreement_id": other.id, "actor": "kaat"}
    assert is_refused(store, sa.insert(partner_agreement_event).values(**second))
    end_agreement(store, made.id, by="piet", now=NOW)
    assert not is_refused(store, sa.insert(partner_agreement_event).values(**second))
