"""A day of a demo, over HTTP and at the terminal, ends in a check that finds nothing; what changed since, it finds."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.configuration import load_configuration
from flows.desk import Desk
from screening.base.vocabulary import LedgerAction, Role
from screening.casework.cases.sync import sync_cases
from screening.ledger import open_ledger, verify_ledger
from screening.store import Workspace, open_store
from screening.store.schema.cases import case_opened
from tests.flows.audit.test_command import call
from tests.flows.rights.at_desk import erase
from tests.ledger.store_tampering import behind_its_back
from tests.review.conftest import Review, review_on
from tests.review.pages.officers import cases, judge, ready
from tests.review.pages.test_signals import FORM


def a_day(review: Review) -> None:
    """Two officers on one case, one on another, two readers of a link, and a signal of a colleague."""
    first, second = review.client(Role.OFFICER), review.client(Role.OFFICER)
    confirmed, other = cases(review)[:2]
    for client in (first, second):
        ready(client, confirmed)
        assert (
            judge(
                client, confirmed, why=f"Wat {client.account} zag klopt niet met de vergunning van dit pand."
            ).status_code
            == 303
        )
    ready(first, other)
    assert (
        judge(first, other, "data_fout", "Het register noemt een nummer dat niet bij deze zaak hoort.").status_code
        == 303
    )
    for reader in (review.client(Role.ANALYST), review.client(Role.ANALYST)):
        pair = reader.get("/koppelingen/volgende").headers["location"]
        assert reader.send_form(pair, {"oordeel": "zelfde"}).status_code == 303
    assert review.client(account="b.balie").send_form("/meldingen/nieuw", FORM).status_code == 303


@pytest.fixture(scope="module")
def demo(clean_town: Path, clean_run: dict, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo town after a night and a day; its configuration."""
    town = tmp_path_factory.mktemp("demo") / "town"
    shutil.copytree(clean_town, town, ignore=shutil.ignore_patterns("truth"))
    with review_on(Workspace(town / "var")) as review:
        sync_cases(review.store, now=review.clock())
        a_day(review)
    return town / "screening.toml"


@pytest.mark.goal("S11", reached="a demo verifies green after acts of every kind")
def test_a_demo_after_a_day_of_acts_is_whole(demo: Path) -> None:
    checked = call("verify", "--json", config=demo)
    document = json.loads(checked.output)
    assert (document["findings"], checked.exit_code) == ([], 0), document
    with open_ledger(demo.parent / "var") as ledger:
        said = [line.entry for line in ledger.entries() if line.entry.content]
    decided = {
        LedgerAction.RUN_PUBLISHED,
        LedgerAction.OWN_READING,
        LedgerAction.OPEN_EVIDENCE,
        LedgerAction.JUDGEMENT,
        LedgerAction.CASE_CONCLUDED,
        LedgerAction.LINK_JUDGEMENT,
        LedgerAction.SIGNAL,
    }
    assert decided <= {entry.action for entry in said}
    judged = [entry for entry in said if entry.action == LedgerAction.JUDGEMENT]
    assert len(judged) == 3
    for entry in judged:
        assert entry.origin == f"session:{entry.session}"
        assert entry.os_user
        assert entry.host
        assert entry.case == entry.object.removeprefix("case:")
        assert entry.purpose


def test_what_went_past_its_term_is_no_finding_and_what_went_without_a_receipt_is(demo: Path, tmp_path: Path) -> None:
    town = tmp_path / "town"
    shutil.copytree(demo.parent, town)
    config = town / demo.name
    late = datetime(2030, 11, 2, 9, tzinfo=UTC)
    assert erase(config, by="lena", now=late)["receipts"]
    with Desk(load_configuration(config), now=late) as desk:
        checked = verify_ledger(desk.ledger, [], [], now=late, store=desk.store)
    assert checked.findings == []
    with open_store(Workspace(town / "var")) as store, store.engine.connect() as connection:  # two confirm: five years
        assert connection.exec_driver_sql("SELECT count(*) FROM case_judgement").scalar() == 2
    with open_store(Workspace(demo.parent / "var")) as store, behind_its_back(store) as connection:
        of_evidence = case_opened.select().where(case_opened.c.item != "dossier").limit(1)
        row = dict(connection.execute(of_evidence).mappings().one())
        connection.execute(case_opened.delete().where(case_opened.c.id == row["id"]))
    checked = call("verify", config=demo)
    assert (checked.exit_code, "FOUND missing: entry" in checked.output) == (1, True)
    with open_store(Workspace(demo.parent / "var")) as store, behind_its_back(store) as connection:
        connection.execute(case_opened.insert().values(row))
    assert call("verify", config=demo).exit_code == 0
