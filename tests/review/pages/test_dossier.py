"""The dossier: nothing tells the two arms apart before the own reading; after it the words of `barrier explain`."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import date

import polars as pl
import pytest
import sqlalchemy as sa

from flows.catalogue import all_indicators
from screening.base.vocabulary import LedgerAction, Role
from screening.casework.cases.case import material
from screening.casework.links.explain_dossier import explain_dossier
from screening.store import publish
from screening.store.schema.cases import case_opened, case_reading, review_case
from screening.store.schema.rules import ALL_RULES
from screening.store.schema.runs import dossier_party, evidence
from screening.store.sqlite_driver import Connection
from tests.casework.caseload import night
from tests.review.conftest import Client, Review
from tests.review.pages.officers import (
    READING,
    case_with_links,
    cases,
    judge,
    open_all,
    open_dossier,
    read,
    version,
    words,
)
from tests.store.bundles import address

OFFICER = Role.OFFICER
BOTH = (Role.OFFICER, Role.SENSITIVE_REVIEWER)
#: Words and signs that a page of case work never has (assurance H1); what an indicator is called is told after reading.
NEVER = re.compile(r"\b(?:scores?|risico\w*|kansberekening|verdachten?|slachtoffer van|top ?\d+)\b", re.IGNORECASE)


def bare(page: str, case_id: str) -> str:
    """A page without what differs from one session to the next: the token, and who is signed in."""
    page = re.sub(r'(name="csrf_token" value|name="csrf-token" content)="[^"]*"', r"\1", page)
    return re.sub(r"(?:officer-sensitive_reviewer|officer)-\d+", "officer", page).replace(case_id, "")


def swap_arm(review: Review, case_id: str) -> None:
    """Make a flagged case a drawn one with the very same records, as a run without these rules would have left it."""
    with Connection(review.workspace.database) as raw:
        here = raw.execute("SELECT run_id, address_id FROM review_case WHERE case_id = ?", [case_id]).fetchone()
        for table in ("evidence", "cited_record", "flag"):
            raw.execute(f"DELETE FROM {table} WHERE run_id = ? AND address_id = ?", here)
        raw.execute("DELETE FROM dossier_place WHERE run_id = ? AND address_id = ? AND NOT is_here", here)
        raw.execute("UPDATE dossier_address SET kind = 'sample' WHERE run_id = ? AND address_id = ?", here)
        raw.execute("DROP TRIGGER IF EXISTS review_case_keeps_subject_update")  # it refuses just this
        raw.execute("UPDATE review_case SET arm = 'sample' WHERE case_id = ?", [case_id])


@pytest.mark.goal("F8", reached="0 features that tell")
def test_a_flagged_and_a_drawn_case_with_the_same_records_are_one_and_the_same_page(review: Review) -> None:
    """F8: no distinguishing feature, for every flagged case of the town."""
    every = [*cases(review), *cases(review, sensitive=True)]
    assert len(every) >= 10
    before, queue_before = {}, review.client(*BOTH).get("/zaken").text
    for case_id in every:
        before[case_id] = bare(open_dossier(review.client(*BOTH), case_id).text, case_id)
    with review.store.engine.begin() as connection:
        connection.execute(review_case.update().values(locked_by=None, locked_until=None, assignee=None, purpose=None))
        connection.execute(review_case.update().values(version=1))
    for case_id in every:
        swap_arm(review, case_id)
    assert bare(review.client(*BOTH).get("/zaken").text, "-") == bare(queue_before, "-")
    for case_id in every:
        after = bare(open_dossier(review.client(*BOTH), case_id).text, case_id)
        assert "Uw eigen lezing" in after
        assert after == before[case_id]


def test_the_comparison_of_the_two_arms_finds_a_planted_leak(review: Review, monkeypatch) -> None:
    """A dossier that showed the links a hit cites would be told from a drawn one."""

    def leaky(store, case, workspace, *, dossier):
        return replace(
            material(store, case, workspace, dossier=dossier),
            links=dossier.links,
            parties=pl.concat([dossier.parties, dossier.cited_parties]),
        )

    monkeypatch.setattr("screening.review.dossier_view.material", leaky)
    case_id = case_with_links(review)
    before = bare(open_dossier(review.client(*BOTH), case_id).text, case_id)
    with review.store.engine.begin() as connection:
        free = {"locked_by": None, "locked_until": None, "assignee": None, "purpose": None, "version": 1}
        connection.execute(review_case.update().values(**free))
    swap_arm(review, case_id)
    assert bare(open_dossier(review.client(*BOTH), case_id).text, case_id) != before


def test_nothing_of_the_rules_is_there_before_the_own_reading(review: Review) -> None:
    for case_id in one_of_each(review):
        client = review.client(*BOTH)
        page = open_dossier(client, case_id)
        with review.store.engine.connect() as connection:
            case = connection.execute(review_case.select().where(review_case.c.case_id == case_id)).one()
            hits = connection.execute(
                evidence.select().where(evidence.c.run_id == case.run_id, evidence.c.address_id == case.address_id)
            ).all()
        assert hits
        text = html.unescape(page.text)
        for hit in hits:
            for secret in (hit.indicator, hit.explanation_nl, hit.explanation_en):
                assert secret not in text
            # asking for it by name does not help
            answer = client.send_form(f"/zaken/{case_id}/aandachtspunt/{hit.position}")
            assert answer.status_code == 409
            assert hit.explanation_nl not in html.unescape(answer.text)
        assert not NEVER.search(words(page.text))
        assert "komt uit de loting" not in words(page.text)


def test_every_record_is_told_with_its_register_its_date_and_the_age_of_its_source(review: Review) -> None:
    case_id = cases(review)[0]
    page = words(open_dossier(review.client(OFFICER), case_id).text)
    dossier = dossier_of(review, case_id)
    assert dossier.records
    for record in dossier.records:
        assert f"Sleutel in het register: {record['key']}" in page
    # how old a register is stands once beside its records
    dated = page.count("Bijgewerkt tot")
    undated = page.count("Tot welke dag dit register is bijgewerkt, is niet bekend")
    assert dated > 0
    assert dated + undated == len({record["dataset"] for record in dossier.records})
    assert "Wat we niet weten" in page


def dossier_of(review: Review, case_id: str):
    with review.store.engine.connect() as connection:
        case = connection.execute(review_case.select().where(review_case.c.case_id == case_id)).one()
    return review.store.dossier(case.run_id, case.address_id)


#: What a part tells, in the order of the page: what is said of the rule itself comes last, and is folded away.
TOLD = ("title", "seen", "checked", "can_also_mean", "cannot_see", "unknown", "window", "thresholds", "records")


def one_of_each(review: Review) -> list[str]:
    """A case for every indicator that flagged something in the town."""
    found: dict[str, str] = {}
    for case_id in [*cases(review), *cases(review, sensitive=True)]:
        for code in dossier_of(review, case_id).evidence["indicator"]:
            found.setdefault(code, case_id)
    assert len(found) >= 8
    return sorted(set(found.values()))


def test_the_page_tells_exactly_what_barrier_explain_tells(review: Review) -> None:
    for case_id in one_of_each(review):
        client = review.client(*BOTH)
        read(client, case_id)
        open_all(client, case_id)
        explained = explain_dossier(review.store, dossier_of(review, case_id))
        for language in ("nl", "en"):
            page = words(client.get(f"/zaken/{case_id}?lang={language}").text)
            assert {"nl": "Dat is geen verdenking.", "en": "That is no suspicion."}[language] in page
            at, told_before = 0, set()
            for part, hit in zip(explained.parts(language), explained.hits, strict=True):
                code = hit["indicator"]
                # the number of a rule stands in its fold, its name over it
                named = {**part, "title": str(part["title"]).removeprefix(f"{code} ")}
                begin, told_by = at, [named[name] for name in TOLD]
                for line in [one for each in told_by for one in ([each] if isinstance(each, str) else each or [])]:
                    found = page.find(" ".join(line.split()), at)
                    # a hit says once what nobody knows, and a rule once what holds for each of its hits
                    by_rule = {line, (hit["indicator"], line)} & told_before
                    assert found >= 0 or by_rule, f"{hit['indicator']}: {line}"
                    at = max(found, at)
                    told_before |= {(hit["indicator"], line), *(part["unknown"] or [])}
                declared = explained.declarations[hit["indicator"]]
                assert declared["legal_basis"] in page[begin:]
                assert declared["dpia"] in page[begin:]
                assert code in page[begin:]
                # innocent explanations stand beside every indicator (H1)
                assert part["can_also_mean"]


def test_a_drawn_case_says_so_after_the_own_reading_and_not_before(review: Review) -> None:
    client, case_id = (
        review.client(*BOTH),
        [*cases(review, arm="sample"), *cases(review, arm="sample", sensitive=True)][0],
    )
    assert "komt uit de loting" not in words(open_dossier(client, case_id).text)
    page = words(read(client, case_id, reading="geen_afwijking").text)
    assert "Geen enkele regel wees dit adres aan: het komt uit de loting." in page
    # nothing is left to open: the judgement can be given
    assert 'name="oordeel"' in client.get(f"/zaken/{case_id}").text


def test_evidence_is_opened_through_the_server_and_written_down(review: Review) -> None:
    client, case_id = review.client(OFFICER), cases(review)[0]
    page = read(client, case_id)
    dossier = dossier_of(review, case_id)
    secret = dossier.evidence["explanation_nl"][0]
    assert secret not in html.unescape(page.text)
    [action, *_] = re.findall(rf'action="(/zaken/{case_id}/aandachtspunt/\d+)"', page.text)
    answer = client.send_form(action)
    assert answer.headers["location"] == f"/zaken/{case_id}#aandachtspunt-1"
    assert secret in html.unescape(client.get(f"/zaken/{case_id}").text)
    with review.store.engine.connect() as connection:
        items = connection.scalars(
            sa.select(case_opened.c.item).where(
                case_opened.c.case_id == case_id, case_opened.c.account == client.account
            )
        ).all()
    assert set(items) == {"dossier", f"hit:{action.rsplit('/', 1)[1]}"}
    actions = [one.entry.action for one in review.ledger.entries() if one.entry.case == case_id]
    assert actions.index(LedgerAction.OPEN_EVIDENCE) > actions.index(LedgerAction.OWN_READING)


def test_with_htmx_the_same_piece_comes_alone_and_the_judgement_with_it(review: Review) -> None:
    client, case_id = review.client(OFFICER), cases(review)[0]
    page = read(client, case_id)
    [action, *_] = re.findall(rf'hx-post="(/zaken/{case_id}/aandachtspunt/\d+)"', page.text)
    answer = client.send_form(action, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert answer.text.count('<article class="d-hit"') == 1
    assert 'hx-swap-oob="true"' in answer.text
    assert dossier_of(review, case_id).evidence["explanation_nl"][0] in html.unescape(answer.text)


@pytest.mark.parametrize("position", ["999999", "-1", "een", "0x1"])
def test_evidence_of_another_dossier_cannot_be_opened(review: Review, position: str) -> None:
    client, case_id = review.client(OFFICER), cases(review)[0]
    read(client, case_id)
    assert client.send_form(f"/zaken/{case_id}/aandachtspunt/{position}").status_code in {404, 422}


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"lezing": "", "tekst": "Iets."}, {"#c-lezing-1"}),
        ({"lezing": "afwijking", "tekst": "  \n "}, {"#f-tekst"}),
        ({"lezing": "anders", "tekst": ""}, {"#c-lezing-1", "#f-tekst"}),
    ],
)
def test_a_reading_needs_a_choice_and_own_words(review: Review, fields: dict, where: set[str]) -> None:
    client, case_id = review.client(OFFICER), cases(review)[0]
    open_dossier(client, case_id)
    answer = client.send_form(f"/zaken/{case_id}/lezing", {"versie": version(review, case_id), **fields})
    assert answer.status_code == 422
    summary = answer.text.partition("bs-errors")[2].partition("</ul>")[0]
    assert set(re.findall(r'href="(#[\w-]+)"', summary)) == where
    for one in where:
        assert f'id="{one[1:]}"' in answer.text
    with review.store.engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(case_reading)) == 0


def test_a_reading_is_given_once_and_shown_as_written(review: Review) -> None:
    client, case_id = review.client(OFFICER), cases(review)[0]
    page = read(client, case_id, text='Een <script>alert(1)</script> & een "vraag".')
    assert "<script>alert" not in page.text
    assert 'Een <script>alert(1)</script> & een "vraag".' in html.unescape(page.text)
    again = client.send_form(
        f"/zaken/{case_id}/lezing",
        {"versie": version(review, case_id), "lezing": "onduidelijk", "tekst": "Bij nader inzien niet."},
    )
    assert again.status_code == 303
    assert "Bij nader inzien" not in client.get(f"/zaken/{case_id}").text


def test_a_reading_without_opening_the_dossier_is_refused(review: Review) -> None:
    client, case_id = review.client(OFFICER), cases(review)[0]
    client.state_purpose(case_id)
    client.send_form(
        f"/zaken/{case_id}/lezing", {"versie": version(review, case_id), "lezing": "afwijking", "tekst": READING}
    )
    with review.store.engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(case_reading)) == 0


def test_a_colleague_cannot_open_what_is_open(review: Review) -> None:
    first, second, case_id = review.client(OFFICER), review.client(OFFICER), cases(review)[0]
    open_dossier(first, case_id)
    busy = open_dossier(second, case_id)
    assert busy.status_code == 409
    assert "Deze zaak is nu niet voor u" in words(busy.text)
    assert dossier_of(review, case_id).address not in words(busy.text)
    review.clock.forward(minutes=31)  # the lock is over, and it stays hers
    assert review.client(OFFICER).get(f"/zaken/{case_id}").status_code == 409


def test_what_was_written_while_a_lock_ran_out_is_given_back(review: Review) -> None:
    first, case_id = review.client(OFFICER), cases(review)[0]
    open_dossier(first, case_id)
    sent = {"versie": version(review, case_id), "lezing": "afwijking", "tekst": READING}
    review.clock.forward(minutes=14)
    first.get("/")
    review.clock.forward(minutes=14)
    first.get("/")
    review.clock.forward(minutes=5)
    open_dossier(review.client(OFFICER), case_id)
    late = first.send_form(f"/zaken/{case_id}/lezing", sent)
    assert late.status_code == 409
    assert READING in words(late.text)


def test_no_title_names_an_address(review: Review) -> None:
    client, case_id = review.client(OFFICER), cases(review)[0]
    pages = [open_dossier(client, case_id), read(client, case_id)]
    open_all(client, case_id)
    pages += [client.get(f"/zaken/{case_id}"), client.get("/zaken")]
    street = dossier_of(review, case_id).address.split(",")[0]
    for page in pages:
        assert street in page.text
        assert street not in re.search(r"<title>(.*?)</title>", page.text, re.S)[1]


def test_links_that_rest_on_likeness_are_told_field_by_field(review: Review) -> None:
    client, case_id = review.client(*BOTH), case_with_links(review)
    read(client, case_id)
    page = open_all(client, case_id)
    text = words(page.text)
    assert "Is dit dezelfde partij?" in text
    assert "Hoe gelijk" in text
    # numbers are a detail that one has to open
    for number in re.findall(r"\d+ %", text):
        assert number in words("".join(re.findall(r"<details.*?</details>", page.text, re.S)))


def test_a_rule_that_was_stopped_since_is_said_to_be(review: Review) -> None:
    from screening.store.rules.governance import stop_rule

    client, case_id = review.client(OFFICER), cases(review)[0]
    read(client, case_id)
    code = dossier_of(review, case_id).evidence["indicator"][0]
    stop_rule(review.store, ALL_RULES, by="team.leider", now=review.clock(), reason="De regel klopt niet.")
    name = next(rule.name_nl for rule in all_indicators() if rule.code == code)
    assert f"stopgezet na deze nacht: {name}" in words(client.get(f"/zaken/{case_id}").text)


def test_what_the_last_run_sees_otherwise_is_told_after_the_own_reading(review: Review) -> None:
    """The case stays with the dossier that was read; that the last run adds to it, or points here no more, is said."""
    added, gone, same = cases(review)[:3]
    here = {one: dossier_of(review, one) for one in (added, gone, same)}
    with Connection(review.workspace.database) as raw:
        old, new = here[same].run.run_id, "f" * 24

        def copied(table: str, where: str = "1", *values: str, **changes: str) -> None:
            names = [f'"{row[1]}"' for row in raw.execute(f"PRAGMA table_info({table})").fetchall()]
            taken = ", ".join(changes.get(name.strip('"'), name) for name in names)
            listed, of_run = ", ".join(names), f"run_id = '{old}' AND {where}"
            raw.execute(f"INSERT INTO {table} ({listed}) SELECT {taken} FROM {table} WHERE {of_run}", values)

        is_new = {"run_id": f"'{new}'"}
        copied("run", as_of="date(as_of, '+1 day')", published_seq="published_seq + 1", **is_new)
        copied("flag", "address_id <> ?", here[gone].address_id, **is_new)
        copied("evidence", "address_id <> ?", here[gone].address_id, **is_new)
        more = {"indicator": "'ADR-99'", "explanation_nl": "'Er is iets bijgekomen.'", "position": "position + 99999"}
        copied("evidence", "address_id = ?", here[added].address_id, **more, **is_new)
    told_of, readers = {}, {}
    for case_id in (added, gone, same):
        client = readers[case_id] = review.client(OFFICER)
        before = words(open_dossier(client, case_id).text)
        read(client, case_id)
        printed = client.get(f"/zaken/{case_id}/afdruk")
        assert printed.content.startswith(b"%PDF-")
        told_of[case_id] = [
            said in words(client.get(f"/zaken/{case_id}").text)
            for said in ("Er is iets bijgekomen.", "wijst dit adres niet meer aan")
        ]
        assert "bijgekomen" not in before.lower()
        assert "niet meer aan" not in before
    assert told_of == {added: [True, False], gone: [False, True], same: [False, False]}
    # once it is decided, what the last run adds may be the case that this officer reads next
    client = readers[added]
    open_all(client, added)
    assert judge(client, added, "data_fout").status_code == 303
    assert "Er is iets bijgekomen." not in words(client.get(f"/zaken/{added}").text)


@pytest.mark.goal("H1", reached="0 on the pages of case work")
def test_no_page_of_case_work_has_a_score_or_a_colour_of_suspicion(review: Review) -> None:
    for case_id in one_of_each(review)[::2]:
        client = review.client(*BOTH)
        read(client, case_id)
        page = open_all(client, case_id)
        for text in (page.text, client.get(f"/zaken/{case_id}").text):
            assert not NEVER.search(words(text)), NEVER.search(words(text))
            assert "style=" not in text
            # no class of a page of case work says how bad something is; errors and warnings are about forms
            assert not re.search(r"utrecht-alert--(?:error|warning)|badge|status--", text)


def test_the_reading_of_a_dossier_is_in_the_ledger_with_case_and_purpose(review: Review) -> None:
    client, case_id = review.client(OFFICER), cases(review)[0]
    open_dossier(client, case_id)
    last = list(review.ledger.entries())[-1].entry
    assert (last.action, last.case, last.purpose, last.object) == (
        LedgerAction.READ_DOSSIER,
        case_id,
        "P-VERG",
        f"case:{case_id}",
    )


def test_without_a_purpose_the_page_asks_for_one_and_shows_nothing(review: Review) -> None:
    client: Client = review.client(OFFICER, purpose=None)
    case_id = cases(review)[0]
    page = client.get(f"/zaken/{case_id}")
    assert page.status_code == 403
    assert dossier_of(review, case_id).address not in words(page.text)
    with review.store.engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(case_opened)) == 0


def test_birth_dates_are_years_but_where_they_are_compared(review: Review) -> None:
    with review.store.engine.connect() as connection:
        born = {
            f"{row.birth_date:%d-%m-%Y}"
            for row in connection.execute(dossier_party.select().where(dossier_party.c.birth_date.is_not(None)))
        }
    assert born
    for case_id in cases(review)[:6]:
        page = open_dossier(review.client(OFFICER), case_id)
        table = words(page.text.partition('id="partijen"')[2].partition("Is dit dezelfde")[0])
        assert not re.search(r"geboren (?:in|op) \d+ \w+ \d{4}", table)
        for day in born:
            assert day not in page.text


def next_night(review: Review, address_id: str, code: str) -> str:
    """Publish a night after that of the town, in which a rule points at an address. What it says of it."""
    bundle = night(date(2027, 1, 5), {1: [(code, ["vergunningen:Z1"])]})

    def moved(frame: pl.DataFrame) -> pl.DataFrame:
        is_here = "address_id" in frame.columns
        return frame.with_columns(pl.col("address_id").replace(address(1), address_id)) if is_here else frame

    frames = {name: moved(frame) for name, frame in bundle.frames.items()}
    records = moved(bundle.dossier_records)
    of_town = review.store.last_published().municipality
    later = replace(bundle, municipality=of_town, frames=frames, dossier_records=records)
    publish(review.store, review.workspace, later)
    [hit] = frames["evidence.parquet"].filter(pl.col("address_id") == address_id).to_dicts()
    return hit["explanation_nl"]


def address_of(review: Review, case_id: str) -> str:
    query = sa.select(review_case.c.address_id).where(review_case.c.case_id == case_id)
    with review.store.engine.connect() as connection:
        return str(connection.scalar(query))


@pytest.mark.parametrize(("code", "is_told"), [("NUI-04", True), ("SEX-01", False)])
def test_what_a_later_run_saw_is_told_unless_it_is_for_the_sensitive_reviewer(
    review: Review, code: str, is_told: bool
) -> None:
    case_id = cases(review)[0]
    officer, sees_all = review.client(OFFICER), review.client(*BOTH)
    for client in (officer, sees_all):
        read(client, case_id)
        nobody_has_it_open(review)
    says = next_night(review, address_of(review, case_id), code)
    for client, expected in ((officer, is_told), (sees_all, True)):
        page = html.unescape(open_dossier(client, case_id).text)
        assert READING in page
        assert (says in page) is expected
        nobody_has_it_open(review)


def nobody_has_it_open(review: Review) -> None:
    with review.store.engine.begin() as connection:
        connection.execute(review_case.update().values(locked_by=None, locked_until=None))
