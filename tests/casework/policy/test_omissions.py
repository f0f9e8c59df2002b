"""What the municipality forgot itself is a count a rule: of findings alone, and no record, address or flag is told."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

from indicators.legal_structure.gem_01_granted_without_questionnaire import granted_without_questionnaire as gem_01
from indicators.property.adr_03_permit_address_not_in_bag import permit_address_not_in_bag as adr_03
from indicators.workplace.gem_02_review_date_passed import review_date_passed as gem_02
from screening.base.vocabulary import Barrier
from screening.casework.policy.omissions import Omission, own_omissions
from screening.store import Store, Workspace, publish
from tests.databases import on_sqlite
from tests.store.bundles import make_bundle


def night(as_of: date, records: list[list[str]]):
    """A run in which ADR-03 ran and found these records, by reason."""
    plain = make_bundle(9)
    findings = [
        {"code": "ADR-03", "reason_nl": f"reden {n}", "reason_en": f"reason {n}", "records": keys}
        for n, keys in enumerate(records)
    ]
    return make_bundle(
        9,
        as_of,
        meta={"indicators": {"findings": findings}, "counts": {"flags": 3}},
        declarations=[*plain.declarations, adr_03.declaration()],
    )


@on_sqlite
def test_the_last_night_is_counted_by_rule_and_each_record_once(store: Store, workspace: Workspace) -> None:
    assert own_omissions(store) == []
    twice = [["vergunningen:Z-1", "vergunningen:Z-2"], ["vergunningen:Z-2"]]
    publish(store, workspace, night(date(2026, 11, 1), twice))
    [omission] = own_omissions(store)
    assert omission == Omission(
        "ADR-03",
        "Vergunningadres niet in BAG",
        "Address not in BAG",
        "vergunningen",
        Barrier.VASTGOED,
        2,
        stays_here=False,
    )
    assert "Z-1" not in str(asdict(omission))
    publish(store, workspace, night(date(2026, 11, 2), []))
    assert [each.records for each in own_omissions(store)] == [0]


@on_sqlite
def test_a_night_without_such_a_rule_tells_nothing(store: Store, workspace: Workspace) -> None:
    publish(store, workspace, make_bundle(9))
    assert own_omissions(store) == []


@on_sqlite
def test_a_count_that_rests_on_bibob_stays_on_the_page(store: Store, workspace: Workspace) -> None:
    plain = make_bundle(9)
    declared = [gem_01.declaration(), gem_02.declaration()]
    publish(store, workspace, make_bundle(9, declarations=[*plain.declarations, *declared]))
    assert [(each.code, each.stays_here) for each in own_omissions(store)] == [("GEM-01", True), ("GEM-02", False)]
