"""A review in the middle of its work, and every page and state of it: who looks, where, and after what."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from flows.papers.papers import example
from flows.review.papers_to_read import papers_to_read
from screening.base.vocabulary import Role
from screening.casework.cases.numbers import case_number
from screening.casework.cases.sync import sync_cases
from screening.casework.figures.rule_load import LOAD, kept_load
from screening.casework.links.links_to_judge import next_link_pair
from screening.casework.tips.tips import inbox
from screening.casework.viewer import Viewer
from screening.partners.desk.drafts import batch_drafts
from screening.partners.desk.signal_versions import signals
from screening.review.pages.queue import STATES
from screening.rights.due import Due
from screening.rights.erasure_plan import prepare_plan
from screening.rights.terms import Terms
from screening.rules.load import LoadCounts
from screening.signing.public_keys import key_fingerprint, ssh_text
from screening.store import Workspace
from screening.store.deliveries import note_delivery
from screening.store.schema.cases import review_case
from tests.browser.desk import Desk
from tests.casework.acts.decided import SYSTEM
from tests.casework.photos import jpeg
from tests.partners.desk.disclosed import RIEC, agreed, policy, recipient
from tests.review.conftest import BASE, Client, Served, copy_workspace, review_on, serving
from tests.review.judged_deliveries import judged_deliveries
from tests.review.pages import officers
from tests.review.pages.test_partner_signals import filled
from tests.rule_dossiers import draft_rule

BOTH = (Role.OFFICER, Role.SENSITIVE_REVIEWER)
OTHER = "Het register loopt achter: de brief van vorige week noemt een andere datum dan hier staat."
SIGNAL = {
    "geen_gevaar": "ja",
    "waarnemingen": ["mattresses", "windows_covered"],
    "postcode": "9999 AA",
    "huisnummer": "3",
    "toevoeging": "",
    "plaats": "Voorbeeldstad",
    "tekst": "Het licht brandde de hele nacht.",
}
#: States that a script makes: nothing to look at where there is none.
NEED_SCRIPT = {"on the way, unsent records", "stop, camera", "stop, photo to be cut and blurred"}
#: Routes that answer with something else than a page, and why.
NO_PAGE = {
    "/aanmelden/terug": "the identity provider sends people here, and it sends them on",
    "/demo": "of the demonstration alone: a 404 elsewhere; looked at on its own",
    "/koppelingen/volgende": "sends on to a pair",
    "/bezoeken/onderweg/wacht.js": "a script",
    "/nachten/verslag": "a file",
    "/kwaliteit/lijst": "a spreadsheet",
    "/zaken/{case_id}/afdruk": "a PDF",
    "/opbrengst/jaarverslag": "a PDF",
    "/zaken/{case_id}/zaaksysteem/{file_id}": "a file for the case system",
    "/mandaat/verklaring": "bytes to sign; of a municipality that exists",
    "/mandaat/instellingen": "the configuration as a file; of a municipality that exists",
    "/mandaat/papieren/{paper}": "a paper as a file",
    "/logboek/stand/verklaring": "bytes to sign",
    "/bezoeken/{list_id}/afdruk": "a PDF",
    "/bezoeken/{list_id}/halte/{visit_id}/foto/{photo_id}": "a photo",
    "/zaken/{case_id}/bezoekfoto/{photo_id}": "a photo",
    "/riec-leveringen/{batch_id}/manifest": "a file to sign",
    "/riec-leveringen/{batch_id}/bestand": "a sealed file",
    "/riec/{case_id}/bijlagen/{digest}": "a PDF",
    "/ontvangers/allowed_signers": "a file for the receiver",
    "/ontvangers/levering-openen.html": "a page for the receiver, which has a test of its own",
    "/hulp/handleiding/{name}": "a picture",
    "/beleid/nota": "a PDF",
    "/beleid/nota-tekst": "a file",
    "/herkennen/{desk}/kaart.pdf": "a PDF",
    "/herkennen/{desk}/poster.pdf": "a PDF",
}


ANNA, BRAM, CARLA, DAAN, ESRA, FEMKE, FLEUR, GIJS, HANNA, IVO, PETRA, ZOE = (
    "a.bakker",
    "b.visser",
    "c.jansen",
    "d.mulder",
    "e.smit",
    "f.bos",
    "f.vos",
    "g.meijer",
    "h.controle",
    "i.beheer",
    "p.vries",
    "z.zorg",
)
ROLES = {
    ANNA: (Role.OFFICER,),
    BRAM: (Role.OFFICER,),
    CARLA: BOTH,
    DAAN: (Role.LEAD,),
    ESRA: (Role.ANALYST,),
    FEMKE: (Role.ANALYST,),
    FLEUR: (),
    GIJS: (Role.CONTACT_PERSON,),
    HANNA: (Role.AUDITOR,),
    IVO: (Role.ADMIN,),
    PETRA: (Role.OFFICER,),
    ZOE: (Role.CARE_COORDINATOR,),
}
#: People who stated no purpose when they signed in.
WITHOUT_PURPOSE = {PETRA}
#: What a signal may not hold: health, a victim, a number.
FORBIDDEN = "De eigenaar is ziek en woont daar met een slachtoffer. Bel 06-12345678."


@dataclass(frozen=True)
class State:
    """One state of one page. `route`: as the table of routes has it."""

    name: str
    route: str
    account: str | None
    path: str
    act: Callable | None = None


def _on(name: str, route: str, account: str | None, act: Callable | None = None, query: str = "", **ids: str) -> State:
    return State(name, route, account, route.format(**ids) + query, act)


def send(selector: str, **fields: str) -> Callable:
    """Fill fields in by name and send the form of this address."""

    def act(page) -> None:
        form = page.locator(f"form[action='{selector}']").first
        for name, value in fields.items():
            form.locator(f"[name='{name}']").first.fill(value)
        with page.expect_navigation():
            form.locator("button[type=submit]:not([name=concept])").last.click()

    return act


def _send_note(page) -> None:
    """Write a note that says who somebody is."""
    page.locator("main [name='tekst']").fill(FORBIDDEN)
    with page.expect_navigation():
        page.locator("main form button[type=submit]:not([name=concept])").last.click()


def choose(*values: str) -> Callable:
    """Choose these answers, in turn; the last one is where the focus stays."""

    def act(page) -> None:
        for value in values:
            page.locator(f"main input[value='{value}']").first.check()

    return act


@dataclass(frozen=True)
class HalfDone:
    """What is kept of work that was half done: the store and the ledger, ids, who is signed in, and when it was."""

    workspace: Path
    ids: dict[str, str]
    sessions: dict[str, str]
    now: datetime


def scene_terms() -> dict[str, object]:
    """What the municipality of the scene has set up."""
    return {"export": policy(), "case_system": SYSTEM, "papers": papers_to_read(example())}


def half_done_work(town: Path, folder: Path) -> HalfDone:
    """Do half of the work on a copy of the town in this folder."""
    with review_on(copy_workspace(town, folder / "w"), **scene_terms()) as review:
        desk = Desk(Served(BASE, review), browser=None)
        desk.begin_work()
        scene = Scene(desk)
        scene.work()
        return HalfDone(review.workspace.path, scene.ids, desk.sessions, review.clock.now)


@contextmanager
def scene_on(half_done: HalfDone, folder: Path, browser: object | None) -> Iterator[Scene]:
    """A copy of the work that is half done in this folder: served, or before nobody where there is no browser."""
    workspace = Workspace(shutil.copytree(half_done.workspace, folder / "scene"))
    with ExitStack() as stack:
        if browser is None:
            served = Served(BASE, stack.enter_context(review_on(workspace, **scene_terms())))
        else:
            served = stack.enter_context(serving(workspace, **scene_terms()))
        served.review.clock.now = half_done.now
        yield Scene(Desk(served, browser, dict(half_done.sessions)), dict(half_done.ids))


class Scene:
    """People who did half of their work, through the forms of the application, and the states to look at."""

    def __init__(self, desk: Desk, ids: dict[str, str] | None = None) -> None:
        self.desk, self.review = desk, desk.served.review
        self.ids = ids or {}

    def work(self) -> None:
        """Do half of the work."""
        self._cases()
        self._links()
        self._signals()
        self._visits()
        self._signals_to_riec()
        self._acts()
        self._unseen()
        self._deliveries()
        self._rules()
        self._rights()
        self._keys()

    def client(self, account: str, *roles: Role) -> Client:
        """This person without a screen, in the same session as in a window."""
        return Client(self.review, self.desk.sign_in(account, *roles))

    def _cases(self) -> None:
        anna, bram = self.client(ANNA, Role.OFFICER), self.client(BRAM, Role.OFFICER)
        carla = self.client(CARLA, *BOTH)
        linked = officers.case_with_links(self.review)
        plain = [one for one in officers.cases(self.review) if one != linked]
        new, read, waiting, differs, explained, confirmed, second, _, unseen, leaves = plain[:10]
        officers.open_dossier(anna, new)
        officers.read(anna, read)
        officers.ready(anna, linked)
        for case_id in (waiting, differs, confirmed, second, leaves):
            officers.ready(anna, case_id)
            if case_id == second:
                self._first_look(anna, case_id)
            _given(officers.judge(anna, case_id, why=f"{officers.WHY} Dit is zaak {case_id[:4]}.", bedoeld="ja"))
        for case_id, outcome in (
            (differs, "data_fout"),
            (confirmed, "bevestigd_afwijking"),
            (leaves, "bevestigd_afwijking"),
        ):
            officers.ready(bram, case_id)
            _given(officers.judge(bram, case_id, outcome, f"{OTHER} ({case_id[:4]})", bedoeld="ja"))
        officers.ready(bram, second)
        officers.ready(bram, explained)
        why = "De verlenging loopt nog, zie de brief."
        _given(officers.judge(bram, explained, "verklaard", why, grond="procedure_loopt"))
        sampled = [
            one for sensitive in (False, True) for one in officers.cases(self.review, arm="sample", sensitive=sensitive)
        ]
        officers.read(carla, sampled[0])
        sensitive = officers.cases(self.review, sensitive=True)[0]
        officers.ready(carla, sensitive)
        anna.send_form("/zaken/keuzes", {"naam": "Mijn eigen zaken", "wie": "mij"})
        with self.review.store.engine.connect() as connection:
            opened = connection.scalar(sa.select(review_case.c.opened_on).where(review_case.c.case_id == confirmed))
        self.ids |= {
            "new": new,
            "read": read,
            "linked": linked,
            "waiting": waiting,
            "differs": differs,
            "explained": explained,
            "confirmed": confirmed,
            "second": second,
            "unseen": unseen,
            "sample": sampled[0],
            "sensitive": sensitive,
            "leaves": leaves,
            "number": case_number(opened, confirmed),
        }

    def _links(self) -> None:
        esra, femke = self.client(ESRA, Role.ANALYST), self.client(FEMKE, Role.ANALYST)
        viewer = Viewer(ESRA, frozenset({Role.ANALYST}))
        first = next_link_pair(self.review.store, viewer)
        assert first
        second = next_link_pair(self.review.store, viewer, first)
        for link_id, other in ((first, "zelfde"), (second, "verschillend")):
            esra.send_form(f"/koppelingen/{link_id}", {"oordeel": "zelfde"})
            femke.send_form(f"/koppelingen/{link_id}", {"oordeel": other})
        waiting = next_link_pair(self.review.store, viewer) or ""
        self.ids |= {"link": waiting, "agreed": first, "disagreed": second or ""}

    def _signals(self) -> None:
        fleur, gijs = self.client(FLEUR), self.client(GIJS, Role.CONTACT_PERSON)
        for number in range(4):
            fleur.send_form("/meldingen/nieuw", SIGNAL | {"huisnummer": str(number + 3), "datum": self.desk.yesterday})
        found = [
            one.signal_id
            for one in inbox(
                self.review.store, Viewer(GIJS, frozenset({Role.CONTACT_PERSON})), now=self.review.clock.now
            )
        ]
        used, unused, care, waiting = found
        gijs.send_form(f"/meldingen/postbak/{used}", {"besluit": "kept"})
        gijs.send_form(f"/meldingen/postbak/{unused}", {"besluit": "not_used", "reden": "known"})
        gijs.send_form(f"/meldingen/postbak/{care}", {"besluit": "care", "telefoon": "030-1234567"})
        _given(gijs.send_form(f"/meldingen/postbak/{unused}/tekst-wissen", {}))
        agreed(self.review.store)
        given = {"aan": RIEC, "datum": self.review.clock.now.date().isoformat(), "nagekeken": "ja"}
        at_partners, paths = "/meldingen/partners", []
        for handed, way in ((used, "phone"), (used, "paper"), (unused, "phone")):
            _given(gijs.send_form(f"/meldingen/postbak/{handed}/doorgeven", given | {"hoe": way}))
            # their numbers are drawn, so the order on the page tells nothing
            paths += {*re.findall(rf"{at_partners}/\d+(?=/terug)", gijs.get(at_partners).text)} - {*paths}
        first, second, third = paths
        for path in (second, third):
            _given(gijs.send_form(f"{path}/terug", {"waarom": "gegevens_onjuist"}))
        _given(gijs.send_form(f"{third}/vernietigd", {"langs": "brief"}))
        self.ids |= {"at_partner": first, "signal": waiting, "care": care, "unused": unused, "handed": used}

    def _visits(self) -> None:
        anna = self.client(ANNA, Role.OFFICER)
        chosen = {"zaak": [self.ids["confirmed"]], "kijk": ["gebruik", "kamers"], "collega": BRAM}
        made = anna.send_form("/bezoeken/nieuw", chosen | {"dag": self.review.clock.now.date().isoformat()})
        self.ids["list"] = made.headers["location"].rpartition("/")[2]
        shown = anna.get(f"/bezoeken/{self.ids['list']}").text
        (self.ids["visit"],) = re.findall(r'id="halte-([0-9a-f]{16})"', shown)
        seen = {"situatie": "toegang_verleend", "bevinding": "in_bedrijf", "notitie": "De deur stond open."}
        day = self.review.clock.now.date().isoformat()
        at = f"/bezoeken/{self.ids['list']}/halte/{self.ids['visit']}"
        _given(anna.send_form(at, seen | {"dag": day}))
        photo = {"files": {"foto": ("foto.jpg", jpeg())}}
        assert anna.send_form(f"{at}/foto", {"toont": "buiten", "gezien": "ja"}, **photo).status_code == 204

    def _first_look(self, client: Client, case_id: str) -> None:
        """Go and look at an address before a colleague judged it, and record what was found."""
        day = self.review.clock.now.date().isoformat()
        planned = client.send_form("/bezoeken/nieuw", {"zaak": case_id, "dag": day})
        assert planned.status_code == 303, officers.words(planned.text)
        path = planned.headers["location"]
        (visit,) = re.findall(r'id="halte-([0-9a-f]{16})"', client.get(path).text)
        seen = {"situatie": "toegang_verleend", "aantal_kamers": "4", "notitie": "4 kamers met een los slot."}
        _given(client.send_form(f"{path}/halte/{visit}", seen | {"dag": day}))

    def _signals_to_riec(self) -> None:
        recipient(self.review.store)
        anna = self.client(ANNA, Role.OFFICER)
        sent = anna.send_form(f"/riec/{self.ids['confirmed']}/voorbereiden", filled(self.review, self.ids["confirmed"]))
        assert sent.status_code == 303, officers.words(sent.text)
        # a sheet about it waits for a second person
        agreed(self.review.store, "politie-oost", "politie")
        given = {"soort": "blad", "ontvanger": "politie-oost", "thema": "overig_afgesproken"}
        _given(anna.send_form(f"/zaken/{self.ids['confirmed']}/overdracht", given))
        # another one is approved, and waits in a batch
        leaves, daan = self.ids["leaves"], self.client(DAAN, Role.LEAD)
        _given(anna.send_form(f"/riec/{leaves}/voorbereiden", filled(self.review, leaves)))
        daan.state_purpose(leaves)
        [signal] = signals(self.review.store, case_id=leaves)
        _given(daan.send_form(f"/riec/{leaves}/akkoord", {"gezien": "ja", "inhoud": signal.content_sha256}))
        _given(daan.send_form("/riec-leveringen", {"ontvanger": signal.recipient}))
        self.ids["batch"] = batch_drafts(self.review.store)[0].batch_id

    def _acts(self) -> None:
        anna, day = self.client(ANNA, Role.OFFICER), self.review.clock.now.date() + timedelta(days=14)
        confirmed, leaves = (f"/zaken/{self.ids[name]}" for name in ("confirmed", "leaves"))
        asked = {"soort": "documents_asked", "stuk": ["vergunning", "plattegrond"], "tot": day.isoformat()}
        _given(anna.send_form(f"{confirmed}/vervolg", asked | {"nummer": "Z-2026-00123"}))
        _given(anna.send_form(f"{leaves}/vervolg", {"soort": "measure", "bevoegdheid": "waarschuwing"}))
        _given(anna.send_form(f"{leaves}/zaaksysteem", {"gevraagd": "controleren", "gezien": "ja"}))

    def _unseen(self) -> None:
        now = self.review.clock.now
        past = review_case.update().values(expires_on=now.date() - timedelta(days=1))
        with self.review.store.engine.begin() as connection:
            connection.execute(past.where(review_case.c.case_id == self.ids["unseen"]))
        assert sync_cases(self.review.store, now=now, again=True).lapsed == 1

    def _deliveries(self) -> None:
        for register, delivery in judged_deliveries():
            note_delivery(self.review.store, register, delivery, self.review.clock.now)
        form = {"levering": f"meldingen-{'c' * 16}", "besluit": "aanvaarden", "reden": "Eerste levering, nagekeken."}
        _given(self.client(ESRA, Role.ANALYST).send_form("/leveringen", form))

    def _keys(self) -> None:
        key = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key()
        _given(self.client(ANNA, Role.OFFICER).send_form("/mijn-account/sleutel", {"sleutel": ssh_text(key)}))
        self.ids["key"] = key_fingerprint(key)

    def _rules(self) -> None:
        now = self.review.clock.now
        tried = {"nights": 12, "first": "2026-10-01", "last": "2026-11-01", "skipped": 1, "added": 14, "dropped": 31}
        load = LoadCounts(12, date(2026, 10, 1), date(2026, 11, 1), 24, 16, 31, 22, 40, left_out=1)
        tried |= {LOAD: kept_load(load)}
        store = self.review.store
        draft, proposed = (draft_rule(store, code, now=now, backtest=tried) for code in ("LIC-04", "NUI-01"))
        esra, anna = self.client(ESRA, Role.ANALYST), self.client(ANNA, Role.OFFICER)
        _given(esra.send_form(f"/regels/concept/{proposed.draft_id}", {"reden": "Eerste versie van deze regel."}))
        _given(anna.send_form("/regels/stoppen", {"regel": "HOU-01", "reden": "De bron klopt niet."}))
        self.ids |= {"draft": draft.draft_id, "version": proposed.version_id}

    def _rights(self) -> None:
        daan, carla = self.client(DAAN, Role.LEAD), self.client(CARLA, *BOTH)
        came = {"zaaknummer": "Z-2026-00123", "ontvangen": self.desk.yesterday}
        about = came | {"verzoek": "objection", "over": "address", "adres": "0599010000000001"}
        access = came | {"verzoek": "access", "over": "person", "naam": "J. van der Proef", "geboren": "1-1-1980"}
        for name, form in (("request", about), ("granted", access)):
            self.ids[name] = daan.send_form("/verzoeken/nieuw", form).headers["location"].rpartition("/")[2]
        _given(carla.send_form(f"/verzoeken/{self.ids['granted']}/besluit", {"besluit": "upheld"}))
        day = self.review.clock.now.date()
        gone = [Due("case", self.ids["explained"], day), Due("backup", "barrier-20260901.age", day)]
        plan = prepare_plan(self.review.store, gone, {"sessions": 12}, Terms(), by="system", now=self.review.clock.now)
        assert plan
        _given(carla.send_form(f"/bewaren/{plan.plan_id}/voorleggen", {"inhoud": plan.digest}))
        self.ids["plan"] = plan.plan_id

    def states(self) -> list[State]:
        """Every page and every state of it. The first of each route is the page itself."""
        of_cases = [*self._of_cases(), *self._of_acts(), *self._of_judgements()]
        return [*self._for_everybody(), *of_cases, *self._of_others(), *self._refused()]

    def every_state(self) -> list[State]:
        """The same with each filter and page of a list, the start of each role, and what a script adds to a page."""
        return [*self.states(), *self._of_lists(), *self._of_the_camera()]

    def _of_lists(self) -> list[State]:
        day, later = self.review.clock.now.date(), "2000-01-01.0"
        with self.review.store.engine.connect() as connection:
            of_new = review_case.c.case_id == self.ids["new"]
            area = connection.scalar(sa.select(review_case.c.postcode4).where(of_new))
        of_queue = [
            *(f"staat={name}" for name in STATES),
            "voor=31-12-2030",
            f"gebied={area}",
            f"na={later}",
            f"staat=closed&voor=31-12-2030&na={later}",
        ]
        of_ledger = [
            f"wie={ANNA}",
            "wat=judge",
            f"object=case:{self.ids['confirmed']}",
            f"van={day:%d-%m-%Y}&tot={day:%d-%m-%Y}",
            "na=0",
            "na=100",
            "wie=niemand",
        ]
        second = int(self.review.clock.now.timestamp())
        return [
            *(_on(f"queue, {query}", "/zaken", ANNA, query=f"?{query}") for query in of_queue),
            *(_on(f"ledger, {query}", "/logboek", HANNA, query=f"?{query}") for query in of_ledger),
            *(
                _on(f"after judgement, list, {query}", "/na-het-oordeel", ANNA, query=f"?{query}")
                for query in ("staat=confirmed", "staat=waiting", "staat=referred", "staat=done", "blad=2")
            ),
            *(_on(f"start, of {who}", "/", who) for who in ROLES if who not in {ANNA, ESRA}),
            _on("sign in, for a page", "/aanmelden", None, query="?naar=/zaken"),
            _on("another purpose, for a page", "/doel", ANNA, query="?naar=/zaken"),
            _on("yield of a chosen year", "/opbrengst", DAAN, query=f"?jaar={day.year - 1}"),
            _on("reads of a chosen month", "/logboek/maand", HANNA, query=f"?maand={day:%Y-%m}"),
            _on("head, begun before", "/logboek/stand", HANNA, query=f"?nummer=1&op={second}"),
            _on("nights, of a lead", "/nachten", DAAN),
            _on("quality, of an auditor", "/kwaliteit", HANNA),
            _on("rules, of a lead", "/regels", DAAN),
            _on("RIEC, of a lead", "/riec", DAAN),
            _on("RIEC, sent to a case", "/riec/{case_id}", DAAN, case_id=self.ids["leaves"]),
            _on("keys, of a lead", "/sleutels", DAAN),
            _on("visits, signing out", "/bezoeken", ANNA, query="?afmelden=ja"),
            _on("visits, of a companion", "/bezoeken", BRAM),
            _on("work, wrongly divided", "/werk", DAAN, send("/werk/verdelen", aantal="0")),
            _on("dossier, approved", "/zaken/{case_id}", ANNA, case_id=self.ids["leaves"]),
            _on("dossier, explained", "/zaken/{case_id}", BRAM, case_id=self.ids["explained"]),
        ]

    def _of_the_camera(self) -> list[State]:
        route, ids = (
            "/bezoeken/{list_id}/halte/{visit_id}",
            {"list_id": self.ids["list"], "visit_id": self.ids["visit"]},
        )
        return [
            _on("stop, camera", route, ANNA, _camera, **ids),
            _on("stop, photo to be cut and blurred", route, ANNA, _photo_taken, **ids),
            _on(
                "on the way, a stop open", "/bezoeken/onderweg/{list_id}", ANNA, _open_details, list_id=self.ids["list"]
            ),
        ]

    def _for_everybody(self) -> list[State]:
        return [
            _on("start", "/", ANNA),
            _on("help", "/hulp", ANNA),
            _on("desks", "/herkennen", FLEUR),
            *(_on(f"desk, {desk}", "/herkennen/{desk}", FLEUR, desk=desk) for desk in ("burgerzaken", "toezicht")),
            _on("danger", "/direct-gevaar", None),
            _on("danger, signed in", "/direct-gevaar", ANNA),
            _on("accessibility", "/toegankelijkheid", None),
            _on("sign in", "/aanmelden", None),
            _on("sign in first", "/zaken", None),
            _on("signed out", "/afgemeld", None),
            _on("policy", "/beleid", DAAN),
            _on("question on policy", "/beleid/{question_id}", DAAN, question_id="sluiten-damocles"),
            _on(
                "question on policy, refused",
                "/beleid/{question_id}",
                DAAN,
                send("/beleid/sluiten-damocles", bewijs="Nota van mevrouw De Vries"),
                question_id="sluiten-damocles",
            ),
            _on("own account", "/mijn-account", ANNA),
            _on("drafts", "/concepten", PETRA),
            _on("mandate, papers", "/mandaat", DAAN),
            _on("mandate, made up", "/mandaat", ANNA),
            _on("own account, no key", "/mijn-account", FLEUR, send("/mijn-account/sleutel", sleutel="geen sleutel")),
            _on("person route", "/meldingen/persoon", FLEUR),
            _on("person route, nothing ticked", "/meldingen/persoon", FLEUR, send("/meldingen/persoon")),
            _on("person route, whom to call", "/meldingen/persoon/bellen", FLEUR),
            _on("person route, whom to call, signed out", "/meldingen/persoon/bellen", None),
            _on("signals", "/meldingen", FLEUR),
            _on("signals, none", "/meldingen", ANNA),
            _on("signal", "/meldingen/nieuw", FLEUR),
            _on("signal, refused", "/meldingen/nieuw", FLEUR, send("/meldingen/nieuw")),
            _on("signal, perhaps a victim", "/meldingen/nieuw", FLEUR, send("/meldingen/nieuw", tekst=FORBIDDEN)),
        ]

    def _of_cases(self) -> list[State]:
        route, ids = "/zaken/{case_id}", self.ids
        case = {name: {"case_id": case_id} for name, case_id in ids.items()}
        last_year = self.review.clock.now.year - 1
        return [
            _on("queue", "/zaken", ANNA),
            _on("nights", "/nachten", ESRA),
            _on("work", "/werk", DAAN),
            _on("approvals", "/goedkeuren", DAAN),
            _on("wishes for contact", "/contactwensen", ZOE),
            _on("yield", "/opbrengst", DAAN),
            _on("yield, the year before", "/opbrengst", DAAN, query=f"?jaar={last_year}"),
            _on("yield, wrong hours", "/opbrengst", DAAN, send("/opbrengst/uren", uren="veel")),
            _on("wish taken on", "/contactwensen", ZOE, send("/contactwensen/1")),
            _on("wishes for contact, none late", "/contactwensen", GIJS),
            _on("work, nothing chosen", "/werk", DAAN, send("/werk/overdragen")),
            _on("search", "/zoeken", ANNA),
            _on("search, nothing", "/zoeken", ANNA, send("/zoeken")),
            _on("search, none", "/zoeken", ANNA, send("/zoeken", postcode="1234 AB", huisnummer="1")),
            _on("search, found", "/zoeken", ANNA, send("/zoeken", zaaknummer=ids["number"])),
            _on("queue, none", "/zaken", ANNA, query="?gebied=1234"),
            _on("queue, wrong choice", "/zaken", ANNA, query="?voor=gisteren&gebied=12"),
            _on("queue, sensitive", "/zaken", CARLA),
            _on("queue, choice without a name", "/zaken", BRAM, _refused_choice),
            _on("purpose", route, PETRA, **case["new"]),
            _on("purpose, none chosen", route, PETRA, send("/doel"), **case["new"]),
            _on("another purpose", "/doel", ANNA),
            _on("dossier, reading", route, ANNA, **case["new"]),
            _on("dossier, refused", route, ANNA, send(f"/zaken/{ids['new']}/lezing"), **case["new"]),
            _on("dossier, busy", route, BRAM, _purpose_if_asked, **case["linked"]),
            _on("dossier, unread", route, ANNA, **case["read"]),
            _on("dossier, ready", route, ANNA, **case["linked"]),
            _on("dossier, waiting", route, ANNA, **case["waiting"]),
            _on("dossier, second", route, BRAM, **case["second"]),
            _on("dossier, first look", route, ANNA, **case["second"]),
            _on("dossier, all open", route, BRAM, _open_everything, **case["second"]),
            _on("dossier, differs", route, ANNA, **case["differs"]),
            _on("dossier, closed", route, ANNA, **case["confirmed"]),
            _on("note", f"{route}/notitie", ANNA, **case["confirmed"]),
            _on("note, refused", f"{route}/notitie", ANNA, _send_note, **case["confirmed"]),
            _on("dossier, sample", route, CARLA, **case["sample"]),
            _on("dossier, sensitive", route, CARLA, **case["sensitive"]),
        ]

    def _of_acts(self) -> list[State]:
        route, ids = "/zaken/{case_id}/vervolg", self.ids
        form = f"/zaken/{ids['confirmed']}/vervolg"
        return [
            _on("after judgement, list", "/na-het-oordeel", BRAM),
            _on("after judgement", route, ANNA, case_id=ids["confirmed"]),
            _on("after judgement, all open", route, ANNA, _open_everything, case_id=ids["confirmed"]),
            _on("after judgement, refused", route, ANNA, _send_act("result", form), case_id=ids["confirmed"]),
            _on("after judgement, handed over", route, ANNA, case_id=ids["leaves"]),
            _on("after judgement, explained", route, BRAM, case_id=ids["explained"]),
        ]

    def _of_judgements(self) -> list[State]:
        route, ids = "/zaken/{case_id}", self.ids
        linked, form = {"case_id": ids["linked"]}, f"/zaken/{ids['linked']}/oordeel"
        new = {"case_id": ids["new"]}
        return [
            _on("judgement, refused", route, ANNA, send(form), **linked),
            _on("judgement, explained", route, ANNA, choose("verklaard"), **linked),
            _on("judgement, wrong link", route, ANNA, choose("onjuiste_koppeling"), **linked),
            _on("judgement, passed on", route, ANNA, choose("doorgezet"), **linked),
            _on("judgement, much alike", route, ANNA, _alike(form, ids["waiting"]), **linked),
            _on("judgement, conflict", route, ANNA, _after_a_colleague(form), **linked),
            _on("judgement, decided meanwhile", route, ANNA, _when_decided(form, ids["confirmed"]), **linked),
            _on("reading, signed out meanwhile", route, ANNA, _signed_out(f"/zaken/{ids['new']}/lezing"), **new),
            _on("reading, draft kept", route, ANNA, **new),
            _on("drafts kept", "/concepten", ANNA),
        ]

    def _of_others(self) -> list[State]:
        ids = self.ids
        letter, stop = f"/meldingen/postbak/{ids['signal']}", f"/bezoeken/{ids['list']}/halte/{ids['visit']}"
        terms, hand_over = "/ontvangers/afspraken", "/meldingen/postbak/{signal_id}/doorgeven"
        prepare, handed = f"/riec/{ids['confirmed']}/voorbereiden", "/zaken/{case_id}/overdracht"
        at, signal, riec = {"list_id": ids["list"]}, {"signal_id": ids["signal"]}, {"case_id": ids["confirmed"]}
        return [
            _on("links", "/koppelingen", ESRA),
            _on("pair", "/koppelingen/{link_id}", ESRA, link_id=ids["link"]),
            _on("outcome, agreed", "/koppelingen/{link_id}/uitkomst", ESRA, link_id=ids["agreed"]),
            _on("outcome, not agreed", "/koppelingen/{link_id}/uitkomst", FEMKE, link_id=ids["disagreed"]),
            _on("visits", "/bezoeken", ANNA),
            _on("new visits", "/bezoeken/nieuw", ANNA),
            _on("new visits, refused", "/bezoeken/nieuw", ANNA, send("/bezoeken/nieuw", dag="")),
            _on("new visits, first look", "/bezoeken/nieuw", ANNA, query=f"?zaak={ids['linked']}"),
            _on("walking list", "/bezoeken/{list_id}", ANNA, **at),
            _on("stop", "/bezoeken/{list_id}/halte/{visit_id}", ANNA, visit_id=ids["visit"], **at),
            _on("stop, refused", stop, ANNA, send(stop, notitie="Bel 06-12345678.")),
            _on("stop, a colleague was first", stop, ANNA, _recorded_meanwhile(stop)),
            _on("on the way", "/bezoeken/onderweg/{list_id}", ANNA, **at),
            _on("on the way, unsent records", "/bezoeken/onderweg/{list_id}", ANNA, _without_a_line(stop), **at),
            _on("on the way, kept", "/bezoeken/onderweg/{list_id}", ANNA, query="?bewaar=ja", **at),
            _on("signals received", "/meldingen/postbak", GIJS),
            _on("letter", "/meldingen/postbak/{signal_id}", GIJS, **signal),
            _on("letter, refused", letter, GIJS, send(letter)),
            _on("letter, care", "/meldingen/postbak/{signal_id}", GIJS, signal_id=ids["care"]),
            _on("letter, not used", "/meldingen/postbak/{signal_id}", GIJS, signal_id=ids["unused"]),
            _on("letter, handed over", "/meldingen/postbak/{signal_id}", GIJS, signal_id=ids["handed"]),
            _on("hand-over", hand_over, GIJS, query="?aan=toezicht", **signal),
            _on("hand-over, done", hand_over, GIJS, query=f"?aan={RIEC}", signal_id=ids["handed"]),
            _on("hand-over, refused", hand_over, GIJS, send(f"{letter}/doorgeven"), query=f"?aan={RIEC}", **signal),
            _on("tips at partners", "/meldingen/partners", GIJS),
            _on("tips at partners, refused", "/meldingen/partners", GIJS, _call_back(ids["at_partner"])),
            _on("rota, nobody", "/meldingen/rooster", GIJS),
            _on("rota, refused", "/meldingen/rooster", DAAN, send("/meldingen/rooster")),
            _on("tips in figures", "/meldingen/cijfers", GIJS),
            _on("deliveries", "/leveringen", DAAN),
            _on("deliveries, columns", "/leveringen", DAAN, _open_details),
            _on("deliveries, refused", "/leveringen", DAAN, send("/leveringen")),
            _on("age unknown, refused", "/leveringen", ESRA, send("/leveringen/bevestigen")),
            _on("deliveries, own proposal", "/leveringen", ESRA),
            _on("start, a delivery waits", "/", ESRA),
            _on("requests", "/verzoeken", DAAN),
            _on("requests, read along", "/verzoeken", HANNA),
            _on("request, new", "/verzoeken/nieuw", DAAN),
            _on("request, refused", "/verzoeken/nieuw", DAAN, send("/verzoeken/nieuw")),
            _on("request, of oneself", "/verzoeken/{request_id}", DAAN, request_id=ids["request"]),
            _on("request, to be decided", "/verzoeken/{request_id}", CARLA, request_id=ids["request"]),
            _on("request, granted", "/verzoeken/{request_id}", CARLA, request_id=ids["granted"]),
            _on("retention, of an auditor", "/bewaren", HANNA),
            _on("retention, one's own", "/bewaren", CARLA),
            _on("rules", "/regels", ESRA),
            _on("rules, of an officer", "/regels", ANNA),
            _on("rules, stop without a reason", "/regels", DAAN, send("/regels/stoppen")),
            _on("load of rules", "/regels/drukte", DAAN),
            _on("rule, prepared", "/regels/concept/{draft_id}", ESRA, draft_id=ids["draft"]),
            _on("rule, to be approved", "/regels/versie/{version_id}", DAAN, version_id=ids["version"]),
            _on("rule, one's own", "/regels/versie/{version_id}", ESRA, version_id=ids["version"]),
            _on(
                "rule, approved without a day",
                "/regels/versie/{version_id}",
                DAAN,
                send(f"/regels/versie/{ids['version']}/akkoord"),
                version_id=ids["version"],
            ),
            _on("unseen", "/niet-gezien", DAAN),
            _on("unseen, no reason", "/niet-gezien", DAAN, _close_without_a_reason(ids["unseen"])),
            _on("dashboard, too little", "/overzicht", DAAN),
            _on("quality", "/kwaliteit", ESRA),
            _on("accounts", "/accounts", IVO),
            _on("keys", "/sleutels", IVO),
            _on("ledger", "/logboek", HANNA),
            _on("ledger, wrong day", "/logboek", HANNA, query="?van=gisteren"),
            _on("ledger, checked", "/logboek/controle", HANNA),
            _on("reads of a month", "/logboek/maand", HANNA),
            _on("head", "/logboek/stand", HANNA),
            _on("head, refused", "/logboek/stand", HANNA, _no_signature),
            _on("RIEC", "/riec", ANNA),
            _on("RIEC, signal", "/riec/{case_id}", BRAM, **riec),
            _on("RIEC, of the preparer", "/riec/{case_id}", ANNA, **riec),
            _on("RIEC, prepare", "/riec/{case_id}/voorbereiden", ANNA, **riec),
            *(_on(f"RIEC, prepare, step {n}", prepare, ANNA, _to_step(n)) for n in range(2, 6)),
            _on("RIEC, prepare, refused", prepare, ANNA, send(prepare)),
            _on("RIEC, prepare, of another night", prepare, ANNA, _of_another_night(prepare)),
            _on("RIEC, batches", "/riec-leveringen", DAAN),
            _on("RIEC, batch to sign", "/riec-leveringen/{batch_id}", BRAM, batch_id=ids["batch"]),
            _on("RIEC, batch of the approver", "/riec-leveringen/{batch_id}", DAAN, batch_id=ids["batch"]),
            _on("recipients", "/ontvangers", ANNA),
            _on("recipients, refused", "/ontvangers", ANNA, send("/ontvangers")),
            _on("hand-overs", handed, BRAM, **riec),
            _on("hand-overs, of the preparer", handed, ANNA, **riec),
            _on("hand-overs, refused", handed, BRAM, send(handed.format(**riec)), **riec),
            _on("agreements", terms, ANNA, query="?soort=riec"),
            _on("agreements, refused", terms, ANNA, send(terms), query="?soort=politie"),
        ]

    def _refused(self) -> list[State]:
        return [
            _on("403", "/accounts", ANNA),
            _on("404", "/bestaat-niet", ANNA),
            _on("404 of a case", f"/zaken/{self.ids['sensitive']}", ANNA, _purpose_if_asked),
            _on("405", "/zaken/volgende", ANNA),
        ]


def _no_signature(page) -> None:
    page.locator("textarea[name=handtekening]").fill("geen handtekening")
    with page.expect_navigation():
        page.locator("main form button[type=submit]:not([name=concept])").last.click()


def _given(answer) -> None:
    assert answer.status_code == 303, officers.words(answer.text)


def _purpose_if_asked(page) -> None:
    if page.locator("form[action='/doel']").count():
        page.locator("main input[name=doel]").first.check()
        send("/doel")(page)


def _send_act(kind: str, form: str) -> Callable:
    """Open the form of an act and send it as it is."""

    def act(page) -> None:
        page.locator(f"#a-{kind} > summary").click()
        with page.expect_navigation():
            page.locator(f"#a-{kind} form[action='{form}'] button[type=submit]").click()

    return act


def _open_details(page) -> None:
    page.locator("main summary").first.click()


def _call_back(path: str) -> Callable:
    """Open the form with which something is called back, and send it without a reason."""

    def act(page) -> None:
        page.locator(f"details:has(form[action='{path}/terug']) > summary").click()
        send(f"{path}/terug")(page)

    return act


def _camera(page) -> None:
    page.locator("[data-v-photo]").first.click()
    page.locator('[data-v-part="shoot"]:enabled').wait_for()


def _photo_taken(page) -> None:
    _camera(page)
    page.locator('[data-v-part="shoot"]').click()
    page.locator('[data-v-part="edit"]').wait_for()


def _open_everything(page) -> None:
    """Open every fold of a page, those within a fold too."""
    page.evaluate("document.querySelectorAll('main details').forEach(fold => { fold.open = true; })")


def _close_without_a_reason(case_id: str) -> Callable:
    def act(page) -> None:
        with page.expect_navigation():
            page.locator(f"form[action='/niet-gezien/{case_id}'] button[value=sluiten]").click()

    return act


def _refused_choice(page) -> None:
    page.locator("main details summary").first.click()
    send("/zaken/keuzes", naam="  ")(page)


def _alike(form: str, judged: str) -> Callable:
    def act(page) -> None:
        choose("bevestigd_afwijking")(page)
        send(form, motivering=f"{officers.WHY} Dit is zaak {judged[:4]}!")(page)

    return act


def _when_decided(form: str, decided: str) -> Callable:
    """A form that is sent when two colleagues concluded the case meanwhile; here: of a case that is over."""

    def act(page) -> None:
        page.locator(f"form[action='{form}']").evaluate(
            "(form, path) => { form.action = path; }", f"/zaken/{decided}/oordeel"
        )
        choose("data_fout")(page)
        send(f"/zaken/{decided}/oordeel", motivering=f"{OTHER} Dat zag ik ook.")(page)

    return act


def _signed_out(form: str) -> Callable:
    """A form that is sent with the token of a session that is over: what was written is kept."""

    def act(page) -> None:
        page.locator(f"form[action='{form}'] [name=csrf_token]").evaluate("field => { field.value = 'van gisteren'; }")
        choose("afwijking")(page)
        send(form, tekst=officers.READING)(page)

    return act


def _recorded_meanwhile(stop: str) -> Callable:
    """What was found, sent when a colleague had recorded it already."""

    def act(page) -> None:
        page.locator("[name=vervangt]").evaluate("field => { field.value = ''; }")
        choose("niemand_aanwezig")(page)
        send(stop)(page)

    return act


def _without_a_line(stop: str) -> Callable:
    """What was found, kept on the phone since it could not be sent; then the page from which one signs out."""

    def act(page) -> None:
        page.route(f"**{stop}/telefoon", lambda route: route.abort())
        page.wait_for_selector('[data-record="yes"]')
        page.locator("main summary").first.click()
        page.locator("main details[open] input[value=niemand_aanwezig]").check()
        page.locator("main details[open] form button[type=submit]").click()
        page.wait_for_selector('[data-v-is="waiting"]')
        page.goto(page.url.partition("/bezoeken")[0] + "/bezoeken?afmelden=ja")
        page.wait_for_selector('[data-unsent="1"]')

    return act


def _to_step(step: int) -> Callable:
    """Go to a step of the form of a signal to a partner."""

    def act(page) -> None:
        with page.expect_navigation():
            page.locator(f"main .e-steps__button[value='{step}']").click()

    return act


def _of_another_night(form: str) -> Callable:
    """A form that is sent after another night was published, as though it had been open all the time."""

    def act(page) -> None:
        page.locator("input[name=run]").evaluate("field => { field.value = 'gisteren'; }")
        send(form)(page)

    return act


def _after_a_colleague(form: str) -> Callable:
    """A form that is sent after a colleague judged, as though it had been open all the time."""

    def act(page) -> None:
        page.locator(f"form[action='{form}'] [name=versie]").evaluate("field => { field.value = '1'; }")
        choose("data_fout")(page)
        send(form, motivering=f"{OTHER} Dat zag ik ook.")(page)

    return act
