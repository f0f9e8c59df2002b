"""Confirmed cases with a whole dossier, and people who prepare, approve and export signals about them."""

from __future__ import annotations

import hashlib
import itertools
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import sqlalchemy as sa

from flows.catalogue import all_indicators
from screening.base.frames import EVIDENCE, FLAGS, LINKS, RECORDS, SAMPLE
from screening.base.vocabulary import Purpose, ReviewOutcome, Role
from screening.casework.case_errors import or_conflict
from screening.casework.cases.sync import sync_cases
from screening.casework.viewer import Viewer
from screening.partners.batch.manifest import BatchMeta, Recipient
from screening.partners.desk import sending
from screening.partners.desk.agreements import (
    Agreement,
    AgreementTerms,
    agreement_in_force,
    approve_agreement,
    propose_agreement,
)
from screening.partners.desk.content import Check, Draft
from screening.partners.desk.disclosures import Batch, Repeat, next_sequence
from screening.partners.desk.drafts import BatchDraft, batch_drafts, new_draft, replace_drafts
from screening.partners.desk.due import SignalToSend
from screening.partners.desk.policy import ExportPolicy
from screening.partners.desk.preparing import next_number
from screening.partners.desk.recipients import RecipientKey, approve_key, propose_key, recipient_keys
from screening.partners.desk.signal_versions import RiecSignal, signal_of
from screening.partners.desk.signals import approve_signal, prepare_signal
from screening.partners.kinds.partner_kind import partner_kinds
from screening.partners.signal.minimise import PersonChoice
from screening.store import RunBundle, Store, Workspace, open_store, publish
from screening.store.bundle import DOSSIER_PARTIES, DOSSIER_RECORDS, NETWORK, SOURCE_AGES
from screening.store.schema.partners import riec_draft_event
from tests.casework.caseload import ANNA, BOTH, BRAM, case_of, judged, tie_of
from tests.store.bundles import address, make_bundle

DAY = date(2026, 11, 2)
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
#: Who does what, each with every role that the step could ask for.
PIET, KAAT, SARA, LEA = (Viewer(name, BOTH | {Role.LEAD}) for name in ("piet", "kaat", "sara", "lea"))
RIEC = "riec-oost"
#: A made-up public key of age; whoever made it has the other half.
AGE_KEY = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"
INNOCENT = "De verlenging is op papier aangevraagd."
BASIS = "Wgs art. 2.19 jo. APV art. 2:28"
HOLDER = "Xanthippe Qwertzuiop"
BORN = date(1971, 5, 3)
SUBJECT_KEY = bytes(range(32, 64))
#: What opens the answers to the made-up municipality.
ANSWER_IDENTITY = "AGE-SECRET-KEY-1K0Q887M59U4MMFP85SAXX30E4NV3WEXR5F38SVYU7NK27G5FCTZSY47HUZ"
_RULES = {rule.code: rule for rule in all_indicators()}
#: Of the batches that are made up.
_NUMBERS = itertools.count(0xA000)


def policy(**changed: object) -> ExportPolicy:
    """The terms of a municipality."""
    given: dict[str, object] = {
        "municipality": "Voorbeeldstad",
        "code": "9999",
        "department": "Toezicht",
        "contact_function": "Coördinator",
        "mailbox": "riec@voorbeeldstad.example",
        "dpia": "DPIA-1",
        "keep_days": 365,
        "keep_reason": "Een jaar, zoals afgesproken",
        "token_key": bytes(range(32)),
        "subject_key": SUBJECT_KEY,
        "answer_identity": ANSWER_IDENTITY,
    }
    return ExportPolicy(**(given | changed))  # type: ignore[arg-type]


def whole_night(
    flags: Sequence[int] = (1,),
    as_of: date = DAY,
    *,
    drawn: Sequence[int] = (),
    sensitive: Sequence[int] = (),
    without: Sequence[str] = (),
    renamed: int | None = None,
    says: Mapping[str, Mapping[str, str | None]] | None = None,
    named: Mapping[str, str] | None = None,
    shifted: int = 0,
) -> RunBundle:
    """A run whose dossiers hold a BAG record, an establishment and an expired licence, with a holder and a bv.

    `sensitive`: addresses whose hit is of a sex establishment. `without`: "dataset:key" that the source took away.
    `renamed`: an address whose permit is another case now, so that its flag rests on a new fact. `says`: record id ->
    fields that the source has otherwise. `named`: party id -> its name at the source. `shifted`: how many rows
    lower the rows of the handelsregister stand in this delivery.
    """
    says, named = says or {}, named or {}
    given = (as_of, flags, drawn, sensitive, without, renamed, says, named, shifted)
    flag_rows, hits, records, places, parties, links = [], [], [], [], [], []
    for n in flags:
        cited = [f"vergunningen:{_permit(n, renamed)}", f"handelsregister:r{n + shifted}"]
        code = "SEX-01" if n in sensitive else "LIC-04"
        flag_rows.append(
            {
                "address_id": address(n),
                "address": _shown(n),
                "reason": "A",
                "indicator_codes": [code],
                "barriers": ["WERKPLEK"],
                "datasets": ["vergunningen"],
                "first_flagged": as_of,
                "sensitive": n in sensitive,
            }
        )
        hits.append(
            {
                "address_id": address(n),
                "indicator": code,
                "indicator_version": 1,
                "class": "A",
                "barrier": "WERKPLEK",
                "dataset": "vergunningen",
                "record_ids": cited,
                "values": json.dumps({"dagen": 599, "houder_naam": HOLDER}),
                "explanation_nl": "De vergunning liep af en de zaak is open.",
                "explanation_en": "It expired.",
                "links": [f"L-{n}"],
            }
        )
        links.append(
            {
                "link_id": f"L-{n}",
                "left": f"vergunningen:{_permit(n, renamed)}:houder:person",
                "right": f"handelsregister:r{n + shifted}:onderneming:organisation",
                "level": "strong",
            }
        )
    for n in (*flags, *drawn):
        rows = {
            ("vergunningen", _permit(n, renamed)): {
                "zaaknummer": _permit(n, renamed),
                "zaaktype": "exploitatie",
                "status": "verlopen",
                "datum_aanvraag": "2020-01-05",
                "einddatum": "2025-03-31",
            },
            ("handelsregister", f"r{n + shifted}"): {
                "kvk_nummer": f"9000{n:04d}",
                "vestigingsnummer": f"00001234{n:04d}",
                "rsin": "123456782",
                "rechtsvorm": "bv",
                "datum_aanvang": "2019-06-01",
            },
            ("bag_adressen", f"99992000000{n:05d}"): {
                "nummeraanduiding_id": f"99992000000{n:05d}",
                "gebruiksdoelen": "bijeenkomstfunctie",
                "oppervlakte": "140",
                "status": "Verblijfsobject in gebruik",
                "pand_id": None,
            },
        }
        for (dataset, key), fields in rows.items():
            if f"{dataset}:{key}" in without:
                continue
            row = {"address_id": address(n), "dataset": dataset, "key": key}
            told = json.dumps(fields | says.get(f"{dataset}:{key}", {}))
            of = f"r{n}" if dataset == "handelsregister" else key
            records.append(row | {"fields": told, "fingerprint": f"print {dataset} {of}"})
            places.append({**row, "row_number": n})
        parties += [
            _party("vergunningen", _permit(n, renamed), "houder", "person", named.get(f"p{n}", HOLDER), n, born=BORN),
            _party(
                "handelsregister",
                f"r{n + shifted}",
                "onderneming",
                "organisation",
                named.get(f"o{n}", f"Kadebar {n} B.V."),
                n,
            ),
        ]
    plain = make_bundle(0, as_of)
    frames = {
        "flags.parquet": pl.DataFrame(flag_rows, schema=FLAGS),
        "evidence.parquet": pl.DataFrame(hits, schema=EVIDENCE),
        "links.parquet": pl.DataFrame(links, schema=LINKS),
        "sample.parquet": pl.DataFrame([{"address_id": address(n), "drawn_on": as_of} for n in drawn], schema=SAMPLE),
        "records.parquet": pl.DataFrame(places, schema=RECORDS),
    }
    codes = sorted({row["indicator"] for row in hits})
    return make_bundle(
        0,
        as_of,
        run_id=hashlib.sha256(repr(given).encode()).hexdigest()[:24],
        frames={**plain.frames, **frames},
        prepared={},  # no real records, so nothing that a next night could link by
        meta={
            "indicators": {"run": [{"code": code, "without": []} for code in ("LIC-04", "SEX-01")], "not_run": []},
            "inputs": [
                {"dataset": one, "path": f"{one}.csv", "sha256": "ab" * 32}
                for one in ("vergunningen", "handelsregister", "bag_adressen")
            ],
            "unavailable": [],
        },
        declarations=[
            _RULES[code].declaration(_RULES[code].parameters({}))
            | {
                "code": code,
                "version": 1,
                "name_nl": "Verlopen vergunning, activiteit loopt door",
                "innocent_nl": [INNOCENT],
            }
            for code in codes
        ],
        dossier_records=pl.DataFrame(records, schema=DOSSIER_RECORDS),
        dossier_parties=pl.DataFrame(parties, schema=DOSSIER_PARTIES),
        network=pl.DataFrame([tie_of(n) for n in (*flags, *drawn)], schema=NETWORK),
        display=pl.DataFrame(
            [(address(n), _shown(n)) for n in drawn],
            schema={"address_id": pl.String(), "address": pl.String()},
            orient="row",
        ),
        sources=pl.DataFrame(
            [
                {
                    "dataset": one,
                    "file_name": f"{one}.csv",
                    "sha256": "ab" * 32,
                    "rows_read": 9,
                    "delivered": as_of,
                    "age_days": 0,
                }
                for one in ("vergunningen", "handelsregister", "bag_adressen")
            ],
            schema=SOURCE_AGES,
        ),
    )


def _permit(n: int, renamed: int | None) -> str:
    return f"ZZ{n}" if n == renamed else f"Z{n}"


def _shown(n: int) -> str:
    return f"Teststraat {n}, 12{n % 100:02d} AB Voorbeeld"


def _party(dataset: str, key: str, role: str, kind: str, name: str, n: int, *, born: date | None = None) -> dict:
    return {
        "mention": f"{dataset}:{key}:{role}:{kind}",
        "dataset": dataset,
        "key": key,
        "party_id": f"{kind[0]}{n}",
        "role": role,
        "kind": kind,
        "name": name,
        "birth_date": born,
        "fingerprint": f"print {dataset} {key}",
        "kvk_nummer": f"9000{n:04d}" if kind == "organisation" else None,
    }


def confirmed_town(
    store: Store,
    workspace: Workspace,
    flags: Sequence[int] = (1,),
    *,
    sensitive: Sequence[int] = (),
    unjudged: Sequence[int] = (),
    drawn: Sequence[int] = (),
    **night: object,
) -> dict[int, str]:
    """A published night of which two officers confirmed every flagged address: number -> case id. A recipient too.

    `unjudged`, `drawn`: flagged and drawn addresses that nobody judged yet.
    """
    publish(store, workspace, whole_night([*flags, *unjudged], sensitive=sensitive, drawn=drawn, **night))  # type: ignore[arg-type]
    sync_cases(store, now=NOW)
    found = {n: case_of(store, n, now=NOW).case_id for n in (*flags, *unjudged, *drawn)}
    for n in flags:
        for viewer in (ANNA, BRAM):
            judged(store, viewer, found[n], ReviewOutcome.BEVESTIGD_AFWIJKING, now=NOW)
    recipient(store)
    return found


def recipient(store: Store, name: str = RIEC, key: str = AGE_KEY) -> RecipientKey:
    """A recipient that two people stand behind, with an agreement."""
    if agreement_in_force(store, name) is None:
        agreed(store, name)
    made = propose_key(store, name, key, by="piet", reason="Nieuw convenant", now=NOW)
    return approve_key(store, made.fingerprint, by="kaat", reason="Gebeld en vergeleken", now=NOW)


def agreed(store: Store, name: str = RIEC, kind: str = "riec", **changed: object) -> Agreement:
    """An agreement that two people stand behind, with all that its kind of partner allows."""
    partner = partner_kinds()[kind]
    given: dict[str, object] = {
        "recipient": name,
        "kind": kind,
        "article": BASIS,
        "covenant": "Convenant 2026-1",
        "advice": "ADV-2026-7",
        "themes": tuple(map(str, partner.themes)),
        "fields": tuple(map(str, partner.fields)),
    }
    proposed = propose_agreement(store, AgreementTerms(**(given | changed)), by="piet", now=NOW)  # type: ignore[arg-type]
    return approve_agreement(store, proposed.id, by="kaat", now=NOW)


def draft(n: int = 1, *, code: str = "LIC-04", viewer: Viewer = PIET, **changed: object) -> Draft:
    """What an officer chooses: two facts, one of them verified, and one person as a token."""
    given: dict[str, object] = {
        "recipient": RIEC,
        "purpose": Purpose.VERG,
        "legal_basis": BASIS,
        "theme": "misbruik_van_bedrijven",
        "facts": frozenset({f"vergunningen:Z{n}", f"handelsregister:r{n}"}),
        "deviations": frozenset({code}),
        "partner": "nederlandse_arbeidsinspectie",
        "intervention": "Samen controleren op een avond.",
        "question": "Kent een partner dit bedrijf?",
        "doubts": ("Het handelsregister kan achterlopen.",),
        "notification": "uitgesteld",
        "notify_from": date(2027, 2, 1),
        "checks": {f"handelsregister:r{n}": Check(viewer.account, Role.OFFICER, DAY)},
        "explanations": {code: {INNOCENT: "In het archief en de post is geen aanvraag gevonden."}},
        "organisations": frozenset({f"o{n}"}),
        "persons": {f"p{n}": PersonChoice("Houder van de vergunning die na de einddatum doorgaat.")},
    }
    return Draft(**(given | changed))  # type: ignore[arg-type]


def prepared(store: Store, case_id: str, n: int = 1, *, by: Viewer = PIET, **changed: object) -> RiecSignal:
    """A signal that waits for approval."""
    now = changed.pop("now", NOW)
    return prepare_signal(store, by, case_id, draft(n, viewer=by, **changed), policy=policy(), now=now)  # type: ignore[arg-type]


def approved(store: Store, case_id: str, n: int = 1, *, by: Viewer = PIET, **changed: object) -> RiecSignal:
    """A signal that may leave: of a sensitive case with its extra approval."""
    made = prepared(store, case_id, n, by=by, **changed)
    made = approve_signal(store, KAAT, case_id, content_sha256=made.content_sha256, policy=policy(), now=NOW)
    if made.sensitive:
        made = approve_signal(store, SARA, case_id, content_sha256=made.content_sha256, policy=policy(), now=NOW)
    return made


def batch_of(store: Store, folder: Path, *, kind: str = "signals", by: str = "lea", **changed: object) -> Batch:
    """A batch to be committed; nothing stands in its file."""
    key = recipient_key(store)
    number = next_sequence(store, RIEC)
    given: dict[str, object] = {
        "batch_id": f"L-{next(_NUMBERS):016x}",
        "recipient": RIEC,
        "fingerprint": key.fingerprint,
        "sequence": number,
        "kind": kind,
        "made_by": by,
        "made_at": NOW,
        "expires_at": NOW + timedelta(days=30),
        "sender_fingerprint": "cd" * 32,
        "sealed_sha256": "ab" * 32,
        "folder": str(folder),
        "file_name": f"{RIEC}-{number}.age",
        "is_placed": False,
    }
    return Batch(**(given | changed))  # type: ignore[arg-type]


def recipient_key(store: Store, name: str = RIEC) -> RecipientKey:
    """The last key of a recipient."""
    return recipient_keys(store, name)[-1]


def signed_draft(
    store: Store, batch: Batch, lines: Sequence[SignalToSend], *, now: datetime, repeat: Repeat | None = None
) -> BatchDraft:
    """A batch that the night prepared and its maker signed: no check but those of the database."""
    key, is_sensitive = recipient_key(store, batch.recipient), lines[0][0].sensitive
    number = next_number(store, batch.recipient, sensitive=is_sensitive)
    meta = BatchMeta(
        batch.batch_id,
        number,
        batch.kind,
        "Voorbeeldstad",
        "9999",
        Recipient(batch.recipient, key.key),
        batch.made_at,
        batch.expires_at,
        policy().answers_to,
        sensitive=is_sensitive,
    )
    rows = [(signal.id, reason) for signal, reason in lines]
    made = new_draft(meta, repeat, rows, b"{}", by="system:run")
    replace_drafts(store, [], [made], by="system:run", now=now)
    step(store, made, "signed", batch.made_by, signature="x", key_fingerprint=batch.sender_fingerprint)
    return batch_drafts(store, batch_id=batch.batch_id)[0]


def step(store: Store, made: BatchDraft, action: str, by: str, **more: object) -> None:
    """Somebody does something with a prepared batch, as a row alone."""
    row = {"batch_id": made.batch_id, "manifest_sha256": made.manifest_sha256, "action": action, "actor": by}
    with or_conflict("The database refuses it."), store.engine.begin() as connection:
        connection.execute(riec_draft_event.insert().values(**row, at=NOW, **more))


def commit_batch(
    store: Store,
    batch: Batch,
    lines: Sequence[SignalToSend],
    *,
    now: datetime,
    repeat: Repeat | None = None,
    approver: str = "wim",
) -> None:
    """Have a batch prepared, signed by its maker and approved by a colleague."""
    sending.commit_batch(
        store, signed_draft(store, batch, lines, now=now, repeat=repeat), batch, lines, by=approver, now=now
    )


def sent(store: Store, case_id: str, folder: Path, n: int = 1, **changed: object) -> RiecSignal:
    """A signal that left."""
    made = approved(store, case_id, n, **changed)
    kind, reason = ("signals", None) if made.version == 1 else ("correction", made.reason)
    commit_batch(store, batch_of(store, folder, kind=kind), [(made, reason)], now=NOW)  # type: ignore[list-item]
    found = signal_of(store, PIET, case_id)
    assert found is not None
    return found


@contextmanager
def copied_town(template: Path, target: Path) -> Iterator[Store]:
    """The store of a town that was made before, as a copy: making one takes a second, copying it none."""
    made = Workspace(target)
    for file in template.glob("store.sqlite*"):
        shutil.copy(file, made.path / file.name)
    with open_store(made) as store:
        yield store


def made_town(folder: Path, **night: object) -> dict[int, str]:
    """A confirmed town in a workspace of its own, to be copied: address 1, and a sensitive one at address 2."""
    workspace = Workspace(folder)
    with open_store(workspace) as store:
        return confirmed_town(store, workspace, (1, 2), sensitive=(2,), **night)


def is_refused(store: Store, change: sa.Executable, *, with_keys: bool = False) -> bool:
    """Whether the database refuses a change, of a client that does not ask for foreign keys either. Nothing stays."""
    with store.engine.connect() as connection:
        if store.engine.dialect.name == "sqlite" and not with_keys:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("BEGIN")
        try:
            connection.execute(change)
        except sa.exc.DBAPIError:
            return True
        finally:
            connection.rollback()
            if store.engine.dialect.name == "sqlite":
                connection.exec_driver_sql("COMMIT")
                connection.exec_driver_sql("PRAGMA foreign_keys=ON")
                connection.exec_driver_sql("BEGIN")
        return False
