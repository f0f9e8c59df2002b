"""Nights of a small town and officers at work on its cases: what the tests of case work share."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

import polars as pl
import sqlalchemy as sa

from screening.base.civil_time import day_of
from screening.base.frames import EVIDENCE, FLAGS, LINKS, SAMPLE
from screening.base.vocabulary import OwnReading, ReviewOutcome, Role
from screening.casework.cases.case import CASE_COLUMNS, Case, as_case, get_case
from screening.casework.cases.changing import NOBODY, change_case
from screening.casework.cases.independence import is_with_others
from screening.casework.cases.judging import Judged, judge
from screening.casework.cases.readings import DOSSIER, mark_opened, readiness, record_own_reading
from screening.casework.cases.sync import SyncReport, sync_cases
from screening.casework.viewer import Viewer
from screening.store import RunBundle, Store, Workspace, publish
from screening.store.bundle import DOSSIER_PARTIES, DOSSIER_RECORDS, NETWORK
from screening.store.engine import writing
from screening.store.schema.cases import review_case
from tests.store.bundles import address, make_bundle

DAY = date(2026, 11, 2)
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
BOTH = frozenset({Role.OFFICER, Role.SENSITIVE_REVIEWER})
ANNA, BRAM, CARLA = (Viewer(name, BOTH) for name in ("anna", "bram", "carla"))
#: Sees no sensitive case.
DIRK = Viewer("dirk", frozenset({Role.OFFICER}))
#: Sees no case.
LEAD = Viewer("lena", frozenset({Role.LEAD, Role.ANALYST, Role.AUDITOR, Role.ADMIN, Role.COLLEAGUE}))

#: Where the holder of each licence has another one.
ELSEWHERE = 900

#: What a hit rests on: an indicator, and the records that it cites.
Hits = Sequence[tuple[str, Sequence[str]]]
EXPIRED: Hits = (("LIC-04", ("vergunningen:Z1",)),)


def later(**span: float) -> datetime:
    """So much after NOW."""
    return NOW + timedelta(**span)


def night(
    as_of: date = DAY,
    flags: Mapping[int, Hits] | Sequence[int] = (),
    drawn: Sequence[int] = (),
    *,
    prints: Mapping[str, str] | None = None,
    links: Sequence[str] = (),
    sex_licence: Sequence[int] = (),
    drawn_on: date | None = None,
    not_run: Sequence[Mapping[str, str]] = (),
) -> RunBundle:
    """A run: `flags` are numbers of addresses with what each rests on (an expired licence by default), `drawn` others.

    `prints`: "dataset:key" -> fingerprint of the party on it. `links`: every hit cites these, and each joins the holder
    at the first flagged address with a party on "handelsregister:r9", which stands elsewhere. `sex_licence`: addresses
    with a licence of a sex establishment. `not_run`: as run.json tells it.
    """
    flagged = dict(flags) if isinstance(flags, Mapping) else {n: EXPIRED for n in flags}
    flag_rows, hit_rows, records, parties = [], [], [], []
    for n, hits in flagged.items():
        codes = sorted({code for code, _ in hits})
        row = {"address_id": address(n), "address": f"Teststraat {n}, 12{n % 100:02d} AB Voorbeeld", "reason": "A"}
        row |= {
            "indicator_codes": codes,
            "barriers": ["WERKPLEK"],
            "datasets": ["vergunningen"],
            "first_flagged": as_of,
        }
        names = [*codes, *(record for _, cited in hits for record in cited)]
        flag_rows.append(row | {"sensitive": any(name.startswith(("SEX", "seksinrichtingen:")) for name in names)})
        for code, cited in hits:
            hit_rows.append(
                {
                    "address_id": address(n),
                    "indicator": code,
                    "indicator_version": 1,
                    "class": "A",
                    "barrier": "WERKPLEK",
                    "dataset": "vergunningen",
                    "record_ids": list(cited),
                    "values": "{}",
                    "explanation_nl": "De vergunning liep af op 1 mei en de zaak is open.",
                    "explanation_en": "The licence expired on 1 May and the business is open.",
                    "links": list(links),
                }
            )
    for n in (*flagged, *drawn):
        of_sex = [("seksinrichtingen", f"S{n}")] if n in sex_licence else []
        for dataset, key in (("vergunningen", f"Z{n}"), *of_sex):
            fields = json.dumps({"status": "verlopen"})
            records.append({"address_id": address(n), "dataset": dataset, "key": key, "fields": fields})
        parties.append(_party("vergunningen", f"Z{n}", f"holder {n}"))
    for record, fingerprint in {"handelsregister:r9": "elsewhere", **(prints or {})}.items():
        dataset, key = record.split(":", 1)
        parties.append(_party(dataset, key, fingerprint))
    first = next(iter(flagged), 0)
    ends = {"left": f"vergunningen:Z{first}:houder:person", "right": "handelsregister:r9:houder:person"}
    given = {
        "flags.parquet": pl.DataFrame(flag_rows, schema=FLAGS),
        "evidence.parquet": pl.DataFrame(hit_rows, schema=EVIDENCE),
        "links.parquet": pl.DataFrame([{"link_id": one, "level": "strong", **ends} for one in links], schema=LINKS),
        "sample.parquet": pl.DataFrame(
            [{"address_id": address(n), "drawn_on": drawn_on or as_of} for n in drawn], schema=SAMPLE
        ),
    }
    plain = make_bundle(0, as_of)
    return make_bundle(
        0,
        as_of,
        run_id=hashlib.sha256(str((as_of, flagged, drawn, prints, links, not_run)).encode()).hexdigest()[:24],
        frames={**plain.frames, **given},
        meta={"indicators": {"run": [], "not_run": list(not_run)}},
        declarations=[
            {"code": code, "version": 1, "innocent_nl": ["Iets.", "Anders."]}
            for code in sorted({row["indicator"] for row in hit_rows})
        ],
        dossier_records=pl.DataFrame(records, schema=DOSSIER_RECORDS),
        dossier_parties=pl.DataFrame(parties, schema=DOSSIER_PARTIES),
        network=pl.DataFrame([tie_of(n) for n in (*flagged, *drawn)], schema=NETWORK),
        display=pl.DataFrame(
            [(address(n), f"Teststraat {n}, 12{n % 100:02d} AB Voorbeeld") for n in drawn],
            schema={"address_id": pl.String(), "address": pl.String()},
            orient="row",
        ),
    )


def tie_of(n: int) -> dict[str, object]:
    """The holder of a licence has another one, at ELSEWHERE."""
    row = {"address_id": address(n), "place_id": address(ELSEWHERE), "dataset": "vergunningen", "key": f"Z{ELSEWHERE}"}
    row |= {"mention": f"vergunningen:Z{n}:houder:person", "step": 1, "place": "Teststraat 900", "role": "houder"}
    return row | {"kind": "exploitatie", "name": "Café Elders", "left_out": 0, "all_left_out": 0}


def _party(dataset: str, key: str, fingerprint: str) -> dict[str, str]:
    row = {"mention": f"{dataset}:{key}:houder:person", "dataset": dataset, "key": key, "party_id": f"p {fingerprint}"}
    return row | {"role": "houder", "kind": "person", "name": "Xanthippe Qwertzuiop", "fingerprint": fingerprint}


def published(store: Store, workspace: Workspace, *, now: datetime = NOW, **of_night: object) -> SyncReport:
    """Publish a night and bring the cases up to it."""
    publish(store, workspace, night(**of_night))  # type: ignore[arg-type]
    return sync_cases(store, now=now)


def cases(store: Store, *, now: datetime = NOW) -> dict[str, Case]:
    """The undecided cases by address id, whoever has them."""
    query = sa.select(*CASE_COLUMNS).where(
        review_case.c.concluded_on.is_(None), review_case.c.expires_on >= day_of(now)
    )
    with store.engine.connect() as connection:
        return {row.address_id: as_case(row, now) for row in connection.execute(query)}


def case_of(store: Store, n: int, *, now: datetime = NOW) -> Case:
    """The undecided case of an address."""
    return cases(store, now=now)[address(n)]


def given(store: Store, viewer: Viewer, case_id: str) -> None:
    """Put a case on the name of an officer, as the lead does, who gives nobody a certain case."""
    query = sa.select(*CASE_COLUMNS).where(review_case.c.case_id == case_id)
    with writing(store.engine) as connection:
        case = as_case(connection.execute(query).one(), NOW)
        change_case(connection, case, {**NOBODY, "assignee": viewer.account}, now=NOW)


def is_elsewhere(store: Store, viewer: Viewer, case_id: str) -> bool:
    """Whether a case is not this officer's to open now."""
    query = sa.select(sa.exists().where(review_case.c.case_id == case_id, is_with_others(viewer)))
    with store.engine.connect() as connection:
        return bool(connection.scalar(query))


def read(store: Store, viewer: Viewer, case_id: str, *, now: datetime = NOW) -> Case:
    """Open the dossier, give an own reading unless there is one, open all evidence. The case as it is then.

    One that waits for its second reading is given first.
    """
    if is_elsewhere(store, viewer, case_id):
        given(store, viewer, case_id)
    mark_opened(store, viewer, case_id, DOSSIER, now=now)
    if not readiness(store, viewer, case_id).own_reading:
        record_own_reading(store, viewer, case_id, OwnReading.AFWIJKING, "De zaak lijkt open.", now=now)
    for item in readiness(store, viewer, case_id).unopened:
        mark_opened(store, viewer, case_id, item, now=now)
    return get_case(store, viewer, case_id, now=now)


def motivation(viewer: Viewer, case_id: str, again: str = "") -> str:
    """Words of one's own, other ones each time."""
    return f"Volgens {viewer.account} klopt dossier {case_id} niet met het register. {again}"


def judged(
    store: Store, viewer: Viewer, case_id: str, outcome: ReviewOutcome, *, now: datetime = NOW, **given: object
) -> Judged:
    """Read all of it and judge, with what the outcome asks for unless it is given."""
    case = read(store, viewer, case_id, now=now)
    asked: dict[str, object] = {"motivation": motivation(viewer, case_id, str(case.round))}
    if outcome is ReviewOutcome.VERKLAARD:
        asked["ground"] = "vergund"
    if outcome is ReviewOutcome.DOORGEZET:
        asked["refer_to"] = "ander_team"
    return judge(store, viewer, case_id, version=case.version, outcome=outcome, now=now, **(asked | given))
