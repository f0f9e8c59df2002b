"""A page that would show damaged data says so, names the last backup, and shows nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from screening.base.vocabulary import Role
from screening.store import Workspace
from screening.store.backups import FOLDER, backup_name
from tests.casework.caseload import case_of
from tests.partners.desk.disclosed import HOLDER, NOW
from tests.review.conftest import review_on
from tests.store.bit_flips import damage, served_town


@pytest.mark.goal("R14", reached="a page of damaged data answers 503 in both languages and shows nothing of it")
def test_a_page_of_damaged_data_tells_it_and_the_last_backup(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "var")
    served_town(workspace)
    with review_on(workspace) as review:
        client = review.client(Role.OFFICER)
        case_id = case_of(review.store, 3, now=NOW).case_id
        client.state_purpose(case_id)
        path = f"/zaken/{case_id}"
        assert HOLDER in client.get(path).text
        review.store.engine.dispose()  # what was read before the bit flipped is still right
        damage(workspace.database, "dossier_party")
        for language, words in (
            ("nl", ("Een deel van de opslag is beschadigd", "Bij de toepassing staat geen reservekopie.")),
            ("en", ("A part of the store is damaged", "No backup is kept with the application.")),
        ):
            answer = client.get(path, params={"lang": language})
            assert (answer.status_code, HOLDER in answer.text) == (503, False)
            assert all(sentence in answer.text for sentence in words)
        (workspace.path / FOLDER).mkdir()
        (workspace.path / FOLDER / backup_name("data", NOW)).touch()
        answer = client.get(path, params={"lang": "nl"})
        assert "De laatste reservekopie is van 2 november 2026, 10:00 uur." in answer.text
        assert client.get("/zaken").status_code == 200, "what is whole is shown"
