"""A review with one of each kind of object that a route can name: one's own, a colleague's, a sensitive one, none.

What is sensitive is so because of records that stand elsewhere or under the same roof, and each has words of its own
that stand nowhere else: a number, a trade name, people, an address.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import polars as pl

from flows.catalogue import all_indicators
from screening.base.civil_time import day_of
from screening.base.vocabulary import Purpose, ReviewOutcome, Role
from screening.casework.cases.readings import DOSSIER, mark_opened
from screening.casework.cases.sync import sync_cases
from screening.casework.links.link_readings import record_link_reading
from screening.casework.tips.care_contacts import ask_contact
from screening.casework.tips.sightings import Sighting
from screening.casework.tips.tips import report_tip
from screening.casework.viewer import Viewer
from screening.casework.visits.lists import VisitList
from screening.casework.visits.planning import plan_visits
from screening.partners.desk.attachment_intake import keep_attachment
from screening.partners.desk.drafts import batch_drafts
from screening.partners.desk.hand_overs import partner_hand_overs
from screening.partners.desk.sheets import make_sheet
from screening.partners.desk.signal_versions import AWAITS_EXTRA, DRAFT
from screening.partners.desk.signals import approve_signal
from screening.partners.desk.tip_hand_overs import hand_tip_over
from screening.review.pages_registry import PageRoute
from screening.rights.due import Due
from screening.rights.erasure_plan import prepare_plan
from screening.rights.objections import register_request
from screening.rights.terms import Terms
from screening.store import RunBundle, Store, publish
from screening.store.access.accounts import admit
from screening.store.access.saved_filters import save_filter, saved_filters
from screening.store.rules.governance import propose_rule
from screening.store.schema.acts import case_hand_over
from screening.store.schema.cases import review_case
from screening.store.schema.visits import visit_list, visit_stop
from tests.casework import linked
from tests.casework.acts.test_hand_over import raw
from tests.casework.caseload import ANNA, BRAM, case_of, judged, read
from tests.casework.photos import kept_photo
from tests.partners.desk.disclosed import (
    DAY,
    INNOCENT,
    KAAT,
    RIEC,
    SARA,
    agreed,
    policy,
    prepared,
    recipient,
    whole_night,
)
from tests.partners.pdfs import document
from tests.review.conftest import ISSUER, Review
from tests.rule_dossiers import draft_rule
from tests.store.bundles import address

#: Flagged and confirmed, flagged, drawn, lapsed: each first an ordinary address, then a sensitive one.
CONFIRMED, WAITING, DRAWN, LAPSED = (1, 12), (3, 14), (5, 16), (7, 18)
SENSITIVE = (12, 14, 16, 18)
#: Whose objects are one's own; a colleague of theirs. Neither has the role for what is sensitive.
OWN, COLLEAGUE = "o.eigen", "p.collega"
#: How each role asks: all that may be asked without the role for what is sensitive.
PLAIN_ROLES = tuple(role for role in Role if role is not Role.SENSITIVE_REVIEWER)


def hidden_words() -> set[str]:
    """What only sensitive records and dossiers say."""
    return {word for n in SENSITIVE for word in words_of(n)} | {"Jasmijnhof", _operator(99)}


def words_of(n: int) -> set[str]:
    """What only the dossier of a sensitive address says: its address, and the licence, the operator and the manager."""
    return {f"Teststraat {n}, ", _number(n), f"Privéhuis {n}", _operator(n), _manager(n)}


def _number(n: int) -> str:
    return f"SV-{n:07d}"


def _operator(n: int) -> str:
    return f"Zwaantje Hoogendijk{n}"


def _manager(n: int) -> str:
    return f"Ubbo Oldenziel{n}"


def town(*, with_sensitive: bool = True) -> RunBundle:
    """A night in which the sensitive addresses are so by their records, and touch the ordinary ones where they can.

    Without them: the same night where they are not.
    """
    flagged = [n for pair in (CONFIRMED, WAITING, LAPSED) for n in pair if with_sensitive or n not in SENSITIVE]
    bundle = whole_night(flagged, drawn=DRAWN if with_sensitive else DRAWN[:1])
    files, is_hidden = dict(bundle.frames), pl.col("address_id").is_in([address(n) for n in SENSITIVE])
    number = pl.col("address_id").str.slice(-2).cast(pl.Int64)
    files["flags.parquet"] = files["flags.parquet"].with_columns(
        sensitive=is_hidden, indicator_codes=pl.when(is_hidden).then(pl.lit(["PER-04"])).otherwise("indicator_codes")
    )
    sentence = pl.format("Vergunning {} is ingetrokken.", number.map_elements(_number, pl.String))
    licence = number.map_elements(lambda n: f"seksinrichtingen:{_number(n)}", pl.String)
    line = pl.format("leidinggevenden:r{}", number)
    files["evidence.parquet"] = files["evidence.parquet"].with_columns(
        indicator=pl.when(is_hidden).then(pl.lit("PER-04")).otherwise("indicator"),
        explanation_nl=pl.when(is_hidden).then(sentence).otherwise("explanation_nl"),
        explanation_en=pl.when(is_hidden).then(sentence).otherwise("explanation_en"),
        record_ids=pl.when(is_hidden).then(pl.concat_list("record_ids", licence, line)).otherwise("record_ids"),
    )
    probable = [
        {
            "link_id": f"L-{n}-{other}",
            "left": f"vergunningen:Z{n}:houder:person",
            "level": "probable",
            "right": f"leidinggevenden:r{other}:beheerder:person",
        }
        for n in (CONFIRMED[0], WAITING[0], DRAWN[0])
        for other in SENSITIVE
    ]
    files["links.parquet"] = pl.concat([files["links.parquet"], pl.DataFrame(probable)], how="diagonal")
    rules = [rule for rule in all_indicators() if rule.code in {"LIC-04", "PER-04"}]
    grounds = {"legal_basis": "APV art. 2:28", "dpia": "DPIA-1", "fg_advice": DAY, "innocent_nl": [INNOCENT]}
    registers = ("vergunningen", "handelsregister", "bag_adressen", "seksinrichtingen", "leidinggevenden")
    meta = {
        "indicators": {"run": [{"code": rule.code, "without": []} for rule in rules], "not_run": []},
        "inputs": [{"dataset": name, "path": f"{name}.csv", "sha256": name} for name in registers],
        "unavailable": [],
    }
    declared = [rule.declaration(rule.parameters({})) | grounds for rule in rules]
    if not with_sensitive:
        return replace(bundle, meta=meta, declarations=declared, links_to_judge=linked.rows(range(1, 4)))
    records = [record for n in SENSITIVE for record in _records(n)]
    # the licence and its manager under the roof of a drawn one; the manager, to be left out, at ordinary addresses too
    of_drawn = [row for row in records if row["address_id"] == address(DRAWN[1])]
    at_address = of_drawn + [{**of_drawn[1], "address_id": address(n)} for n in (CONFIRMED[0], WAITING[0], DRAWN[0])]
    return replace(
        bundle,
        frames=files,
        meta=meta,
        declarations=declared,
        dossier_records=pl.concat([bundle.dossier_records, pl.DataFrame(at_address)], how="diagonal"),
        cited_records=pl.DataFrame(records, schema=bundle.dossier_records.schema),
        dossier_parties=pl.concat([bundle.dossier_parties, pl.DataFrame(_parties())], how="diagonal"),
        sensitive_records=pl.DataFrame({"dataset": "leidinggevenden", "key": [f"r{n}" for n in SENSITIVE]}),
        links_to_judge=_links_to_judge(),
    )


def _records(n: int) -> list[dict[str, object]]:
    fields = {
        "seksinrichtingen": (
            _number(n),
            {
                "vergunning_id": _number(n),
                "type": "club",
                "status": "ingetrokken",
                "handelsnaam": f"Privéhuis {n}",
                "exploitant_naam": _operator(n),
                "straatnaam": "Jasmijnhof",
                "huisnummer": str(n),
            },
        ),
        "leidinggevenden": (f"r{n}", {"zaaknummer": _number(n), "naam": _manager(n), "rol": "beheerder"}),
    }
    return [
        {
            "address_id": address(n),
            "dataset": dataset,
            "key": key,
            "fields": json.dumps(told),
            "fingerprint": f"print {key}",
        }
        for dataset, (key, told) in fields.items()
    ]


def _parties() -> list[dict[str, object]]:
    people = [
        (dataset, key, role, name)
        for n in SENSITIVE
        for dataset, key, role, name in (
            ("seksinrichtingen", _number(n), "exploitant", _operator(n)),
            ("leidinggevenden", f"r{n}", "beheerder", _manager(n)),
        )
    ]
    return [
        {
            "mention": f"{dataset}:{key}:{role}:person",
            "dataset": dataset,
            "key": key,
            "party_id": f"h-{key}",
            "role": role,
            "kind": "person",
            "name": name,
            "fingerprint": f"print {key}",
        }
        for dataset, key, role, name in people
    ]


def _links_to_judge() -> pl.DataFrame:
    links, hidden = linked.rows(range(1, 4)), linked.rows(range(4, 6), sensitive=(4, 5))
    side = dict.fromkeys(("kvk_nummer", "active_from", "active_to"), "") | {
        "name": _operator(99),
        "dataset": "seksinrichtingen",
        "key": _number(12),
        "trade_names": "Privéhuis 12",
        "role": "exploitant",
        "birth_year": "1970",
        "address": "Jasmijnhof 12",
    }
    return pl.concat([links, hidden.with_columns(left_side=pl.lit(json.dumps(side)))])


@dataclass
class Objects:
    """The ids. `named`: what stands for the parameters of a route, by variant: "own", "absent", and those hidden."""

    review: Review
    named: dict[frozenset[str], dict[str, dict[str, str]]] = field(default_factory=dict)

    def of(self, route: PageRoute) -> dict[str, dict[str, str]]:
        """The variants of a route's parameters. KeyError for a kind of object that nobody described here."""
        return self.named[parameters(route)]


def parameters(route: PageRoute) -> frozenset[str]:
    """The names of the parameters of a path."""
    return frozenset(part.partition(":")[0] for part in route.path.replace("}", "{").split("{")[1::2])


def made_on(review: Review, *, with_sensitive: bool = True) -> Objects:
    """Publish the night and do half of the work, as people of every kind."""
    store, now = review.store, review.clock.now
    for account in (OWN, COLLEAGUE):
        admit(store, account=account, issuer=ISSUER, subject=account, name=account, now=now)
    own, colleague = (Viewer(name, frozenset({Role.OFFICER})) for name in (OWN, COLLEAGUE))
    publish(store, review.workspace, town(with_sensitive=with_sensitive))
    sync_cases(store, now=now)
    numbers = [n for pair in (CONFIRMED, WAITING, DRAWN, LAPSED) for n in pair if with_sensitive or n not in SENSITIVE]
    ids = {n: case_of(store, n, now=now).case_id for n in numbers}
    for n in ids.keys() & set(CONFIRMED):
        # a plain one was judged by oneself
        for judge in (own if n not in SENSITIVE else ANNA, BRAM):
            judged(store, judge, ids[n], ReviewOutcome.BEVESTIGD_AFWIJKING, now=now)
    read(store, own, ids[WAITING[0]], now=now)
    mark_opened(store, own, ids[DRAWN[0]], DOSSIER, now=now)
    # and two from when this person had the role: they are still on their name
    for n in ids.keys() & {WAITING[1], DRAWN[1]}:
        read(store, Viewer(OWN, frozenset({Role.OFFICER, Role.SENSITIVE_REVIEWER})), ids[n], now=now)
    analyst, reviewer = Viewer(OWN, frozenset({Role.ANALYST})), frozenset({Role.ANALYST, Role.SENSITIVE_REVIEWER})
    record_link_reading(store, analyst, linked.link(2), "positive", now=now)
    if with_sensitive:
        record_link_reading(store, Viewer(OWN, reviewer), linked.link(5), "positive", now=now)
    with store.engine.begin() as connection:
        connection.execute(case_hand_over.insert(), raw(ids[CONFIRMED[0]]))
    _signals_to_partner(review, ids)
    lists = _visits(review, own, ids)
    review.clock.forward(minutes=40)
    objects = Objects(review)
    objects.named = _named(review, ids, lists, own, colleague)
    return objects


def _signals_to_partner(review: Review, ids: dict[int, str]) -> None:
    """A signal of each confirmed case, with the approvals that it asks for, a batch of each kind, and a sheet."""
    recipient(review.store)
    for n in sorted(ids.keys() & set(CONFIRMED)):
        code = "PER-04" if n in SENSITIVE else "LIC-04"
        signal = prepared(review.store, ids[n], n, code=code, now=review.clock.now)
        for approver in (KAAT, SARA):
            if signal.state in {DRAFT, AWAITS_EXTRA}:
                signal = approve_signal(
                    review.store,
                    approver,
                    ids[n],
                    content_sha256=signal.content_sha256,
                    policy=policy(),
                    now=review.clock.now,
                )
    agreed(review.store, "politie-oost", "politie")
    make_sheet(
        review.store,
        KAAT,
        ids[CONFIRMED[0]],
        policy(),
        recipient="politie-oost",
        theme="misbruik_van_bedrijven",
        organisations=frozenset(),
        purpose=Purpose.VERG,
        now=review.clock.now,
    )
    preparer = review.client(Role.OFFICER, Role.SENSITIVE_REVIEWER, account="lea")
    assert preparer.send_form("/riec-leveringen", {"ontvanger": RIEC}).status_code == 303


def _visits(review: Review, own: Viewer, ids: dict[int, str]) -> dict[str, VisitList]:
    """A list of one's own and of a colleague; a sensitive one on which one walks along, from when one had the role."""
    mine = plan_visits(review.store, own, [ids[CONFIRMED[0]]], for_date=DAY, now=review.clock.now)
    lists = {"own": mine, "foreign": _foreign_list(review, mine)}
    if CONFIRMED[1] not in ids:
        return lists
    hidden = plan_visits(review.store, ANNA, [ids[CONFIRMED[1]]], for_date=DAY, now=review.clock.now)
    with review.store.engine.begin() as connection:
        connection.execute(visit_list.update().where(visit_list.c.list_id == hidden.list_id).values(companion=OWN))
    return lists | {"sensitive": hidden}


def _named(
    review: Review, ids: dict[int, str], lists: dict[str, VisitList], own: Viewer, colleague: Viewer
) -> dict[frozenset[str], dict[str, dict[str, str]]]:
    store, now = review.store, review.clock.now
    seen_at = Sighting(seen_on=DAY, postcode="1214 AB", house_number=14, observations=("mattresses",))
    tip = report_tip(store, own, seen_at, now=now)
    contact = Viewer("c.contact", frozenset({Role.CONTACT_PERSON}))
    given = {"recipient": RIEC, "way": "phone", "handed_on": day_of(now), "is_checked": True}
    told = hand_tip_over(store, contact, tip, **given, now=now)
    with store.engine.begin() as connection:
        ask_contact(connection, "0201234567", now=now)
    for viewer in (own, colleague):
        save_filter(store, viewer.account, "queue", "Mijn keuze", {"wie": "mij"})
    filters = {viewer: str(saved_filters(store, viewer.account, "queue")[0].id) for viewer in (own, colleague)}
    with store.engine.begin() as connection:
        lapse = review_case.update().values(expires_on=now.date() - timedelta(days=1))
        connection.execute(lapse.where(review_case.c.case_id.in_([ids[n] for n in ids.keys() & set(LAPSED)])))
    assert sync_cases(store, now=now, again=True).lapsed
    numbers = {
        "own": WAITING[0],
        "own, drawn": DRAWN[0],
        "own, closed": CONFIRMED[0],
        "sensitive": WAITING[1],
        "sensitive, drawn": DRAWN[1],
        "sensitive, closed": CONFIRMED[1],
    }
    cases = {name: ids[n] for name, n in numbers.items() if n in ids} | {"absent": "0123456789abcdef"}
    walks = {name: {"list_id": walk.list_id, "visit_id": walk.stops[0].visit_id} for name, walk in lists.items()}
    walks |= {
        f"a {name} stop": {**walks["own"], "visit_id": walks[name]["visit_id"]} for name in walks if name != "own"
    } | {"absent": {"list_id": "0123456789abcdef", "visit_id": "0123456789abcdef"}}
    photos = {
        name: kept_photo(
            review.settings.workspace, walk.stops[0].case_id, now=now, visit_id=walk.stops[0].visit_id
        ).photo_id
        for name, walk in lists.items()
    }
    [sheet] = [str(each.id) for each in partner_hand_overs(store, [ids[CONFIRMED[0]]])]
    of_case = {name: walk.stops[0].case_id for name, walk in lists.items()}
    return {
        frozenset(): {"own": {}},
        frozenset({"case_id"}): {name: {"case_id": case_id} for name, case_id in cases.items()},
        frozenset({"case_id", "position"}): {
            name: {"case_id": case_id, "position": "0"} for name, case_id in cases.items()
        },
        frozenset({"case_id", "file_id"}): {
            name: {"case_id": case_id, "file_id": "1"} for name, case_id in cases.items()
        },
        frozenset({"list_id"}): {
            name: {"list_id": walk["list_id"]} for name, walk in walks.items() if "stop" not in name
        },
        frozenset({"list_id", "visit_id"}): walks,
        frozenset({"list_id", "visit_id", "photo_id"}): {
            **{name: {**walks[name], "photo_id": photo_id} for name, photo_id in photos.items()},
            "a photo of a foreign stop": {**walks["own"], "photo_id": photos["foreign"]},
            "absent": {**walks["own"], "photo_id": "0123456789abcdef"},
        },
        frozenset({"case_id", "photo_id"}): {
            # who may read what was found at a confirmed case sees its photos, whoever made them
            **{name: {"case_id": of_case[name], "photo_id": photos[name]} for name in photos if name != "foreign"},
            "absent": {"case_id": of_case["own"], "photo_id": "0123456789abcdef"},
        },
        frozenset({"link_id"}): {
            name: {"link_id": linked.link(number)}
            for name, number in {"own": 1, "own, read": 2, "sensitive": 4, "sensitive, read": 5, "absent": 9}.items()
        },
        frozenset({"lapsed_id"}): {
            name: {"lapsed_id": ids.get(n, "0123456789abcdef")}
            for name, n in {"own": LAPSED[0], "sensitive": LAPSED[1], "absent": 0}.items()
        },
        frozenset({"case_id", "signal_id"}): {
            name: {"case_id": case_id, "signal_id": tip} for name, case_id in cases.items()
        },
        frozenset({"signal_id"}): {"own": {"signal_id": tip}, "absent": {"signal_id": "0123456789abcdef"}},
        frozenset({"paper"}): {"own": {"paper": "dpia.md"}, "absent": {"paper": "geen.md"}},
        frozenset({"number"}): {"own": {"number": "1"}, "absent": {"number": "4321"}},
        frozenset({"filter_id"}): {
            "own": {"filter_id": filters[own]},
            "foreign": {"filter_id": filters[colleague]},
            "absent": {"filter_id": "4321"},
        },
        frozenset({"batch_id"}): {
            "absent": {"batch_id": "L-0123456789abcdef"},
            **{
                ("sensitive" if draft.sensitive else "own"): {"batch_id": draft.batch_id}
                for draft in batch_drafts(store)
            },
        },
        frozenset({"case_id", "digest"}): {
            "absent": {"case_id": "0123456789abcdef", "digest": "0" * 64},
            **{
                ("sensitive" if n in SENSITIVE else "own"): {
                    "case_id": ids[n],
                    "digest": keep_attachment(review.settings.workspace, ids[n], document()).sha256,
                }
                for n in sorted(ids.keys() & set(CONFIRMED))
            },
        },
        frozenset({"case_id", "hand_over_id"}): {
            **{
                ("sensitive" if n in SENSITIVE else "own"): {"case_id": ids[n], "hand_over_id": sheet}
                for n in sorted(ids.keys() & set(CONFIRMED))
            },
            "absent": {"case_id": "0123456789abcdef", "hand_over_id": sheet},
        },
        frozenset({"hand_over_id"}): {"own": {"hand_over_id": str(told.id)}, "absent": {"hand_over_id": "4321"}},
        frozenset({"agreement_id"}): {"own": {"agreement_id": "1"}, "absent": {"agreement_id": "4321"}},
        frozenset({"account"}): {"own": {"account": OWN}, "absent": {"account": "nobody.there"}},
        frozenset({"question_id"}): {"own": {"question_id": "sluiten-damocles"}, "absent": {"question_id": "niets"}},
        frozenset({"name"}): {"own": {"name": "zaken.png"}, "absent": {"name": "niets.png"}},
        frozenset({"desk"}): {"own": {"desk": "burgerzaken"}, "absent": {"desk": "kantine"}},
        frozenset({"fingerprint"}): {"absent": {"fingerprint": "0" * 64}},
        **_decided_on_pages(store, now, ids.get(CONFIRMED[1], ids[CONFIRMED[0]]), with_sensitive=WAITING[1] in ids),
    }


def _decided_on_pages(
    store: Store, now: datetime, past_its_term: str, *, with_sensitive: bool
) -> dict[frozenset[str], dict[str, dict[str, str]]]:
    """Rules, requests and an erasure (of a case, sensitive where there is one) that wait for a person."""
    draft, proposed = (draft_rule(store, code, now=now) for code in ("LIC-04", "NUI-01"))
    version = propose_rule(store, proposed, by=COLLEAGUE, now=now, reason="eerste versie")
    asked = {"case_file": "Z-2026-00123", "received_on": DAY, "by": COLLEAGUE, "now": now}
    requests = {"own": register_request(store, "objection", address_id="0599010000000001", **asked)}
    if with_sensitive:
        requests |= {
            f"sensitive, {record}": register_request(store, "rectification", record=record, **asked)
            for record in ("seksinrichtingen:SV-1", "leidinggevenden:r12")
        }
    plan = prepare_plan(
        store, [Due("run", "a" * 16, DAY), Due("case", past_its_term, DAY)], {}, Terms(), by="system", now=now
    )
    assert plan
    absent = "0123456789abcdef"
    return {
        frozenset({"draft_id"}): {"own": {"draft_id": draft.draft_id}, "absent": {"draft_id": absent}},
        frozenset({"version_id"}): {"own": {"version_id": version.version_id}, "absent": {"version_id": absent}},
        frozenset({"request_id"}): {
            **{name: {"request_id": request.objection_id} for name, request in requests.items()},
            "absent": {"request_id": absent},
        },
        frozenset({"plan_id"}): {"own": {"plan_id": plan.plan_id}, "absent": {"plan_id": absent}},
    }


def _foreign_list(review: Review, mine: VisitList) -> VisitList:
    """The same walk as a list of a colleague: copied, since a case is on one list at a time."""
    of_list = {"list_id": "fedcba9876543210"}
    changes = {
        visit_list: of_list | {"made_by": COLLEAGUE, "companion": None},
        visit_stop: of_list | {"visit_id": "fedcba9876543211"},
    }
    with review.store.engine.begin() as connection:
        for table, changed in changes.items():
            row = connection.execute(table.select().where(table.c.list_id == mine.list_id)).one()
            connection.execute(table.insert().values(**{**row._mapping, **changed}))
    stop = replace(mine.stops[0], visit_id="fedcba9876543211")
    return replace(mine, list_id=of_list["list_id"], made_by=COLLEAGUE, stops=(stop,))
