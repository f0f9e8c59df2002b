"""What colleagues or rules said of a case or its address is hidden until one's own judgement: item by item.

Of one address everything was said: in a case that two officers confirmed and followed up, and in a later one that is
read by a first officer and a second. Each item is looked for in every place where it could stand.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from screening.base.vocabulary import ActKind, OwnReading, ReviewOutcome, Role
from screening.casework.acts.acts import ActForm, record_act
from screening.casework.cases.case_notes import write_note
from screening.casework.cases.readings import DOSSIER, mark_opened, record_own_reading
from screening.casework.cases.sync import sync_cases
from screening.casework.tips.sightings import Sighting
from screening.casework.tips.tips import decide_tip, report_tip
from screening.casework.viewer import Viewer
from screening.casework.visits.lists import record_outcome
from screening.casework.visits.planning import plan_visits
from screening.store import RunBundle, Workspace, publish
from screening.store.schema.acts import case_hand_over
from tests.casework.acts.test_hand_over import raw
from tests.casework.caseload import case_of, given, judged
from tests.casework.photos import kept_photo
from tests.partners.desk.disclosed import DAY, prepared, recipient, whole_night
from tests.review import objects
from tests.review.conftest import Client, Review, review_on
from tests.review.pages.officers import judge, open_all, open_dossier, read
from tests.review.pages.test_printing import pdf_words

#: Who confirmed the earlier case, who reads the later one first and second, and who judges neither.
EARLY, BESIDE, FIRST, SECOND, NEITHER = (
    Viewer(name, frozenset({Role.OFFICER})) for name in ("v.vroeger", "w.ernaast", "e.eerste", "t.tweede", "n.niemand")
)
#: What an officer said of the earlier case, and what the first reader of the later one says -> a text that tells it.
SAID_EARLIER = {
    "own reading": "De rolluiken waren toen overdag dicht.",
    "judgement": "De vergunning en de rolluiken spraken elkaar toen tegen, zei het archief.",
    "note": "De tekening van de begane grond klopte toen niet.",
}
SAID_FIRST = {
    "own reading of the first": "De gevel noemt een andere onderneming.",
    "judgement of the first": "De gevel noemt een onderneming die in geen enkel register van dit adres staat.",
    "note of the first": "De achterdeur had een nieuw kozijn.",
}
TIP = {"tip": "Het licht brandde de hele nacht."}
#: What was done or found; {case} is the id of the earlier case.
DONE = {
    "evidence of the earlier flag": "Toen liep de vergunning af.",
    "findings of a visit": "3 kamers met een los slot.",
    "photo of a visit": "/zaken/{case}/bezoekfoto/",
    "documents asked for": "Z-2026-00991",
    "result": "Z-2026-00992",
    "file for the case system": "/zaken/{case}/zaaksysteem/",
    "signal to a partner": "/riec/{case}",
    "outcome": "/zaken/{case}/vervolg",
    "who judged": EARLY.account,
}
FIRST_LOOK = {"first look": "4 kamers met een nieuw slot."}
WHO_WAS_FIRST = {"who was first": FIRST.account}
OF_EARLIER = SAID_EARLIER | TIP | DONE
OF_FIRST = SAID_FIRST | FIRST_LOOK | WHO_WAS_FIRST
#: A reader and how far they are -> what they may be told, of what is not their own. The rest of ITEMS is hidden.
MAY_BE_TOLD: dict[tuple[Viewer, str], dict[str, str]] = {
    (FIRST, "opened"): {},
    (FIRST, "all read"): {},
    (FIRST, "judged"): TIP | DONE,
    (SECOND, "opened"): {},
    (SECOND, "all read"): FIRST_LOOK,
    (SECOND, "judged"): TIP | DONE | OF_FIRST,
    # of a case that is over, who did not judge it reads what was done and found, and not what was said
    (NEITHER, "over"): DONE | FIRST_LOOK | WHO_WAS_FIRST,
    # whoever judged the earlier case knows it, and learns nothing of the later one
    (BESIDE, "opened"): OF_EARLIER,
}
ITEMS = OF_EARLIER | OF_FIRST
#: A judgement of a form that is not of this moment: it is refused with a message.
STALE = {"versie": "0", "oordeel": "data_fout", "motivering": "Het register noemt een andere datum dan de brief."}


@dataclass(frozen=True)
class Office:
    """A review, the earlier case of an address and the later one."""

    review: Review
    earlier: str
    later: str

    def client(self, viewer: Viewer) -> Client:
        """This officer, for a task that covers both cases."""
        client = self.review.client(Role.OFFICER, account=viewer.account)
        for case_id in (self.earlier, self.later):
            client.state_purpose(case_id)
        return client


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[Viewer, str], set[tuple[str, str]]]:
    """A reader and how far they are -> (item, place) of all that they were told; read once for all tests."""
    folder = tmp_path_factory.mktemp("unseen")
    with everything_said(folder) as office:
        review, later, heard = office.review, office.later, {}
        first, second, beside, neither = (office.client(who) for who in (FIRST, SECOND, BESIDE, NEITHER))
        heard[BESIDE, "opened"] = told_to(office, beside)
        given(review.store, FIRST, later)
        open_dossier(first, later)
        heard[FIRST, "opened"] = told_to(office, first)
        read(first, later, text=SAID_FIRST["own reading of the first"])
        open_all(first, later)
        heard[FIRST, "all read"] = told_to(office, first, folder)
        goes_there(review, FIRST, later, FIRST_LOOK["first look"])
        assert judge(first, later, why=SAID_FIRST["judgement of the first"]).status_code == 303
        write_note(review.store, FIRST, later, SAID_FIRST["note of the first"], now=review.clock.now)
        heard[FIRST, "judged"] = told_to(office, first)
        open_dossier(second, later)
        heard[SECOND, "opened"] = told_to(office, second)
        read(second, later)
        open_all(second, later)
        heard[SECOND, "all read"] = told_to(office, second, folder)
        assert judge(second, later).status_code == 303
        heard[SECOND, "judged"] = told_to(office, second, folder)
        heard[NEITHER, "over"] = told_to(office, neither)
    return heard


@pytest.mark.parametrize(("reader", "stage"), MAY_BE_TOLD, ids=lambda part: getattr(part, "account", part))
def test_no_item_is_told_in_any_place_before_its_time(
    told: dict[tuple[Viewer, str], set[tuple[str, str]]], reader: Viewer, stage: str
) -> None:
    own = set(OF_FIRST) if reader is FIRST else set()
    places = {(item, place) for item, place in told[reader, stage] if item not in own}
    assert {(item, place) for item, place in places if item not in MAY_BE_TOLD[reader, stage]} == set()
    assert {item for item, _ in places} == set(MAY_BE_TOLD[reader, stage]), "and what may be told is found"


def test_each_place_is_one_where_something_is_told(told: dict[tuple[Viewer, str], set[tuple[str, str]]]) -> None:
    """So what is not found there is hidden, and not elsewhere."""
    assert {place for seen in told.values() for _, place in seen} == {
        "page",
        "PDF",
        "after judgement",
        "follow-up",
        "note",
        "signals",
        "message",
        "board",
        "visits",
        "search",
    }


def goes_there(review: Review, viewer: Viewer, case_id: str, note: str) -> str:
    """Go there and record what was found; the id of the visit."""
    store, now = review.store, review.clock.now
    walk = plan_visits(store, viewer, [case_id], for_date=now.date(), now=now)
    visit_id = walk.stops[0].visit_id
    record_outcome(
        store,
        viewer,
        walk.list_id,
        visit_id,
        situatie="toegang_verleend",
        bevindingen=["in_bedrijf"],
        note=note,
        visited_on=now.date(),
        replaces=None,
        now=now,
    )
    return visit_id


@contextmanager
def everything_said(folder: Path) -> Iterator[Office]:
    """An address of which everything was said, and its later case, which nobody opened yet."""
    with review_on(Workspace(folder / "office")) as review:
        store, now = review.store, review.clock.now
        says_so = {"explanation_nl": pl.lit(OF_EARLIER["evidence of the earlier flag"])}
        publish(store, review.workspace, _night(**says_so))
        sync_cases(store, now=now)
        earlier = case_of(store, 1, now=now).case_id
        seen = Sighting(DAY, "1201 AB", 1, observations=("mattresses",), text=OF_EARLIER["tip"])
        tip = report_tip(store, Viewer("balie", frozenset({Role.COLLEAGUE})), seen, now=now)
        contact = Viewer("contact", frozenset({Role.CONTACT_PERSON}))
        decide_tip(store, contact, tip, "for_address", now=now)
        mark_opened(store, EARLY, earlier, DOSSIER, now=now)
        record_own_reading(store, EARLY, earlier, OwnReading.AFWIJKING, SAID_EARLIER["own reading"], now=now)
        confirms = ReviewOutcome.BEVESTIGD_AFWIJKING
        judged(store, EARLY, earlier, confirms, now=now, motivation=SAID_EARLIER["judgement"])
        write_note(store, EARLY, earlier, SAID_EARLIER["note"], now=now)
        judged(store, BESIDE, earlier, confirms, now=now)
        visit_id = goes_there(review, EARLY, earlier, OF_EARLIER["findings of a visit"])
        kept_photo(review.workspace, earlier, now=now, visit_id=visit_id)
        recipient(store)
        prepared(store, earlier, now=now)
        for form in (
            ActForm(ActKind.RESULT, choices=("hersteld",), reference=OF_EARLIER["result"]),
            ActForm(ActKind.RESUMED),
            ActForm(
                ActKind.DOCUMENTS_ASKED,
                due_on=DAY + timedelta(days=9),
                choices=("plattegrond",),
                reference=OF_EARLIER["documents asked for"],
            ),
        ):
            record_act(store, EARLY, earlier, form, now=now)
        with store.engine.begin() as connection:
            connection.execute(case_hand_over.insert(), raw(earlier, at=now))
        review.clock.forward(days=1)
        publish(store, review.workspace, _night(DAY + timedelta(days=1), renamed=1))
        sync_cases(store, now=review.clock.now)
        yield Office(review, earlier, case_of(store, 1, now=review.clock.now).case_id)


def _night(as_of: date = DAY, renamed: int | None = None, **changed: pl.Expr) -> RunBundle:
    """A night that flags one address, whose pages can be shown; with these columns of its evidence changed."""
    night, told = whole_night([1], as_of, renamed=renamed), objects.town(with_sensitive=False)
    hits = night.frames["evidence.parquet"].with_columns(**changed)
    frames = {**night.frames, "evidence.parquet": hits}
    return replace(night, frames=frames, meta=told.meta, declarations=told.declarations)


def told_to(office: Office, client: Client, folder: Path | None = None) -> set[tuple[str, str]]:
    """(item, place) of each that is told to this officer; on paper too where there is a folder for it."""
    texts = {name: text.replace("{case}", office.earlier) for name, text in ITEMS.items()}
    places = {place: _without_choices("".join(answers)) for place, answers in shown(office, client).items()}
    if folder is not None:
        paths = (f"/zaken/{case_id}/afdruk" for case_id in (office.later, office.earlier))
        prints = [answer.content for answer in map(client.get, paths) if answer.status_code == 200]
        places["PDF"] = " ".join(pdf_words(content, folder) for content in prints)
    return {(name, place) for name, text in texts.items() for place, page in places.items() if text in page}


def shown(office: Office, client: Client) -> dict[str, list[str]]:
    """What this officer gets at each place where something of these cases could stand."""
    earlier, later = f"/zaken/{office.earlier}", f"/zaken/{office.later}"
    office.review.clock.forward(seconds=1)
    places = {
        "page": [later, earlier],
        "board": ["/zaken", *(f"/zaken?staat={name}" for name in ("closed", "bevestigd_afwijking", "first_judged"))],
        "after judgement": ["/na-het-oordeel", "/na-het-oordeel?staat=waiting"],
        "follow-up": [f"{later}/vervolg", f"{earlier}/vervolg"],
        "note": [f"{later}/notitie", f"{earlier}/notitie"],
        "visits": ["/bezoeken", f"/bezoeken/nieuw?zaak={office.earlier}", f"/bezoeken/nieuw?zaak={office.later}"],
        "signals": ["/riec", f"/riec/{office.earlier}", f"/riec/{office.earlier}/voorbereiden"],
        "message": ["/"],
    }
    texts = {place: [client.get(path).text for path in paths] for place, paths in places.items()}
    house, number = {"postcode": "1201 AB", "huisnummer": "1"}, {"zaaknummer": office.earlier}
    texts["search"] = [client.send_form("/zoeken", {"doel": "P-VERG", **form}).text for form in (house, number)]
    texts["message"] += [
        client.send_form(path, form).text
        for path, form in (
            (f"{earlier}/vervolg", {"soort": "documents_asked"}),
            (f"{earlier}/oordeel", STALE),
            (f"{later}/oordeel", STALE),
            (f"{earlier}/lezing", {}),
            (f"{later}/vervolg", {"soort": "result"}),
        )
    ]
    return texts


def _without_choices(text: str) -> str:
    """A page without what can be chosen in it: a list names each colleague, that of languages the address itself."""
    return html.unescape(re.sub(r'<select.*?</select>|href="[^"]*lang=[^"]*"', "", text, flags=re.DOTALL))
