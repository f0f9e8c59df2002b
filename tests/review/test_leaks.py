"""What people type into the review stands in the store and nowhere else: not in the ledger, a log, a file beside it."""

from __future__ import annotations

import logging
from pathlib import Path

import sqlalchemy as sa

from screening.base.vocabulary import Role
from screening.store.schema.runs import dossier_party
from tests.leaks import texts_of
from tests.review.conftest import Review
from tests.review.pages.officers import cases, judge, open_all, open_dossier, read
from tests.review.pages.test_signals import FORM

#: What people write on purpose: kept, in the store alone.
KEPT = {
    "own reading": "kanarielezing van een officier over dit pand",
    "motivation": "kanariemotivering die een ander kan volgen en die over dit pand gaat",
    "signal of a colleague": "kanariesignaal bij de achterdeur",
    "saved filter": "kanariekeuze",
}
#: What is refused, and what a browser sends along: kept nowhere.
REFUSED = {
    "refused signal": "kanarieweigering met 0612345678",
    "field that is no choice": "kanarieveld",
    "path": "kanariepad",
    "query": "kanarievraag",
    "browser": "kanariebrowser/1.0",
    "page before": "kanarieverwijzer",
    "address that a proxy would tell": "kanarieproxy",
    "cookie of another": "kanariekoek",
}
#: The names in the store of the town are of licence holders; in no other file of the workspace.
STORE = {"store.sqlite", "store.sqlite-wal", "store.sqlite-shm"}


def test_what_people_write_stands_in_the_store_alone(review: Review, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    officer, colleague = review.client(Role.OFFICER), review.client(account="b.balie")
    officer.headers.update(
        {
            "User-Agent": REFUSED["browser"],
            "Referer": f"https://elders.example/{REFUSED['page before']}",
            "X-Forwarded-For": REFUSED["address that a proxy would tell"],
        }
    )
    case_id = cases(review)[0]
    read(officer, case_id, text=KEPT["own reading"])
    open_all(officer, case_id)
    assert judge(officer, case_id, why=REFUSED["field that is no choice"][:7]).status_code == 422  # too short
    assert judge(officer, case_id, why=KEPT["motivation"]).status_code == 303
    assert officer.send_form("/zaken/keuzes", {"naam": KEPT["saved filter"]}).status_code == 303
    assert colleague.send_form("/meldingen/nieuw", FORM | {"tekst": KEPT["signal of a colleague"]}).status_code == 303
    assert colleague.send_form("/meldingen/nieuw", FORM | {"tekst": REFUSED["refused signal"]}).status_code == 422
    odd = REFUSED["field that is no choice"]
    assert officer.send_form("/doel", {"doel": odd, "zaak": odd, "naar": odd}).status_code in {404, 422}
    assert officer.get(f"/{REFUSED['path']}").status_code == 404
    assert officer.get(f"/zaken/{REFUSED['path']}").status_code == 404
    assert officer.get("/zaken", params={"gebied": REFUSED["query"], "na": REFUSED["query"]}).status_code in {200, 422}
    assert review.stranger().get("/zaken", headers={"Cookie": f"sessie={REFUSED['cookie of another']}"}).status_code
    open_dossier(review.client(Role.OFFICER), case_id)

    # the client of this test logs what it asks; a server does not hear that
    said = "\n".join(one.getMessage() for one in caplog.records if not one.name.startswith("httpx"))
    found = {kind for kind, text in (KEPT | REFUSED).items() if text in said}
    assert found == set()
    everywhere = {
        (path.name, kind)
        for path in review.workspace.path.rglob("*")
        if path.is_file()
        for kind, text in (KEPT | REFUSED).items()
        if any(text in one for _, one in texts_of(path))
    }
    assert {kind for name, kind in everywhere if name in STORE} == set(KEPT)  # the search finds what is there
    assert {one for one in everywhere if one[0] not in STORE} == set()
    assert holders_outside(review, said) == set()


def holders_outside(review: Review, said: str) -> set[tuple[str, str]]:
    """(file, name) of every licence holder whose name stands outside the store, or in what was logged."""
    names = holders(review)
    assert len(names) > 20
    files = [path for path in review.workspace.path.rglob("*") if path.is_file() and path.name not in STORE]
    assert any(path.name.startswith("ledger.sqlite") for path in files)
    return {("log", name) for name in names if name in said} | {
        (path.name, name) for path in files for name in names if any(name in one for _, one in texts_of(path))
    }


def holders(review: Review) -> list[str]:
    """Names of parties in the dossiers, long enough to be nobody else's by chance."""
    with review.store.engine.connect() as connection:
        names = connection.scalars(sa.select(dossier_party.c.name).where(sa.func.length(dossier_party.c.name) > 11))
        return sorted(set(names))


def test_the_search_reads_a_file_as_it_is_and_as_it_may_hide(tmp_path: Path) -> None:
    (tmp_path / "b64").write_bytes(b"x a2FuYXJpZWxlemluZyB2YW4gZWVuIG9mZmljaWVy y")
    assert any("kanarielezing" in one for _, one in texts_of(tmp_path / "b64"))
