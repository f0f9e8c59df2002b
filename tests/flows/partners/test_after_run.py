"""A permit file that was cut at a row border: nothing is called back, one line says why, the next heals it."""

from __future__ import annotations

from pathlib import Path

from screening.partners.desk.disclosures import batches
from screening.partners.desk.signal_versions import signals
from screening.store.schema.cases import review_case
from screening.vocabulary import CaseState
from tests.conftest import barrier
from tests.flows.partners.test_make_batch import config, judged_town, make, opened, prepared, town

__all__ = ["config", "judged_town", "town"]

#: The share of rows that the cut left, as measured: within what the volume check lets pass.
LEFT = 0.868


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
    file = town / "vergunningen.csv"
    whole = file.read_bytes()
    head, *rows = whole.decode("utf-8").splitlines(keepends=True)
    # the order of rows means nothing: those that the signal rests on come last, so that the cut takes them
    rows.sort(key=lambda row: any(key in row for key in keys))
    was = outbox(config), ended(config)

    file.write_text(head + "".join(rows[: int(len(rows) * LEFT)]), encoding="utf-8")
    cut = barrier("run", "--config", config, "--as-of", "2026-11-02")
    assert cut.code in {0, 4}, cut.err
    assert "in controle" in " ".join((cut.out + cut.err).split())
    assert (outbox(config), ended(config)) == was
    listed = barrier("export", "list", "--by", "lea", "--config", config, "--json").json
    assert [(change["is_held"], change["is_certain"]) for change in listed["pending"]] == [(True, False)]

    file.write_bytes(whole)
    healed = barrier("run", "--config", config, "--as-of", "2026-11-03")
    assert healed.code == 0, healed.err
    assert "in controle" not in healed.out + healed.err
    assert (outbox(config), ended(config)) == was
    with opened(config) as store:
        assert [batch.kind for batch in batches(store)] == ["signals"]
        assert [(signal.signal_id, signal.state) for signal in signals(store)] == [(signal_id, "sent")]
    assert barrier("export", "list", "--by", "lea", "--config", config, "--json").json["pending"] == []
