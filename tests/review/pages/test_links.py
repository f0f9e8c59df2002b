"""Links to judge, as an analyst meets them: two mentions, three answers, no number until one has answered."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from screening.base.vocabulary import LedgerAction, Role
from screening.casework.links.judgements import judgements
from screening.casework.links.links_to_judge import LinkPair
from screening.review.pages.links import compared_rows as compared
from screening.store import Workspace, open_store, publish
from screening.store.bundle import LINKS_TO_JUDGE
from tests.casework.linked import link, pair
from tests.review.conftest import Review, axe_violations, click, looking, overflows, review_on, serving
from tests.store.bundles import make_bundle

LEFT = {
    "name": "Johannes de Vries",
    "birth_year": "1970",
    "kvk_nummer": None,
    "address": "Teststraat 3, 9999 AA Voorbeeld",
    "dataset": "vergunningen",
    "key": "Z3",
    "role": "houder",
    "active_from": "2020-01-01",
    "active_to": None,
}
RIGHT = LEFT | {
    "name": "Johanes de Vries",
    "birth_year": None,
    "dataset": "functionarissen",
    "key": "r9",
    "role": "bestuurder",
}
SCORE = 7.46812


def fill(workspace: Workspace, count: int = 3, left: dict = LEFT, right: dict = RIGHT) -> Workspace:
    """A store whose last run has so many probable links; the last one is sensitive."""
    links = [
        {
            "link_id": link(n),
            "left_fingerprint": pair(n)[0],
            "right_fingerprint": pair(n)[1],
            "kind": "organisation" if n == 2 else "person",
            "sensitive": n == count,
            "left_side": json.dumps(left),
            "right_side": json.dumps(right),
            "log_odds": SCORE,
            "comparisons": json.dumps({"family_name": {"similarity": 0.93, "weight": SCORE}}),
        }
        for n in range(1, count + 1)
    ]
    with open_store(workspace) as store:
        publish(store, workspace, make_bundle(6, links_to_judge=pl.DataFrame(links, schema=LINKS_TO_JUDGE)))
    return workspace


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Review]:
    """The application on three links, of which the third is sensitive."""
    with review_on(fill(Workspace(tmp_path / "desk"))) as made:
        yield made


def answer(client, number: int, said: str):
    return client.send_form(f"/koppelingen/{link(number)}", {"oordeel": said})


def test_a_pair_shows_both_mentions_and_the_difference_in_words_but_no_number(desk: Review) -> None:
    shown = desk.client(Role.ANALYST).get(f"/koppelingen/{link(1)}")
    assert shown.status_code == 200
    assert "Vermelding A" in shown.text
    assert "verschilt" in shown.text
    assert "alleen bij A bekend" in shown.text
    assert '<mark class="l-different">n</mark>' in shown.text  # the letter that one of the two lacks
    told = shown.text[shown.text.index("<h1") : shown.text.index("</main>")]
    told = re.sub(r'name="csrf_token" value="[^"]*"', "", told)
    for hidden in ("7,4", "7.4", "0.93", "93", "probable", "score", pair(1)[0], "log_odds", "weight"):
        assert hidden not in told, hidden


def test_the_trade_names_by_which_organisations_are_compared_are_told(tmp_path: Path) -> None:
    names = [{"trade_names": one} for one in ("Eetcafé De Bron", "Eetcafe de Bron")]
    with review_on(fill(Workspace(tmp_path / "desk"), left=LEFT | names[0], right=RIGHT | names[1])) as made:
        client = made.client(Role.ANALYST)
        of_persons, of_organisations = (client.get(f"/koppelingen/{link(n)}").text for n in (1, 2))
    assert "Handelsnaam" in of_organisations
    assert "Handelsnaam" not in of_persons
    assert "Geboortejaar" in of_persons
    assert "Geboortejaar" not in of_organisations


def test_two_kvk_numbers_are_asked_about_as_continuation_or_group_and_answered_so(tmp_path: Path) -> None:
    left, right = (side | {"kvk_nummer": number} for side, number in ((LEFT, "12345678"), (RIGHT, "87654321")))
    with review_on(fill(Workspace(tmp_path / "desk"), left=left, right=right)) as made:
        client = made.client(Role.ANALYST)
        person, two_numbers = (client.get(f"/koppelingen/{link(n)}").text for n in (1, 2))
    for word in ("Is dit een voortzetting?", "Zet de ene de onderneming van de andere voort", "Los van elkaar"):
        assert word in two_numbers
        assert word not in person
    for word in ("Dezelfde organisatie?", "Zelfde <kbd", "Verschillend <kbd"):
        assert word not in two_numbers


def test_reading_a_pair_is_in_the_ledger_by_its_link(desk: Review) -> None:
    client = desk.client(Role.ANALYST)
    client.get(f"/koppelingen/{link(1)}")
    last = desk.ledger.entries()[-1].entry
    assert (last.action, last.object, last.purpose) == (LedgerAction.READ_LINK, f"link:{link(1)}", "P-REG")
    answer(client, 1, "zelfde")
    actions = [(one.entry.action, one.entry.object) for one in desk.ledger.entries()]
    assert (LedgerAction.LINK_JUDGEMENT, f"link:{link(1)}") in actions


def test_two_analysts_judge_and_what_both_say_counts(desk: Review) -> None:
    first, second = desk.client(Role.ANALYST), desk.client(Role.ANALYST)
    moved = answer(first, 1, "zelfde")
    assert (moved.status_code, moved.headers["location"]) == (303, f"/koppelingen/{link(2)}")
    unread = second.get(f"/koppelingen/{link(1)}").text
    assert first.account not in unread
    assert judgements(desk.store).is_empty()
    answer(second, 1, "zelfde")
    assert judgements(desk.store).rows() == [(*pair(1), "positive")]
    told = first.get(f"/koppelingen/{link(1)}/uitkomst").text
    assert "vonden hetzelfde" in told
    assert "7,5" in told
    assert second.account not in told


def test_a_difference_is_told_and_counts_for_nothing(desk: Review) -> None:
    first, second = desk.client(Role.ANALYST), desk.client(Role.ANALYST)
    answer(first, 1, "zelfde")
    answer(second, 1, "verschillend")
    assert judgements(desk.store).is_empty()
    told = first.get(f"/koppelingen/{link(1)}/uitkomst").text
    assert "telt niet mee" in told
    assert "Uw collega vond: Verschillend." in told


def test_the_outcome_is_not_there_before_an_answer_of_ones_own(desk: Review) -> None:
    first, second = desk.client(Role.ANALYST), desk.client(Role.ANALYST)
    assert second.get(f"/koppelingen/{link(1)}/uitkomst").status_code == 404
    answer(first, 1, "zelfde")
    assert second.get(f"/koppelingen/{link(1)}/uitkomst").status_code == 404


def test_the_last_answer_is_taken_back_until_the_outcome_was_seen(desk: Review) -> None:
    client = desk.client(Role.ANALYST)
    answer(client, 1, "zelfde")
    assert "Neem mijn laatste oordeel terug" in client.get(f"/koppelingen/{link(2)}").text
    back = client.send_form("/koppelingen/terug")
    assert back.headers["location"] == f"/koppelingen/{link(1)}"
    answer(client, 1, "verschillend")
    client.get(f"/koppelingen/{link(1)}/uitkomst")
    assert "Neem mijn laatste oordeel terug" not in client.get("/koppelingen").text
    assert client.send_form("/koppelingen/terug").headers["location"] == "/koppelingen"
    assert "Het staat vast" in client.get("/koppelingen").text


def test_one_goes_on_where_one_stopped(desk: Review) -> None:
    client = desk.client(Role.ANALYST)
    assert client.get("/koppelingen/volgende").headers["location"] == f"/koppelingen/{link(1)}"
    answer(client, 1, "weet_niet")
    again = desk.client(Role.ANALYST, account=client.account)
    assert again.get("/koppelingen/volgende").headers["location"] == f"/koppelingen/{link(2)}"
    assert again.get(f"/koppelingen/volgende?na={link(2)}").headers["location"] == f"/koppelingen/{link(2)}"
    answer(again, 2, "verschillend")
    assert again.get("/koppelingen/volgende").headers["location"] == "/koppelingen"
    start = again.get("/koppelingen").text
    assert "Nog voor u: 0. Wachten op een collega: 2." in start


def test_an_answer_that_cannot_be_kept_is_said(desk: Review) -> None:
    client = desk.client(Role.ANALYST)
    assert answer(client, 1, "misschien").headers["location"] == f"/koppelingen/{link(1)}"
    assert "Kies zelfde, verschillend" in client.get(f"/koppelingen/{link(1)}").text
    answer(client, 1, "zelfde")
    answer(client, 1, "zelfde")
    assert "Nu is een collega aan de beurt" in client.get("/koppelingen").text
    assert answer(client, 99, "zelfde").status_code == 404


def test_sensitive_pairs_and_unknown_ones_look_the_same_to_who_may_not_see_them(desk: Review) -> None:
    client = desk.client(Role.ANALYST)
    hidden, absent = (client.get(f"/koppelingen/{one}") for one in (link(3), link(99)))
    assert hidden.status_code == absent.status_code == 404
    assert hidden.text.replace(link(3), "") == absent.text.replace(link(99), "")
    assert desk.client(Role.ANALYST, Role.SENSITIVE_REVIEWER).get(f"/koppelingen/{link(3)}").status_code == 200


@pytest.mark.parametrize("role", [one for one in Role if one is not Role.ANALYST])
def test_links_are_for_analysts(desk: Review, role: Role) -> None:
    client = desk.client(role)
    assert client.get("/koppelingen").status_code == 403
    assert client.get(f"/koppelingen/{link(1)}").status_code == 403
    assert answer(client, 1, "zelfde").status_code == 403


@pytest.mark.parametrize(
    ("left", "right", "verdict"),
    [
        ("De Kroon", "de kroon", "same"),
        ("", "", "unknown"),
        ("A", "", "left"),
        ("", "B", "right"),
        ("Straße", "Strasse", "differs"),
        ("İzmir", "Izmir", "differs"),
    ],
)
def test_a_difference_is_a_word_and_the_pieces_are_the_whole_text(left: str, right: str, verdict: str) -> None:
    sides = [LEFT | {"name": one} for one in (left, right)]
    row = compared(LinkPair("L-1", "r", "person", False, *sides))[0]
    assert row.verdict == ("same" if left.casefold() == right.casefold() and left else verdict)
    assert "".join(text for text, _ in row.left) == left
    assert "".join(text for text, _ in row.right) == right


def test_keys_do_all_of_it_and_can_be_switched_off(browser, tmp_path: Path) -> None:
    with serving(fill(Workspace(tmp_path / "keys"), 5)) as served, looking(browser, served, Role.ANALYST) as page:
        page.goto(f"{served.url}/koppelingen")
        page.get_by_role("link", name="Ga verder").press("Enter")
        for number, key in ((1, "x"), (2, "n"), (3, "u")):
            page.wait_for_url(f"**/{link(number)}")
            page.wait_for_selector('[data-keys="on"]')
            page.keyboard.press(key)
        page.wait_for_url(f"**/{link(4)}")
        page.wait_for_selector('[data-keys="on"]')
        page.keyboard.press("Backspace")
        page.wait_for_url(f"**/{link(3)}")
        page.wait_for_selector('[data-keys="on"]')
        page.keyboard.press("z")
        page.wait_for_url(f"**/{link(2)}")
        page.wait_for_selector('[data-keys="on"]')
        page.get_by_role("button", name="Sneltoetsen staan aan").press("Enter")
        page.keyboard.press("x")
        page.get_by_role("button", name="Sneltoetsen staan uit").wait_for()
        page.reload()
        page.wait_for_selector('[data-keys="off"]')
        page.keyboard.press("n")
        page.get_by_role("button", name=re.compile("^Verschillend")).press("Enter")
        page.wait_for_url(f"**/{link(3)}")
        with served.review.store.engine.connect() as connection:
            kept = connection.exec_driver_sql(
                "SELECT reading FROM link_reading LEFT JOIN link_reading_undone ON reading_id = id "
                "WHERE reading_id IS NULL ORDER BY id"
            )
            assert kept.scalars().all() == ["positive", "negative"]


def test_it_works_without_javascript(browser, tmp_path: Path) -> None:
    with (
        serving(fill(Workspace(tmp_path / "plain"))) as served,
        looking(browser, served, Role.ANALYST, java_script_enabled=False) as page,
    ):
        page.goto(f"{served.url}/koppelingen/{link(1)}")
        click(page, page.get_by_role("button", name=re.compile("^Zelfde")))
        assert page.url.endswith(f"/{link(2)}")
        click(page, page.get_by_role("button", name=re.compile("^Neem mijn laatste")))
        assert page.url.endswith(f"/{link(1)}")


def test_nothing_is_wrong_with_any_page_or_state(browser, tmp_path: Path) -> None:
    long = RIGHT | {"name": "Stichting" + "aaneengeschreven" * 8}
    shots = Path(tmp_path / "shots")
    with (
        serving(fill(Workspace(tmp_path / "axe"), 4, right=long)) as served,
        looking(browser, served, Role.ANALYST, width=360) as page,
    ):
        for name, path in (
            ("start", "/koppelingen"),
            ("pair", f"/koppelingen/{link(1)}"),
            ("organisation", f"/koppelingen/{link(2)}"),
        ):
            page.goto(served.url + path)
            page.wait_for_selector('[data-ready="yes"]')
            page.screenshot(path=shots / f"links-{name}.png", full_page=True)
            assert axe_violations(page) == []
            assert not overflows(page), name
        for _ in range(2):
            click(page, page.get_by_role("button", name=re.compile("^Zelfde")))
            page.wait_for_selector('[data-ready="yes"]')
        for name, path in (
            ("outcome", f"/koppelingen/{link(2)}/uitkomst"),
            ("mine", "/koppelingen"),
            ("english", "/koppelingen?lang=en"),
        ):
            page.goto(served.url + path)
            page.wait_for_selector('[data-ready="yes"]')
            page.screenshot(path=shots / f"links-{name}.png", full_page=True)
            assert axe_violations(page) == []
            assert not overflows(page), name
