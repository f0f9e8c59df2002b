"""Everything that the store holds about an address or a person, from every run that is kept (AVG art. 15)."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import polars as pl
import sqlalchemy as sa

from screening.base.frames import Row
from screening.casework.acts.acts import CaseAct, acts_of
from screening.casework.acts.hand_over import HandOver, hand_overs_of
from screening.casework.cases.history import CaseStep, case_history
from screening.casework.data_subject_requests import Request, subject_requests
from screening.casework.links.judgements import judged_pairs
from screening.casework.tips.address_tips import tips_about
from screening.casework.tips.forwarding import receipts_of
from screening.casework.tips.sightings import House
from screening.partners.desk.disclosures import disclosures
from screening.partners.desk.feedback import InBatch, Told, Written, feedback_texts, outcomes
from screening.partners.desk.hand_overs import PartnerHandOver, RecallableHandOver, partner_hand_overs
from screening.partners.desk.tip_hand_overs import tip_hand_overs_at
from screening.store.engine import guarded
from screening.store.schema.cases import case_note, review_case
from screening.store.schema.runs import (
    cited_record,
    dossier_address,
    dossier_link,
    dossier_party,
    dossier_record,
    link_to_judge,
    network_tie,
)
from screening.store.schema.visits import visit_outcome, visit_stop
from screening.store.store import Store

#: Whether a mention is of the person who asks: name as written, full birth date.
IsPerson = Callable[[str, date], bool]


def dossiers_of_address(store: Store, address_id: str) -> list[Row]:
    """A dossier of the address for each run that is kept, newest first: records, parties, flag, hits, sample, links."""
    query = sa.select(dossier_address.c.run_id).where(dossier_address.c.address_id == address_id)
    with guarded("reading dossiers"), store.engine.connect() as connection:
        runs = [store.require(run_id) for run_id in connection.scalars(query).all()]
    dossiers = []
    for run in sorted(runs, key=lambda published: published.published_seq, reverse=True):
        dossier = store.dossier(run.run_id, address_id)
        if dossier is None:
            continue
        dossiers.append(
            {
                "run_id": run.run_id,
                "as_of": run.as_of,
                "address": dossier.address,
                "drawn_at_random": dossier.kind == "sample",
                "flag": dossier.flag,
                "hits": with_rule_names(dossier.evidence, dossier.declarations),
                "records": dossier.records,
                "parties": dossier.parties.to_dicts(),
                "links": dossier.links.to_dicts(),
                "network": store.rows(network_tie, run.run_id, network_tie.c.address_id == address_id).to_dicts(),
            }
        )
    return dossiers


def named_elsewhere(
    store: Store, *, address_id: str | None = None, records: Collection[tuple[str, str]] = (), run_id: str = ""
) -> list[Row]:
    """Return what the dossiers of other addresses tell of an address, or of these records (`dataset`, `key`) of a run.

    One row a record and dossier, with the ids of the cases that show it; which address that is, is not told: it is
    somebody else's.
    """
    is_named = network_tie.c.place_id == address_id
    if address_id is None:
        of_record = sa.tuple_(network_tie.c.dataset, network_tie.c.key)
        is_named = sa.and_(network_tie.c.run_id == run_id, of_record.in_(sorted(records)))
    facts = [network_tie.c[name] for name in ("run_id", "dataset", "key", "kind", "name", "starts", "ends")]
    of_dossier = (review_case.c.run_id == network_tie.c.run_id, review_case.c.address_id == network_tie.c.address_id)
    query = (
        sa.select(*facts, review_case.c.case_id)
        .select_from(network_tie)
        .outerjoin(review_case, sa.and_(*of_dossier))
        .where(is_named)
        .distinct()
        .order_by(*facts[:3], review_case.c.case_id)
    )
    with guarded("reading networks"), store.engine.connect() as connection:
        return [dict(row._mapping) for row in connection.execute(query)]


def with_rule_names(hits: pl.DataFrame, declarations: Mapping[str, Mapping[str, object]]) -> list[Row]:
    """Hits with `rule_nl`: what their rule is called in the run that they are of."""
    names = {code: declaration.get("name_nl") or code for code, declaration in declarations.items()}
    return [{**hit, "rule_nl": names.get(hit["indicator"], hit["indicator"])} for hit in hits.to_dicts()]


def mentions_of_person(store: Store, is_person: IsPerson) -> list[Row]:
    """Each mention of the person in the dossiers that are kept, by run and mention.

    With the fields of its record and the addresses whose dossiers hold it. A mention without a full birth date is
    nobody's: it may be of somebody else with this name.
    """
    query = dossier_party.select().where(dossier_party.c.birth_date.is_not(None), dossier_party.c.name.is_not(None))
    with guarded("reading mentions"), store.engine.connect() as connection:
        return _with_records(
            connection, (row for row in connection.execute(query) if is_person(row.name, row.birth_date))
        )


def mentions_of_parties(store: Store, mentions: Iterable[Row]) -> list[Row]:
    """Each mention in the dossiers of a party that one of these is of, under whatever spelling of the name."""
    with guarded("reading mentions"), store.engine.connect() as connection:
        rows = [
            row
            for part in _parts({mention["party_id"] for mention in mentions})
            for row in connection.execute(dossier_party.select().where(dossier_party.c.party_id.in_(part)))
        ]
        return _with_records(connection, rows)


def parties_with_birth_date(store: Store, run_id: str) -> set[str]:
    """Return the parties of a run whose full birth date a dossier holds."""
    query = sa.select(dossier_party.c.party_id).where(
        dossier_party.c.run_id == run_id, dossier_party.c.birth_date.is_not(None)
    )
    with guarded("reading mentions"), store.engine.connect() as connection:
        return set(connection.scalars(query))


def _with_records(connection: sa.Connection, rows: Iterable[sa.Row[Any]]) -> list[Row]:
    """Mentions with the fields of their records and the addresses whose dossiers hold them."""
    mentions = [dict(row._mapping) for row in rows]
    for mention in mentions:
        of_record = sa.tuple_(*(sa.literal(mention[name]) for name in ("run_id", "dataset", "key")))
        records = [
            record
            for table in (dossier_record, cited_record)
            for record in connection.execute(
                sa.select(table.c.address_id, table.c.fields).where(
                    sa.tuple_(table.c.run_id, table.c.dataset, table.c.key) == of_record
                )
            )
        ]
        mention["addresses"] = sorted({record.address_id for record in records})
        mention["fields"] = json.loads(records[0].fields) if records else {}
    return sorted(mentions, key=lambda mention: (mention["run_id"], mention["mention"]))


def links_of_mentions(store: Store, mentions: Iterable[dict[str, object]]) -> list[dict[str, object]]:
    """Return the links of one of these mentions in the kept runs, by run and link."""
    links: dict[tuple[str, str], dict[str, object]] = {}
    names = ("run_id", "link_id", "left", "right", "level")
    with guarded("reading links"), store.engine.connect() as connection:
        for mention in mentions:
            ends = sa.or_(dossier_link.c.left == mention["mention"], dossier_link.c.right == mention["mention"])
            query = sa.select(*(dossier_link.c[name] for name in names)).where(
                dossier_link.c.run_id == mention["run_id"], ends
            )
            for row in connection.execute(query):
                links[row.run_id, row.link_id] = dict(row._mapping)
    return [links[key] for key in sorted(links)]


def compared_links(store: Store, fingerprints: Collection[str]) -> list[dict[str, object]]:
    """Return the probable links to judge with one of these fingerprints, and their judgements."""
    links: dict[tuple[str, str], dict[str, object]] = {}
    judgements = {(left, right): judgement for left, right, judgement in judged_pairs(store).iter_rows()}
    with guarded("reading links"), store.engine.connect() as connection:
        for part in _parts(fingerprints):
            ends = sa.or_(link_to_judge.c.left_fingerprint.in_(part), link_to_judge.c.right_fingerprint.in_(part))
            for row in connection.execute(link_to_judge.select().where(ends)):
                links[row.link_id, row.run_id] = {
                    "run_id": row.run_id,
                    "link_id": row.link_id,
                    "kind": row.kind,
                    "left": json.loads(row.left_side),
                    "right": json.loads(row.right_side),
                    "judgement": judgements.get((row.left_fingerprint, row.right_fingerprint)),
                }
    return [links[key] for key in sorted(links)]


#: What is told of a visit.
_VISIT_COLUMNS = ("visit_id", "visited_on", "situatie", "bevindingen", "details", "note")


def cases_of_addresses(store: Store, addresses: Collection[str]) -> list[Row]:
    """The cases of these addresses: how they went, what officers wrote and decided, visits, acts. Oldest first."""
    cases = []
    with guarded("reading cases"), store.engine.connect() as connection:
        rows = [
            row
            for part in _parts(addresses)
            for row in connection.execute(review_case.select().where(review_case.c.address_id.in_(part)))
        ]
        for row in sorted(rows, key=lambda case: (case.opened_on, case.case_id)):
            visits = connection.execute(
                sa.select(*(visit_outcome.c[name] for name in _VISIT_COLUMNS))
                .join(visit_stop, visit_stop.c.visit_id == visit_outcome.c.visit_id)
                .where(visit_stop.c.case_id == row.case_id)
                .order_by(visit_outcome.c.id)
            )
            notes = connection.execute(
                sa.select(case_note.c.written_at, case_note.c.text)
                .where(case_note.c.case_id == row.case_id)
                .order_by(case_note.c.id)
            )
            cases.append(
                {
                    **{name: row._mapping[name] for name in ("case_id", "address_id", "address", "run_id", "state")},
                    "drawn_at_random": row.arm == "sample",
                    "opened_on": row.opened_on,
                    "concluded_on": row.concluded_on,
                    "outcome": row.outcome,
                    "visits": [dict(visit._mapping) for visit in visits],
                    "notes": [dict(note._mapping) for note in notes],
                }
            )
    ids = [case["case_id"] for case in cases]
    acts, files, given = acts_of(store, ids), hand_overs_of(store, ids), partner_hand_overs(store, ids)
    for case in cases:
        case["steps"] = [_step(step) for step in case_history(store, case["case_id"])]
        case["acts"] = [_act(act) for act in acts[case["case_id"]]]
        case["handed_over"] = [_file(file) for file in files[case["case_id"]]]
        case["told_partners"] = [_told(hand_over) for hand_over in given if hand_over.case_id == case["case_id"]]
    return cases


def disclosures_of_cases(store: Store, cases: Iterable[str]) -> list[dict[str, object]]:
    """Who received which signal about these cases, and what they answered: the lines of the register, oldest first."""
    lines = [line for case_id in sorted(set(cases)) for line in disclosures(store, case_id=case_id)]
    lines.sort(key=lambda line: (line.disclosed_at, line.batch_id))
    outcomes_by_signal, texts = outcomes(store), feedback_texts(store)
    return [
        {"at" if name == "disclosed_at" else name: value for name, value in vars(line).items()}
        | {"kind": str(line.kind), "answers": _answers(outcomes_by_signal, texts, (line.batch_id, line.signal_id))}
        for line in lines
    ]


def _answers(
    by_signal: Mapping[InBatch, Sequence[Told]], texts: Mapping[InBatch, Sequence[Written]], of: InBatch
) -> list[Row]:
    """The answers of a receiver about one signal, with what is kept of what it wrote."""
    return [
        *({"on": day, "outcome": outcome, "remark": remark} for day, outcome, remark in by_signal.get(of, ())),
        *({"on": day, "text": text} for day, text in texts.get(of, ())),
    ]


def tips_at(store: Store, houses: Collection[House], *, now: datetime) -> list[Row]:
    """Return the tips of colleagues about the houses within their term, kept for the address or not.

    With when inspectors got them; what partners got of tips: `tips_at_partners`. The reporter is left out, so that
    nobody can be blamed for a tip.
    """
    tips = tips_about(store, houses, now=now)
    receipts = receipts_of(store, [tip.signal_id for tip in tips], now=now)
    return [
        {
            "signal_id": tip.signal_id,
            "seen_on": tip.seen.seen_on,
            # as typed: with an addition it may be of a neighbour with the same number, and then not of who asks
            "address": tip.seen.address,
            "observations": list(tip.seen.observations),
            "text": tip.seen.text,
            "text_removed_at": tip.text_removed_at,
            "kept_for_address": tip.is_at_address,
            "handed_over": [
                {"to": receipt.receiver, "on": receipt.handed_on, "way": receipt.way, "basis": receipt.basis}
                for receipt in receipts
                if receipt.signal_id == tip.signal_id
            ],
        }
        for tip in tips
    ]


def tips_at_partners(store: Store, houses: Collection[House]) -> list[Row]:
    """What partners got of tips about the houses, on what basis, and what became of it: also of tips that are erased.

    `address`: as typed, see `tips_at`.
    """
    return [
        {
            "at": given.handed_at,
            "number": given.number,
            "signal_id": given.signal_id,
            "recipient": given.recipient,
            "article": given.article,
            "covenant": given.covenant,
            "way": given.way,
            "on": given.handed_on,
            "address": given.content["adres"],
            "content": given.content,
            "steps": _steps_of(given),
        }
        for given in tip_hand_overs_at(store, houses)
    ]


def requests_about(
    store: Store, *, addresses: Collection[str] = (), person: str | None = None, records: Collection[str] = ()
) -> list[Request]:
    """Requests about these addresses and records, and about the person (a `person_hash`)."""
    return [
        request
        for request in subject_requests(store)
        if request.address_id in addresses or request.record in records or (person and request.person_hash == person)
    ]


def _step(step: CaseStep) -> Row:
    values = vars(step).copy()
    return {
        "at": values.pop("done_at"),
        "actor": values.pop("actor"),
        "kind": values.pop("kind"),
        "item": values.pop("piece"),
        **values,
    }


def _act(act: CaseAct) -> Row:
    values = vars(act).copy()
    return {"at": values.pop("done_at"), **values, "choices": list(act.choices)}


def _file(file: HandOver) -> Row:
    """A file that left for the case system: what was in it is told by its text."""
    return {"at": file.done_at, "kind": file.kind, "reason": file.reason, "asked": file.asked, "content": file.content}


def _told(hand_over: PartnerHandOver) -> Row:
    """What a partner without a key was told or given, on what basis, and what became of it; without who did it."""
    names = ("form", "partner", "recipient", "article", "covenant", "theme", "purpose", "fields", "content")
    values = {name: getattr(hand_over, name) for name in names}
    return {"at": hand_over.prepared_at, **values, "steps": _steps_of(hand_over)}


def _steps_of(given: RecallableHandOver) -> list[Row]:
    return [
        {"at": step.done_at, "action": step.action, "reason": step.reason, "channel": step.channel}
        for step in given.steps
    ]


def _parts(values: Collection[str], size: int = 500) -> Iterator[list[str]]:
    listed = sorted(values)
    return (listed[start : start + size] for start in range(0, len(listed), size))
