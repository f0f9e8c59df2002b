"""`barrier subject`: who saw and who received equals what really happened; a namesake gets nothing of another."""

from __future__ import annotations

import json
import random
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
import sqlalchemy as sa

from flows.rights.command import answer_subject
from screening.base.datasets import datasets
from screening.base.errors import ConfigurationError
from screening.base.frames import PREPARED_FILES
from screening.base.vocabulary import ActKind, LedgerAction, LedgerResult, Purpose, Role
from screening.casework.acts.acts import ActForm, record_act
from screening.casework.case_errors import NotAllowedError
from screening.casework.data_subjects import note_subjects, of_case, of_houses
from screening.casework.tips.care_contacts import ask_contact, record_care_step
from screening.casework.tips.forwarding import forward_tip
from screening.casework.tips.sightings import Sighting, houses_in
from screening.casework.tips.text_removal import remove_text
from screening.casework.tips.tips import report_tip
from screening.casework.viewer import Viewer
from screening.ledger import Entry, SubjectKind, open_ledger
from screening.matching.parties.licence_holders import PERSONAL_FORMS
from screening.matching.parties.prepared import person_as_linked
from screening.partners.batch.feedback import FeedbackRow
from screening.partners.desk.disclosures import disclosures
from screening.partners.desk.feedback import record_feedback
from screening.partners.desk.sheets import make_sheet, release_sheet
from screening.partners.desk.tip_hand_overs import hand_tip_over
from screening.partners.signal.codes import FeedbackOutcome, FeedbackRemark
from screening.rights.letter import applicant_page
from screening.rights.personal_data import SHOWING
from screening.rights.subject_access import named_elsewhere
from screening.store import Workspace, open_store
from screening.store.schema.acts import case_hand_over
from tests.casework.acts.test_hand_over import raw
from tests.casework.caseload import ANNA, BRAM, ELSEWHERE
from tests.casework.photos import kept_photo
from tests.casework.tips.test_tips import CONTACT
from tests.conftest import barrier
from tests.flows.rights.at_desk import collect, decide, register
from tests.flows.rights.test_erase import CONFIGURATION
from tests.partners.desk.disclosed import HOLDER, agreed, confirmed_town, policy, sent
from tests.store.bundles import address

AT = datetime(2026, 11, 3, 10, 0, tzinfo=UTC)
READS = (LedgerAction.READ_DOSSIER, LedgerAction.PRINT, LedgerAction.OPEN_EVIDENCE, LedgerAction.JUDGEMENT)
ORIGIN = "session:0123456789abcdef"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "screening.toml"
    file.write_text(CONFIGURATION)
    return file


@pytest.mark.goal("G6", reached="equal to the truth")
@pytest.mark.parametrize("seed", range(3))
def test_who_saw_and_who_received_equals_the_truth(config: Path, seed: int) -> None:
    """A scenario from a seed: officers look at three cases, some are refused, one signal leaves."""
    draw, workspace = random.Random(seed), Workspace(config.parent / "var")
    truth: dict[int, list[tuple[str, str]]] = {1: [], 2: [], 3: []}
    with open_store(workspace) as store, open_ledger(workspace) as ledger:
        cases = confirmed_town(store, workspace, (1, 2, 3))
        received = draw.choice((1, 2, 3))
        sent(store, cases[received], config.parent, received)
        for minute in range(60):
            n, who, action = draw.choice((1, 2, 3)), draw.choice(("anna", "bram", "carla")), draw.choice(READS)
            is_refused = draw.random() < 0.3
            result = LedgerResult.REFUSED if is_refused else LedgerResult.DONE
            ledger.write(
                Entry(
                    AT + timedelta(minutes=minute),
                    who,
                    action,
                    f"case:{cases[n]}",
                    result,
                    origin=ORIGIN,
                    case=cases[n],
                    purpose=Purpose.VERG,
                )
            )
            if not is_refused:
                truth[n].append((who, str(action)))
        ledger.write(Entry(AT, "carla", LedgerAction.READ_QUEUE, "list:queue", origin=ORIGIN))
    for n, expected in truth.items():
        told = collect(config, address=address(n))
        assert [(one["actor"], one["action"]) for one in told["seen"]] == expected
        assert [one["recipient"] for one in told["received"]] == (["riec-oost"] if n == received else [])
        assert [one["case_id"] for one in told["cases"]] == [cases[n]]
    again = collect(config, address=address(1))
    assert [one["action"] for one in again["seen"]][
        -1
    ] == LedgerAction.SUBJECT_ACCESS  # that somebody asked is told too


def test_who_is_named_in_the_dossier_of_another_address_is_told_and_not_of_which(config: Path) -> None:
    workspace = Workspace(config.parent / "var")
    with open_store(workspace) as store, open_ledger(workspace) as ledger:
        cases = confirmed_town(store, workspace, (1, 2))
        read = {"case": cases[1], "purpose": Purpose.VERG, "origin": ORIGIN}
        entry = Entry(AT, "anna", LedgerAction.READ_DOSSIER, f"case:{cases[1]}", **read)
        ledger.write(entry)
        ledger.write(replace(entry, result=LedgerResult.REFUSED, actor="bram"))
        subjects = of_case(store, cases[1])
        assert {subject.id for subject in subjects if subject.kind == SubjectKind.ADDRESS} == {
            address(1),
            address(ELSEWHERE),
        }
        note_subjects(ledger, entry, subjects)
        of_record = {"records": [("vergunningen", f"Z{ELSEWHERE}")], "run_id": store.last_published().run_id}
        of_holder = named_elsewhere(store, **of_record)
    data = collect(config, address=address(ELSEWHERE))
    assert [(row["actor"], row["action"]) for row in data["seen"]] == [("anna", "read_dossier")]
    assert {row["case_id"] for row in data["named_in_other_dossiers"]} == set(cases.values())
    assert {row["name"] for row in data["named_in_other_dossiers"]} == {"Café Elders"}
    assert of_holder == data["named_in_other_dossiers"]
    assert data["processed"]
    letter = applicant_page(data)
    assert "Keren dat een medewerker keek" in letter
    for told in (json.dumps(data, default=str), letter):
        assert address(1) not in told
        assert "Teststraat 1," not in told
    assert not any(case_id in letter for case_id in cases.values())


def test_what_followed_a_judgement_is_told_with_the_file_that_left_and_without_the_colleague(config: Path) -> None:
    with open_store(Workspace(config.parent / "var")) as store:
        cases = confirmed_town(store, Workspace(config.parent / "var"), (1,))
        form = ActForm(ActKind.MEASURE, choices=("waarschuwing",), reference="Z-2026-77")
        record_act(store, ANNA, cases[1], form, now=AT)
        with store.engine.begin() as connection:
            connection.execute(case_hand_over.insert(), raw(cases[1], content='{"zaak": 1}'))
        agreed(store, "politie-oost", "politie")
        sheet = make_sheet(
            store,
            ANNA,
            cases[1],
            policy(),
            recipient="politie-oost",
            theme="misbruik_van_bedrijven",
            organisations=frozenset({"o1"}),
            purpose=Purpose.VERG,
            now=AT,
        )
        release_sheet(store, BRAM, cases[1], sheet.id, now=AT)
    kept_photo(Workspace(config.parent / "var"), cases[1], now=AT)
    answer = collect(config, address=address(1))
    [case] = answer["cases"]
    assert [(photo["shows"], str(photo["kept_on"])) for photo in answer["photos"]] == [("buiten", "2026-11-03")]
    assert [(act["kind"], act["reference"]) for act in case["acts"]] == [("measure", "Z-2026-77")]
    assert [file["content"] for file in case["handed_over"]] == ['{"zaak": 1}']
    [told] = case["told_partners"]
    assert (told["recipient"], [step["action"] for step in told["steps"]]) == ("politie-oost", ["released"])
    assert told["content"]["organisaties"][0]["naam"] == "Kadebar 1 B.V."
    letter = applicant_page(collect(config, address=address(1)))
    assert f"Blad voor politie-oost ({told['article']}), uitgegeven" in letter
    assert "Bevoegdheid gebruikt: Schriftelijke waarschuwing" in letter
    assert "Overgedragen aan het zaaksysteem" in letter
    assert "van buiten (bewaard op 03-11-2026)" in letter
    assert "anna" not in letter.lower()


def test_a_person_is_found_by_name_and_full_birth_date_and_a_namesake_gets_nothing(config: Path) -> None:
    workspace = Workspace(config.parent / "var")
    with open_store(workspace) as store:
        cases = confirmed_town(store, workspace, (1, 2))
        sent(store, cases[1], config.parent)
        [run] = store.runs()
        dossier = store.dossier(run.run_id, address(1))
    person = next(row for row in dossier.parties.to_dicts() if row["kind"] == "person")
    told = collect(config, person=person["name"], birth_date=person["birth_date"])
    assert {one["name"] for one in told["mentions"]} >= {person["name"]}
    assert cases[1] in {one["case_id"] for one in told["cases"]}
    assert [one["recipient"] for one in told["received"]] == ["riec-oost"]
    other = collect(config, person=person["name"], birth_date=date(1901, 2, 3))
    assert other["mentions"] == other["cases"] == other["received"] == other["hits"] == []
    assert person["name"] not in str(other)
    with open_ledger(workspace) as ledger:
        asked = ledger.entries(action=LedgerAction.SUBJECT_ACCESS)
    assert len(asked) == 2
    assert all(one.entry.object.startswith("document:") for one in asked)


def test_the_answer_for_whoever_asked_names_no_other_person_and_no_colleague(config: Path) -> None:
    workspace = Workspace(config.parent / "var")
    with open_store(workspace) as store, open_ledger(workspace) as ledger:
        case_id = confirmed_town(store, workspace)[1]
        signal = sent(store, case_id, config.parent)
        [line] = disclosures(store, case_id=case_id)
        words = FeedbackOutcome.CASUS, AT.date(), FeedbackRemark.GEEN
        answer = FeedbackRow(line.batch_id, signal.signal_id, *words, text="Het past bij een casus die al loopt.")
        record_feedback(store, [answer], by="lea", now=AT)
        ledger.write(
            Entry(
                AT,
                "anna",
                LedgerAction.READ_DOSSIER,
                f"case:{case_id}",
                origin=ORIGIN,
                case=case_id,
                purpose=Purpose.VERG,
            )
        )
    data = collect(config, address=address(1))
    assert [told["answers"] for told in data["received"]] == [
        [{"on": AT.date(), "outcome": "casus", "remark": "geen"}, {"on": AT.date(), "text": answer.text}]
    ]
    page = applicant_page(data)
    assert '<html lang="nl">' in page
    for told in (
        "riec-oost",
        "03-11-2026",
        "dossier gelezen",
        "toezicht op vergunningen",
        "Twee medewerkers vonden een afwijking",
        "Autoriteit Persoonsgegevens",
    ):
        assert told in page
    for hidden in (HOLDER, "anna", "bram", "klopt dossier", "verdacht"):
        assert hidden not in page.replace("geen verdenking", "")


def test_the_answer_about_an_address_holds_a_copy_of_its_data_and_says_who_nobody_is(config: Path) -> None:
    workspace = Workspace(config.parent / "var")
    with open_store(workspace) as store:
        confirmed_town(store, workspace)
        dossier = store.dossier(store.runs()[0].run_id, address(1))
    page = applicant_page(collect(config, address=address(1)))
    for record in dossier.records:
        dataset = datasets()[record["dataset"]]
        assert dataset.label.nl in page
        is_of_a_company = record["fields"].get("rechtsvorm") == "bv"
        personal = {name for party in dataset.parties for name in party.columns() if not is_of_a_company}
        shown = {name for name, value in record["fields"].items() if value and name not in personal}
        assert shown
        for name in shown:
            assert f'<th scope="row">{dataset.columns[name].label.nl}</th>' in page
    assert "Kadebar 1 B.V." in page
    assert HOLDER not in page


@pytest.fixture(scope="module")
def town(clean_town: Path, clean_run: dict, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The configuration of a copy of a real town after its run: asking leaves lines in its ledger."""
    assert clean_run["folder"]
    folder = tmp_path_factory.mktemp("asked") / "town"
    shutil.copytree(clean_town, folder)
    return folder / "screening.toml"


def _all(town: Path, query: str) -> list[dict]:
    with open_store(Workspace(town.parent / "var")) as store, store.engine.connect() as connection:
        return [dict(row._mapping) for row in connection.execute(sa.text(query))]


def _last_run(town: Path, name: str) -> pl.DataFrame:
    [file] = (town.parent / "var").glob(f"**/{name}.parquet")
    return pl.read_parquet(file)


def test_the_letter_of_a_premises_holds_its_record_of_the_trade_register_and_no_shielded_one(town: Path) -> None:
    rows = _all(town, "SELECT address_id, key, fields FROM dossier_record WHERE dataset = 'handelsregister'")
    row = next(row for row in rows if json.loads(row["fields"])["rechtsvorm"] == "bv")
    fields, register = json.loads(row["fields"]), datasets()["handelsregister"]
    assert fields["afgeschermd"] == "nee"
    page = applicant_page(collect(town, address=row["address_id"]))
    assert f"<caption>{register.label.nl}, rij {row['key'][1:]}</caption>" in page
    for name in ("kvk_nummer", "vestigingsnummer"):
        assert f'<th scope="row">{register.columns[name].label.nl}</th><td>{fields[name]}</td>' in page
    assert f'<th scope="row">{register.columns["afgeschermd"].label.nl}</th><td>nee</td>' in page
    [file] = town.parent.glob("**/handelsregister.csv")
    shielded = pl.read_csv(file, infer_schema=False).with_row_index("row_number", 1).filter(afgeschermd="ja")
    placed = _last_run(town, "records").filter(pl.col("address_id").is_not_null(), dataset="handelsregister")
    at = placed.with_columns(pl.col("row_number").cast(pl.UInt32)).join(shielded, on="row_number").to_dicts()
    assert at
    page = applicant_page(collect(town, address=at[0]["address_id"]))
    assert at[0]["kvk_nummer"] not in page
    assert f"<caption>{register.label.nl}, rij {at[0]['row_number']}</caption>" not in page


def test_the_letter_of_an_address_holds_no_office_of_a_person_and_no_number_of_who_trades_in_person(town: Path) -> None:
    rows = _all(
        town,
        "SELECT r.address_id, r.fields, e.explanation_nl FROM dossier_record r JOIN evidence e "
        "ON e.run_id = r.run_id AND e.address_id = r.address_id WHERE r.dataset = 'handelsregister'",
    )
    in_person = [(row, json.loads(row["fields"])) for row in rows]
    row, fields = next(
        (row, fields)
        for row, fields in in_person
        if fields["rechtsvorm"] in PERSONAL_FORMS and fields["kvk_nummer"] in row["explanation_nl"]
    )
    data = collect(town, address=row["address_id"])
    page = applicant_page(data)
    assert fields["kvk_nummer"] not in page
    for hit in data["dossiers"][0]["hits"]:
        assert f"{hit['rule_nl']} (regel {hit['indicator']})" in page
        assert hit["rule_nl"] != hit["indicator"]
    holders: dict[str, set[str | None]] = {}
    for office in _all(town, "SELECT address_id, fields FROM dossier_record WHERE dataset = 'functionarissen'"):
        holders.setdefault(office["address_id"], set()).add(json.loads(office["fields"])["rechtspersoon_kvk"])
    by_persons_only = next(address_id for address_id, companies in holders.items() if companies == {None})
    page = applicant_page(collect(town, address=by_persons_only))
    assert f"<caption>{datasets()['functionarissen'].label.nl}" not in page


def test_a_hit_at_an_address_without_a_dossier_is_told(town: Path) -> None:
    flags = _last_run(town, "flags")["address_id"].to_list()
    hit = _last_run(town, "evidence").filter(~pl.col("address_id").is_in(flags)).row(0, named=True)
    page = applicant_page(collect(town, address=hit["address_id"]))
    assert f"(regel {hit['indicator']})" in page
    assert "niets opgevallen" not in page


def test_a_person_gets_what_is_kept_under_every_spelling_of_their_name(town: Path) -> None:
    parties = _all(
        town,
        "SELECT party_id, name, birth_date, dataset, key FROM dossier_party WHERE kind = 'person' "
        "AND name IS NOT NULL AND birth_date IS NOT NULL ORDER BY mention",
    )
    names: dict[str, dict[str, dict]] = {}
    for party in parties:
        names.setdefault(party["party_id"], {})[party["name"]] = party
    spellings = [list(by_name.values()) for by_name in names.values() if len(by_name) > 1]
    assert spellings
    for first, *others in spellings:
        data = collect(town, person=first["name"], birth_date=date.fromisoformat(first["birth_date"]))
        page = applicant_page(data)
        for other in others:
            assert other["name"] in page
            assert (other["dataset"], other["key"]) in {(row["dataset"], row["key"]) for row in data["mentions"]}
        own = {f"{row['dataset']}:{row['key']}" for row in data["mentions"]}
        cited = [hit for hit in _last_run(town, "evidence").to_dicts() if own & set(hit["record_ids"])]
        assert "niets opgevallen" not in page or not cited
        for hit in cited:
            assert hit["explanation_nl"].split(".")[0] in page


def test_who_is_in_no_dossier_is_told_what_the_last_run_keeps_and_a_known_namesake_is_not_shown(town: Path) -> None:
    rows = _last_run(town, "parties").filter(pl.col("kind") == "person", pl.col("name_normalised").is_not_null())
    known = _all(town, "SELECT party_id, name, birth_date FROM dossier_party WHERE kind = 'person'")
    unknown = rows.filter(~pl.col("party_id").is_in([party["party_id"] for party in known])).row(0, named=True)
    page = applicant_page(collect(town, person=unknown["name_normalised"], birth_date=date(1901, 2, 3)))
    for text in (unknown["name_normalised"], datasets()[unknown["dataset"]].label.nl, "iemand met dezelfde naam"):
        assert text in page
    assert "alleen in welk register" not in page
    party = next(party for party in known if party["name"] and party["birth_date"])
    data = collect(town, person=party["name"], birth_date=date(1901, 2, 3))
    assert party["party_id"] not in {row["party_id"] for row in data["files_of_last_run"].get("parties", [])}


def test_the_answer_to_a_person_holds_a_copy_of_what_is_kept_about_them_and_of_nobody_else(config: Path) -> None:
    workspace = Workspace(config.parent / "var")
    with open_store(workspace) as store:
        confirmed_town(store, workspace, (1, 2))
        parties = store.dossier(store.runs()[0].run_id, address(1)).parties.to_dicts()
    person = next(row for row in parties if row["kind"] == "person")
    letter = config.parent / "antwoord.html"
    asked = ("--person", person["name"], "--birth-date", person["birth_date"].isoformat())
    told = barrier("subject", *asked, "--config", config, "--letter", letter)
    assert told.code == 0, told.err
    page = letter.read_text()
    for text in (
        person["name"],
        f"{person['birth_date']:%d-%m-%Y}",
        "Vergunningen, Z1",
        "houder",
        "Welke gegevens bewaren wij?",
        "Waarmee zijn uw gegevens vergeleken?",
    ):
        assert text in page
    others = {row["name"] for row in parties if row["name"]} - {person["name"]}
    assert not any(name in page for name in others)


def test_a_wish_for_contact_is_told_by_its_number_which_no_ledger_gets(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_store(Workspace(config.parent / "var")) as store:
        with store.engine.begin() as connection:
            ask_contact(connection, "0612345678", now=AT)
        record_care_step(store, Viewer("zoe", frozenset({Role.CARE_COORDINATOR})), 1, "taken_on", seen=0, now=AT)
    told = collect(config, phone="06-12 34 56 78")
    wish = {"asked_at": AT, "delete_after": date(2027, 5, 5), "steps": [{"kind": "taken_on", "at": AT}]}
    assert told["wishes_for_contact"] == [wish]
    assert collect(config, phone="0687654321")["wishes_for_contact"] == []
    with open_ledger(Workspace(config.parent / "var")) as ledger:
        entries = [row.entry for row in ledger.entries(action=LedgerAction.SUBJECT_ACCESS)]
    assert [entry.object for entry in entries] == ["list:signals"] * 2
    born = {"birth_date": date(1980, 1, 2)}
    for asked in (
        {"phone": "bel mij"},
        {"phone": "0612345678", "address": address(1)},
        {"phone": "0612345678", **born},
        {"address": address(1), **born},
        {},
    ):
        with pytest.raises(ConfigurationError):
            collect(config, **asked)
    with pytest.raises(ConfigurationError, match="has no letter"):
        answer_subject(phone="0612345678", letter=config.parent / "letter.html", config=config)
    answer_subject(phone="0612345678", config=config)
    shown = capsys.readouterr().out
    assert "taken_on" in shown
    assert "zoe" not in shown
    answer_subject(address=address(1), config=config)
    assert "find it by --phone" in capsys.readouterr().out


def test_a_signal_of_a_colleague_is_told_to_staff_and_never_to_whoever_asked(config: Path) -> None:
    """Who asks about an address may hold somebody there: that a colleague saw something must not reach them."""
    workspace = Workspace(config.parent / "var")
    with open_store(workspace) as store, open_ledger(workspace) as ledger:
        confirmed_town(store, workspace)
        before = applicant_page(collect(config, address=address(1), now=AT))
        [line] = {one["address"] for one in collect(config, address=address(1))["dossiers"]}
        [house] = houses_in(line)
        seen = Sighting(AT.date(), house.postcode, house.number, observations=("mattresses",), text="Matrassen gezien.")
        signal_id = report_tip(store, Viewer("b.balie", frozenset({Role.COLLEAGUE})), seen, now=AT)
        agreed(store, "politie-oost", "politie")
        given = {"recipient": "politie-oost", "way": "phone", "handed_on": AT.date(), "is_checked": True}
        partner = hand_tip_over(store, CONTACT, signal_id, **given, now=AT)
        nowhere = Sighting(AT.date(), "9988ZZ", 7, observations=("mattresses",))
        report_tip(store, Viewer("b.balie", frozenset({Role.COLLEAGUE})), nowhere, now=AT)
        entry = Entry(AT, "c.contact", LedgerAction.READ_SIGNAL, f"signal:{signal_id}", origin=ORIGIN)
        ledger.write(entry)
        note_subjects(ledger, entry, of_houses([house]))
    told = collect(config, address=address(1))
    [tip] = told["signals_of_colleagues"]
    assert tip["address"] == seen.address, "with the addition that tells a neighbour apart"
    assert (tip["signal_id"], tip["kept_for_address"], tip["handed_over"]) == (signal_id, False, [])
    [at_police] = told["signals_at_partners"]
    assert (at_police["number"], at_police["recipient"], at_police["steps"]) == (partner.number, "politie-oost", [])
    assert not any(hidden in str(at_police) for hidden in ("Matrassen gezien.", "b.balie"))
    with open_store(workspace) as store:
        contact = Viewer("c.contact", frozenset({Role.CONTACT_PERSON}))
        given = {"way": "phone", "handed_on": AT.date(), "is_checked": True, "now": AT}
        receipt = forward_tip(store, contact, signal_id, **given)
        remove_text(store, contact, signal_id, now=AT)
    [tip] = collect(config, address=address(1))["signals_of_colleagues"]
    assert tip["handed_over"] == [{"to": "toezicht", "on": AT.date(), "way": "phone", "basis": receipt.basis}]
    assert (tip["text"], tip["text_removed_at"]) == ("", AT)
    named = collect(config, address=address(1), house="9988 zz 7")
    assert len(named["signals_of_colleagues"]) == 2, "of a house that no case and no dossier names"
    with pytest.raises(ConfigurationError, match="1234 AB 12"):
        collect(config, address=address(1), house="de kerk")
    assert "c.contact" in {one["actor"] for one in told["seen"]}
    assert LedgerAction.READ_SIGNAL in {one["action"] for one in told["processed"]}
    page = applicant_page(told)
    for hidden in ("Matrassen", "signaal gelezen", signal_id, partner.number):
        assert hidden not in page
    always = "vertellen wij in dit overzicht nooit"
    assert always in before
    assert always in page


@pytest.mark.parametrize("action", sorted(SHOWING))
def test_the_answer_has_a_dutch_word_for_everything_that_shows_data(action: LedgerAction) -> None:
    seen = {"at": "2026-11-03T10:00:00Z", "action": str(action), "purpose": None}
    lists = {name: [] for name in ("dossiers", "cases", "received", "photos")}
    data = {"about": {"address_id": address(1)}, "made_at": AT, **lists, "files_of_last_run": {}, "seen": [seen]}
    assert f"<td>{action}</td>" not in (page := applicant_page(data))
    assert "niet genoemd" in page


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"address": address(1), "person": "P. Jansen", "birth_date": date(1970, 1, 1)},
        {"person": "P. Jansen"},
        {"address": "Teststraat 1"},
        {"person": " ", "birth_date": date(1970, 1, 1)},
    ],
)
def test_a_question_that_says_too_little_is_refused(config: Path, asked: dict) -> None:
    with pytest.raises(ConfigurationError):
        collect(config, **asked)


def test_a_real_municipality_needs_a_case_and_a_purpose(config: Path) -> None:
    config.write_text(CONFIGURATION.replace('"9999"', '"0457"'))
    with pytest.raises(ConfigurationError, match="--case"):
        collect(config, address=address(1))


def test_the_next_run_leaves_out_who_and_where_an_objection_holds(
    clean_town: Path, clean_run: dict, tmp_path: Path
) -> None:
    town = tmp_path / "town"
    shutil.copytree(clean_town, town)
    config, old = town / "screening.toml", Path(clean_run["folder"])
    flags = pl.read_parquet(old / "flags.parquet")
    parties = pl.read_parquet(old / "parties.parquet")
    with open_store(Workspace(town / "var")) as store:
        flagged = flags["address_id"].to_list()
        [run] = store.runs()
        person = next(
            row
            for one in flagged[1:]
            for row in store.dossier(run.run_id, one).parties.to_dicts()
            if row["kind"] == "person" and row["birth_date"] and row["name"]
        )
    today = datetime.now(UTC).date()
    about = ({"address": flagged[0]}, {"person": person["name"], "birth_date": person["birth_date"]})
    for given in about:
        made = register(config, "objection", by="rita", case_file="Z-2026-00123", received_on=today, **given)
        decide(config, made.objection_id, "upheld", by="otto")
    again = barrier("run", "--config", config, "--as-of", "2026-11-02", "--json")
    assert again.code == 0, again.err
    new = Path(again.json["folder"])
    for name in ("flags", "evidence", "sample"):
        assert flagged[0] not in pl.read_parquet(new / f"{name}.parquet")["address_id"].to_list()
    left = pl.read_parquet(new / "parties.parquet")
    is_them = (
        (pl.col("dataset") == person["dataset"]) & (pl.col("key") == person["key"]) & (pl.col("role") == person["role"])
    )
    assert parties.filter(is_them, pl.col("kind") == "person").height == 1
    assert left.filter(is_them, pl.col("kind") == "person").height == 0
    assert left.height >= parties.height - 40  # others stay
    links = pl.read_parquet(new / "links.parquet")
    assert person["mention"] not in {*links["left"], *links["right"]}
    # nor in what the next night links by, which was carried over but for them
    kept = [{name: pl.read_parquet(run / name) for name in PREPARED_FILES} for run in (old, new)]
    name = parties.filter(is_them, pl.col("kind") == "person")["name_normalised"].item()
    assert [person_as_linked(frames, name, person["birth_date"]).height for frames in kept] == [1, 0]
    assert again.json["linking"]["nights"] == 1


def test_the_commands_tell_what_was_registered_and_decided(config: Path, tmp_path: Path) -> None:
    with open_store(Workspace(config.parent / "var")) as store:
        sent(store, confirmed_town(store, Workspace(config.parent / "var"))[1], config.parent)
    letter = tmp_path / "antwoord.html"
    told = barrier("subject", "--address", address(1), "--config", config, "--letter", letter)
    assert told.code == 0, told.err
    assert "riec-oost" in told.out
    assert "AVG art. 23" in told.out
    assert letter.stat().st_mode & 0o777 == 0o600
    made = register(
        config, "objection", address=address(1), by="rita", case_file="Z-2026-00123", received_on=date(2026, 11, 3)
    )
    with pytest.raises(NotAllowedError):
        decide(config, made.objection_id, "upheld", by="rita")
    assert len(decide(config, made.objection_id, "upheld", by="otto").called_back) == 1
    assert "upheld" in barrier("object", "list", "--config", config).out
    planned = barrier("retention", "plan", "--config", config)
    assert (planned.code, "Nothing was erased" in planned.out) == (0, True)
