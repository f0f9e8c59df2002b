"""A permit file that was cut at a row border calls nothing back; what was called back by mistake is undone."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.configuration import load_configuration
from flows.desk import open_desk
from flows.partners.after_run import AfterRun, pending_after_run
from flows.partners.export import outbox_of
from screening.base.vocabulary import CaseState, NoticeReason
from screening.casework.case_errors import NotReadyError
from screening.partners.desk.content import Undoing
from screening.partners.desk.disclosures import Batch, batches, call_back
from screening.partners.desk.preparing import plan_repeat
from screening.partners.desk.signal_versions import signals
from screening.store.schema.cases import review_case
from tests.conftest import barrier
from tests.flows.partners.test_export import accepted, config, judged_town, make, opened, prepared, town

__all__ = ["config", "judged_town", "town"]

#: The shares of rows that the cuts left, as measured: 759 -> 659 permits, 1134 -> 1071 reports.
LEFT = {"vergunningen": 0.868, "meldingen": 0.944}


def ended(path: Path) -> set[str]:
    """Cases that were withdrawn."""
    with opened(path) as store, store.engine.connect() as connection:
        query = review_case.select().where(review_case.c.state == str(CaseState.WITHDRAWN))
        return {row.case_id for row in connection.execute(query)}


def outbox(path: Path) -> list[str]:
    return sorted(file.name for folder in ("uit", "var/export") for file in (path.parent / folder).glob("*"))


def test_a_cut_permit_file_seals_nothing_and_leaves_no_trace_when_it_is_whole_again(config: Path, town: Path) -> None:
    signal_id = prepared(config)
    make(config)
    with opened(config) as store:
        [signal] = signals(store, signal_id=signal_id)
    keys = {record.partition(":")[2] for record in signal.basis["records"] if record.startswith("vergunningen:")}
    files = {name: town / f"{name}.csv" for name in LEFT}
    whole = {name: file.read_bytes() for name, file in files.items()}
    was = outbox(config), ended(config)

    for name, file in files.items():
        head, *rows = whole[name].decode("utf-8").splitlines(keepends=True)
        # the order of rows means nothing: those that the signal rests on come last, so that the cut takes them
        rows.sort(key=lambda row: any(key in row for key in keys))
        file.write_text(head + "".join(rows[: int(len(rows) * LEFT[name])]), encoding="utf-8")
    cut = barrier("run", "--config", config, "--as-of", "2026-11-02")
    assert cut.code == 4, cut.err
    text = " ".join((cut.out + cut.err).split())
    assert all(f"{name}: the delivery is doubtful" in text for name in LEFT)
    assert "No case ends and no signal is called back because of a doubtful delivery." in text
    assert (outbox(config), ended(config)) == was
    listed = barrier("export", "list", "--config", config, "--json").json
    assert listed["pending"] == []  # a delivery in doubt says nothing of a signal

    # so few rows are gone that the delivery is good: one night says it, and that is not enough
    for name, file in files.items():
        file.write_bytes(whole[name])
    permits, rows = files["vergunningen"], whole["vergunningen"].decode("utf-8").splitlines(keepends=True)
    permits.write_text("".join(row for row in rows if not any(key in row for key in keys)), encoding="utf-8")
    short = barrier("run", "--config", config, "--as-of", "2026-11-03")
    assert short.code == 0, short.out + short.err
    assert "in controle" in " ".join((short.out + short.err).split())
    assert (outbox(config), ended(config)) == was
    listed = barrier("export", "list", "--config", config, "--json").json
    assert [(change["is_held"], change["is_certain"]) for change in listed["pending"]] == [(True, False)]
    assert "sent, in controle" in barrier("export", "list", "--config", config).out

    permits.write_bytes(whole["vergunningen"])
    healed = barrier("run", "--config", config, "--as-of", "2026-11-04")
    assert healed.code == 0, healed.err
    assert "in controle" not in healed.out + healed.err
    assert (outbox(config), ended(config)) == was
    with opened(config) as store:
        assert [batch.kind for batch in batches(store)] == ["signals"]
        assert [(signal.signal_id, signal.state) for signal in signals(store)] == [(signal_id, "sent")]
    assert barrier("export", "list", "--config", config, "--json").json["pending"] == []


WHY = "De levering van die nacht was afgebroken. De vergunning staat gewoon in het register."


def test_an_erroneous_withdrawal_is_undone_and_the_receiver_is_told(config: Path, town: Path) -> None:
    signal_id = prepared(config)
    make(config)
    called_back(config, signal_id)
    make(config)
    prepared(config, undoing=Undoing(WHY))
    # the night prepares what calls back and what corrects; what discloses a signal once more, a person prepares
    assert pending_after_run(load_configuration(config)) == AfterRun()
    assert [batch.kind for batch in all_batches(config)] == ["signals", "withdrawal"]
    [batch] = make(config)
    assert (batch.kind, batch.sequence) == ("reversal", 3)
    answer = accepted(town, batch, "hersteld")
    assert (answer["accepted"], answer["kind"]) == (True, "reversal")
    [notice] = answer["what_to_do"]
    assert (notice["soort"], notice["reden"]) == ("reversal", "ten_onrechte_ingetrokken")
    assert (notice["ingetrokken_versie"], notice["nieuwe_versie"]) == (1, 2)
    assert "Het signaal geldt weer" in notice["wat_te_doen"]
    content = json.loads((town / "hersteld" / "signalen" / f"{signal_id}.json").read_text())
    assert content["meta"]["herstel"] == {"motivering": WHY}
    assert "ongedaan" in (town / "hersteld" / "README.txt").read_text()
    assert (town / "hersteld" / "signalen" / f"{signal_id}.pdf").read_bytes().startswith(b"%PDF")
    listed = barrier("export", "list", "--config", config, "--json").json
    assert [signal["state"] for signal in listed["signals"]] == ["corrected", "sent"]
    assert listed["pending"] == []
    # what was lost is sent again; the withdrawal before it is not
    _, withdrawal, reversal = all_batches(config)
    with open_desk(config) as desk:
        with pytest.raises(NotReadyError, match="undone"):
            plan_repeat(outbox_of(desk), withdrawal, "lost", by="lea")
        [draft] = plan_repeat(outbox_of(desk), reversal, "lost", by="lea").added
        assert draft.kind == "reversal"
    # and a later ground withdraws it anew
    called_back(config, signal_id, "verklaard")
    assert [batch.kind for batch in make(config)] == ["withdrawal"]


def called_back(path: Path, signal_id: str, reason: str = "gegevens_onjuist") -> None:
    """A person asks for a signal back."""
    with opened(path) as store:
        call_back(store, signal_id, reason=NoticeReason(reason), by="lea", now=datetime.now(UTC))


def all_batches(path: Path) -> list[Batch]:
    with opened(path) as store:
        return sorted(batches(store), key=lambda batch: batch.sequence)
