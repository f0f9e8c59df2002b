"""A withdrawal that was an error is undone: by three hands, with a motivation, and only where its ground is gone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from screening.base.vocabulary import BatchKind, NoticeReason, ReviewOutcome
from screening.casework.case_errors import ConflictError, NotReadyError
from screening.casework.cases.sync import sync_cases
from screening.casework.figures.yearly_yield import CountedYears
from screening.casework.links.judgements import NEGATIVE, record_judgement
from screening.partners.desk.content import Undoing
from screening.partners.desk.corrections import approved_corrections, pending_corrections
from screening.partners.desk.disclosures import Repeat, batches, call_back, disclosures
from screening.partners.desk.signal_versions import RiecSignal, signals
from screening.partners.desk.signals import RefusedError, approve_signal
from screening.rights.objections import decide_request, register_request
from screening.store import Store, Workspace, publish
from screening.store.schema.partners import riec_batch, riec_disclosure, riec_signal
from tests.casework.caseload import CARLA, case_of, judged
from tests.partners.desk.disclosed import (
    DAY,
    NOW,
    PIET,
    approved,
    batch_of,
    commit_batch,
    confirmed_town,
    is_refused,
    policy,
    prepared,
    sent,
    signed_draft,
    step,
    whole_night,
)
from tests.store.bundles import address

ERROR = NoticeReason.TEN_ONRECHTE_INGETROKKEN
UNDOING = Undoing("De levering van die nacht was afgebroken en is nu weer heel.")
DESPITE = Undoing(UNDOING.motivation, "De vergunning staat er weer; de regel kijkt alleen naar een andere termijn.")


def withdrawn(store: Store, case_id: str, folder: Path, reason: str = "bron_ingetrokken") -> RiecSignal:
    """A signal that left and was called back."""
    left = sent(store, case_id, folder)
    return taken_back(store, left, folder, reason)


def taken_back(store: Store, left: RiecSignal, folder: Path, reason: str = "bron_ingetrokken") -> RiecSignal:
    call_back(store, left.signal_id, reason=NoticeReason(reason), by="anna", now=NOW)
    commit_batch(store, batch_of(store, folder, kind="withdrawal"), [(left, NoticeReason(reason))], now=NOW)
    return signals(store, case_id=left.case_id)[-1]


def undone(store: Store, case_id: str, folder: Path) -> RiecSignal:
    """The signal, in force again."""
    version = approved(store, case_id, undoing=UNDOING)
    commit_batch(store, batch_of(store, folder, kind="reversal"), [(version, ERROR)], now=NOW)
    return signals(store, case_id=case_id)[-1]


def test_a_withdrawal_is_undone_by_three_hands_and_a_later_ground_withdraws_anew(
    town: Store, case_id: str, tmp_path: Path
) -> None:
    gone = withdrawn(town, case_id, tmp_path)
    assert (gone.state, gone.is_withdrawn) == ("withdrawn", True)
    with pytest.raises(NotReadyError, match="only to undo"):
        prepared(town, case_id, reason="gegevens_onjuist")
    version = prepared(town, case_id, undoing=UNDOING)
    assert (version.state, version.version, version.reason, version.is_withdrawn) == ("draft", 2, ERROR, True)
    assert version.content is not None
    assert version.content.meta.herstel is not None
    assert version.content.meta.herstel.motivering == UNDOING.motivation
    assert UNDOING.motivation in {row.value for row in version.preview()}
    with pytest.raises(NotReadyError):  # whoever prepared it
        approve_signal(town, PIET, case_id, content_sha256=version.content_sha256, policy=policy(), now=NOW)
    version = approved(town, case_id, undoing=UNDOING)
    assert approved_corrections(town) == []  # the night sends it never
    for kind, by in (("correction", "lea"), ("signals", "lea"), ("reversal", "piet"), ("reversal", "kaat")):
        reason = None if kind == "signals" else ERROR
        with pytest.raises(ConflictError):
            commit_batch(town, batch_of(town, tmp_path, kind=kind, by=by), [(version, reason)], now=NOW)
    commit_batch(town, batch_of(town, tmp_path, kind="reversal"), [(version, ERROR)], now=NOW)
    first, again = signals(town, case_id=case_id)
    assert [(first.state, first.version), (again.state, again.version)] == [("corrected", 1), ("sent", 2)]
    assert not again.is_withdrawn
    assert pending_corrections(town) == []  # the call-back of before is answered
    # and again: it is called back, withdrawn and undone as if for the first time
    call_back(town, again.signal_id, reason=NoticeReason.VERKLAARD, by="anna", now=NOW)
    [pending] = pending_corrections(town)
    assert (pending.signal.version, pending.reason, pending.is_certain) == (2, "verklaard", True)
    commit_batch(town, batch_of(town, tmp_path, kind="withdrawal"), [(again, NoticeReason.VERKLAARD)], now=NOW)
    assert undone(town, case_id, tmp_path).version == 3
    kinds = [line.kind for line in disclosures(town)]
    assert kinds == ["signals", "withdrawal", "reversal", "withdrawal", "reversal"]


def test_it_takes_a_motivation_and_where_the_last_run_shows_no_flag_somebody_says_why(
    town: Store, case_id: str, tmp_path: Path
) -> None:
    withdrawn(town, case_id, tmp_path)
    with pytest.raises(NotReadyError) as refused:
        prepared(town, case_id, undoing=Undoing("Foutje."))
    assert refused.value.reason == "motivation"
    flagged = prepared(town, case_id, undoing=DESPITE)
    assert flagged.content is not None
    assert flagged.content.meta.herstel is not None
    assert flagged.content.meta.herstel.zonder_aandachtspunt is None  # it is flagged: nothing to say
    publish(town, Workspace(tmp_path / "copy"), whole_night((2,), DAY + timedelta(days=1), sensitive=(2,)))
    with pytest.raises(NotReadyError) as refused:
        prepared(town, case_id, undoing=UNDOING)
    assert refused.value.reason == "despite"
    unflagged = prepared(town, case_id, undoing=DESPITE)
    assert unflagged.content is not None
    assert unflagged.content.meta.herstel is not None
    assert unflagged.content.meta.herstel.zonder_aandachtspunt == DESPITE.despite


def test_a_signal_that_was_not_withdrawn_has_nothing_to_undo(town: Store, case_id: str, tmp_path: Path) -> None:
    with pytest.raises(NotReadyError, match="nothing to undo"):
        prepared(town, case_id, undoing=UNDOING)
    sent(town, case_id, tmp_path)
    with pytest.raises(NotReadyError, match="nothing to undo"):
        prepared(town, case_id, undoing=UNDOING, reason="gegevens_onjuist")


def test_a_term_that_is_over_was_no_error(town: Store, case_id: str, tmp_path: Path) -> None:
    withdrawn(town, case_id, tmp_path, "bewaartermijn_verstreken")
    with pytest.raises(NotReadyError) as refused:
        prepared(town, case_id, undoing=UNDOING)
    assert refused.value.reason == "term"


def rejects_link(town: Store, workspace: Workspace, gone: RiecSignal) -> None:
    [[left, right]] = gone.basis["links"]
    record_judgement(town, left, right, NEGATIVE, by="carla", judged_at=NOW, reason="Twee personen")


def upholds_objection(town: Store, workspace: Workspace, gone: RiecSignal) -> None:
    request = register_request(
        town, "objection", address_id=address(1), case_file="Z-2026-1", received_on=DAY, by="rita", now=NOW
    )
    decide_request(town, request.objection_id, "upheld", by="paul", now=NOW)


def judges_otherwise(town: Store, workspace: Workspace, gone: RiecSignal) -> None:
    now = NOW + timedelta(days=1)
    publish(town, workspace, whole_night((1, 2), now.date(), sensitive=(2,), renamed=1))
    sync_cases(town, now=now)
    judged(town, CARLA, case_of(town, 1, now=now).case_id, ReviewOutcome.DATA_FOUT, now=now)
    publish(town, workspace, whole_night((1, 2), DAY + timedelta(days=2), sensitive=(2,)))


@pytest.mark.parametrize("ground", [rejects_link, upholds_objection, judges_otherwise])
def test_a_ground_that_still_holds_is_not_undone(town: Store, case_id: str, tmp_path: Path, ground) -> None:  # type: ignore[no-untyped-def]
    gone = withdrawn(town, case_id, tmp_path)
    ground(town, Workspace(tmp_path / "copy"), gone)
    with pytest.raises(RefusedError):
        prepared(town, case_id, undoing=DESPITE, now=NOW + timedelta(days=2))


def test_an_objection_calls_a_signal_back_that_is_in_force_again(town: Store, case_id: str, tmp_path: Path) -> None:
    withdrawn(town, case_id, tmp_path)
    upholds_objection(town, Workspace(tmp_path / "copy"), undone(town, case_id, tmp_path))
    [pending] = pending_corrections(town)
    assert (pending.signal.version, pending.reason, pending.is_certain) == (2, "bezwaar_gegrond", True)


def test_a_lost_reversal_leaves_again_and_the_withdrawal_before_it_does_not(
    town: Store, case_id: str, tmp_path: Path
) -> None:
    gone = withdrawn(town, case_id, tmp_path)
    again = undone(town, case_id, tmp_path)
    by_kind = {batch.kind: batch for batch in batches(town)}
    withdrawal, reversal = by_kind[BatchKind.WITHDRAWAL], by_kind[BatchKind.REVERSAL]
    with pytest.raises(ConflictError):
        commit_batch(
            town,
            batch_of(town, tmp_path, kind="withdrawal"),
            [(gone, NoticeReason.BRON_INGETROKKEN)],
            now=NOW,
            repeat=Repeat(withdrawal.batch_id, "lost"),
        )
    commit_batch(
        town,
        batch_of(town, tmp_path, kind="reversal"),
        [(again, ERROR)],
        now=NOW,
        repeat=Repeat(reversal.batch_id, "lost"),
    )
    call_back(town, again.signal_id, reason=NoticeReason.VERKLAARD, by="anna", now=NOW)
    with pytest.raises(ConflictError):  # by now somebody asked for it back
        commit_batch(
            town,
            batch_of(town, tmp_path, kind="reversal", by="sara"),
            [(again, ERROR)],
            now=NOW,
            repeat=Repeat(reversal.batch_id, "lost"),
        )


def test_raw_sql_undoes_nothing_that_was_not_withdrawn_prepared_and_approved_for_it(
    store: Store, workspace: Workspace, tmp_path: Path
) -> None:
    found = confirmed_town(store, workspace, (1, 2))
    left = sent(store, found[2], tmp_path, 2)
    gone = withdrawn(store, found[1], tmp_path)

    def version_of(signal: RiecSignal, **changed: object) -> dict[str, object]:
        row = {column.name: getattr(signal, column.name) for column in riec_signal.c if column.name != "id"}
        return row | {"version": 2, "reason": ERROR} | changed

    assert is_refused(store, riec_signal.insert().values(**version_of(left)))  # it was not withdrawn
    assert is_refused(store, riec_signal.insert().values(**version_of(gone, reason="gegevens_onjuist")))
    assert not is_refused(store, riec_signal.insert().values(**version_of(gone)))
    other = approved(store, found[2], 2, reason="gegevens_onjuist")
    version = approved(store, found[1], undoing=UNDOING)
    kinds = {
        kind: batch_of(store, tmp_path, kind=kind, batch_id=f"L-{number:016x}", sequence=4 + number)
        for number, kind in enumerate(("reversal", "correction", "withdrawal"))
    }
    lines = {
        "reversal": [(version, ERROR), (other, ERROR), (gone, ERROR)],
        "correction": [(version, NoticeReason.GEGEVENS_ONJUIST)],
        "withdrawal": [(gone, NoticeReason.VERKLAARD), (version, NoticeReason.VERKLAARD)],
    }
    for kind, batch in kinds.items():
        made = signed_draft(store, batch, lines[kind], now=NOW)
        step(store, made, "approved", "wim", signed_by="lea")
        with store.engine.begin() as connection:
            connection.execute(riec_batch.insert().values(**{c.name: getattr(batch, c.name) for c in riec_batch.c}))

    def line(signal: RiecSignal, kind: str, reason: str, **changed: object) -> dict[str, object]:
        return {
            "batch_id": kinds[kind].batch_id,
            "riec_id": signal.id,
            "signal_id": signal.signal_id,
            "version": signal.version,
            "kind": kind,
            "reason": reason,
            "prepared_by": signal.prepared_by,
            "approved_by": signal.approved_by,
            "exported_by": "lea",
            "content_sha256": signal.content_sha256,
            "fields": [],
            "purpose": "P-VERG",
            "legal_basis": "x",
            "keep_until": DAY,
            "at": NOW,
        } | changed

    good = line(version, "reversal", ERROR)
    for why, row in {
        "for another reason": good | {"reason": "gegevens_onjuist"},
        "as a correction": line(version, "correction", ERROR),
        "as a correction of another reason": line(version, "correction", "gegevens_onjuist"),
        "a correction as a reversal": line(other, "reversal", ERROR),
        "of a version that was prepared before": line(gone, "reversal", ERROR),
        "withdrawn twice": line(gone, "withdrawal", "verklaard"),
        "by whoever prepared it": good | {"exported_by": "piet"},
        "approved by nobody of that name": good | {"approved_by": "sara"},
    }.items():
        assert is_refused(store, riec_disclosure.insert().values(**row)), why
    assert not is_refused(store, riec_disclosure.insert().values(**good))
    with store.engine.begin() as connection:
        connection.execute(riec_disclosure.insert().values(**good))
    # from now on it can be withdrawn anew, and not be undone once more
    assert not is_refused(store, riec_disclosure.insert().values(**line(version, "withdrawal", "verklaard")))
    assert is_refused(store, riec_signal.insert().values(**version_of(version, version=3)))


def test_in_the_figures_of_the_year_a_signal_counts_as_sent_and_as_called_back(
    town: Store, case_id: str, tmp_path: Path
) -> None:
    withdrawn(town, case_id, tmp_path)
    gathered = CountedYears(town, now=NOW + timedelta(days=40)).yield_of(DAY.year)
    counts = {name: gathered.town[name] for name in ("sent", "called_back")}
    assert counts == {"sent": 1, "called_back": 1}
    assert {gathered.rules[code]["called_back"] for code in gathered.rules if gathered.rules[code]["sent"]} == {1}
